package ledger

import (
	"context"
	"fmt"
)

// Scrub takes what transactions removed for good out of the log of an SQLite file: secure_delete zeroes it in the file's
// pages, but the log still holds the pages as they were before. It is called after every such transaction; while somebody
// reads the log cannot be emptied, so call it again later. It does nothing when nothing is to be scrubbed, and on
// PostgreSQL, which gives the space of removed values back by its own rules.
func (l *Ledger) Scrub(ctx context.Context) error {
	if l.dialect != SQLite || l.mode == Read || !l.unscrubbed.Load() {
		return nil
	}
	leave, err := l.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return l.scrub(ctx)
}

// scrub is Scrub for who has the turn to write.
func (l *Ledger) scrub(ctx context.Context) error {
	var busy, pages, moved int
	err := placeWatch{l}.byOurselves(ctx, nil, func() error {
		return l.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	})
	if err != nil {
		return fmt.Errorf("empty the ledger's log: %w", err)
	}
	if busy == 0 {
		l.unscrubbed.Store(false)
	}
	return nil
}
