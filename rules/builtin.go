package rules

import (
	"handrail/internal/request"
)

// The findings that every policy has, because without them its own guardrails could be walked around.
const (
	CurrencyGuardrail = "currency"
	NegativeGuardrail = "negative-amount"
	InForceGuardrail  = "not-in-force"
)

const (
	builtInSource   = "Handrail: built in, for every policy. What cannot be compared never approves by itself."
	builtInSourceFR = "Handrail\u00a0: intégré à toute politique. Ce qui ne peut être comparé n’est jamais approuvé automatiquement."
)

var builtIns = []struct {
	id        string
	title     request.Text
	onlyFound request.Text // the source of one that needs something to be there at all, such as a register
}{
	{CurrencyGuardrail, request.Text{EN: "Another currency", FR: "Autre devise"}, request.Text{}},
	{NegativeGuardrail, request.Text{EN: "Negative amount", FR: "Montant négatif"}, request.Text{}},
	{InForceGuardrail, request.Text{EN: "No guardrail in force", FR: "Aucune balise en vigueur"}, request.Text{}},
	{UnreadGuardrail, unreadTitle, request.Text{}},
	{CentreGuardrail, centreTitle, ofRegisters},
	{CentreDatesGuardrail, centreDatesTitle, ofRegisters},
	{CentrePersonGuardrail, centrePersonTitle, ofRegisters},
	{BranchGuardrail, branchTitle, ofRegisters},
	{PersonGuardrail, personTitle, ofRegisters},
	{ManagerGuardrail, managerTitle, ofRegisters},
	{SupplierGuardrail, supplierTitle, ofRegisters},
	{StoppedGuardrail, stoppedTitle, ofOwners},
}

var (
	ofRegisters = request.Text{EN: registerSource, FR: registerSourceFR}
	ofOwners    = request.Text{EN: stoppedSource, FR: stoppedSourceFR}
)

// signed are the fields in which a negative number has a meaning of its own: a credit, which counts nothing in totals and
// which an officer looks at.
var signed = []request.Field{request.Quantity, request.UnitPrice, request.Net, request.Tax, request.Total}

// builtIn adds the built-in findings.
func (e *evaluation) builtIn(findings []request.Finding) []request.Finding {
	line := &e.facts.Line
	if e.foreign && !e.faulty.has(request.Currency) && e.given&moneyFields != 0 {
		f := request.Finding{Guardrail: CurrencyGuardrail, Action: request.Escalate, Title: builtIns[0].title, Source: builtInSource, SourceFR: builtInSourceFR, Cells: []string{}}
		if cell := line.Values[request.Currency].Cell; cell != "" {
			f.Cells = append(f.Cells, cell)
		}
		code := oneLine(line.Currency(""))
		f.Message = request.Text{
			EN: "The amount is in " + code + ". The limits are in " + e.policy.currency + ", so an officer looks at the line.",
			FR: "Le montant est en " + code + ". Les limites sont en " + e.policy.currency + "; la ligne est donc soumise à l’approvisionnement.",
		}
		f.Officer = request.Text{
			EN: "The amount is in " + code + ", and the limits are in " + e.policy.currency + ": it was compared with none of them.",
			FR: "Le montant est en " + code + " et les limites sont en " + e.policy.currency + "\u00a0: il n’a été comparé à aucune.",
		}
		findings = append(findings, f)
	}
	var cells []string
	negative := false
	for _, field := range signed {
		if v := &line.Values[field]; e.given.has(field) && v.Number.Sign() < 0 {
			negative = true
			if v.Cell != "" {
				cells = append(cells, v.Cell)
			}
		}
	}
	if negative {
		findings = append(findings, request.Finding{Guardrail: NegativeGuardrail, Action: request.Escalate, Title: builtIns[1].title,
			Source: builtInSource, SourceFR: builtInSourceFR, Cells: append([]string{}, cells...), Message: request.Text{
				EN: "An amount is below zero. Credits are not approved by themselves and lower no total.",
				FR: "Un montant est inférieur à zéro. Les crédits ne sont pas approuvés automatiquement et ne réduisent aucun total.",
			}, Officer: request.Text{
				EN: "An amount is below zero. It lowers no total.",
				FR: "Un montant est inférieur à zéro. Il ne réduit aucun total.",
			}})
	}
	return e.stopped(e.registered(e.unread(findings)))
}

// notInForce escalates a line of a day for which the policy has guardrails and none is in force: nothing was checked.
func notInForce(on request.Date) request.Finding {
	return request.Finding{Guardrail: InForceGuardrail, Action: request.Escalate, Title: builtIns[2].title, Source: builtInSource, SourceFR: builtInSourceFR, Cells: []string{},
		Message: request.Text{
			EN: "No guardrail of this policy is in force on " + on.String() + ", so nothing was checked. An officer looks at the line.",
			FR: "Aucune balise de cette politique n’est en vigueur le " + on.String() + "\u00a0: rien n’a été vérifié. La ligne est donc soumise à l’approvisionnement.",
		},
		Officer: request.Text{
			EN: "No guardrail of this policy is in force on " + on.String() + ": nothing was checked.",
			FR: "Aucune balise de cette politique n’est en vigueur le " + on.String() + "\u00a0: rien n’a été vérifié.",
		}}
}
