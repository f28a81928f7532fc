package ingest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// testServer is an IMAP server with one account, and what the tests do to its mailboxes behind the session's back.
type testServer struct {
	t        testing.TB
	port     int
	username string
	password string
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

// startMemory runs go-imap's in-memory server. Its capabilities are IMAP4rev1 alone unless caps say more.
func startMemory(t testing.TB, caps ...imap.Cap) *testServer {
	t.Helper()
	set := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		set[c] = struct{}{}
	}
	memory := imapmemserver.New()
	account := imapmemserver.NewUser("officer@department.example", "correct horse")
	if err := account.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	memory.AddUser(account)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: set, InsecureAuth: true, Logger: discardLogger{},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return &testServer{t: t, port: listener.Addr().(*net.TCPAddr).Port, username: "officer@department.example", password: "correct horse"}
}

type discardLogger struct{}

func (discardLogger) Printf(string, ...any) {}

// config is an inbox on the server.
func (s *testServer) config() InboxConfig {
	return InboxConfig{Name: "test", Host: "127.0.0.1", Port: s.port, TLS: TLSNone, Username: s.username,
		Password: Secret{Value: s.password}, AuthservID: []string{"mx.department.example"}, Timeout: Duration(5 * time.Second)}.WithDefaults()
}

// session logs in with a configuration that change may alter.
func (s *testServer) session(change func(*InboxConfig)) *Session {
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
