package incoming

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// Judge decides received messages. They are taken apart side by side and outside any lock; then one transaction under
// the decider's lock numbers, adds up, judges, records and chains all of them, each for itself, and leaves what must be
// answered.
func (p *Processor) Judge(ctx context.Context, h *batch.Claim) error {
	for r := newReader(p, h); ; {
		again, err := p.judgeUnder(ctx, h, r)
		if !again || err != nil && !errors.Is(err, errOtherText) {
			return err
		}
	}
}

// errOtherText says that another policy came into force between reading the messages and deciding.
var errOtherText = errors.New("another policy is in force")

// judgeUnder reads as many messages as there is memory for, one at least, and decides them under the policies that are in
// force, or errs with errOtherText. again: some are not read yet.
func (p *Processor) judgeUnder(ctx context.Context, h *batch.Claim, r *reader) (again bool, err error) {
	var messages []ledger.Message
	var codes map[int64][]string
	var force *department.InForce
	err = p.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		ids := h.IDs()
		if messages, err = tx.Messages.Waiting(ctx, ids); err != nil || len(messages) == 0 {
			return err
		}
		if codes, err = tx.Messages.Codes(ctx, ids); err != nil {
			return err
		}
		force, err = p.dept.InForce(ctx, tx)
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
	now := p.engine.Now()
	err = p.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		if latest, err := p.dept.InForce(ctx, tx); err != nil || latest != force {
			return cmp.Or(err, errOtherText)
		}
		open := map[string]bool{} // codes about which an earlier mail is not decided
		for i, m := range messages {
			if slices.ContainsFunc(codes[m.ID], func(c string) bool { return open[c] }) {
				continue // it waits for the earlier one
			}
			heard := all[i]
			if heard != nil {
				heard.InForce = force
				err := tx.Alone(ctx, func() error { return p.judgeOne(ctx, tx, now, h, heard) })
				if batch.IsLedgerError(err) {
					return err
				}
				if err == nil {
					continue
				}
				h.Fail(m.ID, err)
			}
			for _, c := range codes[m.ID] {
				open[c] = true
			}
		}
		batch.Crash("judge.before-commit")
		return nil
	})
	batch.Crash("judge.after-commit")
	if errors.Is(err, errOtherText) {
		again = true
		r.forget()
	}
	return again, err
}

// judgeOne decides one message, in the decider's transaction.
func (p *Processor) judgeOne(ctx context.Context, tx *ledger.Tx, now time.Time, in *batch.Claim, h *Message) error {
	if mine, err := in.Finish(ctx, tx, batch.Key(h.Row.ID)); err != nil || !mine {
		return err
	}
	if won, err := tx.Messages.Judge(ctx, now, h.Verdict); err != nil || !won {
		return err // somebody else judged it
	}
	batch.Crash("judge.one")
	owed, err := p.decide(ctx, tx, now, h)
	if err == nil {
		owed, err = p.limitReplies(ctx, tx, now, h, owed)
	}
	if err != nil {
		return fmt.Errorf("message %d: %w", h.Row.ID, err)
	}
	if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
		return err
	}
	tx.Then(func() {
		p.engine.Count(batch.Judge, 1)
		p.logJudged(h)
	})
	return p.engine.Wake(ctx, tx, batch.Answer, batch.File)
}

// logJudged says what became of a message: of one that is in quarantine always, of others on request. What a request brought, its
// room says.
func (p *Processor) logJudged(h *Message) {
	words := []any{"message", h.Row.ID, "inbox", h.Row.Box.Inbox, "kind", h.Verdict.Kind}
	if h.Verdict.Quarantine {
		p.log.Info("a message is in quarantine", append(words, "reason", h.Verdict.Reason)...)
		return
	}
	p.log.Debug("a message was judged", words...)
}

// decide records what a message that was just judged brings, and says what is owed for it.
func (p *Processor) decide(ctx context.Context, tx *ledger.Tx, now time.Time, h *Message) ([]ledger.OutboxEntry, error) {
	owed := h.Owed
	if h.bounced != nil {
		if err := p.bounced(ctx, tx, now, h); err != nil {
			return nil, err
		}
	}
	if h.Answer != nil {
		more, err := h.Answer.Decide(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		batch.Crash("judge.officers-answer")
		owed = append(owed, more...)
	}
	if h.cut != nil {
		// From this transaction on no full card number is in the ledger.
		if err := tx.Documents.ReplaceBytes(ctx, h.Row.SHA256, h.cut); err != nil {
			return nil, err
		}
		batch.Crash("judge.card-cut")
	}
	if h.Statement != nil {
		more, err := h.Statement.Decide(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	var requests []ledger.OutboxEntry
	for _, r := range h.Requests {
		more, err := r.Decide(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		requests = append(requests, more...)
	}
	owed = append(owed, outbox.JoinEscalations(h.Row.ID, requests)...)
	if len(h.Requests) > 0 && len(h.Mail.InReplyTo) > 0 {
		more, err := p.answers.PassOn(ctx, tx, now, h)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	return owed, nil
}
