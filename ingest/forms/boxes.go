package forms

import (
	"slices"
	"strings"
	"unicode"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// resolve decides where each label's value stands, box by box: behind its colon, at its right, over a gap, or below. An
// empty box never takes what belongs to a neighbour, another label, or a note that happens to stand under it. headerRow
// is the row of the table, 0 without one.
func (s *labelScan) resolve(headerRow int) []foundLabel {
	s.styles = s.learnStyles()
	sides := make([]sides, len(s.labels))
	for i := range s.labels {
		sides[i] = s.sidesOf(&s.labels[i], headerRow)
	}
	for i := range s.labels {
		l := &s.labels[i]
		if l.value, l.below = s.choose(i, sides); l.value == nil && sides[i].belowOwn {
			l.passed = sides[i].below
		}
		if l.inline == nil && (asksChoice(l.m) || l.value != nil && hasBoxSign(l.value.cell.Value)) {
			if v := s.ticksOf(l, headerRow); v != nil {
				l.value = v
			}
		}
	}
	return s.labels
}

// sides are the cells around a label that may hold its value; nil where none can.
type sides struct {
	right, gap, below   *workbook.Cell
	across              bool // another label stands right next to it: values are below
	rightBox, belowBox  bool // cells were merged there to make a box
	belowOwn, rightTurn bool // the cell below is nobody else's; what is at the right is the next label
}

// farthestGap is how many columns a value may stand from its label.
const farthestGap = 3

func (s *labelScan) sidesOf(l *foundLabel, headerRow int) (a sides) {
	_, a.rightBox = s.mergedAt(l.endCol+1, l.row)
	own := a.rightBox // the label's own box, right beside it: what stands behind it is not its value
	if c := s.after(l.row, l.endCol); c != nil {
		label := s.isLabel(c, l.row)
		d := c.Col - l.endCol
		a.across = d == 1 && label
		switch {
		case label:
			a.rightTurn = d == 1
		case d == 1:
			a.right = c
		case d <= farthestGap && !own:
			a.gap = c
			// A box is as tall as its label; what is taller is a panel beside the boxes.
			area, box := s.mergedAt(c.Col, l.row)
			a.rightBox = a.rightBox || box && area.LastRow-area.FirstRow <= l.endRow-l.row
		}
	}
	if c := s.before(l.row, l.col); c != nil && s.endOf(c.Col, l.row)+1 == l.col && s.knows(c, l.row) {
		a.across = true
	}
	under := l.endRow + 1
	if under == headerRow || s.attests(under) {
		return a
	}
	box, merged := s.mergedAt(l.col, under)
	c := s.at(under, l.col)
	if c == nil || s.isLabel(c, under) {
		a.belowBox = merged && c == nil
		return a
	}
	end := s.endOf(c.Col, under)
	if next := s.after(l.row, l.endCol); end > l.endCol && next != nil && next.Col <= end {
		return a // it lies under several cells
	}
	a.below, a.belowBox = c, merged && (box.LastCol > box.FirstCol || box.LastRow > box.FirstRow)
	a.belowOwn = s.ownsBelow(l, under)
	return a
}

// attests reports whether a row has the attestation: what stands in it is its answer and what it states, and no label's value.
func (s *labelScan) attests(row int) bool {
	return slices.ContainsFunc(s.rows[row].cells, func(c workbook.Cell) bool { return isText(&c) && isAttestation(textOf(&c)) })
}

// ownsBelow reports whether the cell under a label is not the value of a label at its left.
func (s *labelScan) ownsBelow(l *foundLabel, under int) bool {
	left := s.before(under, l.col)
	if left == nil {
		return true
	}
	d := l.col - s.endOf(left.Col, under)
	if d > farthestGap {
		return true
	}
	if s.isLabel(left, under) {
		return false
	}
	if !isText(left) || d > 1 {
		return true
	}
	head := s.at(l.endRow, left.Col) // it may be the value of the label next to l
	return head != nil && s.isLabel(head, l.endRow)
}

// choose picks the value of label i. below says that it belongs below, be it there or not.
func (s *labelScan) choose(i int, all []sides) (v *foundValue, below bool) {
	l, a := &s.labels[i], &all[i]
	found := func(row int, c *workbook.Cell) *foundValue {
		return &foundValue{row: row, cell: *c, hidden: s.rows[row].hidden}
	}
	under := l.endRow + 1
	if l.inline != nil {
		return found(l.row, l.inline), false
	}
	if a.right != nil {
		if a.below != nil && a.belowOwn && !s.fits(l, a.right) && s.fits(l, a.below) {
			return found(under, a.below), true
		}
		return found(l.row, a.right), false
	}
	asideHere, belowHere, anyRight := s.votes(i, all)
	if a.gap != nil && (a.rightBox || s.gapBelongs(i, all, asideHere, anyRight)) && !a.belowBox {
		return found(l.row, a.gap), false
	}
	if a.below == nil {
		return nil, a.belowBox && !a.rightBox || belowHere > asideHere
	}
	switch {
	case a.across && s.severalRows(l, under):
		return nil, true // a small table, and no box: which of its rows is meant is not said
	case a.across, a.belowBox:
	case !a.belowOwn, a.rightBox && a.gap == nil, s.isNote(l, a.below):
		return nil, false
	case s.rowOfHeads(l, all):
	case s.styles.isValue(a.below.Style) && !s.styles.isLabel(a.below):
	case asideHere > belowHere && !s.strictly(l, a.below):
		return nil, false
	}
	if a.across && s.isNote(l, a.below) && !a.belowBox {
		return nil, true
	}
	return found(under, a.below), true
}

// rowOfHeads reports whether a label's row holds nothing but labels, two at least, and the row under it nothing but a value
// for each of them.
func (s *labelScan) rowOfHeads(l *foundLabel, all []sides) bool {
	heads := 0
	for j := range s.labels {
		if s.labels[j].row != l.row {
			continue
		}
		if all[j].right != nil || all[j].gap != nil || all[j].below == nil {
			return false
		}
		heads++
	}
	return heads >= 2 && len(s.rows[l.row].cells) == heads && len(s.rows[l.endRow+1].cells) == heads
}

// severalRows reports whether the cells under a row of labels go on over a second row, as those of a table do.
func (s *labelScan) severalRows(l *foundLabel, under int) bool {
	if c := s.at(under+1, l.col); c == nil || s.isLabel(c, under+1) {
		return false
	}
	filled := 0
	for _, c := range s.rows[under+1].cells {
		if s.at(l.row, c.Col) != nil && s.at(under, c.Col) != nil && !s.isLabel(&c, under+1) {
			filled++
		}
	}
	return filled >= 2
}

// votes counts the labels in the same column that have their value at the right, and below.
func (s *labelScan) votes(i int, all []sides) (aside, below int, anyRight bool) {
	for j := range s.labels {
		if j == i {
			continue
		}
		anyRight = anyRight || all[j].right != nil
		if s.labels[j].col != s.labels[i].col {
			continue
		}
		switch {
		case all[j].right != nil, all[j].gap != nil && all[j].rightBox:
			aside++
		case all[j].below != nil && all[j].belowOwn:
			below++
		}
	}
	return aside, below, anyRight
}

// besideInColumn reports whether the labels above and below have their values right beside them, several and without exception:
// then an empty box has none, whatever stands farther on.
func (s *labelScan) besideInColumn(i int, all []sides) bool {
	beside := 0
	for j := range s.labels {
		switch {
		case j == i || s.labels[j].col != s.labels[i].col:
		case all[j].right != nil:
			beside++
		case all[j].gap != nil:
			return false
		}
	}
	return beside >= 2
}

// gapBelongs reports whether a value over a gap of one or two columns is the label's: labels above and below have theirs in
// the same column, or no label has it right beside it.
func (s *labelScan) gapBelongs(i int, all []sides, aside int, anyRight bool) bool {
	l, gap := &s.labels[i], all[i].gap
	if s.strictly(l, gap) || s.styles.isValue(gap.Style) {
		return true
	}
	if s.isNote(l, gap) || s.besideInColumn(i, all) {
		return false
	}
	same := false
	for j := range s.labels {
		same = same || j != i && s.labels[j].col == l.col && all[j].gap != nil && all[j].gap.Col == gap.Col
	}
	return same && aside == 0 || !anyRight
}

// knows reports whether a cell is a label that means something.
func (s *labelScan) knows(c *workbook.Cell, row int) bool {
	for i := range s.labels {
		if s.labels[i].row == row && s.labels[i].col == c.Col {
			return true
		}
	}
	return false
}

// isLabel reports whether a cell is a label, be it known or not: no label is the value of another one.
func (s *labelScan) isLabel(c *workbook.Cell, row int) bool {
	if !isText(c) {
		return false
	}
	text := textOf(c)
	return s.knows(c, row) || strings.HasSuffix(text, ":") || s.words.isIgnored(text) || isAttestation(text) || s.styles.isLabel(c)
}

// labelStyles are the cell formats by which a form tells its labels from its boxes.
type labelStyles struct{ labels, values map[int]bool }

func (y *labelStyles) isLabel(c *workbook.Cell) bool { return isText(c) && y.labels[c.Style] }
func (y *labelStyles) isValue(style int) bool        { return y.values[style] }

// learnStyles looks whether labels are formatted otherwise than what stands beside them. Where they are not, formats say
// nothing.
func (s *labelScan) learnStyles() labelStyles {
	labels, values := map[int]int{}, map[int]int{}
	same, other := 0, 0
	for i := range s.labels {
		l := &s.labels[i]
		labels[l.style]++
		if c := s.after(l.row, l.endCol); c != nil && c.Col == l.endCol+1 && !s.knows(c, l.row) && isText(c) {
			if c.Style == l.style {
				same++
			} else {
				other++
				values[c.Style]++
			}
		}
		if c := s.at(l.endRow+1, l.col); c != nil && !s.knows(c, l.endRow+1) && isText(c) && c.Style != l.style {
			values[c.Style]++
		}
	}
	if other < 2 || other <= same {
		return labelStyles{}
	}
	y := labelStyles{map[int]bool{}, map[int]bool{}}
	for style, n := range labels {
		if n >= 2 && values[style] == 0 {
			y.labels[style] = true
		}
	}
	for style, n := range values {
		if n >= 2 && labels[style] == 0 && style != 0 {
			y.values[style] = true
		}
	}
	return y
}

// fits reports whether a cell can be the answer to a label: it can be read as what the label asks for.
func (s *labelScan) fits(l *foundLabel, c *workbook.Cell) bool {
	if asksText(l.m) {
		return true
	}
	return s.strictly(l, c)
}

// strictly reports whether a label asks for more than words, and the cell is just that.
func (s *labelScan) strictly(l *foundLabel, c *workbook.Cell) bool {
	return !asksText(l.m) && s.words.readable(l.m, c)
}

// asksText reports whether any words answer a label.
func asksText(m meaning) bool {
	if m.field == request.NoField {
		return m.above != aboveEmail && m.above != aboveLanguage
	}
	kind := m.field.Info().Kind
	return kind == request.TextKind || kind == request.URLKind
}

// asksChoice reports whether a label asks for one of a few words.
func asksChoice(m meaning) bool {
	return m.above == aboveLanguage || m.field != request.NoField && m.field.Info().Kind == request.ChoiceKind
}

// isNote reports whether a text under or beside an empty box explains something instead of answering.
func (s *labelScan) isNote(l *foundLabel, c *workbook.Cell) bool {
	if !isText(c) {
		return false
	}
	text := textOf(c)
	switch first, _ := firstRune(text); first {
	case '*', '(', '†', '←', '→', '↑', '↓':
		return true
	}
	words := strings.Fields(text)
	folded := request.Fold(words[0])
	if isFreeText(l.m.field) {
		return folded == "note" || folded == "nota"
	}
	switch folded {
	case "note", "notes", "nota", "remarque", "remarques", "eg", "example", "exemple", "nb", "see", "voir", "attach", "joindre", "joignez",
		"please", "veuillez", "complete", "remplir", "remplissez", "enter", "inscrire", "inscrivez", "indiquer", "indiquez", "required", "obligatoire",
		"how", "what", "who", "comment":
		return len(words) > 1 || folded == "note" || folded == "nota" || folded == "required" || folded == "obligatoire"
	}
	return len(words) >= 6 && strings.HasSuffix(text, ".") || len(words) > 15
}

func isFreeText(f request.Field) bool {
	switch f {
	case request.Title, request.TitleOther, request.Description, request.Rationale, request.Justification:
		return true
	}
	return false
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			return r, true
		}
	}
	return 0, false
}

// textCell is a cell as somebody would type it.
func textCell(col int, s string) *workbook.Cell {
	return &workbook.Cell{Col: col, Type: workbook.StringCell, Raw: s, Value: s, HasValue: true, Style: -1}
}
