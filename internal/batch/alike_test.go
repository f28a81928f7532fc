package batch_test

import (
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/request"
)

// What an officer decided before of the most alike lines stands in the next mail, with who decided it and why; a reminder shows the
// same, even when other lines were decided meanwhile.
func TestEarlierDecisionsStandInTheOfficersMail(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.pass(time.Hour)
	d.reply(testOfficer, asked, "APPROVE 1: a library that lends them\nDECLINE 2: one need, bought in two parts")
	d.pass(time.Hour)
	d.send(testOther, "Purchases", "Form attached.", d.form(testOther, request.English, line("Platform again", "Mille Pages Inc.", "9600", "1248", "10848", "authorized_on", "2026-11-17")))
	d.once()
	mails := d.inbox(testOfficer)
	again := mails[len(mails)-1]
	d.says(again, "Decided before", "HR-2026-000001-01", "approved by Odile Officer: a library that lends them")
	if strings.Contains(again.Text, "HR-2026-000001-03") {
		t.Error("a line that waits counts as decided")
	}
	// Decided meanwhile, and alike as well.
	d.reply(testOfficer, asked, "DECLINE 3: one need, bought in two parts")
	var reminder *ingest.Mail
	for range 60 {
		d.pass(time.Hour)
		d.once()
		later := d.inbox(testOfficer)
		if last := later[len(later)-1]; strings.Contains(last.Text, "Platform again") && len(later) > len(mails)+1 {
			reminder = last
			break
		}
	}
	if reminder == nil {
		t.Fatal("the officer was not reminded")
	}
	d.says(reminder, "approved by Odile Officer: a library that lends them")
	if strings.Contains(reminder.Text, "HR-2026-000001-03") {
		t.Error("a reminder shows other decisions than the mail before")
	}
	d.sound()
}
