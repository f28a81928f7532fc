package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// heard is one message taken apart: all of judging that can be done before the decider's lock is taken.
type heard struct {
	message  ledger.Message
	box      *inbox
	force    *inForce // what judges it
	mail     *ingest.Mail
	sender   ingest.Sender
	verdict  ledger.MessageVerdict
	requests []requestHeard
	// silent: nobody may be written to because of this mail. What it asks for is done all the same.
	silent bool
	answer *answerHeard
	// statement is what the mail brings for finance.
	statement *statementHeard
	owed      []ledger.Owed
	// cut is a card statement's mail without its card numbers; nil for other mails.
	cut        []byte
	statements map[string]readStatement // attachments that were read as statements
	// understood is what is to be carried out; nil where nothing is.
	understood *ingest.Classified
	// bounced are the Message-IDs of ours that a mail server could not deliver, with its words.
	bounced map[string]string
}

// requestHeard is one workbook of a message that holds a request.
type requestHeard struct {
	attachment ingest.Attachment
	form       *forms.Form
	digest     ledger.Digest
	book       *workbook.Book // open
}

// hear takes a message apart and decides what it is. What cannot be read is quarantined with its reason, and what cannot be
// believed is not acted upon. It fails only where the ledger cannot be asked, or where ctx ends.
func (j *Job) hear(ctx context.Context, m ledger.Message) (*heard, error) {
	var limits ingest.Limits
	if box := j.inboxes[m.Box.Inbox]; box != nil {
		limits = box.Config.Limits
	}
	h, err := j.takeApart(ctx, m, limits)
	if err != nil {
		return nil, err
	}
	return h, j.readFiles(ctx, h)
}

// readFiles reads what a message that was taken apart brings, its workbooks above all.
func (j *Job) readFiles(ctx context.Context, h *heard) error {
	if u := h.understood; u != nil {
		h.understood = nil
		if err := h.carry(ctx, j, u); err != nil {
			return err
		}
	}
	statement, err := isStatement(ctx, h)
	if err != nil {
		return err
	}
	if statement {
		h.cut = j.cutMail(ctx, h)
	}
	h.statements = nil
	return ctx.Err() // what was not read to its end was not understood
}

// takeApart parses a message within limits and decides what is to be done with it. No workbook is opened yet.
func (j *Job) takeApart(ctx context.Context, m ledger.Message, limits ingest.Limits) (*heard, error) {
	h := &heard{message: m, box: j.inboxes[m.Box.Inbox]}
	h.verdict = ledger.MessageVerdict{ID: m.ID, MessageID: "", Kind: string(ingest.OtherMail)}
	if h.box == nil {
		return h.quarantine("unknown-inbox"), nil
	}
	h.verdict.Destination = h.box.Config.Folders.Processed
	if m.Raw == nil {
		return h.quarantine("bytes-disposed"), nil
	}
	u, err := j.understand(ctx, arrived(m), h.box, limits)
	if err != nil {
		return nil, err
	}
	h.mail, h.sender, h.silent = u.Mail, u.Sender, !u.Verdict.Answer
	h.verdict.MessageID, h.verdict.Subject = h.mail.MessageID, reconcile.CutCards(h.mail.Subject)
	if m.SameAs != 0 && m.Attempt == 1 { // a later attempt was put back by a person, and is judged again
		h.verdict.Kind, h.verdict.Reason = "copy", fmt.Sprintf("the same bytes as message %d", m.SameAs)
		return h, nil
	}
	h.verdict.Kind, h.verdict.Sender, h.verdict.Reason = string(u.Verdict.Kind), h.sender.Address, u.Code
	h.understood = &u
	return h, nil
}

// understand decides what a message is. A ledger that cannot be asked whether a mail answers one of ours is an error: the
// message is judged when it can.
func (j *Job) understand(ctx context.Context, a ingest.Arrived, box *inbox, limits ingest.Limits) (ingest.Classified, error) {
	config := box.Config
	config.Limits = limits
	return ingest.Classify(ctx, a, config, ingest.Surroundings{
		Addresses: []string{box.Config.Address, j.o.From}, StatementSenders: box.Config.StatementSenders, Ours: j.ours,
	}, ingest.DNS)
}

