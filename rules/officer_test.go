package rules

import (
	"regexp"
	"strings"
	"testing"

	"handrail/internal/request"
)

// what only somebody who corrects a form can use: an officer corrects nothing.
var forRequesters = regexp.MustCompile(`Fill in|[Ss]ay (in|so|what)|Buying in small pieces|Somebody else must|name another|An? (contracting )?officer|Remplissez|À remplir|Inscrivez|[Dd]ites|indiquez|Acheter par petits lots|Une autre personne doit|Nommez|L’approvisionnement|Un agent`)

// What an officer reads of a shipped guardrail is why the line came, not what its requester is told to do.
func TestOfficersAreNotToldToCorrectTheForm(t *testing.T) {
	for _, name := range Shipped() {
		for _, g := range shippedPolicy(t, name).guardrails {
			escalates := g.action == request.Escalate
			said := []*template{&g.message}
			if g.officer != nil {
				said[0] = g.officer
			}
			for i := range g.variants {
				v := &g.variants[i]
				escalates = escalates || v.action == request.Escalate
				if v.officer != nil {
					said = append(said, v.officer)
				} else if v.message != nil && v.action == request.Escalate {
					said = append(said, v.message)
				}
			}
			if !escalates {
				continue
			}
			for _, m := range said {
				if found := forRequesters.FindString(m.text.EN + " " + m.text.FR); found != "" {
					t.Errorf("%s, %s: an officer reads %q", name, g.id, found)
				}
			}
		}
	}
}

// A guardrail without words of its own for officers says to all the same; a variant's words replace both of the guardrail's.
func TestTheWordsForOfficers(t *testing.T) {
	variant := "[[guardrail.variant]]\nwhen = 'given(\"amends\")'\naction = \"escalate\"\n"
	text := testHead + rule("plain", "escalate", "true") +
		rule("own", "escalate", "true", `officer = { en = "It is {line.total}.", fr = "C’est {line.total}." }`) +
		rule("varied", "escalate", "true", `officer = { en = "Usual.", fr = "Habituel." }`) + variant + `message = { en = "Amended.", fr = "Modifiée." }` + "\n"
	p := policyOf(t, text)
	f := facts(p, origin(), clean(t))
	read := func() map[string]string {
		said := map[string]string{}
		for _, x := range p.Judge(f).Findings {
			said[x.Guardrail] = x.ForOfficer().EN
		}
		return said
	}
	got := read()
	if got["plain"] == "" || got["varied"] != "Usual." || !strings.HasPrefix(got["own"], "It is $") {
		t.Errorf("officers read %v", got)
	}
	f.Line.Values[request.Amends] = request.Value{Given: true, Text: "HR-2026-000007-01"}
	if got = read(); got["varied"] != "Amended." {
		t.Errorf("of an amendment officers read %v", got)
	}
	wrong := testHead + rule("own", "escalate", "true", `officer = { en = "{line.nothing}", fr = "x" }`)
	if all := strings.Join(mistakesOf(t, wrong), "\n"); !strings.Contains(all, "officer.en") {
		t.Errorf("a place that does not exist: %s", all)
	}
}
