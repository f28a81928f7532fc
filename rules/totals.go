package rules

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// maxLinesNamed is how many lines of a sum are named; its count counts all.
const maxLinesNamed = 20

// WorkbookTotals adds up one workbook for each of its lines, in the order of lines: the totals over this workbook alone,
// and this workbook's part of the totals everywhere. Totals elsewhere are zero. A line has no entry for a total whose
// common values it leaves empty. Every line with a readable positive total in the currency counts, whatever becomes of
// it, so that the order of lines never matters. The work grows with the number of lines, not with its square.
func WorkbookTotals(specs []request.TotalSpec, currency string, o request.Origin, lines []request.Line) []map[string]request.Sum {
	return KeyedTotals(specs, currency, &request.LineKeys{Origin: &o, Lines: request.Pack(lines)}).all()
}

// Totals are what one workbook adds up to, for each of its lines when it is asked: a line's sums are seldom needed longer
// than for judging it.
type Totals struct {
	specs []request.TotalSpec
	keyed *request.LineKeys
	sums  []map[string]*bucket // by spec
}

// KeyedTotals is WorkbookTotals of the lines whose keys are made already, or are to be made for others too.
func KeyedTotals(specs []request.TotalSpec, currency string, keyed *request.LineKeys) *Totals {
	t := &Totals{specs: specs, keyed: keyed, sums: make([]map[string]*bucket, len(specs))}
	for n := range specs {
		t.sums[n] = map[string]*bucket{}
	}
	for i, line := range keyed.Lines.All() {
		amount, counts := line.Countable(currency)
		for n, spec := range specs {
			if !counts || spec.Scope == request.Elsewhere {
				continue
			}
			for _, k := range keyed.Of(spec, i) {
				add(t.sums[n], k.Key, amount.Amount, line.Row)
			}
		}
	}
	return t
}

// Of are the sums of line i. The map is the caller's.
func (t *Totals) Of(i int) map[string]request.Sum {
	sums := make(map[string]request.Sum, len(t.specs))
	for n, spec := range t.specs {
		keys := t.keyed.Of(spec, i)
		switch {
		case keys == nil:
		case spec.Scope == request.Elsewhere:
			sums[spec.Name] = request.Sum{}
		default:
			sums[spec.Name] = combine(t.sums[n], keys)
		}
	}
	return sums
}

func (t *Totals) all() []map[string]request.Sum {
	all := make([]map[string]request.Sum, t.keyed.Lines.Len())
	for i := range all {
		all[i] = t.Of(i)
	}
	return all
}

// bucket is what lines with one key add up to.
type bucket struct {
	amount decimal.Decimal
	count  int
	rows   []int
	named  []string // made once, shared by all lines of the bucket
}

func add(buckets map[string]*bucket, key string, amount decimal.Decimal, row int) {
	b := buckets[key]
	if b == nil {
		b = &bucket{}
		buckets[key] = b
	}
	b.amount = b.amount.Add(amount)
	b.count++
	if len(b.rows) < maxLinesNamed {
		b.rows = append(b.rows, row)
	}
}

// combine adds buckets with their signs. The lines that are named are the first ones of all of them.
func combine(buckets map[string]*bucket, keys []request.SumKey) request.Sum {
	if len(keys) == 1 {
		b := buckets[keys[0].Key]
		if b == nil {
			return request.Sum{}
		}
		if b.named == nil {
			b.named = nameRows(b.rows)
		}
		return request.Sum{Amount: b.amount, Count: b.count, Lines: b.named}
	}
	var sum request.Sum
	var rows []int
	for _, k := range keys {
		b := buckets[k.Key]
		if b == nil {
			continue
		}
		sum.Amount = sum.Amount.Add(b.amount.Mul(decimal.NewFromInt(int64(k.Sign))))
		sum.Count += k.Sign * b.count
		if k.Sign > 0 {
			rows = append(rows, b.rows...)
		}
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	sum.Lines = nameRows(rows[:min(len(rows), maxLinesNamed)])
	return sum
}

func nameRows(rows []int) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = fmt.Sprintf("row %d", r)
	}
	return names
}
