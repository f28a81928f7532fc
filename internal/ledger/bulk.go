package ledger

import (
	"context"
	"strconv"
	"strings"
)

// Rows go in by chunks whose sizes are powers of two, so that few statement texts are ever prepared.
const largestChunk = 64

func chunkOf(n int) int {
	size := largestChunk
	for size > n {
		size /= 2
	}
	return size
}

// insertion is a statement that inserts many rows.
type insertion struct {
	into  string // "INSERT INTO line (a, b)"
	width int
	then  string // "ON CONFLICT DO NOTHING RETURNING id", or ""
}

type insertionOf struct {
	insertion
	rows int
}

// wording keeps texts that are put together, by what they are put together from: there are few, and each is long.
func (l *Ledger) wording(of any, put func() string) string {
	if text, ok := l.texts.Load(of); ok {
		return text.(string)
	}
	text := put()
	l.texts.Store(of, text)
	return text
}

func (s insertion) text(d Dialect, rows int) string {
	var b strings.Builder
	b.WriteString(s.into)
	b.WriteString(" VALUES ")
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range s.width {
			if c > 0 {
				b.WriteByte(',')
			}
			n++
			b.WriteString(d.placeholder(n))
		}
		b.WriteByte(')')
	}
	b.WriteByte(' ')
	b.WriteString(s.then)
	return b.String()
}

// placeholder is the n-th value of a list of many in its order. SQLite looks a $1 up by its name, at a cost that grows
// with the square of their number.
func (d Dialect) placeholder(n int) string {
	if d == SQLite {
		return "?"
	}
	return "$" + strconv.Itoa(n)
}

// insert runs s over flat, which holds width values for each row. visit, when not nil, sees what RETURNING gives, in
// no promised order. It says how many rows went in.
func (tx *Tx) insert(ctx context.Context, s insertion, flat []any, visit func(scan func(...any) error) error) (int64, error) {
	var total int64
	for len(flat) > 0 {
		rows := chunkOf(len(flat) / s.width)
		args := flat[:rows*s.width]
		flat = flat[rows*s.width:]
		text := tx.l.wording(insertionOf{s, rows}, func() string { return s.text(tx.l.dialect, rows) })
		if visit != nil {
			if err := tx.each(ctx, visit, text, args...); err != nil {
				return total, err
			}
			continue
		}
		n, err := tx.exec(ctx, text, args...)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// eachIn runs a query whose text has one %IN% for the list, once per chunk. Values of fixed come first ($1 …); the
// last value of a chunk is repeated up to the next power of two, which changes no result of an IN. A value that the list
// repeats is asked for once, so that visit never gets a row twice, however long the list is.
func eachIn[T any](ctx context.Context, tx *Tx, text string, fixed []any, list []T, visit func(scan func(...any) error) error) error {
	return inChunks(tx.l, text, fixed, list, func(text string, args []any) error {
		return tx.each(ctx, visit, text, args...)
	})
}

// execIn is eachIn for a statement without a result; it says how many rows changed.
func execIn[T any](ctx context.Context, tx *Tx, text string, fixed []any, list []T) (int64, error) {
	var total int64
	err := inChunks(tx.l, text, fixed, list, func(text string, args []any) error {
		n, err := tx.exec(ctx, text, args...)
		total += n
		return err
	})
	return total, err
}

type listOf struct {
	text        string
	fixed, size int
}

func inChunks[T any](l *Ledger, text string, fixed []any, list []T, run func(string, []any) error) error {
	const most = 256
	for list = distinct(list); len(list) > 0; {
		part := list[:min(len(list), most)]
		list = list[len(part):]
		size := 1
		for size < len(part) {
			size *= 2
		}
		args := append(make([]any, 0, len(fixed)+size), fixed...)
		for i := range size {
			args = append(args, part[min(i, len(part)-1)])
		}
		whole := l.wording(listOf{text, len(fixed), size}, func() string { return withList(text, len(fixed), size) })
		if err := run(whole, args); err != nil {
			return err
		}
	}
	return nil
}

// distinct is list with each value where it first stands. It does not change list.
func distinct[T any](list []T) []T {
	if len(list) < 2 {
		return list
	}
	seen := make(map[any]struct{}, len(list))
	out := make([]T, 0, len(list))
	for _, v := range list {
		key := any(v)
		if b, ok := key.([]byte); ok {
			key = string(b)
		}
		if _, twice := seen[key]; twice {
			continue
		}
		seen[key] = struct{}{}
		out = append(out, v)
	}
	return out
}

func withList(text string, fixed, size int) string {
	var in strings.Builder
	for i := range size {
		if i > 0 {
			in.WriteByte(',')
		}
		in.WriteByte('$')
		in.WriteString(strconv.Itoa(fixed + i + 1))
	}
	return strings.Replace(text, "%IN%", in.String(), 1)
}
