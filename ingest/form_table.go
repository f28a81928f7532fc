package ingest

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
	columns []columnPlan
	fields  []fieldColumn // the columns of known fields, by column
	// distinct is how many fields they are: fewer than columns when two stand for one field.
	distinct int
	money    money

	// Of the row at hand, by field.
	cells  [request.NumFields]*workbook.Cell
	others []*workbook.Cell // a second cell for a field that has one already
	refs   refMaker

	doubled   [request.NumFields][]request.Problem // of fields with more than one column
	filled    [request.NumFields]bool              // of those, the ones that a line has a value for
	templates rowSpan                              // rows that hold nothing but formulas
	stopped   bool                                 // a second table began on this sheet
	nameless  map[int]bool
}

type columnPlan struct {
	kind  columnKind
	field request.Field
	key   string // of Line.Extra
}

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
	if s.n == 0 {
		s.first = row
	}
	s.last = row
	s.n++
}

// newFormTable takes the header row apart.
func newFormTable(r *formReader, header *workbook.Row) *formTable {
	t := &formTable{r: r, nameless: map[int]bool{}}
	f := r.form
	ours := ourColumnsIn(header)
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
			m, known = r.words.lookup(textOf(c))
		}
		if n := slices.Index(ours, c.Col); n >= 0 {
			col.By, plan.kind = byOurs, ourColumn
			if n%len(ourColumns) == 2 {
				plan.kind = ourReference
			}
		} else if known && m.field != request.NoField {
			col.By, col.Field = m.by, m.field
			plan.kind, plan.field = fieldColumnKind, m.field
			r.votes.label(m)
			t.fields = append(t.fields, fieldColumn{c.Col, columnName(c.Col), m.field})
			ref := workbook.Ref(c.Col, header.Number)
			if first[m.field] == "" {
				first[m.field] = ref
				t.distinct++
			} else {
				t.doubled[m.field] = append(t.doubled[m.field], r.problem(m.label(), ref, "duplicate-column", duplicateColumnText(text, first[m.field])))
			}
		} else {
			plan.key = text
			if keys[text] {
				plan.key = text + " (" + columnName(c.Col) + ")"
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

// row reads one row under the header. Every row that is not empty is a line, but for the footer, a repeated header and
// rows that only formulas fill; those are noted.
func (t *formTable) row(row *workbook.Row) error {
	if t.stopped {
		return nil
	}
	n, reference := t.sort(row)
	if n == 0 {
		if reference != "" {
			t.r.form.Problems = append(t.r.form.Problems, t.r.note(workbook.Ref(1, row.Number), "cleared-row", clearedRowText(row.Number, reference)))
		}
		return nil
	}
	f := t.r.form
	f.LastRow = row.Number
	switch {
	case t.isTemplate(row):
		t.templates.add(row.Number)
		return nil
	case t.isFooter(row):
		f.Footers = append(f.Footers, row.Number)
		f.Problems = append(f.Problems, t.r.note(t.firstCell(row), "footer", footerText(row.Number)))
		return nil
	}
	if same, headers := t.isHeader(row); headers {
		if same {
			f.Problems = append(f.Problems, t.r.note(t.firstCell(row), "repeated-header", repeatedHeaderText(row.Number)))
			return nil
		}
		t.stopped = true
		f.Problems = append(f.Problems, request.Problem{Sheet: f.Sheet, Cell: t.firstCell(row), Code: "second-table",
			Severity: request.ReturnSeverity, Message: secondTableText(row.Number)})
		return nil
	}
	if len(f.Lines) == t.r.options.MaxLines {
		return tooManyLines(t.r.options.MaxLines)
	}
	if len(f.Lines) == cap(f.Lines) { // a line is large: append's growth by a quarter would copy each one five times
		f.Lines = slices.Grow(f.Lines, max(16, len(f.Lines)))
	}
	f.Lines = append(f.Lines, request.Line{Sheet: f.Sheet, Row: row.Number, Hidden: row.Hidden})
	t.line(&f.Lines[len(f.Lines)-1], row, reference)
	return nil
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

// isTemplate reports whether a row is a prepared one that nobody filled in: formulas for sums that come to nothing.
func (t *formTable) isTemplate(row *workbook.Row) bool {
	return t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		if !c.HasFormula || (p.kind == fieldColumnKind && !takesNumbers(p.field)) {
			return false
		}
		if !c.HasValue {
			return p.kind == fieldColumnKind
		}
		if !isNumber(c) {
			return false
		}
		n, err := doubleOf(c)
		return err == nil && n.IsZero()
	})
}

func takesNumbers(f request.Field) bool {
	k := f.Info().Kind
	return k == request.MoneyKind || k == request.NumberKind
}

// isFooter reports whether a row holds nothing but a word such as Total, and sums.
func (t *formTable) isFooter(row *workbook.Row) bool {
	words, sums := 0, 0
	only := t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		switch {
		case isText(c) && isFooterWord(textOf(c)):
			words++
			return true
		case p.kind == fieldColumnKind && !takesNumbers(p.field):
			return false
		case isNumber(c), c.HasFormula && !c.HasValue:
			sums++
			return true
		case isText(c):
			if _, err := request.ParseAmount(textOf(c), request.UnitDecimals); err == nil {
				sums++
				return true
			}
		}
		return false
	})
	return only && words > 0 && sums > 0
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

