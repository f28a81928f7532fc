package batch_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/mailtest"
	"handrail/internal/officers"
	"handrail/internal/request"
)

const (
	testNever   = "never@" + testDomain   // an officer who never answers
	testLeaver  = "leaver@" + testDomain  // an officer who leaves on the twentieth day
	testBounced = "bounced@" + testDomain // an officer whose mailbox is gone from the tenth day on
)

// sixtyDays is a department over sixty days, with people who answer, answer wrongly, leave, or never answer. After each day whatever
// rests is held against the promise that a person was told of it within a working day, and has a next step that works.
type sixtyDays struct {
	*agency
	db       *sql.DB
	calendar *officers.Calendar
	read     map[string]int // by officer: how many mails they have read
	sent     int
	left     bool // the leaver
	gone     bool // the mailbox of the bounced
}

func newWalk(t *testing.T) *sixtyDays {
	d := openOffice(t, func(o *mailtest.Options) {
		for _, a := range []string{testNever, testLeaver, testBounced} {
			o.Users = append(o.Users, mailtest.User{Address: a, Password: "secret"})
		}
	})
	path := filepath.Join(t.TempDir(), "ledger.db")
	var err error
	if d.ledger, err = ledgertest.Open(t, ledger.Config{URL: path}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.ledger.Close() })
	w := &sixtyDays{agency: d, read: map[string]int{}}
	d.start(w.roster())
	if w.db, err = sql.Open("sqlite", "file:"+path+"?mode=ro"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() })
	w.calendar = d.job.Department.Calendar(d.job.Department.Main())
	return w
}

// roster is who decides, without those who left.
func (w *sixtyDays) roster() func(*job.Options) {
	of := func(email, name, centre string) officers.Officer {
		return officers.Officer{Email: email, Name: name, Language: request.English, Limit: "25000.00", CostCentres: []string{centre}}
	}
	list := []officers.Officer{of(testOfficer, "Odile Officer", "4410"), of(testDeputy, "Denis Deputy", "5510"), of(testNever, "Nora Never", "7710"),
		of(testBounced, "Boris Bounced", "8810")}
	if !w.left {
		list = append(list, of(testLeaver, "Luc Leaver", "6610"))
	}
	list = append(list, officers.Officer{Email: testHead, Name: "Hana Head", Language: request.English})
	return func(o *job.Options) {
		rosterOf(w.t, list...)(o)
		o.Inboxes[0].Config.StatementSenders = []string{testFinance}
	}
}

// day lets people do what they do on one, with the job looking three times.
func (w *sixtyDays) day(n int) {
	w.t.Helper()
	morning := w.job.Department.Day(monday).AddDays(n).Time(w.job.Department.Zone).Add(9*time.Hour + 5*time.Minute)
	for _, at := range []time.Duration{0, 3 * time.Hour, 7 * time.Hour} {
		w.pass(morning.Add(at).Sub(w.now()))
		if at == 0 {
			w.news(n)
		}
		if at == 3*time.Hour {
			w.answers(n)
		}
		w.look()
	}
}

