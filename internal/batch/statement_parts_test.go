package batch_test

import (
	"strings"
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// A line that is charged in parts, over weeks and cards, is committed for what is left of it until it is charged; what its number
// brings after that is listed, and moves no budget twice.
func TestALineIsChargedInParts(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	const number = "HR-2026-000001-01"
	d.send(testFinance, "Card activity", "First.", cardStatement(row("2026-11-24", "NORTHWIND INC", "1000.00", number)))
	d.once()
	book := d.week()
	if s := d.sheet(book, "Commitments"); !strings.Contains(s, "|3520|") || !strings.Contains(s, "|1000|") {
		t.Errorf("after the first part:\n%s", s)
	}
	if s := d.sheet(book, "Approvals without charge"); !strings.Contains(s, number) || !strings.Contains(s, "|4520|1000|3520|") {
		t.Errorf("the rest is not listed:\n%s", s)
	}
	use := func() ledger.CentreUse {
		t.Helper()
		var use ledger.CentreUse
		err := d.ledger.View(t.Context(), func(tx *ledger.Tx) (err error) {
			year := ledger.Span{From: request.Date{Year: 2026, Month: 4, Day: 1}, To: request.Date{Year: 2027, Month: 3, Day: 31}, Till: d.now().AddDate(1, 0, 0)}
			use, err = tx.Totals.CentreUse(t.Context(), ledger.CentreQuery{Key: d.lines()[number].Keys[0], Currency: "CAD", Year: year})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return use
	}
	if u := use(); u.Committed != 352000 || u.Spent != 100000 {
		t.Errorf("guardrails see %+v", u)
	}
	d.send(testFinance, "Card activity", "Second.", cardStatement(strings.Replace(row("2026-12-02", "NORTHWIND INC", "2000.00", number), "1111 1111", "1111 2222", 1)))
	d.once()
	book = d.week()
	if s := d.sheet(book, "Approvals without charge"); !strings.Contains(s, "|4520|3000|1520|") {
		t.Errorf("after the second part:\n%s", s)
	}
	d.send(testFinance, "Card activity", "Third and more.", cardStatement(row("2026-12-08", "NORTHWIND INC", "1520.01", number), row("2026-12-09", "NORTHWIND INC", "77.00", number)))
	d.once()
	book = d.week()
	if s := d.sheet(book, "Approvals without charge"); strings.Contains(s, number) {
		t.Errorf("the line is charged and still waits:\n%s", s)
	}
	if s := d.sheet(book, "Charges without approval"); !strings.Contains(s, "the line that it names is charged already") {
		t.Errorf("what came after is not listed:\n%s", s)
	}
	if u := use(); u.Committed != 0 || u.Spent != 452001 {
		t.Errorf("guardrails see %+v", u)
	}
	for _, c := range d.charges() {
		want := string(reconcile.ByPart)
		switch c.Amount {
		case 152001:
			want = string(reconcile.ByReference)
		case 7700:
			want = ""
		}
		if c.Rule != want {
			t.Errorf("%d is matched by %q", c.Amount, c.Rule)
		}
	}
}

// Finance matches a charge with a line of which it is only a part: the rest stays committed.
func TestAPartByHand(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NW HOLDING", "1500.00", "")))
	d.once()
	d.send(testFinance, "Re: the week", "Filled in.", byHand(t, d.week(), map[string]string{"NW HOLDING": "HR-2026-000001-01, first delivery"}))
	d.once()
	book := d.week()
	if s := d.sheet(book, "Approvals without charge"); !strings.Contains(s, "|4520|1500|3020|") {
		t.Errorf("the rest is not listed:\n%s", s)
	}
	if s := d.sheet(book, "Commitments"); !strings.Contains(s, "|3020|") || !strings.Contains(s, "|1500|") {
		t.Errorf("commitments:\n%s", s)
	}
}
