package intake

import (
	"context"
	"slices"
	"strings"

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
	if reason := h.Mail.Protection.Reason(); reason != "" {
		h.Verdict.Reason = string(reason)
		h.Unreadable(string(reason), reason.Text(), "")
		return nil
	}
	var unread []unreadFiles
	var blank []*workbookRequest
	seen := map[string]bool{}
	options := formOptions(h)
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
				r := &workbookRequest{Message: h, j: desk, attachment: a, form: reading.Form, digest: ledger.DigestOf(a.Data), book: reading.Book}
				if reading.Form.Blank() {
					blank = append(blank, r)
				} else {
					h.Requests = append(h.Requests, r)
				}
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
		unread = addUnread(unread, code, reason, a.Name)
	}
	if len(h.Requests) == 0 { // a blank form beside a filled one is no request; alone, it is one that says nothing
		for _, r := range blank {
			h.Requests = append(h.Requests, r)
		}
	}
	trial, err := desk.isTrial(ctx, h)
	if err != nil {
		return err
	}
	if trial {
		if err := desk.asTrial(ctx, h); err != nil {
			return err
		}
	}
	for _, u := range unread {
		accompanies := u.code == string(workbook.OtherFormat) || u.code == string(workbook.NoRequestTable) || u.code == string(workbook.NotAWorkbook)
		if len(h.Requests) > 0 && accompanies {
			continue
		}
		h.Verdict.Reason = u.code
		h.Unreadable(u.code, u.reason, strings.Join(u.names, ", "))
	}
	return nil
}

// unreadFiles are the files of a mail that could not be read for one reason: they are answered together.
type unreadFiles struct {
	code   string
	reason request.Text
	names  []string
}

func addUnread(all []unreadFiles, code string, reason request.Text, name string) []unreadFiles {
	i := slices.IndexFunc(all, func(u unreadFiles) bool { return u.code == code && u.reason == reason })
	if i < 0 {
		all, i = append(all, unreadFiles{code: code, reason: reason}), len(all)
	}
	if name != "" && !slices.Contains(all[i].names, name) {
		all[i].names = append(all[i].names, name)
	}
	return all
}

// formOptions says how the forms of an inbox are read.
func formOptions(h *incoming.Message) forms.Options {
	policy := h.Inbox.Policy()
	o := h.Inbox.Form.Options(policy.Currency())
	o.PolicyReads, o.Attestation, o.Words = policy.ExtraHeaders(), policy.Attestation(), policy.Words()
	return o
}

// BringsForm reports whether a mail has a request form among its workbooks, filled in or not.
func (desk *Desk) BringsForm(ctx context.Context, h *incoming.Message) (bool, error) {
	options := formOptions(h)
	for _, a := range h.Mail.Workbooks() {
		if _, err := judgement.ReadRequest(ctx, record.OwnBytes(a.Data), options); err == nil {
			return true, nil
		}
	}
	return false, ctx.Err()
}
