package batch_test

import (
	"context"
	"time"

	"handrail/internal/ledger"
)

// copiesOf lists the intake rows of the same bytes, oldest first: the copies of a mail.
func copiesOf(ctx context.Context, tx *ledger.Tx, d ledger.Digest) (out []ledger.Message, err error) {
	rows, err := tx.SQL().QueryContext(ctx, "SELECT id FROM message WHERE sha256 = $1 ORDER BY id", d[:])
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, id := range ids {
		m, _, err := tx.Messages.Row(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// linksAbout reads what the chain says about one subject.
func linksAbout(ctx context.Context, tx *ledger.Tx, subject string) ([]ledger.Link, error) {
	all, err := tx.Chain.About(ctx, []string{subject})
	return all[subject], err
}

// moveLine moves one line.
func moveLine(ctx context.Context, tx *ledger.Tx, now time.Time, m ledger.Move) (won bool, err error) {
	all, err := tx.Lines.Move(ctx, now, []ledger.Move{m})
	return err == nil && all[0], err
}
