package batch_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/internal/officers"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/notify/smtp"
	"handrail/rules"
	"handrail/templates"
)

const (
	testDomain  = "department.example"
	testInbox   = "purchases@" + testDomain
	testOfficer = "officer@" + testDomain
	testHead    = "head@" + testDomain
	testDeputy  = "deputy@" + testDomain
	testFinance = "finance@" + testDomain
	testOps     = "operations@" + testDomain
	testStaff   = "amara@" + testDomain
	testOther   = "james@" + testDomain
	testCard    = "card@" + testDomain
	testManager = "manager@" + testDomain
)

// department is a department with its post office, its ledger and its job.
type agency struct {
	t       testing.TB
	office  *mailtest.Office
	ledger  *ledger.Ledger
	job     *job.Job
	sender  *smtp.Sender
	policy  *rules.Policy
	options job.Options

	mu    sync.Mutex
	clock time.Time
	mails int
}

// monday is when the tests begin: Monday, 23 November 2026, ten in the morning in Toronto.
var monday = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

func (d *agency) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock
}

func (d *agency) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(by)
}

// open sets up a department; change may alter the options before the job is made.
func open(t testing.TB, change func(*job.Options)) *agency {
	t.Helper()
	return openAt(t, nil, change)
}

// openAt is open at a post office of a special kind.
func openAt(t testing.TB, at func(*mailtest.Options), change func(*job.Options)) *agency {
	t.Helper()
	d := openOffice(t, at)
	d.openLedger()
	d.start(change)
	return d
}

// openLedger makes a ledger in a file of its own.
func (d *agency) openLedger() {
	d.t.Helper()
	var err error
	if d.ledger, err = ledgertest.Open(d.t, ledger.Config{URL: filepath.Join(d.t.TempDir(), "ledger.db")}); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = d.ledger.Close() })
}

// openOffice is a department with its post office and its people, and nothing that does the work.
func openOffice(t testing.TB, at func(*mailtest.Options)) *agency {
	t.Helper()
	d := &agency{t: t, clock: monday}
	var users []mailtest.User
	for _, a := range []string{testInbox, testOfficer, testHead, testDeputy, testFinance, testOps, testStaff, testOther, testCard, testManager} {
		users = append(users, mailtest.User{Address: a, Password: "secret"})
	}
	options := mailtest.Options{Domains: []string{testDomain}, AuthServID: "mx." + testDomain, Users: users, Now: d.now}
	if at != nil {
		at(&options)
	}
	office, err := mailtest.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = office.Close() })
	d.office = office
	if d.policy, err = shippedPolicy(); err != nil {
		t.Fatal(err)
	}
	return d
}

// What all departments have in common is made once: it took much of a test's time, above all where races are looked for.
var (
	testName      = request.Text{EN: "Department of Tests", FR: "Ministère des Essais"}
	shippedPolicy = sync.OnceValues(func() (*rules.Policy, error) { return rules.LoadShipped("esdc-micro-acquisition") })
	testComposer  = sync.OnceValues(func() (*notify.Composer, error) {
		set, err := templates.Load("")
		if err != nil {
			return nil, err
		}
		zone, err := time.LoadLocation("America/Toronto")
		if err != nil {
			return nil, err
		}
		return notify.NewComposer(set, notify.Identity{From: testInbox, Name: testName, Location: zone})
	})
	filledForms sync.Map // []byte by what is filled in: many tests send the same
	blankForms  = map[request.Lang]func() ([]byte, error){request.English: blankForm(request.English), request.French: blankForm(request.French)}
)

// blankForm is the shipped policy's form, made when it is first asked for.
func blankForm(l request.Lang) func() ([]byte, error) {
	return sync.OnceValues(func() ([]byte, error) {
		policy, err := shippedPolicy()
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = workbook.NewForm(&b, workbook.FormOptions{Lang: l, Fields: policy.Needs()})
		return b.Bytes(), err
	})
}

