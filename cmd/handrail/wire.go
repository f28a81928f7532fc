package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/templates"
)

// wiring is the job with what must be closed after it.
type wiring struct {
	job    *batch.Job
	ledger *ledger.Ledger
	sender *notify.Sender
}

func (w *wiring) close() error {
	err := w.job.Close()
	w.sender.Close()
	return errors.Join(err, w.ledger.Close())
}

// wire makes the job that a configuration describes. Only the ledger is opened; nothing else connects yet.
func wire(ctx context.Context, c *Config, t *terminal, log *slog.Logger) (*wiring, error) {
	set, err := templates.Load(c.resolve(c.Templates.Dir))
	if err != nil {
		return nil, fail(exitUsage, "", "templates: %w", err)
	}
	inboxes, err := c.inboxes()
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
	smtp := c.SMTP.WithDefaults()
	options := notify.SenderOptions{Now: t.now}
	if smtp.Auth == notify.AuthOAuth2 {
		if options.Tokens, err = c.smtpTokens(); err != nil {
			return nil, fail(exitUsage, "", "smtp: %w", err)
		}
	}
	record, err := ledger.Open(ctx, c.ledgerConfig(), ledger.Run)
	if err != nil {
		return nil, ledgerTrouble(err)
	}
	if options.Sent, err = sentLately(ctx, record, smtp, t.now()); err != nil {
		return nil, errors.Join(ledgerTrouble(err), record.Close())
	}
	sender, err := notify.NewSender(smtp, options)
	if err != nil {
		return nil, errors.Join(fail(exitUsage, "", "%w", err), record.Close())
	}
	finance := c.Finance
	finance.Budgets = c.resolve(finance.Budgets)
	job, err := batch.New(batch.Options{
		Ledger: record, Inboxes: inboxes, Composer: composer, Sender: sender, Department: c.Department, Schedule: c.Schedule,
		Finance: finance, From: c.SMTP.From, Now: t.now, Log: log, Connections: smtp.Connections, Decisions: c.Decisions,
		BlankForm: func(l request.Lang) ([]byte, error) {
			var b bytes.Buffer
			err := workbook.NewForm(&b, formFor(main.Policy, l, main.Config.Address, request.DateOf(t.now())))
			return b.Bytes(), err
		},
	})
	if err != nil {
		return nil, errors.Join(fail(exitUsage, "", "%w", err), record.Close())
	}
	return &wiring{job: job, ledger: record, sender: sender}, nil
}

// sentLately is when the last day's mails were accepted, so that the limits per minute and day hold across runs.
func sentLately(ctx context.Context, record *ledger.Ledger, smtp notify.SMTPConfig, now time.Time) (sent []time.Time, err error) {
	most := max(smtp.PerDay, smtp.PerMinute)
	if most == 0 {
		return nil, nil
	}
	err = record.View(ctx, func(tx *ledger.Tx) error {
		sent, err = tx.AcceptedSince(ctx, now.Add(-24*time.Hour), most)
		return err
	})
	return sent, err
}

// inboxes loads each inbox with its policy and its officers.
func (c *Config) inboxes() ([]batch.InboxOptions, error) {
	everybody, err := c.officers()
	if err != nil {
		return nil, fail(exitUsage, "", "decisions.officers: %w", err)
	}
	var list []batch.InboxOptions
	for _, config := range c.Inbox {
		config = config.WithDefaults()
		own := *c
		if config.Policy != "" {
			own.Policy = config.Policy
		}
		policy, err := own.loadPolicy()
		if err != nil {
			return nil, err
		}
		officers := everybody
		if len(config.Officers) > 0 {
			officers = slices.DeleteFunc(slices.Clone(everybody), func(o batch.Officer) bool {
				return !slices.ContainsFunc(config.Officers, func(e string) bool { return strings.EqualFold(e, o.Email) })
			})
		}
		roster, err := batch.NewRoster(officers)
		if err != nil {
			return nil, fail(exitUsage, "", "inbox %q: %w", config.Name, err)
		}
		list = append(list, batch.InboxOptions{Config: config, Policy: policy, Roster: roster, Form: c.Form})
	}
	return list, nil
}

// smtpTokens is the token source of the inbox that [smtp] names, or of the first that has one.
func (c *Config) smtpTokens() (notify.TokenSource, error) {
	for _, box := range c.Inbox {
		if box.Auth != ingest.AuthPassword && box.Auth != "" && (c.SMTP.TokenOf == "" || c.SMTP.TokenOf == box.Name) {
			return ingest.NewTokens(box.WithDefaults(), nil)
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
		return &failure{code: exitUnreachable, err: err, hint: e.Hint.EN}
	}
	return &failure{code: exitUnreachable, err: fmt.Errorf("ledger: %w", err)}
}

// serverTrouble gives an error of a mail server its exit code and its hint.
func serverTrouble(err error) error {
	var server *ingest.ServerError // the same for mail that goes out
	if errors.As(err, &server) {
		return &failure{code: exitUnreachable, err: err, hint: server.Hint().EN}
	}
	return ledgerTrouble(err)
}

// newLog writes the operator's log: text for a person, JSON for a collector.
func newLog(w io.Writer, format string, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	o := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
