package department

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"handrail/internal/budgets"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// Keying says what lines are counted under, so that totals find them.
type Keying struct {
	specs   []request.TotalSpec // every total that a policy of this job adds up, each once
	centres bool                // and under their cost centres, for budgets
}

// KeyingOf is what the policies of all inboxes need: a line that comes in at one inbox counts in the totals of all.
func KeyingOf(policies map[string]*rules.Policy, centres bool) (c Keying) {
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		for _, spec := range policies[name].TotalSpecs() {
			if !slices.ContainsFunc(c.specs, func(s request.TotalSpec) bool { return slices.Equal(s.By, spec.By) }) {
				c.specs = append(c.specs, spec)
			}
		}
	}
	c.centres = centres
	return c
}

// Keys are the keys that a line counts under.
func (c *Keying) Keys(line *request.Line, origin *request.Origin) []string {
	return c.collect(line, func(spec request.TotalSpec) []request.SumKey { return spec.Keys(line, origin) })
}

// At are the keys that line i of keyed, which is line, counts under.
func (c *Keying) At(keyed *request.LineKeys, i int, line *request.Line) []string {
	return c.collect(line, func(spec request.TotalSpec) []request.SumKey { return keyed.Of(spec, i) })
}

func (c *Keying) collect(line *request.Line, of func(request.TotalSpec) []request.SumKey) []string {
	var keys []string
	for _, spec := range c.specs {
		for _, k := range of(spec) {
			keys = addKey(keys, k.Key)
		}
	}
	if c.centres {
		keys = addKey(keys, budgets.CentreKey(line))
	}
	return keys
}

// names are what is counted by, in a settled order.
func (c *Keying) names() []string {
	names := []string{request.KeyForm}
	for _, spec := range c.specs {
		names = append(names, strings.Join(spec.By, ","))
	}
	if c.centres {
		names = append(names, "budget")
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
	const page = 500
	by := c.names()
	wanted := strings.Join(by, "\n")
	var damaged error
	add := func(l *ledger.Line) []string {
		keys := l.Keys
		if c.centres {
			keys = addKey(keys, request.CentreKey(l.CostCentre))
		}
		if l.Facts == nil {
			return keys
		}
		var f request.Facts
		if err := f.Read(l.Facts); err != nil {
			damaged = fmt.Errorf("facts of %s: %w", l.Reference, err)
			return keys
		}
		for _, k := range c.Keys(&f.Line, &f.Request) {
			keys = addKey(keys, k)
		}
		return keys
	}
	for after := int64(0); ; {
		done := false
		err := dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
			noted, err := tx.Meta(ctx, totalsKeyed)
			if err != nil {
				return err
			}
			had := strings.Split(noted, "\n")
			if done = !slices.ContainsFunc(by, func(s string) bool { return !slices.Contains(had, s) }); !done {
				if after, err = tx.Totals.Rekey(ctx, after, page, add); err != nil || after != 0 {
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
			err = damaged
		}
		if err != nil || done {
			return err
		}
	}
}
