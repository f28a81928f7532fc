package batch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/batch"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/internal/outages"
	"handrail/internal/request"
	"handrail/notify/smtp"
	"handrail/notify/webhook"
)

// tries makes a pass that may meet trouble.
func (d *agency) tries() {
	d.t.Helper()
	if _, err := d.job.Once(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *agency) inject(faults ...mailtest.Fault) {
	d.t.Helper()
	if err := d.office.Inject(faults...); err != nil {
		d.t.Fatal(err)
	}
}

// operatorHas holds how many mails the operator has, and that the last one says all of want, in both languages.
func (d *agency) operatorHas(when string, n int, want ...string) {
	d.t.Helper()
	mails := d.alertMails()
	if len(mails) != n {
		for _, m := range mails {
			d.t.Log(m.Subject)
		}
		d.t.Fatalf("%s: the operator has %d mails, want %d", when, len(mails), n)
	}
	if n == 0 {
		return
	}
	last := mails[n-1]
	for _, text := range want {
		if !strings.Contains(last.Subject+"\n"+strings.Join(strings.Fields(strings.ReplaceAll(last.Text, "\u00a0", " ")), " "), text) {
			d.t.Errorf("%s: no %q in\n%s\n%s", when, text, last.Subject, last.Text)
		}
	}
}

func imapRefuses(verb, words string) mailtest.Fault {
	return mailtest.Fault{Protocol: mailtest.IMAP, Command: verb, Kind: mailtest.Permanent, Words: words, Times: -1}
}

// The operator hears once that a server does not work, and once that it works again, however many passes and restarts lie
// between; of a blip nobody hears.
func TestTheOperatorHearsOnceOfAnOutageAndOnceOfItsEnd(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name   string
		faults []mailtest.Fault
		atOnce bool
		began  []string
		ended  []string
	}{
		{"login refused", []mailtest.Fault{imapRefuses("LOGIN", "[AUTHENTICATIONFAILED] wrong"), imapRefuses("AUTHENTICATE", "[AUTHENTICATIONFAILED] wrong")}, true,
			[]string{"Login refused: the mail server of the inbox requests", "Connexion refusée : le serveur de courriel de la boîte requests", "AUTHENTICATIONFAILED",
				"Since 2026-11-23 10:00 (America/Toronto)", "as soon as its secret changes", "dès que son secret changera"},
			[]string{"Works again: the mail server of the inbox requests", "Fonctionne de nouveau", "(2 h 5 min)"}},
		{"away", []mailtest.Fault{{Protocol: mailtest.IMAP, Command: "CONNECT", Kind: mailtest.Cut, Times: -1}}, false,
			[]string{"Does not work: the mail server of the inbox requests", "Ne fonctionne pas", "Handrail goes on trying by itself"},
			[]string{"Works again"}},
		{"full", []mailtest.Fault{imapRefuses("UID MOVE", "[OVERQUOTA] Quota exceeded"), imapRefuses("UID COPY", "[OVERQUOTA] Quota exceeded")}, false,
			[]string{"Does not work: the folder Processed of the inbox requests", "OVERQUOTA", "The mailbox is full", "La boîte est pleine", "messages to move to their folder (2)"},
			[]string{"Works again: the folder Processed"}},
		{"read-only", []mailtest.Fault{imapRefuses("UID MOVE", "[NOPERM] Permission denied"), imapRefuses("UID COPY", "[NOPERM] Permission denied")}, false,
			[]string{"the folder Processed of the inbox requests", "The account may not write there", "Le compte ne peut pas y écrire"},
			[]string{"Works again: the folder Processed"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			d := open(t, nil)
			for i := range 2 {
				d.send(testStaff, fmt.Sprint("Purchase ", i), "Form.", d.form(testStaff, request.English, line("Kit A", fmt.Sprint("Maison ", i), "100", "13", "113")))
			}
			d.inject(x.faults...)
			d.tries()
			if x.atOnce {
				d.operatorHas("at once", 1, x.began...)
			} else {
				d.operatorHas("at once", 0)
				d.pass(time.Minute)
				d.tries()
				d.operatorHas("within the grace", 0)
			}
			d.pass(4 * time.Minute)
			d.tries()
			d.operatorHas("after the grace", 1, x.began...)
			for range 2 { // restarts
				d.start(nil)
				d.pass(time.Hour)
				d.tries()
				d.operatorHas("after a restart", 1)
			}
			d.office.Mend()
			d.pass(time.Minute)
			d.start(nil)
			d.tries()
			if !x.atOnce {
				d.operatorHas("works again", 2, x.ended...)
			}
			d.pass(time.Hour)
			d.tries()
			if n := len(d.alertMails()); n != 2 {
				t.Errorf("in the end the operator has %d mails", n)
			}
			if n := len(d.inbox(testStaff)); n != 2 {
				t.Errorf("%d answers", n)
			}
		})
	}
}

