// Package reconciletest makes lines, charges and whole quarters of them for the tests of matching and of finance's workbook.
package reconciletest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// CAD is an amount in Canadian dollars.
func CAD(s string) request.Money {
	return request.Money{Amount: decimal.RequireFromString(s), Currency: "CAD"}
}

// Approved is a line that was approved at noon of a day.
func Approved(ref, supplier, total string, day string) reconcile.Line {
	d, err := request.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return reconcile.Line{Reference: ref, Supplier: supplier, Total: CAD(total), Decided: d.Time(time.UTC).Add(12 * time.Hour), Outcome: request.Approved}
}

// Charged is a charge of a day; ref is what the cardholder entered.
func Charged(merchant, total, day, ref string) statement.Charge {
	d, err := request.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return statement.Charge{Merchant: merchant, Amount: CAD(total), Transacted: d, Posted: d, Card: "4242", Reference: ref}
}

// Fingerprint gives each charge a fingerprint of its own, as reading a statement does.
func Fingerprint(charges []statement.Charge) {
	for i := range charges {
		charges[i].Fingerprint = fmt.Sprintf("%032x", i+1)
	}
}

// Join matches lines with charges, to which it gives fingerprints.
func Join(t testing.TB, lines []reconcile.Line, charges []statement.Charge, o reconcile.Options) *reconcile.Reconciliation {
	t.Helper()
	Fingerprint(charges)
	r, err := reconcile.Join(lines, charges, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Said is a short form of a result: rule:lines<-charges, then what is left with its reason.
func Said(r *reconcile.Reconciliation) string {
	s := ""
	for _, m := range r.Matches {
		s += fmt.Sprintf("%s:%v<-%v ", m.Rule, m.Lines, m.Charges)
	}
	for _, l := range r.Left {
		s += fmt.Sprintf("%d=%s ", l.Charge, l.Reason)
	}
	return s
}
