package approvals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// notAuthorizedDetail is which lines a section 32 manager did not authorize, and who reads it.
type notAuthorizedDetail struct {
	Manager string        `json:"manager"`
	To      string        `json:"to"`
	Reader  notify.Reader `json:"reader"`
	Lines   []int64       `json:"lines"`
	Thread  outbox.Thread `json:"thread,omitzero"`
}

// managersNo is the NO of a mail that holds nothing else; nil for others. A manager who was told of several lines declines one by its
// number: NO takes none.
func (h *answer) managersNo(e *ledger.Escalation) *reply.Command {
	if len(h.commands) == 1 && (h.commands[0].Verb == reply.No || e.Kind == ledger.ToldCode && h.commands[0].Verb == reply.Decline) {
		return &h.commands[0]
	}
	return nil
}

// refuseMoney acts on a section 32 manager's NO: what waits goes back to the requester, what was approved on the manager's word is
// revoked, each with the reason. Lines that changed since the manager was asked are not the manager's any more.
func (desk *Desk) refuseMoney(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	c := h.managersNo(e)
	if c.Reason == "" && e.Kind == ledger.ToldCode {
		return h.askBack(e, whyReasonForToldNo), nil
	}
	if c.Reason == "" {
		return h.askBack(e, whyReasonForNo), nil
	}
	tokens := e.Tokens
	choice := selectionAmong(e.Tokens)
	if doubt := choice.doubt(*c); !doubt.IsZero() {
		return h.askBack(e, doubt), nil
	}
	if !c.Every() {
		named := *c
		named.Rest = false
		some, unknown := choice.of(named)
		if unknown != "" {
			return h.askBack(e, noSuchLine(unknown)), nil
		}
		if tokens = some; c.Rest { // all others, those that are approved as well
			tokens = slices.DeleteFunc(slices.Clone(e.Tokens), func(t ledger.Token) bool {
				return slices.ContainsFunc(some, func(s ledger.Token) bool { return s.Line == t.Line })
			})
		}
	}
	var moves []ledger.Move
	for _, t := range tokens {
		m := ledger.Move{Line: t.Line, From: t.Outcome, By: h.Sender.Address, WrittenBy: h.writtenBy, Reason: c.Reason, Cause: h.Row.SHA256, Expect: t.Digest, Day: desk.dept.Day(now)}
		switch t.Outcome {
		case request.Escalated:
			m.To = request.Returned
		case request.Approved:
			m.To = request.Revoked
		default:
			continue
		}
		moves = append(moves, m)
	}
	tellers, err := desk.officersOver(ctx, tx, moves, h.Sender.Address)
	if err != nil {
		return nil, err
	}
	lines, err := record.MoveLines(ctx, tx, now, moves)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.Changed, Submission: e.Submission}), nil
	}
	if _, err := tx.Escalations.Close(ctx, now, lines); err != nil {
		return nil, err
	}
	about := ledger.OutboxEntry{Submission: e.Submission, Message: h.Row.ID}
	d := notAuthorizedDetail{Manager: h.Sender.Address, Reader: notify.ToManager, To: h.Sender.Address, Lines: lines, Thread: outbox.ThreadOf(h.Mail)}
	cause := fmt.Sprintf("message %d", h.Row.ID)
	owed := []ledger.OutboxEntry{outbox.New(outbox.NotAuthorized, cause+" to the manager", about, d)}
	d.Thread, d.Reader, d.To = outbox.Thread{}, notify.ToRequester, ""
	owed = append(owed, outbox.New(outbox.NotAuthorized, cause, about, d))
	for officer, theirs := range tellers {
		d.Reader, d.To, d.Lines = notify.ToOfficer, officer, theirs
		owed = append(owed, outbox.New(outbox.NotAuthorized, cause+" to "+officer, about, d))
	}
	var revoked []int64
	for i := range moves {
		if moves[i].To == request.Revoked {
			revoked = append(revoked, moves[i].Line)
		}
	}
	if len(revoked) > 0 {
		owed = append(owed, desk.financeHears(h, about, revoked)...)
	}
	return owed, nil
}

// officersOver says which officers were asked about lines that are about to move, or approved them, but for one: by officer.
func (desk *Desk) officersOver(ctx context.Context, tx *ledger.Tx, moves []ledger.Move, but string) (map[string][]int64, error) {
	ids := make([]int64, len(moves))
	for i := range moves {
		ids[i] = moves[i].Line
	}
	holders, err := desk.holders(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	over := map[string][]int64{}
	for i := range holders {
		if h := &holders[i]; !strings.EqualFold(h.officer, but) {
			over[h.officer] = append(over[h.officer], h.line)
		}
	}
	return over, nil
}
