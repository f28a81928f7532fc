package batch_test

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/officers"
	"handrail/internal/request"
)

// toronto is an instant in the department's zone, as "2026-11-25 10:00".
func toronto(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// passTo lets the clock go to an instant, and the job make a pass then.
func (d *agency) passTo(at string) {
	d.t.Helper()
	d.pass(toronto(d.t, at).Sub(d.now()))
	d.once()
}

// count is how many mails of somebody say something in their subject or text.
func (d *agency) count(who, words string) (n int) {
	d.t.Helper()
	for _, m := range d.inbox(who) {
		if strings.Contains(flat(m.Subject+"\n"+m.Text), words) {
			n++
		}
	}
	return n
}

func TestWorkingTimeLeavesOutNightsWeekendsAndHolidays(t *testing.T) {
	t.Parallel()
	zone := toronto(t, "2026-11-23 10:00").Location()
	holidays := map[request.Date]bool{{Year: 2026, Month: 12, Day: 25}: true, {Year: 2026, Month: 12, Day: 28}: true}
	c := &officers.Calendar{Zone: zone, From: 8 * time.Hour, To: 17 * time.Hour, Off: func(d request.Date) bool { return holidays[d] }}
	for _, x := range []struct {
		from string
		work time.Duration
		want string
	}{
		{"2026-11-23 10:00", 2 * time.Hour, "2026-11-23 12:00"},
		{"2026-11-23 10:00", 7 * time.Hour, "2026-11-23 17:00"},
		{"2026-11-23 10:00", 18 * time.Hour, "2026-11-25 10:00"},
		{"2026-11-23 23:30", time.Hour, "2026-11-24 09:00"},
		{"2026-11-23 05:00", time.Hour, "2026-11-23 09:00"},
		{"2026-11-27 16:00", 2 * time.Hour, "2026-11-30 09:00"}, // over the weekend
		{"2026-11-28 12:00", time.Hour, "2026-11-30 09:00"},     // mailed on Saturday
		{"2026-12-24 16:00", 2 * time.Hour, "2026-12-29 09:00"}, // over Christmas, a weekend and the day kept instead
		{"2026-03-06 16:00", 2 * time.Hour, "2026-03-09 09:00"}, // the clocks go forward in between
		{"2026-10-30 16:00", 2 * time.Hour, "2026-11-02 09:00"}, // and back
	} {
		if got := c.After(toronto(t, x.from), x.work).In(zone).Format("2006-01-02 15:04"); got != x.want {
			t.Errorf("%s of work from %s end on %s, want %s", x.work, x.from, got, x.want)
		}
	}
	if got := c.Next(toronto(t, "2026-12-24 09:00"), 8*time.Hour+30*time.Minute); !got.Equal(toronto(t, "2026-12-29 08:30")) {
		t.Errorf("the next daily mail is on %s", got)
	}
	if got := c.Days(request.Date{Year: 2026, Month: 12, Day: 24}, 3); got.String() != "2026-12-31" {
		t.Errorf("three working days on is %s", got)
	}
}

// Odile Officer is reminded in working time only, then the backup is asked, then the operator told. Nothing of it needs
// the job to have run in between.
func TestWhatNobodyAnswersGoesToTheBackupAndThenToTheOperator(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, three(t))
	for _, quiet := range []string{"2026-11-23 23:00", "2026-11-24 12:00", "2026-11-25 09:55"} {
		d.passTo(quiet)
	}
	if n := len(d.inbox(testOfficer)); n != 1 {
		t.Fatalf("%d mails before two working days were over", n)
	}
	d.passTo("2026-11-25 10:05")
	d.once()
	if n := len(d.inbox(testOfficer)); n != 2 {
		t.Fatalf("%d mails after two working days", n)
	}
	reminder := d.last(testOfficer)
	d.says(reminder, "HR-2026-000001-01", "HR-2026-000001-03")
	d.passTo("2026-11-28 12:00") // Saturday
	if n := len(d.inbox(testOfficer)); n != 2 {
		t.Errorf("%d mails on Saturday", n)
	}
	if n := len(d.inbox(testDeputy)); n != 0 {
		t.Error("the backup is asked on a weekend")
	}
	d.passTo("2026-11-30 10:05") // five working days
	handed := d.last(testDeputy)
	d.says(handed, "Odile Officer", "HR-2026-000001-01")
	if len(d.inbox(testHead)) != 0 {
		t.Error("somebody was asked before the backup")
	}
	if n := len(d.inbox(testOfficer)); n != 3 {
		t.Errorf("%d mails after five working days", n)
	}
	d.reply(testOfficer, asked, "APPROVE 2: planned") // whoever answers first decides
	d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Approved})
	d.reply(testDeputy, handed, "DECLINE 2: no")
	d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Approved})

	if d.count(testOps, "HR-2026-000001-01") != 0 {
		t.Error("the operator was told while somebody could still answer")
	}
	d.passTo("2026-12-07 10:30") // the backup did not decide either: the last who may is asked
	d.says(d.last(testHead), "HR-2026-000001-01", "Denis Deputy")
	d.passTo("2026-12-14 10:40")
	if d.count(testOps, "HR-2026-000001-01") == 0 {
		t.Error("the operator does not hear that nobody else is there to be asked")
	}
	d.reply(testDeputy, handed, "APPROUVER 1") // late is better than never: the code still counts
	if l := d.lines()["HR-2026-000001-01"]; l.Outcome != request.Approved || l.DecidedBy != testDeputy || l.InsteadOf != testOfficer {
		t.Errorf("%s by %q in place of %q", l.Outcome, l.DecidedBy, l.InsteadOf)
	}
	d.sound()
}

