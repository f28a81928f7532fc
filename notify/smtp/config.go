package smtp

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"handrail/internal/mailserver"
)

// AuthMethod says how the server is told who sends.
type AuthMethod string

// The ways to log in.
const (
	AuthPassword AuthMethod = "password" // PLAIN or LOGIN over TLS
	AuthOAuth2   AuthMethod = "oauth2"   // XOAUTH2 with a bearer token: Microsoft 365, Gmail
	AuthNone     AuthMethod = "none"     // a relay that knows this machine
)

// The providers whose addresses and limits are known.
const (
	ProviderExchange = "exchange-online" // Microsoft 365: 30 messages a minute, 3 connections, 10,000 recipients a day
	ProviderGmail    = "gmail"           // Google Workspace: 2,000 messages a day
)

// Config is the [smtp] of the configuration. The zero value of an optional key means its default, which
// WithDefaults fills in.
type Config struct {
	Provider string             `toml:"provider" comment:"exchange-online or gmail: fills in host, port and the limits below; empty otherwise."`
	Host     string             `toml:"host" comment:"The server that takes mail, such as smtp.office365.com."`
	Port     int                `toml:"port" comment:"0: 587 with starttls, 465 with tls, 25 with none."`
	TLS      mailserver.TLSMode `toml:"tls" comment:"starttls, tls, or none (only to this very machine)."`
	CAFile   string             `toml:"ca_file" comment:"Certificates to trust beside the system's, for a server with a private authority (PEM)."`
	Auth     AuthMethod         `toml:"auth" comment:"password, oauth2, or none (a relay that knows this machine)."`
	Username string             `toml:"username" comment:"The account that sends. With Microsoft 365: the shared mailbox."`
	Password mailserver.Secret  `toml:"password" comment:"Where the password is: { file = \"…\" }, { env = \"…\" } or { command = [\"…\"] }."`
	// TokenOf names the [[inbox]] whose OAuth2 settings give the token; the wiring looks it up.
	TokenOf string `toml:"token_of" comment:"oauth2: the name of the [[inbox]] whose token is used; empty: the first that has one."`
	From    string `toml:"from" comment:"The address that mails come from."`
	Hello   string `toml:"hello" comment:"The name this machine gives itself to the server; empty: the domain of from."`

	PerMinute   int                 `toml:"per_minute" comment:"The most messages in any minute; 0: no limit. What is above it waits, and is not lost."`
	PerDay      int                 `toml:"per_day" comment:"The most messages in any 24 hours; 0: no limit."`
	Connections int                 `toml:"connections" comment:"How many connections to the server at once."`
	Timeout     mailserver.Duration `toml:"timeout" comment:"How long one command may take."`
	// DataTimeout is RFC 5321's ten minutes by default: a server that is given up too early has often delivered.
	DataTimeout mailserver.Duration `toml:"data_timeout" comment:"How long the server may take to confirm a message it was given. Shorter means more doubled mails."`
}

// WithDefaults fills in what the configuration left empty.
func (c Config) WithDefaults() Config {
	switch c.Provider {
	case ProviderExchange:
		setDefault(&c.Host, "smtp.office365.com")
		setDefault(&c.TLS, mailserver.TLSStart)
		setDefault(&c.Auth, AuthOAuth2)
		setDefault(&c.PerMinute, 30)
		setDefault(&c.PerDay, 10_000)
		setDefault(&c.Connections, 3)
	case ProviderGmail:
		setDefault(&c.Host, "smtp.gmail.com")
		setDefault(&c.TLS, mailserver.TLSImplicit)
		setDefault(&c.Auth, AuthOAuth2)
		setDefault(&c.PerDay, 2_000)
		setDefault(&c.Connections, 3)
	}
	setDefault(&c.TLS, mailserver.TLSStart)
	setDefault(&c.Auth, AuthPassword)
	if c.Port == 0 {
		c.Port = map[mailserver.TLSMode]int{mailserver.TLSImplicit: 465, mailserver.TLSNone: 25}[c.TLS]
		setDefault(&c.Port, 587)
	}
	if c.From == "" && isAddress(c.Username) {
		c.From = c.Username
	}
	if _, domain, ok := strings.Cut(c.From, "@"); ok && c.Hello == "" {
		c.Hello = asciiDomain(domain)
	}
	setDefault(&c.Connections, 2)
	setDefault(&c.Timeout, mailserver.Duration(time.Minute))
	setDefault(&c.DataTimeout, mailserver.Duration(10*time.Minute))
	return c
}

