package batch_test

import (
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/request"
)

// dailies are the operator's daily mails.
func (d *agency) dailies() (mails []*ingest.Mail) {
	d.t.Helper()
	for _, m := range d.inbox(testOps) {
		if strings.HasPrefix(m.MessageID, "operator-daily") {
			mails = append(mails, m)
		}
	}
	return mails
}

// The operator gets one mail on a working day when something stands or happened that could wait: what is new once, what stands
// each day until it does not; nothing on other days, and nothing when nothing stands.
func TestTheOperatorGetsOneMailADay(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Config.LinesPerDay = 1; o.Finance.Recipients = nil; alone(t)(o) })
	at := func(when string, want int) {
		t.Helper()
		d.passTo(when)
		d.once()
		d.once()
		if n := len(d.dailies()); n != want {
			t.Fatalf("at %s the operator has %d daily mails, want %d", when, n, want)
		}
	}
	at("2026-11-23 11:00", 0) // nothing stands, and it is noted that somebody looked
	for _, what := range []string{"Chair", "Table"} {
		d.send(testStaff, what, "Form attached.", d.form(testStaff, request.English, line(what, what+" Inc.", "100", "13", "113")))
		d.once()
	}
	at("2026-11-23 15:00", 0)
	if n := len(d.told()); n != 1 {
		t.Fatalf("%d things are to be told, want one", n)
	}
	at("2026-11-24 07:29", 0)
	at("2026-11-24 07:31", 1)
	news := d.dailies()[0]
	d.says(news, "One sender’s requests wait until tomorrow", "Les demandes d’un expéditeur attendent jusqu’à demain", "raise lines_per_day")
	at("2026-11-25 09:00", 1) // said once, and nothing stands

	// A line that nobody decides stands, and comes again each working day.
	d.strand()
	at("2026-11-25 16:00", 1)
	at("2026-11-26 07:45", 2)
	d.says(d.dailies()[1], "1 thing needs you: Lines that nobody can decide", "handrail ask", "Nov 25")
	at("2026-11-27 07:45", 3)
	at("2026-11-28 12:00", 3) // Saturday
	at("2026-11-29 12:00", 3)
	at("2026-11-30 12:00", 4)
	at("2026-11-30 18:00", 4)
}

// strand leaves a line that nobody may decide: the only officer asks for it.
func (d *agency) strand() {
	d.t.Helper()
	before := len(d.told())
	d.send(testHead, "Above", "Form attached.", d.form(testHead, request.English, line("Kit A", "Above Inc.", "20000", "2600", "22600")))
	d.once()
	if n := len(d.told()); n != before+1 || len(d.dailies()) != before {
		d.t.Fatalf("the operator is told of %d things, at once of a line that nobody may decide", n)
	}
}
