package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Hold is a legal hold: what it covers is not disposed of.
type Hold struct {
	Reference string    `json:"reference"` // of a submission, "HR-2026-000123"; EverythingHeld for the whole ledger
	Reason    string    `json:"reason"`
	PlacedBy  string    `json:"by"`
	PlacedAt  time.Time `json:"since"`
}

// EverythingHeld is the reference of a hold on the whole ledger.
const EverythingHeld = "*"

func holdReference(reference string) (string, error) {
	if reference == EverythingHeld {
		return reference, nil
	}
	r, ok := request.ParseReference(reference)
	if !ok {
		return "", fmt.Errorf("%q is not a reference such as HR-2026-000123, nor %s for everything", reference, EverythingHeld)
	}
	r.Line = 0
	return r.String(), nil
}

// PlaceHold puts a submission, or everything, under a legal hold, once. It is noted in the chain and needs Decide.
func (rs Records) PlaceHold(ctx context.Context, now time.Time, h Hold) (won bool, err error) {
	if !rs.tx.deciding {
		return false, errNotDeciding
	}
	reference, err := holdReference(h.Reference)
	if err != nil {
		return false, err
	}
	if h.Reason == "" || h.PlacedBy == "" {
		return false, errors.New("a legal hold needs a reason and who placed it")
	}
	won, err = rs.tx.won(ctx, `INSERT INTO legal_hold (reference, reason, placed_by, placed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		reference, h.Reason, h.PlacedBy, micros(now))
	if err != nil {
		return false, fmt.Errorf("place a legal hold: %w", err)
	}
	if won {
		_, err = rs.tx.Chain.Append(ctx, now, Entry{Kind: "hold.placed", Subject: reference})
	}
	return won, err
}

// LiftHold ends a legal hold. It is noted in the chain and needs Decide.
func (rs Records) LiftHold(ctx context.Context, now time.Time, reference string) (won bool, err error) {
	if !rs.tx.deciding {
		return false, errNotDeciding
	}
	if reference, err = holdReference(reference); err != nil {
		return false, err
	}
	won, err = rs.tx.won(ctx, "UPDATE legal_hold SET lifted_at = $1 WHERE reference = $2 AND lifted_at IS NULL", micros(now), reference)
	if err != nil {
		return false, fmt.Errorf("lift a legal hold: %w", err)
	}
	if won {
		_, err = rs.tx.Chain.Append(ctx, now, Entry{Kind: "hold.lifted", Subject: reference})
	}
	return won, err
}

// Holds lists the holds in force, oldest first.
func (rs Records) Holds(ctx context.Context) ([]Hold, error) {
	var out []Hold
	err := rs.tx.each(ctx, func(scan func(...any) error) error {
		var h Hold
		err := scan(&h.Reference, &h.Reason, &h.PlacedBy, instant{&h.PlacedAt})
		out = append(out, h)
		return err
	}, "SELECT reference, reason, placed_by, placed_at FROM legal_hold WHERE lifted_at IS NULL ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list legal holds: %w", err)
	}
	return out, nil
}
