package ingest

import (
	"context"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"handrail/internal/mailserver"
	"handrail/internal/request"
)

// AuthMethod says how the inbox is opened.
type AuthMethod string

// The ways to log in.
const (
	AuthPassword     AuthMethod = "password"      // LOGIN or PLAIN over TLS
	AuthOAuth2Client AuthMethod = "oauth2-client" // client credentials, XOAUTH2: Microsoft 365
	AuthOAuth2Device AuthMethod = "oauth2-device" // device flow, XOAUTH2, refresh token kept in a file: Gmail
)

// ProviderExchange is Microsoft 365: its header for mail inside one tenant is believed.
const ProviderExchange = "exchange-online"

// ProviderGmail is Gmail and Google Workspace.
const ProviderGmail = "gmail"

// What happens to a message whose sender cannot be verified. Neither is ever a decision.
const (
	Quarantine = "quarantine" // moved away with its reason
	Hold       = "hold"       // the operator is asked by mail, and releases it by moving it back to INBOX
)

// InboxConfig is one [[inbox]] of the configuration. The zero value of an optional key means its default, which
// WithDefaults fills in.
type InboxConfig struct {
	Name     string     `toml:"name" comment:"What this inbox is called in logs, reports and the ledger. Do not change it later."`
	Host     string     `toml:"host" comment:"The IMAP server, such as outlook.office365.com or imap.gmail.com."`
	Port     int        `toml:"port" comment:"0: 993, or 143 with starttls."`
	TLS      TLSMode    `toml:"tls" comment:"tls, starttls, or none (only to this very machine)."`
	CAFile   string     `toml:"ca_file" comment:"Certificates to trust beside the system's, for a server with a private authority (PEM)."`
	Username string     `toml:"username" comment:"The account. With Microsoft 365: the shared mailbox."`
	Auth     AuthMethod `toml:"auth" comment:"password, oauth2-client (Microsoft 365) or oauth2-device (Gmail)."`
	Password Secret     `toml:"password" comment:"Where the password is: { file = \"…\" }, { env = \"…\" } or { command = [\"…\"] }."`
	OAuth2   OAuth2     `toml:"oauth2"`

	Folder  string  `toml:"folder" comment:"The folder that is looked into."`
	Folders Folders `toml:"folders"`
	// Since is an ISO date, or "".
	Since   string `toml:"since" comment:"From which day on mail is judged, such as 2026-11-01, by when the server received it: older mail stays in the folder, unanswered. Empty: the day the ledger was made (for an inbox that came later, the day it was first looked into)."`
	Keyword string `toml:"keyword" comment:"An IMAP keyword to set on filed messages, such as Handrail; empty: none."`

	Address  string       `toml:"address" comment:"The address people write to; empty: the username, when that is an address."`
	Language request.Lang `toml:"language" comment:"en or fr: the language to answer in when the form does not say; empty: both."`
	Policy   string       `toml:"policy" comment:"A policy file, or the name of a shipped one; empty: the configuration's."`
	Provider string       `toml:"provider" comment:"exchange-online or gmail, when it is one of them; empty otherwise."`
	// Contact answers what a program cannot; empty: the operator.
	Contact  string   `toml:"contact" comment:"The person or team who gets questions that no officer can answer: an e-mail address; empty: the operator."`
	Officers []string `toml:"officers" comment:"The officers, by e-mail, who decide for this inbox; empty: all."`

	AuthservID []string `toml:"authserv_id" comment:"The names under which your own mail servers write Authentication-Results. Their topmost verdict is believed, so they must remove foreign ones of that name."`
	// VerifyDKIM asks for a check of our own where the mail server wrote no verdict. It needs DNS.
	VerifyDKIM     bool     `toml:"verify_dkim" comment:"Verify DKIM signatures here where no such verdict is found. Needs DNS."`
	AllowedDomains []string `toml:"allowed_domains" comment:"Whose mail is taken, by domain; empty: everybody's whose sender is verified."`
	AllowedSenders []string `toml:"allowed_senders" comment:"Addresses that are taken beside those domains."`
	OwnDomains     []string `toml:"own_domains" comment:"The department's own domains, for the guardrail own-department; empty: the department's."`
	// OnUnauthenticated is Quarantine or Hold.
	OnUnauthenticated string `toml:"on_unauthenticated" comment:"What happens to mail whose sender cannot be verified: quarantine, or hold (the operator is asked)."`

	SpamHeaders []string `toml:"spam_headers" comment:"By which fields your border server marks spam: nobody is answered because of it. A field with a word of it, or with a least number (\"X-Spam-Score: >= 5\"). These are the common filters'; with exchange-online they mean Microsoft's as well. Empty: none."`

	StatementSenders []string `toml:"statement_senders" comment:"Who may send card statements: addresses."`

	Limits          Limits   `toml:"limits"`
	Poll            Duration `toml:"poll" comment:"How often to look, at the latest, while the server announces new mail by itself."`
	NoIdle          bool     `toml:"no_idle" comment:"Do not wait for the server's announcements; only poll."`
	Timeout         Duration `toml:"timeout" comment:"How long one command may take without a byte from the server."`
	LinesPerDay     int      `toml:"lines_per_day" comment:"The most lines of one sender that are judged in a day; what comes after waits for the next day, and the operator hears."`
	MaxConnections  int      `toml:"max_connections" comment:"How many connections of this account at once, shared by all inboxes that are folders of it. What is left beside one to work with waits for new mail; with 1, it is looked for on schedule."`
	WithoutWorkbook string   `toml:"without_workbook" comment:"A mail without a workbook: answer (one polite reply with the form) or leave."`
}

