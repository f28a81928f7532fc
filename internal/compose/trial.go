package compose

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
)

// trial is the answer to a mail whose workbook was to be checked and not asked for.
func (writer *Writer) trial(ctx context.Context, now time.Time, m *Draft) error {
	var d outbox.TrialDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	var book []byte
	if err := writer.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		book, err = tx.Documents.Bytes(ctx, d.Workbook)
		return err
	}); err != nil {
		return err
	}
	if book == nil {
		return errors.New("the workbook of this trial is no longer kept")
	}
	at := writer.dept.Inboxes[d.Inbox]
	if at == nil {
		at = writer.dept.Main()
	}
	env := writer.dept.Envelope(d.To, d.ToName, d.Language, "trial "+m.Entry.Cause, now, d.Thread)
	env.First = LikelyLanguage(d.Thread.Subject)
	mark := "TRIAL"
	if d.Language == request.French || d.Language == request.UnknownLang && env.First == request.French {
		mark = "ESSAI"
	}
	mail, err := writer.dept.Composer(at).Trial(notify.Trial{Envelope: env, FileName: d.FileName, Policy: at.Policy().Mark(), Lines: d.Lines, More: d.More,
		Tally: d.Tally, Problems: d.Problems, Workbook: &notify.Attachment{Name: AnswerName(d.FileName, mark), Data: book}})
	if err != nil {
		return err
	}
	m.Spent = append(m.Spent, d.Workbook)
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.Trial, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID,
		Raw: mail.Raw, Inbox: d.Inbox, NextAt: now})
	return nil
}
