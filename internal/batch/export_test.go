package batch

import (
	"context"
	"errors"
	"time"

	"handrail/internal/ledger"
)

// What the tests of the whole job ask of the engine beside what everybody may.

type (
	Stage     = stage
	Committer = committer
)

const (
	UsualLease   = usualLease
	SweepEvery   = sweepEvery
	LedgerOutage = ledgerOutage
)

var (
	ErrNothingGiven = errNothingGiven
	IMAPOutage      = imapOutage
	NewMemory       = newMemory
)

func (j *Job) O() *Options { return &j.o }

func (j *Job) Collect(ctx context.Context, inbox string) error {
	return collector{j}.collect(ctx, inbox)
}

func (j *Job) Begin(ctx context.Context, again bool) error { return j.begin(ctx, again) }

func (j *Job) Sweep(ctx context.Context) (time.Time, error) { return j.sweep(ctx) }

func (j *Job) FreeTheDead(ctx context.Context, again bool) error { return j.freeTheDead(ctx, again) }

func (j *Job) BeginOutages(ctx context.Context, again bool) error { return j.outages.begin(ctx, again) }

func (j *Job) OutageIsKnown(name string) bool { return j.outages.isKnown(name) }

func (j *Job) NoteError(ctx context.Context, step Step, err error) { j.noteError(ctx, step, err) }

func (j *Job) LedgerFailed(ctx context.Context, step Step, err error) { j.ledgerFailed(ctx, step, err) }

func (j *Job) TakeTroubles() []error { return j.troubles.take() }

func (j *Job) TakeCounts() map[Step]int { return j.counts.take() }

func (j *Job) Weekly(ctx context.Context) error {
	_, err := j.rooms.Weekly(ctx)
	return err
}

// Stages are the steps whose rows stand in tables.
func (j *Job) Stages() (all []Stage) {
	for _, s := range j.stages() {
		if s.do != nil {
			all = append(all, s)
		}
	}
	return all
}

func (j *Job) StageOf(step Step) Stage {
	for _, s := range j.Stages() {
		if s.step == step {
			return s
		}
	}
	return Stage{}
}

func (s stage) Step() Step { return s.step }

func (s stage) AtMost(n int) Stage {
	s.most = n
	return s
}

func (j *Job) Turn(ctx context.Context, s Stage) int { return worker{j}.turn(ctx, s) }

func (j *Job) Take(ctx context.Context, s Stage, alone bool) (*Claim, error) {
	return worker{j}.take(ctx, s, alone)
}

func (j *Job) WorkOff(ctx context.Context, s Stage, c *Claim) { worker{j}.workOff(ctx, s, c) }

func (j *Job) NoteFates(ctx context.Context, c *Claim) error { return worker{j}.noteFates(ctx, c) }

func (h *Claim) Step() Step { return h.step }

func (h *Claim) Rows() int { return len(h.rows) }

// SetWake makes another hear of what steps are woken.
func (j *Job) SetWake(wake func(context.Context, Committer, ...Step) error) { j.wake = wakeFunc(wake) }

type wakeFunc func(context.Context, Committer, ...Step) error

func (f wakeFunc) wake(ctx context.Context, tx committer, steps ...Step) error {
	return f(ctx, tx, steps...)
}

// JudgeThese takes messages in hand and judges them, and answers what went wrong.
func (j *Job) JudgeThese(ctx context.Context, ids ...int64) error {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = Key(id)
	}
	var rows []ledger.Claim
	if err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		rows, err = tx.Work.ClaimKeys(ctx, ledger.ClaimRequest{Step: ledger.JudgeStep, Holder: j.holder, Now: j.Now(), Until: j.Now().Add(j.o.Lease)}, keys)
		return err
	}); err != nil {
		return err
	}
	h := newClaim(Judge, j.holder, rows)
	err := j.rooms.Judge(ctx, h)
	for _, failed := range h.failures {
		err = errors.Join(err, failed)
	}
	return err
}

// Listening is how many inboxes wait for announcements on a connection of their own.
func (j *Job) Listening() (n int) {
	for _, box := range j.inboxes {
		if box.listens {
			n++
		}
	}
	return n
}

// UseMemory gives the job so many bytes of each kind.
func (j *Job) UseMemory(mails, books *Memory) { j.memory = memoryPools{mails, books} }

func (m *Memory) InHand() int64 { return m.inHand() }

const LastReconnect = lastReconnect

func (j *Job) ReconnectIn(lost int) time.Duration { return collector{j}.reconnectIn(lost) }

var IsDisplaced = isDisplaced

func (j *Job) TellWithoutLedger(ctx context.Context) { teller{j}.tellWithoutLedger(ctx) }

func (j *Job) LedgerWorks(ctx context.Context) { j.ledgerWorks(ctx) }
