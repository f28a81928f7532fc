package judgement

import (
	"slices"

	"handrail/ingest"
	"handrail/internal/request"
	"handrail/rules"
)

// Unconfirmed is the finding of a line whose section 32 manager has not confirmed yet.
const Unconfirmed = "section-32-unconfirmed"

// AskManager escalates a line whose section 32 manager must confirm it, where the policy says so. What comes back to the
// requester anyway, and what already keeps an approval, is not asked about.
func AskManager(p *rules.Policy, a *Assessed) {
	if !p.ConfirmsSection32() {
		return
	}
	manager := a.Facts.Line.Values[request.AuthorizedBy]
	f := request.Finding{
		Guardrail: Unconfirmed, Action: request.Escalate, Cells: cellsOf(&manager),
		Title: request.Text{EN: "Section 32 not confirmed yet", FR: "Article 32 pas encore confirmé"},
		Message: request.Text{
			EN: "The section 32 manager named on the form, " + ingest.CleanLine(manager.Text) + ", has not confirmed yet.",
			FR: "Le gestionnaire délégataire (article 32) nommé dans le formulaire, " + ingest.CleanLine(manager.Text) + ", n’a pas encore confirmé."},
		Source: "Policy: section_32 = \"confirmed\"", SourceFR: "Politique\u00a0: section_32 = \"confirmed\"",
	}
	if !a.MayConfirm() {
		f.Message = request.Text{
			EN: "The section 32 manager named on the form cannot confirm: nobody is named, it is the requester, or the address is not the department’s.",
			FR: "Le gestionnaire délégataire (article 32) du formulaire ne peut pas confirmer\u00a0: personne n’est nommé, il s’agit de la personne qui fait la demande, ou l’adresse n’est pas celle du ministère."}
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

// MayConfirm: the manager is somebody else than the requester, with an address that the mail server can vouch for.
func (a *Assessed) MayConfirm() bool {
	return a.namesAnother() && request.OfDomains(a.manager(), a.Facts.OwnDomains)
}

// TellsManager is true for a line of which its section 32 manager is told: everything but what goes back to the requester.
func (a *Assessed) TellsManager(p *rules.Policy) bool {
	return p.TellsSection32() && a.Verdict.Outcome != request.Returned && a.namesAnother() && request.UnderDomains(a.manager(), a.Facts.OwnDomains)
}

func (a *Assessed) manager() string { return a.Facts.Line.Values[request.AuthorizedBy].Text }

// namesAnother: the manager is somebody else than the requester.
func (a *Assessed) namesAnother() bool {
	manager, origin := a.manager(), &a.Facts.Request
	return manager != "" && !request.SameMailbox(manager, origin.Sender) && !request.SameMailbox(manager, origin.Email)
}

// Confirmable is true for an escalated line whose manager can be asked.
func (a *Assessed) Confirmable() bool {
	return slices.ContainsFunc(a.Verdict.Findings, func(f request.Finding) bool { return f.Guardrail == Unconfirmed }) && a.MayConfirm()
}