func (d *agency) start(change func(*job.Options)) {
	t := d.t
	composer, err := testComposer()
	if err != nil {
		t.Fatal(err)
	}
	smtpHost, smtpPort := hostPort(t, d.office.SMTPAddr())
	d.sender, err = smtp.NewSender(smtp.Config{Host: smtpHost, Port: smtpPort, TLS: mailserver.TLSNone, Auth: smtp.AuthPassword, Username: testInbox,
		Password: mailserver.Secret{Value: "secret"}, From: testInbox}, smtp.Options{Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.sender.Close)
	roster, err := officers.NewRoster([]officers.Officer{
		{Email: testOfficer, Name: "Odile Officer", Language: request.English, Limit: "25000.00"},
		{Email: testHead, Name: "Hana Head", Language: request.French},
	})
	if err != nil {
		t.Fatal(err)
	}
	imapHost, imapPort := hostPort(t, d.office.IMAPAddr())
	o := job.Options{
		Ledger: d.ledger, Composer: composer, Sender: d.sender, Now: d.now, Log: slog.New(slog.DiscardHandler), From: testInbox, Connections: 3,
		Inboxes: []job.InboxOptions{{Policy: d.policy, Roster: roster, Config: ingest.InboxConfig{Name: "requests", Host: imapHost, Port: imapPort,
			TLS: ingest.TLSNone, Username: testInbox, Auth: ingest.AuthPassword, Password: ingest.Secret{Value: "secret"}, Address: testInbox,
			AuthservID: []string{"mx." + testDomain}}}},
		Department: department.Config{Name: testName, Domains: []string{testDomain}, Operator: testOps},
		Schedule:   batch.ScheduleConfig{TimeZone: "America/Toronto", Poll: "*/5 * * * *", Weekly: "0 7 * * 1"},
		Decisions:  officers.DecisionsConfig{Hold: held(0)},
		Finance:    department.FinanceConfig{Recipients: []string{testFinance}, Language: request.English},
		BlankForm: func(p *rules.Policy, l request.Lang, all bool) ([]byte, error) {
			if all {
				var b bytes.Buffer
				err := workbook.NewForm(&b, workbook.FormOptions{Lang: l, Fields: p.Needs(), All: true})
				return b.Bytes(), err
			}
			if form := blankForms[l]; form != nil {
				return form()
			}
			return blankForm(l)()
		},
	}
	if change != nil {
		change(&o)
	}
	for i := range o.Inboxes {
		box := &o.Inboxes[i]
		mailbox, _ := box.Mailbox.(imapMailbox)
		mailbox.config = box.Config
		box.Mailbox = mailbox
	}
	d.options = o
	if d.job, err = job.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.job.Close() })
}

// imapMailbox opens an inbox at the post office.
type imapMailbox struct {
	config  ingest.InboxConfig
	options imap.Options
}

func (m imapMailbox) Dial(ctx context.Context) (batch.Inbox, error) {
	session, err := imap.Dial(ctx, m.config, m.options)
	if err != nil {
		return nil, err
	}
	return session, nil
}

func (m imapMailbox) LoginSecret(ctx context.Context) string { return m.config.LoginSecret(ctx) }

func held(d time.Duration) *ingest.Duration {
	hold := ingest.Duration(d)
	return &hold
}

func hostPort(t testing.TB, addr string) (string, int) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return host, n
}

// once makes one pass and fails the test on any trouble.
func (d *agency) once() batch.Report {
	d.t.Helper()
	r, err := d.job.Once(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, trouble := range r.Troubles {
		d.t.Errorf("trouble: %v", trouble)
	}
	return r
}

// line is a line that passes every guardrail of the shipped policy, with changes.
func line(title, supplier, net, tax, total string, with ...string) map[request.Field]string {
	l := map[request.Field]string{request.Title: title, request.TitleOther: title + " (fr)", request.Supplier: supplier, request.Net: net, request.Tax: tax,
		request.Total: total, request.Rationale: "Best of three quotes; the others were later."}
	for i := 0; i+1 < len(with); i += 2 {
		f, ok := request.FieldByName(with[i])
		if !ok {
			panic(with[i])
		}
		l[f] = with[i+1]
	}
	return l
}

// form fills in the shipped form.
func (d *agency) form(who string, lang request.Lang, lines ...map[request.Field]string) []byte {
	d.t.Helper()
	yes, no, none, level, card := "yes", "no", "none", "unclassified", "acquisition card"
	if lang == request.French {
		yes, no, none, level, card = "oui", "non", "aucune", "non classifié", "carte d’achat"
	}
	above := map[request.Field]string{
		request.CostCentre: "4410", request.Amends: "", request.Currency: "", request.Security: level, request.Remote: yes, request.Standalone: yes,
		request.InternalCapacity: none, request.PublicServant: no, request.AuthorizedBy: testManager, request.AuthorizedOn: "2026-11-16",
		request.AuthorizedAmount: "50000", request.Payment: card, request.Cardholder: testCard, request.Commodity: "services", request.Licence: "MIT",
		request.Repository: "https://github.com/department/work", request.TermsAccepted: "2026-11-20",
	}
	for f, own := range lines[0] { // what stands above the table is for all lines
		if _, is := above[f]; is {
			above[f] = own
			delete(lines[0], f)
		}
	}
	o := workbook.FormOptions{Lang: lang, Fields: d.policy.Needs(), Entries: &workbook.FormEntries{
		Requester: "Staff Member", Email: who, Branch: "Benefits", Lines: lines,
		Above: above,
	}}
	same := fmt.Sprintf("%q %q %+v", lang, o.Fields, *o.Entries)
	if made, ok := filledForms.Load(same); ok {
		return bytes.Clone(made.([]byte))
	}
	var b bytes.Buffer
	if err := workbook.NewForm(&b, o); err != nil {
		d.t.Fatal(err)
	}
	filledForms.Store(same, bytes.Clone(b.Bytes()))
	return b.Bytes()
}

// send mails something to the inbox, as somebody who is logged in at the department's mail server.
func (d *agency) send(from, subject, body string, attachments ...[]byte) string {
	d.t.Helper()
	d.mails++
	id := fmt.Sprintf("mail.%d.%d@%s", d.mails, d.now().UnixNano(), testDomain)
	var b strings.Builder
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <%s>\r\nDate: %s\r\nMIME-Version: 1.0\r\n", from, testInbox, subject, id,
		d.now().Format(time.RFC1123Z))
	d.finish(&b, body, attachments)
	d.submit(from, []byte(b.String()))
	return id
}

