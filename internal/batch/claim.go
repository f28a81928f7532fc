package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"handrail/internal/ledger"
)

// Claim is a batch of rows that this run has in hand.
type Claim struct {
	step   Step
	holder string
	rows   []ledger.Claim
	inbox  string // of messages that are being fetched

	mu       sync.Mutex
	finished map[string]bool  // their work is committed
	failures map[string]error // by row
}

func newClaim(step Step, holder string, rows []ledger.Claim) *Claim {
	return &Claim{step: step, holder: holder, rows: rows, finished: map[string]bool{}, failures: map[string]error{}}
}

// Key names a row by its id.
func Key(id int64) string { return strconv.FormatInt(id, 10) }

// FirstKey names the first row of the batch, which is the only one of those that are taken by a key.
func (c *Claim) FirstKey() string { return c.rows[0].Key }

// IDs are the rows that have no fate yet.
func (c *Claim) IDs() []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []int64
	for _, r := range c.rows {
		if !c.finished[r.Key] && c.failures[r.Key] == nil {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// Finish is the compare-and-set of a row, in the transaction that does its work: false means that the row is another run's
// by now. The row counts as done once the transaction is committed.
func (c *Claim) Finish(ctx context.Context, tx *ledger.Tx, key string) (bool, error) {
	won, err := tx.Work.Finished(ctx, ledger.Step(c.step), c.holder, key)
	if won && err == nil {
		tx.Then(func() { c.done(key) })
	}
	return won, err
}

// finishAll is finish for rows that stand or fall together; it returns those that are still this run's.
func (c *Claim) finishAll(ctx context.Context, tx *ledger.Tx, ids []int64) ([]int64, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = Key(id)
	}
	won, err := tx.Work.FinishedAll(ctx, ledger.Step(c.step), c.holder, keys)
	if err != nil {
		return nil, err
	}
	tx.Then(func() { c.done(won...) })
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !slices.Contains(won, Key(id)) }), nil
}

func (c *Claim) done(keys ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range keys {
		c.finished[k] = true
	}
}

// Fail notes why a row is not done. The first reason stands.
func (c *Claim) Fail(id int64, err error) { c.failKey(Key(id), err) }

func (c *Claim) failKey(key string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && c.failures[key] == nil && !c.finished[key] {
		c.failures[key] = err
	}
}

// left are the rows without a fate.
func (c *Claim) left() (keys []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.rows {
		if !c.finished[r.Key] && c.failures[r.Key] == nil {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// usualLease is how long rows stay in the hand of a run that says nothing more: another machine takes them then. A run says
// every third of it that it is still there.
const usualLease = 48 * time.Second

// worker takes rows in hand, lets their step do its work, and notes what became of each.
type worker struct{ job *Job }

// turn takes a batch of a stage in hand, works on it, and notes what became of each row.
//
// It says how many rows have another state now than before: where nothing moved, looking again at once would find the same.
func (j worker) turn(ctx context.Context, s stage) (moved int) {
	if s.computes {
		j.job.engine.floor.RLock()
	}
	h, err := j.take(ctx, s, false)
	if err == nil && h != nil {
		j.job.engine.another(s, len(h.rows))
		j.workOff(ctx, s, h)
	}
	if s.computes {
		j.job.engine.floor.RUnlock()
	}
	if err == nil && h == nil {
		h, err = j.turnAlone(ctx, s)
	}
	if err != nil {
		j.job.ledgerFailed(ctx, s.step, err)
		return 0
	}
	if h == nil {
		return 0
	}
	return len(h.rows) - len(h.left())
}

// turnAlone works on one row that was in hand when a process died, after all others.
func (j worker) turnAlone(ctx context.Context, s stage) (*Claim, error) {
	some := false
	if err := j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		some, err = tx.Work.AnyAlone(ctx, ledger.Step(s.step), j.job.Now())
		return err
	}); err != nil || !some {
		return nil, err
	}
	if s.computes {
		j.job.engine.floor.Lock()
		defer j.job.engine.floor.Unlock()
	}
	h, err := j.take(ctx, s, true)
	if err == nil && h != nil {
		j.workOff(ctx, s, h)
	}
	return h, err
}

// take takes rows in hand in a transaction of their own, before any of their bytes are read; nil when none is due.
func (j worker) take(ctx context.Context, s stage, alone bool) (*Claim, error) {
	var rows []ledger.Claim
	now := j.job.Now()
	if !alone {
		any := false
		if err := j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
			any, err = tx.Work.AnyFree(ctx, ledger.Step(s.step), now)
			return err
		}); err != nil || !any {
			return nil, err
		}
	}
	err := j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		rows, err = tx.Work.Claim(ctx, ledger.ClaimRequest{Step: ledger.Step(s.step), Holder: j.job.holder, Now: now, Until: now.Add(j.job.o.Lease), Most: s.most, Bytes: s.bytes, Alone: alone})
		Crash("take.before-commit")
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	Crash("take.after-commit")
	h := newClaim(s.step, j.job.holder, rows)
	j.job.claims.add(h)
	return h, nil
}

