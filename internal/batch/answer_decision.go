package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// tellDecision is the one mail to the requester about one mail of an officer's: the lines it decided, with the reason,
// and the workbook as it stands now.
func (j *Job) tellDecision(ctx context.Context, now time.Time, m *made) error {
	var d decisionDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	f, err := m.file.unpack()
	if err != nil {
		return err
	}
	t, err := j.requesterThread(ctx, m.owed.Submission)
	if err != nil {
		return err
	}
	book, err := f.annotated()
	if err != nil {
		return err
	}
	reference := f.submission.Reference().String()
	open := 0
	for i := range f.lines {
		if f.lines[i].line.Outcome == request.Escalated {
			open++
		}
	}
	mail, err := j.o.Composer.Decision(notify.Decision{
		Envelope:   j.envelope(f.submission.Requester, f.origin.Name, f.origin.Language, "decision "+m.owed.Cause, now, t),
		Submission: reference, Policy: f.policy.Mark(), Lines: f.named(f.mailLines(f.among(d.Lines))), Open: open,
		Workbook: &notify.Attachment{Name: answerName(f.submission.FileName, reference), Data: book}})
	if err != nil {
		return err
	}
	o := outgoing("decision", m.owed.Cause, mail, f, now)
	m.mails = append(m.mails, o)
	return nil
}

// tellReceipt tells the officer what was recorded.
func (j *Job) tellReceipt(ctx context.Context, now time.Time, m *made) error {
	var d receiptDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	f, numbers, err := j.openAsked(ctx, m.owed.Submission, d.Escalation)
	if err != nil {
		return err
	}
	officer, _ := f.box.Roster.ByEmail(d.Officer)
	open := 0
	for id := range numbers {
		for i := range f.lines {
			if f.lines[i].line.ID == id && f.lines[i].line.Outcome == request.Escalated {
				open++
			}
		}
	}
	mail, err := j.o.Composer.Receipt(notify.Receipt{
		Envelope: j.envelope(d.Officer, officer.Name, officer.Language, "receipt "+m.owed.Cause, now, d.Thread),
		Code:     ingest.Code(d.Code).String(), Submission: f.submission.Reference().String(), Policy: f.policy.Mark(),
		Lines: f.numbered(f.among(d.Lines), numbers), Open: open, HeldUntil: d.Until})
	if err != nil {
		return err
	}
	m.mails = append(m.mails, outgoing("receipt", m.owed.Cause, mail, f, now))
	return nil
}

// tellAskBack puts a polite question back to the officer; nothing was decided.
func (j *Job) tellAskBack(ctx context.Context, now time.Time, m *made) error {
	var d askBackDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	var e ledger.Escalation
	if err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		found, err := tx.Escalations(ctx, []int64{d.Escalation})
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("escalation %d is not in the ledger", d.Escalation)
		}
		if err == nil {
			e = found[0]
		}
		return err
	}); err != nil {
		return err
	}
	f, numbers, err := j.openAsked(ctx, e.Submission, e.ID)
	if err != nil {
		return err
	}
	officer, _ := f.box.Roster.ByEmail(e.Officer)
	waiting := func(c *caseLine) bool { return numbers[c.line.ID] != 0 && c.line.Outcome == request.Escalated }
	mail, err := j.o.Composer.AskBack(notify.AskBack{
		Envelope: j.envelope(e.Officer, officer.Name, officer.Language, "ask-back "+m.owed.Cause, now, d.Thread),
		Code:     ingest.Code(e.Code).String(), Submission: f.submission.Reference().String(), Policy: f.policy.Mark(),
		Written: d.Written, Why: d.Why, Lines: f.numbered(waiting, numbers)})
	if err != nil {
		return err
	}
	m.mails = append(m.mails, outgoing("ask-back", m.owed.Cause, mail, f, now))
	return nil
}

// tellNotice tells a sender why a mail had no effect, or what it did.
func (j *Job) tellNotice(ctx context.Context, now time.Time, m *made) error {
	var d noticeDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	n := notify.Notice{Envelope: j.envelope(d.To, "", request.UnknownLang, "notice "+m.owed.Cause, now, d.Thread), Kind: d.Kind, By: d.By, At: d.At}
	o := ledger.Outgoing{Kind: "notice", Cause: m.owed.Cause, Edition: 1, NextAt: now, Submission: d.Submission}
	if d.Submission != 0 {
		f, err := j.open(ctx, d.Submission)
		if err != nil {
			return err
		}
		n.Submission, n.Policy, n.Lang = f.submission.Reference().String(), f.policy.Mark(), f.origin.Language
		// A stranger to the submission learns nothing about its lines.
		if d.Kind != notify.NotYours {
			n.Lines = f.named(f.mailLines(f.among(d.Lines)))
		}
		if f.box != nil {
			o.Inbox = f.box.Config.Name
			if officer, ok := f.box.Roster.ByEmail(d.To); ok {
				n.Lang, n.ToName = officer.Language, officer.Name
			}
			if by, ok := f.box.Roster.ByEmail(d.By); ok {
				n.By = by.Name
			}
		}
	}
	mail, err := j.o.Composer.Notice(n)
	if err != nil {
		return err
	}
	o.Recipient, o.MessageID, o.Raw = mail.To, mail.MessageID, mail.Raw
	m.mails = append(m.mails, o)
	return nil
}

// openAsked opens a submission with the numbers that the lines bear in an officer's mail.
func (j *Job) openAsked(ctx context.Context, submission, escalation int64) (*caseFile, map[int64]int, error) {
	f, err := j.open(ctx, submission)
	if err != nil {
		return nil, nil, err
	}
	numbers := map[int64]int{}
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		found, err := tx.Escalations(ctx, []int64{escalation})
		for _, e := range found {
			for _, t := range e.Tokens {
				numbers[t.Line] = t.Ordinal
			}
		}
		return err
	})
	return f, numbers, err
}

func (f *caseFile) among(ids []int64) func(*caseLine) bool {
	return func(c *caseLine) bool { return slices.Contains(ids, c.line.ID) }
}

// numbered are lines with the numbers that an officer knows them by.
func (f *caseFile) numbered(which func(*caseLine) bool, numbers map[int64]int) []notify.Line {
	lines := f.named(f.mailLines(which))
	n := 0
	for i := range f.lines {
		if which(&f.lines[i]) {
			lines[n].Number = numbers[f.lines[i].line.ID]
			n++
		}
	}
	return lines
}

// named says who decided by name instead of by address.
func (f *caseFile) named(lines []notify.Line) []notify.Line {
	for i := range lines {
		if f.box == nil || lines[i].DecidedBy == "" {
			continue
		}
		if o, ok := f.box.Roster.ByEmail(lines[i].DecidedBy); ok && o.Name != "" {
			lines[i].DecidedBy = o.Name
		}
	}
	return lines
}

// requesterThread is the conversation that a submission began.
func (j *Job) requesterThread(ctx context.Context, submission int64) (t thread, err error) {
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		found, err := tx.Submissions(ctx, []int64{submission})
		if err != nil || len(found) == 0 {
			return err
		}
		m, ok, err := tx.Message(ctx, found[0].Message)
		if ok {
			t = thread{MessageID: m.MessageID, Subject: m.Subject}
		}
		return err
	})
	return t, err
}
