package batch_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/request"
	"handrail/rules"
)

const budgetPolicy = `name = "Budgets"
version = "1"
currency = "CAD"
[authority]
name = "A"
title = "B"
reference = "C"
date = 2026-04-01
[approval]
means = { en = "m", fr = "m" }
next_step = { en = "{reference}", fr = "{reference}" }
[[guardrail]]
id = "over-budget"
action = "escalate"
when = 'line.total > budget.free'
fields = ["cost_centre"]
title = { en = "t", fr = "t" }
message = { en = "{budget.free} of {budget.amount} is free.", fr = "Il reste {budget.free} sur {budget.amount}." }
source = "s"
`

// withBudgets makes the job judge by a budget of 4410, which is 10,000.00 in the fiscal year of the tests.
func withBudgets(t *testing.T, o *job.Options) {
	t.Helper()
	dir := t.TempDir()
	policy, budgeted := filepath.Join(dir, "policy.toml"), filepath.Join(dir, "budgets.csv")
	for path, text := range map[string]string{policy: budgetPolicy, budgeted: "Cost centre,Fiscal year,Budget\n44-10,2026-27,\"10,000.00\"\n44-10,2025-26,1.00\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := rules.Load(context.Background(), policy)
	if err != nil {
		t.Fatal(err)
	}
	withStatements(o)
	o.Inboxes[0].Policy, o.Finance.Budgets = p, budgeted
}

// budgetOf is the budget that a line was judged by, and holds its replay against what was decided.
func (d *agency) budgetOf(reference string) *request.Budget {
	d.t.Helper()
	ref, _ := request.ParseReference(reference)
	var a ledger.Account
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		a, _, err = tx.Records.Account(d.t.Context(), ref)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	var facts request.Facts
	if err := json.Unmarshal(a.Line.Facts, &facts); err != nil {
		d.t.Fatal(err)
	}
	policy, err := rules.Unbundle(a.Policy.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if v := policy.Judge(facts); v.Outcome != a.Line.Judged {
		d.t.Errorf("%s: judged again from its facts it is %s, and was %s", reference, v.Outcome, a.Line.Judged)
	}
	return facts.Budget
}

// What is approved commits, what is charged spends, what waits may still be approved, and nothing passes that is not free.
func TestLinesAreJudgedByTheBudgetOfTheirCostCentre(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"sqlite", "postgresql"} {
		t.Run(database, func(t *testing.T) {
			d := open(t, func(o *job.Options) {
				withBudgets(t, o)
				if database == "postgresql" {
					recorded, err := ledgertest.Open(t, postgres(t))
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { _ = recorded.Close() })
					o.Ledger = recorded
				}
			})
			d.ledger = d.options.Ledger
			budgetStory(d)
		})
	}
}