// Folders are where messages go. They are created when missing.
type Folders struct {
	Processed   string `toml:"processed" comment:"Judged messages."`
	Quarantined string `toml:"quarantined" comment:"Messages that could not be read or believed. Move one back to the inbox to release it."`
	Escalated   string `toml:"escalated" comment:"Requests with lines that wait for an officer; empty: the processed folder."`
	Returned    string `toml:"returned" comment:"Requests that went back to the requester; empty: the processed folder."`
	Sent        string `toml:"sent" comment:"Where to keep a copy of what is sent; empty: none (Exchange Online and Gmail keep one themselves)."`
}

// all lists the folders that the configuration names.
func (f Folders) All() []string {
	return slices.DeleteFunc([]string{f.Processed, f.Quarantined, f.Escalated, f.Returned, f.Sent}, func(s string) bool { return s == "" })
}

// OAuth2 is how tokens are got.
type OAuth2 struct {
	Tenant       string `toml:"tenant" comment:"Microsoft 365: the tenant's id or domain. Fills in the two addresses below."`
	TokenURL     string `toml:"token_url" comment:"Where tokens are issued (https)."`
	DeviceURL    string `toml:"device_url" comment:"Where a device flow begins (https)."`
	ClientID     string `toml:"client_id"`
	ClientSecret Secret `toml:"client_secret"`
	// ClientSecretExpires is a day: an issuer does not say it before it is over.
	ClientSecretExpires string   `toml:"client_secret_expires" comment:"The last day before the client secret expires, such as \"2027-03-01\": the operator hears 30, 14, 7 and 1 days ahead. Empty: not known, and nobody is told."`
	Scopes              []string `toml:"scopes"`
	TokenFile           string   `toml:"token_file" comment:"oauth2-device: where the refresh token is kept, readable by its owner only."`
}

// Limits bound what one message may cost. All are checked before memory is spent.
type Limits struct {
	MessageBytes int64 `toml:"message_bytes" comment:"The largest message that is fetched."`
	BatchBytes   int64 `toml:"batch_bytes" comment:"How much is fetched with one command."`
	BatchCount   int   `toml:"batch_count" comment:"How many messages are fetched with one command."`
	Depth        int   `toml:"depth" comment:"How deep parts may be nested."`
	Parts        int   `toml:"parts" comment:"How many parts a message may have."`
	HeaderBytes  int   `toml:"header_bytes" comment:"How long all headers of a message may be together."`
	// DecodedBytes bounds what decoding, winmail.dat and zip files may make of one message.
	DecodedBytes int64 `toml:"decoded_bytes" comment:"How large all parts of a message may be together once decoded and unpacked."`
	Workbooks    int   `toml:"workbooks" comment:"How many workbooks one message may bring."`
}

// DefaultLimits are the limits of a configuration that says nothing.
func DefaultLimits() Limits {
	return Limits{MessageBytes: 35 << 20, BatchBytes: 8 << 20, BatchCount: 200, Depth: 50, Parts: 1000,
		HeaderBytes: 256 << 10, DecodedBytes: 64 << 20, Workbooks: 20}
}

