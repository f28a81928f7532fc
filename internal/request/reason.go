package request

import (
	"cmp"
	"slices"
	"strings"
)

// FillIn is the one sentence for everything that is empty and must be filled in: "Fill in: Total, Payment."
func FillIn(missing []Missing) Text {
	var en, fr []string
	for _, m := range missing {
		if !slices.Contains(en, m.Field.EN) {
			en, fr = append(en, m.Field.EN), append(fr, m.Field.FR)
		}
	}
	return Text{EN: "Fill in: " + strings.Join(en, ", ") + ".", FR: "À remplir\u00a0: " + strings.Join(fr, ", ") + "."}
}

// OwnWords reports whether a finding about something missing says so in words of the policy.
func (f *Finding) OwnWords() bool { return len(f.Missing) == 0 || f.Message != FillIn(f.Missing) }

// Gathered is what a line's findings come to in few sentences.
type Gathered struct {
	// Missing is what is empty, in the order of the cells, for one sentence (FillIn). What has no cell comes last.
	Missing  []Missing
	Findings []Finding // the others, the gravest first; those of one weight in the order in which they came
}

// Gather puts together what a line's findings say. Everything that must be filled in becomes one list. A finding for
// the requester to mend is left out where a cell that it is about has a problem of its own, which says what to write. A finding in a policy's own words stays, unless elsewhere says that its words stand at its cell: its
// fields are then only listed.
func Gather(problems []Problem, findings []Finding, elsewhere func(*Finding) bool) Gathered {
	var g Gathered
	for i := range findings {
		f := &findings[i]
		asks := f.Action == Return && f.ExemptedBy == ""
		switch {
		case asks && len(f.Missing) > 0 && (!f.OwnWords() || elsewhere != nil && elsewhere(f)):
			for _, m := range f.Missing {
				if !slices.ContainsFunc(g.Missing, func(o Missing) bool { return o.Field.EN == m.Field.EN }) {
					g.Missing = append(g.Missing, m)
				}
			}
		case asks && said(problems, f):
		default:
			g.Findings = append(g.Findings, *f)
		}
	}
	slices.SortStableFunc(g.Missing, func(a, b Missing) int { return compareCells(a.Cell, b.Cell) })
	slices.SortStableFunc(g.Findings, func(a, b Finding) int { return b.weight() - a.weight() })
	return g
}

// weight orders findings; one that does not count is the lightest.
func (f *Finding) weight() int {
	if f.ExemptedBy != "" {
		return 0
	}
	return f.Action.Rank()
}

// said reports whether a problem that sends the line back stands at a cell of a finding.
func said(problems []Problem, f *Finding) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool {
		return p.Severity == ReturnSeverity && p.Cell != "" && slices.Contains(f.Cells, p.Cell)
	})
}

// compareCells orders the names of cells by row and column, "" last.
func compareCells(a, b string) int {
	split := func(s string) (column, row string) {
		n := strings.IndexAny(s, "0123456789")
		if n < 0 {
			return s, ""
		}
		return s[:n], s[n:]
	}
	if a == "" || b == "" {
		return cmp.Compare(len(b), len(a))
	}
	ac, ar := split(a)
	bc, br := split(b)
	return cmp.Or(cmp.Compare(len(ar), len(br)), cmp.Compare(ar, br), cmp.Compare(len(ac), len(bc)), cmp.Compare(ac, bc))
}
