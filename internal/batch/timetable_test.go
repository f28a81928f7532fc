package batch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/approvals"
	"handrail/internal/job"
	"handrail/internal/officers"
	"handrail/internal/request"
)

// restart makes the job again with other options, as after a change of the configuration.
func (d *agency) restart(change func(*job.Options)) {
	d.t.Helper()
	_ = d.job.Close()
	d.start(change)
}

// alone is a roster of one officer, who decides everything.
func alone(t testing.TB) func(*job.Options) {
	return rosterOf(t, officers.Officer{Email: testHead, Name: "Hana Head", Language: request.English})
}

// A line that nobody decides never rests: its officer is reminded, a new code is mailed, and every person who can do something hears.
func TestALineThatNobodyDecidesNeverRests(t *testing.T) {
	t.Parallel()
	d := open(t, withContact(alone(t)))
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	first := d.last(testHead)
	seen := d.got(everyAddress...)
	news := func(at string, want map[string]string) {
		t.Helper()
		d.passTo(at)
		for _, who := range everyAddress {
			fresh := d.since(who, seen[who])
			switch words := want[who]; {
			case words == "" && len(fresh) > 0:
				t.Errorf("%s: %s got %q", at, who, fresh[0].Subject)
			case words != "" && len(fresh) != 1:
				t.Errorf("%s: %s got %d mails, want one that says %q", at, who, len(fresh), words)
			case words != "":
				d.says(fresh[0], words)
			}
		}
		seen = d.got(everyAddress...)
	}
	news("2026-11-25 10:05", map[string]string{testHead: "Still open"})
	news("2026-11-27 16:00", nil)
	news("2026-11-30 10:05", map[string]string{testHead: "Still open", testStaff: "With the officer: Hana Head (head@department.example), since November 23, 2026", testOps: "handrail ask HR-2026-000001-01 --to"})
	news("2026-12-06 10:00", nil)
	news("2026-12-07 10:05", map[string]string{testHead: "You were asked about this on 2026-11-23"})
	second := d.last(testHead)
	if second.MessageID == first.MessageID || second.Subject == first.Subject {
		t.Error("the second mail has no code of its own")
	}
	news("2026-12-09 10:10", map[string]string{testHead: "Still open"})
	news("2026-12-14 10:10", map[string]string{testHead: "Still open", testStaff: "Still waiting", testOps: "handrail ask"})
	news("2026-12-21 10:10", map[string]string{testHead: "You were asked about this on 2026-12-07", testOps: "Nobody has decided for weeks", testDeputy: "Nobody has decided for weeks"})
	d.reply(testHead, first, "APPROVE 1") // the first mail of all still counts
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	seen = d.got(everyAddress...)
	d.reply(testHead, second, "DECLINE 1: too late for that")
	d.says(d.last(testHead), "decided first")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	seen = d.got(everyAddress...)
	news("2027-02-15 10:00", nil)
	d.sound()
}

// Whoever cannot decide any more has nothing that waits: what was theirs goes to somebody who can, at once.
func TestWhatAnOfficerCannotDecideGoesToWhoCan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*officers.Officer)
		gone   bool
		at     string
		why    string
	}{
		"left":          {gone: true, why: "no longer among the officers"},
		"a lower limit": {change: func(o *officers.Officer) { o.Limit = "500.00" }, why: "not Odile Officer’s to decide any more"},
		"away by the roster, from a day on": {change: func(o *officers.Officer) { o.Absences = []string{"2026-11-24..2026-12-31"} },
			at: "2026-11-24 08:05", why: "Odile Officer is away"},
	} {
		for _, digest := range []bool{false, true} {
			t.Run(fmt.Sprint(name, digest), func(t *testing.T) {
				t.Parallel()
				daily := func(o *officers.Officer) { o.Digest, o.Language = digest, request.English }
				d := open(t, three(t, daily))
				d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
				d.once()
				if c.gone {
					d.restart(rosterOf(t, officers.Officer{Email: testHead, Name: "Hana Head", Language: request.English}))
				} else {
					d.restart(rosterOf(t, func() officers.Officer {
						o := officers.Officer{Email: testOfficer, Name: "Odile Officer", Limit: "25000.00"}
						daily(&o)
						c.change(&o)
						return o
					}(), officers.Officer{Email: testHead, Name: "Hana Head", Language: request.English}))
				}
				if c.at != "" {
					d.once()
					if n := len(d.inbox(testHead)); n != 0 {
						t.Fatal("somebody else was asked before the day")
					}
					d.passTo(c.at)
				}
				d.once()
				d.once()
				if n := len(d.inbox(testHead)); n != 1 {
					t.Fatalf("the other officer got %d mails", n)
				}
				d.says(d.last(testHead), "HR-2026-000001-01")
				if !digest { // a line that was only to be in a daily mail was asked of nobody else
					d.says(d.last(testHead), c.why)
				}
				d.reply(testHead, d.last(testHead), "APPROVE 1")
				d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
				d.sound()
			})
		}
	}
}

