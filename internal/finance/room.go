package finance

import (
	"context"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

const perReportLine = 4 << 10

const perLedgerCharge = 1 << 10

// roomForWeek waits for the share that a report needs: its lines, and those since the fiscal year began, which its budgets and
// charges look at.
func (desk *Desk) roomForWeek(ctx context.Context, d dueReport) (*batch.Reservation, error) {
	lines := 0
	if err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		lines, err = tx.Reports.CountDecided(ctx, d.to, request.DateOf(d.from.In(desk.dept.Zone)).AddDays(-366))
		return err
	}); err != nil {
		return nil, err
	}
	return desk.engine.BookMemory().Reserve(ctx, int64(lines)*perReportLine)
}
