package smtp

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/notify"
)

const (
	department = "handrail@dept.example"
	reader     = "marie@dept.example"
)

// clock is a test's own time.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

type bench struct {
	*mailtest.Office
	sender *Sender
	clock  *clock
}

// open starts a post office and a sender to it; both functions may be nil.
func open(t testing.TB, office func(*mailtest.Options), config func(*Config, *Options)) bench {
	t.Helper()
	clk := newClock()
	o := mailtest.Options{
		Domains: []string{"dept.example"},
		Users:   []mailtest.User{{Address: department, Password: "hunter2", Token: "tok-1"}, {Address: reader, Password: "x"}},
		Now:     clk.now,
		Pace:    time.Microsecond,
	}
	if office != nil {
		office(&o)
	}
	po, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = po.Close() })
	host, port, _ := strings.Cut(po.SMTPAddr(), ":")
	n, _ := strconv.Atoi(port)
	c := Config{Host: host, Port: n, TLS: mailserver.TLSNone, Username: department, Password: mailserver.Secret{Value: "hunter2"}, Connections: 1,
		Timeout: mailserver.Duration(5 * time.Second), DataTimeout: mailserver.Duration(5 * time.Second)}
	so := Options{Now: clk.now, RootCAs: po.CertPool(), Jitter: func() float64 { return 0.5 }}
	if config != nil {
		config(&c, &so)
	}
	s, err := NewSender(c, so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return bench{po, s, clk}
}

func mailTo(to, id, body string) notify.Outgoing {
	return notify.Outgoing{From: department, To: to, Raw: []byte("From: <" + department + ">\r\nTo: <" + to + ">\r\nSubject: s\r\nMessage-ID: <" + id + "@dept.example>\r\n\r\n" + body)}
}

func (b bench) arrived(t testing.TB) [][]byte {
	t.Helper()
	list, err := b.Submitted()
	if err != nil {
		t.Fatal(err)
	}
	var raws [][]byte
	for _, s := range list {
		raws = append(raws, s.Raw)
	}
	return raws
}

func TestBytesArriveAsTheyAre(t *testing.T) {
	for name, body := range map[string]string{
		"dots":                  ".\r\n..\r\n.leading\r\n\r\n.\r\nend\r\n",
		"a line of 20,000":      strings.Repeat("x", 20_000) + "\r\n",
		"eight bits":            "é \xff\xfe\r\n",
		"large":                 strings.Repeat(strings.Repeat("y", 76)+"\r\n", 20_000),
		"ends with empty lines": "text\r\n\r\n\r\n",
		"smuggled end":          "a\r\n.\r\nMAIL FROM:<x@dept.example>\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, nil, nil)
			m := mailTo(reader, "one", body)
			if f := b.sender.Send(t.Context(), m); f.State != notify.Accepted || !strings.HasPrefix(f.Words, "250 ") || f.RetryAfter != 0 || !f.Attempted {
				t.Fatalf("%+v", f)
			}
			if got := b.arrived(t); len(got) != 1 || !bytes.Equal(got[0], m.Raw) {
				t.Errorf("%d mails; differs", len(got))
			}
		})
	}
}

func TestWhatNoServerCouldTake(t *testing.T) {
	good := mailTo(reader, "x", "b\r\n")
	for name, change := range map[string]func(*notify.Outgoing){
		"bare line feed":       func(m *notify.Outgoing) { m.Raw = []byte("A: b\r\n\r\nx\ny\r\n") },
		"bare carriage return": func(m *notify.Outgoing) { m.Raw = []byte("A: b\r\n\r\nx\ry\r\n") },
		"final CR":             func(m *notify.Outgoing) { m.Raw = []byte("A: b\r\n\r\nx\r") },
		"empty":                func(m *notify.Outgoing) { m.Raw = nil },
		"no recipient":         func(m *notify.Outgoing) { m.To = "" },
		"a second command":     func(m *notify.Outgoing) { m.To = "a@dept.example>\r\nRCPT TO:<b@dept.example" },
		"a name with it":       func(m *notify.Outgoing) { m.To = "Marie <" + reader + ">" },
		"bad sender":           func(m *notify.Outgoing) { m.From = "x> SIZE=1" },
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, nil, nil)
			m := good
			change(&m)
			if f := b.sender.Send(t.Context(), m); f.State != notify.Refused || f.Words == "" {
				t.Errorf("%+v", f)
			}
			if n := b.StepCount(mailtest.SMTP); n != 0 {
				t.Errorf("the server was bothered: %d steps", n)
			}
		})
	}
}

