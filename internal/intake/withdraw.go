package intake

import (
	"context"
	"slices"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// Withdraw takes a requester's own lines back.
func (desk *Desk) Withdraw(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, submission int64, commands []reply.Command) ([]ledger.OutboxEntry, error) {
	found, err := tx.Submissions.ByID(ctx, []int64{submission})
	if err != nil || len(found) == 0 || !strings.EqualFold(found[0].Requester, h.Sender.Address) {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NotYours}), err
	}
	all, err := tx.Lines.OfSubmissionsBare(ctx, []int64{submission})
	if err != nil {
		return nil, err
	}
	var moves []ledger.Move
	for _, c := range commands {
		for i := range all {
			l := &all[i]
			if c.Count > 0 && c.Count != len(all) || c.Loose && len(all) > 1 {
				return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: submission, Why: reply.AskLines.Text()}), nil
			}
			reference, _ := request.ParseReference(l.Reference)
			if named := slices.Contains(c.Lines, l.Ordinal) || slices.Contains(c.References, reference); (c.Every() || named != c.Rest) && (l.Outcome == request.Escalated || l.Outcome == request.Approved) {
				moves = append(moves, ledger.Move{Line: l.ID, From: l.Outcome, To: request.Withdrawn, By: h.Sender.Address, Reason: c.Reason, Cause: h.Row.SHA256, Day: desk.dept.Day(now)})
			}
		}
	}
	moves, charged, err := withoutCharged(ctx, tx, moves, all)
	if err != nil {
		return nil, err
	}
	notice := outbox.NoticeDetail{Kind: notify.NoEffect, Submission: submission}
	if len(charged) > 0 {
		notice.Why = notWithdrawn(charged, desk.dept.Finance.Recipients)
	}
	ids := make([]int64, len(moves))
	for i := range moves {
		ids[i] = moves[i].Line
	}
	tell, err := desk.router.BeforeChange(ctx, tx, now, h, ids, false)
	if err != nil {
		return nil, err
	}
	gone, err := record.MoveLines(ctx, tx, now, moves)
	if err != nil {
		return nil, err
	}
	if len(gone) == 0 {
		return h.Notice(notice), nil
	}
	if _, err := tx.Escalations.Close(ctx, now, gone); err != nil {
		return nil, err
	}
	approved := approvedAmong(moves, gone)
	cardholders, err := desk.router.TellCardholders(ctx, tx, h, approved, false)
	if err != nil {
		return nil, err
	}
	notice.Kind, notice.Lines = notify.WithdrawnLines, gone
	if p := h.InForce.Policies[h.Inbox.Config.Name]; p != nil && len(approved) > 0 {
		notice.Until = p.TakenBackUntil(desk.dept.Day(now))
	}
	return append(append(h.Notice(notice), tell(gone)...), cardholders...), nil
}

// withoutCharged leaves out the moves of approved lines whose number a charge bears already, and names those lines.
func withoutCharged(ctx context.Context, tx *ledger.Tx, moves []ledger.Move, lines []ledger.Line) (rest []ledger.Move, charged []string, err error) {
	ids := make([]int64, len(moves))
	for i := range moves {
		ids[i] = moves[i].Line
	}
	shares, err := tx.Charges.Shares(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	for i := range lines {
		if len(shares[lines[i].ID]) > 0 && !slices.Contains(charged, lines[i].Reference) {
			charged = append(charged, lines[i].Reference)
		}
	}
	return slices.DeleteFunc(moves, func(m ledger.Move) bool { return len(shares[m.Line]) > 0 }), charged, nil
}

// approvedAmong are the lines among those that moved that had an approval.
func approvedAmong(moves []ledger.Move, moved []int64) (approved []int64) {
	for i := range moves {
		if moves[i].From == request.Approved && slices.Contains(moved, moves[i].Line) {
			approved = append(approved, moves[i].Line)
		}
	}
	return approved
}
