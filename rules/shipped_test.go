package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
