package batch

import (
	"context"
	"errors"
	"time"

	"handrail/internal/ledger"
	"handrail/notify"
)

// send delivers outgoing mails, one after the other. Each is committed as sending before the server sees a byte of it.
// The commit that notes what became of one mail also takes the next, so that a mail costs one commit and at most one
// mail is of unknown fate when the process dies.
func (j *Job) send(ctx context.Context, ids []int64) error {
	var fates []ledger.Fate
	for _, id := range ids {
		if outOfTime(ctx) {
			break // the rest stays ready, and the sweep gives it another job
		}
		mail, ok, err := j.nextMail(ctx, fates, id)
		if err != nil {
			return err
		}
		fates = nil
		if !ok {
			continue
		}
		crash("send.before-data")
		fate := j.o.Sender.Send(ctx, notify.Outgoing{From: j.sendsAs(mail.Inbox), To: mail.Recipient, Raw: mail.Raw, Attempt: mail.Attempts - 1})
		crash("send.after-data")
		fates = []ledger.Fate{j.fateOf(mail, fate)}
		if stop := j.noteTrouble(fate); stop {
			break
		}
	}
	_, _, err := j.nextMail(ctx, fates, 0)
	return err
}

// outOfTime holds when a job has too little time left for one more mail: to be cut in the middle of one would leave its
// fate unknown.
func outOfTime(ctx context.Context) bool {
	const enough = 20 * time.Second
	deadline, limited := ctx.Deadline()
	return limited && time.Until(deadline) < enough
}

// nextMail settles what became of mails and takes the one called id, if it is still to be sent; id 0 takes none.
func (j *Job) nextMail(ctx context.Context, fates []ledger.Fate, id int64) (mail ledger.Outgoing, ok bool, err error) {
	if len(fates) == 0 && id == 0 {
		return mail, false, nil
	}
	// What happened on the wire is noted even when the job is asked to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	now := j.now()
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := tx.Settle(ctx, now, fates...); err != nil {
			return err
		}
		if id == 0 {
			crash("send.before-commit-of-fate")
			return nil
		}
		mine, err := tx.StartSending(ctx, now, []int64{id})
		crash("send.before-commit")
		if err != nil || len(mine) == 0 {
			return err
		}
		mail, ok = mine[0], true
		return nil
	})
	crash("send.after-commit")
	if err == nil {
		for _, f := range fates {
			if f.State == ledger.Accepted {
				j.report.add(Send, 1)
			}
		}
	}
	return mail, ok && err == nil, err
}

func (j *Job) fateOf(mail ledger.Outgoing, fate notify.Fate) ledger.Fate {
	f := ledger.Fate{ID: mail.ID, Attempt: mail.Attempts, Words: fate.Words, NextAt: j.now().Add(fate.RetryAfter), Keep: j.wantsCopy(mail, fate)}
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

// noteTrouble tells the operator when it was the server that failed, and whether the rest of the batch should wait: a
// server that cannot be reached is not asked fifty times.
func (j *Job) noteTrouble(fate notify.Fate) (stop bool) {
	if fate.Err != nil {
		j.troubles.note(fate.Err)
	}
	if fate.State == notify.Refused {
		j.o.Log.Warn("the mail server refused a mail for good", "words", fate.Words)
	}
	var trouble *notify.ServerError
	return errors.As(fate.Err, &trouble)
}

// sendsAs is the envelope sender of an inbox's mails: bounces come back to the inbox itself.
func (j *Job) sendsAs(name string) string {
	if box := j.inboxes[name]; box != nil && box.Config.Address != "" {
		return box.Config.Address
	}
	return j.o.From
}
