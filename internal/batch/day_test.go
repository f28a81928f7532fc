package batch_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/mailtest"
	"handrail/internal/officers"
	"handrail/internal/request"
)

// journal is the operator's log of a department whose clock is the test's.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) lines(with ...string) (found []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range strings.Lines(j.text.String()) {
		all := true
		for _, w := range with {
			all = all && strings.Contains(line, w)
		}
		if all {
			found = append(found, line)
		}
	}
	return found
}

// A day of a mid-size department, with a mail server that is away for an hour and an inbox whose secret expired: what happened can be
// told from the log and the operator's mails. HANDRAIL_TEST_DAY names a folder that gets both, with the ledger, for somebody who
// was not there; the day is larger then.
func TestADayOfADepartment(t *testing.T) {
	t.Parallel()
	requests, out := 100, os.Getenv("HANDRAIL_TEST_DAY")
	folder := t.TempDir()
	if out != "" {
		requests, folder = 500, out
	}
	d := openOffice(t, nil)
	var err error
	if d.ledger, err = ledgertest.Open(t, ledger.Config{URL: filepath.Join(folder, "ledger.db")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.ledger.Close() })
	book := &journal{}
	log := slog.New(slog.NewTextHandler(book, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			a.Value = slog.StringValue(d.now().In(toronto(t, "2026-11-23 08:00").Location()).Format("2006-01-02T15:04:05"))
		}
		return a
	}}))
	d.start(func(o *job.Options) {
		rosterOf(t, officers.Officer{Email: testOfficer, Name: "Odile Officer", Language: request.English, Limit: "25000.00", CostCentres: []string{"4410"}},
			officers.Officer{Email: testDeputy, Name: "Denis Deputy", Language: request.English, Limit: "25000.00", CostCentres: []string{"5510"}},
			officers.Officer{Email: testHead, Name: "Hana Head", Language: request.English})(o)
		o.Log = log
	})
	d.pass(toronto(t, "2026-11-23 08:00").Sub(d.now()))
	begin := d.now()
	const step = 10 * time.Minute
	steps := int(9 * time.Hour / step)
	sent, escalated, read := 0, 0, map[string]int{}
	for n := range steps {
		d.pass(begin.Add(time.Duration(n) * step).Sub(d.now()))
		switch at := d.now().Sub(begin); at {
		case 70 * time.Minute: // ten past nine
			d.inject(mailtest.Fault{Protocol: mailtest.SMTP, Command: "CONNECT", Kind: mailtest.Cut, Times: -1})
			d.office.HangUp()
		case 130 * time.Minute:
			d.office.Mend()
		case 5 * time.Hour: // one o'clock
			d.inject(imapRefuses("LOGIN", "[AUTHENTICATIONFAILED] expired"), imapRefuses("AUTHENTICATE", "[AUTHENTICATIONFAILED] expired"))
			d.office.HangUp()
		case 390 * time.Minute:
			d.office.Mend()
		}
		for ; sent < requests*(n+1)/steps; sent++ {
			who, amount := testStaff, []string{"100", "13", "113"}
			if sent%2 == 1 {
				who = testOther
			}
			if sent%6 == 3 {
				amount = []string{"9500", "1235", "10735"}
				escalated++
			}
			d.request(who, fmt.Sprintf("Purchase %d", sent), d.form(who, request.English, line(fmt.Sprintf("Thing %d", sent), fmt.Sprintf("Works %d Ltd.", sent), amount[0], amount[1], amount[2],
				"cost_centre", []string{"4410", "5510", "6610"}[sent%3])))
		}
		if n%6 == 5 && (n < 7 || n > 13) { // officers answer once an hour, when mail works
			for i, who := range []string{testOfficer, testDeputy, testHead} {
				mails := d.inbox(who)
				for k, m := range mails[min(read[who], len(mails)):] {
					answer := "APPROVE ALL: planned"
					if k%4 == 3-i {
						answer = "QUESTION: Why this supplier?"
					}
					if strings.Contains(m.Subject, "decide by") {
						d.mailReply(who, m, answer)
					}
				}
				read[who] = len(mails)
			}
		}
		_, _ = d.job.Once(t.Context())
	}
	d.office.Mend()
	d.pass(2 * time.Hour)
	_, _ = d.job.Once(t.Context())
	d.held(book, requests, escalated)
	if out != "" {
		d.writeDay(out, book)
	}
	d.sound()
}

// request is send where the post office may be closed: the mail is laid into the inbox as the border server would.
func (d *agency) request(from, subject string, form []byte) {
	d.mails++
	var b strings.Builder
	b.WriteString(proof(testDomain))
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <request.%d@%s>\r\nMIME-Version: 1.0\r\n", from, testInbox, subject,
		d.now().Format(time.RFC1123Z), d.mails, testDomain)
	d.finish(&b, "Form attached.", [][]byte{form})
	d.put(b.String())
}

// held holds the log and the operator's mails against what happened.
func (d *agency) held(book *journal, requests, escalated int) {
	d.t.Helper()
	if n := len(book.lines(`msg="a request was judged"`)); n != requests {
		d.t.Errorf("%d requests in the log, want %d", n, requests)
	}
	if n := len(d.lines()); n != requests {
		d.t.Errorf("%d lines", n)
	}
	waits := 0
	for _, l := range d.lines() {
		if l.Judged == request.Escalated {
			waits++
		}
	}
	if waits < escalated {
		d.t.Errorf("%d lines went to officers, want %d", waits, escalated)
	}
	for what, window := range map[string]string{"smtp": "T09:1", "imap requests": "T13:0"} {
		if began := book.lines("what="+quoted(what), "does not work"); len(began) == 0 || !strings.Contains(began[0], window) {
			d.t.Errorf("%s: the log does not say when it began: %q", what, began)
		}
		if ended := book.lines("what="+quoted(what), "works again"); len(ended) != 1 {
			d.t.Errorf("%s: the log says %d times that it works again", what, len(ended))
		}
	}
	for _, name := range []string{testStaff, testOther, testOfficer, testDeputy, testHead} {
		if said := book.lines(name); len(said) > 0 {
			d.t.Errorf("the log names %s: %s", name, said[0])
		}
	}
	var subjects []string
	for _, m := range d.inbox(testOps) {
		subjects = append(subjects, m.Subject)
	}
	all := strings.Join(subjects, "\n")
	for _, want := range []string{"Works again: the mail server that sends", "Login refused: the mail server of the inbox requests", "Works again: the mail server of the inbox requests"} {
		if strings.Count(all, want) != 1 {
			d.t.Errorf("the operator has %d mails that say %q:\n%s", strings.Count(all, want), want, all)
		}
	}
}

// quoted is a value as the log writes it.
func quoted(s string) string {
	if strings.Contains(s, " ") {
		return `"` + s + `"`
	}
	return s
}

// writeDay leaves the log and the operator's mails for somebody who was not there.
func (d *agency) writeDay(folder string, book *journal) {
	d.t.Helper()
	var mails strings.Builder
	for _, m := range d.inbox(testOps) {
		fmt.Fprintf(&mails, "Date: %s\nSubject: %s\n\n%s\n----------\n", m.Date, m.Subject, m.Text)
	}
	for name, text := range map[string]string{"log.txt": book.text.String(), "operator-mails.txt": mails.String()} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
}