func (d *agency) finish(b *strings.Builder, body string, attachments [][]byte) {
	body = strings.ReplaceAll(body, "\n", "\r\n")
	if len(attachments) == 0 {
		fmt.Fprintf(b, "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", body)
		return
	}
	b.WriteString("Content-Type: multipart/mixed; boundary=\"=_part\"\r\n\r\n--=_part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body + "\r\n")
	for i, a := range attachments {
		fmt.Fprintf(b, "--=_part\r\nContent-Type: application/octet-stream; name=\"form%d.xlsx\"\r\nContent-Disposition: attachment; filename=\"form%d.xlsx\"\r\n"+
			"Content-Transfer-Encoding: base64\r\n\r\n%s\r\n", i+1, i+1, base64Lines(a))
	}
	b.WriteString("--=_part--\r\n")
}

func (d *agency) submit(from string, raw []byte) {
	d.t.Helper()
	host, port := hostPort(d.t, d.office.SMTPAddr())
	s, err := smtp.NewSender(smtp.Config{Host: host, Port: port, TLS: mailserver.TLSNone, Auth: smtp.AuthPassword, Username: from,
		Password: mailserver.Secret{Value: "secret"}, From: from}, smtp.Options{Now: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	defer s.Close()
	if fate := s.Send(context.Background(), notify.Outgoing{From: from, To: testInbox, Raw: raw}); fate.State != notify.Accepted {
		d.t.Fatalf("not accepted: %s", fate.Words)
	}
}

// inbox reads what lies in somebody's inbox.
func (d *agency) inbox(who string) []*ingest.Mail {
	d.t.Helper()
	return d.folder(who, "INBOX")
}

func (d *agency) folder(who, folder string) []*ingest.Mail {
	d.t.Helper()
	messages, err := d.office.Messages(who, folder)
	if err != nil {
		return nil // the folder was never needed
	}
	var out []*ingest.Mail
	for _, m := range messages {
		mail, err := ingest.Parse(context.Background(), m.Raw, ingest.DefaultLimits())
		if err != nil {
			d.t.Fatalf("a mail to %s cannot be read: %v", who, err)
		}
		out = append(out, mail)
	}
	return out
}

// lines reads all lines of the ledger by reference.
func (d *agency) lines() map[string]ledger.Line {
	d.t.Helper()
	all := map[string]ledger.Line{}
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		for _, o := range []request.Outcome{request.Approved, request.Escalated, request.Returned, request.Declined, request.Withdrawn, request.Superseded, request.Revoked} {
			if err := tx.Reports.LinesWith(d.t.Context(), o, request.Date{Year: 2026, Month: 1, Day: 1}, request.Date{Year: 2028, Month: 1, Day: 1},
				func(w *ledger.WeekLine) error { all[w.Reference] = w.Line; return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// sound verifies the chain and the totals.
func (d *agency) sound() {
	d.t.Helper()
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		v, err := tx.Chain.Verify(d.t.Context())
		if err != nil {
			return err
		}
		for _, f := range v.Faults {
			d.t.Errorf("ledger: %s", f)
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}
