package compose

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// answer is the one mail to the requester: every line, and the annotated workbook.
func (writer *Writer) answer(ctx context.Context, now time.Time, m *Draft) error {
	var d outbox.AnswerDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	f, err := m.Case.Unpack()
	if err != nil {
		return err
	}
	book, err := f.Annotated(ctx)
	if err != nil {
		return err
	}
	reference := f.Submission.Reference().String()
	a := notify.Answer{
		Envelope:   writer.dept.Envelope(d.To, d.ToName, f.Origin.Language, "submission "+reference, now, d.Thread),
		Submission: reference, FileName: f.Submission.FileName, Received: f.Submission.Received, Requester: f.Origin, Policy: f.Policy.Mark(),
		Lines: f.MailLines(nil), Problems: f.WorkbookProblems(),
		Workbook: &notify.Attachment{Name: AnswerName(f.Submission.FileName, reference), Data: book},
	}
	if at := f.WaitsSince(); !at.IsZero() {
		if by := writer.dept.DecideBy(f.Inbox, at); !by.Before(writer.dept.Day(now)) { // nothing is promised for a day that is past
			a.DecideBy = by
		}
	}
	mail, err := writer.dept.Composer(f.Inbox).Answer(a)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, Outgoing(outbox.Answer, reference, mail, f, now))
	return nil
}

// unreadable is the one polite reply to a message without a readable request, with the blank form.
func (writer *Writer) unreadable(ctx context.Context, now time.Time, m *Draft) error {
	var d outbox.UnreadableDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	lang, name, box := request.UnknownLang, "request-form.xlsx", ""
	err := writer.ledger.View(ctx, func(tx *ledger.Tx) error {
		message, found, err := tx.Messages.Row(ctx, m.Entry.Message)
		if found {
			box = message.Box.Inbox
		}
		return err
	})
	if err != nil {
		return err
	}
	at := writer.dept.Inboxes[box]
	if at != nil {
		lang = at.Config.Language
	} else {
		at = writer.dept.Main()
	}
	first := LikelyLanguage(d.Thread.Subject)
	formLang := lang
	if formLang == request.UnknownLang {
		formLang = first
	}
	if p := at.Policy(); p != nil {
		formLang = p.Languages().Write(formLang)
	}
	form, err := writer.blankForm(at.Policy(), formLang, d.All)
	if err != nil {
		return err
	}
	if formLang == request.French {
		name = "formulaire-de-demande.xlsx"
	}
	env := writer.dept.Envelope(d.To, d.ToName, lang, "refusal "+m.Entry.Cause, now, d.Thread)
	env.First = first
	mail, err := writer.dept.Composer(at).Unreadable(notify.Unreadable{Envelope: env, Code: d.Code, Reason: d.Reason, FileName: d.File,
		Form: &notify.Attachment{Name: name, Data: form}})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.Unreadable, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID,
		Raw: mail.Raw, Inbox: box, NextAt: now})
	return nil
}

// alert tells the operator what nobody else can fix, or the person whom it names instead.
func (writer *Writer) alert(_ context.Context, now time.Time, m *Draft) error {
	var d outbox.Alert
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	mail, err := writer.dept.Composer(nil).Alert(notify.Alert{
		Envelope: writer.dept.Envelope(cmp.Or(d.To, writer.dept.Config.Operator), "", request.UnknownLang, "alert "+m.Entry.Cause, now, outbox.Thread{}),
		Title:    d.Title, What: d.What, Hint: d.Hint, Details: d.Details, Over: d.Over})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.OperatorAlert, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw, NextAt: now})
	return nil
}

// Outgoing is a mail about a request, as the ledger takes it.
func Outgoing(kind, cause string, mail notify.Mail, f *record.Case, now time.Time) ledger.Outgoing {
	o := ledger.Outgoing{Kind: kind, Cause: cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw,
		Submission: f.Submission.ID, NextAt: now}
	if f.Inbox != nil {
		o.Inbox = f.Inbox.Config.Name
	}
	return o
}

// AnswerName is the requester's own file name with the submission's number, so that both find it again.
func AnswerName(file, reference string) string {
	base := strings.TrimSuffix(file, path.Ext(file))
	if base == "" {
		base = "request"
	}
	ext := path.Ext(file)
	if ext == "" {
		ext = ".xlsx"
	}
	return base + "-" + reference + ext
}

// LikelyLanguage guesses which of the two languages comes first for somebody who is answered in both.
func LikelyLanguage(subject string) request.Lang {
	for _, word := range strings.Fields(strings.ToLower(subject)) {
		switch strings.Trim(word, ".,:;!?«»\"'") {
		case "achat", "vérifier", "verifier", "achats", "demande", "demandes", "formulaire", "de", "du", "des", "la", "le", "les", "pour", "un", "une", "petit", "petits":
			return request.French
		}
		if strings.ContainsAny(word, "éèàêçôîûëïù") {
			return request.French
		}
	}
	return request.English
}
