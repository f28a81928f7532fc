package forms

import (
	"slices"
	"strconv"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// formTable reads the rows under a header row.
type formTable struct {
	r *formReader
	// columns says what each column of the sheet is, by its number; what lies beyond has no header.
	columns  []columnPlan
	fields   []fieldColumn                             // the first column of every known field, by column
	doubles  bool                                      // a field has more than one
	taxParts bool                                      // each tax has a column of its own
	ours     int                                       // our own column of references, 0 when there is none
	headers  [request.NumFields]*request.FoundCurrency // the currencies that the headers of money name
	money    money

	// Of the row at hand, by field.
	cells   [request.NumFields]*workbook.Cell
	shown   []moneyShown
	others  []*workbook.Cell // a second cell for a field that has one already
	refs    refMaker
	current request.Line // some kilobytes: its place is used again

	bears     bearing                              // of the row: one of our numbers in a column of the form's own
	doubled   [request.NumFields][]request.Problem // of fields with more than one column
	filled    [request.NumFields]bool              // of those, the ones that a line has a value for
	templates rowSpan                              // rows that hold nothing but formulas
	constant  rowSpan                              // prepared rows that hold answers
	stopped   bool                                 // a second table began on this sheet
	nameless  map[int]bool
	unknown   *unknownColumns // looked for with the first line

	// How far down the sheet the reader is, and what waits for the rows that follow.
	at        place
	firstCol  int // the first column with a header
	before    int // the row before that holds anything
	lastLine  int // the last row that is a line or goes on with one
	heading   headingRow
	doubt     *request.Problem // of the row at hand: it may be no line
	constants []constant
	scratch   [8]byte
	sign      uint64 // of the constants of the row at hand
	maybe     []maybePrepared
	sums      []sumRow
	manySums  bool
	faults    []request.Problem // of the sums: they send all lines back
	asLine    bool              // the row at hand is a line until its figures turn out to be sums
	drop      []int             // lines that turned out to be sums
	left      []leftPart
	below     labelScan
}

type columnPlan struct {
	kind  columnKind
	field request.Field
	key   string // of Line.Extra
	// reference: an unknown column that is called like ours.
	reference bool
	part      bool          // one more tax: it is added to the others
	scaled    request.Field // of an unknown column: what it would be, were its amounts whole ones
}

// bearing is a number of ours that a row has in a column of the form's own.
type bearing struct {
	text, key string
	col       int
}

// mostDoubled is of how many second columns of one field the requester is told.
const mostDoubled = 5

type columnKind uint8

const (
	noHeader columnKind = iota
	fieldColumnKind
	extraColumn
	ourColumn
	ourReference
)

type fieldColumn struct {
	col   int
	name  string // "N"
	field request.Field
}

type rowSpan struct{ first, last, n int }

func (s *rowSpan) add(row int) {
	if s.first == 0 {
		s.first = row
	}
	s.last = row
	s.n++
}

// newFormTable takes the header row apart.
func newFormTable(r *formReader, rows *headerRows) *formTable {
	header := &rows.row
	t := &formTable{r: r, nameless: map[int]bool{}, before: header.Number}
	t.below = labelScan{words: r.words, merged: r.layout.Merged}
	f := r.form
	ours := map[int]int{} // column to its place among ours
	for n, col := range ourColumnsIn(header) {
		ours[col] = n
	}
	var first [request.NumFields]string // header cell of the field
	keys := map[string]bool{}
	for i := range header.Cells {
		c := &header.Cells[i]
		if isBlank(c) {
			continue
		}
		text := strings.Join(strings.Fields(textOf(c)), " ")
		col := Column{Col: c.Col, Header: text, By: byExtra, Hidden: r.columnHidden(c.Col)}
		plan := columnPlan{kind: extraColumn}
		m, known := meaning{}, false
		if isText(c) {
			m, known = r.words.headerLookup(textOf(c), rows.parts, c.Col)
		}
		if known && isScaled(m.field, text) {
			known, plan.scaled = false, m.field
		}
		if n, is := ours[c.Col]; is {
			col.By, plan.kind = byOurs, ourColumn
			if n%len(ourColumns) == 2 {
				plan.kind = ourReference
				if t.ours == 0 {
					t.ours = c.Col
				}
			}
		} else if known && m.field != request.NoField {
			col.By, col.Field = m.by, m.field
			plan.kind, plan.field = fieldColumnKind, m.field
			r.votes.label(m)
			ref := workbook.Ref(c.Col, header.Number)
			if first[m.field] == "" {
				first[m.field] = ref
				t.headers[m.field] = headerCurrency(m.field, text)
				t.fields = append(t.fields, fieldColumn{c.Col, columnName(c.Col), m.field})
			} else if m.field == request.Tax && t.otherTax(text) {
				plan.part, t.taxParts = true, true
			} else if t.doubles = true; len(t.doubled[m.field]) < mostDoubled {
				t.doubled[m.field] = append(t.doubled[m.field], r.problem(m.label(), ref, "duplicate-column", duplicateColumnText(text, first[m.field])))
			}
		} else {
			plan.key, plan.reference = shortened(text), isOurColumn(2, text) // every line names it
			if keys[plan.key] {
				plan.key += " (" + columnName(c.Col) + ")"
			}
			keys[plan.key] = true
		}
		if plan.kind != ourColumn && plan.kind != ourReference {
			f.LastCol = max(f.LastCol, c.Col)
		}
		if col.Hidden && plan.kind == fieldColumnKind {
			f.Problems = append(f.Problems, r.note(workbook.Ref(c.Col, header.Number), "hidden-column", hiddenColumnText(text)))
		}
		for len(t.columns) <= c.Col {
			t.columns = append(t.columns, columnPlan{})
		}
		t.columns[c.Col] = plan
		if t.firstCol == 0 {
			t.firstCol = c.Col
		}
		f.Columns = append(f.Columns, col)
	}
	return t
}

// ourColumnsIn are the numbers of the columns that an earlier answer of ours added: its three headers side by side, in
// their order. A department's own "Reference" stands alone and is none.
func ourColumnsIn(header *workbook.Row) []int {
	var ours []int
	cells := header.Cells
	for i := 0; i+2 < len(cells); i++ {
		if cells[i+1].Col != cells[i].Col+1 || cells[i+2].Col != cells[i].Col+2 {
			continue
		}
		if isOurColumn(0, textOf(&cells[i])) && isOurColumn(1, textOf(&cells[i+1])) && isOurColumn(2, textOf(&cells[i+2])) {
			ours = append(ours, cells[i].Col, cells[i+1].Col, cells[i+2].Col)
			i += 2
		}
	}
	return ours
}

func columnName(col int) string { return strings.TrimRight(workbook.Ref(col, 1), "1") }

func (t *formTable) plan(col int) columnPlan {
	if col < len(t.columns) {
		return t.columns[col]
	}
	return columnPlan{}
}

// sort puts the cells of a row under their fields. n counts the cells that are not ours and not blank.
func (t *formTable) sort(row *workbook.Row) (n int, reference string) {
	t.cells = [request.NumFields]*workbook.Cell{}
	t.others = t.others[:0]
	for i := range row.Cells {
		c := &row.Cells[i]
		if isBlank(c) {
			continue
		}
		switch p := t.plan(c.Col); p.kind {
		case ourColumn:
			continue
		case ourReference:
			if s := textOf(c); s != "" {
				reference = s
			}
			continue
		case fieldColumnKind:
			if t.cells[p.field] == nil {
				t.cells[p.field] = c
			} else {
				t.others = append(t.others, c)
			}
		}
		n++
		t.r.form.LastCol = max(t.r.form.LastCol, c.Col)
	}
	return n, reference
}

// each calls see with every cell of the row that is neither blank nor ours, until it answers false.
func (t *formTable) each(row *workbook.Row, see func(*workbook.Cell, columnPlan) bool) bool {
	for i := range row.Cells {
		c := &row.Cells[i]
		if isBlank(c) {
			continue
		}
		p := t.plan(c.Col)
		if p.kind == ourColumn || p.kind == ourReference {
			continue
		}
		if !see(c, p) {
			return false
		}
	}
	return true
}

func (t *formTable) firstCell(row *workbook.Row) string {
	ref := ""
	t.each(row, func(c *workbook.Cell, _ columnPlan) bool {
		ref = workbook.Ref(c.Col, row.Number)
		return false
	})
	return ref
}

func takesNumbers(f request.Field) bool {
	k := f.Info().Kind
	return k == request.MoneyKind || k == request.NumberKind
}

// isHeader reports whether a row is a header row again, and whether it is the same one.
func (t *formTable) isHeader(row *workbook.Row) (same, headers bool) {
	known, looked := 0, 0
	same = true
	t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		looked++
		m, ok := meaning{}, false
		if isText(c) {
			m, ok = t.r.words.lookup(textOf(c))
		}
		if ok && m.field != request.NoField {
			known++
			same = same && p.kind == fieldColumnKind && p.field == m.field
		}
		return known > 0 || looked < 3 // an ordinary line is known by its first cells
	})
	return same, known >= leastHeaders
}

