package totals

import (
	"slices"
	"testing"

	"handrail/internal/request"
)

// Keys that are made once for many totals are those that each total makes.
func TestKeysOfARequestAreThoseOfItsLines(t *testing.T) {
	line := func(supplier, centre, amends string) request.Line {
		var l request.Line
		for f, text := range map[request.Field]string{request.Supplier: supplier, request.CostCentre: centre, request.Amends: amends} {
			l.Values[f] = request.Value{Given: text != "", Text: text}
		}
		return l
	}
	origin := request.Origin{Unit: "Benefits", Sender: "amara@department.example"}
	lines := []request.Line{line("Northwind Inc.", "4410", ""), line("NORTHWIND LTD", "4411", "HR-2026-000001-01"), line("", "4410", ""), line("Essai", "", "")}
	keyed := &LineKeys{Origin: &origin, Lines: request.Pack(lines)}
	for range 2 {
		for _, by := range [][]string{{request.BySupplier}, {request.BySupplier, request.ByCostCentre}, {request.ByAmends}, {request.ByUnit, request.ByRequester}, {request.BySupplier, request.ByCostCentre}} {
			spec := request.TotalSpec{Name: "t", By: by}
			for i := range lines {
				if got, want := keyed.Added(&spec, i), Added(&spec, &lines[i], &origin); !slices.Equal(got, want) {
					t.Errorf("line %d by %v has the keys %v, want %v", i, by, got, want)
				}
				if got, want := keyed.Asked(&spec, i), Asked(&spec, &lines[i], &origin, nil); !slices.Equal(got, want) {
					t.Errorf("line %d by %v asks for %v, want %v", i, by, got, want)
				}
			}
		}
	}
	if n := len(keyed.made); n != 4 {
		t.Errorf("keys were made %d times for four ways to add up", n)
	}
}
