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
				moves = append(moves, ledger.Move{Line: l.ID, From: l.Outcome, To: request.Withdrawn, By: h.Sender.Address, Reason: c.Reason, Cause: h.Row.SHA256})
			}
		}
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
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: submission}), nil
	}
	if _, err := tx.Escalations.Close(ctx, now, gone); err != nil {
		return nil, err
	}
	return append(h.Notice(outbox.NoticeDetail{Kind: notify.WithdrawnLines, Submission: submission, Lines: gone}), tell(gone)...), nil
}
