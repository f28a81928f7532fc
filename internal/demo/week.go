// Package demo plays one week of small purchases at an invented department, on a mail server of its own: staff mail forms,
// an officer answers, card charges come in, finance gets its workbook. It refuses to know the job, which the caller runs
// whenever the week has brought something.
package demo

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/notify/smtp"
)

// Password is that of everybody's mailbox.
const Password = "demo"

// Options say where and when the week is played.
type Options struct {
	Dir  string // for the mails and the workbooks; it has the folders sent-by-staff, answers and weekly
	From time.Time
	Zone *time.Location
	// Form describes the form in a language on a day.
	Form func(l request.Lang, on request.Date) workbook.FormOptions
}

// Week is one week at the invented department, with a mail server of its own.
type Week struct {
	o Options
	// Office is the mail server, with everybody's mailbox.
	Office  *mailtest.Office
	clock   time.Time
	written []string
	// Received are the mails that the job sent, once the week is over.
	Received []Received
}

// Start starts the mail server, on two free ports of this machine.
func Start(o Options) (*Week, error) {
	d := &Week{o: o, clock: o.From}
	var users []mailtest.User
	for _, address := range d.everybody() {
		users = append(users, mailtest.User{Address: address, Password: Password})
	}
	var err error
	d.Office, err = mailtest.Start(mailtest.Options{Domains: []string{Domain}, AuthServID: "mx." + Domain, Users: users, Now: d.Now})
	return d, err
}

// Close stops the mail server.
func (d *Week) Close() error { return d.Office.Close() }

// Now is the instant that the week has come to.
func (d *Week) Now() time.Time { return d.clock }

// IMAP is where the mail server answers a mail program.
func (d *Week) IMAP() (host string, port int, err error) { return splitAddr(d.Office.IMAPAddr()) }

// SMTP is where the mail server takes mail.
func (d *Week) SMTP() (host string, port int, err error) { return splitAddr(d.Office.SMTPAddr()) }

func splitAddr(addr string) (host string, port int, err error) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(p)
	return host, port, err
}

// Play mails the forms in, has the job pass over them, answers as an officer, mails the card statement in and lets the week
// go by.
func (d *Week) Play(ctx context.Context, mails []Mail, pass func(context.Context) error) error {
	for i, m := range mails {
		if err := d.MailIn(ctx, i, m); err != nil {
			return fmt.Errorf("mail in %s: %w", m.File, err)
		}
	}
	if err := pass(ctx); err != nil {
		return err
	}
	if err := d.officerDecides(ctx); err != nil {
		return fmt.Errorf("the officer's answers: %w", err)
	}
	if err := pass(ctx); err != nil {
		return err
	}
	if err := d.mailStatement(ctx); err != nil {
		return fmt.Errorf("the card statement: %w", err)
	}
	// The week ends: on Monday morning finance gets its workbook.
	monday := request.DateOf(d.clock.In(d.o.Zone))
	for monday = monday.AddDays(1); monday.Weekday() != time.Monday; {
		monday = monday.AddDays(1)
	}
	d.clock = monday.Time(d.o.Zone).Add(7*time.Hour + 5*time.Minute)
	if err := pass(ctx); err != nil {
		return err
	}
	return d.keepMails(ctx)
}

func (d *Week) everybody() []string {
	seen := map[string]bool{}
	all := []string{Inbox, Officer, OfficerF, Finance, Cards, Operator, manager, managerF}
	for _, m := range Mails() {
		if !seen[m.From] {
			seen[m.From] = true
			all = append(all, m.From)
		}
	}
	return all
}

// MailIn sends one mail of the cast as that person's mail program would.
func (d *Week) MailIn(ctx context.Context, n int, m Mail) error {
	data, name := m.attach, m.attachName
	if !m.noForm && data == nil {
		var err error
		if data, err = d.fillForm(m); err != nil {
			return err
		}
		name = "Request form.xlsx"
		if m.Language == request.French {
			name = "Formulaire de demande.xlsx"
		}
		if err := d.write(filepath.Join("sent-by-staff", m.File+".xlsx"), data); err != nil {
			return err
		}
	}
	raw, err := WriteMail(m, n, name, data, d.clock)
	if err != nil {
		return err
	}
	if err := d.write(filepath.Join("sent-by-staff", m.File+".eml"), raw); err != nil {
		return err
	}
	return d.sendAs(ctx, m.From, raw)
}

func (d *Week) sendAs(ctx context.Context, from string, raw []byte) error {
	return SendAs(ctx, d.Office, from, Password, raw, d.Now)
}

// SendAs hands a mail to the mail server as somebody's mail program does.
func SendAs(ctx context.Context, office *mailtest.Office, from, password string, raw []byte, now func() time.Time) error {
	host, port, err := splitAddr(office.SMTPAddr())
	if err != nil {
		return err
	}
	sender, err := smtp.NewSender(smtp.Config{Host: host, Port: port, TLS: mailserver.TLSNone, Auth: smtp.AuthPassword, Username: from,
		Password: mailserver.Secret{Value: password}, From: from}, smtp.Options{Now: now})
	if err != nil {
		return err
	}
	defer sender.Close()
	if fate := sender.Send(ctx, notify.Outgoing{From: from, To: Inbox, Raw: raw}); fate.State != notify.Accepted {
		return fmt.Errorf("the post office did not take it: %s", fate.Words)
	}
	return nil
}

func (d *Week) fillForm(m Mail) ([]byte, error) {
	today := request.DateOf(d.clock.In(d.o.Zone))
	options := d.o.Form(m.Language, today)
	entries := &workbook.FormEntries{Requester: m.Name, Email: m.From, Branch: m.Unit, Above: map[request.Field]string{}, Lines: m.Lines}
	for f, v := range m.Above {
		v = strings.ReplaceAll(v, "{authorized}", today.AddDays(-4).String())
		entries.Above[f] = strings.ReplaceAll(v, "{accepted}", today.AddDays(-1).String())
	}
	if !options.Attestation.IsZero() { // one box for what is the same in every line
		entries.Attested = request.Text{EN: "yes", FR: "oui"}.In(m.Language)
		for _, a := range options.Attestation.Values {
			delete(entries.Above, a.Field)
		}
	}
	options.Entries = entries
	var b bytes.Buffer
	err := workbook.NewForm(&b, options)
	return b.Bytes(), err
}

func (d *Week) write(name string, data []byte) error {
	if err := os.WriteFile(filepath.Join(d.o.Dir, name), data, 0o644); err != nil {
		return err
	}
	d.written = append(d.written, name)
	return nil
}
