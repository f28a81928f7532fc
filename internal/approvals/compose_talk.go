package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/ingest"
	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// shownAs is a proven address, with the name that the roster gives it.
func shownAs(r *officers.Roster, address string) string {
	if o, ok := r.ByEmail(address); ok {
		o.Email = address
		return shown(o)
	}
	return address
}

func shown(o officers.Officer) string {
	if o.Name != "" {
		return o.Name + " (" + o.Email + ")"
	}
	return o.Email
}

// about is what a mail of a conversation is about, as far as that is known.
type about struct {
	box  *department.Inbox
	file *record.Case // nil: no request
}

func (desk composer) aboutEntry(ctx context.Context, m *compose.Draft) (a about, err error) {
	if m.Entry.Submission != 0 {
		if a.file, err = desk.desk.records.Open(ctx, m.Entry.Submission); err != nil {
			return a, err
		}
		a.box = a.file.Inbox
	}
	if a.box != nil {
		return a, nil
	}
	err = desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		row, _, err := tx.Messages.Row(ctx, m.Entry.Message)
		a.box = desk.desk.dept.Inboxes[row.Box.Inbox]
		return err
	})
	if a.box == nil {
		a.box = desk.desk.dept.Main()
	}
	return a, err
}

// envelope addresses a mail to a person, in the language that is known of them.
func (desk composer) envelope(a about, to string, cause string, now time.Time, t outbox.Thread) notify.Envelope {
	name, lang := "", a.box.Config.Language
	switch officer, known := a.box.Roster().ByEmail(to); {
	case known:
		name, lang = officer.Name, officer.Language
	case a.file != nil && request.SameMailbox(to, a.file.Submission.Requester):
		name, lang = a.file.Origin.Name, a.file.Origin.Language
	}
	env := desk.desk.dept.Envelope(to, name, lang, cause, now, t)
	env.First = compose.LikelyLanguage(t.Subject)
	return env
}

// talk is what every mail of a conversation says about the request.
func (a about) talk(env notify.Envelope, reader notify.Reader) notify.Talk {
	t := notify.Talk{Envelope: env, Reader: reader}
	if a.file != nil {
		t.Submission, t.Policy = a.file.Submission.Reference().String(), a.file.Policy.Mark()
	}
	return t
}

// formName is the name on the form, for a mail that names the requester's proven address.
func (a about) formName(address string) string {
	if a.file != nil && request.SameMailbox(address, a.file.Submission.Requester) {
		return a.file.Origin.Name
	}
	return ""
}

func (a about) outgoing(kind string, m *compose.Draft, mail notify.Mail, now time.Time) ledger.Outgoing {
	return ledger.Outgoing{Kind: kind, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw,
		Inbox: a.box.Config.Name, Submission: m.Entry.Submission, NextAt: now}
}

// composeRelay is the mail that hands somebody's words on.
func (desk composer) composeRelay(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d relayDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.aboutEntry(ctx, m)
	if err != nil {
		return err
	}
	if d.Silent != "" {
		// Who had a decision in the meantime has an answer.
		if waits, err := desk.stillWaits(ctx, m.Entry.Submission); err != nil || !waits {
			return err
		}
	}
	t := a.talk(desk.envelope(a, d.To.Address, "relay "+m.Entry.Cause, now, d.To.Thread), d.Reader)
	if d.Silent != "" {
		t.Why = notAnswered(d.Silent)
	}
	t.Sender, t.For = d.From.Shown, a.formName(d.From.Address)
	if t.Files, t.Words, err = desk.filesOf(ctx, m.Entry.Message, d.Words, true); err != nil {
		return err
	}
	if d.Escalation != 0 {
		e, err := desk.desk.openEscalation(ctx, d.Escalation)
		if err != nil {
			return err
		}
		if lines := e.lines(e.waiting); len(lines) > 0 {
			t.Code, t.Lines = ingest.Code(e.escalation.Code).String(), lines
		}
	}
	if a.file != nil && t.Code == "" {
		t.Lines = a.file.WithNames(a.file.MailLines(nil))
	}
	mail, err := desk.desk.dept.Composer(a.box).Relay(t)
	if err != nil {
		return err
	}
	o := a.outgoing(outbox.Relay, m, mail, now)
	if t.Code != "" {
		o.Escalation = d.Escalation
	}
	m.Mails = append(m.Mails, o)
	return nil
}

