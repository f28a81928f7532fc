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
	// Counted are the references of the other lines that the totals of an escalated line add up, each once.
	Counted []string
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
		for _, s := range []*string{&f.Guardrail, &f.Title.EN, &f.Title.FR, &f.Message.EN, &f.Message.FR, &f.Officer.EN, &f.Officer.FR, &f.Source, &f.SourceFR, &f.ExemptedBy} {
			t.same(s)
		}
	}
}

// references are those of the other lines that the totals of a policy add up, each once.
func (t sameTexts) references(policy *rules.Policy, facts *request.Facts, own string) (references []string) {
	if len(facts.Totals) == 0 {
		return nil
	}
	for _, spec := range policy.TotalSpecs() {
		for _, r := range facts.Totals[spec.Name].Lines {
			if _, ok := request.ParseReference(r); ok && r != own && !slices.Contains(references, r) {
				t.same(&r)
				references = append(references, r)
			}
		}
	}
	return slices.Clip(references)
}
