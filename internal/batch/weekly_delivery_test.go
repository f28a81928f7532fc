package batch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/report"
)

// reported lists the reports of the ledger: period, recipient, edition and the instants they cover.
func (d *agency) reported() []ledger.Report {
	d.t.Helper()
	var all []ledger.Report
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		all, err = tx.Reports.Editions(d.t.Context(), "", "")
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// wantReports holds the reports of a recipient against periods, and that they cover the time without gap or overlap; the
// mails must be as many.
func (d *agency) wantReports(recipient string, periods ...string) {
	d.t.Helper()
	var got []string
	var end time.Time
	for _, r := range d.reported() {
		if r.Recipient != recipient {
			continue
		}
		got = append(got, fmt.Sprintf("%s/%d", r.Week, r.Edition))
		if !end.IsZero() && !r.From.Equal(end) {
			d.t.Errorf("%s begins at %s, and the one before ended at %s", r.Week, r.From, end)
		}
		end = r.To
	}
	if !slices.Equal(got, periods) {
		d.t.Errorf("reports of %s: %q, want %q", recipient, got, periods)
	}
	if n := len(d.inbox(recipient)); n != len(periods) {
		d.t.Errorf("%s got %d mails for %d reports", recipient, n, len(periods))
	}
}

func (d *agency) at(s string) {
	d.t.Helper()
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		d.t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		d.t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = at
}

// Weeks in which the job did not run are made up for, each once, however often it runs then.
func TestMissedWeeksAreMadeUpFor(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.approve("Screen reader fixes", "Northwind Inc.") // Monday, 23 November: week 48
	d.at("2026-11-30 06:59")
	d.once()
	d.wantReports(testFinance)
	d.at("2026-12-21 09:00")
	for range 3 {
		d.once()
	}
	d.wantReports(testFinance, "2026-W48/1", "2026-W49/1", "2026-W50/1", "2026-W51/1")
	for _, m := range d.inbox(testFinance) {
		if len(m.Attachments) != 1 || !strings.HasPrefix(m.Attachments[0].Name, "handrail-2026-W") || !strings.HasSuffix(m.Attachments[0].Name, ".xlsx") {
			t.Errorf("%s brings %v", m.Subject, m.Attachments)
		}
	}
	d.sound()
}

// A clock that goes back, by an hour in autumn or by a day because it was wrong, makes no week a second time; nor does one
// that jumps ahead and back.
func TestClocksThatChangeDoubleNoWeek(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Schedule.Weekly = "30 1 * * 0" }) // on the Sundays when clocks change, 1:30 comes twice or never
	d.at("2026-10-20 10:00")
	d.approve("Screen reader fixes", "Northwind Inc.") // week 43
	zone, _ := time.LoadLocation("America/Toronto")
	first := time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC).In(zone) // 1:30 daylight time
	for _, at := range []time.Time{first, first.Add(time.Hour), first, first.Add(-24 * time.Hour), first.Add(time.Hour)} {
		d.mu.Lock()
		d.clock = at
		d.mu.Unlock()
		d.once()
	}
	d.wantReports(testFinance, "2026-W43/1")
	d.at("2027-01-10 04:00")
	d.once()
	d.at("2027-03-14 04:00") // 2:30 never came
	d.once()
	n := len(d.reported())
	d.at("2027-03-14 01:00")
	d.once()
	if again := len(d.reported()); again != n || n < 15 {
		t.Errorf("%d reports, then %d", n, again)
	}
	d.sound()
}

// The department moves its zone west or east: no week comes twice, none is left out, and no hour falls between two.
func TestZonesThatChangeLeaveNoGap(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"America/Vancouver", "Europe/Paris", "Pacific/Auckland"} {
		t.Run(zone, func(t *testing.T) {
			d := open(t, nil)
			d.approve("Screen reader fixes", "Northwind Inc.")
			d.at("2026-11-30 09:00")
			d.once()
			d.start(func(o *job.Options) { o.Schedule.TimeZone = zone })
			// Sunday evening in Vancouver is Monday in Toronto: this belongs to the week that is still to come.
			d.approve("More fixes", "Cedar Ltd.")
			d.at("2026-12-08 23:00")
			d.once()
			d.once()
			d.wantReports(testFinance, "2026-W48/1", "2026-W49/1")
			reports := d.reports()
			if s := d.sheet(reports[len(reports)-1].Attachments[0].Data, "Decisions"); !strings.Contains(s, "HR-2026-000002-01") || strings.Contains(s, "HR-2026-000001-01") {
				t.Errorf("the second week's decisions:\n%s", s)
			}
			d.sound()
		})
	}
}

