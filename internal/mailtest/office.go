// Package mailtest owns an IMAP and SMTP server in one process, for the demo and the tests: it keeps mail in memory
// (or in a spool file), delivers what is submitted to its users, and misbehaves on request, step by step. It listens
// on loopback only, and it knows nothing of requests, policies or workbooks: to it a message is bytes.
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-smtp"
)

// Inbox is the folder that submitted mail is delivered to; every user has it.
const Inbox = "INBOX"

// Options says how a post office works. Domains and Users must be given; everything else has a default.
type Options struct {
	// Domains are delivered here; a recipient in one of them that is no user is refused with 550.
	Domains []string
	Users   []User
	// Host is the name in greetings and Received headers; empty means "mx." and the first domain.
	Host string
	// AuthServID is the name in Authentication-Results headers; empty means Host.
	AuthServID string
	// Now dates deliveries; nil means time.Now.
	Now func() time.Time
	// Zone is that of Received headers and of messages delivered by SMTP; nil leaves what Now says.
	Zone *time.Location

	// TLS makes both listeners speak TLS from the first byte, with a certificate made for this office (see CertPool).
	TLS bool
	// StartTLS offers STARTTLS on both listeners; authentication is then refused before it.
	StartTLS bool
	// Certify changes the certificate before it is signed: another name, other dates.
	Certify func(*x509.Certificate)

	// Without takes IMAP capabilities away: "MOVE", "UIDPLUS", "IDLE", "SPECIAL-USE", "ESEARCH", …
	Without []string
	// No8BitMIME and NoSMTPUTF8 take SMTP extensions away.
	No8BitMIME, NoSMTPUTF8 bool
	// MaxMessageBytes bounds a submission; 0 means 64 MiB.
	MaxMessageBytes int64
	// MaxLineBytes bounds a line of SMTP, its CRLF included, as strict servers do (1,000); 0 means no bound.
	MaxLineBytes int

	// MaxConnections is how many IMAP connections of one account are taken at once; 0 means any number.
	MaxConnections int

	// RoundTrip delays every answer as a network of that round trip would.
	RoundTrip time.Duration
	// Pace is how long the server waits between two bytes while it trickles; 0 means 2 ms.
	Pace time.Duration
	// Faults are struck from the first connection on; see Inject.
	Faults []Fault
	// Trace keeps every protocol step, for Steps.
	Trace bool

	// Spool is a directory in which message bytes are kept in one unlinked file instead of memory; empty means memory.
	Spool string
	// ErrorLog gets what the servers complain of; nil discards it.
	ErrorLog io.Writer
}

// User is somebody with a mailbox.
type User struct {
	Address  string // also the login; may lie in any domain, and is then delivered here all the same
	Password string
	// Token is the bearer token that XOAUTH2 accepts; empty offers no XOAUTH2 to this user.
	Token string
	// Folders are made beside INBOX and Sent.
	Folders []string
}

// Message is one message of a folder, as it stands.
type Message struct {
	UID   uint32
	Raw   []byte
	Flags []string // sorted
	Date  time.Time
}

// Submission is one message that was accepted over SMTP.
type Submission struct {
	From string   // envelope sender, "" for a bounce
	To   []string // envelope recipients
	Raw  []byte   // as submitted, without the headers that delivery adds
	At   time.Time
	// User is who authenticated, "" for nobody.
	User string
}

// Office is a running post office.
type Office struct {
	o        Options
	blobs    *blobs
	accounts map[string]*account // by lower-case address
	cert     *tls.Config
	// authority signed cert.
	authority *x509.Certificate

	imapLn, smtpLn net.Listener
	imap           *imapserver.Server
	smtp           *smtp.Server
	serving        sync.WaitGroup

	faults schedule

	mu          sync.Mutex
	submissions []submission
	wires       map[*wire]struct{}
	closed      bool
	nextConn    int
}