// FIELD-NOTES §3: one refused recipient means RSET and nobody gets the message; hence one message per recipient.
func TestRefusedRecipientLeavesOthersAlone(t *testing.T) {
	b := open(t, nil, nil)
	states := map[string]notify.FateState{}
	for _, to := range []string{"nobody@dept.example", reader, "ghost@dept.example", "someone@far.example"} {
		f := b.sender.Send(t.Context(), mailTo(to, to, "b\r\n"))
		states[to] = f.State
		if f.State == notify.Refused && (!strings.HasPrefix(f.Words, "550 5.1.1") || f.Err != nil) {
			t.Errorf("%s: %+v", to, f)
		}
	}
	if fmt.Sprint(states) != fmt.Sprint(map[string]notify.FateState{"nobody@dept.example": notify.Refused, reader: notify.Accepted, "ghost@dept.example": notify.Refused, "someone@far.example": notify.Accepted}) {
		t.Errorf("%v", states)
	}
	if n := len(b.arrived(t)); n != 2 {
		t.Errorf("%d mails", n)
	}
}

// FIELD-NOTES §3: a failed RSET can come after a delivery, and says nothing about it.
func TestFailedResetChangesNoFate(t *testing.T) {
	b := open(t, func(o *mailtest.Options) {
		o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: "RSET", Kind: mailtest.Cut}}
	}, nil)
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n")); f.State != notify.Accepted {
		t.Fatalf("%+v", f)
	}
	if f := b.sender.Send(t.Context(), mailTo("nobody@dept.example", "2", "b\r\n")); f.State != notify.Refused || !strings.HasPrefix(f.Words, "550") {
		t.Errorf("the RSET that failed hid the refusal: %+v", f)
	}
	if f := b.sender.Send(t.Context(), mailTo(reader, "3", "b\r\n")); f.State != notify.Accepted {
		t.Errorf("the connection was not made anew: %+v", f)
	}
	if b.Struck() != 1 {
		t.Errorf("struck %d times", b.Struck())
	}
}

// FIELD-NOTES §3 and RFC 1047: an answer that is lost after the bytes leaves the fate unknown; the same bytes go out
// again, and there is one extra copy at most.
func TestLostConfirmationIsUnknown(t *testing.T) {
	for _, kind := range []mailtest.Kind{mailtest.CutAfterData, mailtest.Stall, mailtest.Garbage} {
		t.Run(string(kind), func(t *testing.T) {
			b := open(t, func(o *mailtest.Options) {
				o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: "BODY", Moment: mailtest.Answered, Kind: kind}}
			}, func(c *Config, _ *Options) { c.DataTimeout = mailserver.Duration(200 * time.Millisecond) })
			m := mailTo(reader, "same", "b\r\n")
			f := b.sender.Send(t.Context(), m)
			if f.State != notify.Unknown || f.RetryAfter <= 0 || f.Err == nil || !strings.Contains(f.Words, "may have been delivered") {
				t.Fatalf("%+v", f)
			}
			if f := b.sender.Send(t.Context(), m); f.State != notify.Accepted {
				t.Fatalf("%+v", f)
			}
			if got := b.arrived(t); len(got) != 2 || !bytes.Equal(got[0], got[1]) {
				t.Errorf("%d copies", len(got))
			}
		})
	}
}

// The library's writer, closed after a failed write, would end half a mail as if it were whole.
func TestHalfAMailIsNeverEnded(t *testing.T) {
	b := open(t, func(o *mailtest.Options) {
		o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: "BODY", Kind: mailtest.CutHalfway}}
	}, nil)
	m := mailTo(reader, "big", strings.Repeat(strings.Repeat("z", 76)+"\r\n", 100_000))
	f := b.sender.Send(t.Context(), m)
	if f.State == notify.Accepted || f.State == notify.Refused {
		t.Fatalf("%+v", f)
	}
	if n := len(b.arrived(t)); n != 0 {
		t.Fatalf("%d mails from half of one", n)
	}
	if f := b.sender.Send(t.Context(), m); f.State != notify.Accepted {
		t.Errorf("%+v", f)
	}
}

