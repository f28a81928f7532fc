package forms

import (
	"context"
	"errors"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// formReader reads one sheet into a form. A sheet is streamed once: its first rows are kept until it is clear whether a
// header row is among them, then every further row is a line and is forgotten.
type formReader struct {
	src     sheetSource
	options Options
	words   *formWords
	form    *Form
	layout  workbook.Layout
	calc    workbook.Calculation

	head    []workbook.Row // the first rows, copied, until decided
	decided bool
	labels  labelScan
	table   *formTable // nil: no header row
	example bool       // what was found calls itself an example
	shared  request.Values
	faults  [request.NumFields][]request.Problem // of the values above the table
	votes   languageVotes
	taxes   []*foundLabel       // further boxes that each ask for one tax
	scaled  *request.UnreadCell // a note above the table that amounts are in thousands

	defaulted [request.NumFields]bool // the value that lines share is the configuration's
	defaults  [request.NumFields]bool // … and a line took it
	beside    []unreadLabel           // labels that nobody understood

	saidOf    map[saidOf]request.Text    // sentences about placeholders
	proposals map[request.Field]proposal // what fields said last, for a line that says "same as above"

	other     bool           // another sheet is the request: this one is left early where it is none
	inherit   *formReader    // whose boxes a table without any takes; nil: nobody's
	boxed     bool           // it has boxes of its own
	said      request.Origin // what this sheet itself says
	nearTable int            // the row of a header that falls one short
}

// readSheet reports whether the sheet holds a request, and reads it.
func (r *formReader) readSheet(ctx context.Context) (found bool, err error) {
	r.labels.words, r.labels.attested.wanted = r.words, !r.options.Attestation.IsZero()
	err = r.src.Rows(ctx, r.form.SheetIndex, func(row *workbook.Row) error {
		if !r.decided {
			if row.Number <= headerSearch {
				r.head = append(r.head, copyRow(row))
				return nil
			}
			if err := r.decide(ctx); err != nil {
				return err
			}
		}
		return r.row(row)
	})
	if err == nil && !r.decided {
		err = r.decide(ctx)
	}
	if err != nil {
		return false, err
	}
	if r.table != nil {
		return true, nil
	}
	return r.oneLine(), nil
}

func copyRow(row *workbook.Row) workbook.Row {
	c := *row
	c.Cells = slices.Clone(row.Cells)
	return c
}

// decide looks for the header row among the first rows and reads those rows.
func (r *formReader) decide(ctx context.Context) error {
	r.decided = true
	// The layout stands behind the rows in the file. A sheet of a few rows has been read to its end by now; of a long one
	// it costs a second reading, without which a merged label would not know where its value begins.
	var err error
	if r.layout, err = r.src.Layout(ctx, r.form.SheetIndex); err != nil {
		return err
	}
	r.labels.merged = r.layout.Merged
	found := findHeader(r.head, r.words, mergesOf(r.layout.Merged))
	if !found.ok {
		r.nearTable = nearTableAt(r.head, r.words)
		for i := range r.head {
			r.labels.row(&r.head[i])
		}
		r.head = nil
		return nil
	}
	r.example = found.example
	for i := range r.head[:found.header.first] {
		if !found.skips(i) {
			r.labels.row(&r.head[i])
		}
	}
	r.openTable(&found.header, r.head[:found.header.first])
	for i := range r.head[:found.header.first] {
		if found.skips(i) {
			r.table.leaveAsIs(&r.head[i], "example")
		}
	}
	rest := r.head[found.header.last+1:]
	r.head = nil
	for i := range rest {
		if err := r.row(&rest[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *formReader) row(row *workbook.Row) error {
	if r.table != nil {
		if r.other && !r.orders() && !rowIsBlank(row) {
			return errEnough
		}
		return r.table.row(row)
	}
	if r.other && row.Number > probeRows {
		return errEnough
	}
	// Its labels would read as a form of one line, and every row but the first under it would be lost.
	if h := countLabels(row, r.words); h.isHeader() && !h.boxed {
		return headerTooLow(r.form.Sheet, row.Number)
	}
	r.labels.row(row)
	return nil
}

func belongsToLabels(h labelCount, below []labelCount) bool {
	blank := true
	for _, n := range below {
		if blank = blank && n.blank; blank {
			continue
		}
		if n.labels >= 2 && n.boxed {
			return true
		}
	}
	return blank && h.values > 0
}

type labelCount struct {
	labels int  // known labels of any kind
	fields int  // of those, the ones that name a field of a line
	buys   bool // one of them is no choice
	boxed  bool // no two stand side by side: there is a box right of each
	values int  // boxes that are filled
	blank  bool // nothing is
}

// isHeader is true for a row that may be the header of a table.
func (n labelCount) isHeader() bool { return n.fields >= leastHeaders && n.buys }

func countLabels(row *workbook.Row, words *formWords) labelCount {
	n := labelCount{boxed: true, blank: true}
	known, lastCol := false, 0 // the cell before
	for i := range row.Cells {
		c := &row.Cells[i]
		if isBlank(c) {
			continue
		}
		n.blank = false
		m, ok := meaning{}, false
		if isText(c) {
			m, ok = words.lookup(textOf(c))
		}
		switch {
		case ok:
			n.labels++
			if m.field != request.NoField {
				n.fields++
				kind := m.field.Info().Kind
				n.buys = n.buys || (kind != request.ChoiceKind && kind != request.CurrencyKind)
			}
			if known && c.Col == lastCol+1 {
				n.boxed = false
			}
		case known && c.Col == lastCol+1:
			n.values++
		}
		known, lastCol = ok, c.Col
	}
	return n
}

// openTable takes the header row.
func (r *formReader) openTable(header *headerRows, above []workbook.Row) {
	r.form.HeaderRow, r.form.LastRow = header.row.Number, header.row.Number
	r.readAbove(header.row.Number)
	for i := range above {
		r.sheetNote(&above[i])
	}
	r.takeInherited()
	r.table = newFormTable(r, header)
}

// oneLine makes a form of one line out of the labels of a sheet without a header row.
func (r *formReader) oneLine() bool {
	found := r.labels.resolve(0)
	if !looksFilled(found) {
		return false
	}
	r.takeLabels(found)
	r.beside = r.labels.unread(0)
	line := request.Line{Sheet: r.form.Sheet, Values: r.shared}
	for f := range r.defaulted {
		r.fillDefault(&line, request.Field(f)) //nolint:gosec // there are few fields
	}
	fieldSeen := false
	for i, l := range found {
		if line.Row == 0 || l.row < line.Row {
			line.Row = l.row
		}
		fieldSeen = fieldSeen || l.m.field != request.NoField
		end := l.endCol
		if l.value != nil {
			end = max(end, l.value.cell.Col)
			r.form.LastRow = max(r.form.LastRow, found[i].value.row)
			line.Hidden = line.Hidden || l.value.hidden
		}
		r.form.LastCol = max(r.form.LastCol, end)
	}
	if !fieldSeen {
		return false
	}
	for f := range r.faults {
		line.Problems = append(line.Problems, r.faults[f]...)
	}
	r.attest(&line)
	r.checkTax(&line)
	r.deriveTotal(&line, "")
	if line.Hidden {
		line.Problems = append(line.Problems, r.note(workbook.Ref(1, line.Row), "hidden-row", hiddenRowText))
	}
	if ours := r.labels.ours; ours.whole() {
		for i, header := range ours.headers {
			r.form.Columns = append(r.form.Columns, Column{Col: ours.col, Header: header, By: byOurs})
			r.form.LastRow = max(r.form.LastRow, ours.row+i)
		}
		r.takeReference(&line, ours.reference, workbook.Ref(ours.col, ours.row+2))
	}
	r.unreadLabels(&line)
	r.form.Lines.Add(&line)
	return true
}

// looksFilled reports whether labels and values are a form of one line: six labels with values, and not a page of
// explanations, on which every label is followed by prose.
func looksFilled(found []foundLabel) bool {
	var seen []meaning
	strict, readable := 0, 0
	for _, l := range found {
		if l.value == nil || slices.ContainsFunc(seen, l.m.same) {
			continue
		}
		info := request.FieldInfo{}
		if l.m.field != request.NoField {
			info = l.m.field.Info()
		}
		text := textOf(&l.value.cell)
		if info.Field != request.NoField && (strings.HasSuffix(text, info.Help.EN) || strings.HasSuffix(text, info.Help.FR)) {
			continue
		}
		seen = append(seen, l.m)
		if info.Kind == request.TextKind || info.Kind == request.URLKind {
			continue
		}
		strict++
		if !isText(&l.value.cell) || len(text) <= maxAnswer {
			readable++
		}
	}
	return len(seen) >= leastLabels && (strict < 3 || readable > 0)
}

// maxAnswer is the longest text that may be an answer to a label that asks for a number, a day or a choice; what is
// longer explains something.
const maxAnswer = 40

var errEnough = errors.New("enough rows were read")

// probeRows is how far a sheet beside the request is searched for a form of labels.
const probeRows = 200

func rowIsBlank(row *workbook.Row) bool {
	for i := range row.Cells {
		if !isBlank(&row.Cells[i]) {
			return false
		}
	}
	return true
}

// finish says what is odd about the sheet as a whole.
func (r *formReader) finish(ctx context.Context) error {
	f := r.form
	if f.State != "visible" && f.State != "" {
		f.Problems = append(f.Problems, r.note("", "hidden-sheet", hiddenSheetText(f.Sheet)))
	}
	if r.table != nil {
		r.table.close()
	}
	r.noteDefaults()
	r.noteUnread()
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.Origin.Language == request.UnknownLang {
		f.Origin.Language = r.votes.guess()
	}
	return nil
}
