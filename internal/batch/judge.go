package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"handrail/internal/ledger"
)

// judge decides received messages. They are taken apart side by side and outside any lock; then one transaction under
// the decider's lock numbers, adds up, judges, records and chains all of them, each for itself, and leaves what must be
// answered.
func (j *Job) judge(ctx context.Context, h *hand) error {
	for {
		err := j.judgeUnder(ctx, h)
		if !errors.Is(err, errOtherText) {
			return err
		}
	}
}

// errOtherText says that another policy came into force between reading the messages and deciding.
var errOtherText = errors.New("another policy is in force")

// judgeUnder reads and decides under the policies that are in force, or errs with errOtherText.
func (j *Job) judgeUnder(ctx context.Context, h *hand) error {
	var messages []ledger.Message
	var codes map[int64][]string
	var force *inForce
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		ids := h.ids()
		if messages, err = tx.MessagesToJudge(ctx, ids); err != nil || len(messages) == 0 {
			return err
		}
		if codes, err = tx.CodesOf(ctx, ids); err != nil {
			return err
		}
		force, err = j.judgedBy(ctx, tx)
		return err
	})
	if err != nil || len(messages) == 0 {
		return err
	}
	all := j.hearAll(ctx, h, messages)
	now := j.now()
	err = j.o.Ledger.Decide(ctx, func(tx *ledger.Tx) error {
		if latest, err := j.judgedBy(ctx, tx); err != nil || latest != force {
			return cmp.Or(err, errOtherText)
		}
		open := map[string]bool{} // codes about which an earlier mail is not decided
		for i, m := range messages {
			if slices.ContainsFunc(codes[m.ID], func(c string) bool { return open[c] }) {
				continue // it waits for the earlier one
			}
			heard := all[i]
			if heard != nil {
				heard.force = force
				err := tx.Alone(ctx, func() error { return j.judgeOne(ctx, tx, now, h, heard) })
				if isLedger(err) {
					return err
				}
				if err == nil {
					continue
				}
				h.fail(m.ID, err)
			}
			for _, c := range codes[m.ID] {
				open[c] = true
			}
		}
		crash("judge.before-commit")
		return nil
	})
	crash("judge.after-commit")
	if err == nil {
		j.keepOpen(all)
	}
	return err
}

// isLedger reports whether it was the ledger that failed, and not what was written.
func isLedger(err error) bool {
	var trouble *ledger.Error
	return errors.As(err, &trouble) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// judgeOne decides one message, in the decider's transaction.
func (j *Job) judgeOne(ctx context.Context, tx *ledger.Tx, now time.Time, in *hand, h *heard) error {
	if mine, err := in.finish(ctx, tx, keyOf(h.message.ID)); err != nil || !mine {
		return err
	}
	if won, err := tx.JudgeMessage(ctx, now, h.verdict); err != nil || !won {
		return err // somebody else judged it
	}
	crash("judge.one")
	owed, err := j.decide(ctx, tx, now, h)
	if err == nil {
		owed, err = j.ration(ctx, tx, now, h, owed)
	}
	if err != nil {
		return fmt.Errorf("message %d: %w", h.message.ID, err)
	}
	if _, err := tx.Owe(ctx, dueAt(owed, now)...); err != nil {
		return err
	}
	tx.Then(func() { j.report.add(Judge, 1) })
	return j.wake.wake(ctx, tx, Answer, File)
}

// keepOpen keeps the workbooks for their answers, which usually come next.
func (j *Job) keepOpen(all []*heard) {
	for _, h := range all {
		if h == nil {
			continue
		}
		for _, r := range h.requests {
			j.opened.put(r.digest, r.book)
		}
	}
}

// dueAt gives owed answers their instant where they have none.
func dueAt(owed []ledger.Owed, now time.Time) []ledger.Owed {
	for i := range owed {
		if owed[i].DueAt.IsZero() {
			owed[i].DueAt = now
		}
	}
	return owed
}

// hearAll takes messages apart side by side. The result has nil for a message that could not be: the hand says why.
func (j *Job) hearAll(ctx context.Context, in *hand, messages []ledger.Message) []*heard {
	all := make([]*heard, len(messages))
	work := make(chan int)
	var wait sync.WaitGroup
	for range min(j.workers(), len(messages)) {
		wait.Go(func() {
			for i := range work {
				m := messages[i]
				h, err := within(ctx, "reading the message", j.o.MessageDeadline, func(ctx context.Context) (*heard, error) {
					crashFor("hear.message", keyOf(m.ID))
					return j.hear(ctx, m)
				})
				if err != nil {
					in.fail(m.ID, err)
					continue
				}
				all[i] = h
			}
		})
	}
	for i := range messages {
		work <- i
	}
	close(work)
	wait.Wait()
	return all
}

// messageDeadline is how long reading one message usually may take.
const messageDeadline = 30 * time.Second

// decide records what a message that was just judged brings, and says what is owed for it.
func (j *Job) decide(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard) ([]ledger.Owed, error) {
	owed := h.owed
	for messageID, words := range h.bounced {
		more, err := j.cameBack(ctx, tx, now, h, messageID, words)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	if h.answer != nil {
		more, err := j.decideAnswer(ctx, tx, now, h)
		if err != nil {
			return nil, err
		}
		crash("judge.officers-answer")
		owed = append(owed, more...)
	}
	more, err := j.decideStatement(ctx, tx, now, h)
	if err != nil {
		return nil, err
	}
	owed = append(owed, more...)
	for i := range h.requests {
		more, err := j.decideRequest(ctx, tx, now, h, &h.requests[i])
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	if len(h.requests) > 0 && len(h.mail.InReplyTo) > 0 {
		more, err := j.passAside(ctx, tx, now, h)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	return owed, nil
}
