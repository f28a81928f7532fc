package reconcile

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/names.tsv
var namePairs string

// Pairs of a merchant's text and a supplier's name, half of them traps: none is taken for another, and 95 % are found.
func TestPairsOfNames(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(namePairs), "\n")[1:]
	same, traps, found := 0, 0, 0
	for _, row := range rows {
		p := strings.Split(row, "\t")
		if len(p) != 3 {
			t.Fatalf("%q has %d columns, want 3", row, len(p))
		}
		x := newNameIndex(map[string]string{supplierForm(p[1]): p[1]})
		matched := len(x.suppliers(p[0])) > 0
		switch {
		case p[2] == "yes":
			same++
			if matched {
				found++
			} else {
				t.Logf("%q for %q is not found", p[0], p[1])
			}
		case matched:
			t.Errorf("%q is taken for %q", p[0], p[1])
			fallthrough
		default:
			traps++
		}
	}
	t.Logf("%d pairs: %d of %d found, %d traps", len(rows), found, same, traps)
	if len(rows) < 150 || traps < len(rows)*2/5 || found*100 < same*95 {
		t.Errorf("%d pairs: %d of %d found, %d traps", len(rows), found, same, traps)
	}
}
