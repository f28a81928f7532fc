package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/statement"
)

// A line is charged in parts by its number: subscriptions, shipments, instalments on two cards. What is left of it stays open.
func TestPartsOfALine(t *testing.T) {
	const a = "HR-2026-000001-01"
	for name, x := range map[string]struct {
		charges    string // amount@day, all with the line's number
		want, rest string
	}{
		"one part":                   {"30@05", "reference-part:[0]<-[0] ", "70"},
		"two parts, not all":         {"30@05 20@15", "reference-part:[0]<-[0] reference-part:[0]<-[1] ", "50"},
		"to the cent":                {"30@05 70@15", "line-to-charges:[0]<-[0 1] ", ""},
		"a cent of rounding":         {"33.33@05 33.33@15 33.33@25", "reference-part:[0]<-[0] reference-part:[0]<-[1] reference-part:[0]<-[2] ", ""},
		"five a week apart":          {"20@01 20@08 20@15 20@22 20@29", "reference-part:[0]<-[0] reference-part:[0]<-[1] reference-part:[0]<-[2] reference-part:[0]<-[3] reference-part:[0]<-[4] ", ""},
		"twice in a week is once":    {"20@05 20@07", "reference-part:[0]<-[0] 1=duplicate ", "80"},
		"more than what is left":     {"60@05 60@15", "reference-part:[0]<-[0] reference-beyond:[0]<-[1] ", ""},
		"after it is used up":        {"60@05 60@15 10@20", "reference-part:[0]<-[0] reference-beyond:[0]<-[1] 2=line-charged ", ""},
		"two that are each about it": {"100.50@05 100.70@15", "0=tie 1=tie ", "100"},
		"two that are each above it": {"130@05 140@15", "0=wrong-amount 1=wrong-amount ", "100"},
		"the same again, above it":   {"130@05 130@06", "reference-beyond:[0]<-[0] 1=duplicate ", ""},
		"a part given back":          {"60@05 -60@15", "reference-part:[0]<-[0] refund:[0]<-[1] ", "40"},
	} {
		lines := []reconcile.Line{reconciletest.Approved(a, "Cedar Networks", "100.00", "2026-11-01")}
		var charges []statement.Charge
		for _, c := range strings.Fields(x.charges) {
			amount, day, _ := strings.Cut(c, "@")
			charges = append(charges, reconciletest.Charged("CEDAR NETWORKS", amount, "2026-11-"+day, a))
		}
		r := reconciletest.Join(t, lines, charges, reconcile.Options{})
		rest := ""
		for _, at := range r.Open {
			rest += fmt.Sprint(r.RestOf(at).Amount)
		}
		if got := reconciletest.Said(r); got != x.want || rest != x.rest {
			t.Errorf("%s: %s, rest %q; want %s, rest %q", name, got, rest, x.want, x.rest)
		}
	}
}
