package judgement

import (
	"slices"
	"strings"

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

// AcceptCorrection approves an amendment that lowers the approved line it amends, and not below zero, where nothing else stands
// against it: that it is negative, and what totals come to without it, are notes. What must be mended on it still is, and whatever
// else an officer should see, or could not be evaluated, still goes to one; then it changes nothing and is false.
func AcceptCorrection(p *rules.Policy, a *Assessed) bool {
	for i := range a.Verdict.NotEvaluated {
		if strings.HasPrefix(a.Verdict.NotEvaluated[i].Why, rules.FailedWhy) {
			return false
		}
	}
	for i := range a.Verdict.Findings {
		f := &a.Verdict.Findings[i]
		if f.Action != request.Note && f.Guardrail != rules.NegativeGuardrail && !(f.Action == request.Escalate && p.AddsUp(f.Guardrail)) {
			return false
		}
	}
	if a.Verdict.Outcome == request.Returned {
		return false
	}
	a.Verdict.Outcome = request.Approved
	for i := range a.Verdict.Findings {
		a.Verdict.Findings[i].Action = request.Note
	}
	amends := a.Facts.Line.Values[request.Amends].Text
	a.Verdict.Findings = append(a.Verdict.Findings, request.Finding{
		Guardrail: Correction, Action: request.Note, Cells: []string{a.Facts.Line.Values[request.Total].Cell},
		Title: request.Text{EN: "Corrected downwards", FR: "Correction à la baisse"},
		Message: request.Text{
			EN: "This lowers " + amends + ", which was approved. Totals go on counting what was approved first.",
			FR: "Cette ligne réduit la ligne " + amends + ", qui a été approuvée. Les totaux comptent toujours le montant approuvé au départ."},
		Source:   "Handrail: an amendment that lowers its own approved line, and not below zero, needs no other decision",
		SourceFR: "Handrail\u00a0: une modification qui réduit une ligne approuvée, sans passer sous zéro, ne demande aucune autre décision",
	})
	return true
}

// Correction is the id of the note on an amendment that lowers its original.
const Correction = "correction"

// LowerAmount is the id of the note on a line that kept its approval.
const LowerAmount = "lower-amount"

// KeptApproval reports whether findings say that a line kept its predecessor's approval.
func KeptApproval(findings []request.Finding) bool {
	return slices.ContainsFunc(findings, func(f request.Finding) bool { return f.Guardrail == LowerAmount })
}

// Corrected reports whether findings say that a line lowered the approved line that it amends.
func Corrected(findings []request.Finding) bool {
	return slices.ContainsFunc(findings, func(f request.Finding) bool { return f.Guardrail == Correction })
}

// JudgeAgain judges a line on record once more: with the policy and the facts that were kept, and with what its recorded
// findings say about where it came from. Nothing may come out otherwise than it is recorded.
func JudgeAgain(p *rules.Policy, facts request.Facts, recorded []request.Finding) request.Verdict {
	a := Assessed{Facts: facts, Verdict: p.Judge(facts)}
	for _, f := range recorded {
		switch f.Guardrail {
		case LowerAmount:
			AcceptLower(&a)
		case Correction:
			AcceptCorrection(p, &a)
		case Unconfirmed:
			a.awaitManager(f)
		}
	}
	return a.Verdict
}
