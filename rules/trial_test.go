package rules

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// small is a policy to try test files on.
const small = `name = "Small"
version = "1"
currency = "CAD"

[authority]
name = "CFO"
title = "Director"
reference = "Note 1"
date = 2026-04-01

[approval]
means = { en = "Inside.", fr = "Conforme." }
next_step = { en = "Give {reference}.", fr = "Remettez {reference}." }

[limits]
request = "100.00"

[[total]]
name = "month"
by = ["supplier"]
days = 30

[[total]]
name = "before"
by = ["requester"]
scope = "elsewhere"
days = 30

[[total]]
name = "quarter"
by = ["unit"]
period = "quarter"

[[guardrail]]
id = "month"
action = "escalate"
when = 'totals.month > limits.request'
title = { en = "Much", fr = "Beaucoup" }
message = { en = "{totals.month} in {counts.month}.", fr = "{totals.month} en {counts.month}." }
source = "Note 1"

[[guardrail]]
id = "again"
action = "note"
when = 'counts.before > 0'
title = { en = "Again", fr = "Encore" }
message = { en = "{counts.before} before.", fr = "{counts.before} avant." }
source = "Note 1"

[[guardrail]]
id = "quarter"
action = "escalate"
when = 'totals.quarter > money("1000.00")'
title = { en = "Quarter", fr = "Trimestre" }
message = { en = "{totals.quarter} this quarter.", fr = "{totals.quarter} ce trimestre." }
source = "Note 1"
from = 2026-01-01

[[exemption]]
guardrail = "quarter"
when = 'request.unit == "Stores"'
granted_by = "CFO"
reference = "Note 2"
`

const smallBase = `
[request]
sender = "a@dept.gc.ca"
unit = "Digital"

[line]
supplier = "Northern"
total = "60.00"
`

func smallTrials(t *testing.T, cases string) *Trials {
	t.Helper()
	p, err := build(context.Background(), "small.toml", "small.toml", []byte(small), nil)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := readTrials(context.Background(), p, "small.test.toml", []byte(smallBase+cases))
	if err != nil {
		t.Fatalf("the tests have mistakes:\n%v", err)
	}
	return trials
}

func TestHistoryCountsInItsWindow(t *testing.T) {
	tests := []struct{ name, history, findings string }{
		{"nothing", ``, ``},
		{"the same day", `{ date = 2026-11-18, total = "40.01" }`, `"month", "again"`},
		{"the first day of the window", `{ date = 2026-10-20, total = "40.01" }`, `"month", "again"`},
		{"the day before it", `{ date = 2026-10-19, total = "40.01" }`, ``},
		{"up to the limit", `{ date = 2026-11-01, total = "40.00" }`, `"again"`},
		{"another supplier", `{ date = 2026-11-01, supplier = "Southern", total = "90.00" }`, `"again"`},
		{"another requester", `{ date = 2026-11-01, sender = "b@dept.gc.ca", total = "40.01" }`, `"month"`},
		{"another currency", `{ date = 2026-11-01, currency = "USD", total = "90.00" }`, ``},
		{"a credit", `{ date = 2026-11-01, total = "-50.00" }, { date = 2026-11-02, total = "40.01" }`, `"month", "again"`},
		{"waiting", `{ date = 2026-11-01, total = "40.01", outcome = "escalated" }`, `"month", "again"`},
		{"withdrawn", `{ date = 2026-11-01, total = "40.01", outcome = "withdrawn" }`, ``},
		{"replaced", `{ date = 2026-11-01, total = "40.01", outcome = "superseded" }`, ``},
		{"the fiscal quarter's first day", `{ date = 2026-10-01, supplier = "Southern", total = "940.01" }`, `"quarter"`},
		{"the day before the quarter", `{ date = 2026-09-30, supplier = "Southern", total = "940.01" }`, ``},
		{"another unit", `{ date = 2026-10-01, supplier = "Southern", unit = "Stores", total = "940.01" }`, ``},
	}
	for _, tt := range tests {
		outcome := "approved"
		if strings.Contains(tt.findings, "month") || strings.Contains(tt.findings, "quarter") {
			outcome = "escalated"
		}
		trials := smallTrials(t, "[[case]]\nname = \"x\"\ndate = 2026-11-18\nhistory = ["+tt.history+"]\noutcome = \""+outcome+"\"\nfindings = ["+tt.findings+"]\n")
		for _, f := range trials.Run().Failures {
			t.Errorf("%s: %v", tt.name, f)
		}
	}
}

// Suppliers are the same by number or by name, and a line that shares both counts once.
func TestHistoryCountsASupplierOnce(t *testing.T) {
	trials := smallTrials(t, `
[[case]]
name = "x"
date = 2026-11-18
line = { supplier_id = "123456782" }
history = [
  { date = 2026-11-01, supplier_id = "123456782", total = "10.00" },
  { date = 2026-11-02, supplier_id = "123456782", supplier = "Other", total = "10.00" },
  { date = 2026-11-03, supplier_id = "", total = "10.00" },
]
outcome = "approved"
findings = ["again note"]
`)
	sum := trials.policy.trialFacts(&trials.cases[0])[0].Totals["month"]
	if sum.Amount.String() != "90" || sum.Count != 4 {
		t.Errorf("%s in %d lines, want 90 in 4", sum.Amount, sum.Count)
	}
	if want := []string{"row 12", "line of 2026-11-01", "line of 2026-11-02", "line of 2026-11-03"}; !slices.Equal(sum.Lines, want) {
		t.Errorf("lines %v, want %v", sum.Lines, want)
	}
	if f := trials.Run().Failures; len(f) > 0 {
		t.Error(f)
	}
}

