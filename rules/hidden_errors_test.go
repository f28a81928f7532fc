package rules

import (
	"context"
	"slices"
	"strings"
	"testing"

	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"handrail/internal/request"
)

// The ways around a condition in which an error could hide: each with the guardrail, what the line lacks, and what must
// become of it. A tripped guardrail "a" escalates; only its own condition being false approves.
func TestNoErrorHidesAroundACondition(t *testing.T) {
	const trips = `line.total > money("100")`
	variant := func(when string) string { return "variant = [{ when = '" + when + "', action = \"note\" }]" }
	exempt := func(when string) string {
		return "[[exemption]]\nguardrail = \"a\"\nwhen = '" + when + "'\ngranted_by = \"x\"\nreference = \"y\"\n"
	}
	override := func(when string) string {
		return "[[limits_for]]\nwhen = '" + when + "'\nrequest = \"90000.00\"\n"
	}
	limited := func(when string) string { return override(when) + rule("a", "escalate", `limits.request < money("5")`) }
	for _, tt := range []struct {
		name, text string
		changes    map[string]string
		want       request.Outcome
		findings   string
	}{
		{"a milder variant that holds", rule("a", "escalate", trips, variant(`line.total < money("5000")`)), nil, request.Approved, "a note"},
		{"a milder variant that fails", rule("a", "escalate", trips, variant("1 / (line.row - 12) == 1")), nil, request.Escalated, "a escalate"},
		{"a milder variant that lacks a field", rule("a", "escalate", trips, variant(`line.gl_account != "7"`)), nil, request.Escalated, "a escalate"},
		{"a milder variant over a bad cell", rule("a", "escalate", trips, variant(`line.quantity < 3`)), map[string]string{"quantity": "?range"}, request.Returned, "a escalate"},
		{"an exemption over a bad cell", rule("a", "escalate", trips) + exempt(`line.quantity < 3`), map[string]string{"quantity": "?range"}, request.Returned, "a escalate"},
		{"an exemption in another currency", rule("a", "escalate", `line.title != ""`) + exempt(`line.total < money("5000")`), map[string]string{"currency": "EUR"},
			request.Escalated, "a escalate, currency escalate"},
		{"an override over a bad cell", limited(`line.quantity < 3`), map[string]string{"quantity": "?range"}, request.Returned, ""},
		{"an override in another currency", limited(`line.total < money("5000")`), map[string]string{"currency": "EUR"}, request.Escalated, "a escalate, currency escalate"},
		{"an override without its unit", limited(`request.unit == "A"`), map[string]string{"unit": ""}, request.Returned, "a return"},
		{"a condition without its unit", rule("a", "escalate", `request.unit == "A"`), map[string]string{"unit": ""}, request.Returned, "a return"},
		{"a condition without a column of the form's own", rule("a", "escalate", `line.extra["Grant"] == "G"`), nil, request.Returned, "a return"},
		{"a condition over a day that is empty", rule("a", "escalate", `line.needed_by < today`), nil, request.Returned, "a return"},
		{"a condition over a day that is absurd", rule("a", "escalate", `line.needed_by - today < 5`), map[string]string{"needed_by": "1899-12-30"}, request.Escalated, "a escalate"},
		{"a message about what is empty", strings.Replace(rule("a", "escalate", trips), `en = "m"`, `en = "{line.gl_account} {line.needed_by}"`, 1), nil, request.Escalated, "a escalate"},
		{"a currency that could not be read", rule("a", "escalate", trips), map[string]string{"currency": "?unknown"}, request.Returned, ""},
		{"a currency that nobody has", rule("a", "note", trips), map[string]string{"currency": "XQX"}, request.Escalated, "currency escalate"},
		{"an amount of nothing", rule("a", "note", trips), map[string]string{"total": "0", "net": "0", "tax": "0"}, request.Approved, ""},
	} {
		p := policyOf(t, testHead+tt.text)
		o := origin()
		if _, nowhere := tt.changes["unit"]; nowhere {
			o.Unit = ""
		}
		l := clean(t)
		for name, text := range tt.changes {
			if name != "unit" {
				set(t, &l, name, text)
			}
		}
		v := p.Judge(facts(p, o, l))
		if v.Outcome != tt.want || strings.Join(found(v), ", ") != tt.findings {
			t.Errorf("%s: %s [%s], want %s [%s] (%v)", tt.name, v.Outcome, strings.Join(found(v), ", "), tt.want, tt.findings, v.NotEvaluated)
		}
	}
}