func budgetStory(d *agency) {
	t := d.t
	ask := func(lines ...map[request.Field]string) {
		d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, lines...))
		d.once()
	}
	want := func(reference string, outcome request.Outcome, free string) {
		t.Helper()
		if got := d.lines()[reference].Outcome; got != outcome {
			t.Errorf("%s is %s, want %s", reference, got, outcome)
		}
		if b := d.budgetOf(reference); b == nil || b.Free().StringFixed(2) != free {
			t.Errorf("%s was judged with %+v, want %s free", reference, b, free)
		}
	}
	ask(line("Kit A", "Northwind Inc.", "4000", "520", "4520"))
	want("HR-2026-000001-01", request.Approved, "10000.00")
	ask(line("Kit B", "Mille Pages", "4000", "520", "4520"))
	want("HR-2026-000002-01", request.Approved, "5480.00")
	// Two lines of one workbook: either would pass alone.
	ask(line("Kit C", "Cedar", "500", "65", "565"), line("Kit D", "Cedar", "400", "52", "452"))
	want("HR-2026-000003-01", request.Escalated, "508.00")
	want("HR-2026-000003-02", request.Escalated, "395.00")
	// They wait, and may still be approved.
	ask(line("Kit E", "Cedar", "10", "1.3", "11.30"))
	want("HR-2026-000004-01", request.Escalated, "-57.00")
	// A cost centre that has no budget.
	ask(line("Kit F", "Cedar", "10", "1.3", "11.30", "cost_centre", "9999"))
	if l := d.lines()["HR-2026-000005-01"]; l.Outcome != request.Escalated || d.budgetOf(l.Reference) != nil {
		t.Errorf("without a budget: %s", l.Outcome)
	}
	if mails := d.inbox(testOfficer); !strings.Contains(mails[len(mails)-1].Text, "No budget is known for cost centre 9999") {
		t.Errorf("the officer is not told that there is no budget:\n%s", mails[len(mails)-1].Text)
	}

	// The first line is charged 20.00 less than approved, and 100.00 are charged without an approval.
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NORTHWIND INC", "4500.00", "HR-2026-000001-01"), row("2026-11-24", "Nobody", "100.00", "")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	ask(line("Kit G", "Cedar", "10", "1.3", "11.30"))
	b := d.budgetOf("HR-2026-000006-01")
	for name, x := range map[string][2]string{
		"spent": {b.Spent.StringFixed(2), "4600.00"}, "committed": {b.Committed.StringFixed(2), "4520.00"}, "waiting": {b.Waiting.StringFixed(2), "1028.30"},
	} {
		if x[0] != x[1] {
			t.Errorf("%s is %s, want %s", name, x[0], x[1])
		}
	}
	// The workbook says the same.
	reports := d.reports()
	if s := d.sheet(reports[len(reports)-1].Attachments[0].Data, "Commitments"); !strings.Contains(s, "44-10|CAD|10000|4520|4500|100|9120|880|") {
		t.Errorf("the workbook's commitments:\n%s", s)
	}
	d.sound()
}

// Lines that were approved before there were budgets commit all the same.
func TestBudgetsCountWhatWasApprovedBeforeThem(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.approve("Screen reader fixes", "Northwind Inc.")
	if key := request.CentreKey("4410"); slices.Contains(d.lines()["HR-2026-000001-01"].Keys, key) {
		t.Fatal("a job without budgets counts by cost centre")
	}
	d.start(func(o *job.Options) { withBudgets(t, o) })
	d.approve("More fixes", "Northwind Inc.")
	if b := d.budgetOf("HR-2026-000002-01"); b == nil || b.Committed.StringFixed(2) != "4520.00" {
		t.Errorf("judged with %+v, want 4,520.00 committed", b)
	}
	// A time without budgets, and budgets again.
	d.start(nil)
	d.approve("Still more fixes", "Cedar Ltd.")
	d.start(func(o *job.Options) { withBudgets(t, o) })
	d.approve("The last fixes", "Boreal Inc.")
	if b := d.budgetOf("HR-2026-000004-01"); b == nil || b.Committed.Add(b.Waiting).StringFixed(2) != "13560.00" {
		t.Errorf("judged with %+v, want 13,560.00 committed or waiting", b)
	}
	d.sound()
}

func TestAPolicyThatReadsBudgetsNeedsThem(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	o := d.options
	o.Inboxes = slices.Clone(o.Inboxes)
	withBudgets(t, &o)
	o.Finance.Budgets = ""
	if _, err := job.New(o); err == nil || !strings.Contains(err.Error(), "finance.budgets") {
		t.Errorf("a job without budgets for its policy: %v", err)
	}
}

// A file of budgets that is gone stops no mail, and approves nothing.
func TestUnreadableBudgetsApproveNothing(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { withBudgets(t, o) })
	if err := os.Remove(d.options.Finance.Budgets); err != nil {
		t.Fatal(err)
	}
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Cedar", "10", "1.3", "11.30")))
	r, err := d.job.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Troubles) != 1 || !strings.Contains(r.Troubles[0].Error(), "budgets") {
		t.Errorf("troubles: %v", r.Troubles)
	}
	if l := d.lines()["HR-2026-000001-01"]; l.Outcome != request.Escalated {
		t.Errorf("the line is %s", l.Outcome)
	}
}
