package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
)

// What an officer's mail leaves to be told, beside what deciding a request does.
const (
	owedDecision = "decision" // to the requester: what an officer decided
	owedReceipt  = "receipt"  // to the officer: what was recorded, and how to take it back
	owedAskBack  = "ask-back" // to the officer: the mail could be read two ways
	owedNotice   = "notice"   // to a sender: why a mail had no effect
	owedQuestion = "question" // to the requester: what an officer asks
	owedReply    = "reply"    // to the officer: what the requester answered
)

// answerHeard is an answer to one of our mails, read but not yet believed to be anybody's to give.
type answerHeard struct {
	codes    []ingest.Code // of the mail and of its decision workbook
	commands []reply.Command
	ask      *reply.AskBack
	sheet    *sheetHeard
	refusal  request.Text // why nothing in it decides, where ask does not say it
	other    bool         // it bears a code of ours, but answers somebody else's mail
	text     string
}

// codeNote is what stands in the ledger beside a code that is not an ordinary one.
type codeNote struct {
	// Receipt: what UNDO takes back, and until when.
	Receipt    bool      `json:"receipt,omitempty"`
	Escalation int64     `json:"escalation,omitempty"`
	Decided    []decided `json:"decided,omitempty"`
	Cause      string    `json:"cause,omitempty"` // of the requester's mail that is held
	Until      time.Time `json:"until,omitzero"`
	// Section32: the code is a section 32 manager's, who confirms and does not decide.
	Section32 bool `json:"section32,omitempty"`
}

func noteOf(e *ledger.Escalation) (n codeNote) {
	if len(e.Detail) > 0 {
		_ = json.Unmarshal(e.Detail, &n) // written by us; an ordinary code has none
	}
	return n
}

type decided struct {
	Line    int64           `json:"line"`
	Outcome request.Outcome `json:"outcome"`
}

type decisionDetail struct {
	Lines []int64 `json:"lines"`
}

type receiptDetail struct {
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
	Until      request.Date      `json:"until,omitzero"`
	Why        request.Text      `json:"why,omitzero"`
	Submission int64             `json:"submission,omitempty"`
	Lines      []int64           `json:"lines,omitempty"`
	Thread     thread            `json:"thread"`
}

// hearAnswer reads the new text of an answer and the decision workbook that it brings: its commands, or why it decides
// nothing.
func (h *heard) hearAnswer(ctx context.Context, j *Job) (err error) {
	a := &answerHeard{codes: ingest.CodesIn(h.mail), sheet: hearSheet(ctx, h.mail)}
	if a.text, err = reply.NewText(ctx, h.mail); err != nil {
		return err
	}
	names := []string{h.sender.Name}
	if o, ok := h.box.Roster().ByEmail(h.sender.Address); ok {
		names = append(names, o.Name)
	}
	if a.commands, a.ask, err = reply.Parse(ctx, a.text, names...); err != nil {
		return err
	}
	if a.other, err = ingest.AnswersOther(ctx, h.mail, j.ours); err != nil {
		return fmt.Errorf("look up what the answer answers: %w", err)
	}
	covers, err := reply.IsCoveringNote(ctx, a.text, names...)
	if err != nil {
		return err
	}
	covers = covers && a.ask != nil
	switch s := a.sheet; {
	case s == nil:
		if covers {
			a.refusal = unreadSheet(ctx, h.mail)
		}
	case !s.fault.IsZero():
		a.refusal = s.fault
	case len(s.commands) > 0 && covers:
		a.ask = nil
	case covers:
		a.refusal = request.Text{EN: "The decision column of your workbook is empty.", FR: "La colonne de décision de votre classeur est vide."}
	}
	if a.sheet != nil {
		for _, c := range a.sheet.codes {
			if !slices.Contains(a.codes, c) {
				a.codes = append(a.codes, c)
			}
		}
	}
	h.answer = a
	return nil
}