// workOff does the work of a batch, and notes in one transaction whatever failed or was not tried.
func (j worker) workOff(ctx context.Context, s stage, h *Claim) {
	began := j.job.Now()
	err := ledger.Guarded(func() error { return s.do(ctx, h) })
	left := h.left()
	if len(left) > 1 && j.isNobodys(err) {
		j.job.o.Log.Error("a batch failed for a reason that names none of its rows; each is tried alone", "step", s.step, "rows", len(left), "error", wordsOf(err), "trace", traceOf(err))
		err = &togetherError{err}
	}
	for _, key := range left {
		h.failKey(key, err)
	}
	if lost := h.ledgerFailure(); lost != nil {
		j.job.ledgerFailed(ctx, s.step, lost)
	} else {
		j.job.ledgerWorks(ctx)
	}
	j.job.o.Log.Debug("a batch was worked on", "step", s.step, "rows", len(h.rows), "failures", len(h.failures), "took", j.job.Now().Sub(began))
	if err := j.noteFates(context.WithoutCancel(ctx), h); err != nil {
		j.job.claims.unnoted(h)
		j.job.ledgerFailed(ctx, s.step, err)
		return // it stays in hand, and noting is tried again
	}
	j.job.claims.remove(h)
}

// ledgerFailure is how the ledger failed a row of the batch; nil where it failed none.
func (c *Claim) ledgerFailure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, err := range c.failures {
		var trouble *ledger.Error
		if errors.As(err, &trouble) {
			return err
		}
	}
	return nil
}

// noteLate notes the fates that the ledger could not take when they were known.
func (j worker) noteLate(ctx context.Context) error {
	for _, h := range j.job.claims.waiting() {
		if err := j.noteFates(ctx, h); err != nil {
			return err
		}
		j.job.claims.remove(h)
	}
	return nil
}

// noteFates notes the rows that failed, and gives back those that were not tried.
func (j worker) noteFates(ctx context.Context, h *Claim) error {
	left := h.left()
	if len(left) == 0 && len(h.failures) == 0 {
		return nil
	}
	now := j.job.Now()
	return j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		var failures []ledger.Failure
		for _, r := range h.rows {
			err := h.failures[r.Key]
			if err == nil {
				continue
			}
			if errors.Is(err, context.Canceled) || errors.Is(err, errGivenBack) {
				left = append(left, r.Key) // the job is asked to stop: the row is none the worse
				continue
			}
			failures = append(failures, j.failureOf(now, h, r, err))
		}
		if err := tx.Work.Release(ctx, ledger.Step(h.step), h.holder, left); err != nil {
			return err
		}
		aside, err := tx.Attempts.MarkFailed(ctx, ledger.Step(h.step), h.holder, now, failures...)
		if err != nil {
			return err
		}
		if err := j.job.rooms.SetAside(ctx, tx, now, aside); err != nil {
			return err
		}
		return nil
	})
}

// latePatience is how long a row waits that was given up at its deadline: it is tried again when the others are done.
const latePatience = 30 * time.Second

// How long a row waits after a failure of its own.
func ownPatience(faults int) time.Duration {
	waits := []time.Duration{time.Minute, 4 * time.Minute, 15 * time.Minute, 45 * time.Minute}
	return waits[min(faults, len(waits)-1)]
}

