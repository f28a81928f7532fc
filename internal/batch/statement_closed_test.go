package batch_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// fillIn writes into the column of a sheet whose heading begins so, in the row that has a text.
func fillIn(t *testing.T, data []byte, sheet, heading string, answers map[string]string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	column, filled := 0, 0
	for r, cells := range rows {
		for c, v := range cells {
			if strings.HasPrefix(v, heading) {
				column = c + 1
			}
			if answer, ok := answers[v]; ok && column > 0 {
				if err := f.SetCellValue(sheet, workbook.Ref(column, r+1), answer); err != nil {
					t.Fatal(err)
				}
				filled++
			}
		}
	}
	if filled != len(answers) {
		t.Fatalf("%d of %d answers have a row: %q", filled, len(answers), rows)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (d *agency) week() []byte {
	d.t.Helper()
	before := len(d.reports())
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports := d.reports()
	if len(reports) == before {
		d.t.Fatal("there is no report of the week")
	}
	return reports[len(reports)-1].Attachments[0].Data
}

// Finance closes a line whose purchase never came: its money is committed no longer, the line stays listed with who said it and why,
// and it can be opened again.
func TestLinesAreClosedByFinance(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Keyboard fixes", "Northwind Inc.", "4000", "520", "4520"), line("Pens", "Cedar", "1000", "130", "1130")))
	d.once()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "PARKING", "12.00", "")))
	d.once()
	book := d.week()
	if s := d.sheet(book, "Commitments"); !strings.Contains(s, "|5650|") {
		t.Fatalf("both lines are not committed:\n%s", s)
	}
	d.send(testFinance, "Re: the week", "Filled in.", fillIn(t, book, "Approvals without charge", "Close", map[string]string{"HR-2026-000001-02": "close: bought elsewhere"}))
	d.once()
	mails := len(d.inbox(testFinance))
	again := fillIn(t, book, "Approvals without charge", "Close", map[string]string{"HR-2026-000001-02": "closed"})
	d.send(testFinance, "Re: the week", "Once more.", again)
	d.once()
	if n := len(d.inbox(testFinance)); n != mails {
		t.Errorf("the same answer a second time brings %d mails", n-mails)
	}
	book = d.week()
	if s := d.sheet(book, "Commitments"); !strings.Contains(s, "|4520|") || strings.Contains(s, "|5650|") {
		t.Errorf("the closed line is committed:\n%s", s)
	}
	if s := d.sheet(book, "Approvals without charge"); strings.Contains(s, "HR-2026-000001-02") {
		t.Errorf("the closed line waits for a charge:\n%s", s)
	}
	if s := d.sheet(book, "Closed lines"); !strings.Contains(s, "HR-2026-000001-02") || !strings.Contains(s, testFinance+"|bought elsewhere|") {
		t.Errorf("who closed it, and why, is not said:\n%s", s)
	}
	d.send(testFinance, "Re: the week", "Both.", fillIn(t, book, "Closed lines", "Reopen", map[string]string{"HR-2026-000001-02": "reopen"}), again)
	d.once()
	all := d.inbox(testFinance)
	if s := all[len(all)-1].Text; !strings.Contains(s, "one place closes this") {
		t.Errorf("two answers in one mail are not asked back:\n%s", s)
	}
	d.send(testFinance, "Re: the week", "Filled in.", fillIn(t, book, "Closed lines", "Reopen", map[string]string{"HR-2026-000001-02": "rouvrir"}))
	d.once()
	book = d.week()
	if s := d.sheet(book, "Approvals without charge"); !strings.Contains(s, "HR-2026-000001-02") {
		t.Errorf("the line that was opened again does not wait for a charge:\n%s", s)
	}
	if n := len(d.inbox(testOps)); n != 0 {
		t.Errorf("the operator got %d mails", n)
	}
}

// What cannot be done, or may be meant otherwise, is asked back at its cell, and nothing of it is done.
func TestClosingsThatAreUnclearAreAsked(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Keyboard fixes", "Northwind Inc.", "4000", "520", "4520"), line("Pens", "Cedar", "1000", "130", "1130")))
	d.once()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "PARKING", "12.00", "")))
	d.once()
	book := d.week()
	last := func() string {
		all := d.inbox(testFinance)
		return all[len(all)-1].Text
	}
	d.send(testFinance, "Re: the week", "Filled in.", fillIn(t, book, "Approvals without charge", "Close", map[string]string{"HR-2026-000001-01": "close?", "HR-2026-000001-02": "non"}))
	d.once()
	if s := last(); !strings.Contains(s, "“close?” does not say") {
		t.Errorf("nobody is asked:\n%s", s)
	}
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		closed, err := tx.Lines.ClosedAt(t.Context(), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
		if len(closed) != 0 {
			t.Errorf("%+v are closed", closed)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
