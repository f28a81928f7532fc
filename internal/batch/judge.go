package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"handrail/internal/ledger"
)

// judge decides received messages. They are taken apart side by side and outside any lock; then one transaction under
// the decider's lock numbers, adds up, judges, records and chains all of them, each for itself, and leaves what must be
// answered.
func (j *Job) judge(ctx context.Context, h *hand) error {
	for r := newIntake(j, h); ; {
		again, err := j.judgeUnder(ctx, h, r)
		if !again || err != nil && !errors.Is(err, errOtherText) {
			return err
		}
	}
}

// errOtherText says that another policy came into force between reading the messages and deciding.
var errOtherText = errors.New("another policy is in force")

// judgeUnder reads as many messages as there is memory for, one at least, and decides them under the policies that are in
// force, or errs with errOtherText. again: some are not read yet.
func (j *Job) judgeUnder(ctx context.Context, h *hand, r *intake) (again bool, err error) {
	var messages []ledger.Message
	var codes map[int64][]string
	var force *inForce
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		ids := h.ids()
		if messages, err = tx.MessagesWaiting(ctx, ids); err != nil || len(messages) == 0 {
			return err
		}
		if codes, err = tx.CodesOf(ctx, ids); err != nil {
			return err
		}
		force, err = j.judgedBy(ctx, tx)
		return err
	})
	if err != nil || len(messages) == 0 {
		return false, err
	}
	all, again, err := r.read(ctx, messages)
	defer r.release()
	if err != nil {
		return false, err
	}
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
	if errors.Is(err, errOtherText) {
		again = true
		r.forget()
	}
	return again, err
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
	tx.Then(func() { j.count(Judge, 1) })
	return j.wakeUp(ctx, tx, Answer, File)
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
		more, err := h.answer.decide(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		crash("judge.officers-answer")
		owed = append(owed, more...)
	}
	if h.cut != nil {
		// From this transaction on no full card number is in the ledger.
		if err := tx.ReplaceBytes(ctx, h.message.SHA256, h.cut); err != nil {
			return nil, err
		}
		crash("judge.card-cut")
	}
	if h.statement != nil {
		more, err := h.statement.decide(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	for _, r := range h.requests {
		more, err := r.decide(ctx, tx, now)
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