// Somebody who is new gets what the others got last, not the whole past.
func TestANewRecipientGetsTheLastWeek(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.at("2026-12-14 09:00")
	d.once()
	d.wantReports(testFinance, "2026-W48/1", "2026-W49/1", "2026-W50/1")
	d.start(func(o *job.Options) { o.Finance.Recipients = []string{testFinance, testOther} })
	d.once()
	d.wantReports(testOther, "2026-W50/1")
	d.at("2026-12-21 09:00")
	d.once()
	d.wantReports(testOther, "2026-W50/1", "2026-W51/1")
	d.wantReports(testFinance, "2026-W48/1", "2026-W49/1", "2026-W50/1", "2026-W51/1")
}

// The week in which the fiscal year ends comes as two workbooks, each with the lines of its own year.
func TestTheWeekOfTheYearEndComesInTwo(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.at("2027-03-30 10:00")
	d.approve("Old year", "Northwind Inc.")
	d.at("2027-04-01 10:00")
	d.approve("New year", "Cedar Ltd.")
	d.at("2027-04-05 09:00")
	d.once()
	d.wantReports(testFinance, "2027-W13a/1", "2027-W13b/1")
	for i, want := range []string{"HR-2027-000001-01", "HR-2027-000002-01"} {
		m := d.reports()[i]
		if m.Attachments[0].Name != "handrail-2027-W13"+string(rune('a'+i))+".xlsx" {
			t.Errorf("workbook %d is called %s", i+1, m.Attachments[0].Name)
		}
		s := d.sheet(m.Attachments[0].Data, "Decisions")
		if strings.Count(s, "HR-2027-") != 1 || !strings.Contains(s, want) {
			t.Errorf("decisions of part %d:\n%s", i+1, s)
		}
	}
	// Another first month in the configuration moves the cut.
	other := open(t, func(o *job.Options) { o.Finance.Reconcile.FiscalYearStart = 12 })
	other.at("2026-11-30 10:00")
	other.approve("Old year", "Northwind Inc.")
	other.at("2026-12-07 09:00")
	other.once()
	other.wantReports(testFinance, "2026-W49a/1", "2026-W49b/1")
}

// A file whose rows could not be read counts once the configuration says how, though its bytes are the same.
func TestTheSameFileCountsOnceItCanBeRead(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	file := []byte("Date,Merchant,Amount,Currency\n2026-11-20,Coffee,5.00,CAD\n2026-11-21,Paper,7.00,\n")
	d.start(func(o *job.Options) {
		withStatements(o)
		o.Finance.Reconcile = report.Config{StatementHeaders: map[string][]string{"cost_centre": {"Currency"}}}
	})
	d.send(testFinance, "Card activity", "Attached.", file)
	d.once()
	before := len(d.charges())
	d.start(withStatements)
	d.send(testFinance, "Card activity again", "Attached.", file)
	d.once()
	if n := len(d.charges()); before != 2 || n != 2 {
		t.Errorf("%d charges, then %d", before, n)
	}
	half := []byte("Date,Merchant,Amount,Total\n2026-11-20,Ink,3.00,3.39\n")
	d.send(testFinance, "Card activity, two amounts", "Attached.", half)
	d.once()
	d.start(func(o *job.Options) {
		withStatements(o)
		o.Finance.Reconcile = report.Config{StatementHeaders: map[string][]string{"amount": {"Total"}}}
	})
	d.send(testFinance, "Card activity, two amounts, again", "Attached.", half)
	d.once()
	if n := len(d.charges()); n != 3 {
		t.Errorf("%d charges, want 3", n)
	}
}
