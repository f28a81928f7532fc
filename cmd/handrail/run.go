package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"handrail/internal/batch"
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
	w, err := wire(ctx, config, t, log)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	boundMemory(w.job)
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
		return jobTrouble(err)
	}
	return t.reportOnce(&report, formatted{c.Format})
}

// boundMemory has the collector take back what is let go of before the program's memory is more than its work in hand needs.
// GOMEMLIMIT and GOGC, where they are set, are the operator's word.
func boundMemory(job *batch.Job) {
	const percent = 60 // of what is in use: half as much garbage as usual, for a tenth more of the processor
	if os.Getenv("GOMEMLIMIT") == "" {
		soft, _ := job.MemoryNeed()
		debug.SetMemoryLimit(soft)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// reportOnce says what one pass did, on standard output, and what stopped it, on standard error.
func (t *terminal) reportOnce(r *batch.Report, f formatted) error {
	if f.asJSON() {
		return t.reportOnceJSON(r)
	}
	var did []string
	for _, s := range []struct {
		step batch.Step
		one  string
		many string
	}{
		{batch.Collect, "message collected", "messages collected"}, {batch.Judge, "judged", "judged"}, {batch.File, "filed", "filed"},
		{batch.Answer, "answer written", "answers written"}, {batch.Send, "mail sent", "mails sent"},
		{batch.Remind, "reminder", "reminders"}, {batch.Weekly, "weekly report", "weekly reports"},
	} {
		switch n := r.Done[s.step]; {
		case n == 1:
			did = append(did, "1 "+s.one)
		case n > 1:
			did = append(did, fmt.Sprintf("%d %s", n, s.many))
		}
	}
	if len(did) == 0 {
		did = []string{"nothing was waiting"}
	}
	fmt.Fprintln(t.out, "handrail: "+strings.Join(did, ", "))
	if r.Pending.Later > 0 {
		fmt.Fprintf(t.out, "later: %d, the first at %s\n", r.Pending.Later, r.Pending.NextAt.Local().Format("2006-01-02 15:04"))
	}
	if n := len(r.Late); n > 0 {
		fmt.Fprintf(t.out, "to be tried again by the next run: %d\n", n)
	}
	if len(r.Troubles) == 0 {
		return nil
	}
	return troubleOf(r.Troubles)
}

// reportOnceJSON is reportOnce for a script.
func (t *terminal) reportOnceJSON(r *batch.Report) error {
	answer := struct {
		Done     map[batch.Step]int `json:"done"` // what each step finished
		Later    int                `json:"later"`
		NextAt   time.Time          `json:"next_at,omitzero"`
		Again    int                `json:"tried_again"` // by the next run
		Troubles []string           `json:"troubles"`
	}{r.Done, r.Pending.Later, r.Pending.NextAt, len(r.Late), []string{}}
	for _, err := range r.Troubles {
		answer.Troubles = append(answer.Troubles, err.Error())
	}
	if err := t.document(answer); err != nil || len(r.Troubles) == 0 {
		return err
	}
	return troubleOf(r.Troubles)
}

// troubleOf joins what went wrong; the exit code is the gravest.
func troubleOf(all []error) error {
	f := &failure{code: exitAct}
	var lines []string
	for _, err := range all {
		var one *failure
		if errors.As(jobTrouble(err), &one) {
			f.code = max(f.code, one.code)
			if f.hint == "" {
				f.hint = one.hint
			}
		}
		lines = append(lines, err.Error())
	}
	f.err = errors.New(strings.Join(lines, "\n"))
	return f
}
