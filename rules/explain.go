package rules

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// Evaluation is how one guardrail came out on one line, with what it looked at.
type Evaluation struct {
	Guardrail  string
	Title      request.Text
	State      State
	Expression string
	Source     request.Text // the same in both languages where it has one
	Totals     []string     // that it reads, by name
	// Values are the variables that the expression reads, in the order of its text, each as an officer would write it.
	Values []ValueRead
	// Finding is there when the guardrail was tripped, lacked something or failed.
	Finding *request.Finding
	// Why says for the operator why it was not evaluated.
	Why string
}

// ValueRead is a variable, what a reader calls it, and what it was on the line, in both languages; Lines are the lines that a
// total added up.
type ValueRead struct {
	Name  string
	Words request.Text
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
		x := Evaluation{Guardrail: g.id, Title: g.title, State: NotInForce, Expression: g.when.text, Source: g.source, Totals: p.TotalsRead(g.id)}
		if g.inForce(e.on) {
			r := e.judge(g)
			x.State, x.Finding, x.Why = r.state, r.finding, r.why
			for _, s := range g.when.reads.sources {
				x.Values = append(x.Values, e.valueRead(s))
			}
		}
		all = append(all, x)
	}
	for _, f := range e.builtIn(nil) {
		all = append(all, Evaluation{Guardrail: f.Guardrail, Title: f.Title, State: Tripped, Source: request.Text{EN: f.Source, FR: f.SourceIn(request.French)}, Finding: &f})
	}
	return all
}

func (e *evaluation) valueRead(s source) ValueRead {
	v := ValueRead{Name: e.policy.sourceName(s), Words: e.policy.sourceWords(s)}
	switch s.kind {
	case givenSource:
		if e.isGiven(s) {
			v.Value = request.Text{EN: "yes", FR: "oui"}
		} else {
			v.Value = request.Text{EN: "no", FR: "non"}
		}
	case saysSource:
		v.Value = request.Text{EN: "no", FR: "non"}
		if e.says(s) {
			v.Value = request.Text{EN: "yes", FR: "oui"}
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
	if s.kind == totalSource || s.kind == countSource || s.kind == distinctSource {
		v.Lines = slices.Clone(e.facts.Totals[e.policy.totals[s.index].Name].Lines)
	}
	return v
}

// TotalsRead are the names of the totals that a guardrail reads, in the order of its text; none for an id that the policy does not have.
func (p *Policy) TotalsRead(id string) (names []string) {
	i := slices.IndexFunc(p.guardrails, func(g *guardrail) bool { return g.id == id })
	if i < 0 {
		return nil
	}
	add := func(x *expression) {
		for _, t := range x.reads.totals {
			if name := p.totals[t].Name; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	add(p.guardrails[i].when)
	for _, v := range p.guardrails[i].variants {
		add(v.when)
	}
	return names
}

// sourceWords is what a reader calls a source.
func (p *Policy) sourceWords(s source) request.Text {
	named := func(en, fr, name string) request.Text { return request.Text{EN: en + " " + name, FR: fr + " " + name} }
	switch s.kind {
	case fieldSource:
		return p.words.Info(s.field).Label
	case extraSource:
		return same(s.header)
	case originSource:
		return p.labelOf(s.origin)
	case rowSource:
		return request.Text{EN: "Row", FR: "Rangée"}
	case languageSource:
		return request.Text{EN: "Language", FR: "Langue"}
	case receivedSource:
		return request.Text{EN: "Received", FR: "Reçue le"}
	case todaySource:
		return request.Text{EN: "Judged", FR: "Examinée le"}
	case domainsSource:
		return request.Text{EN: "The department’s domains", FR: "Domaines du ministère"}
	case totalSource:
		return named("sum", "somme", p.totals[s.index].Name)
	case countSource:
		return named("lines of", "lignes de", p.totals[s.index].Name)
	case distinctSource:
		return named("different values of", "valeurs différentes de", p.totals[s.index].Name)
	case limitSource:
		return named("limit", "limite", p.limits[s.index].name)
	case givenSource, saysSource, problemSource:
		about := request.Text{}
		switch {
		case s.header != "":
			about = same(s.header)
		case s.origin != noOrigin:
			about = p.labelOf(s.origin)
		default:
			about = p.words.Info(s.field).Label
		}
		switch s.kind {
		case saysSource:
			return request.Text{EN: about.EN + " says something", FR: about.FR + " dit quelque chose"}
		case problemSource:
			return request.Text{EN: "Problem of " + about.EN, FR: "Problème\u00a0: " + about.FR}
		}
		return request.Text{EN: about.EN + " filled in", FR: about.FR + " (cellule remplie)"}
	case budgetGivenSource:
		return request.Text{EN: "Budget known", FR: "Budget connu"}
	case priceSource, budgetSource:
		return readWords(p.sourceName(s))
	}
	return same(p.sourceName(s))
}

// readWords are the reference's words of what a condition can read, without their full stop and what follows it.
func readWords(name string) request.Text {
	short := func(text string) string {
		text, _, _ = strings.Cut(text, ";")
		return strings.TrimSuffix(text, ".")
	}
	for _, x := range readableWords {
		if x.name == name {
			return request.Text{EN: short(x.words.EN), FR: short(x.words.FR)}
		}
	}
	return same(name)
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
	case distinctSource:
		return "distinct." + p.totals[s.index].Name
	case addedSource:
		return "added." + p.totals[s.index].Name
	case limitSource:
		return "limits." + p.limits[s.index].name
	case priceSource:
		return priceParts[s.index].name
	case saysSource:
		return `says(` + strings.TrimPrefix(p.sourceName(source{kind: givenSource, field: s.field, header: s.header}), `given(`)
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