// WithDefaults fills in the limits that are not set.
func (l Limits) WithDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ at, def *int64 }{{&l.MessageBytes, &d.MessageBytes}, {&l.BatchBytes, &d.BatchBytes}, {&l.DecodedBytes, &d.DecodedBytes}} {
		if *f.at == 0 {
			*f.at = *f.def
		}
	}
	for _, f := range []struct{ at, def *int }{{&l.BatchCount, &d.BatchCount}, {&l.Depth, &d.Depth}, {&l.Parts, &d.Parts},
		{&l.HeaderBytes, &d.HeaderBytes}, {&l.Workbooks, &d.Workbooks}} {
		if *f.at == 0 {
			*f.at = *f.def
		}
	}
	return l
}

// DefaultInbox is an inbox with every default filled in and nothing else.
func DefaultInbox() InboxConfig { return InboxConfig{}.WithDefaults() }

// WithDefaults fills in what the configuration left empty.
func (c InboxConfig) WithDefaults() InboxConfig {
	setDefault(&c.TLS, TLSImplicit)
	setDefault(&c.Auth, AuthPassword)
	if c.Port == 0 {
		c.Port = 993
		if c.TLS == TLSStart || c.TLS == TLSNone {
			c.Port = 143
		}
	}
	setDefault(&c.Folder, "INBOX")
	setDefault(&c.Folders.Processed, "Processed")
	setDefault(&c.Folders.Quarantined, "Quarantine")
	setDefault(&c.OnUnauthenticated, Quarantine)
	setDefault(&c.WithoutWorkbook, "answer")
	if c.Address == "" && IsAddress(c.Username) {
		c.Address = c.Username
	}
	setDefault(&c.Poll, Duration(5*time.Minute))
	setDefault(&c.Timeout, Duration(time.Minute))
	setDefault(&c.LinesPerDay, 250_000)
	setDefault(&c.MaxConnections, 2)
	if c.SpamHeaders == nil || slices.Equal(c.SpamHeaders, []string(usualSpamSigns(""))) { // as config.example.toml has them for every provider
		c.SpamHeaders = usualSpamSigns(c.Provider)
	}
	c.Limits = c.Limits.WithDefaults()
	c.OAuth2 = c.OAuth2.withDefaults(c.Provider, c.Auth)
	return c
}

func setDefault[T comparable](at *T, value T) {
	var zero T
	if *at == zero {
		*at = value
	}
}

// SecretExpires is the day on which the client secret expires; false where the configuration does not say.
func (o OAuth2) SecretExpires() (day request.Date, known bool) {
	day, err := request.ParseDate(o.ClientSecretExpires)
	return day, err == nil && o.ClientSecretExpires != ""
}

func (o OAuth2) withDefaults(provider string, auth AuthMethod) OAuth2 {
	switch {
	case o.Tenant != "" && (provider == ProviderExchange || provider == ""):
		base := "https://login.microsoftonline.com/" + url.PathEscape(o.Tenant) + "/oauth2/v2.0/"
		setDefault(&o.TokenURL, base+"token")
		setDefault(&o.DeviceURL, base+"devicecode")
		if len(o.Scopes) == 0 && auth == AuthOAuth2Client {
			o.Scopes = []string{"https://outlook.office365.com/.default"}
		}
	case provider == ProviderGmail:
		setDefault(&o.TokenURL, "https://oauth2.googleapis.com/token")
		setDefault(&o.DeviceURL, "https://oauth2.googleapis.com/device/code")
		if len(o.Scopes) == 0 {
			o.Scopes = []string{"https://mail.google.com/"}
		}
	}
	return o
}

// FilesCopies reports whether the provider files a copy of what is sent by itself.
func (c InboxConfig) FilesCopies() bool {
	return c.Provider == ProviderExchange || c.Provider == ProviderGmail
}

// Validate names every mistake, each at the path of its key inside the [[inbox]]. It opens nothing and connects to
// nothing. Call it on a configuration WithDefaults.
func (c InboxConfig) Validate() error {
	var m Mistakes
	c.checkServer(&m)
	c.checkLogin(&m)
	c.checkFolders(&m)
	c.checkTrust(&m)
	c.Limits.check(&m)
	if c.Language != request.English && c.Language != request.French && c.Language != request.UnknownLang {
		m.Add("language", "%q is not en or fr", c.Language)
	}
	if _, _, err := c.SinceDay(); err != nil {
		m.Add("since", "%q is not a day; write it as 2026-11-01", c.Since)
	}
	if c.Poll < Duration(time.Second) {
		m.Add("poll", "%s is too often; a second is the least", c.Poll)
	}
	if c.Timeout < Duration(time.Second) {
		m.Add("timeout", "%s is too short for any server; a second is the least", c.Timeout)
	}
	if c.LinesPerDay < 1 {
		m.Add("lines_per_day", "%d: at least one, or nothing is ever judged", c.LinesPerDay)
	}
	if c.MaxConnections < 1 {
		m.Add("max_connections", "%d: at least one is needed", c.MaxConnections)
	}
	oneOf(&m, "without_workbook", c.WithoutWorkbook, "answer", "leave")
	return m.Err()
}

