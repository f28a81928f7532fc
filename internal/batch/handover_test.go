package batch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/officers"
	"handrail/internal/request"
)

// rosterOf gives an inbox its officers.
func rosterOf(t testing.TB, roster ...officers.Officer) func(*job.Options) {
	t.Helper()
	r, err := officers.NewRoster(roster)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *job.Options) { o.Inboxes[0].Roster = r }
}

// three are an officer with a backup, a head who comes before the backup in the roster, and the backup.
func three(t testing.TB, change ...func(*officers.Officer)) func(*job.Options) {
	officer := officers.Officer{Email: testOfficer, Name: "Odile Officer", Language: request.English, Limit: "25000.00", Backup: testDeputy}
	for _, c := range change {
		c(&officer)
	}
	return rosterOf(t, officer, officers.Officer{Email: testHead, Name: "Hana Head", Language: request.French},
		officers.Officer{Email: testDeputy, Name: "Denis Deputy", Language: request.French, Limit: "25000.00"})
}

// last is the newest mail in somebody's inbox.
func (d *agency) last(who string) *ingest.Mail {
	d.t.Helper()
	mails := d.inbox(who)
	if len(mails) == 0 {
		d.t.Fatalf("%s has no mail", who)
	}
	return mails[len(mails)-1]
}

// says holds a mail against what it must say, however it is wrapped.
func (d *agency) says(m *ingest.Mail, want ...string) {
	d.t.Helper()
	for _, w := range want {
		if text := flat(m.Subject + "\n" + m.Text); !strings.Contains(text, w) {
			d.t.Errorf("%q does not say %q:\n%s", m.Subject, w, m.Text)
		}
	}
}

// waits is true for a request of which everything still waits.
func (d *agency) waits(references ...string) {
	d.t.Helper()
	for _, r := range references {
		d.wantOutcomes(map[string]request.Outcome{r: request.Escalated})
	}
}

func TestAnAbsenceByMailHandsEverythingToTheBackup(t *testing.T) {
	t.Parallel()
	for lang, c := range map[string]struct{ away, told string }{
		"en": {"AWAY UNTIL 2026-12-01", "Denis Deputy"},
		"fr": {"Absente jusqu’au 2026-12-01.", "Denis Deputy"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			d, asked := escalated(t, three(t))
			d.send(testOfficer, "Holidays", c.away)
			d.once()
			d.says(d.last(testOfficer), c.told)
			if n := len(d.inbox(testHead)); n != 0 {
				t.Errorf("the head, who is nobody's backup, got %d mails", n)
			}
			handed := d.last(testDeputy)
			d.says(handed, "Odile Officer")

			d.reply(testOfficer, asked, "APPROVE 1")
			d.waits("000001-01", "000001-02", "000001-03")
			d.says(d.last(testOfficer), "Denis Deputy")

			d.reply(testDeputy, handed, "APPROUVER 1")
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
			if l := d.lines()["HR-2026-000001-01"]; l.DecidedBy != testDeputy || l.InsteadOf != testOfficer {
				t.Errorf("the record names %q in place of %q", l.DecidedBy, l.InsteadOf)
			}
			d.says(d.last(testStaff), "Denis Deputy", "Odile Officer")

			d.send(testStaff, "More", "Form attached.", d.form(testStaff, request.English, line("Podium", "Essai inc.", "9500", "1235", "10735")))
			d.once()
			if d.says(d.last(testDeputy), "HR-2026-000002"); len(d.inbox(testHead)) != 0 {
				t.Error("what comes during the absence does not go to the backup")
			}
			d.pass(9 * 24 * time.Hour) // 2 December
			d.once()                   // what the backup has not decided in time comes back as well
			d.send(testStaff, "Later", "Form attached.", d.form(testStaff, request.English, line("Scanners", "Tard inc.", "9500", "1235", "10735")))
			d.once()
			d.says(d.last(testOfficer), "HR-2026-000003")
			d.sound()
		})
	}
}

// Whatever of an absence cannot be, changes nothing, and who wrote it hears why.
func TestAbsencesThatAreNoneHandNothingOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, body string
		headers    []string
		officer    func(*officers.Officer)
		says       string // to who wrote it; "" nothing
	}{
		"without a backup in the roster": {testOfficer, "AWAY UNTIL 2026-12-01", nil, func(o *officers.Officer) { o.Backup = "" }, "names no backup"},
		"of somebody who is no officer":  {testStaff, "AWAY UNTIL 2026-12-01", nil, nil, "Only officers"},
		"without a day":                  {testOfficer, "AWAY UNTIL next week", nil, nil, "date"},
		"for more than a year":           {testOfficer, "AWAY UNTIL 2028-01-01", nil, nil, "more than a year"},
		"by an automatic reply":          {testOfficer, "AWAY UNTIL 2026-12-01", []string{"Auto-Submitted: auto-replied"}, nil, ""},
		"with a decision beside it":      {testOfficer, "APPROVE 1\nAWAY UNTIL 2026-12-01", nil, nil, "only command"},
		"with a condition":               {testOfficer, "AWAY UNTIL 2026-12-01 unless it is urgent", nil, nil, "date"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var change []func(*officers.Officer)
			if c.officer != nil {
				change = append(change, c.officer)
			}
			d, asked := escalated(t, three(t, change...))
			to := asked
			if c.from == testStaff {
				to = d.last(testStaff) // whatever we mailed to them
			}
			before := len(d.inbox(c.from))
			d.reply(c.from, to, c.body, c.headers...)
			d.waits("000001-01", "000001-02", "000001-03")
			if len(d.inbox(testDeputy)) != 0 || len(d.inbox(testHead)) != 0 {
				t.Error("somebody else was asked")
			}
			if c.says == "" {
				if len(d.inbox(c.from)) != before {
					t.Error("an automatic reply was answered")
				}
				return
			}
			d.says(d.last(c.from), c.says)
			d.reply(testOfficer, asked, "APPROVE 1")
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
		})
	}
}

