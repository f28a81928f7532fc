package forms

import (
	"context"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

func TestHeadersNameTheCurrency(t *testing.T) {
	tests := []struct {
		header row
		values row
		policy string
		want   string // currency of the line, or "ask"
	}{
		{row{"Title", "Supplier", "Cost centre", "Subtotal (USD)", "Tax (USD)", "Total (USD)"}, row{"A", "Acme", "C", 10, 1, 11}, "CAD", "USD"},
		{row{"Title", "Supplier", "Cost centre", "Subtotal (USD)", "Tax", "Total"}, row{"A", "Acme", "C", 10, 1, 11}, "CAD", "ask"},
		{row{"Title", "Supplier", "Cost centre", "Total US$"}, row{"A", "Acme", "C", 11}, "CAD", "USD"},
		{row{"Title", "Supplier", "Cost centre", "Total (CAD $)"}, row{"A", "Acme", "C", 11}, "CAD", "CAD"},
		{row{"Title", "Supplier", "Cost centre", "Total ($)"}, row{"A", "Acme", "C", 11}, "CAD", "CAD"},
		{row{"Title", "Supplier", "Cost centre", "Total ($)"}, row{"A", "Acme", "C", 11}, "EUR", "ask"},
		{row{"Title", "Supplier", "Cost centre", "Total €"}, row{"A", "Acme", "C", 11}, "CAD", "EUR"},
		{row{"Title", "Supplier", "Cost centre", "Total USD/CAD"}, row{"A", "Acme", "C", 11}, "CAD", "ask"},
		{row{"Titre", "Fournisseur", "Centre de coûts", "Total en euros"}, row{"A", "Acme", "C", 11}, "CAD", "EUR"},
		{row{"Titre", "Fournisseur", "Centre de coûts", "Prix unitaire $ US", "Total"}, row{"A", "Acme", "C", 11, 22}, "CAD", "ask"},
		{row{"Title", "Supplier", "Cost centre", "Total (USD)", "Currency"}, row{"A", "Acme", "C", 11, "CAD"}, "CAD", "ask"},
		{row{"Title", "Supplier", "Cost centre", "Total (USD)", "Currency"}, row{"A", "Acme", "C", 11, "USD"}, "CAD", "USD"},
		{row{"Title", "Supplier", "Cost centre", "Total (USD)", "Equiv. CAD"}, row{"A", "Acme", "C", 11, 15}, "CAD", "USD"},
		{row{"Title", "Supplier", "Cost centre", "Tax (USD)", "Total (USD)"}, row{"A", "Acme", "C", 0, "CAD 11.00"}, "CAD", "ask"},
	}
	for _, tt := range tests {
		f := mustRead(t, gridOf(sheetOf("S", tt.header, tt.values)), Options{Currency: tt.policy})
		l := lineOf(f, 0)
		got := l.Currency(tt.policy)
		if l.MustReturn() {
			got = "ask"
		}
		if got != tt.want {
			t.Errorf("%v in %s: %s, want %s; %v", tt.header, tt.policy, got, tt.want, l.Problems)
		}
		if got != tt.policy && len(tt.values) < 5 && len(l.Problems) == 0 {
			t.Errorf("%v: nothing is said", tt.header)
		}
	}
	one := gridOf(sheetOf("S", row{"Title", "Audit"}, row{"Supplier", "Acme"}, row{"Cost centre", "C"}, row{"Total (USD)", 11}, row{"Payment", "invoice"}, row{"Remote work", "yes"}))
	if l := lineOf(mustRead(t, one, Options{}), 0); l.Currency("CAD") != "USD" || len(l.Problems) == 0 {
		t.Errorf("a form of labels is in %s: %v", l.Currency("CAD"), l.Problems)
	}
}

func TestCodesAndAnswersAreReadAsSomebodySeesThem(t *testing.T) {
	header := row{"Title", "Supplier", "Cost centre", "Section 32 manager", "Open repository", "Standalone work", "Total", "Needed by", "Business number"}
	f := mustRead(t, gridOf(sheetOf("S", header,
		row{"Ac\u00adces\u200bsibility – audit", "Acme\u00a0Inc.", "CC\u20114711\u201312", "anna\u2010marie.roy@example.ca", "https://example.ca/open\u2013repo", "✔", "１\u202f２３４.５０", "2026\u201312\u201301", 803456789})), Options{})
	for field, want := range map[request.Field]string{
		request.Title: "Accessibility – audit", request.Supplier: "Acme\u00a0Inc.", request.CostCentre: "CC-4711-12", request.AuthorizedBy: "anna-marie.roy@example.ca",
		request.Repository: "https://example.ca/open-repo", request.Standalone: "yes", request.Total: "1234.50", request.NeededBy: "2026-12-01", request.SupplierID: "803456789",
	} {
		wantText(t, f, 0, field, want)
	}
	if l := lineOf(f, 0); l.MustReturn() {
		t.Errorf("%v", l.Problems)
	}
	lost := mustRead(t, gridOf(sheetOf("S", header, row{"A", "7-11", "1.2E+15", nil, nil, nil, 10})), Options{})
	if l := lineOf(lost, 0); !l.Values[request.CostCentre].Faulty {
		t.Errorf("a code without its last digits: %v", l.Problems)
	}
	seven := mustRead(t, gridOf(sheetOf("S", header, row{dateOf("2026-03-12"), dateOf("2026-07-11"), "C", nil, nil, nil, 10})), Options{})
	wantCodes(t, seven, "note date-in-text A2", "return date-in-code B2")
}

// manualGrid is a grid whose results can be old.
type manualGrid struct{ *grid }

func (manualGrid) Calculation() workbook.Calculation { return workbook.Calculation{Manual: true} }

func TestOldResultsAreNoted(t *testing.T) {
	g := gridOf(sheetOf("S", row{"Title", "Supplier", "Cost centre", "Quantity", "Unit price", "Subtotal", "Tax", "Total", "Section 32 amount"},
		row{"Audit", "Acme", "C-1", 2, 100, formulaOf{"ROUND(D2*E2,2)", 150}, formulaOf{"F2*13%", 26}, formulaOf{"SUM(F2:G2)", 226}, formulaOf{"[1]Budget!B4", 500}},
		row{"Audit", "Acme", "C-1", 2, 100, formulaOf{"D3*E3", 200}, formulaOf{"F3*13%", 26}, formulaOf{"SUM(F3:G3)", 226}, formulaOf{"SUM(Costs[2026])", 500}}))
	f := mustRead(t, manualGrid{g}, Options{})
	wantCodes(t, f, "note stale-formula F2", "note stale-formula G2", "note stale-formula H2", "note other-workbook I2")
	wantText(t, f, 0, request.Total, "226.00")
	auto := mustRead(t, g, Options{})
	wantCodes(t, auto, "note stale-formula F2", "note stale-formula H2", "note other-workbook I2")
}

func TestUnseenLettersAreNoted(t *testing.T) {
	manual := "manual"
	book := xlsx(t, func(x *excelize.File) {
		if err := x.SetCalcProps(&excelize.CalcPropsOptions{CalcMode: &manual}); err != nil {
			t.Fatal(err)
		}
		put(t, x, "A1", "Title", "Supplier", "Cost centre", "Total")
		put(t, x, "A2", "Audit", "Acme", "C-1", 226)
		white := excelize.Font{Color: "FFFFFF"}
		dark := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"224466"}}
		for cell, style := range map[string]excelize.Style{"A2": {Font: &white, Fill: dark}, "B2": {Font: &white}, "C2": {Font: &excelize.Font{Color: "224466"}, Fill: dark}, "D2": {Font: &excelize.Font{Color: "FF0000"}}} {
			id, err := x.NewStyle(&style)
			if err == nil {
				err = x.SetCellStyle("Requests", cell, cell, id)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if !book.Calculation().Manual {
		t.Error("the workbook does not calculate by hand")
	}
	form, err := Read(context.Background(), book, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantCodes(t, form, "note invisible B2", "note invisible C2")
}

func TestFormulasOfTheRowAreWorkedOut(t *testing.T) {
	r := rowOf(7, row{2, 100, 3.5, "x"}, false)
	for formula, want := range map[string]string{"A7*B7": "200", "SUM(A7:C7)": "105.5", "ROUND(B7/C7,2)": "28.57", "-(A7+1)*2": "-6", "PRODUCT(A7:B7)": "200", "B7*13%": "13", "$B7-E7": "100"} {
		if n, ok := evaluate(formula, &r); !ok || n.String() != want {
			t.Errorf("%s = %s, %v; want %s", formula, n, ok, want)
		}
	}
	for _, formula := range []string{"", "A6*2", "D7*2", "IF(A7>1,2,3)", "A7/E7", "Sheet2!A7", "A7*", "((((((((((((((((((((((A7))))))))))))))))))))))", "1+-", "SUM(A7:", "ROUND(A7,A)"} {
		if n, ok := evaluate(formula, &r); ok {
			t.Errorf("%s = %s", formula, n)
		}
	}
}
