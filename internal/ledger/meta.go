package ledger

import (
	"context"
	"fmt"
)

// Meta reads a note of the job about itself; "" when there is none.
func (tx *Tx) Meta(ctx context.Context, name string) (string, error) {
	var value string
	if _, err := tx.one(ctx, []any{&value}, "SELECT value FROM meta WHERE name = $1", name); err != nil {
		return "", fmt.Errorf("read note %s: %w", name, err)
	}
	return value, nil
}

// SetMeta writes one.
func (tx *Tx) SetMeta(ctx context.Context, name, value string) error {
	_, err := tx.exec(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	if err != nil {
		return fmt.Errorf("write note %s: %w", name, err)
	}
	return nil
}
