package batch_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

func (d *agency) aliases() (all []ledger.Alias) {
	d.t.Helper()
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		all, err = tx.Aliases.All(context.Background())
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func (d *agency) chargeOf(merchant string) (found ledger.Charge) {
	d.t.Helper()
	for _, c := range d.charges() {
		if c.Merchant == merchant {
			found = c
		}
	}
	return found
}

// forTheWeek sends a statement with one charge, lets the week end and returns its workbook.
func (d *agency) forTheWeek(day, merchant, amount string) []byte {
	d.t.Helper()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row(day, merchant, amount, "")))
	d.once()
	return d.week()
}

func (d *agency) answerWeek(book []byte) {
	d.t.Helper()
	d.send(testFinance, "Re: the week", "Filled in.", book)
	d.once()
}

// twoSigns approves two lines of one supplier.
func (d *agency) twoSigns() {
	d.t.Helper()
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Door signs", "Northern Lights Signs", "400", "52", "452"), line("Wall signs", "Northern Lights Signs", "1000", "130", "1130"), line("Pens", "Cedar Networks", "100", "13", "113")))
	d.once()
}

// A match by hand teaches whose name a merchant's text is: the week says so, the next charge of the merchant is matched by it, and
// "remove" on the sheet ends it for good.
func TestAHandMatchTeachesAnAlias(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.twoSigns()
	first := d.forTheWeek("2026-11-24", "SQ *NTHN LTS 8842", "452.00")
	if s := d.sheet(first, "Aliases"); !strings.Contains(s, "None.") {
		t.Errorf("an alias before anybody taught one:\n%s", s)
	}
	d.answerWeek(byHand(t, first, map[string]string{"SQ *NTHN LTS 8842": "HR-2026-000001-01"}))
	if all := d.aliases(); len(all) != 1 || all[0].Merchant != "NTHN LTS" || all[0].Supplier != "Northern Lights Signs" || all[0].By != testFinance {
		t.Fatalf("%+v", all)
	}
	book := d.forTheWeek("2026-12-01", "SQ *NTHN LTS 9917", "1130.00")
	if c := d.chargeOf("SQ *NTHN LTS 9917"); c.State != ledger.MatchedRow || c.Rule != string(reconcile.ByAlias) || c.Score >= 100 {
		t.Fatalf("the next charge of the merchant: %+v", c)
	}
	if s := d.sheet(book, "Aliases"); !strings.Contains(s, "new in this period|NTHN LTS|Northern Lights Signs|2026-11-24, $452.00, HR-2026-000001-01|"+testFinance+"|") || !strings.Contains(s, "|1|N-1|") {
		t.Errorf("the sheet of aliases:\n%s", s)
	}
	if s := d.sheet(book, "Matched"); !strings.Contains(s, "supplier, by alias, and amount") {
		t.Errorf("that it was matched by an alias is not said:\n%s", s)
	}
	reports := d.reports()
	if s := reports[len(reports)-1].Text; !strings.Contains(strings.Join(strings.Fields(s), " "), "NTHN LTS is Northern Lights Signs; write “remove”") {
		t.Errorf("the mail does not say what was learned:\n%s", s)
	}
	d.answerWeek(fillIn(t, book, "Aliases", "Correct", map[string]string{"NTHN LTS": "remove"}))
	d.answerWeek(byHandOn(t, "Matched", book, map[string]string{"SQ *NTHN LTS 9917": "none"}))
	all := d.aliases()
	if len(all) != 1 || all[0].EndedWhy != ledger.AliasRemoved || all[0].EndedBy != testFinance {
		t.Fatalf("after “remove”: %+v", all)
	}
	d.answerWeek(byHand(t, first, map[string]string{"SQ *NTHN LTS 8842": "HR-2026-000001-02"}))
	if all := d.aliases(); len(all) != 1 {
		t.Errorf("the same charge taught again what was removed: %+v", all)
	}
	book = d.forTheWeek("2026-12-08", "SQ *NTHN LTS 7001", "452.00")
	if c := d.chargeOf("SQ *NTHN LTS 7001"); c.State != ledger.LeftRow {
		t.Errorf("a removed alias matches: %+v", c)
	}
	if s := d.sheet(book, "Aliases"); !strings.Contains(s, "ended on 2026-12-") {
		t.Errorf("that it ended is not said:\n%s", s)
	}
	d.sound()
}

