package forms

import (
	"testing"

	"handrail/internal/request"
)

// Each tax may have a column or a box of its own; two columns for one tax are still one too many.
func TestTaxesOfTheirOwnAddUp(t *testing.T) {
	aliases := map[request.Field][]string{request.Tax: {"GST", "PST", "TPS (5 %)", "TVQ (9,975 %)", "GST again"}}
	read := func(name string, rows ...any) *request.Line {
		t.Helper()
		f := mustRead(t, gridOf(sheetOf("Form", rows...)), Options{Aliases: aliases})
		if f.Lines.Len() != 1 {
			t.Fatalf("%s: %d lines", name, f.Lines.Len())
		}
		l := f.Lines.At(0)
		return &l
	}
	for _, tt := range []struct {
		name string
		line *request.Line
		want string
		back bool
	}{
		{"two columns", read("two columns", row{"Title", "Supplier", "Subtotal", "GST", "PST", "Total"}, row{"Chair", "Acme", 100, 5, 7, 112}), "12.00", false},
		{"the same amount twice", read("same", row{"Title", "Supplier", "Subtotal", "GST", "PST", "Total"}, row{"Chair", "Acme", 100, 5, 5, 110}), "10.00", false},
		{"one of them empty", read("one", row{"Title", "Supplier", "Subtotal", "GST", "PST", "Total"}, row{"Chair", "Acme", 100, nil, 7, 107}), "7.00", false},
		{"deux colonnes", read("deux", row{"Titre", "Fournisseur", "Sous-total", "TPS (5 %)", "TVQ (9,975 %)", "Total"}, row{"Chaise", "Acmé", "1 000,00", "50,00", "99,75", "1 149,75"}), "149.75", false},
		{"one that cannot be read", read("bad", row{"Title", "Supplier", "Subtotal", "GST", "PST", "Total"}, row{"Chair", "Acme", 100, 5, "see quote", 112}), "", true},
		{"one tax twice", read("twice", row{"Title", "Supplier", "Subtotal", "GST", "GST again", "Total"}, row{"Chair", "Acme", 100, 5, 7, 112}), "", true},
		{"two boxes", read("boxes", row{"Title", "Chair"}, row{"Supplier", "Acme"}, row{"Subtotal", 100}, row{"GST", 5}, row{"PST", 7}, row{"Total", 112}, row{"Cost centre", "4410"}, row{"Payment", "invoice"}), "12.00", false},
		{"deux cases égales", read("cases", row{"Titre", "Chaise"}, row{"Fournisseur", "Acmé"}, row{"Sous-total", 100}, row{"TPS (5 %)", 5}, row{"TVQ (9,975 %)", 5}, row{"Total", 110}, row{"Centre de coûts", "4410"}, row{"Paiement", "facture"}), "10.00", false},
	} {
		v := tt.line.Values[request.Tax]
		if v.Text != tt.want || tt.line.MustReturn() != tt.back {
			t.Errorf("%s: the tax is %q and the line goes back: %v; want %q, %v; %v", tt.name, v.Text, tt.line.MustReturn(), tt.want, tt.back, tt.line.Problems)
		}
	}
}
