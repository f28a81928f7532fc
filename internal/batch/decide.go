package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// What an officer's mail leaves to be told, beside what deciding a request does.
const (
	owedDecision = "decision" // to the requester: what an officer decided
	owedReceipt  = "receipt"  // to the officer: what was recorded, and how to take it back
	owedAskBack  = "ask-back" // to the officer: the mail could be read two ways
	owedNotice   = "notice"   // to a sender: why a mail had no effect
)

// answerHeard is an answer to one of our mails, read but not yet believed to be anybody's to give.
type answerHeard struct {
	codes    []ingest.Code
	commands []ingest.Command
	ask      *ingest.AskBack
	text     string
}

// receiptNote is what stands in the ledger beside a receipt's code: what UNDO takes back, and until when.
type receiptNote struct {
	Receipt    bool      `json:"receipt"`
	Escalation int64     `json:"escalation"`
	Decided    []decided `json:"decided"`
	Cause      string    `json:"cause"` // of the requester's mail that is held
	Until      time.Time `json:"until"`
}

type decided struct {
	Line    int64           `json:"line"`
	Outcome request.Outcome `json:"outcome"`
}

type decisionDetail struct {
	Lines []int64 `json:"lines"`
}

type receiptDetail struct {
	Officer    string    `json:"officer"`
	Escalation int64     `json:"escalation"`
	Code       string    `json:"code"`
	Lines      []int64   `json:"lines"`
	Until      time.Time `json:"until,omitzero"`
	Thread     thread    `json:"thread"`
}

type askBackDetail struct {
	Escalation int64        `json:"escalation"`
	Why        request.Text `json:"why"`
	Written    string       `json:"written"`
	Thread     thread       `json:"thread"`
}

type noticeDetail struct {
	To         string            `json:"to"`
	Kind       notify.NoticeKind `json:"kind"`
	By         string            `json:"by,omitempty"`
	At         time.Time         `json:"at,omitzero"`
	Submission int64             `json:"submission,omitempty"`
	Lines      []int64           `json:"lines,omitempty"`
	Thread     thread            `json:"thread"`
}

// hearAnswer reads the new text of an answer: its commands, or why it decides nothing.
func (h *heard) hearAnswer() {
	a := &answerHeard{codes: ingest.CodesIn(h.mail), text: ingest.NewText(h.mail)}
	names := []string{h.sender.Name}
	if o, ok := h.box.Roster.ByEmail(h.sender.Address); ok {
		names = append(names, o.Name)
	}
	a.commands, a.ask = ingest.ParseCommands(a.text, names...)
	h.answer = a
}

// decideAnswer acts on an officer's answer, or says why it has no effect. Deciding needs all of: a verified sender, who
// is the officer that was asked, exactly one code of ours that has not expired, and commands that can be read one way.
func (j *Job) decideAnswer(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard) ([]ledger.Owed, error) {
	a := h.answer
	if len(a.codes) != 1 {
		return j.withoutCode(ctx, tx, now, h)
	}
	e, found, err := tx.EscalationByCode(ctx, string(a.codes[0]))
	if err != nil {
		return nil, err
	}
	switch {
	case !found:
		return h.notice(noticeDetail{Kind: notify.NoEffect}), nil
	case !strings.EqualFold(e.Officer, h.sender.Address):
		return h.notice(noticeDetail{Kind: notify.NotYours, Submission: e.Submission}), nil
	}
	var note receiptNote
	if len(e.Detail) > 0 && json.Unmarshal(e.Detail, &note) == nil && note.Receipt {
		return j.undo(ctx, tx, now, h, &e, &note)
	}
	if !e.ExpiresAt.After(now) {
		return h.notice(noticeDetail{Kind: notify.Expired, Submission: e.Submission}), nil
	}
	if a.ask != nil {
		return h.askBack(&e, a.ask.Why.Text()), nil
	}
	plan, refusal, err := j.plan(ctx, tx, h, &e)
	if err != nil {
		return nil, err
	}
	if !refusal.IsZero() {
		return h.askBack(&e, refusal), nil
	}
	return j.carryOut(ctx, tx, now, h, &e, plan)
}

// planned is one line with what is to become of it.
type planned struct {
	token  ledger.Token
	to     request.Outcome
	reason string
}

