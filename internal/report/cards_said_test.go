package report

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// A charge that was bought before the fiscal year's end and posted after it is said to count in the year in which it was posted, with an approval and
// without; what is charged after a line was closed is said, and stands on Variances.
func TestWhatIsSaidOfChargesOverTheYearsEnd(t *testing.T) {
	day := func(s string) request.Date {
		d, err := request.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const a, b = "HR-2027-000001-01", "HR-2027-000002-01"
	closed := reconciletest.Approved(b, "Cedar Networks", "80.00", "2027-03-01")
	closed.Closed = day("2027-03-20")
	lines := []reconcile.Line{reconciletest.Approved(a, "Boreal Data", "100.00", "2027-03-25"), closed}
	charges := []statement.Charge{reconciletest.Charged("BOREAL DATA", "40.00", "2027-03-30", a), reconciletest.Charged("CEDAR NETWORKS", "30.00", "2027-03-29", b),
		reconciletest.Charged("NOBODY", "9.00", "2027-03-31", "")}
	for i, on := range []string{"2027-04-02", "2027-03-30", "2027-04-01"} {
		charges[i].Posted = day(on)
	}
	cards := reconciletest.Join(t, lines, charges, reconcile.Options{})
	period, err := ParsePeriod("2027-W13b", time.April)
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[request.Lang]map[string]string{
		request.English: {"Matched": "a part of what was approved; bought in 2026-27, counted in 2027-28", "Charges without approval": "supplier unknown; bought in 2026-27, counted in 2027-28",
			"Variances": "HR-2027-000002-01|Cedar Networks|2027-03-29|CAD|$30.00|$30.00|$0.00|0.0%|reference, a part of what was approved; after the line was closed", "Commitments": "|$60.00|$60.00|$40.00|$0.00|$100.00"},
		request.French: {"Rapprochés": "acheté en 2026-27, compté en 2027-28", "Écarts": "après la fermeture de la ligne"},
	} {
		data := writeReport(t, Contents{Period: period, Lang: lang, Edition: 1, Made: time.Date(2027, 4, 5, 9, 0, 0, 0, time.UTC), Currency: "CAD", FiscalYearStart: time.April,
			Cards: cards, Budgets: CommitFrom(nil, inNewYear(cards), day("2027-04-01").Time(time.UTC))})
		f := open(t, data)
		for sheet, said := range want {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			if text := dump(rows); !strings.Contains(text, said) {
				t.Errorf("%v, %s: no %q in\n%s", lang, sheet, said, text)
			}
		}
	}
}

// inNewYear leaves the match that was posted before 1 April 2027 out.
func inNewYear(r *reconcile.Reconciliation) *reconcile.Reconciliation {
	y := *r
	y.Matches = nil
	for _, m := range r.Matches {
		if r.Charges[m.Charges[0]].Posted.Month == time.April {
			y.Matches = append(y.Matches, m)
		}
	}
	return &y
}
