package incoming

import (
	"context"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// withinDailyLines postpones a request whose sender had as many lines judged today as an inbox allows. The operator hears of it
// once a day.
func (j *Processor) withinDailyLines(ctx context.Context, h *Message) error {
	now, most := j.engine.Now(), h.Inbox.Config.LinesPerDay
	today := j.dept.Day(now)
	var lines int
	if err := j.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		lines, err = tx.RequesterLines(ctx, h.Sender.Address, today.AddDays(-31), today.Time(j.dept.Zone))
		return err
	}); err != nil || lines < most {
		return err
	}
	postponed := &batch.PostponedError{Sender: h.Sender.Address, Until: today.AddDays(1).Time(j.dept.Zone), Lines: lines}
	err := j.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := tx.Owe(ctx, outbox.Due([]ledger.Owed{h.tooManyLines(today, most)}, now)...); err != nil {
			return err
		}
		return j.engine.Wake(ctx, tx, batch.Answer)
	})
	if err != nil {
		return err
	}
	return postponed
}
