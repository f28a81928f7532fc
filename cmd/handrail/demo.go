package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/postoffice"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/notify/smtp"
	"handrail/rules"
)

type demoCommand struct {
	Out string `default:"demo-out" placeholder:"DIR" help:"Folder for the mails, the workbooks and the ledger."`
}

const demoPassword = "demo"

// demo is one demonstration: an invented department on a post office of its own, and the real job.
type demo struct {
	t        *terminal
	out      string
	office   *postoffice.Office
	config   *Config
	policy   *rules.Policy
	clock    time.Time
	zone     *time.Location
	written  []string
	received []received
}

func (c *demoCommand) Run(ctx context.Context, t *terminal) error {
	d := &demo{t: t, out: c.Out, clock: t.now()}
	if err := d.open(ctx); err != nil {
		return err
	}
	defer func() { _ = d.office.Close() }()
	if err := d.play(ctx, demoMails()); err != nil {
		return err
	}
	return d.summary()
}

// open empties the folder of an earlier demo, starts the post office and writes the configuration.
func (d *demo) open(ctx context.Context) error {
	if err := emptyDemoFolder(d.out); err != nil {
		return err
	}
	var users []postoffice.User
	for _, address := range d.everybody() {
		users = append(users, postoffice.User{Address: address, Password: demoPassword})
	}
	office, err := postoffice.Start(postoffice.Options{Domains: []string{demoDomain}, AuthServID: "mx." + demoDomain, Users: users,
		Now: func() time.Time { return d.clock }})
	if err != nil {
		return fail(exitUnreachable, "the demo needs two free ports on this machine's loopback address", "start the post office: %w", err)
	}
	d.office = office
	if d.zone, err = time.LoadLocation(sampleConfig().Schedule.TimeZone); err != nil {
		return errors.Join(err, office.Close())
	}
	d.policy, err = loadPolicy(ctx, defaultPolicy)
	if err != nil {
		return errors.Join(err, office.Close())
	}
	if d.config, err = d.configuration(); err != nil {
		return errors.Join(err, office.Close())
	}
	return nil
}

// demoMark is the file that tells a demo's folder from anybody's own.
const demoMark = ".handrail-demo"

// emptyDemoFolder removes what an earlier demo left, and nothing else: a folder that is not a demo's is refused.
func emptyDemoFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
			return fail(exitUsage, "--out names another folder", "%s is not empty and was not made by a demo: it is left as it is", dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return fail(exitInput, "", "empty the folder of the last demo: %w", err)
		}
	}
	for _, sub := range []string{"sent-by-staff", "answers", "weekly"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return fail(exitInput, "choose a folder you may write to with --out", "make the demo's folder: %w", err)
		}
	}
	return os.WriteFile(filepath.Join(dir, demoMark), nil, 0o644)
}

func (d *demo) everybody() []string {
	seen := map[string]bool{}
	all := []string{demoInbox, demoOfficer, demoOfficeF, demoFinance, demoCards, demoOps}
	for _, m := range demoMails() {
		if !seen[m.from] {
			seen[m.from] = true
			all = append(all, m.from)
		}
	}
	return all
}

// configuration is what a department would write, with the post office's ports.
func (d *demo) configuration() (*Config, error) {
	c := sampleConfig()
	at := ingest.Duration(0)
	c.Decisions.Hold = &at // the demo does not wait
	imapHost, imapPort, err := splitAddr(d.office.IMAPAddr())
	if err != nil {
		return nil, err
	}
	smtpHost, smtpPort, err := splitAddr(d.office.SMTPAddr())
	if err != nil {
		return nil, err
	}
	c.Ledger = ledger.Config{URL: filepath.Join(d.out, "ledger.db")}
	box := &c.Inbox[0]
	box.Host, box.Port, box.TLS, box.Password = imapHost, imapPort, ingest.TLSNone, ingest.Secret{Value: demoPassword}
	box.StatementSenders = []string{demoCards}
	c.SMTP.Host, c.SMTP.Port, c.SMTP.TLS, c.SMTP.Password = smtpHost, smtpPort, mailserver.TLSNone, mailserver.Secret{Value: demoPassword}
	if mistakes := c.validate(); len(mistakes) > 0 {
		return nil, fail(exitUsage, "", "the demo's own configuration: %w", batch.Problems(mistakes))
	}
	return &c, nil
}

func splitAddr(addr string) (host string, port int, err error) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(p)
	return host, port, err
}