// line reads the cells of a row into a line.
func (t *formTable) line(l *request.Line, row *workbook.Row, reference string) {
	r := t.r
	t.refs.start(t.fields, row.Number)
	for _, fc := range t.fields {
		if ref := t.refs.next(); l.Values[fc.field].Cell == "" {
			l.Values[fc.field].Cell = ref
		}
	}
	t.settleDoubles(l, row)
	t.money = money{standard: r.options.Currency}
	for _, f := range readingOrder {
		v := &l.Values[f]
		if c := t.cells[f]; c != nil && !v.Faulty {
			at := valueCell{label: f.Info().Label, ref: v.Cell, cell: c}
			if p := r.read(f, at, &t.money, v); p != nil {
				l.Problems = append(l.Problems, p...)
			}
		}
		if !v.Given && !v.Faulty {
			t.fill(l, f)
		}
		if f == request.Currency {
			t.money.use(v)
		}
	}
	t.extras(l, row)
	t.reference(l, reference)
	r.checkTax(l)
	r.deriveTotal(l, t.headerRef(request.Total, row.Number))
	t.stale(l)
	if l.Hidden {
		l.Problems = append(l.Problems, r.note(t.firstCell(row), "hidden-row", hiddenRowText))
	}
}

// fill takes the value above the table for a field that the line leaves empty.
func (t *formTable) fill(l *request.Line, f request.Field) {
	s := &t.r.shared[f]
	if s.Cell == "" {
		return
	}
	if s.Given || s.Faulty || l.Values[f].Cell == "" {
		l.Values[f] = *s
	}
	if len(t.r.faults[f]) > 0 && (s.Given || s.Faulty) {
		l.Problems = append(l.Problems, t.r.faults[f]...)
	}
}

// settleDoubles looks at fields with two columns. Which of them is meant is anybody's guess, so a line that fills one of
// them goes back; what can be read is read, and two that differ are a problem of their own.
func (t *formTable) settleDoubles(l *request.Line, row *workbook.Row) {
	if len(t.fields) > t.distinct {
		for f, problems := range t.doubled {
			if t.cells[f] != nil {
				l.Problems = append(l.Problems, problems...)
				t.filled[f] = true
			}
		}
	}
	for _, c := range t.others {
		f := t.plan(c.Col).field
		if textOf(c) == textOf(t.cells[f]) && c.Type == t.cells[f].Type {
			continue
		}
		l.Values[f].Faulty = true
		ref := workbook.Ref(c.Col, row.Number)
		l.Problems = append(l.Problems, t.r.problem(f.Info().Label, ref, "two-values", twoValuesText(workbook.Ref(t.cells[f].Col, row.Number), ref)))
	}
	if len(t.fields) == t.distinct {
		return
	}
	for _, fc := range t.fields {
		if c := t.cells[fc.field]; c != nil && c.Col == fc.col {
			l.Values[fc.field].Cell = workbook.Ref(c.Col, row.Number)
		}
	}
}

