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

// How the job waits.
const (
	sweepEvery   = 30 * time.Second
	ageEvery     = time.Hour
	lookEvery    = 15 * time.Second // at the files of policies and officers
	clockEvery   = time.Minute      // at the clock, which somebody may correct
	stopPatience = time.Minute      // for batches at hand when the job is asked to stop
)

// Report says what a pass did and what it leaves.
type Report struct {
	Done    map[Step]int // rows each step finished
	Pending ledger.Pending
	// Late are rows that failed and are not done; the next pass tries them again.
	Late []ledger.Attempt
	// Troubles are what somebody must know of, each once: what does not work around the job (*OutageError), rows that failed
	// by their own fault (*RowError), what a server puts off or what is set aside (*LateError), and texts that were refused.
	Troubles []error
}

// LateError says that something of ours waits for longer than it should.
type LateError struct {
	Mails int   // that a server has put off for more than an hour
	Aside int64 // rows that are set aside; said once a day
}

// Error counts what waits.
func (e *LateError) Error() string {
	if e.Aside > 0 {
		return fmt.Sprintf("%d rows are set aside and not tried again before somebody releases them", e.Aside)
	}
	return fmt.Sprintf("%d mails wait for more than an hour because a mail server puts them off", e.Mails)
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

// Workers is how many rows of one kind are worked on side by side.
func (j *Job) Workers() int {
	if j.o.Workers > 0 {
		return j.o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// schedule reads a schedule in the department's zone.
func (j *Job) schedule(s string) (cron.Schedule, error) {
	return parseSchedule(s, j.zone)
}

// begin takes up where the last run stopped: what it had in hand is free again, mails that were being sent are of unknown
// fate, and the policies in force are noted in the chain. again lets everything be tried once more that failed before.
func (j *Job) begin(ctx context.Context, again bool) error {
	now := j.Now()
	if err := j.o.Ledger.CheckClock(ctx, now); err != nil {
		return err
	}
	Crash("recover.before-commit")
	if err := j.freeTheDead(ctx, again); err != nil {
		return err
	}
	if err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.Attempts.EndOutage(ctx, now, dailyLines) }); err != nil {
		return err // the configuration may allow a sender more by now
	}
	Crash("recover.after-commit")
	if err := j.outages.begin(ctx, again); err != nil {
		return err
	}
	if err := (collector{j}).begin(ctx, now); err != nil {
		return err
	}
	Crash("age.before")
	aged, err := j.o.Ledger.Age(ctx, now)
	if err != nil {
		return err
	}
	if aged.Blobs > 0 {
		Crash("age.after")
	}
	if err := j.rooms.Begin(ctx, now); err != nil {
		return err
	}
	return j.rooms.Review(ctx)
}

// freeTheDead gives free what runs have in hand that are gone. On SQLite this process holds the lock file, so that is all
// others; on PostgreSQL those whose time has passed, because another machine may be at work.
func (j *Job) freeTheDead(ctx context.Context, again bool) error {
	return j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		now := j.Now()
		died, aside, err := tx.Work.ReleaseDead(ctx, j.holder, now, j.o.Ledger.Dialect() == ledger.SQLite)
		if err != nil {
			return err
		}
		if died > 0 {
			tx.Then(func() {
				j.o.Log.Warn("rows that a run had in hand when it ended without a word are tried alone", "rows", died)
			})
		}
		if again {
			if err := tx.Attempts.RetryAllNow(ctx, now); err != nil {
				return err
			}
		}
		if err := tx.Attempts.ForgetDone(ctx); err != nil {
			return err
		}
		return j.rooms.SetAside(ctx, tx, now, aside)
	})
}

// sweep frees what dead runs had in hand, notes what could not be noted, and wakes every step: what is due is known from
// the ledger, and a wake-up that got lost costs no more than the time to the next sweep. It says when something is due
// before that.
func (j *Job) sweep(ctx context.Context) (next time.Time, err error) {
	if err := j.o.Ledger.Scrub(ctx); err != nil {
		return next, err
	}
	if err := (worker{j}).noteLate(ctx); err != nil {
		return next, err
	}
	if err := j.outages.noteEnds(ctx); err != nil {
		return next, err
	}
	if _, err := j.outages.retryChanged(ctx, j.secretOf(ctx)); err != nil {
		return next, err
	}
	if err := (teller{j}).rest(ctx); err != nil {
		return next, err
	}
	some := false
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if next, err = tx.Work.NextDue(ctx, j.Now()); err != nil {
			return err
		}
		if some, err = tx.Work.AnyDead(ctx, j.holder, j.Now()); err != nil {
			return err
		}
		reopened, err := tx.Reports.Reopened(ctx)
		if len(reopened) > 0 {
			j.weekOpen.Store(true) // by a command, which cannot wake a step
		}
		return err
	})
	if err == nil && some {
		err = j.freeTheDead(ctx, false)
	}
	if err == nil {
		err = j.rooms.Review(ctx)
	}
	if err == nil {
		j.wakeAll()
	}
	return next, err
}