// Start opens both listeners on loopback and serves until Close.
func Start(o Options) (*Office, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("post office: %w", err)
	}
	office := &Office{o: o, accounts: map[string]*account{}, wires: map[*wire]struct{}{}}
	for _, f := range o.Faults {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("post office: fault %s: %w", f, err)
		}
	}
	office.faults.trace = o.Trace
	office.faults.add(o.Faults)
	var err error
	if office.blobs, err = newBlobs(o.Spool); err != nil {
		return nil, fmt.Errorf("post office: spool: %w", err)
	}
	validity := uint32(o.Now().Unix())
	for _, u := range o.Users {
		office.accounts[strings.ToLower(u.Address)] = newAccount(u, office.blobs, validity)
	}
	if o.TLS || o.StartTLS {
		if office.cert, office.authority, err = newCertificate(o.Host, o.Certify); err != nil {
			return nil, errors.Join(fmt.Errorf("post office: certificate: %w", err), office.blobs.close())
		}
	}
	if err := office.listen(); err != nil {
		return nil, errors.Join(fmt.Errorf("post office: %w", err), office.blobs.close())
	}
	return office, nil
}

func (o *Options) complete() error {
	if len(o.Domains) == 0 {
		return errors.New("no domain to deliver to")
	}
	if o.TLS && o.StartTLS {
		return errors.New("TLS from the first byte and STARTTLS exclude each other")
	}
	seen := map[string]bool{}
	for _, u := range o.Users {
		key := strings.ToLower(u.Address)
		if _, domain, ok := strings.Cut(key, "@"); !ok || domain == "" {
			return fmt.Errorf("user %q is not an address", u.Address)
		}
		if seen[key] {
			return fmt.Errorf("user %q is there twice", u.Address)
		}
		seen[key] = true
	}
	if o.Host == "" {
		o.Host = "mx." + o.Domains[0]
	}
	if o.AuthServID == "" {
		o.AuthServID = o.Host
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxMessageBytes == 0 {
		o.MaxMessageBytes = 64 << 20
	}
	if o.Pace == 0 {
		o.Pace = 2 * time.Millisecond
	}
	if o.ErrorLog == nil {
		o.ErrorLog = io.Discard
	}
	return nil
}

func (o *Options) without(capability string) bool {
	return slices.ContainsFunc(o.Without, func(s string) bool { return strings.EqualFold(s, capability) })
}

func (o *Options) now() time.Time {
	t := o.Now()
	if o.Zone != nil {
		t = t.In(o.Zone)
	}
	return t
}

func (office *Office) listen() error {
	var err error
	if office.imapLn, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	if office.smtpLn, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return errors.Join(err, office.imapLn.Close())
	}
	logger := log.New(office.o.ErrorLog, "", 0)
	office.imap = office.newIMAP(logger)
	office.smtp = office.newSMTP(logger)
	office.serving.Add(2)
	go func() {
		defer office.serving.Done()
		_ = office.imap.Serve(&listener{office.imapLn, office, IMAP}) // ends with Close, which is how it is told
	}()
	go func() {
		defer office.serving.Done()
		_ = office.smtp.Serve(&listener{office.smtpLn, office, SMTP})
	}()
	return nil
}

// Close ends all connections and both listeners, and frees what was kept.
func (office *Office) Close() error {
	office.mu.Lock()
	if office.closed {
		office.mu.Unlock()
		return nil
	}
	office.closed = true
	office.mu.Unlock()
	office.HangUp()
	_ = office.imap.Close()
	_ = office.smtp.Close()
	// Servers close only listeners that they have begun to serve.
	_ = office.imapLn.Close()
	_ = office.smtpLn.Close()
	office.serving.Wait()
	return office.blobs.close()
}

// HangUp cuts every open connection without a word; new ones are welcome.
func (office *Office) HangUp() {
	office.mu.Lock()
	defer office.mu.Unlock()
	for w := range office.wires {
		_ = w.inner.Close() // not the wire's own Close: a stalled one cannot be asked
	}
}

