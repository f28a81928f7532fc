package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
	"handrail/rules"
)

// unconfirmed is the finding of a line whose section 32 manager has not confirmed yet.
const unconfirmed = "section-32-unconfirmed"

// askManager escalates a line whose section 32 manager must confirm it, where the policy says so. What comes back to the
// requester anyway, and what already keeps an approval, is not asked about.
func askManager(p *rules.Policy, a *Assessed) {
	if !p.ConfirmsSection32() {
		return
	}
	manager := a.Facts.Line.Values[request.AuthorizedBy]
	f := request.Finding{
		Guardrail: unconfirmed, Action: request.Escalate, Cells: cellsOf(&manager),
		Title: request.Text{EN: "Section 32 not confirmed yet", FR: "Article 32 pas encore confirmé"},
		Message: request.Text{
			EN: "The section 32 manager named on the form, " + ingest.CleanLine(manager.Text) + ", has not confirmed yet.",
			FR: "Le gestionnaire délégataire (article 32) nommé dans le formulaire, " + ingest.CleanLine(manager.Text) + ", n’a pas encore confirmé."},
		Source: "Policy: section_32 = \"confirmed\"", SourceFR: "Politique\u00a0: section_32 = \"confirmed\"",
	}
	if !a.mayConfirm() {
		f.Message = request.Text{
			EN: "The section 32 manager named on the form cannot confirm: nobody is named, it is the requester, or the address is not the department’s.",
			FR: "Le gestionnaire délégataire (article 32) du formulaire ne peut pas confirmer\u00a0: personne n’est nommé, il s’agit du demandeur, ou l’adresse n’est pas celle du ministère."}
	}
	a.awaitManager(f)
}

// awaitManager escalates a line for what its section 32 manager has not confirmed.
func (a *Assessed) awaitManager(f request.Finding) {
	if a.Verdict.Outcome == request.Returned {
		return
	}
	a.Verdict.Findings = append(a.Verdict.Findings, f)
	a.Verdict.Outcome = request.Escalated
}

func cellsOf(v *request.Value) []string {
	if v.Cell == "" {
		return nil
	}
	return []string{v.Cell}
}

// mayConfirm: the manager is somebody else than the requester, with an address that the mail server can vouch for.
func (a *Assessed) mayConfirm() bool {
	manager, origin := a.Facts.Line.Values[request.AuthorizedBy].Text, &a.Facts.Request
	return manager != "" && !request.SameMailbox(manager, origin.Sender) && !request.SameMailbox(manager, origin.Email) && ownDomain(manager, a.Facts.OwnDomains)
}

func ownDomain(address string, own []string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return slices.ContainsFunc(own, func(d string) bool { return strings.EqualFold(domain, d) })
}

// confirmable holds for an escalated line whose manager can be asked.
func (a *Assessed) confirmable() bool {
	return slices.ContainsFunc(a.Verdict.Findings, func(f request.Finding) bool { return f.Guardrail == unconfirmed }) && a.mayConfirm()
}

// askManagers leaves one mail to each manager to be made.
func askManagers(s *ledger.Submission, lines []routed) (owed []ledger.Owed) {
	byManager := map[string]*escalationDetail{}
	var order []string
	for _, l := range lines {
		manager := strings.ToLower(l.line().Values[request.AuthorizedBy].Text)
		if byManager[manager] == nil {
			byManager[manager] = &escalationDetail{Officer: manager}
			order = append(order, manager)
		}
		byManager[manager].Lines = append(byManager[manager].Lines, l.id)
	}
	for _, manager := range order {
		owed = append(owed, owe(owedSection32, s.Reference().String()+" "+manager, ledger.Owed{Submission: s.ID, Message: s.Message}, *byManager[manager]))
	}
	return owed
}

// keepEvidence records that a manager's own mail came along, forwarded or attached. Anybody can write such a mail: it is
// kept and shown, and confirms nothing.
func (h *heard) keepEvidence(ctx context.Context, tx *ledger.Tx, now time.Time, judged *request.Lines, lines []ledger.NewLine) error {
	if len(h.mail.Forwarded) == 0 {
		return nil
	}
	var list []ledger.Evidence
	for i, line := range judged.All() {
		manager := line.Values[request.AuthorizedBy].Text
		if manager != "" && slices.ContainsFunc(h.mail.Forwarded, func(f ingest.Forwarded) bool { return strings.EqualFold(f.From.Addr, manager) }) {
			list = append(list, ledger.Evidence{Line: lines[i].ID, Kind: ledger.AttachedEvidence, Manager: strings.ToLower(manager), Message: h.message.ID})
		}
	}
	return tx.AddEvidence(ctx, now, h.message.SHA256, list...)
}