// FIELD-NOTES §3: the library neither reconnects nor pools.
func TestKeptConnectionIsDialledAgainWhenDead(t *testing.T) {
	b := open(t, func(o *mailtest.Options) { o.Trace = true }, nil)
	for i := range 6 {
		if i == 2 || i == 4 {
			b.HangUp()
		}
		if f := b.sender.Send(t.Context(), mailTo(reader, fmt.Sprint(i), "b\r\n")); f.State != notify.Accepted {
			t.Fatalf("mail %d: %+v", i, f)
		}
	}
	conns := 0
	for _, s := range b.Steps() {
		conns = max(conns, s.Conn)
	}
	if conns != 3 || len(b.arrived(t)) != 6 {
		t.Errorf("%d connections, %d mails", conns, len(b.arrived(t)))
	}
}

func TestIdleServerSays421(t *testing.T) {
	b := open(t, func(o *mailtest.Options) {
		o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: "MAIL", Nth: 2, Kind: mailtest.Bye, Words: "4.4.2 Idle too long"}}
	}, nil)
	for i := range 2 {
		if f := b.sender.Send(t.Context(), mailTo(reader, fmt.Sprint(i), "b\r\n")); f.State != notify.Accepted {
			t.Fatalf("mail %d: %+v", i, f)
		}
	}
}

func TestSlowDownPausesTheSender(t *testing.T) {
	for _, c := range []struct {
		name, command string
		code          int
		words         string
		pauses        bool
	}{
		{"421 at the greeting", "CONNECT", 421, "4.3.2 too many connections", true},
		{"432 at MAIL", "MAIL", 432, "4.3.2 Concurrent connections limit exceeded", true},
		{"451 4.7.500 at RCPT", "RCPT", 451, "4.7.500 Server busy", true},
		{"421 at RCPT", "RCPT", 421, "4.7.0 Try later", true},
		{"451 at MAIL", "MAIL", 451, "4.3.0 Local error", true},
		{"451 greylisted", "RCPT", 451, "4.7.1 Greylisted", false},
		{"452 after the mail", "BODY", 452, "4.2.2 Mailbox full", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := mailtest.Fault{Protocol: mailtest.SMTP, Command: c.command, Kind: mailtest.Temporary, Code: c.code, Words: c.words}
			b := open(t, func(o *mailtest.Options) { o.Faults = []mailtest.Fault{f} }, nil)
			first := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n"))
			if first.State != notify.Deferred || first.RetryAfter < firstRetry*4/5 || !first.Attempted || !strings.Contains(first.Words, strconv.Itoa(c.code)) {
				t.Fatalf("%+v", first)
			}
			second := b.sender.Send(t.Context(), mailTo(reader, "2", "b\r\n"))
			if c.pauses && (second.State != notify.Deferred || second.Attempted || second.RetryAfter <= 0) {
				t.Errorf("no pause: %+v", second)
			}
			if !c.pauses && second.State != notify.Accepted {
				t.Errorf("paused for one recipient: %+v", second)
			}
			b.clock.pass(first.RetryAfter)
			if f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n")); f.State != notify.Accepted {
				t.Errorf("after the pause: %+v", f)
			}
		})
	}
}

func TestWrongPasswordIsTriedOncePerRun(t *testing.T) {
	b := open(t, func(o *mailtest.Options) { o.Trace = true }, func(c *Config, _ *Options) { c.Password = mailserver.Secret{Value: "canary-wrong"} })
	logins := func() (n int) {
		for _, s := range b.Steps() {
			if s.Verb == "AUTH" && s.Moment == mailtest.Asked {
				n++
			}
		}
		return n
	}
	for i := range 3 {
		f := b.sender.Send(t.Context(), mailTo(reader, fmt.Sprint(i), "b\r\n"))
		var e *mailserver.Error
		if f.State != notify.Deferred || !errors.As(f.Err, &e) || e.Class != mailserver.CredentialsError || f.Attempted != (i == 0) {
			t.Fatalf("mail %d: %+v", i, f)
		}
		if strings.Contains(fmt.Sprintf("%+v %v %#v", f, f.Err, b.sender.c), "canary-wrong") {
			t.Error("the password shows")
		}
	}
	if logins() != 1 {
		t.Errorf("%d logins in one run", logins())
	}
	b.sender.BeginRun()
	b.sender.Send(t.Context(), mailTo(reader, "4", "b\r\n"))
	if logins() != 2 {
		t.Errorf("%d logins in two runs", logins())
	}
}

