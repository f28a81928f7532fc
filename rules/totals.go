package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/totals"
)

// maxLinesNamed is how many lines of a sum are named; its count counts all.
const maxLinesNamed = 20

// WorkbookTotals adds up one workbook for each of its lines, in the order of lines: the totals over this workbook alone,
// and this workbook's part of the totals everywhere. Totals elsewhere are zero. A line has no entry for a total whose
// common values it leaves empty. Every line with a readable positive total in the currency counts, whatever becomes of
// it, so that the order of lines never matters. The work grows with the number of lines, not with its square.
func (p *Policy) WorkbookTotals(o request.Origin, lines []request.Line) []map[string]request.Sum {
	return p.KeyedTotals(&totals.LineKeys{Origin: &o, Lines: request.Pack(lines)}).all()
}

// Totals are what one workbook adds up to, for each of its lines when it is asked: a line's sums are seldom needed longer
// than for judging it.
type Totals struct {
	specs  []request.TotalSpec
	keyed  *totals.LineKeys
	sums   []map[string]*bucket // by spec
	around *totals.Around       // what of the workbook is alike; nil when no total asks
	names  []string             // of the workbook's sheets, as lines first name them
}

// place is a row of one of the sheets.
type place struct{ sheet, row int }

// KeyedTotals is WorkbookTotals of the lines whose keys are made already, or are to be made for others too.
func (p *Policy) KeyedTotals(keyed *totals.LineKeys) *Totals {
	t := &Totals{specs: p.totals, keyed: keyed, sums: make([]map[string]*bucket, len(p.totals))}
	for n := range t.specs {
		t.sums[n] = map[string]*bucket{}
	}
	if slices.ContainsFunc(t.specs, func(s request.TotalSpec) bool { return s.LooksAround() }) {
		if keyed.Reader == nil {
			keyed.Reader = new(totals.Reader)
		}
		t.around = totals.NewAround(keyed.Reader)
	}
	for i, line := range keyed.Lines.All() {
		at := place{t.sheet(line.Sheet), line.Row}
		if _, counts := line.Countable(p.currency); counts && t.around != nil {
			t.around.Add(line)
		}
		for n := range t.specs {
			spec := &t.specs[n]
			if spec.Scope == request.Elsewhere {
				continue
			}
			amount, counts := spec.Addend(line, keyed.Origin, p.currency)
			if !counts {
				continue
			}
			value := totals.Distinct(spec, line, keyed.Origin, int(p.fiscalStart))
			for _, k := range keyed.Added(spec, i) {
				add(t.sums[n], k, amount.Amount, at, value)
			}
		}
	}
	return t
}

// Of are the sums of line i. The map is the caller's.
func (t *Totals) Of(i int) map[string]request.Sum {
	sums := make(map[string]request.Sum, len(t.specs))
	var line *request.Line
	var near request.Near
	for n := range t.specs {
		spec := &t.specs[n]
		keys := t.keyed.Asked(spec, i)
		switch {
		case keys == nil:
			continue
		case spec.Scope == request.Elsewhere:
			sums[spec.Name] = request.Sum{}
			continue
		}
		if spec.LooksAround() {
			if line == nil {
				l := t.keyed.Lines.At(i)
				line, near = &l, t.around.Near(&l)
				near.Suppliers = t.keyed.Settle(i, &l, near.Suppliers)
			}
			keys = t.keyed.Reader.Asked(spec, line, t.keyed.Origin, &near)
		}
		sums[spec.Name] = t.combine(spec, t.sums[n], keys, &near)
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
	rows   []place
	named  []string        // made once, shared by all lines of the bucket
	values map[string]bool // the different ones that the total counts
}

func add(buckets map[string]*bucket, key string, amount decimal.Decimal, at place, value string) {
	b := buckets[key]
	if b == nil {
		b = &bucket{}
		buckets[key] = b
	}
	b.amount = b.amount.Add(amount)
	b.count++
	if len(b.rows) < maxLinesNamed {
		b.rows = append(b.rows, at)
	}
	if value != "" {
		if b.values == nil {
			b.values = map[string]bool{}
		}
		b.values[value] = true
	}
}

// combine adds buckets with their signs. The lines that are named are the first ones of all of them.
func (t *Totals) combine(spec *request.TotalSpec, buckets map[string]*bucket, keys []totals.Key, near *request.Near) request.Sum {
	if len(keys) == 1 {
		b := buckets[keys[0].Key]
		if b == nil {
			return request.Sum{}
		}
		if b.named == nil {
			b.named = t.nameRows(b.rows)
		}
		sum := request.Sum{Amount: b.amount, Count: b.count, Lines: b.named}
		sum.SetValues(slices.Sorted(maps.Keys(b.values)))
		return sum
	}
	var sum totals.Adding
	var rows []place
	for _, k := range keys {
		b := buckets[k.Key]
		if b == nil {
			continue
		}
		sum.Add(k, b.amount, b.count)
		if k.Sign < 0 {
			continue
		}
		rows = append(rows, b.rows...)
		sum.Values(slices.Sorted(maps.Keys(b.values)))
		if k.Supplier > 0 || k.Need > 0 {
			sum.Name(k, t.nameRows(b.rows))
		}
	}
	slices.SortFunc(rows, func(x, y place) int { return cmp.Or(x.sheet-y.sheet, x.row-y.row) })
	rows = slices.Compact(rows)
	out := sum.Sum(spec, near)
	out.Lines = t.nameRows(rows[:min(len(rows), maxLinesNamed)])
	return out
}

// sheet is the number of a sheet, which is nearly always that of the line before.
func (t *Totals) sheet(name string) int {
	if last := len(t.names) - 1; last >= 0 && t.names[last] == name {
		return last
	}
	if i := slices.Index(t.names, name); i >= 0 {
		return i
	}
	t.names = append(t.names, name)
	return len(t.names) - 1
}

func (t *Totals) nameRows(rows []place) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		if names[i] = fmt.Sprintf("row %d", r.row); len(t.names) > 1 {
			names[i] += " of " + request.QuoteEN(t.names[r.sheet])
		}
	}
	return names
}
