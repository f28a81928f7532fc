package batch_test

import (
	"testing"
	"time"

	"handrail/internal/request"
)

// The section 32 manager gets one mail a day about all lines that name them; nothing waits for it, and a NO takes a line back
// wherever it stands.
func TestTheManagerIsToldAndMaySayNo(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Two", "Form attached.", d.form(testStaff, request.English, line("Forms", "Maple Code Inc.", "4000", "0", "4000"), line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	d.send(testOther, "One", "Form attached.", d.form(testOther, request.English, line("Chairs", "Oak Analytics", "500", "0", "500")))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated, "000002-01": request.Approved})
	if n := len(d.inbox(testManager)); n != 0 {
		t.Fatalf("the manager got %d mails before the day's", n)
	}
	d.pass(24 * time.Hour)
	d.once()
	d.pass(24 * time.Hour)
	d.once()
	mails := d.inbox(testManager)
	if len(mails) != 1 {
		t.Fatalf("the manager got %d mails", len(mails))
	}
	d.says(mails[0], "2 people say that you authorized $15,235.00 (section 32)", "Nothing to do if that is right", "DECLINE 1: ", "REFUSER 3",
		"HR-2026-000001-01", "HR-2026-000002-01")
	before := d.got(everyAddress...)
	d.reply(testManager, mails[0], "DECLINE 2") // no reason
	d.says(d.last(testManager), "A reason is needed", "nothing changed")
	d.reply(testStaff, mails[0], "NO 1: it was me") // somebody else
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated, "000002-01": request.Approved})
	d.reply(testManager, mails[0], "DECLINE 1, 2: never heard of it")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Revoked, "000001-02": request.Returned, "000002-01": request.Approved})
	d.says(d.last(testStaff), testManager+" did not authorize the money", "HR-2026-000001-01", "HR-2026-000001-02", "never heard of it")
	d.says(d.last(testOfficer), testManager+" did not authorize the money", "HR-2026-000001-02")
	d.says(d.last(testManager), "Recorded: you did not authorize the money")
	d.nobodyHears(before, testOfficer, testStaff, testOps)
	d.reply(testManager, mails[0], "CONFIRM 3")
	d.says(d.last(testManager), "Your confirmation is recorded")
	d.wantOutcomes(map[string]request.Outcome{"000002-01": request.Approved})
	d.sound()
}

// What was withdrawn or declined before the day's mail is not told, and the bounce of that mail is the operator's to hear of.
func TestAManagerWhoCannotBeToldHoldsNothingUp(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "One", "Form attached.", d.form(testStaff, request.English, line("Forms", "Maple Code Inc.", "4000", "0", "4000")))
	d.once()
	d.reply(testStaff, d.last(testStaff), "WITHDRAW")
	d.send(testStaff, "Two", "Form attached.", d.form(testStaff, request.English, line("Chairs", "Oak Analytics", "500", "0", "500", "authorized_by", "nobody@"+testDomain)))
	d.once()
	for range 3 {
		d.pass(24 * time.Hour)
		d.once()
	}
	if n := len(d.inbox(testManager)); n != 0 {
		t.Errorf("the manager hears %d times of what was withdrawn", n)
	}
	d.wantOutcomes(map[string]request.Outcome{"000002-01": request.Approved})
	if n := d.count(testOps, "(section32-told) to nobody@"+testDomain); n == 0 {
		t.Errorf("the operator did not hear:\n%s", d.last(testOps).Text)
	}
	d.wantRefused("nobody@" + testDomain)
	d.sound()
}
