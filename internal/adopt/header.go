package adopt

import (
	"slices"

	"handrail/internal/request"
)

// table is the header that was found.
type table struct {
	rows    []int // one or two
	columns []header
	score   float64
}

// header is a column's header; top and bottom of a header of two rows, bottom alone of one.
type header struct {
	col         int
	at          cell
	top, bottom string
}

// words is the whole header, the group first.
func (h header) words() string {
	switch {
	case h.top == "":
		return h.bottom
	case h.bottom == "":
		return h.top
	}
	return h.top + " / " + h.bottom
}

// headerRows is how far down a header is looked for, as the reader of forms does.
const headerRows = 50

// findTable is the likeliest header of a sheet; nil where nothing looks like one.
func (a *adopter) findTable(g *grid) *table {
	var best *table
	consider := func(t *table) {
		if t != nil && (best == nil || t.score > best.score) {
			best = t
		}
	}
	for row := 1; row <= min(g.last, headerRows); row++ {
		single := a.tableOf(g, []int{row})
		consider(single)
		if two := a.tableOf(g, []int{row, row + 1}); two != nil && (single == nil || two.score > single.score+0.4) {
			consider(two)
		}
	}
	return best
}

// tableOf takes rows as a header and says how much they look like one; nil when they do not.
func (a *adopter) tableOf(g *grid, rows []int) *table {
	t := &table{rows: rows}
	if len(rows) == 1 {
		for _, c := range g.labels(rows[0]) {
			t.columns = append(t.columns, header{col: c.col, at: c, bottom: c.words()})
		}
	} else if t.columns = twoRows(g, rows[0], rows[1]); t.columns == nil {
		return nil
	}
	if len(t.columns) < 3 || !sideBySide(t.columns) {
		return nil
	}
	fields := map[string]float64{}
	for _, h := range t.columns {
		for _, r := range a.ofColumn(h) {
			if r.Score >= possible {
				fields[r.Name] = max(fields[r.Name], r.Score)
				break
			}
		}
	}
	for name, score := range fields {
		t.score += score
		switch name {
		case "quantity", "unit_price", "title", "description":
			t.score++
		}
	}
	if len(rows) == 2 && drawnTogether(g, rows[0]) {
		t.score++
	}
	what := fields["title"] > 0 || fields["description"] > 0 || fields["item"] > 0 || fields["commodity"] > 0
	money := fields["unit_price"] > 0 || fields["net"] > 0 || fields["total"] > 0
	if len(fields) < 3 || !what || !money {
		return nil
	}
	return t
}

// drawnTogether is true where a row's cells are merged down into the next and others over several columns: one header,
// drawn on two rows.
func drawnTogether(g *grid, row int) bool {
	down, across := false, false
	for _, c := range g.labels(row) {
		m, ok := g.merged[[2]int{c.col, row}]
		down = down || ok && m.LastRow == row+1
		across = across || ok && m.LastRow == row && m.LastCol > m.FirstCol
	}
	return down && across
}

// sideBySide is true where most headers have a neighbour right beside them: labels with boxes have a box between.
func sideBySide(columns []header) bool {
	together := 0
	for i := 1; i < len(columns); i++ {
		if columns[i].col <= columns[i-1].at.endCol+1 {
			together++
		}
	}
	return together*10 >= (len(columns)-1)*6
}

// twoRows joins two rows into one header: groups above, columns below. nil where the rows are not one header.
func twoRows(g *grid, top, bottom int) []header {
	below := g.labels(bottom)
	if len(below) < 2 || len(below) < len(g.rows[bottom]) {
		return nil
	}
	var columns []header
	joined := false
	taken := map[int]bool{}
	for _, c := range below {
		h := header{col: c.col, at: c, bottom: c.words()}
		if group, ok := g.at(c.col, top); ok && group.isText && group.row == top {
			h.top = group.words()
			joined = joined || group.endCol > group.col
		}
		taken[c.col] = true
		columns = append(columns, h)
	}
	for _, c := range g.labels(top) {
		if m, ok := g.merged[[2]int{c.col, top}]; ok && m.LastRow > bottom {
			return nil
		}
		if under := slices.ContainsFunc(below, func(b cell) bool { return b.col >= c.col && b.col <= c.endCol }); !under {
			columns = append(columns, header{col: c.col, at: c, top: c.words()})
			joined = true
		}
	}
	if !joined {
		return nil
	}
	slices.SortFunc(columns, func(x, y header) int { return x.col - y.col })
	return columns
}

// firstLine is the first row under a header where somebody would type: one whose columns are not all covered by a heading.
func (t *table) firstLine(g *grid) int {
	under := t.rows[len(t.rows)-1]
	for row := under + 1; row <= under+8; row++ {
		if t.takesALine(g, row) {
			return row
		}
	}
	return under + 1
}

func (t *table) takesALine(g *grid, row int) bool {
	for _, c := range g.rows[row] {
		text := c.isText && !c.formula && !isPrompt(c.text) && request.Fold(c.text) != "" && g.answers(c.col, row) == nil && !isCheckBox(c.text)
		if wide := c.endCol-c.col >= 2 && len(t.columns) > 2 && c.endCol >= t.columns[2].col && c.col <= t.columns[0].col; wide || text {
			return false
		}
	}
	return true
}
