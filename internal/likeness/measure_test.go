package likeness

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A judged pair has a score, and the truth.
type judged struct {
	score int
	same  bool
	kind  string
	a, b  string
}

// measure prints precision and recall at a threshold, the recall of each kind of match and the false alarms of each kind of
// neighbour, and gives the two.
func measure(t *testing.T, what string, pairs []judged, threshold int) (precision, recall float64) {
	t.Helper()
	rates := func(threshold int) (precision, recall float64, hits, matches, alarms int) {
		for _, p := range pairs {
			switch {
			case p.same && p.score >= threshold:
				hits++
				matches++
			case p.same:
				matches++
			case p.score >= threshold:
				alarms++
			}
		}
		return float64(hits) / float64(max(1, hits+alarms)), float64(hits) / float64(max(1, matches)), hits, matches, alarms
	}
	var b strings.Builder
	for _, at := range []int{threshold - 20, threshold - 10, threshold - 5, threshold, threshold + 5, threshold + 10} {
		p, r, _, _, alarms := rates(at)
		fmt.Fprintf(&b, " %d: %.3f/%.3f(%d)", at, p, r, alarms)
	}
	precision, recall, hits, matches, alarms := rates(threshold)
	t.Logf("%s: %d pairs, %d match: at %d precision %.3f, recall %.3f (%d found, %d false alarms);%s", what, len(pairs), matches, threshold, precision, recall, hits, alarms, b.String())
	kinds := map[string][2]int{}
	for _, p := range pairs {
		k := kinds[p.kind]
		k[1]++
		if p.score >= threshold {
			k[0]++
		}
		kinds[p.kind] = k
	}
	var lines []string
	for kind, n := range kinds {
		lines = append(lines, fmt.Sprintf("%-34s alike %5d of %5d (%.1f %%)", kind, n[0], n[1], 100*float64(n[0])/float64(n[1])))
	}
	slices.Sort(lines)
	t.Logf("%s by kind:\n%s", what, strings.Join(lines, "\n"))
	if testing.Verbose() {
		shown := map[string]int{}
		for _, p := range pairs {
			if p.same != (p.score >= threshold) && shown[p.kind] < 6 {
				shown[p.kind]++
				t.Logf("%-26s %3d same=%v %q / %q", p.kind, p.score, p.same, p.a, p.b)
			}
		}
	}
	return precision, recall
}

// meet reports whether two names share a block.
func meet(a, b Name) bool {
	x, y := a.Blocks(), b.Blocks()
	return slices.ContainsFunc(x, func(k string) bool { return slices.Contains(y, k) })
}
