package ledger

import (
	"context"
	"fmt"
	"time"
)

// AddToldLines puts lines into the next daily mail that tells a section 32 manager what was asked for in their name, each once.
func (of Officers) AddToldLines(ctx context.Context, now time.Time, manager string, lines []int64) error {
	flat := make([]any, 0, 3*len(lines))
	for _, line := range lines {
		flat = append(flat, manager, line, micros(now))
	}
	if _, err := of.tx.insert(ctx, insertion{"INSERT INTO told_line (manager, line, added_at)", 3, "ON CONFLICT DO NOTHING"}, flat, nil); err != nil {
		return fmt.Errorf("put lines into a manager's daily mail: %w", err)
	}
	return nil
}

// ToldLines reads what waits for a manager's daily mail, in the order it came.
func (of Officers) ToldLines(ctx context.Context, manager string) (lines []int64, err error) {
	err = of.tx.each(ctx, func(scan func(...any) error) error {
		var line int64
		err := scan(&line)
		lines = append(lines, line)
		return err
	}, "SELECT line FROM told_line WHERE manager = $1 ORDER BY added_at, line", manager)
	if err != nil {
		return nil, fmt.Errorf("read a manager's daily mail: %w", err)
	}
	return lines, nil
}

// TakeToldLines takes lines out of a manager's daily mail, because they are told.
func (of Officers) TakeToldLines(ctx context.Context, manager string, lines []int64) error {
	if _, err := execIn(ctx, of.tx, "DELETE FROM told_line WHERE manager = $1 AND line IN (%IN%)", []any{manager}, lines); err != nil {
		return fmt.Errorf("take lines out of a manager's daily mail: %w", err)
	}
	return nil
}
