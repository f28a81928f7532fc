package department

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/budgets"
	"handrail/internal/ledger"
	"handrail/internal/likeness"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// Keying says what lines are counted under, so that totals find them.
type Keying struct {
	reader  *totals.Reader
	specs   []keyedSpec // every total that a policy of this job adds up, each once
	centres bool        // and under their cost centres, for budgets
}

// keyedSpec is a total of a policy.
type keyedSpec struct {
	request.TotalSpec
	currency string
	fiscal   time.Month
}

// mark is what the keys of the total depend on beside its line.
func (s *keyedSpec) mark() string {
	mark := strings.Join(s.By, ",")
	if s.Of != request.NoField {
		mark += " of " + s.Of.Info().Name + " " + s.currency
	}
	if s.WhereMark != "" {
		mark += " where " + s.WhereMark
	}
	if s.Distinct != "" {
		mark += " distinct " + s.Distinct
	}
	if s.Distinct == request.DistinctFiscalYear {
		mark += " from " + s.fiscal.String()
	}
	return mark
}

// key is a key of the total, with the amount that a line adds under it where that is not its total.
func (s *keyedSpec) key(key string, amount request.Money) string {
	if s.Of == request.NoField {
		return key
	}
	digits, _ := request.MinorDigits(s.currency)
	amount.Amount = amount.Amount.Round(digits)
	minor, err := amount.Minor()
	if err != nil {
		return "" // larger than any amount that the ledger keeps: its total is not kept either
	}
	return totals.WithAmount(key, minor)
}

// KeyingOf is what the policies of all inboxes need: a line that comes in at one inbox counts in the totals of all.
func KeyingOf(policies map[string]*rules.Policy, centres bool) (c Keying) {
	c.reader = new(totals.Reader)
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		p := policies[name]
		for _, total := range p.TotalSpecs() {
			spec := keyedSpec{total, p.Currency(), p.FiscalStart()}
			at := slices.IndexFunc(c.specs, func(s keyedSpec) bool { return s.mark() == spec.mark() })
			if at < 0 {
				c.specs = append(c.specs, spec)
				continue
			}
			c.specs[at].Near = c.specs[at].Near || spec.Near
		}
	}
	c.centres = centres
	return c
}

// Keys are the keys that a line counts under, those with an amount of their own marked with it.
func (c *Keying) Keys(line *request.Line, origin *request.Origin) []string {
	return c.collect(line, origin, func(spec *request.TotalSpec) []string { return c.reader.Added(spec, line, origin) })
}

// At are the keys that line i of keyed, which is line, counts under.
func (c *Keying) At(keyed *totals.LineKeys, i int, line *request.Line) []string {
	return c.collect(line, keyed.Origin, func(spec *request.TotalSpec) []string { return keyed.Added(spec, i) })
}

func (c *Keying) collect(line *request.Line, origin *request.Origin, of func(*request.TotalSpec) []string) []string {
	var keys []string
	for n := range c.specs {
		spec := &c.specs[n]
		amount, counts := spec.Addend(line, origin, spec.currency)
		if !counts && (spec.Where != "" || spec.Of != request.NoField) {
			continue
		}
		value := totals.Distinct(&spec.TotalSpec, line, origin, int(spec.fiscal))
		for _, key := range of(&spec.TotalSpec) {
			keys = addKey(keys, spec.key(key, amount))
			if value != "" {
				keys = addKey(keys, spec.key(totals.WithValue(key, value), amount))
			}
		}
	}
	if c.centres {
		keys = addKey(keys, budgets.CentreKey(line))
	}
	return keys
}

// Near reports whether a total adds up what is only alike, so that names and needs must be found.
func (c *Keying) Near() bool {
	return slices.ContainsFunc(c.specs, func(s keyedSpec) bool { return s.LooksAround() })
}

// names are what is counted by, in a settled order.
func (c *Keying) names() []string {
	names := []string{request.KeyForm}
	for n := range c.specs {
		names = append(names, c.specs[n].mark())
	}
	if c.centres {
		names = append(names, "budget")
	}
	if c.Near() {
		names = append(names, "alike "+strconv.Itoa(likeness.Version))
	}
	slices.Sort(names)
	return names
}

func addKey(keys []string, key string) []string {
	if key == "" || slices.Contains(keys, key) {
		return keys
	}
	return append(keys, key)
}

// totalsKeyed notes what every line of the ledger is counted by.
const totalsKeyed = "lines counted by totals"

// keyTotals makes the lines of the past count in totals that are new, and under keys that are made otherwise: else the first requests under a new text could be
// split against a history that it does not see. The same goes for budgets. A line whose facts were disposed of keeps the
// keys it has, and counts under its cost centre. It works in
// pages, so that another machine's judging goes on meanwhile; then is called in the transaction of the last one, when
// nothing is left to count.
func (dept *Department) keyTotals(ctx context.Context, c *Keying, then func(*ledger.Tx) error) error {
	by := c.names()
	wanted := strings.Join(by, "\n")
	r := rekeying{keying: c}
	for after := int64(0); ; {
		done := false
		err := dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
			noted, err := tx.Meta(ctx, totalsKeyed)
			if err != nil {
				return err
			}
			had := strings.Split(noted, "\n")
			if done = !slices.ContainsFunc(by, func(s string) bool { return !slices.Contains(had, s) }); !done {
				if after, err = r.page(ctx, tx, after); err != nil || after != 0 {
					return err
				}
				done = true
			}
			if noted != wanted {
				// A total that is gone is forgotten: lines that come in now do not count in it.
				if err := tx.SetMeta(ctx, totalsKeyed, wanted); err != nil {
					return err
				}
			}
			return then(tx)
		})
		if err == nil {
			err = r.damaged
		}
		if err != nil || done {
			return err
		}
	}
}

// rekeying gives the lines of the past their keys, page by page.
type rekeying struct {
	keying  *Keying
	names   []string // of the page at hand
	needs   []ledger.NewNeed
	damaged error
}

// page does the lines after one; next is 0 after the last.
func (r *rekeying) page(ctx context.Context, tx *ledger.Tx, after int64) (next int64, err error) {
	const lines = 500
	r.names, r.needs = nil, nil
	if after == 0 && r.keying.Near() {
		if err := tx.Totals.ForgetNear(ctx); err != nil {
			return 0, err
		}
	}
	if next, err = tx.Totals.Rekey(ctx, after, lines, r.keys); err != nil {
		return 0, err
	}
	if err := tx.Totals.AddNames(ctx, r.names); err != nil {
		return 0, err
	}
	return next, tx.Totals.AddNeeds(ctx, r.needs)
}

// keys are those of a line, whose name and need are noted where it counts.
func (r *rekeying) keys(l *ledger.Line) []string {
	counts := r.keying.Near() && (l.Outcome == request.Approved || l.Outcome == request.Escalated)
	if counts {
		r.names = append(r.names, l.Supplier)
	}
	keys := l.Keys
	if r.keying.centres {
		keys = addKey(keys, request.CentreKey(l.CostCentre))
	}
	f, err := l.ReadFacts()
	if err != nil {
		r.damaged = err
	}
	if f == nil {
		return keys
	}
	if counts {
		r.needs = append(r.needs, ledger.NewNeed{Text: totals.NeedTextOf(&f.Line), Day: l.Day})
	}
	for _, k := range r.keying.Keys(&f.Line, &f.Request) {
		keys = addKey(keys, k)
	}
	return keys
}
