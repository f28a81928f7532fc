package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/internal/request"
)

// Charges is the card statements: their charges, the lines that these were matched with, and what has no approval.
type Charges struct{ tx *Tx }

// RowState is where a row of a card statement stands.
type RowState string

// The states of a statement row (docs/design.md#states).
const (
	NewRow     RowState = "new"
	MatchedRow RowState = "matched"
	LeftRow    RowState = "left"
	IgnoredRow RowState = "ignored"
)

// Statement is one file of card charges.
type Statement struct {
	Message  int64  // intake row that brought it; 0 from disk
	SHA256   Digest // of the file as it came, before card numbers were cut
	FileName string
	Rows     int // of the file, those that were there already among them
}

// Charge is one row of a statement.
type Charge struct {
	ID         int64
	Statement  int64
	Row        int    // in the file
	Identity   Digest // of last four, dates, amount, currency, merchant and reference
	Occurrence int    // among equal rows of its file, from 1
	Posted     request.Date
	Transacted request.Date
	Amount     int64 // minor units; negative for a refund
	Currency   string
	CostCentre string
	Merchant   string
	Card       string // the last four digits
	Detail     json.RawMessage

	State     RowState // below: read only
	Reason    string
	Rule      string
	Score     int
	SettledBy string
	SettledAt time.Time
	Lines     []int64 // that it was matched with
	Parts     []Part  // what falls to each of Lines
}

// AddStatement keeps a file and its rows. Of overlapping files the larger count of equal rows holds: a row whose
// identity and occurrence are there already is not added again. added is how many rows are new. The same file a second time
// answers with the first one's id and adds what could not be read then and can be now.
func (cs Charges) AddStatement(ctx context.Context, now time.Time, s Statement, rows []Charge) (id int64, added int64, err error) {
	found, err := cs.tx.one(ctx, []any{&id}, `INSERT INTO statement (message, sha256, file_name, recorded_at, row_count) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (sha256) DO NOTHING RETURNING id`, optional(s.Message), s.SHA256.bytes(), s.FileName, micros(now), max(s.Rows, len(rows)))
	if err == nil && !found {
		_, err = cs.tx.one(ctx, []any{&id}, "SELECT id FROM statement WHERE sha256 = $1", s.SHA256.bytes())
	}
	if err != nil {
		return 0, 0, fmt.Errorf("keep a statement: %w", err)
	}
	const width = 13
	flat := make([]any, 0, width*len(rows))
	for _, r := range rows {
		flat = append(flat, id, r.Row, r.Identity.bytes(), r.Occurrence, r.Posted.String(), r.Transacted.String(), r.Amount, r.Currency,
			r.CostCentre, r.Merchant, r.Card, jsonText(r.Detail), string(NewRow))
	}
	added, err = cs.tx.insert(ctx, insertion{`INSERT INTO statement_row (statement, sheet_row, identity, occurrence, posted, transacted, amount,
		currency, cost_centre, merchant, card, detail, state)`, width, "ON CONFLICT (identity, occurrence) DO NOTHING"}, flat, nil)
	if err != nil {
		return 0, 0, fmt.Errorf("keep the rows of a statement: %w", err)
	}
	return id, added, nil
}

// Between visits the charges transacted on days from … to, oldest first, with the lines they were matched with.
func (cs Charges) Between(ctx context.Context, from, to request.Date, visit func(*Charge) error) error {
	return cs.visit(ctx, visit, "c.transacted >= $1 AND c.transacted <= $2", from.String(), to.String())
}

// CountBetween is how many charges Charges visits.
func (cs Charges) CountBetween(ctx context.Context, from, to request.Date) (n int, err error) {
	_, err = cs.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM statement_row WHERE transacted >= $1 AND transacted <= $2", from.String(), to.String())
	if err != nil {
		return 0, fmt.Errorf("count charges: %w", err)
	}
	return n, nil
}

// ByIdentity finds the charge that has an identity which counts equal rows by itself.
func (cs Charges) ByIdentity(ctx context.Context, identity Digest) (c Charge, found bool, err error) {
	err = cs.visit(ctx, func(x *Charge) error {
		c, found = *x, true
		return nil
	}, "c.identity = $1", identity.bytes())
	return c, found, err
}

func (cs Charges) visit(ctx context.Context, visit func(*Charge) error, where string, args ...any) error {
	r := chargeReader{visit: visit}
	err := cs.tx.each(ctx, r.row, chargeQuery+where+chargeOrder, args...)
	if err == nil {
		err = r.flush()
	}
	if err != nil {
		return fmt.Errorf("read charges: %w", err)
	}
	return nil
}

// visitByID visits charges by id.
func (cs Charges) visitByID(ctx context.Context, ids []int64, visit func(*Charge) error) error {
	r := chargeReader{visit: visit}
	err := eachIn(ctx, cs.tx, chargeQuery+"c.id IN (%IN%)"+chargeOrder, nil, ids, r.row)
	if err == nil {
		err = r.flush()
	}
	if err != nil {
		return fmt.Errorf("read charges: %w", err)
	}
	return nil
}

const (
	chargeQuery = `SELECT c.id, c.statement, c.sheet_row, c.identity, c.occurrence, c.posted, c.transacted, c.amount, c.currency, c.cost_centre,
		c.merchant, c.card, c.detail, c.state, c.reason, c.rule, c.score, c.settled_by, c.settled_at, m.line, m.minor, m.used
		FROM statement_row c LEFT JOIN statement_match m ON m.statement_row = c.id WHERE `
	chargeOrder = " ORDER BY c.transacted, c.id, m.line"
)

