package batch

import (
	"context"
	"encoding/json"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// tellDecision is the one mail to each requester about one mail of an officer's: the lines it decided, with the reason,
// and the workbook as it stands now.
func (j *Job) tellDecision(ctx context.Context, now time.Time, m *made) error {
	var d decisionDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	files := []*caseFile{m.file}
	if m.owed.Submission == 0 {
		var err error
		if files, err = j.openLines(ctx, d.Lines); err != nil {
			return err
		}
	}
	for _, f := range files {
		mail, err := j.decisionMail(ctx, now, m.owed.Cause, f, d.Lines)
		if err != nil {
			return err
		}
		m.mails = append(m.mails, *mail)
	}
	return nil
}

func (j *Job) decisionMail(ctx context.Context, now time.Time, cause string, f *caseFile, lines []int64) (*ledger.Outgoing, error) {
	if _, err := f.unpack(); err != nil {
		return nil, err
	}
	t, err := j.requesterThread(ctx, f.submission.ID)
	if err != nil {
		return nil, err
	}
	book, err := f.annotated(ctx)
	if err != nil {
		return nil, err
	}
	reference := f.submission.Reference().String()
	open := 0
	for i := range f.lines {
		if f.lines[i].line.Outcome == request.Escalated {
			open++
		}
	}
	told := f.named(f.mailLines(amongLines(lines)))
	for i := range told {
		if told[i].Outcome == request.Declined {
			told[i].WouldPass = wouldPass(&told[i])
		}
	}
	// One decision about several requests is one mail for each of them, which must not look alike.
	mail, err := j.writer(f.box).Decision(notify.Decision{
		Envelope:   j.envelope(f.submission.Requester, f.origin.Name, f.origin.Language, "decision "+cause+" "+reference, now, t),
		Submission: reference, Policy: f.policy.Mark(), Lines: told, Open: open,
		Workbook: &notify.Attachment{Name: answerName(f.submission.FileName, reference), Data: book}})
	if err != nil {
		return nil, err
	}
	o := outgoing("decision", cause+" "+reference, mail, f, now)
	return &o, nil
}

// wouldPass says what would make a declined line acceptable: what its guardrails asked an officer about, and that a
// changed line may come back.
func wouldPass(l *notify.Line) request.Text {
	t := request.Text{
		EN: "If you can meet the officer’s reason, change the line in the attached workbook and mail it in again: it is then judged anew.",
		FR: "Si vous pouvez répondre au motif de l’agent, modifiez la ligne dans le classeur ci-joint et renvoyez-le\u00a0: elle sera examinée de nouveau."}
	for _, f := range l.Findings {
		if f.Action == request.Escalate && f.ExemptedBy == "" && !f.Title.IsZero() {
			t.EN += " Without this it needs no officer: " + f.Title.EN + "."
			t.FR += " Sans ceci, elle ne passe par aucun agent\u00a0: " + f.Title.FR + "."
		}
	}
	return t
}

// tellReceipt tells the officer what was recorded.
func (j *Job) tellReceipt(ctx context.Context, now time.Time, m *made) error {
	var d receiptDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	a, err := j.openAsked(ctx, d.Escalation)
	if err != nil {
		return err
	}
	officer := a.officer()
	mail, err := j.writer(a.files[0].box).Receipt(notify.Receipt{
		Envelope: j.envelope(officer.Email, officer.Name, officer.Language, "receipt "+m.owed.Cause, now, d.Thread),
		Code:     ingest.Code(d.Code).String(), Submission: a.reference(), Policy: a.files[0].policy.Mark(),
		Lines: a.lines(amongLines(d.Lines)), Open: a.count(a.waiting), HeldUntil: d.Until})
	if err != nil {
		return err
	}
	o := a.outgoing("receipt", m.owed.Cause, mail, now)
	o.Escalation = 0 // the receipt's own code is another one
	m.mails = append(m.mails, o)
	return nil
}

// tellAskBack puts a polite question back to whoever was asked; nothing was decided.
func (j *Job) tellAskBack(ctx context.Context, now time.Time, m *made) error {
	var d askBackDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	a, err := j.openAsked(ctx, d.Escalation)
	if err != nil {
		return err
	}
	officer := a.officer()
	mail, err := j.writer(a.files[0].box).AskBack(notify.AskBack{
		Envelope: j.envelope(officer.Email, officer.Name, officer.Language, "ask-back "+m.owed.Cause, now, d.Thread),
		Code:     ingest.Code(a.escalation.Code).String(), Submission: a.reference(), Policy: a.files[0].policy.Mark(),
		Written: d.Written, Why: d.Why, Lines: a.lines(a.waiting), Confirms: noteOf(&a.escalation).Section32})
	if err != nil {
		return err
	}
	m.mails = append(m.mails, a.outgoing("ask-back", m.owed.Cause, mail, now))
	return nil
}

// tellNotice tells a sender why a mail had no effect, or what it did.
func (j *Job) tellNotice(ctx context.Context, now time.Time, m *made) error {
	var d noticeDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	n := notify.Notice{Envelope: j.envelope(d.To, "", request.UnknownLang, "notice "+m.owed.Cause, now, d.Thread), Kind: d.Kind, By: d.By, At: d.At, Until: d.Until, Why: d.Why}
	o := ledger.Outgoing{Kind: "notice", Cause: m.owed.Cause, Edition: 1, NextAt: now, Submission: d.Submission}
	files, box, err := j.noticeFiles(ctx, &d, m.owed.Message)
	if err != nil {
		return err
	}
	among := amongLines(d.Lines)
	for _, f := range files {
		n.Policy, n.Lang = f.policy.Mark(), f.origin.Language
		if len(files) == 1 {
			n.Submission = f.submission.Reference().String()
		}
		// A stranger to the submission learns nothing about its lines.
		if d.Kind != notify.NotYours {
			n.Lines = append(n.Lines, f.named(f.mailLines(func(c *caseLine) bool { return !c.kept && among(c) }))...)
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
		n.Lang = j.o.Finance.Language
	}
	n.First = likelyLanguage(d.Thread.Subject)
	mail, err := j.writer(box).Notice(n)
	if err != nil {
		return err
	}
	o.Recipient, o.MessageID, o.Raw = mail.To, mail.MessageID, mail.Raw
	m.mails = append(m.mails, o)
	return nil
}

// noticeFiles reads the requests that a notice is about, and the inbox that the mail came to.
func (j *Job) noticeFiles(ctx context.Context, d *noticeDetail, message int64) (files []*caseFile, box *inbox, err error) {
	switch {
	case d.Submission != 0:
		f, err := j.open(ctx, d.Submission)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, f)
	case len(d.Lines) > 0:
		if files, err = j.openLines(ctx, d.Lines); err != nil {
			return nil, nil, err
		}
	}
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		row, found, err := tx.MessageRow(ctx, message)
		if found {
			box = j.inboxes[row.Box.Inbox]
		}
		return err
	})
	return files, box, err
}

func amongLines(ids []int64) func(*caseLine) bool {
	among := setOf(ids)
	return func(c *caseLine) bool { return among[c.line.ID] }
}

func setOf[T comparable](list []T) map[T]bool {
	set := make(map[T]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return set
}

// named says who decided by name instead of by address.
func (f *caseFile) named(lines []notify.Line) []notify.Line {
	for i := range lines {
		l := &lines[i]
		if l.DecidedBy != "" {
			l.DecidedBy = f.displayName(l.DecidedBy)
		}
		if l.InsteadOf != "" {
			l.InsteadOf = f.displayName(l.InsteadOf)
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
