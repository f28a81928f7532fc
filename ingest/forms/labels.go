package forms

import (
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// labelScan finds labels and the cells that may hold their values, while rows stream by.
type labelScan struct {
	words  *formWords
	merged []workbook.Range
	ends   map[[2]int]int // the last column of a merged range, by the column and row that it begins in
	labels []foundLabel
	before []int // labels of the row before, whose value may stand below
	last   int   // number of the row before
	ours   ourLabels
}

// ourLabels are the three answers that we wrote beside a form of one line: labels one below the other, with values.
type ourLabels struct {
	col, row  int // of the first label
	headers   []string
	reference string
}

func (o *ourLabels) whole() bool { return len(o.headers) == len(ourColumns) }

// see takes a cell that is no label of the form; right is what stands right of it.
func (o *ourLabels) see(row, col int, header, right string) {
	switch n := len(o.headers); {
	case o.whole() || len(header) > longestHeader:
	case n > 0 && col == o.col && row == o.row+n && isOurColumn(n, header):
		o.headers = append(o.headers, header)
		if o.whole() {
			o.reference = right
		}
	case (n == 0 || row > o.row+n) && isOurColumn(0, header):
		*o = ourLabels{col: col, row: row, headers: []string{header}}
	}
}

// longestOurs is more than the longest of our own labels.
const longestOurs = 40

// mostLabels bounds what is kept of a sheet that repeats labels without end.
const mostLabels = 400

// foundLabel is a label on the sheet, with the places where its value may be.
type foundLabel struct {
	m      meaning
	header string
	row    int
	col    int
	endCol int // of the merged range the label stands in
	// right is the next cell, gap one up to two columns farther, below the one underneath.
	right, gap, below *foundValue
	beside            bool // another label stands right next to it: the layout is across, with values below
	value             *foundValue
}

type foundValue struct {
	row    int
	cell   workbook.Cell
	hidden bool
}

// place is the cell of the label's value, or where it is expected.
func (l *foundLabel) place() string {
	if l.value != nil {
		return workbook.Ref(l.value.cell.Col, l.value.row)
	}
	return workbook.Ref(l.endCol+1, l.row)
}

func (s *labelScan) row(row *workbook.Row) {
	if row.Number != s.last+1 {
		s.before = nil
	}
	s.last = row.Number
	s.takeBelow(row)
	s.before = s.before[:0]
	var previous *foundLabel // label in the last non-empty cell
	for i := range row.Cells {
		c := &row.Cells[i]
		if isBlank(c) {
			continue
		}
		m, isLabel := meaning{}, false
		if isText(c) {
			m, isLabel = s.words.lookup(textOf(c))
		}
		if !isLabel {
			if isText(c) && len(c.Value) <= longestOurs {
				right := ""
				if i+1 < len(row.Cells) && row.Cells[i+1].Col == c.Col+1 {
					right = textOf(&row.Cells[i+1])
				}
				s.ours.see(row.Number, c.Col, textOf(c), right)
			}
			if previous != nil && !strings.HasSuffix(textOf(c), ":") {
				v := &foundValue{row.Number, *c, row.Hidden}
				switch d := c.Col - previous.endCol; {
				case d == 1:
					previous.right = v
				case d <= 3:
					previous.gap = v
				}
			}
			previous = nil
			continue
		}
		if len(s.labels) == mostLabels {
			return
		}
		s.labels = append(s.labels, foundLabel{m: m, header: textOf(c), row: row.Number, col: c.Col, endCol: s.endOf(c.Col, row.Number)})
		at := len(s.labels) - 1
		if n := len(s.before); n > 0 {
			if left := &s.labels[s.before[n-1]]; left.row == row.Number && left.endCol+1 == c.Col {
				left.beside, s.labels[at].beside = true, true
			}
		}
		s.before = append(s.before, at)
		previous = &s.labels[at]
	}
}

// takeBelow gives the labels of the row before the cells under them.
func (s *labelScan) takeBelow(row *workbook.Row) {
	for _, at := range s.before {
		l := &s.labels[at]
		c := row.Cell(l.col)
		if c == nil || isBlank(c) {
			continue
		}
		if isText(c) {
			if _, isLabel := s.words.lookup(textOf(c)); isLabel {
				continue
			}
		}
		if s.endOf(c.Col, row.Number) <= l.endCol {
			l.below = &foundValue{row.Number, *c, row.Hidden}
		}
	}
}

func (s *labelScan) endOf(col, row int) int {
	if len(s.merged) == 0 {
		return col
	}
	if s.ends == nil {
		s.ends = make(map[[2]int]int, len(s.merged))
		for _, m := range s.merged {
			corner := [2]int{m.FirstCol, m.FirstRow}
			if _, twice := s.ends[corner]; !twice {
				s.ends[corner] = m.LastCol
			}
		}
	}
	if last, ok := s.ends[[2]int{col, row}]; ok {
		return last
	}
	return col
}

// resolve decides where each label's value stands. Right of the label comes first. Below it counts where labels stand
// side by side, or on a sheet where no label has its value at the right; an empty box must never borrow what happens to
// stand under it. headerRow is the row of the table, 0 without one.
func (s *labelScan) resolve(headerRow int) []foundLabel {
	anyRight := false
	for _, l := range s.labels {
		anyRight = anyRight || l.right != nil
	}
	anyBelow := false
	for i := range s.labels {
		l := &s.labels[i]
		switch {
		case l.right != nil:
			l.value = l.right
		case l.below != nil && l.below.row != headerRow && (l.beside || !anyRight):
			l.value, anyBelow = l.below, true
		}
	}
	if !anyRight && !anyBelow {
		for i := range s.labels {
			s.labels[i].value = s.labels[i].gap
		}
	}
	return s.labels
}

// readAbove reads the labels above the table.
func (r *formReader) readAbove(headerRow int) { r.takeLabels(r.labels.resolve(headerRow)) }

// takeLabels fills the origin and the values that lines share. A label that stands there twice with two values is a
// problem; a repeated one that says the same, or nothing, is not.
func (r *formReader) takeLabels(found []foundLabel) {
	var byField [request.NumFields]*foundLabel
	byAbove := map[above]*foundLabel{}
	for i := range found {
		l := &found[i]
		r.votes.label(l.m)
		r.form.Labels = append(r.form.Labels, Label{Cell: workbook.Ref(l.col, l.row), Header: l.header, Name: l.m.name(), By: l.m.by,
			Value: l.place(), Given: l.value != nil})
		first := byAbove[l.m.above]
		if l.m.field != request.NoField {
			first = byField[l.m.field]
		}
		switch {
		case first == nil || first.value == nil:
			if l.m.field != request.NoField {
				byField[l.m.field] = l
			} else {
				byAbove[l.m.above] = l
			}
		case l.value != nil && textOf(&l.value.cell) != textOf(&first.value.cell):
			p := r.problem(l.m.label(), l.place(), "duplicate-label", duplicateLabelText(l.m.label(), first.place()))
			if l.m.field == request.NoField {
				r.form.Problems = append(r.form.Problems, p)
			} else if len(r.faults[l.m.field]) < mostDoubled { // every line says them again
				r.faults[l.m.field] = append(r.faults[l.m.field], p)
			}
		}
	}
	r.readOrigin(byAbove)
	r.readShared(&byField)
}

func (r *formReader) readOrigin(labels map[above]*foundLabel) {
	o := &r.form.Origin
	text := func(at above) (string, *foundLabel) {
		l := labels[at]
		if l == nil || l.value == nil {
			return "", nil
		}
		s, problem := plainText(&l.value.cell)
		if problem != nil {
			r.form.Problems = append(r.form.Problems, r.misread(l.m.label(), l.place(), problem))
			return "", nil
		}
		return s, l
	}
	o.Name, _ = text(aboveRequester)
	o.Unit, _ = text(aboveBranch)
	if s, l := text(aboveEmail); l != nil && s != "" {
		address, err := request.ParseEmail(s)
		if err != nil {
			r.form.Problems = append(r.form.Problems, r.misread(l.m.label(), l.place(), err))
		}
		o.Email = address
	}
	if s, l := text(aboveLanguage); l != nil && s != "" {
		lang, ok := request.ParseLanguage(s)
		if !ok {
			p := r.problem(l.m.label(), l.place(), "unknown-language", unknownLanguageText(s))
			p.Severity = request.NoteSeverity
			r.form.Problems = append(r.form.Problems, p)
		}
		o.Language = lang
	}
}

// readShared reads the fields above the table; currency first, because it says how exact money is.
func (r *formReader) readShared(labels *[request.NumFields]*foundLabel) {
	m := money{standard: r.options.Currency}
	m.use(&request.Value{}) // until a currency is read
	for _, f := range readingOrder {
		l := labels[f]
		if l == nil {
			continue
		}
		v := &r.shared[f]
		v.Cell = l.place()
		if l.value != nil {
			cell := valueCell{label: f.Info().Label, ref: v.Cell, cell: &l.value.cell}
			r.faults[f] = append(r.faults[f], r.read(f, cell, &m, v)...)
		}
		if hasReturn(r.faults[f]) {
			*v = request.Value{Cell: v.Cell, Faulty: true}
		}
		if f == request.Currency {
			m.use(v)
		}
	}
}
