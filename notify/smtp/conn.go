package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"handrail/internal/mailserver"
)

// session is one kept connection, logged in.
type session struct {
	sender *Sender
	client *smtp.Client
	net    *timedConn
	used   bool // a mail went over it before
	// certificate is what the server showed; nil without TLS.
	certificate *mailserver.Certificate
}

// connState says what a connection is good for after a mail.
type connState int

const (
	connFit    connState = iota // for the next mail
	connBroken                  // for nothing
	connStale                   // for nothing, and the mail was not touched: try it on a new one
)

// dial connects, protects, says hello and logs in. Nothing secret leaves before the server's certificate is verified.
func (s *Sender) dial(ctx context.Context) (*session, *mailserver.Error) {
	addr := net.JoinHostPort(strings.Trim(s.c.Host, "[]"), strconv.Itoa(s.c.Port))
	fail := func(doing string, err error) *mailserver.Error {
		if cause := context.Cause(ctx); cause != nil {
			err = fmt.Errorf("%w (%v)", cause, err)
		}
		return &mailserver.Error{Class: classOf(err), Server: addr, Doing: doing, Err: err}
	}
	d := net.Dialer{Timeout: time.Duration(s.c.Timeout)}
	raw, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fail("connect", err)
	}
	if s.c.TLS == mailserver.TLSNone && !raw.RemoteAddr().(*net.TCPAddr).IP.IsLoopback() {
		_ = raw.Close()
		e := fail("connect", fmt.Errorf("%s is %s, which is not this machine; without TLS nothing is sent there", s.c.Host, raw.RemoteAddr()))
		e.Class = mailserver.TLSError
		return nil, e
	}
	conn := &session{sender: s, net: &timedConn{Conn: raw, clear: s.c.TLS != mailserver.TLSImplicit}}
	stop := conn.net.watch(ctx)
	defer stop()
	if doing, err := conn.open(ctx); err != nil {
		_ = raw.Close()
		var known *mailserver.Error
		if errors.As(err, &known) {
			if known.Server == "" { // that of an issuer of tokens is another one
				known.Server = addr
			}
			return nil, known
		}
		return nil, fail(doing, err)
	}
	return conn, nil
}

// open is all that comes before the first mail; doing says how far it got.
func (c *session) open(ctx context.Context) (doing string, err error) {
	s := c.sender
	var top net.Conn = c.net
	config := &tls.Config{ServerName: strings.Trim(s.c.Host, "[]"), RootCAs: s.roots, MinVersion: tls.VersionTLS12,
		VerifyConnection: func(state tls.ConnectionState) error {
			if c.certificate = mailserver.CertificateOf(state); s.o.Certificate != nil {
				s.o.Certificate(c.certificate)
			}
			return nil
		}}
	c.net.allow(time.Duration(s.c.Timeout))
	if s.c.TLS == mailserver.TLSImplicit {
		t := tls.Client(c.net, config)
		if err := t.HandshakeContext(ctx); err != nil {
			return "set up TLS", err
		}
		top = t
	}
	c.net.allow(time.Duration(s.c.Timeout))
	if c.client, err = smtp.NewClient(top, s.c.Host); err != nil {
		return "read the greeting", err
	}
	c.net.allow(time.Duration(s.c.Timeout))
	if err := c.client.Hello(s.c.Hello); err != nil {
		return "say hello", err
	}
	if s.c.TLS == mailserver.TLSStart {
		if ok, _ := c.client.Extension("STARTTLS"); !ok {
			return "", &mailserver.Error{Class: mailserver.TLSError, Doing: "set up TLS", Err: errors.New("the server offers no STARTTLS")}
		}
		c.net.allow(time.Duration(s.c.Timeout))
		c.net.protected()
		if err := c.client.StartTLS(config); err != nil {
			return "set up TLS", err
		}
	}
	if s.c.Auth == AuthNone {
		return "", nil
	}
	return "log in", c.login(ctx)
}

func (c *session) login(ctx context.Context) error {
	s := c.sender
	auth, err := c.auth(ctx)
	if err != nil {
		return err
	}
	c.net.allow(time.Duration(s.c.Timeout))
	err = c.client.Auth(auth)
	// 535 and its like are about the account; 4xx and a cut are not.
	if r := reply(err); r != nil && r.Code >= 500 {
		return s.loginRefused(err)
	}
	return err
}