// look is a pass of the job, which meets refused mails and outages as it does.
func (w *sixtyDays) look() {
	w.t.Helper()
	if _, err := w.job.Once(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// news is what comes on a day: for four weeks requests of every kind, and now and then something that cannot be read.
func (w *sixtyDays) news(n int) {
	w.t.Helper()
	switch n {
	case 10:
		w.gone = true
		if err := w.office.Inject(mailtest.Fault{Kind: mailtest.RefuseRecipient, Recipient: testBounced, Times: -1, Code: 550, Words: "5.1.1 No such user"}); err != nil {
			w.t.Fatal(err)
		}
	case 20:
		w.left = true
		w.restart(w.roster())
	case 3:
		w.send(testFinance, "Card statement", "Attached.", []byte(statementHead+"2026-11-20,2026-11-19,Paper Co,45.00,CAD,1234,4410,\n2026-11-21,2026-11-20,Ink Co,5.00,CAD,1234,4410,HR-2026-000001-01\n"))
	}
	if n >= 28 || n%7 >= 5 {
		return
	}
	centres := []string{"4410", "5510", "6610", "7710", "8810"}
	w.sent++
	w.send(testStaff, fmt.Sprintf("Purchase %d", n), "Form attached.", w.form(testStaff, request.English,
		line(fmt.Sprintf("Thing %d", n), fmt.Sprintf("Maison %c Works", 'A'+n), "9500", "1235", "10735", "cost_centre", centres[w.sent%len(centres)])))
	switch n % 5 {
	case 1: // approved, and returned
		w.send(testOther, "Two", "Form attached.", w.form(testOther, request.English, line("Stapler", fmt.Sprintf("Shop %d", n), "100", "13", "113"),
			line("Wrong sum", "Shop", "100", "13", "ten")))
	case 2:
		w.put(w.unproven("stranger@elsewhere.example", "Purchase", w.form(testStaff, request.English, line("Odd lamp", "Shop", "100", "13", "113"))))
	case 3:
		w.send(testOther, "A question", "Hello, whom do I ask about chairs?")
	}
}

// answers is what officers do with the mails that they have not read yet.
func (w *sixtyDays) answers(n int) {
	w.t.Helper()
	if n%7 >= 5 {
		return
	}
	each := func(who string, do func(m *ingest.Mail)) {
		mails := w.inbox(who)
		for _, m := range mails[min(w.read[who], len(mails)):] {
			if asks := strings.Contains(m.Subject, "decide by") || strings.Contains(m.Subject, "overdue since"); asks || who == testDeputy && n < 12 {
				do(m)
			}
		}
		w.read[who] = len(mails)
	}
	each(testOfficer, func(m *ingest.Mail) { w.mailReply(testOfficer, m, "APPROVE ALL: planned for this year") })
	each(testDeputy, func(m *ingest.Mail) { w.mailReply(testDeputy, m, "ok merci") })
	if n%9 == 8 { // the head reads what there is now and then, and asks first
		each(testHead, func(m *ingest.Mail) { w.mailReply(testHead, m, "QUESTION: Why this supplier?") })
	}
}

// rows runs a query and hands every row on as text.
func (w *sixtyDays) rows(query string, args ...any) (rows [][]string) {
	w.t.Helper()
	found, err := w.db.QueryContext(w.t.Context(), query, args...)
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		w.t.Fatal(err)
	}
	for found.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			w.t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i := range values {
			row[i] = values[i].String
		}
		rows = append(rows, row)
	}
	if err := found.Err(); err != nil {
		w.t.Fatal(err)
	}
	return rows
}

// oneWorkingDayAgo is the latest instant from which a working day has gone by.
func (w *sixtyDays) oneWorkingDayAgo() time.Time {
	at := w.now()
	for !w.calendar.After(at, 9*time.Hour).Before(w.now()) {
		at = at.Add(-time.Hour)
	}
	return at
}

// rests checks after a day that nothing rests of which no person was told.
func (w *sixtyDays) rests(day string) {
	w.t.Helper()
	limit := w.oneWorkingDayAgo().UnixMicro()
	for what, query := range map[string]string{
		"line that waits, of which no person was told": `SELECT l.reference FROM line l WHERE l.outcome = 'escalated' AND l.judged_at < $1
			AND NOT EXISTS (SELECT 1 FROM token t JOIN outgoing o ON o.escalation = t.escalation WHERE t.line = l.id AND o.state = 'accepted')
			AND NOT EXISTS (SELECT 1 FROM owed a JOIN outgoing o ON o.cause = a.cause AND o.kind = 'alert' AND o.state = 'accepted'
				WHERE a.kind = 'alert' AND a.detail LIKE '%' || l.reference || '%')`,
		"entry of the outbox that is late": "SELECT kind || ' ' || cause FROM owed WHERE state = 'owed' AND due_at < $1",
		"message that is not judged":       "SELECT id FROM message WHERE state = 'received' AND collected_at < $1",
		"message that is not filed":        "SELECT id FROM message WHERE state = 'judged' AND filed_at IS NULL AND collected_at < $1",
		"mail that is on its way":          "SELECT id || ' ' || kind || ' ' || state FROM outgoing WHERE state IN ('ready', 'sending', 'deferred', 'unknown', 'held') AND made_at < $1",
		"charge of which finance got no workbook": `SELECT r.id FROM statement_row r JOIN statement s ON s.id = r.statement JOIN message m ON m.id = s.message WHERE m.collected_at < $1 - 8 * 86400000000
			AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.kind = 'weekly' AND o.state = 'accepted' AND o.made_at > m.collected_at)`,
		"escalation without a next date":             "SELECT id FROM escalation WHERE state IN ('open', 'asked') AND kind = 'decision' AND next_at IS NULL AND opened_at < $1",
		"row that is set aside and nobody knows":     "SELECT step || ':' || key FROM attempt a WHERE aside_at < $1 AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.kind = 'alert' AND o.state = 'accepted' AND o.cause LIKE '%' || a.key || '%')",
		"quarantined message and no word to anybody": "SELECT m.id FROM message m WHERE m.state = 'quarantined' AND m.collected_at < $1 AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.recipient = '" + testOps + "' AND o.state = 'accepted' AND o.made_at >= m.collected_at - 86400000000)",
	} {
		for _, r := range w.rows(query, limit) {
			w.t.Errorf("%s: %s: %s", day, what, strings.Join(r, " "))
		}
	}
	w.lieWithSomebody(day)
	w.floods(day)
}

