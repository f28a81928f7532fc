package report

import (
	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// CommitFrom works out cost centre budgets from approvals and charges: approved lines without a charge commit, charges
// spend, each line's part from its own cost centre. Cost centres are the same when request.CentreKey says so; one without a
// budget is listed with a budget of zero, as it was written first.
func CommitFrom(budgets []statement.Budget, r *reconcile.Reconciliation) []Budget {
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
		l := &r.Lines[i]
		b := of(l.CostCentre, l.Total.Currency)
		b.Committed = b.Committed.Add(l.Total.Amount)
	}
	for i := range r.Matches {
		m := &r.Matches[i]
		totals := make([]decimal.Decimal, len(m.Lines))
		for n, l := range m.Lines {
			totals[n] = r.Lines[l].Total.Amount
		}
		for _, c := range m.Charges {
			charged := r.Charges[c].Amount
			for n, part := range reconcile.Parts(charged, totals) {
				b := of(r.Lines[m.Lines[n]].CostCentre, charged.Currency)
				b.Spent = b.Spent.Add(part)
			}
		}
	}
	for _, l := range r.Left {
		if c := &r.Charges[l.Charge]; c.CostCentre != "" && l.Reason != reconcile.NotPurchase && c.TouchesBudget() {
			b := of(c.CostCentre, c.Amount.Currency)
			b.Unapproved = b.Unapproved.Add(c.Amount.Amount)
		}
	}
	return out
}