// play mails the forms in, runs the real job over real IMAP and SMTP, and lets a week go by.
func (d *demo) play(ctx context.Context, mails []demoMail) error {
	for i, m := range mails {
		if err := d.mailIn(ctx, i, m); err != nil {
			return fmt.Errorf("mail in %s: %w", m.file, err)
		}
	}
	record, err := ledger.Create(ctx, d.config.ledgerConfig())
	if err == nil {
		err = record.Close()
	}
	if err != nil {
		return ledgerTrouble(err)
	}
	w, err := wire(ctx, d.config, &terminal{in: d.t.in, out: d.t.out, err: d.t.err, now: func() time.Time { return d.clock }}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	if err := d.pass(ctx, w); err != nil {
		return err
	}
	if err := d.officerDecides(ctx); err != nil {
		return fmt.Errorf("the officer's answers: %w", err)
	}
	if err := d.pass(ctx, w); err != nil {
		return err
	}
	if err := d.mailStatement(ctx); err != nil {
		return fmt.Errorf("the card statement: %w", err)
	}
	// The week ends: on Monday morning finance gets its workbook.
	monday := request.DateOf(d.clock.In(d.zone))
	for monday = monday.AddDays(1); monday.Weekday() != time.Monday; {
		monday = monday.AddDays(1)
	}
	d.clock = monday.Time(d.zone).Add(7*time.Hour + 5*time.Minute)
	if err := d.pass(ctx, w); err != nil {
		return err
	}
	return d.keepMails(ctx)
}

func (d *demo) pass(ctx context.Context, w *wiring) error {
	report, err := w.job.Once(ctx)
	if err != nil {
		return err
	}
	if len(report.Troubles) > 0 {
		return troubleOf(report.Troubles, nil)
	}
	return nil
}

// mailIn sends one mail of the cast as that person's mail program would.
func (d *demo) mailIn(ctx context.Context, n int, m demoMail) error {
	data, name := m.attach, m.attachName
	if !m.noForm && data == nil {
		var err error
		if data, err = d.fillForm(m); err != nil {
			return err
		}
		name = "Request form.xlsx"
		if m.language == request.French {
			name = "Formulaire de demande.xlsx"
		}
		if err := d.write(filepath.Join("sent-by-staff", m.file+".xlsx"), data); err != nil {
			return err
		}
	}
	raw, err := staffMail(m, n, name, data, d.clock)
	if err != nil {
		return err
	}
	if err := d.write(filepath.Join("sent-by-staff", m.file+".eml"), raw); err != nil {
		return err
	}
	return d.sendAs(ctx, m.from, raw)
}

// sendAs hands a mail to the post office as somebody's mail program does.
func (d *demo) sendAs(ctx context.Context, from string, raw []byte) error {
	host, port, err := splitAddr(d.office.SMTPAddr())
	if err != nil {
		return err
	}
	sender, err := smtp.NewSender(smtp.Config{Host: host, Port: port, TLS: mailserver.TLSNone, Auth: smtp.AuthPassword, Username: from,
		Password: mailserver.Secret{Value: demoPassword}, From: from}, smtp.Options{Now: func() time.Time { return d.clock }})
	if err != nil {
		return err
	}
	defer sender.Close()
	if fate := sender.Send(ctx, notify.Outgoing{From: from, To: demoInbox, Raw: raw}); fate.State != notify.Accepted {
		return fmt.Errorf("the post office did not take it: %s", fate.Words)
	}
	return nil
}

func (d *demo) fillForm(m demoMail) ([]byte, error) {
	today := request.DateOf(d.clock.In(d.zone))
	options := formFor(d.policy, m.language, demoInbox, today)
	entries := &workbook.FormEntries{Requester: m.name, Email: m.from, Branch: m.unit, Above: map[request.Field]string{}, Lines: m.lines}
	for f, v := range m.above {
		v = strings.ReplaceAll(v, "{authorized}", today.AddDays(-4).String())
		entries.Above[f] = strings.ReplaceAll(v, "{accepted}", today.AddDays(-1).String())
	}
	options.Entries = entries
	var b bytes.Buffer
	err := workbook.NewForm(&b, options)
	return b.Bytes(), err
}

func (d *demo) write(name string, data []byte) error {
	if err := os.WriteFile(filepath.Join(d.out, name), data, 0o644); err != nil {
		return fail(exitInput, "", "%w", err)
	}
	d.written = append(d.written, name)
	return nil
}