// SinceDay is from which day on mail is judged; configured is false where the configuration does not say.
func (c InboxConfig) SinceDay() (day request.Date, configured bool, err error) {
	if c.Since == "" {
		return day, false, nil
	}
	day, err = request.ParseDate(c.Since)
	return day, err == nil, err
}

func (c InboxConfig) checkServer(m *Mistakes) {
	if strings.TrimSpace(c.Name) == "" || CleanLine(c.Name) != c.Name {
		m.Add("name", "%q: give the inbox a short name, such as \"procurement\"", c.Name)
	}
	if c.Host == "" || strings.ContainsAny(c.Host, "/ @") {
		m.Add("host", "%q is not the name of a server, such as imap.department.example", c.Host)
	}
	if c.Port < 1 || c.Port > 65535 {
		m.Add("port", "%d is not a port; IMAP over TLS is 993", c.Port)
	}
	oneOf(m, "tls", string(c.TLS), string(TLSImplicit), string(TLSStart), string(TLSNone))
	if c.TLS == TLSNone && !mailserver.IsLoopback(c.Host) {
		m.Add("tls", "none sends the password and every request in the clear; it is allowed to this very machine only (localhost, 127.0.0.1, ::1), not to %s", c.Host)
	}
	oneOf(m, "provider", c.Provider, "", ProviderExchange, ProviderGmail)
}

func (c InboxConfig) checkLogin(m *Mistakes) {
	if c.Username == "" || strings.ContainsAny(c.Username, "\r\n\x00\x01") {
		m.Add("username", "name the account that owns the inbox")
	}
	oneOf(m, "auth", string(c.Auth), string(AuthPassword), string(AuthOAuth2Client), string(AuthOAuth2Device))
	if c.Auth == AuthPassword {
		m.addText("password", c.Password.Mistake("password", true))
		if c.Provider == ProviderExchange {
			m.Add("auth", "Microsoft 365 takes no password for IMAP any more; use oauth2-client")
		}
		return
	}
	if !c.Password.IsZero() {
		m.Add("password", "is not used with auth = %q; remove it", c.Auth)
	}
	o := c.OAuth2
	if o.ClientID == "" {
		m.Add("oauth2.client_id", "is missing: the id of the application that was registered for Handrail")
	}
	checkURL(m, "oauth2.token_url", o.TokenURL)
	m.addText("oauth2.client_secret", o.ClientSecret.Mistake("oauth2.client_secret", c.Auth == AuthOAuth2Client))
	if _, known := o.SecretExpires(); !known && o.ClientSecretExpires != "" {
		m.Add("oauth2.client_secret_expires", "%q is not a day such as 2027-03-01", o.ClientSecretExpires)
	}
	if c.Auth == AuthOAuth2Device {
		checkURL(m, "oauth2.device_url", o.DeviceURL)
		if o.TokenFile == "" {
			m.Add("oauth2.token_file", "is missing: the device flow keeps its token in a file")
		}
	}
	if len(o.Scopes) == 0 {
		m.Add("oauth2.scopes", "name what the token is for, such as [\"https://outlook.office365.com/.default\"]")
	}
}

func checkURL(m *Mistakes, key, s string) {
	u, err := url.Parse(s)
	switch {
	case s == "":
		m.Add(key, "is missing; with Microsoft 365, setting oauth2.tenant is enough")
	case err != nil || u.Host == "":
		m.Add(key, "%q is not an address such as https://login.example/token", s)
	case u.Scheme != "https" && !(u.Scheme == "http" && mailserver.IsLoopback(u.Hostname())):
		m.Add(key, "%q must be https: a token travels there", s)
	}
}

