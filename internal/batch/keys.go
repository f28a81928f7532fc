package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// countedBy is every total that a policy of this job adds up, each once: a line that comes in at one inbox counts in the
// totals of all of them.
func (j *Job) countedBy() []request.TotalSpec {
	var specs []request.TotalSpec
	for _, name := range j.order {
		for _, spec := range j.inboxes[name].Policy.TotalSpecs() {
			if !slices.ContainsFunc(specs, func(s request.TotalSpec) bool { return slices.Equal(s.By, spec.By) }) {
				specs = append(specs, spec)
			}
		}
	}
	return specs
}

// keysOf are the keys that a line counts under.
func keysOf(specs []request.TotalSpec, line *request.Line, origin *request.Origin) []string {
	var keys []string
	for _, spec := range specs {
		for _, k := range spec.Keys(line, origin) {
			if !slices.Contains(keys, k.Key) {
				keys = append(keys, k.Key)
			}
		}
	}
	return keys
}

// totalsKeyed notes which totals every line of the ledger counts in.
const totalsKeyed = "lines counted by totals"

// keyTotals makes the lines of the past count in totals that are new: else the first requests under a new text could be
// split against a history that it does not see. A line whose facts were disposed of keeps the keys it has. It works in
// pages, so that another machine's judging goes on meanwhile.
func (j *Job) keyTotals(ctx context.Context) error {
	const page = 500
	specs := j.countedBy()
	var by []string
	for _, spec := range specs {
		by = append(by, strings.Join(spec.By, ","))
	}
	slices.Sort(by)
	wanted := strings.Join(by, "\n")
	var damaged error
	add := func(l *ledger.Line) []string {
		if l.Facts == nil {
			return l.Keys
		}
		var f request.Facts
		if err := json.Unmarshal(l.Facts, &f); err != nil {
			damaged = fmt.Errorf("facts of %s: %w", l.Reference, err)
			return l.Keys
		}
		keys := l.Keys
		for _, k := range keysOf(specs, &f.Line, &f.Request) {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		return keys
	}
	for after := int64(0); ; {
		done := false
		err := j.o.Ledger.Decide(ctx, func(tx *ledger.Tx) error {
			noted, err := tx.Meta(ctx, totalsKeyed)
			if err != nil {
				return err
			}
			had := strings.Split(noted, "\n")
			if done = !slices.ContainsFunc(by, func(s string) bool { return !slices.Contains(had, s) }); !done {
				if after, err = tx.Rekey(ctx, after, page, add); err != nil || after != 0 {
					return err
				}
				done = true
			}
			if noted == wanted {
				return nil
			}
			// A total that is gone is forgotten: lines that come in now do not count in it.
			return tx.SetMeta(ctx, totalsKeyed, wanted)
		})
		if err == nil {
			err = damaged
		}
		if err != nil || done {
			return err
		}
	}
}
