package forms

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handrail/internal/request"
)

// What is given for the whole belongs to the lines by their subtotals; what lines say themselves stays.
func TestSumsOfTheWholeBelongToTheLines(t *testing.T) {
	plain := row{"Title", "Supplier", "Quantity", "Unit price", "Subtotal"}
	taxed := row{"Title", "Supplier", "Subtotal", "Tax", "Total"}
	sum := func(label string, n any) row { return row{nil, nil, nil, label, n} }
	tests := []struct {
		name string
		rows []any
		want string // net tax total of each line
		code string
	}{
		{name: "subtotal, tax, shipping, total", rows: []any{plain, row{"A", "Acme", 4, 12.5, 50}, row{"B", "Acme", 10, 3.2, 32},
			sum("Subtotal", 82), sum("HST 13%", 10.66), sum("Shipping", 15), sum("Total", 107.66)},
			want: "59.15 6.50 65.65, 37.85 4.16 42.01"},
		{name: "sous-total, TPS, TVQ, transport, total", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, row{"B", "Acme", 1, 300, 300},
			sum("Sous-total", 400), sum("TPS (5 %)", 20), sum("TVQ (9,975 %)", 39.9), sum("Transport", 0), sum("TOTAL", 459.9)},
			want: "100.00 14.98 114.98, 300.00 44.92 344.92"},
		{name: "a total that only repeats the subtotals", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, sum("Total", 100)}, want: "100.00  "},
		{name: "tax of zero", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, sum("Tax (exempt)", 0), sum("Total", 100)}, want: "100.00 0.00 100.00"},
		{name: "shipping alone", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, sum("Freight", 10), sum("Total", 110)}, want: "110.00  "},
		{name: "a total with tax", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, row{"B", "Acme", 1, 300, 300}, sum("Total, taxes comprises", 452)}, want: "100.00  113.00, 300.00  339.00"},
		{name: "a total that nobody explains", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, sum("Total", 113)}, want: "100.00  ", code: "footer-mismatch"},
		{name: "the lines' own tax and total", rows: []any{taxed, row{"A", "Acme", 100, 13, 113}, row{"B", "Acme", 200, 0, 200}, row{"Totals", nil, 300, 13, 313}}, want: "100.00 13.00 113.00, 200.00 0.00 200.00"},
		{name: "a tax that is not the lines'", rows: []any{taxed, row{"A", "Acme", 100, 13, 113}, sum("Tax", 15)}, want: "100.00 13.00 113.00", code: "footer-mismatch"},
		{name: "shipping that the lines' totals lack", rows: []any{taxed, row{"A", "Acme", 100, 13, 113}, sum("Shipping", 10), sum("Total", 123)}, want: "100.00 13.00 113.00", code: "footer-mismatch"},
		{name: "a line without a subtotal", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, row{"B", "Acme", 1, "call"}, sum("HST", 13)}, want: "100.00  ,   ", code: "footer-not-shared"},
		{name: "shipping before the subtotal", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, sum("Shipping", 20), sum("Subtotal", 120), sum("HST", 15.6), sum("Total", 135.6)}, want: "120.00 15.60 135.60"},
		{name: "two taxes in words", rows: []any{plain, row{"A", "Acme", 1, 100, 100}, sum("GST", 5), sum("PST", "included")}, want: "100.00  ", code: "footer-unreadable"},
		{name: "totals where lines have nothing else", rows: []any{row{"Title", "Supplier", "Quantity", "Cost centre", "Total"}, row{"A", "Acme", 1, "C", 100}, row{"B", "Acme", 1, "C", 50}, sum("Grand total", 150)}, want: "  100.00,   50.00"},
		{name: "tax over lines that have totals", rows: []any{row{"Title", "Supplier", "Quantity", "Cost centre", "Total"}, row{"A", "Acme", 1, "C", 100}, sum("HST", 13), sum("Total", 113)}, want: "  100.00", code: "footer-mismatch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := readRows(t, tt.rows...)
			checkTexts(t, f)
			var lines []string
			for _, l := range f.Lines.All() {
				lines = append(lines, l.Values[request.Net].Text+" "+l.Values[request.Tax].Text+" "+l.Values[request.Total].Text)
			}
			if got := strings.Join(lines, ", "); got != tt.want {
				t.Errorf("lines %q, want %q", got, tt.want)
			}
			code := ""
			for _, p := range f.AllProblems() {
				if p.Severity == request.ReturnSeverity && strings.HasPrefix(p.Code, "footer-") {
					code += p.Code
				}
			}
			for _, l := range f.Lines.All() {
				if l.MustReturn() != (tt.code != "") {
					t.Errorf("row %d goes back: %v", l.Row, l.MustReturn())
				}
			}
			if code != tt.code {
				t.Errorf("sent back for %q, want %q", code, tt.code)
			}
		})
	}
}

