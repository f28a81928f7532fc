package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/notify"
)

// questioned is a question about lines. It consumes no token.
type questioned struct {
	tokens []ledger.Token
	words  string
}

type questionDetail struct {
	Escalation int64         `json:"escalation"`
	Lines      []int64       `json:"lines"`
	Words      string        `json:"words"`
	Thread     outbox.Thread `json:"thread"` // the officer's mail: where the answer belongs
}

type replyDetail struct {
	Escalation int64         `json:"escalation"`
	Words      string        `json:"words"`
	Thread     outbox.Thread `json:"thread"`
}

// ask sends an officer's questions to the requesters, one mail to each.
func (desk *Desk) ask(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation, questions []questioned) ([]ledger.OutboxEntry, error) {
	bySubmission := map[int64]*questionDetail{}
	about := map[int64]bool{}
	var order []int64
	for _, q := range questions {
		lines, err := tx.Lines.ByID(ctx, linesOf(q.tokens))
		if err != nil {
			return nil, err
		}
		asked := map[int64]bool{}
		for _, l := range lines {
			d := bySubmission[l.Submission]
			if d == nil {
				d = &questionDetail{Escalation: e.ID, Thread: outbox.ThreadOf(h.Mail)}
				bySubmission[l.Submission] = d
				order = append(order, l.Submission)
			}
			if !about[l.ID] {
				about[l.ID] = true
				d.Lines = append(d.Lines, l.ID)
			}
			if !asked[l.Submission] {
				asked[l.Submission] = true
				d.Words = strings.TrimSpace(d.Words + "\n" + q.words)
			}
		}
	}
	if err := desk.askedAgain(ctx, tx, now, e.Officer, order); err != nil {
		return nil, err
	}
	clock := desk.dept.Calendar(h.Inbox)
	var owed []ledger.OutboxEntry
	for _, id := range order {
		d, cause := *bySubmission[id], fmt.Sprintf("message %d %d", h.Row.ID, id)
		about := ledger.OutboxEntry{Message: h.Row.ID, Submission: id}
		owed = append(owed, outbox.New(outbox.Question, cause, about, d), outbox.New(outbox.Asked, cause, about, d))
		about.DueAt = clock.After(now, desk.dept.Decisions.RemindTime())
		owed = append(owed, outbox.New(outbox.QuestionReminder, cause, about, d))
		about.DueAt = clock.After(now, desk.dept.Decisions.RerouteTime())
		owed = append(owed, outbox.New(outbox.QuestionUnanswered, cause, about, d))
	}
	by := desk.dept.Role(outbox.Escalation, e.Officer)
	tx.Then(func() { desk.log.Info("a question was asked", "by", by, "requests", len(order)) })
	if e.State == ledger.EscalationOpen {
		if _, err := tx.Escalations.Move(ctx, now, e.ID, ledger.EscalationOpen, ledger.EscalationAsked); err != nil {
			return nil, err
		}
	}
	return owed, nil
}

// askedAgain calls off what reminds of an officer's earlier questions about requests: the newest question is what is reminded of, once.
func (desk *Desk) askedAgain(ctx context.Context, tx *ledger.Tx, now time.Time, officer string, submissions []int64) error {
	waiting, err := tx.Outbox.Owed(ctx, outbox.QuestionReminder, outbox.QuestionUnanswered)
	if err != nil {
		return err
	}
	for i := range waiting {
		o := &waiting[i]
		if !slices.Contains(submissions, o.Submission) {
			continue
		}
		var d questionDetail
		if err := json.Unmarshal(o.Detail, &d); err != nil {
			return err
		}
		by, err := tx.Escalations.ByID(ctx, []int64{d.Escalation})
		if err != nil {
			return err
		}
		if len(by) == 0 || !strings.EqualFold(by[0].Officer, officer) {
			continue
		}
		if _, err := tx.Outbox.Void(ctx, now, o.Kind, o.Cause); err != nil {
			return err
		}
	}
	return nil
}

// settleQuestion ends the wait for an answer to a question: what would remind of it is called off.
func settleQuestion(ctx context.Context, tx *ledger.Tx, now time.Time, cause string) error {
	for _, kind := range []string{outbox.QuestionReminder, outbox.QuestionUnanswered} {
		if _, err := tx.Outbox.Void(ctx, now, kind, cause); err != nil {
			return err
		}
	}
	return nil
}