// failureOf says whose fault a failure was, and when the row is tried again.
func (j worker) failureOf(now time.Time, h *Claim, r ledger.Claim, err error) ledger.Failure {
	f := ledger.Failure{Key: r.Key, Words: wordsOf(err)}
	var late *lateError
	var defect *ledger.PanicError
	var together *togetherError
	place, until := j.job.outages.blame(err)
	switch {
	case errors.As(err, &together):
		f.Died, f.RetryAt = true, now
		return f
	case place != "":
		f.WaitsFor, f.RetryAt = place, until
		if until.IsZero() {
			f.RetryAt = now.Add(ledgerPatience)
		}
		return f
	case errors.As(err, &late):
		f.Died, f.RetryAt = true, now.Add(latePatience)
	default:
		f.RetryAt = now.Add(ownPatience(r.Faults))
	}
	if errors.As(err, &defect) {
		j.job.o.Log.Error("a defect stopped a row", "step", h.step, "row", r.Key, "panic", fmt.Sprint(defect.Value), "trace", defect.Trace)
	}
	j.job.NoteTrouble(&RowError{Step: h.step, Row: r.Key, Err: err})
	j.job.o.Log.Warn("a row failed and is tried again", "step", h.step, "row", r.Key, "failures", r.Faults+1, "again_at", f.RetryAt.UTC().Format(time.RFC3339), "error", f.Words)
	return f
}

// togetherError is the failure of a batch of which nobody knows which row is at fault: a defect, or what could not be read
// with the others.
type togetherError struct{ err error }

// Error is the failure's own words.
func (e *togetherError) Error() string { return e.err.Error() }

// Unwrap is the failure.
func (e *togetherError) Unwrap() error { return e.err }

// isNobodys reports whether the error of a whole batch says neither which row nor what around the job is at fault.
func (j worker) isNobodys(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	place, _ := j.job.outages.blame(err)
	return place == ""
}

// traceOf is where a defect lies; "" when the error is none.
func traceOf(err error) string {
	var defect *ledger.PanicError
	if errors.As(err, &defect) {
		return defect.Trace
	}
	return ""
}

// RowError is the failure of one row of a step, by the row's own fault.
type RowError struct {
	Step Step
	Row  string
	Err  error
}

// Error names the row as ledger status and retry do.
func (e *RowError) Error() string { return fmt.Sprintf("%s %s: %v", e.Step, e.Row, e.Err) }

// Unwrap is the cause.
func (e *RowError) Unwrap() error { return e.Err }

// wordsOf is an error on one line and not much of it.
func wordsOf(err error) string {
	const most = 400
	r := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(err.Error(), "\uFFFD")), " "))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}

// claims are the batches that this process has in hand, those included whose fates could not be noted yet.
type claims struct {
	mu  sync.Mutex
	all map[*Claim]bool
}

func (a *claims) add(h *Claim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[*Claim]bool{}
	}
	a.all[h] = false
}

func (a *claims) remove(h *Claim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.all, h)
}

// unnoted marks a batch whose fates the ledger does not know yet.
func (a *claims) unnoted(h *Claim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all[h] = true
}

func (a *claims) waiting() (some []*Claim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for h, unnoted := range a.all {
		if unnoted {
			some = append(some, h)
		}
	}
	return some
}

func (a *claims) none() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.all) == 0
}

// Claim does something under an attempt of its own, called by a key: nothing where its time to be tried again has not come,
// or another run has it. Its own failures are noted; the error is the ledger's.
func (j *Job) Claim(ctx context.Context, step Step, key string, limit time.Duration, do func(h *Claim) error) error {
	now := j.Now()
	var rows []ledger.Claim
	err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		together, alone, err := tx.Work.FreeKeys(ctx, ledger.Step(step), now, []string{key})
		if err != nil {
			return err
		}
		rows, err = tx.Work.ClaimKeys(ctx, ledger.ClaimRequest{Step: ledger.Step(step), Holder: j.holder, Now: now, Until: now.Add(j.o.Lease)}, append(together, alone...))
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	h := newClaim(step, j.holder, rows)
	j.claims.add(h)
	Crash(string(step) + ".in-hand")
	s := stage{step: step, do: func(context.Context, *Claim) error {
		_, err := Within(ctx, string(step)+" "+key, limit, func(context.Context) (struct{}, error) { return struct{}{}, do(h) })
		if err != nil || len(h.left()) == 0 {
			return err
		}
		// There was nothing to do: whatever failed here before is over.
		return j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
			_, err := h.Finish(ctx, tx, key)
			return err
		})
	}}
	worker{j}.workOff(ctx, s, h)
	if err := h.failures[key]; err != nil && IsLedgerError(err) {
		return err
	}
	return nil
}