// panics is a helper with a defect.
type panics struct{ interpreter.InterpretableV2 }

func (panics) Exec(*interpreter.ExecutionFrame) ref.Val { panic("a defect") }

// says is a condition that answers with something else than true or false.
type says struct {
	interpreter.InterpretableV2
	value ref.Val
}

func (s says) Exec(*interpreter.ExecutionFrame) ref.Val { return s.value }

// A defect of ours in one guardrail escalates the line, is told to the operator, and leaves the other guardrails their say.
func TestADefectInAHelperEscalates(t *testing.T) {
	for name, broken := range map[string]interpreter.InterpretableV2{"panic": panics{}, "nothing": says{}, "not a condition": says{value: &amount{}}} {
		p := policyOf(t, testHead+rule("a", "note", `line.total > money("100")`)+rule("b", "note", `line.total > money("100")`))
		p.guardrails[0].when.program = broken
		v := judgeOne(t, p, nil)
		if v.Outcome != request.Escalated || !slices.Equal(found(v), []string{"a escalate", "b note"}) {
			t.Errorf("%s: %s %v", name, v.Outcome, found(v))
		}
		if len(v.NotEvaluated) != 1 || v.NotEvaluated[0].Guardrail != "a" || !strings.HasPrefix(v.NotEvaluated[0].Why, FailedWhy) {
			t.Errorf("%s: the operator is not told: %v", name, v.NotEvaluated)
		}
	}
}

// The day judged belongs to the facts: without it nothing that asks for it passes.
func TestADayThatIsNotKnownEscalates(t *testing.T) {
	p := policyOf(t, testHead+rule("a", "note", `today < date("2000-01-01")`))
	f := facts(p, origin(), clean(t))
	f.Today = request.Date{}
	if v := p.Judge(f); v.Outcome != request.Escalated || !slices.Equal(found(v), []string{"a escalate"}) {
		t.Errorf("%s %v", v.Outcome, found(v))
	}
}

// What could never trip, or could be walked around, is refused when the policy is loaded.
func TestAPolicyThatCouldNotTripIsRefused(t *testing.T) {
	always := rule("a", "escalate", "true")
	for _, tt := range []struct{ name, text, want string }{
		{"an exemption from a built-in finding", always + "[[exemption]]\nguardrail = \"currency\"\ngranted_by = \"x\"\nreference = \"y\"\n", `there is no guardrail "currency"`},
		{"a list whose file is empty", "[[list]]\nname = \"x\"\nfile = \"empty.csv\"\n" + always, `empty.csv: it is empty`},
		{"a list whose column is gone", "[[list]]\nname = \"x\"\nfile = \"list.csv\"\ncolumn = \"Supplier\"\n" + always, `has no column "Supplier"`},
		{"a span of no day", rule("a", "escalate", "true", "from = 2026-05-01\nuntil = 2026-05-01"), "it is never in force"},
		{"an override of no limit", "[[limits_for]]\nwhen = 'request.unit == \"A\"'\n" + always, "it changes no limit"},
		{"an override with a condition over limits", "[[limits_for]]\nwhen = 'limits.request > money(\"1\")'\nrequest = \"5.00\"\n" + always, "cannot read them"},
	} {
		path := write(t, map[string]string{"policy.toml": testHead + tt.text, "empty.csv": "\n", "list.csv": "Name\nContoso\n"})
		_, err := Load(context.Background(), path)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
