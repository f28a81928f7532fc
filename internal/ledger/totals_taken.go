package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"handrail/internal/request"
)

// takenBack is a line whose approval was taken back after its number was given out, and the day of that.
type takenBack struct {
	line *Line
	on   request.Date
}

// takeBack lets lines count on under their keys, as taken back.
func (ts Totals) takeBack(ctx context.Context, lines []takenBack) error {
	var flat []any
	for _, b := range lines {
		for _, entry := range b.line.Keys {
			key, minor, _ := b.line.under(entry)
			flat = append(flat, key, b.line.Currency, b.line.ID, b.line.Day.String(), b.on.String(), minor)
		}
	}
	_, err := ts.tx.insert(ctx, insertion{"INSERT INTO taken_back (key, currency, line, day, taken_on, minor)", 6,
		"ON CONFLICT (key, currency, line) DO UPDATE SET taken_on = excluded.taken_on"}, flat, nil)
	if err != nil {
		return fmt.Errorf("let approvals that were taken back count on: %w", err)
	}
	return nil
}

// rekeyTaken gives a line that was taken back its new keys, if it counts on.
func (ts Totals) rekeyTaken(ctx context.Context, l *Line) error {
	var on request.Date
	was, err := ts.tx.one(ctx, []any{day{&on}}, "SELECT MAX(taken_on) FROM taken_back WHERE line = $1 HAVING COUNT(*) > 0", l.ID)
	if err != nil {
		return fmt.Errorf("look whether line %s was taken back: %w", l.Reference, err)
	}
	if !was {
		return nil
	}
	if _, err := ts.tx.exec(ctx, "DELETE FROM taken_back WHERE line = $1", l.ID); err != nil {
		return fmt.Errorf("give line %s new totals: %w", l.Reference, err)
	}
	return ts.takeBack(ctx, []takenBack{{l, on}})
}

// takenSince reports whether a link says that its line counts on, taken back on the day or later.
func takenSince(link json.RawMessage, since request.Date) bool {
	var public linePublic
	return link != nil && !since.IsZero() && json.Unmarshal(link, &public) == nil && public.TakenOn >= since.String()
}

// addTaken adds to sums, which lie beside queries, what was taken back and counts on. A ledger has few such lines: whoever asks about
// keys that have none is answered by one look into an index each.
func (ts Totals) addTaken(ctx context.Context, queries []SumQuery, sums []Sum) error {
	var asked []int
	for i := range queries {
		if !queries[i].TakenSince.IsZero() {
			asked = append(asked, i)
		}
	}
	for len(asked) > 0 {
		size := chunkOf(len(asked))
		args := make([]any, 0, 6*size)
		for _, i := range asked[:size] {
			q := &queries[i]
			args = append(args, i, q.Key, q.Currency, q.From.String(), q.To.String(), q.TakenSince.String())
		}
		err := ts.tx.each(ctx, func(scan func(...any) error) error {
			var i int
			var s Sum
			if err := scan(&i, &s.Minor, &s.Lines); err != nil {
				return err
			}
			sums[i].Minor += s.Minor
			sums[i].Lines += s.Lines
			return nil
		}, ts.tx.l.wording(takenSumsOf(size), func() string { return takenSumsText(ts.tx.l.dialect, size) }), args...)
		if err != nil {
			return fmt.Errorf("add up what was taken back: %w", err)
		}
		asked = asked[size:]
	}
	return nil
}

// takenSumsOf is how many questions one statement asks about what was taken back.
type takenSumsOf int

func takenSumsText(d Dialect, questions int) string {
	var b strings.Builder
	b.WriteString("WITH q (i, k, c, f, t, s) AS (VALUES ")
	for r := range questions {
		if r > 0 {
			b.WriteByte(',')
		}
		n := 6 * r
		fmt.Fprintf(&b, "(CAST(%s AS BIGINT),CAST(%s AS TEXT),CAST(%s AS TEXT),CAST(%s AS TEXT),CAST(%s AS TEXT),CAST(%s AS TEXT))",
			d.placeholder(n+1), d.placeholder(n+2), d.placeholder(n+3), d.placeholder(n+4), d.placeholder(n+5), d.placeholder(n+6))
	}
	b.WriteString(`) SELECT q.i, CAST(SUM(b.minor) AS BIGINT), COUNT(*) FROM q
		JOIN taken_back b ON b.key = q.k AND b.currency = q.c AND b.day >= q.f AND b.day <= q.t AND b.taken_on >= q.s GROUP BY q.i`)
	return b.String()
}

// TakenLine is a line that counts on although its approval was taken back.
type TakenLine struct {
	Line
	On request.Date // the day it was taken back
}