func TestAReminderIsAnsweredLikeTheFirstMail(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "APPROVE 1")
	d.passTo("2026-11-25 10:05")
	reminder := d.last(testOfficer)
	if strings.Contains(reminder.Text, "HR-2026-000001-01") {
		t.Error("the reminder asks again about what is decided")
	}
	d.reply(testOfficer, reminder, "DECLINE ALL: one need")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000001-03": request.Declined})
	d.passTo("2026-12-14 10:00")
	if n := d.count(testOps, "HR-2026-000001"); n != 0 {
		t.Error("the operator was told of what is decided")
	}
}

// The dates stand on the rows: a new process with a new configuration goes on from them, and from the configuration of the
// day how long people have.
func TestTimersSurviveARestartAndAChangedConfiguration(t *testing.T) {
	t.Parallel()
	d, _ := escalated(t, three(t))
	_ = d.job.Close()
	d.start(func(o *job.Options) {
		three(t)(o)
		o.Decisions.RemindAfter = held(4 * time.Hour)
		o.Decisions.Holidays = []string{"2026-11-26", "2026-11-27"}
	})
	d.passTo("2026-11-25 09:55") // the first date was set by the old configuration, and stands
	if n := len(d.inbox(testOfficer)); n != 1 {
		t.Fatalf("%d mails", n)
	}
	d.passTo("2026-11-25 10:05")
	if n := len(d.inbox(testOfficer)); n != 2 {
		t.Fatalf("%d mails at the first date", n)
	}
	// Thursday and Friday are holidays now: by the old configuration five working days would be over on Monday.
	d.passTo("2026-11-30 10:30")
	if n := len(d.inbox(testDeputy)); n != 0 {
		t.Error("the backup was asked by the old configuration")
	}
	d.passTo("2026-12-02 10:05")
	d.says(d.last(testDeputy), "HR-2026-000001-01")
	d.sound()
}

func TestAQuestionDoesNotStopTheClock(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, three(t))
	d.reply(testOfficer, asked, "QUESTION: Why two parts?")
	d.passTo("2026-11-30 10:05")
	d.says(d.last(testDeputy), "HR-2026-000001-01")
}

func digesting(t *testing.T, lang request.Lang) *agency {
	t.Helper()
	d := open(t, three(t, func(o *officers.Officer) { o.Digest, o.Language = true, lang }))
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Alpha", "Zenith Ltd.", "9500", "1235", "10735"), line("Beta", "Alma Inc.", "9600", "1248", "10848")))
	d.send(testOther, "Achat", "Formulaire joint.", d.form(testOther, request.French, line("Gamma", "ZENITH LIMITED", "9700", "1261", "10961", "cost_centre", "5500")))
	d.once()
	return d
}