// A footer that disagrees says both sums, in both languages.
func TestAFooterThatDisagreesNamesBothSums(t *testing.T) {
	f := readRows(t, plainHeader, plainLine("A"), row{"Total", nil, nil, nil, nil, nil, 1120.5})
	for _, p := range f.AllProblems() {
		if p.Code == "footer-mismatch" {
			if p.Cell != "G3" || !strings.Contains(p.Message.EN, "1120.50") || !strings.Contains(p.Message.EN, "113.00") || !strings.Contains(p.Message.FR, "1120,50") {
				t.Errorf("%s: %q, %q", p.Cell, p.Message.EN, p.Message.FR)
			}
			return
		}
	}
	t.Errorf("problems %q", codes(f))
}

// The shares of an amount add up to it, and none is more than a cent from what it would be exactly.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.SliceOfN(rapid.Int64Range(0, 1e8), 1, 40).Draw(t, "weights")
		weights, sum := make([]decimal.Decimal, len(cents)), decimal.Decimal{}
		for i, c := range cents {
			weights[i] = decimal.New(c, -2)
			sum = sum.Add(weights[i])
		}
		amount := decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "amount"), -2)
		got := decimal.Decimal{}
		for i, part := range shares(amount, weights, 2) {
			got = got.Add(part)
			if !part.Equal(part.Truncate(2)) || sum.IsPositive() && part.Sub(amount.Mul(weights[i]).DivRound(sum, 16)).Abs().Cmp(decimal.New(1, -2)) > 0 {
				t.Fatalf("share %s of %s for %s of %s", part, amount, weights[i], sum)
			}
		}
		if sum.IsPositive() && !got.Equal(amount) {
			t.Fatalf("shares add up to %s, not %s", got, amount)
		}
	})
}

// The bench files that were once read wrongly, one fault each.
func TestBenchForms(t *testing.T) {
	c := Config{Aliases: map[string][]string{"item": {"Item no."}, "title": {"Item name"}, "supplier": {"Vendor"}, "unit_price": {"Price"}, "net": {"Amount"}, "total": {"Line total"}}}
	for name, want := range map[string]string{
		"forms/c01_prepared_item_numbers.xlsx":  "7:56.50 8:36.16",
		"forms/c04_signature_under_table.xlsx":  "7:56.50 8:36.16",
		"forms/c06_tax_shipping_in_footer.xlsx": "7:65.65 8:42.01",
		"forms/c09_two_row_header.xlsx":         "8:56.50",
		"cells/t01-footer.xlsx":                 "7:4520.00 8:1130.00",
	} {
		f := mustRead(t, openWorkbook(t, "testdata/bench/"+name), c.Options("CAD"))
		var got []string
		for _, l := range f.Lines.All() {
			got = append(got, fmt.Sprint(l.Row, ":", l.Values[request.Total].Text))
		}
		if s := strings.Join(got, " "); strings.ReplaceAll(s, " :", ":") != want || f.MustReturn() {
			t.Errorf("%s: %q, want %q, problems %q", name, s, want, codes(f))
		}
	}
}
