package ledger

import (
	"context"
	"fmt"
)

// Latest follows lines to the versions that count now, those that nothing supersedes, by the ids of the lines that it
// was asked about. A line without a later version is its own.
func (ls Lines) Latest(ctx context.Context, ids []int64) (map[int64]Line, error) {
	out := make(map[int64]Line, len(ids))
	// A version is always added after the one that it replaces: the last of each family comes last.
	err := eachIn(ctx, ls.tx, `WITH RECURSIVE version (asked, id) AS (SELECT f.id, f.id FROM line f WHERE f.id IN (%IN%)
			UNION SELECT v.asked, n.id FROM version v JOIN line n ON n.supersedes = v.id)
		SELECT `+lineColumns+`, v.asked FROM version v JOIN line l ON l.id = v.id ORDER BY v.asked, l.id`, nil, ids,
		func(scan func(...any) error) error {
			var l Line
			var asked int64
			if err := scanLine(scan, &l, &asked); err != nil {
				return err
			}
			out[asked] = l
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("look for what replaced lines: %w", err)
	}
	return out, nil
}

// Amended is what the amendments of lines come to, in minor units of each line's currency, by the id of the line that they amend: what
// lowers it counts while it waits, what raises it once it was approved.
func (ls Lines) Amended(ctx context.Context, ids []int64) (map[int64]int64, error) {
	return ls.sumsOf(ctx, "add up amendments", ids, `SELECT amends, CAST(SUM(amount) AS BIGINT) FROM line
		WHERE amends IN (%IN%) AND amount IS NOT NULL AND (outcome = 'approved' OR outcome = 'escalated' AND amount < 0) GROUP BY amends`)
}

// Charged is what of card charges falls to lines and to their amendments, in minor units, by the id of the line.
func (ls Lines) Charged(ctx context.Context, ids []int64) (map[int64]int64, error) {
	own, err := ls.sumsOf(ctx, "add up charges", ids, "SELECT line, CAST(SUM(minor) AS BIGINT) FROM statement_match WHERE line IN (%IN%) GROUP BY line")
	if err != nil {
		return nil, err
	}
	theirs, err := ls.sumsOf(ctx, "add up charges of amendments", ids, `SELECT l.amends, CAST(SUM(m.minor) AS BIGINT) FROM line l
		JOIN statement_match m ON m.line = l.id WHERE l.amends IN (%IN%) GROUP BY l.amends`)
	for id, sum := range theirs {
		own[id] += sum
	}
	return own, err
}

// sumsOf reads sums by the ids of lines.
func (ls Lines) sumsOf(ctx context.Context, what string, ids []int64, query string) (map[int64]int64, error) {
	out := make(map[int64]int64, len(ids))
	err := eachIn(ctx, ls.tx, query, nil, ids, func(scan func(...any) error) error {
		var id, sum int64
		err := scan(&id, &sum)
		out[id] = sum
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

// First follows lines to the first of their families, through what they replace and what they add to, and gives their
// references by the ids of the lines that it was asked about.
func (ls Lines) First(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	err := eachIn(ctx, ls.tx, `WITH RECURSIVE family (asked, id) AS (SELECT f.id, f.id FROM line f WHERE f.id IN (%IN%)
			UNION SELECT y.asked, COALESCE(n.amends, n.supersedes) FROM family y JOIN line n ON n.id = y.id
				WHERE COALESCE(n.amends, n.supersedes) IS NOT NULL)
		SELECT y.asked, l.reference FROM family y JOIN line l ON l.id = y.id ORDER BY y.asked, l.id DESC`, nil, ids,
		func(scan func(...any) error) error {
			var asked int64
			var reference string
			err := scan(&asked, &reference)
			out[asked] = reference
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("look for the first of a family of lines: %w", err)
	}
	return out, nil
}
