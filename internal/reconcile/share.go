package reconcile

import (
	"iter"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Share is what of a charge falls to a line, and what of the line's approval it uses up.
type Share struct {
	Charge, Line int             // their places
	Charged      decimal.Decimal // in the charge's currency; negative for a refund
	Used         decimal.Decimal // in the line's currency; a refund uses nothing, and gives no approval back
}

// SharesOf are the shares of a match: those that it says, or what it comes to when its charges use its lines up. What is charged adds up to
// the charges to the cent, and what is used to the lines' totals.
func (r *Reconciliation) SharesOf(m *Match) iter.Seq[Share] {
	if m.Shares != nil {
		return slices.Values(m.Shares)
	}
	return func(yield func(Share) bool) {
		if len(m.Lines) == 1 && len(m.Charges) == 1 {
			s := Share{Charge: m.Charges[0], Line: m.Lines[0], Charged: r.Charges[m.Charges[0]].Amount.Amount}
			if m.Rule != ByRefund {
				s.Used = r.Lines[m.Lines[0]].Total.Amount
			}
			yield(s)
			return
		}
		rests := make([]decimal.Decimal, len(m.Lines))
		for i, l := range m.Lines {
			rests[i] = r.Lines[l].Total.Amount
		}
		for _, s := range Divide(r.Lines, r.chargesAt(m.Charges), m.Charges, m.Lines, rests, m.Rule == ByRefund) {
			if !yield(s) {
				return
			}
		}
	}
}

func (r *Reconciliation) chargesAt(places []int) []request.Money {
	list := make([]request.Money, len(places))
	for i, at := range places {
		list[i] = r.Charges[at].Amount
	}
	return list
}

// Divide gives each line its part of each charge, in proportion to the lines' totals, and uses up what is left of each line (rests, beside lines)
// in the order of the charges. A refund uses nothing.
func Divide(all []Line, charged []request.Money, charges, lines []int, rests []decimal.Decimal, refund bool) []Share {
	totals := make([]decimal.Decimal, len(lines))
	for i, l := range lines {
		totals[i] = all[l].Total.Amount
	}
	left := slices.Clone(rests)
	var shares []Share
	for n, c := range charges {
		for i, part := range Parts(charged[n], totals) {
			s := Share{Charge: c, Line: lines[i], Charged: part}
			switch {
			case refund:
			case n == len(charges)-1:
				s.Used = left[i]
			case charged[n].Currency == all[lines[i]].Total.Currency:
				s.Used = decimal.Min(part, left[i])
			}
			left[i] = left[i].Sub(s.Used)
			shares = append(shares, s)
		}
	}
	return shares
}

// Parts divides what was charged over the lines it was approved by, in proportion to their totals. The parts are in the charge's
// currency and add up to it: what all lines up to one come to is rounded, so that no line bears the rounding of the others and none gets less than nothing.
func Parts(charged request.Money, totals []decimal.Decimal) []decimal.Decimal {
	parts := make([]decimal.Decimal, len(totals))
	if len(parts) == 0 {
		return parts
	}
	all := decimal.Zero
	for _, t := range totals {
		all = all.Add(t)
	}
	if all.IsZero() {
		parts[len(parts)-1] = charged.Amount
		return parts
	}
	places, _ := request.MinorDigits(charged.Currency)
	upTo, given := decimal.Zero, decimal.Zero
	for i, t := range totals {
		upTo = upTo.Add(t)
		to := charged.Amount // at the last line, whatever the division leaves
		if i < len(totals)-1 {
			to = charged.Amount.Mul(upTo).DivRound(all, places)
		}
		parts[i], given = to.Sub(given), to
	}
	return parts
}

// ApprovedBy is what a match uses of its lines' approvals; same is false where that is in another currency than the charges.
func (r *Reconciliation) ApprovedBy(m *Match) (sum request.Money, same bool) {
	sum.Currency = r.Lines[m.Lines[0]].Total.Currency
	for s := range r.SharesOf(m) {
		sum.Amount = sum.Amount.Add(s.Used)
	}
	return sum, sum.Currency == r.Charges[m.Charges[0]].Amount.Currency
}

// RestOf is what is still to be charged of a line of Open.
func (r *Reconciliation) RestOf(line int) request.Money {
	rest := r.Lines[line].Total
	if some, partly := r.Rest[line]; partly {
		rest.Amount = some
	}
	return rest
}

// StillOpen fills in Open and Rest: what the lines' totals come to, less what its matches use of them.
func (r *Reconciliation) StillOpen() {
	used := map[int]decimal.Decimal{}
	for i := range r.Matches {
		for s := range r.SharesOf(&r.Matches[i]) {
			used[s.Line] = used[s.Line].Add(s.Used)
		}
	}
	r.Open, r.Rest = nil, map[int]decimal.Decimal{}
	for i := range r.Lines {
		l := &r.Lines[i]
		if !l.commits() {
			continue
		}
		some, any := used[i]
		rest := l.Total.Amount.Sub(some)
		if rest.Sign() != l.Total.Amount.Sign() {
			continue
		}
		if r.Open = append(r.Open, i); any && !some.IsZero() {
			r.Rest[i] = rest
		}
	}
}

// Only is a match with some of its charges.
func (r *Reconciliation) Only(m Match, charges []int) Match {
	if len(charges) == len(m.Charges) {
		return m
	}
	var shares []Share
	for s := range r.SharesOf(&m) {
		if slices.Contains(charges, s.Charge) {
			shares = append(shares, s)
		}
	}
	m.Charges, m.Shares = charges, shares
	return m
}
