package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/request"
)

const asksPolicy = `
name = "Asks"
version = "1"
currency = "CAD"
[authority]
name = "A"
title = "A"
reference = "A"
date = 2021-06-01
[approval]
means = { en = "x", fr = "y" }
next_step = { en = "{reference}", fr = "{reference}" }
[limits]
request = "10000.00"
small = "500.00"
`

// When an empty field is asked for is read off the condition: always, in a case that the form shows, or in one that it cannot.
func TestWhatAPolicyAsksForIsReadOffItsConditions(t *testing.T) {
	for _, c := range []struct{ when, field, want string }{
		{`line.total > limits.request`, "total", "always"},
		{`!given("terms_accepted")`, "terms_accepted", "always"},
		{`!given("authorized_by") || !given("authorized_on")`, "authorized_on", "always"},
		{`given("security") && line.security != "unclassified"`, "security", "never"},
		{`line.remote == "yes" && !given("repository")`, "repository", "remote is yes"},
		{`line.commodity in ["services", "construction"] && !given("description")`, "description", "commodity is services|construction"},
		{`line.commodity == "services" && !(given("rationale") || given("justification"))`, "rationale", "commodity is services and justification is empty"},
		{`line.payment != "acquisition card" && !(line.payment == "card through PayPal" && given("justification"))`, "justification", "payment is card through PayPal"},
		{`line.total > limits.small && !given("tax")`, "tax", "total > 500"},
		{`limits.small < line.total ? !given("tax") : false`, "tax", "total > 500"},
		{`weekend(received) && !given("rationale")`, "rationale", "unknown"},
		{`(given("supplier") || given("supplier_id")) && counts.t > 1`, "supplier_id", "never"},
		{`listed("l", line.extra["Category"])`, "Category", "always"},
		{`given("extra.Category") && listed("l", line.extra["Category"])`, "Category", "never"},
		{`line.payment == "invoice" && !given("extra.Category")`, "Category", "payment is invoice"},
	} {
		text := asksPolicy + "[[total]]\nname = \"t\"\nby = [\"cost_centre\"]\ndays = 1\nscope = \"elsewhere\"\n[[list]]\nname = \"l\"\nvalues = [\"x\"]\n" +
			"[[guardrail]]\nid = \"g\"\naction = \"return\"\nwhen = '''" + c.when + "'''\ntitle = { en = \"G\", fr = \"G\" }\nmessage = { en = \"m\", fr = \"m\" }\nsource = \"s\"\n"
		path := filepath.Join(t.TempDir(), "p.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Load(t.Context(), path)
		if err != nil {
			t.Fatalf("%s: %v", c.when, err)
		}
		if got := askedOf(p, c.field); got != c.want {
			t.Errorf("%s: %s is asked for %s, want %s", c.when, c.field, got, c.want)
		}
	}
}

// askedOf says when a policy asks for a field or a column.
func askedOf(p *Policy, name string) string {
	on, _ := request.ParseDate("2026-11-29")
	for _, a := range p.Asks(on) {
		switch {
		case a.Field.String() != name && a.Header != name:
		case a.Always:
			return "always"
		case len(a.Cases) > 0:
			return said(a.Cases[0].When)
		}
	}
	return "never"
}

func said(c request.Condition) string {
	switch c.Kind {
	case request.AllOf:
		var parts []string
		for _, p := range c.Parts {
			parts = append(parts, said(p))
		}
		return strings.Join(parts, " and ")
	case request.OneOf:
		return c.Field.String() + " is " + strings.Join(c.Codes, "|")
	case request.IsEmpty:
		return c.Field.String() + " is empty"
	case request.ComparesWith:
		return c.Field.String() + " " + c.Operator + " " + c.Amount.String()
	}
	return "unknown"
}

// An attestation answers fields with fixed answers, and nothing else.
func TestAnAttestationIsCheckedWithThePolicy(t *testing.T) {
	guardrail := "[[guardrail]]\nid = \"g\"\naction = \"return\"\nwhen = 'line.total > limits.request'\ntitle = { en = \"G\", fr = \"G\" }\nmessage = { en = \"m\", fr = \"m\" }\nsource = \"s\"\n"
	for attestation, want := range map[string]string{
		"[attestation]\ntext = { en = \"All.\", fr = \"Tout.\" }\nvalues = { remote = \"yes\", security = \"unclassified\" }\n": "",
		"[attestation]\ntext = { en = \"All.\", fr = \"Tout.\" }\nvalues = { authorized_by = \"x\" }\n":                         `"authorized_by" is no field with fixed answers`,
		"[attestation]\ntext = { en = \"All.\", fr = \"Tout.\" }\nvalues = { remote = \"perhaps\" }\n":                          "remote must be one of yes, no",
		"[attestation]\ntext = { en = \"All.\", fr = \"Tout.\" }\nvalues = { }\n":                                               "values is empty",
		"[attestation]\ntext = \"All.\"\nvalues = { remote = \"yes\" }\n":                                                       "said in both languages",
		"[attestation]\nvalue = { remote = \"yes\" }\n":                                                                         `unknown key "value"; did you mean "values"?`,
	} {
		path := filepath.Join(t.TempDir(), "p.toml")
		if err := os.WriteFile(path, []byte(asksPolicy+attestation+guardrail), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Load(t.Context(), path)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", attestation, err)
		case want == "":
			if a := p.Attestation(); a.Of(request.Remote) != "yes" || a.Of(request.Security) != "unclassified" || a.Text.FR != "Tout." {
				t.Errorf("%+v", a)
			}
			if words := Diff(mustShipped(t, "gc-low-dollar"), mustShipped(t, "esdc-micro-acquisition")); !strings.Contains(wordsOf(words), "Remote work = yes") {
				t.Error("a difference in the attestation is not said")
			}
		case err == nil || !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v, want %q", attestation, err, want)
		}
	}
}

func mustShipped(t *testing.T, name string) *Policy {
	t.Helper()
	p, err := LoadShipped(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wordsOf(changes []Change) string {
	var all []string
	for _, c := range changes {
		all = append(all, c.Words.EN)
	}
	return strings.Join(all, "\n")
}
