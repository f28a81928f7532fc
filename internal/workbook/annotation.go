package workbook

import (
	"errors"
	"fmt"
	"strings"

	"handrail/internal/request"
)

// Annotation says what to write into a workbook, all of it text of ours. Texts are written as texts, whatever they
// begin with.
type Annotation struct {
	Sheet int // index into Sheets
	// HeaderRow is the row of the table's header, or 0 for a form of one line, whose three answers are then written as
	// label and value, one below the other, to the right of what the sheet holds from row LabelRow down.
	HeaderRow int
	LabelRow  int // with HeaderRow 0: the first row of the labels; 0 means 1
	// Column is the first of our three columns: the one after the table's last, or that of our own columns when the
	// workbook came back to us and Replace is set. When something else stands there, Annotate goes further right, or to
	// the first free place from the left where the sheet is used to its right edge, and covers nothing. A sheet without
	// such a place gets the comments and the report alone.
	Column  int
	Replace bool
	// LastCol is the last column of the table, ours left out; 0 means the one before Column.
	LastCol int
	// Headers are those of the three columns: result, why, reference.
	Headers [3]string
	Marks   []Mark // by row, each row once; with HeaderRow 0 one Mark, whose Row does not count
	// Comments stand on the cells at fault. One cell may have several: they become one comment.
	Comments []Comment
	// More are the other sheets of a request that stands on several, each once. Headers and Lang are the same on all.
	More []SheetAnnotation
	// Report is the "Handrail" sheet. Its first cell's text must be "Handrail" or begin with "Handrail – HR-", or be TrialTitle: that is how
	// the sheet is known again, and replaced, when the workbook comes back.
	Report Report
	Lang   request.Lang // of the workbook; English when unknown
}

// SheetAnnotation says what to write into one more sheet; its fields are those of Annotation. One without Marks gets the
// comments alone.
type SheetAnnotation struct {
	Sheet     int
	HeaderRow int
	LabelRow  int
	Column    int
	Replace   bool
	LastCol   int
	Marks     []Mark
	Comments  []Comment
}

// sheets are the annotation of each sheet, the first one first, each without More.
func (a *Annotation) sheets() []*Annotation {
	first := *a
	first.More = nil
	all := append(make([]*Annotation, 0, 1+len(a.More)), &first)
	for _, m := range a.More {
		one := first
		one.Sheet, one.HeaderRow, one.LabelRow, one.Column, one.Replace, one.LastCol = m.Sheet, m.HeaderRow, m.LabelRow, m.Column, m.Replace, m.LastCol
		one.Marks, one.Comments = m.Marks, m.Comments
		all = append(all, &one)
	}
	return all
}

// Mark is what is written beside one row.
type Mark struct {
	Row       int
	Kind      MarkKind
	Result    string // the word, without a symbol: "Approved"
	Why       string // may hold line breaks
	Reference string
}

// MarkKind chooses a mark's symbol and colours.
type MarkKind uint8

// The kinds of marks.
const (
	PlainMark MarkKind = iota // no symbol, no colour: an empty line that is only noted
	ApprovedMark
	EscalatedMark
	ReturnedMark
	DeclinedMark
	WithdrawnMark // also superseded and revoked: no longer counts
	NoteMark
)

// MarkOf is the kind for an outcome.
func MarkOf(o request.Outcome) MarkKind {
	switch o {
	case request.Approved:
		return ApprovedMark
	case request.Escalated:
		return EscalatedMark
	case request.Returned:
		return ReturnedMark
	case request.Declined:
		return DeclinedMark
	case request.Withdrawn, request.Superseded, request.Revoked:
		return WithdrawnMark
	}
	return NoteMark
}

// Comment is a note on a cell.
type Comment struct {
	Cell string // "N12"
	Text string
}

// Report is the sheet that explains the annotation.
type Report struct {
	Rows   []ReportRow
	Widths []float64 // of the columns, in characters of the standard font; 0 leaves one as it is
}

// ReportRow is one row of the report. Texts wrap; rows grow with them.
type ReportRow []ReportCell

// ReportCell is one cell of the report.
type ReportCell struct {
	Text  string
	Look  Look
	Mark  MarkKind // with MarkLook: its symbol and colours
	Link  string   // an https: or mailto: address; "" for none
	Span  int      // how many columns the cell covers; 0 and 1 mean one
	Count bool     // Text is a whole number and is written as one
}

// Look is how a cell of the report is dressed.
type Look uint8

// The looks.
const (
	TextLook Look = iota
	TitleLook
	SectionLook // a heading inside the sheet
	HeadLook    // the header of a list
	LabelLook   // bold, left of a value
	QuietLook   // small print
	MarkLook
	NoticeLook // what an approval is, and is not
)

const (
	looks     = int(NoticeLook) + 1
	markKinds = int(NoteMark) + 1
)

// reportName is the name of our sheet, and how it begins; with a reference, reportOf.
const (
	reportName = "Handrail"
	reportOf   = reportName + " – HR-"
	// TrialTitle is the first cell of the report of a trial.
	TrialTitle = reportName + " – TRIAL / ESSAI"
)

func (a *Annotation) validate(k *Book) error {
	seen := make(map[int]bool, 1+len(a.More))
	for i, one := range a.sheets() {
		if seen[one.Sheet] {
			return fmt.Errorf("annotate sheet %d twice", one.Sheet)
		}
		seen[one.Sheet] = true
		if err := one.validateSheet(k, i > 0); err != nil {
			return err
		}
	}
	return nil
}

// validateSheet looks at one sheet; another than the first need not have marks.
func (a *Annotation) validateSheet(k *Book, other bool) error {
	switch {
	case a.Sheet < 0 || a.Sheet >= len(k.sheets):
		return fmt.Errorf("annotate sheet %d of %d", a.Sheet, len(k.sheets))
	case k.sheets[a.Sheet].Kind != relWorksheet:
		return fmt.Errorf("annotate sheet %q, which is a %s", k.sheets[a.Sheet].Name, k.sheets[a.Sheet].Kind)
	case a.HeaderRow < 0 || a.HeaderRow > maxRows || a.LabelRow < 0 || a.LabelRow > maxRows-6:
		return fmt.Errorf("annotate below row %d or %d, which no sheet has", a.HeaderRow, a.LabelRow)
	case a.Column < 0 || a.Column > maxCols+1:
		return fmt.Errorf("annotate in column %d, which no sheet has", a.Column)
	case a.HeaderRow == 0 && len(a.Marks) != 1 && (!other || len(a.Marks) > 0):
		return fmt.Errorf("annotate a form of one line with %d marks", len(a.Marks))
	case len(a.Report.Rows) == 0 || len(a.Report.Rows[0]) == 0 || !strings.HasPrefix(a.Report.Rows[0][0].Text, reportName):
		return errors.New("annotate with a report that does not begin with the word " + reportName)
	}
	for i, m := range a.Marks {
		if int(m.Kind) >= markKinds {
			return fmt.Errorf("annotate row %d with mark %d, which does not exist", m.Row, m.Kind)
		}
		if a.HeaderRow > 0 && (m.Row <= a.HeaderRow || m.Row > maxRows || i > 0 && m.Row <= a.Marks[i-1].Row) {
			return fmt.Errorf("annotate row %d under the header in row %d: marks go down from there, each row once", m.Row, a.HeaderRow)
		}
	}
	for _, c := range a.Comments {
		if _, _, ok := ParseRef(c.Cell); !ok {
			return fmt.Errorf("comment on cell %q", c.Cell)
		}
	}
	return nil
}
