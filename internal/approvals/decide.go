package approvals

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
	"handrail/internal/incoming"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
)

// answer is what somebody wrote to one of our mails, read but not yet believed to be anybody's to give.
type answer struct {
	*incoming.Message
	j        *Desk
	codes    []ingest.Code // of the mail and of its decision workbook
	commands []reply.Command
	ask      *reply.AskBack
	sheet    *decisionSheet
	refusal  request.Text // why nothing in it decides, where ask does not say it
	other    bool         // it has a code of ours, but answers somebody else's mail
	text     string
	undoing  reply.Undoing // whether its text takes something back
	letter   bool          // it answers nothing of ours
	// writtenBy is who wrote for the sender, "" the sender; unknownWriter: somebody who cannot be told.
	writtenBy     string
	unknownWriter bool
	suppliers     request.Text // what is remembered of suppliers because of it, for its receipt
}

// receiptNote is what stands in the ledger beside a receipt's code: what UNDO takes back, and until when.
type receiptNote struct {
	Escalation int64     `json:"escalation,omitempty"`
	Decided    []decided `json:"decided,omitempty"`
	Cause      string    `json:"cause,omitempty"`     // of the requester's mail that is held
	Suppliers  int64     `json:"suppliers,omitempty"` // the message that said something of suppliers as well
	Until      time.Time `json:"until,omitzero"`
}

func noteOf(e *ledger.Escalation) (n receiptNote) {
	if len(e.Detail) > 0 {
		_ = json.Unmarshal(e.Detail, &n) // written by us
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
	Escalation int64         `json:"escalation"`
	Code       string        `json:"code"`
	Lines      []int64       `json:"lines"`
	Until      time.Time     `json:"until,omitzero"`
	Suppliers  request.Text  `json:"suppliers,omitzero"` // what is remembered of suppliers
	Thread     outbox.Thread `json:"thread"`
}

type askBackDetail struct {
	Escalation int64         `json:"escalation"`
	Why        request.Text  `json:"why"`
	Written    string        `json:"written"`
	Unclear    string        `json:"unclear,omitempty"`
	DidYouMean request.Text  `json:"did_you_mean,omitzero"`
	Thread     outbox.Thread `json:"thread"`
}

// Read reads the new text of an answer and the decision workbook that it brings: its commands, or why it decides
// nothing.
func (desk *Desk) Read(ctx context.Context, h *incoming.Message) (err error) {
	a := &answer{Message: h, j: desk, codes: ingest.CodesIn(h.Mail), sheet: readSheet(ctx, h.Mail)}
	if a.text, err = reply.NewText(ctx, h.Mail); err != nil {
		return err
	}
	names := []string{h.Sender.Name}
	if o, ok := h.Inbox.Roster().ByEmail(h.Sender.Address); ok {
		names = append(names, o.Name)
	}
	reader := reply.Reader{Names: names, Today: desk.dept.Day(h.Row.ReceivedAt)}
	if a.commands, a.ask, err = reader.Parse(ctx, a.text); err != nil {
		return err
	}
	if a.undoing, err = reader.ReadUndo(ctx, a.text); err != nil {
		return err
	}
	if a.other, err = ingest.AnswersOther(ctx, h.Mail, ingest.Answered{Ours: desk.dept.SentByUs, Held: desk.dept.Holds, Own: desk.dept.OwnAddresses(h.Inbox)}); err != nil {
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
			a.refusal = unreadSheet(ctx, h.Mail)
		}
	case !s.fault.IsZero():
		a.refusal = s.fault
	case len(s.commands) > 0 && covers:
		a.ask = nil
	case covers:
		a.refusal = whyEmptySheet
	}
	if a.sheet != nil {
		for _, c := range a.sheet.codes {
			if !slices.Contains(a.codes, c) {
				a.codes = append(a.codes, c)
			}
		}
	}
	a.readWriter()
	h.Answer = a
	return nil
}

// Decide acts on the answer: see decideAnswer.
func (h *answer) Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	return h.j.decideAnswer(ctx, tx, now, h)
}

// Held is next to nothing: an answer's text is bounded.
func (h *answer) Held() int64 { return 0 }

// unreadSheet says why the file that an otherwise empty answer brings is no decision workbook; empty when it brings none.
func unreadSheet(ctx context.Context, mail *ingest.Mail) request.Text {
	for _, a := range mail.Attachments {
		if !a.CouldBeRequest() || a.Inline {
			continue
		}
		if a.Format == workbook.Xlsx {
			return whyOtherSheet
		}
		if _, err := workbook.Open(ctx, a.Data, workbook.DefaultBounds()); err != nil {
			_, reason := judgement.RefusalOf(err)
			return reason
		}
	}
	return request.Text{}
}

