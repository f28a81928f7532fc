package statement

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/workbook"
)

func sheetOf(t *testing.T, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		for j, v := range row {
			cell := workbook.Ref(j+1, i+1)
			var err error
			if text, ok := v.(string); ok && strings.HasPrefix(text, "=") {
				err = f.SetCellFormula("Sheet1", cell, text[1:])
			} else {
				err = f.SetCellValue("Sheet1", cell, v)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readXLSX(t *testing.T, data []byte) *Statement {
	t.Helper()
	b, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	s, err := readWorkbook(context.Background(), b, sha256.Sum256(data), Options{Name: "cards.xlsx", Currency: "CAD"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStatementInAWorkbook(t *testing.T) {
	s := readXLSX(t, sheetOf(t, [][]any{
		{"Bank of Somewhere"}, {},
		{"Date d’opération", "Marchand", "Montant", "Numéro de carte", "Fonds"},
		{time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC), "BOREAL DATA", 1130.1, "4111111111111111", "B120"},
		{"2026-11-04", "CEDAR", "45,20", "4242", ""},
		{time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC), "NO RESULT", "=1+1", "4242", ""},
		{time.Date(2026, 11, 6, 0, 0, 0, 0, time.UTC), "REFUND", -12.5, "4242", ""},
	}))
	var got []string
	for _, c := range s.Charges {
		got = append(got, c.Transacted.String()+" "+c.Amount.Plain()+" "+c.Card)
	}
	if want := "2026-11-03 1130.10 1111|2026-11-04 45.20 4242|2026-11-06 -12.50 4242"; strings.Join(got, "|") != want {
		t.Errorf("charges %q, want %s", got, want)
	}
	if len(s.Problems) != 1 || s.Problems[0].Cell != "C6" {
		t.Errorf("problems %+v", s.Problems)
	}
	if s.Charges[0].Extra["Fonds"] != "B120" || strings.Contains(string(s.Cut), "4111111111111111") {
		t.Errorf("extra %v, cut form %s", s.Charges[0].Extra, s.Cut)
	}
}

// The same charges as CSV and as a workbook have the same fingerprints: sent both ways, they are counted once.
// A day that the bank's program wrote as a plain number is a day; a card number that Excel rounded is cut all the same.
func TestPlainNumbersInAWorkbook(t *testing.T) {
	s := readXLSX(t, sheetOf(t, [][]any{{"Date", "Merchant", "Amount", "Card number"}, {46351, "A", 12.5, 4111111111111110}, {20261126, "B", 3, 4242}, {3, "C", 1, 4242}}))
	if got := outcomeOf(s); got != "2026-11-25 A 12.50 CAD; 2026-11-26 B 3.00 CAD; not-a-date A4" {
		t.Error(got)
	}
	if s.Charges[0].Card != "1110" || strings.Contains(string(s.Cut), "41111") {
		t.Errorf("card %s, kept as %s", s.Charges[0].Card, s.Cut)
	}
}

func TestWorkbookAndCSVAreTheSameCharges(t *testing.T) {
	a := readXLSX(t, sheetOf(t, [][]any{{"Date", "Merchant", "Amount", "Card"}, {"2026-11-03", "BOREAL DATA", 1130.1, "4242"}}))
	b := readCSV(t, "Date;Merchant;Amount;Card\n2026-11-03;Boreal Data;1 130,10;****4242\n")
	if n := len(Union(a.Charges, b.Charges)); n != 1 {
		t.Errorf("%d charges, want 1", n)
	}
}
