package finance

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// besideDays is how many days before its first day, and after its last one, charges are looked for that a file may repeat: banks move days when
// they post.
const besideDays = 14

// keep records a file: rows that came before are mended, new ones added, and those that the file should have and has not are noted.
func (f *statementFile) keep(ctx context.Context, tx *ledger.Tx, now time.Time, message int64, match reconcile.Options) error {
	old, rows, err := chargesBeside(ctx, tx, f.charges)
	if err != nil {
		return err
	}
	c := statement.Compare(old, f.charges)
	added, err := LedgerCharges(c.Added(old, f.charges))
	if err != nil {
		return err
	}
	id, _, err := tx.Charges.AddStatement(ctx, now, ledger.Statement{Message: message, SHA256: f.sha256, FileName: f.name, Rows: len(f.charges)}, added)
	if err != nil {
		return err
	}
	last, repeated := statement.LastDay(f.charges), make([]int64, len(c.Pairs))
	for i, p := range c.Pairs {
		repeated[i] = rows[p.Old].id
		if !p.Mends {
			continue
		}
		mended, _ := statement.Mend(&old[p.Old], &f.charges[p.New], last)
		if err := mend(ctx, tx, now, id, &rows[p.Old], &old[p.Old], &mended, match); err != nil {
			return err
		}
	}
	if err := tx.Charges.Repeated(ctx, repeated); err != nil {
		return err
	}
	lacking := make([]int64, len(c.Lacking))
	for i, at := range c.Lacking {
		lacking[i] = rows[at].id
	}
	return tx.Charges.NoteLacking(ctx, now, id, lacking)
}

// chargesBeside are the charges of the ledger that the rows of a file may be, and what became of them, in the same order.
func chargesBeside(ctx context.Context, tx *ledger.Tx, file []statement.Charge) (old []statement.Charge, rows []settledRow, err error) {
	if len(file) == 0 {
		return nil, nil, nil
	}
	from, to := file[0].Transacted, file[0].Posted
	for i := range file {
		for _, day := range []request.Date{file[i].Transacted, file[i].Posted} {
			if day.Before(from) {
				from = day
			}
			if day.After(to) {
				to = day
			}
		}
	}
	err = tx.Charges.Beside(ctx, from.AddDays(-besideDays), to.AddDays(besideDays), func(row *ledger.Charge) error {
		charge, err := financeCharge(row)
		old = append(old, charge)
		rows = append(rows, settledRow{id: row.ID, state: row.State, reason: row.Reason, rule: row.Rule, by: row.SettledBy, parts: row.Parts})
		return err
	})
	return old, rows, err
}

// mend changes a charge of the ledger into what a later file says of it. Of a match by hand only the parts follow the amount.
func mend(ctx context.Context, tx *ledger.Tx, now time.Time, id int64, row *settledRow, was, mended *statement.Charge, match reconcile.Options) error {
	list, err := LedgerCharges([]statement.Charge{*mended})
	if err != nil {
		return err
	}
	before, err := json.Marshal(was)
	if err != nil {
		return fmt.Errorf("charge %d: %w", row.id, err)
	}
	money := !was.Amount.Amount.Equal(mended.Amount.Amount) || was.Amount.Currency != mended.Amount.Currency
	byRule := row.state == ledger.MatchedRow && row.by == ""
	again := byRule && (money || was.Reference != mended.Reference || was.Transacted != mended.Transacted)
	if err := tx.Charges.Mend(ctx, now, id, row.id, before, &list[0], again); err != nil {
		return err
	}
	if !money || again || row.state != ledger.MatchedRow {
		return nil
	}
	ids := make([]int64, len(row.parts))
	for i, p := range row.parts {
		ids[i] = p.Line
	}
	lines, err := tx.Lines.ByID(ctx, ids)
	if err != nil {
		return err
	}
	list[0].ID = row.id
	parts, err := partsByHand(ctx, tx, &list[0], lines, match)
	if err != nil {
		return err
	}
	return tx.Charges.Divide(ctx, row.id, parts)
}

// addResent reads what statements mended in the period, and what they lack.
func addResent(ctx context.Context, tx *ledger.Tx, o *ReportOptions, r *report.Contents) error {
	err := tx.Charges.MendedBetween(ctx, o.From, o.To, func(m *ledger.MendedCharge) error {
		row := report.CorrectedRow{At: m.At.In(o.Zone), File: m.FileName}
		for _, part := range []struct {
			from json.RawMessage
			into *statement.Charge
		}{{m.Before, &row.Before}, {m.After, &row.After}} {
			if err := json.Unmarshal(part.from, part.into); err != nil {
				return fmt.Errorf("what was mended of charge %d: %w", m.Charge, err)
			}
		}
		r.Corrected = append(r.Corrected, row)
		return nil
	})
	if err != nil {
		return err
	}
	lacking, err := tx.Charges.LackingBetween(ctx, o.From, o.To)
	for i := range lacking {
		charge, err := financeCharge(&lacking[i].Charge)
		if err != nil {
			return err
		}
		r.NotRepeated = append(r.NotRepeated, report.NotRepeatedRow{At: lacking[i].At.In(o.Zone), File: lacking[i].FileName, Charge: charge})
	}
	return err
}
