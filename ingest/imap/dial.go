package imap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"handrail/ingest"
	"handrail/internal/mailserver"
)

// Options are what a session needs beside its configuration. The zero value is for production.
type Options struct {
	Log *slog.Logger // nil: nothing is logged
	// Dial opens the connection; nil: TCP. Tests count, delay and cut connections with it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Tokens gives OAuth2 tokens; nil: what the configuration says.
	Tokens TokenSource
	// Certificate hears of each certificate that the server shows; nil: nobody does.
	Certificate func(*mailserver.Certificate)
	// Prompt shows a person where to confirm a device; nil: a device that is not confirmed yet is an error.
	Prompt func(DevicePrompt)
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: time.Minute}).DialContext
	}
	return o
}

// Session is one logged-in connection to an inbox. It is for one goroutine at a time.
type Session struct {
	config ingest.InboxConfig
	o      Options
	addr   string

	conn    *timedConn
	answers *answerGuard
	client  *imapclient.Client
	caps    imap.CapSet
	prefix  string // of personal folders, as "INBOX."
	delim   string // between the levels of a folder's name
	count   int    // messages in the folder that was opened last, as the server says
	ready   map[string]bool
	news    chan struct{} // something new was announced
	// certificate is what the server showed; nil without TLS.
	certificate *mailserver.Certificate
}

// Dial connects and logs in, once: a refused login is a *ServerError of class CredentialsError and must not be tried
// again in the same run. All its errors are *ServerError or about the configuration.
func Dial(ctx context.Context, c ingest.InboxConfig, o Options) (*Session, error) {
	c = c.WithDefaults()
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("inbox %q: %w", c.Name, err)
	}
	s := &Session{config: c, o: o.withDefaults(), addr: net.JoinHostPort(c.Host, strconv.Itoa(c.Port))}
	if c.Auth != ingest.AuthPassword && s.o.Tokens == nil {
		tokens, err := NewTokens(c, s.o.Prompt)
		if err != nil {
			return nil, err
		}
		s.o.Tokens = tokens
	}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// connect opens the connection, logs in and learns what the server can do.
func (s *Session) connect(ctx context.Context) error {
	s.ready, s.news = map[string]bool{}, make(chan struct{}, 1)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Duration(s.config.Timeout))
	defer cancel()
	raw, err := s.o.Dial(ctx, "tcp", s.addr)
	if err != nil {
		return s.trouble(mailserver.NetworkError, "connect", err)
	}
	if err := s.secure(ctx, raw); err != nil {
		_ = raw.Close()
		return err
	}
	for _, step := range []func(context.Context) error{s.greet, s.login, s.learn} {
		if err := step(ctx); err != nil {
			_ = s.client.Close()
			return err
		}
	}
	return nil
}

// secure wraps the connection in deadlines and TLS and makes the IMAP client.
func (s *Session) secure(ctx context.Context, raw net.Conn) error {
	s.conn, s.answers = newTimedConn(raw, time.Duration(s.config.Timeout)), newAnswerGuard()
	options := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				select {
				case s.news <- struct{}{}:
				default:
				}
			}
		},
	}}
	if s.config.TLS == mailserver.TLSNone {
		// The name was checked when the configuration was; here it is what the name led to.
		if host, _, err := net.SplitHostPort(raw.RemoteAddr().String()); err == nil && !mailserver.IsLoopback(host) {
			return s.trouble(mailserver.TLSError, "connect", fmt.Errorf("%s is not this machine, and tls is none", host))
		}
		s.client = imapclient.New(&guardedConn{Conn: s.conn, guard: s.answers}, options)
		return nil
	}
	roots, err := mailserver.Roots(nil, s.config.CAFile)
	if err != nil {
		return s.trouble(mailserver.TLSError, "read ca_file", err)
	}
	options.TLSConfig = &tls.Config{ServerName: s.config.Host, RootCAs: roots, MinVersion: tls.VersionTLS12,
		VerifyConnection: func(state tls.ConnectionState) error {
			if s.certificate = mailserver.CertificateOf(state); s.o.Certificate != nil {
				s.o.Certificate(s.certificate)
			}
			return nil
		}}
	if s.config.TLS == mailserver.TLSStart {
		secured, err := s.startTLS(ctx, options.TLSConfig)
		if err == nil {
			s.client = imapclient.New(secured, options)
		}
		return err
	}
	secured := tls.Client(s.conn, options.TLSConfig)
	err = s.guard(ctx, "open TLS", ordinaryAnswer(), func() error { return secured.HandshakeContext(ctx) })
	if err != nil {
		return err
	}
	s.client = imapclient.New(&guardedConn{Conn: secured, guard: s.answers}, options)
	return nil
}

// startTLSClass takes a server that refuses STARTTLS for one without TLS: there is no going on in the clear.
func startTLSClass(err, conn error) mailserver.Class {
	var status *imap.Error
	if errors.As(err, &status) {
		return mailserver.TLSError
	}
	return classify(err, conn)
}

func (s *Session) greet(ctx context.Context) error {
	return s.do(ctx, "read the greeting", func() error {
		if err := s.client.WaitGreeting(); err != nil {
			return err
		}
		if s.caps = s.client.Caps(); s.caps == nil {
			return errors.New("the server does not say what it can do")
		}
		return nil
	})
}

