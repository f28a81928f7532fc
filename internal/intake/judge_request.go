package intake

import (
	"context"
	"encoding/json"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
)

// Decide judges the workbook: see decideRequest.
func (r *workbookRequest) Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	tx.Then(func() { r.j.records.KeepOpen(r.digest, r.book) }) // its answer usually comes next
	return r.j.decideRequest(ctx, tx, now, r)
}

// Held is what the request takes until it is decided.
func (r *workbookRequest) Held() int64 {
	const besideLine = 1 << 10 // what is recorded of a line, without its facts
	return 2*r.form.Lines.Size() + int64(r.form.Lines.Len())*besideLine + r.book.Size()
}

// decideRequest judges one workbook: see recordRequest.
func (desk *Desk) decideRequest(ctx context.Context, tx *ledger.Tx, now time.Time, r *workbookRequest) ([]ledger.OutboxEntry, error) {
	s, escalated, err := desk.recordRequest(ctx, tx, now, r)
	if err != nil || s == nil {
		return nil, err
	}
	h, reference := r.Message, s.Reference().String()
	if h.Silent {
		return append(escalated, unanswered(h, s)), nil
	}
	owed := []ledger.OutboxEntry{outbox.New(outbox.Answer, reference, ledger.OutboxEntry{Submission: s.ID, Message: h.Row.ID},
		outbox.AnswerDetail{To: h.Sender.Address, ToName: h.Sender.Name, Thread: outbox.ThreadOf(h.Mail)})}
	return append(owed, escalated...), nil
}

// recordRequest records a workbook as a submission with its number, its lines and their links in the chain, and says who must be
// asked. The submission is nil where it is recorded already: a list and a direct copy are one.
func (desk *Desk) recordRequest(ctx context.Context, tx *ledger.Tx, now time.Time, r *workbookRequest) (*ledger.Submission, []ledger.OutboxEntry, error) {
	h := r.Message
	policy := h.InForce.Policies[h.Inbox.Config.Name]
	origin := r.form.Origin
	origin.Sender, origin.Received = h.Sender.Address, desk.dept.Day(h.Row.ReceivedAt)
	if origin.Language == request.UnknownLang {
		origin.Language = h.Inbox.Config.Language
	}
	asker := desk.dept.Registers().Asker(&origin) // whose branch is the register's from here on
	s := ledger.Submission{
		Message: h.Row.ID, Attachment: r.digest, Sender: h.Sender.Address, MailID: h.Mail.MessageID,
		Requester: h.Sender.Address, Unit: origin.Unit, Language: origin.Language, Received: origin.Received, ReceivedAt: h.Row.ReceivedAt,
		Sheet: r.form.Sheet, FileName: r.attachment.Name, Policy: policy.Hash(),
	}
	if _, copied, err := tx.Submissions.FindCopy(ctx, s); err != nil || copied {
		return nil, nil, err
	}
	year := now.In(desk.dept.Zone).Year()
	number, err := tx.Submissions.NextNumber(ctx, year)
	if err != nil {
		return nil, nil, err
	}
	s.Year, s.Number = year, number
	back, err := desk.resubmission(ctx, tx, now, h, r, s.Reference())
	if err != nil {
		return nil, nil, err
	}
	shape := record.Layout{Sheet: r.form.SheetIndex, HeaderRow: r.form.HeaderRow, Unchanged: back.kept, Remarks: back.notes, Signed: r.book.Signed(), LastCol: r.form.LastCol}
	shape.More = record.MoreSheets(r.form, back.firstOn)
	shape.LabelRow, shape.Column, shape.Replace = record.PlaceColumns(r.form)
	if s.Origin, err = json.Marshal(origin); err != nil {
		return nil, nil, err
	}
	if s.Problems, err = json.Marshal(r.form.Problems); err != nil {
		return nil, nil, err
	}
	if s.Layout, err = json.Marshal(shape); err != nil {
		return nil, nil, err
	}
	if s.ID, err = tx.Submissions.Add(ctx, now, s); err != nil || s.ID == 0 {
		return nil, nil, err
	}
	if err := tx.Documents.KeepBytes(ctx, now, r.attachment.Data); err != nil {
		return nil, nil, err
	}
	lines, escalated, err := desk.decideLines(ctx, tx, now, h, &s, origin, asker, back)
	if err != nil {
		return nil, nil, err
	}
	if folder := folderFor(h.Inbox.Config.Folders, lines); folder != "" {
		if err := tx.Messages.SetDestination(ctx, h.Row.ID, folder); err != nil {
			return nil, nil, err
		}
	}
	tx.Then(func() { desk.logJudged(&s, h.Row.Box.Inbox, lines) })
	return &s, escalated, nil
}

// logJudged is the one line that the log has of each request.
func (desk *Desk) logJudged(s *ledger.Submission, inbox string, lines []ledger.NewLine) {
	by := map[request.Outcome]int{}
	for i := range lines {
		by[lines[i].Outcome]++
	}
	desk.log.Info("a request was judged", "request", s.Reference().String(), "submission", s.ID, "message", s.Message, "inbox", inbox, "lines", len(lines),
		"approved", by[request.Approved], "escalated", by[request.Escalated], "returned", by[request.Returned])
}

// folderFor is where a request goes that waits for an officer, or that went back; "" where the configuration has no
// folder of its own for it.
func folderFor(f ingest.Folders, lines []ledger.NewLine) string {
	var escalated, returned bool
	for i := range lines {
		escalated = escalated || lines[i].Outcome == request.Escalated
		returned = returned || lines[i].Outcome == request.Returned
	}
	switch {
	case escalated && f.Escalated != "":
		return f.Escalated
	case returned && !escalated:
		return f.Returned
	}
	return ""
}
