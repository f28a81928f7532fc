package rules

import (
	"slices"

	"handrail/internal/request"
)

// Known is what somebody else's file says of a purchase: the fields that are filled in, what it knows of who asked, and columns of
// its own by their header. A requester may be known, so that totals by requester add up, without an address.
type Known struct {
	Fields                       uint64 // a bit for each request.Field
	Unit, Name, Email, Requester bool
	Extra                        []string
	// BeforeAll: the day is before InForceFrom, and the guardrails that begin on that day are looked at all the same.
	BeforeAll bool
}

// KnownField is the bit of a field in Known.Fields.
func KnownField(f request.Field) uint64 { return 1 << f }

// Unseen is a guardrail that cannot be looked at where only so much is known, or looked at without one of its cases.
type Unseen struct {
	Guardrail string
	// Case is true where the guardrail itself is looked at, but not one of its variants or exemptions, or a limit of a part of the house.
	Case bool
	// Missing is what would have to be known.
	Missing []request.Text
}

// Seeing is the policy as far as it can look at purchases of which only so much is known: without the guardrails that read anything
// else, by value or by whether it is there, for what a file does not have is not known, and not empty. Variants, exemptions and
// [[limits_for]] that read anything else are left out as well. The policy with everything in it is returned as it is.
func (p *Policy) Seeing(k Known) (*Policy, []Unseen) {
	s := seer{p: p, known: k}
	seen := &Policy{name: p.name, version: p.version, currency: p.currency, authority: p.authority, means: p.means, nextStep: p.nextStep,
		takenBackDays: p.takenBackDays, fiscalStart: p.fiscalStart, region: p.region, aliases: p.aliases, words: p.words,
		limits: p.limits, totals: p.totals, wheres: p.wheres, lists: p.lists, needs: p.needs, extras: p.extras, calendar: p.calendar,
		licences: p.licences, slots: p.slots, remarks: p.remarks, file: p.file, hash: p.hash, bundle: p.bundle, onlyRead: p.onlyRead}
	first := p.InForceFrom()
	if k.BeforeAll {
		seen.limits = limitsFromTheStart(p.limits)
	}
	var unseen []Unseen
	var dropped [][]request.Text // of the overrides, by their place; nil: kept
	for i := range p.overrides {
		missing := s.missing(p.overrides[i].when)
		dropped = append(dropped, missing)
		if len(missing) == 0 {
			seen.overrides = append(seen.overrides, p.overrides[i])
		}
	}
	for _, g := range p.guardrails {
		if missing := s.missing(g.when); len(missing) > 0 {
			unseen = append(unseen, Unseen{Guardrail: g.id, Missing: missing})
			continue
		}
		kept := *g
		if k.BeforeAll && kept.from == first {
			kept.from = request.Date{}
		}
		kept.variants, kept.exemptions = nil, nil
		var missing []request.Text
		for _, l := range g.when.reads.limits {
			for i, texts := range dropped {
				if _, sets := p.overrides[i].amounts[l]; sets {
					missing = addTexts(missing, texts...)
				}
			}
		}
		for _, v := range g.variants {
			m := s.missing(v.when)
			missing = addTexts(missing, m...)
			if len(m) == 0 {
				kept.variants = append(kept.variants, v)
			}
		}
		for _, x := range g.exemptions {
			m := s.missing(x.when)
			missing = addTexts(missing, m...)
			if len(m) == 0 {
				kept.exemptions = append(kept.exemptions, x)
			}
		}
		if len(missing) > 0 {
			unseen = append(unseen, Unseen{Guardrail: g.id, Case: true, Missing: missing})
		}
		seen.guardrails = append(seen.guardrails, &kept)
	}
	if len(seen.guardrails) == 0 && len(p.guardrails) > 0 {
		seen.guardrails = []*guardrail{}
	}
	return seen, unseen
}

// seer finds what is missing to look at an expression.
type seer struct {
	p     *Policy
	known Known
}

func (s *seer) field(f request.Field) bool { return s.known.Fields&KnownField(f) != 0 }