// A line that nobody may decide waits for a roster with somebody in it, and goes there by itself.
func TestANewOfficerGetsWhatWaitedForOne(t *testing.T) {
	t.Parallel()
	d := open(t, alone(t))
	d.send(testHead, "Purchases", "Form attached.", d.form(testHead, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	d.once()
	d.says(d.last(testOps), "No officer may decide a line", "HR-2026-000001-01")
	told := len(d.told())
	for _, day := range []string{"2026-11-24 09:00", "2026-11-25 09:00"} {
		d.passTo(day)
	}
	if n := len(d.told()); n != told {
		t.Errorf("the operator was told %d times", n)
	}
	d.passTo("2026-11-30 10:05")
	d.says(d.last(testHead), "Nobody can decide it at present")
	d.restart(rosterOf(t, officers.Officer{Email: testHead, Name: "Hana Head", Language: request.English}, officers.Officer{Email: testDeputy, Name: "Denis Deputy", Language: request.English}))
	d.once()
	d.says(d.last(testDeputy), "HR-2026-000001-01", "no officer could decide them until now")
	d.reply(testDeputy, d.last(testDeputy), "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	d.sound()
}

// sendMany sends so many requests of one line that need an officer.
func (d *agency) sendMany(n int) {
	d.t.Helper()
	for i := range n {
		d.send(testStaff, fmt.Sprintf("Purchase %d", i+1), "Form attached.",
			d.form(testStaff, request.English, line(fmt.Sprintf("Thing %d", i+1), fmt.Sprintf("Maison %c%c", 'A'+i/26, 'A'+i%26), "9500", "1235", "10735", "cost_centre", fmt.Sprint(7000+i))))
		d.once()
	}
}

// An officer gets single mails up to eight a day; what comes after them is in the next daily mail. Reminders are one mail a day.
func TestAnOfficerIsNotFlooded(t *testing.T) {
	t.Parallel()
	const requests = 20
	d := open(t, alone(t))
	d.sendMany(requests)
	if n := len(d.inbox(testHead)); n != 8 {
		t.Fatalf("%d mails on the first day", n)
	}
	single := d.inbox(testHead)[2]
	d.passTo("2026-11-24 08:31")
	if n := len(d.inbox(testHead)); n != 9 {
		t.Fatalf("%d mails with the daily one", n)
	}
	daily := d.last(testHead)
	d.says(daily, "Thing 9", "Thing 20", "12 purchases wait")
	seen := len(d.inbox(testHead))
	days := 0
	for day := toronto(t, "2026-11-24 09:00"); day.Before(toronto(t, "2026-12-16 09:00")); day = day.Add(8 * time.Hour) {
		d.pass(day.Sub(d.now()))
		d.once()
		if day.Hour() == toronto(t, "2026-11-24 09:00").Hour() {
			days++
		}
	}
	if n := len(d.inbox(testHead)) - seen; n > 10 {
		t.Errorf("%d more mails in %d days without an answer", n, days)
		for _, m := range d.since(testHead, seen) {
			t.Logf("%s", m.Subject)
		}
	}
	reminder := d.since(testHead, seen)[0]
	d.says(reminder, "Still open", "on 8 purchases", "Thing 1", "Thing 8")
	// Every mail still decides: the first, the daily one, and the newest.
	d.reply(testHead, single, "APPROVE 1: a library that lends them") // things that are alike need a reason
	d.reply(testHead, daily, "DECLINE 1: no")
	d.reply(testHead, d.last(testHead), "what?")
	approved, declined := 0, 0
	for _, o := range d.outcomes() {
		switch o {
		case request.Approved:
			approved++
		case request.Declined:
			declined++
		}
	}
	if approved != 1 || declined != 1 {
		t.Errorf("%d approved, %d declined", approved, declined)
	}
	d.sound()
}

// Who asks what became of a request hears who has it, and since when.
func TestARequesterWhoAsksHearsWhoHasTheLines(t *testing.T) {
	t.Parallel()
	d, _ := escalated(t, nil)
	d.pass(26 * time.Hour)
	d.reply(testStaff, d.last(testStaff), "Hello, how far is my request?")
	d.says(d.last(testStaff), "Odile Officer (officer@department.example) has your mail", "With the officer: Odile Officer (officer@department.example), since November 23, 2026")
}

// An operator has somebody asked; who had the lines can still decide.
func TestAnOperatorHasSomebodyAsked(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, three(t))
	ask := func(reference, to string) (approvals.AskedByHand, error) {
		t.Helper()
		r, ok := request.ParseReference(reference)
		if !ok {
			t.Fatal(reference)
		}
		done, err := d.job.Approvals.AskSomebody(t.Context(), r, to)
		d.once()
		return done, err
	}
	done, err := ask("HR-2026-000001-02", "")
	if err != nil || len(done.Officers) != 1 || done.Officers[0].Email != testHead || len(done.Before) != 1 || done.Before[0].Officer != testOfficer {
		t.Fatalf("%+v, %v", done, err)
	}
	d.says(d.last(testHead), "HR-2026-000001-02")
	if strings.Contains(d.last(testHead).Text, "HR-2026-000001-01") {
		t.Error("asked about a line that was not named")
	}
	if done, err = ask("HR-2026-000001", "Denis"); err != nil || len(done.Lines) != 3 || done.Officers[0].Email != testDeputy {
		t.Fatalf("%+v, %v", done, err)
	}
	d.reply(testOfficer, asked, "APPROVE 1")
	d.reply(testDeputy, d.last(testDeputy), "DECLINE 2: no")
	d.reply(testHead, d.last(testHead), "APPROUVER : déjà prévu")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000001-03": request.Escalated})
	for _, c := range []struct {
		reference, to string
		want          error
	}{
		{"HR-2026-000009", "", approvals.ErrUnknownRequest}, {"HR-2026-000001-01", "", approvals.ErrNothingWaits}, {"HR-2026-000001-09", "", approvals.ErrNothingWaits},
		{"HR-2026-000001-03", "nobody@department.example", approvals.ErrNotAnOfficer}, {"HR-2026-000001-03", "Nadine", approvals.ErrNotAnOfficer},
	} {
		before := d.got(everyAddress...)
		if _, err := ask(c.reference, c.to); !errors.Is(err, c.want) {
			t.Errorf("%s to %q: %v", c.reference, c.to, err)
		}
		d.nobodyHears(before)
	}
	d.sound()
}

// Whoever hands lines over decides them by none of the mails that they got about them.
func TestHandingOverEndsEveryCodeOverTheLines(t *testing.T) {
	t.Parallel()
	d, first := escalated(t, three(t))
	d.passTo("2026-12-08 10:00")
	newest := d.last(testOfficer)
	if newest.Subject == first.Subject {
		t.Fatal("there is no second mail")
	}
	d.reply(testOfficer, first, "ASSIGN "+testHead) // the oldest mail hands over as well
	d.says(d.last(testHead), "HR-2026-000001-01", "Odile Officer vous confie ces lignes")
	for _, m := range []*ingest.Mail{first, newest} {
		d.reply(testOfficer, m, "APPROVE 1")
		d.waits("000001-01")
		d.says(d.last(testOfficer), "The lines are now with")
	}
	d.sound()
}