// close says what only the whole table shows.
func (t *formTable) close() {
	f := t.r.form
	t.settleHeading(false)
	t.settlePrepared()
	t.settleSums()
	t.dropLines(t.drop)
	t.returnAll()
	t.readBelow()
	t.nameLeft()
	if t.constant.n > 0 {
		f.Problems = append(f.Problems, t.r.note(workbook.Ref(1, t.constant.first), "prepared-rows",
			preparedText(t.constant.first, t.constant.last, t.constant.n)))
	}
	if t.templates.n > 0 {
		f.Problems = append(f.Problems, t.r.note(workbook.Ref(1, t.templates.first), "formula-only-rows",
			formulaOnlyText(t.templates.first, t.templates.last, t.templates.n)))
	}
	f.Lines.Seal()
	if f.Lines.Len() == 0 {
		p := t.r.note(workbook.Ref(1, f.HeaderRow+1), "no-lines", noLinesText(f.HeaderRow))
		p.Severity = request.ReturnSeverity
		f.Problems = append(f.Problems, p)
	}
	t.findMerged()
	t.noteDoubles()
	slices.SortStableFunc(f.Columns, func(a, b Column) int { return a.Col - b.Col })
}

// noteDoubles notes the second columns of fields that no line fills.
func (t *formTable) noteDoubles() {
	for f, problems := range t.doubled {
		if t.filled[f] {
			continue
		}
		for _, p := range problems {
			p.Severity = request.NoteSeverity
			t.r.form.Problems = append(t.r.form.Problems, p)
		}
	}
}

// refMaker writes the cell names of one row into one string.
type refMaker struct {
	buf  []byte
	ends []int
	all  string
	at   int
}

func (m *refMaker) start(fields []fieldColumn, row int) {
	m.buf, m.ends, m.at = m.buf[:0], m.ends[:0], 0
	for _, fc := range fields {
		m.buf = strconv.AppendInt(append(m.buf, fc.name...), int64(row), 10)
		m.ends = append(m.ends, len(m.buf))
	}
	m.all = string(m.buf)
}

func (m *refMaker) next() string {
	from := 0
	if m.at > 0 {
		from = m.ends[m.at-1]
	}
	m.at++
	return m.all[from:m.ends[m.at-1]]
}
