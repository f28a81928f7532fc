package imap

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
)

// caFile is the authority of an office as the operator of a private one has it: a file.
func caFile(t *testing.T, office *mailtest.Office) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, office.AuthorityPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A certificate is verified, by name, date and authority, and a connection that cannot be protected is given up before
// anything secret leaves.
func TestTLSIsVerifiedAndNeverGivenUp(t *testing.T) {
	implicit := func(o *mailtest.Options) { o.TLS = true }
	starttls := func(o *mailtest.Options) { o.StartTLS = true }
	expired := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }
	early := func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }
	other := func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"imap.other.example"}, nil }
	for _, c := range []struct {
		name    string
		mode    mailserver.TLSMode
		office  func(*mailtest.Options)
		certify func(*x509.Certificate)
		change  func(*ingest.InboxConfig)
		says    string // "": it works
	}{
		{"implicit", mailserver.TLSImplicit, implicit, nil, nil, ""},
		{"starttls", mailserver.TLSStart, starttls, nil, nil, ""},
		{"by name", mailserver.TLSImplicit, implicit, nil, func(c *ingest.InboxConfig) { c.Host = "localhost" }, ""},
		{"unknown authority", mailserver.TLSImplicit, implicit, nil, func(c *ingest.InboxConfig) { c.CAFile = "" }, "unknown authority"},
		{"unknown authority, starttls", mailserver.TLSStart, starttls, nil, func(c *ingest.InboxConfig) { c.CAFile = "" }, "unknown authority"},
		{"expired", mailserver.TLSImplicit, implicit, expired, nil, "expired"},
		{"expired, starttls", mailserver.TLSStart, starttls, expired, nil, "expired"},
		{"not valid yet", mailserver.TLSImplicit, implicit, early, nil, "not yet valid"},
		{"another name", mailserver.TLSImplicit, implicit, other, nil, "127.0.0.1"},
		{"another name, starttls", mailserver.TLSStart, starttls, other, nil, "127.0.0.1"},
		{"starttls stripped", mailserver.TLSStart, func(*mailtest.Options) {}, nil, func(c *ingest.InboxConfig) { c.CAFile = "" }, "start TLS"},
		{"implicit to a plain port", mailserver.TLSImplicit, func(*mailtest.Options) {}, nil, func(c *ingest.InboxConfig) { c.CAFile = "" }, "tls"},
		{"no certificate in the file", mailserver.TLSImplicit, implicit, nil, func(c *ingest.InboxConfig) { c.CAFile = "tls_test.go" }, "holds no certificate"},
		{"no such file", mailserver.TLSImplicit, implicit, nil, func(c *ingest.InboxConfig) { c.CAFile = "no-such.pem" }, "no-such.pem"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := startOfficeAt(t, func(o *mailtest.Options) {
				o.Trace, o.Certify = true, c.certify
				c.office(o)
			})
			config := server.config()
			if config.TLS = c.mode; server.office.AuthorityPEM() != nil {
				config.CAFile = caFile(t, server.office)
			}
			if c.change != nil {
				c.change(&config)
			}
			s, err := Dial(t.Context(), config, Options{})
			if c.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				report, err := s.Report(t.Context())
				if err != nil || report.Certificate == nil || report.Certificate.NotAfter.IsZero() || !strings.HasPrefix(report.Certificate.Version, "TLS 1.") {
					t.Errorf("doctor is shown %+v, %v", report.Certificate, err)
				}
				return
			}
			var trouble *mailserver.Error
			if !errors.As(err, &trouble) || trouble.Class != mailserver.TLSError || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want trouble with TLS that says %q", err, c.says)
			}
			for _, step := range server.office.Steps() {
				if step.Verb == "LOGIN" || step.Verb == "AUTHENTICATE" {
					t.Errorf("%s in spite of it", step)
				}
			}
		})
	}
}

// A man in the middle that takes STARTTLS away can also say that nothing is needed at all, or slip words in.
func TestADowngradeIsRefused(t *testing.T) {
	for name, script := range map[string]struct{ greeting, afterStart string }{
		"PREAUTH":                {"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] you are known\r\n", ""},
		"STARTTLS is not there":  {"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n", " BAD unknown command\r\n"},
		"STARTTLS says no":       {"* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n", " NO not today\r\n"},
		"words before handshake": {"* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n", " OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			said := make(chan string, 1)
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				fmt.Fprint(conn, script.greeting)
				var all []byte
				buf := make([]byte, 4096)
				for {
					n, err := conn.Read(buf)
					all = append(all, buf[:n]...)
					if err != nil {
						said <- string(all)
						return
					}
					tag, verb, _ := strings.Cut(strings.TrimSpace(string(buf[:n])), " ")
					switch {
					case verb == "STARTTLS" && script.afterStart != "":
						fmt.Fprint(conn, tag+script.afterStart)
					case verb == "LOGOUT" || verb == "CAPABILITY":
						fmt.Fprint(conn, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"+tag+" OK\r\n")
					}
				}
			}()
			server := &testServer{t: t, port: listener.Addr().(*net.TCPAddr).Port, username: "a@b.example", password: "canary-9313"}
			config := server.config()
			config.TLS, config.Timeout = mailserver.TLSStart, mailserver.Duration(time.Second)
			_, err = Dial(context.Background(), config, Options{})
			var trouble *mailserver.Error
			if !errors.As(err, &trouble) || trouble.Class == mailserver.CredentialsError {
				t.Errorf("%v", err)
			}
			if heard := <-said; strings.Contains(heard, "canary-9313") || strings.Contains(heard, "LOGIN") || strings.Contains(heard, "AUTHENTICATE") {
				t.Errorf("a login left in the clear: %q", heard)
			}
		})
	}
}

// Without TLS, nothing leaves this machine, whatever the name of the server leads to.
func TestPlaintextIsForThisMachineOnly(t *testing.T) {
	server := startOffice(t)
	config := server.config()
	config.Host = "imap.department.example"
	if err := config.Validate(); err == nil || !strings.Contains(err.Error(), "in the clear") {
		t.Errorf("%v", err)
	}
	config.Host = "localhost"
	_, err := Dial(t.Context(), config, Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", server.port))
		return elsewhere{conn}, err
	}})
	var trouble *mailserver.Error
	if !errors.As(err, &trouble) || trouble.Class != mailserver.TLSError {
		t.Errorf("a name that leads elsewhere: %v", err)
	}
}

// elsewhere is a connection to another machine, as a poisoned hosts file makes of localhost.
type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 143} }
