package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/totals"
)

// Totals is what guardrails and budgets look back on: the sums of lines by key and day, and what a cost centre
// commits.
type Totals struct{ tx *Tx }

// SumQuery asks for one sum: the waiting and approved lines of a key, in one currency, whose day is From … To, both
// included.
type SumQuery struct {
	Key      string
	Currency string
	From, To request.Date
	// TakenSince is the first day of taking back whose lines count as well: approvals that were withdrawn or revoked. Zero: none do.
	TakenSince request.Date
	// ExcludeSubmission leaves one submission's lines out of lists; 0 leaves out none.
	ExcludeSubmission int64
}

// Sum is the answer to a SumQuery.
type Sum struct {
	Minor int64
	Lines int // those that were taken back included
}

type tallyDay struct {
	key, currency, day string
}

// add adds lines to the day buckets of their keys.
func (ts Totals) add(ctx context.Context, lines []*Line) error {
	buckets := map[tallyDay]Sum{}
	var order []tallyDay
	var flat []any
	for _, l := range lines {
		for _, entry := range l.Keys {
			key, minor, own := l.under(entry)
			d := tallyDay{key, l.Currency, l.Day.String()}
			b, ok := buckets[d]
			if !ok {
				order = append(order, d)
			}
			buckets[d] = Sum{b.Minor + minor, b.Lines + 1}
			flat = append(flat, d.key, d.currency, d.day, l.ID, own)
		}
	}
	if _, err := ts.tx.insert(ctx, insertion{"INSERT INTO tally_line (key, currency, day, line, minor)", 5, ""}, flat, nil); err != nil {
		return fmt.Errorf("add lines to totals: %w", err)
	}
	flat = flat[:0]
	for _, d := range order {
		flat = append(flat, d.key, d.currency, d.day, buckets[d].Minor, buckets[d].Lines)
	}
	_, err := ts.tx.insert(ctx, insertion{"INSERT INTO tally (key, currency, day, minor, lines)", 5,
		"ON CONFLICT (key, currency, day) DO UPDATE SET minor = tally.minor + excluded.minor, lines = tally.lines + excluded.lines"}, flat, nil)
	if err != nil {
		return fmt.Errorf("add to totals: %w", err)
	}
	return nil
}

// under is what a line adds under one of its keys, which may bear an amount of its own; own is that amount, nil where there is
// none.
func (l *Line) under(entry string) (key string, minor int64, own any) {
	key, minor, has := totals.SplitAmount(entry)
	if !has {
		return key, l.Amount, nil
	}
	return key, minor, minor
}

// AddedUnder is what the line adds to a total that asks for these keys, in minor units: 0 where it has none of them.
func (l *Line) AddedUnder(keys []string) int64 {
	for _, entry := range l.Keys {
		if key, minor, _ := l.under(entry); slices.Contains(keys, key) {
			return minor
		}
	}
	return 0
}

// ValuesUnder are the values that the line has where these keys' totals count the different ones.
func (l *Line) ValuesUnder(keys []string) (values []string) {
	for _, entry := range l.Keys {
		key, _, _ := l.under(entry)
		if of, value := totals.SplitValue(key); value != "" && slices.Contains(keys, of) {
			values = append(values, value)
		}
	}
	return values
}

// remove takes lines out of the day buckets.
func (ts Totals) remove(ctx context.Context, lines []*Line) error {
	gone := map[tallyDay]Sum{}
	var order []tallyDay
	for _, l := range lines {
		for _, entry := range l.Keys {
			key, minor, _ := l.under(entry)
			d := tallyDay{key, l.Currency, l.Day.String()}
			was, err := ts.tx.won(ctx, "DELETE FROM tally_line WHERE key = $1 AND currency = $2 AND day = $3 AND line = $4", d.key, d.currency, d.day, l.ID)
			if err != nil {
				return fmt.Errorf("take line %s out of totals: %w", l.Reference, err)
			}
			if !was {
				continue
			}
			b, ok := gone[d]
			if !ok {
				order = append(order, d)
			}
			gone[d] = Sum{b.Minor + minor, b.Lines + 1}
		}
	}
	for _, d := range order {
		if _, err := ts.tx.exec(ctx, "UPDATE tally SET minor = minor - $1, lines = lines - $2 WHERE key = $3 AND currency = $4 AND day = $5",
			gone[d].Minor, gone[d].Lines, d.key, d.currency, d.day); err != nil {
			return fmt.Errorf("take lines out of totals: %w", err)
		}
	}
	return nil
}

