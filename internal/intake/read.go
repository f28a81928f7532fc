package intake

import (
	"context"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/incoming"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// workbookRequest is one workbook of a message that holds a request.
type workbookRequest struct {
	*incoming.Message
	j          *Desk
	attachment ingest.Attachment
	form       *forms.Form
	digest     ledger.Digest
	book       *workbook.Book // open
}

// Read reads every workbook of the mail; each one that holds a request is a submission. What cannot be read is
// answered with its reason, except for papers that only accompany a request (a quote as PDF, a price list).
func (desk *Desk) Read(ctx context.Context, h *incoming.Message) error {
	if h.Mail.Protection.Closed() {
		h.Verdict.Reason = string(ingest.ReasonProtected)
		h.Unreadable(string(ingest.ReasonProtected), ingest.ReasonProtected.Text(), "")
		return nil
	}
	type unread struct{ code, name string }
	reasons := map[unread]request.Text{}
	var order []unread
	seen := map[string]bool{}
	options := h.Inbox.Form.Options(h.Inbox.Policy().Currency())
	for _, a := range h.Mail.Attachments {
		if !a.CouldBeRequest() || seen[a.Digest] {
			continue
		}
		seen[a.Digest] = true
		var code string
		var reason request.Text
		if a.Fault != nil {
			code, reason = string(a.Fault.Reason), a.Fault.Reason.Text()
		} else {
			reading, err := judgement.ReadRequest(ctx, record.OwnBytes(a.Data), options)
			if err == nil {
				h.Requests = append(h.Requests, &workbookRequest{Message: h, j: desk, attachment: a, form: reading.Form, digest: ledger.DigestOf(a.Data), book: reading.Book})
				continue
			}
			code, reason = judgement.RefusalOf(err)
		}
		if code == string(workbook.NoRequestTable) && h.Sender.Trusted() && !h.Row.Released && desk.answers.HoldsDecisions(ctx, h.Mail) {
			// A decision workbook that came in a mail of its own, with its code in its cell.
			h.Verdict.Kind = string(ingest.AnswerMail)
			if err := desk.answers.Read(ctx, h); err != nil {
				return err
			}
			continue
		}
		u := unread{code, a.Name}
		if _, twice := reasons[u]; !twice {
			order = append(order, u)
		}
		reasons[u] = reason
	}
	for _, u := range order {
		accompanies := u.code == string(workbook.OtherFormat) || u.code == string(workbook.NoRequestTable) || u.code == string(workbook.NotAWorkbook)
		if len(h.Requests) > 0 && accompanies {
			continue
		}
		h.Verdict.Reason = u.code
		h.Unreadable(u.code, reasons[u], u.name)
	}
	return nil
}