func setDefault[T comparable](at *T, value T) {
	var zero T
	if *at == zero {
		*at = value
	}
}

// Validate names every mistake, one a line, each at its key inside [smtp]. It opens nothing and connects to nothing.
func (c Config) Validate() error {
	c = c.WithDefaults()
	var m mistakes
	m.oneOf("provider", c.Provider, "", ProviderExchange, ProviderGmail)
	if c.Host == "" || strings.ContainsAny(c.Host, "/ @\r\n") {
		m.add("host", "%q is not the name of a server, such as smtp.department.example", c.Host)
	}
	if c.Port < 1 || c.Port > 65535 {
		m.add("port", "%d is not a port; submission is 587", c.Port)
	}
	m.oneOf("tls", string(c.TLS), string(mailserver.TLSStart), string(mailserver.TLSImplicit), string(mailserver.TLSNone))
	if c.TLS == mailserver.TLSNone && !mailserver.IsLoopback(c.Host) {
		m.add("tls", "none sends the password and every mail in the clear; it is allowed to this very machine only (localhost, 127.0.0.1, ::1), not to %q", c.Host)
	}
	c.checkLogin(&m)
	if !isAddress(c.From) {
		m.add("from", "%q is not an e-mail address", c.From)
	}
	if strings.ContainsAny(c.Hello, " \t\r\n") {
		m.add("hello", "%q is not the name of a machine", c.Hello)
	}
	for _, n := range []struct {
		key        string
		value, min int
		hint       string
	}{{"per_minute", c.PerMinute, 0, "0 means no limit"}, {"per_day", c.PerDay, 0, "0 means no limit"}, {"connections", c.Connections, 1, "at least one is needed"}} {
		if n.value < n.min {
			m.add(n.key, "%d: %s", n.value, n.hint)
		}
	}
	if c.Timeout < 0 || c.DataTimeout < 0 {
		m.add("timeout", "timeout and data_timeout cannot be negative")
	}
	return m.err()
}

func (c Config) checkLogin(m *mistakes) {
	m.oneOf("auth", string(c.Auth), string(AuthPassword), string(AuthOAuth2), string(AuthNone))
	if c.Auth != AuthNone && (c.Username == "" || strings.ContainsAny(c.Username, "\r\n\x00\x01")) {
		m.add("username", "name the account that sends")
	}
	if c.Auth == AuthPassword {
		if wrong := c.Password.Mistake("password", true); wrong != "" {
			m.add("password", "%s", wrong)
		}
		if c.Provider == ProviderExchange {
			m.add("auth", "Microsoft 365 is giving up passwords for SMTP; use oauth2")
		}
	} else if !c.Password.IsZero() {
		m.add("password", "is not used with auth = %q; remove it", c.Auth)
	}
	if c.Auth != AuthOAuth2 && c.TokenOf != "" {
		m.add("token_of", "is not used with auth = %q; remove it", c.Auth)
	}
}

// mistakes collects all that is wrong in a configuration, so that it is reported at once.
type mistakes []string

func (m *mistakes) add(key, format string, args ...any) {
	*m = append(*m, key+": "+fmt.Sprintf(format, args...))
}

func (m *mistakes) oneOf(key, value string, allowed ...string) {
	for _, a := range allowed {
		if value == a {
			return
		}
	}
	m.add(key, "%q is none of %s", value, strings.Join(quoted(allowed), ", "))
}

func quoted(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, fmt.Sprintf("%q", s))
		}
	}
	return out
}

// err is nil when there is no mistake.
func (m mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	return configError(m)
}

// configError lists every mistake, "key: what is wrong", a line each.
type configError []string

func (e configError) Error() string { return strings.Join(e, "\n") }

// isAddress reports whether s is one bare address.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// asciiDomain is the form of a domain that servers without SMTPUTF8 know; the domain itself when it has none.
func asciiDomain(domain string) string {
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return domain
	}
	return ascii
}
