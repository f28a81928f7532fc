package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
)

// reminderDetail is which escalation is asked about again, and for which time; or, for a reminder of several in one mail, which lines
// it asks about by a code of its own.
type reminderDetail struct {
	Escalation int64 `json:"escalation,omitempty"`
	Edition    int   `json:"edition,omitempty"`

	Officer   string    `json:"officer,omitempty"`
	InsteadOf string    `json:"instead_of,omitempty"`
	Lines     []int64   `json:"lines,omitempty"`
	AskedAt   time.Time `json:"asked_at,omitzero"` // since when the officer is asked
}

// composeReminder is the mail that asks again for what still waits.
func (desk composer) composeReminder(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d reminderDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	if len(d.Lines) > 0 {
		return desk.composeReminders(ctx, now, m, &d)
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
		mail, err = desk.escalationMail(ctx, m, a, outbox.Reminder, request.Text{}, now)
	}
	if err != nil || mail == nil {
		return err
	}
	o := a.outgoing(outbox.Reminder, a.escalation.Code, *mail, now)
	o.Edition = d.Edition
	m.Mails = append(m.Mails, o)
	return nil
}

// composeReminders is the one mail that reminds of several escalations. It goes on from where they were: nobody has more time
// because of it.
func (desk composer) composeReminders(ctx context.Context, now time.Time, m *compose.Draft, d *reminderDetail) error {
	files, err := desk.openLines(ctx, d.Lines)
	if err != nil {
		return err
	}
	a := desk.newOpenEscalation(now, &outbox.EscalationDetail{Officer: d.Officer, InsteadOf: d.InsteadOf, Lines: d.Lines}, files)
	a.bySupplier()
	a.escalation.AskedAt, a.escalation.NextAt = d.AskedAt, reminder(desk).lateAt(files[0], d.AskedAt)
	if !a.escalation.NextAt.After(now) {
		a.escalation.NextAt = a.escalation.ExpiresAt
	}
	mail, err := desk.escalationMail(ctx, m, a, outbox.Reminder, request.Text{}, now)
	if err != nil || mail == nil {
		return err
	}
	m.Escalation = &a.escalation
	m.Mails = append(m.Mails, a.outgoing(outbox.Reminder, m.Entry.Cause, *mail, now))
	return nil
}
