// Package replay owns looking back: why a line was decided as it was, and what another policy would have said of the past. It
// reads the record and decides nothing.
package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"handrail/internal/department"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// Explanation is one decision, judged again with the policy and the facts that were kept, and held against the record.
type Explanation struct {
	Policy   *rules.Policy
	Facts    *request.Facts // nil once disposed of
	Findings []request.Finding
	Again    request.Verdict
	// Guardrails are all of the policy, as they come out.
	Guardrails []rules.Evaluation
	// Differences say where the record contradicts itself: it was changed, or this program judges otherwise.
	Differences []request.Text
	// Totals and Today take the ledger: see LookUp.
	Totals []CountedTotal
	Today  *TodaysText
}

// CountedTotal is a total with the lines that it added up when the line was judged.
type CountedTotal struct {
	Spec  request.TotalSpec
	Sum   request.Sum
	Lines []CountedLine // this one first, then newest first
}

// CountedLine is a line that counted.
type CountedLine struct {
	Reference string        `json:"reference"`
	Day       request.Date  `json:"day"`
	Supplier  string        `json:"supplier"`
	Money     request.Money `json:"-"`
	Amount    string        `json:"amount"` // the same, plain
	// Since is where it stands now, where that is not counted any more.
	Since request.Outcome `json:"since,omitempty"`
}

// TodaysText is the policy in force now, and what it makes of the facts of then.
type TodaysText struct {
	Policy   *rules.Policy
	Same     bool // it is the policy that judged
	Changes  []rules.Change
	Outcome  request.Outcome
	Findings []request.Finding
}

// Explain judges a line of the record again. Its error says why that is impossible.
func Explain(a *ledger.Account) (*Explanation, error) { return new(Explainer).Explain(a) }

// Explainer explains many lines. It reads each text of a policy once: that takes longer than judging a hundred lines. The
// zero Explainer is ready; it is for one goroutine.
type Explainer struct {
	read map[string]readPolicy // by the text
}

type readPolicy struct {
	policy *rules.Policy
	err    error
}

func (x *Explainer) policy(body []byte) (*rules.Policy, error) {
	r, ok := x.read[string(body)]
	if !ok {
		r.policy, r.err = rules.Unbundle(body)
		if x.read == nil {
			x.read = map[string]readPolicy{}
		}
		x.read[string(body)] = r
	}
	return r.policy, r.err
}

// Explain judges a line of the record again. Its error says why that is impossible.
func (x *Explainer) Explain(a *ledger.Account) (*Explanation, error) {
	e := &Explanation{Findings: []request.Finding{}}
	var err error
	if e.Policy, err = x.policy(a.Policy.Body); err != nil {
		return nil, fmt.Errorf("the policy %s: %w", a.Policy.Hash, err)
	}
	if e.Policy.Hash() != a.Submission.Policy {
		e.differ("The policy that is kept as %s is not the text that has this hash.", "La politique conservée sous %s n’est pas le texte qui porte cette empreinte.", a.Submission.Policy)
	}
	if a.Line.Facts == nil {
		return e, nil
	}
	e.Facts = &request.Facts{}
	if err := e.Facts.Read(a.Line.Facts); err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	if err := json.Unmarshal(a.Line.Findings, &e.Findings); err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	e.Guardrails = e.Policy.Explain(*e.Facts)
	e.Again = judgement.JudgeAgain(e.Policy, *e.Facts, e.Findings)
	e.compare(a)
	return e, nil
}

func (e *Explanation) differ(en, fr string, args ...any) {
	e.Differences = append(e.Differences, request.Text{EN: fmt.Sprintf(en, args...), FR: fmt.Sprintf(fr, args...)})
}

