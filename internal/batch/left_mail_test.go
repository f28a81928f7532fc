package batch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// alerts are what the operator is told under a cause that begins so, oldest first.
func (d *agency) alerts(cause string) (list []outbox.Alert) {
	d.t.Helper()
	var owed bytes.Buffer
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Records.Export(d.t.Context(), &owed, "owed", ledger.JSONL, false)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	for row := range bytes.Lines(owed.Bytes()) {
		var o struct{ Kind, Cause, Detail string }
		var a outbox.Alert
		if err := json.Unmarshal(row, &o); err != nil {
			d.t.Fatalf("%v: %s", err, row)
		}
		if o.Kind == outbox.OperatorAlert && strings.HasPrefix(o.Cause, cause) {
			if err := json.Unmarshal([]byte(o.Detail), &a); err != nil {
				d.t.Fatal(err)
			}
			list = append(list, a)
		}
	}
	return list
}

// place puts a message into the inbox that the server received on some day.
func (d *agency) place(raw, received string) {
	d.t.Helper()
	at, err := time.Parse("2006-01-02 15:04", received)
	if err == nil {
		_, err = d.office.Deliver(testInbox, "INBOX", []byte(raw), at)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *agency) left() (n int) {
	d.t.Helper()
	list, err := d.office.Messages(testInbox, "INBOX")
	if err != nil {
		d.t.Fatal(err)
	}
	return len(list)
}

// An inbox that was used for years: what it held before the ledger was made stays there, and nobody is answered. The operator
// hears once how much that is, and an earlier day in the configuration releases it. It makes one workbook, of the week in which it
// is judged, and none of the weeks of its dates.
func TestMailFromBeforeTheLedgerStaysUnanswered(t *testing.T) {
	t.Parallel()
	const old = 3000
	d := open(t, nil)
	for i := range old {
		raw := d.letter(testStaff, fmt.Sprintf("Purchase %d", i), "", plainText+"Please buy chairs.")
		if i%3 == 0 {
			raw = d.letter("no-reply@"+testDomain, fmt.Sprintf("[JIRA] Ticket %d", i), "Auto-Submitted: auto-generated\r\n", plainText+"Updated.")
		}
		d.place(raw, "2021-03-04 12:00")
	}
	d.place(d.withFile("form.xlsx", d.goodForm("Chairs")), "2019-06-03 12:00")
	d.place(d.withFile("form.xlsx", d.goodForm("Desks")), "2026-11-22 23:00") // the evening before
	d.send(testStaff, "Purchase", "Form attached.", d.goodForm("Lamps"))
	for range 2 {
		d.once()
		d.pass(time.Hour)
	}
	if n := d.left(); n != old+2 {
		t.Fatalf("%d messages lie in the inbox, want %d", n, old+2)
	}
	if n := len(d.inbox(testStaff)); n != 1 || len(d.lines()) != 1 {
		t.Errorf("%d answers, %d lines", n, len(d.lines()))
	}
	told := d.alerts("older mail")
	if len(told) != 1 || !told[0].CanWait || !strings.HasPrefix(told[0].Title.EN, "3002 messages from before 2026-11-23 stay unanswered") ||
		!strings.Contains(told[0].Hint.FR, "since = \"2026-11-23\"") {
		t.Fatalf("the operator hears: %+v", told)
	}
	d.start(func(o *job.Options) { o.Inboxes[0].Config.Since = "2026-11-22" })
	d.once()
	if n := d.left(); n != old+1 || len(d.lines()) != 2 {
		t.Errorf("with an earlier day %d messages stay, and %d lines are judged", n, len(d.lines()))
	}
	d.pass(24 * time.Hour)
	d.place(d.letter(testStaff, "One more from the archive", "", plainText+"Hello."), "2021-03-05 12:00")
	d.once()
	if told = d.alerts("older mail"); len(told) != 2 || !strings.HasPrefix(told[1].Title.EN, "3002 messages from before 2026-11-22") {
		t.Errorf("of mail that came later the operator hears: %+v", told)
	}
	d.at("2026-12-07 09:00")
	d.once()
	d.wantReports(testFinance, "2026-W48/1", "2026-W49/1")
	d.sound()
}

// Mail of years ago that somebody wants judged makes no workbook for a week of its date.
func TestOldMailMakesNoOldWeeks(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Config.Since = "2015-01-01" })
	d.place(d.withFile("form.xlsx", d.goodForm("Chairs")), "2019-06-03 12:00")
	d.once()
	if l := d.left(); l != 0 {
		t.Fatalf("%d messages are left", l)
	}
	d.at("2026-11-30 09:00")
	for range 2 {
		d.once()
	}
	d.wantReports(testFinance, "2026-W48/1")
	if s := d.sheet(d.reports()[0].Attachments[0].Data, "Waiting"); !strings.Contains(s, "HR-2026-000001-01") {
		t.Errorf("the week in which it was judged:\n%s", s)
	}
}

