package ledger

import (
	"context"
	"fmt"
	"time"
)

// Officers is what the ledger knows of officers: who is away, and which lines wait for somebody's daily mail.
type Officers struct{ tx *Tx }

// DigestLine is a line that waits for an officer's next daily mail.
type DigestLine struct {
	Officer   string
	Line      int64
	InsteadOf string // the officer that Officer stands in for; "" nobody
}

// AddDigestLines puts lines into officers' next daily mails, each once.
func (of Officers) AddDigestLines(ctx context.Context, now time.Time, list ...DigestLine) error {
	flat := make([]any, 0, 4*len(list))
	for _, d := range list {
		flat = append(flat, d.Officer, d.Line, d.InsteadOf, micros(now))
	}
	_, err := of.tx.insert(ctx, insertion{"INSERT INTO digest_line (officer, line, instead_of, added_at)", 4, "ON CONFLICT DO NOTHING"}, flat, nil)
	if err != nil {
		return fmt.Errorf("put lines into a daily mail: %w", err)
	}
	return nil
}

// DigestLines reads what waits for an officer's daily mail, in the order it came.
func (of Officers) DigestLines(ctx context.Context, officer string) ([]DigestLine, error) {
	var out []DigestLine
	err := of.tx.each(ctx, func(scan func(...any) error) error {
		d := DigestLine{Officer: officer}
		err := scan(&d.Line, &d.InsteadOf)
		out = append(out, d)
		return err
	}, "SELECT line, instead_of FROM digest_line WHERE officer = $1 ORDER BY added_at, line", officer)
	if err != nil {
		return nil, fmt.Errorf("read a daily mail: %w", err)
	}
	return out, nil
}

// TakeDigestLines takes lines out of an officer's daily mail, because they are asked about or went to somebody else.
func (of Officers) TakeDigestLines(ctx context.Context, officer string, lines []int64) error {
	if _, err := execIn(ctx, of.tx, "DELETE FROM digest_line WHERE officer = $1 AND line IN (%IN%)", []any{officer}, lines); err != nil {
		return fmt.Errorf("take lines out of a daily mail: %w", err)
	}
	return nil
}
