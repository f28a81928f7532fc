package batch

import (
	"context"
	"errors"

	"handrail/internal/ledger"
)

// stages are all steps as the engine runs them. Batches are small enough that a death costs few rows a second try, and large
// enough that a commit is shared.
func (j *Job) stages() []stage {
	all := []stage{
		{step: Judge, workers: j.Workers() + 1, most: 25, bytes: 8 << 20, computes: true, do: j.rooms.Judge}, // one more: some wait to write while others read
		{step: File, workers: 1, most: 200, do: mover{j}.file},
		{step: Answer, workers: 2 * j.Workers(), most: 25, computes: true, do: j.rooms.Answer},
		{step: Send, workers: max(1, j.o.Connections), most: 20, bytes: 8 << 20, do: deliverer{j}.send},
		{step: Keep, workers: 1, most: 50, bytes: 8 << 20, do: copier{j}.keep},
		{step: Remind, workers: 1, most: 50, computes: true, do: j.rooms.Remind},
		{step: Weekly, workers: 1, computes: true},
		{step: Daily, workers: 1},
	}
	for _, name := range j.order {
		all = append(all, stage{step: collecting(name), workers: 1})
	}
	return all
}

// turnOf does one turn of a stage: of those whose rows stand in no table, all that is due.
func (j *Job) turnOf(ctx context.Context, s stage) (taken int) {
	if j.outages.closed(ledgerOutage, nil) != nil {
		return 0 // woken when it is tried again
	}
	if s.do != nil {
		return worker{j}.turn(ctx, s)
	}
	if s.step == Weekly {
		j.engine.floor.RLock()
		defer j.engine.floor.RUnlock()
		j.weekOpen.Store(true)
		j.noteError(ctx, s.step, ledger.Guarded(func() error {
			again, err := j.rooms.Weekly(ctx)
			if err == nil {
				j.weekOpen.Store(again)
			}
			return err
		}))
		return 0
	}
	if s.step == Daily {
		j.noteError(ctx, s.step, ledger.Guarded(func() error { return j.rooms.Daily(ctx) }))
		return 0
	}
	for _, name := range j.order {
		if s.step == collecting(name) {
			j.noteError(ctx, s.step, ledger.Guarded(func() error { return collector{j}.collect(ctx, name) }))
		}
	}
	return 0
}

// noteError notes what kept a whole step from its work.
func (j *Job) noteError(ctx context.Context, step Step, err error) {
	var outage *OutageError
	var trouble *ledger.Error
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled), errors.As(err, &outage):
		j.NoteTrouble(err)
	case errors.As(err, &trouble):
		j.ledgerFailed(ctx, step, err)
	default:
		j.NoteTrouble(err)
		j.o.Log.Warn("a step failed and is tried again", "step", step, "error", wordsOf(err))
	}
}

// ledgerFailed notes that the ledger could not be asked. Every step waits for it, and is woken when it is tried again.
func (j *Job) ledgerFailed(ctx context.Context, step Step, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if isDisplaced(err) && j.end != nil {
		j.end(err)
		return
	}
	outage := j.outages.failed(ctx, ledgerOutage, nil, err)
	j.o.Log.Debug("the ledger could not be asked", "step", step, "error", wordsOf(err))
	j.retryLedger(outage.Until.Sub(j.Now()))
}

// ledgerWorks notes that the ledger took what was written: reading says nothing of a disk that is full.
func (j *Job) ledgerWorks(ctx context.Context) {
	if j.outages.isKnown(ledgerOutage) {
		j.outages.works(ctx, ledgerOutage)
	}
}

// wakeAll says that rows of every step may be due.
func (j *Job) wakeAll() {
	for step := range j.engine.stages {
		if step == Weekly && !j.weekOpen.Load() || step == Daily && !j.dayOpen.Load() {
			continue
		}
		j.engine.wake(step)
	}
}