func TestAccountProblemsDoNotEndMails(t *testing.T) {
	b := open(t, func(o *mailtest.Options) {
		o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: "BODY", Kind: mailtest.Permanent, Code: 550,
			Words: "5.7.60 SMTP; Client does not have permissions to send as this sender"}}
	}, nil)
	var e *mailserver.Error
	f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n"))
	if f.State != notify.Deferred || !errors.As(f.Err, &e) || e.Class != mailserver.CredentialsError {
		t.Fatalf("%+v", f)
	}
	b.sender.BeginRun()
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n")); f.State != notify.Accepted {
		t.Errorf("%+v", f)
	}
}

type tokens struct {
	list []string
	err  error
}

func (s *tokens) Token(context.Context) (string, error) {
	if s.err != nil {
		return "", s.err
	}
	token := s.list[0]
	s.list = s.list[1:]
	return token, nil
}

func (s *tokens) Secret(context.Context) string { return "client secret" }

func TestXOAUTH2(t *testing.T) {
	source := &tokens{list: []string{"expired-canary", "tok-1"}}
	b := open(t, nil, func(c *Config, o *Options) {
		c.Auth, c.Password, o.Tokens = AuthOAuth2, mailserver.Secret{}, source
	})
	f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n"))
	var e *mailserver.Error
	if f.State != notify.Deferred || !errors.As(f.Err, &e) || e.Class != mailserver.CredentialsError || strings.Contains(fmt.Sprint(f), "canary") {
		t.Fatalf("%+v", f)
	}
	b.sender.BeginRun()
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n")); f.State != notify.Accepted {
		t.Fatalf("%+v", f)
	}
	list, err := b.Submitted()
	if err != nil || list[0].User != department {
		t.Errorf("sent as %q, %v", list[0].User, err)
	}
}

// An issuer that is away is no refused login: sending pauses for a moment, and what it says names the issuer.
func TestAnIssuerThatIsAwayIsTriedAgainSoon(t *testing.T) {
	source := &tokens{list: []string{"tok-1"}, err: &mailserver.Error{Class: mailserver.NetworkError, Server: "issuer.example", Doing: "get a token", Err: errors.New("503")}}
	b := open(t, nil, func(c *Config, o *Options) {
		c.Auth, c.Password, o.Tokens = AuthOAuth2, mailserver.Secret{}, source
	})
	f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n"))
	var e *mailserver.Error
	if f.State != notify.Deferred || !errors.As(f.Err, &e) || e.Class != mailserver.NetworkError || e.Server != "issuer.example" || f.RetryAfter > 10*time.Minute {
		t.Fatalf("%+v", f)
	}
	source.err = nil
	b.sender.BeginRun()
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n")); f.State != notify.Accepted {
		t.Fatalf("%+v", f)
	}
}

func TestTLSIsVerifiedAndNeverGivenUp(t *testing.T) {
	tlsOnly := func(o *mailtest.Options) { o.TLS = true }
	startTLS := func(o *mailtest.Options) { o.StartTLS = true }
	certified := func(office func(*mailtest.Options), certify func(*x509.Certificate)) func(*mailtest.Options) {
		return func(o *mailtest.Options) { office(o); o.Certify = certify }
	}
	expired := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }
	other := func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"smtp.other.example"}, nil }
	mode := func(m mailserver.TLSMode) func(*Config, *Options) {
		return func(c *Config, _ *Options) { c.TLS = m }
	}
	stranger := func(m mailserver.TLSMode) func(*Config, *Options) {
		return func(c *Config, o *Options) { c.TLS, o.RootCAs = m, nil }
	}
	for _, c := range []struct {
		name   string
		office func(*mailtest.Options)
		config func(*Config, *Options)
		want   notify.FateState
		says   string
	}{
		{"implicit", tlsOnly, mode(mailserver.TLSImplicit), notify.Accepted, ""},
		{"starttls", startTLS, mode(mailserver.TLSStart), notify.Accepted, ""},
		{"implicit, unknown authority", tlsOnly, stranger(mailserver.TLSImplicit), notify.Deferred, "unknown authority"},
		{"starttls, unknown authority", startTLS, stranger(mailserver.TLSStart), notify.Deferred, "unknown authority"},
		{"implicit, expired", certified(tlsOnly, expired), mode(mailserver.TLSImplicit), notify.Deferred, "expired"},
		{"starttls, expired", certified(startTLS, expired), mode(mailserver.TLSStart), notify.Deferred, "expired"},
		{"implicit, another name", certified(tlsOnly, other), mode(mailserver.TLSImplicit), notify.Deferred, "127.0.0.1"},
		{"starttls, another name", certified(startTLS, other), mode(mailserver.TLSStart), notify.Deferred, "127.0.0.1"},
		{"starttls stripped", nil, mode(mailserver.TLSStart), notify.Deferred, "no STARTTLS"},
		{"implicit to a plain port", nil, mode(mailserver.TLSImplicit), notify.Deferred, "tls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, func(o *mailtest.Options) {
				o.Trace = true
				if c.office != nil {
					c.office(o)
				}
			}, c.config)
			f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n"))
			if f.State != c.want {
				t.Fatalf("%+v", f)
			}
			if c.want == notify.Accepted {
				return
			}
			var e *mailserver.Error
			if !errors.As(f.Err, &e) || e.Class != mailserver.TLSError || !strings.Contains(f.Words, c.says) {
				t.Errorf("%+v, want trouble with TLS that says %q", f.Err, c.says)
			}
			for _, s := range b.Steps() {
				if s.Verb == "AUTH" || s.Verb == "MAIL" {
					t.Errorf("%s in spite of it", s)
				}
			}
		})
	}
}

