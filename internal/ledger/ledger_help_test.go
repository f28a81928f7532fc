package ledger

import (
	"context"
	"time"
)

// moveLine moves one line.
func moveLine(ctx context.Context, tx *Tx, now time.Time, m Move) (won bool, err error) {
	all, err := tx.Lines.Move(ctx, now, []Move{m})
	return err == nil && all[0], err
}
