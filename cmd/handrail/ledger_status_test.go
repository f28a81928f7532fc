package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
)

// Whoever looks into the quarantine reads there why each message lies in it, where, and what to do; and that there are
// more than are listed.
func TestStatusSaysWhyMessagesWereSetAside(t *testing.T) {
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	for i, header := range []string{"", "From: <b@" + demo.Domain + ">\r\n", "Content-Type: multipart/mixed\r\n"} {
		raw := fmt.Sprintf("From: <a%d@%s>\r\nSubject: x\r\n%s\r\nHello.\r\n", i, demo.Domain, header)
		if _, err := c.office.Deliver(demo.Inbox, "INBOX", []byte(raw), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	handrail := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		code := run(context.Background(), append(args, "--config", filepath.Join(c.dir, "handrail.toml")),
			&terminal{in: strings.NewReader(""), out: &out, err: &out, now: time.Now})
		if code > exitUsage {
			t.Fatalf("%v: exit %d\n%s", args, code, out.String())
		}
		return said(out.String())
	}
	handrail("run", "--once")
	all := handrail("ledger", "status")
	for _, want := range []string{
		"from a0@" + demo.Domain + ", in Quarantine: The sender’s address could not be verified. (sender-not-verified)",
		"from –, in Quarantine: The message does not say exactly one sender. (not-one-sender)",
		"from a2@" + demo.Domain + ", in Quarantine: The message does not say where its parts begin and end. Send it again. (missing-boundary)",
		"To release a message, move it from that folder back into the inbox",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("status does not say %q:\n%s", want, all)
		}
	}
	if id := regexp.MustCompile(`set aside: message (\d+)`).FindStringSubmatch(all); id == nil {
		t.Errorf("no message is set aside:\n%s", all)
	} else {
		for _, row := range []string{"judge:" + id[1], "message " + id[1]} {
			told := handrail("retry", row)
			for _, want := range []string{"message " + id[1] + " is in quarantine, and is released by moving it: ",
				"hint: in a mail program, move it from the folder Quarantine of the inbox requests back to INBOX: it is judged again"} {
				if !strings.Contains(told, want) {
					t.Errorf("retry %s does not say %q:\n%s", row, want, told)
				}
			}
		}
	}
	if few := handrail("ledger", "status", "--most", "1"); !strings.Contains(few, "set aside: 2 more, older ones") || strings.Count(few, "set aside: message") != 1 {
		t.Errorf("status of one:\n%s", few)
	}
}
