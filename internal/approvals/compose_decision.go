package approvals

import (
	"context"
	"encoding/json"
	"time"

	"handrail/ingest"
	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// composer writes the mails about decisions.
type composer struct{ desk *Desk }

// composeDecision is the one mail to each requester about one mail of an officer's: the lines it decided, with the reason,
// and the workbook as it stands now.
func (desk composer) composeDecision(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d decisionDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	files := []*record.Case{m.Case}
	if m.Entry.Submission == 0 {
		var err error
		if files, err = desk.openLines(ctx, d.Lines); err != nil {
			return err
		}
	}
	for _, f := range files {
		mail, err := desk.decisionMail(ctx, now, m.Entry.Cause, f, d.Lines)
		if err != nil {
			return err
		}
		m.Mails = append(m.Mails, *mail)
	}
	return nil
}

func (desk composer) decisionMail(ctx context.Context, now time.Time, cause string, f *record.Case, lines []int64) (*ledger.Outgoing, error) {
	if _, err := f.Unpack(); err != nil {
		return nil, err
	}
	t, err := desk.requesterThread(ctx, f.Submission.ID)
	if err != nil {
		return nil, err
	}
	book, err := f.Annotated(ctx)
	if err != nil {
		return nil, err
	}
	reference := f.Submission.Reference().String()
	open := 0
	for i := range f.Lines {
		if f.Lines[i].Recorded.Outcome == request.Escalated {
			open++
		}
	}
	told := f.WithNames(f.MailLines(amongLines(lines)))
	for i := range told {
		if told[i].Outcome == request.Declined {
			told[i].WouldPass = wouldPass(&told[i])
		}
	}
	// One decision about several requests is one mail for each of them, which must not look alike.
	mail, err := desk.desk.dept.Composer(f.Inbox).Decision(notify.Decision{
		Envelope:   desk.desk.dept.Envelope(f.Submission.Requester, f.Origin.Name, f.Origin.Language, "decision "+cause+" "+reference, now, t),
		Submission: reference, Requester: f.Origin, Policy: f.Policy.Mark(), Lines: told, Open: open,
		Workbook: &notify.Attachment{Name: compose.AnswerName(f.Submission.FileName, reference), Data: book}})
	if err != nil {
		return nil, err
	}
	o := compose.Outgoing(outbox.Decision, cause+" "+reference, mail, f, now)
	return &o, nil
}

// composeReceipt tells the officer what was recorded.
func (desk composer) composeReceipt(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d receiptDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.desk.openEscalation(ctx, d.Escalation)
	if err != nil {
		return err
	}
	officer := a.officer()
	mail, err := desk.desk.dept.Composer(a.files[0].Inbox).Receipt(notify.Receipt{
		Envelope: desk.desk.dept.Envelope(officer.Email, officer.Name, officer.Language, "receipt "+m.Entry.Cause, now, d.Thread),
		Code:     ingest.Code(d.Code).String(), Submission: a.reference(), Policy: a.files[0].Policy.Mark(),
		Lines: a.lines(amongLines(d.Lines)), Open: a.count(a.waiting), HeldUntil: d.Until, Suppliers: d.Suppliers})
	if err != nil {
		return err
	}
	o := a.outgoing(outbox.Receipt, m.Entry.Cause, mail, now)
	o.Escalation = 0 // the receipt's own code is another one
	m.Mails = append(m.Mails, o)
	return nil
}

// composeAskBack puts a polite question back to whoever was asked; nothing was decided.
func (desk composer) composeAskBack(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d askBackDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.desk.openEscalation(ctx, d.Escalation)
	if err != nil {
		return err
	}
	officer := a.officer()
	mail, err := desk.desk.dept.Composer(a.files[0].Inbox).AskBack(notify.AskBack{
		Envelope: desk.desk.dept.Envelope(officer.Email, officer.Name, officer.Language, "ask-back "+m.Entry.Cause, now, d.Thread),
		Code:     ingest.Code(a.escalation.Code).String(), Submission: a.reference(), Policy: a.files[0].Policy.Mark(),
		Written: d.Written, Why: d.Why, Unclear: d.Unclear, DidYouMean: d.DidYouMean, Lines: a.lines(a.answerable()), Confirms: a.ofManager()})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, a.outgoing(outbox.AskBack, m.Entry.Cause, mail, now))
	return nil
}