func TestABackupWithoutTheAuthorityIsPassedOver(t *testing.T) {
	t.Parallel()
	d := open(t, rosterOf(t,
		officers.Officer{Email: testOfficer, Name: "Odile Officer", Language: request.English, Limit: "25000.00", Backup: testDeputy},
		officers.Officer{Email: testDeputy, Name: "Denis Deputy", Language: request.English, Limit: "500.00"},
		officers.Officer{Email: testHead, Name: "Hana Head", Language: request.English}))
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	d.send(testOfficer, "Away", "AWAY UNTIL 2026-12-01")
	d.once()
	if n := len(d.inbox(testDeputy)); n != 0 {
		t.Errorf("a backup whose limit is below the line got %d mails", n)
	}
	d.reply(testHead, d.last(testHead), "APPROVE")
	if l := d.lines()["HR-2026-000001-01"]; l.Outcome != request.Approved || l.DecidedBy != testHead || l.InsteadOf != testOfficer {
		t.Errorf("%s by %q in place of %q", l.Outcome, l.DecidedBy, l.InsteadOf)
	}
}

func TestAnOfficerComesBackEarlyFromAnAbsence(t *testing.T) {
	t.Parallel()
	d := open(t, three(t))
	d.send(testOfficer, "Away", "AWAY UNTIL 2026-12-11")
	d.once()
	d.pass(48 * time.Hour)
	d.send(testOfficer, "Back", "AWAY UNTIL 2026-11-24")
	d.once()
	d.says(d.last(testOfficer), "you count as back")
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	d.says(d.last(testOfficer), "HR-2026-000001")
}

func TestAnAbsenceInTheConfigurationSendsToTheBackup(t *testing.T) {
	t.Parallel()
	d := open(t, three(t, func(o *officers.Officer) { o.Absences = []string{"2026-11-23..2026-11-23"} }))
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	d.reply(testDeputy, d.last(testDeputy), "APPROUVÉE")
	if l := d.lines()["HR-2026-000001-01"]; l.Outcome != request.Approved || l.DecidedBy != testDeputy || l.InsteadOf != testOfficer {
		t.Errorf("%s by %q in place of %q", l.Outcome, l.DecidedBy, l.InsteadOf)
	}
	d.pass(24 * time.Hour)
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Scanners", "Tard inc.", "9500", "1235", "10735")))
	d.once()
	d.says(d.last(testOfficer), "HR-2026-000002")
}

func TestLinesAreHandedOverToAColleague(t *testing.T) {
	t.Parallel()
	for lang, c := range map[string]struct{ assign string }{
		"en": {"ASSIGN " + testHead}, "fr": {"Confier à " + strings.ToUpper(testHead) + "."},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			d, asked := escalated(t, three(t))
			d.reply(testOfficer, asked, "APPROVE 1")
			d.reply(testOfficer, asked, c.assign)
			d.says(d.last(testOfficer), "Hana Head")
			handed := d.last(testHead)
			d.says(handed, "Odile Officer", "HR-2026-000001-02", "HR-2026-000001-03")
			if strings.Contains(handed.Text, "HR-2026-000001-01") {
				t.Error("what was decided is handed over as well")
			}
			d.reply(testOfficer, asked, "DECLINE 2: no")
			d.waits("000001-02")
			d.says(d.last(testOfficer), "Hana Head")
			d.reply(testHead, handed, "REFUSER : un seul besoin")
			d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Declined, "000001-03": request.Declined})
			if l := d.lines()["HR-2026-000001-02"]; l.DecidedBy != testHead || l.InsteadOf != testOfficer {
				t.Errorf("the record names %q in place of %q", l.DecidedBy, l.InsteadOf)
			}
			d.sound()
		})
	}
}