// stillWaits reports whether a line of a request still waits for a decision, whoever is asked about it just now.
func (desk composer) stillWaits(ctx context.Context, submission int64) (waits bool, err error) {
	err = desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		lines, err := tx.Lines.OfSubmissionsBare(ctx, []int64{submission})
		waits = slices.ContainsFunc(lines, func(l ledger.Line) bool { return l.Outcome == request.Escalated })
		return err
	})
	return waits, err
}

// composePassedOn tells a sender who has their mail.
func (desk composer) composePassedOn(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d passedOnDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.aboutEntry(ctx, m)
	if err != nil {
		return err
	}
	t := a.talk(desk.envelope(a, d.To.Address, "passed on "+m.Entry.Cause, now, d.To.Thread), notify.ToRequester)
	t.Sender, t.Holder = d.To.Shown, d.Holder.Shown
	if a.file != nil {
		if t.Holders, _, err = desk.holders(ctx, a, m.Entry.Submission); err != nil {
			return err
		}
	}
	if d.Form {
		form, err := desk.blankForm(a.box, t.Envelope)
		if err != nil {
			return err
		}
		t.Files = append(t.Files, form)
	}
	mail, err := desk.desk.dept.Composer(a.box).PassedOn(t)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, a.outgoing(outbox.PassedOn, m, mail, now))
	return nil
}

func (desk composer) blankForm(box *department.Inbox, env notify.Envelope) (*notify.Attachment, error) {
	lang := env.Lang
	if lang == request.UnknownLang {
		lang = env.First
	}
	if p := box.Policy(); p != nil {
		lang = p.Languages().Write(lang)
	}
	name := request.Text{EN: "request-form.xlsx", FR: "formulaire-de-demande.xlsx"}.In(lang)
	data, err := desk.desk.blankForm(box.Policy(), lang, false)
	return &notify.Attachment{Name: name, Data: data}, err
}

// composeWithdrawQuestion asks a requester who wrote UNDO whether they want to withdraw.
func (desk composer) composeWithdrawQuestion(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d withdrawQuestionDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.aboutEntry(ctx, m)
	if err != nil {
		return err
	}
	to := a.file.Submission.Requester
	t := a.talk(desk.envelope(a, to, "withdraw question "+m.Entry.Cause, now, d.Thread), notify.ToRequester)
	t.Sender, t.Words = to, d.Written
	t.Lines = a.file.WithNames(a.file.MailLines(func(c *record.Line) bool {
		return c.Recorded.Outcome == request.Escalated || c.Recorded.Outcome == request.Approved
	}))
	mail, err := desk.desk.dept.Composer(a.box).WithdrawQuestion(t)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, a.outgoing(outbox.WithdrawQuestion, m, mail, now))
	return nil
}

// composeUndoQuestion asks an officer what is to be undone.
func (desk composer) composeUndoQuestion(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d undoQuestionDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	files, a, receipt, err := desk.ofReceipt(ctx, m, d.Code, d.Lines)
	if err != nil {
		return err
	}
	t := a.talk(desk.envelope(a, receipt.Officer, "undo question "+m.Entry.Cause, now, d.Thread), notify.ToOfficer)
	t.Code, t.Until, t.Words, t.Sender = ingest.Code(d.Code).String(), d.Until, d.Written, shownAs(a.box.Roster(), receipt.Officer)
	t.Lines = linesAmong(files, d.Lines)
	if t.Policy.Hash == "" {
		t.Policy = files[0].Policy.Mark()
	}
	mail, err := desk.desk.dept.Composer(a.box).UndoQuestion(t)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, a.outgoing(outbox.UndoQuestion, m, mail, now))
	return nil
}

// ofReceipt reads what a receipt is about: one request or several.
func (desk composer) ofReceipt(ctx context.Context, m *compose.Draft, code string, lines []int64) (files []*record.Case, a about, e ledger.Escalation, err error) {
	if a, err = desk.aboutEntry(ctx, m); err != nil {
		return nil, a, e, err
	}
	err = desk.desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		var found bool
		if e, found, err = tx.Escalations.ByCode(ctx, code); err == nil && !found {
			err = fmt.Errorf("there is no receipt %s", code)
		}
		return err
	})
	if err != nil {
		return nil, a, e, err
	}
	files, err = desk.openLines(ctx, lines)
	return files, a, e, err
}

// linesAmong are lines of several requests, as mails show them.
func linesAmong(files []*record.Case, ids []int64) (lines []notify.Line) {
	among := amongLines(ids)
	for _, f := range files {
		lines = append(lines, f.WithNames(f.MailLines(func(c *record.Line) bool { return !c.Kept && among(c) }))...)
	}
	return lines
}

