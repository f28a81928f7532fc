package approvals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// revocationDetail is which approvals were taken back, and by whom.
type revocationDetail struct {
	By      string        `json:"by"`
	Lines   []int64       `json:"lines"`
	Charged bool          `json:"charged,omitempty"`
	Thread  outbox.Thread `json:"thread,omitzero"` // the officer's mail
}

// revoke takes approvals back after the requester was told: a decision of its own, with a reason, that the requester and
// finance hear of at once, and the officer has a receipt of.
func (desk *Desk) revoke(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, note *receiptNote) ([]ledger.OutboxEntry, error) {
	if _, known := h.Inbox.Roster().ByEmail(h.Sender.Address); !known {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyNoOfficer}), nil
	}
	c := h.commands[0]
	original, err := tx.Escalations.ByID(ctx, []int64{note.Escalation})
	if err != nil || len(original) == 0 {
		return nil, err
	}
	if c.Reason == "" {
		return h.askBack(&original[0], whyReasonToRevoke), nil
	}
	// A bare REVOKE means the lines of the receipt, not those that are still open.
	outcomes := make(map[int64]request.Outcome, len(note.Decided))
	for _, d := range note.Decided {
		outcomes[d.Line] = d.Outcome
	}
	ofReceipt := slices.DeleteFunc(slices.Clone(original[0].Tokens), func(t ledger.Token) bool { return outcomes[t.Line] == "" })
	choice := selectionAmong(ofReceipt)
	if doubt := choice.doubt(c); !doubt.IsZero() {
		return h.askBack(&original[0], doubt), nil
	}
	tokens, unknown := choice.of(c)
	if unknown != "" {
		return h.askBack(&original[0], noLineToRevoke(unknown)), nil
	}
	var moves []ledger.Move
	for _, t := range tokens {
		if outcomes[t.Line] == request.Approved {
			moves = append(moves, ledger.Move{Line: t.Line, From: request.Approved, To: request.Revoked, By: h.Sender.Address, WrittenBy: h.writtenBy, Reason: c.Reason, Cause: h.Row.SHA256, Day: desk.dept.Day(now)})
		}
	}
	lines, err := record.MoveLines(ctx, tx, now, moves)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyNothingToRevoke}), nil
	}
	return desk.tellRevoked(ctx, tx, now, h, e, note, lines)
}

// tellRevoked leaves what follows a revocation: a mail to each requester, the officer's receipt, and finance's. An approval of which
// the requester has not been told yet is not told first.
func (desk *Desk) tellRevoked(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, note *receiptNote, lines []int64) ([]ledger.OutboxEntry, error) {
	charged, err := tx.Charges.Shares(ctx, lines)
	if err != nil {
		return nil, err
	}
	if len(lines) == len(note.Decided) {
		if _, err := tx.Outbox.Void(ctx, now, outbox.Decision, note.Cause); err != nil {
			return nil, err
		}
	}
	about := ledger.OutboxEntry{Submission: e.Submission, Message: h.Row.ID}
	cause := fmt.Sprintf("message %d", h.Row.ID)
	d := revocationDetail{By: h.Sender.Address, Lines: lines, Charged: len(charged) > 0}
	owed := []ledger.OutboxEntry{outbox.New(outbox.Revocation, cause, about, d)}
	d.Thread = outbox.ThreadOf(h.Mail)
	owed = append(owed, outbox.New(outbox.RevocationReceipt, cause, about, d))
	return append(owed, desk.financeHears(h, about, lines)...), nil
}

// financeHears tells finance of approvals that were taken back.
func (desk *Desk) financeHears(h *answer, about ledger.OutboxEntry, lines []int64) (owed []ledger.OutboxEntry) {
	for _, who := range desk.dept.Finance.Recipients {
		owed = append(owed, outbox.New(outbox.Notice, fmt.Sprintf("message %d revoked, to %s", h.Row.ID, who), about,
			outbox.NoticeDetail{To: who, Kind: notify.RevokedLines, By: h.Sender.Address, Lines: lines}))
	}
	return owed
}
