package rules

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

const budgetWhen = `line.total > budget.free`

func money(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// budgeted judges the clean line with an amount under a budget of 10,000.00, of which 9,000.00 are gone.
func budgeted(t *testing.T, p *Policy, total string, change func(*request.Facts)) request.Verdict {
	t.Helper()
	l := clean(t)
	for name, text := range map[string]string{"net": "", "tax": "", "total": total} {
		set(t, &l, name, text)
	}
	f := facts(p, origin(), l)
	f.Budget = &request.Budget{CostCentre: "4711", FiscalYear: "2026-27", Amount: money("10000.00"), Committed: money("4000.00"), Spent: money("3000.00"),
		Waiting: money("1500.00"), Beside: money("500.00")}
	if change != nil {
		change(&f)
	}
	// Replay reads the facts as they were stored.
	stored, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var again request.Facts
	if err := json.Unmarshal(stored, &again); err != nil {
		t.Fatal(err)
	}
	v, replayed := p.Judge(f), p.Judge(again)
	if v.Outcome != replayed.Outcome || !slices.Equal(found(v), found(replayed)) {
		t.Errorf("replayed from stored facts: %s %v, was %s %v", replayed.Outcome, found(replayed), v.Outcome, found(v))
	}
	return v
}

func TestAGuardrailComparesWithTheBudget(t *testing.T) {
	p := policyOf(t, testHead+rule("over-budget", "escalate", budgetWhen))
	if !p.ReadsBudget() {
		t.Error("the policy is said to read no budget")
	}
	if v := budgeted(t, p, "1000.00", nil); v.Outcome != request.Approved {
		t.Errorf("exactly what is free: %s %v %v", v.Outcome, found(v), v.NotEvaluated)
	}
	if v := budgeted(t, p, "1000.01", nil); v.Outcome != request.Escalated || !slices.Equal(found(v), []string{"over-budget escalate"}) {
		t.Errorf("a cent more than is free: %s %v", v.Outcome, found(v))
	}
	overdrawn := func(f *request.Facts) { f.Budget.Spent = money("30000.00") }
	if v := budgeted(t, p, "0.01", overdrawn); v.Outcome != request.Escalated {
		t.Errorf("an overdrawn budget: %s", v.Outcome)
	}
	share := policyOf(t, testHead+rule("half", "escalate", `budget.spent + budget.committed + line.total > budget.amount * "0.75"`))
	if v := budgeted(t, share, "500.00", nil); v.Outcome != request.Approved {
		t.Errorf("three quarters of the budget: %s %v", v.Outcome, v.NotEvaluated)
	}
	if v := budgeted(t, share, "500.01", nil); v.Outcome != request.Escalated {
		t.Errorf("above three quarters of the budget: %s", v.Outcome)
	}
	if plain := policyOf(t, testHead+rule("a", "escalate", "line.total > limits.request")); plain.ReadsBudget() {
		t.Error("a policy without budgets is said to read them")
	}
}

// What is not known never approves, and says so in words that name the cost centre.
func TestWithoutABudgetAnOfficerLooks(t *testing.T) {
	p := policyOf(t, testHead+rule("over-budget", "note", budgetWhen))
	none := func(f *request.Facts) { f.Budget = nil }
	v := budgeted(t, p, "1.00", none)
	if v.Outcome != request.Escalated || !slices.Equal(found(v), []string{"over-budget escalate"}) {
		t.Fatalf("no budget: %s %v", v.Outcome, found(v))
	}
	centre := clean(t).Values[request.CostCentre]
	f := v.Findings[0]
	if !strings.Contains(f.Message.EN, centre.Text) || !strings.Contains(f.Message.FR, centre.Text) || !slices.Equal(f.Cells, []string{centre.Cell}) {
		t.Errorf("the finding does not name cost centre %s: %+v", centre.Text, f)
	}
	if len(v.NotEvaluated) != 1 || v.NotEvaluated[0].Why != "no budget is known for the cost centre" {
		t.Errorf("the operator is told %v", v.NotEvaluated)
	}

	empty := func(f *request.Facts) {
		f.Budget = nil
		f.Line.Values[request.CostCentre] = request.Value{Cell: "H12"}
	}
	if v := budgeted(t, p, "1.00", empty); v.Outcome != request.Returned || !strings.Contains(v.Findings[0].Message.EN, "Cost centre") {
		t.Errorf("no cost centre: %s %v", v.Outcome, v.Findings)
	}
	abroad := func(f *request.Facts) {
		f.Line.Values[request.Currency] = request.Value{Text: "EUR", Given: true}
	}
	if v := budgeted(t, p, "1.00", abroad); v.Outcome != request.Escalated || !slices.Equal(found(v), []string{"currency escalate"}) {
		t.Errorf("another currency: %s %v", v.Outcome, found(v))
	}
	onPaper := func(f *request.Facts) {
		f.Budget = nil
		f.Request.Sender = ""
	}
	if v := budgeted(t, p, "1.00", onPaper); v.Outcome != request.Approved || len(v.NotEvaluated) != 1 {
		t.Errorf("checked without a ledger: %s %v", v.Outcome, v.NotEvaluated)
	}

	asked := policyOf(t, testHead+rule("over-budget", "escalate", `given("budget") && line.total > budget.free`)+rule("no-budget", "return", `!given("budget")`))
	if v := budgeted(t, asked, "1.00", none); v.Outcome != request.Returned || !slices.Equal(found(v), []string{"no-budget return"}) {
		t.Errorf("a policy that asks: %s %v %v", v.Outcome, found(v), v.NotEvaluated)
	}
	if v := budgeted(t, asked, "1.00", nil); v.Outcome != request.Approved {
		t.Errorf("a policy that asks, with a budget: %s %v", v.Outcome, found(v))
	}
	exempt := policyOf(t, testHead+rule("over-budget", "escalate", budgetWhen)+
		"[[exemption]]\nguardrail = \"over-budget\"\nwhen = 'line.cost_centre == \""+centre.Text+"\"'\ngranted_by = \"CFO\"\nreference = \"memo\"\nuntil = 2030-01-01\n")
	if v := budgeted(t, exempt, "1.00", none); v.Outcome != request.Approved || v.Findings[0].ExemptedBy == "" {
		t.Errorf("an exempted cost centre: %s %+v", v.Outcome, v.Findings)
	}
}

func TestExplainShowsTheBudget(t *testing.T) {
	p := policyOf(t, testHead+strings.Replace(rule("over-budget", "escalate", `given("budget") && line.total > budget.free`), `en = "m"`, `en = "{budget.free} of {budget.amount}"`, 1))
	l := clean(t)
	f := facts(p, origin(), l)
	f.Budget = &request.Budget{Amount: money("10000.00"), Spent: money("9999.00")}
	x := p.Explain(f)[0]
	var read []string
	for _, v := range x.Values {
		read = append(read, v.Name+"="+v.Value.EN)
	}
	if got := strings.Join(read, " "); !strings.Contains(got, `given("budget")=yes`) || !strings.Contains(got, "budget.free=$1.00") {
		t.Errorf("values: %s", got)
	}
	if x.Finding == nil || x.Finding.Message.EN != "$1.00 of $10,000.00" {
		t.Errorf("finding: %+v", x.Finding)
	}
	if _, err := Load(context.Background(), write(t, map[string]string{"policy.toml": testHead + rule("a", "note", "budget.fre > limits.request")})); err == nil || !strings.Contains(err.Error(), `did you mean "free"`) {
		t.Errorf("a mistyped name: %v", err)
	}
}

// Each line sees what the others of its workbook ask of the same cost centre, so their order does not matter.
func TestLinesOfOneWorkbookShareABudget(t *testing.T) {
	lines := make([]request.Line, 4)
	for i, v := range []struct{ centre, total string }{{"47-11", "600.00"}, {"4711", "300.00"}, {"0815", "50.00"}, {"4711", "-20.00"}} {
		lines[i] = clean(t)
		lines[i].Values[request.CostCentre].Text = v.centre
		lines[i].Values[request.Total].Number = money(v.total)
	}
	got := BesideInWorkbook("CAD", request.Pack(lines))
	for i, want := range []string{"300", "600", "0", "900"} {
		if !got[i].Equal(money(want)) {
			t.Errorf("beside line %d: %s, want %s", i, got[i], want)
		}
	}
}

func TestPolicyTestsMayNameABudget(t *testing.T) {
	policy := write(t, map[string]string{"policy.toml": testHead + rule("over-budget", "escalate", budgetWhen), "policy.test.toml": `
[request]
sender = "a@dept.gc.ca"
[line]
cost_centre = "4711"
supplier = "Northern Inc."
[[case]]
name = "two lines together"
date = 2026-11-18
budget = { amount = "1000.00", spent = "100.00" }
outcome = "escalated"
findings = ["over-budget"]
[[case.line]]
total = "600.00"
[[case.line]]
total = "301.00"
[[case]]
name = "one of them alone"
date = 2026-11-18
budget = { amount = "1000.00", committed = "50.00", waiting = "50.00" }
line = { total = "900.00" }
outcome = "approved"
[[case]]
name = "no budget"
date = 2026-11-18
line = { total = "1.00" }
outcome = "escalated"
findings = ["over-budget"]
`})
	trials, err := LoadTrials(context.Background(), policy, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := trials.Run(); len(r.Failures) > 0 || r.Cases != 3 {
		t.Errorf("%d cases: %v", r.Cases, r.Failures)
	}
	tests := filepath.Join(filepath.Dir(policy), "policy.test.toml")
	if err := os.WriteFile(tests, []byte("[[case]]\nname = \"x\"\ndate = 2026-11-18\nbudget = { amount = \"lots\", free = \"1\" }\noutcome = \"approved\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadTrials(context.Background(), policy, Options{}); err == nil || !strings.Contains(err.Error(), `"lots"`) || !strings.Contains(err.Error(), "free") {
		t.Errorf("mistakes in a budget: %v", err)
	}
}
