package imap

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"handrail/ingest"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
)

// testServer is an IMAP server with one account, and what the tests do to its mailboxes behind the session's back.
type testServer struct {
	t        testing.TB
	port     int
	username string
	password string
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	office   *mailtest.Office // nil for Dovecot
}

// startOffice runs the post office. It offers IMAP4rev1 and those capabilities of its own that are named.
func startOffice(t testing.TB, caps ...imap.Cap) *testServer {
	t.Helper()
	return startOfficeAt(t, func(o *mailtest.Options) { o.Without = without(caps) })
}

// without lists what the post office can do beyond caps.
func without(caps []imap.Cap) (list []string) {
	for _, c := range []imap.Cap{imap.CapMove, imap.CapUIDPlus, imap.CapIdle, imap.CapNamespace, imap.CapESearch, imap.CapSearchRes, imap.CapListExtended,
		imap.CapListStatus, imap.CapStatusSize, imap.CapSpecialUse, imap.CapCreateSpecialUse, imap.CapLiteralPlus} {
		if !slices.Contains(caps, c) {
			list = append(list, string(c))
		}
	}
	return list
}

// startOfficeAt runs a post office of a special kind.
func startOfficeAt(t testing.TB, change func(*mailtest.Options)) *testServer {
	t.Helper()
	const officer, password = "officer@department.example", "correct horse"
	o := mailtest.Options{Domains: []string{"department.example"}, Users: []mailtest.User{{Address: officer, Password: password, Token: "fresh"}}}
	change(&o)
	office, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = office.Close() })
	_, port, err := net.SplitHostPort(office.IMAPAddr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return &testServer{t: t, port: n, username: officer, password: password, office: office}
}

// config is an inbox on the server.
func (s *testServer) config() ingest.InboxConfig {
	return ingest.InboxConfig{Name: "test", Host: "127.0.0.1", Port: s.port, TLS: mailserver.TLSNone, Username: s.username,
		Password: mailserver.Secret{Value: s.password}, AuthservID: []string{"mx.department.example"}, Timeout: mailserver.Duration(5 * time.Second)}.WithDefaults()
}

// session logs in with a configuration that change may alter.
func (s *testServer) session(change func(*ingest.InboxConfig)) *Session {
	s.t.Helper()
	c := s.config()
	if change != nil {
		change(&c)
	}
	session, err := Dial(context.Background(), c, Options{Dial: s.dial})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = session.client.Close() })
	return session
}

// client is a connection of somebody else's mail program.
func (s *testServer) client() *imapclient.Client {
	s.t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", s.port), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	if err := c.Login(s.username, s.password).Wait(); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// put appends messages to a folder and returns nothing: UIDs are the server's.
func (s *testServer) put(folder string, messages ...string) {
	s.t.Helper()
	c := s.client()
	for _, m := range messages {
		a := c.Append(folder, int64(len(m)), nil)
		if _, err := a.Write([]byte(m)); err != nil {
			s.t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			s.t.Fatal(err)
		}
		if _, err := a.Wait(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// subjects lists what a folder holds, by subject; nil when there is no such folder.
func (s *testServer) subjects(folder string) []string {
	s.t.Helper()
	c := s.client()
	box, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || box.NumMessages == 0 {
		return nil
	}
	messages, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{Envelope: true, Flags: true}).Collect()
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for _, m := range messages {
		list = append(list, m.Envelope.Subject)
	}
	return list
}

// plainMail is a small message with a subject.
func plainMail(subject string) string {
	return "From: Ann <ann@department.example>\r\nTo: achats@department.example\r\nSubject: " + subject +
		"\r\nDate: Mon, 23 Nov 2026 10:00:00 -0500\r\nMessage-ID: <" + subject + "@department.example>\r\n\r\nHello.\r\n"
}

// faultyConn spoils a connection: what arrives is delayed, and reading ends when a condition says so.
type faultyConn struct {
	net.Conn
	delay time.Duration
	cut   func(read []byte) (allow int, end bool)

	mu   sync.Mutex
	over bool
}

func (c *faultyConn) Read(b []byte) (int, error) {
	c.mu.Lock()
	over := c.over
	c.mu.Unlock()
	if over {
		_ = c.Conn.Close()
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(b)
	if c.delay > 0 {
		time.Sleep(c.delay)
	}
	if err == nil && c.cut != nil {
		if allow, end := c.cut(b[:n]); end {
			c.mu.Lock()
			c.over = true
			c.mu.Unlock()
			_ = c.Conn.Close()
			if allow == 0 {
				return 0, net.ErrClosed
			}
			return allow, nil
		}
	}
	return n, err
}
