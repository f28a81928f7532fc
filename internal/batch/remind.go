package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// mostReminders is how often an officer is reminded before only the operator is left to ask.
const mostReminders = 3

// remind asks officers again for what is due. The dates stand on the rows, so that they survive a restart.
func (j *Job) remind(ctx context.Context, ids []int64) error {
	now := j.now()
	var due []ledger.Escalation
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.EscalationsDue(ctx, now, ids)
		return err
	})
	if err != nil {
		return err
	}
	var all []error
	for i := range due {
		if err := j.remindOne(ctx, now, &due[i]); err != nil {
			all = append(all, fmt.Errorf("remind of escalation %d: %w", due[i].ID, err))
		}
	}
	return errors.Join(all...)
}

func (j *Job) remindOne(ctx context.Context, now time.Time, e *ledger.Escalation) error {
	if !e.ExpiresAt.After(now) || e.Reminders >= mostReminders {
		return j.giveUp(ctx, now, e)
	}
	mail, err := j.reminder(ctx, now, e)
	if err != nil {
		return err
	}
	crash("remind.before-commit")
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		won, err := tx.Reminded(ctx, e.ID, e.Reminders, j.remindAt(now), true)
		if err != nil || !won || mail == nil {
			return err
		}
		ids, err := tx.AddOutgoing(ctx, now, []ledger.Outgoing{*mail})
		if err != nil {
			return err
		}
		return j.wake.wake(ctx, tx, Send, ids)
	})
	crash("remind.after-commit")
	if err == nil && mail != nil {
		j.report.add(Remind, 1)
	}
	return err
}

// reminder is the mail that asks again, nil when nothing waits any more.
func (j *Job) reminder(ctx context.Context, now time.Time, e *ledger.Escalation) (*ledger.Outgoing, error) {
	f, err := j.open(ctx, e.Submission)
	if err != nil {
		return nil, err
	}
	number := map[int64]int{}
	for _, t := range e.Tokens {
		if t.ConsumedAt.IsZero() && t.Outcome == request.Escalated && t.Digest == t.Current {
			number[t.Line] = t.Ordinal
		}
	}
	open := func(c *caseLine) bool { return number[c.line.ID] != 0 }
	lines := f.mailLines(open)
	if len(lines) == 0 {
		return nil, nil
	}
	n := 0
	for i := range f.lines {
		if c := &f.lines[i]; open(c) {
			lines[n].Number = number[c.line.ID]
			n++
		}
	}
	officer, _ := f.box.Roster.ByEmail(e.Officer)
	reference := f.submission.Reference().String()
	mail, err := j.o.Composer.Reminder(notify.Escalation{
		Envelope: j.envelope(e.Officer, officer.Name, officer.Language, fmt.Sprintf("reminder %s %d", e.Code, e.Reminders+1), now, thread{}),
		Code:     ingest.Code(e.Code).String(), Submission: reference, Requester: f.origin, Policy: f.policy.Mark(), Lines: lines, DecideBy: j.decideBy(e.OpenedAt),
	})
	if err != nil {
		return nil, err
	}
	o := outgoing("reminder", e.Code, mail, f, now)
	o.Edition, o.Escalation = e.Reminders+1, e.ID
	return &o, nil
}

// giveUp ends an escalation that nobody answered: its code counts no more, and the operator is told.
func (j *Job) giveUp(ctx context.Context, now time.Time, e *ledger.Escalation) error {
	detail, err := json.Marshal(alertDetail{
		Title: request.Text{EN: "An officer has not answered", FR: "Un agent n’a pas répondu"},
		What: request.Text{
			EN: "Lines still wait for a decision although the officer was reminded.",
			FR: "Des lignes attendent toujours une décision malgré les rappels envoyés à l’agent."},
		Hint: request.Text{
			EN: "Ask the officer, or name somebody else in the configuration ([[officer]]).",
			FR: "Communiquez avec l’agent, ou désignez quelqu’un d’autre dans la configuration ([[officer]])."},
		Details: []string{"officer " + e.Officer, "since " + e.OpenedAt.In(j.zone).Format(time.DateTime)},
	})
	if err != nil {
		return err
	}
	return j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		next := time.Time{}
		if e.ExpiresAt.After(now) {
			next = e.ExpiresAt
		}
		if won, err := tx.Reminded(ctx, e.ID, e.Reminders, next, false); err != nil || !won {
			return err
		}
		if next.IsZero() {
			if _, err := tx.MoveEscalation(ctx, now, e.ID, e.State, ledger.EscalationExpired); err != nil {
				return err
			}
		}
		fresh, err := tx.Owe(ctx, ledger.Owed{Kind: owedAlert, Cause: fmt.Sprintf("unanswered %s %t", e.Code, next.IsZero()), Submission: e.Submission,
			Detail: detail, DueAt: now})
		if err != nil {
			return err
		}
		return j.wake.wake(ctx, tx, Answer, fresh)
	})
}