func TestADailyMailIsGroupedBySupplierAndAnsweredAsAWhole(t *testing.T) {
	t.Parallel()
	for lang, c := range map[request.Lang]struct{ whole string }{
		request.English: {"APPROVE ALL: all three are new needs"}, request.French: {"J’approuve tout : trois besoins nouveaux"},
	} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			d := digesting(t, lang)
			if n := len(d.inbox(testOfficer)); n != 0 {
				t.Fatalf("%d mails before the day's one", n)
			}
			d.passTo("2026-11-24 08:25")
			if n := len(d.inbox(testOfficer)); n != 0 {
				t.Fatalf("%d mails before half past eight", n)
			}
			d.passTo("2026-11-24 08:31")
			d.passTo("2026-11-24 09:00")
			if n := len(d.inbox(testOfficer)); n != 1 {
				t.Fatalf("%d mails of the day", n)
			}
			daily := d.last(testOfficer)
			d.says(daily, "Alpha", "Beta", "Gamma")
			alma, alpha, gamma := strings.Index(daily.Text, "Beta"), strings.Index(daily.Text, "Alpha"), strings.Index(daily.Text, "Gamma")
			if alma > alpha || alma > gamma {
				t.Errorf("the lines of one supplier do not stand together: %d %d %d\n%s", alma, alpha, gamma, daily.Text)
			}
			before := len(d.inbox(testStaff))
			d.reply(testOfficer, daily, c.whole)
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Approved, "000002-01": request.Approved})
			if n := len(d.inbox(testStaff)) - before; n != 1 {
				t.Errorf("a requester with two lines heard %d times", n)
			}
			if n := len(d.inbox(testOther)); n != 2 {
				t.Errorf("the other requester has %d mails", n)
			}
			if m := d.last(testOther); strings.Contains(m.Text, "Alpha") {
				t.Error("a requester sees somebody else's lines")
			}
			d.sound()
		})
	}
}

func TestADailyMailIsAnsweredLineByLineAndByItsWorkbook(t *testing.T) {
	t.Parallel()
	d := digesting(t, request.English)
	d.passTo("2026-11-24 08:31")
	daily := d.last(testOfficer)
	d.reply(testOfficer, daily, "DECLINE 1: no budget\nQUESTION 3: Why this supplier?")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Declined, "000002-01": request.Escalated})
	d.says(d.last(testOther), "Why this supplier?")
	d.returnBook(testOfficer, daily, "", fill(t, decisionBookOf(t, daily), map[string]any{"E6": "Approve", "F6": "planned", "E7": "Decline", "F7": "no"}))
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000002-01": request.Declined})
	d.reply(testOfficer, d.last(testOfficer), "REVOKE 2: the supplier withdrew its offer")
	if got := d.revoked(); len(got) != 1 || got[0] != "HR-2026-000001-01" {
		t.Errorf("revoked: %v", got)
	}
	d.sound()
}

func TestADailyMailComesOnWorkingDaysAndNotWithoutLines(t *testing.T) {
	t.Parallel()
	d := digesting(t, request.English)
	d.passTo("2026-11-24 08:31")
	d.reply(testOfficer, d.last(testOfficer), "DECLINE ALL: no")
	seen := len(d.inbox(testOfficer))
	d.passTo("2026-11-27 18:00")
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Delta", "Essai inc.", "9500", "1235", "10735")))
	for _, quiet := range []string{"2026-11-28 08:31", "2026-11-29 08:31", "2026-11-30 08:29"} {
		d.passTo(quiet)
	}
	if n := len(d.inbox(testOfficer)); n != seen {
		t.Errorf("%d daily mails on days without work or lines", n-seen)
	}
	d.passTo("2026-11-30 08:31")
	d.says(d.last(testOfficer), "Delta")
	// Withdrawn before the mail is written: there is nothing to ask about.
	d.send(testOther, "Achat", "Formulaire joint.", d.form(testOther, request.French, line("Epsilon", "Autre inc.", "9500", "1235", "10735")))
	d.once()
	d.reply(testOther, d.last(testOther), "RETIRER")
	seen = len(d.inbox(testOfficer))
	d.passTo("2026-12-01 08:31")
	if n := len(d.inbox(testOfficer)); n != seen {
		t.Error("a daily mail about nothing")
	}
}

func TestAnAbsenceTakesTheDailyMailAlong(t *testing.T) {
	t.Parallel()
	d := digesting(t, request.English)
	d.send(testOfficer, "Away", "AWAY UNTIL 2026-12-01")
	d.once()
	d.says(d.last(testDeputy), "Odile Officer")
	for _, words := range []string{"HR-2026-000001-01", "HR-2026-000001-02", "HR-2026-000002-01"} {
		if d.count(testDeputy, words) != 1 {
			t.Errorf("the backup was asked %d times about %s", d.count(testDeputy, words), words)
		}
	}
	d.passTo("2026-11-24 08:31")
	if n := d.count(testOfficer, "Alpha"); n != 0 {
		t.Error("the absent officer got the daily mail")
	}
	d.sound()
}

func TestAnUndoneDecisionIsRemindedOfAgain(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Decisions.Hold = held(10 * time.Minute) })
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	d.reply(testOfficer, d.last(testOfficer), "APPROVE")
	d.reply(testOfficer, d.last(testOfficer), "UNDO")
	d.waits("000001-01")
	seen := len(d.inbox(testOfficer))
	d.passTo("2026-11-25 10:05")
	if n := len(d.inbox(testOfficer)); n != seen+1 {
		t.Errorf("%d reminders of a decision that was undone", n-seen)
	}
}
