package batch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// undo takes a decision back while the requester has not been told; later it is too late, and a revocation is a decision
// of its own.
func (j *Job) undo(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, note *codeNote) ([]ledger.Owed, error) {
	a := h.answer
	var lines []int64
	for _, d := range note.Decided {
		lines = append(lines, d.Line)
	}
	switch {
	case a.ask != nil || len(a.commands) != 1 || a.commands[0].Verb != reply.Undo && a.commands[0].Verb != reply.Revoke:
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Lines: lines}), nil
	case a.commands[0].Verb == reply.Revoke:
		return j.revoke(ctx, tx, now, h, e, note)
	}
	held, err := tx.VoidOwed(ctx, now, owedDecision, note.Cause)
	if err != nil {
		return nil, err
	}
	if !held {
		return h.notice(noticeDetail{Kind: notify.TooLate, Submission: e.Submission, Lines: lines}), nil
	}
	moves := make([]ledger.Move, len(note.Decided))
	for i, d := range note.Decided {
		moves[i] = ledger.Move{Line: d.Line, From: d.Outcome, To: request.Escalated, By: h.sender.Address, Cause: h.message.SHA256, Undo: true}
	}
	back, err := moveLines(ctx, tx, now, moves) // without those that changed since
	if err != nil {
		return nil, err
	}
	if err := tx.RenewTokens(ctx, note.Escalation, back); err != nil {
		return nil, err
	}
	return h.notice(noticeDetail{Kind: notify.Undone, Submission: e.Submission, Lines: lines}), nil
}

// revoke takes approvals back after the requester was told: a decision of its own, with a reason, that the requester and
// finance hear of at once.
func (j *Job) revoke(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, note *codeNote) ([]ledger.Owed, error) {
	if _, known := h.box.Roster().ByEmail(h.sender.Address); !known {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyNoOfficer}), nil
	}
	c := h.answer.commands[0]
	if c.Reason == "" {
		original, err := tx.Escalations(ctx, []int64{note.Escalation})
		if err != nil || len(original) == 0 {
			return nil, err
		}
		return h.askBack(&original[0], request.Text{
			EN: "A reason is needed to revoke: REVOKE 2: your reason. Nothing was changed.",
			FR: "Un motif est nécessaire pour révoquer\u00a0: RÉVOQUER 2\u00a0: votre motif. Rien n’a été changé."}), nil
	}
	original, err := tx.Escalations(ctx, []int64{note.Escalation})
	if err != nil || len(original) == 0 {
		return nil, err
	}
	// A bare REVOKE means the lines of the receipt, not those that are still open.
	outcomes := make(map[int64]request.Outcome, len(note.Decided))
	for _, d := range note.Decided {
		outcomes[d.Line] = d.Outcome
	}
	ofReceipt := slices.DeleteFunc(slices.Clone(original[0].Tokens), func(t ledger.Token) bool { return outcomes[t.Line] == "" })
	tokens, unknown := choiceAmong(ofReceipt).of(c)
	if unknown != "" {
		return h.askBack(&original[0], request.Text{EN: "There is no line " + unknown + ". Nothing was changed.", FR: "Il n’y a pas de ligne " + unknown + ". Rien n’a été changé."}), nil
	}
	var moves []ledger.Move
	for _, t := range tokens {
		if outcomes[t.Line] == request.Approved {
			moves = append(moves, ledger.Move{Line: t.Line, From: request.Approved, To: request.Revoked, By: h.sender.Address, Reason: c.Reason, Cause: h.message.SHA256})
		}
	}
	lines, err := moveLines(ctx, tx, now, moves)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission}), nil
	}
	about := ledger.Owed{Submission: e.Submission, Message: h.message.ID}
	owed := []ledger.Owed{owe(owedDecision, fmt.Sprintf("message %d", h.message.ID), about, decisionDetail{Lines: lines})}
	for _, who := range j.o.Finance.Recipients {
		owed = append(owed, owe(owedNotice, fmt.Sprintf("message %d revoked, to %s", h.message.ID, who), about,
			noticeDetail{To: who, Kind: notify.RevokedLines, By: h.sender.Address, Lines: lines}))
	}
	return owed, nil
}

// moveLines moves lines and says which of them moved.
func moveLines(ctx context.Context, tx *ledger.Tx, now time.Time, moves []ledger.Move) (moved []int64, err error) {
	won, err := tx.MoveLines(ctx, now, moves)
	for i, w := range won {
		if w {
			moved = append(moved, moves[i].Line)
		}
	}
	return moved, err
}
