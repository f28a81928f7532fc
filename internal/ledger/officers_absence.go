package ledger

import (
	"context"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Absence is the time in which an officer does not decide, both days included.
type Absence struct {
	Officer     string
	From, Until request.Date
	Message     int64 // the mail that announced it
}

// Absences reads the absence that each officer announced last, by address. It may be over.
func (of Officers) Absences(ctx context.Context) (map[string]Absence, error) {
	out := map[string]Absence{}
	err := of.tx.each(ctx, func(scan func(...any) error) error {
		var a Absence
		if err := scan(&a.Officer, day{&a.From}, day{&a.Until}, number{&a.Message}); err != nil {
			return err
		}
		out[a.Officer] = a
		return nil
	}, `SELECT officer, from_day, until_day, message FROM absence a
		WHERE id = (SELECT MAX(b.id) FROM absence b WHERE b.officer = a.officer)`)
	if err != nil {
		return nil, fmt.Errorf("read absences: %w", err)
	}
	return out, nil
}

// NoteAbsence records what an officer announced. It replaces what the officer announced before.
func (of Officers) NoteAbsence(ctx context.Context, now time.Time, a Absence) error {
	_, err := of.tx.exec(ctx, "INSERT INTO absence (officer, from_day, until_day, message, noted_at) VALUES ($1, $2, $3, $4, $5)",
		a.Officer, a.From.String(), a.Until.String(), optional(a.Message), micros(now))
	if err != nil {
		return fmt.Errorf("note an absence: %w", err)
	}
	return nil
}
