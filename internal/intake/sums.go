package intake

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// question is one sum that a line's total is made of.
type question struct {
	line  int
	total string
	sign  int
}

// SumsElsewhere asks the ledger, in one go, what counts outside this workbook for lines from … to. What the workbook
// replaces must not count any more, and what is in it not yet.
func SumsElsewhere(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, keyed *request.LineKeys, from, to int) ([]map[string]request.Sum, error) {
	var queries []ledger.SumQuery
	var asked []question
	for i := from; i < to; i++ {
		for _, spec := range policy.TotalSpecs() {
			if spec.Scope == request.Workbook {
				continue
			}
			first, last := spec.Window(keyed.Origin.Received, policy.FiscalStart())
			for _, k := range keyed.Of(spec, i) {
				asked = append(asked, question{i - from, spec.Name, k.Sign})
				queries = append(queries, ledger.SumQuery{Key: k.Key, Currency: policy.Currency(), From: first, To: last})
			}
		}
	}
	sums, err := tx.Totals.Sums(ctx, queries)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]request.Sum, to-from)
	for n, q := range asked {
		if out[q.line] == nil {
			out[q.line] = map[string]request.Sum{}
		}
		sum := out[q.line][q.total]
		sum.Amount = sum.Amount.Add(request.FromMinor(sums[n].Minor, policy.Currency()).Amount.Mul(decimal.NewFromInt(int64(q.sign))))
		sum.Count += q.sign * sums[n].Lines
		out[q.line][q.total] = sum
	}
	return out, nil
}

// totalLines is how many lines of a total are named to the officer; the sum counts all.
const totalLines = 20

// totalNames names the lines that totals add up. Lines of one workbook often share their keys: each is looked up once.
type totalNames struct {
	policy *rules.Policy
	origin *request.Origin
	known  map[totalKey][]string
}

type totalKey struct {
	key      string
	from, to request.Date
}

// add names the lines that the totals of an escalated line add up, so that the officer sees what the finding saw. What the
// workbook replaces must not count any more, and what is in it not yet.
func (n *totalNames) add(ctx context.Context, tx *ledger.Tx, a *judgement.Assessed) error {
	for _, spec := range n.policy.TotalSpecs() {
		sum, asked := a.Facts.Totals[spec.Name]
		if !asked || spec.Scope == request.Workbook {
			continue
		}
		from, to := spec.Window(n.origin.Received, n.policy.FiscalStart())
		named := map[string]bool{}
		sum.Lines = slices.Clip(sum.Lines) // shared by all lines with that key
		for _, k := range spec.Keys(&a.Facts.Line, n.origin) {
			if k.Sign < 0 {
				continue
			}
			references, err := n.of(ctx, tx, totalKey{k.Key, from, to})
			if err != nil {
				return err
			}
			for _, r := range references {
				if !named[r] {
					named[r] = true
					sum.Lines = append(sum.Lines, r)
				}
			}
		}
		a.Facts.Totals[spec.Name] = sum
	}
	return nil
}

func (n *totalNames) of(ctx context.Context, tx *ledger.Tx, k totalKey) ([]string, error) {
	references, ok := n.known[k]
	if ok {
		return references, nil
	}
	found, err := tx.Totals.Lines(ctx, ledger.SumQuery{Key: k.key, Currency: n.policy.Currency(), From: k.from, To: k.to}, totalLines)
	if err != nil {
		return nil, err
	}
	for i := range found {
		references = append(references, found[i].Reference)
	}
	if n.known == nil {
		n.known = map[totalKey][]string{}
	}
	n.known[k] = references
	return references, nil
}
