package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// What charges come to is divided over lines to the cent, whatever they are: nothing is left over, nothing is counted twice, no line gets less than
// nothing, and what is used of each line is what was left of it.
func TestChargesAreDividedToTheCent(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		minor := rapid.Int64Range(1, 500_000)
		if rapid.Bool().Draw(r, "tiny") {
			minor = rapid.Int64Range(1, 5)
		}
		all := make([]reconcile.Line, rapid.IntRange(1, 7).Draw(r, "lines"))
		places, rests := make([]int, len(all)), make([]decimal.Decimal, len(all))
		for i := range all {
			total := minor.Draw(r, "total")
			all[i].Total = request.FromMinor(total, "CAD")
			places[i], rests[i] = i, request.FromMinor(rapid.Int64Range(0, total).Draw(r, "rest"), "CAD").Amount
		}
		charged := make([]request.Money, rapid.IntRange(1, 4).Draw(r, "charges"))
		charges := make([]int, len(charged))
		currency := rapid.SampledFrom([]string{"CAD", "USD", "JPY"}).Draw(r, "currency")
		for n := range charged {
			charged[n], charges[n] = request.FromMinor(minor.Draw(r, "charged"), currency), n
		}
		ofCharge, ofLine := map[int]decimal.Decimal{}, map[int]decimal.Decimal{}
		for _, s := range reconcile.Divide(all, charged, charges, places, rests, false) {
			if s.Charged.IsNegative() || s.Used.IsNegative() {
				r.Fatalf("%+v", s)
			}
			ofCharge[s.Charge], ofLine[s.Line] = ofCharge[s.Charge].Add(s.Charged), ofLine[s.Line].Add(s.Used)
		}
		for n := range charged {
			if !ofCharge[n].Equal(charged[n].Amount) {
				r.Fatalf("of %s %s are divided", charged[n].Amount, ofCharge[n])
			}
		}
		for i := range all {
			if !ofLine[i].Equal(rests[i]) {
				r.Fatalf("of %s %s are used", rests[i], ofLine[i])
			}
		}
		for n, refund := range charged {
			refund.Amount = refund.Amount.Neg()
			for _, s := range reconcile.Divide(all, []request.Money{refund}, charges[n:n+1], places, rests, true) {
				if s.Charged.IsPositive() || !s.Used.IsZero() {
					r.Fatalf("a refund gives %+v", s)
				}
			}
		}
	})
}

func TestPartsOfAFewCents(t *testing.T) {
	for _, x := range []struct {
		charged string
		totals  []int64
		want    string
	}{{"0.02", []int64{1, 1, 1, 1}, "[0.01 0 0.01 0]"}, {"100.00", []int64{1, 1, 1}, "[33.33 33.34 33.33]"}, {"0.01", []int64{5, 5}, "[0.01 0]"}, {"-10.00", []int64{3, 7}, "[-3 -7]"}} {
		totals := make([]decimal.Decimal, len(x.totals))
		for i, v := range x.totals {
			totals[i] = decimal.NewFromInt(v)
		}
		if got := fmt.Sprint(reconcile.Parts(request.Money{Amount: decimal.RequireFromString(x.charged), Currency: "CAD"}, totals)); got != x.want {
			t.Errorf("%s over %v: %s, want %s", x.charged, x.totals, got, x.want)
		}
	}
}
