package rules

import (
	"slices"

	"handrail/internal/request"
)

// UnreadGuardrail is the built-in finding of a value that may belong to a field, under a header that nobody understood.
const UnreadGuardrail = "unread-column"

// ExtraHeaders are the columns of a department's own that the policy looks at: line.extra["Header"],
// given("extra.Header"), or a total by extra.Header.
func (p *Policy) ExtraHeaders() []string { return p.extras }

// readsExtra reports whether the policy looks at a column of the form's own.
func (p *Policy) readsExtra(header string) bool {
	form := request.CompareForm(header)
	return slices.ContainsFunc(p.extras, func(h string) bool { return request.CompareForm(h) == form })
}

// findExtras lists the headers for ExtraHeaders.
func (p *Policy) findExtras() {
	for _, r := range p.allReads() {
		p.extras = append(p.extras, r.extra...)
		for _, s := range r.sources {
			if (s.kind == extraSource || s.kind == givenSource || s.kind == saysSource) && s.header != "" {
				p.extras = append(p.extras, s.header)
			}
		}
	}
	for _, t := range p.totals {
		for _, by := range t.By {
			if header, ok := cutExtra(by); ok {
				p.extras = append(p.extras, header)
			}
		}
	}
	slices.Sort(p.extras)
	p.extras = slices.Compact(p.extras)
}

// unread adds a finding for each value of the line that was not read although it may belong to a field. What the policy
// looks at itself needs none.
func (e *evaluation) unread(findings []request.Finding) []request.Finding {
	for i := range e.facts.Line.Unread {
		u := &e.facts.Line.Unread[i]
		if e.policy.readsExtra(u.Header) {
			continue
		}
		header, text, field := oneLine(u.Header), oneLine(u.Text), e.policy.unreadLabel(u.Field)
		en := request.QuoteEN(header) + " says " + request.QuoteEN(text) + " and was not read. It may be what the form calls " + request.QuoteEN(field.EN) + "."
		fr := request.QuoteFR(header) + " indique " + request.QuoteFR(text) + " et n’a pas été lu. Il s’agit peut-être de ce que le formulaire appelle " + request.QuoteFR(field.FR) + "."
		findings = append(findings, request.Finding{Guardrail: UnreadGuardrail, Action: request.Escalate, Cells: []string{u.Cell}, Title: unreadTitle,
			Source: builtInSource, SourceFR: builtInSourceFR,
			Message: request.Text{EN: en + " So an officer looks at the line.", FR: fr + " La ligne est donc soumise à l’approvisionnement."},
			Officer: request.Text{EN: en + " Nothing was compared with it.", FR: fr + " Rien n’y a été comparé."}})
	}
	return findings
}

var unreadTitle = request.Text{EN: "A column that was not read", FR: "Colonne qui n’a pas été lue"}

// unreadLabel is what the form calls a field, or what it asks about the requester.
func (p *Policy) unreadLabel(name string) request.Text {
	if f, ok := request.FieldByName(name); ok {
		return p.words.Info(f).Label
	}
	switch name {
	case "requester":
		return p.labelOf(namePart)
	case "email":
		return p.labelOf(emailPart)
	case "branch":
		return p.labelOf(unitPart)
	}
	return request.Text{EN: "Language", FR: "Langue"}
}
