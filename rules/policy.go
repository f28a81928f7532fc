package rules

import (
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Policy is a policy file that was read, checked whole and made ready to judge. It does not change and may be used by
// several goroutines at once.
type Policy struct {
	name, version, currency string
	authority               request.Authority
	means, nextStep         request.Text
	fiscalStart             time.Month
	confirms                bool   // the section 32 manager must confirm by mail
	region                  string // whose holidays count where an expression names no region
	aliases                 map[string]string

	limits     []limit
	overrides  []override
	totals     []request.TotalSpec
	lists      map[string]*list
	guardrails []*guardrail
	needs      []request.Field

	calendar *calendar
	licences licences
	slots    []source // what evaluations keep, by place
	states   sync.Pool

	file   string
	hash   string
	bundle []byte
	// onlyRead: other helpers judged by it, so that no verdict of this program would be its own.
	onlyRead bool
}

// span is a half-open range of days; a zero end is open.
type span struct{ from, until request.Date }

func (s span) covers(d request.Date) bool {
	return (s.from.IsZero() || !d.Before(s.from)) && (s.until.IsZero() || d.Before(s.until))
}

// limit is a named amount, or several with their days.
type limit struct {
	name    string
	amounts []datedAmount
}

type datedAmount struct {
	span
	amount decimal.Decimal
}

// override is a [[limits_for]]: other amounts for a part of the house, or for some days.
type override struct {
	span
	when    *expression // nil: for everybody
	amounts map[int]decimal.Decimal
	place   string // "limits_for 2", for messages to the operator
}

// guardrail is one rule.
type guardrail struct {
	span
	id         string
	action     request.Action
	when       *expression
	fields     []request.Field
	title      request.Text
	message    template
	officer    *template // what an officer reads instead; nil: the message
	source     request.Text
	variants   []variant
	exemptions []exemption
	reasoned   bool // an officer's approval must say why
}

// sourceFR is the source in French, "" where the text has one source for both languages.
func (g *guardrail) sourceFR() string {
	if g.source.FR == g.source.EN {
		return ""
	}
	return g.source.FR
}

// officerText is what officers read, empty where it is the message.
func (g *guardrail) officerText() request.Text {
	if g.officer == nil {
		return request.Text{}
	}
	return g.officer.text
}

// variant is another action, and perhaps another message, of a guardrail in some cases.
type variant struct {
	when             *expression
	action           request.Action
	message, officer *template
}

// exemption takes lines off a guardrail, by name and for some days.
type exemption struct {
	span
	when                 *expression // nil: every line
	grantedBy, reference string
}

// String is what is printed on the lines that an exemption saves.
func (x *exemption) String() string {
	if x.reference == "" {
		return x.grantedBy
	}
	return x.grantedBy + " (" + x.reference + ")"
}

// Name is the policy's own name.
func (p *Policy) Name() string { return p.name }

// Version is the policy's own version.
func (p *Policy) Version() string { return p.version }

// Hash is "sha256:…" over everything that judging depends on: the text, the lists, the holidays, the licences and the
// version of the helpers.
func (p *Policy) Hash() string { return p.hash }

// Bundle is everything that Hash covers, enough to rebuild the policy with Unbundle. The caller must not change it.
func (p *Policy) Bundle() []byte { return p.bundle }

// NeedsReason reports whether an officer who approves a line with a finding of this guardrail must say why.
func (p *Policy) NeedsReason(id string) bool {
	return slices.ContainsFunc(p.guardrails, func(g *guardrail) bool { return g.id == id && g.reasoned })
}

// ConfirmsSection32 reports whether the section 32 manager whom a line names must confirm by mail before the line counts
// as approved.
func (p *Policy) ConfirmsSection32() bool { return p.confirms }

// Currency is the currency of all the policy's amounts, ISO 4217.
func (p *Policy) Currency() string { return p.currency }

// TotalSpecs are the totals the policy asks for, in the order of its text. The facts of a line must hold a sum for each
// of them, zero where nothing was found, except where the line leaves empty what lines must have in common.
func (p *Policy) TotalSpecs() []request.TotalSpec { return p.totals }

// FiscalStart is the month in which the policy's fiscal year begins, for TotalSpec.Window.
func (p *Policy) FiscalStart() time.Month { return p.fiscalStart }

// Needs are the fields that a guardrail, an override, an exemption or a total reads, in the form's order.
func (p *Policy) Needs() []request.Field { return p.needs }

// Mark identifies the policy in mails and workbooks. Its guardrails are those of the text, then the built-in ones.
func (p *Policy) Mark() request.PolicyMark {
	m := request.PolicyMark{Name: p.name, Version: p.version, Hash: p.hash, Currency: p.currency, Authority: p.authority,
		Means: p.means, NextStep: p.nextStep}
	for _, g := range p.guardrails {
		m.Guardrails = append(m.Guardrails, request.GuardrailMark{ID: g.id, Action: g.action, Title: g.title, Source: g.source})
	}
	for _, b := range builtIns {
		m.Guardrails = append(m.Guardrails, request.GuardrailMark{ID: b.id, Action: request.Escalate, Title: b.title, Source: request.Text{EN: builtInSource, FR: builtInSourceFR}})
	}
	return m
}

// allReads are the reads of every expression of the policy.
func (p *Policy) allReads() []*reads {
	var all []*reads
	add := func(x *expression) {
		if x != nil {
			all = append(all, &x.reads)
		}
	}
	for i := range p.overrides {
		add(p.overrides[i].when)
	}
	for _, g := range p.guardrails {
		add(g.when)
		for i := range g.variants {
			add(g.variants[i].when)
		}
		for i := range g.exemptions {
			add(g.exemptions[i].when)
		}
	}
	return all
}

// findNeeds lists the fields for Needs: what expressions read, what totals add up by, and the currency where there is
// money.
func (p *Policy) findNeeds() {
	var set fieldSet
	for _, r := range p.allReads() {
		set |= r.fields
	}
	for _, t := range p.totals {
		set |= setOf(request.Total)
		for _, by := range t.By {
			set |= setOf(request.ByFields(by)...)
		}
	}
	if set&moneyFields != 0 {
		set |= setOf(request.Currency)
	}
	p.needs = set.fields()
}