// lieWithSomebody checks that every line that waits lies with somebody who can decide it today, or that the operator knows of it.
func (w *sixtyDays) lieWithSomebody(day string) {
	w.t.Helper()
	roster := w.job.Department.Main().Roster()
	if err := w.ledger.View(w.t.Context(), func(tx *ledger.Tx) error {
		waiting, err := tx.Escalations.Waiting(w.t.Context(), 0)
		if err != nil {
			return err
		}
		for _, l := range waiting {
			able := false
			for _, h := range l.Holders {
				_, known := roster.ByEmail(h.Officer)
				able = able || known && !(w.gone && h.Officer == testBounced)
			}
			if !able && l.JudgedAt.Before(w.oneWorkingDayAgo()) {
				w.t.Errorf("%s: %s lies with nobody who can decide it: %+v", day, l.Reference, l.Holders)
			}
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

// floods checks that nobody got two mails of a day about the same thing that they did not ask for.
func (w *sixtyDays) floods(day string) {
	w.t.Helper()
	since := w.job.Department.Day(w.now()).Time(w.job.Department.Zone).UnixMicro()
	for what, query := range map[string]string{
		"asked about a line": `SELECT o.recipient, t.line, COUNT(*) FROM outgoing o JOIN token t ON t.escalation = o.escalation
			WHERE o.kind IN ('escalation', 'reminder', 'digest', 'section32') AND o.made_at >= $1 GROUP BY o.recipient, t.line HAVING COUNT(*) > 1`,
		"told of a request": `SELECT recipient, COALESCE(submission, cause) AS thing, kind, COUNT(*) FROM outgoing WHERE kind IN ('still-waiting', 'question-reminder', 'question-unanswered')
			AND made_at >= $1 GROUP BY recipient, thing, kind HAVING COUNT(*) > 1`,
		"alerted": "SELECT recipient, COUNT(*) FROM outgoing WHERE kind = 'alert' AND made_at >= $1 GROUP BY recipient HAVING COUNT(*) > 6",
	} {
		for _, r := range w.rows(query, since) {
			w.t.Errorf("%s: %s too often: %s", day, what, strings.Join(r, " "))
		}
	}
}

// settle follows the advice about everything that still waits: whoever has a line answers the newest mail about it.
func (w *sixtyDays) settle() {
	w.t.Helper()
	for range 10 {
		var who string
		if err := w.ledger.View(w.t.Context(), func(tx *ledger.Tx) error {
			waiting, err := tx.Escalations.Waiting(w.t.Context(), 0)
			for _, l := range waiting {
				for _, h := range l.Holders {
					if who == "" && h.Officer != testBounced {
						who = h.Officer
					}
				}
			}
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
		if who == "" {
			break
		}
		for _, m := range w.inbox(who) {
			if len(ingest.CodesIn(m)) == 1 {
				w.mailReply(who, m, "DECLINE ALL: no longer needed")
			}
		}
		w.look()
	}
	if left := w.rows("SELECT reference FROM line WHERE outcome = 'escalated'"); len(left) > 0 {
		w.t.Errorf("no answer decides %v", left)
	}
}

func TestSixtyDaysInWhichNobodyWaitsInSilence(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	days := 60
	if testing.Short() {
		days = 26
	}
	for n := range days {
		w.day(n)
		w.rests(w.now().In(w.job.Department.Zone).Format("2006-01-02"))
		if t.Failed() {
			t.FailNow()
		}
	}
	for _, r := range w.rows("SELECT recipient, kind, COUNT(*) FROM outgoing GROUP BY recipient, kind ORDER BY recipient, kind") {
		t.Log(strings.Join(r, " "))
	}
	w.settle()
	w.sound()
}
