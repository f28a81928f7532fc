package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// made is what one owed answer became: mails, and for an officer the escalation with its tokens.
type made struct {
	owed       ledger.Owed
	file       *caseFile // while it is being made, for those that are about a submission
	escalation *ledger.Escalation
	daily      []int64 // the lines that a daily mail took, whether they still waited or not
	mails      []ledger.Outgoing
	err        error
}

// answer writes the mails that are owed. Annotating and composing happen side by side and outside any transaction; then
// one transaction takes what is owed, each for itself, and keeps the finished bytes of every mail.
func (j *Job) answer(ctx context.Context, h *hand) error {
	now := j.now()
	all, weights, err := j.owedAmong(ctx, now, h.ids())
	if err != nil {
		return err
	}
	for rest := all; len(rest) > 0; {
		n := serving(rest, weights)
		if err := j.serve(ctx, now, h, rest[:n], weights); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// serve writes some of the mails that are owed, within the memory that their workbooks and lines need, and keeps them. What
// they hold is let go of with the mails.
func (j *Job) serve(ctx context.Context, now time.Time, h *hand, all []made, weights map[int64]ledger.CaseWeight) error {
	held, err := j.roomToAnswer(ctx, all, weights)
	defer held.release()
	if err != nil {
		return err
	}
	if err := j.readCases(ctx, all); err != nil {
		return err
	}
	j.makeAll(ctx, now, all, held)
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		for i := range all {
			m := &all[i]
			if m.err == nil {
				m.err = tx.Alone(ctx, func() error { return j.keepMade(ctx, tx, now, h, m) })
			}
			if isLedger(m.err) && ctx.Err() == nil {
				return m.err
			}
		}
		crash("answer.before-commit")
		return nil
	})
	crash("answer.after-commit")
	if err != nil {
		return err
	}
	for i := range all {
		m := &all[i]
		m.mails = nil // their bytes are kept
		if m.err != nil {
			h.fail(m.owed.ID, fmt.Errorf("answer %s %s: %w", m.owed.Kind, m.owed.Cause, m.err))
		}
	}
	return nil
}

// keepMade takes one owed answer and keeps its mails.
func (j *Job) keepMade(ctx context.Context, tx *ledger.Tx, now time.Time, h *hand, m *made) error {
	if mine, err := h.finish(ctx, tx, keyOf(m.owed.ID)); err != nil || !mine {
		return err
	}
	if won, err := tx.Answered(ctx, now, m.owed.ID); err != nil || !won {
		return err
	}
	if err := keep(ctx, tx, now, m); err != nil {
		return err
	}
	tx.Then(func() { j.count(Answer, 1) })
	return j.wakeUp(ctx, tx, Send)
}

// owedAmong is what is owed, and what each submission weighs that it is about.
func (j *Job) owedAmong(ctx context.Context, now time.Time, ids []int64) (all []made, weights map[int64]ledger.CaseWeight, err error) {
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		owed, err := tx.OwedAmong(ctx, now, ids)
		if err != nil {
			return err
		}
		var submissions []int64
		for _, o := range owed {
			all = append(all, made{owed: o})
			if o.Submission != 0 {
				submissions = append(submissions, o.Submission)
			}
		}
		weights, err = tx.WeighCases(ctx, submissions)
		return err
	})
	return all, weights, err
}

// Answers are made together up to these bounds, so that those of one batch need not wait for memory: a line with its facts
// is some kilobytes, and a form can have thousands.
const (
	linesAtOnce = 2000
	bytesAtOnce = 4 << 20 // of workbooks
)

// serving is how many of the next answers are made at once: at least one.
func serving(next []made, weights map[int64]ledger.CaseWeight) int {
	var lines, bytes int64
	for i := range next {
		w := weights[next[i].owed.Submission]
		lines, bytes = lines+w.Lines, bytes+w.Bytes
		if i > 0 && (lines > linesAtOnce || bytes > bytesAtOnce) {
			return i
		}
	}
	return len(next)
}

// aboutCase holds for the kinds of answers that need the whole case file.
func aboutCase(kind string) bool {
	return kind == owedSubmission || kind == owedEscalation || kind == owedSection32 || kind == owedDecision
}

// readCases gives every answer its case file, read in one transaction: on SQLite each one that begins after a write
// throws away what the connection had cached. Two answers about one submission share its file.
func (j *Job) readCases(ctx context.Context, next []made) error {
	var submissions []int64
	for i := range next {
		if o := &next[i].owed; aboutCase(o.Kind) && !slices.Contains(submissions, o.Submission) {
			submissions = append(submissions, o.Submission)
		}
	}
	return j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		files, err := j.read(ctx, tx, submissions)
		for i := range next {
			next[i].file = files[next[i].owed.Submission]
		}
		return err
	})
}

func keep(ctx context.Context, tx *ledger.Tx, now time.Time, m *made) error {
	if m.escalation != nil {
		opened, err := tx.AddEscalations(ctx, now, []ledger.Escalation{*m.escalation})
		if err != nil {
			return err
		}
		for i := range m.mails {
			m.mails[i].Escalation = opened[0]
		}
	}
	if len(m.daily) > 0 {
		var d digestDetail
		if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
			return err
		}
		if err := tx.TakeDigestLines(ctx, d.Officer, m.daily); err != nil {
			return err
		}
		crash("answer.daily-mail")
	}
	_, err := tx.AddOutgoing(ctx, now, m.mails)
	return err
}

