package finance

import (
	"context"

	"handrail/internal/ledger"
	"handrail/internal/report"
)

// handOf is what people said of a charge; zero when nobody said anything.
func handOf(row *ledger.Charge) report.Hand {
	var h report.Hand
	if row.SettledBy != "" {
		h.By, h.At, h.Reason = row.SettledBy, row.SettledAt, row.SettledWhy
	}
	if row.Mark.State != "" {
		h.Mark, h.MarkedBy, h.MarkedAt, h.MarkedOf = report.Mark(row.Mark.State), row.Mark.By, row.Mark.At, row.Mark.Why
	}
	return h
}

// marked are the charges that had a mark when the period ended, whenever they came.
func (c *cards) marked(ctx context.Context, tx *ledger.Tx) (list []report.MarkedCharge, err error) {
	err = tx.Charges.Marked(ctx, func(row *ledger.Charge) error {
		if !row.Mark.At.Before(c.to) {
			return nil
		}
		charge, err := financeCharge(row)
		if err != nil {
			return err
		}
		m := report.MarkedCharge{Charge: charge, Hand: handOf(row), Cardholder: charge.Cardholder}
		for _, id := range row.Lines {
			at, there := c.places[id]
			if !there {
				continue
			}
			l := &c.lines[at]
			m.References = append(m.References, l.Reference)
			if m.Cardholder == "" {
				m.Cardholder = l.Cardholder
			}
		}
		list = append(list, m)
		return nil
	})
	return list, err
}
