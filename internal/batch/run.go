package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"handrail/internal/ledger"
)

// Report says what a pass did and what it leaves.
type Report struct {
	Done    map[Step]int // rows each step finished
	Pending ledger.Pending
	// Retries is how many jobs of the queue wait for a later try.
	Retries int
	// Troubles are what went wrong, each once. What they name is tried again later.
	Troubles []error
}

// troubles keeps each different trouble of a run once.
type troubles struct {
	mu   sync.Mutex
	seen map[string]bool
	list []error
}

func (t *troubles) note(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	if !t.seen[err.Error()] {
		t.seen[err.Error()] = true
		t.list = append(t.list, err)
	}
}

func (t *troubles) take() []error {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.list
	t.list, t.seen = nil, nil
	return list
}

func (j *Job) workers() int {
	if j.o.Workers > 0 {
		return j.o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// schedule reads a schedule in the department's zone. It serves the queue as it is.
func (j *Job) schedule(s string) (cron.Schedule, error) {
	return parseSchedule("CRON_TZ="+j.zone.String()+" "+s, s)
}

// begin takes up where the last run stopped: interrupted jobs are given back, mails that were being sent are of unknown
// fate, and the policies in force are noted in the chain.
func (j *Job) begin(ctx context.Context) error {
	now := j.now()
	if err := j.o.Ledger.CheckClock(ctx, now); err != nil {
		return err
	}
	crash("recover.before-commit")
	unknown, err := j.o.Ledger.Recover(ctx, now, now.Add(-2*jobTimeout))
	if err != nil {
		return err
	}
	crash("recover.after-commit")
	if unknown > 0 {
		j.o.Log.Warn("mails whose sending was interrupted are sent again with the same Message-ID", "mails", unknown)
	}
	crash("age.before")
	aged, err := j.o.Ledger.Age(ctx, now)
	if err != nil {
		return err
	}
	if aged.Blobs > 0 {
		crash("age.after")
	}
	if err := j.beginWithOfficers(ctx, now); err != nil {
		return err
	}
	return j.beginWithPolicies(ctx, now)
}

// Run does the job on its schedule until ctx ends; then it finishes the steps at hand and leaves nothing half done.
func (j *Job) Run(ctx context.Context) error {
	if err := j.begin(ctx); err != nil {
		return err
	}
	q, err := j.newQueue(true)
	if err != nil {
		return err
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	var listening sync.WaitGroup
	for _, name := range j.order {
		listening.Go(func() { j.listen(ctx, name) })
	}
	forgive := time.NewTicker(time.Hour)
	defer forgive.Stop()
	look := time.NewTicker(cmp.Or(j.o.Look, lookEvery))
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if err := j.lookAtTexts(ctx); err != nil && ctx.Err() == nil {
				j.o.Log.Error("a changed policy could not be put in force; it is tried again", "error", err)
			}
		case <-forgive.C:
			for _, box := range j.inboxes {
				box.forgive()
			}
			j.o.Sender.BeginRun()
			if _, err := j.o.Ledger.Age(ctx, j.now()); err != nil {
				j.o.Log.Error("old mails could not be removed", "error", err)
			}
		case <-ctx.Done():
			listening.Wait()
			return q.stop(ctx)
		}
	}
}

// stop lets running steps finish, and cuts those that take longer than a job may.
func (q *queue) stop(ctx context.Context) error {
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), jobTimeout)
	defer cancel()
	err := q.client.Stop(patient)
	if errors.Is(err, context.DeadlineExceeded) {
		err = q.client.StopAndCancel(context.WithoutCancel(ctx))
	}
	if err != nil {
		return fmt.Errorf("stop the queue: %w", err)
	}
	return nil
}

// Once makes one pass: it collects every inbox and does all that is due, until nothing is due and no job waits or
// runs. What must be tried again later is reported, not awaited.
func (j *Job) Once(ctx context.Context) (Report, error) {
	if err := j.begin(ctx); err != nil {
		return Report{}, err
	}
	for _, box := range j.inboxes {
		box.forgive()
	}
	j.o.Sender.BeginRun()
	err := j.pass(ctx)
	report := Report{Done: j.report.take(), Troubles: j.troubles.take()}
	if err != nil {
		return report, err
	}
	err = j.o.Ledger.View(context.WithoutCancel(ctx), func(tx *ledger.Tx) (err error) {
		if report.Pending, err = tx.Pending(ctx, j.now()); err != nil {
			return err
		}
		_, report.Retries, err = tx.Jobs(ctx, nil)
		return err
	})
	return report, err
}

// pass works in rounds, each until the queue has nothing left. The queue marks as done what it did when it stops, so the
// sweep between two rounds sees every row that has no job.
func (j *Job) pass(ctx context.Context) error {
	if err := j.round(ctx, j.gather); err != nil {
		return err
	}
	// Weeks come last: what this pass decided is in them when their time has come.
	if err := j.weekly(ctx); err != nil {
		j.troubles.note(err)
	}
	for {
		rows, err := j.sweepOnce(ctx)
		if err != nil {
			return err
		}
		if rows == 0 && j.quiet(ctx, nil) {
			return nil
		}
		if err := j.round(ctx, nil); err != nil {
			return err
		}
	}
}

// gather takes up what waits in the ledger and in the inboxes.
func (j *Job) gather(ctx context.Context) error {
	if _, err := j.sweepOnce(ctx); err != nil {
		return err
	}
	for _, name := range j.order {
		if err := j.collect(ctx, name); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			j.troubles.note(err)
		}
	}
	return nil
}

// round runs the queue while first, if any, finds work for it and until no job waits or runs.
func (j *Job) round(ctx context.Context, first func(context.Context) error) error {
	q, err := j.newQueue(false)
	if err != nil {
		return err
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	if first != nil {
		err = first(ctx)
	}
	if err == nil {
		err = j.settle(ctx, q.done)
	}
	if stopped := q.stop(ctx); err == nil {
		err = stopped
	}
	return err
}

// settle waits until no job waits or runs. It looks when this process has run out of jobs, and now and then for those of
// others: on SQLite every look costs the connection its cache.
func (j *Job) settle(ctx context.Context, d *done) error {
	for !j.quiet(ctx, d) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.idle:
		case <-time.After(settleEvery):
		}
	}
	return nil
}

// quiet reports whether no job waits or runs; those in d only wait for the queue to mark them.
func (j *Job) quiet(ctx context.Context, d *done) bool {
	busy := 1
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		busy, _, err = tx.Jobs(ctx, d.has)
		return err
	})
	return err == nil && busy == 0
}