func (c InboxConfig) checkFolders(m *Mistakes) {
	used := map[string]string{strings.ToLower(c.Folder): "folder"}
	for _, f := range []struct {
		key, name string
		own       bool // must not be any other folder
	}{{"folders.processed", c.Folders.Processed, true}, {"folders.quarantined", c.Folders.Quarantined, true},
		{"folders.escalated", c.Folders.Escalated, false}, {"folders.returned", c.Folders.Returned, false}, {"folders.sent", c.Folders.Sent, false}} {
		if f.name == "" && !f.own {
			continue
		}
		if f.name == "" || strings.ContainsAny(f.name, "\r\n*%\x00") || CleanLine(f.name) != f.name {
			m.Add(f.key, "%q cannot be the name of a folder", f.name)
			continue
		}
		if other, taken := used[strings.ToLower(f.name)]; taken && (f.own || other == "folder" || other == "folders.quarantined") {
			m.Add(f.key, "%q is also %s; a message put there would be taken for something else", f.name, other)
		}
		used[strings.ToLower(f.name)] = f.key
	}
	if c.Keyword != "" && strings.ContainsAny(c.Keyword, "(){ %*\"\\]\r\n") {
		m.Add("keyword", "%q is not an IMAP keyword: letters, digits and - only", c.Keyword)
	}
}

func (c InboxConfig) checkTrust(m *Mistakes) {
	oneOf(m, "on_unauthenticated", c.OnUnauthenticated, Quarantine, Hold)
	if len(c.AuthservID) == 0 && !c.VerifyDKIM && c.Provider != ProviderExchange {
		m.Add("authserv_id", "nothing says how senders are verified, so no mail could be believed; name your mail server's authserv-id (handrail doctor shows it), or set verify_dkim or provider")
	}
	SpamSigns(c.SpamHeaders).check(m)
	for i, id := range c.AuthservID {
		if id == "" || strings.ContainsAny(id, " ;\"()\t\r\n") {
			m.Add(fmt.Sprintf("authserv_id[%d]", i), "%q is not the name of a mail server, such as mx.department.example", id)
		}
	}
	for _, list := range []struct {
		key     string
		domains []string
	}{{"allowed_domains", c.AllowedDomains}, {"own_domains", c.OwnDomains}} {
		for i, d := range list.domains {
			if d == "" || strings.ContainsAny(d, "@ /*") || d != strings.ToLower(d) {
				m.Add(fmt.Sprintf("%s[%d]", list.key, i), "%q is not a lower-case mail domain, such as department.example", d)
			}
		}
	}
	for _, list := range []struct {
		key       string
		addresses []string
	}{{"allowed_senders", c.AllowedSenders}, {"officers", c.Officers}, {"statement_senders", c.StatementSenders}} {
		for i, a := range list.addresses {
			if !IsAddress(a) {
				m.Add(fmt.Sprintf("%s[%d]", list.key, i), "%q is not an e-mail address", a)
			}
		}
	}
	if c.Contact != "" && !IsAddress(c.Contact) {
		m.Add("contact", "%q is not an e-mail address", c.Contact)
	}
	if c.Address == "" || !IsAddress(c.Address) {
		m.Add("address", "%q is not an e-mail address; say which address people write to", c.Address)
	}
}

func (l Limits) check(m *Mistakes) {
	for _, f := range []struct {
		key               string
		value, least, top int64
	}{
		{"message_bytes", l.MessageBytes, 1 << 10, 1 << 30}, {"batch_bytes", l.BatchBytes, 1 << 10, 1 << 30},
		{"batch_count", int64(l.BatchCount), 1, 10_000}, {"depth", int64(l.Depth), 1, 50}, {"parts", int64(l.Parts), 1, 1000},
		{"header_bytes", int64(l.HeaderBytes), 1 << 10, 16 << 20}, {"decoded_bytes", l.DecodedBytes, 1 << 10, 1 << 30},
		{"workbooks", int64(l.Workbooks), 1, 1000},
	} {
		if f.value < f.least || f.value > f.top {
			m.Add("limits."+f.key, "%d is outside %d to %d", f.value, f.least, f.top)
		}
	}
}

func oneOf(m *Mistakes, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		m.Add(key, "%q is not one of %s", value, strings.Join(slices.DeleteFunc(slices.Clone(allowed), func(s string) bool { return s == "" }), ", "))
	}
}

func IsAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == ""
}

// LoginSecret is what the inbox logs in with, "" where it cannot be read: to tell whether another secret than one that was
// refused is there by now. Of a device it is the token that a person granted, with the client secret.
func (c InboxConfig) LoginSecret(ctx context.Context) string {
	secret := c.Password
	if c.Auth != AuthPassword && c.Auth != "" {
		secret = c.OAuth2.ClientSecret
	}
	text, err := secret.Read(ctx)
	if err != nil {
		text = ""
	}
	if c.Auth == AuthOAuth2Device {
		granted, err := os.ReadFile(c.OAuth2.TokenFile)
		if err != nil {
			return ""
		}
		text += "\x00" + string(granted)
	}
	return text
}
