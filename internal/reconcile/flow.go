package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"handrail/internal/request"

	"github.com/shopspring/decimal"
)

// Flow is what was open, came in, was closed and stays open, in one currency.
type Flow struct {
	Currency                           string
	Opening, Received, Closed, Closing Sum
}

// Ties reports whether opening + received - closed is closing.
func (f Flow) Ties() bool {
	return f.Opening.Lines+f.Received.Lines-f.Closed.Lines == f.Closing.Lines &&
		f.Opening.Amount.Add(f.Received.Amount).Sub(f.Closed.Amount).Equal(f.Closing.Amount)
}

// Sum is a number of lines (or charges) and their sum, in the currency beside it.
type Sum struct {
	Lines  int
	Amount decimal.Decimal
}

func (t Sum) Add(amount decimal.Decimal) Sum { return Sum{t.Lines + 1, t.Amount.Add(amount)} }

// SumFlows adds up flows of one currency and puts them in order, main first.
func SumFlows(list []Flow, main string) []Flow {
	by := map[string]*Flow{}
	for _, f := range list {
		sum := by[f.Currency]
		if sum == nil {
			sum = &Flow{Currency: f.Currency}
			by[f.Currency] = sum
		}
		for _, t := range []struct {
			to   *Sum
			more Sum
		}{{&sum.Opening, f.Opening}, {&sum.Received, f.Received}, {&sum.Closed, f.Closed}, {&sum.Closing, f.Closing}} {
			*t.to = Sum{t.to.Lines + t.more.Lines, t.to.Amount.Add(t.more.Amount)}
		}
	}
	return flowsOf(by, main)
}

func flowsOf(by map[string]*Flow, main string) []Flow {
	var flows []Flow
	for _, code := range Currencies(by, main) {
		flows = append(flows, *by[code])
	}
	return flows
}

// ChargeFlow makes the control totals of charges: those posted before the period, which begins at from, those posted since, those matched or
// set aside, those left. It is right when the reconciliation holds the charges that were open when the period began and
// the new ones.
func ChargeFlow(r *Reconciliation, from request.Date, main string) []Flow {
	closed := make([]bool, len(r.Charges))
	for _, m := range r.Matches {
		for _, c := range m.Charges {
			closed[c] = true
		}
	}
	for _, l := range r.Left {
		if l.Reason == SetAside || l.Reason == NotPurchase || l.Reason == ZeroAmount {
			closed[l.Charge] = true
		}
	}
	by := map[string]*Flow{}
	for i := range r.Charges {
		sum := r.Charges[i].Amount
		f := by[sum.Currency]
		if f == nil {
			f = &Flow{Currency: sum.Currency}
			by[sum.Currency] = f
		}
		if r.Charges[i].Posted.Before(from) {
			f.Opening = f.Opening.Add(sum.Amount)
		} else {
			f.Received = f.Received.Add(sum.Amount)
		}
		if closed[i] {
			f.Closed = f.Closed.Add(sum.Amount)
		} else {
			f.Closing = f.Closing.Add(sum.Amount)
		}
	}
	return flowsOf(by, main)
}

// Currencies are the keys of by in the order of CompareCurrencies.
func Currencies[V any](by map[string]V, main string) []string {
	return slices.SortedFunc(maps.Keys(by), func(a, b string) int { return CompareCurrencies(a, b, main) })
}

// CompareCurrencies puts main first and the others in the order of their codes.
func CompareCurrencies(a, b, main string) int {
	switch {
	case a == b:
		return 0
	case a == main:
		return -1
	case b == main:
		return 1
	}
	return cmp.Compare(a, b)
}
