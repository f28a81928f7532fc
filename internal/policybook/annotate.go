package policybook

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Extra is what the caller adds to an annotated workbook.
type Extra struct {
	// Words are the difference to what is in force, a sentence each.
	Words []request.Text
	// Backtest are rows of what the text would have decided in the past, shown below what Handrail says.
	Backtest []workbook.ReportRow
	// Versions are those that were in force, the newest first.
	Versions []Version
	// State says what becomes of the text now, "" where nobody knows: "It waits for another owner."
	State request.Text
}

// Annotate writes the workbook back with its mistakes marked at their cells, what became of each example beside it, and the sheet Handrail.
// Everything else stays as it came. r is what Read said of the same bytes.
func Annotate(ctx context.Context, w io.Writer, data []byte, r *Result, x Extra) error {
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return err
	}
	marks := map[string][]workbook.Comment{}
	for _, m := range append(slices.Clone(r.Mistakes), r.Notes...) {
		marks[m.Sheet] = append(marks[m.Sheet], workbook.Comment{Cell: m.Cell, Text: clip(m.Words.In(r.Lang))})
	}
	var parts []workbook.SheetAnnotation
	for i := range r.sheets {
		rs := &r.sheets[i]
		a := workbook.SheetAnnotation{Sheet: rs.index, HeaderRow: max(rs.header, 1), Column: rs.lastCol + 1, LastCol: rs.lastCol}
		for _, c := range marks[rs.tab] {
			if c.Cell != "" && len(a.Comments) < 1000 {
				a.Comments = append(a.Comments, c)
			}
		}
		if rs.sheet.id == "examples" && rs.header > 0 {
			a.Column, a.Replace = ownColumn(ctx, book, rs)
			a.LastCol = a.Column - 1
			a.Marks = exampleMarks(r)
		} else if rs.header > 0 {
			a.Marks = rowMarks(r, rs)
			if len(a.Marks) > 0 {
				a.Column, a.Replace = ownColumn(ctx, book, rs)
				a.LastCol = a.Column - 1
			}
		}
		if len(a.Comments) > 0 || len(a.Marks) > 0 {
			parts = append(parts, a)
		}
	}
	// The first one carries the headers and the report.
	slices.SortStableFunc(parts, func(a, b workbook.SheetAnnotation) int {
		switch {
		case len(a.Marks) > 0 && len(b.Marks) == 0:
			return -1
		case len(b.Marks) > 0 && len(a.Marks) == 0:
			return 1
		}
		return a.Sheet - b.Sheet
	})
	ann := workbook.Annotation{Lang: r.Lang, Report: reportOf(r, x)}
	for i, h := range ownHeads {
		ann.Headers[i] = h.In(r.Lang)
	}
	if len(parts) == 0 && len(r.sheets) > 0 {
		parts = []workbook.SheetAnnotation{{Sheet: r.sheets[0].index, HeaderRow: max(r.sheets[0].header, 1), Column: r.sheets[0].lastCol + 1, LastCol: r.sheets[0].lastCol}}
	}
	if len(parts) > 0 {
		f := parts[0]
		ann.Sheet, ann.HeaderRow, ann.Column, ann.Replace, ann.LastCol, ann.Marks, ann.Comments = f.Sheet, f.HeaderRow, f.Column, f.Replace, f.LastCol, f.Marks, f.Comments
		ann.More = parts[1:]
	}
	if err := book.Annotate(ctx, w, ann); err != nil {
		return fmt.Errorf("annotate policy workbook: %w", err)
	}
	return nil
}

// longestComment is what a comment shows without being made larger.
const longestComment = 400

func clip(s string) string {
	rs := []rune(s)
	if len(rs) <= longestComment {
		return s
	}
	return string(rs[:longestComment-1]) + "…"
}

// ownColumn is where our columns stand already, or the first one behind the sheet's own.
func ownColumn(ctx context.Context, book *workbook.Book, rs *readSheet) (col int, replace bool) {
	col = rs.lastCol + 1
	_ = book.Rows(ctx, rs.index, func(r *workbook.Row) error {
		if r.Number != rs.header {
			return nil
		}
		for i := range r.Cells {
			f, _, _ := strings.Cut(r.Cells[i].Value, "\n")
			if t := ownHeads[0]; strings.EqualFold(strings.TrimSpace(f), t.EN) || strings.EqualFold(strings.TrimSpace(f), t.FR) {
				col, replace = r.Cells[i].Col, true
				return nil
			}
		}
		return nil
	})
	return col, replace
}

func exampleMarks(r *Result) []workbook.Mark {
	var marks []workbook.Mark
	for _, e := range r.Examples {
		m := workbook.Mark{Row: e.Row, Kind: workbook.ApprovedMark, Result: both("as expected", "comme prévu").In(r.Lang)}
		if !e.Passed {
			m.Kind, m.Result, m.Why = workbook.ReturnedMark, both("otherwise", "autrement").In(r.Lang), e.Words.In(r.Lang)
		}
		marks = append(marks, m)
	}
	if len(marks) == 0 { // nothing was run
		rs := r.sheetOf("examples")
		return rowMarks(r, rs)
	}
	for _, m := range r.Mistakes {
		rs := r.sheetOf("examples")
		if m.Sheet == rs.tab && m.Row > rs.header && !slices.ContainsFunc(marks, func(x workbook.Mark) bool { return x.Row == m.Row }) {
			marks = append(marks, workbook.Mark{Row: m.Row, Kind: workbook.ReturnedMark, Result: toCorrect.In(r.Lang), Why: m.Words.In(r.Lang)})
		}
	}
	slices.SortFunc(marks, func(a, b workbook.Mark) int { return a.Row - b.Row })
	return marks
}

