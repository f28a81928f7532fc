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

	head    []workbook.Row // the first rows, copied, until decided
	decided bool
	labels  labelScan
	table   *formTable // nil: no header row
	shared  request.Values
	faults  [request.NumFields][]request.Problem // of the values above the table
	votes   languageVotes
}

// readSheet reports whether the sheet holds a request, and reads it.
func (r *formReader) readSheet(ctx context.Context) (found bool, err error) {
	r.labels.words = r.words
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
	at := findHeader(r.head, r.words)
	if at < 0 {
		for i := range r.head {
			r.labels.row(&r.head[i])
		}
		r.head = nil
		return nil
	}
	for i := range r.head[:at] {
		r.labels.row(&r.head[i])
	}
	r.openTable(&r.head[at])
	rest := r.head[at+1:]
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
		return r.table.row(row)
	}
	// Its labels would read as a form of one line, and every row but the first under it would be lost.
	if h := countLabels(row, r.words); h.isHeader() && !h.boxed {
		return headerTooLow(r.form.Sheet, row.Number)
	}
	r.labels.row(row)
	return nil
}

// findHeader is the index of the header row in rows, -1 when there is none: the first row with at least four known
// headers. Two kinds of rows only look like one. A row of labels with their boxes ("Currency | CAD | Payment | invoice |
// …") belongs to a form of labels when more such rows follow, or nothing does. And the head of a list of choices has
// nothing to buy.
func findHeader(rows []workbook.Row, words *formWords) int {
	counts := make([]labelCount, len(rows))
	for i := range rows {
		counts[i] = countLabels(&rows[i], words)
	}
	for i, h := range counts {
		if h.isHeader() && (!h.boxed || !belongsToLabels(h, counts[i+1:])) {
			return i
		}
	}
	return -1
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
func (r *formReader) openTable(header *workbook.Row) {
	r.form.HeaderRow, r.form.LastRow = header.Number, header.Number
	r.readAbove(header.Number)
	r.table = newFormTable(r, header)
}

// oneLine makes a form of one line out of the labels of a sheet without a header row.
func (r *formReader) oneLine() bool {
	found := r.labels.resolve(0)
	if !looksFilled(found) {
		return false
	}
	r.takeLabels(found)
	line := request.Line{Sheet: r.form.Sheet, Values: r.shared}
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

// lookForSecond reports tables on the sheets after the one that is judged: nobody reads their lines, and the requester
// must know.
func (r *formReader) lookForSecond(ctx context.Context, rest []workbook.SheetInfo) error {
	for i := range rest {
		if isOurSheet(rest[i].Name) {
			continue
		}
		row, err := r.secondTable(ctx, r.form.SheetIndex+1+i)
		if err != nil {
			return err
		}
		if row == 0 {
			continue
		}
		p := request.Problem{Sheet: rest[i].Name, Cell: workbook.Ref(1, row), Code: "second-table", Severity: request.ReturnSeverity,
			Message: secondSheetText(rest[i].Name, r.form.Sheet)}
		r.form.Problems = append(r.form.Problems, p)
	}
	return nil
}

// probeRows is how far a sheet is searched for a second request.
const probeRows = 200

// secondTable is the row where a second request begins on a sheet, 0 when there is none. A table without a single
// filled row under its header is none.
func (r *formReader) secondTable(ctx context.Context, sheet int) (int, error) {
	var head []workbook.Row
	header, begun := 0, 0
	scan := labelScan{words: r.words}
	err := r.src.Rows(ctx, sheet, func(row *workbook.Row) error {
		if row.Number <= headerSearch {
			head = append(head, copyRow(row))
			scan.row(row)
			return nil
		}
		if header == 0 && head != nil {
			header, begun = headerIn(head, r.words)
			head = nil
		}
		if header > 0 {
			if begun == 0 && !rowIsBlank(row) {
				begun = row.Number
			}
			if begun > 0 {
				return errEnough
			}
			return nil
		}
		if row.Number > probeRows {
			return errEnough
		}
		scan.row(row)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, err
	}
	if header == 0 && head != nil {
		header, begun = headerIn(head, r.words)
	}
	if header > 0 {
		if begun > 0 {
			return header, nil
		}
		return 0, nil
	}
	if found := scan.resolve(0); looksFilled(found) && slices.ContainsFunc(found, func(l foundLabel) bool { return l.m.field != request.NoField }) {
		return found[0].row, nil
	}
	return 0, nil
}

// headerIn is the row of the header among rows and the first row under it that holds anything.
func headerIn(rows []workbook.Row, words *formWords) (header, begun int) {
	at := findHeader(rows, words)
	if at < 0 {
		return 0, 0
	}
	for i := at + 1; i < len(rows); i++ {
		if !rowIsBlank(&rows[i]) {
			return rows[at].Number, rows[i].Number
		}
	}
	return rows[at].Number, 0
}

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
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.Origin.Language == request.UnknownLang {
		f.Origin.Language = r.votes.guess()
	}
	return nil
}