// unreadSheet says why the file that an otherwise empty answer brings is no decision workbook; empty when it brings none.
func unreadSheet(ctx context.Context, mail *ingest.Mail) request.Text {
	for _, a := range mail.Attachments {
		if !a.CouldBeRequest() || a.Inline {
			continue
		}
		if a.Format == workbook.Xlsx {
			return request.Text{
				EN: "The workbook that you attached is not the decision workbook of our mail, or its headers were changed.",
				FR: "Le classeur joint n’est pas le classeur de décision de notre courriel, ou ses en-têtes ont été modifiés."}
		}
		if _, err := workbook.Open(ctx, a.Data, workbook.DefaultBounds()); err != nil {
			_, reason := RefusalOf(err)
			return reason
		}
	}
	return request.Text{}
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
	note := noteOf(&e)
	switch {
	case !found:
		return h.notice(noticeDetail{Kind: notify.NoEffect, Why: whyUnknownCode}), nil
	case !strings.EqualFold(e.Officer, h.sender.Address):
		return h.notice(noticeDetail{Kind: notify.NotYours, Submission: e.Submission}), nil
	case a.other:
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyOtherMail}), nil
	case note.Receipt:
		return j.undo(ctx, tx, now, h, &e, &note)
	case e.State == ledger.EscalationRerouted:
		return j.tellHandedOn(ctx, tx, h, &e)
	case !e.ExpiresAt.After(now) || e.State == ledger.EscalationExpired:
		return h.notice(noticeDetail{Kind: notify.Expired, Submission: e.Submission}), nil
	case !a.refusal.IsZero():
		return h.askBack(&e, nothingDecided(a.refusal)), nil
	case a.ask != nil:
		return h.askBack(&e, a.ask.Why.Text()), nil
	case note.Section32:
		return j.confirm(ctx, tx, now, h, &e)
	}
	return j.act(ctx, tx, now, h, &e)
}

// act does what an officer's commands say: hand over, or decide and ask. Authority is held against the roster of the day.
func (j *Job) act(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation) ([]ledger.Owed, error) {
	if _, known := h.box.Roster().ByEmail(h.sender.Address); !known {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyNoOfficer}), nil
	}
	for _, c := range h.answer.commands {
		if c.Verb != reply.Assign && c.Verb != reply.Away {
			continue
		}
		if len(h.answer.commands) > 1 || h.answer.sheet != nil && len(h.answer.sheet.commands) > 0 {
			return h.askBack(e, whyAlone), nil
		}
		if c.Verb == reply.Away {
			return j.goAway(ctx, tx, now, h, c.Until)
		}
		return j.handOver(ctx, tx, now, h, e, c.Address)
	}
	p, refusal, err := j.plan(ctx, tx, h, e)
	if err != nil {
		return nil, err
	}
	if !refusal.IsZero() {
		return h.askBack(e, refusal), nil
	}
	if refusal, err = j.beyond(ctx, tx, h, e, p.decisions); err != nil || !refusal.IsZero() {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: refusal}), err
	}
	owed, err := j.carryOut(ctx, tx, now, h, e, p.decisions)
	if err != nil || len(p.questions) == 0 {
		return owed, err
	}
	more, err := j.putQuestions(ctx, tx, now, h, e, p.questions)
	return append(owed, more...), err
}

// plan is what one answer asks for, line by line.
type plan struct {
	decisions []planned
	questions []questioned
}

// planned is one line with what is to become of it.
type planned struct {
	token  ledger.Token
	to     request.Outcome
	reason string
}

// plan reads commands against the lines of the mail that is answered. A refusal is a sentence that asks back: a command
// about a line that is not in the mail, a verb that is no decision, a reason that is missing, a workbook that was
// changed. Then nothing is done.
func (j *Job) plan(ctx context.Context, tx *ledger.Tx, h *heard, e *ledger.Escalation) (p plan, refusal request.Text, err error) {
	reasons, err := j.needReasons(ctx, tx, e)
	if err != nil {
		return p, refusal, err
	}
	commands := slices.Clone(h.answer.commands)
	if s := h.answer.sheet; s != nil && len(s.commands) > 0 {
		if refusal, err = s.unchanged(ctx, tx, e); err != nil || !refusal.IsZero() {
			return p, nothingDecided(refusal), err
		}
		for _, r := range s.commands {
			commands = append(commands, r.command)
		}
	}
	taken := map[int64]int{}
	choice := choiceAmong(e.Tokens)
	for _, c := range commands {
		to := request.Approved
		switch c.Verb {
		case reply.Approve:
		case reply.Decline:
			to = request.Declined
		case reply.Ask:
		default:
			return p, whyNoDecision, nil
		}
		tokens, unknown := choice.of(c)
		if unknown != "" {
			return p, noSuchLine(unknown), nil
		}
		if c.Verb == reply.Ask {
			p.questions = append(p.questions, questioned{tokens, c.Reason})
			continue
		}
		for _, t := range tokens {
			if at, twice := taken[t.Line]; twice {
				// Typed and chosen in the workbook: the same decision, said twice.
				if d := &p.decisions[at]; d.to != to || d.reason != "" && c.Reason != "" && d.reason != c.Reason {
					return p, reply.AskConflict.Text(), nil
				} else if d.reason == "" {
					d.reason = c.Reason
				}
				continue
			}
			taken[t.Line] = len(p.decisions)
			p.decisions = append(p.decisions, planned{t, to, c.Reason})
		}
	}
	for _, d := range p.decisions {
		if d.reason == "" && (d.to == request.Declined || reasons[d.token.Line]) {
			return p, missingReason(d.token.Ordinal, d.to), nil
		}
	}
	return p, request.Text{}, nil
}

