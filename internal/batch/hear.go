package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// heard is one message taken apart: all of judging that can be done before the decider's lock is taken.
type heard struct {
	message  ledger.Message
	box      *inbox
	mail     *ingest.Mail
	sender   ingest.Sender
	verdict  ledger.MessageVerdict
	requests []requestHeard
	answer   *answerHeard
	// statement is what the mail brings for finance.
	statement *statementHeard
	owed      []ledger.Owed
	// bounced are the Message-IDs of ours that a mail server could not deliver, with its words.
	bounced map[string]string
}

// requestHeard is one workbook of a message that holds a request.
type requestHeard struct {
	attachment ingest.Attachment
	form       *ingest.Form
	signed     bool
}

// hear takes a message apart and decides what it is. It never fails: what cannot be read is quarantined with its
// reason, and what cannot be believed is not acted upon.
func (j *Job) hear(ctx context.Context, m ledger.Message) *heard {
	h := &heard{message: m, box: j.inboxes[m.Box.Inbox]}
	h.verdict = ledger.MessageVerdict{ID: m.ID, MessageID: "", Kind: string(ingest.OtherMail)}
	if h.box == nil {
		return h.quarantine("unknown-inbox")
	}
	h.verdict.Destination = h.box.Config.Folders.Processed
	if m.Raw == nil {
		return h.quarantine("bytes-disposed")
	}
	var fault *ingest.Fault
	h.mail, fault = takeApart(m, h.box.Config.Limits)
	h.verdict.MessageID, h.verdict.Subject = h.mail.MessageID, reconcile.CutCards(h.mail.Subject)
	if m.SameAs != 0 && m.Attempt == 1 { // a later attempt was put back by a person, and is judged again
		h.verdict.Kind, h.verdict.Reason = "copy", fmt.Sprintf("the same bytes as message %d", m.SameAs)
		return h
	}
	kind := ingest.Classify(h.mail, ingest.Surroundings{
		Addresses: []string{h.box.Config.Address, j.o.From}, StatementSenders: h.box.Config.StatementSenders, Ours: j.ours,
	})
	h.verdict.Kind = string(kind.Kind)
	h.sender = ingest.Authenticate(ctx, h.mail, m.Raw, h.box.Config, ingest.DNS)
	h.verdict.Sender = h.sender.Address
	switch {
	case fault != nil:
		if kind.Answer && h.sender.Trusted() {
			h.refuse(string(fault.Reason), fault.Reason.Text(), "")
		} else {
			h.alert(j, string(fault.Reason), fault.Reason.Text(), fault.Detail)
		}
		return h.quarantine(string(fault.Reason))
	case kind.Kind == ingest.BounceMail:
		h.hearBounce()
		return h
	case !kind.Process && (kind.Kind != ingest.OtherMail || !kind.Answer):
		h.verdict.Reason = kind.Why
		return h
	case !h.sender.Trusted():
		h.alert(j, string(h.sender.Reason), h.sender.Reason.Text(), h.sender.Detail)
		return h.quarantine(string(h.sender.Reason))
	case j.forFinance(h, kind.Kind):
		j.hearStatement(h) // a bank is nobody of the department's: statement_senders names it
		return h
	case !ownDomain(h.sender.Address, h.box.Config.OwnDomains):
		h.verdict.Reason = "own-department"
		h.refuse("own-department", request.Text{}, "")
		return h
	}
	switch kind.Kind {
	case ingest.RequestMail:
		h.hearRequest(kind.Answer)
	case ingest.AnswerMail:
		h.hearAnswer()
	case ingest.OtherMail:
		h.verdict.Reason = "no-attachment"
		if h.box.Config.WithoutWorkbook != "leave" {
			h.refuse("no-attachment", request.Text{}, "")
		}
	}
	return h
}

func takeApart(m ledger.Message, limits ingest.Limits) (*ingest.Mail, *ingest.Fault) {
	var says vouched
	_ = json.Unmarshal(m.Vouched, &says) // written by collect; nothing in it is needed to read the bytes
	parse := ingest.Parse
	if says.Oversize {
		parse = ingest.ParseHead
	}
	mail, err := parse(m.Raw, limits)
	var fault *ingest.Fault
	if err != nil && !errors.As(err, &fault) {
		fault = &ingest.Fault{Reason: ingest.ReasonDamaged, Detail: err.Error()}
	}
	return mail, fault
}

