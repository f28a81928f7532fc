package replay

import (
	"cmp"
	"slices"

	"handrail/internal/report"
	"handrail/internal/request"
)

// mostLargest is how many of the largest escalated lines are named.
const mostLargest = 20

// month is the month of a day as groups are named by it.
func month(d request.Date) string { return d.String()[:len("2006-01")] }

// day takes a day into the span of those that were judged.
func (r *backtest) day(d request.Date) {
	if r.from.IsZero() || d.Before(r.from) {
		r.from = d
	}
	if d.After(r.to) {
		r.to = d
	}
}

// note keeps a line where it is asked for, or among the largest that go to an officer. amount is in the policy's currency.
func (r *backtest) note(line func() report.BacktestLine, o request.Outcome, amount request.Money) {
	listed := len(r.named) < r.o.MostLines
	large := o == request.Escalated && amount.Currency != "" && amount.Amount.IsPositive() &&
		(len(r.largest) < mostLargest || amount.Amount.GreaterThan(r.largest[len(r.largest)-1].Total.Amount))
	if !listed {
		r.unnamed++
	}
	if !listed && !large {
		return
	}
	l := line()
	if listed {
		r.named = append(r.named, l)
	}
	if !large {
		return
	}
	at, _ := slices.BinarySearchFunc(r.largest, l, func(a, b report.BacktestLine) int {
		return cmp.Or(b.Total.Amount.Cmp(a.Total.Amount), -1) // behind those that are as large
	})
	r.largest = slices.Insert(r.largest, at, l)
	r.largest = r.largest[:min(len(r.largest), mostLargest)]
}

// reasonsOf are findings as a line's reasons, those that weigh first, each guardrail's words once.
func reasonsOf(findings []request.Finding) []report.BacktestReason {
	reasons := make([]report.BacktestReason, 0, len(findings))
	for _, f := range findings {
		reasons = append(reasons, report.BacktestReason{Guardrail: f.Guardrail, Message: f.Message, Exempted: f.ExemptedBy})
	}
	rank := map[string]int{}
	for _, f := range findings {
		n := -f.Action.Rank()
		if f.ExemptedBy != "" {
			n = 1
		}
		rank[f.Guardrail] = n
	}
	slices.SortStableFunc(reasons, func(a, b report.BacktestReason) int { return cmp.Compare(rank[a.Guardrail], rank[b.Guardrail]) })
	return reasons
}
