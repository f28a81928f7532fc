package ledger

import (
	"context"
	"fmt"
	"time"
)

// TrialCount is how many mails of a person were trials.
type TrialCount struct {
	Sender string    `json:"sender"`
	Mails  int       `json:"mails"`
	Last   time.Time `json:"last"` // when the newest was received
}

// Trials counts the trials since an instant by person, most first. They leave no other trace here.
func (ms Messages) Trials(ctx context.Context, since time.Time) (list []TrialCount, err error) {
	err = ms.tx.each(ctx, func(scan func(...any) error) error {
		var c TrialCount
		err := scan(&c.Sender, &c.Mails, instant{&c.Last})
		list = append(list, c)
		return err
	}, "SELECT sender, COUNT(*) AS n, MAX(received_at) FROM message WHERE kind = 'trial' AND received_at >= $1 GROUP BY sender ORDER BY n DESC, sender", micros(since))
	if err != nil {
		return nil, fmt.Errorf("count the trials: %w", err)
	}
	return list, nil
}

// TrialsOf counts the trials of one person since an instant.
func (ms Messages) TrialsOf(ctx context.Context, sender string, since time.Time) (n int, err error) {
	_, err = ms.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM message WHERE kind = 'trial' AND sender = $1 AND received_at >= $2", sender, micros(since))
	if err != nil {
		return 0, fmt.Errorf("count the trials of one person: %w", err)
	}
	return n, nil
}