func (j *Job) makeAll(ctx context.Context, now time.Time, all []made, held shares) {
	work := make(chan *made)
	var wait sync.WaitGroup
	for range min(j.workers(), len(all)) {
		wait.Go(func() {
			for m := range work {
				made, err := within(ctx, "writing the answer", j.o.AnswerDeadline, func(ctx context.Context) (*made, error) {
					defer held.lend()()
					own := *m // who is given up goes on writing to its own
					crashFor("answer.make", keyOf(own.owed.ID))
					return &own, j.make(ctx, now, &own)
				})
				if err == nil {
					*m = *made
				}
				m.err, m.file = err, nil
			}
		})
	}
	for i := range all {
		work <- &all[i]
	}
	close(work)
	wait.Wait()
}

// answerDeadline is how long writing one answer usually may take.
const answerDeadline = 5 * time.Minute

// make writes the mails of one owed answer.
func (j *Job) make(ctx context.Context, now time.Time, m *made) error {
	switch m.owed.Kind {
	case owedSubmission:
		return j.answerSubmission(ctx, now, m)
	case owedEscalation:
		return j.askOfficer(ctx, now, m)
	case owedDigest:
		return j.askDaily(ctx, now, m)
	case owedSection32:
		return j.tellManager(ctx, now, m)
	case owedQuestion:
		return j.tellQuestion(ctx, now, m)
	case owedReply:
		return j.tellReply(ctx, now, m)
	case owedRefusal:
		return j.refuse(ctx, now, m)
	case owedAlert:
		return j.alertOperator(now, m)
	case owedDecision:
		return j.tellDecision(ctx, now, m)
	case owedReceipt:
		return j.tellReceipt(ctx, now, m)
	case owedAskBack:
		return j.tellAskBack(ctx, now, m)
	case owedNotice:
		return j.tellNotice(ctx, now, m)
	case owedStatement:
		return j.tellStatement(now, m)
	case owedSetAside:
		return j.tellSetAside(ctx, now, m)
	}
	return fmt.Errorf("this version does not know how to answer %q", m.owed.Kind)
}

// answerSubmission is the one mail to the requester: every line, and the annotated workbook.
func (j *Job) answerSubmission(ctx context.Context, now time.Time, m *made) error {
	var d submissionDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	f, err := m.file.unpack()
	if err != nil {
		return err
	}
	book, err := f.annotated(ctx)
	if err != nil {
		return err
	}
	reference := f.submission.Reference().String()
	a := notify.Answer{
		Envelope:   j.envelope(d.To, d.ToName, f.origin.Language, "submission "+reference, now, d.Thread),
		Submission: reference, FileName: f.submission.FileName, Received: f.submission.Received, Policy: f.policy.Mark(),
		Lines: f.mailLines(nil), Problems: f.problems,
		Workbook: &notify.Attachment{Name: answerName(f.submission.FileName, reference), Data: book},
	}
	if f.waits() {
		a.DecideBy = j.decideBy(f.box, f.submission.JudgedAt)
	}
	mail, err := j.writer(f.box).Answer(a)
	if err != nil {
		return err
	}
	m.mails = append(m.mails, outgoing("answer", reference, mail, f, now))
	return nil
}

// refuse is the one polite reply to a message without a readable request, with the blank form.
func (j *Job) refuse(ctx context.Context, now time.Time, m *made) error {
	var d refusalDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	lang, name, box := request.UnknownLang, "", ""
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		message, found, err := tx.MessageRow(ctx, m.owed.Message)
		if found {
			box = message.Box.Inbox
		}
		return err
	})
	if err != nil {
		return err
	}
	at := j.inboxes[box]
	if at != nil {
		lang = at.Config.Language
	} else {
		at = j.inboxes[j.order[0]]
	}
	first := likelyLanguage(d.Thread.Subject)
	formLang := lang
	if formLang == request.UnknownLang {
		formLang = first
	}
	form, err := j.o.BlankForm(at.Policy(), formLang)
	if err != nil {
		return err
	}
	name = "request-form.xlsx"
	if formLang == request.French {
		name = "formulaire-de-demande.xlsx"
	}
	env := j.envelope(d.To, d.ToName, lang, "refusal "+m.owed.Cause, now, d.Thread)
	env.First = first
	mail, err := j.writer(at).Unreadable(notify.Unreadable{Envelope: env, Code: d.Code, Reason: d.Reason, FileName: d.File,
		Form: &notify.Attachment{Name: name, Data: form}})
	if err != nil {
		return err
	}
	m.mails = append(m.mails, ledger.Outgoing{Kind: "refusal", Cause: m.owed.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID,
		Raw: mail.Raw, Inbox: box, NextAt: now})
	return nil
}

// alertOperator tells the operator what nobody else can mend.
func (j *Job) alertOperator(now time.Time, m *made) error {
	var d alertDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	mail, err := j.o.Composer.Alert(notify.Alert{
		Envelope: j.envelope(j.o.Department.Operator, "", request.UnknownLang, "alert "+m.owed.Cause, now, thread{}),
		Title:    d.Title, What: d.What, Hint: d.Hint, Details: d.Details})
	if err != nil {
		return err
	}
	m.mails = append(m.mails, ledger.Outgoing{Kind: "alert", Cause: m.owed.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw, NextAt: now})
	return nil
}

func (j *Job) envelope(to, name string, lang request.Lang, cause string, now time.Time, t thread) notify.Envelope {
	return notify.Envelope{To: to, ToName: name, Lang: lang, Cause: cause, Now: now, InReplyTo: t.MessageID, References: t.References, Answers: t.Subject}
}

func outgoing(kind, cause string, mail notify.Mail, f *caseFile, now time.Time) ledger.Outgoing {
	o := ledger.Outgoing{Kind: kind, Cause: cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw,
		Submission: f.submission.ID, NextAt: now}
	if f.box != nil {
		o.Inbox = f.box.Config.Name
	}
	return o
}
