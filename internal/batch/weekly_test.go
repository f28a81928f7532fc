package batch_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/department"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// The first recipient's report settles the charges; the second one's is made from settled ones, and says the same: also
// of a line in two charges, of two lines in one charge, and of a refund.
func TestEveryRecipientGetsTheSameNumbers(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) {
		withStatements(o)
		o.Finance.Recipients = []string{testFinance, testOther}
	})
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Keyboard fixes", "Northwind Inc.", "4000", "520", "4520"), line("Paper", "Mille Pages", "1000", "130", "1130"), line("Pens", "Mille Pages", "500", "65", "565"),
		line("Chairs", "Assises du Nord", "2000", "260", "2260")))
	d.once()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(
		row("2026-11-24", "NORTHWIND INC", "2000.00", "HR-2026-000001-01"), row("2026-11-25", "NORTHWIND INC", "2520.00", "HR-2026-000001-01"),
		row("2026-11-24", "MILLE PAGES", "1695.00", "HR-2026-000001"),
		row("2026-11-24", "ASSISES DU NORD", "2260.00", "HR-2026-000001-04"), row("2026-11-26", "ASSISES DU NORD", "-2260.00", "HR-2026-000001-04"),
		row("2026-11-26", "Nobody", "10.00", "")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	first, second := d.reports(), d.inbox(testOther)
	if len(first) != 1 || len(second) != 1 {
		t.Fatalf("the recipients got %d and %d reports", len(first), len(second))
	}
	rules := map[string]int{}
	for _, c := range d.charges() {
		rules[string(c.State)+" "+c.Rule]++
	}
	if rules["matched "+string(reconcile.OneToMany)] != 2 || rules["matched "+string(reconcile.ByRefund)] != 1 || rules["left "] != 1 || rules["matched "+string(reconcile.ManyToOne)] != 1 {
		t.Errorf("the rules that matched: %v", rules)
	}
	for _, name := range []string{"Summary", "Matched", "Charges without approval", "Approvals without charge", "Variances", "Commitments"} {
		a, b := d.sheet(first[0].Attachments[0].Data, name), d.sheet(second[0].Attachments[0].Data, name)
		if a != b {
			t.Errorf("%s of the first recipient:\n%s\nand of the second:\n%s", name, a, b)
		}
	}
	// Weeks later the week has not changed: no correction, for nobody.
	d.pass(14 * 24 * time.Hour)
	d.once()
	for _, m := range append(d.reports(), d.inbox(testOther)...) {
		if strings.Contains(m.Text, "edition 2") || strings.Contains(m.Subject, "edition 2") {
			t.Errorf("a correction that corrects nothing: %s", m.Subject)
		}
	}
	if n := len(d.reports()); n != 3 {
		t.Errorf("finance got %d reports for three weeks", n)
	}
}

func TestBudgetsAndSmallContractsAreInTheWorkbook(t *testing.T) {
	t.Parallel()
	budgeted := filepath.Join(t.TempDir(), "budgets.csv")
	if err := os.WriteFile(budgeted, []byte("Cost centre,Fiscal year,Budget\n4410,2026-27,20000.00\n4410,2025-26,1.00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, func(o *job.Options) {
		withStatements(o)
		o.Finance.Budgets = budgeted
	})
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.send(testStaff, "More", "Form attached.", d.form(testStaff, request.English, line("Paper", "Mille Pages", "1000", "130", "1130")))
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NORTHWIND INC", "4520.00", "HR-2026-000001-01")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	book := d.reports()[0].Attachments[0].Data
	if s := d.sheet(book, "Commitments"); !strings.Contains(s, "4410|CAD|20000|1130|4520|0|5650|14350|") {
		t.Errorf("budget, committed, spent and free:\n%s", s)
	}
	if s := d.sheet(book, "Small contracts"); !strings.Contains(s, "|2|5650|") {
		t.Errorf("the calendar year's small contracts:\n%s", s)
	}
}

// A budget file that is gone is the operator's trouble, and no reason to keep finance waiting.
func TestAMissingBudgetFileKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Finance.Budgets = filepath.Join(t.TempDir(), "none.csv") })
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Screen reader fixes", "Northwind Inc.", "4000", "520", "4520")))
	for _, step := range []string{"judging", "reporting"} {
		r, err := d.job.Once(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Troubles) != 1 || !strings.Contains(r.Troubles[0].Error(), "none.csv") {
			t.Errorf("%s, troubles: %v", step, r.Troubles)
		}
		d.pass(7 * 24 * time.Hour)
	}
	if n := len(d.reports()); n != 1 {
		t.Errorf("finance got %d reports", n)
	}
}

// The line that a charge was matched with was replaced later: the week says so in its second edition, and the charge
// looks for another line.
func TestAReplacedLineLeavesItsCharge(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NORTHWIND INC", "4520.00", "HR-2026-000001-01")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	if c := d.charges()[0]; c.State != ledger.MatchedRow {
		t.Fatalf("after the week: %+v", c)
	}
	var answer *ingest.Mail
	for _, m := range d.inbox(testStaff) {
		answer = m
	}
	d.send(testStaff, "Changed", "A higher amount.",
		changeCell(t, changeCell(t, answer.Attachments[0].Data, d.cellOf(answer.Attachments[0].Data, "4000"), 4000, 4100), d.cellOf(answer.Attachments[0].Data, "4520"), 4520, 4620))
	d.once()
	if l := d.lines()["HR-2026-000001-01"]; l.Outcome != request.Superseded {
		t.Fatalf("the first version is %s", l.Outcome)
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	corrected := false
	for _, m := range d.reports() {
		if s := d.sheet(m.Attachments[0].Data, "Summary"); strings.Contains(s, "HR-2026-000001-01: no longer there, it was approved") {
			corrected = true
		}
	}
	if !corrected {
		t.Error("no edition says that a line was replaced")
	}
	if c := d.charges()[0]; c.State != ledger.LeftRow || len(c.Lines) != 0 {
		t.Errorf("the charge of a replaced line: %+v", c)
	}
	d.sound()
}

// cellOf is where a number stands on the first sheet.
func (d *agency) cellOf(data []byte, value string) string {
	d.t.Helper()
	book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		d.t.Fatal(err)
	}
	cell := ""
	if err := book.Rows(context.Background(), 0, func(r *workbook.Row) error {
		for _, c := range r.Cells {
			if cell == "" && c.Value == value {
				cell = workbook.Ref(c.Col, r.Number)
			}
		}
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
	return cell
}

func TestFinanceConfigNamesMistakesAtTheirKey(t *testing.T) {
	t.Parallel()
	c := department.FinanceConfig{Recipients: []string{testFinance}, Language: request.English, Reconcile: report.Config{TolerancePercent: "much", WindowDays: -1}}
	err := c.Validate()
	if err == nil {
		t.Fatal("wrong tolerances were taken")
	}
	for _, key := range []string{"reconcile.tolerance_percent: ", "reconcile.window_days: "} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%q does not name %s", err, key)
		}
	}
}
