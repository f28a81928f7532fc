package batch

import (
	"context"
	"fmt"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// remind asks again for what is due, sends what nobody answered to somebody else, and at last tells the operator. The
// dates stand on the rows, so that they survive a restart; how long people have is the configuration's of the day.
func (j *Job) remind(ctx context.Context, h *hand) error {
	now := j.now()
	var due []ledger.Escalation
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.EscalationsDue(ctx, now, h.ids())
		return err
	})
	if err != nil {
		return err
	}
	for i := range due {
		err := ledger.Guarded(func() error { return j.remindOne(ctx, now, h, &due[i]) })
		if isLedger(err) {
			return err
		}
		if err != nil {
			h.fail(due[i].ID, fmt.Errorf("remind of escalation %d: %w", due[i].ID, err))
		}
	}
	return nil
}

func (j *Job) remindOne(ctx context.Context, now time.Time, h *hand, e *ledger.Escalation) error {
	if !e.ExpiresAt.After(now) {
		return j.expire(ctx, now, h, e)
	}
	a, err := j.openAsked(ctx, e.ID)
	if err != nil {
		return err
	}
	if len(a.lines(a.waiting)) == 0 {
		return j.close(ctx, now, h, a)
	}
	box := a.files[0].box
	if box == nil {
		return j.noInbox("of escalation " + keyOf(e.ID)) // nobody could be asked
	}
	if patience := j.calendar(box).after(e.OpenedAt, j.o.Decisions.rerouteAfter()); !patience.After(now) {
		return j.moveOn(ctx, now, h, a)
	}
	return j.askAgain(ctx, now, h, a)
}

// close ends an escalation nothing of which waits any more.
func (j *Job) close(ctx context.Context, now time.Time, h *hand, a *asked) error {
	err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.finish(ctx, tx, keyOf(a.escalation.ID)); err != nil || !mine {
			return err
		}
		if won, err := tx.Reminded(ctx, a.escalation.ID, a.escalation.Reminders, time.Time{}, false); err != nil || !won {
			return err
		}
		lines := make([]int64, len(a.escalation.Tokens))
		for i, t := range a.escalation.Tokens {
			lines[i] = t.Line
		}
		_, err := tx.CloseEscalations(ctx, now, lines)
		crash("close.before-commit")
		return err
	})
	crash("close.after-commit")
	return err
}

// askAgain sends a reminder and sets the next date.
func (j *Job) askAgain(ctx context.Context, now time.Time, h *hand, a *asked) error {
	e := &a.escalation
	mail, err := j.reminder(ctx, now, a)
	if err != nil {
		return err
	}
	clock := j.calendar(a.files[0].box)
	next := clock.after(now, j.o.Decisions.remindAfter())
	if limit := clock.after(e.OpenedAt, j.o.Decisions.rerouteAfter()); limit.Before(next) {
		next = limit
	}
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.finish(ctx, tx, keyOf(e.ID)); err != nil || !mine {
			return err
		}
		won, err := tx.Reminded(ctx, e.ID, e.Reminders, next, true)
		if err != nil || !won || mail == nil {
			return err
		}
		if _, err := tx.AddOutgoing(ctx, now, []ledger.Outgoing{*mail}); err != nil {
			return err
		}
		if err := j.wakeUp(ctx, tx, Send); err != nil {
			return err
		}
		crash("remind.before-commit")
		return nil
	})
	crash("remind.after-commit")
	if err == nil && mail != nil {
		j.count(Remind, 1)
	}
	return err
}

// reminder is the mail that asks again, nil when nothing waits any more.
func (j *Job) reminder(ctx context.Context, now time.Time, a *asked) (*ledger.Outgoing, error) {
	var mail *notify.Mail
	var err error
	if noteOf(&a.escalation).Section32 {
		if lines := a.lines(a.waiting); len(lines) > 0 {
			var m notify.Mail
			m, err = j.writer(a.files[0].box).Section32(j.confirmation(a, lines, fmt.Sprintf("section32 %s %d", a.escalation.Code, a.escalation.Reminders+1), now))
			mail = &m
		}
	} else {
		mail, err = j.compose(ctx, a, "reminder", request.Text{}, now)
	}
	if err != nil || mail == nil {
		return nil, err
	}
	o := a.outgoing("reminder", a.escalation.Code, *mail, now)
	o.Edition = a.escalation.Reminders + 1
	return &o, nil
}

