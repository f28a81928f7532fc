package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// openQuestion is an officer's question with what still waits of it.
type openQuestion struct {
	about
	detail questionDetail
	asked  *openEscalation
	lines  []notify.Line // of the question, that still wait, with their numbers
}

// openQuestion reads the question of an entry.
func (desk composer) openQuestion(ctx context.Context, m *compose.Draft) (q openQuestion, err error) {
	if err = json.Unmarshal(m.Entry.Detail, &q.detail); err != nil {
		return q, err
	}
	if q.about, err = desk.aboutEntry(ctx, m); err != nil {
		return q, err
	}
	if q.asked, err = desk.desk.openEscalation(ctx, q.detail.Escalation); err != nil {
		return q, err
	}
	among := amongLines(q.detail.Lines)
	q.lines = q.asked.lines(func(c *record.Line) bool { return among(c) && q.asked.waiting(c) })
	return q, nil
}

// waits reports whether the officer still waits for the answer.
func (q *openQuestion) waits() bool {
	state := q.asked.escalation.State
	return len(q.lines) > 0 && state.Decides()
}

// toOfficer is a mail to the officer who asked, from which the lines can be decided.
func (q *openQuestion) toOfficer(desk composer, cause string, now time.Time) notify.Talk {
	t := q.talk(desk.envelope(q.about, q.asked.escalation.Officer, cause, now, q.detail.Thread), notify.ToOfficer)
	t.Code, t.Words, t.Lines = ingest.Code(q.asked.escalation.Code).String(), q.detail.Words, q.lines
	t.Sender, t.Holder = shownAs(q.box.Roster(), q.asked.escalation.Officer), q.file.Submission.Requester
	return t
}

// composeAsked tells the officer that the question is with the requester, and about which lines it is.
func (desk composer) composeAsked(ctx context.Context, now time.Time, m *compose.Draft) error {
	q, err := desk.openQuestion(ctx, m)
	if err != nil || !q.waits() {
		return err
	}
	t := q.toOfficer(desk, "asked "+m.Entry.Cause, now)
	t.Day = desk.desk.dept.Day(desk.desk.dept.Calendar(q.box).After(now, desk.desk.dept.Decisions.RemindTime()))
	mail, err := desk.desk.dept.Composer(q.box).Asked(t)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, q.asked.outgoing(outbox.Asked, m.Entry.Cause, mail, now))
	return nil
}

// composeQuestionReminder reminds the requester, while the officer still waits.
func (desk composer) composeQuestionReminder(ctx context.Context, now time.Time, m *compose.Draft) error {
	q, err := desk.openQuestion(ctx, m)
	if err != nil || !q.waits() {
		return err
	}
	thread, err := desk.requesterThread(ctx, m.Entry.Submission)
	if err != nil {
		return err
	}
	t := q.talk(desk.envelope(q.about, q.file.Submission.Requester, "question reminder "+m.Entry.Cause, now, thread), notify.ToRequester)
	t.Sender, t.Words = shownAs(q.box.Roster(), q.asked.escalation.Officer), q.detail.Words
	t.Lines = q.file.WithNames(q.file.MailLines(amongLines(q.detail.Lines)))
	mail, err := desk.desk.dept.Composer(q.box).QuestionReminder(t)
	if err != nil {
		return err
	}
	o := compose.Outgoing(outbox.QuestionReminder, m.Entry.Cause, mail, q.file, now)
	o.Escalation = q.detail.Escalation
	m.Mails = append(m.Mails, o)
	return nil
}

// composeQuestionUnanswered tells the officer and the contact that no answer came. The lines may have gone to somebody else in the
// same hour; then the officer cannot decide them from this mail.
func (desk composer) composeQuestionUnanswered(ctx context.Context, now time.Time, m *compose.Draft) error {
	q, err := desk.openQuestion(ctx, m)
	handedOn := err == nil && q.asked.escalation.State == ledger.EscalationRerouted && len(q.lines) > 0
	if err != nil || !q.waits() && !handedOn {
		return err
	}
	t := q.toOfficer(desk, "question unanswered "+m.Entry.Cause, now)
	if handedOn {
		t.Code = ""
	}
	mail, err := desk.desk.dept.Composer(q.box).QuestionUnanswered(t)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, q.asked.outgoing(outbox.QuestionUnanswered, m.Entry.Cause, mail, now))
	contact := q.box.Config.Contact
	if contact == "" || strings.EqualFold(contact, q.asked.escalation.Officer) {
		return nil
	}
	t.Envelope = desk.envelope(q.about, contact, fmt.Sprintf("question unanswered %s to the contact", m.Entry.Cause), now, outbox.Thread{})
	t.Reader, t.Code = notify.ToContact, ""
	if t.Envelope.Lang == request.UnknownLang {
		t.Envelope.First = q.file.Origin.Language
	}
	if mail, err = desk.desk.dept.Composer(q.box).QuestionUnanswered(t); err != nil {
		return err
	}
	m.Mails = append(m.Mails, compose.Outgoing(outbox.QuestionUnanswered, m.Entry.Cause, mail, q.file, now))
	return nil
}