// A folder that a person emptied by hand is not said to work: nobody tried.
func TestWhatNothingNeedsAnyMoreIsNotSaidToWork(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Purchase", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.inject(imapRefuses("UID MOVE", "[NOPERM] no"), imapRefuses("UID COPY", "[NOPERM] no"))
	d.tries()
	d.pass(5 * time.Minute)
	d.tries()
	d.operatorHas("it lasts", 1, "Does not work: the folder Processed")
	if err := d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Messages.MarkFiled(t.Context(), d.now(), []int64{1}, true)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d.pass(time.Hour)
		d.start(nil)
		d.tries()
	}
	d.operatorHas("nothing needs it", 2, "Not needed any more: the folder Processed", "N’est plus nécessaire")
}

// A server that comes and goes is told of once, not all day.
func TestAServerThatComesAndGoesIsNotToldAllDay(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for range 12 {
		d.office.HangUp()
		d.inject(mailtest.Fault{Protocol: mailtest.IMAP, Command: "CONNECT", Kind: mailtest.Cut, Times: -1})
		d.tries()
		d.pass(5 * time.Minute)
		d.tries()
		d.office.Mend()
		d.pass(time.Minute)
		d.tries()
		d.pass(time.Minute)
	}
	d.operatorHas("an hour and a half", 2, "Works again")
	d.office.HangUp()
	d.inject(mailtest.Fault{Protocol: mailtest.IMAP, Command: "CONNECT", Kind: mailtest.Cut, Times: -1})
	d.tries()
	d.pass(90 * time.Minute)
	d.tries()
	d.operatorHas("away for good", 3, "Does not work")
}

// receiver is an operator's webhook.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	answer func(n int, w http.ResponseWriter)
}

func newReceiver(t *testing.T, answer func(n int, w http.ResponseWriter)) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil || q.Method != http.MethodPost || !strings.HasPrefix(q.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s %s: %v", q.Method, q.Header.Get("Content-Type"), err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.bodies = append(r.bodies, string(body))
		if r.answer != nil {
			r.answer(len(r.bodies), w)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// got holds how many posts came, and is the last.
func (r *receiver) got(t *testing.T, when string, n int) (doc outages.Document) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.bodies) != n {
		t.Fatalf("%s: %d posts, want %d: %v", when, len(r.bodies), n, r.bodies)
	}
	if n == 0 {
		return doc
	}
	last := r.bodies[n-1]
	if err := json.Unmarshal([]byte(last), &doc); err != nil {
		t.Fatalf("%s: %v", last, err)
	}
	if strings.Contains(last, "@") || strings.Contains(last, "secret-canary") {
		t.Errorf("%s: the post names a person, an account or a secret: %s", when, last)
	}
	return doc
}

// posting gives a job the webhook.
func (r *receiver) posting(t *testing.T) func(*job.Options) {
	hook, err := webhook.New(webhook.Config{Webhook: r.URL + "/secret-path"})
	if err != nil {
		t.Fatal(err)
	}
	return func(o *job.Options) { o.Webhook = hook }
}

