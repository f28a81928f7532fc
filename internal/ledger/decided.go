package ledger

import (
	"context"
	"fmt"

	"handrail/internal/request"
)

// Decided finds the lines again that officers decided, by words that whoever asks makes of them.
type Decided struct{ tx *Tx }

// DecidedLine is a line that an officer decided, and the inbox that it came by.
type DecidedLine struct {
	Line
	Inbox string
}

// Await notes that lines were decided, which are then still to be put in under their words.
func (d Decided) Await(ctx context.Context, lines []int64) error {
	flat := make([]any, 0, 2*len(lines))
	for _, id := range lines {
		flat = append(flat, "", id)
	}
	if _, err := d.tx.insert(ctx, insertion{"INSERT INTO decided_word (word, line)", 2, "ON CONFLICT (word, line) DO NOTHING"}, flat, nil); err != nil {
		return fmt.Errorf("note lines that were decided: %w", err)
	}
	return nil
}

// Awaited reads lines that are still to be put in, the newest first, in full.
func (d Decided) Awaited(ctx context.Context, limit int) ([]DecidedLine, error) {
	var ids []int64
	err := d.tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT line FROM decided_word WHERE word = '' ORDER BY line DESC LIMIT $1", limit)
	if err != nil {
		return nil, fmt.Errorf("read lines that were decided: %w", err)
	}
	return d.InFull(ctx, ids)
}

// PutIn gives a line the words under which it is found from now on. No word is "".
func (d Decided) PutIn(ctx context.Context, line int64, words []string) error {
	if _, err := d.tx.exec(ctx, "DELETE FROM decided_word WHERE line = $1", line); err != nil {
		return fmt.Errorf("put in a line that was decided: %w", err)
	}
	flat := make([]any, 0, 2*len(words))
	for _, w := range words {
		flat = append(flat, w, line)
	}
	if _, err := d.tx.insert(ctx, insertion{"INSERT INTO decided_word (word, line)", 2, "ON CONFLICT (word, line) DO NOTHING"}, flat, nil); err != nil {
		return fmt.Errorf("put in a line that was decided: %w", err)
	}
	return nil
}

// Under lists lines that have one of the words and stand approved or declined by an officer: of each word the newest, at most
// limit of them. It counts for each line how many of the words it has.
func (d Decided) Under(ctx context.Context, words []string, limit int) (map[int64]int, error) {
	out := map[int64]int{}
	for _, w := range words {
		err := d.tx.each(ctx, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			out[id]++
			return err
		}, `SELECT w.line FROM decided_word w JOIN line l ON l.id = w.line WHERE w.word = $1 AND l.outcome IN ('approved', 'declined')
			AND l.decided_by NOT IN ('', 'disposed') ORDER BY w.line DESC LIMIT $2`, w, limit)
		if err != nil {
			return nil, fmt.Errorf("look for lines that were decided: %w", err)
		}
	}
	return out, nil
}

// InFull reads lines with facts and findings, and the inbox that each came by.
func (d Decided) InFull(ctx context.Context, ids []int64) ([]DecidedLine, error) {
	lines, err := d.tx.Lines.InFull(ctx, ids)
	if err != nil {
		return nil, err
	}
	inboxes := map[int64]string{}
	err = eachIn(ctx, d.tx, "SELECT l.id, m.inbox FROM line l JOIN submission s ON s.id = l.submission JOIN message m ON m.id = s.message WHERE l.id IN (%IN%)",
		nil, ids, func(scan func(...any) error) error {
			var id int64
			var inbox string
			err := scan(&id, &inbox)
			inboxes[id] = inbox
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read where lines came by: %w", err)
	}
	out := make([]DecidedLine, 0, len(lines))
	for _, l := range lines {
		out = append(out, DecidedLine{l, inboxes[l.ID]})
	}
	return out, nil
}

// ByOfficer reports whether a line stands as an officer decided it.
func (l *DecidedLine) ByOfficer() bool {
	return (l.Outcome == request.Approved || l.Outcome == request.Declined) && l.DecidedBy != "" && l.DecidedBy != disposedBy
}
