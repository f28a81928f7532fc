package approvals

import (
	"context"
	"regexp"
	"strings"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/incoming"
)

// ReadLetter reads what a person of the department wrote who answers nothing of ours and brings no form: an officer's AWAY, a
// requester's word on the request that the subject names, thanks, or something that a person can answer, where handOn allows that.
// taken is false for the rest: the blank form is the answer. A held mail that the operator put back commands nothing.
func (desk *Desk) ReadLetter(ctx context.Context, h *incoming.Message, handOn bool) (taken bool, err error) {
	if !h.Sender.Trusted() || h.Row.Released {
		return false, nil
	}
	own := h.Answer
	if err := desk.Read(ctx, h); err != nil {
		return false, err
	}
	a := h.Answer.(*answer)
	a.letter = true
	if err := a.readSubject(ctx, reply.Reader{Today: desk.dept.Day(h.Row.ReceivedAt)}); err != nil {
		return false, err
	}
	_, officer := h.Inbox.Roster().ByEmail(h.Sender.Address)
	if asksForWholeForm(h.Mail.Subject) || asksForWholeForm(a.text) { // officers hand it out; anybody else gets the usual form
		h.WholeForm, h.Answer = officer, own
		return false, nil
	}
	aboutOwn := referenceInSubject.MatchString(strings.ToUpper(h.Mail.Subject))
	switch commands := a.ask == nil && len(a.commands) > 0; {
	case commands && officer && len(a.commands) == 1 && a.commands[0].Verb == reply.Away:
		h.Verdict.Kind, h.Verdict.Reason = string(ingest.AnswerMail), ""
	case commands && aboutOwn, a.ask != nil && aboutOwn && a.undoing != reply.NoUndo:
		h.Verdict.Kind, h.Verdict.Reason = string(ingest.AnswerMail), ""
	case commands && (officer || a.onlyOfSuppliers() && a.mayJudgeSuppliers()):
		h.Verdict.Kind, h.Verdict.Reason = string(ingest.AnswerMail), "no-code"
	case handOn && a.thanks():
		h.Verdict.Reason = "thanks"
	case handOn && a.speaks(ctx, officer):
		h.Verdict.Reason = "question"
	default:
		h.Answer = own
		return false, nil
	}
	return true, nil
}

// asksForForm reports whether a short text wants the blank form, which is the answer then.
func asksForForm(text string) bool {
	said := strings.ToLower(text)
	return len(strings.Fields(said)) <= 25 && formWord.MatchString(said) && wantsWord.MatchString(said)
}

// asksForWholeForm reports whether a subject, or the first line of a text, is the command for the form with every field.
func asksForWholeForm(text string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return wholeForm.MatchString(first)
}

var (
	wholeForm = regexp.MustCompile(`(?i)^\s*(form[ \t\x{a0}]+(--)?all|formulaire[ \t\x{a0}]+(complet|tout))[\s\x{a0}.!]*$`)
	formWord  = regexp.MustCompile(`\b(forms?|formulaires?|template|gabarit)\b`)
	wantsWord = regexp.MustCompile(`\b(send|sent|get|have|need|want|please|blank|new|where|find|envoye[rz]|envoi|obtenir|recevoir|avoir|besoin|voudrais|veuillez|svp|s['’]il vous pla[iî]t|vierge|nouveau|trouver?)\b`)
)

// fileInText is the top of a file that old programs write into the text.
var fileInText = regexp.MustCompile(`(?m)^(begin [0-7]{3,4} \S|-----BEGIN [A-Z ]+-----)`)

// speaks reports whether a mail says something that a person can answer, and not only that something is attached.
func (h *answer) speaks(ctx context.Context, officer bool) bool {
	if !h.mayHandOn(officer) || fileInText.MatchString(h.text) || asksForForm(h.text) {
		return false
	}
	covers, err := reply.IsCoveringNote(ctx, h.text, h.Sender.Name)
	return err == nil && !covers && len(strings.Fields(h.text)) > 1
}