// secretOf is how to read what something logs in with; nil where it does not log in.
func (j *Job) secretOf(ctx context.Context) func(name string) func() string {
	return func(name string) func() string {
		if name == smtpOutage {
			return deliverer{j}.smtpSecret(ctx)
		}
		for _, box := range j.inboxes {
			if name == imapOutage(box.Config.Name) {
				return box.secret(ctx)
			}
		}
		return nil
	}
}

// Run does the job on its schedule until ctx ends; then it finishes the batches at hand and leaves nothing half done.
func (j *Job) Run(ctx context.Context) error {
	if err := j.begin(ctx, false); err != nil {
		return err
	}
	ctx, j.end = context.WithCancelCause(ctx)
	defer j.end(nil)
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	shared, err := j.shareWork(ctx)
	if err != nil {
		return err
	}
	gone := j.stayWhileAtWork(work)
	j.engine.start(work)
	j.weekOpen.Store(true)
	j.dayOpen.Store(true)
	j.wakeAll()
	var beside sync.WaitGroup
	for _, name := range j.order {
		beside.Go(func() { collector{j}.listen(ctx, name) })
	}
	beside.Go(func() { j.sweepUntil(ctx) })
	if shared == nil {
		beside.Go(func() { j.onSchedule(ctx, j.o.Schedule.Poll, j.lookIntoAll) })
		beside.Go(func() { j.onSchedule(ctx, j.o.Schedule.Weekly, j.openWeek) })
	}
	look, age := time.NewTicker(cmp.Or(j.o.Look, lookEvery)), time.NewTicker(ageEvery)
	defer look.Stop()
	defer age.Stop()
	for {
		select {
		case <-look.C:
			if err := j.rooms.LookAtTexts(ctx); err != nil && ctx.Err() == nil {
				j.o.Log.Error("a changed policy could not be put in force; it is tried again", "error", err)
			} else if err := j.rooms.Review(ctx); err != nil && ctx.Err() == nil {
				j.ledgerFailed(ctx, "review", err)
			}
		case <-age.C:
			j.o.Sender.BeginRun()
			if _, err := j.o.Ledger.Age(ctx, j.Now()); err != nil {
				j.o.Log.Error("old mails could not be removed", "error", err)
			}
		case <-ctx.Done():
			beside.Wait()
			err := shared.stop(ctx)
			j.engine.stop(cut, stopPatience)
			gone()
			return errors.Join(displacedBy(ctx), err)
		}
	}
}

// lookIntoAll wakes the looks into every inbox.
func (j *Job) lookIntoAll() {
	for _, name := range j.order {
		j.engine.wake(collecting(name))
	}
}

// openWeek wakes the weekly reports.
func (j *Job) openWeek() {
	j.weekOpen.Store(true)
	j.engine.wake(Weekly)
}

// onSchedule does something at every time of a schedule until ctx ends.
func (j *Job) onSchedule(ctx context.Context, text string, do func()) {
	schedule, err := j.schedule(text)
	if err != nil {
		j.o.Log.Error("a schedule cannot be read", "schedule", text, "error", err) // the configuration was checked
		return
	}
	for at := schedule.Next(j.Now()); !at.IsZero(); {
		now := j.Now()
		next := schedule.Next(now)
		switch {
		case !now.Before(at):
			do()
			at = next
		case next.Before(at):
			at = next // the clock was set back
		default:
			if !pause(ctx, min(at.Sub(now), clockEvery)) {
				return
			}
		}
	}
}

// pause waits, and says whether ctx lives.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(max(0, d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sweepUntil sweeps now and then, and when something becomes due.
func (j *Job) sweepUntil(ctx context.Context) {
	often := min(sweepEvery, j.o.Lease/3)
	for wait := often; pause(ctx, wait); {
		wait = often
		if j.outages.closed(ledgerOutage, nil) == nil {
			next, err := j.sweep(ctx)
			switch {
			case err != nil:
				j.ledgerFailed(ctx, "sweep", err)
			case !next.IsZero():
				wait = min(wait, max(time.Second, next.Sub(j.Now())))
			}
		} else {
			teller{j}.tellWithoutLedger(ctx)
		}
	}
}

// stayWhileAtWork says every third of a lease that this machine lives, as long as anything may be in hand: also in one pass,
// and while a service that was asked to stop finishes a mail at a slow server. It returns what ends that.
func (j *Job) stayWhileAtWork(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var saying sync.WaitGroup
	saying.Go(func() {
		for pause(ctx, j.o.Lease/3) {
			j.stayInHand(ctx)
		}
	})
	return func() {
		cancel()
		saying.Wait()
	}
}

// stayInHand says that this machine lives, so that nobody else takes what it has in hand: where several share a ledger.
func (j *Job) stayInHand(ctx context.Context) {
	if j.claims.none() || j.o.Ledger.Dialect() == ledger.SQLite {
		return
	}
	if err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.Work.Extend(ctx, j.holder, j.Now().Add(j.o.Lease)) }); err != nil {
		j.ledgerFailed(ctx, "lease", err)
	}
}

// retryLedger wakes every step when the ledger may be asked again.
func (j *Job) retryLedger(after time.Duration) {
	time.AfterFunc(max(0, after), j.wakeAll)
}
