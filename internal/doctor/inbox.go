package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/mailserver"
	"handrail/internal/request"
)

// patience bounds what doctor waits for one answer of a server: a wrong port is often a silent one.
const patience = 15 * time.Second

// newestLooked is how many of the newest messages are looked at.
const newestLooked = 10

// boxExam is one inbox under examination, with its open connection; session is nil where there is none.
type boxExam struct {
	config  ingest.InboxConfig
	session *imap.Session
}

func (b *boxExam) close() {
	if b.session != nil {
		_ = b.session.Close()
	}
}

func (b *boxExam) part() string {
	return fmt.Sprintf("Inbox %q at %s:%d", b.config.Name, b.config.Host, b.config.Port)
}

// inbox tries all that the job does with an inbox, but for the test message.
func (d *examination) inbox(ctx context.Context, i int) *boxExam {
	c := d.in.Inboxes[i].WithDefaults()
	if len(c.OwnDomains) == 0 {
		c.OwnDomains = d.in.Department.Domains
	}
	b := &boxExam{config: c}
	d.begin(b.part())
	c.Timeout = min(c.Timeout, ingest.Duration(patience))
	if len(c.AuthservID) == 0 && !c.VerifyDKIM && c.Provider != ingest.ProviderExchange {
		c.AuthservID = []string{"not.configured.invalid"} // nobody's name: looking is possible, believing is not
	}
	if c.Auth == ingest.AuthOAuth2Client {
		d.secretDay(c.OAuth2)
	}
	options := imap.Options{Prompt: d.o.Prompt}
	done := d.o.Working("connecting to " + c.Host)
	session, err := imap.Dial(ctx, c, options)
	done()
	if err != nil {
		d.trouble("connect", err, adviseInbox(err, c))
		d.tokenRights(ctx, c, false)
		d.add(Skipped, "folders, senders, newest messages", "no connection")
		return b
	}
	b.session = session
	d.add(Fine, "login", c.Username+", "+string(c.Auth))
	d.tokenRights(ctx, c, true)
	if d.folders(ctx, b) {
		d.waiting(ctx, b)
		d.newest(ctx, b)
	}
	return b
}

// secured says how a connection is protected, and until when its certificate is good.
func (d *examination) secured(shown *mailserver.Certificate) {
	if shown == nil {
		d.add(Note, "connection", "without TLS, to this very machine")
		return
	}
	days := int(shown.NotAfter.Sub(d.o.Now()).Hours() / 24)
	text := fmt.Sprintf("%s; certificate by %s, good until %s (%s)", shown.Version, cmp.Or(shown.Issuer, "–"),
		shown.NotAfter.Format(time.DateOnly), number(days, "day", "days"))
	if days < soon {
		d.add(Warning, "connection", text, "ask whoever runs the mail server to renew it before then: the job stops on that day")
		return
	}
	d.add(Fine, "connection", text)
}

// soon is how many days before something expires it is a warning; the operator's mails begin then as well.
const soon = 30

// secretDay says until when the client secret is good, as the configuration knows it.
func (d *examination) secretDay(o ingest.OAuth2) {
	const check = "client secret"
	day, known := o.SecretExpires()
	if !known {
		if !o.ClientSecret.IsZero() {
			d.add(Note, check, "nobody knows when it expires: the issuer does not say it before", "write its last day into client_secret_expires, and the operator hears of it 30, 14, 7 and 1 days ahead")
		}
		return
	}
	switch days := request.DateOf(d.o.Now()).DaysUntil(day); {
	case days < 0:
		d.add(Warning, check, "by client_secret_expires it expired on "+day.String(), "where a new one is in use, correct client_secret_expires; else have one made now")
	case days < soon:
		d.add(Warning, check, fmt.Sprintf("good until %s (%s)", day, number(days, "day", "days")), "have a new one made before then, write its value where client_secret says, and correct client_secret_expires")
	default:
		d.add(Fine, check, fmt.Sprintf("good until %s (%s)", day, number(days, "day", "days")))
	}
}

// folders looks at the inbox's folder, the others and what the server can do. false: the inbox cannot be opened.
func (d *examination) folders(ctx context.Context, b *boxExam) bool {
	report, err := b.session.Report(ctx)
	if err != nil {
		next := adviseInbox(err, b.config)
		if names, listErr := b.session.FolderNames(ctx); listErr == nil {
			next = []string{"folder must be one of the account's: " + strings.Join(names, ", "),
				"if the folder is a shared one, give the account the right to read it"}
		}
		d.trouble("folder", err, next)
		return false
	}
	d.secured(report.Certificate)
	d.add(Fine, "folder", fmt.Sprintf("%s, %s", b.config.Folder, number(int(report.Messages), "message", "messages")))
	if report.Messages == 0 {
		d.add(Note, "empty", "nobody's mail is there yet, so nothing can be said about senders", "mail a filled form to "+b.config.Address+" from your own mail program and run handrail doctor again")
	}
	switch {
	case report.Move:
		d.add(Fine, "moving", "in one step (MOVE)")
	case report.UIDPlus:
		d.add(Note, "moving", "no MOVE: messages are copied, then only those are removed (UIDPLUS)")
	default:
		d.add(Warning, "moving", "neither MOVE nor UIDPLUS: a copied message is only removed while nobody else has marked one as deleted", "use a mail server with UIDPLUS where there is a choice")
	}
	if report.Idle && !b.config.NoIdle {
		d.add(Fine, "new mail", "announced by the server (IDLE)")
	} else {
		d.add(Note, "new mail", "not announced: it is looked for on the schedule")
	}
	if b.config.Keyword != "" && !report.Keyword {
		d.add(Warning, "keyword", "the folder takes no keyword "+b.config.Keyword, "leave keyword empty")
	}
	d.missing(ctx, b, report.Missing)
	return true
}

