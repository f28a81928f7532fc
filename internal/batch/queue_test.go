package batch

import (
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// A pass does not wait for the queue to mark the last jobs, so it must see to it that none is left unmarked: a later
// program would take such a job for one that a dead program was doing.
func TestAPassLeavesNoJobBehind(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "A chair", "Form attached.", d.form(testStaff, request.English, line("Chair", "Northwind Inc.", "400", "52", "452")))
	for range 2 { // the second finds nothing to do
		d.once()
		if n := len(d.inbox(testStaff)); n != 1 {
			t.Fatalf("%d answers after the pass, want one", n)
		}
		if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
			busy, later, err := tx.Jobs(t.Context(), nil)
			if busy != 0 || later != 0 {
				t.Errorf("the pass left %d jobs waiting or running and %d for later, want none", busy, later)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// What the queue still calls running is left out only when it succeeded here: a failed job is tried again, and one of
// another program is waited for.
func TestOnlyJobsThatSucceededHereAreDone(t *testing.T) {
	t.Parallel()
	d := newDone()
	d.begin()
	d.begin()
	d.end(1, true)
	select {
	case <-d.idle:
		t.Error("idle while the second job runs")
	default:
	}
	d.end(2, false)
	select {
	case <-d.idle:
	default:
		t.Error("not idle after the last job")
	}
	for job, want := range map[int64]bool{1: true, 2: false, 3: false} {
		if got := d.has(job); got != want {
			t.Errorf("job %d done: %t, want %t", job, got, want)
		}
	}
	var scheduled *done // on a schedule nothing is noted
	scheduled.begin()
	scheduled.end(1, true)
	if scheduled.has(1) {
		t.Error("a schedule notes its jobs, without end")
	}
}
