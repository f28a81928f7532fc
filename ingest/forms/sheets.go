package forms

import (
	"context"
	"errors"
	"slices"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Part is one sheet of a request: its own header row, columns and labels. Cells of its lines are on it, but for values that
// come from what stands above the table of another sheet, which are named with their sheet ('Form'!B4).
type Part struct {
	Sheet      string
	SheetIndex int
	State      string
	HeaderRow  int // 0: a form of one line
	LastRow    int
	LastCol    int
	Columns    []Column
	Labels     []Label
	Footers    []int
	Lines      int // how many of the form's lines stand on it
}

// Parts are the sheets of the request in the order of the workbook: one, but for a workbook with copies of the sheet, or
// with more items on an attachment.
func (f *Form) Parts() []Part {
	n := f.Lines.Len()
	for i := range f.Others {
		n -= f.Others[i].Lines
	}
	parts := append(make([]Part, 0, 1+len(f.Others)), f.part(n))
	return append(parts, f.Others...)
}

func (f *Form) part(lines int) Part {
	return Part{Sheet: f.Sheet, SheetIndex: f.SheetIndex, State: f.State, HeaderRow: f.HeaderRow, LastRow: f.LastRow, LastCol: f.LastCol,
		Columns: f.Columns, Labels: f.Labels, Footers: f.Footers, Lines: lines}
}

// bookReader reads the sheets of a workbook one after the other, and makes one form of those that are a request.
type bookReader struct {
	src      sheetSource
	options  Options
	words    *formWords
	sheets   []workbook.SheetInfo
	found    []*formReader // with a table or a form of one line, filled in or not
	lines    int
	refused  error             // why a sheet that nearly is a request could not be read
	unread   []request.Problem // sheets that a person filled in and nobody read
	examples []*formReader     // tables that call themselves examples: a request only where nothing else is
	aside    []int             // sheets whose names say that they are something else
	left     []LeftAlone
}

// read reads the request of a workbook.
func (b *bookReader) read(ctx context.Context) (*Form, error) {
	names := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		names[i] = s.Name
	}
	for i, s := range b.sheets {
		switch {
		case isOurSheet(s.Name) || s.State == workbook.VeryHidden:
		case roleOf(s.Name, names) != requestSheet:
			b.aside = append(b.aside, i)
		default:
			if err := b.look(ctx, i); err != nil {
				return nil, err
			}
		}
	}
	if err := b.lookAside(ctx, names); err != nil {
		return nil, err
	}
	if len(b.found) == 0 && len(b.examples) > 0 {
		r := b.examples[0]
		b.examples = b.examples[1:]
		if err := b.keep(ctx, r); err != nil {
			return nil, err
		}
	}
	for _, r := range b.examples {
		b.leave(r, "example")
	}
	switch {
	case len(b.found) > 0:
		return b.join(ctx)
	case b.refused != nil:
		return nil, b.refused
	}
	return nil, noRequestTable()
}

func (b *bookReader) reader(i int) *formReader {
	s := b.sheets[i]
	return &formReader{src: b.src, options: b.options, words: b.words, calc: b.src.Calculation(), form: &Form{Sheet: s.Name, SheetIndex: i, State: string(s.State)}}
}

// look reads a sheet, and keeps it when it is a request or the empty form of one.
func (b *bookReader) look(ctx context.Context, i int) error {
	r := b.reader(i)
	r.other, r.inherit = len(b.found) > 0, b.boxes()
	found, err := r.readSheet(ctx)
	switch {
	case errors.Is(err, errEnough) && r.table != nil:
		b.unread = append(b.unread, r.unlikely()...)
		b.leave(r, "list")
		return nil
	case err != nil && !errors.Is(err, errEnough):
		return b.refuse(r, err)
	case !found || r.other && !r.orders():
		b.notFound(r)
		return nil
	}
	if r.example {
		b.examples = append(b.examples, r)
		return nil
	}
	return b.keep(ctx, r)
}

// keep takes a sheet that is a request, or the empty form of one.
func (b *bookReader) keep(ctx context.Context, r *formReader) error {
	if err := r.close(ctx); err != nil {
		return err
	}
	if r.orders() { // a list of prices before the request is none of it
		b.lines += r.form.Lines.Len()
	}
	if b.lines > b.options.MaxLines {
		return tooManyLines(b.options.MaxLines)
	}
	b.found = append(b.found, r)
	return nil
}

