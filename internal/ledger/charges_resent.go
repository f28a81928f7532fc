package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Beside visits the charges that were bought or posted on days from … to: those that a file of these days may repeat.
func (cs Charges) Beside(ctx context.Context, from, to request.Date, visit func(*Charge) error) error {
	return cs.visit(ctx, visit, "(c.transacted >= $1 AND c.transacted <= $2 OR c.posted >= $1 AND c.posted <= $2)", from.String(), to.String())
}

// MendedCharge is what a later statement said otherwise of a charge, or in addition.
type MendedCharge struct {
	Charge        int64
	Statement     int64
	At            time.Time
	FileName      string          // the statement's; read only
	Before, After json.RawMessage // details
}

// Mend notes what a statement says of a charge, in place of what was said before: row holds it, with the identity that the charge keeps.
// A charge that a rule matched is matched again when its amount, its days or its reference changed (again); what a person said of it stays.
func (cs Charges) Mend(ctx context.Context, now time.Time, statement, id int64, before json.RawMessage, row *Charge, again bool) error {
	if _, err := cs.tx.exec(ctx, "INSERT INTO mended_charge (charge, statement, mended_at, before, after) VALUES ($1, $2, $3, $4, $5)",
		id, statement, micros(now), jsonText(before), jsonText(row.Detail)); err != nil {
		return fmt.Errorf("note what was mended of charge %d: %w", id, err)
	}
	if _, err := cs.tx.exec(ctx, `UPDATE statement_row SET posted = $1, transacted = $2, amount = $3, currency = $4, cost_centre = $5, merchant = $6, card = $7, detail = $8
		WHERE id = $9`, row.Posted.String(), row.Transacted.String(), row.Amount, row.Currency, row.CostCentre, row.Merchant, row.Card, jsonText(row.Detail), id); err != nil {
		return fmt.Errorf("mend charge %d: %w", id, err)
	}
	if !again {
		return nil
	}
	if _, err := cs.tx.exec(ctx, "DELETE FROM statement_match WHERE statement_row = $1", id); err != nil {
		return fmt.Errorf("take charge %d from its lines: %w", id, err)
	}
	if _, err := cs.tx.exec(ctx, "UPDATE statement_row SET state = 'new', reason = '', rule = '', score = 0, settled_at = NULL WHERE id = $1", id); err != nil {
		return fmt.Errorf("match charge %d again: %w", id, err)
	}
	return nil
}

// Divide replaces what of a charge falls to the lines that it was matched with: its amount changed.
func (cs Charges) Divide(ctx context.Context, id int64, parts []Part) error {
	for _, p := range parts {
		if _, err := cs.tx.exec(ctx, "UPDATE statement_match SET minor = $1, used = $2 WHERE statement_row = $3 AND line = $4", p.Minor, p.Used, id, p.Line); err != nil {
			return fmt.Errorf("divide charge %d again: %w", id, err)
		}
	}
	return nil
}

// MendedBetween visits what was mended in [from, to), in the order in which it was.
func (cs Charges) MendedBetween(ctx context.Context, from, to time.Time, visit func(*MendedCharge) error) error {
	err := cs.tx.each(ctx, func(scan func(...any) error) error {
		var m MendedCharge
		if err := scan(&m.Charge, &m.Statement, instant{&m.At}, &m.FileName, rawJSON{&m.Before}, rawJSON{&m.After}); err != nil {
			return err
		}
		return visit(&m)
	}, `SELECT m.charge, m.statement, m.mended_at, s.file_name, m.before, m.after FROM mended_charge m JOIN statement s ON s.id = m.statement
		WHERE m.mended_at >= $1 AND m.mended_at < $2 ORDER BY m.id`, micros(from), micros(to))
	if err != nil {
		return fmt.Errorf("read what statements mended: %w", err)
	}
	return nil
}

// NoteLacking notes charges that a statement should have and has not. What an earlier statement lacked already stays noted as it was.
func (cs Charges) NoteLacking(ctx context.Context, now time.Time, statement int64, charges []int64) error {
	rows := make([]any, 0, 3*len(charges))
	for _, id := range charges {
		rows = append(rows, id, statement, micros(now))
	}
	_, err := cs.tx.insert(ctx, insertion{"INSERT INTO lacking_charge (charge, statement, noted_at)", 3, "ON CONFLICT (charge) DO NOTHING"}, rows, nil)
	if err != nil {
		return fmt.Errorf("note what a statement lacks: %w", err)
	}
	return nil
}

// Repeated notes that a statement has charges: none of them is lacking any more.
func (cs Charges) Repeated(ctx context.Context, charges []int64) error {
	if _, err := execIn(ctx, cs.tx, "DELETE FROM lacking_charge WHERE charge IN (%IN%)", nil, charges); err != nil {
		return fmt.Errorf("note that a statement repeats charges: %w", err)
	}
	return nil
}

// LackingCharge is a charge that a later statement should have and has not.
type LackingCharge struct {
	Charge   Charge
	At       time.Time
	FileName string // of the statement that lacks it
}

// LackingBetween lists the charges that were found lacking in [from, to) and still are.
func (cs Charges) LackingBetween(ctx context.Context, from, to time.Time) ([]LackingCharge, error) {
	by := map[int64]LackingCharge{}
	var ids []int64
	err := cs.tx.each(ctx, func(scan func(...any) error) error {
		var l LackingCharge
		var id int64
		err := scan(&id, instant{&l.At}, &l.FileName)
		by[id], ids = l, append(ids, id)
		return err
	}, `SELECT k.charge, k.noted_at, s.file_name FROM lacking_charge k JOIN statement s ON s.id = k.statement WHERE k.noted_at >= $1 AND k.noted_at < $2 ORDER BY k.charge`,
		micros(from), micros(to))
	if err != nil {
		return nil, fmt.Errorf("read what statements lack: %w", err)
	}
	list := make([]LackingCharge, 0, len(ids))
	err = cs.visitByID(ctx, ids, func(c *Charge) error {
		l := by[c.ID]
		l.Charge = *c
		list = append(list, l)
		return nil
	})
	return list, err
}
