package forms

import (
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// headerRows are the rows that hold a table's headers: one, or two that are read as one.
type headerRows struct {
	first, last int // indexes; first == last for one row
	row         workbook.Row
	// parts are, for a column whose header has two parts, the upper and the lower one.
	parts map[int]headerParts
}

type headerParts struct {
	upper, lower string
	group        bool // the upper part stands over several columns
}

// headerLookup is what a header of one or two parts means: the whole, else the lower part, else the upper one where it is
// this column's alone.
func (w *formWords) headerLookup(whole string, parts map[int]headerParts, col int) (meaning, bool) {
	if m, ok := w.lookup(whole); ok {
		return m, true
	}
	p, two := parts[col]
	if !two || w.isIgnored(whole) {
		return meaning{}, false
	}
	if m, ok := w.lookup(p.lower); ok {
		return m, true
	}
	if p.group {
		return meaning{}, false
	}
	return w.lookup(p.upper)
}

// joinHeader makes one header of two rows.
func joinHeader(upper, lower *workbook.Row, merged headMerges) headerRows {
	h := headerRows{row: workbook.Row{Number: lower.Number, Hidden: lower.Hidden}, parts: map[int]headerParts{}}
	above := map[int]headerParts{} // by column of the lower row
	for i := range upper.Cells {
		c := &upper.Cells[i]
		if isBlank(c) {
			continue
		}
		end := merged.end(c.Col, upper.Number)
		if end == c.Col { // not merged: it reaches to the next one, over what has a header below
			next := 1 << 30
			for j := i + 1; j < len(upper.Cells); j++ {
				if !isBlank(&upper.Cells[j]) {
					next = upper.Cells[j].Col
					break
				}
			}
			for end+1 < next && hasCell(lower, end+1) && hasCell(lower, c.Col) && !isOurs(lower.Cell(end+1)) {
				end++
			}
		}
		text := headerText(c)
		under := 0
		for col := c.Col; col <= end; col++ {
			if hasCell(lower, col) {
				under++
			}
		}
		if under == 0 {
			h.row.Cells = append(h.row.Cells, *c)
			continue
		}
		for col := c.Col; col <= end; col++ {
			if hasCell(lower, col) {
				above[col] = headerParts{upper: text, group: under > 1}
			}
		}
	}
	for i := range lower.Cells {
		c := lower.Cells[i]
		if isBlank(&c) {
			continue
		}
		p, two := above[c.Col]
		if two {
			p.lower = headerText(&c)
			h.parts[c.Col] = p
			if request.Fold(p.upper) != request.Fold(p.lower) {
				c.Value = p.upper + " / " + p.lower
			}
		}
		h.row.Cells = append(h.row.Cells, c)
	}
	slices.SortFunc(h.row.Cells, func(a, b workbook.Cell) int { return a.Col - b.Col })
	h.row.Cells = slices.CompactFunc(h.row.Cells, func(a, b workbook.Cell) bool { return a.Col == b.Col })
	return h
}

func headerText(c *workbook.Cell) string { return strings.Join(strings.Fields(textOf(c)), " ") }

// isOurs is true for a header that an earlier answer of ours added: no group of the form's reaches over it.
func isOurs(c *workbook.Cell) bool {
	for n := range ourColumns {
		if isOurColumn(n, textOf(c)) {
			return true
		}
	}
	return false
}

func hasCell(row *workbook.Row, col int) bool {
	c := row.Cell(col)
	return c != nil && !isBlank(c)
}

// headMerges are the merged ranges that begin in the rows where headers may stand, by their first column and row.
type headMerges map[[2]int]workbook.Range

func mergesOf(merged []workbook.Range) headMerges {
	m := headMerges{}
	for _, r := range merged {
		at := [2]int{r.FirstCol, r.FirstRow}
		if _, twice := m[at]; r.FirstRow <= headerSearch && !twice {
			m[at] = r
		}
	}
	return m
}

func (m headMerges) end(col, row int) int {
	if r, is := m[[2]int{col, row}]; is {
		return r.LastCol
	}
	return col
}

// tall reports whether the cell is merged over the next row.
func (m headMerges) tall(col, row int) bool { return m[[2]int{col, row}].LastRow == row+1 }

// belongTogether reports whether two rows are one header: cells are merged over both, or the upper one groups columns of the
// lower one, or both say the same in two languages. Any value in them, and a row of labels with their boxes, says no.
func belongTogether(upper, lower *workbook.Row, merged headMerges, words *formWords) bool {
	if lower.Number != upper.Number+1 || !onlyTexts(upper) || !onlyTexts(lower) {
		return false
	}
	tall := false
	groups, single, same, cells := 0, 0, 0, 0
	for i := range upper.Cells {
		c := &upper.Cells[i]
		if isBlank(c) {
			continue
		}
		cells++
		tall = tall || merged.tall(c.Col, upper.Number)
		end, under := merged.end(c.Col, upper.Number), 0
		for col := c.Col; col <= end; col++ {
			if hasCell(lower, col) {
				under++
			}
		}
		switch {
		case under > 1:
			groups++
		case under == 1:
			single++
			if a, ok := words.lookup(textOf(c)); ok {
				if b, ok := words.lookup(textOf(lower.Cell(c.Col))); ok && a.same(b) && a.field != request.NoField {
					same++
				}
			}
		}
	}
	switch {
	case same >= 2 && same*2 >= single:
		return true // one language over the other
	case tall:
		return true
	case groups > 0 && single == 0 && cells > 1:
		return true
	}
	return false
}

func onlyTexts(row *workbook.Row) bool {
	n := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if isBlank(c) {
			continue
		}
		if !isText(c) || c.HasFormula || len(c.Value) > longestHeader {
			return false
		}
		n++
	}
	return n > 0
}

