package approvals

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// composeStillWaiting tells a requester who has their lines and since when, and leaves the next such mail.
func (desk composer) composeStillWaiting(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d outbox.StillWaitingDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.aboutEntry(ctx, m)
	if err != nil || a.file == nil {
		return err
	}
	lines := a.file.WithNames(a.file.MailLines(func(c *record.Line) bool { return !c.Kept && c.Recorded.Outcome == request.Escalated }))
	if len(lines) == 0 {
		return nil
	}
	thread, err := desk.requesterThread(ctx, m.Entry.Submission)
	if err != nil {
		return err
	}
	t := a.talk(desk.envelope(a, a.file.Submission.Requester, "still waiting "+m.Entry.Cause, now, thread), notify.ToRequester)
	t.Lines = lines
	var officer string
	if t.Holders, officer, err = desk.holders(ctx, a, m.Entry.Submission); err != nil {
		return err
	}
	if t.Holder = a.box.Config.Contact; officer != "" {
		t.Holder = officer
	}
	mail, err := desk.desk.dept.Composer(a.box).StillWaiting(t)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, a.outgoing(outbox.StillWaiting, m, mail, now))
	m.Next = append(m.Next, outbox.TellWaiting(m.Entry.Submission, desk.desk.dept.Calendar(a.box).After(now, 2*desk.desk.dept.Decisions.RerouteTime()), d.Edition+1))
	return nil
}

// holders are those who have lines of a request, each once, and the officer among them who was asked last: who gets what a
// requester asks.
func (desk composer) holders(ctx context.Context, a about, submission int64) (list []notify.Holding, officer string, err error) {
	var waiting []ledger.WaitingLine
	if err := desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		waiting, err = tx.Escalations.Waiting(ctx, submission)
		return err
	}); err != nil {
		return nil, "", err
	}
	var newest time.Time
	for i := range waiting {
		for _, h := range waiting[i].Holders {
			one := notify.Holding{Who: shownAs(a.box.Roster(), h.Officer), Since: desk.desk.dept.Day(h.Since), Manager: h.Kind == ledger.ConfirmationCode}
			if !slices.ContainsFunc(list, func(other notify.Holding) bool { return other.Who == one.Who }) {
				list = append(list, one)
			}
			if !one.Manager && h.Escalation != 0 && !h.Since.Before(newest) {
				newest, officer = h.Since, one.Who
			}
		}
	}
	return list, officer, nil
}