// refuse keeps in mind why a sheet could not be read, where another one may be the request.
func (b *bookReader) refuse(r *formReader, err error) error {
	e, ok := workbook.ErrorOf(err)
	switch {
	case !ok || len(b.sheets) == 1:
		return err
	case e.Code == workbook.TooLarge && e.Bound == "Lines" && !r.orders(): // a list of something else
	case e.Code != workbook.NoRequestTable:
		return err
	case len(b.found) > 0 && r.form.State == string(workbook.Visible):
		b.unread = append(b.unread, r.mustRead(1, e.Message))
	}
	if b.refused == nil {
		b.refused = err
	}
	return nil
}

// boxes is the sheet whose boxes a table without any takes: the first one with lines and with a filled box, or else the
// first with a filled box; nil when there is none.
func (b *bookReader) boxes() (best *formReader) {
	for _, r := range b.found {
		if !r.filledBoxes() {
			continue
		}
		if r.form.Lines.Len() > 0 {
			return r
		}
		if best == nil {
			best = r
		}
	}
	return best
}

// close ends the reading of a sheet.
func (r *formReader) close(ctx context.Context) error {
	lang := r.form.Origin.Language // before it is guessed
	err := r.finish(ctx)
	r.said = r.form.Origin
	r.said.Language = lang
	return err
}

// lookAside says what became of the sheets whose names say that they are something else. They are looked at as a request
// when nothing else can be one: a workbook may well have its request on a sheet “Data”; an example is one only where no
// other sheet says anything.
func (b *bookReader) lookAside(ctx context.Context, names []string) error {
	empty := len(b.found) == 0
	for i, s := range b.sheets {
		if empty && roleOf(s.Name, names) != exampleSheet && !isOurSheet(s.Name) && s.State == workbook.Visible {
			blank, err := b.isBlank(ctx, i)
			if err != nil {
				return err
			}
			empty = blank
		}
	}
	only := len(b.found) == 0
	for _, i := range b.aside {
		example := roleOf(names[i], names) == exampleSheet
		if only && (!example || empty) {
			if err := b.look(ctx, i); err != nil {
				return err
			}
			continue
		}
		if len(b.found) == 0 {
			continue
		}
		r := b.reader(i)
		r.other = true
		found, err := r.readSheet(ctx)
		if err != nil && !errors.Is(err, errEnough) {
			if _, ok := workbook.ErrorOf(err); ok {
				continue // too long, or with its headers too low: it is something else, as its name says
			}
			return err
		}
		list := r.table != nil && errors.Is(err, errEnough)
		if !list && (!found || r.form.Lines.Len() == 0) {
			continue
		}
		if example {
			b.leave(r, "example")
			continue
		}
		b.leave(r, "other-sheet")
		if r.form.State == string(workbook.Visible) {
			b.unread = append(b.unread, r.noted("other-sheet", otherSheetText(r.form.Sheet)))
		}
	}
	return nil
}