// carry does what is planned for a message, as far as that can be done before the decider's lock is taken.
func (h *heard) carry(ctx context.Context, j *Job, u *ingest.Classified) error {
	if j.forFinance(ctx, h, u) {
		j.hearStatement(ctx, h)
		return nil
	}
	if u.Verdict.Kind == ingest.OtherMail && u.Verdict.Answer && (u.Plan == ingest.PlanHelp || u.Plan == ingest.PlanFile) {
		absence, err := h.announcesAbsence(ctx)
		if err != nil {
			return err
		}
		if absence {
			h.verdict.Kind, h.verdict.Reason = string(ingest.AnswerMail), ""
			return h.hearAnswer(ctx, j)
		}
	}
	switch u.Plan {
	case ingest.PlanQuarantine:
		h.setAside(j, u)
	case ingest.PlanHold:
		h.hold(j, u)
	case ingest.PlanBounce:
		h.hearBounce()
	case ingest.PlanOutside:
		h.refuse("own-department", request.Text{}, "")
	case ingest.PlanHelp:
		h.refuse("no-attachment", request.Text{}, "")
	case ingest.PlanAnswer:
		return h.hearAnswer(ctx, j)
	case ingest.PlanRequest:
		if err := j.withinDailyWork(ctx, h); err != nil {
			return err
		}
		return h.hearRequest(ctx, j)
	}
	return nil
}

// setAside quarantines a message that cannot be read or believed. Its sender hears of it where the sender is proven and
// a person; else the operator does.
func (h *heard) setAside(j *Job, u *ingest.Classified) {
	reason := ingest.Reason(u.Code)
	if u.Fault != nil && !h.silent && h.sender.Trusted() {
		h.refuse(u.Code, reason.Text(), "")
	} else {
		h.alert(j, u.Code, reason.Text(), u.Why)
	}
	h.quarantine(u.Code)
}

// hold sets a message aside whose sender is not proven, and asks the operator: once a day for each address that it says
// it comes from.
func (h *heard) hold(j *Job, u *ingest.Classified) {
	from, folder := h.sender.Address, h.box.Config.Folders.Quarantined
	reason := ingest.Reason(u.Code).Text()
	h.owed = append(h.owed, owe(owedAlert, fmt.Sprintf("hold %s %s %s", h.message.Box.Inbox, from, j.day(h.message.CollectedAt)), ledger.Owed{Message: h.message.ID},
		alertDetail{
			Title: request.Text{EN: "A message is held: is it from " + from + "?", FR: "Un message est retenu\u00a0: a-t-il été envoyé par " + from + "?"},
			What: request.Text{
				EN: fmt.Sprintf("%s It says that it comes from %s; its subject is “%s”.", reason.EN, from, h.verdict.Subject),
				FR: fmt.Sprintf("%s Le message se dit envoyé par %s; son objet est «\u00a0%s\u00a0».", reason.FR, from, h.verdict.Subject)},
			Hint: request.Text{
				EN: "Ask " + from + ", not by answering the message. If they sent it, move it from the folder " + folder + " back to the inbox: its request is then judged as theirs. If not, leave it there. Other messages that say they come from this address today are held with it. A decision is never taken from such a message.",
				FR: "Posez la question à " + from + ", mais pas en répondant au message. Si cette personne l’a envoyé, remettez-le du dossier " + folder + " dans la boîte de réception\u00a0: sa demande sera alors examinée comme la sienne. Sinon, laissez-le là. Les autres messages qui se disent envoyés de cette adresse aujourd’hui sont retenus avec lui. Aucune décision n’est jamais tirée d’un tel message."},
			Details: []string{"inbox " + h.message.Box.Inbox, fmt.Sprintf("UID %d", h.message.UID), u.Why},
		}))
	h.quarantine(u.Code).verdict.Held = true
}

func arrived(m ledger.Message) ingest.Arrived {
	var says vouched
	_ = json.Unmarshal(m.Vouched, &says) // written by collect; nothing in it is needed to read the bytes
	return ingest.Arrived{Raw: m.Raw, Oversize: says.Oversize, Released: m.Released}
}

