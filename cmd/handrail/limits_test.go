package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/mailtest"
	"handrail/internal/request"
)

// A provider's limits count what earlier runs have sent, as the ledger says: starting the job again sends nothing early,
// and nothing that waited is lost.
func TestSendingLimitsHoldAcrossRuns(t *testing.T) {
	const clerk = "amara.osei@" + demo.Domain
	for limit, later := range map[string]time.Duration{"per_day = 2": 25 * time.Hour, "per_minute = 2": 2 * time.Minute} {
		t.Run(limit, func(t *testing.T) {
			c := openClinic(t, func(o *mailtest.Options) {
				o.Users = append(o.Users, mailtest.User{Address: clerk, Password: demo.Password})
			})
			c.edit("[smtp]\n", "[smtp]\n"+limit+"\n")
			c.write("handrail.toml", c.text, 0o600)
			for n := range 3 {
				m := demo.Mail{File: "limit", From: clerk, Name: "Amara Osei", Subject: "A question", Text: "The blank form, please.\n", Language: request.English}
				raw, err := demo.WriteMail(m, n, "", nil, time.Now().Add(time.Duration(n)*time.Second))
				if err != nil {
					t.Fatal(err)
				}
				mailAs(t, c.office, clerk, demo.Password, raw)
			}
			pass := func(at time.Time, want int) {
				t.Helper()
				var out bytes.Buffer
				code := run(context.Background(), []string{"run", "--once", "--config", filepath.Join(c.dir, "handrail.toml")},
					&terminal{in: strings.NewReader(""), out: &out, err: &out, now: func() time.Time { return at }})
				if n := c.office.Count(clerk, "INBOX"); n != want || code > exitAct {
					t.Errorf("%d mails were sent, want %d; exit %d\n%s", n, want, code, out.String())
				}
			}
			begun := time.Now()
			pass(begun, 2)
			pass(begun.Add(10*time.Second), 2)
			pass(begun.Add(later), 3)
		})
	}
}