// compare holds what comes out now against what was recorded: the outcome, and every finding by its guardrail, action and
// exemption. Words may differ: they are those of another version of the program.
func (e *Explanation) compare(a *ledger.Account) {
	if e.Again.Outcome != a.Line.Judged {
		e.differ("Recorded: %s. Judged again: %s.", "Consigné\u00a0: %s. Nouvel examen\u00a0: %s.", a.Line.Judged, e.Again.Outcome)
	}
	type mark struct {
		guardrail string
		action    request.Action
		exempted  string
	}
	count := map[mark]int{}
	var order []mark
	for sign, list := range map[int][]request.Finding{1: e.Findings, -1: e.Again.Findings} {
		for _, f := range list {
			m := mark{f.Guardrail, f.Action, f.ExemptedBy}
			if !slices.Contains(order, m) {
				order = append(order, m)
			}
			count[m] += sign
		}
	}
	slices.SortFunc(order, func(a, b mark) int {
		return slices.Compare([]string{a.guardrail, string(a.action), a.exempted}, []string{b.guardrail, string(b.action), b.exempted})
	})
	for _, m := range order {
		switch {
		case count[m] > 0:
			e.differ("%s (%s) is recorded and does not come out again.", "%s (%s) est consigné et ne ressort pas du nouvel examen.", m.guardrail, m.action)
		case count[m] < 0:
			e.differ("%s (%s) comes out now and is not recorded.", "%s (%s) ressort du nouvel examen et n’est pas consigné.", m.guardrail, m.action)
		}
	}
}

// LookUp adds what only the ledger knows: which lines the totals added up, what the policy in force today would say, and
// whether the line's own links of the chain are sound.
func (e *Explanation) LookUp(ctx context.Context, tx *ledger.Tx, a *ledger.Account) error {
	faults, err := tx.Chain.VerifyLine(ctx, a.Line.Reference)
	if err != nil {
		return err
	}
	for _, f := range faults {
		e.differ("The record was changed: %s.", "Le registre a été modifié\u00a0: %s.", f)
	}
	if e.Facts == nil {
		return nil
	}
	if !slices.ContainsFunc(a.Links, func(k ledger.Link) bool { return k.Kind == "line.judged" }) {
		return nil // VerifyLine said so: what counted then cannot be told
	}
	beside, err := e.beside(ctx, tx, a)
	if err != nil {
		return err
	}
	if e.Totals, err = e.countThen(ctx, tx, a, e.Policy, beside); err != nil {
		return err
	}
	return e.lookAtToday(ctx, tx, a, beside)
}

// beside are the lines of the same workbook with their facts.
func (e *Explanation) beside(ctx context.Context, tx *ledger.Tx, a *ledger.Account) ([]request.Line, error) {
	recorded, err := tx.Lines.OfSubmissions(ctx, []int64{a.Line.Submission})
	if err != nil {
		return nil, err
	}
	var lines []request.Line
	for i := range recorded {
		f, err := recorded[i].ReadFacts()
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		f.Line.Reference = recorded[i].Reference
		lines = append(lines, f.Line)
	}
	return lines, nil
}

// countThen adds up the totals of a policy for the line as they were when it was judged.
func (e *Explanation) countThen(ctx context.Context, tx *ledger.Tx, a *ledger.Account, p *rules.Policy, beside []request.Line) ([]CountedTotal, error) {
	judged := a.Links[0].Seq
	origin := &e.Facts.Request
	var all []CountedTotal
	for _, spec := range p.TotalSpecs() {
		near := e.near(&spec)
		keys := totals.Asked(&spec, &e.Facts.Line, origin, &near)
		if keys == nil {
			continue
		}
		t := CountedTotal{Spec: spec}
		if spec.Scope != request.Elsewhere {
			for i := range beside {
				l := &beside[i]
				if amount, ok := spec.Addend(l, origin, p.Currency()); ok && shareKey(keys, totals.Added(&spec, l, origin)) {
					t.value(totals.Distinct(&spec, l, origin, int(p.FiscalStart())))
					t.add(CountedLine{Reference: l.Reference, Day: origin.Received, Supplier: l.Values[request.Supplier].Text}, amount, l.Reference == a.Line.Reference)
				}
			}
		}
		if spec.Scope != request.Workbook {
			found, err := countedElsewhere(ctx, tx, a, p, spec, keys, origin, judged)
			if err != nil {
				return nil, err
			}
			for _, l := range found {
				c := CountedLine{Reference: l.Reference, Day: l.Day, Supplier: l.Supplier}
				if l.Outcome != request.Approved && l.Outcome != request.Escalated {
					c.Since = l.Outcome
				}
				t.add(c, request.FromMinor(l.AddedUnder(keyNames(keys)), l.Currency), false)
				for _, v := range l.ValuesUnder(keyNames(keys)) {
					t.value(v)
				}
			}
		}
		t.Sum.Alike, t.Sum.Scored = e.Facts.Totals[spec.Name].Alike, e.Facts.Totals[spec.Name].Scored
		all = append(all, t)
	}
	return all, nil
}

