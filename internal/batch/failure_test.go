package batch_test

import (
	"strings"
	"testing"

	"handrail/internal/job"
	"handrail/internal/request"
)

// oddRule fails at run time on a line whose supplier stands on one row only.
const oddRule = `
[[guardrail]]
id      = "odd"
action  = "note"
when    = '10 / (counts.same_file - 1) > 100'
title   = { en = "Odd", fr = "Étrange" }
message = { en = "Odd.", fr = "Étrange." }
source  = "Note 8"
`

// versioned is the shipped text with another version.
func versioned(text, version string) string {
	return strings.Replace(text, `version  = "2021-06"`, `version  = "`+version+`"`, 1)
}

// A guardrail that fails at run time sends its line, and only its line, to an officer, and names itself to the operator.
func TestAGuardrailThatFailsEscalatesItsLineAndIsNamedToTheOperator(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(d *desk, _ *job.Options) { d.edit("policy.toml", d.policy("")+oddRule) })
	d.begins()
	d.send(testStaff, "Three", "Form attached.", d.form(testStaff, request.English,
		line("Kit A", "Pair Inc.", "100", "13", "113"), line("Kit B", "Pair Inc.", "100", "13", "113"), line("Kit C", "Alone Inc.", "100", "13", "113")))
	d.work()
	lines := d.lines()
	for reference, want := range map[string]request.Outcome{
		"HR-2026-000001-01": request.Approved, "HR-2026-000001-02": request.Approved, "HR-2026-000001-03": request.Escalated} {
		if got := lines[reference]; got.Judged != want {
			t.Errorf("%s was judged %s by %v, want %s", reference, got.Judged, got.Guardrails, want)
		}
	}
	officer := d.inbox(testOfficer)
	if len(officer) != 1 || !strings.Contains(unwrapped(officer[0].Text), "This check could not be made; the operator knows.") {
		t.Fatalf("the officer got %d mails", len(officer))
	}
	mails := d.told()
	if len(mails) != 1 {
		t.Fatalf("the operator got %d mails, want one", len(mails))
	}
	for _, want := range []string{
		"A guardrail could not be evaluated: odd", "Une balise n’a pas pu être évaluée\u00a0: odd",
		"They went to an officer, because what cannot be checked is never approved.",
		"Elles ont été soumises à l’approvisionnement, car ce qui ne peut être vérifié n’est jamais approuvé.",
		"HR-2026-000001-03: division by zero", "ESDC micro-acquisition 2021-06",
	} {
		if !strings.Contains(mails[0], want) {
			t.Errorf("the mail does not say %q:\n%s", want, mails[0])
		}
	}

	// The same text is told once; another text that fails is told again.
	d.buy("Chairs")
	if n := len(d.told()); n != 1 {
		t.Errorf("the operator has %d mails, want one", n)
	}
	d.edit("policy.toml", versioned(d.policy("")+strings.Replace(oddRule, "> 100", "> 101", 1), "2026-11"))
	d.look()
	d.send(testOther, "One", "Form attached.", d.form(testOther, request.English, line("Kit E", "Lonely Inc.", "100", "13", "113")))
	d.work()
	if n := len(d.told()); n != 2 {
		t.Errorf("the operator has %d mails, want two", n)
	}
	// The advice: to have the condition corrected.
	d.edit("policy.toml", versioned(d.policy(""), "2026-12"))
	d.look()
	d.send(testOther, "Corrected", "Form attached.", d.form(testOther, request.English, line("Kit F", "Single Inc.", "100", "13", "113")))
	d.work()
	if got := d.lines()["HR-2026-000004-01"]; got.Judged != request.Approved || len(d.told()) != 2 {
		t.Errorf("after the correction: %s, and the operator has %d mails", got.Judged, len(d.told()))
	}
	d.sound()
}
