package finance

import (
	"cmp"
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// partsByHand is what of a charge falls to each of the lines that a person matched it with, in the order of their ids, and what it uses of them:
// all that is left of a line that it comes to within tolerance, or exceeds; else its part, and the line stays open for the rest. A refund uses
// nothing.
func partsByHand(ctx context.Context, tx *ledger.Tx, c *ledger.Charge, lines []ledger.Line, match reconcile.Options) ([]ledger.Part, error) {
	slices.SortFunc(lines, func(a, b ledger.Line) int { return cmp.Compare(a.ID, b.ID) })
	totals, ids := make([]decimal.Decimal, len(lines)), make([]int64, len(lines))
	for i, l := range lines {
		totals[i], ids[i] = request.FromMinor(l.Amount, l.Currency).Amount, l.ID
	}
	used, err := tx.Charges.UsedOf(ctx, ids, c.ID)
	if err != nil {
		return nil, err
	}
	parts := make([]ledger.Part, len(lines))
	for i, part := range reconcile.Parts(request.FromMinor(c.Amount, c.Currency), totals) {
		l := &lines[i]
		minor, _ := (request.Money{Amount: part, Currency: c.Currency}).Minor() // a part of what the ledger holds
		parts[i] = ledger.Part{Line: l.ID, Minor: minor}
		slack, err := match.Tolerance(l.Amount, l.Currency)
		if err != nil {
			return nil, err
		}
		rest := max(0, l.Amount-used[l.ID])
		switch {
		case c.Amount <= 0:
		case c.Currency == l.Currency && minor < rest-slack:
			parts[i].Used = minor
		default:
			parts[i].Used = rest
		}
	}
	return parts, nil
}
