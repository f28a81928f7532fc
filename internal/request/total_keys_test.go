package request

import (
	"slices"
	"testing"
)

// Keys that are made once for many totals are those that each total makes.
func TestKeysOfARequestAreThoseOfItsLines(t *testing.T) {
	line := func(supplier, centre, amends string) Line {
		var l Line
		for f, text := range map[Field]string{Supplier: supplier, CostCentre: centre, Amends: amends} {
			l.Values[f] = Value{Given: text != "", Text: text}
		}
		return l
	}
	origin := Origin{Unit: "Benefits", Sender: "amara@department.example"}
	lines := []Line{line("Northwind Inc.", "4410", ""), line("NORTHWIND LTD", "4411", "HR-2026-000001-01"), line("", "4410", ""), line("Essai", "", "")}
	keyed := &LineKeys{Origin: &origin, Lines: Pack(lines)}
	for range 2 {
		for _, by := range [][]string{{BySupplier}, {BySupplier, ByCostCentre}, {ByAmends}, {ByUnit, ByRequester}, {BySupplier, ByCostCentre}} {
			spec := TotalSpec{Name: "t", By: by}
			for i := range lines {
				if got, want := keyed.Of(spec, i), spec.Keys(&lines[i], &origin); !slices.Equal(got, want) {
					t.Errorf("line %d by %v has the keys %v, want %v", i, by, got, want)
				}
			}
		}
	}
	if n := len(keyed.made); n != 4 {
		t.Errorf("keys were made %d times for four ways to add up", n)
	}
}