// plan reads commands against the lines of the mail that is answered. A refusal is a sentence that asks back: a command
// about a line that is not in the mail, a verb that is no decision, or a reason that is missing. Then nothing is done.
func (j *Job) plan(ctx context.Context, tx *ledger.Tx, h *heard, e *ledger.Escalation) (plan []planned, refusal request.Text, err error) {
	reasons, err := needReasons(ctx, tx, e)
	if err != nil {
		return nil, refusal, err
	}
	taken := map[int64]bool{}
	for _, c := range h.answer.commands {
		var to request.Outcome
		switch c.Verb {
		case ingest.Approve:
			to = request.Approved
		case ingest.Decline:
			to = request.Declined
		default:
			return nil, request.Text{
				EN: "This mail asks for decisions: APPROVE, or DECLINE with a reason. Nothing was decided.",
				FR: "Ce courriel demande des décisions\u00a0: APPROUVER, ou REFUSER avec un motif. Rien n’a été décidé."}, nil
		}
		tokens, unknown := chosen(c, e.Tokens)
		if unknown != "" {
			return nil, request.Text{
				EN: "There is no line " + unknown + " in the mail you answered. Nothing was decided.",
				FR: "Il n’y a pas de ligne " + unknown + " dans le courriel auquel vous répondez. Rien n’a été décidé."}, nil
		}
		for _, t := range tokens {
			if taken[t.Line] {
				return nil, ingest.AskConflict.Text(), nil
			}
			taken[t.Line] = true
			if c.Reason == "" && (to == request.Declined || reasons[t.Line]) {
				return nil, missingReason(t.Ordinal, to), nil
			}
			plan = append(plan, planned{t, to, c.Reason})
		}
	}
	return plan, request.Text{}, nil
}

func missingReason(line int, to request.Outcome) request.Text {
	if to == request.Declined {
		return request.Text{
			EN: fmt.Sprintf("A reason is needed to decline line %d: DECLINE %d: your reason. Nothing was decided.", line, line),
			FR: fmt.Sprintf("Un motif est nécessaire pour refuser la ligne %d\u00a0: REFUSER %d\u00a0: votre motif. Rien n’a été décidé.", line, line)}
	}
	return request.Text{
		EN: fmt.Sprintf("Line %d may be a split purchase, or concerns a public servant: say why it is approved, as APPROVE %d: your reason. Nothing was decided.", line, line),
		FR: fmt.Sprintf("La ligne %d pourrait être un fractionnement, ou concerne un fonctionnaire\u00a0: indiquez pourquoi elle est approuvée, sous la forme APPROUVER %d\u00a0: votre motif. Rien n’a été décidé.", line, line)}
}

// chosen are the tokens that a command is about: those it names, or all that are still open.
func chosen(c ingest.Command, tokens []ledger.Token) (list []ledger.Token, unknown string) {
	if c.Every() {
		for _, t := range tokens {
			if t.ConsumedAt.IsZero() && t.Outcome == request.Escalated {
				list = append(list, t)
			}
		}
		if len(list) == 0 {
			list = tokens // all decided already: each is told so
		}
		return list, ""
	}
	for _, n := range c.Lines {
		i := slices.IndexFunc(tokens, func(t ledger.Token) bool { return t.Ordinal == n })
		if i < 0 {
			return nil, fmt.Sprint(n)
		}
		list = append(list, tokens[i])
	}
	for _, r := range c.References {
		i := slices.IndexFunc(tokens, func(t ledger.Token) bool { return t.Reference == r.String() })
		if i < 0 {
			return nil, r.String()
		}
		list = append(list, tokens[i])
	}
	return list, ""
}