var smtpRefuses = mailtest.Fault{Protocol: mailtest.SMTP, Command: "AUTH", Kind: mailtest.Permanent, Code: 535, Words: "5.7.8 refused for " + testInbox, Times: -1}

// While mail is what fails, the webhook says so, and what else fails meanwhile; both hear of the end, once, and no mail about
// a beginning follows it.
func TestTheWebhookHearsWhatMailCannotSay(t *testing.T) {
	t.Parallel()
	elsewhere := newReceiver(t, nil)
	hook := newReceiver(t, func(n int, w http.ResponseWriter) {
		switch n {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	})
	d := open(t, hook.posting(t))
	d.send(testStaff, "Purchase", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.inject(smtpRefuses)
	d.tries()
	hook.got(t, "the receiver is away", 1)
	d.tries()
	hook.got(t, "and is not asked again at once", 1)
	d.pass(2 * time.Minute)
	d.tries()
	hook.got(t, "the receiver redirects", 2)
	d.pass(10 * time.Minute)
	d.start(hook.posting(t))
	d.tries()
	doc := hook.got(t, "taken", 3)
	if doc.Event != "outage-began" || doc.Name != "smtp" || doc.Class != "credentials" || doc.Waits[ledger.SendStep] != 1 || doc.Since.IsZero() ||
		!strings.Contains(doc.Text, "Login refused: the mail server that sends") || !strings.Contains(doc.Text, "Connexion refusée") || !strings.Contains(doc.Words, "535") || doc.Hint.FR == "" {
		t.Errorf("%+v", doc)
	}
	d.pass(2 * time.Hour)
	d.start(hook.posting(t))
	d.inject(imapRefuses("LOGIN", "no"), imapRefuses("AUTHENTICATE", "no"))
	d.tries()
	if doc := hook.got(t, "another login is refused meanwhile", 4); doc.Name != "imap requests" {
		t.Errorf("%+v", doc)
	}
	d.office.Mend()
	d.pass(2 * time.Hour)
	d.start(hook.posting(t))
	d.tries()
	doc = hook.got(t, "both work again", 6)
	if doc.Event != "outage-ended" || doc.Ended.IsZero() || !strings.Contains(doc.Text, "Works again") {
		t.Errorf("%+v", doc)
	}
	d.operatorHas("one mail for both ends", 1, "2 servers or folders work again", "2 serveurs ou dossiers fonctionnent de nouveau", "the mail server that sends", "the inbox requests")
	d.pass(2 * time.Hour)
	d.tries()
	hook.got(t, "in the end", 6)
	elsewhere.got(t, "no redirect is followed", 0)
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Errorf("%d answers", n)
	}
}

// Without a webhook a mail says afterwards what nobody could be told.
func TestWithoutAWebhookTheEndSaysAll(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Purchase", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.inject(smtpRefuses)
	d.tries()
	d.office.Mend()
	d.pass(2 * time.Hour)
	d.tries()
	d.operatorHas("works again", 1, "Works again: the mail server that sends", "You were not told when it began", "n’a pas pu vous être annoncé")
}

// A receiver that never takes anything is given up in the end, and the operator reads so.
func TestAWebhookThatTakesNothingIsGivenUpAndTold(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t, func(_ int, w http.ResponseWriter) { http.Error(w, "invalid_payload", http.StatusBadRequest) })
	d := open(t, hook.posting(t))
	d.send(testStaff, "Purchase", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.inject(smtpRefuses)
	for range 12 {
		d.tries()
		d.pass(13 * time.Hour)
	}
	hook.got(t, "in vain", 8)
	d.office.Mend()
	d.tries()
	mails := d.inbox(testOps)
	said := ""
	for _, m := range mails {
		said += m.Subject + m.Text
	}
	if !strings.Contains(said, "The webhook does not take what it is given") || !strings.Contains(said, "invalid_payload") || strings.Contains(said, "secret-path") {
		t.Errorf("%s", said)
	}
}

// The ledger's own outage is said by the webhook alone, and its end by both.
func TestTheWebhookHearsThatTheLedgerDoesNotWork(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t, nil)
	d := open(t, hook.posting(t))
	fails := &ledger.Error{Trouble: ledger.DiskFull, What: "commit", Where: "ledger.db", Why: request.Text{EN: "the disk is full"}, Err: io.ErrShortWrite}
	d.once()
	d.job.LedgerFailed(t.Context(), batch.Judge, fails)
	d.job.TellWithoutLedger(t.Context())
	hook.got(t, "a blip", 0)
	d.pass(3 * time.Minute)
	d.job.LedgerFailed(t.Context(), batch.Judge, fails)
	for range 2 {
		d.job.TellWithoutLedger(t.Context())
	}
	if doc := hook.got(t, "it lasts", 1); doc.Name != "ledger" || doc.Event != "outage-began" {
		t.Errorf("%+v", doc)
	}
	d.job.LedgerWorks(t.Context())
	d.once()
	if doc := hook.got(t, "it works", 2); doc.Event != "outage-ended" {
		t.Errorf("%+v", doc)
	}
	d.operatorHas("it works", 1, "Works again: the ledger")
}

