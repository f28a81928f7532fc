package ledger

import (
	"context"
	"fmt"
	"time"

	"handrail/internal/request"
)

// CentreQuery asks what the lines of one cost centre come to in a fiscal year, in one currency.
type CentreQuery struct {
	Key      string // request.CentreKey
	Currency string
	Year     Span
	// ExcludeLines leaves single lines out: those that lines of the workbook at hand will supersede.
	ExcludeLines []int64
}

// Span is a run of days, both included, with the instants at which it begins and ends.
type Span struct {
	From, To request.Date
	At, Till time.Time
}

// CentreUse is the answer to a CentreQuery, in minor units.
type CentreUse struct {
	Committed int64 // approved until the year's end, and not charged yet
	Waiting   int64 // with an officer, whenever they came
	Spent     int64 // charges posted in the year that were matched with lines of the cost centre
}

// matchReach is how many days before a fiscal year a line may have come that is approved or charged in it.
const matchReach = 800

// usedOfLine is what charges use of a line l, and no more than it: of an edition made late, more may have come together.
const usedOfLine = `(SELECT CASE WHEN l.amount > 0 AND COALESCE(SUM(m.used), 0) > l.amount THEN l.amount ELSE COALESCE(SUM(m.used), 0) END FROM statement_match m WHERE m.line = l.id)`

// CentreUse adds up what the lines of a cost centre commit and what their charges spend. The work grows with the lines of
// that cost centre alone.
func (ts Totals) CentreUse(ctx context.Context, q CentreQuery) (u CentreUse, err error) {
	const lines = `SELECT l.outcome, CAST(SUM(l.amount - ` + usedOfLine + `) AS BIGINT) FROM tally b JOIN tally_line t ON t.day = b.day AND t.key = b.key AND t.currency = b.currency
		JOIN line l ON l.id = t.line WHERE b.key = $1 AND b.currency = $2 AND b.day >= $3 AND b.day <= $4
		AND (l.outcome = 'escalated' OR l.decided_at < $5) AND ` + openLine
	sign := int64(1)
	add := func(scan func(...any) error) error {
		var outcome request.Outcome
		var minor int64
		if err := scan(&outcome, &minor); err != nil {
			return err
		}
		if outcome == request.Escalated {
			u.Waiting += sign * minor
		} else {
			u.Committed += sign * minor
		}
		return nil
	}
	args := []any{q.Key, q.Currency, q.Year.From.AddDays(-matchReach).String(), q.Year.To.String(), micros(q.Year.Till)}
	err = ts.tx.each(ctx, add, lines+" GROUP BY l.outcome", args...)
	if err == nil && len(q.ExcludeLines) > 0 {
		sign = -1
		err = eachIn(ctx, ts.tx, lines+" AND l.id IN (%IN%) GROUP BY l.outcome", args, q.ExcludeLines, add)
	}
	if err == nil {
		_, err = ts.tx.one(ctx, []any{&u.Spent}, `SELECT CAST(COALESCE(SUM(m.minor), 0) AS BIGINT) FROM tally b
			JOIN tally_line t ON t.day = b.day AND t.key = b.key AND t.currency = b.currency
			JOIN statement_match m ON m.line = t.line JOIN statement_row r ON r.id = m.statement_row
			WHERE b.key = $1 AND b.day >= $2 AND b.day <= $3 AND r.currency = $4 AND r.posted >= $5 AND r.posted <= $6`,
			q.Key, args[2], args[3], q.Currency, q.Year.From.String(), q.Year.To.String())
	}
	if err != nil {
		return CentreUse{}, fmt.Errorf("add up a cost centre: %w", err)
	}
	return u, nil
}