func TestLinesAreHandedToNobodyWhoMayNotDecideThem(t *testing.T) {
	t.Parallel()
	// The deputy asks for the purchase, the head is its section 32 manager, the junior's limit is below it.
	junior := testOther
	d := open(t, rosterOf(t,
		officers.Officer{Email: testOfficer, Name: "Odile Officer", Language: request.English},
		officers.Officer{Email: testHead, Name: "Hana Head"}, officers.Officer{Email: testDeputy, Name: "Denis Deputy"},
		officers.Officer{Email: junior, Name: "Jules Junior", Limit: "5000.00"}, officers.Officer{Email: "gone@" + testDomain, Absences: []string{"2026-11-20..2026-11-30"}}))
	d.send(testDeputy, "Purchase", "Form attached.", d.authorized(testHead, d.form(testDeputy, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735"))))
	d.once()
	asked := d.last(testOfficer)
	for to, why := range map[string]string{
		testStaff: "not an officer", testOfficer: "yours already", testHead: "may not decide", testDeputy: "may not decide", junior: "may not decide",
		"gone@" + testDomain: "is away",
	} {
		d.pass(61 * time.Minute)
		d.reply(testOfficer, asked, "ASSIGN "+to)
		d.says(d.last(testOfficer), why, "Nothing was handed over")
	}
	if len(d.inbox(testHead)) != 0 || len(d.inbox(junior)) != 0 {
		t.Error("somebody was asked")
	}
	d.reply(testOfficer, asked, "APPROVE")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
}

func TestAQuestionGoesToTheRequesterAndTheAnswerComesBack(t *testing.T) {
	t.Parallel()
	for lang, c := range map[string]struct{ question, answer, words string }{
		"en": {"QUESTION 2: Was this planned in spring?\n\nThanks,\nOdile Officer", "No, the bug came up last week.", "Was this planned in spring?"},
		"fr": {"Question 2 : l’achat était-il prévu au printemps?", "Non, le problème est apparu la semaine dernière.", "l’achat était-il prévu au printemps?"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			d, asked := escalated(t, nil)
			request0 := d.inbox(testStaff)[0].InReplyTo
			d.reply(testOfficer, asked, c.question)
			question := d.last(testStaff)
			d.says(question, c.words, "Odile Officer", "HR-2026-000001-02")
			if !slices.Equal(question.InReplyTo, request0) {
				t.Errorf("the question is not in the requester's conversation: %v", question.InReplyTo)
			}
			d.waits("000001-01", "000001-02", "000001-03")

			filed := d.folder(testInbox, "Processed")
			officerWrote := filed[len(filed)-1].MessageID
			d.reply(testStaff, question, c.answer)
			answer := d.last(testOfficer)
			d.says(answer, c.answer, testStaff)
			if !slices.Contains(answer.InReplyTo, officerWrote) || !slices.Contains(answer.References, officerWrote) {
				t.Errorf("the answer is not in the officer's conversation: In-Reply-To %v, References %v, want %s", answer.InReplyTo, answer.References, officerWrote)
			}
			d.waits("000001-01", "000001-02", "000001-03")
			if strings.Contains(answer.Text, "QUESTION") && strings.Contains(answer.Text, "> "+c.words) {
				t.Error("what the program quoted came along")
			}
			// The officer decides by answering the answer.
			d.reply(testOfficer, answer, "APPROVE 2: a new need")
			d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Approved, "000001-01": request.Escalated})
			d.sound()
		})
	}
}

func TestARequestersAnswerNeverDecides(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "QUESTION: Why two parts?")
	question := d.last(testStaff)
	d.reply(testStaff, question, "APPROVE ALL: the officer said so")
	d.waits("000001-01", "000001-02", "000001-03")
	d.reply(testOther, question, "It is one need.") // somebody else answers: the officer does not hear it as the requester's
	for _, m := range d.inbox(testOfficer) {
		if strings.Contains(m.Text, "It is one need.") {
			t.Error("somebody else's words came to the officer as the answer")
		}
	}
}

func TestADecisionBesideAQuestion(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "APPROVE 1\nQUESTION 2-3: Is it one need?")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated, "000001-03": request.Escalated})
	found := false
	for _, m := range d.inbox(testStaff) {
		found = found || strings.Contains(m.Text, "Is it one need?")
	}
	if !found {
		t.Error("the question did not reach the requester")
	}
	// Decided without waiting for the answer: which then has nobody left to go to, and is told so.
	var question *ingest.Mail
	for _, m := range d.inbox(testStaff) {
		if strings.Contains(m.Text, "Is it one need?") {
			question = m
		}
	}
	d.reply(testOfficer, asked, "DECLINE 2-3: one need")
	d.reply(testStaff, question, "Yes, it is.")
	d.says(d.last(testStaff), "no longer needs your answer")
	d.sound()
}

func TestTheAnswerToAQuestionGoesToWhoHasTheLinesNow(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, three(t))
	d.reply(testOfficer, asked, "QUESTION: Why two parts?")
	question := d.last(testStaff)
	d.send(testOfficer, "Away", "AWAY UNTIL 2026-12-01")
	d.once()
	d.reply(testStaff, question, "They are two needs.")
	d.says(d.last(testDeputy), "They are two needs.")
}