var toCorrect = both("to correct", "à corriger")

// rowMarks are the rows of a sheet with mistakes.
func rowMarks(r *Result, rs *readSheet) []workbook.Mark {
	var marks []workbook.Mark
	for _, m := range r.Mistakes {
		if m.Sheet != rs.tab || m.Row <= rs.header {
			continue
		}
		why := m.Cell + ": " + m.Words.In(r.Lang)
		if i := slices.IndexFunc(marks, func(x workbook.Mark) bool { return x.Row == m.Row }); i >= 0 {
			marks[i].Why += "\n" + why
			continue
		}
		marks = append(marks, workbook.Mark{Row: m.Row, Kind: workbook.ReturnedMark, Result: toCorrect.In(r.Lang), Why: why})
	}
	slices.SortFunc(marks, func(a, b workbook.Mark) int { return a.Row - b.Row })
	return marks
}

func (r *Result) sheetOf(id string) *readSheet {
	for i := range r.sheets {
		if r.sheets[i].sheet.id == id {
			return &r.sheets[i]
		}
	}
	return &readSheet{}
}

// reportOf is the sheet Handrail.
func reportOf(r *Result, x Extra) workbook.Report {
	report := workbook.Report{Widths: []float64{30, 22, 22, 34, 58, 16, 44, 16, 16}}
	row := func(cells ...workbook.ReportCell) { report.Rows = append(report.Rows, cells) }
	say := func(en, fr string) string { return both(en, fr).In(r.Lang) }
	cell := func(s string, look workbook.Look, span int) workbook.ReportCell {
		return workbook.ReportCell{Text: s, Look: look, Span: span}
	}
	row(cell("Handrail", workbook.TitleLook, 5))
	switch {
	case len(r.Mistakes) == 1:
		row(cell(say("One thing must be corrected before this text can be in force.", "Une chose est à corriger avant que ce texte puisse être en vigueur."), workbook.NoticeLook, 5))
	case len(r.Mistakes) > 1:
		row(cell(fmt.Sprintf(say("%d things must be corrected before this text can be in force.", "%d choses sont à corriger avant que ce texte puisse être en vigueur."), len(r.Mistakes)), workbook.NoticeLook, 5))
	default:
		row(cell(say("The policy is in order.", "La politique est en ordre."), workbook.NoticeLook, 5))
	}
	if !x.State.IsZero() {
		row(cell(x.State.In(r.Lang), workbook.TextLook, 5))
	}
	for _, part := range []struct {
		title string
		list  Mistakes
	}{{say("To correct", "À corriger"), r.Mistakes}, {say("To look at", "À vérifier"), r.Notes}} {
		if len(part.list) == 0 {
			continue
		}
		row()
		row(cell(part.title, workbook.SectionLook, 5))
		for i, m := range part.list {
			if i == 500 {
				row(cell("…", workbook.TextLook, 5))
				break
			}
			row(cell(strings.Trim(m.Sheet+" "+m.Cell, " "), workbook.LabelLook, 1), cell(m.Words.In(r.Lang), workbook.TextLook, 4))
		}
	}
	if len(r.Examples) > 0 {
		passed := 0
		for _, e := range r.Examples {
			if e.Passed {
				passed++
			}
		}
		row()
		row(cell(say("Examples", "Exemples"), workbook.SectionLook, 5))
		row(workbook.ReportCell{Text: say("as expected", "comme prévu"), Look: workbook.MarkLook, Mark: workbook.ApprovedMark}, workbook.ReportCell{Text: fmt.Sprint(passed), Count: true})
		if n := len(r.Examples) - passed; n > 0 {
			row(workbook.ReportCell{Text: say("otherwise", "autrement"), Look: workbook.MarkLook, Mark: workbook.ReturnedMark}, workbook.ReportCell{Text: fmt.Sprint(n), Count: true})
		}
	}
	if len(x.Words) > 0 {
		row()
		row(cell(say("What changes", "Ce qui change"), workbook.SectionLook, 5))
		for _, t := range x.Words {
			row(cell(t.In(r.Lang), workbook.TextLook, 5))
		}
	}
	if len(x.Backtest) > 0 {
		row()
		row(cell(say("What this text would have decided", "Ce que ce texte aurait décidé"), workbook.SectionLook, 5))
		report.Rows = append(report.Rows, x.Backtest...)
	}
	if len(x.Versions) > 0 {
		row()
		row(cell(say("In force before", "En vigueur auparavant"), workbook.SectionLook, 5))
		c := sheetOf("changes")
		heads := []workbook.ReportCell{}
		for _, id := range []string{"version", "from", "proposed", "approved", "words"} {
			heads = append(heads, cell(c.column(id).head.In(r.Lang), workbook.HeadLook, 1))
		}
		row(heads...)
		for _, v := range x.Versions {
			from := ""
			if !v.From.IsZero() {
				from = v.From.String()
			}
			row(cell(v.Version, workbook.LabelLook, 1), cell(from, workbook.TextLook, 1), cell(v.ProposedBy, workbook.TextLook, 1), cell(strings.Join(v.ApprovedBy, "\n"), workbook.TextLook, 1), cell(v.Words.In(r.Lang), workbook.TextLook, 1))
		}
	}
	return report
}
