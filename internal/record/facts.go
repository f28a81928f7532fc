package record

import (
	"slices"

	"handrail/internal/request"
	"handrail/rules"
)

// Facts are what a case file keeps of a line's facts. A line made whole is some kilobytes, and a form can have
// thousands: it is made whole when somebody asks for it.
type Facts struct {
	lines *request.Lines
	at    int
	// Counted are the references of the other lines that were added up by the totals that the line's findings come from, each once.
	Counted []string
	// Near are the names that were added up although the line's supplier is written otherwise.
	Near []string
	// TakenBack are those of Counted whose approval was taken back, and that counted on.
	TakenBack []request.TakenBack
}

// Line is the line, made whole.
func (p *Facts) Line() *request.Line {
	line := new(request.Line)
	p.lines.Read(p.at, line)
	return line
}

// sameTexts are the texts that the lines of one case file share: what guardrails say comes again and again.
type sameTexts map[string]string

func (t sameTexts) same(s *string) {
	if *s == "" {
		return
	}
	if known, ok := t[*s]; ok {
		*s = known
		return
	}
	const most = 10_000
	if len(t) < most {
		t[*s] = *s
	}
}

func (t sameTexts) share(findings []request.Finding) {
	for i := range findings {
		f := &findings[i]
		for _, s := range []*string{&f.Guardrail, &f.Title.EN, &f.Title.FR, &f.Message.EN, &f.Message.FR, &f.Officer.EN, &f.Officer.FR, &f.Source, &f.SourceFR, &f.ExemptedBy, &f.ExemptedByFR} {
			t.same(s)
		}
	}
}

// totalsRead are the totals that the findings of a line come from, each once: what other totals add up had no part in it.
func totalsRead(policy *rules.Policy, findings []request.Finding) (names []string) {
	for i := range findings {
		for _, name := range policy.TotalsRead(findings[i].Guardrail) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// references are those of the other lines that some totals add up, each once.
func (t sameTexts) references(totals []string, facts *request.Facts, own string) (references []string) {
	for _, name := range totals {
		for _, r := range facts.Totals[name].Lines {
			if _, ok := request.ParseReference(r); ok && r != own && !slices.Contains(references, r) {
				t.same(&r)
				references = append(references, r)
			}
		}
	}
	return slices.Clip(references)
}

// takenBack are those of the other lines whose approval was taken back, each once with its last day.
func (t sameTexts) takenBack(totals []string, facts *request.Facts) (all []request.TakenBack) {
	for _, name := range totals {
		for _, b := range facts.Totals[name].TakenBack {
			if !slices.ContainsFunc(all, func(o request.TakenBack) bool { return o.Reference == b.Reference }) {
				t.same(&b.Reference)
				all = append(all, b)
			}
		}
	}
	return all
}
