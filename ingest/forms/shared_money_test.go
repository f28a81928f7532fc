package forms

import (
	"bytes"
	"context"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Cents typed above a table, or in a form of one line, are cents even where no currency stands beside them.
func TestTypedCentsOfAFormWithoutACurrencyAreRead(t *testing.T) {
	x := excelize.NewFile()
	for i, pair := range [][2]string{{"Titre", "Licence"}, {"Fournisseur", "Éditions Untel ltée"}, {"Sous-total", "1 000,00"}, {"Taxes", "149,75"},
		{"Total", "1 149,75"}, {"Centre de coûts", "77"}, {"Montant autorisé (art. 32)", "2 000,50 $"}} {
		if err := x.SetSheetRow("Sheet1", workbook.Ref(1, i+2), &[]any{pair[0], pair[1]}); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	book, err := workbook.Open(context.Background(), b.Bytes(), workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	form, err := Read(context.Background(), book, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if form.Lines.Len() != 1 || lineOf(form, 0).MustReturn() {
		t.Fatalf("%d lines, problems %v", form.Lines.Len(), form.AllProblems())
	}
	for f, want := range map[request.Field]string{request.Tax: "149.75", request.Total: "1149.75", request.AuthorizedAmount: "2000.50"} {
		if got := lineOf(form, 0).Values[f].Text; got != want {
			t.Errorf("%s is %q, want %q", f, got, want)
		}
	}
}