// needReasons says which lines an approval must give a reason for: those with a splitting or public-servant finding.
func needReasons(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (map[int64]bool, error) {
	ids := make([]int64, len(e.Tokens))
	for i, t := range e.Tokens {
		ids[i] = t.Line
	}
	lines, err := tx.Lines(ctx, ids)
	need := map[int64]bool{}
	for _, l := range lines {
		need[l.ID] = slices.ContainsFunc(l.Guardrails, needsReason)
	}
	return need, err
}

func needsReason(guardrail string) bool {
	return strings.HasPrefix(guardrail, "split") || guardrail == "federal-employee"
}

// carryOut consumes the tokens, moves the lines, and leaves the requester's mail (held for a while), the officer's
// receipt, and a word about lines that somebody decided before.
func (j *Job) carryOut(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, plan []planned) ([]ledger.Owed, error) {
	note := receiptNote{Receipt: true, Escalation: e.ID, Until: now.Add(j.o.Hold)}
	var lines, late []int64
	for _, p := range plan {
		won, err := tx.ConsumeToken(ctx, now, e.ID, p.token.Line, h.message.ID)
		if err != nil {
			return nil, err
		}
		if won {
			won, err = tx.MoveLine(ctx, now, ledger.Move{Line: p.token.Line, From: request.Escalated, To: p.to, By: h.sender.Address, Reason: p.reason,
				Cause: h.message.SHA256, Expect: p.token.Digest})
			if err != nil {
				return nil, err
			}
		}
		if !won {
			late = append(late, p.token.Line)
			continue
		}
		lines = append(lines, p.token.Line)
		note.Decided = append(note.Decided, decided{p.token.Line, p.to})
	}
	var owed []ledger.Owed
	if len(late) > 0 {
		detail := noticeDetail{Kind: notify.AlreadyDecided, Submission: e.Submission, Lines: late}
		if before, err := tx.Lines(ctx, late[:1]); err != nil {
			return nil, err
		} else if len(before) > 0 {
			detail.By, detail.At = before[0].DecidedBy, before[0].DecidedAt
			if before[0].Outcome == request.Superseded || before[0].Outcome == request.Escalated {
				detail.Kind = notify.Changed
			}
		}
		owed = append(owed, h.notice(detail)...)
	}
	if len(lines) == 0 {
		return owed, nil
	}
	if _, err := tx.CloseEscalations(ctx, now); err != nil {
		return nil, err
	}
	note.Cause = fmt.Sprintf("message %d", h.message.ID)
	code := j.o.Code()
	detail, err := json.Marshal(note)
	if err != nil {
		return nil, err
	}
	if _, err := tx.AddEscalations(ctx, now, []ledger.Escalation{{Code: code, Officer: e.Officer, Submission: e.Submission,
		ExpiresAt: now.Add(tokenDays * 24 * time.Hour), Detail: detail}}); err != nil {
		return nil, err
	}
	receipt := receiptDetail{Officer: e.Officer, Escalation: e.ID, Code: code, Lines: lines, Thread: threadOf(h.mail)}
	if j.o.Hold > 0 {
		receipt.Until = note.Until
	}
	return append(owed,
		owe(owedDecision, note.Cause, ledger.Owed{Submission: e.Submission, Message: h.message.ID, DueAt: note.Until}, decisionDetail{Lines: lines}),
		owe(owedReceipt, note.Cause, ledger.Owed{Submission: e.Submission, Message: h.message.ID}, receipt)), nil
}

// undo takes a decision back while the requester has not been told; later it is too late, and a revocation is a decision
// of its own.
func (j *Job) undo(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, note *receiptNote) ([]ledger.Owed, error) {
	a := h.answer
	var lines []int64
	for _, d := range note.Decided {
		lines = append(lines, d.Line)
	}
	switch {
	case a.ask != nil || len(a.commands) != 1 || a.commands[0].Verb != ingest.Undo && a.commands[0].Verb != ingest.Revoke:
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Lines: lines}), nil
	case a.commands[0].Verb == ingest.Revoke:
		return j.revoke(ctx, tx, now, h, e, note)
	}
	held, err := tx.VoidOwed(ctx, now, owedDecision, note.Cause)
	if err != nil {
		return nil, err
	}
	if !held {
		return h.notice(noticeDetail{Kind: notify.TooLate, Submission: e.Submission, Lines: lines}), nil
	}
	for _, d := range note.Decided {
		won, err := tx.MoveLine(ctx, now, ledger.Move{Line: d.Line, From: d.Outcome, To: request.Escalated, By: h.sender.Address, Cause: h.message.SHA256, Undo: true})
		if err != nil {
			return nil, err
		}
		if !won {
			continue // it changed since
		}
		if _, err := tx.RenewToken(ctx, note.Escalation, d.Line); err != nil {
			return nil, err
		}
	}
	return h.notice(noticeDetail{Kind: notify.Undone, Submission: e.Submission, Lines: lines}), nil
}

