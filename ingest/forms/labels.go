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
	boxes  map[[2]int]workbook.Range // merged ranges by the column and row that they begin in
	labels []foundLabel
	rows   map[int]keptRow // the rows in which values may stand, by number
	cells  int             // how many are kept
	near   int             // the last row with a label
	styles labelStyles
	ours   ourLabels
	// attested is the box that answers several fields of all lines.
	attested attestationBox
}

type keptRow struct {
	cells  []workbook.Cell // without blank ones
	hidden bool
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

const (
	// longestOurs is more than the longest of our own labels.
	longestOurs = 40
	// mostLabels bounds what is kept of a sheet that repeats labels without end.
	mostLabels = 400
	// keptAlways is how many rows are kept whatever stands in them; later ones only near a label.
	keptAlways = 60
	// mostLines is how many labels one cell may hold.
	mostLines = 12
	// mostKept bounds the cells that are kept, and mostInRow those of one row: a form that people fill in has some hundreds.
	mostKept, mostInRow = 20_000, 500
	// nearLabel is how many rows under a label its value and its check boxes may take.
	nearLabel = 8
)

// foundLabel is a label on the sheet, with the place where its value stands.
type foundLabel struct {
	m              meaning
	header         string
	row, col       int
	endRow, endCol int // of the merged range the label stands in
	style          int
	inline         *workbook.Cell // what stands behind a colon in the label's own cell
	below          bool           // its value belongs below it, whether one is there or not
	value          *foundValue
	passed         *workbook.Cell // what stands below an empty box, and is no value of it
}

type foundValue struct {
	row    int
	cell   workbook.Cell
	hidden bool
	// ticks are check boxes that spread over several cells; cell is the one that decides, or the first.
	ticks *tickedWords
}

// place is the cell of the label's value, or where it is expected.
func (l *foundLabel) place() string {
	switch {
	case l.value != nil:
		return workbook.Ref(l.value.cell.Col, l.value.row)
	case l.below:
		return workbook.Ref(l.col, l.endRow+1)
	}
	return workbook.Ref(l.endCol+1, l.row)
}

func (s *labelScan) row(row *workbook.Row) {
	s.attested.see(s, row)
	before := len(s.labels)
	for i := range row.Cells {
		c := &row.Cells[i]
		if isBlank(c) || !isText(c) {
			continue
		}
		text := textOf(c)
		if len(s.labels) < mostLabels && s.label(row.Number, c, text) {
			continue
		}
		if len(c.Value) <= longestOurs {
			right := ""
			if i+1 < len(row.Cells) && row.Cells[i+1].Col == c.Col+1 {
				right = textOf(&row.Cells[i+1])
			}
			s.ours.see(row.Number, c.Col, text, right)
		}
	}
	if len(s.labels) > before {
		s.near = row.Number
	}
	if len(s.rows) < keptAlways || (s.near > 0 && row.Number <= s.near+nearLabel && len(s.rows) < keptAlways+mostLabels*(nearLabel+1)) {
		s.keep(row)
	}
}

// label takes a cell as a label, with the value behind its colon if there is one.
func (s *labelScan) label(row int, c *workbook.Cell, text string) bool {
	m, header, inline, ok := s.words.label(text)
	if !ok {
		return strings.Contains(text, "\n") && s.labelsIn(row, c, text)
	}
	s.add(row, c, m, header, inline)
	return true
}

// labelsIn takes a cell of several lines, each of them a label with its value, as that many labels.
func (s *labelScan) labelsIn(row int, c *workbook.Cell, text string) bool {
	lines := strings.Split(text, "\n")
	if len(lines) > mostLines {
		return false
	}
	for _, check := range []bool{true, false} {
		for _, line := range lines {
			if line = request.Clean(line); line == "" {
				continue
			}
			m, header, inline, ok := s.words.label(line)
			switch {
			case check && (!ok || inline == "" && !strings.HasSuffix(line, ":")):
				return false
			case !check && inline != "":
				s.add(row, c, m, header, inline)
			}
		}
	}
	return true
}

func (s *labelScan) add(row int, c *workbook.Cell, m meaning, header, inline string) {
	box := s.boxAt(c.Col, row)
	l := foundLabel{m: m, header: header, row: row, col: c.Col, endRow: box.LastRow, endCol: box.LastCol, style: c.Style}
	if inline != "" {
		v := *c
		v.Value, v.Raw, v.HasFormula = inline, inline, false
		l.inline = &v
	}
	s.labels = append(s.labels, l)
}

func (s *labelScan) keep(row *workbook.Row) {
	if s.rows == nil {
		s.rows = map[int]keptRow{}
	}
	k := keptRow{hidden: row.Hidden}
	for i := range row.Cells {
		if len(k.cells) == mostInRow || s.cells == mostKept {
			break
		}
		if !isBlank(&row.Cells[i]) {
			k.cells = append(k.cells, row.Cells[i])
			s.cells++
		}
	}
	s.rows[row.Number] = k
}

// at is a cell of a kept row, nil when it is blank.
func (s *labelScan) at(row, col int) *workbook.Cell {
	cells := s.rows[row].cells
	for i := range cells {
		if cells[i].Col == col {
			return &cells[i]
		}
	}
	return nil
}

// after is the first cell of a row behind a column, nil when there is none.
func (s *labelScan) after(row, col int) *workbook.Cell {
	cells := s.rows[row].cells
	for i := range cells {
		if cells[i].Col > col {
			return &cells[i]
		}
	}
	return nil
}

// before is the last cell of a row before a column, nil when there is none.
func (s *labelScan) before(row, col int) *workbook.Cell {
	cells := s.rows[row].cells
	for i := len(cells) - 1; i >= 0; i-- {
		if cells[i].Col < col {
			return &cells[i]
		}
	}
	return nil
}

// boxAt is the merged range that begins in a cell, or the cell alone.
func (s *labelScan) boxAt(col, row int) workbook.Range {
	if r, merged := s.mergedAt(col, row); merged {
		return r
	}
	return workbook.Range{FirstCol: col, FirstRow: row, LastCol: col, LastRow: row}
}

func (s *labelScan) mergedAt(col, row int) (workbook.Range, bool) {
	if len(s.merged) == 0 {
		return workbook.Range{}, false
	}
	if s.boxes == nil {
		s.boxes = make(map[[2]int]workbook.Range, len(s.merged))
		for _, m := range s.merged {
			corner := [2]int{m.FirstCol, m.FirstRow}
			if _, twice := s.boxes[corner]; !twice {
				s.boxes[corner] = m
			}
		}
	}
	r, merged := s.boxes[[2]int{col, row}]
	return r, merged
}

func (s *labelScan) endOf(col, row int) int { return s.boxAt(col, row).LastCol }

// readAbove reads the labels above the table.
func (r *formReader) readAbove(headerRow int) {
	r.takeLabels(r.labels.resolve(headerRow))
	r.beside = r.labels.unread(headerRow)
}

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
		if l.passed != nil && l.value == nil {
			r.form.LeftAlone = append(r.form.LeftAlone, LeftAlone{Sheet: r.form.Sheet, Cells: workbook.Ref(l.passed.Col, l.endRow+1), Text: textShown(l.passed), Why: "not-a-label"})
		}
		first := byAbove[l.m.above]
		if l.m.field != request.NoField {
			first = byField[l.m.field]
		}
		switch {
		case l.m.field == request.Tax && first != nil && r.otherTaxes(first, l):
			if l.value != nil {
				r.taxes = append(r.taxes, l)
			}
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
	if r.labels.attested.found {
		r.readAttestation()
	}
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
	if s, l := text(aboveRequester); l != nil {
		o.Name = r.named(l, s)
	}
	if s, l := text(aboveBranch); l != nil {
		o.Unit = r.named(l, s)
	}
	if s, l := text(aboveEmail); l != nil && s != "" {
		address, err := request.ParseEmail(s)
		if err != nil {
			r.form.Problems = append(r.form.Problems, r.misread(l.m.label(), l.place(), err))
		}
		o.Email = address
	}
	if s, l := text(aboveLanguage); l != nil && s != "" {
		lang, ok := r.languageOf(l.value, s)
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
		if l := labels[f]; l != nil {
			v := &r.shared[f]
			v.Cell = l.place()
			if l.value != nil && !v.Faulty {
				r.faults[f] = append(r.faults[f], r.readBox(f, l.value, &m, v)...)
				if v.Faulty {
					r.helpWith(f, valueCell{label: f.Info().Label, ref: v.Cell, cell: &l.value.cell}, r.faults[f], &r.shared)
				}
			}
			if f == request.Tax {
				for _, more := range r.taxes {
					r.faults[f] = append(r.faults[f], r.addTax(v, valueCell{label: f.Info().Label, ref: more.place(), cell: &more.value.cell}, &m)...)
				}
			}
			if hasReturn(r.faults[f]) {
				*v = request.Value{Cell: v.Cell, Faulty: true}
			}
		}
		r.useDefault(f, &m)
		if f == request.Currency {
			r.settleLabels(labels, &m)
		}
	}
}

// readBox reads what a label's value says, check boxes in several cells too.
func (r *formReader) readBox(f request.Field, found *foundValue, m *money, v *request.Value) []request.Problem {
	at := valueCell{label: f.Info().Label, ref: v.Cell, cell: &found.cell}
	if found.ticks != nil {
		word, err := found.ticks.only()
		switch {
		case err != nil:
			v.Faulty = true
			return []request.Problem{r.misread(at.label, at.ref, err)}
		case word == "":
			return nil
		}
		at.cell = textCell(found.cell.Col, word)
	}
	return r.read(f, at, m, v)
}