// decideAnswer acts on an officer's answer, or says why it has no effect. Deciding needs all of: a verified sender, who
// is the officer that was asked, exactly one code of ours that was not taken from them, and commands that can be read one way.
func (desk *Desk) decideAnswer(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer) ([]ledger.OutboxEntry, error) {
	a := h
	if len(a.codes) != 1 {
		return desk.withoutCode(ctx, tx, now, h)
	}
	e, found, err := tx.Escalations.ByCode(ctx, string(a.codes[0]))
	if err != nil {
		return nil, err
	}
	switch {
	case !found:
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: whyUnknownCode}), nil
	case !strings.EqualFold(e.Officer, h.Sender.Address):
		return h.Notice(outbox.NoticeDetail{Kind: notify.NotYours, Submission: e.Submission}), nil
	case a.other:
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyOtherMail}), nil
	case !h.onBehalf().IsZero():
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: h.onBehalf()}), nil
	case a.thanks():
		return nil, nil
	case a.onlyOfSuppliers() && e.Kind != ledger.ConfirmationCode:
		return desk.saidOfSuppliers(ctx, tx, now, h, &e)
	case e.Kind == ledger.ReceiptCode:
		note := noteOf(&e)
		return desk.undo(ctx, tx, now, h, &e, &note)
	case ofManager(&e) && h.managersNo(&e) != nil:
		return desk.refuseMoney(ctx, tx, now, h, &e) // it only takes back: it counts as long as the lines are what they were
	case a.refusal.IsZero() && (a.sheet == nil || len(a.sheet.commands) == 0) && a.mayHandOn(true):
		if why, err := h.unclearSuppliers(ctx, tx, &e); err != nil || !why.IsZero() {
			return h.askBack(&e, why), err
		}
		return desk.talk(ctx, tx, now, h, &e)
	case e.State == ledger.EscalationRerouted:
		return desk.tellReassigned(ctx, tx, h, &e)
	case !a.refusal.IsZero():
		return h.askBack(&e, nothingDecided(a.refusal)), nil
	case h.asksToUndoHere():
		return h.askBack(&e, whyUndoElsewhere), nil
	case a.ask != nil:
		return h.askBack(&e, a.ask.Why.Text(), a.ask.Proposal...), nil
	case e.Kind == ledger.ConfirmationCode:
		return desk.confirm(ctx, tx, now, h, &e)
	case e.Kind == ledger.ToldCode:
		return desk.acknowledge(ctx, tx, now, h, &e)
	}
	return desk.act(ctx, tx, now, h, &e)
}

// talk is what an officer or a manager wrote that is for a person: it goes back to whoever they talk with, else to the requester.
func (desk *Desk) talk(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	ours, err := desk.answered(ctx, tx, h)
	if err != nil {
		return nil, err
	}
	if len(ours) > 0 && strings.EqualFold(ours[0].Recipient, h.Sender.Address) {
		if owed, found, err := desk.answerBack(ctx, tx, now, h, &ours[0]); err != nil || found {
			return owed, err
		}
	}
	return desk.officerWrites(ctx, tx, now, h, e)
}

// thanks reports whether a mail is thanks and nothing else.
func (h *answer) thanks() bool {
	return h.sheet == nil && h.ask != nil && h.ask.Why == reply.AskThanks
}

// asksToUndoHere reports whether somebody asks to take something back who has decided nothing yet.
func (h *answer) asksToUndoHere() bool {
	return len(h.commands) == 1 && h.commands[0].Verb == reply.Undo || h.ask != nil && h.undoing != reply.NoUndo
}

