package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/demo"
	"handrail/internal/mailtest"
)

// pass is one run --once as an operator sees it.
func (c *clinic) pass(format string) (code int, out, errs string) {
	c.t.Helper()
	var o, e bytes.Buffer
	code = run(c.t.Context(), []string{"run", "--once", "--format", format, "--config", filepath.Join(c.dir, "handrail.toml")},
		&terminal{in: strings.NewReader(""), out: &o, err: &e, now: time.Now})
	var said []string
	for line := range strings.Lines(e.String()) {
		if !strings.HasPrefix(line, "time=") { // the log
			said = append(said, line)
		}
	}
	return code, o.String(), strings.Join(said, "")
}

// Whatever does not work is said once, with since when, why and what to do, in every pass until it works; the exit code
// tells, and what waited is done afterwards by itself.
func TestAPassSaysOnceWhatDoesNotWork(t *testing.T) {
	const clerk = "amara.osei@" + demo.Domain
	wrong := func(file string) func(c *clinic) { return func(c *clinic) { c.write(file, "wrong", 0o600) } }
	right := func(file string) func(c *clinic) { return func(c *clinic) { c.write(file, demo.Password, 0o600) } }
	for name, x := range map[string]struct {
		strike, undo func(c *clinic)
		says, hint   string
		waits        string // in ledger status
	}{
		"the login that sends": {wrong("smtp-password"), right("smtp-password"), "the mail server that sends ([smtp]) has not worked since ",
			"hint: Check username, auth and the secret", "tried again: send:1, send a mail (unreadable to " + clerk + "): waits for the mail server that sends"},
		"the login of the inbox": {wrong("imap-password"), right("imap-password"), "the mail server of the inbox requests has not worked since ",
			"or when its secret changes.", "does not work: the mail server of the inbox requests, since "},
	} {
		t.Run(name, func(t *testing.T) {
			c := openClinic(t, func(o *mailtest.Options) {
				o.Users = append(o.Users, mailtest.User{Address: clerk, Password: demo.Password})
			})
			c.write("handrail.toml", c.text, 0o600)
			raw, err := demo.WriteMail(demo.Mail{File: "once", From: clerk, Name: "Amara Osei", Subject: "A question", Text: "The blank form, please.\n", Language: "en"}, 0, "", nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			mailAs(t, c.office, clerk, demo.Password, raw)
			x.strike(c)
			for n := range 2 {
				code, _, errs := c.pass("text")
				if code != exitUnreachable || strings.Count(errs, "handrail: ") != 1 || strings.Count(errs, x.says) != 1 || strings.Count(errs, "hint: ") != 1 || !strings.Contains(errs, x.hint) {
					t.Errorf("pass %d: exit %d, and not once %q with %q:\n%s", n, code, x.says, x.hint, errs)
				}
			}
			var answer struct {
				Outages  []outage
				Troubles []string
			}
			code, out, _ := c.pass("json")
			if err := json.Unmarshal([]byte(out), &answer); err != nil || code != exitUnreachable || len(answer.Outages) != 1 || len(answer.Troubles) != 1 || answer.Outages[0].Hint == "" || answer.Outages[0].Since.IsZero() {
				t.Errorf("exit %d, %v: %s", code, err, out)
			}
			status := said(string(handrail(t, exitDone, "ledger", "status", "--config", filepath.Join(c.dir, "handrail.toml"))))
			if !strings.Contains(status, x.waits) {
				t.Errorf("status does not say %q:\n%s", x.waits, status)
			}
			x.undo(c)
			if code, out, errs := c.pass("text"); code != exitDone || errs != "" || c.office.Count(clerk, "INBOX") != 1 {
				t.Errorf("when it works again: exit %d, %d answers: %s%s", code, c.office.Count(clerk, "INBOX"), out, errs)
			}
			if code, out, _ := c.pass("text"); code != exitDone || out != "handrail: nothing was waiting\n" {
				t.Errorf("and then: exit %d, %s", code, out)
			}
		})
	}
}

// The gravest exit code wins; a cause is named once with its hint, and of many rows the first few.
func TestTroublesAreSaidOnceAndTheGravestCounts(t *testing.T) {
	since := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	row := func(n int) error {
		return &batch.RowError{Step: batch.Answer, Row: fmt.Sprint(n), Err: errors.New("no such field")}
	}
	smtp := &batch.OutageError{Name: "smtp", Class: ingest.NetworkError, Since: since, Words: "refused"}
	late := []failedRow{{Row: "answer:1", Step: "answer", What: "write a mail", Kind: "decision", Failures: 2, Since: since, Words: "no such field"}}
	for name, x := range map[string]struct {
		troubles []error
		code     int
		says     []string
		hints    int
	}{
		"nothing":       {nil, exitDone, nil, 0},
		"a row":         {[]error{row(1)}, exitAct, []string{"answer:1, write a mail (decision): failed: no such field"}, 1},
		"many rows":     {[]error{row(1), row(2), row(3), row(4), row(5), row(6), row(7)}, exitAct, []string{"answer:5", "2 more rows failed"}, 1},
		"set aside":     {[]error{&batch.LateError{Aside: 1}}, exitAct, []string{"1 row is set aside"}, 1},
		"several aside": {[]error{&batch.LateError{Aside: 2}}, exitAct, []string{"2 rows are set aside"}, 1},
		"put off":       {[]error{&batch.LateError{Mails: 1}}, exitAct, []string{"1 mail has waited for more than an hour"}, 1},
		"a server too":  {[]error{row(1), smtp, smtp}, exitUnreachable, []string{"answer:1", "the mail server that sends ([smtp]) has not worked since"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			var errs bytes.Buffer
			code := (&terminal{err: &errs, now: time.Now}).report(troubleOf(x.troubles, late))
			if code != x.code || strings.Count(errs.String(), "hint: ") != x.hints {
				t.Errorf("exit %d, want %d, with %d hints:\n%s", code, x.code, x.hints, errs.String())
			}
			lines := map[string]bool{}
			for line := range strings.Lines(errs.String()) {
				if lines[line] {
					t.Errorf("said twice: %s", line)
				}
				lines[line] = true
			}
			for _, want := range x.says {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("no %q in\n%s", want, errs.String())
				}
			}
		})
	}
}

// Nothing around the job is named by its key in the ledger alone.
func TestOutagesHaveWords(t *testing.T) {
	for name, want := range map[string]string{
		"smtp": "the mail server that sends ([smtp])", "imap requests": "the mail server of the inbox requests", "ledger": "the ledger",
		"folder requests/Sent Items": "the folder Sent Items of the inbox requests", "imap": "imap", "something new": "something new",
	} {
		if got := batch.OutageWords(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
