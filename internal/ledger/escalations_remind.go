package ledger

import (
	"context"
	"fmt"
	"time"
)

// Due reads those of ids that are open or asked and due at now, with their tokens.
func (es Escalations) Due(ctx context.Context, now time.Time, ids []int64) ([]Escalation, error) {
	list, err := es.ByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	due := list[:0]
	for _, e := range list {
		if e.State.Waits() && !e.NextAt.IsZero() && !e.NextAt.After(now) {
			due = append(due, e)
		}
	}
	return due, nil
}

// Reminded notes the next date of an escalation after a reminder was made, if it still has as many reminders as seen.
// A zero next means that nothing more will be due. count is false for a date that moves without a reminder.
func (es Escalations) Reminded(ctx context.Context, id int64, seen int, next time.Time, count bool) (won bool, err error) {
	more := 0
	if count {
		more = 1
	}
	won, err = es.tx.won(ctx, `UPDATE escalation SET next_at = $1, reminders = reminders + $2
		WHERE id = $3 AND reminders = $4 AND state IN ('open', 'asked')`, micros(next), more, id, seen)
	if err != nil {
		return false, fmt.Errorf("note the next date of escalation %d: %w", id, err)
	}
	return won, nil
}
