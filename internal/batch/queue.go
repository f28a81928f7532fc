package batch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// errand is a job of the queue: one step and the rows it names, or the inbox to collect.
type errand struct {
	Step  Step    `json:"step"`
	IDs   []int64 `json:"ids,omitempty"`
	Inbox string  `json:"inbox,omitempty"`
}

func (errand) Kind() string { return "handrail.step" }

// queue wakes steps by River jobs in the ledger's own database.
type queue struct {
	job    *Job
	client *river.Client[*sql.Tx]
	done   *done // nil on a schedule
}

// done is what this process has finished in one round: the queue marks such jobs a quarter of a second late, or when it
// stops. A nil one knows of none.
type done struct {
	mu      sync.Mutex
	jobs    map[int64]bool
	running int
	idle    chan struct{} // says that the last running job ended
}

func newDone() *done { return &done{jobs: map[int64]bool{}, idle: make(chan struct{}, 1)} }

func (d *done) has(job int64) bool {
	if d == nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.jobs[job]
}

func (d *done) begin() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running++
}

// end notes a job that succeeded; one that failed stays the queue's, which decides when it is tried again.
func (d *done) end(job int64, succeeded bool) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if succeeded {
		d.jobs[job] = true
	}
	if d.running--; d.running == 0 {
		select {
		case d.idle <- struct{}{}:
		default:
		}
	}
}

// The queue's own pace. Jobs are coarse, so looking often is cheap; FetchCooldown bounds the throughput.
const (
	fetchCooldown = 2 * time.Millisecond
	fetchPoll     = 500 * time.Millisecond
	passPoll      = 50 * time.Millisecond // in one pass, where the next step waits for this one's job to be seen
	settleEvery   = 80 * time.Millisecond
	jobTimeout    = time.Minute
	rescueAfter   = 90 * time.Second // where several machines share the work: River refuses less than the timeout
	sweepEvery    = time.Minute
)

// newQueue makes the queue and hangs the job's waker on it. scheduled adds the periodic jobs: collecting, the sweep,
// the week. Between two passes of run --once none of them fires.
func (j *Job) newQueue(scheduled bool) (*queue, error) {
	q := &queue{job: j}
	if !scheduled {
		q.done = newDone()
	}
	// On SQLite nobody tells the queue about a job that was inserted in our own transaction: it sees it when it looks.
	poll := fetchPoll
	if !scheduled && j.o.Ledger.Dialect() == ledger.SQLite {
		poll = passPoll
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(q.work))
	config := &river.Config{
		Workers: workers, Logger: quiet(j.o.Log), FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, ErrorHandler: q, RetryPolicy: patience{},
		Queues: map[string]river.QueueConfig{
			string(Collect): {MaxWorkers: max(1, len(j.order))},
			// One more, and twice: some wait to write while the others read or compose.
			string(Judge):  {MaxWorkers: j.workers() + 1, FetchPollInterval: poll},
			string(File):   {MaxWorkers: 1, FetchPollInterval: poll},
			string(Answer): {MaxWorkers: 2 * j.workers(), FetchPollInterval: poll},
			string(Send):   {MaxWorkers: max(1, j.o.Connections), FetchPollInterval: poll},
			string(Keep):   {MaxWorkers: 1},
			string(Remind): {MaxWorkers: 1},
			string(Weekly): {MaxWorkers: 1},
		},
	}
	if scheduled {
		periodic, err := j.periodic()
		if err != nil {
			return nil, err
		}
		config.PeriodicJobs = periodic
	}
	client, err := river.NewClient(j.o.Ledger.Queue(), config)
	if err != nil {
		return nil, fmt.Errorf("set up the queue: %w", err)
	}
	q.client = client
	j.wake = q
	return q, nil
}

