package ingest

import (
	"slices"

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
	open := newOpenLines(len(f.Lines))
	for _, m := range t.r.layout.Merged {
		if m.LastRow <= f.HeaderRow || m.FirstRow > f.LastRow {
			if m.FirstRow <= f.HeaderRow && m.LastRow >= f.HeaderRow {
				t.mergedHeader(m)
			}
			continue
		}
		named := names[min(m.LastCol+1, len(t.columns))] - names[min(m.FirstCol, len(t.columns))]
		if named == 0 {
			continue
		}
		from, found := slices.BinarySearchFunc(f.Lines, m.FirstRow, func(l request.Line, row int) int { return l.Row - row })
		if named == 1 && m.FirstRow == m.LastRow {
			if found {
				wide.add(m.FirstRow)
			}
			continue
		}
		for i := open.from(from); i < len(f.Lines) && f.Lines[i].Row <= m.LastRow; i = open.from(i + 1) {
			open.count(i)
			l := &f.Lines[i]
			l.Problems = append(l.Problems, request.Problem{Sheet: f.Sheet, Cell: workbook.Ref(m.FirstCol, m.FirstRow), Code: "merged-cells",
				Severity: request.ReturnSeverity, Message: mergedText(m.String())})
		}
	}
	if wide.n > 0 {
		f.Problems = append(f.Problems, t.r.note(workbook.Ref(1, wide.first), "merged-cells", widenedText(wide.first)))
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

// mergedHeader notes a header over several columns that have a name only in the first.
func (t *formTable) mergedHeader(m workbook.Range) {
	if m.LastCol > m.FirstCol && t.plan(m.FirstCol).kind == fieldColumnKind {
		t.r.form.Problems = append(t.r.form.Problems, t.r.note(workbook.Ref(m.FirstCol, m.FirstRow), "merged-cells", mergedHeaderText(m.String())))
	}
}
