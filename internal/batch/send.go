package batch

import (
	"context"
	"errors"
	"time"

	"handrail/internal/ledger"
	"handrail/notify"
)

// deliverer is the send step.
type deliverer struct{ job *Job }

// send delivers outgoing mails, one after the other. Each is committed as sending before the server sees a byte of it.
// The commit that notes what became of one mail also begins the next, so that a mail costs one commit and the fate
// of at most one is unknown when the process dies. A mail has the mail server's own time limits and no other.
func (j deliverer) send(ctx context.Context, h *Claim) error {
	if closed := j.job.outages.closed(smtpOutage, j.smtpSecret(ctx)); closed != nil {
		return closed
	}
	if j.job.outages.isKnown(smtpOutage) {
		j.job.o.Sender.BeginRun()
	}
	_, largest := h.bytesOf()
	room, err := j.job.MailMemory().Reserve(ctx, largest*perSentByte)
	if err != nil {
		return err
	}
	defer room.Release()
	var ended *sentMail
	for _, id := range h.IDs() {
		if ctx.Err() != nil {
			break // the rest is given back
		}
		mail, ok, err := j.nextMail(ctx, h, ended, id)
		if err != nil {
			return err
		}
		ended = nil
		if !ok {
			continue
		}
		CrashFor("send.before-data", Key(id))
		fate := j.job.o.Sender.Send(ctx, notify.Outgoing{From: j.sendsAs(mail.Inbox), To: mail.Recipient, Raw: mail.Raw, Attempt: mail.Attempts - 1})
		Crash("send.after-data")
		ended = &sentMail{mail: mail, fate: fate}
		if ended.outage = j.noteFate(ctx, fate); ended.outage != nil {
			break // a server that cannot be reached is not asked twenty times
		}
	}
	if _, _, err := j.nextMail(ctx, h, ended, 0); err != nil {
		return err
	}
	if ended != nil && ended.outage != nil {
		return ended.outage
	}
	return nil
}

// sentMail is a mail with what became of it.
type sentMail struct {
	mail   ledger.Outgoing
	fate   notify.Fate
	outage *OutageError // it was the server that failed
}

func (j deliverer) smtpSecret(ctx context.Context) func() string {
	return func() string { return j.job.o.Sender.LoginSecret(ctx) }
}

// nextMail settles what became of a mail and begins the one called id, if it is still to be sent; id 0 begins none.
func (j deliverer) nextMail(ctx context.Context, h *Claim, ended *sentMail, id int64) (mail ledger.Outgoing, ok bool, err error) {
	if ended == nil && id == 0 {
		return mail, false, nil
	}
	// What happened on the wire is noted even when the job is asked to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	now := j.job.Now()
	err = j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if ended != nil {
			if err := j.settle(ctx, tx, now, h, ended); err != nil {
				return err
			}
		}
		if id == 0 {
			Crash("send.before-commit-of-fate")
			return nil
		}
		mine, err := tx.Outbox.StartSending(ctx, now, h.holder, []int64{id})
		Crash("send.before-commit")
		if err != nil || len(mine) == 0 {
			return err
		}
		mail, ok = mine[0], true
		return nil
	})
	Crash("send.after-commit")
	return mail, ok && err == nil, err
}

// settle notes what became of a mail. One that met a failing server stays in hand: it failed by no fault of its own.
func (j deliverer) settle(ctx context.Context, tx *ledger.Tx, now time.Time, h *Claim, ended *sentMail) error {
	f := j.fateOf(ended.mail, ended.fate)
	if ended.outage != nil && f.State == ledger.Deferred {
		f.State, f.NextAt = ledger.Ready, now // it is due as soon as the server works
	}
	changed, err := tx.Outbox.Settle(ctx, now, f)
	if err != nil {
		return err
	}
	if ended.outage != nil && f.State == ledger.Ready {
		return nil
	}
	if _, err := h.Finish(ctx, tx, Key(ended.mail.ID)); err != nil {
		return err
	}
	tx.Then(func() { j.logFate(&ended.mail, f) })
	if f.State == ledger.Accepted {
		tx.Then(func() { j.job.Count(Send, 1) })
	}
	if f.State == ledger.Refused && changed > 0 {
		return j.refused(ctx, tx, now, ended.mail, f)
	}
	if f.Keep {
		return j.job.Wake(ctx, tx, Keep)
	}
	return nil
}