// eachRequest writes one mail about each request that some lines are of.
func (desk composer) eachRequest(ctx context.Context, m *compose.Draft, kind string, lines []int64, now time.Time, write func(a about, reference string) (notify.Mail, error)) error {
	files, err := desk.openLines(ctx, lines)
	if err != nil {
		return err
	}
	for _, f := range files {
		m.Entry.Submission = f.Submission.ID
		a, reference := about{box: f.Inbox, file: f}, f.Submission.Reference().String()
		if a.box == nil {
			return desk.desk.engine.NoInbox("of request " + reference)
		}
		mail, err := write(a, reference)
		if err != nil {
			return err
		}
		o := a.outgoing(kind, m, mail, now)
		o.Cause += " " + reference
		m.Mails = append(m.Mails, o)
	}
	return nil
}

// composeLineChange tells an officer what a requester withdrew or replaced.
func (desk composer) composeLineChange(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d lineChangeDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	return desk.eachRequest(ctx, m, outbox.LineChange, d.Lines, now, func(a about, reference string) (notify.Mail, error) {
		t := a.talk(desk.envelope(a, d.Officer, "line change "+m.Entry.Cause+" "+reference, now, outbox.Thread{}), notify.ToOfficer)
		t.Sender, t.For, t.Replaced, t.WasApproved, t.Day = d.By, a.formName(d.By), d.Replaced, d.Approved, d.Until
		if d.Cardholder {
			t.Reader = notify.ToCardholder
		}
		t.Lines = linesAmong([]*record.Case{a.file}, d.Lines)
		return desk.desk.dept.Composer(a.box).LineChange(t)
	})
}

// composeRevocation tells each requester that approvals were revoked, with the workbook as it stands.
func (desk composer) composeRevocation(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d revocationDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	return desk.eachRequest(ctx, m, outbox.Revocation, d.Lines, now, func(a about, reference string) (notify.Mail, error) {
		thread, err := desk.requesterThread(ctx, a.file.Submission.ID)
		if err != nil {
			return notify.Mail{}, err
		}
		book, err := a.file.Annotated(ctx)
		if err != nil {
			return notify.Mail{}, err
		}
		t := a.talk(desk.envelope(a, a.file.Submission.Requester, "revocation "+m.Entry.Cause+" "+reference, now, thread), notify.ToRequester)
		t.Sender, t.Charged, t.Lines = shownAs(a.box.Roster(), d.By), d.Charged, linesAmong([]*record.Case{a.file}, d.Lines)
		t.Files = []*notify.Attachment{{Name: compose.AnswerName(a.file.Submission.FileName, reference), Data: book}}
		return desk.desk.dept.Composer(a.box).Revocation(t)
	})
}

// composeRevocationReceipt tells the officer that the revocation is recorded.
func (desk composer) composeRevocationReceipt(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d revocationDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	a, err := desk.aboutEntry(ctx, m)
	if err != nil {
		return err
	}
	files, err := desk.openLines(ctx, d.Lines)
	if err != nil {
		return err
	}
	t := a.talk(desk.envelope(a, d.By, "revocation receipt "+m.Entry.Cause, now, d.Thread), notify.ToOfficer)
	t.Sender, t.Charged, t.Lines = shownAs(a.box.Roster(), d.By), d.Charged, linesAmong(files, d.Lines)
	mail, err := desk.desk.dept.Composer(a.box).Revocation(t)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, a.outgoing(outbox.RevocationReceipt, m, mail, now))
	return nil
}

// composeNotAuthorized tells somebody of a section 32 manager's NO.
func (desk composer) composeNotAuthorized(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d notAuthorizedDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	return desk.eachRequest(ctx, m, outbox.NotAuthorized, d.Lines, now, func(a about, reference string) (notify.Mail, error) {
		to, thread := d.To, d.Thread
		if d.Reader == notify.ToRequester {
			to = a.file.Submission.Requester
			var err error
			if thread, err = desk.requesterThread(ctx, a.file.Submission.ID); err != nil {
				return notify.Mail{}, err
			}
		}
		t := a.talk(desk.envelope(a, to, "not authorized "+m.Entry.Cause+" "+reference, now, thread), d.Reader)
		t.Sender, t.Lines = d.Manager, linesAmong([]*record.Case{a.file}, d.Lines)
		return desk.desk.dept.Composer(a.box).NotAuthorized(t)
	})
}
