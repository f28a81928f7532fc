package mailtest

import (
	"bytes"
	"crypto/subtle"
	"fmt"
	"io"
	"log"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

func (office *Office) newSMTP(logger *log.Logger) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &submitter{office: office, conn: c, wire: c.Conn().(*wire)}, nil // the listener hands out nothing else
	}))
	s.Domain = office.o.Host
	s.AllowInsecureAuth = true // loopback, and TLS lies below the wire
	s.MaxMessageBytes = office.o.MaxMessageBytes
	s.MaxLineLength = 0 // the wire bounds lines
	s.EnableSMTPUTF8 = !office.o.NoSMTPUTF8
	s.ErrorLog = logger
	return s
}

// submission is a Submission as it is kept.
type submission struct {
	Submission
	letter   letter
	external bool
}

// submitter is one SMTP connection.
type submitter struct {
	office *Office
	conn   *smtp.Conn
	wire   *wire
	user   string // authenticated address, "" for nobody

	from string
	to   []string
}

var _ smtp.AuthSession = (*submitter)(nil)

// Reset forgets the message at hand.
func (s *submitter) Reset() { s.from, s.to = "", nil }

// Logout ends the session.
func (s *submitter) Logout() error { return nil }

// AuthMechanisms lists what the users of this office can do.
func (s *submitter) AuthMechanisms() []string { return s.office.mechanisms() }

// Auth answers the server's side of a mechanism.
func (s *submitter) Auth(mech string) (sasl.Server, error) {
	check := func(secret func(User) string) func(user, given string) error {
		return func(user, given string) error {
			a, err := s.office.account(user)
			if err != nil || secret(a.user) == "" || subtle.ConstantTimeCompare([]byte(secret(a.user)), []byte(given)) != 1 {
				return smtp.ErrAuthFailed
			}
			s.user = a.user.Address
			return nil
		}
	}
	server := saslServer(mech, check(func(u User) string { return u.Password }), check(func(u User) string { return u.Token }))
	if server == nil {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return server, nil
}

// Mail begins a message.
func (s *submitter) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt takes a recipient: a user of this office from anybody, others from authenticated users only.
func (s *submitter) Rcpt(to string, _ *smtp.RcptOptions) error {
	local := s.office.delivers(to)
	if _, err := s.office.account(to); err != nil && local {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: fmt.Sprintf("<%s>: no such user here", to)}
	}
	if !local && s.user == "" {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Relaying denied"}
	}
	s.to = append(s.to, to)
	return nil
}

// delivers reports whether mail to an address stays in this office.
func (office *Office) delivers(address string) bool {
	if _, err := office.account(address); err == nil {
		return true
	}
	_, domain, _ := cutLast(address, "@")
	return slices.ContainsFunc(office.o.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

var readers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Data takes the message, and delivers it unless a fault refuses it.
func (s *submitter) Data(r io.Reader) error {
	buf := readers.Get().(*bytes.Buffer)
	defer readers.Put(buf)
	buf.Reset()
	if _, err := buf.ReadFrom(r); err != nil {
		return err
	}
	if e := s.wire.refusal; e != nil {
		s.wire.refusal = nil
		return e
	}
	return s.office.accept(Submission{From: s.from, To: slices.Clone(s.to), At: s.office.o.now(), User: s.user},
		bytes.Clone(buf.Bytes()), s.conn.Hostname())
}

// accept keeps a submission and delivers it to the users among its recipients.
func (office *Office) accept(sub Submission, raw []byte, helo string) error {
	body, err := office.blobs.put(raw)
	if err != nil {
		return err
	}
	kept := submission{Submission: sub, letter: letter{body: body, date: sub.At}}
	headerEnd := headerLength(raw)
	for _, to := range sub.To {
		a, err := office.account(to)
		if err != nil {
			kept.external = true
			continue
		}
		head := office.head(sub, to, helo, raw[:headerEnd])
		a.folder(Inbox, true).add(letter{head: head, body: body, skip: headerEnd, date: sub.At}, nil)
	}
	office.mu.Lock()
	defer office.mu.Unlock()
	office.submissions = append(office.submissions, kept)
	return nil
}

// head is the header as it is delivered: Return-Path, what this server vouches for, Received, and the submitted one
// without what only this server may say.
func (office *Office) head(sub Submission, to, helo string, header []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", sub.From)
	fields := splitFields(header)
	fmt.Fprintf(&b, "Authentication-Results: %s; %s\r\n", office.o.AuthServID, office.vouch(sub.User, fields))
	with := "ESMTP"
	if office.o.TLS || office.o.StartTLS {
		with += "S"
	}
	if sub.User != "" {
		with += "A"
	}
	fmt.Fprintf(&b, "Received: from %s (localhost [127.0.0.1])\r\n\tby %s with %s\r\n\tfor <%s>; %s\r\n",
		helo, office.o.Host, with, to, sub.At.Format(time.RFC1123Z))
	for _, f := range fields {
		name, value, _ := bytes.Cut(f, []byte(":"))
		switch strings.ToLower(string(bytes.TrimRight(name, " \t"))) {
		case "return-path":
			continue
		case "authentication-results":
			if strings.EqualFold(authServID(string(value)), office.o.AuthServID) {
				continue
			}
		}
		b.Write(f)
	}
	return b.Bytes()
}

// vouch is what the server says of the sender: an authenticated user's mail passes DMARC for the From domain if that
// is the user's own or one of this office; anybody else's is said to be unchecked.
func (office *Office) vouch(user string, fields [][]byte) string {
	if user == "" {
		return "none"
	}
	var domains []string
	for _, f := range fields {
		name, value, _ := bytes.Cut(f, []byte(":"))
		if !strings.EqualFold(strings.TrimSpace(string(name)), "from") {
			continue
		}
		list, err := mail.ParseAddressList(strings.TrimSpace(string(value)))
		if err != nil {
			return "dmarc=permerror"
		}
		for _, a := range list {
			_, domain, _ := cutLast(a.Address, "@")
			domains = append(domains, strings.ToLower(domain))
		}
	}
	if len(domains) != 1 {
		return "dmarc=permerror"
	}
	_, own, _ := cutLast(user, "@")
	result := "fail"
	if strings.EqualFold(own, domains[0]) || slices.ContainsFunc(office.o.Domains, func(d string) bool { return strings.EqualFold(d, domains[0]) }) {
		result = "pass"
	}
	return fmt.Sprintf("dmarc=%s header.from=%s", result, domains[0])
}

// headerLength is how many bytes stand before the empty line.
func headerLength(raw []byte) int {
	if bytes.HasPrefix(raw, []byte("\r\n")) {
		return 0
	}
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		return i + 2
	}
	return len(raw)
}

// splitFields cuts a header into its fields, each with its folded lines and line ends.
func splitFields(header []byte) [][]byte {
	var fields [][]byte
	for len(header) > 0 {
		end := len(header)
		for i := 0; i < len(header); i++ {
			if header[i] == '\n' && (i+1 == len(header) || header[i+1] != ' ' && header[i+1] != '\t') {
				end = i + 1
				break
			}
		}
		fields = append(fields, header[:end])
		header = header[end:]
	}
	return fields
}

// authServID is the first word of an Authentication-Results value, comments left out.
func authServID(value string) string {
	var b strings.Builder
	depth := 0
	for _, r := range value {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth = max(0, depth-1)
		case depth > 0:
		case strings.ContainsRune(" \t\r\n;", r):
			if b.Len() > 0 {
				return b.String()
			}
			if r == ';' {
				return ""
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