// refused lets the rooms do what follows a refusal. Where they cannot, the refusal stands all the same: a mail whose fate is not
// noted would be sent again.
func (j deliverer) refused(ctx context.Context, tx *ledger.Tx, now time.Time, mail ledger.Outgoing, f ledger.Fate) error {
	mail.State, mail.Words, mail.Refusal = f.State, f.Words, f.Refusal
	err := tx.Alone(ctx, func() error { return j.job.rooms.Refused(ctx, tx, now, &mail) })
	if err == nil || IsLedgerError(err) {
		return err
	}
	j.job.NoteTrouble(&RowError{Step: Send, Row: Key(mail.ID), Err: err})
	j.job.o.Log.Error("what follows a refused mail could not be done; handrail ledger status names the mail", "mail", mail.ID, "error", wordsOf(err))
	return nil
}

func (j deliverer) fateOf(mail ledger.Outgoing, fate notify.Fate) ledger.Fate {
	f := ledger.Fate{ID: mail.ID, Attempt: mail.Attempts, Words: fate.Words, NextAt: j.job.Now().Add(fate.RetryAfter), Keep: copier(j).wantsCopy(mail, fate)}
	switch fate.State {
	case notify.Accepted:
		f.State = ledger.Accepted
	case notify.Refused:
		f.State, f.Refusal = ledger.Refused, ledger.Refusal(fate.Refusal)
	case notify.Unknown:
		f.State = ledger.Unknown
	default:
		f.State = ledger.Deferred
		if !fate.Attempted {
			f.State = ledger.Ready
		}
	}
	return f
}

// logFate is the one line that the log has of what became of a mail.
func (j deliverer) logFate(mail *ledger.Outgoing, f ledger.Fate) {
	words := []any{"mail", mail.ID, "kind", mail.Kind, "to", j.job.rooms.Role(mail.Kind, mail.Recipient), "state", f.State, "attempt", f.Attempt}
	if mail.Submission != 0 {
		words = append(words, "submission", mail.Submission)
	}
	switch f.State {
	case ledger.Accepted:
		j.job.o.Log.Info("a mail was sent", words...)
	case ledger.Refused:
		j.job.o.Log.Warn("the mail server refused a mail for good", append(words, "error", f.Words)...)
	default:
		j.job.o.Log.Info("a mail is tried again", append(words, "again_at", f.NextAt.UTC().Format(time.RFC3339), "error", f.Words)...)
	}
}

// noteFate notes when it was the server that failed and not the mail.
func (j deliverer) noteFate(ctx context.Context, fate notify.Fate) *OutageError {
	j.job.sendings.note(j.job.Now(), fate.State == notify.Accepted)
	var server *notify.ServerError
	switch {
	case errors.As(fate.Err, &server) && ctx.Err() == nil:
		return j.job.outages.failed(ctx, smtpOutage, j.smtpSecret(ctx), fate.Err)
	case fate.Err != nil:
		j.job.NoteTrouble(fate.Err)
	case fate.State == notify.Accepted:
		j.job.outages.works(ctx, smtpOutage)
	}
	return nil
}

// sendsAs is the envelope sender of an inbox's mails: bounces come back to the inbox itself.
func (j deliverer) sendsAs(name string) string {
	if box := j.job.inboxes[name]; box != nil && box.Config.Address != "" {
		return box.Config.Address
	}
	return j.job.o.From
}
