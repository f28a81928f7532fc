package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/monitor"
	"handrail/internal/standing"
)

type runCommand struct {
	Config  string `placeholder:"F" help:"Configuration; by default handrail.toml here, then /etc/handrail/handrail.toml."`
	Once    bool   `help:"One pass: collect every inbox, do all that is due, and stop."`
	Log     string `enum:"text,json" default:"text" help:"How the log is written: text or json."`
	Verbose bool   `help:"Log every step."`
	Format  string `enum:"text,json" default:"text" help:"With --once: text or json."`
}

func (c *runCommand) Run(ctx context.Context, t *terminal) error {
	if c.Format == "json" && !c.Once {
		return fail(exitUsage, "--log json writes the log of the running job as JSON", "--format json goes with --once")
	}
	config, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	log := newLog(t.err, c.Log, c.Verbose)
	w, err := wire(ctx, config, t, log, ledger.Run)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	boundMemory(w.job.Job)
	began := t.now()
	logStart(log, config, w, c.Once, began)
	defer func() { log.Info("the job stops", "once", c.Once, "took", t.now().Sub(began)) }()
	if !c.Once {
		stop, err := config.watch(w, t.now, log)
		if err != nil {
			return err
		}
		defer stop()
		if err := w.job.Run(ctx); err != nil {
			return jobTrouble(err)
		}
		return nil
	}
	report, err := w.job.Once(ctx)
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(t.err, "handrail: stopped; the next run goes on from here")
		return nil
	}
	if err != nil {
		if did := doneWords(report.Done); did != "" && c.Format != "json" {
			fmt.Fprintln(t.out, "handrail: "+did+", before the pass ended early")
		}
		return jobTrouble(err)
	}
	return t.reportOnce(&report, findLate(context.WithoutCancel(ctx), w.ledger, report.Late), formatted{c.Format})
}

// logStart is the log's first line: what runs, on which ledger, and when it looks next.
func logStart(log *slog.Logger, config *Config, w *wiring, once bool, now time.Time) {
	var names []string
	for i := range config.Inbox {
		names = append(names, config.Inbox[i].WithDefaults().Name)
	}
	next := now
	if poll, _, err := config.Schedule.Next(now); err == nil && !once {
		next = poll
	}
	log.Info("the job starts", "version", version, "commit", commit(), "ledger", w.ledger.Identity(), "inboxes", strings.Join(names, ","), "once", once,
		"next_look", next.Format(time.RFC3339), "time_zone", config.Schedule.TimeZone)
}

// boundMemory has the collector take back what is let go of before the program's memory is more than its work in hand needs.
// GOMEMLIMIT and GOGC, where they are set, are the operator's word.
func boundMemory(job *batch.Job) {
	const percent = 60 // of what is in use: half as much garbage as usual, for a tenth more of the processor
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(job.SoftLimit())
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// watch begins to answer where the configuration says; stop ends it.
func (c *Config) watch(w *wiring, now func() time.Time, log *slog.Logger) (stop func(), err error) {
	if c.Monitor.Listen == "" {
		return func() {}, nil
	}
	m, err := c.monitor(w, now)
	if err != nil {
		return nil, err
	}
	if stop, err = m.Serve(c.Monitor.Listen, log); err != nil {
		return nil, fail(exitUsage, "choose another address under [monitor] listen", "%w", err)
	}
	return stop, nil
}

func (c *Config) monitor(w *wiring, now func() time.Time) (*monitor.Monitor, error) {
	poll, _, err := c.Schedule.Next(now())
	if err != nil {
		return nil, fail(exitUsage, "", "schedule: %w", err)
	}
	reader, err := c.standing()
	if err != nil {
		return nil, err
	}
	return monitor.New(monitor.Options{Ledger: w.ledger, LastSuccess: w.job.LastPolls, LastSendings: w.job.LastSendings, Gap: c.Schedule.Gap(poll), Now: now,
		Version: version, Commit: commit(), Sending: batch.SendingOutage, RefusedLogin: string(ingest.CredentialsError),
		WeeksMissed: func(ctx context.Context, tx *ledger.Tx, now time.Time) (int, error) {
			missed, err := reader.WeeksMissed(ctx, tx, now)
			return len(missed), err
		}}), nil
}

// standing reads what stands in this configuration's ledger.
func (c *Config) standing() (standing.Reader, error) {
	zone, err := c.zone()
	return standing.Reader{Zone: zone, Schedule: c.Schedule, Recipients: c.Finance.Recipients}, err
}