func TestFailuresSayWhereAndWhat(t *testing.T) {
	report := smallTrials(t, `
[[case]]
name = "wrong outcome"
date = 2026-11-18
outcome = "escalated"

[[case]]
name = "wrong findings"
date = 2026-11-18
outcome = "escalated"
findings = ["month note"]
[[case.line]]
[[case.line]]
outcome = "approved"
`).Run()
	want := []string{
		`small.test.toml:13:11: case "wrong outcome": expected outcome escalated, got approved`,
		`small.test.toml:19:12: case "wrong findings": expected findings [month note], got [month escalate]`,
		`small.test.toml:22:11: case "wrong findings": expected outcome approved, got escalated`,
		`small.test.toml:19:12: case "wrong findings": expected findings [month note], got [month escalate]`,
	}
	if len(report.Failures) != len(want) {
		t.Fatalf("%d failures:\n%v", len(report.Failures), report.Failures)
	}
	for i, f := range report.Failures {
		if first, _, _ := strings.Cut(f.Error(), "\n"); first != want[i] {
			t.Errorf("says %s\nwant %s", first, want[i])
		}
	}
	if says := report.Failures[1].Error(); !strings.Contains(says, "month: $120.00 in 2.") {
		t.Errorf("does not give the finding's own words:\n%s", says)
	}
	if want := []string{"again", "quarter"}; !slices.Equal(report.Untripped, want) {
		t.Errorf("not tripped: %v, want %v", report.Untripped, want)
	}
}

// A guardrail that only asks for an empty field, or that an exemption saves, was tried or not as its own test says.
func TestCoverageCountsWhatWasTripped(t *testing.T) {
	report := smallTrials(t, `
[[case]]
name = "a supplier is missing"
date = 2026-11-18
line = { supplier = "" }
outcome = "returned"
findings = ["month return"]

[[case]]
name = "exempted"
date = 2026-11-18
request = { unit = "Stores" }
line = { supplier = "Southern" }
history = [{ date = 2026-10-01, total = "2000.00" }]
outcome = "approved"
findings = ["quarter escalate"]
`).Run()
	if len(report.Failures) > 0 {
		t.Error(report.Failures)
	}
	if want := []string{"month", "again"}; !slices.Equal(report.Untripped, want) {
		t.Errorf("not tripped: %v, want %v", report.Untripped, want)
	}
}

func TestMistakesInATestFile(t *testing.T) {
	p, err := build(context.Background(), "small.toml", "small.toml", []byte(small), nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ text, want string }{
		{``, `t:1:1: a test file needs at least one [[case]]`},
		{"[[case]]\n", `name is missing`},
		{"[[case]]\nname = \"x\"\ndate = 2026-11-18\n", `t:2:1: case "x": outcome is missing`},
		{"[[case]]\nname = \"x\"\ndate = \"2026-11-18\"\noutcome = \"approved\"\n", `t:3:8: case "x": date must be a date without quotes`},
		{"[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"declined\"\n", `t:4:11: case "x": outcome must be one of approved, escalated, returned, not "declined"`},
		{"[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\nfindings = [\"month refuse\"]\n", `t:5:13: case "x": "refuse" is not an action`},
		{"[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\nhistory = [{ date = 2026-11-19 }]\n", `t:5:21: case "x": a line of the history cannot be later`},
		{"[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\nhistory = [{ total = \"1.00\" }]\n", `case "x": date is missing`},
		{"[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\nline = { total = 1.5 }\n", `t:5:18: case "x": total must be text in quotes`},
		{"[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\nline = 5\n", `line must be a table`},
		{"[line]\noutcome = \"approved\"\n[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\n", `t:2:1: line: outcome belongs to a case`},
		{"[line]\nsuplier = \"X\"\n[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\n[[case]]\nname = \"y\"\ndate = 2026-11-18\noutcome = \"approved\"\n", `t:2:1: line: there is no field of the form "suplier"; did you mean "supplier"?`},
		{"[request]\nsendr = \"x\"\n[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"approved\"\n", `t:2:1: request: unknown key "sendr"; did you mean "sender"?`},
		{"[[case\n", `t:1:`},
	}
	for _, tt := range tests {
		_, err := readTrials(context.Background(), p, "t", []byte(tt.text))
		if err == nil {
			t.Errorf("taken without a word, want %s:\n%s", tt.want, tt.text)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("says\n%v\nwant %s", err, tt.want)
		}
	}
}

func FuzzTestFile(f *testing.F) {
	p, err := build(context.Background(), "small.toml", "small.toml", []byte(small), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(smallBase + "[[case]]\nname = \"x\"\ndate = 2026-11-18\nhistory = [{ date = 2026-11-18, total = \"5\" }]\noutcome = \"approved\"\n")
	f.Add("[[case]]\nline = [[]]\n[case.line]\n")
	f.Fuzz(func(t *testing.T, text string) {
		trials, err := readTrials(context.Background(), p, "t", []byte(text))
		if err == nil && trials.Run().Cases == 0 {
			t.Error("a file without cases was taken")
		}
	})
}
