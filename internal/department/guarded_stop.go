package department

import (
	"context"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// Stopped is the stop that lasts, as facts say it; nil while no owner said STOP. It is read in the transaction that judges, so that
// every machine knows of it.
func (dept *Department) Stopped(ctx context.Context, tx *ledger.Tx) (*request.Stopped, error) {
	s, err := tx.Stops.Now(ctx)
	if err != nil || s == nil {
		return nil, err
	}
	at := s.StoppedAt.In(dept.Zone)
	return &request.Stopped{By: s.By, Since: request.DateOf(at), At: at.Format("15:04"), Reason: s.Reason}, nil
}
