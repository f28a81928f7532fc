package report

import (
	"time"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// CommitFrom works out cost centre budgets from approvals and charges: what is still to be charged of approved lines is committed, charges
// spend, each line's part from its own cost centre. What was approved before the year, which begins at from, is carried into it. Cost centres are the same when request.CentreKey says so; one without a
// budget is listed with a budget of zero, as it was written first.
func CommitFrom(budgets []statement.Budget, r *reconcile.Reconciliation, from time.Time) []Budget {
	out := make([]Budget, len(budgets))
	at := make(map[groupKey]int, len(out))
	for i, b := range budgets {
		out[i] = Budget{CostCentre: b.CostCentre, Currency: b.Currency, Budget: b.Amount}
		at[groupKey{request.CentreKey(b.CostCentre), b.Currency}] = i
	}
	of := func(centre, currency string) *Budget {
		k := groupKey{request.CentreKey(centre), currency}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k], out = i, append(out, Budget{CostCentre: centre, Currency: currency})
		}
		return &out[i]
	}
	for _, i := range r.Open {
		l, rest := &r.Lines[i], r.RestOf(i)
		b := of(l.CostCentre, rest.Currency)
		if b.Committed = b.Committed.Add(rest.Amount); l.Decided.Before(from) {
			b.Carried = b.Carried.Add(rest.Amount)
		}
	}
	for i := range r.Matches {
		for s := range r.SharesOf(&r.Matches[i]) {
			b := of(r.Lines[s.Line].CostCentre, r.Charges[s.Charge].Amount.Currency)
			b.Spent = b.Spent.Add(s.Charged)
		}
	}
	for _, l := range r.Left {
		if c := &r.Charges[l.Charge]; c.CostCentre != "" && l.Reason != reconcile.SetAside && c.TouchesBudget() {
			b := of(c.CostCentre, c.Amount.Currency)
			b.Unapproved = b.Unapproved.Add(c.Amount.Amount)
		}
	}
	return out
}
