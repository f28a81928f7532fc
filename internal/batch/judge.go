package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// judge decides received messages. They are taken apart side by side and outside any lock; then one transaction under
// the decider's lock numbers, adds up, judges, records and chains all of them, and leaves what must be answered.
func (j *Job) judge(ctx context.Context, ids []int64) error {
	for {
		err := j.judgeUnder(ctx, ids)
		if !errors.Is(err, errOtherText) {
			return err
		}
	}
}

// errOtherText says that another policy came into force between reading the messages and deciding.
var errOtherText = errors.New("another policy is in force")

// judgeUnder reads and decides under the policies that are in force, or errs with errOtherText.
func (j *Job) judgeUnder(ctx context.Context, ids []int64) error {
	var messages []ledger.Message
	var force *inForce
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if messages, err = tx.MessagesToJudge(ctx, ids); err != nil || len(messages) == 0 {
			return err
		}
		force, err = j.judgedBy(ctx, tx)
		return err
	})
	if err != nil || len(messages) == 0 {
		return err
	}
	all, err := j.hearAll(ctx, messages)
	if err != nil {
		return err
	}
	for _, h := range all {
		h.force = force
	}
	now := j.now()
	judged := 0
	err = j.o.Ledger.Decide(ctx, func(tx *ledger.Tx) error {
		if latest, err := j.judgedBy(ctx, tx); err != nil || latest != force {
			return cmp.Or(err, errOtherText)
		}
		judged = 0
		var toFile, toAnswer []int64
		for _, h := range all {
			won, err := tx.JudgeMessage(ctx, now, h.verdict)
			if err != nil {
				return err
			}
			if !won {
				continue // somebody else judged it
			}
			judged++
			toFile = append(toFile, h.message.ID)
			owed, err := j.decide(ctx, tx, now, h)
			if err == nil {
				owed, err = j.ration(ctx, tx, now, h, owed)
			}
			if err != nil {
				return fmt.Errorf("message %d: %w", h.message.ID, err)
			}
			fresh, err := tx.Owe(ctx, dueAt(owed, now)...)
			if err != nil {
				return err
			}
			toAnswer = append(toAnswer, fresh...)
		}
		if err := j.wake.wake(ctx, tx, Answer, toAnswer); err != nil {
			return err
		}
		if err := j.wake.wake(ctx, tx, File, toFile); err != nil {
			return err
		}
		crash("judge.before-commit")
		return nil
	})
	crash("judge.after-commit")
	if err == nil {
		j.report.add(Judge, judged)
		j.keepOpen(all)
	}
	return err
}

// keepOpen keeps the workbooks for their answers, which usually come next.
func (j *Job) keepOpen(all []*heard) {
	for _, h := range all {
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

func (j *Job) hearAll(ctx context.Context, messages []ledger.Message) ([]*heard, error) {
	all, errs := make([]*heard, len(messages)), make([]error, len(messages))
	work := make(chan int)
	var wait sync.WaitGroup
	for range min(j.workers(), len(messages)) {
		wait.Go(func() {
			for i := range work {
				all[i], errs[i] = j.hearSafely(ctx, messages[i])
			}
		})
	}
	for i := range messages {
		work <- i
	}
	close(work)
	wait.Wait()
	return all, errors.Join(errs...)
}

// hearSafely turns a defect of ours into a quarantined message: one bad message never stops a run, and none is lost.
func (j *Job) hearSafely(ctx context.Context, m ledger.Message) (h *heard, err error) {
	defer func() {
		if defect := recover(); defect != nil {
			j.o.Log.Error("a message could not be taken apart: a defect", "message", m.ID, "panic", fmt.Sprint(defect))
			err, h = nil, &heard{message: m, box: j.inboxes[m.Box.Inbox], verdict: ledger.MessageVerdict{ID: m.ID, Kind: "other"}}
			h.quarantine("defect")
			h.alert(j, "defect", request.Text{
				EN: "Handrail could not read a message because of a defect of its own. The message is kept; please report this to the people who maintain Handrail.",
				FR: "Handrail n’a pas pu lire un message en raison d’un défaut du programme. Le message est conservé; veuillez le signaler aux responsables de Handrail."}, "")
		}
	}()
	return j.hear(ctx, m)
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