// beyond says which of the decisions the officer may not take: the limit was lowered since the mail was written, or the
// line is the officer's own after all. Empty when every one of them is theirs to take.
func (j *Job) beyond(ctx context.Context, tx *ledger.Tx, h *heard, e *ledger.Escalation, decisions []planned) (why request.Text, err error) {
	if len(decisions) == 0 {
		return why, nil
	}
	a, err := j.askedIn(ctx, tx, e)
	if err != nil {
		return why, err
	}
	lines := make([]int64, len(decisions))
	for i := range decisions {
		lines[i] = decisions[i].token.Line
	}
	for _, l := range routedOf(a.files, amongLines(lines)) {
		if !h.box.Roster().May(h.sender.Address, l.line(), l.origin) {
			return notTheirs(l.reference), nil
		}
	}
	return why, nil
}

// needReasons says which lines an approval must give a reason for, by the policies that judged them. Where a policy cannot
// be read any more, it must.
func (j *Job) needReasons(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (map[int64]bool, error) {
	lines, err := tx.Lines(ctx, linesOf(e.Tokens))
	if err != nil {
		return nil, err
	}
	submissions := make([]int64, len(lines))
	for i := range lines {
		submissions[i] = lines[i].Submission
	}
	judged, err := tx.Submissions(ctx, submissions)
	if err != nil {
		return nil, err
	}
	policies := map[int64]*rules.Policy{}
	var mistakes rules.Mistakes
	for i := range judged {
		p, err := j.policyOf(ctx, tx, judged[i].Policy)
		if err != nil && !errors.As(err, &mistakes) {
			return nil, err
		}
		policies[judged[i].ID] = p
	}
	need := map[int64]bool{}
	for i := range lines {
		p := policies[lines[i].Submission]
		need[lines[i].ID] = p == nil || slices.ContainsFunc(lines[i].Guardrails, p.NeedsReason)
	}
	return need, nil
}

// carryOut consumes the tokens, moves the lines, and leaves the requester's mail (held for a while), the officer's
// receipt, and a word about lines that somebody decided before.
func (j *Job) carryOut(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, plan []planned) ([]ledger.Owed, error) {
	if len(plan) == 0 {
		return nil, nil
	}
	hold := j.o.Decisions.HoldTime()
	note := codeNote{Receipt: true, Escalation: e.ID, Until: now.Add(hold)}
	wins, err := j.moveDecided(ctx, tx, now, h, e, plan)
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
	if _, err := tx.CloseEscalations(ctx, now, lines); err != nil {
		return nil, err
	}
	note.Cause = fmt.Sprintf("message %d", h.message.ID)
	code := j.o.Code()
	detail, err := json.Marshal(note)
	if err != nil {
		return nil, err
	}
	if _, err := tx.AddEscalations(ctx, now, []ledger.Escalation{{Code: code, Officer: e.Officer, Submission: e.Submission,
		ExpiresAt: now.Add(j.o.Decisions.expires()), Detail: detail}}); err != nil {
		return nil, err
	}
	receipt := receiptDetail{Escalation: e.ID, Code: code, Lines: lines, Thread: threadOf(h.mail)}
	if hold > 0 {
		receipt.Until = note.Until
	}
	return append(owed,
		owe(owedDecision, note.Cause, ledger.Owed{Submission: e.Submission, Message: h.message.ID, DueAt: note.Until}, decisionDetail{Lines: lines}),
		owe(owedReceipt, note.Cause, ledger.Owed{Submission: e.Submission, Message: h.message.ID}, receipt)), nil
}

// moveDecided takes the tokens and moves the lines of those that were not taken before; wins lies beside plan.
func (j *Job) moveDecided(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, plan []planned) (wins []bool, err error) {
	wins = make([]bool, len(plan))
	var moves []ledger.Move
	var moved []int // places in plan
	for i, p := range plan {
		won, err := tx.ConsumeToken(ctx, now, e.ID, p.token.Line, h.message.ID)
		if err != nil {
			return nil, err
		}
		if won {
			moved = append(moved, i)
			moves = append(moves, ledger.Move{Line: p.token.Line, From: request.Escalated, To: p.to, By: h.sender.Address,
				InsteadOf: e.InsteadOf, Reason: p.reason, Cause: h.message.SHA256, Expect: p.token.Digest})
		}
	}
	won, err := tx.MoveLines(ctx, now, moves)
	if err != nil {
		return nil, err
	}
	for n, i := range moved {
		wins[i] = won[n]
	}
	return wins, nil
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
