package forms

import (
	"math/rand/v2"
	"testing"
)

// Tables of rows in any order, as forms could have them: every complete line is read, whatever stands around it; what the
// template prepared never becomes one beside another of its kind; and nothing is dropped without a name.
func TestRowsInAnyOrder(t *testing.T) {
	makers := []struct {
		kind string
		make func(n int, r *rand.Rand) row
	}{
		{"line", func(n int, r *rand.Rand) row { return kindsLine(n, "Chair", float64(1+r.IntN(500))) }},
		{"line", func(n int, r *rand.Rand) row {
			return row{nil, "Lampe de bureau", "Acmé ltée", 2, 10.5, formulaOf{"D2*E2", 21}, "C-2", "O"}
		}},
		{"prepared", func(n int, _ *rand.Rand) row { return row{n, nil, nil, nil, nil, formulaOf{"D2*E2", 0}, nil, "N"} }},
		{"blank", func(int, *rand.Rand) row { return nil }},
		{"any", func(n int, _ *rand.Rand) row { return row{nil, "Furniture"} }},
		{"any", func(n int, _ *rand.Rand) row { return row{"Mobilier"} }},
		{"any", func(n int, _ *rand.Rand) row { return row{nil, "(grey)"} }},
		{"any", func(n int, _ *rand.Rand) row { return row{n, "Lamp"} }},
		{"any", func(n int, r *rand.Rand) row { return row{nil, nil, nil, nil, "Subtotal", float64(r.IntN(900))} }},
		{"any", func(int, *rand.Rand) row { return row{nil, nil, nil, nil, "TPS | GST", 5.25} }},
		{"any", func(int, *rand.Rand) row { return row{nil, nil, nil, nil, "Total", formulaOf{"SUM(F2:F9)", 100}} }},
		{"any", func(int, *rand.Rand) row { return row{nil, nil, nil, nil, nil, formulaOf{"SUM(F2:F9)", 100}} }},
		{"any", func(int, *rand.Rand) row { return row{nil, nil, nil, nil, nil, 100} }},
		{"any", func(int, *rand.Rand) row { return row{"Signature", nil, nil, nil, nil, "Date"} }},
		{"any", func(int, *rand.Rand) row { return row{"Notes:", "Call before delivery"} }},
		{"list", func(int, *rand.Rand) row { return row{"Fund", "Org", "Account", "Percent", "Share", "Amount"} }},
	}
	r := rand.New(rand.NewPCG(22, 22))
	for range 3000 {
		rows := []any{kindsHeader}
		var kinds []string
		list, prepared := false, 0
		for n := range 3 + r.IntN(14) {
			m := makers[r.IntN(len(makers))]
			list = list || m.kind == "list"
			if m.kind == "prepared" {
				prepared++
			}
			kinds = append(kinds, m.kind)
			if cells := m.make(n+1, r); cells != nil {
				rows = append(rows, cells)
			} else {
				rows = append(rows, nil)
			}
		}
		g := gridOf(sheetOf("S", rows...))
		f := mustRead(t, g, Options{})
		checkForm(t, g, f)
		lines := map[int]bool{}
		for _, l := range f.Lines.All() {
			lines[l.Row] = true
		}
		for i, kind := range kinds {
			if kind == "line" && !lines[i+2] && !list {
				t.Fatalf("row %d is a line and was left alone (%s): %v", i+2, leftAt(f, i+2), rows)
			}
			if kind == "prepared" && prepared > 1 && lines[i+2] && !list {
				t.Fatalf("row %d was prepared and is a line: %v", i+2, rows)
			}
		}
	}
}