func (s *Session) login(ctx context.Context) error {
	if s.client.State() == imap.ConnStateAuthenticated {
		return s.trouble(mailserver.ProtocolError, "log in", errors.New("the server says it knows us already (PREAUTH); that is refused"))
	}
	mechanism, err := s.mechanism(ctx)
	if err != nil {
		return err
	}
	err = s.do(ctx, "log in", func() error {
		if mechanism != nil {
			return s.client.Authenticate(mechanism)
		}
		password, err := s.config.Password.Read(ctx)
		if err != nil {
			return s.refused(err)
		}
		return s.client.Login(s.config.Username, password).Wait()
	})
	var status *imap.Error
	var refused *refusedToken
	if errors.As(err, &refused) || errors.As(err, &status) && status.Type == imap.StatusResponseTypeNo && status.Code != imap.ResponseCodeUnavailable {
		return s.refused(errors.Unwrap(err))
	}
	return err
}

// mechanism picks how to log in; nil stands for the LOGIN command.
func (s *Session) mechanism(ctx context.Context) (sasl.Client, error) {
	if s.config.Auth != ingest.AuthPassword {
		token, err := s.o.Tokens.Token(ctx)
		if err != nil {
			return nil, s.tokenTrouble(err)
		}
		if !s.caps.Has(imap.AuthCap("XOAUTH2")) && s.caps.Has(imap.AuthCap(sasl.OAuthBearer)) {
			return &oauthBearer{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: s.config.Username, Token: token,
				Host: s.config.Host, Port: s.config.Port})}, nil
		}
		return &xoauth2{username: s.config.Username, token: token}, nil
	}
	switch {
	case s.caps.Has(imap.AuthCap("PLAIN")):
		password, err := s.config.Password.Read(ctx)
		if err != nil {
			return nil, s.refused(err)
		}
		return sasl.NewPlainClient("", s.config.Username, password), nil
	case s.caps.Has(imap.CapLoginDisabled):
		return nil, s.trouble(mailserver.ProtocolError, "log in", errors.New("the server takes no password here (LOGINDISABLED, no AUTH=PLAIN); use oauth2-client or oauth2-device"))
	}
	return nil, nil
}

// tokenTrouble is why there is no token, as its source says.
func (s *Session) tokenTrouble(err error) error {
	var known *mailserver.Error
	if errors.As(err, &known) {
		return err
	}
	class := mailserver.CredentialsError
	if isNetwork(err) {
		class = mailserver.NetworkError
	}
	return s.trouble(class, "get a token", err)
}

// refused is a login that the server or the configuration refuses, with where its password is.
func (s *Session) refused(err error) error {
	e := &mailserver.Error{Class: mailserver.CredentialsError, Server: s.addr, Doing: "log in", Err: err}
	if s.config.Auth == ingest.AuthPassword {
		e.Secret = s.config.Password.Place("password")
	}
	return e
}

// learn asks what the server can do now, and how it names folders.
func (s *Session) learn(ctx context.Context) error {
	return s.do(ctx, "ask what the server can do", func() error {
		if s.caps = s.client.Caps(); s.caps == nil {
			return errors.New("the server does not say what it can do")
		}
		if s.caps.Has(imap.CapNamespace) {
			if spaces, err := s.client.Namespace().Wait(); err == nil && len(spaces.Personal) > 0 {
				s.prefix = spaces.Personal[0].Prefix
				if d := spaces.Personal[0].Delim; d != 0 {
					s.delim = string(d)
				}
				return nil
			}
		}
		if roots, err := s.client.List("", "", nil).Collect(); err == nil && len(roots) > 0 && roots[0].Delim != 0 {
			s.delim = string(roots[0].Delim)
		}
		return nil
	})
}

// Close logs out, without waiting long for a server that does not answer.
func (s *Session) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = s.do(ctx, "log out", func() error { return s.client.Logout().Wait() })
	if err := s.client.Close(); err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.EOF) && s.conn.failure() == nil {
		return err
	}
	return nil
}

// do runs one command under a deadline and the context, and names what went wrong. After a context ended or the
// connection failed the session is of no more use.
func (s *Session) do(ctx context.Context, doing string, command func() error) error {
	return s.guard(ctx, doing, ordinaryAnswer(), command)
}

// guard is do for a command whose answer may be as large as bounds.
func (s *Session) guard(ctx context.Context, doing string, bounds answerBounds, command func() error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	conn := s.conn
	stop := context.AfterFunc(ctx, func() { _ = conn.Conn.Close() })
	s.answers.expect(bounds)
	conn.arm()
	err := command()
	conn.disarm()
	stop()
	if refused := s.answers.refusal(); refused != nil { // a command may get by without its answer
		return s.trouble(mailserver.ProtocolError, doing, refused)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	var known *mailserver.Error
	if errors.As(err, &known) {
		return err
	}
	if conn.silent() {
		return s.trouble(mailserver.NetworkError, doing, fmt.Errorf("the server was silent for %s, or took too long", s.config.Timeout))
	}
	return s.trouble(classify(err, conn.failure()), doing, err)
}

func (s *Session) trouble(class mailserver.Class, doing string, err error) error {
	return &mailserver.Error{Class: class, Server: s.addr, Doing: doing, Err: err}
}
