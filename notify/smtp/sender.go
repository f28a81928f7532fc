package smtp

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"handrail/internal/mailserver"
	"handrail/notify"
)

// TokenSource gives a bearer token that is valid now. Its errors never hold a secret; one that is a *mailserver.Error says whether
// the issuer refused or is away.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
	// Secret is what tokens are got with, "" where it cannot be read.
	Secret(ctx context.Context) string
}

// Options is what a Sender needs beside its configuration.
type Options struct {
	// Tokens is required with auth = "oauth2".
	Tokens TokenSource
	// RootCAs are trusted instead of the system's, for tests; CAFile of the configuration is added to either.
	RootCAs *x509.CertPool
	// Now dates the limits per minute and day. Required.
	Now func() time.Time
	// Sent are the instants of mails accepted before this process began, of the last day at least, so that the limits
	// hold across runs.
	Sent []time.Time
	// Certificate hears of each certificate that the server shows; nil: nobody does.
	Certificate func(*mailserver.Certificate)
	// Jitter spreads retries, within [0, 1); nil means random.
	Jitter func() float64
}

// Sender delivers finished mails. It keeps up to Connections connections open and dials again where one was lost. It
// is safe for concurrent use.
type Sender struct {
	c     Config
	o     Options
	roots *x509.CertPool
	slots chan *session // as many as Connections; nil where none is open yet

	mu      sync.Mutex
	budget  budget
	refused error     // the login was refused in this run
	until   time.Time // the server asked for a pause, or cannot be reached
	why     string    // and this is why
	class   mailserver.Class
	pauses  int // in a row
	closed  bool
}

// ErrClosed is the cause of a deferral after Close.
var ErrClosed = errors.New("the sender is closed")

// NewSender checks the configuration and connects to nothing yet.
func NewSender(c Config, o Options) (*Sender, error) {
	c = c.WithDefaults()
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	if o.Now == nil {
		return nil, errors.New("smtp: no clock")
	}
	if c.Auth == AuthOAuth2 && o.Tokens == nil {
		return nil, errors.New("smtp: auth = \"oauth2\" needs a source of tokens")
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	roots, err := mailserver.Roots(o.RootCAs, c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("smtp: ca_file: %w", err)
	}
	s := &Sender{c: c, o: o, roots: roots, slots: make(chan *session, c.Connections)}
	s.budget = newBudget(c.PerMinute, c.PerDay, o.Sent)
	for range c.Connections {
		s.slots <- nil
	}
	return s, nil
}

// FilesCopies reports whether the provider files a copy of what is sent by itself.
func (s *Sender) FilesCopies() bool {
	return s.c.Provider == ProviderExchange || s.c.Provider == ProviderGmail
}

// BeginRun lets a login be tried again that was refused before, and ends a pause that was made for want of a
// connection. Call it once a run: a wrong password is then tried once per run.
func (s *Sender) BeginRun() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = nil
	if s.class == mailserver.NetworkError {
		s.until = time.Time{}
	}
}

// Send tries to deliver one mail, once. It never panics and always answers a fate; a context that ends while the
// server holds the bytes makes it Unknown, before that Deferred.
func (s *Sender) Send(ctx context.Context, m notify.Outgoing) notify.Fate {
	if words, why := unfit(m); words != "" {
		return notify.Fate{State: notify.Refused, Words: words, Attempted: true, Refusal: why}
	}
	if f, no := s.held(m); no {
		return f
	}
	conn, err := s.take(ctx)
	if err != nil {
		return s.later(m, notify.Fate{Words: wordsOf(err)})
	}
	if f, no := s.held(m); no { // it may have changed while this one waited
		s.giveBack(conn)
		return f
	}
	reserved, wait := s.reserve()
	if wait > 0 {
		s.giveBack(conn)
		return notify.Fate{State: notify.Deferred, Words: "held back by our own limit of messages", RetryAfter: wait}
	}
	conn, fate := s.deliver(ctx, conn, m)
	if fate.State == notify.Refused || fate.State == notify.Deferred {
		s.release(reserved)
	}
	s.giveBack(conn)
	if fate.State == notify.Deferred || fate.State == notify.Unknown {
		fate = s.later(m, fate)
	}
	return fate
}

// take waits for one of the connections.
func (s *Sender) take(ctx context.Context) (*session, error) {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return nil, ErrClosed
	}
	select {
	case conn := <-s.slots:
		return conn, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (s *Sender) giveBack(conn *session) {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed && conn != nil {
		conn.quit()
		conn = nil
	}
	s.slots <- conn
}

// deliver uses conn, or a new connection where there is none or conn turns out to be dead, and answers the connection
// to keep, nil when none is fit.
func (s *Sender) deliver(ctx context.Context, conn *session, m notify.Outgoing) (*session, notify.Fate) {
	if conn != nil {
		fate, state := conn.send(ctx, m)
		switch state {
		case connFit:
			s.settled(fate)
			return conn, fate.Fate
		case connBroken:
			s.settled(fate)
			return nil, fate.Fate
		}
		// connStale: it was gone before it got this mail.
	}
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, s.unreached(err)
	}
	fate, state := conn.send(ctx, m)
	s.settled(fate)
	if state != connFit {
		return nil, fate.Fate
	}
	return conn, fate.Fate
}

// Close says goodbye on the connections that are open. Mails under way finish first; later ones are deferred.
func (s *Sender) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for range cap(s.slots) {
		if conn := <-s.slots; conn != nil {
			conn.quit()
		}
	}
	for range cap(s.slots) {
		s.slots <- nil
	}
}

// LoginSecret is what the sender logs in with, or gets its token with; "" where it cannot be read: to tell whether another secret
// than one that was refused is there by now.
func (s *Sender) LoginSecret(ctx context.Context) string {
	switch s.c.Auth {
	case AuthNone:
		return ""
	case AuthOAuth2:
		return s.o.Tokens.Secret(ctx)
	}
	text, err := s.c.Password.Read(ctx)
	if err != nil {
		return ""
	}
	return text
}
