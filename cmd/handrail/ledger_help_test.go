package main

import (
	"context"
	"time"

	"handrail/internal/ledger"
)

// moveLine moves one line.
func moveLine(ctx context.Context, tx *ledger.Tx, now time.Time, m ledger.Move) (won bool, err error) {
	all, err := tx.Lines.Move(ctx, now, []ledger.Move{m})
	return err == nil && all[0], err
}