// hearRequest reads every workbook of the mail; each one that holds a request is a submission. What cannot be read is
// answered with its reason, except for papers that only accompany a request (a quote as PDF, a price list).
func (h *heard) hearRequest(answer bool) {
	if h.mail.Protection.Closed() {
		h.verdict.Reason = string(ingest.ReasonProtected)
		h.refuse(string(ingest.ReasonProtected), ingest.ReasonProtected.Text(), "")
		return
	}
	type unread struct{ code, name string }
	reasons := map[unread]request.Text{}
	var order []unread
	seen := map[string]bool{}
	options := h.box.Form.Options(h.box.Policy.Currency())
	for _, a := range h.mail.Attachments {
		if !couldBeRequest(a.Format) || seen[a.Digest] {
			continue
		}
		seen[a.Digest] = true
		reading, err := ReadRequest(a.Data, options)
		if err == nil {
			h.requests = append(h.requests, requestHeard{attachment: a, form: reading.Form, signed: reading.Book.Signed()})
			continue
		}
		code, reason := RefusalOf(err)
		u := unread{code, a.Name}
		if _, twice := reasons[u]; !twice {
			order = append(order, u)
		}
		reasons[u] = reason
	}
	for _, u := range order {
		accompanies := u.code == string(workbook.OtherFormat) || u.code == string(workbook.NoRequestTable) || u.code == string(workbook.NotAWorkbook)
		if len(h.requests) > 0 && accompanies {
			continue
		}
		h.verdict.Reason = u.code
		if answer {
			h.refuse(u.code, reasons[u], u.name)
		}
	}
}

// couldBeRequest holds for what people send as a request, readable or not.
func couldBeRequest(f workbook.Format) bool {
	switch f {
	case workbook.Xlsx, workbook.Xls, workbook.Xlsb, workbook.Ods, workbook.Csv, workbook.Pdf, workbook.Docx, workbook.Encrypted, workbook.Zip:
		return true
	}
	return false
}

func (h *heard) hearBounce() {
	report := ingest.Bounce(h.mail)
	if report == nil || report.MessageID == "" {
		return
	}
	h.verdict.Reason = "bounce"
	words := "returned by a mail server"
	for _, r := range report.Recipients {
		if s := strings.TrimSpace(r.Status + " " + r.Diagnostic); s != "" {
			words = s
		}
	}
	h.bounced = map[string]string{report.MessageID: words}
}

func (h *heard) quarantine(reason string) *heard {
	h.verdict.Quarantine, h.verdict.Reason = true, reason
	if h.box != nil {
		h.verdict.Destination = h.box.Config.Folders.Quarantined
	}
	return h
}

// refuse owes the sender one polite reply that names the reason. An empty reason means that the code says it all.
func (h *heard) refuse(code string, reason request.Text, file string) {
	// A list and a direct copy are one message: it is answered once.
	which := h.sender.Address + " " + h.mail.MessageID
	if h.mail.MessageID == "" {
		which = h.message.SHA256.String()
	}
	cause := fmt.Sprintf("%s %d %s %s", which, h.message.Attempt, code, file)
	h.owed = append(h.owed, owe(owedRefusal, cause, ledger.Owed{Message: h.message.ID},
		refusalDetail{To: h.sender.Address, ToName: h.sender.Name, Code: code, Reason: reason, File: file, Thread: threadOf(h.mail)}))
}

// alert owes the operator a mail: one for each inbox, reason and day, since a flood of bad mail must not be one of alerts.
func (h *heard) alert(j *Job, code string, reason request.Text, detail string) {
	day := j.day(h.message.CollectedAt)
	h.owed = append(h.owed, owe(owedAlert, fmt.Sprintf("quarantine %s %s %s", h.message.Box.Inbox, code, day), ledger.Owed{Message: h.message.ID},
		alertDetail{
			Title: request.Text{EN: "A message was set aside: " + code, FR: "Un message a été mis de côté\u00a0: " + code},
			What:  reason,
			Hint: request.Text{
				EN: "Look into the folder " + h.box.Config.Folders.Quarantined + ". If the message is genuine, move it back to the inbox: it is then judged again. handrail ledger status lists all of them. You get this mail once a day for each reason.",
				FR: "Consultez le dossier " + h.box.Config.Folders.Quarantined + ". Si le message est authentique, remettez-le dans la boîte de réception\u00a0: il sera alors examiné de nouveau. handrail ledger status les énumère tous. Vous recevez ce courriel une fois par jour pour chaque motif."},
			Details: []string{"inbox " + h.message.Box.Inbox, fmt.Sprintf("UID %d", h.message.UID), detail},
		}))
}

// ours says whether we sent a message, by the ledger.
func (j *Job) ours(messageID string) bool {
	found := false
	err := j.o.Ledger.View(context.Background(), func(tx *ledger.Tx) error {
		list, err := tx.OutgoingByMessageID(context.Background(), []string{messageID, "<" + messageID + ">"})
		found = len(list) > 0
		return err
	})
	return err == nil && found
}

func ownDomain(address string, own []string) bool {
	_, domain, _ := strings.Cut(address, "@")
	for _, d := range own {
		if strings.EqualFold(domain, d) {
			return true
		}
	}
	return false
}