// An undone match teaches no more; a processor alone teaches nothing.
func TestWhatTeachesNoAlias(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.twoSigns()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "PAYPAL *", "450.00", ""), row("2026-11-24", "NTHN LTS", "1130.00", ""), row("2026-11-24", "CEDAR NETWORKS OTTAWA", "99.00", "")))
	d.once()
	book := d.week()
	d.answerWeek(byHand(t, book, map[string]string{"PAYPAL *": "HR-2026-000001-01", "NTHN LTS": "HR-2026-000001-02", "CEDAR NETWORKS OTTAWA": "HR-2026-000001-03"}))
	if all := d.aliases(); len(all) != 1 || all[0].Merchant != "NTHN LTS" {
		t.Fatalf("%+v", all)
	}
	d.answerWeek(byHand(t, book, map[string]string{"NTHN LTS": "none"}))
	if all := d.aliases(); len(all) != 1 || all[0].EndedWhy != ledger.AliasUndone {
		t.Errorf("after the match was taken back: %+v", all)
	}
	d.sound()
}

// Another supplier's name replaces the alias, a row below adds one, and what cannot be meant so is asked back.
func TestAliasesAreCorrectedInTheSheet(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.twoSigns()
	first := d.forTheWeek("2026-11-24", "NTHN LTS", "452.00")
	d.answerWeek(byHand(t, first, map[string]string{"NTHN LTS": "HR-2026-000001-01"}))
	book := d.forTheWeek("2026-12-01", "PARKING", "12.00")
	mails := len(d.inbox(testFinance))
	d.answerWeek(fillIn(t, book, "Aliases", "Correct", map[string]string{"NTHN LTS": "Nobody’s Shop"}))
	all := d.inbox(testFinance)
	if len(all) != mails+1 || !strings.Contains(all[len(all)-1].Text, "No line names") {
		t.Fatalf("an unknown supplier is not asked back: %d mails", len(all)-mails)
	}
	d.send(testFinance, "Re: the week", "Both.", fillIn(t, book, "Aliases", "Correct", map[string]string{"NTHN LTS": "remove"}), fillIn(t, book, "Aliases", "Correct", map[string]string{"NTHN LTS": "Cedar Networks"}))
	d.once()
	if all = d.inbox(testFinance); len(all) != mails+2 || !strings.Contains(all[len(all)-1].Text, "Two places say") || !d.aliases()[0].EndedAt.IsZero() {
		t.Fatalf("two answers in one mail are not asked back: %d mails", len(all)-mails)
	}
	d.answerWeek(addRow(t, fillIn(t, book, "Aliases", "Correct", map[string]string{"NTHN LTS": "should be Cedar Networks"}), "Aliases", "", "PENS R US", "cedar networks"))
	said := map[string]ledger.AliasEnd{}
	for _, a := range d.aliases() {
		said[a.Merchant+" is "+a.Supplier] = a.EndedWhy
	}
	if len(said) != 3 || said["NTHN LTS is Northern Lights Signs"] != ledger.AliasReplaced || said["NTHN LTS is Cedar Networks"] != "" || said["PENS R US is Cedar Networks"] != "" {
		t.Errorf("%v", said)
	}
	if n := len(d.inbox(testFinance)); n != len(all) {
		t.Errorf("finance got %d more mails", n-len(all))
	}
	d.pass(time.Hour)
	book = d.forTheWeek("2026-12-08", "PENS R US", "113.00")
	if c := d.chargeOf("PENS R US"); c.Rule != string(reconcile.ByAlias) {
		t.Errorf("an alias that was written down does not match: %+v", c)
	}
	if s := d.sheet(book, "Aliases"); !strings.Contains(s, "|PENS R US|Cedar Networks|written down|") {
		t.Errorf("the alias that was written down is not listed:\n%s", s)
	}
	d.sound()
}

// addRow writes a row under the last one of a sheet.
func addRow(t *testing.T, data []byte, sheet string, cells ...string) []byte {
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
	for i, v := range cells {
		if err := f.SetCellValue(sheet, workbook.Ref(i+1, len(rows)+1), v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