// extras keeps what stands under unknown headers, and under none.
func (t *formTable) extras(l *request.Line, row *workbook.Row) {
	t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		if p.kind == fieldColumnKind {
			return true
		}
		ref := workbook.Ref(c.Col, row.Number)
		key := p.key
		if p.kind == noHeader {
			key = columnName(c.Col)
			if !t.nameless[c.Col] {
				t.nameless[c.Col] = true
				t.r.form.Columns = append(t.r.form.Columns, Column{Col: c.Col, By: byExtra, Hidden: t.r.columnHidden(c.Col)})
				t.r.form.Problems = append(t.r.form.Problems, t.r.note(ref, "no-header", noHeaderText(columnName(c.Col))))
			}
		}
		s, err := plainText(c)
		if err != nil {
			p := t.r.misread(request.Text{EN: key, FR: key}, ref, err)
			if p.Code != request.CodeControlCharacters && p.Code != "not-finite" {
				p.Severity = request.NoteSeverity
			}
			l.Problems = append(l.Problems, p)
			s = textOf(c)
		}
		if s == "" {
			return true
		}
		if l.Extra == nil {
			l.Extra = map[string]string{}
		}
		l.Extra[key] = s
		return true
	})
}

// reference takes what the row bears in our own column, or in a column of that name that holds one of our numbers. There
// it is no part of what the row says: a row that comes back with its number has not changed by it.
func (t *formTable) reference(l *request.Line, s string) {
	taken, col := "", slices.IndexFunc(t.columns, func(p columnPlan) bool { return p.kind == ourReference })
	if s == "" {
		for _, c := range t.r.form.Columns {
			if c.By == byExtra && isOurColumn(2, c.Header) {
				key := t.plan(c.Col).key
				if text := l.Extra[key]; strings.HasPrefix(strings.ToUpper(text), "HR-") {
					s, taken, col = text, key, c.Col
				}
			}
		}
	}
	t.r.takeReference(l, s, workbook.Ref(max(col, 1), l.Row))
	if taken != "" && l.Reference != "" {
		delete(l.Extra, taken)
	}
}

// takeReference gives a line the reference that it bears. One that cannot be read is noted: the line is then a new one.
func (r *formReader) takeReference(l *request.Line, s, cell string) {
	if s == "" {
		return
	}
	ref, err := request.ParseLineReference(s)
	if err != nil {
		p := r.misread(referenceLabel, cell, err)
		p.Severity = request.NoteSeverity
		l.Problems = append(l.Problems, p)
		return
	}
	l.Reference = ref.String()
}

func (t *formTable) headerRef(f request.Field, row int) string {
	for _, fc := range t.fields {
		if fc.field == f {
			return workbook.Ref(fc.col, row)
		}
	}
	return ""
}

// stale notes a formula whose stored value is not what the line's own figures come to. The difference itself is the
// guardrails' to judge; the note says why it may be there.
func (t *formTable) stale(l *request.Line) {
	check := func(f, a, b request.Field, times bool) {
		c := t.cells[f]
		v, x, y := &l.Values[f], &l.Values[a], &l.Values[b]
		if c == nil || !c.HasFormula || !v.Given || !x.Given || !y.Given {
			return
		}
		want := x.Number.Add(y.Number)
		if times {
			want = x.Number.Mul(y.Number)
		}
		if v.Number.Sub(want).Abs().Cmp(minorUnit(t.money.digits)) < 0 {
			return
		}
		l.Problems = append(l.Problems, t.r.noteAt(f.Info().Label, v.Cell, "stale-formula",
			staleFormulaText(v.Text, want.StringFixed(t.money.digits), a.Info().Label, b.Info().Label, times)))
	}
	check(request.Net, request.Quantity, request.UnitPrice, true)
	check(request.Total, request.Net, request.Tax, false)
}

// close says what only the whole table shows.
func (t *formTable) close() {
	f := t.r.form
	if t.templates.n > 0 {
		f.Problems = append(f.Problems, t.r.note(workbook.Ref(1, t.templates.first), "formula-only-rows",
			formulaOnlyText(t.templates.first, t.templates.last, t.templates.n)))
	}
	if len(f.Lines) == 0 {
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
