package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"handrail/ingest"
	"handrail/internal/demo"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

type demoCommand struct {
	Out string `default:"demo-out" placeholder:"DIR" help:"Folder for the mails, the workbooks and the ledger."`
}

// demonstration is the week of an invented department, and the real job.
type demonstration struct {
	t      *terminal
	out    string
	week   *demo.Week
	config *Config
}

func (c *demoCommand) Run(ctx context.Context, t *terminal) error {
	d := &demonstration{t: t, out: c.Out}
	if err := d.open(ctx, t.now()); err != nil {
		return err
	}
	defer func() { _ = d.week.Close() }()
	if err := d.play(ctx, demo.Mails()); err != nil {
		return err
	}
	d.week.Tell(t.out, t.wrap)
	return nil
}

// open empties the folder of an earlier demo, starts the mail server and writes the configuration.
func (d *demonstration) open(ctx context.Context, now time.Time) error {
	if err := emptyDemoFolder(d.out); err != nil {
		return err
	}
	zone, err := time.LoadLocation(sampleConfig().Schedule.TimeZone)
	if err != nil {
		return err
	}
	policy, err := loadPolicy(ctx, defaultPolicy)
	if err != nil {
		return err
	}
	form := func(l request.Lang, on request.Date) workbook.FormOptions { return formFor(policy, l, demo.Inbox, on) }
	if d.week, err = demo.Start(demo.Options{Dir: d.out, From: now, Zone: zone, Form: form}); err != nil {
		return fail(exitUnreachable, "the demo needs two free ports on this machine's loopback address", "start the post office: %w", err)
	}
	if d.config, err = d.configuration(); err != nil {
		return errors.Join(err, d.week.Close())
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

// configuration is what a department would write, with the post office's ports.
func (d *demonstration) configuration() (*Config, error) {
	c := sampleConfig()
	at := ingest.Duration(0)
	c.Decisions.Hold = &at // the demo does not wait
	imapHost, imapPort, err := d.week.IMAP()
	if err != nil {
		return nil, err
	}
	smtpHost, smtpPort, err := d.week.SMTP()
	if err != nil {
		return nil, err
	}
	c.Ledger = ledger.Config{URL: filepath.Join(d.out, "ledger.db")}
	box := &c.Inbox[0]
	box.Host, box.Port, box.TLS, box.Password = imapHost, imapPort, ingest.TLSNone, ingest.Secret{Value: demo.Password}
	box.StatementSenders = []string{demo.Cards}
	c.SMTP.Host, c.SMTP.Port, c.SMTP.TLS, c.SMTP.Password = smtpHost, smtpPort, mailserver.TLSNone, mailserver.Secret{Value: demo.Password}
	if mistakes := c.validate(); len(mistakes) > 0 {
		return nil, fail(exitUsage, "", "the demo's own configuration: %w", ingest.Mistakes(mistakes))
	}
	return &c, nil
}

// play makes the ledger, and runs the real job over real IMAP and SMTP whenever the week has brought something.
func (d *demonstration) play(ctx context.Context, mails []demo.Mail) error {
	record, err := ledger.Create(ctx, d.config.ledgerConfig())
	if err == nil {
		err = record.Close()
	}
	if err != nil {
		return ledgerTrouble(err)
	}
	w, err := wire(ctx, d.config, &terminal{in: d.t.in, out: d.t.out, err: d.t.err, now: d.week.Now}, slog.New(slog.DiscardHandler), ledger.Run)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	return d.week.Play(ctx, mails, func(ctx context.Context) error {
		report, err := w.job.Once(ctx)
		if err == nil && len(report.Troubles) > 0 {
			err = troubleOf(report.Troubles, nil)
		}
		return err
	})
}