// IMAPAddr is where IMAP is served, "127.0.0.1:port".
func (office *Office) IMAPAddr() string { return office.imapLn.Addr().String() }

// SMTPAddr is where SMTP is served, "127.0.0.1:port".
func (office *Office) SMTPAddr() string { return office.smtpLn.Addr().String() }

// CertPool holds the authority that signed this office's certificate, which is good for 127.0.0.1, localhost and
// Host unless Certify made it otherwise; nil without TLS and StartTLS.
func (office *Office) CertPool() *x509.CertPool {
	if office.authority == nil {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AddCert(office.authority)
	return pool
}

// AuthorityPEM is that authority as a file of certificates holds it; nil without TLS and StartTLS.
func (office *Office) AuthorityPEM() []byte {
	if office.authority == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: office.authority.Raw})
}

// Deliver puts raw into a user's folder as it is, making the folder when there is none, and answers its UID.
func (office *Office) Deliver(user, folder string, raw []byte, internalDate time.Time) (uint32, error) {
	a, err := office.account(user)
	if err != nil {
		return 0, err
	}
	body, err := office.blobs.put(raw)
	if err != nil {
		return 0, fmt.Errorf("deliver to %s: %w", user, err)
	}
	return a.folder(folder, true).add(letter{body: body, date: internalDate}, nil), nil
}

// Messages lists what stands in a user's folder, oldest UID first; nothing when there is no such folder.
func (office *Office) Messages(user, folder string) ([]Message, error) {
	a, err := office.account(user)
	if err != nil {
		return nil, err
	}
	f := a.folder(folder, false)
	if f == nil {
		return nil, nil
	}
	list := f.snapshot()
	for i := range list {
		if list[i].Raw, err = list[i].letter.raw(office.blobs); err != nil {
			return nil, fmt.Errorf("folder %s of %s: %w", folder, user, err)
		}
	}
	out := make([]Message, len(list))
	for i, m := range list {
		out[i] = m.Message
	}
	return out, nil
}

// Count is how many messages stand in a user's folder, without reading them.
func (office *Office) Count(user, folder string) int {
	a, err := office.account(user)
	if err != nil {
		return 0
	}
	f := a.folder(folder, false)
	if f == nil {
		return 0
	}
	return f.count()
}

// Folders lists a user's folders in alphabetical order.
func (office *Office) Folders(user string) ([]string, error) {
	a, err := office.account(user)
	if err != nil {
		return nil, err
	}
	return a.names(), nil
}

// Submitted lists every message accepted over SMTP, in order.
func (office *Office) Submitted() ([]Submission, error) {
	return office.submitted(func(submission) bool { return true })
}

// Outbox lists those of them that went to recipients outside this office.
func (office *Office) Outbox() ([]Submission, error) {
	return office.submitted(func(s submission) bool { return s.external })
}

func (office *Office) submitted(keep func(submission) bool) ([]Submission, error) {
	office.mu.Lock()
	list := slices.Clone(office.submissions)
	office.mu.Unlock()
	var out []Submission
	for _, s := range list {
		if !keep(s) {
			continue
		}
		raw, err := s.letter.raw(office.blobs)
		if err != nil {
			return nil, fmt.Errorf("submission to %s: %w", strings.Join(s.To, ", "), err)
		}
		s.Raw = raw
		out = append(out, s.Submission)
	}
	return out, nil
}

// NumSubmitted is how many messages were accepted over SMTP, without reading them.
func (office *Office) NumSubmitted() int {
	office.mu.Lock()
	defer office.mu.Unlock()
	return len(office.submissions)
}

func (office *Office) account(address string) (*account, error) {
	a := office.accounts[strings.ToLower(address)]
	if a == nil {
		return nil, fmt.Errorf("post office: no user %q", address)
	}
	return a, nil
}