func (j *Job) periodic() ([]*river.PeriodicJob, error) {
	poll, err := j.schedule(j.o.Schedule.Poll)
	if err != nil {
		return nil, err
	}
	weekly, err := j.schedule(j.o.Schedule.Weekly)
	if err != nil {
		return nil, err
	}
	var jobs []*river.PeriodicJob
	for _, name := range j.order {
		jobs = append(jobs, river.NewPeriodicJob(poll, func() (river.JobArgs, *river.InsertOpts) {
			return errand{Step: Collect, Inbox: name}, once(Collect)
		}, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	jobs = append(jobs,
		river.NewPeriodicJob(river.PeriodicInterval(sweepEvery), func() (river.JobArgs, *river.InsertOpts) {
			return errand{Step: sweep}, once(Remind)
		}, &river.PeriodicJobOpts{RunOnStart: true}),
		river.NewPeriodicJob(weekly, func() (river.JobArgs, *river.InsertOpts) {
			return errand{Step: Weekly}, once(Weekly)
		}, &river.PeriodicJobOpts{RunOnStart: true}),
	)
	return jobs, nil
}

// sweep is not a step of a request's way: it gives jobs to rows that have none.
const sweep Step = "sweep"

// once keeps periodic jobs from piling up: one of each kind waits or runs.
func once(queue Step) *river.InsertOpts {
	return &river.InsertOpts{Queue: string(queue), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled}}}
}

// wake gives rows their jobs inside the transaction that made them due.
func (q *queue) wake(ctx context.Context, tx *ledger.Tx, step Step, ids []int64) error {
	for chunk := range slices.Chunk(ids, rowsPerJob) {
		inserted, err := q.client.InsertTx(ctx, tx.SQL(), errand{Step: step, IDs: chunk}, &river.InsertOpts{Queue: string(step)})
		if err != nil {
			return fmt.Errorf("wake %s: %w", step, err)
		}
		if err := tx.GiveJob(ctx, ledger.Step(step), chunk, inserted.Job.ID); err != nil {
			return err
		}
	}
	return nil
}

// sweepOnce gives a job to every row that is due and has none, and says how many rows that were. Mails that a machine
// began to send and never finished are due again.
func (j *Job) sweepOnce(ctx context.Context) (rows int, err error) {
	if err := j.o.Ledger.Scrub(ctx); err != nil {
		return 0, err
	}
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		// Whoever began to send a mail so long ago is gone: another machine of several, which nobody may start again.
		now := j.now()
		unknown, err := tx.StaleSending(ctx, now, now.Add(-2*jobTimeout))
		if err != nil {
			return err
		}
		if unknown > 0 {
			j.o.Log.Warn("mails whose sending was interrupted are sent again with the same Message-ID", "mails", unknown)
		}
		for _, step := range ledger.Steps() {
			ids, err := tx.WithoutJob(ctx, step, j.now(), 100*rowsPerJob)
			if err != nil {
				return err
			}
			rows += len(ids)
			if err := j.wake.wake(ctx, tx, Step(step), ids); err != nil {
				return err
			}
		}
		if rows > 0 {
			crash("sweep.before-commit")
		}
		return nil
	})
	if rows > 0 {
		crash("sweep.after-commit")
	}
	return rows, err
}

func (q *queue) work(ctx context.Context, job *river.Job[errand]) error {
	succeeded := false
	q.done.begin()
	defer func() { q.done.end(job.ID, succeeded) }()
	err := q.job.step(ctx, job.Args)
	succeeded = err == nil
	var trouble *ingest.ServerError
	if errors.As(err, &trouble) && trouble.Class == ingest.CredentialsError {
		q.job.troubles.note(err) // the queue says nothing of a job that is cancelled
		q.job.o.Log.Error("a login was refused, and is not tried again for an hour", "step", job.Args.Step, "error", err)
		return river.JobCancel(err) // trying a refused login again locks accounts; the sweep gives the rows a new job
	}
	return err
}

// step does one errand.
func (j *Job) step(ctx context.Context, e errand) error {
	switch e.Step {
	case Collect:
		return j.collect(ctx, e.Inbox)
	case Judge:
		return j.judge(ctx, e.IDs)
	case File:
		return j.file(ctx, e.IDs)
	case Answer:
		return j.answer(ctx, e.IDs)
	case Send:
		return j.send(ctx, e.IDs)
	case Keep:
		return j.keep(ctx, e.IDs)
	case Remind:
		return j.remind(ctx, e.IDs)
	case Weekly:
		return j.weekly(ctx)
	case sweep:
		_, err := j.sweepOnce(ctx)
		return err
	}
	return fmt.Errorf("no step is called %q", e.Step)
}

// HandleError tells the operator's log about a step that will be tried again.
func (q *queue) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	q.job.troubles.note(err)
	q.job.o.Log.Warn("a step is tried again", "step", job.Queue, "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic tells the operator about a defect of ours. The rows stay where they were.
func (q *queue) HandlePanic(_ context.Context, job *rivertype.JobRow, panicked any, trace string) *river.ErrorHandlerResult {
	q.job.troubles.note(fmt.Errorf("%s stopped by a defect: %v", job.Queue, panicked))
	q.job.o.Log.Error("a step stopped by a defect", "step", job.Queue, "attempt", job.Attempt, "panic", fmt.Sprint(panicked), "trace", trace)
	return nil
}

// patience is how long a failed job waits: 5 s, doubling to 10 minutes.
type patience struct{}

func (patience) NextRetry(job *rivertype.JobRow) time.Time {
	wait := min(5*time.Second<<min(len(job.Errors), 10), 10*time.Minute)
	return time.Now().Add(wait)
}

// quiet lets River's warnings through and keeps its chatter out of the log.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(atLeast{log.Handler(), slog.LevelWarn}) }

type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

func (h atLeast) WithAttrs(a []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(a), h.level}
}
func (h atLeast) WithGroup(g string) slog.Handler { return atLeast{h.Handler.WithGroup(g), h.level} }
