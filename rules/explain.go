package rules

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// Evaluation is how one guardrail came out on one line, with what it looked at.
type Evaluation struct {
	Guardrail  string
	State      State
	Expression string
	Source     string
	// Values are the variables that the expression reads, in the order of its text, each as an officer would write it.
	Values []ValueRead
	// Finding is there when the guardrail was tripped, lacked something or failed.
	Finding *request.Finding
	// Why says for the operator why it was not evaluated.
	Why string
}

// ValueRead is a variable and what it was on the line, in both languages; Lines are the lines that a total added up.
type ValueRead struct {
	Name  string
	Value request.Text
	Lines []string
}

// Explain evaluates every guardrail of the policy on a line, also those that are not in force on its date, and tells how
// each came out. The built-in findings come last, where they apply.
func (p *Policy) Explain(f request.Facts) []Evaluation {
	e := p.begin(&f)
	defer e.end()
	var all []Evaluation
	for _, g := range p.guardrails {
		x := Evaluation{Guardrail: g.id, State: NotInForce, Expression: g.when.text, Source: g.source.EN}
		if g.covers(e.on) {
			r := e.judge(g)
			x.State, x.Finding, x.Why = r.state, r.finding, r.why
			for _, s := range g.when.reads.sources {
				x.Values = append(x.Values, e.valueRead(s))
			}
		}
		all = append(all, x)
	}
	for _, f := range e.builtIn(nil) {
		all = append(all, Evaluation{Guardrail: f.Guardrail, State: Tripped, Source: f.Source, Finding: &f})
	}
	return all
}

func (e *evaluation) valueRead(s source) ValueRead {
	v := ValueRead{Name: e.policy.sourceName(s)}
	switch s.kind {
	case givenSource:
		if e.isGiven(s) {
			v.Value = request.Text{EN: "yes", FR: "oui"}
		} else {
			v.Value = request.Text{EN: "no", FR: "non"}
		}
	case budgetGivenSource:
		v.Value = request.Text{EN: "no", FR: "non"}
		if e.facts.Budget != nil {
			v.Value = request.Text{EN: "yes", FR: "oui"}
		}
	case problemSource:
		code := e.problem(s.field)
		v.Value = request.Text{EN: code, FR: code}
	case domainsSource:
		domains := strings.Join(e.facts.OwnDomains, ", ")
		v.Value = request.Text{EN: domains, FR: domains}
	default:
		v.Value = request.Text{EN: e.say(s, request.English), FR: e.say(s, request.French)}
	}
	if s.kind == totalSource || s.kind == countSource {
		v.Lines = slices.Clone(e.facts.Totals[e.policy.totals[s.index].Name].Lines)
	}
	return v
}

// sourceName is how an expression spells a source.
func (p *Policy) sourceName(s source) string {
	switch s.kind {
	case fieldSource:
		return "line." + s.field.String()
	case extraSource:
		return `line.extra["` + s.header + `"]`
	case rowSource:
		return "line.row"
	case originSource:
		return s.origin.name()
	case languageSource:
		return "request.language"
	case receivedSource:
		return "received"
	case todaySource:
		return "today"
	case domainsSource:
		return "department.domains"
	case totalSource:
		return "totals." + p.totals[s.index].Name
	case countSource:
		return "counts." + p.totals[s.index].Name
	case limitSource:
		return "limits." + p.limits[s.index].name
	case budgetSource:
		return budgetParts[s.index].name
	case budgetGivenSource:
		return `given("` + budgetName + `")`
	case problemSource:
		return `problem("` + s.field.String() + `")`
	}
	switch {
	case s.header != "":
		return `given("` + request.ByExtra + s.header + `")`
	case s.origin != noOrigin:
		return `given("` + s.origin.name() + `")`
	}
	return `given("` + s.field.String() + `")`
}

func (o originPart) name() string {
	for name, part := range originNames {
		if part == o {
			return name
		}
	}
	return ""
}

// SayField writes what a line says in a field for a reader, as messages do; "" where it says nothing.
func (p *Policy) SayField(f *request.Facts, field request.Field, l request.Lang) string {
	if v := &f.Line.Values[field]; !v.Given || v.Faulty {
		return oneLine(v.Text)
	}
	e := p.begin(f)
	defer e.end()
	return e.sayField(field, l)
}
