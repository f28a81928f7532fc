package adopt

import (
	"context"
	"errors"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// mostRows is how far down a sheet is looked at: a form's shape is in its first rows.
const mostRows = 300

// longestWords is longer than any header; what is longer explains something.
const longestWords = 90

var errEnough = errors.New("enough rows were read")

// grid is a sheet's cells as somebody sees them.
type grid struct {
	name   string
	hidden bool
	rows   map[int][]cell
	first  int // the first row that holds something
	last   int // the last row that was read
	merged map[[2]int]workbook.Range
	cover  map[[2]int]workbook.Range // the merged range that a cell is part of
	lists  []workbook.DropDown
}

// cell is a cell that holds something.
type cell struct {
	col, row int
	endCol   int // of the merged range that it begins
	text     string
	isText   bool
	formula  bool
	number   bool
}

func (c cell) ref() string { return workbook.Ref(c.col, c.row) }

// words is the text on one line.
func (c cell) words() string { return oneLine(c.text) }

// oneLine writes the lines of a cell one after the other: punctuation does not count when headers are compared.
func oneLine(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " / ")
}

func readGrid(ctx context.Context, book *workbook.Book, sheet int) (*grid, error) {
	info := book.Sheets()[sheet]
	layout, err := book.Layout(ctx, sheet)
	if err != nil {
		return nil, err
	}
	g := &grid{name: info.Name, hidden: info.State != workbook.Visible, rows: map[int][]cell{}, merged: map[[2]int]workbook.Range{}, cover: map[[2]int]workbook.Range{}}
	for _, m := range layout.Merged {
		g.merged[[2]int{m.FirstCol, m.FirstRow}] = m
		for row := m.FirstRow; row <= min(m.LastRow, mostRows); row++ {
			for col := m.FirstCol; col <= min(m.LastCol, m.FirstCol+100); col++ {
				g.cover[[2]int{col, row}] = m
			}
		}
	}
	err = book.Rows(ctx, sheet, func(row *workbook.Row) error {
		if row.Number > mostRows {
			return errEnough
		}
		g.addRow(row)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return g, nil
}

func (g *grid) addRow(row *workbook.Row) {
	g.last = row.Number
	if g.first == 0 && len(row.Cells) > 0 {
		g.first = row.Number
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		text := request.Clean(c.Value)
		if text == "" && !c.HasFormula {
			continue
		}
		g.rows[row.Number] = append(g.rows[row.Number], cell{col: c.Col, row: row.Number, endCol: g.endOf(c.Col, row.Number), text: text,
			isText: c.HasValue && c.Type == workbook.StringCell && text != "", formula: c.HasFormula,
			number: c.HasValue && (c.Type == workbook.NumberCell || c.Type == workbook.DateCell)})
	}
}

func (g *grid) endOf(col, row int) int {
	if m, ok := g.merged[[2]int{col, row}]; ok {
		return m.LastCol
	}
	return col
}

// at is the cell that stands at a place, or whose merged range covers it.
func (g *grid) at(col, row int) (cell, bool) {
	if m, ok := g.cover[[2]int{col, row}]; ok {
		col, row = m.FirstCol, m.FirstRow
	}
	for _, c := range g.rows[row] {
		if c.col == col {
			return c, true
		}
	}
	return cell{}, false
}

// labels are the texts of a row that may be headers or labels.
func (g *grid) labels(row int) []cell {
	var found []cell
	for _, c := range g.rows[row] {
		if c.isText && !c.formula && len(c.text) <= longestWords && request.Fold(c.text) != "" {
			found = append(found, c)
		}
	}
	return found
}

// answers is the list that a cell offers; nil where it offers none.
func (g *grid) answers(col, row int) []string {
	for i := range g.lists {
		if g.lists[i].Has(col, row) {
			return g.lists[i].Answers
		}
	}
	return nil
}

// isPrompt is true for what a form writes where an answer goes: Select…, - choose -, ____, a dash.
func isPrompt(text string) bool {
	folded := request.Fold(text)
	if folded == "" {
		return true
	}
	for _, start := range []string{"select", "choose", "choisi", "selectionn", "pleaseselect", "pick", "clickto", "enter", "type", "saisir", "inscri"} {
		if strings.HasPrefix(folded, start) {
			return true
		}
	}
	return false
}

// isCheckBox is true for a box to tick, alone or before its words.
func isCheckBox(text string) bool {
	for _, box := range []string{"☐", "☑", "☒", "□", "[ ]", "[x]", "[X]"} {
		if strings.HasPrefix(text, box) {
			return true
		}
	}
	return false
}

// meanings caches what headers may mean.
type meanings map[string][]forms.Resemblance

func (m meanings) of(header string) []forms.Resemblance {
	if found, known := m[header]; known {
		return found
	}
	found := forms.Resembling(header)
	m[header] = found
	return found
}
