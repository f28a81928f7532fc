package approvals

import (
	"context"
	"fmt"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// undoQuestionDetail is what an officer wants to take back, and until when the requester's mail waits for the answer.
type undoQuestionDetail struct {
	Code    string        `json:"code"`
	Until   time.Time     `json:"until"`
	Lines   []int64       `json:"lines"`
	Written string        `json:"written"`
	Thread  outbox.Thread `json:"thread"`
}

// undo acts on an answer to a receipt: UNDO takes the decision back while the requester has not been told; later only REVOKE does.
// UNDO among other words holds the requester's mail at once, and asks.
func (desk *Desk) undo(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, note *receiptNote) ([]ledger.OutboxEntry, error) {
	var lines []int64
	for _, d := range note.Decided {
		lines = append(lines, d.Line)
	}
	clear := h.ask == nil && len(h.commands) == 1
	switch {
	case clear && h.commands[0].Verb == reply.Revoke:
		return desk.revoke(ctx, tx, now, h, e, note)
	case h.undoing == reply.CertainUndo:
		return desk.takeBack(ctx, tx, now, h, e, note, lines)
	case h.undoing != reply.NoUndo:
		return desk.holdAndAsk(ctx, tx, now, h, e, note, lines)
	case h.mayHandOn(true):
		return desk.talk(ctx, tx, now, h, e)
	}
	return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Lines: lines, Why: whyReceipt}), nil
}

// takeBack undoes a decision of which the requester has not been told.
func (desk *Desk) takeBack(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, note *receiptNote, lines []int64) ([]ledger.OutboxEntry, error) {
	held, err := tx.Outbox.Void(ctx, now, outbox.Decision, note.Cause)
	if err != nil {
		return nil, err
	}
	if !held {
		return h.Notice(outbox.NoticeDetail{Kind: notify.TooLate, Submission: e.Submission, Lines: lines}), nil
	}
	moves := make([]ledger.Move, len(note.Decided))
	for i, d := range note.Decided {
		moves[i] = ledger.Move{Line: d.Line, From: d.Outcome, To: request.Escalated, By: h.Sender.Address, WrittenBy: h.writtenBy, Cause: h.Row.SHA256, Undo: true}
	}
	back, err := record.MoveLines(ctx, tx, now, moves) // without those that changed since
	if err != nil {
		return nil, err
	}
	if err := tx.Escalations.RenewTokens(ctx, note.Escalation, back); err != nil {
		return nil, err
	}
	var why request.Text
	if note.Suppliers != 0 {
		pairs, err := tx.Suppliers.TakeBack(ctx, now, note.Suppliers, h.Sender.Address)
		if err != nil {
			return nil, err
		}
		why = forgottenText(pairs)
	}
	return h.Notice(outbox.NoticeDetail{Kind: notify.Undone, Submission: e.Submission, Lines: lines, Why: why}), nil
}

// holdAndAsk keeps the requester's mail from leaving, as long as an officer has to answer, and asks what is to be undone. Nothing
// is decided otherwise: without an answer the decision stands, and the requester is told then.
func (desk *Desk) holdAndAsk(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, note *receiptNote, lines []int64) ([]ledger.OutboxEntry, error) {
	until := desk.dept.Calendar(h.Inbox).After(now, desk.dept.Decisions.RemindTime())
	held, err := tx.Outbox.Postpone(ctx, outbox.Decision, note.Cause, until)
	if err != nil {
		return nil, err
	}
	if !held {
		return h.Notice(outbox.NoticeDetail{Kind: notify.TooLate, Submission: e.Submission, Lines: lines}), nil
	}
	return []ledger.OutboxEntry{outbox.New(outbox.UndoQuestion, fmt.Sprintf("message %d", h.Row.ID), ledger.OutboxEntry{Message: h.Row.ID, Submission: e.Submission},
		undoQuestionDetail{Code: e.Code, Until: until, Lines: lines, Written: clipText(h.text, 600), Thread: outbox.ThreadOf(h.Mail)})}, nil
}
