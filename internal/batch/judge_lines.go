package batch

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// decideLines judges the lines that are new or changed, records them, and says which officers must be asked.
func (j *Job) decideLines(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, s *ledger.Submission, origin request.Origin, back *comeBack) ([]ledger.NewLine, []ledger.Owed, error) {
	policy := h.force.policies[h.box.Config.Name]
	for i := range back.lines {
		reference := s.Reference()
		reference.Line = i + 1
		back.lines[i].Reference = reference.String()
	}
	if err := back.relate(ctx, tx); err != nil {
		return nil, nil, err
	}
	keyed := &request.LineKeys{Origin: &origin, Lines: back.lines}
	elsewhere, err := sumsElsewhere(ctx, tx, policy, keyed, back)
	if err != nil {
		return nil, nil, err
	}
	budgets, err := j.budgetsOf(ctx, tx, policy, j.day(now), back)
	if err != nil {
		return nil, nil, err
	}
	assessed := assess(policy, keyed, elsewhere, budgets, j.day(now), h.box.Config.OwnDomains)
	lines := make([]ledger.NewLine, len(assessed))
	for i := range assessed {
		if back.lower[i] {
			acceptLower(&assessed[i])
		} else {
			askManager(policy, &assessed[i])
		}
		if assessed[i].Verdict.Outcome == request.Escalated {
			if err := listTotals(ctx, tx, policy, origin, &assessed[i], back); err != nil {
				return nil, nil, err
			}
		}
		if lines[i], err = newLine(s, policy, h.force.keying.at(keyed, i), origin, i+1, &assessed[i], back); err != nil {
			return nil, nil, err
		}
		lines[i].Mail = h.message.SHA256
	}
	if err := tx.AddLines(ctx, now, lines); err != nil {
		return nil, nil, err
	}
	if _, err := tx.CloseEscalations(ctx, now, back.replaced); err != nil {
		return nil, nil, err
	}
	if err := h.keepEvidence(ctx, tx, now, assessed, lines); err != nil {
		return nil, nil, err
	}
	owed, err := j.escalate(ctx, tx, now, h, s, origin, assessed, lines)
	return lines, append(owed, failedGuardrails(policy, assessed)...), err
}

// escalate finds who is asked about every escalated line: first the section 32 manager, where the policy wants the
// manager to confirm, else an officer. One mail goes to each of them.
func (j *Job) escalate(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, s *ledger.Submission, origin request.Origin, assessed []Assessed, lines []ledger.NewLine) ([]ledger.Owed, error) {
	reference := s.Reference().String()
	var toOfficers, toManagers []routed
	for i := range assessed {
		if assessed[i].Verdict.Outcome != request.Escalated {
			continue
		}
		l := routed{lines[i].ID, s.ID, lines[i].Reference, &assessed[i].Facts.Line, &origin}
		if assessed[i].confirmable() {
			toManagers = append(toManagers, l)
		} else {
			toOfficers = append(toOfficers, l)
		}
	}
	owed, nobody, err := j.route(ctx, tx, now, h.box, toOfficers, routing{cause: reference, message: s.Message})
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, nobodyDecides(reference, s.ID, nobody))
	}
	return append(owed, askManagers(s, toManagers)...), nil
}

// failedGuardrails tells the operator which guardrails could not be evaluated, each once for a text of the policy: their
// lines went to an officer, and every line to come will.
func failedGuardrails(policy *rules.Policy, assessed []Assessed) []ledger.Owed {
	why := map[string][]string{}
	var order []string
	for i := range assessed {
		for _, n := range assessed[i].Verdict.NotEvaluated {
			reason, failed := strings.CutPrefix(n.Why, rules.FailedWhy)
			if !failed {
				continue
			}
			if why[n.Guardrail] == nil {
				order = append(order, n.Guardrail)
			}
			why[n.Guardrail] = append(why[n.Guardrail], assessed[i].Facts.Line.Reference+": "+reason)
		}
	}
	var owed []ledger.Owed
	for _, id := range order {
		owed = append(owed, owe(owedAlert, "guardrail "+policy.Hash()+" "+id, ledger.Owed{}, alertDetail{
			Title: request.Text{EN: "A guardrail could not be evaluated: " + id, FR: "Une balise n’a pas pu être évaluée\u00a0: " + id},
			What: request.Text{
				EN: "The condition of this guardrail fails on some lines. They went to an officer, because what cannot be checked is never approved.",
				FR: "La condition de cette balise échoue pour certaines lignes. Elles ont été soumises à l’approvisionnement, car ce qui ne peut être vérifié n’est jamais approuvé."},
			Hint: request.Text{
				EN: "Have the condition mended in " + policy.Name() + " " + policy.Version() + ", and try it with policy backtest. This is said once for each text of the policy.",
				FR: "Faites corriger la condition dans " + policy.Name() + " " + policy.Version() + ", et essayez-la avec policy backtest. Cet avis n’est donné qu’une fois par texte de la politique."},
			Details: why[id]}))
	}
	return owed
}

func newLine(s *ledger.Submission, policy *rules.Policy, keys []string, origin request.Origin, ordinal int, a *Assessed, back *comeBack) (ledger.NewLine, error) {
	line := &a.Facts.Line
	values := &line.Values
	n := ledger.NewLine{Policy: policy.Hash(), Line: ledger.Line{
		Submission: s.ID, Reference: line.Reference, Ordinal: ordinal, Row: line.Row, Outcome: a.Verdict.Outcome,
		Currency: line.Currency(policy.Currency()), CostCentre: values[request.CostCentre].Text, Supplier: values[request.Supplier].Text,
		Unit: origin.Unit, Day: origin.Received, ReceivedAt: s.ReceivedAt, Supersedes: back.supersedes[ordinal-1], Amends: back.amends[ordinal-1], Digest: contentDigest(line, true),
		Keys: keys,
	}}
	if total := values[request.Total]; total.Given && !total.Faulty {
		minor, err := (request.Money{Amount: total.Number, Currency: n.Currency}).Minor()
		if err == nil {
			n.HasAmount, n.Amount = true, minor
		}
	}
	for _, f := range a.Verdict.Findings {
		if f.ExemptedBy == "" {
			n.Guardrails = append(n.Guardrails, f.Guardrail)
		}
	}
	var err error
	if n.Facts, err = a.Facts.AppendJSON(make([]byte, 0, 2<<10)); err != nil {
		return n, err
	}
	if n.Findings, err = json.Marshal(a.Verdict.Findings); err != nil {
		return n, err
	}
	if len(a.Verdict.NotEvaluated) > 0 {
		n.NotEvaluated, err = json.Marshal(a.Verdict.NotEvaluated)
	}
	return n, err
}
