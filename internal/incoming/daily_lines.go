package incoming

import (
	"context"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// withinDailyLines postpones a request whose sender had as many lines judged today as an inbox allows. The operator hears of it
// once a day.
func (p *Processor) withinDailyLines(ctx context.Context, h *Message) error {
	now, most := p.engine.Now(), h.Inbox.Config.LinesPerDay
	today := p.dept.Day(now)
	var lines int
	if err := p.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		lines, err = tx.Lines.CountByRequester(ctx, h.Sender.Address, today.AddDays(-31), today.Time(p.dept.Zone))
		return err
	}); err != nil || lines < most {
		return err
	}
	postponed := &batch.PostponedError{Sender: h.Sender.Address, Until: today.AddDays(1).Time(p.dept.Zone), Lines: lines}
	err := p.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := tx.Outbox.Add(ctx, outbox.Due([]ledger.OutboxEntry{h.tooManyLines(today, most)}, now)...); err != nil {
			return err
		}
		return p.engine.Wake(ctx, tx, batch.Answer)
	})
	if err != nil {
		return err
	}
	return postponed
}