// hearRequest reads every workbook of the mail; each one that holds a request is a submission. What cannot be read is
// answered with its reason, except for papers that only accompany a request (a quote as PDF, a price list).
func (h *heard) hearRequest(ctx context.Context, j *Job) error {
	if h.mail.Protection.Closed() {
		h.verdict.Reason = string(ingest.ReasonProtected)
		h.unread(j, string(ingest.ReasonProtected), ingest.ReasonProtected.Text(), "")
		return nil
	}
	type unread struct{ code, name string }
	reasons := map[unread]request.Text{}
	var order []unread
	seen := map[string]bool{}
	options := h.box.Form.Options(h.box.Policy().Currency())
	for _, a := range h.mail.Attachments {
		if !a.CouldBeRequest() || seen[a.Digest] {
			continue
		}
		seen[a.Digest] = true
		var code string
		var reason request.Text
		if a.Fault != nil {
			code, reason = string(a.Fault.Reason), a.Fault.Reason.Text()
		} else {
			reading, err := ReadRequest(ctx, ownBytes(a.Data), options)
			if err == nil {
				h.requests = append(h.requests, requestHeard{attachment: a, form: reading.Form, digest: ledger.DigestOf(a.Data), book: reading.Book})
				continue
			}
			code, reason = RefusalOf(err)
		}
		if code == string(workbook.NoRequestTable) && h.sender.Trusted() && !h.message.Released && hearSheet(ctx, h.mail) != nil {
			// A decision workbook that came in a mail of its own, with its code in its cell.
			h.verdict.Kind = string(ingest.AnswerMail)
			if err := h.hearAnswer(ctx, j); err != nil {
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
		if len(h.requests) > 0 && accompanies {
			continue
		}
		h.verdict.Reason = u.code
		h.unread(j, u.code, reasons[u], u.name)
	}
	return nil
}

func (h *heard) hearBounce() {
	report := ingest.Bounce(h.mail)
	if report == nil || report.MessageID == "" {
		return
	}
	if !report.Failed() {
		h.verdict.Reason = "delayed" // it is still on its way
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

// cameBack notes that a mail of ours could not be delivered, and tells the operator: nobody else knows that its recipient
// never got it. An alert that came back is not alerted about.
func (j *Job) cameBack(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, messageID, words string) ([]ledger.Owed, error) {
	messageID = "<" + messageID + ">"
	won, err := tx.Bounced(ctx, now, messageID, words)
	if err != nil || !won {
		return nil, err
	}
	mails, err := tx.OutgoingByMessageID(ctx, []string{messageID})
	if err != nil || len(mails) == 0 || mails[0].Kind == "alert" {
		return nil, err
	}
	mail := mails[0]
	return []ledger.Owed{owe(owedAlert, "bounce "+messageID, ledger.Owed{Submission: mail.Submission, Message: h.message.ID}, alertDetail{
		Title: request.Text{EN: "A mail of ours came back", FR: "Un de nos courriels est revenu"},
		What: request.Text{
			EN: fmt.Sprintf("%s did not get a mail (%s). The mail server says: %s", mail.Recipient, mail.Kind, words),
			FR: fmt.Sprintf("%s n’a pas reçu un courriel (%s). Le serveur de courriel dit\u00a0: %s", mail.Recipient, mail.Kind, words)},
		Hint: request.Text{
			EN: "Reach that person another way, and mend the address where it comes from: the form, or an [[officer]] of the configuration.",
			FR: "Joignez cette personne autrement et corrigez l’adresse là d’où elle vient\u00a0: le formulaire, ou un [[officer]] de la configuration."},
		Details: []string{"inbox " + h.message.Box.Inbox, "Message-ID " + messageID}})}, nil
}

// setAsideText are the reasons for quarantine that are not the message's.
var setAsideText = map[string]request.Text{
	reasonDefect: {EN: "Handrail could not judge the message because of a defect of its own, although it tried again for more than an hour. Report it to those who maintain Handrail.",
		FR: "Handrail n’a pas pu examiner le message en raison d’un défaut du programme, malgré plusieurs essais pendant plus d’une heure. Signalez-le aux responsables de Handrail."},
	reasonDied: {EN: "Handrail stopped twice while it was reading this message alone. The message is set aside so that all others go on. Report it to those who maintain Handrail.",
		FR: "Handrail s’est arrêté deux fois en lisant ce message seul. Le message est mis de côté pour que tous les autres suivent leur cours. Signalez-le aux responsables de Handrail."},
	reasonSlow: {EN: "Reading this message took too long, twice, alone. The message is set aside so that all others go on. Report it to those who maintain Handrail.",
		FR: "La lecture de ce message seul a pris trop de temps, deux fois. Le message est mis de côté pour que tous les autres suivent leur cours. Signalez-le aux responsables de Handrail."},
	"unknown-inbox": {EN: "The inbox that it came to is no longer in the configuration.",
		FR: "La boîte où il est arrivé n’est plus dans la configuration."},
	"bytes-disposed": {EN: "Its bytes were disposed of before it was judged.",
		FR: "Son contenu a été éliminé avant d’être examiné."},
}

// SetAsideText says to a person why a message is in quarantine; empty for a code of another version.
func SetAsideText(code string) request.Text {
	if text, ours := setAsideText[code]; ours {
		return text
	}
	return ingest.Reason(code).Text()
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
	if h.silent {
		return
	}
	// A list and a direct copy are one message: it is answered once.
	which := h.sender.Address + " " + h.mail.MessageID
	if h.mail.MessageID == "" {
		which = h.message.SHA256.String()
	}
	cause := fmt.Sprintf("%s %d %s %s", which, h.message.Attempt, code, file)
	h.owed = append(h.owed, owe(owedRefusal, cause, ledger.Owed{Message: h.message.ID},
		refusalDetail{To: h.sender.Address, ToName: h.sender.Name, Code: code, Reason: reason, File: file, Thread: threadOf(h.mail)}))
}

// unread tells the sender what could not be read; where a mark of a machine forbids that, the operator, once a day for each
// inbox and reason: a form that a rule forwarded must not vanish because it is in the wrong format.
func (h *heard) unread(j *Job, code string, reason request.Text, file string) {
	if !h.silent {
		h.refuse(code, reason, file)
		return
	}
	h.owed = append(h.owed, owe(owedAlert, fmt.Sprintf("unread %s %s %s", h.message.Box.Inbox, code, j.day(h.message.CollectedAt)), ledger.Owed{Message: h.message.ID},
		alertDetail{
			Title: request.Text{EN: "A request could not be read, and its sender was not told: " + code, FR: "Une demande n’a pas pu être lue et l’expéditeur n’en a pas été avisé\u00a0: " + code},
			What: request.Text{
				EN: fmt.Sprintf("%s It came from %s in a mail that a machine sent or forwarded, so nobody was answered.", reason.EN, h.sender.Address),
				FR: fmt.Sprintf("%s Elle est arrivée de %s dans un courriel envoyé ou transféré par une machine; personne n’a donc reçu de réponse.", reason.FR, h.sender.Address)},
			Hint: request.Text{
				EN: "Look into the folder " + h.verdict.Destination + ". If it is a request, tell the requester what to mend, and to write to the inbox directly, without a rule in between. You get this mail once a day for each reason.",
				FR: "Consultez le dossier " + h.verdict.Destination + ". S’il s’agit d’une demande, dites à la personne ce qu’il faut corriger et demandez-lui d’écrire directement à la boîte, sans règle de transfert. Vous recevez ce courriel une fois par jour pour chaque motif."},
			Details: []string{"inbox " + h.message.Box.Inbox, fmt.Sprintf("UID %d", h.message.UID), file},
		}))
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
func (j *Job) ours(ctx context.Context, messageID string) (found bool, err error) {
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		list, err := tx.OutgoingByMessageID(ctx, []string{messageID, "<" + messageID + ">"})
		found = len(list) > 0
		return err
	})
	return found && err == nil, err
}
