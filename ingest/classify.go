package ingest

import (
	"context"
	"errors"
	"fmt"

	"handrail/internal/request"
)

// Plan is what is done with a message, before anything in it is read as a request.
type Plan string

// The plans. Where nothing else is said, the message is filed as processed.
const (
	PlanRequest    Plan = "judge"       // its workbooks are judged, or explained
	PlanAnswer     Plan = "decide"      // its commands are read
	PlanStatement  Plan = "reconcile"   // its rows are read for finance
	PlanBounce     Plan = "note-bounce" // matched to what we sent
	PlanHelp       Plan = "send-form"   // a person wrote, without a workbook: one polite reply with the blank form
	PlanOutside    Plan = "outside"     // a sender who is proven, and nobody of the department: one polite reply
	PlanFile       Plan = "file"        // nothing, and nobody is answered
	PlanQuarantine Plan = "quarantine"  // set aside, with its reason
	PlanHold       Plan = "hold"        // set aside until the operator moves it back
)

// Text says a plan to a person.
func (p Plan) Text() request.Text { return planText[p] }

// NoAttachmentCode is the code of a person's mail without a workbook.
const NoAttachmentCode = "no-attachment"

// Arrived is a message as the mail server gave it.
type Arrived struct {
	Raw      []byte
	Oversize bool // Raw is only its header
	// Released: it was held, and the operator moved it back to the inbox.
	Released bool
}

// Classified is a message taken apart, with what is to be done with it and why.
type Classified struct {
	Mail    *Mail // never nil
	Fault   *Fault
	Verdict Verdict
	Sender  Sender
	Plan    Plan
	// Code is a fixed word for the ledger where the plan needs one: a Reason, "own-department", "no-attachment", or the
	// field that shows a machine; "" otherwise.
	Code string
	Why  string // for the operator: what was looked at
}

// Classify decides what a message is, who sent it and what is to be done with it. It is the one place where these
// three meet, so that doctor foretells exactly what the job does. OwnDomains of the configuration must be filled in. On an
// error (the context's, or that of Ours) nothing is decided: the caller tries again later. So it is with an *UnansweredError,
// beside which stands what would be done if no answer ever came.
func Classify(ctx context.Context, a Arrived, c InboxConfig, s Surroundings, lookup LookupTXT) (Classified, error) {
	u := Classified{Plan: PlanFile}
	parse := Parse
	if a.Oversize {
		parse = ParseHead
	}
	var err error
	if u.Mail, err = parse(ctx, a.Raw, c.Limits); err != nil && !errors.As(err, &u.Fault) {
		return Classified{Mail: u.Mail}, err
	}
	if u.Verdict, err = KindOf(ctx, u.Mail, s); err != nil {
		return Classified{Mail: u.Mail}, err
	}
	u.Sender = Authenticate(ctx, u.Mail, a.Raw, c, lookup)
	if err := ctx.Err(); err != nil { // a proof that was not looked for to the end is none that is missing
		return Classified{Mail: u.Mail}, fmt.Errorf("verify the sender: %w", err)
	}
	u = u.planned(a, c)
	if u.Sender.Unanswered != nil && u.Code == string(ReasonUnauthenticated) {
		return u, u.Sender.Unanswered
	}
	return u, nil
}

