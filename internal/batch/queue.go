package batch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"handrail/internal/ledger"
)

// wakeUp is a job of the queue: it says that rows of a step may be due. It carries no state of ours, and always completes.
type wakeUp struct {
	Step Step `json:"step"`
}

// Kind names it in the queue's tables.
func (wakeUp) Kind() string { return "handrail.wake" }

// queue is how machines that share a ledger on PostgreSQL tell one another that there is work: by River jobs in the
// ledger's own database. River also chooses the one machine that begins what goes by schedule.
type queue struct {
	job    *Job
	client *river.Client[*sql.Tx]
}

// The queue's own pace. A job only wakes a step, so looking often is cheap.
const (
	fetchCooldown = 5 * time.Millisecond
	fetchPoll     = time.Second
	jobTimeout    = time.Minute
	rescueAfter   = 90 * time.Second // River refuses less than the timeout
)

// shareWork joins the machines that share a ledger, nil where none can: on one file work is woken inside the process.
func (j *Job) shareWork(ctx context.Context) (*queue, error) {
	if j.o.Ledger.Dialect() == ledger.SQLite {
		return nil, nil
	}
	q := &queue{job: j}
	periodic, err := j.periodic()
	if err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(q.work))
	q.client, err = river.NewClient(j.o.Ledger.Queue(), &river.Config{
		Workers: workers, Logger: quiet(j.o.Log, func() bool { return j.outages.isKnown(ledgerOutage) }), FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, PeriodicJobs: periodic,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 10}},
	})
	if err != nil {
		return nil, fmt.Errorf("set up the queue: %w", err)
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("start the queue: %w", err)
	}
	j.wake = q
	return q, nil
}

// periodic are the jobs that go by schedule, on whichever machine the queue chooses.
func (j *Job) periodic() ([]*river.PeriodicJob, error) {
	poll, err := j.schedule(j.o.Schedule.Poll)
	if err != nil {
		return nil, err
	}
	weekly, err := j.schedule(j.o.Schedule.Weekly)
	if err != nil {
		return nil, err
	}
	onStart := &river.PeriodicJobOpts{RunOnStart: true}
	var jobs []*river.PeriodicJob
	for _, name := range j.order {
		jobs = append(jobs, river.NewPeriodicJob(poll, func() (river.JobArgs, *river.InsertOpts) { return wakeUp{collecting(name)}, onlyOne() }, onStart))
	}
	return append(jobs, river.NewPeriodicJob(weekly, func() (river.JobArgs, *river.InsertOpts) { return wakeUp{Weekly}, onlyOne() }, onStart)), nil
}

// onlyOne keeps periodic jobs from piling up: one of each kind waits or runs.
func onlyOne() *river.InsertOpts {
	return &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled}}}
}

// wake tells this process, and one of the machines, once the transaction is committed.
func (q *queue) wake(ctx context.Context, tx committer, steps ...Step) error {
	ours, ok := tx.(*ledger.Tx)
	if !ok {
		return errors.New("a wake-up goes with a transaction of the ledger")
	}
	jobs := make([]river.InsertManyParams, len(steps))
	for i, s := range steps {
		jobs[i] = river.InsertManyParams{Args: wakeUp{s}}
	}
	if _, err := q.client.InsertManyFastTx(ctx, ours.SQL(), jobs); err != nil {
		return fmt.Errorf("wake %v: %w", steps, err)
	}
	tx.Then(func() { q.job.engine.wake(steps...) })
	return nil
}

// work is told that rows of a step may be due.
func (q *queue) work(_ context.Context, job *river.Job[wakeUp]) error {
	if job.Args.Step == Weekly {
		q.job.weekOpen.Store(true)
	}
	q.job.engine.wake(job.Args.Step)
	return nil
}

// stop leaves the other machines to themselves. A nil queue has none.
func (q *queue) stop(ctx context.Context) error {
	if q == nil {
		return nil
	}
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