// chargeReader puts the rows of a charge together, one for each of its lines.
type chargeReader struct {
	visit func(*Charge) error
	c     *Charge
}

func (r *chargeReader) row(scan func(...any) error) error {
	var next Charge
	var part Part
	if err := scan(&next.ID, &next.Statement, &next.Row, &next.Identity, &next.Occurrence, day{&next.Posted}, day{&next.Transacted},
		&next.Amount, &next.Currency, &next.CostCentre, &next.Merchant, &next.Card, rawJSON{&next.Detail}, &next.State, &next.Reason,
		&next.Rule, &next.Score, &next.SettledBy, instant{&next.SettledAt}, number{&part.Line}, number{&part.Minor}, number{&part.Used}); err != nil {
		return err
	}
	if r.c == nil || r.c.ID != next.ID {
		if err := r.flush(); err != nil {
			return err
		}
		r.c = &next
	}
	if part.Line != 0 {
		r.c.Lines, r.c.Parts = append(r.c.Lines, part.Line), append(r.c.Parts, part)
	}
	return nil
}

func (r *chargeReader) flush() error {
	if r.c == nil {
		return nil
	}
	return r.visit(r.c)
}

// Settlement says what became of a charge.
type Settlement struct {
	Charge int64
	From   RowState // where it must still stand
	To     RowState
	Reason string // of left
	Rule   string // of matched: which rule, or "hand"
	Score  int    // 0 … 100
	By     string // of ignored and of a match by hand
	Parts  []Part // of matched: its lines, and what of the charge falls to each
}

// Part is what of a charge falls to one line.
type Part struct {
	Line  int64
	Minor int64 // in the charge's currency
	Used  int64 // of the line's approval, in the line's currency: what no charge uses stays committed
}

// Settle moves charges, with their matches, and returns how many it moved. A later edition may match again: what a
// charge was matched with before is replaced.
func (cs Charges) Settle(ctx context.Context, now time.Time, list []Settlement) (int64, error) {
	var moved int64
	var matches []any
	for _, s := range list {
		won, err := cs.tx.won(ctx, `UPDATE statement_row SET state = $1, reason = $2, rule = $3, score = $4, settled_by = $5, settled_at = $6
			WHERE id = $7 AND state = $8`, string(s.To), s.Reason, s.Rule, s.Score, s.By, micros(now), s.Charge, string(s.From))
		if err != nil {
			return moved, fmt.Errorf("settle charge %d: %w", s.Charge, err)
		}
		if !won {
			continue
		}
		moved++
		if s.From == MatchedRow {
			if _, err := cs.tx.exec(ctx, "DELETE FROM statement_match WHERE statement_row = $1", s.Charge); err != nil {
				return moved, fmt.Errorf("take charge %d from its lines: %w", s.Charge, err)
			}
		}
		for _, part := range s.Parts {
			matches = append(matches, s.Charge, part.Line, part.Minor, part.Used)
		}
	}
	if _, err := cs.tx.insert(ctx, insertion{"INSERT INTO statement_match (statement_row, line, minor, used)", 4, ""}, matches, nil); err != nil {
		return moved, fmt.Errorf("note the lines of charges: %w", err)
	}
	return moved, nil
}

// Shares says what of each charge falls to lines, in minor units: by line, then by the charge's id.
func (cs Charges) Shares(ctx context.Context, lines []int64) (map[int64]map[int64]int64, error) {
	out := map[int64]map[int64]int64{}
	err := eachIn(ctx, cs.tx, "SELECT line, statement_row, minor FROM statement_match WHERE line IN (%IN%)", nil, lines, func(scan func(...any) error) error {
		var line, charge, minor int64
		if err := scan(&line, &charge, &minor); err != nil {
			return err
		}
		if out[line] == nil {
			out[line] = map[int64]int64{}
		}
		out[line][charge] = minor
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was charged for lines: %w", err)
	}
	return out, nil
}

// UsedOf is what charges use of lines' approvals, in minor units of each line's currency, leaving out the charges in without.
func (cs Charges) UsedOf(ctx context.Context, lines []int64, without ...int64) (map[int64]int64, error) {
	out := map[int64]int64{}
	err := eachIn(ctx, cs.tx, "SELECT line, statement_row, used FROM statement_match WHERE line IN (%IN%)", nil, lines, func(scan func(...any) error) error {
		var line, charge, used int64
		err := scan(&line, &charge, &used)
		if !slices.Contains(without, charge) {
			out[line] += used
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is used of lines: %w", err)
	}
	return out, nil
}

// UnapprovedByCentre adds up the charges posted in a year that were looked at and have no approval, by the cost centre that
// the statement names. New charges are not among them: the line that approved them still commits their money.
func (cs Charges) UnapprovedByCentre(ctx context.Context, year Span, currency string) (map[string]int64, error) {
	by := map[string]int64{}
	err := cs.tx.each(ctx, func(scan func(...any) error) error {
		var centre string
		var minor int64
		if err := scan(&centre, &minor); err != nil {
			return err
		}
		by[request.CentreKey(centre)] += minor
		return nil
	}, `SELECT cost_centre, CAST(SUM(amount) AS BIGINT) FROM statement_row
		WHERE state = 'left' AND cost_centre <> '' AND posted >= $1 AND posted <= $2 AND currency = $3 GROUP BY cost_centre`,
		year.From.String(), year.To.String(), currency)
	if err != nil {
		return nil, fmt.Errorf("add up charges without approval: %w", err)
	}
	return by, nil
}