// An authority of one's own is a file in the configuration, beside the system's.
func TestAPrivateAuthorityIsTrustedFromItsFile(t *testing.T) {
	b := open(t, func(o *mailtest.Options) { o.TLS = true }, func(c *Config, o *Options) { c.TLS, o.RootCAs = mailserver.TLSImplicit, nil })
	c := b.sender.c
	c.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(c.CAFile, b.AuthorityPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := NewSender(c, Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Report(t.Context())
	if err != nil || r.Certificate == nil || !slices.Contains(r.Certificate.Names, "127.0.0.1") || r.Refusal != "" || r.MaxBytes == 0 ||
		!slices.Contains(r.Logins, "PLAIN") {
		t.Errorf("doctor is shown %+v, %v", r, err)
	}
	if n := b.NumSubmitted(); n != 0 {
		t.Errorf("the report sent %d mails", n)
	}
	if err := os.WriteFile(c.CAFile, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewSender(c, Options{Now: time.Now}); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
		t.Errorf("%v", err)
	}
}

// What doctor asks the server is answered without a mail: also a sender whom it would not let send.
func TestReportNamesARefusedSender(t *testing.T) {
	b := open(t, func(o *mailtest.Options) {
		o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: "MAIL", Kind: mailtest.Permanent, Words: "5.7.60 Client does not have permissions to send as this sender"}}
	}, nil)
	r, err := b.sender.Report(t.Context())
	if err != nil || !strings.Contains(r.Refusal, "5.7.60") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestSMTPUTF8OnlyWhenNeeded(t *testing.T) {
	for _, c := range []struct {
		name, to, header string
		without          bool
		want             notify.FateState
	}{
		{"plain, server without", reader, "", true, notify.Accepted},
		{"domain goes in ASCII", "a@exämple.example", "", true, notify.Accepted},
		{"local part needs it", "zoë@far.example", "", false, notify.Accepted},
		{"local part, server without", "zoë@far.example", "", true, notify.Refused},
		{"header needs it", reader, "X-Note: é\r\n", false, notify.Accepted},
		{"header, server without", reader, "X-Note: é\r\n", true, notify.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, func(o *mailtest.Options) { o.NoSMTPUTF8 = c.without }, nil)
			m := mailTo(reader, "1", "b\r\n")
			m.To = c.to
			m.Raw = append([]byte(c.header), m.Raw...)
			f := b.sender.Send(t.Context(), m)
			if f.State != c.want {
				t.Fatalf("%+v", f)
			}
			list, err := b.Submitted()
			if err != nil || len(list) == 1 && c.name == "domain goes in ASCII" && list[0].To[0] != "a@xn--exmple-cua.example" {
				t.Errorf("%v %v", list, err)
			}
		})
	}
}

func TestStrictServerRefusesLongLines(t *testing.T) {
	b := open(t, func(o *mailtest.Options) { o.MaxLineBytes = 1000 }, nil)
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", strings.Repeat("x", 998)+"\r\n")); f.State != notify.Accepted {
		t.Errorf("998: %+v", f)
	}
	if f := b.sender.Send(t.Context(), mailTo(reader, "2", strings.Repeat("x", 999)+"\r\n")); f.State != notify.Refused || !strings.Contains(f.Words, "Line too long") {
		t.Errorf("999: %+v", f)
	}
}

func TestTooLargeForTheServer(t *testing.T) {
	b := open(t, func(o *mailtest.Options) { o.MaxMessageBytes = 1000 }, nil)
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", strings.Repeat("x\r\n", 500))); f.State != notify.Refused || !strings.Contains(f.Words, "1000 at most") {
		t.Errorf("%+v", f)
	}
}

