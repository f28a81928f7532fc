package batch

import (
	"context"
	"errors"
	"time"

	"handrail/internal/ledger"
	"handrail/notify"
)

// send delivers outgoing mails, one after the other. Each is committed as sending before the server sees a byte of it.
// The commit that notes what became of one mail also begins the next, so that a mail costs one commit and at most one
// mail is of unknown fate when the process dies. A mail has the mail server's own time limits and no other.
func (j *Job) send(ctx context.Context, h *Claim) error {
	if closed := j.outages.closed(smtpOutage, j.smtpSecret(ctx)); closed != nil {
		return closed
	}
	if j.outages.isKnown(smtpOutage) {
		j.o.Sender.BeginRun()
	}
	_, largest := h.bytesOf()
	room, err := j.MailMemory().Reserve(ctx, largest*perSentByte)
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
		fate := j.o.Sender.Send(ctx, notify.Outgoing{From: j.sendsAs(mail.Inbox), To: mail.Recipient, Raw: mail.Raw, Attempt: mail.Attempts - 1})
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

func (j *Job) smtpSecret(ctx context.Context) func() string {
	return func() string { return j.o.Sender.LoginSecret(ctx) }
}

// nextMail settles what became of a mail and begins the one called id, if it is still to be sent; id 0 begins none.
func (j *Job) nextMail(ctx context.Context, h *Claim, ended *sentMail, id int64) (mail ledger.Outgoing, ok bool, err error) {
	if ended == nil && id == 0 {
		return mail, false, nil
	}
	// What happened on the wire is noted even when the job is asked to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	now := j.Now()
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if ended != nil {
			if err := j.settle(ctx, tx, now, h, ended); err != nil {
				return err
			}
		}
		if id == 0 {
			Crash("send.before-commit-of-fate")
			return nil
		}
		mine, err := tx.StartSending(ctx, now, h.holder, []int64{id})
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
func (j *Job) settle(ctx context.Context, tx *ledger.Tx, now time.Time, h *Claim, ended *sentMail) error {
	f := j.fateOf(ended.mail, ended.fate)
	if ended.outage != nil && f.State == ledger.Deferred {
		f.State, f.NextAt = ledger.Ready, now // it is due as soon as the server works
	}
	if _, err := tx.Settle(ctx, now, f); err != nil {
		return err
	}
	if ended.outage != nil && f.State == ledger.Ready {
		return nil
	}
	if _, err := h.Finish(ctx, tx, Key(ended.mail.ID)); err != nil {
		return err
	}
	if f.State == ledger.Accepted {
		tx.Then(func() { j.Count(Send, 1) })
	}
	if f.Keep {
		return j.Wake(ctx, tx, Keep)
	}
	return nil
}

func (j *Job) fateOf(mail ledger.Outgoing, fate notify.Fate) ledger.Fate {
	f := ledger.Fate{ID: mail.ID, Attempt: mail.Attempts, Words: fate.Words, NextAt: j.Now().Add(fate.RetryAfter), Keep: j.wantsCopy(mail, fate)}
	switch fate.State {
	case notify.Accepted:
		f.State = ledger.Accepted
	case notify.Refused:
		f.State = ledger.Refused
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

// noteFate tells the operator's log of a refusal, and notes when it was the server that failed and not the mail.
func (j *Job) noteFate(ctx context.Context, fate notify.Fate) *OutageError {
	if fate.State == notify.Refused {
		j.o.Log.Warn("the mail server refused a mail for good", "words", fate.Words)
	}
	var server *notify.ServerError
	switch {
	case errors.As(fate.Err, &server) && ctx.Err() == nil:
		return j.outages.failed(ctx, smtpOutage, j.smtpSecret(ctx), fate.Err)
	case fate.Err != nil:
		j.NoteTrouble(fate.Err)
	case fate.State == notify.Accepted:
		j.outages.works(ctx, smtpOutage)
	}
	return nil
}

// sendsAs is the envelope sender of an inbox's mails: bounces come back to the inbox itself.
func (j *Job) sendsAs(name string) string {
	if box := j.inboxes[name]; box != nil && box.Config.Address != "" {
		return box.Config.Address
	}
	return j.o.From
}
