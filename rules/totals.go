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
	return KeyedTotals(specs, currency, &request.LineKeys{Origin: &o, Lines: lines})
}

// KeyedTotals is WorkbookTotals of the lines whose keys are made already, or are to be made for others too.
func KeyedTotals(specs []request.TotalSpec, currency string, keyed *request.LineKeys) []map[string]request.Sum {
	lines := keyed.Lines
	sums := make([]map[string]request.Sum, len(lines))
	for i := range sums {
		sums[i] = make(map[string]request.Sum, len(specs))
	}
	for _, spec := range specs {
		buckets := map[string]*bucket{}
		for i := range lines {
			keys := keyed.Of(spec, i)
			if keys == nil {
				continue
			}
			if spec.Scope == request.Elsewhere {
				sums[i][spec.Name] = request.Sum{}
				continue
			}
			if amount, ok := lines[i].Countable(currency); ok {
				for _, k := range keys {
					add(buckets, k.Key, amount.Amount, lines[i].Row)
				}
			}
		}
		if spec.Scope == request.Elsewhere {
			continue
		}
		for i := range lines {
			if keys := keyed.Of(spec, i); keys != nil {
				sums[i][spec.Name] = combine(buckets, keys)
			}
		}
	}
	return sums
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