// A clock that was a year slow on the first day, or a job that stood still for a year: of the weeks between, those in which
// nothing happened get no workbook each, and no time is left out.
func TestAYearThatIsMissedIsNoFlood(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.at("2025-11-24 10:00")
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.at("2026-03-03 10:00")
	d.start(func(o *job.Options) { o.Finance.Recipients = nil })
	d.approve("More fixes", "Cedar Ltd.")
	d.start(nil)
	d.at("2026-11-30 09:00")
	for range 2 {
		d.once()
	}
	d.wantReports(testFinance, "2025-W48/1", "2026-W10/1", "2026-W48/1")
	d.sound()
}

// No week is reported before it ended, however often the schedule comes.
func TestAWeekIsReportedWhenItEnded(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Schedule.Weekly = "*/10 * * * *" })
	d.approve("Screen reader fixes", "Northwind Inc.")
	for _, at := range []string{"2026-11-23 12:00", "2026-11-29 23:59"} {
		d.at(at)
		d.once()
		d.wantReports(testFinance)
	}
	d.at("2026-11-30 00:00")
	d.once()
	d.wantReports(testFinance, "2026-W48/1")
}

// A report of a time that is still to come was made with a wrong clock: the weeks go on from where the right ones ended.
func TestAReportOfTheFutureStopsNoWeek(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.at("2026-11-30 09:00")
	d.once()
	zone := time.FixedZone("EST", -5*3600)
	if err := d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Reports.Add(t.Context(), d.now(), ledger.Report{Week: "2027-W48", Recipient: testFinance, Edition: 1,
			From: time.Date(2026, 11, 30, 0, 0, 0, 0, zone), To: time.Date(2027, 12, 6, 0, 0, 0, 0, zone), Workbook: []byte("x"), Figures: []byte("{}")})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	d.at("2026-12-07 09:00")
	d.once()
	var weeks []string
	for _, r := range d.reported() {
		weeks = append(weeks, r.Week)
	}
	if !slices.Equal(weeks, []string{"2026-W48", "2026-W49", "2027-W48"}) {
		t.Errorf("reported: %q", weeks)
	}
}

// Mail whose date is ahead of the clock is held until its time, and the operator hears that clocks differ. Within a day it is
// received now.
func TestMailFromTheFutureIsHeld(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.place(d.withFile("form.xlsx", d.goodForm("Chairs")), "2026-11-24 14:00") // 23 hours ahead
	d.place(d.withFile("form.xlsx", d.goodForm("Desks")), "2026-11-30 12:00")
	for range 2 {
		d.once()
	}
	lines := d.lines()
	if l := lines["HR-2026-000001-01"]; len(lines) != 1 || l.Day != (request.Date{Year: 2026, Month: 11, Day: 23}) || l.ReceivedAt.After(d.now()) {
		t.Fatalf("%+v", lines)
	}
	told := d.alerts("mail ahead")
	if len(told) != 1 || told[0].CanWait || told[0].Title.EN != "1 message from the future waits in the inbox" || !strings.Contains(told[0].What.EN, "on 2026-11-30 07:00 or later") ||
		!strings.Contains(told[0].What.FR, "l’horloge de cet ordinateur indique 2026-11-23 10:00") {
		t.Errorf("the operator hears: %+v", told)
	}
	d.at("2026-11-30 09:00")
	d.once()
	if d.left() != 0 || len(d.lines()) != 2 {
		t.Errorf("when its time has come, %d messages are left and %d lines judged", d.left(), len(d.lines()))
	}
	d.wantReports(testFinance, "2026-W48/1")
	d.sound()
}

