package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Reopening is a week that was reported and that somebody opened again, because something in it was recorded wrongly.
type Reopening struct {
	ID       int64
	Week     string // "2026-W47"
	Reason   string
	By       string
	At       time.Time
	Released bool // its charges were given back, to be matched again
}

// Reopen notes that a week is opened again, unless it is open already. It is noted in the chain and needs Decide.
func (rp Reports) Reopen(ctx context.Context, now time.Time, r Reopening) (won bool, err error) {
	if !rp.tx.deciding {
		return false, errNotDeciding
	}
	if r.Week == "" || r.Reason == "" || r.By == "" {
		return false, errors.New("opening a week again needs the week, a reason and who opens it")
	}
	open, err := rp.Reopened(ctx)
	if err != nil {
		return false, err
	}
	for _, o := range open {
		if o.Week == r.Week {
			return false, nil
		}
	}
	if _, err := rp.tx.exec(ctx, "INSERT INTO reopening (week, reason, opened_by, opened_at) VALUES ($1, $2, $3, $4)", r.Week, r.Reason, r.By, micros(now)); err != nil {
		return false, fmt.Errorf("open week %s again: %w", r.Week, err)
	}
	private, err := json.Marshal(map[string]string{"reason": r.Reason, "by": r.By})
	if err != nil {
		return false, err
	}
	_, err = rp.tx.Chain.Append(ctx, now, Entry{Kind: "report.reopened", Subject: r.Week, Private: private})
	return err == nil, err
}

// Reopened lists the weeks that are open again and not reported again yet, in the order in which they were opened.
func (rp Reports) Reopened(ctx context.Context) ([]Reopening, error) {
	var out []Reopening
	err := rp.tx.each(ctx, func(scan func(...any) error) error {
		var r Reopening
		released := 0
		err := scan(&r.ID, &r.Week, &r.Reason, &r.By, instant{&r.At}, &released)
		r.Released = released == 1
		out = append(out, r)
		return err
	}, "SELECT id, week, reason, opened_by, opened_at, released FROM reopening WHERE done_at IS NULL ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list the weeks that are open again: %w", err)
	}
	return out, nil
}

// ReleaseCharges gives the charges back that a rule matched in a week that is open again, and that nobody matched by hand: the next
// edition matches them again. It does so once for each reopening.
func (rp Reports) ReleaseCharges(ctx context.Context, reopening int64, from, to time.Time) error {
	won, err := rp.tx.won(ctx, "UPDATE reopening SET released = 1 WHERE id = $1 AND released = 0", reopening)
	if err != nil || !won {
		return err
	}
	const theirs = "state = 'matched' AND settled_by = '' AND rule <> 'hand' AND settled_at >= $1 AND settled_at < $2"
	if _, err := rp.tx.exec(ctx, "DELETE FROM statement_match WHERE statement_row IN (SELECT id FROM statement_row WHERE "+theirs+")", micros(from), micros(to)); err != nil {
		return fmt.Errorf("take the charges of a week from their lines: %w", err)
	}
	if _, err := rp.tx.exec(ctx, "UPDATE statement_row SET state = 'new', rule = '', score = 0, settled_at = NULL WHERE "+theirs, micros(from), micros(to)); err != nil {
		return fmt.Errorf("give the charges of a week back: %w", err)
	}
	return nil
}

// DoneReopening notes that a week that was open is reported again to everybody who had it.
func (rp Reports) DoneReopening(ctx context.Context, now time.Time, reopening int64) error {
	if _, err := rp.tx.exec(ctx, "UPDATE reopening SET done_at = $1 WHERE id = $2 AND done_at IS NULL", micros(now), reopening); err != nil {
		return fmt.Errorf("note that a week is reported again: %w", err)
	}
	return nil
}
