package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
)

// A refused mail is named by ledger status until it is settled or sent to another address; each command says what comes next, as text
// and as JSON.
func TestRefusedMailsRestUntilTheyAreEnded(t *testing.T) {
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	config := filepath.Join(c.dir, "handrail.toml")
	for i := range 3 {
		raw := fmt.Sprintf("Authentication-Results: mx.%s; dmarc=pass header.from=%s\r\nFrom: <gone%d@%s>\r\nTo: <%s>\r\nSubject: form\r\nMessage-ID: <%d@x.example>\r\n\r\nPlease send me the form.\r\n",
			demo.Domain, demo.Domain, i, demo.Domain, demo.Inbox, i)
		if _, err := c.office.Deliver(demo.Inbox, "INBOX", []byte(raw), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	do := func(code int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if got := run(t.Context(), append(args, "--config", config), &terminal{in: strings.NewReader(""), out: &out, err: &out, now: time.Now}); got != code {
			t.Fatalf("%v: exit %d, want %d\n%s", args, got, code, out.String())
		}
		return said(out.String())
	}
	do(exitDone, "run", "--once")
	var status struct {
		Mails       map[string]int `json:"mails"`
		Undelivered []undelivered  `json:"not_delivered"`
	}
	look := func() {
		t.Helper()
		status.Mails, status.Undelivered = nil, nil
		if err := json.Unmarshal(handrail(t, exitDone, "ledger", "status", "--format", "json", "--config", config), &status); err != nil {
			t.Fatal(err)
		}
	}
	if look(); len(status.Undelivered) != 3 {
		t.Fatalf("%+v", status)
	}
	first, second, third := status.Undelivered[0], status.Undelivered[1], status.Undelivered[2]
	text := do(exitDone, "ledger", "status")
	for _, want := range []string{"refused: " + first.Row + " (unreadable) to " + first.To, "no such user", "handrail retry " + first.Row + " --to ADDRESS", "handrail retry " + first.Row + " --settled REASON"} {
		if !strings.Contains(text, want) {
			t.Errorf("status does not say %q:\n%s", want, text)
		}
	}
	for _, wrong := range []struct {
		args []string
		says string
	}{
		{[]string{first.Row}, "handrail retry " + first.Row + " --to ADDRESS"},
		{[]string{first.Row, "--to", "nobody"}, "is not an e-mail address"},
		{[]string{first.Row, "--to", "a@b.example", "--settled", "x"}, "leave one of them out"},
		{[]string{first.Row, "--settled", " "}, "needs a reason"},
		{[]string{"answer:1", "--settled", "x"}, "are for a mail that was refused"},
		{[]string{"send:9999", "--settled", "x"}, "no mail is called"},
	} {
		if got := do(exitUsage, append([]string{"retry"}, wrong.args...)...); !strings.Contains(got, wrong.says) || !strings.Contains(got, "hint: ") {
			t.Errorf("retry %q says\n%s", wrong.args, got)
		}
	}
	if got := do(exitDone, "retry", first.Row, "--settled", "told by telephone"); !strings.Contains(got, "settled: told by telephone") {
		t.Errorf("%s", got)
	}
	if got := do(exitUsage, "retry", first.Row, "--to", "a@b.example"); !strings.Contains(got, "was settled on") || !strings.Contains(got, "told by telephone") {
		t.Errorf("%s", got)
	}
	if got := do(exitDone, "retry", second.Row, "--to", demo.Officer); !strings.Contains(got, "sent to "+demo.Officer+", as send:") || !strings.Contains(got, "no authority") {
		t.Errorf("%s", got)
	}
	var ended endedMail
	if err := json.Unmarshal(handrail(t, exitDone, "retry", third.Row, "--settle", "left the department", "--format", "json", "--config", config), &ended); err != nil ||
		ended.State != "settled" || ended.Reason != "left the department" || ended.Row != third.Row || ended.At.IsZero() {
		t.Errorf("%+v, %v", ended, err)
	}
	do(exitDone, "run", "--once")
	if look(); len(status.Undelivered) != 0 || status.Mails["settled"] != 2 || status.Mails["redirected"] != 1 {
		t.Errorf("%+v", status)
	}
	got, err := c.office.Messages(demo.Officer, "INBOX")
	if err != nil || len(got) != 1 || !strings.Contains(string(got[0].Raw), "To: <"+demo.Officer+">") || strings.Contains(string(got[0].Raw), "To: <"+second.To) {
		t.Errorf("%d mails at the other address, %v", len(got), err)
	}
}
