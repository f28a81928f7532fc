package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// layout is what annotating the requester's workbook needs beside the lines.
type layout struct {
	Sheet     int    `json:"sheet"`
	HeaderRow int    `json:"header_row"`
	LabelRow  int    `json:"label_row,omitempty"`
	Column    int    `json:"column"`
	Replace   bool   `json:"replace,omitempty"`
	Kept      []kept `json:"kept,omitempty"`
	Notes     []note `json:"notes,omitempty"`
	Signed    bool   `json:"signed,omitempty"`
}

// kept is a row that came back unchanged: its decision stands, under the line it had.
type kept struct {
	Row  int   `json:"row"`
	Line int64 `json:"line"`
}

// note is a remark on a row, beside its findings.
type note struct {
	Row  int          `json:"row"`
	Text request.Text `json:"text"`
}

// decideRequest judges one workbook: a submission with its number, its lines and their links in the chain.
func (r *requestHeard) decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.Owed, error) {
	tx.Then(func() { r.j.opened.put(r.digest, r.book) }) // its answer usually comes next
	return r.j.decideRequest(ctx, tx, now, r)
}

// held is what the request takes until it is decided.
func (r *requestHeard) held() int64 {
	const besideLine = 1 << 10 // what is recorded of a line, without its facts
	return 2*r.form.Lines.Size() + int64(r.form.Lines.Len())*besideLine + r.book.Size()
}

func (j *Job) decideRequest(ctx context.Context, tx *ledger.Tx, now time.Time, r *requestHeard) ([]ledger.Owed, error) {
	h := r.heard
	policy := h.force.policies[h.box.Config.Name]
	origin := r.form.Origin
	origin.Sender, origin.Received = h.sender.Address, j.day(h.message.ReceivedAt)
	if origin.Language == request.UnknownLang {
		origin.Language = h.box.Config.Language
	}
	s := ledger.Submission{
		Message: h.message.ID, Attachment: r.digest, Sender: h.sender.Address, MailID: h.mail.MessageID,
		Requester: h.sender.Address, Unit: origin.Unit, Language: origin.Language, Received: origin.Received, ReceivedAt: h.message.ReceivedAt,
		Sheet: r.form.Sheet, FileName: r.attachment.Name, Policy: policy.Hash(),
	}
	if _, copied, err := tx.FindSubmission(ctx, s); err != nil || copied {
		return nil, err // a list and a direct copy: acknowledged once
	}
	year := now.In(j.zone).Year()
	number, err := tx.NextNumber(ctx, year)
	if err != nil {
		return nil, err
	}
	s.Year, s.Number = year, number
	back, err := j.comeBack(ctx, tx, now, h, r, s.Reference())
	if err != nil {
		return nil, err
	}
	shape := layout{Sheet: r.form.SheetIndex, HeaderRow: r.form.HeaderRow, Kept: back.kept, Notes: back.notes, Signed: r.book.Signed()}
	shape.LabelRow, shape.Column, shape.Replace = PlaceColumns(r.form)
	if s.Origin, err = json.Marshal(origin); err != nil {
		return nil, err
	}
	if s.Problems, err = json.Marshal(r.form.Problems); err != nil {
		return nil, err
	}
	if s.Layout, err = json.Marshal(shape); err != nil {
		return nil, err
	}
	if s.ID, err = tx.AddSubmission(ctx, now, s); err != nil || s.ID == 0 {
		return nil, err
	}
	if err := tx.KeepBytes(ctx, now, r.attachment.Data); err != nil {
		return nil, err
	}
	lines, escalated, err := j.decideLines(ctx, tx, now, h, &s, origin, back)
	if err != nil {
		return nil, err
	}
	if folder := folderFor(h.box.Config.Folders, lines); folder != "" {
		if err := tx.SendTo(ctx, h.message.ID, folder); err != nil {
			return nil, err
		}
	}
	reference := s.Reference().String()
	if h.silent {
		return append(escalated, h.unanswered(&s)), nil
	}
	owed := []ledger.Owed{owe(owedSubmission, reference, ledger.Owed{Submission: s.ID, Message: h.message.ID},
		submissionDetail{To: h.sender.Address, ToName: h.sender.Name, Thread: threadOf(h.mail)})}
	return append(owed, escalated...), nil
}

// unanswered tells the operator of a request that was judged and whose mail bears the mark of a machine: a rule forwarded
// it, and an answer could go round in circles. Somebody must tell the requester.
func (h *heard) unanswered(s *ledger.Submission) ledger.Owed {
	reference := s.Reference().String()
	return owe(owedAlert, "unanswered "+reference, ledger.Owed{Submission: s.ID, Message: h.message.ID}, alertDetail{
		Title: request.Text{EN: "A request was judged and its sender not told", FR: "Une demande a été examinée sans que l’expéditeur en soit avisé"},
		What: request.Text{
			EN: fmt.Sprintf("%s came from %s in a mail that a machine sent or forwarded, so nobody was answered.", reference, h.sender.Address),
			FR: fmt.Sprintf("%s est arrivée de %s dans un courriel envoyé ou transféré par une machine; personne n’a donc reçu de réponse.", reference, h.sender.Address)},
		Hint: request.Text{
			EN: "Tell the requester what was decided (handrail explain shows it), and to write to the inbox directly, without a rule in between.",
			FR: "Dites à la personne ce qui a été décidé (handrail explain le montre) et demandez-lui d’écrire directement à la boîte, sans règle de transfert."},
		Details: []string{"inbox " + h.message.Box.Inbox, fmt.Sprintf("UID %d", h.message.UID)}})
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