// planned says what is done with a message whose kind and sender are known.
func (u Classified) planned(a Arrived, c InboxConfig) Classified {
	// A decision needs proof: nobody can answer for an officer's mail.
	if a.Released && c.OnUnauthenticated == Hold && u.Verdict.Kind != AnswerMail {
		u.Sender = u.Sender.vouchedFor()
	}
	switch {
	case u.Fault != nil:
		return u.with(PlanQuarantine, string(u.Fault.Reason), u.Fault.Detail)
	case u.Verdict.Kind == BounceMail:
		return u.with(PlanBounce, "", u.Verdict.Why)
	case !u.Verdict.Process && (u.Verdict.Kind != OtherMail || !u.Verdict.Answer):
		return u.with(PlanFile, u.Verdict.Why, u.Verdict.Why)
	case !u.Sender.Trusted() && c.OnUnauthenticated == Hold && u.Sender.Reason.holdable() && u.Verdict.Kind != AnswerMail:
		return u.with(PlanHold, string(u.Sender.Reason), u.Sender.Detail)
	case !u.Sender.Trusted():
		return u.with(PlanQuarantine, string(u.Sender.Reason), u.Sender.Detail)
	case u.Verdict.Kind == StatementMail:
		return u.with(PlanStatement, "", u.Sender.Detail) // a bank is nobody of the department's: statement_senders names it
	case !c.isOwn(u.Sender.Address):
		return u.outside(c)
	case u.Verdict.Kind == AnswerMail:
		return u.with(PlanAnswer, "", u.Sender.Detail)
	case u.Verdict.Kind == OtherMail && c.WithoutWorkbook == "leave":
		return u.with(PlanFile, NoAttachmentCode, "without_workbook is leave")
	case u.Verdict.Kind == OtherMail && u.Mail.LinksToFile():
		return u.with(PlanHelp, string(ReasonSharedLink), "a person wrote, with a link to a file instead of the file")
	case u.Verdict.Kind == OtherMail:
		return u.with(PlanHelp, NoAttachmentCode, "a person wrote, without a workbook")
	}
	return u.with(PlanRequest, "", u.Sender.Detail)
}

// OutsideCode is the Code of mail whose sender is proven and nobody of the department.
const OutsideCode = "own-department"

// outside plans mail from somebody who is proven and nobody of the department. From the allowed domains a person is answered;
// from the rest of the world only who brings a form.
func (u Classified) outside(c InboxConfig) Classified {
	why := domainOf(u.Sender.Address) + " is not among own_domains"
	if !c.Serves(u.Sender) && len(u.Mail.Workbooks()) == 0 {
		return u.with(PlanFile, OutsideCode, why+", and it brings no workbook")
	}
	return u.with(PlanOutside, OutsideCode, why)
}

func (u Classified) with(p Plan, code, why string) Classified {
	u.Plan, u.Code, u.Why = p, code, why
	return u
}

// Folder is where a message with this plan goes, as far as that is known before its lines are judged.
func (u *Classified) Folder(c InboxConfig) string {
	if u.Plan == PlanQuarantine || u.Plan == PlanHold {
		return c.Folders.Quarantined
	}
	return c.Folders.Processed
}

// holdable reports whether an operator who looks at a message can answer for it: who sent it can be asked on the
// telephone. A message without exactly one sender says nobody whom to ask.
func (r Reason) holdable() bool { return r == ReasonUnauthenticated || r == ReasonNotAllowed }

// vouchedFor is a sender for whom the operator answered, by moving a held message back into the inbox. It takes the
// place of the proof that is missing, and of the list of those allowed.
func (s Sender) vouchedFor() Sender {
	if s.Trusted() || !s.Reason.holdable() {
		return s
	}
	s.Verified, s.Allowed, s.Reason = true, true, ""
	if s.Evidence == NoEvidence {
		s.Evidence = OperatorRelease
	}
	s.Detail = "the operator moved it back; before that: " + s.Detail
	return s
}

var planText = map[Plan]request.Text{
	PlanRequest:    {EN: "its workbook is judged", FR: "son classeur est examiné"},
	PlanAnswer:     {EN: "its commands are read", FR: "ses commandes sont lues"},
	PlanStatement:  {EN: "its rows are read for finance", FR: "ses lignes sont lues pour les finances"},
	PlanBounce:     {EN: "it is matched to the mail that came back", FR: "il est rapproché du courriel revenu"},
	PlanHelp:       {EN: "its sender gets the blank form; a question goes to the contact", FR: "son expéditeur reçoit le formulaire vierge; une question est transmise à la personne-ressource"},
	PlanOutside:    {EN: "its sender is told that only the department may ask", FR: "son expéditeur apprend que seul le ministère peut faire une demande"},
	PlanFile:       {EN: "it is filed, and nobody is answered", FR: "il est classé, et personne ne reçoit de réponse"},
	PlanQuarantine: {EN: "it is set aside in quarantine", FR: "il est mis en quarantaine"},
	PlanHold:       {EN: "it is held until the operator moves it back", FR: "il est retenu jusqu’à ce que l’exploitant le remette dans la boîte"},
}
