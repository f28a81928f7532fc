package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
)

// carryOut consumes the tokens, moves the lines, and leaves the requester's mail (held for a while), the officer's
// receipt, and a word about lines that somebody decided before.
func (desk *Desk) carryOut(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, plan []planned) ([]ledger.OutboxEntry, error) {
	if len(plan) == 0 {
		return nil, nil
	}
	hold := desk.dept.Decisions.HoldTime()
	note := receiptNote{Escalation: e.ID, Until: now.Add(hold)}
	wins, err := desk.moveDecided(ctx, tx, now, h, e, plan)
	if err != nil {
		return nil, err
	}
	var lines, late []int64
	for i, p := range plan {
		if !wins[i] {
			late = append(late, p.token.Line)
			continue
		}
		lines = append(lines, p.token.Line)
		note.Decided = append(note.Decided, decided{p.token.Line, p.to})
	}
	owed, err := decidedBefore(ctx, tx, h, e, late)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return owed, nil
	}
	if err := putInDecided(ctx, tx, lines); err != nil {
		return nil, err
	}
	if _, err := tx.Escalations.Close(ctx, now, lines); err != nil {
		return nil, err
	}
	note.Cause = fmt.Sprintf("message %d", h.Row.ID)
	if !h.suppliers.IsZero() {
		note.Suppliers = h.Row.ID
	}
	code := desk.newCode()
	detail, err := json.Marshal(note)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Escalations.Add(ctx, now, []ledger.Escalation{{Kind: ledger.ReceiptCode, Code: code, Officer: e.Officer, Submission: e.Submission,
		ExpiresAt: now.Add(desk.dept.Decisions.ExpiryTime()), Detail: detail}}); err != nil {
		return nil, err
	}
	receipt := receiptDetail{Escalation: e.ID, Code: code, Lines: lines, Suppliers: h.suppliers, Thread: outbox.ThreadOf(h.Mail)}
	if hold > 0 {
		receipt.Until = note.Until
	}
	return append(owed,
		outbox.New(outbox.Decision, note.Cause, ledger.OutboxEntry{Submission: e.Submission, Message: h.Row.ID, DueAt: note.Until}, decisionDetail{Lines: lines}),
		outbox.New(outbox.Receipt, note.Cause, ledger.OutboxEntry{Submission: e.Submission, Message: h.Row.ID}, receipt)), nil
}

// moveDecided takes the tokens and moves the lines of those that were not taken before; wins lies beside plan.
func (desk *Desk) moveDecided(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, plan []planned) (wins []bool, err error) {
	wins = make([]bool, len(plan))
	var moves []ledger.Move
	var moved []int // places in plan
	for i, p := range plan {
		won, err := tx.Escalations.ConsumeToken(ctx, now, e.ID, p.token.Line, h.Row.ID)
		if err != nil {
			return nil, err
		}
		if won {
			moved = append(moved, i)
			moves = append(moves, ledger.Move{Line: p.token.Line, From: request.Escalated, To: p.to, By: h.Sender.Address,
				InsteadOf: e.InsteadOf, WrittenBy: h.writtenBy, Reason: p.reason, Cause: h.Row.SHA256, Expect: p.token.Digest})
		}
	}
	won, err := tx.Lines.Move(ctx, now, moves)
	if err != nil {
		return nil, err
	}
	for n, i := range moved {
		wins[i] = won[n]
	}
	return wins, nil
}

// decidedBefore is the word about lines that somebody else decided, or changed, before.
func decidedBefore(ctx context.Context, tx *ledger.Tx, h *answer, e *ledger.Escalation, late []int64) ([]ledger.OutboxEntry, error) {
	if len(late) == 0 {
		return nil, nil
	}
	detail := outbox.NoticeDetail{Kind: notify.AlreadyDecided, Submission: e.Submission, Lines: late}
	before, err := tx.Lines.ByID(ctx, late[:1])
	if err != nil {
		return nil, err
	}
	if len(before) > 0 {
		detail.By, detail.At = before[0].DecidedBy, before[0].DecidedAt
		if before[0].Outcome == request.Superseded || before[0].Outcome == request.Escalated {
			detail.Kind = notify.Changed
		}
	}
	return h.Notice(detail), nil
}
