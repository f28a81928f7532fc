package rules

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

const testHead = `name = "Test"
version = "1"
currency = "CAD"
holidays = "CA"
[authority]
name = "A"
title = "B"
reference = "C"
date = 2026-04-01
[approval]
means = { en = "m", fr = "m" }
next_step = { en = "{reference}", fr = "{reference}" }
[limits]
request = "10000.00"
[[total]]
name = "year"
by = ["supplier"]
days = 365
`

// rule is a [[guardrail]] with the usual words around it.
func rule(id, action, when string, more ...string) string {
	return "[[guardrail]]\nid = \"" + id + "\"\naction = \"" + action + "\"\nwhen = '''" + when + "'''\n" +
		"title = { en = \"t\", fr = \"t\" }\nmessage = { en = \"m\", fr = \"m\" }\nsource = \"s\"\n" + strings.Join(more, "\n") + "\n"
}

func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "policy.toml")
}

func policyOf(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Load(context.Background(), write(t, map[string]string{"policy.toml": text}))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func judgeOne(t testing.TB, p *Policy, changes map[string]string) request.Verdict {
	t.Helper()
	l := clean(t)
	for name, text := range changes {
		set(t, &l, name, text)
	}
	return p.Judge(facts(p, origin(), l))
}

// In CEL `error && false` is false and `error || true` is true. No error may hide in a policy.
func TestNoErrorHidesInAndOr(t *testing.T) {
	for _, when := range []string{
		`line.total > limits.request && given("total")`,
		`1 / (line.row - 12) == 1 && false`,
		`!(1 / (line.row - 12) == 1 || true)`,
		`[1, 2].exists(n, 1 / (line.row - 12) == n && n == 7)`,
		`!([1, 2].all(n, n == 1 || 1 / (line.row - 12) == 1))`,
		`line.title.matches("^x") && 10 % (line.row - 12) == 0 && false`,
		`false ? true : (1 / (line.row - 12) == 1 && false)`,
		`1 / (line.row - 12) == 1 ? false : false`,
		`[0, 1].exists_one(n, 1 / n == 7)`,
		`[0, 1].filter(n, 1 / n == 7).size() > 0`,
		`[0, 1].map(n, 1 / n).size() > 2`,
		`7 in [1 / (line.row - 12), 7] && false`,
		`1 / 0 == 1 && false`,
		`9223372036854775807 + line.row == 1 && false`,
	} {
		p := policyOf(t, testHead+rule("a", "note", when))
		changes := map[string]string{}
		if strings.Contains(when, `given("total")`) {
			changes = map[string]string{"total": "", "net": "", "tax": ""}
		}
		if strings.Contains(when, "matches") {
			changes["title"] = "xyz"
		}
		v := judgeOne(t, p, changes)
		if v.Outcome != request.Escalated || !slices.Equal(found(v), []string{"a escalate"}) {
			t.Errorf("%s: %s %v, want escalated", when, v.Outcome, found(v))
		}
		if len(v.NotEvaluated) != 1 || v.NotEvaluated[0].Guardrail != "a" || !strings.HasPrefix(v.NotEvaluated[0].Why, "error: ") {
			t.Errorf("%s: the operator is not told: %v", when, v.NotEvaluated)
		}
	}
}

func TestPresenceAskedFirstIsNoError(t *testing.T) {
	p := policyOf(t, testHead+rule("a", "escalate", `given("total") && line.total > limits.request`))
	if v := judgeOne(t, p, map[string]string{"total": ""}); v.Outcome != request.Approved {
		t.Errorf("an empty total that was asked for: %s %v", v.Outcome, v.NotEvaluated)
	}
}

func TestAnotherCurrencyEscalatesUnderOneFinding(t *testing.T) {
	p := policyOf(t, testHead+rule("a", "return", `line.total > limits.request`)+rule("b", "return", `totals.year > limits.request`)+
		rule("c", "note", `line.title != ""`))
	v := judgeOne(t, p, map[string]string{"currency": "EUR", "total": "99999"})
	if v.Outcome != request.Escalated || !slices.Equal(found(v), []string{"c note", "currency escalate"}) {
		t.Errorf("%s %v, want one built-in finding", v.Outcome, found(v))
	}
	if len(v.NotEvaluated) != 2 {
		t.Errorf("not evaluated: %v, want a and b", v.NotEvaluated)
	}
	if v := judgeOne(t, p, map[string]string{"currency": "CAD"}); slices.Contains(found(v), "currency escalate") {
		t.Errorf("the policy's own currency: %v", found(v))
	}
}

func TestAFieldWithAProblemIsNotJudgedTwice(t *testing.T) {
	p := policyOf(t, testHead+rule("a", "escalate", `line.total > limits.request`)+rule("b", "escalate", `!given("total")`))
	v := judgeOne(t, p, map[string]string{"total": "?not-a-number"})
	if v.Outcome != request.Returned || len(v.Findings) != 0 || len(v.NotEvaluated) != 2 {
		t.Errorf("%s %v, not evaluated %v; want returned by the cell's problem alone", v.Outcome, found(v), v.NotEvaluated)
	}
}

func TestExemptions(t *testing.T) {
	exempt := func(more string) string {
		return testHead + rule("a", "escalate", `line.total > money("100")`) +
			"[[exemption]]\nguardrail = \"a\"\ngranted_by = \"The board\"\nreference = \"note 7\"\n" + more
	}
	tests := []struct {
		name, more string
		want       request.Outcome
		by         string
	}{
		{"every line", "", request.Approved, "The board (note 7)"},
		{"where it holds", `when = 'line.payment == "acquisition card"'`, request.Approved, "The board (note 7)"},
		{"where it does not", `when = 'line.payment == "invoice"'`, request.Escalated, ""},
		{"one that fails does not exempt", `when = '1 / (line.row - 12) == 1 || true'`, request.Escalated, ""},
		{"one that lacks something does not exempt", `when = 'line.standing_offer != "x"'`, request.Escalated, ""},
		{"on its first day", `from = 2026-11-18`, request.Approved, "The board (note 7)"},
		{"not on its last", `until = 2026-11-18`, request.Escalated, ""},
		{"on the day before its last", `until = 2026-11-19`, request.Approved, "The board (note 7)"},
	}
	for _, tt := range tests {
		v := judgeOne(t, policyOf(t, exempt(tt.more)), nil)
		if v.Outcome != tt.want || len(v.Findings) != 1 || v.Findings[0].ExemptedBy != tt.by {
			t.Errorf("%s: %s, %+v", tt.name, v.Outcome, v.Findings)
		}
	}
}

func TestOverrides(t *testing.T) {
	text := func(overrides string) string {
		return testHead + overrides + rule("a", "escalate", `line.total > limits.request`)
	}
	unit := "[[limits_for]]\nwhen = 'request.unit == \"Digital Services\"'\nrequest = \"4000.00\"\n"
	tests := []struct {
		name, overrides string
		want            request.Outcome
	}{
		{"none", "", request.Approved},
		{"another unit", strings.ReplaceAll(unit, "Digital", "Other"), request.Approved},
		{"this unit", unit, request.Escalated},
		{"the first match counts", strings.ReplaceAll(unit, "4000", "5000") + unit, request.Approved},
		{"one that fails escalates", "[[limits_for]]\nwhen = '1 / (line.row - 12) == 1 || true'\nrequest = \"90000.00\"\n", request.Escalated},
		{"by date alone, on its first day", "[[limits_for]]\nfrom = 2026-11-18\nrequest = \"4000.00\"\n", request.Escalated},
		{"by date alone, not on its last", "[[limits_for]]\nuntil = 2026-11-18\nrequest = \"4000.00\"\n", request.Approved},
		{"one that lacks something returns", "[[limits_for]]\nwhen = 'line.gl_account == \"7\"'\nrequest = \"90000.00\"\n", request.Returned},
	}
	for _, tt := range tests {
		if v := judgeOne(t, policyOf(t, text(tt.overrides)), nil); v.Outcome != tt.want {
			t.Errorf("%s: %s, want %s (%v, %v)", tt.name, v.Outcome, tt.want, found(v), v.NotEvaluated)
		}
	}
}

func TestDatedLimitsAndGuardrails(t *testing.T) {
	text := strings.Replace(testHead, `request = "10000.00"`,
		`request = [ { amount = "3500.00", until = 2026-11-18 }, { amount = "10000.00", from = 2026-11-18, until = 2026-12-01 } ]`, 1) +
		rule("a", "escalate", `line.total > limits.request`) + rule("b", "note", `true`, "until = 2026-11-18")
	p := policyOf(t, text)
	for day, want := range map[int]request.Outcome{17: request.Escalated, 18: request.Approved, 31: request.Escalated} {
		o := origin()
		o.Received = request.Date{Year: 2026, Month: 11, Day: 1}.AddDays(day - 1)
		v := p.Judge(facts(p, o, clean(t)))
		if v.Outcome != want {
			t.Errorf("received on %s: %s, want %s (%v)", o.Received, v.Outcome, want, v.NotEvaluated)
		}
		if in := slices.Contains(found(v), "b note"); in != (day == 17) {
			t.Errorf("received on %s: b in force %v", o.Received, in)
		}
	}
}

func TestATotalThatIsMissingEscalates(t *testing.T) {
	p := policyOf(t, testHead+rule("a", "note", `totals.year > limits.request`))
	f := facts(p, origin(), clean(t))
	f.Totals = nil
	if v := p.Judge(f); v.Outcome != request.Escalated {
		t.Errorf("a total that was not added up: %s %v", v.Outcome, found(v))
	}
	if v := judgeOne(t, p, map[string]string{"supplier": ""}); v.Outcome != request.Returned {
		t.Errorf("a total without its supplier: %s %v", v.Outcome, found(v))
	}
	if v := judgeOne(t, p, map[string]string{"supplier": "", "supplier_id": "123456789"}); v.Outcome != request.Approved {
		t.Errorf("a total by business number: %s %v", v.Outcome, found(v))
	}
}

func TestNegativeAmountsCountZeroAndEscalate(t *testing.T) {
	p := policyOf(t, testHead+rule("a", "escalate", `totals.year > limits.request`))
	var lines []request.Line
	for i, total := range []string{"9000", "-5000", "4000"} {
		l := clean(t)
		l.Row = 12 + i
		set(t, &l, "total", total)
		lines = append(lines, l)
	}
	sums := p.WorkbookTotals(origin(), lines)
	for i, s := range sums {
		if got := s["year"]; !got.Amount.Equal(decimal.NewFromInt(13000)) || got.Count != 2 {
			t.Errorf("line %d: %s over %d lines, want 13000 over 2", i, got.Amount, got.Count)
		}
	}
	v := p.Judge(request.Facts{Line: lines[1], Request: origin(), Today: received, Totals: sums[1]})
	if v.Outcome != request.Escalated || !slices.Contains(found(v), "negative-amount escalate") {
		t.Errorf("a credit: %s %v", v.Outcome, found(v))
	}
}

func TestHelpers(t *testing.T) {
	l := `[[list]]
name = "ineligible"
as = "supplier"
near = 80
values = ["Contoso Consulting Ltd.", "Fabrikam"]
`
	for when, want := range map[string]bool{
		`working_days(date("2026-11-09"), date("2026-11-12")) == 2`:                                          true, // Remembrance Day
		`working_days(date("2026-11-09"), date("2026-11-12"), "CA-QC") == 3`:                                 true,
		`working_days(date("2026-11-12"), date("2026-11-09")) == -2`:                                         true,
		`holiday(date("2026-06-24"), "CA-QC") && !holiday(date("2026-06-24"))`:                               true,
		`holiday(date("2026-04-03")) && !holiday(date("2026-04-02"))`:                                        true, // Good Friday
		`fiscal_year(date("2026-03-31")) == 2025 && fiscal_quarter(date("2026-03-31")) == 4`:                 true,
		`fiscal_year(date("2026-04-01")) == 2026 && fiscal_quarter(date("2026-04-01")) == 1`:                 true,
		`date("2026-03-01") - date("2026-02-01") == 28 && date("2026-02-28") + 1 == date("2026-03-01")`:      true,
		`limits.request * "0.9" == money("9000") && line.quantity * line.unit_price == money("10.05")`:       true,
		`-line.total < 0 && abs(-line.total) == line.total && line.total + line.tax > line.total - line.tax`: true,
		`similarity("Repair of the date pickers", "date picker repairs") >= 80`:                              true,
		`similarity("Repair of the date picker", "Office chairs") == 0`:                                      true,
		`same_supplier("Nörthern Software Inc.", line.supplier)`:                                             true,
		`listed("ineligible", "CONTOSO CONSULTING, LIMITED")`:                                                true,
		`listed("ineligible", "Contosso Consulting")`:                                                        false,
		`nearly_listed("ineligible", "Contosso Consulting Inc")`:                                             true,
		`nearly_listed("ineligible", "Consulting Group")`:                                                    false,
		`multiple_of(money("4500.00"), "100") && !multiple_of(money("4500.50"), "100")`:                      true,
		`line.extra["Grant no."] == "G-7" && line.extra["grant NO"] == "G-7"`:                                true,
		`given("extra.Grant no.") && !given("extra.Other")`:                                                  true,
		`weekend(date("2026-11-21")) && !weekend(received)`:                                                  true,
		`line.supplier in ["a", "b"]`:                                                                        false,
	} {
		p := policyOf(t, testHead+l+rule("a", "note", when))
		line := clean(t)
		set(t, &line, "quantity", "3")
		set(t, &line, "unit_price", "3.35")
		line.Extra = map[string]string{"Grant No.": "G-7"}
		v := p.Judge(facts(p, origin(), line))
		if len(v.NotEvaluated) != 0 {
			t.Errorf("%s: %v", when, v.NotEvaluated)
		} else if tripped := len(v.Findings) == 1; tripped != want {
			t.Errorf("%s: %v, want %v", when, tripped, want)
		}
	}
}

func TestABundleRebuildsThePolicy(t *testing.T) {
	dir := write(t, map[string]string{"policy.toml": testHead + "[[list]]\nname = \"ineligible\"\nfile = \"list.csv\"\ncolumn = \"Name\"\nas = \"supplier\"\n" +
		rule("a", "escalate", `listed("ineligible", line.supplier)`), "list.csv": "\ufeffId;Name\n1;Northern Software\n"})
	p, err := Load(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "list.csv"), []byte("Id;Name\n1;Others\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed, err := Load(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Unbundle(p.Bundle())
	if err != nil {
		t.Fatal(err)
	}
	if again.Hash() != p.Hash() || changed.Hash() == p.Hash() {
		t.Errorf("hashes: first %s, rebuilt %s, list changed %s", p.Hash(), again.Hash(), changed.Hash())
	}
	for name, want := range map[*Policy]request.Outcome{p: request.Escalated, again: request.Escalated, changed: request.Approved} {
		if v := judgeOne(t, name, nil); v.Outcome != want {
			t.Errorf("%s: %s, want %s", name.Hash(), v.Outcome, want)
		}
	}
	other := []byte(strings.Replace(string(changed.Bundle()), helpersVersion, "handrail-helpers/0", 1))
	if _, err := Unbundle(other); !errors.Is(err, ErrOtherHelpers) {
		t.Errorf("a bundle of other helpers was rebuilt as if nothing were: %v", err)
	}
	unread := []byte(strings.Replace(string(other), "version", "no-version", 1))
	if _, err := ReadBundle(unread); !errors.As(err, &Mistakes{}) {
		t.Fatalf("the text with a mistake reads as if it had none: %v", err)
	}
	if _, err := Unbundle(unread); !errors.Is(err, ErrOtherHelpers) {
		t.Errorf("a bundle of other helpers whose text this program cannot read: %v", err)
	}
	read, err := ReadBundle(other)
	if err != nil {
		t.Fatal(err)
	}
	if read.Name() != changed.Name() || len(read.Mark().Guardrails) != len(changed.Mark().Guardrails) || read.Hash() == changed.Hash() {
		t.Errorf("a policy of other helpers reads as %+v", read.Mark())
	}
	if v := judgeOne(t, read, nil); v.Outcome != request.Escalated {
		t.Errorf("a policy of other helpers judges: %s", v.Outcome)
	}
}

func TestExplainTellsWhatWasRead(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	f := facts(p, origin(), clean(t))
	earlier(&f, "supplier", "9000", 2)
	all := p.Explain(f)
	i := slices.IndexFunc(all, func(e Evaluation) bool { return e.Guardrail == "split-supplier" })
	if i < 0 || all[i].State != Tripped || all[i].Finding == nil {
		t.Fatalf("split-supplier: %+v", all)
	}
	var said []string
	for _, v := range all[i].Values {
		said = append(said, v.Name+" = "+v.Value.EN)
	}
	for _, want := range []string{`given("total") = yes`, "totals.supplier = $13,520.00", "limits.request = $10,000.00"} {
		if slices.Contains(said, want) {
			continue
		}
		t.Errorf("values %v lack %s", said, want)
	}
	if len(all) != len(p.guardrails) {
		t.Errorf("%d evaluations of %d guardrails", len(all), len(p.guardrails))
	}
}
