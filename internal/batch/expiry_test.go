package batch_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/job"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/internal/outages"
)

// What expires is said 30, 14, 7 and 1 days ahead, once each, across restarts: the certificate as connections show it, the
// client secret by the day that the configuration names.
func TestWhatExpiresIsSaidAhead(t *testing.T) {
	t.Parallel()
	year := time.Now().AddDate(1, 0, 0).Truncate(time.Second)
	d := openOffice(t, func(o *mailtest.Options) {
		o.StartTLS, o.Certify = true, func(c *x509.Certificate) { c.NotAfter = year }
	})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, d.office.AuthorityPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	d.clock = year.AddDate(0, 0, -40)
	d.openLedger()
	start := func() {
		t.Helper()
		expiries := outages.NewExpiries()
		d.start(func(o *job.Options) {
			box := &o.Inboxes[0]
			box.Config.TLS, box.Config.CAFile = ingest.TLSStart, ca
			box.Config.OAuth2.ClientID, box.Config.OAuth2.ClientSecretExpires = "id", year.AddDate(0, 0, 4).UTC().Format(time.DateOnly)
			box.Mailbox = imapMailbox{options: imap.Options{Certificate: func(c *mailserver.Certificate) { expiries.Saw("imap.department.example", c) }}}
			o.Expiries = expiries
		})
	}
	said := func() (certificate, secret int, all string) {
		for _, alert := range d.alertRows() {
			all += alert + "\n"
			switch {
			case strings.Contains(alert, "the certificate of imap.department.example"):
				certificate++
			case strings.Contains(alert, "le secret client de la boîte requests"):
				secret++
			default:
				continue
			}
			if !strings.Contains(alert, "can_wait") {
				t.Errorf("it pages somebody: %s", alert)
			}
		}
		return certificate, secret, all
	}
	for _, x := range []struct{ days, certificate, secret int }{{0, 0, 0}, {11, 1, 0}, {14, 1, 1}, {26, 2, 1}, {30, 2, 2}, {34, 3, 2}, {39, 4, 3}} {
		d.mu.Lock()
		d.clock = year.AddDate(0, 0, -40+x.days)
		d.mu.Unlock()
		for range 2 {
			start()
			d.tries()
		}
		if c, s, all := said(); c != x.certificate || s != x.secret {
			t.Errorf("after %d days: said %d of the certificate and %d of the secret, want %d and %d\n%s", x.days, c, s, x.certificate, x.secret, all)
		}
	}
}
