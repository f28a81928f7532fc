package forms

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// Headers whose numbers are no whole amounts, and honest ones beside them.
func TestHeadersOfThousandsAndMonths(t *testing.T) {
	for header, want := range map[string]bool{
		"Total ($000)": true, "Total (000s)": true, "Total k$": true, "Total (K)": true, "Total (M$)": true, "Total (thousands)": true, "Montant en milliers": true,
		"Total (cents)": true, "Total/yr": true, "Total par mois": true, "Monthly total": true, "Coût mensuel": true, "Cost per month": true,
		"Total": false, "Total ($)": false, "Total CAD": false, "Total (before tax)": false, "Centre total": false, "Annual total": false, "Total cost": false,
		"Total à payer": false, "Total with tax": false, "Montant total": false, "Total (10,000 limit)": false, "Milling total": false,
	} {
		if got := isScaled(request.Total, header); got != want {
			t.Errorf("%q is scaled: %v, want %v", header, got, want)
		}
		if want && slices.ContainsFunc(Resembling(header), func(r Resemblance) bool { return r.Name == "total" }) {
			t.Errorf("%q is proposed as a total", header)
		}
	}
	if isScaled(request.UnitPrice, "Price per month") {
		t.Error("a price per month is a unit price")
	}
}

// What stands beside a line's amounts, and changes them for whoever reads the sheet, never passes in silence.
func TestWhatChangesAmountsIsNeverPassedOver(t *testing.T) {
	head := row{"Title", "Supplier", "Subtotal", "Tax", "Total"}
	line := row{"Chair", "Acme", 100, 13, 113}
	for _, tt := range []struct {
		name     string
		rows     []any
		unread   string // headers of cells that send the line to an officer
		currency string
	}{
		{"thousands in a header", []any{row{"Title", "Supplier", "Subtotal", "Tax", "Total ($000)"}, row{"Chair", "Acme", 8000, 1000, 9}}, "Total ($000)", "CAD"},
		{"thousands above", []any{row{"All amounts in thousands of dollars"}, head, line}, "All amounts in thousands of dollars", "CAD"},
		{"montants en milliers", []any{row{"Montants en milliers de dollars"}, head, line}, "Montants en milliers de dollars", "CAD"},
		{"US dollars above", []any{row{"All amounts in US dollars"}, head, line}, "", "USD"},
		{"des euros au-dessus", []any{row{"Tous les montants en euros"}, head, line}, "", "EUR"},
		{"Canadian dollars above", []any{row{"All amounts in Canadian dollars"}, head, line}, "", "CAD"},
		{"a sentence about something else", []any{row{"Purchases in the US need a permit"}, head, line}, "", "CAD"},
		{"shipping, and no total", []any{row{"Title", "Supplier", "Subtotal", "Tax", "Shipping", "Total"}, row{"Chair", "Acme", 100, 13, 40, nil}}, "Shipping", "CAD"},
		{"un rabais, sans total", []any{row{"Titre", "Fournisseur", "Sous-total", "Taxes", "Rabais", "Total"}, row{"Chaise", "Acmé", 100, 13, 20, nil}}, "Rabais", "CAD"},
		{"shipping, and a total", []any{row{"Title", "Supplier", "Subtotal", "Tax", "Shipping", "Total"}, row{"Chair", "Acme", 100, 13, 40, 153}}, "", "CAD"},
		{"a second vendor", []any{row{"Title", "Supplier", "Vendor 2", "Subtotal", "Tax", "Total"}, row{"Chair", "Acme", "Beta", 100, 13, 113}}, "Vendor 2", "CAD"},
		{"a number sign", []any{row{"#", "Title", "Supplier", "Subtotal", "Tax", "Total"}, append(row{7}, line...)}, "", "CAD"},
	} {
		f := mustRead(t, gridOf(sheetOf("Form", tt.rows...)), Options{})
		if f.Lines.Len() != 1 {
			t.Errorf("%s: %d lines", tt.name, f.Lines.Len())
			continue
		}
		l := f.Lines.At(0)
		var unread []string
		for _, u := range l.Unread {
			unread = append(unread, u.Header)
		}
		if got := strings.Join(unread, ", "); got != tt.unread || l.Currency("CAD") != tt.currency {
			t.Errorf("%s: unread %q in %s, want %q in %s", tt.name, got, l.Currency("CAD"), tt.unread, tt.currency)
		}
	}
}

// A column called Reference holds our numbers, or is named like any other.
func TestAReferenceOfTheirOwnIsNamed(t *testing.T) {
	for value, want := range map[string]bool{"PO-1": true, "Modifies HR-2026-000123-04": true, "HR-2026-000123-04": false} {
		f := mustRead(t, gridOf(sheetOf("Form", row{"Title", "Supplier", "Subtotal", "Tax", "Total", "Reference"}, row{"Chair", "Acme", 100, 13, 113, value})), Options{})
		if got := slices.Contains(codes(f), "note unread-columns F1"); got != want {
			t.Errorf("%q is named: %v, want %v; %q", value, got, want, codes(f))
		}
	}
}

// Crossed out, with a minus of the format, and dates as Excel writes them in other languages.
func TestWhatExcelsOwnFormatsShow(t *testing.T) {
	for _, tt := range []struct {
		name, code string
		strike     bool
		field      string // "D" the total, "E" the day
		back       bool
	}{
		{"a long date", `[$-1009]mmmm d, yyyy;@`, false, "E", false}, {"an American date", `[$-409]m/d/yyyy;@`, false, "E", false},
		{"a blue date", `[Blue]mm/dd/yyyy`, false, "E", false}, {"only minutes", `[h]:mm`, false, "E", true},
		{"dollars of Canada", `[$$-en-CA]#,##0.00`, false, "D", false}, {"dollars du Canada", `#,##0.00 [$$-fr-CA]`, false, "D", false},
		{"a minus", `-#,##0.00`, false, "D", true}, {"brackets", `(#,##0.00)`, false, "D", true}, {"an accountant's", `_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)`, false, "D", false},
		{"crossed out", `#,##0.00`, true, "D", true},
	} {
		book := xlsx(t, func(x *excelize.File) {
			put(t, x, "A1", "Title", "Supplier", "Cost centre", "Total", "Needed by")
			put(t, x, "A2", "Chair", "Acme", "4410", 113, 46000)
			code := tt.code
			day, err := x.NewStyle(&excelize.Style{NumFmt: 14})
			if err == nil {
				err = x.SetCellStyle("Requests", "E2", "E2", day)
			}
			var style int
			if err == nil {
				style, err = x.NewStyle(&excelize.Style{CustomNumFmt: &code, Font: &excelize.Font{Strike: tt.strike}})
			}
			if err == nil {
				err = x.SetCellStyle("Requests", tt.field+"2", tt.field+"2", style)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		f, err := Read(t.Context(), book, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if l := f.Lines.At(0); l.MustReturn() != tt.back {
			t.Errorf("%s goes back: %v, want %v; %v", tt.name, l.MustReturn(), tt.back, l.Problems)
		}
	}
}
