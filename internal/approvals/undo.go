package approvals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// undo takes a decision back while the requester has not been told; later it is too late, and a revocation is a decision
// of its own.
func (desk *Desk) undo(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, note *receiptNote) ([]ledger.OutboxEntry, error) {
	a := h
	var lines []int64
	for _, d := range note.Decided {
		lines = append(lines, d.Line)
	}
	switch {
	case a.ask != nil || len(a.commands) != 1 || a.commands[0].Verb != reply.Undo && a.commands[0].Verb != reply.Revoke:
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Lines: lines}), nil
	case a.commands[0].Verb == reply.Revoke:
		return desk.revoke(ctx, tx, now, h, e, note)
	}
	held, err := tx.Outbox.Void(ctx, now, outbox.Decision, note.Cause)
	if err != nil {
		return nil, err
	}
	if !held {
		return h.Notice(outbox.NoticeDetail{Kind: notify.TooLate, Submission: e.Submission, Lines: lines}), nil
	}
	moves := make([]ledger.Move, len(note.Decided))
	for i, d := range note.Decided {
		moves[i] = ledger.Move{Line: d.Line, From: d.Outcome, To: request.Escalated, By: h.Sender.Address, Cause: h.Row.SHA256, Undo: true}
	}
	back, err := record.MoveLines(ctx, tx, now, moves) // without those that changed since
	if err != nil {
		return nil, err
	}
	if err := tx.Escalations.RenewTokens(ctx, note.Escalation, back); err != nil {
		return nil, err
	}
	return h.Notice(outbox.NoticeDetail{Kind: notify.Undone, Submission: e.Submission, Lines: lines}), nil
}

// revoke takes approvals back after the requester was told: a decision of its own, with a reason, that the requester and
// finance hear of at once.
func (desk *Desk) revoke(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, note *receiptNote) ([]ledger.OutboxEntry, error) {
	if _, known := h.Inbox.Roster().ByEmail(h.Sender.Address); !known {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyNoOfficer}), nil
	}
	c := h.commands[0]
	if c.Reason == "" {
		original, err := tx.Escalations.ByID(ctx, []int64{note.Escalation})
		if err != nil || len(original) == 0 {
			return nil, err
		}
		return h.askBack(&original[0], whyReasonToRevoke), nil
	}
	original, err := tx.Escalations.ByID(ctx, []int64{note.Escalation})
	if err != nil || len(original) == 0 {
		return nil, err
	}
	// A bare REVOKE means the lines of the receipt, not those that are still open.
	outcomes := make(map[int64]request.Outcome, len(note.Decided))
	for _, d := range note.Decided {
		outcomes[d.Line] = d.Outcome
	}
	ofReceipt := slices.DeleteFunc(slices.Clone(original[0].Tokens), func(t ledger.Token) bool { return outcomes[t.Line] == "" })
	tokens, unknown := selectionAmong(ofReceipt).of(c)
	if unknown != "" {
		return h.askBack(&original[0], noLineToRevoke(unknown)), nil
	}
	var moves []ledger.Move
	for _, t := range tokens {
		if outcomes[t.Line] == request.Approved {
			moves = append(moves, ledger.Move{Line: t.Line, From: request.Approved, To: request.Revoked, By: h.Sender.Address, Reason: c.Reason, Cause: h.Row.SHA256})
		}
	}
	lines, err := record.MoveLines(ctx, tx, now, moves)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission}), nil
	}
	about := ledger.OutboxEntry{Submission: e.Submission, Message: h.Row.ID}
	owed := []ledger.OutboxEntry{outbox.New(outbox.Decision, fmt.Sprintf("message %d", h.Row.ID), about, decisionDetail{Lines: lines})}
	for _, who := range desk.dept.Finance.Recipients {
		owed = append(owed, outbox.New(outbox.Notice, fmt.Sprintf("message %d revoked, to %s", h.Row.ID, who), about,
			outbox.NoticeDetail{To: who, Kind: notify.RevokedLines, By: h.Sender.Address, Lines: lines}))
	}
	return owed, nil
}