// revoke takes approvals back after the requester was told: a decision of its own, with a reason, that the requester
// hears of at once.
func (j *Job) revoke(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, note *receiptNote) ([]ledger.Owed, error) {
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
	tokens, unknown := chosen(c, original[0].Tokens)
	if unknown != "" {
		return h.askBack(&original[0], request.Text{EN: "There is no line " + unknown + ". Nothing was changed.", FR: "Il n’y a pas de ligne " + unknown + ". Rien n’a été changé."}), nil
	}
	var lines []int64
	for _, t := range tokens {
		if !slices.ContainsFunc(note.Decided, func(d decided) bool { return d.Line == t.Line && d.Outcome == request.Approved }) {
			continue
		}
		won, err := tx.MoveLine(ctx, now, ledger.Move{Line: t.Line, From: request.Approved, To: request.Revoked, By: h.sender.Address, Reason: c.Reason, Cause: h.message.SHA256})
		if err != nil {
			return nil, err
		}
		if won {
			lines = append(lines, t.Line)
		}
	}
	if len(lines) == 0 {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission}), nil
	}
	return []ledger.Owed{owe(owedDecision, fmt.Sprintf("message %d", h.message.ID), ledger.Owed{Submission: e.Submission, Message: h.message.ID}, decisionDetail{Lines: lines})}, nil
}

// withoutCode handles an answer that bears no code of ours, or several: a requester may withdraw lines by answering our
// answer; everything else has no effect, and is told so.
func (j *Job) withoutCode(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard) ([]ledger.Owed, error) {
	a := h.answer
	if len(a.codes) > 1 || a.ask != nil || slices.ContainsFunc(a.commands, func(c ingest.Command) bool { return c.Verb != ingest.Withdraw }) {
		return h.notice(noticeDetail{Kind: notify.NoEffect}), nil
	}
	ids := append(slices.Clone(h.mail.InReplyTo), h.mail.References...)
	for i := range ids {
		ids[i] = "<" + strings.Trim(ids[i], "<>") + ">"
	}
	ours, err := tx.OutgoingByMessageID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, o := range ours {
		if o.Submission != 0 && strings.EqualFold(o.Recipient, h.sender.Address) {
			return j.withdraw(ctx, tx, now, h, o.Submission)
		}
	}
	return h.notice(noticeDetail{Kind: notify.NoEffect}), nil
}

// withdraw takes a requester's own lines back.
func (j *Job) withdraw(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, submission int64) ([]ledger.Owed, error) {
	found, err := tx.Submissions(ctx, []int64{submission})
	if err != nil || len(found) == 0 || !strings.EqualFold(found[0].Requester, h.sender.Address) {
		return h.notice(noticeDetail{Kind: notify.NotYours}), err
	}
	all, err := tx.LinesOf(ctx, []int64{submission})
	if err != nil {
		return nil, err
	}
	var gone []int64
	for _, c := range h.answer.commands {
		for _, l := range all {
			named := c.Every() || slices.Contains(c.Lines, l.Ordinal) || slices.ContainsFunc(c.References, func(r request.Reference) bool { return r.String() == l.Reference })
			if !named || l.Outcome != request.Escalated && l.Outcome != request.Approved {
				continue
			}
			won, err := tx.MoveLine(ctx, now, ledger.Move{Line: l.ID, From: l.Outcome, To: request.Withdrawn, By: h.sender.Address, Reason: c.Reason, Cause: h.message.SHA256})
			if err != nil {
				return nil, err
			}
			if won {
				gone = append(gone, l.ID)
			}
		}
	}
	if len(gone) == 0 {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: submission}), nil
	}
	if _, err := tx.CloseEscalations(ctx, now); err != nil {
		return nil, err
	}
	return h.notice(noticeDetail{Kind: notify.WithdrawnLines, Submission: submission, Lines: gone}), nil
}

func (h *heard) notice(d noticeDetail) []ledger.Owed {
	d.To, d.Thread = h.sender.Address, threadOf(h.mail)
	return []ledger.Owed{owe(owedNotice, fmt.Sprintf("message %d", h.message.ID), ledger.Owed{Message: h.message.ID, Submission: d.Submission}, d)}
}

func (h *heard) askBack(e *ledger.Escalation, why request.Text) []ledger.Owed {
	written := h.answer.text
	if r := []rune(written); len(r) > 600 {
		written = string(r[:600]) + "…"
	}
	return []ledger.Owed{owe(owedAskBack, fmt.Sprintf("message %d", h.message.ID), ledger.Owed{Message: h.message.ID, Submission: e.Submission},
		askBackDetail{Escalation: e.ID, Why: why, Written: written, Thread: threadOf(h.mail)})}
}