// A new secret in its file ends the wait with the next sweep, for both servers.
func TestAChangedSecretFileEndsTheWaitWithTheNextSweep(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	secret := mailserver.Secret{File: file}
	d := open(t, func(o *job.Options) { o.Inboxes[0].Config.Password = secret })
	host, port := hostPort(t, d.office.SMTPAddr())
	sender, err := smtp.NewSender(smtp.Config{Host: host, Port: port, TLS: mailserver.TLSNone, Auth: smtp.AuthPassword, Username: testInbox, Password: secret,
		From: testInbox}, smtp.Options{Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	d.job.O().Sender = sender
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("secret")
	d.once()
	d.send(testStaff, "Purchase", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	if err := d.job.Collect(t.Context(), "requests"); err != nil {
		t.Fatal(err)
	}
	if err := d.job.Close(); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"wrong", ""} { // refused, or not there to be read
		write(wrong)
		for _, step := range []batch.Step{batch.Judge, batch.Answer, batch.Send} {
			d.job.Turn(t.Context(), d.job.StageOf(step))
		}
		_ = d.job.Collect(t.Context(), "requests")
		if !d.job.OutageIsKnown("smtp") || !d.job.OutageIsKnown("imap requests") {
			t.Fatal("the login was not refused")
		}
		if _, err := d.job.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := d.job.Turn(t.Context(), d.job.StageOf(batch.Send)); n != 0 {
			t.Fatal("a refused login was tried again")
		}
	}
	write("secret")
	d.pass(10 * time.Second)
	if _, err := d.job.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.job.Turn(t.Context(), d.job.StageOf(batch.Send))
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Errorf("%d answers", n)
	}
	if err := d.job.Collect(t.Context(), "requests"); err != nil {
		t.Error(err)
	}
	if d.job.OutageIsKnown("smtp") || d.job.OutageIsKnown("imap requests") {
		t.Error("it is still taken for refused")
	}
}

// A mail to the operator that cannot be written is said by the webhook.
func TestTheWebhookHearsOfAnAlertThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t, nil)
	d := open(t, hook.posting(t))
	d.once()
	if err := d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Outbox.Add(t.Context(), ledger.OutboxEntry{Kind: "alert", Cause: "broken", Detail: []byte(`[]`), DueAt: d.now()})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		d.tries()
		d.pass(time.Hour)
	}
	if doc := hook.got(t, "set aside", 1); doc.Event != "alert-not-written" || doc.Name != "answer:1" {
		t.Errorf("%+v", doc)
	}
}

// alertRows are the entries for the operator, as the outbox has them.
func (d *agency) alertRows() (list []string) {
	d.t.Helper()
	var b bytes.Buffer
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Records.Export(d.t.Context(), &b, "owed", ledger.JSONL, false)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, `"kind":"alert"`) {
			list = append(list, line)
		}
	}
	return list
}