// moveOn sends lines that somebody did not decide in time to the backup, else to another officer; what was passed on
// already, or finds nobody, is the operator's to see to.
func (j *Job) moveOn(ctx context.Context, now time.Time, h *hand, a *asked) error {
	e := &a.escalation
	unconfirmed := noteOf(e).Section32
	err := j.o.Ledger.Decide(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.finish(ctx, tx, keyOf(e.ID)); err != nil || !mine {
			return err
		}
		if won, err := tx.Reminded(ctx, e.ID, e.Reminders, e.ExpiresAt, false); err != nil || !won {
			return err
		}
		box := a.files[0].box
		var owed []ledger.Owed
		var err error
		switch {
		case unconfirmed:
			r := routing{cause: "unconfirmed " + e.Code, why: request.Text{
				EN: "The section 32 manager named on the form did not confirm in time.",
				FR: "Le gestionnaire délégataire (article 32) nommé dans le formulaire n’a pas confirmé à temps."}}
			if owed, _, err = j.route(ctx, tx, now, box, routedOf(a.files, a.waiting), r); err == nil && len(owed) > 0 {
				_, err = tx.MoveEscalation(ctx, now, e.ID, e.State, ledger.EscalationRerouted)
			}
		case e.InsteadOf == "":
			silent := a.files[0].displayName(e.Officer)
			owed, err = j.reroute(ctx, tx, now, a, routing{cause: "unanswered", why: request.Text{
				EN: "There was no answer from " + silent + " in time.", FR: "Il n’y a pas eu de réponse de " + silent + " à temps."}})
		}
		if err != nil {
			return err
		}
		if len(owed) == 0 {
			owed = append(owed, unanswered(e, "unanswered "+e.Code, j.zone))
		}
		if _, err := tx.Owe(ctx, dueAt(owed, now)...); err != nil {
			return err
		}
		if err := j.wakeUp(ctx, tx, Answer); err != nil {
			return err
		}
		crash("move-on.before-commit")
		return nil
	})
	crash("move-on.after-commit")
	return err
}

// unanswered tells the operator that nobody decides.
func unanswered(e *ledger.Escalation, cause string, zone *time.Location) ledger.Owed {
	details := []string{"officer " + e.Officer, "since " + e.OpenedAt.In(zone).Format(time.DateTime)}
	if e.InsteadOf != "" {
		details = append(details, "in place of "+e.InsteadOf)
	}
	for _, t := range e.Tokens {
		if t.ConsumedAt.IsZero() && t.Outcome == request.Escalated {
			details = append(details, t.Reference)
		}
	}
	return owe(owedAlert, cause, ledger.Owed{Submission: e.Submission}, alertDetail{
		Title: request.Text{EN: "An officer has not answered", FR: "Un agent n’a pas répondu"},
		What: request.Text{
			EN: "Lines still wait for a decision although the officer was reminded, and nobody else may decide them.",
			FR: "Des lignes attendent toujours une décision malgré les rappels envoyés à l’agent, et personne d’autre ne peut en décider."},
		Hint: request.Text{
			EN: "Ask the officer, or name somebody else in the configuration ([[officer]]).",
			FR: "Communiquez avec l’agent, ou désignez quelqu’un d’autre dans la configuration ([[officer]])."},
		Details: details})
}

// expire ends an escalation whose code counts no more. What it left open goes to the operator.
func (j *Job) expire(ctx context.Context, now time.Time, h *hand, e *ledger.Escalation) error {
	err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.finish(ctx, tx, keyOf(e.ID)); err != nil || !mine {
			return err
		}
		won, err := tx.MoveEscalation(ctx, now, e.ID, e.State, ledger.EscalationExpired)
		if err != nil || !won {
			return err
		}
		if _, err := tx.Owe(ctx, dueAt([]ledger.Owed{unanswered(e, "expired "+e.Code, j.zone)}, now)...); err != nil {
			return err
		}
		if err := j.wakeUp(ctx, tx, Answer); err != nil {
			return err
		}
		crash("expire.before-commit")
		return nil
	})
	crash("expire.after-commit")
	return err
}
