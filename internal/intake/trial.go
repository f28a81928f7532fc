package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handrail/ingest"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
)

const (
	// mostTrials is how many mails of one person are trials in a day: more than people try, and few enough to keep a program from
	// asking all day what the guardrails would say.
	mostTrials = 40
	// shownOfTrial is how many lines the mail says. The workbook has all of them.
	shownOfTrial = 20
	// trialsCounted is over how many days a person's trials are counted in the log and the status.
	trialsCounted = 30
)

// isTrial reports whether the workbooks of a mail are to be checked only: its subject says so, or it answers a trial.
func (desk *Desk) isTrial(ctx context.Context, h *incoming.Message) (trial bool, err error) {
	if ingest.AsksForTrial(h.Mail.Subject) {
		return true, nil
	}
	if len(h.Mail.InReplyTo) == 0 {
		return false, nil
	}
	err = desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		ids := make([]string, len(h.Mail.InReplyTo))
		for i, id := range h.Mail.InReplyTo {
			ids[i] = "<" + id + ">"
		}
		mails, err := tx.Outbox.ByMessageID(ctx, ids)
		for i := range mails {
			trial = trial || mails[i].Kind == outbox.Trial
		}
		return err
	})
	return trial, err
}

// asTrial makes trials of the requests that were read. One person's come to an end for the day.
func (desk *Desk) asTrial(ctx context.Context, h *incoming.Message) error {
	var today int
	if err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		today, err = tx.Messages.TrialsOf(ctx, h.Sender.Address, desk.dept.Day(desk.engine.Now()).Time(desk.dept.Zone))
		return err
	}); err != nil {
		return err
	}
	h.Verdict.Kind = string(ingest.TrialMail)
	requests := h.Requests
	h.Requests = nil
	if today >= mostTrials {
		h.Verdict.Reason = "too-many-trials"
		h.Unreadable(h.Verdict.Reason, tooManyTrials(), "")
		return nil
	}
	for _, r := range requests {
		if asked, ok := r.(*workbookRequest); ok {
			h.Requests = append(h.Requests, &trialRequest{asked})
		}
	}
	return nil
}

func tooManyTrials() request.Text {
	return request.Text{
		EN: fmt.Sprintf("You have had %d trials today, the most in one day. Try again tomorrow, or mail the workbook in a new mail with another subject to request what is in it.", mostTrials),
		FR: fmt.Sprintf("Vous avez fait %d essais aujourd’hui, soit le maximum pour une journée. Reprenez demain, ou envoyez le classeur dans un nouveau courriel, avec un autre objet, pour demander ce qu’il contient.", mostTrials)}
}

// trialRequest is a workbook that is judged like a request, and of which nothing is recorded.
type trialRequest struct{ *workbookRequest }

// errTrial undoes what was recorded to find out.
var errTrial = errors.New("it was a trial")

// Decide does all that deciding a request does, so that a trial says what would happen and nothing else, and undoes it. What it
// leaves is the answer.
func (t *trialRequest) Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	h, desk := t.Message, t.j
	detail := outbox.TrialDetail{To: h.Sender.Address, ToName: h.Sender.Name, Inbox: h.Inbox.Config.Name, FileName: t.attachment.Name, Thread: outbox.ThreadOf(h.Mail)}
	var book []byte
	err := tx.Alone(ctx, func() error {
		s, _, err := desk.recordRequest(ctx, tx, now, t.workbookRequest)
		if err != nil || s == nil {
			return err
		}
		if book, err = t.find(ctx, tx, s, &detail); err != nil {
			return err
		}
		return errTrial
	})
	switch {
	case !errors.Is(err, errTrial):
		return nil, err
	case h.Silent:
		desk.logTrial(ctx, tx, t, &detail, false)
		return nil, nil
	}
	if err := tx.Documents.KeepBytes(ctx, now, book); err != nil {
		return nil, err
	}
	detail.Workbook, detail.Size = ledger.DigestOf(book), int64(len(book))
	desk.logTrial(ctx, tx, t, &detail, true)
	return []ledger.OutboxEntry{outbox.New(outbox.Trial, fmt.Sprintf("message %d %s", h.Row.ID, t.digest), ledger.OutboxEntry{Message: h.Row.ID}, detail)}, nil
}

// find reads what was recorded into the detail, and writes it into the workbook.
func (t *trialRequest) find(ctx context.Context, tx *ledger.Tx, s *ledger.Submission, d *outbox.TrialDetail) ([]byte, error) {
	files, err := t.j.records.Read(ctx, tx, []int64{s.ID})
	if err != nil {
		return nil, err
	}
	f, err := files[s.ID].Unpack()
	if err != nil {
		return nil, err
	}
	f.AsTrial()
	d.Language, d.Problems = s.Language, f.Problems
	lines := f.MailLines(nil)
	for i := range lines {
		d.Tally.Lines++
		switch {
		case lines[i].Kept:
			d.Tally.Kept++
		case lines[i].Outcome == request.Approved:
			d.Tally.Approved++
		case lines[i].Outcome == request.Escalated:
			d.Tally.Escalated++
		default:
			d.Tally.Returned++
		}
	}
	d.Lines, d.More = shownLines(lines)
	return f.Annotated(ctx)
}

// shownLines are the lines that a mail shows, those first that would not be approved.
func shownLines(lines []notify.Line) (shown []notify.Line, more int) {
	for _, approved := range []bool{false, true} {
		for i := range lines {
			if (lines[i].Outcome == request.Approved) != approved {
				continue
			}
			if len(shown) == shownOfTrial {
				return shown, len(lines) - len(shown)
			}
			shown = append(shown, lines[i])
		}
	}
	return shown, 0
}

// logTrial is the one line that the log has of a trial, with how many mails of this person were trials of late.
func (desk *Desk) logTrial(ctx context.Context, tx *ledger.Tx, t *trialRequest, d *outbox.TrialDetail, answered bool) {
	before, err := tx.Messages.TrialsOf(ctx, t.Sender.Address, desk.engine.Now().AddDate(0, 0, -trialsCounted))
	if err != nil {
		return // the transaction fails by itself
	}
	said := "a trial was judged, and nothing recorded"
	if !answered {
		said = "a trial was judged, and its sender cannot be answered: a machine sent or forwarded it"
	}
	tx.Then(func() {
		desk.log.Info(said, "message", t.Row.ID, "inbox", d.Inbox, "lines", d.Tally.Lines, "approved", d.Tally.Approved,
			"escalated", d.Tally.Escalated, "returned", d.Tally.Returned, "trials", before+1)
	})
}