// loginRefused is a login that the server or the configuration refuses, with where its password is.
func (s *Sender) loginRefused(err error) error {
	e := &mailserver.Error{Class: mailserver.CredentialsError, Doing: "log in", Err: err}
	if s.c.Auth == AuthPassword {
		e.Secret = s.c.Password.Place("password")
	}
	return e
}

func (c *session) auth(ctx context.Context) (smtp.Auth, error) {
	s := c.sender
	_, offered := c.client.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	offers := func(m string) bool {
		for _, o := range mechanisms {
			if o == m {
				return true
			}
		}
		return false
	}
	cannot := func(what string) error {
		return &mailserver.Error{Class: mailserver.ProtocolError, Doing: "log in", Err: fmt.Errorf("the server takes no %s; it offers %q", what, cleanWords(offered))}
	}
	if s.c.Auth == AuthOAuth2 {
		if !offers("XOAUTH2") {
			return nil, cannot("XOAUTH2")
		}
		token, err := s.o.Tokens.Token(ctx)
		var known *mailserver.Error
		if errors.As(err, &known) { // the source knows whether the issuer refused, or is away
			return nil, err
		}
		if err != nil {
			return nil, &mailserver.Error{Class: mailserver.CredentialsError, Doing: "get a token", Err: err}
		}
		return smtp.XOAuth2Auth(s.c.Username, token), nil
	}
	if !offers("PLAIN") && !offers("LOGIN") {
		return nil, cannot("password")
	}
	password, err := s.c.Password.Read(ctx)
	if err != nil {
		return nil, s.loginRefused(err)
	}
	clear := s.c.TLS == mailserver.TLSNone // loopback only, see Validate and dial
	if offers("PLAIN") {
		return smtp.PlainAuth("", s.c.Username, password, s.c.Host, clear), nil
	}
	return smtp.LoginAuth(s.c.Username, password, s.c.Host, clear), nil
}

// quit says goodbye, briefly.
func (c *session) quit() {
	c.net.allow(time.Second)
	_ = c.client.Quit() // the mails are settled; a server that does not say goodbye changes nothing
	_ = c.net.Close()
}

func interrupted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// timedConn has a deadline for each command, an end to what a server may say in one answer, and closes when the
// context does: the library has none of these.
type timedConn struct {
	net.Conn
	mu       sync.Mutex
	over     bool // the context ended
	clear    bool // lines can be seen: nothing is encrypted
	received int  // bytes read since the last command
	line     int  // bytes of the line being read
}

// What one answer may be, a TLS handshake included: textproto would read a line without an end into memory, and any
// number of lines. RFC 5321 knows lines of 512 bytes, and a greeting, the longest answer, has some dozens.
const (
	maxAnswer     = 256 << 10
	maxAnswerLine = 8 << 10
)

// allow gives the next command d from now on, reading and writing together, so that a server that trickles bytes
// does not keep it alive.
func (c *timedConn) allow(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.received, c.line = 0, 0
	if !c.over {
		_ = c.SetDeadline(time.Now().Add(d)) // a closed connection says so at the next read
	}
}

func (c *timedConn) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.over = true
		_ = c.SetDeadline(time.Unix(1, 0))
	})
}

// protected says that what follows is encrypted.
func (c *timedConn) protected() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear = false
}

// Read counts what the server says. Its error is a *mailserver.Excess when that is more than any server says.
func (c *timedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clear && c.longLine(p[:n]) {
		return 0, &mailserver.Excess{Does: fmt.Sprintf("sends a line of more than %d bytes", maxAnswerLine)}
	}
	if c.received += n; c.received > maxAnswer {
		return 0, &mailserver.Excess{Does: fmt.Sprintf("sends an answer of more than %d bytes", maxAnswer)}
	}
	return n, err
}

// longLine follows the lines in b and reports whether one is too long; c.mu is held.
func (c *timedConn) longLine(b []byte) bool {
	for {
		n := bytes.IndexByte(b, '\n') + 1
		if n == 0 {
			c.line += len(b)
			return c.line > maxAnswerLine
		}
		if c.line+n > maxAnswerLine {
			return true
		}
		c.line, b = 0, b[n:]
	}
}

// enhanced is the enhanced status code at the beginning of a reply's words, "4.7.500"; "" when there is none.
func enhanced(r *textproto.Error) string {
	first, _, _ := strings.Cut(r.Msg, " ")
	parts := strings.Split(first, ".")
	if len(parts) != 3 {
		return ""
	}
	for _, p := range parts {
		if _, err := strconv.Atoi(p); err != nil {
			return ""
		}
	}
	return first
}
