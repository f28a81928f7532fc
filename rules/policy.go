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
	name              request.Text
	version, currency string
	authority         request.Authority
	means, nextStep   request.Text
	takenBackDays     int // for how long an approval that was taken back counts on
	fiscalStart       time.Month
	languages         request.Languages // of the texts; nil: English and French
	confirms          bool              // the section 32 manager must confirm by mail
	tells             bool              // the section 32 manager is told, and nothing waits for the answer
	region            string            // whose holidays count where an expression names no region
	aliases           map[string]string
	attestation       request.Attestation
	words             request.Words

	limits     []limit
	overrides  []override
	totals     []request.TotalSpec
	wheres     []*expression // the conditions of totals
	lists      map[string]*list
	guardrails []*guardrail
	needs      []request.Field
	extras     []string // columns of the form's own that are read

	calendar *calendar
	licences licences
	slots    []source // what evaluations keep, by place
	states   sync.Pool

	remarks Mistakes // what is in order, and perhaps not meant
	file    string
	hash    string
	bundle  []byte
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
	asks       []request.Field // where it only asks whether they are empty
	title      request.Text
	message    template
	officer    *template // what an officer reads instead; nil: the message
	source     request.Text
	variants   []variant
	exemptions []exemption
	reasoned   bool // an officer's approval must say why
	off        bool // in the text, and not judged by
}

// inForce reports whether lines of a day are judged by the guardrail.
func (g *guardrail) inForce(d request.Date) bool { return !g.off && g.covers(d) }

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
	when      *expression // nil: every line
	grantedBy request.Text
	reference string
}

// String is what is printed on the lines that an exemption saves.
func (x *exemption) String() string { return x.in(request.English) }

func (x *exemption) in(l request.Lang) string {
	if x.reference == "" {
		return x.grantedBy.In(l)
	}
	return x.grantedBy.In(l) + " (" + x.reference + ")"
}

// Name is the policy's own name.
func (p *Policy) Name() string { return p.name.EN }

// Languages are those of the policy's texts; none are English and French.
func (p *Policy) Languages() request.Languages { return p.languages }

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

// AddsUp reports whether a guardrail looks at a total. An id that the policy does not have does not.
func (p *Policy) AddsUp(id string) bool {
	i := slices.IndexFunc(p.guardrails, func(g *guardrail) bool { return g.id == id })
	return i >= 0 && len(p.guardrails[i].when.reads.totals) > 0
}

// ConfirmsSection32 reports whether the section 32 manager whom a line names must confirm by mail before the line counts
// as approved.
func (p *Policy) ConfirmsSection32() bool { return p.confirms }

// TellsSection32 reports whether the section 32 manager whom a line names is told of it by mail, with a way to say no.
func (p *Policy) TellsSection32() bool { return p.tells }

// TakenBackUntil is the last day on which an approval counts in totals that is taken back on day d; the zero Date: it does not.
func (p *Policy) TakenBackUntil(d request.Date) request.Date {
	if p.takenBackDays == 0 {
		return request.Date{}
	}
	return d.AddDays(p.takenBackDays - 1)
}

// Currency is the currency of all the policy's amounts, ISO 4217.
func (p *Policy) Currency() string { return p.currency }

// TotalSpecs are the totals the policy asks for, in the order of its text. The facts of a line must hold a sum for each
// of them, zero where nothing was found, except where the line leaves empty what lines must have in common.
func (p *Policy) TotalSpecs() []request.TotalSpec { return p.totals }

// FiscalStart is the month in which the policy's fiscal year begins, for TotalSpec.Window.
func (p *Policy) FiscalStart() time.Month { return p.fiscalStart }

// Needs are the fields that a guardrail, an override, an exemption or a total reads, in the form's order.
func (p *Policy) Needs() []request.Field { return p.needs }

// unlessSame is the French text, "" where it is the same as the English one.
func unlessSame(t request.Text) string {
	if t.FR == t.EN {
		return ""
	}
	return t.FR
}

// Mark identifies the policy in mails and workbooks. Its guardrails are those of the text, then the built-in ones.
func (p *Policy) Mark() request.PolicyMark {
	m := request.PolicyMark{Name: p.name.EN, NameFR: unlessSame(p.name), Languages: p.languages, Version: p.version, Hash: p.hash, Currency: p.currency, Authority: p.authority,
		Means: p.means, NextStep: p.nextStep}
	for _, g := range p.guardrails {
		m.Guardrails = append(m.Guardrails, request.GuardrailMark{ID: g.id, Action: g.action, Title: g.title, Source: g.source})
	}
	for _, b := range builtIns {
		mark := request.GuardrailMark{ID: b.id, Action: request.Escalate, Title: b.title, Source: request.Text{EN: builtInSource, FR: builtInSourceFR}}
		if b.onlyFound != (request.Text{}) {
			mark.OnlyFound, mark.Source = true, b.onlyFound
		}
		m.Guardrails = append(m.Guardrails, mark)
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
	for _, x := range p.wheres {
		add(x)
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
	for _, v := range p.attestation.Values {
		set |= setOf(v.Field)
	}
	for _, t := range p.totals {
		set |= setOf(request.Total)
		if t.Of != request.NoField {
			set |= setOf(t.Of)
		}
		set |= setOf(request.ByFields(t.Distinct)...)
		for _, by := range t.By {
			set |= setOf(request.ByFields(by)...)
		}
	}
	if set&moneyFields != 0 {
		set |= setOf(request.Currency)
	}
	p.needs = set.fields()
	p.findExtras()
}

// Remarks are places of the text that are in order and perhaps say something else than they should, for whoever checks it.
func (p *Policy) Remarks() Mistakes { return p.remarks.sorted() }
