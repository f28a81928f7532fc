package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/mailtest"
)

// Before anything runs, doctor says how much mail lies in the inbox, how old it is, and what the job will do with it.
func TestDoctorSaysWhatBecomesOfTheMailThatWaits(t *testing.T) {
	t.Parallel()
	today := time.Now().In(mustZone(t, "America/Toronto")).Format(time.DateOnly)
	deliver := func(c *clinic, at time.Time, n int) {
		for i := range n {
			raw := fmt.Sprintf("From: <ann@%s>\r\nSubject: Purchase\r\nMessage-ID: <%d.%d@x>\r\n\r\nHello\r\n", demo.Domain, at.Unix(), i)
			if _, err := c.office.Deliver(demo.Inbox, mailtest.Inbox, []byte(raw), at); err != nil {
				t.Fatal(err)
			}
		}
	}
	old := time.Now().In(mustZone(t, "America/Toronto")).AddDate(-3, 0, -7)
	for name, m := range map[string]struct {
		make func(c *clinic)
		says []string
	}{
		"from before the ledger": {func(c *clinic) {
			deliver(c, old, 2)
			deliver(c, time.Now(), 1)
		}, []string{"waiting mail: 3 messages lie in the folder; the oldest was received on " + old.Format("2 Jan 2006") + ", 3 years ago. " +
			"2 messages from before " + today + " stay where they are, unanswered; 1 message is judged and answered at the next look"}},
		"no ledger yet": {func(c *clinic) {
			c.noLedger()
			deliver(c, old, 2)
		}, []string{"2 messages from before " + today + " stay where they are"}},
		"a flood": {func(c *clinic) {
			c.edit("statement_senders", "since = \"2015-01-01\"\nstatement_senders")
			deliver(c, old, 60)
		}, []string{"60 messages are judged and answered at the next look", "name the first day that counts under this [[inbox]]: since = \"" + today + "\""}},
		"a first day to come": {func(c *clinic) {
			c.edit("statement_senders", "since = \"2999-01-01\"\nstatement_senders")
			deliver(c, time.Now(), 1)
		}, []string{"1 message from before 2999-01-01 stays where it is", "nobody is answered until then"}},
		"a clock that is wrong": {func(c *clinic) { deliver(c, time.Now().AddDate(0, 1, 0), 1) },
			[]string{"1 message is dated ahead of this machine's clock, and waits for its time", "have the wrong one corrected"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := openClinic(t, nil)
			m.make(c)
			_, out, errs := c.doctor("--no-mail")
			for _, want := range m.says {
				if !strings.Contains(said(out), want) {
					t.Errorf("no %q in\n%s%s", want, out, errs)
				}
			}
		})
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
