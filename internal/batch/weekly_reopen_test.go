package batch_test

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
)

// reopen opens a week again, as handrail reconcile --reopen does.
func (d *agency) reopen(week string) {
	d.t.Helper()
	if err := d.ledger.Decide(d.t.Context(), func(tx *ledger.Tx) error {
		won, err := tx.Reports.Reopen(d.t.Context(), d.now(), ledger.Reopening{Week: week, Reason: "the tolerance was too wide", By: "A. Tremblay"})
		if err == nil && !won {
			d.t.Errorf("%s is open already", week)
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
}

// A charge was matched by a tolerance that was too wide, and nobody saw it for months. The week is opened again: its next edition
// says why and what changed, and so does that of each later week that it changes, however old; the charge is open.
func TestAWeekThatIsOpenedAgain(t *testing.T) {
	t.Parallel()
	tolerance := func(percent string) func(*job.Options) {
		return func(o *job.Options) {
			withStatements(o)
			o.Finance.Reconcile.TolerancePercent, o.Finance.Reconcile.ToleranceMost = percent, "500.00"
			o.Finance.Recipients = []string{testFinance, testOther}
		}
	}
	d := open(t, tolerance("5"))
	d.approve("Screen reader fixes", "Northwind Inc.") // 4,520.00
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NORTHWIND INC", "4700.00", ""), row("2026-11-25", "NOBODY", "10.00", "")))
	d.once()
	for _, monday := range []string{"2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28", "2027-01-04", "2027-01-11", "2027-01-18", "2027-01-25", "2027-02-01", "2027-02-08"} {
		d.at(monday + " 09:00")
		d.once()
	}
	if c := d.charges()[0]; c.State != ledger.MatchedRow {
		t.Fatalf("%+v", c)
	}
	d.start(tolerance("1"))
	d.once()
	before := len(d.reported())
	d.reopen("2026-W48")
	d.pass(time.Minute)
	for range 2 {
		d.once()
	}
	if c := d.charges()[0]; c.State != ledger.LeftRow || len(c.Lines) != 0 {
		t.Errorf("the charge: %+v", c)
	}
	again := map[string]int{}
	for _, r := range d.reported() {
		if r.Edition == 2 {
			again[r.Recipient]++
		}
		if r.Edition > 2 {
			t.Errorf("%s has an edition %d", r.Week, r.Edition)
		}
	}
	if after := len(d.reported()); again[testFinance] != 11 || again[testOther] != 11 || after != before+22 {
		t.Errorf("second editions: %v; %d reports before, %d after", again, before, after)
	}
	found := false
	for _, m := range d.inbox(testOther) {
		if !strings.Contains(m.Subject, "2026-W48") || !strings.Contains(m.Subject, "edition 2") {
			continue
		}
		found = true
		text := strings.Join(strings.Fields(m.Text), " ")
		for _, want := range []string{"opened again on 2027-02-08: the tolerance was too wide", "charges matched: 0, $0.00 instead of 1, $4,700.00"} {
			if !strings.Contains(text, want) || !strings.Contains(d.sheet(m.Attachments[0].Data, "Summary"), want) {
				t.Errorf("edition 2 does not say %q:\n%s", want, text)
			}
		}
	}
	if !found {
		t.Error("nobody got the second edition")
	}
	// Opened once more, nothing has changed: it says so, and no other week comes.
	d.pass(time.Minute)
	d.reopen("2026-W48")
	d.pass(time.Minute)
	for range 2 {
		d.once()
	}
	if after := len(d.reported()); after != before+24 {
		t.Errorf("%d reports, want %d", after, before+24)
	}
	last := d.inbox(testOther)
	if text := strings.Join(strings.Fields(last[len(last)-1].Text), " "); !strings.Contains(text, "no figure has changed") {
		t.Errorf("edition 3: %s", text)
	}
	d.sound()
}