func TestOurOwnLimits(t *testing.T) {
	b := open(t, nil, func(c *Config, o *Options) {
		c.PerMinute, c.PerDay = 3, 5
		o.Sent = []time.Time{newClock().now().Add(-23 * time.Hour), newClock().now().Add(-30 * time.Hour)}
	})
	send := func() notify.Fate { return b.sender.Send(t.Context(), mailTo(reader, "x", "b\r\n")) }
	for i := range 3 {
		if f := send(); f.State != notify.Accepted {
			t.Fatalf("%d: %+v", i, f)
		}
		b.clock.pass(time.Second)
	}
	f := send()
	if f.State != notify.Deferred || f.Attempted || f.RetryAfter != 57*time.Second || f.Err != nil {
		t.Fatalf("per minute: %+v", f)
	}
	b.clock.pass(f.RetryAfter)
	if f := b.sender.Send(t.Context(), mailTo("nobody@dept.example", "x", "b\r\n")); f.State != notify.Refused {
		t.Fatalf("%+v", f) // and takes no place
	}
	if f := send(); f.State != notify.Accepted {
		t.Fatalf("%+v", f)
	}
	b.clock.pass(time.Minute)
	// Five in 24 hours: the one of 23 hours ago leaves in an hour, less the two minutes that passed.
	if f := send(); f.State != notify.Deferred || f.RetryAfter != time.Hour-2*time.Minute {
		t.Fatalf("per day: %+v", f)
	}
}

func TestUnreachableServerPausesAndRecovers(t *testing.T) {
	b := open(t, nil, nil)
	b.sender.c.Port = 1 // nobody listens there
	f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n"))
	var e *mailserver.Error
	if f.State != notify.Deferred || !errors.As(f.Err, &e) || e.Class != mailserver.NetworkError || !f.Attempted {
		t.Fatalf("%+v", f)
	}
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n")); f.State != notify.Deferred || f.Attempted {
		t.Fatalf("dialled again at once: %+v", f)
	}
	if _, err := b.sender.Report(t.Context()); err == nil {
		t.Error("doctor would be content")
	}
}

func TestReportSaysWhoWouldBeRefusedAndSendsNothing(t *testing.T) {
	b := open(t, nil, nil)
	const nobody = "nobody@dept.example"
	got, err := b.sender.Report(t.Context(), reader, nobody)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Refused) != 1 || !strings.Contains(got.Refused[nobody], "550") {
		t.Errorf("refused: %v", got.Refused)
	}
	if n := b.NumSubmitted(); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestContextEndsASend(t *testing.T) {
	b := open(t, func(o *mailtest.Options) {
		o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: "RCPT", Kind: mailtest.Stall},
			{Protocol: mailtest.SMTP, Command: "BODY", Moment: mailtest.Answered, Kind: mailtest.Stall}}
	}, nil)
	for _, want := range []notify.FateState{notify.Deferred, notify.Unknown} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if f := b.sender.Send(ctx, mailTo(reader, "1", "b\r\n")); f.State != want || !strings.Contains(f.Words+fmt.Sprint(f.Err), "deadline") && !strings.Contains(f.Words, "timeout") {
			t.Errorf("want %s: %+v", want, f)
		}
		cancel()
	}
	if f := b.sender.Send(t.Context(), mailTo(reader, "1", "b\r\n")); f.State != notify.Accepted {
		t.Errorf("%+v", f)
	}
}

func TestWorkersShareConnections(t *testing.T) {
	b := open(t, func(o *mailtest.Options) { o.Trace = true }, func(c *Config, _ *Options) { c.Connections = 3 })
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			if f := b.sender.Send(t.Context(), mailTo(reader, fmt.Sprint(i), "b\r\n")); f.State != notify.Accepted {
				t.Errorf("%d: %+v", i, f)
			}
		})
	}
	wg.Wait()
	conns := map[int]bool{}
	for _, s := range b.Steps() {
		conns[s.Conn] = true
	}
	if len(conns) > 3 || len(b.arrived(t)) != 60 {
		t.Errorf("%d connections, %d mails", len(conns), len(b.arrived(t)))
	}
	b.sender.Close()
	if f := b.sender.Send(t.Context(), mailTo(reader, "late", "b\r\n")); f.State != notify.Deferred || f.Attempted {
		t.Errorf("%+v", f)
	}
}
