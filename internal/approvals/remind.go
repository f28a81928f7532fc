package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/batch"
	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// reminder does what is due of an escalation that nobody answered.
type reminder struct{ desk *Desk }

// Remind asks again for what is due, sends what nobody answered to somebody else, and at last tells the operator. The
// dates stand on the rows, so that they survive a restart; how long people have is the configuration's of the day.
func (desk *Desk) Remind(ctx context.Context, h *batch.Claim) error {
	now := desk.engine.Now()
	var due []ledger.Escalation
	err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.Escalations.Due(ctx, now, h.IDs())
		return err
	})
	if err != nil {
		return err
	}
	for i := range due {
		err := ledger.Guarded(func() error { return reminder{desk}.remindOne(ctx, now, h, &due[i]) })
		if batch.IsLedgerError(err) {
			return err
		}
		if err != nil {
			h.Fail(due[i].ID, fmt.Errorf("remind of escalation %d: %w", due[i].ID, err))
		}
	}
	return nil
}

func (desk reminder) remindOne(ctx context.Context, now time.Time, h *batch.Claim, e *ledger.Escalation) error {
	if !e.ExpiresAt.After(now) {
		return desk.expire(ctx, now, h, e)
	}
	a, err := desk.desk.openEscalation(ctx, e.ID)
	if err != nil {
		return err
	}
	if len(a.lines(a.waiting)) == 0 {
		return desk.close(ctx, now, h, a)
	}
	box := a.files[0].Inbox
	if box == nil {
		return desk.desk.engine.NoInbox("of escalation " + batch.Key(e.ID)) // nobody could be asked
	}
	if e.Undelivered != 0 {
		return desk.handOver(ctx, now, h, a)
	}
	if patience := desk.desk.dept.Calendar(box).After(e.OpenedAt, desk.desk.dept.Decisions.RerouteTime()); !patience.After(now) {
		return desk.moveOn(ctx, now, h, a)
	}
	return desk.askAgain(ctx, now, h, a)
}

// close ends an escalation nothing of which waits any more.
func (desk reminder) close(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	err := desk.desk.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.Finish(ctx, tx, batch.Key(a.escalation.ID)); err != nil || !mine {
			return err
		}
		if won, err := tx.Escalations.Reminded(ctx, a.escalation.ID, a.escalation.Reminders, time.Time{}, false); err != nil || !won {
			return err
		}
		lines := make([]int64, len(a.escalation.Tokens))
		for i, t := range a.escalation.Tokens {
			lines[i] = t.Line
		}
		_, err := tx.Escalations.Close(ctx, now, lines)
		batch.Crash("close.before-commit")
		return err
	})
	batch.Crash("close.after-commit")
	return err
}

// reminderDetail is which escalation is asked about again, and for which time.
type reminderDetail struct {
	Escalation int64 `json:"escalation"`
	Edition    int   `json:"edition"`
}

// askAgain leaves a reminder and sets the next date.
func (desk reminder) askAgain(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	e := &a.escalation
	clock := desk.desk.dept.Calendar(a.files[0].Inbox)
	next := clock.After(now, desk.desk.dept.Decisions.RemindTime())
	if limit := clock.After(e.OpenedAt, desk.desk.dept.Decisions.RerouteTime()); limit.Before(next) {
		next = limit
	}
	err := desk.desk.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.Finish(ctx, tx, batch.Key(e.ID)); err != nil || !mine {
			return err
		}
		won, err := tx.Escalations.Reminded(ctx, e.ID, e.Reminders, next, true)
		if err != nil || !won {
			return err
		}
		edition := e.Reminders + 1
		if _, err := tx.Outbox.Add(ctx, outbox.Due([]ledger.OutboxEntry{outbox.New(outbox.Reminder, fmt.Sprintf("%s %d", e.Code, edition), ledger.OutboxEntry{Submission: e.Submission},
			reminderDetail{Escalation: e.ID, Edition: edition})}, now)...); err != nil {
			return err
		}
		tx.Then(func() { desk.desk.engine.Count(batch.Remind, 1) })
		if err := desk.desk.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
		batch.Crash("remind.before-commit")
		return nil
	})
	batch.Crash("remind.after-commit")
	return err
}

