package batch_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailtest/dovecot"
	"handrail/internal/request"
)

// dovecotServer starts Dovecot for one test, which is skipped where there is none.
func dovecotServer(t *testing.T) *dovecot.Server {
	t.Helper()
	server, err := dovecot.Start()
	if errors.Is(err, dovecot.ErrMissing) && os.Getenv("HANDRAIL_TEST_DOVECOT") == "" {
		t.Skip("the whole job is tested against the post office only: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// The whole job against the Dovecot of the distribution, with the post office as the mail server in front of it: requests
// of every outcome, an officer's answer, a forged mail that is held and released; into folders whose names are French and
// lie inside each other, with the keyword and the copies in the folder of what was sent.
func TestTheWholeJobOnDovecot(t *testing.T) {
	t.Parallel()
	server := dovecotServer(t)
	var config ingest.InboxConfig
	d := open(t, func(o *job.Options) {
		c := &o.Inboxes[0].Config
		c.Port, c.Password = server.IMAPPort, ingest.Secret{Value: dovecot.Password}
		c.Folders = ingest.Folders{Processed: "Traités", Quarantined: "Mis de côté/À vérifier", Escalated: "Soumis à l’approvisionnement", Returned: "Renvoyés", Sent: "Envoyés"}
		c.Keyword, c.OnUnauthenticated = "Handrail", ingest.Hold
		config = c.WithDefaults()
	})
	d.setClock(time.Now()) // the server's clock is the machine's
	relayed := 0
	pass := func() { // what was submitted is delivered, and the job makes a pass
		t.Helper()
		waiting, err := d.office.Messages(testInbox, "INBOX")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range waiting[relayed:] {
			if err := server.Deliver(testStaff, testInbox, m.Raw); err != nil {
				t.Fatal(err)
			}
		}
		relayed = len(waiting)
		d.once()
	}
	in := func(folder string) *imap.Session {
		t.Helper()
		c := config
		c.Folder, c.Folders = folder, ingest.Folders{Processed: "-", Quarantined: "--"}
		session, err := imap.Dial(t.Context(), c, imap.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = session.Close() })
		return session
	}
	lies := func(folder string) (list []ingest.Fetched) {
		t.Helper()
		session := in(folder)
		if _, err := session.Collect(t.Context(), ingest.Wish{Known: func(ids []string) ([]string, error) { return ids, nil },
			Deliver: func(b []ingest.Fetched) error { list = append(list, b...); return nil }}); err != nil {
			t.Fatalf("%s: %v", folder, err)
		}
		return list
	}

	d.send(testStaff, "inside", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.send(testStaff, "above", "Form.", d.form(testStaff, request.English, line("Field radios", "Mille Pages", "9500", "1235", "10735")))
	d.send(testStaff, "to mend", "Form.", d.form(testStaff, request.English, line("Kit C", "Maison C inc.", "200", "26", "226", "rationale", "")))
	forged := []byte(d.unproven(testOther, "not proven", d.form(testStaff, request.English, line("Desk lamps", "Boreal Lighting", "100", "13", "113"))))
	if err := server.Deliver(testOther, testInbox, forged); err != nil {
		t.Fatal(err)
	}
	pass()
	for folder, subject := range map[string]string{config.Folders.Processed: "inside", config.Folders.Escalated: "above", config.Folders.Returned: "to mend",
		config.Folders.Quarantined: "not proven"} {
		list := lies(folder)
		if len(list) != 1 || !strings.Contains(string(list[0].Raw), "Subject: "+subject+"\r\n") {
			t.Errorf("%s holds %d messages", folder, len(list))
			continue
		}
		if !slices.Contains(list[0].Flags, "Handrail") || slices.Contains(list[0].Flags, `\Seen`) {
			t.Errorf("%s: flags %v", folder, list[0].Flags)
		}
	}
	asked := d.inbox(testOfficer)
	if len(asked) != 1 {
		t.Fatalf("the officer got %d mails", len(asked))
	}
	d.reply(testOfficer, asked[0], "APPROVE 1")
	// The operator asked, and puts the held mail back: the very bytes that lie in quarantine.
	held := lies(config.Folders.Quarantined)
	if len(held) != 1 {
		t.Fatal("nothing is held")
	}
	if _, err := in(config.Folders.Quarantined).Move(t.Context(), []ingest.Move{{ID: held[0].ID, Folder: "INBOX"}}); err != nil {
		t.Fatal(err)
	}
	pass()
	approved := 0
	for reference, outcome := range d.outcomes() {
		if outcome == request.Approved {
			approved++
		} else if outcome != request.Returned {
			t.Errorf("%s is %s", reference, outcome)
		}
	}
	if approved != 3 {
		t.Errorf("%d lines are approved, want 3: %v", approved, d.outcomes())
	}
	if n := len(lies("INBOX")); n != 0 {
		t.Errorf("%d messages are left in the inbox", n)
	}
	all, err := d.office.Submitted()
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for _, s := range all {
		if s.From == testInbox && s.To[0] != testOps { // what the operator is told comes from no inbox
			ours++
		}
	}
	if n := len(lies(config.Folders.Sent)); n != ours || n == 0 {
		t.Errorf("%d copies of %d mails that were sent", n, ours)
	}
	d.sound()
}

// On a real server: mail from before the ledger stays in the inbox, and so does all new mail while this machine's clock is slow;
// an earlier day, and a clock that is corrected, release it.
func TestMailOfOtherTimesStaysOnDovecot(t *testing.T) {
	t.Parallel()
	server := dovecotServer(t)
	var config ingest.InboxConfig
	d := open(t, nil)
	d.setClock(time.Now().AddDate(0, 0, -3)) // three days slow
	on := func(since string) func(*job.Options) {
		return func(o *job.Options) {
			c := &o.Inboxes[0].Config
			c.Port, c.Password, c.Since = server.IMAPPort, ingest.Secret{Value: dovecot.Password}, since
			config = c.WithDefaults()
		}
	}
	d.start(on(""))
	session, err := imap.Dial(t.Context(), config, imap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	for i, at := range []time.Time{time.Now().AddDate(-3, 0, 0), time.Now().AddDate(0, 0, -5), time.Now()} {
		raw := d.withFile("form.xlsx", d.goodForm(fmt.Sprintf("Thing %d", i)))
		if err := session.SaveCopy(t.Context(), config.Folder, fmt.Sprintf("copy.%d@%s", i, testDomain), []byte(raw), at); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		since string
		later int // days
		lines int
		left  int
	}{{"", 0, 0, 3}, {"", 3, 1, 2}, {request.DateOf(time.Now()).AddDays(-6).String(), 0, 2, 1}} {
		d.setClock(d.now().AddDate(0, 0, c.later))
		d.start(on(c.since))
		for range 2 {
			d.once()
		}
		report, err := session.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := d.judgedLines(); n != c.lines || int(report.Messages) != c.left {
			t.Errorf("since %q, %d days later: %d lines, %d messages left, want %d and %d", c.since, c.later, n, report.Messages, c.lines, c.left)
		}
	}
	if older, ahead := d.alerts("older mail"), d.alerts("mail ahead"); len(older) != 1 || len(ahead) != 1 {
		t.Errorf("the operator hears %d and %d times", len(older), len(ahead))
	}
	d.sound()
}

func (d *agency) setClock(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = at
}

func (d *agency) judgedLines() (n int) {
	d.t.Helper()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		s, err := tx.Status(d.t.Context(), d.now(), 1)
		n = int(ledger.Total(s.Lines))
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return n
}
