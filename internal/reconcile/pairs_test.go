package reconcile

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/pairs.tsv
var pairsOfNames string

// Pairs of a merchant's text and a supplier's name, half of them traps: none is taken for another, and 95 % are found.
func TestPairsOfNames(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(pairsOfNames), "\n")[1:]
	same, traps, found, taken := 0, 0, 0, 0
	for _, row := range rows {
		p := strings.Split(row, "\t")
		if len(p) != 4 {
			t.Fatalf("%q has %d columns, want 4", row, len(p))
		}
		x := newNameIndex(map[string]string{supplierForm(p[1]): p[1]})
		matched := len(x.suppliers(p[0])) > 0
		if p[2] == "yes" {
			if same++; matched {
				found++
			} else {
				t.Logf("%s: %q for %q is not found", p[3], p[0], p[1])
			}
			continue
		}
		if traps++; matched {
			taken++
			t.Errorf("%s: %q is taken for %q", p[3], p[0], p[1])
		}
	}
	t.Logf("%d pairs: %d of %d found, %d of %d traps taken", len(rows), found, same, taken, traps)
	if len(rows) < 150 || traps < len(rows)*2/5 || found*100 < same*95 {
		t.Errorf("%d pairs: %d of %d found, %d traps", len(rows), found, same, traps)
	}
}
