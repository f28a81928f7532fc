package approvals

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// reassign gives what is open of a mail to somebody in the roster who may decide every line of it.
func (desk *Desk) reassign(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, c reply.Command) ([]ledger.OutboxEntry, error) {
	refuse := func(en, fr string) ([]ledger.OutboxEntry, error) {
		return h.askBack(e, nothingHandedOver(en, fr)), nil
	}
	to, named := c.Address, h.Inbox.Roster().ByName(c.Name)
	switch {
	case to == "" && len(named) > 1:
		several := severalOfThatName(named)
		return refuse(several.EN, several.FR)
	case to == "" && len(named) == 1:
		to = named[0].Email
	case to == "":
		to = c.Name
	}
	officer, known := h.Inbox.Roster().ByEmail(to)
	away, err := desk.away(ctx, tx, h.Inbox, now)
	if err != nil {
		return nil, err
	}
	switch {
	case !known:
		return refuse(to+" is not an officer of the roster.", to+" ne figure pas parmi les agents désignés.")
	case strings.EqualFold(to, h.Sender.Address):
		return refuse("The lines are yours already.", "Les lignes sont déjà les vôtres.")
	case away(officer.Email):
		return refuse(to+" is away.", to+" est en absence.")
	}
	a, err := desk.readEscalationIn(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	lines := record.EscalatedLines(a.files, a.waiting)
	if len(lines) == 0 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.Changed, Submission: e.Submission}), nil
	}
	for _, l := range lines {
		if !h.Inbox.Roster().May(officer.Email, l.Said(), l.Origin) {
			return refuse(to+" may not decide "+l.Reference+": it is above their limit, or their own.",
				to+" ne peut pas décider de "+l.Reference+"\u00a0: la ligne dépasse sa limite, ou la concerne.")
		}
	}
	instead := e.Officer
	if e.InsteadOf != "" {
		instead = e.InsteadOf
	}
	owed, err := desk.askLater(ctx, tx, now, h.Inbox, officers.Choice{Officer: officer, InsteadOf: instead}, lines, officers.Routing{Cause: "handed over from " + e.Code, Message: h.Row.ID,
		Why: handedOver(a.files[0].DisplayName(e.Officer))})
	if err != nil {
		return nil, err
	}
	if e.State.Waits() {
		if _, err := tx.Escalations.Move(ctx, now, e.ID, e.State, ledger.EscalationRerouted); err != nil {
			return nil, err
		}
	}
	if err := tx.Escalations.TakeFrom(ctx, now, e.Officer, linesOf(e.Tokens)); err != nil {
		return nil, err
	}
	return append(owed, h.Notice(outbox.NoticeDetail{Kind: notify.HandedOver, Submission: a.submission(), By: officer.Email})...), nil
}

// readEscalationIn reads what an escalation is about within a transaction.
func (desk *Desk) readEscalationIn(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (*openEscalation, error) {
	a, err := desk.readEscalation(ctx, tx, *e)
	if err != nil {
		return nil, err
	}
	return a.unpack()
}

// tellReassigned answers somebody whose lines went to another officer in the meantime.
func (desk *Desk) tellReassigned(ctx context.Context, tx *ledger.Tx, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	d := outbox.NoticeDetail{Kind: notify.HandedOver, Submission: e.Submission, Why: whyNothingDecided}
	if len(e.Tokens) == 0 {
		return h.Notice(d), nil
	}
	lines, err := tx.Lines.ByID(ctx, []int64{e.Tokens[0].Line})
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	all, err := tx.Escalations.OfSubmission(ctx, lines[0].Submission)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		if other.ID > e.ID && len(other.Tokens) > 0 && other.Kind != ledger.ReceiptCode {
			d.By = other.Officer
		}
	}
	return h.Notice(d), nil
}

// goAway records that an officer is away, and hands what lies with them to their backup at once.
func (desk *Desk) goAway(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, until request.Date) ([]ledger.OutboxEntry, error) {
	officer, known := h.Inbox.Roster().ByEmail(h.Sender.Address)
	if !known {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: whyOnlyOfficers}), nil
	}
	if officer.Backup == "" {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: noBackup(desk.dept.Config.Operator)}), nil
	}
	today := desk.dept.Day(now)
	if until.After(today.AddDays(366)) {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: tooFarAway(until)}), nil
	}
	if err := tx.Officers.NoteAbsence(ctx, now, ledger.Absence{Officer: strings.ToLower(officer.Email), From: today, Until: until, Message: h.Row.ID}); err != nil {
		return nil, err
	}
	if until.Before(today) {
		return h.Notice(outbox.NoticeDetail{Kind: notify.Absent, Until: until, Why: whyDayIsOver}), nil
	}
	open, err := tx.Escalations.Open(ctx, officer.Email)
	if err != nil {
		return nil, err
	}
	why := isAway(record.Displayed(officer), until)
	owed, err := desk.leaveDaily(ctx, tx, now, h, officer)
	if err != nil {
		return nil, err
	}
	for i := range open {
		if open[i].Kind != ledger.DecisionCode {
			continue
		}
		a, err := desk.readEscalationIn(ctx, tx, &open[i])
		if err != nil {
			return nil, err
		}
		if a.files[0].Inbox == nil {
			continue
		}
		more, _, err := desk.reroute(ctx, tx, now, a, officers.Routing{Cause: fmt.Sprintf("away %d", h.Row.ID), Message: h.Row.ID, Why: why})
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	return append(owed, h.Notice(outbox.NoticeDetail{Kind: notify.Absent, Until: until, By: officer.Backup})...), nil
}

// leaveDaily sends the lines that wait for an absent officer's next daily mail to who decides in the meantime.
func (desk *Desk) leaveDaily(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, officer officers.Officer) ([]ledger.OutboxEntry, error) {
	waiting, err := tx.Officers.DigestLines(ctx, officer.Email)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	var e ledger.Escalation
	var lines []int64
	for _, w := range waiting {
		lines = append(lines, w.Line)
		e.Tokens = append(e.Tokens, ledger.Token{Line: w.Line})
	}
	a, err := desk.readEscalationIn(ctx, tx, &e)
	if err != nil {
		return nil, err
	}
	among := amongLines(lines)
	open := func(c *record.Line) bool {
		return among(c) && c.Recorded.Outcome == request.Escalated && !c.Kept
	}
	found := record.EscalatedLines(a.files, open)
	owed, nobody, err := desk.Route(ctx, tx, now, h.Inbox, found, officers.Routing{Cause: fmt.Sprintf("away %d daily", h.Row.ID), Message: h.Row.ID,
		Instead: officer.Email, Leaving: officer.Email})
	if err != nil || len(owed) == 0 {
		return nil, err
	}
	var gone []int64
	stay := setOf(nobody)
	for _, l := range found {
		if !stay[l.Reference] { // those stay in the officer's own mail
			gone = append(gone, l.Line)
		}
	}
	return owed, tx.Officers.TakeDigestLines(ctx, officer.Email, gone)
}