// composeNotice tells a sender why a mail had no effect, or what it did.
func (desk composer) composeNotice(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d outbox.NoticeDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	n := notify.Notice{Envelope: desk.desk.dept.Envelope(d.To, "", request.UnknownLang, "notice "+m.Entry.Cause, now, d.Thread), Kind: d.Kind, By: d.By, At: d.At, Until: d.Until, Why: d.Why}
	o := ledger.Outgoing{Kind: outbox.Notice, Cause: m.Entry.Cause, Edition: 1, NextAt: now, Submission: d.Submission}
	files, box, err := desk.noticeFiles(ctx, &d, m.Entry.Message)
	if err != nil {
		return err
	}
	among := amongLines(d.Lines)
	for _, f := range files {
		n.Policy, n.Lang = f.Policy.Mark(), f.Origin.Language
		if len(files) == 1 {
			n.Submission = f.Submission.Reference().String()
		}
		// A stranger to the submission learns nothing about its lines.
		if d.Kind != notify.NotYours {
			n.Lines = append(n.Lines, f.WithNames(f.MailLines(func(c *record.Line) bool { return !c.Kept && among(c) }))...)
		}
	}
	if box != nil {
		o.Inbox = box.Config.Name
		if officer, ok := box.Roster().ByEmail(d.To); ok {
			n.Lang, n.ToName = officer.Language, officer.Name
		}
		if by, ok := box.Roster().ByEmail(d.By); ok && by.Name != "" {
			n.By = by.Name
		}
	}
	if d.Kind == notify.RevokedLines {
		n.Lang = desk.desk.dept.Finance.Language
	}
	n.First = compose.LikelyLanguage(d.Thread.Subject)
	mail, err := desk.desk.dept.Composer(box).Notice(n)
	if err != nil {
		return err
	}
	o.Recipient, o.MessageID, o.Raw = mail.To, mail.MessageID, mail.Raw
	m.Mails = append(m.Mails, o)
	return nil
}

// noticeFiles reads the requests that a notice is about, and the inbox that the mail came to.
func (desk composer) noticeFiles(ctx context.Context, d *outbox.NoticeDetail, message int64) (files []*record.Case, box *department.Inbox, err error) {
	switch {
	case d.Submission != 0:
		f, err := desk.desk.records.Open(ctx, d.Submission)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, f)
	case len(d.Lines) > 0:
		if files, err = desk.openLines(ctx, d.Lines); err != nil {
			return nil, nil, err
		}
	}
	err = desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		row, found, err := tx.Messages.Row(ctx, message)
		if found {
			box = desk.desk.dept.Inboxes[row.Box.Inbox]
		}
		return err
	})
	return files, box, err
}

func amongLines(ids []int64) func(*record.Line) bool {
	among := setOf(ids)
	return func(c *record.Line) bool { return among[c.Recorded.ID] }
}

func setOf[T comparable](list []T) map[T]bool {
	set := make(map[T]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return set
}

// requesterThread is the conversation that a submission began.
func (desk composer) requesterThread(ctx context.Context, submission int64) (t outbox.Thread, err error) {
	err = desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		found, err := tx.Submissions.ByID(ctx, []int64{submission})
		if err != nil || len(found) == 0 {
			return err
		}
		m, ok, err := tx.Messages.Get(ctx, found[0].Message)
		if ok {
			t = outbox.Thread{MessageID: m.MessageID, Subject: m.Subject}
		}
		return err
	})
	return t, err
}
