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
	if err := back.relate(ctx, tx); err != nil {
		return nil, nil, err
	}
	w, err := j.newWorkbookJudging(ctx, tx, now, h, s, &origin, back)
	if err != nil {
		return nil, nil, err
	}
	lines := make([]ledger.NewLine, back.lines.Len())
	for i := range lines {
		reference := s.Reference()
		reference.Line = i + 1
		lines[i] = ledger.NewLine{Mail: h.message.SHA256, Line: ledger.Line{Reference: reference.String(), Supersedes: back.supersedes[i]}}
	}
	if err := tx.AddLinesBy(ctx, now, lines, func(i int) error { return w.judge(ctx, tx, &lines[i], i) }); err != nil {
		return nil, nil, err
	}
	if _, err := tx.CloseEscalations(ctx, now, back.replaced); err != nil {
		return nil, nil, err
	}
	if err := keepEvidence(ctx, h, tx, now, &back.lines, lines); err != nil {
		return nil, nil, err
	}
	owed, err := j.escalate(ctx, tx, now, h, s, w, lines)
	return lines, append(owed, w.failed.owed(policy)...), err
}

// workbookJudging judges the lines of one workbook one by one, and keeps of each only what is needed when all are in.
type workbookJudging struct {
	*assessing
	h          *heard
	s          *ledger.Submission
	back       *comeBack
	names      totalNames
	elsewhere  []map[string]request.Sum // of the lines from first on
	first      int
	toOfficers []int // escalated lines
	toManagers []int
	failed     failures
}

func (j *Job) newWorkbookJudging(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, s *ledger.Submission, origin *request.Origin, back *comeBack) (*workbookJudging, error) {
	policy := h.force.policies[h.box.Config.Name]
	budgets, err := j.budgetsOf(ctx, tx, policy, j.day(now), back)
	if err != nil {
		return nil, err
	}
	keyed := &request.LineKeys{Origin: origin, Lines: &back.lines}
	return &workbookJudging{assessing: newAssessing(policy, keyed, budgets, j.day(now), h.box.Config.OwnDomains),
		h: h, s: s, back: back, names: totalNames{policy: policy, origin: origin}}, nil
}

// judge fills in line i. Lines are judged in their order.
func (w *workbookJudging) judge(ctx context.Context, tx *ledger.Tx, n *ledger.NewLine, i int) (err error) {
	if i%factsAtOnce == 0 {
		w.first = i
		if w.elsewhere, err = sumsElsewhere(ctx, tx, w.policy, w.keyed, i, min(i+factsAtOnce, w.keyed.Lines.Len())); err != nil {
			return err
		}
	}
	a := w.line(i, w.elsewhere[i-w.first], true)
	if w.back.lower[i] {
		acceptLower(&a)
	} else {
		askManager(w.policy, &a)
	}
	if a.Verdict.Outcome == request.Escalated {
		if err := w.names.add(ctx, tx, &a); err != nil {
			return err
		}
		if a.confirmable() {
			w.toManagers = append(w.toManagers, i)
		} else {
			w.toOfficers = append(w.toOfficers, i)
		}
	}
	w.failed.note(&a)
	mail := n.Mail
	*n, err = newLine(w.s, w.policy, w.h.force.keying.at(w.keyed, i, &a.Facts.Line), *w.keyed.Origin, i+1, &a, w.back)
	n.Mail = mail
	return err
}

// escalate finds who is asked about every escalated line: first the section 32 manager, where the policy wants the
// manager to confirm, else an officer. One mail goes to each of them.
func (j *Job) escalate(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, s *ledger.Submission, w *workbookJudging, lines []ledger.NewLine) ([]ledger.Owed, error) {
	reference := s.Reference().String()
	routes := func(which []int) []routed {
		list := make([]routed, len(which))
		for n, i := range which {
			list[n] = routed{lines[i].ID, s.ID, lines[i].Reference, func() *request.Line {
				line := w.keyed.Lines.At(i)
				return &line
			}, w.keyed.Origin}
		}
		return list
	}
	owed, nobody, err := j.route(ctx, tx, now, h.box, routes(w.toOfficers), routing{cause: reference, message: s.Message})
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, nobodyDecides(reference, s.ID, nobody))
	}
	return append(owed, askManagers(s, routes(w.toManagers))...), nil
}

// failures are the guardrails that could not be evaluated, with the lines on which they failed.
type failures struct {
	why   map[string][]string
	order []string
}

func (f *failures) note(a *Assessed) {
	for _, n := range a.Verdict.NotEvaluated {
		reason, failed := strings.CutPrefix(n.Why, rules.FailedWhy)
		if !failed {
			continue
		}
		if f.why == nil {
			f.why = map[string][]string{}
		}
		if f.why[n.Guardrail] == nil {
			f.order = append(f.order, n.Guardrail)
		}
		f.why[n.Guardrail] = append(f.why[n.Guardrail], a.Facts.Line.Reference+": "+reason)
	}
}

// owed tells the operator which guardrails could not be evaluated, each once for a text of the policy: their lines went to
// an officer, and every line to come will.
func (f *failures) owed(policy *rules.Policy) []ledger.Owed {
	var owed []ledger.Owed
	for _, id := range f.order {
		owed = append(owed, owe(owedAlert, "guardrail "+policy.Hash()+" "+id, ledger.Owed{}, alertDetail{
			Title: request.Text{EN: "A guardrail could not be evaluated: " + id, FR: "Une balise n’a pas pu être évaluée\u00a0: " + id},
			What: request.Text{
				EN: "The condition of this guardrail fails on some lines. They went to an officer, because what cannot be checked is never approved.",
				FR: "La condition de cette balise échoue pour certaines lignes. Elles ont été soumises à l’approvisionnement, car ce qui ne peut être vérifié n’est jamais approuvé."},
			Hint: request.Text{
				EN: "Have the condition mended in " + policy.Name() + " " + policy.Version() + ", and try it with policy backtest. This is said once for each text of the policy.",
				FR: "Faites corriger la condition dans " + policy.Name() + " " + policy.Version() + ", et essayez-la avec policy backtest. Cet avis n’est donné qu’une fois par texte de la politique."},
			Details: f.why[id]}))
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