// missing makes the folders that are not there, as the job would.
func (d *examination) missing(ctx context.Context, b *boxExam, folders []string) {
	switch {
	case len(folders) == 0:
		d.add(Fine, "other folders", "all are there")
	case !d.o.Mail:
		d.add(Note, "other folders", strings.Join(folders, ", ")+" will be made when needed; without --no-mail doctor tries it")
	default:
		if err := b.session.MakeFolders(ctx); err != nil {
			d.trouble("other folders", err, []string{"let the account make folders, or make them for it: " + strings.Join(folders, ", ")})
			return
		}
		d.add(Fine, "other folders", "made "+strings.Join(folders, ", "))
	}
}

// newest shows how the job would take the newest messages, and who vouches for their senders.
func (d *examination) newest(ctx context.Context, b *boxExam) {
	around := ingest.Surroundings{Addresses: []string{b.config.Address, d.in.SMTP.WithDefaults().From}, StatementSenders: b.config.StatementSenders, Spam: b.config.SpamHeaders}
	var list []ingest.Preview
	err := b.session.Newest(ctx, newestLooked, func(m ingest.Fetched) error {
		preview, err := ingest.PreviewOf(ctx, m, b.config, around, ingest.DNS)
		list = append(list, preview)
		return err
	})
	if err != nil {
		d.trouble("newest messages", err, adviseInbox(err, b.config))
		return
	}
	vouchers := map[string]int{}
	for _, m := range slices.Backward(list) {
		if len(m.Vouchers) > 0 {
			vouchers[m.Vouchers[0]]++
		}
		d.add(Note, "message", fmt.Sprintf("%s, %s: %s, %s (%s)", m.Received.Local().Format("2 Jan 15:04"), cmp.Or(m.From, "–"), m.Kind, m.Plan.Text().EN, m.Why))
	}
	d.trust(b.config, vouchers, len(list))
}

// trust holds the configured names against those that stand in the mail.
func (d *examination) trust(c ingest.InboxConfig, vouchers map[string]int, looked int) {
	delete(vouchers, "")
	var seen []string
	known := 0
	for id, n := range vouchers {
		seen = append(seen, fmt.Sprintf("%s (%d of %d)", id, n, looked))
		if slices.ContainsFunc(c.AuthservID, func(own string) bool { return strings.EqualFold(own, id) }) {
			known += n
		}
	}
	slices.Sort(seen)
	shown := "no message has Authentication-Results"
	if len(seen) > 0 {
		shown = "topmost Authentication-Results are by " + strings.Join(seen, ", ")
	}
	adopt := "if one of these names is your own border server's, write it into authserv_id; a name that anybody outside can write must never stand there"
	switch {
	case c.Provider == ingest.ProviderExchange && len(c.AuthservID) == 0:
		d.add(Note, "senders", "only mail from inside the tenant is believed; "+shown)
	case len(c.AuthservID) == 0 && c.VerifyDKIM:
		d.add(Note, "senders", "believed by DKIM signatures checked here; "+shown)
	case len(c.AuthservID) == 0 && len(seen) > 0:
		d.add(Wrong, "senders", "authserv_id is empty, so nobody can be believed; "+shown, adopt)
	case len(c.AuthservID) == 0:
		d.add(Wrong, "senders", "authserv_id is empty, so nobody can be believed; "+shown,
			"ask the mail team under which name the border server writes Authentication-Results, or set verify_dkim = true or provider")
	case looked == 0:
		d.add(Note, "senders", "authserv_id is "+strings.Join(c.AuthservID, ", ")+"; no message to hold it against")
	case known == 0 && len(seen) > 0:
		d.add(Wrong, "senders", "authserv_id is "+strings.Join(c.AuthservID, ", ")+", but "+shown, adopt)
	case known == 0:
		d.add(Warning, "senders", "authserv_id is "+strings.Join(c.AuthservID, ", ")+", but "+shown, "ask the mail team whether the border server writes Authentication-Results (RFC 8601) at all")
	default:
		d.add(Fine, "senders", shown)
	}
}
