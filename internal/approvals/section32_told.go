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
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// ofManager reports whether a section 32 manager answers with a code.
func ofManager(e *ledger.Escalation) bool {
	return e.Kind == ledger.ConfirmationCode || e.Kind == ledger.ToldCode
}

func (a *openEscalation) ofManager() bool { return ofManager(&a.escalation) }

// answerable holds for the lines about which an answer still counts: those that wait, and of a manager who was told those that are
// approved as well.
func (a *openEscalation) answerable() func(*record.Line) bool {
	if a.escalation.Kind == ledger.ToldCode {
		return a.standing
	}
	return a.waiting
}

// standing is true for lines that wait or are approved, as they were when the mail was written.
func (a *openEscalation) standing(c *record.Line) bool {
	t := a.tokens[c.Recorded.ID]
	return (c.Recorded.Outcome == request.Escalated || c.Recorded.Outcome == request.Approved) && !c.Kept && t != nil && t.Digest == c.Recorded.Digest
}

// composeSection32Told is a manager's mail of the day, over all lines that name them since the last one.
func (desk composer) composeSection32Told(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d outbox.DigestDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	var told []int64
	err := desk.desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		told, err = tx.Officers.ToldLines(ctx, d.Officer)
		return err
	})
	if err != nil || len(told) == 0 {
		return err
	}
	if len(told) > digestLines {
		told = told[:digestLines]
		m.Next = append(m.Next, outbox.New(outbox.Section32Told, afterDigest(m.Entry.Cause, d.After), ledger.OutboxEntry{}, outbox.DigestDetail{Officer: d.Officer, After: d.After + 1}))
	}
	m.ToldLines = told
	files, err := desk.openLines(ctx, told)
	if err != nil {
		return err
	}
	a := &openEscalation{files: files, escalation: ledger.Escalation{Code: desk.desk.newCode(), Officer: d.Officer, Kind: ledger.ToldCode,
		OpenedAt: now, AskedAt: now, ExpiresAt: now.Add(desk.desk.dept.Decisions.ExpiryTime())}}
	wanted := amongLines(told)
	for _, f := range files {
		for i := range f.Lines {
			if c := &f.Lines[i]; wanted(c) && !c.Kept {
				a.escalation.Tokens = append(a.escalation.Tokens, ledger.Token{Line: c.Recorded.ID, Digest: c.Recorded.Digest})
			}
		}
	}
	a.index()
	a.keep(a.standing)
	a.escalation.Submission = a.submission()
	lines := a.lines(a.standing)
	if len(lines) == 0 {
		return nil // withdrawn, replaced, declined or revoked since
	}
	mail, err := desk.toldMail(a, lines, now)
	if err != nil {
		return err
	}
	m.Escalation = &a.escalation
	m.Mails = append(m.Mails, a.outgoing(outbox.Section32Told, m.Entry.Cause, mail, now))
	return nil
}

// keep leaves out the tokens of lines for which which is false, and numbers the others.
func (a *openEscalation) keep(which func(*record.Line) bool) {
	var kept []ledger.Token
	for _, f := range a.files {
		for i := range f.Lines {
			if c := &f.Lines[i]; a.tokens[c.Recorded.ID] != nil && which(c) {
				kept = append(kept, *a.tokens[c.Recorded.ID])
			}
		}
	}
	a.escalation.Tokens = kept
	a.number()
}

func (desk composer) toldMail(a *openEscalation, lines []notify.Line, now time.Time) (notify.Mail, error) {
	f, manager := a.files[0], a.officer()
	return desk.desk.dept.Composer(f.Inbox).Section32Told(notify.Section32{
		Envelope: desk.desk.dept.Envelope(manager.Email, manager.Name, manager.Language, "section32-told "+a.escalation.Code, now, outbox.Thread{}),
		Code:     ingest.Code(a.escalation.Code).String(), Submission: a.reference(), Requester: a.requester(), Policy: f.Policy.Mark(), Lines: lines})
}

// acknowledge takes a CONFIRM of a manager who was only told: nothing waited for it, and it is kept as evidence.
func (desk *Desk) acknowledge(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	var evidence []ledger.Evidence
	var lines []int64
	choice := selectionAmong(e.Tokens)
	for _, c := range h.commands {
		if c.Verb != reply.Confirm {
			return h.askBack(e, whyOnlyNo), nil
		}
		some, unknown := choice.of(c)
		if unknown != "" {
			return h.askBack(e, noSuchLine(unknown)), nil
		}
		if c.Every() {
			some = e.Tokens // those that are approved already as well
		}
		for _, t := range some {
			if t.Current == t.Digest {
				lines = append(lines, t.Line)
				evidence = append(evidence, ledger.Evidence{Line: t.Line, Kind: ledger.ConfirmedEvidence, Manager: strings.ToLower(h.Sender.Address), Message: h.Row.ID})
			}
		}
	}
	if len(lines) == 0 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.Changed, Submission: e.Submission}), nil
	}
	if err := tx.Records.AddEvidence(ctx, now, h.Row.SHA256, evidence...); err != nil {
		return nil, fmt.Errorf("keep a manager's word: %w", err)
	}
	return h.Notice(outbox.NoticeDetail{Kind: notify.ThankYou, Submission: e.Submission, Lines: lines}), nil
}