// tellManager is the mail that asks a section 32 manager to confirm.
func (j *Job) tellManager(ctx context.Context, now time.Time, m *made) error {
	var d escalationDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	f, err := m.file.unpack()
	if err != nil {
		return err
	}
	a := j.newAsked(now, &d, []*caseFile{f})
	lines := a.lines(a.waiting)
	if len(lines) == 0 {
		return nil
	}
	if a.escalation.Detail, err = json.Marshal(codeNote{Section32: true}); err != nil {
		return err
	}
	mail, err := f.box.writer(j).Section32(j.confirmation(a, lines, "section32 "+a.escalation.Code, now))
	if err != nil {
		return err
	}
	m.escalation = &a.escalation
	m.mails = append(m.mails, a.outgoing("section32", m.owed.Cause, mail, now))
	return nil
}

func (j *Job) confirmation(a *asked, lines []notify.Line, cause string, now time.Time) notify.Section32 {
	f, manager := a.files[0], a.officer()
	return notify.Section32{Envelope: j.envelope(manager.Email, manager.Name, manager.Language, cause, now, thread{}),
		Code: ingest.Code(a.escalation.Code).String(), Submission: a.reference(), Requester: f.origin, Policy: f.policy.Mark(), Lines: lines,
		ReplyBy: j.decideBy(f.box, a.escalation.OpenedAt)}
}

// confirm acts on a section 32 manager's answer. A confirmed line is approved when nothing else was open about it; else
// it goes on to an officer, who sees that it was confirmed.
func (j *Job) confirm(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation) ([]ledger.Owed, error) {
	var tokens []ledger.Token
	choice := choiceAmong(e.Tokens)
	for _, c := range h.answer.commands {
		if c.Verb != reply.Confirm {
			return h.askBack(e, whyOnlyConfirm), nil
		}
		some, unknown := choice.of(c)
		if unknown != "" {
			return h.askBack(e, noSuchLine(unknown)), nil
		}
		tokens = append(tokens, some...)
	}
	a, err := j.askedIn(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	confirmed, err := h.takeConfirmed(ctx, tx, now, e, tokens)
	if err != nil {
		return nil, err
	}
	if len(confirmed) == 0 {
		return h.notice(noticeDetail{Kind: notify.Changed, Submission: e.Submission}), nil
	}
	rest, moves := a.splitConfirmed(confirmed, ledger.Move{From: request.Escalated, To: request.Approved, By: h.sender.Address, Cause: h.message.SHA256})
	if _, err := tx.MoveLines(ctx, now, moves); err != nil {
		return nil, err
	}
	approved := make([]int64, len(moves))
	for i := range moves {
		approved[i] = moves[i].Line
	}
	if _, err := tx.CloseEscalations(ctx, now, confirmed); err != nil {
		return nil, err
	}
	cause := fmt.Sprintf("message %d", h.message.ID)
	owed, nobody, err := j.route(ctx, tx, now, h.box, rest, routing{cause: "confirmed " + cause, message: h.message.ID})
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, nobodyDecides("confirmed "+cause, e.Submission, nobody))
	}
	if len(approved) > 0 {
		owed = append(owed, owe(owedDecision, cause, ledger.Owed{Submission: e.Submission, Message: h.message.ID}, decisionDetail{Lines: approved}))
	}
	return append(owed, h.notice(noticeDetail{Kind: notify.ThankYou, Submission: e.Submission, Lines: confirmed})...), nil
}

// takeConfirmed takes the tokens of lines that a manager confirms, and keeps that as evidence; lines whose token was taken
// before are not among confirmed.
func (h *heard) takeConfirmed(ctx context.Context, tx *ledger.Tx, now time.Time, e *ledger.Escalation, tokens []ledger.Token) (confirmed []int64, err error) {
	var evidence []ledger.Evidence
	for _, t := range tokens {
		won, err := tx.ConsumeToken(ctx, now, e.ID, t.Line, h.message.ID)
		if err != nil {
			return nil, err
		}
		if won {
			confirmed = append(confirmed, t.Line)
			evidence = append(evidence, ledger.Evidence{Line: t.Line, Kind: ledger.ConfirmedEvidence, Manager: strings.ToLower(h.sender.Address), Message: h.message.ID})
		}
	}
	return confirmed, tx.AddEvidence(ctx, now, h.message.SHA256, evidence...)
}

// splitConfirmed parts confirmed lines: those that an officer must still see, and those that nothing else speaks against,
// with their moves, which are like.
func (a *asked) splitConfirmed(confirmed []int64, like ledger.Move) (rest []routed, moves []ledger.Move) {
	among := amongLines(confirmed)
	for _, f := range a.files {
		for i := range f.lines {
			c := &f.lines[i]
			switch {
			case !among(c):
			case c.openBeside():
				rest = append(rest, f.routed(c))
			default:
				like.Line = c.line.ID
				moves = append(moves, like)
			}
		}
	}
	return rest, moves
}

// openBeside reports whether a line has findings for an officer beside the missing confirmation.
func (c *caseLine) openBeside() bool {
	return slices.ContainsFunc(c.verdict.Findings, func(x request.Finding) bool {
		return x.Guardrail != unconfirmed && x.Action == request.Escalate && x.ExemptedBy == ""
	})
}