// countedElsewhere are the lines of other workbooks that a total added up, each once, newest first.
func countedElsewhere(ctx context.Context, tx *ledger.Tx, a *ledger.Account, p *rules.Policy, spec request.TotalSpec, keys []totals.Key, origin *request.Origin, judged int64) ([]ledger.Line, error) {
	from, to := spec.Window(origin.Received, p.FiscalStart())
	var all []ledger.Line
	seen := map[int64]bool{}
	for _, k := range keys {
		if k.Sign < 0 {
			continue // what two keys share is here once anyway
		}
		found, err := tx.Totals.CountedBefore(ctx, ledger.SumQuery{Key: k.Key, Currency: p.Currency(), From: from, To: to,
			TakenSince: spec.TakenSince(origin.Received), ExcludeSubmission: a.Line.Submission}, judged)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			if !seen[l.ID] {
				seen[l.ID] = true
				all = append(all, l)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b ledger.Line) int { return b.Day.Compare(a.Day) })
	return all, nil
}

func (t *CountedTotal) add(l CountedLine, amount request.Money, first bool) {
	l.Money, l.Amount = amount, amount.Plain()
	t.Sum.Amount = t.Sum.Amount.Add(amount.Amount)
	t.Sum.Count++
	t.Sum.Lines = append(t.Sum.Lines, l.Reference)
	if first {
		t.Lines = slices.Insert(t.Lines, 0, l)
	} else {
		t.Lines = append(t.Lines, l)
	}
}

func shareKey(asked []totals.Key, added []string) bool {
	return slices.ContainsFunc(asked, func(k totals.Key) bool { return k.Sign > 0 && slices.Contains(added, k.Key) })
}

func keyNames(asked []totals.Key) (names []string) {
	for _, k := range asked {
		if k.Sign > 0 {
			names = append(names, k.Key)
		}
	}
	return names
}

// near is what was found alike when the line was judged: nothing is compared again. For a total of another text it is what a
// total of the one that judged found.
func (e *Explanation) near(spec *request.TotalSpec) request.Near {
	sum, ok := e.Facts.Totals[spec.Name]
	if !ok {
		for _, other := range e.Policy.TotalSpecs() {
			if other.LooksAround() && other.SameBuckets(spec) {
				sum = e.Facts.Totals[other.Name]
			}
		}
	}
	return totals.NearIn(&sum)
}

// value counts a value where it is a new one.
func (t *CountedTotal) value(v string) {
	if values := t.Sum.Values(); v != "" && !slices.Contains(values, v) {
		t.Sum.SetValues(append(values, v))
	}
}

// lookAtToday judges the facts of then by the policy in force now, with that policy's own totals as they would have been.
func (e *Explanation) lookAtToday(ctx context.Context, tx *ledger.Tx, a *ledger.Account, beside []request.Line) error {
	text, found, err := tx.Documents.TextInForce(ctx, department.PolicyText, a.Message.Box.Inbox)
	if err != nil || !found {
		return err
	}
	p, err := rules.Unbundle(text.Body)
	if err != nil {
		return fmt.Errorf("the policy in force %s: %w", text.Hash, err)
	}
	today := &TodaysText{Policy: p, Same: p.Hash() == a.Submission.Policy}
	e.Today = today
	if today.Same {
		today.Outcome, today.Findings = e.Again.Outcome, e.Again.Findings
		return nil
	}
	today.Changes = rules.Diff(e.Policy, p)
	totals, err := e.countThen(ctx, tx, a, p, beside)
	if err != nil {
		return err
	}
	facts := *e.Facts
	facts.Totals = map[string]request.Sum{}
	for _, t := range totals {
		facts.Totals[t.Spec.Name] = t.Sum
	}
	now := judgement.Assessed{Facts: facts, Verdict: p.Judge(facts)}
	switch {
	case judgement.KeptApproval(e.Findings):
		judgement.AcceptLower(&now)
	case judgement.Corrected(e.Findings) && judgement.AcceptCorrection(p, &now):
	default:
		judgement.AskManager(p, &now)
	}
	today.Outcome, today.Findings = now.Verdict.Outcome, now.Verdict.Findings
	return nil
}
