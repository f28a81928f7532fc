package batch_test

import (
	"context"
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// A pass leaves nothing in hand and no attempt behind: a later run would take it for what a dead one was doing.
func TestAPassLeavesNothingInHand(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "A chair", "Form attached.", d.form(testStaff, request.English, line("Chair", "Northwind Inc.", "400", "52", "452")))
	for range 2 { // the second finds nothing to do
		d.once()
		if n := len(d.inbox(testStaff)); n != 1 {
			t.Fatalf("%d answers after the pass, want one", n)
		}
		if n := d.rowsOf("attempt"); n != 0 {
			t.Errorf("the pass left %d attempts", n)
		}
	}
}

// rowsOf counts the rows of a table.
func (d *agency) rowsOf(table string) (n int) {
	d.t.Helper()
	if err := d.ledger.Update(context.Background(), func(tx *ledger.Tx) error {
		return tx.SQL().QueryRowContext(context.Background(), "SELECT COUNT(*) FROM "+table).Scan(&n)
	}); err != nil {
		d.t.Fatal(err)
	}
	return n
}
