package record

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// NewLine is a judged line as the ledger takes it: what it says, what was found, and the keys that it counts under.
func NewLine(s *ledger.Submission, policy *rules.Policy, keys []string, origin request.Origin, ordinal int, a *judgement.Assessed, supersedes, amends int64) (ledger.NewLine, error) {
	line := &a.Facts.Line
	values := &line.Values
	n := ledger.NewLine{Policy: policy.Hash(), Line: ledger.Line{
		Submission: s.ID, Reference: line.Reference, Ordinal: ordinal, Row: line.Row, Outcome: a.Verdict.Outcome,
		Currency: line.Currency(policy.Currency()), CostCentre: values[request.CostCentre].Text, Supplier: values[request.Supplier].Text,
		Unit: origin.Unit, Day: origin.Received, ReceivedAt: s.ReceivedAt, Supersedes: supersedes, Amends: amends, Digest: ContentDigest(line, true),
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

// ContentDigest is what a line says, wherever it stands in a sheet; amounts may be left out.
func ContentDigest(l *request.Line, amounts bool) ledger.Digest {
	b := make([]byte, 0, 1<<10)
	for _, info := range request.Fields() {
		switch info.Field {
		case request.Quantity, request.UnitPrice, request.Net, request.Tax, request.Total:
			if !amounts {
				continue
			}
		}
		v := &l.Values[info.Field]
		if v.Given || v.Faulty {
			text := v.Text
			if v.Given && (info.Kind == request.MoneyKind || info.Kind == request.NumberKind) {
				text = v.Number.String()
			}
			b = strconv.AppendQuote(append(append(b, info.Name...), '='), text)
			b = append(b, '\n')
		}
	}
	for _, header := range slices.Sorted(maps.Keys(l.Extra)) {
		b = strconv.AppendQuote(append(b, "extra "...), header)
		b = strconv.AppendQuote(append(b, '='), l.Extra[header])
		b = append(b, '\n')
	}
	return ledger.DigestOf(b)
}