// composeReminder is the mail that asks again for what still waits.
func (desk composer) composeReminder(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d reminderDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.desk.openEscalation(ctx, d.Escalation)
	if err != nil {
		return err
	}
	a.escalation.Reminders = d.Edition - 1 // as when it was asked for
	var mail *notify.Mail
	if a.escalation.Kind == ledger.ConfirmationCode {
		if lines := a.lines(a.waiting); len(lines) > 0 {
			var again notify.Mail
			again, err = desk.desk.dept.Composer(a.files[0].Inbox).Section32(desk.confirmation(a, lines, fmt.Sprintf("section32 %s %d", a.escalation.Code, d.Edition), now))
			mail = &again
		}
	} else {
		mail, err = desk.escalationMail(ctx, a, outbox.Reminder, request.Text{}, now)
	}
	if err != nil || mail == nil {
		return err
	}
	o := a.outgoing(outbox.Reminder, a.escalation.Code, *mail, now)
	o.Edition = d.Edition
	m.Mails = append(m.Mails, o)
	return nil
}

// moveOn sends lines that somebody did not decide in time to the backup, else to another officer; what was passed on
// already, or finds nobody, is the operator's to see to.
func (desk reminder) moveOn(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	e := &a.escalation
	unconfirmed := e.Kind == ledger.ConfirmationCode
	err := desk.desk.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.Finish(ctx, tx, batch.Key(e.ID)); err != nil || !mine {
			return err
		}
		if won, err := tx.Escalations.Reminded(ctx, e.ID, e.Reminders, e.ExpiresAt, false); err != nil || !won {
			return err
		}
		box := a.files[0].Inbox
		var owed []ledger.OutboxEntry
		var err error
		switch {
		case unconfirmed:
			r := officers.Routing{Cause: "unconfirmed " + e.Code, Why: whyUnconfirmed}
			if owed, _, err = desk.desk.Route(ctx, tx, now, box, record.EscalatedLines(a.files, a.waiting), r); err == nil && len(owed) > 0 {
				_, err = tx.Escalations.Move(ctx, now, e.ID, e.State, ledger.EscalationRerouted)
			}
		case e.InsteadOf == "":
			silent := a.files[0].DisplayName(e.Officer)
			owed, err = desk.desk.reroute(ctx, tx, now, a, officers.Routing{Cause: "unanswered", Why: noAnswer(silent)})
		}
		if err != nil {
			return err
		}
		if len(owed) == 0 {
			owed = append(owed, unanswered(e, "unanswered "+e.Code, desk.desk.dept.Zone))
		}
		if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
			return err
		}
		if err := desk.desk.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
		batch.Crash("move-on.before-commit")
		return nil
	})
	batch.Crash("move-on.after-commit")
	return err
}

// expire ends an escalation whose code counts no more. What it left open goes to the operator.
func (desk reminder) expire(ctx context.Context, now time.Time, h *batch.Claim, e *ledger.Escalation) error {
	err := desk.desk.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.Finish(ctx, tx, batch.Key(e.ID)); err != nil || !mine {
			return err
		}
		won, err := tx.Escalations.Move(ctx, now, e.ID, e.State, ledger.EscalationExpired)
		if err != nil || !won {
			return err
		}
		if _, err := tx.Outbox.Add(ctx, outbox.Due([]ledger.OutboxEntry{unanswered(e, "expired "+e.Code, desk.desk.dept.Zone)}, now)...); err != nil {
			return err
		}
		if err := desk.desk.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
		batch.Crash("expire.before-commit")
		return nil
	})
	batch.Crash("expire.after-commit")
	return err
}
