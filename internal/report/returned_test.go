package report

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// What finance writes into the returned workbook is read, in both languages, and settles the next matching.
func TestReturnedWorkbookIsRemembered(t *testing.T) {
	for _, l := range []request.Lang{request.English, request.French} {
		r := quarterReport(t, l, 3, 400)
		f := open(t, writeReport(t, r))
		sheet := (&sheetWriter{Contents: r, book: newBook(l, "")}).say(request.Text{EN: "Charges without approval", FR: "Achats sans approbation"})
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		filled := 0
		answers := []string{"hr-2026-1-1 please", "ignore", "perhaps", "Aucune."}
		for i, row := range rows {
			if len(row) > 18 && len(row[18]) == statement.FingerprintLength && filled < len(answers) {
				if err := f.SetCellStr(sheet, cellName(12, i+1), answers[filled]); err != nil {
					t.Fatal(err)
				}
				filled++
			}
		}
		if filled != len(answers) {
			t.Fatalf("%s: %d charges are left", l, filled)
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		book, err := workbook.Open(context.Background(), b.Bytes(), workbook.DefaultBounds())
		if err != nil {
			t.Fatal(err)
		}
		h, ok, err := ReadReturned(context.Background(), book, "returned.xlsx")
		if err != nil || !ok || len(h.Answers) != len(answers) || len(h.Damaged) != 0 {
			t.Fatalf("%s: %+v, %v, %v", l, h, ok, err)
		}
		for i, want := range []Answer{{Kind: BelongsTo, References: []string{"HR-2026-000001-01"}}, {Kind: SetAside}, {Kind: Asks}, {Kind: NoLine}} {
			if a := h.Answers[i]; fmt.Sprint(a.Answer) != fmt.Sprint(want) || a.Said != answers[i] || a.Place.Sheet != sheet || a.Shown.Merchant == "" || a.Shown.Bought.IsZero() || !a.Shown.Charged.Valid {
				t.Errorf("%s: %q is read as %+v, want %+v", l, answers[i], a, want)
			}
		}
	}
	book, err := workbook.Open(context.Background(), writeReport(t, randomReport(1, 3, request.English)), workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := ReadReturned(context.Background(), book, "other.xlsx"); ok || err != nil {
		t.Errorf("another workbook is a returned one: %v, %v", ok, err)
	}
}
