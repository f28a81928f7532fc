package rules

import (
	"regexp"
	"slices"
	"strings"

	"handrail/internal/request"
)

// sayAdded names what a total added up, each name or text with some of its lines: "Northern Software Inc. (row 12), Northen
// Software (HR-2026-000123-04)". The line's own comes first.
func (e *evaluation) sayAdded(total int, l request.Lang) string {
	spec := &e.policy.totals[total]
	sum := e.facts.Totals[spec.Name]
	var parts []string
	if spec.Near {
		parts = append(parts, e.added(&sum, request.BySupplier, e.facts.Line.Values[request.Supplier].Text, l)...)
	}
	if spec.AsksNeed() {
		own := e.facts.Line.Values[request.Title].Text
		if own == "" {
			own = e.facts.Line.Values[request.Description].Text
		}
		parts = append(parts, e.added(&sum, request.ByNeed, own, l)...)
	}
	return strings.Join(parts, ", ")
}

// mostAddedNamed bounds the names in one message.
const mostAddedNamed = 10

// added are the line's own name or text with its lines, and those that are alike with theirs.
func (e *evaluation) added(sum *request.Sum, by, own string, l request.Lang) []string {
	say := func(text string, lines []string) string {
		text = oneLine(text)
		if by == request.ByNeed {
			text = request.Text{EN: request.QuoteEN(text), FR: request.QuoteFR(text)}.In(l)
		}
		if len(lines) == 0 {
			return text
		}
		said := make([]string, len(lines))
		for i, line := range lines {
			said[i] = sayLine(line, l)
			if slices.ContainsFunc(sum.TakenBack, func(t request.TakenBack) bool { return t.Reference == line }) {
				said[i] += request.Text{EN: ", withdrawn", FR: ", retirée"}.In(l)
			}
		}
		return text + " (" + strings.Join(said, ", ") + ")"
	}
	var theirs []string
	for i := range sum.Alike {
		if sum.Alike[i].By == by {
			theirs = append(theirs, sum.Alike[i].Lines...)
		}
	}
	ownLines := slices.DeleteFunc(slices.Clone(sum.Lines), func(r string) bool { return slices.Contains(theirs, r) })
	parts := []string{say(own, firstOf(ownLines))}
	var apart []string // names that were left out
	more := 0
	for i := range sum.Alike {
		switch a := &sum.Alike[i]; {
		case a.By != by:
		case a.Why == request.SaidTwo:
			apart = append(apart, request.Text{EN: "without " + oneLine(a.Text) + ", which people said is another supplier",
				FR: "sans " + oneLine(a.Text) + ", qui est un autre fournisseur selon ce qui a été précisé"}.In(l))
		case len(parts) > mostAddedNamed:
			more++
		default:
			parts = append(parts, say(a.Text+addedWhy[a.Why].In(l), firstOf(a.Lines)))
		}
	}
	if more > 0 {
		parts = append(parts, "…")
	}
	return append(parts, apart[:min(len(apart), mostLinesSaid)]...)
}

// addedWhy is said behind a supplier that was added up for more than its name.
var addedWhy = map[string]request.Text{
	request.OneOwner:    {EN: " – one owner by the supplier register", FR: " – même propriétaire selon le registre des fournisseurs"},
	request.OneSupplier: {EN: " – one supplier by the supplier register", FR: " – même fournisseur selon le registre des fournisseurs"},
	request.SaidOne:     {EN: " – one supplier, as was said of the two", FR: " – même fournisseur, comme il a été précisé"},
}

// mostLinesSaid is how many of the lines of one name a message names.
const mostLinesSaid = 5

// firstOf are the lines of one name that a message names, the lines of this workbook first.
func firstOf(lines []string) []string {
	if len(lines) <= mostLinesSaid {
		return lines
	}
	return append(slices.Clone(lines[:mostLinesSaid]), "…")
}

// rowName is how a row of the workbook at hand is named in sums.
var rowName = regexp.MustCompile(`^row (\d+)(?: of “(.*)”)?$`)

// sayLine names a line of a sum: its reference, or its row.
func sayLine(name string, l request.Lang) string {
	m := rowName.FindStringSubmatch(name)
	if m == nil || l != request.French {
		return name
	}
	if m[2] == "" {
		return "rangée " + m[1]
	}
	return "rangée " + m[1] + " de " + request.QuoteFR(m[2])
}

// addedUp tells the officer what the totals of a guardrail added up beside what is written as the line is, where the
// guardrail's own words have not named these lines.
func (e *evaluation) addedUp(g *guardrail, said ...*template) request.Text {
	var t request.Text
	var named []string
	shown := func(total int) bool {
		return slices.ContainsFunc(said, func(m *template) bool {
			return m != nil && slices.Contains(m.reads, source{kind: addedSource, index: total})
		})
	}
	for _, i := range g.when.reads.totals {
		if shown(i) {
			named = append(named, e.linesOf(i)...)
		}
	}
	for _, i := range g.when.reads.totals {
		lines := e.linesOf(i)
		if len(e.facts.Totals[e.policy.totals[i].Name].Alike) == 0 || shown(i) ||
			!slices.ContainsFunc(lines, func(l string) bool { return !slices.Contains(named, l) }) && len(named) > 0 {
			continue
		}
		named = append(named, lines...)
		t.EN += " Added up: " + ended(e.sayAdded(i, request.English))
		t.FR += " Additionné\u00a0: " + ended(e.sayAdded(i, request.French))
	}
	return t
}

// linesOf are the lines that a total names.
func (e *evaluation) linesOf(total int) []string {
	sum := e.facts.Totals[e.policy.totals[total].Name]
	lines := slices.Clone(sum.Lines)
	for i := range sum.Alike {
		lines = append(lines, sum.Alike[i].Lines...)
	}
	return lines
}

// ended ends a sentence that may end with an abbreviation: Alpha Inc.
func ended(s string) string { return strings.TrimSuffix(s, ".") + "." }

// SayAgain gives the officer's words of a verdict from facts that name more lines than those that it was found from. Nothing
// else of the verdict changes.
func (p *Policy) SayAgain(f request.Facts, v *request.Verdict) {
	again := p.Judge(f)
	for i := range v.Findings {
		to := &v.Findings[i]
		at := slices.IndexFunc(again.Findings, func(a request.Finding) bool { return a.Guardrail == to.Guardrail && a.Action == to.Action })
		if at < 0 {
			continue
		}
		if said := again.Findings[at].ForOfficer(); said != to.ForOfficer() {
			to.Officer = said
		}
	}
}