// loosely reports whether two rows without any merged cell are one header: each has known headers, none under another, and
// only together are they enough.
func loosely(upper, lower *workbook.Row, words *formWords) bool {
	if lower.Number != upper.Number+1 || !onlyTexts(upper) || !onlyTexts(lower) {
		return false
	}
	a, b := countLabels(upper, words), countLabels(lower, words)
	if a.isHeader() || b.isHeader() || a.fields == 0 || b.fields == 0 || a.fields+b.fields < leastHeaders || a.boxed && a.labels > 1 || b.boxed && b.labels > 1 {
		return false
	}
	for i := range upper.Cells {
		c := &upper.Cells[i]
		if isBlank(c) || !hasCell(lower, c.Col) {
			continue
		}
		_, up := words.lookup(textOf(c))
		_, down := words.lookup(textOf(lower.Cell(c.Col)))
		if up && down {
			return false
		}
	}
	return true
}

// oneHeader is the header that begins or ends in row i, be it of one row or of two; ok is false when there is none.
func oneHeader(rows []workbook.Row, i int, words *formWords, merged headMerges) (h headerRows, ok bool) {
	alone := countLabels(&rows[i], words)
	if i+1 < len(rows) && (i == 0 || !hasLabels(&rows[i-1], &rows[i], words)) {
		together := belongTogether(&rows[i], &rows[i+1], merged, words) || alone.isHeader() && i+2 < len(rows) && translated(&rows[i], &rows[i+1], &rows[i+2], words)
		if together || loosely(&rows[i], &rows[i+1], words) {
			h = joinHeader(&rows[i], &rows[i+1], merged)
			h.first, h.last = i, i+1
			if n := countHeader(&h, words); n.isHeader() && (alone.isHeader() || n.fields > alone.fields) {
				return h, true
			}
		}
	}
	if alone.isHeader() {
		return headerRows{first: i, last: i, row: rows[i]}, true
	}
	return h, false
}

// hasLabels reports whether cells of a row stand under known labels: they are the labels' values, and head nothing.
func hasLabels(above, row *workbook.Row, words *formWords) bool {
	if above.Number+1 != row.Number {
		return false
	}
	for i := range row.Cells {
		if c := above.Cell(row.Cells[i].Col); c != nil && isText(c) && !isBlank(&row.Cells[i]) {
			if _, known := words.lookup(textOf(c)); known {
				return true
			}
		}
	}
	return false
}

// countHeader is countLabels of a header of two rows.
func countHeader(h *headerRows, words *formWords) labelCount {
	n := labelCount{}
	var seen [request.NumFields]bool
	for i := range h.row.Cells {
		c := &h.row.Cells[i]
		m, ok := words.headerLookup(textOf(c), h.parts, c.Col)
		if !ok || m.field == request.NoField || seen[m.field] {
			continue
		}
		seen[m.field] = true
		n.labels++
		n.fields++
		kind := m.field.Info().Kind
		n.buys = n.buys || (kind != request.ChoiceKind && kind != request.CurrencyKind)
	}
	return n
}

// translated reports whether the lower row repeats a header in words that nobody knows, such as the other language's: it
// looks like the header above and not like the row below, and has different words where numbers belong.
func translated(upper, lower, next *workbook.Row, words *formWords) bool {
	if lower.Number != upper.Number+1 || !onlyTexts(upper) || !onlyTexts(lower) {
		return false
	}
	headers, covered, numbers := 0, 0, map[string]bool{}
	for i := range upper.Cells {
		c := &upper.Cells[i]
		if isBlank(c) {
			continue
		}
		headers++
		under := lower.Cell(c.Col)
		if under == nil || isBlank(under) {
			continue
		}
		below := next.Cell(c.Col)
		if under.Style != c.Style || below != nil && below.Style == c.Style {
			return false
		}
		covered++
		if m, ok := words.lookup(textOf(c)); ok && m.field != request.NoField && takesNumbers(m.field) {
			if hasDigit(under.Value) || numbers[textOf(under)] {
				return false
			}
			numbers[textOf(under)] = true
		}
	}
	return covered*4 >= headers*3 && len(numbers) >= 2
}