// Sums answers many questions in few statements, in their order.
func (ts Totals) Sums(ctx context.Context, queries []SumQuery) ([]Sum, error) {
	type question struct {
		tallyDay
		to string
	}
	asked := make(map[question]int, len(queries))
	var distinct []question
	where := make([]int, len(queries))
	for i, q := range queries {
		k := question{tallyDay{q.Key, q.Currency, q.From.String()}, q.To.String()}
		n, ok := asked[k]
		if !ok {
			n = len(distinct)
			asked[k], distinct = n, append(distinct, k)
		}
		where[i] = n
	}
	sums := make([]Sum, len(distinct))
	for start := 0; start < len(distinct); {
		size := chunkOf(len(distinct) - start)
		args := make([]any, 0, 5*size)
		for i, q := range distinct[start : start+size] {
			args = append(args, start+i, q.key, q.currency, q.day, q.to)
		}
		err := ts.tx.each(ctx, func(scan func(...any) error) error {
			var i int
			var s Sum
			if err := scan(&i, &s.Minor, &s.Lines); err != nil {
				return err
			}
			sums[i] = s
			return nil
		}, ts.tx.l.wording(sumsOf(size), func() string { return sumsText(ts.tx.l.dialect, size) }), args...)
		if err != nil {
			return nil, fmt.Errorf("add up totals: %w", err)
		}
		start += size
	}
	out := make([]Sum, len(queries))
	for i := range queries {
		out[i] = sums[where[i]]
	}
	return out, ts.addTaken(ctx, queries, out)
}

// sumsOf is how many questions one statement asks.
type sumsOf int

func sumsText(d Dialect, questions int) string {
	var b strings.Builder
	b.WriteString("WITH q (i, k, c, f, t) AS (VALUES ")
	for r := range questions {
		if r > 0 {
			b.WriteByte(',')
		}
		n := 5 * r
		fmt.Fprintf(&b, "(CAST(%s AS BIGINT),CAST(%s AS TEXT),CAST(%s AS TEXT),CAST(%s AS TEXT),CAST(%s AS TEXT))",
			d.placeholder(n+1), d.placeholder(n+2), d.placeholder(n+3), d.placeholder(n+4), d.placeholder(n+5))
	}
	b.WriteString(`) SELECT q.i, CAST(SUM(b.minor) AS BIGINT), CAST(SUM(b.lines) AS BIGINT) FROM q
		JOIN tally b ON b.key = q.k AND b.currency = q.c AND b.day >= q.f AND b.day <= q.t GROUP BY q.i`)
	return b.String()
}

// mostValues bounds the different values of one sum.
const mostValues = 10_000

