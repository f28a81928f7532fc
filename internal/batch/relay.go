package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// questioned is a question about lines. It consumes no token.
type questioned struct {
	tokens []ledger.Token
	words  string
}

type questionDetail struct {
	Escalation int64   `json:"escalation"`
	Lines      []int64 `json:"lines"`
	Words      string  `json:"words"`
	Thread     thread  `json:"thread"` // the officer's mail: where the answer belongs
}

type replyDetail struct {
	Escalation int64  `json:"escalation"`
	Words      string `json:"words"`
	Thread     thread `json:"thread"`
}

// putQuestions sends an officer's questions to the requesters, one mail to each.
func (j *Job) putQuestions(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, questions []questioned) ([]ledger.Owed, error) {
	bySubmission := map[int64]*questionDetail{}
	about := map[int64]bool{}
	var order []int64
	for _, q := range questions {
		lines, err := tx.Lines(ctx, linesOf(q.tokens))
		if err != nil {
			return nil, err
		}
		asked := map[int64]bool{}
		for _, l := range lines {
			d := bySubmission[l.Submission]
			if d == nil {
				d = &questionDetail{Escalation: e.ID, Thread: threadOf(h.mail)}
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
	var owed []ledger.Owed
	for _, id := range order {
		owed = append(owed, owe(owedQuestion, fmt.Sprintf("message %d %d", h.message.ID, id), ledger.Owed{Message: h.message.ID, Submission: id}, *bySubmission[id]))
	}
	if e.State == ledger.EscalationOpen {
		if _, err := tx.MoveEscalation(ctx, now, e.ID, ledger.EscalationOpen, ledger.EscalationAsked); err != nil {
			return nil, err
		}
	}
	return owed, nil
}

// tellQuestion is the mail that carries a question to the requester, in the conversation that the request began.
func (j *Job) tellQuestion(ctx context.Context, now time.Time, m *made) error {
	var d questionDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	f, err := j.open(ctx, m.owed.Submission)
	if err != nil {
		return err
	}
	a, err := j.openAsked(ctx, d.Escalation)
	if err != nil {
		return err
	}
	t, err := j.requesterThread(ctx, m.owed.Submission)
	if err != nil {
		return err
	}
	mail, err := f.box.writer(j).Question(notify.Question{
		Envelope:   j.envelope(f.submission.Requester, f.origin.Name, f.origin.Language, "question "+m.owed.Cause, now, t),
		Submission: f.submission.Reference().String(), Policy: f.policy.Mark(), From: a.files[0].displayName(a.escalation.Officer), Words: d.Words,
		Lines: f.named(f.mailLines(amongLines(d.Lines)))})
	if err != nil {
		return err
	}
	o := outgoing("question", m.owed.Cause, mail, f, now)
	o.Escalation = d.Escalation
	m.mails = append(m.mails, o)
	return nil
}

// passOn sends a requester's answer to the officer who asked. question is the mail that it answers.
func (j *Job) passOn(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, question *ledger.Outgoing) ([]ledger.Owed, error) {
	found, err := tx.Escalations(ctx, []int64{question.Escalation})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	e := &found[0]
	if e.State == ledger.EscalationRerouted { // whoever has the lines now hears it
		if e, err = j.successor(ctx, tx, e); err != nil {
			return nil, err
		}
	}
	if e.State != ledger.EscalationOpen && e.State != ledger.EscalationAsked {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: question.Submission, Why: request.Text{
			EN: "The officer no longer needs your answer: what was asked about is decided, withdrawn or replaced.",
			FR: "L’agent n’a plus besoin de votre réponse\u00a0: ce sur quoi portait la question est décidé, retiré ou remplacé."}}), nil
	}
	if strings.TrimSpace(h.answer.text) == "" {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: question.Submission, Why: reply.AskEmpty.Text()}), nil
	}
	d := replyDetail{Escalation: e.ID, Words: clipText(h.answer.text, 6000)}
	if asked, known, err := tx.OwedFor(ctx, owedQuestion, question.Cause); err != nil {
		return nil, err
	} else if known {
		var q questionDetail
		if json.Unmarshal(asked.Detail, &q) == nil {
			d.Thread = q.Thread
		}
	}
	if e.State == ledger.EscalationAsked {
		if _, err := tx.MoveEscalation(ctx, now, e.ID, ledger.EscalationAsked, ledger.EscalationOpen); err != nil {
			return nil, err
		}
	}
	return []ledger.Owed{owe(owedReply, fmt.Sprintf("message %d", h.message.ID), ledger.Owed{Message: h.message.ID, Submission: question.Submission}, d)}, nil
}

// successor is the newest escalation over the first line of one that was handed on.
func (j *Job) successor(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (*ledger.Escalation, error) {
	if len(e.Tokens) == 0 {
		return e, nil
	}
	lines, err := tx.Lines(ctx, []int64{e.Tokens[0].Line})
	if err != nil || len(lines) == 0 {
		return e, err
	}
	all, err := tx.EscalationsOf(ctx, lines[0].Submission)
	if err != nil {
		return e, err
	}
	for i := range all {
		over := slices.ContainsFunc(all[i].Tokens, func(t ledger.Token) bool { return t.Line == e.Tokens[0].Line })
		if all[i].ID > e.ID && over && !noteOf(&all[i]).Section32 {
			e = &all[i]
		}
	}
	return e, nil
}

// mostFiles and mostFileBytes bound what of a requester's answer is attached for the officer.
const (
	mostFiles     = 10
	mostFileBytes = 10 << 20
)

// tellReply is the mail that carries a requester's answer, and the files that came with it, to the officer.
func (j *Job) tellReply(ctx context.Context, now time.Time, m *made) error {
	var d replyDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	a, err := j.openAsked(ctx, d.Escalation)
	if err != nil {
		return err
	}
	f, err := j.open(ctx, m.owed.Submission)
	if err != nil {
		return err
	}
	files, err := j.filesOf(ctx, m.owed.Message)
	if err != nil {
		return err
	}
	officer := a.officer()
	mail, err := f.box.writer(j).Reply(notify.Question{
		Envelope: j.envelope(officer.Email, officer.Name, officer.Language, "reply "+m.owed.Cause, now, d.Thread),
		Code:     ingest.Code(a.escalation.Code).String(), Submission: f.submission.Reference().String(), Policy: f.policy.Mark(),
		From: requesterName(&request.Origin{Name: f.origin.Name, Sender: f.submission.Requester}), Words: d.Words, Lines: a.lines(a.waiting), Files: files})
	if err != nil {
		return err
	}
	m.mails = append(m.mails, a.outgoing("reply", m.owed.Cause, mail, now))
	return nil
}

// filesOf are the files that a message brings, those that people open: what mail programs put into a text is left out.
func (j *Job) filesOf(ctx context.Context, message int64) (files []*notify.Attachment, err error) {
	var m ledger.Message
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		m, _, err = tx.Message(ctx, message)
		return err
	})
	box := j.inboxes[m.Box.Inbox]
	if err != nil || m.Raw == nil || box == nil {
		return nil, err
	}
	mail, err := ingest.Parse(ctx, m.Raw, box.Config.Limits)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, nil // it was read before; without its files the words still go
	}
	size := 0
	for _, a := range mail.Attachments {
		if !a.CouldBeRequest() || len(files) == mostFiles || size+len(a.Data) > mostFileBytes {
			continue
		}
		size += len(a.Data)
		files = append(files, &notify.Attachment{Name: a.Name, Type: a.Type, Data: a.Data})
	}
	return files, nil
}

func clipText(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
