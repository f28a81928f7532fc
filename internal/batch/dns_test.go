package batch_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// resolver is a DNS that answers for some domains, and fails for a while.
type resolver struct {
	mu    sync.Mutex
	key   string
	fails map[string]bool // domains of which it says nothing; "" all
	asked int
}

func (r *resolver) lookup(_ context.Context, name string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	selector, domain, _ := strings.Cut(name, "._domainkey.")
	switch {
	case r.fails[""] || r.fails[domain]:
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, Server: "192.0.2.53:53", IsTemporary: true}
	case selector != "s":
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return []string{"v=DKIM1; k=ed25519; p=" + r.key}, nil
}

func (r *resolver) failing(domains ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fails = map[string]bool{}
	for _, d := range domains {
		r.fails[d] = true
	}
}

// A DNS that does not answer makes the department's mail wait, and nothing is set aside because of it; where only a stranger's
// domain does not answer, only that mail waits, and not for ever. A domain that has no such key is judged as before.
func TestADNSThatDoesNotAnswerSetsNothingAside(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(bytes.NewReader(bytes.Repeat([]byte("handrail"), 8)))
	if err != nil {
		t.Fatal(err)
	}
	dns := &resolver{key: base64.StdEncoding.EncodeToString(public)}
	d := open(t, func(o *job.Options) {
		o.Inboxes[0].Config.AuthservID, o.Inboxes[0].Config.VerifyDKIM, o.LookupTXT = []string{"nobody.invalid"}, true, dns.lookup
	})
	arrives := func(from, subject, selector string) {
		t.Helper()
		_, domain, _ := strings.Cut(from, "@")
		raw := d.unproven(from, subject, d.form(from, request.English, line("Kit A", "Maison "+subject, "100", "13", "113")))
		raw = strings.Replace(raw, "APPROVE 1", "Form attached.", 1)
		var signed bytes.Buffer
		if err := dkim.Sign(&signed, strings.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: selector, Signer: private, HeaderKeys: []string{"From", "Subject", "Content-Type"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.office.Deliver(testInbox, "INBOX", signed.Bytes(), d.now()); err != nil {
			t.Fatal(err)
		}
	}
	states := func(when string, want map[ledger.MessageState]int) {
		t.Helper()
		if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
			s, err := tx.Status(t.Context(), d.now(), 10)
			for state, n := range want {
				if s.Messages[state] != n {
					t.Errorf("%s: messages %v, want %v", when, s.Messages, want)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	dns.failing("")
	arrives(testStaff, "One", "s")
	arrives(testOther, "Two", "s")
	arrives("ann@elsewhere.example", "Three", "s")
	d.tries()
	states("no answer", map[ledger.MessageState]int{ledger.Received: 3, ledger.Quarantined: 0})
	d.operatorHas("a blip", 0)
	d.pass(5 * time.Minute)
	d.start(func(o *job.Options) {
		o.Inboxes[0].Config.AuthservID, o.Inboxes[0].Config.VerifyDKIM, o.LookupTXT = []string{"nobody.invalid"}, true, dns.lookup
	})
	d.tries()
	states("still no answer", map[ledger.MessageState]int{ledger.Received: 3, ledger.Quarantined: 0})
	d.operatorHas("it lasts", 1, "Does not work: the DNS", "Ne fonctionne pas : le DNS", "messages to judge (3)", "server misbehaving", "verify_dkim")

	dns.failing("elsewhere.example")
	arrives(testStaff, "No key", "t")
	d.pass(15 * time.Minute)
	d.tries()
	states("it answers about us", map[ledger.MessageState]int{ledger.Received: 1, ledger.Quarantined: 1})
	if n, m := len(d.inbox(testStaff)), len(d.inbox(testOther)); n != 1 || m != 1 {
		t.Errorf("%d and %d answers", n, m)
	}
	d.operatorHas("works again, and one without a key", 2)
	if !strings.Contains(d.alertMails()[1].Subject, "Works again: the DNS") {
		t.Error("the operator does not hear that it works again")
	}
	d.pass(25 * time.Hour)
	d.tries()
	states("a stranger's domain is away for a day", map[ledger.MessageState]int{ledger.Received: 0, ledger.Quarantined: 2})
	d.sound()
}
