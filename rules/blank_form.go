package rules

import (
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// What the blank form asks a policy, so that most mistakes die before mailing.

// Limit is the amount of a limit on a day, overrides left out; zero when there is none of that name.
func (p *Policy) Limit(name string, on request.Date) decimal.Decimal {
	for _, l := range p.limits {
		if l.name != name {
			continue
		}
		for _, a := range l.amounts {
			if a.covers(on) {
				return a.amount
			}
		}
	}
	return decimal.Zero
}

// Attestation is the statement that the policy lets a form make once for all lines; zero without one.
func (p *Policy) Attestation() request.Attestation { return p.attestation }

// Asks are what the guardrails in force on a day ask a requester for: fields in the form's order, then the policy's own columns
// in the order of its text, then what stands above the table. What is only read, such as the currency, is in Needs.
func (p *Policy) Asks(on request.Date) []request.FormAsk {
	a := &asks{policy: p, on: on}
	for _, r := range a.inForce() {
		a.needed(r)
	}
	for _, g := range p.guardrails {
		if g.inForce(on) && g.when != nil {
			a.without(g)
		}
	}
	for i := range a.list { // what always stands in a line is no condition
		ask := &a.list[i]
		cases := ask.Cases[:0]
		for _, c := range ask.Cases {
			if c.When = a.settled(c.When); c.When.Kind != request.FalseCondition {
				cases = append(cases, c)
			}
		}
		ask.Cases = cases
	}
	slices.SortStableFunc(a.list, func(x, y request.FormAsk) int { return placeOf(x) - placeOf(y) })
	return a.list
}

// placeOf puts fields first.
func placeOf(a request.FormAsk) int {
	switch {
	case a.Field != request.NoField:
		return int(a.Field)
	case a.Header != "":
		return int(request.NumFields)
	}
	return int(request.NumFields) + 1
}

// asks collects what a policy asks for on a day.
type asks struct {
	policy *Policy
	on     request.Date
	list   []request.FormAsk
}

// inForce are the reads of the guardrails of the day, and of what decides over the limits that they read.
func (a *asks) inForce() []*reads {
	var all []*reads
	limits := map[int]bool{}
	for _, g := range a.policy.guardrails {
		if !g.inForce(a.on) || g.when == nil {
			continue
		}
		all = append(all, &g.when.reads)
		for i := range g.variants {
			if v := g.variants[i].when; v != nil {
				all = append(all, &v.reads)
			}
		}
		for _, i := range g.when.reads.limits {
			limits[i] = true
		}
	}
	for i := range a.policy.overrides {
		o := &a.policy.overrides[i]
		if o.when == nil || !o.covers(a.on) {
			continue
		}
		for at := range o.amounts {
			if limits[at] {
				all = append(all, &o.when.reads)
				break
			}
		}
	}
	return all
}

// needed notes what an expression cannot do without, and the columns that it looks at.
func (a *asks) needed(r *reads) {
	for _, f := range r.needed.fields() {
		a.ask(source{kind: givenSource, field: f}).Always = true
	}
	if r.supplier {
		a.ask(source{kind: givenSource, field: request.Supplier}).Always = true
	}
	if r.need {
		a.ask(source{kind: givenSource, field: request.Description}).Always = true
	}
	for _, h := range r.extra {
		a.ask(source{kind: givenSource, header: h}).Always = true
	}
	for part := unitPart; part < senderPart; part <<= 1 {
		if r.neededOrigin&part != 0 {
			a.ask(source{kind: givenSource, origin: part}).Always = true
		}
	}
	if r.requester {
		a.ask(source{kind: givenSource, origin: emailPart}).Always = true
	}
	for _, s := range r.sources {
		if s.header != "" {
			a.ask(source{kind: givenSource, header: s.header})
		}
	}
}

// without notes what a guardrail finds only while something is empty.
func (a *asks) without(g *guardrail) {
	for _, c := range g.when.empty {
		ask, soft := a.ask(c.of), g.action == request.Note
		if c.when.Kind == request.TrueCondition && !soft {
			ask.Always = true
			continue
		}
		ask.Cases = append(ask.Cases, request.AskCase{Title: g.title, Soft: soft, When: a.priced(c.when)})
	}
}

// ask is the entry of one thing, made where there is none.
func (a *asks) ask(s source) *request.FormAsk {
	wanted := request.FormAsk{Field: s.field, Header: s.header}
	switch s.origin {
	case unitPart:
		wanted.Origin = "branch"
	case namePart:
		wanted.Origin = "requester"
	case emailPart:
		wanted.Origin = "email"
	}
	for i := range a.list {
		had := &a.list[i]
		if had.Field == wanted.Field && had.Origin == wanted.Origin && request.CompareForm(had.Header) == request.CompareForm(wanted.Header) {
			return had
		}
	}
	a.list = append(a.list, wanted)
	return &a.list[len(a.list)-1]
}

// priced puts the day's amounts into a condition. A limit that is none on that day makes it unknown.
func (a *asks) priced(c request.Condition) request.Condition {
	if c.Kind == request.ComparesWith && c.Limit != "" {
		if c.Amount = a.policy.Limit(c.Limit, a.on); c.Amount.IsZero() {
			return request.Condition{}
		}
	}
	c.Parts = slices.Clone(c.Parts)
	for i := range c.Parts {
		c.Parts[i] = a.priced(c.Parts[i])
	}
	return c
}

// settled takes out of a condition what is known of fields that every line fills in.
func (a *asks) settled(c request.Condition) request.Condition {
	switch c.Kind {
	case request.IsGiven, request.IsEmpty:
		if slices.ContainsFunc(a.list, func(x request.FormAsk) bool { return x.Always && x.Field == c.Field }) {
			return constant(c.Kind == request.IsGiven)
		}
	case request.AllOf, request.AnyOf:
		parts := make([]request.Condition, len(c.Parts))
		for i := range parts {
			parts[i] = a.settled(c.Parts[i])
		}
		if c.Kind == request.AllOf {
			return allOf(parts...)
		}
		return anyOf(parts...)
	}
	return c
}
