package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// composeSection32 is the mail that asks a section 32 manager to confirm.
func (desk composer) composeSection32(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d outbox.EscalationDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	f, err := m.Case.Unpack()
	if err != nil {
		return err
	}
	a := desk.newOpenEscalation(now, &d, []*record.Case{f})
	lines := a.lines(a.waiting)
	if len(lines) == 0 {
		return nil
	}
	a.escalation.Kind = ledger.ConfirmationCode
	mail, err := desk.desk.dept.Composer(f.Inbox).Section32(desk.confirmation(a, lines, "section32 "+a.escalation.Code, now))
	if err != nil {
		return err
	}
	m.Escalation = &a.escalation
	m.Mails = append(m.Mails, a.outgoing(outbox.Section32, m.Entry.Cause, mail, now))
	return nil
}

func (desk composer) confirmation(a *openEscalation, lines []notify.Line, cause string, now time.Time) notify.Section32 {
	f, manager := a.files[0], a.officer()
	return notify.Section32{Envelope: desk.desk.dept.Envelope(manager.Email, manager.Name, manager.Language, cause, now, outbox.Thread{}),
		Code: ingest.Code(a.escalation.Code).String(), Submission: a.reference(), Requester: f.Origin, Policy: f.Policy.Mark(), Lines: lines,
		ReplyBy: desk.desk.dept.DecideBy(f.Inbox, a.escalation.OpenedAt)}
}

// confirm acts on a section 32 manager's answer. A confirmed line is approved when nothing else was open about it; else, and while
// an owner has the guardrails stopped, it goes on to an officer, who sees that it was confirmed.
func (desk *Desk) confirm(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	var tokens []ledger.Token
	choice := selectionAmong(e.Tokens)
	for _, c := range h.commands {
		if c.Verb != reply.Confirm {
			return h.askBack(e, whyOnlyConfirm), nil
		}
		some, unknown := choice.of(c)
		if unknown != "" {
			return h.askBack(e, noSuchLine(unknown)), nil
		}
		tokens = append(tokens, some...)
	}
	a, err := desk.readEscalationIn(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	confirmed, err := h.takeConfirmed(ctx, tx, now, e, tokens)
	if err != nil {
		return nil, err
	}
	if len(confirmed) == 0 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.Changed, Submission: e.Submission}), nil
	}
	stopped, err := tx.Stops.Now(ctx)
	if err != nil {
		return nil, err
	}
	rest, moves := a.splitConfirmed(confirmed, stopped.Lasts(), ledger.Move{From: request.Escalated, To: request.Approved, By: h.Sender.Address, WrittenBy: h.writtenBy, Cause: h.Row.SHA256})
	if _, err := tx.Lines.Move(ctx, now, moves); err != nil {
		return nil, err
	}
	approved := make([]int64, len(moves))
	for i := range moves {
		approved[i] = moves[i].Line
	}
	if _, err := tx.Escalations.Close(ctx, now, confirmed); err != nil {
		return nil, err
	}
	cause := fmt.Sprintf("message %d", h.Row.ID)
	owed, nobody, err := desk.Route(ctx, tx, now, h.Inbox, rest, officers.Routing{Cause: "confirmed " + cause, Message: h.Row.ID})
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, outbox.NobodyDecides(e.Submission, nobody))
	}
	if len(approved) > 0 {
		owed = append(owed, outbox.New(outbox.Decision, cause, ledger.OutboxEntry{Submission: e.Submission, Message: h.Row.ID}, decisionDetail{Lines: approved}))
	}
	return append(owed, h.Notice(outbox.NoticeDetail{Kind: notify.ThankYou, Submission: e.Submission, Lines: confirmed})...), nil
}

// takeConfirmed takes the tokens of lines that a manager confirms, and keeps that as evidence; lines whose token was taken
// before are not among confirmed.
func (h *answer) takeConfirmed(ctx context.Context, tx *ledger.Tx, now time.Time, e *ledger.Escalation, tokens []ledger.Token) (confirmed []int64, err error) {
	var evidence []ledger.Evidence
	for _, t := range tokens {
		won, err := tx.Escalations.ConsumeToken(ctx, now, e.ID, t.Line, h.Row.ID)
		if err != nil {
			return nil, err
		}
		if won {
			confirmed = append(confirmed, t.Line)
			evidence = append(evidence, ledger.Evidence{Line: t.Line, Kind: ledger.ConfirmedEvidence, Manager: strings.ToLower(h.Sender.Address), Message: h.Row.ID})
		}
	}
	return confirmed, tx.Records.AddEvidence(ctx, now, h.Row.SHA256, evidence...)
}

// splitConfirmed parts confirmed lines: those that an officer must still see, and those that nothing else speaks against,
// with their moves, which are like. While all is stopped, officers see every one.
func (a *openEscalation) splitConfirmed(confirmed []int64, stopped bool, like ledger.Move) (rest []officers.EscalatedLine, moves []ledger.Move) {
	among := amongLines(confirmed)
	for _, f := range a.files {
		for i := range f.Lines {
			c := &f.Lines[i]
			switch {
			case !among(c):
			case stopped || c.OpenBeside():
				rest = append(rest, f.Escalated(c))
			default:
				like.Line = c.Recorded.ID
				moves = append(moves, like)
			}
		}
	}
	return rest, moves
}