func (b *bookReader) isBlank(ctx context.Context, i int) (bool, error) {
	blank := true
	err := b.src.Rows(ctx, i, func(row *workbook.Row) error {
		if rowIsBlank(row) {
			return nil
		}
		blank = false
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return blank, err
}

// notFound says of a sheet that is no request what a person must know: it nearly is one, or it was one and was emptied.
func (b *bookReader) notFound(r *formReader) {
	if r.form.State != string(workbook.Visible) && r.form.State != "" {
		return
	}
	var found []foundLabel
	if r.table == nil {
		found = r.labels.resolve(0)
	}
	switch row, ours := r.nearTable, r.labels.ours; {
	case ours.whole() && ours.reference != "" && r.table == nil:
		b.unread = append(b.unread, r.note(workbook.Ref(ours.col+1, ours.row+2), "cleared-row", clearedSheetText(r.form.Sheet, ours.reference)))
	case row > 0:
		b.unread = append(b.unread, r.mustRead(row, nearTableText(r.form.Sheet, row)))
	case nearlyFilled(found):
		b.unread = append(b.unread, r.mustRead(found[0].row, nearFormText(r.form.Sheet, leastLabels)))
	}
}

func (r *formReader) mustRead(row int, why request.Text) request.Problem {
	return request.Problem{Sheet: r.form.Sheet, Cell: workbook.Ref(1, row), Code: "nearly-a-request", Severity: request.ReturnSeverity, Message: why}
}

// noted is a note on the sheet's header row.
func (r *formReader) noted(code string, t request.Text) request.Problem {
	return r.note(workbook.Ref(1, max(r.form.HeaderRow, 1)), code, t)
}

// unlikely notes a visible table that orders nothing, such as a price list.
func (r *formReader) unlikely() []request.Problem {
	if r.form.State != string(workbook.Visible) {
		return nil
	}
	return []request.Problem{r.noted("other-sheet", listSheetText(r.form.Sheet))}
}

func (b *bookReader) leave(r *formReader, why string) {
	first, last := max(r.form.HeaderRow, 1), max(r.form.HeaderRow, r.form.LastRow, 1)
	words := r.form.Sheet
	b.left = append(b.left, LeftAlone{Sheet: r.form.Sheet, Text: words, Why: why,
		Cells: workbook.Range{FirstCol: 1, FirstRow: first, LastCol: max(r.form.LastCol, 1), LastRow: last}.String()})
}

// orders reports whether a table can order anything: it says how many, or what it comes to. A list of prices does not.
func (r *formReader) orders() bool {
	if r.table == nil {
		return true
	}
	return slices.ContainsFunc(r.form.Columns, func(c Column) bool {
		switch c.Field {
		case request.Quantity, request.Net, request.Tax, request.Total:
			return true
		}
		return false
	})
}

// filledBoxes reports whether a box above the table says anything about the lines.
func (r *formReader) filledBoxes() bool {
	return r.table != nil && slices.ContainsFunc(r.form.Labels, func(l Label) bool { return l.Given && isLineField(l.Name) })
}

func isLineField(name string) bool {
	_, ok := request.FieldByName(name)
	return ok
}

// nearTableAt is the row of a header that falls one short: it names what is bought and for how much, and rows follow.
func nearTableAt(rows []workbook.Row, words *formWords) int {
	for i := range rows {
		if n := countLabels(&rows[i], words); n.fields != leastHeaders-1 || n.boxed {
			continue
		}
		what, amount := false, false
		for j := range rows[i].Cells {
			c := &rows[i].Cells[j]
			if !isText(c) {
				continue
			}
			switch m, _ := words.lookup(textOf(c)); m.field {
			case request.Item, request.Title, request.Description, request.Supplier:
				what = true
			case request.Quantity, request.UnitPrice, request.Net, request.Total:
				amount = true
			}
		}
		if what && amount && slices.ContainsFunc(rows[i+1:], func(r workbook.Row) bool { return !rowIsBlank(&r) && !onlyFormulas(&r) }) {
			return rows[i].Number
		}
	}
	return 0
}

func onlyFormulas(row *workbook.Row) bool {
	for i := range row.Cells {
		if c := &row.Cells[i]; !isBlank(c) && !c.HasFormula {
			return false
		}
	}
	return true
}

// nearlyFilled reports whether labels are those of a form in which somebody began to write what is bought, and no page that
// mentions some of them.
func nearlyFilled(found []foundLabel) bool {
	var seen []meaning
	begun := false
	for _, l := range found {
		if l.m.field == request.NoField || slices.ContainsFunc(seen, l.m.same) {
			continue
		}
		seen = append(seen, l.m)
		if l.value == nil || l.value.cell.HasFormula || len(textOf(&l.value.cell)) > maxAnswer {
			continue
		}
		switch l.m.field {
		case request.Item, request.Title, request.Description, request.Supplier, request.UnitPrice, request.Net, request.Total:
			begun = true
		}
	}
	return begun && len(seen) >= leastLabels
}

// takeInherited gives a table without boxes of its own what stands above the table of another sheet: it goes on there.
func (r *formReader) takeInherited() {
	r.boxed = slices.ContainsFunc(r.form.Labels, func(l Label) bool { return isLineField(l.Name) })
	from := r.inherit
	if from == nil || r.boxed {
		return
	}
	var taken []request.Text
	for f := range r.shared {
		v := from.shared[f]
		if v.Cell == "" || r.shared[f].Cell != "" {
			continue
		}
		if v.Given {
			taken = append(taken, request.Field(f).Info().Label) //nolint:gosec // an index of the array of all fields
		}
		v.Cell = workbook.OnSheet(from.form.Sheet, v.Cell)
		r.shared[f], r.faults[f], r.defaulted[f] = v, from.faults[f], from.defaulted[f]
	}
	if b := from.labels.attested; b.found && !r.labels.attested.found {
		b.ref = workbook.OnSheet(from.form.Sheet, b.ref)
		r.labels.attested = b
	}
	if len(taken) > 0 {
		r.form.Problems = append(r.form.Problems, r.noted("other-boxes", otherBoxesText(r.form.Sheet, from.form.Sheet, taken)))
	}
}
