package judgement

import (
	"slices"

	"handrail/internal/request"
	"handrail/rules"
)

// AcceptLower keeps the approval of a line of which nothing but a lower amount changed, and notes it. What a lower
// amount breaks by itself (sums that do not add up) still counts.
func AcceptLower(a *Assessed) {
	if a.Verdict.Outcome == request.Returned {
		return
	}
	a.Verdict.Outcome = request.Approved
	for i := range a.Verdict.Findings {
		a.Verdict.Findings[i].Action = request.Note
	}
	a.Verdict.Findings = append(a.Verdict.Findings, request.Finding{
		Guardrail: LowerAmount, Action: request.Note, Cells: []string{a.Facts.Line.Values[request.Total].Cell},
		Title: request.Text{EN: "Lower amount", FR: "Montant réduit"},
		Message: request.Text{
			EN: "Only the amount changed, and it is lower than what was approved: the approval stands.",
			FR: "Seul le montant a changé, et il est inférieur à celui qui avait été approuvé\u00a0: l’approbation demeure."},
		Source:   "Handrail: a line that comes back with nothing but a lower amount keeps its approval",
		SourceFR: "Handrail\u00a0: une ligne qui revient avec un montant réduit et rien d’autre garde son approbation",
	})
}

// LowerAmount is the id of the note on a line that kept its approval.
const LowerAmount = "lower-amount"

// KeptApproval reports whether findings say that a line kept its predecessor's approval.
func KeptApproval(findings []request.Finding) bool {
	return slices.ContainsFunc(findings, func(f request.Finding) bool { return f.Guardrail == LowerAmount })
}

// JudgeAgain judges a line on record once more: with the policy and the facts that were kept, and with what its recorded
// findings say about where it came from. Nothing may come out otherwise than it is recorded.
func JudgeAgain(p *rules.Policy, facts request.Facts, recorded []request.Finding) request.Verdict {
	a := Assessed{Facts: facts, Verdict: p.Judge(facts)}
	for _, f := range recorded {
		switch f.Guardrail {
		case LowerAmount:
			AcceptLower(&a)
		case Unconfirmed:
			a.awaitManager(f)
		}
	}
	return a.Verdict
}