// composeQuestion is the mail that carries a question to the requester, in the conversation that the request began.
func (desk composer) composeQuestion(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d questionDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	f, err := desk.desk.records.Open(ctx, m.Entry.Submission)
	if err != nil {
		return err
	}
	a, err := desk.desk.openEscalation(ctx, d.Escalation)
	if err != nil {
		return err
	}
	t, err := desk.requesterThread(ctx, m.Entry.Submission)
	if err != nil {
		return err
	}
	mail, err := desk.desk.dept.Composer(f.Inbox).Question(notify.Question{
		Envelope:   desk.desk.dept.Envelope(f.Submission.Requester, f.Origin.Name, f.Origin.Language, "question "+m.Entry.Cause, now, t),
		Submission: f.Submission.Reference().String(), Policy: f.Policy.Mark(), From: shown(a.officer()), Words: d.Words,
		Lines: f.WithNames(f.MailLines(amongLines(d.Lines)))})
	if err != nil {
		return err
	}
	o := compose.Outgoing(outbox.Question, m.Entry.Cause, mail, f, now)
	o.Escalation = d.Escalation
	m.Mails = append(m.Mails, o)
	return nil
}

// passAnswerOn sends a requester's answer to the officer who asked. question is the mail that it answers.
func (desk *Desk) passAnswerOn(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, question *ledger.Outgoing) ([]ledger.OutboxEntry, error) {
	found, err := tx.Escalations.ByID(ctx, []int64{question.Escalation})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	e := &found[0]
	if e.State == ledger.EscalationRerouted || e.State == ledger.EscalationExpired { // whoever has the lines now hears it
		if e, err = desk.successor(ctx, tx, e); err != nil {
			return nil, err
		}
	}
	if !e.State.Waits() {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: question.Submission, Why: whyNoLongerNeeded}), nil
	}
	if strings.TrimSpace(h.text) == "" {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: question.Submission, Why: reply.AskEmpty.Text()}), nil
	}
	if err := settleQuestion(ctx, tx, now, question.Cause); err != nil {
		return nil, err
	}
	d := replyDetail{Escalation: e.ID, Words: clipText(h.text, mostWords)}
	if asked, known, err := tx.Outbox.Find(ctx, outbox.Question, question.Cause); err != nil {
		return nil, err
	} else if known {
		var q questionDetail
		if json.Unmarshal(asked.Detail, &q) == nil {
			d.Thread = q.Thread
		}
	}
	if e.State == ledger.EscalationAsked {
		if _, err := tx.Escalations.Move(ctx, now, e.ID, ledger.EscalationAsked, ledger.EscalationOpen); err != nil {
			return nil, err
		}
	}
	return []ledger.OutboxEntry{outbox.New(outbox.Reply, fmt.Sprintf("message %d", h.Row.ID), ledger.OutboxEntry{Message: h.Row.ID, Submission: question.Submission}, d)}, nil
}

// successor is the newest escalation over the first line of one that was handed on.
func (desk *Desk) successor(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (*ledger.Escalation, error) {
	if len(e.Tokens) == 0 {
		return e, nil
	}
	lines, err := tx.Lines.ByID(ctx, []int64{e.Tokens[0].Line})
	if err != nil || len(lines) == 0 {
		return e, err
	}
	all, err := tx.Escalations.OfSubmission(ctx, lines[0].Submission)
	if err != nil {
		return e, err
	}
	for i := range all {
		over := slices.ContainsFunc(all[i].Tokens, func(t ledger.Token) bool { return t.Line == e.Tokens[0].Line })
		if all[i].ID > e.ID && over && all[i].Kind != ledger.ConfirmationCode && all[i].Kind != ledger.ToldCode {
			e = &all[i]
		}
	}
	return e, nil
}

// composeReply is the mail that carries a requester's answer, and the files that came with it, to the officer.
func (desk composer) composeReply(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d replyDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.desk.openEscalation(ctx, d.Escalation)
	if err != nil {
		return err
	}
	f, err := desk.desk.records.Open(ctx, m.Entry.Submission)
	if err != nil {
		return err
	}
	files, words, err := desk.filesOf(ctx, m.Entry.Message, d.Words, false)
	if err != nil {
		return err
	}
	officer := a.officer()
	mail, err := desk.desk.dept.Composer(f.Inbox).Reply(notify.Question{
		Envelope: desk.desk.dept.Envelope(officer.Email, officer.Name, officer.Language, "reply "+m.Entry.Cause, now, d.Thread),
		Code:     ingest.Code(a.escalation.Code).String(), Submission: f.Submission.Reference().String(), Policy: f.Policy.Mark(),
		From: f.Submission.Requester, For: f.Origin.Name, Words: words, Lines: a.lines(a.waiting), Files: files})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, a.outgoing(outbox.Reply, m.Entry.Cause, mail, now))
	return nil
}

func clipText(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