// CountedBefore lists the lines of other submissions that counted under a key when a link of the chain was written: judged
// before it, and waiting or approved at that moment, whatever became of them since. Newest first.
func (ts Totals) CountedBefore(ctx context.Context, q SumQuery, seq int64) ([]Line, error) {
	key, err := json.Marshal(q.Key)
	if err != nil {
		return nil, err
	}
	key = key[:len(key)-1] // an amount may stand behind it
	// A line's keys are kept as JSON. The pattern finds all that may have the key; which of them have it is seen below.
	pattern := "%" + strings.NewReplacer("%", "_", `\`, "_").Replace(string(key)) + "%"
	var out []Line
	err = ts.tx.each(ctx, func(scan func(...any) error) error {
		var l Line
		var public, taken json.RawMessage
		if err := scanLine(scan, &l, rawJSON{&public}, rawJSON{&taken}); err != nil {
			return err
		}
		var then linePublic
		if public == nil || json.Unmarshal(public, &then) != nil || !counts(then.Outcome) && !takenSince(taken, q.TakenSince) ||
			!l.HasAmount || l.Amount <= 0 || !l.has(q.Key) {
			return nil
		}
		out = append(out, l)
		return nil
	}, countedBefore,
		seq, q.Currency, q.From.String(), q.To.String(), q.ExcludeSubmission, pattern, q.Key)
	if err != nil {
		return nil, fmt.Errorf("list what counted: %w", err)
	}
	return out, nil
}

// has reports whether the line counts under a key.
func (l *Line) has(key string) bool {
	return slices.ContainsFunc(l.Keys, func(entry string) bool {
		k, _, _ := l.under(entry)
		return k == key
	})
}

// countedBefore looks among the lines that count under the key now, and among those of these days that count no more.
const countedBefore = "SELECT " + lineColumns + `, (SELECT c.public FROM chain c WHERE c.subject = l.reference AND c.seq < $1 AND c.kind IN ('line.judged', 'line.moved')
		ORDER BY c.seq DESC LIMIT 1),
		(SELECT c.public FROM chain c WHERE c.subject = l.reference AND c.seq < $1 AND c.kind = 'line.moved' AND c.public LIKE '%"taken_on"%'
		ORDER BY c.seq DESC LIMIT 1)
	FROM line l WHERE l.submission <> $5 AND l.id IN (
		SELECT t.line FROM tally b JOIN tally_line t ON t.day = b.day AND t.key = b.key AND t.currency = b.currency
			WHERE b.key = $7 AND b.currency = $2 AND b.day >= $3 AND b.day <= $4
		UNION SELECT o.id FROM line o WHERE o.outcome IN ('declined', 'withdrawn', 'revoked', 'superseded')
			AND o.currency = $2 AND o.day >= $3 AND o.day <= $4 AND o.keys LIKE $6)
	ORDER BY l.day DESC, l.id DESC`

// Rekey gives every line of a page the keys that a policy with other totals asks for. keys answers for a line, whose
// facts are there where they are still kept. Call it with after = 0 and then with what it returned, until that is 0;
// each call is one transaction's work, so that judging goes on between pages. It needs Decide.
func (ts Totals) Rekey(ctx context.Context, after int64, page int, keys func(*Line) []string) (next int64, err error) {
	if !ts.tx.deciding {
		return 0, errNotDeciding
	}
	var lines []Line
	err = ts.tx.each(ctx, func(scan func(...any) error) error {
		var l Line
		var body []byte
		if err := scanLine(scan, &l, &body); err != nil {
			return err
		}
		if err := l.open(body); err != nil {
			return err
		}
		lines = append(lines, l)
		return nil
	}, "SELECT "+lineColumns+`, p.body FROM line l LEFT JOIN chain c ON c.subject = l.reference AND c.kind = 'line.judged'
		LEFT JOIN chain_private p ON p.seq = c.seq WHERE l.id > $1 ORDER BY l.id LIMIT $2`, after, page)
	if err != nil {
		return 0, fmt.Errorf("read lines for new totals: %w", err)
	}
	var counted []*Line
	for i := range lines {
		l := &lines[i]
		next = l.ID
		wanted := keys(l)
		if slices.Equal(wanted, l.Keys) {
			continue
		}
		if l.tallied() {
			if err := ts.remove(ctx, []*Line{l}); err != nil {
				return 0, err
			}
		}
		l.Keys = wanted
		if err := ts.rekeyTaken(ctx, l); err != nil {
			return 0, err
		}
		text, err := json.Marshal(l.Keys)
		if err != nil {
			return 0, err
		}
		if _, err := ts.tx.exec(ctx, "UPDATE line SET keys = $1 WHERE id = $2", string(text), l.ID); err != nil {
			return 0, fmt.Errorf("give line %s new totals: %w", l.Reference, err)
		}
		if l.tallied() {
			counted = append(counted, l)
		}
	}
	if err := ts.add(ctx, counted); err != nil {
		return 0, err
	}
	if len(lines) < page {
		next = 0
	}
	return next, nil
}
