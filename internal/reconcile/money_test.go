package reconcile_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// Whatever comes, each charge is in one place and so is each approval: a charge is matched or left, and once; its shares add up to it; of a line
// what is used and what is still to come are its total; nothing is below zero but refunds.
func TestEachChargeAndEachApprovalIsInOnePlace(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		q := reconciletest.NewQuarter(rapid.Uint64().Draw(r, "quarter"), 60)
		lines, charges := q.Lines, q.Charges
		for range rapid.IntRange(0, 30).Draw(r, "more") { // parts and excesses with a line's number
			l := &lines[rapid.IntRange(0, len(lines)-1).Draw(r, "line")]
			minor, err := l.Total.Minor()
			if err != nil || minor < 10 {
				continue
			}
			charges = append(charges, statement.Charge{Merchant: l.Supplier, Amount: request.FromMinor(minor*rapid.Int64Range(-2, 14).Draw(r, "tenths")/10, l.Total.Currency), Card: "4242",
				Transacted: request.DateOf(l.Decided).AddDays(rapid.IntRange(0, 80).Draw(r, "days")), Reference: l.Reference, Statement: "more.csv", Row: len(charges)})
		}
		reconciletest.Fingerprint(charges)
		for i := range charges {
			charges[i].Posted = charges[i].Transacted
		}
		if rapid.Bool().Draw(r, "closed") {
			lines[0].Closed = request.DateOf(lines[0].Decided).AddDays(3)
		}
		joined, err := reconcile.Join(lines, charges, reconcile.Options{TipPercent: decimal.NewFromInt(rapid.Int64Range(0, 1).Draw(r, "tip") * 15)})
		if err != nil {
			r.Fatal(err)
		}
		inOnePlace(r, joined)
	})
}

func inOnePlace(t interface {
	Helper()
	Errorf(string, ...any)
}, r *reconcile.Reconciliation) {
	t.Helper()
	places, used := make([]int, len(r.Charges)), make([]decimal.Decimal, len(r.Lines))
	for i := range r.Matches {
		m := &r.Matches[i]
		shared := map[int]decimal.Decimal{}
		for s := range r.SharesOf(m) {
			shared[s.Charge], used[s.Line] = shared[s.Charge].Add(s.Charged), used[s.Line].Add(s.Used)
			if s.Used.Sign()*r.Lines[s.Line].Total.Amount.Sign() < 0 || s.Charged.IsNegative() && m.Rule != reconcile.ByRefund && r.Lines[s.Line].Total.Amount.IsPositive() {
				t.Errorf("%s: %+v", m.Rule, s)
			}
			if m.Rule == reconcile.ByRefund && !s.Used.IsZero() {
				t.Errorf("a refund uses %+v", s)
			}
		}
		for _, c := range m.Charges {
			if places[c]++; !shared[c].Equal(r.Charges[c].Amount.Amount) {
				t.Errorf("%s: of %s, %s falls to lines", m.Rule, r.Charges[c].Amount.Amount, shared[c])
			}
		}
	}
	for _, l := range r.Left {
		places[l.Charge]++
	}
	for c, n := range places {
		if n != 1 {
			t.Errorf("charge %d of %s is in %d places", c, r.Charges[c].Amount.Amount, n)
		}
	}
	open := map[int]bool{}
	for _, l := range r.Open {
		open[l] = true
		if rest := r.RestOf(l).Amount; !rest.Add(used[l]).Equal(r.Lines[l].Total.Amount) || !rest.IsPositive() {
			t.Errorf("%s: %s used and %s to come of %s", r.Lines[l].Reference, used[l], rest, r.Lines[l].Total.Amount)
		}
	}
	for l := range r.Lines {
		line := &r.Lines[l]
		if used[l].GreaterThan(decimal.Max(line.Total.Amount, decimal.Zero)) {
			t.Errorf("%s: %s used of %s", line.Reference, used[l], line.Total.Amount)
		}
		if line.Outcome == request.Approved && line.Closed.IsZero() && line.Total.Amount.IsPositive() && !open[l] && !used[l].Equal(line.Total.Amount) {
			t.Errorf("%s: neither open nor used up: %s of %s", line.Reference, used[l], line.Total.Amount)
		}
	}
}