// The first mail that is judged is that of the day on which the ledger was made, however long before the first run; a day that a
// fast clock noted is corrected with the clock.
func TestTheFirstDayIsTheLedgers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		made, runs string
		lines      int
	}{{"2026-11-20 16:00", "", 1}, {"2026-11-21 16:00", "", 0}, {"2027-11-21 16:00", "", 0}, {"2026-11-20 16:00", "2027-11-20 16:00", 0}} {
		d := open(t, nil)
		at, err := time.Parse("2006-01-02 15:04", c.made)
		if err == nil {
			err = d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
				if c.runs != "" {
					if _, err := tx.Inboxes.Since(t.Context(), at.AddDate(1, 0, 0), "requests"); err != nil {
						return err
					}
				}
				return tx.Inboxes.NoteMade(t.Context(), at)
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		d.place(d.withFile("form.xlsx", d.goodForm("Chairs")), "2026-11-20 12:00")
		d.place(d.withFile("form.xlsx", d.goodForm("Lamps")), "2026-11-23 14:00")
		d.once()
		if n := len(d.lines()); n != c.lines+1 {
			t.Errorf("made %s: %d lines, want %d", c.made, n, c.lines+1)
		}
	}
}

// An inbox that is added to a ledger at work begins with its first look; one that was renamed does as well.
func TestAnInboxThatComesLaterBeginsWithItsFirstLook(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Purchase", "Form attached.", d.goodForm("Lamps"))
	d.once()
	d.at("2027-02-01 10:00")
	d.start(func(o *job.Options) { o.Inboxes[0].Config.Name = "purchases" })
	d.place(d.withFile("form.xlsx", d.goodForm("Chairs")), "2027-01-15 12:00")
	d.place(d.withFile("form.xlsx", d.goodForm("Desks")), "2027-02-01 14:00")
	d.once()
	if d.left() != 1 || len(d.lines()) != 2 {
		t.Errorf("%d messages are left and %d lines judged", d.left(), len(d.lines()))
	}
}

// A request whose Date is ahead of the clock is set aside, whoever's clock is wrong: its sender is asked to set it, and it is judged
// once a person moved it back. A machine's mail of the future is no concern of the operator's.
func TestADateAheadOfTheClockIsSetAside(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	dated := func(by time.Duration, raw string) string {
		return "Date: " + d.now().Add(by).Format(time.RFC1123Z) + "\r\n" + raw
	}
	at := d.now().Format("2006-01-02 15:04")
	d.place(dated(23*time.Hour, d.withFile("form.xlsx", d.goodForm("Chairs"))), at)
	d.place(dated(400*24*time.Hour, d.letter("no-reply@"+testDomain, "[JIRA] Ticket", "Auto-Submitted: auto-generated\r\n", plainText+"Updated.")), at)
	d.once()
	if len(d.lines()) != 1 || len(d.alerts("quarantine")) != 0 {
		t.Fatalf("%d lines; the operator hears %+v", len(d.lines()), d.alerts("quarantine"))
	}
	d.place(dated(25*time.Hour, d.withFile("form.xlsx", d.goodForm("Desks"))), at)
	d.once()
	aside, told := d.folder(testInbox, "Quarantine"), d.alerts("quarantine requests dated-ahead")
	if len(d.lines()) != 1 || len(aside) != 1 || len(told) != 1 || !slices.Contains(told[0].Details, "Date 2026-11-24 11:00, clock 2026-11-23 10:00") {
		t.Fatalf("%d lines, %d messages aside, the operator hears %+v", len(d.lines()), len(aside), told)
	}
	if mails := d.inbox(testStaff); len(mails) != 2 || !strings.Contains(strings.Join(strings.Fields(mails[1].Text), " "), "Set the clock, and send the message again") {
		t.Errorf("the sender got %d mails", len(mails))
	}
	messages, err := d.office.Messages(testInbox, "Quarantine")
	if err == nil {
		d.place(string(messages[0].Raw), at)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.once()
	if len(d.lines()) != 2 {
		t.Errorf("after it was moved back there are %d lines", len(d.lines()))
	}
}
