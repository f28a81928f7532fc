package rules

import (
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

// Required are the fields without which a guardrail in force on a day returns a line, in the form's order.
func (p *Policy) Required(on request.Date) []request.Field {
	var set fieldSet
	for _, g := range p.guardrails {
		if g.covers(on) && g.when != nil {
			set |= g.when.reads.needed
		}
	}
	return set.fields()
}
