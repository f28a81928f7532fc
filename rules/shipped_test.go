package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every policy that comes with Handrail passes its own tests, and no guardrail of it goes without one.
func TestShippedPoliciesPassTheirTests(t *testing.T) {
	for _, name := range Shipped() {
		t.Run(name, func(t *testing.T) {
			trials, err := ShippedTrials(name)
			if err != nil {
				t.Fatal(err)
			}
			report := trials.Run()
			for _, f := range report.Failures {
				t.Error(f)
			}
			if len(report.Untripped) > 0 {
				t.Errorf("no test trips %v", report.Untripped)
			}
			if report.Cases < 2*report.Guardrails {
				t.Errorf("%d cases for %d guardrails: each needs one that trips it and an innocent neighbour", report.Cases, report.Guardrails)
			}
		})
	}
}

// A guardrail's innocent neighbour is a case that its own name heads and that it lets pass.
func TestShippedGuardrailsHaveInnocentNeighbours(t *testing.T) {
	for _, name := range Shipped() {
		trials, err := ShippedTrials(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range trials.policy.guardrails {
			if !slices.ContainsFunc(trials.cases, func(c trial) bool { return trials.neighbour(&c, g.id) }) {
				t.Errorf("%s: no case named %q comes out without it", name, g.id+": …")
			}
		}
	}
}

func (t *Trials) neighbour(c *trial, id string) bool {
	if len(c.name) <= len(id) || c.name[:len(id)+1] != id+":" {
		return false
	}
	for _, f := range t.policy.trialFacts(c) {
		for _, e := range t.policy.Explain(f) {
			if e.Guardrail == id && e.State != Passed {
				return false
			}
		}
	}
	return true
}

var (
	frenchText = regexp.MustCompile(`fr\s*=\s*"([^"]*)"`)
	looseSpace = regexp.MustCompile(`\d \d{3}|\d [$%]| [:»]|« | [;!?]|'`)
)

// The French of shipped policies has French typography: a space that must not break a line does not, and apostrophes are
// typographic.
func TestShippedFrenchIsTypeset(t *testing.T) {
	paths, _ := filepath.Glob("policies/*.toml")
	n := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range frenchText.FindAllSubmatch(text, -1) {
			n++
			if at := looseSpace.Find(m[1]); at != nil {
				t.Errorf("%s: %q in %q", path, at, m[1])
			}
		}
	}
	if n < 150 {
		t.Errorf("%d French texts were found", n)
	}
}

// Whoever approves splitting or a public servant must say why, whatever the policy calls its guardrails; a policy may say
// otherwise of any.
func TestWhatNeedsAReasonToBeApproved(t *testing.T) {
	want := map[string][]string{
		"esdc-micro-acquisition": {"federal-employee", "split-supplier", "split-branch", "supplier-year", "supplier-maximum", "split-need", "split-same-file"},
		"gc-low-dollar":          {"public-servant", "split-supplier", "split-need"},
		"uk-council":             {"conflict-of-interest", "split-supplier", "split-need"},
		"red-flags":              {"split-vendor", "split-unit", "split-need", "split-card-day", "split-cardholders", "split-labour"},
		"us-micro-purchase":      {"split-purchase", "split-purchase-13", "split-need"},
	}
	for _, name := range Shipped() {
		p := shippedPolicy(t, name)
		var got []string
		for _, g := range p.guardrails {
			if p.NeedsReason(g.id) {
				got = append(got, g.id)
			}
		}
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s: %v, want %v", name, got, want[name])
		}
	}
	p := policyOf(t, testHead+rule("fractionnement", "escalate", "true", "reason = true")+rule("split-small", "escalate", "true", "reason = false")+
		rule("servant", "escalate", `line.public_servant == "current"`)+rule("limit", "escalate", "true"))
	for id, want := range map[string]bool{"fractionnement": true, "split-small": false, "servant": true, "limit": false, "currency": false, "nobody": false} {
		if p.NeedsReason(id) != want {
			t.Errorf("%s: %v", id, !want)
		}
	}
	if got := mistakesOf(t, testHead+rule("a", "note", "true", `reason = "yes"`)); !strings.Contains(strings.Join(got, "\n"), `26:10: guardrail "a": reason must be true or false, not text in quotes`) {
		t.Errorf("%v", got)
	}
}