// missing is what an expression reads that is not known; none for no expression.
func (s *seer) missing(x *expression) (missing []request.Text) {
	if x == nil {
		return nil
	}
	need := func(known bool, what request.Text) {
		if !known {
			missing = addTexts(missing, what)
		}
	}
	for _, from := range x.reads.sources {
		switch from.kind {
		case fieldSource, givenSource, saysSource, problemSource, extraSource, originSource:
			switch {
			case from.header != "":
				need(slices.ContainsFunc(s.known.Extra, func(h string) bool { return request.CompareForm(h) == request.CompareForm(from.header) }),
					request.Text{EN: from.header, FR: from.header})
			case from.origin != noOrigin:
				need(s.origin(from.origin), s.p.labelOf(from.origin))
			case from.field == request.Amends: // a file of purchases has no corrections of requests
			case from.field == request.Currency: // the policy's, where the file says none
			case from.field != request.NoField:
				need(s.field(from.field), s.label(from.field))
			}
		case totalSource, countSource, distinctSource:
			s.total(&s.p.totals[from.index], need, &missing)
		case budgetSource, budgetGivenSource:
			need(false, request.Text{EN: "Budgets", FR: "Budgets"})
		case priceSource:
			need(s.field(request.Title) || s.field(request.Description), s.label(request.Description))
			if from.index == priceWhole || from.index == priceCurrency {
				need(s.field(request.Total), s.label(request.Total))
			}
		case rowSource, languageSource, receivedSource, todaySource, domainsSource, limitSource, addedSource:
		}
	}
	return missing
}

func (s *seer) label(f request.Field) request.Text { return s.p.words.Info(f).Label }

func (s *seer) origin(part originPart) bool {
	switch part {
	case unitPart:
		return s.known.Unit
	case namePart:
		return s.known.Name
	case emailPart:
		return s.known.Email
	}
	return false
}

// total is what a total reads: what it goes by, its amount, its condition and what it tells apart.
func (s *seer) total(spec *request.TotalSpec, need func(bool, request.Text), missing *[]request.Text) {
	need(s.field(request.Total), s.label(request.Total))
	if spec.Of != request.NoField {
		need(s.field(spec.Of), s.label(spec.Of))
	}
	for _, by := range append(slices.Clone(spec.By), spec.Distinct) {
		switch by {
		case "", request.ByAmends, request.DistinctDay, request.DistinctFiscalYear:
		case request.BySupplier:
			need(s.field(request.Supplier) || s.field(request.SupplierID), s.label(request.Supplier))
		case request.ByNeed:
			need(s.field(request.Title) || s.field(request.Description), s.label(request.Description))
		case request.ByUnit:
			need(s.known.Unit, s.p.labelOf(unitPart))
		case request.ByRequester:
			need(s.known.Requester, s.p.labelOf(namePart))
		default:
			if header, ok := cutExtra(by); ok {
				need(slices.ContainsFunc(s.known.Extra, func(h string) bool { return request.CompareForm(h) == request.CompareForm(header) }), request.Text{EN: header, FR: header})
				continue
			}
			for _, f := range request.ByFields(by) {
				need(s.field(f), s.label(f))
			}
		}
	}
	if spec.Where == "" {
		return
	}
	if i := slices.IndexFunc(s.p.wheres, func(x *expression) bool { return x.words() == spec.Where }); i >= 0 {
		*missing = addTexts(*missing, s.missing(s.p.wheres[i])...)
	}
}

func addTexts(list []request.Text, more ...request.Text) []request.Text {
	for _, t := range more {
		if !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// InForceFrom is the first day on which a guardrail is in force; the zero Date where one always was, or where there is none.
func (p *Policy) InForceFrom() (first request.Date) {
	for _, g := range p.guardrails {
		if g.from.IsZero() {
			return request.Date{}
		}
		if first.IsZero() || g.from.Before(first) {
			first = g.from
		}
	}
	return first
}

// limitsFromTheStart are limits whose first amounts hold on all days before them as well.
func limitsFromTheStart(limits []limit) []limit {
	all := slices.Clone(limits)
	for i := range all {
		l := &all[i]
		l.amounts = slices.Clone(l.amounts)
		at := -1
		for n, a := range l.amounts {
			if a.from.IsZero() {
				at = -1
				break
			}
			if at < 0 || a.from.Before(l.amounts[at].from) {
				at = n
			}
		}
		if at >= 0 {
			l.amounts[at].from = request.Date{}
		}
	}
	return all
}

// Guardrails is how many guardrails the text has, without the built-in ones.
func (p *Policy) Guardrails() int { return len(p.guardrails) }
