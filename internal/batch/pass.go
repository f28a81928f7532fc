package batch

import (
	"cmp"
	"context"
	"errors"
	"time"

	"handrail/internal/ledger"
)

// Once makes one pass: it collects every inbox, does all that is due and tries everything once more that failed before, until
// nothing is due. What fails in this pass is reported, not awaited.
func (j *Job) Once(ctx context.Context) (Report, error) {
	if err := j.begin(ctx, true); err != nil {
		return Report{}, err
	}
	j.o.Sender.BeginRun()
	j.dayOpen.Store(false)
	ctx, j.end = context.WithCancelCause(ctx)
	defer j.end(nil)
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	gone := j.stayWhileAtWork(work)
	j.engine.start(work)
	err := (pass{j}).run(ctx)
	j.engine.stop(cut, stopPatience)
	gone()
	err = cmp.Or(displacedBy(ctx), err)
	if late := (worker{j}).noteLate(context.WithoutCancel(ctx)); late != nil && err == nil {
		err = late // it stays in hand, as if this process had died
	}
	report := Report{Done: j.counts.take(), Troubles: j.troubles.take()}
	if err != nil {
		return report, err
	}
	return report, (pass{j}).leaves(context.WithoutCancel(ctx), &report)
}

// fruitless is how many rounds may pass in which the ledger fails before a pass ends.
const fruitless = 3

// pass is one pass of Once.
type pass struct{ job *Job }

// run works until nothing is due. Weeks come last: what this pass decided is in them when their time has come.
func (j pass) run(ctx context.Context) error {
	j.job.wakeAll()
	for failing := 0; ; {
		if err := j.job.engine.rest(ctx); err != nil {
			return err
		}
		if failing == 0 {
			j.job.openWeek()
			if err := j.job.engine.rest(ctx); err != nil {
				return err
			}
			j.job.dayOpen.Store(true)
			j.job.engine.wake(Daily) // what this pass leaves is in it
			if err := j.job.engine.rest(ctx); err != nil {
				return err
			}
		}
		var ledgerFails error
		if closed := j.job.outages.closed(ledgerOutage, nil); closed != nil {
			ledgerFails = closed
		}
		if err := teller(j).rest(ctx); err != nil {
			ledgerFails = err
		}
		if err := j.job.engine.rest(ctx); err != nil { // what the operator is told goes out with this pass
			return err
		}
		due, err := j.anyDue(ctx)
		if err != nil {
			ledgerFails = err
		}
		switch {
		case ledgerFails == nil && !due:
			return worker(j).noteLate(ctx)
		case ledgerFails != nil:
			if failing++; failing == fruitless {
				return ledgerFails
			}
			j.job.outages.forgetLedger()
			j.wakeWaiting(ctx)
		}
		j.wakeRows()
	}
}

// wakeWaiting lets the rows be tried again at once that waited for the ledger. Where it does not even take that, the next
// round finds so.
func (j pass) wakeWaiting(ctx context.Context) {
	_ = j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.Attempts.EndOutage(ctx, j.job.Now(), ledgerOutage) })
}

// wakeRows wakes the steps whose rows stand in tables.
func (j pass) wakeRows() {
	for _, s := range ledger.Steps() {
		j.job.engine.wake(Step(s))
	}
}

// anyDue reports whether a row is due that nobody has in hand and that did not fail in this pass.
func (j pass) anyDue(ctx context.Context) (due bool, err error) {
	now := j.job.Now()
	err = j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		for _, s := range ledger.Steps() {
			together, err := tx.Work.AnyFree(ctx, s, now)
			if err != nil {
				return err
			}
			alone, err := tx.Work.AnyAlone(ctx, s, now)
			if err != nil {
				return err
			}
			due = due || together || alone
		}
		return nil
	})
	return due, err
}

// leaves says what a pass leaves undone.
func (j pass) leaves(ctx context.Context, r *Report) error {
	const most, patience, day = 100, time.Hour, 24 * time.Hour
	now := j.job.Now()
	return j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		if r.Pending, err = tx.Work.Pending(ctx, now); err != nil {
			return err
		}
		if r.Late, err = tx.Attempts.Failed(ctx, false, most); err != nil {
			return err
		}
		mails, err := tx.Outbox.CountLate(ctx, now, patience)
		if err != nil {
			return err
		}
		aside, err := tx.Attempts.AsideUntold(ctx, now.Add(-day), now)
		if err != nil {
			return err
		}
		for _, name := range j.job.outages.untried() {
			if err := tx.Attempts.ForgetOutage(ctx, now, name); err != nil {
				return err
			}
		}
		r.Troubles = j.lasting(r.Troubles, r.Late)
		if mails > 0 {
			r.Troubles = append(r.Troubles, &LateError{Mails: mails})
		}
		if aside > 0 {
			r.Troubles = append(r.Troubles, &LateError{Aside: aside})
		}
		return nil
	})
}

// lasting are the troubles of a pass that did not pass with it, and what does not work or is late since an earlier one.
func (j pass) lasting(troubles []error, late []ledger.Attempt) []error {
	var all []error
	for _, err := range troubles {
		var outage *OutageError
		var row *RowError
		if !errors.As(err, &outage) && !errors.As(err, &row) {
			all = append(all, err)
		}
	}
	for _, outage := range j.job.outages.list() {
		all = append(all, outage)
	}
	for _, a := range late {
		if a.WaitsFor == "" {
			all = append(all, &RowError{Step: Step(a.Step), Row: a.Key, Err: errors.New(a.Words)})
		}
	}
	return all
}
