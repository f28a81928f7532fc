package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/totals"
)

// CountedLines are lines that one sum adds up, newest first. Those that were taken back are listed apart.
type CountedLines struct {
	Taken []TakenLine
	Lines []Line
}

// sumsListed bounds how many sums one statement lists the lines of.
const sumsListed = 128

// roomFor is for how many sums the statement is made that asks about n: a power of two, so that few statements are prepared; what is
// left of it asks the last question again.
func roomFor(n int) int {
	size := 1
	for size < n && size < sumsListed {
		size *= 2
	}
	return size
}

// LinesOf lists the lines that each of many sums adds up, in few statements and in their order; of each sum at most limit that
// count and limit that were taken back.
func (ts Totals) LinesOf(ctx context.Context, queries []SumQuery, limit int) ([]CountedLines, error) {
	out := make([]CountedLines, len(queries))
	var all, taken []int
	for i := range queries {
		all = append(all, i)
		if !queries[i].TakenSince.IsZero() {
			taken = append(taken, i)
		}
	}
	err := ts.list(ctx, linesOf{limit: limit}, queries, all, func(i int, l *TakenLine) { out[i].Lines = append(out[i].Lines, l.Line) })
	if err == nil {
		err = ts.list(ctx, linesOf{limit: limit, taken: true}, queries, taken, func(i int, l *TakenLine) { out[i].Taken = append(out[i].Taken, *l) })
	}
	if err != nil {
		return nil, fmt.Errorf("list the lines of totals: %w", err)
	}
	for i := range out { // the parts of a statement keep no order between them
		slices.SortFunc(out[i].Lines, func(a, b Line) int { return newerLine(&a, &b) })
		slices.SortFunc(out[i].Taken, func(a, b TakenLine) int { return newerLine(&a.Line, &b.Line) })
	}
	return out, nil
}

func newerLine(a, b *Line) int {
	return cmp.Or(cmp.Compare(b.Day.String(), a.Day.String()), cmp.Compare(b.ID, a.ID))
}

// linesOf is a statement that lists the lines of so many sums.
type linesOf struct {
	sums, limit int
	taken       bool
}

func (ts Totals) list(ctx context.Context, of linesOf, queries []SumQuery, asked []int, found func(i int, l *TakenLine)) error {
	for len(asked) > 0 {
		of.sums = roomFor(len(asked))
		args := make([]any, 0, 6*of.sums)
		for n := range of.sums {
			q := &queries[asked[min(n, len(asked)-1)]]
			args = append(args, q.Key, q.Currency, q.From.String(), q.To.String(), q.ExcludeSubmission)
			if of.taken {
				args = append(args, q.TakenSince.String())
			}
		}
		err := ts.tx.each(ctx, func(scan func(...any) error) error {
			var l TakenLine
			var n int
			more := []any{&n}
			if of.taken {
				more = append(more, day{&l.On})
			}
			if err := scanLine(scan, &l.Line, more...); err != nil {
				return err
			}
			if n < len(asked) {
				found(asked[n], &l)
			}
			return nil
		}, ts.tx.l.wording(of, of.text), args...)
		if err != nil {
			return err
		}
		asked = asked[min(of.sums, len(asked)):]
	}
	return nil
}

func (of linesOf) text() string {
	parts := make([]string, of.sums)
	for i := range parts {
		if of.taken {
			n := 6 * i
			parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT %s, %d AS n, b.taken_on FROM taken_back b JOIN line l ON l.id = b.line
				WHERE b.key = $%d AND b.currency = $%d AND b.day >= $%d AND b.day <= $%d AND l.submission <> $%d AND b.taken_on >= $%d
				ORDER BY b.day DESC, b.line DESC LIMIT %d) k%d`, lineColumns, i, n+1, n+2, n+3, n+4, n+5, n+6, of.limit, i)
			continue
		}
		n := 5 * i
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT %s, %d AS n FROM tally b JOIN tally_line t ON t.day = b.day AND t.key = b.key AND t.currency = b.currency
			JOIN line l ON l.id = t.line WHERE b.key = $%d AND b.currency = $%d AND b.day >= $%d AND b.day <= $%d AND l.submission <> $%d
			ORDER BY b.day DESC, t.line DESC LIMIT %d) k%d`, lineColumns, i, n+1, n+2, n+3, n+4, n+5, of.limit, i)
	}
	return strings.Join(parts, " UNION ALL ")
}

// Values are, for each of many sums, the different values that its lines have, where they were added with them (totals.WithValue).
func (ts Totals) Values(ctx context.Context, queries []SumQuery) ([][]string, error) {
	out := make([][]string, len(queries))
	for from := 0; from < len(queries); {
		size := roomFor(len(queries) - from)
		args := make([]any, 0, 5*size)
		for n := range size {
			q := &queries[min(from+n, len(queries)-1)]
			first, behind := totals.ValuesOf(q.Key)
			args = append(args, first, behind, q.Currency, q.From.String(), q.To.String())
		}
		err := ts.tx.each(ctx, func(scan func(...any) error) error {
			var n int
			var key string
			err := scan(&n, &key)
			_, value := totals.SplitValue(key)
			if from+n < len(queries) {
				out[from+n] = append(out[from+n], value)
			}
			return err
		}, ts.tx.l.wording(valuesOf(size), valuesOf(size).text), args...)
		if err != nil {
			return nil, fmt.Errorf("list the values of totals: %w", err)
		}
		from += size
	}
	for _, values := range out { // the parts of a statement keep no order between them
		slices.Sort(values)
	}
	return out, nil
}

// valuesOf is a statement that lists the values of so many sums.
type valuesOf int

func (sums valuesOf) text() string {
	parts := make([]string, sums)
	for i := range parts {
		n := 5 * i
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT %d AS n, b.key AS key FROM tally b WHERE b.key >= $%d AND b.key < $%d AND b.currency = $%d
			AND b.day >= $%d AND b.day <= $%d AND b.lines > 0 GROUP BY b.key ORDER BY b.key LIMIT %d) v%d`, i, n+1, n+2, n+3, n+4, n+5, mostValues, i)
	}
	return strings.Join(parts, " UNION ALL ")
}
