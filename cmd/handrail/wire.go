package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/officers"
	"handrail/internal/outages"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/notify/smtp"
	"handrail/notify/webhook"
	"handrail/rules"
	"handrail/templates"
)

// wiring is the job with what must be closed after it.
type wiring struct {
	job    *job.Job
	ledger *ledger.Ledger
	sender *smtp.Sender
}

func (w *wiring) close() error {
	err := w.job.Close()
	w.sender.Close()
	return errors.Join(err, w.ledger.Close())
}

// wire makes the job that a configuration describes. Only the ledger is opened; nothing else connects yet. With another mode than
// ledger.Run it is a job beside the one that runs, for a command that leaves something for that one to do.
func wire(ctx context.Context, c *Config, t *terminal, log *slog.Logger, mode ledger.Mode) (*wiring, error) {
	set, err := templates.Load(c.resolve(c.Templates.Dir))
	if err != nil {
		return nil, fail(exitUsage, "", "templates: %w", err)
	}
	inboxes, err := c.inboxes(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := c.zone()
	if err != nil {
		return nil, err
	}
	main := inboxes[0]
	composer, err := notify.NewComposer(set, notify.Identity{From: c.SMTP.From, Name: c.Department.Name,
		ReplyTo: main.Config.Address, Inbox: main.Config.Address, Location: zone})
	if err != nil {
		return nil, fail(exitUsage, "", "%w", err)
	}
	expiries := watchExpiries(inboxes)
	receiver, err := webhook.New(c.Operator)
	if err != nil {
		return nil, fail(exitUsage, "", "%w", err)
	}
	server := c.SMTP.WithDefaults()
	options := smtp.Options{Now: t.now, Certificate: func(c *mailserver.Certificate) { expiries.Saw(server.Host, c) }}
	if server.Auth == smtp.AuthOAuth2 {
		if options.Tokens, err = c.smtpTokens(); err != nil {
			return nil, fail(exitUsage, "", "smtp: %w", err)
		}
	}
	record, err := ledger.Open(ctx, c.ledgerConfig(), mode)
	if err != nil {
		return nil, ledgerTrouble(err)
	}
	if options.Sent, err = sentLately(ctx, record, server, t.now()); err != nil {
		return nil, errors.Join(ledgerTrouble(err), record.Close())
	}
	sender, err := smtp.NewSender(server, options)
	if err != nil {
		return nil, errors.Join(fail(exitUsage, "", "%w", err), record.Close())
	}
	finance := c.Finance
	finance.Budgets = c.resolve(finance.Budgets)
	work := job.Options{
		Ledger: record, Inboxes: inboxes, Composer: composer, Sender: sender, Department: c.Department, Schedule: c.Schedule,
		Finance: finance, From: c.SMTP.From, Now: t.now, Log: log, Connections: server.Connections, Decisions: c.Decisions,
		OfficersFile: c.resolve(c.Decisions.Officers), Rosters: c.rosters, Owners: c.Owners, Registers: c.Registers.Resolved(c.resolve),
		BlankForm: blankForm(main.Config.Address, t.now), Expiries: expiries,
	}
	if receiver != nil { // and no receiver that is nil
		work.Webhook = receiver
	}
	job, err := job.New(work)
	if err != nil {
		return nil, errors.Join(fail(exitUsage, "", "%w", err), record.Close())
	}
	return &wiring{job: job, ledger: record, sender: sender}, nil
}

// watchExpiries notes the certificates that the servers of inboxes show.
func watchExpiries(inboxes []job.InboxOptions) *outages.Expiries {
	expiries := outages.NewExpiries()
	for i := range inboxes {
		host := inboxes[i].Config.Host
		inboxes[i].Mailbox = imapMailbox{inboxes[i].Config, func(c *mailserver.Certificate) { expiries.Saw(host, c) }}
	}
	return expiries
}

// blankForm makes the form that goes along with a refusal.
func blankForm(inbox string, now func() time.Time) func(*rules.Policy, request.Lang, bool) ([]byte, error) {
	return func(p *rules.Policy, l request.Lang, all bool) ([]byte, error) {
		var b bytes.Buffer
		options := formFor(p, l, inbox, request.DateOf(now()))
		options.All = all
		err := workbook.NewForm(&b, options)
		return b.Bytes(), err
	}
}

// sentLately is when the last day's mails were accepted, so that the limits per minute and day hold across runs.
func sentLately(ctx context.Context, record *ledger.Ledger, server smtp.Config, now time.Time) (sent []time.Time, err error) {
	most := max(server.PerDay, server.PerMinute)
	if most == 0 {
		return nil, nil
	}
	err = record.View(ctx, func(tx *ledger.Tx) error {
		sent, err = tx.Outbox.AcceptedSince(ctx, now.Add(-24*time.Hour), most)
		return err
	})
	return sent, err
}

// inboxes are the inboxes with their policies and their officers. A policy that is a file is only named: the job reads it,
// and reads it again when it changes.
func (c *Config) inboxes(ctx context.Context) ([]job.InboxOptions, error) {
	everybody, err := c.officers(ctx)
	if err != nil {
		return nil, fail(exitUsage, "", "decisions.officers: %w", err)
	}
	rosters, err := c.rostersOf(everybody)
	if err != nil {
		return nil, fail(exitUsage, "", "%w", err)
	}
	var list []job.InboxOptions
	for _, config := range c.Inbox {
		config = config.WithDefaults()
		i := job.InboxOptions{Config: config, Mailbox: imapMailbox{config: config}, Roster: rosters[config.Name], Form: c.Form}
		named := cmp.Or(config.Policy, c.Policy)
		if slices.Contains(rules.Shipped(), named) {
			if i.Policy, err = loadPolicy(ctx, named); err != nil {
				return nil, err
			}
		} else {
			i.PolicyFile = c.resolve(named)
			if _, err := os.Stat(i.PolicyFile); err != nil {
				return nil, noPolicy(i.PolicyFile, err)
			}
		}
		list = append(list, i)
	}
	return list, nil
}

// rosters are the rosters of all inboxes, of the configuration's officers and those of the file.
func (c *Config) rosters(ctx context.Context, file []byte) (map[string]*officers.Roster, error) {
	more, err := officers.ReadOfficers(ctx, file, filepath.Base(c.Decisions.Officers))
	if err != nil {
		return nil, err
	}
	return c.rostersOf(append(slices.Clone(c.Officer), more...))
}

// rostersOf is who decides for each inbox, by its name.
func (c *Config) rostersOf(everybody []officers.Officer) (map[string]*officers.Roster, error) {
	rosters := map[string]*officers.Roster{}
	for _, config := range c.Inbox {
		some := everybody
		if len(config.Officers) > 0 {
			some = slices.DeleteFunc(slices.Clone(everybody), func(o officers.Officer) bool {
				return !slices.ContainsFunc(config.Officers, func(e string) bool { return strings.EqualFold(e, o.Email) })
			})
		}
		name := config.WithDefaults().Name
		roster, err := officers.NewRoster(some)
		if err != nil {
			return nil, fmt.Errorf("inbox %q: %w", name, err)
		}
		rosters[name] = roster
	}
	return rosters, nil
}

// smtpTokens is the token source of the inbox that [smtp] names, or of the first that has one.
func (c *Config) smtpTokens() (smtp.TokenSource, error) {
	for _, box := range c.Inbox {
		if box.Auth != ingest.AuthPassword && box.Auth != "" && (c.SMTP.TokenOf == "" || c.SMTP.TokenOf == box.Name) {
			return imap.NewTokens(box.WithDefaults(), nil)
		}
	}
	return nil, fmt.Errorf("auth = \"oauth2\" needs an [[inbox]] with oauth2 whose token it uses (token_of)")
}

// ledgerConfig is where the ledger is, relative to the configuration's folder.
func (c *Config) ledgerConfig() ledger.Config {
	l := c.Ledger
	if l.Dialect() == ledger.SQLite {
		l.URL = c.resolve(l.URL)
	}
	return l
}

// zone is the department's, in which days begin and instants are printed.
func (c *Config) zone() (*time.Location, error) {
	zone, err := time.LoadLocation(c.Schedule.TimeZone)
	if err != nil {
		return nil, fail(exitUsage, "", "schedule.time_zone: %w", err)
	}
	return zone, nil
}

// ledgerTrouble gives an error of the ledger its exit code and its hint.
func ledgerTrouble(err error) error {
	var e *ledger.Error
	if errors.As(err, &e) {
		code := exitUnreachable
		switch e.Trouble {
		case ledger.Absent, ledger.Exists, ledger.Named:
			code = exitUsage
		}
		return &failure{code: code, err: err, hint: e.Hint.EN}
	}
	return &failure{code: exitUnreachable, err: fmt.Errorf("ledger: %w", err)}
}

// jobTrouble gives an error of the job its exit code and its hint.
func jobTrouble(err error) error {
	var refused *department.RefusedError
	if errors.As(err, &refused) {
		if refused.Kept != "" {
			return &failure{code: exitAct, err: err, hint: "correct it: it comes into force by itself"}
		}
		return &failure{code: exitUsage, err: err}
	}
	var outage *batch.OutageError
	if errors.As(err, &outage) {
		return outageTrouble(outage)
	}
	var row *batch.RowError
	if errors.As(err, &row) {
		return &failure{code: exitAct, err: err, hint: whatFailed}
	}
	var late *batch.LateError
	if errors.As(err, &late) {
		return lateTrouble(late)
	}
	var server *ingest.ServerError // the same for mail that goes out
	if errors.As(err, &server) {
		return &failure{code: exitUnreachable, err: err, hint: server.Hint().EN}
	}
	return ledgerTrouble(err)
}
