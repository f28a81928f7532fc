package batch

import (
	"context"

	"github.com/shopspring/decimal"

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

// sumsElsewhere asks the ledger, in one go, what counts outside this workbook. Lines that this workbook replaces are
// left out: their successors are in it.
func sumsElsewhere(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, keyed *request.LineKeys, back *comeBack) ([]map[string]request.Sum, error) {
	var queries []ledger.SumQuery
	var asked []question
	for i := range keyed.Lines {
		for _, spec := range policy.TotalSpecs() {
			if spec.Scope == request.Workbook {
				continue
			}
			from, to := spec.Window(keyed.Origin.Received, policy.FiscalStart())
			for _, k := range keyed.Of(spec, i) {
				asked = append(asked, question{i, spec.Name, k.Sign})
				queries = append(queries, ledger.SumQuery{Key: k.Key, Currency: policy.Currency(), From: from, To: to, ExcludeLines: back.replaced})
			}
		}
	}
	sums, err := tx.Sums(ctx, queries)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]request.Sum, len(keyed.Lines))
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

// listTotals names the lines that the totals of an escalated line add up, so that the officer sees what the finding saw.
func listTotals(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, origin request.Origin, a *Assessed, back *comeBack) error {
	for _, spec := range policy.TotalSpecs() {
		sum, asked := a.Facts.Totals[spec.Name]
		if !asked || spec.Scope == request.Workbook {
			continue
		}
		from, to := spec.Window(origin.Received, policy.FiscalStart())
		named := map[string]bool{}
		for _, k := range spec.Keys(&a.Facts.Line, &origin) {
			if k.Sign < 0 {
				continue
			}
			found, err := tx.SumLines(ctx, ledger.SumQuery{Key: k.Key, Currency: policy.Currency(), From: from, To: to, ExcludeLines: back.replaced}, totalLines)
			if err != nil {
				return err
			}
			for _, l := range found {
				if !named[l.Reference] {
					named[l.Reference] = true
					sum.Lines = append(sum.Lines, l.Reference)
				}
			}
		}
		a.Facts.Totals[spec.Name] = sum
	}
	return nil
}