// act does what an officer's commands say: hand over, or decide and ask. Authority is held against the roster of the day.
func (desk *Desk) act(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	if _, known := h.Inbox.Roster().ByEmail(h.Sender.Address); !known {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyNoOfficer}), nil
	}
	if len(h.commands) == 1 && h.commands[0].Verb == reply.No { // of a manager it is an answer, of an officer no decision yet
		decline := reply.Command{Verb: reply.Decline, Reason: h.commands[0].Reason}
		return h.askBack(e, reply.AskYes.Text(), decline), nil
	}
	for _, c := range h.commands {
		if c.Verb != reply.Assign && c.Verb != reply.Away {
			continue
		}
		if len(h.commands) > 1 || h.sheet != nil && len(h.sheet.commands) > 0 {
			return h.askBack(e, whyAlone), nil
		}
		if c.Verb == reply.Away {
			return desk.goAway(ctx, tx, now, h, c.Until)
		}
		return desk.reassign(ctx, tx, now, h, e, c)
	}
	var words []supplierWord
	words, h.commands = h.ofSuppliers()
	pairs, refusal, err := desk.pairsMeant(ctx, tx, h, e.Tokens, words)
	if err != nil || !refusal.IsZero() {
		return h.askBack(e, refusal), err
	}
	p, refusal, err := desk.plan(ctx, tx, h, e)
	if err != nil {
		return nil, err
	}
	if !refusal.IsZero() {
		return h.askBack(e, refusal), nil
	}
	if refusal, err = desk.beyond(ctx, tx, h, e, p.decisions); err != nil || !refusal.IsZero() {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: refusal}), err
	}
	if h.suppliers, err = desk.judgeSuppliers(ctx, tx, now, pairs); err != nil {
		return nil, err
	}
	owed, err := desk.carryOut(ctx, tx, now, h, e, p.decisions)
	if len(pairs) > 0 && !slices.ContainsFunc(owed, func(o ledger.OutboxEntry) bool { return o.Kind == outbox.Receipt }) {
		owed = append(owed, h.remembered(e.Submission, notify.Remembered, h.suppliers)...)
	}
	if err != nil || len(p.questions) == 0 {
		return owed, err
	}
	more, err := desk.ask(ctx, tx, now, h, e, p.questions)
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
func (desk *Desk) plan(ctx context.Context, tx *ledger.Tx, h *answer, e *ledger.Escalation) (p plan, refusal request.Text, err error) {
	reasons, err := desk.needReasons(ctx, tx, e)
	if err != nil {
		return p, refusal, err
	}
	commands := slices.Clone(h.commands)
	if s := h.sheet; s != nil && len(s.commands) > 0 {
		if refusal, err = s.unchanged(ctx, tx, e); err != nil || !refusal.IsZero() {
			return p, nothingDecided(refusal), err
		}
		for _, r := range s.commands {
			commands = append(commands, r.command)
		}
	}
	taken := map[int64]int{}
	choice := selectionAmong(e.Tokens)
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
		if doubt := choice.doubt(c); !doubt.IsZero() {
			return p, doubt, nil
		}
		tokens, unknown := choice.of(c)
		switch {
		case unknown != "":
			return p, noSuchLine(unknown), nil
		case len(tokens) == 0:
			return p, whyNoneLeft, nil
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
func (desk *Desk) beyond(ctx context.Context, tx *ledger.Tx, h *answer, e *ledger.Escalation, decisions []planned) (why request.Text, err error) {
	if len(decisions) == 0 {
		return why, nil
	}
	a, err := desk.readEscalationIn(ctx, tx, e)
	if err != nil {
		return why, err
	}
	lines := make([]int64, len(decisions))
	for i := range decisions {
		lines[i] = decisions[i].token.Line
	}
	for _, l := range record.EscalatedLines(a.files, amongLines(lines)) {
		if !h.Inbox.Roster().May(h.Sender.Address, l.Said(), l.Origin) {
			return notTheirs(l.Reference), nil
		}
	}
	return why, nil
}

// needReasons says which lines an approval must give a reason for, by the policies that judged them. Where a policy cannot
// be read any more, it must.
func (desk *Desk) needReasons(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (map[int64]bool, error) {
	lines, err := tx.Lines.ByID(ctx, linesOf(e.Tokens))
	if err != nil {
		return nil, err
	}
	submissions := make([]int64, len(lines))
	for i := range lines {
		submissions[i] = lines[i].Submission
	}
	judged, err := tx.Submissions.ByID(ctx, submissions)
	if err != nil {
		return nil, err
	}
	policies := map[int64]*rules.Policy{}
	var mistakes rules.Mistakes
	for i := range judged {
		p, err := desk.dept.PolicyOf(ctx, tx, judged[i].Policy)
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

// askBack asks what was meant; proposal is what would be a clear answer, where there is one.
func (h *answer) askBack(e *ledger.Escalation, why request.Text, proposal ...reply.Command) []ledger.OutboxEntry {
	written := h.text
	if r := []rune(written); len(r) > 600 {
		written = string(r[:600]) + "…"
	}
	unclear := ""
	if h.ask != nil {
		unclear = h.ask.Words
	}
	return []ledger.OutboxEntry{outbox.New(outbox.AskBack, fmt.Sprintf("message %d", h.Row.ID), ledger.OutboxEntry{Message: h.Row.ID, Submission: e.Submission},
		askBackDetail{Escalation: e.ID, Why: why, Written: written, Unclear: unclear, DidYouMean: proposed(proposal), Thread: outbox.ThreadOf(h.Mail)})}
}
