package workbook

import (
	"context"
	"regexp"
	"strings"
)

// oldAnswers is where earlier answers of ours stand on a sheet.
type oldAnswers struct {
	sets   []int          // the first columns of our three, that of the new answer first
	blocks []Range        // of a form of one line
	header int            // the header's row
	rows   map[int]uint64 // by row: which sets, by their place, have an answer there
	points map[int]float64
}

var lineNumber = regexp.MustCompile(`^HR-\d{4}-\d+`)

// findOld finds earlier answers below a header row whose answer begins in column first.
func (k *Book) findOld(ctx context.Context, a *Annotation, widths []float64) (*oldAnswers, error) {
	o := &oldAnswers{sets: []int{a.Column}, header: a.HeaderRow, rows: map[int]uint64{}, points: map[int]float64{}}
	text := func(r *Row, col int) string {
		if c := r.Cell(col); c != nil {
			return c.Value
		}
		return ""
	}
	err := k.Rows(ctx, a.Sheet, func(r *Row) error {
		if r.Number < a.HeaderRow {
			return nil
		}
		if r.Number == a.HeaderRow {
			for _, c := range r.Cells {
				if c.Col != a.Column && isAnswerHeader(0, c.Value) && isAnswerHeader(1, text(r, c.Col+1)) && isAnswerHeader(2, text(r, c.Col+2)) && len(o.sets) < 64 {
					o.sets = append(o.sets, c.Col)
				}
			}
			return nil
		}
		for i, col := range o.sets {
			result, reference := text(r, col), text(r, col+2)
			if !hasSymbol(result) && !lineNumber.MatchString(reference) {
				continue
			}
			o.rows[r.Number] |= 1 << i
			lines := 1
			for n, w := range widths {
				lines = max(lines, wrappedLines(text(r, col+n), w))
			}
			o.points[r.Number] = max(o.points[r.Number], linesHeight(lines))
		}
		return nil
	})
	return o, err
}

// hasSymbol reports whether a text begins with one of our marks.
func hasSymbol(s string) bool {
	for _, p := range paints {
		if p.symbol != "" && strings.HasPrefix(s, p.symbol) {
			return true
		}
	}
	return false
}

// height is what the earlier answer needed in a row.
func (o *oldAnswers) height(row int) (points float64, ok bool) {
	if o == nil {
		return 0, false
	}
	points, ok = o.points[row]
	return points, ok
}

// has reports whether a cell is an earlier answer's. tables keep their headers.
func (o *oldAnswers) has(col, row int, tables []Table) bool {
	if o == nil {
		return false
	}
	for _, b := range o.blocks {
		if b.Contains(col, row) {
			return true
		}
	}
	for i, first := range o.sets {
		if col < first || col > first+2 {
			continue
		}
		if row != o.header {
			return o.rows[row]&(1<<i) != 0
		}
		for _, t := range tables {
			if t.Range.Contains(col, row) {
				return false
			}
		}
		return true
	}
	return false
}

// findBlocks finds the answers that a form of one line had: three labels of ours, one below the other, with their values
// at the right.
func (k *Book) findBlocks(ctx context.Context, sheet int) (*oldAnswers, error) {
	o := &oldAnswers{points: map[int]float64{}}
	next := map[int]int{} // by column: how many of the labels stand above the row
	last := map[int]int{}
	err := k.Rows(ctx, sheet, func(r *Row) error {
		for _, c := range r.Cells {
			if last[c.Col] != r.Number-1 {
				next[c.Col] = 0
			}
			switch n := next[c.Col]; {
			case n < 3 && isAnswerHeader(n, c.Value):
				next[c.Col], last[c.Col] = n+1, r.Number
			case isAnswerHeader(0, c.Value):
				next[c.Col], last[c.Col] = 1, r.Number
			}
			if next[c.Col] == 3 && last[c.Col] == r.Number {
				o.blocks = append(o.blocks, Range{c.Col, r.Number - 2, c.Col + 1, r.Number})
				next[c.Col] = 0
			}
		}
		return nil
	})
	if err != nil || len(o.blocks) == 0 {
		return nil, err
	}
	return o, nil
}
