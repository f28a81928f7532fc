package forms

import (
	"maps"
	"slices"
	"sort"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// findMerged returns the lines that a merged range reaches into: which of its rows and columns its one value belongs to
// is anybody's guess. A cell that is only drawn wider, over columns without a header, is noted.
func (t *formTable) findMerged() {
	f := t.r.form
	wide := rowSpan{}
	names := make([]int, len(t.columns)+1) // by column: how many before it have a name
	for col := range t.columns {
		names[col+1] = names[col]
		if k := t.columns[col].kind; k == fieldColumnKind || k == extraColumn {
			names[col+1]++
		}
	}
	like := map[[2]int]bool{} // columns over which the header is merged: the form is drawn that way
	for _, m := range t.r.layout.Merged {
		if m.FirstRow <= f.HeaderRow && m.LastRow >= f.HeaderRow {
			like[[2]int{m.FirstCol, m.LastCol}] = true
		}
	}
	open := newOpenLines(f.Lines.Len())
	named := map[int][]workbook.Range{} // by line
	for _, m := range t.r.layout.Merged {
		if m.LastRow <= f.HeaderRow || m.FirstRow > f.LastRow {
			if m.FirstRow <= f.HeaderRow && m.LastRow >= f.HeaderRow {
				t.mergedHeader(m)
			}
			continue
		}
		columns := names[min(m.LastCol+1, len(t.columns))] - names[min(m.FirstCol, len(t.columns))]
		if columns == 0 {
			continue
		}
		from, found := sort.Find(f.Lines.Len(), func(i int) int { return m.FirstRow - f.Lines.Row(i) })
		if columns == 1 && m.FirstRow == m.LastRow {
			if found && !like[[2]int{m.FirstCol, m.LastCol}] {
				wide.add(m.FirstRow)
			}
			continue
		}
		for i := open.from(from); i < f.Lines.Len() && f.Lines.Row(i) <= m.LastRow; i = open.from(i + 1) {
			open.count(i)
			named[i] = append(named[i], m)
		}
	}
	t.nameMerged(named)
	if wide.n > 0 {
		f.Problems = append(f.Problems, t.r.note(workbook.Ref(1, wide.first), "merged-cells", widenedText(wide.first)))
	}
}

// nameMerged gives each line the problems of the merged ranges that reach into it.
func (t *formTable) nameMerged(ranges map[int][]workbook.Range) {
	f := t.r.form
	for _, i := range slices.Sorted(maps.Keys(ranges)) {
		l := f.Lines.At(i)
		for _, m := range ranges[i] {
			l.Problems = append(l.Problems, request.Problem{Sheet: f.Sheet, Cell: workbook.Ref(m.FirstCol, m.FirstRow), Code: "merged-cells",
				Severity: request.ReturnSeverity, Message: mergedText(m.String())})
		}
		f.Lines.Put(i, &l)
	}
}

// mostMerged is how many merged ranges one line names. Honest ranges do not overlap, and a row has few.
const mostMerged = 10

// openLines are those that can still name a merged range; the others are passed over at once.
type openLines struct {
	next []int // of each line: itself, or one that is nearer to the next open one
	n    []int
}

func newOpenLines(lines int) *openLines {
	o := &openLines{next: make([]int, lines+1), n: make([]int, lines)}
	for i := range o.next {
		o.next[i] = i
	}
	return o
}

// from is the first open line from i on.
func (o *openLines) from(i int) int {
	for o.next[i] != i {
		o.next[i] = o.next[o.next[i]]
		i = o.next[i]
	}
	return i
}

func (o *openLines) count(i int) {
	if o.n[i]++; o.n[i] == mostMerged {
		o.next[i] = i + 1
	}
}

// mergedHeader notes a header over several columns, where lines have values in others than the first.
func (t *formTable) mergedHeader(m workbook.Range) {
	filled := false
	for col := m.FirstCol + 1; col <= min(m.LastCol, t.r.form.LastCol); col++ {
		filled = filled || t.nameless[col]
	}
	if filled && t.plan(m.FirstCol).kind == fieldColumnKind {
		t.r.form.Problems = append(t.r.form.Problems, t.r.note(workbook.Ref(m.FirstCol, m.FirstRow), "merged-cells", mergedHeaderText(m.String())))
	}
}
