package batch

import (
	"context"
	"errors"
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
func (d *department) rowsOf(table string) (n int) {
	d.t.Helper()
	if err := d.ledger.Update(context.Background(), func(tx *ledger.Tx) error {
		return tx.SQL().QueryRowContext(context.Background(), "SELECT COUNT(*) FROM "+table).Scan(&n)
	}); err != nil {
		d.t.Fatal(err)
	}
	return n
}

// judgeThese takes messages in hand and judges them, and answers what went wrong.
func (j *Job) judgeThese(ctx context.Context, ids ...int64) error {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = keyOf(id)
	}
	var rows []ledger.InHand
	if err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		rows, err = tx.TakeKeys(ctx, ledger.Taking{Step: ledger.JudgeStep, Holder: j.holder, Now: j.now(), Until: j.now().Add(j.o.Lease)}, keys)
		return err
	}); err != nil {
		return err
	}
	h := newHand(Judge, j.holder, rows)
	err := j.judge(ctx, h)
	for _, failed := range h.failures {
		err = errors.Join(err, failed)
	}
	return err
}
