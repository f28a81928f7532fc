package ledger

import (
	"context"
	"fmt"
	"time"
)

// Outage is something around the job that does not work: a server, a login, a folder.
type Outage struct {
	Name     string
	Failures int
	FailedAt time.Time // the first failure
	LastAt   time.Time
	RetryAt  time.Time
	Class    string
	Secret   string // a mark of the secret that was refused, "" where none was
	Words    string
}

// Outages lists what does not work, by name.
func (at Attempts) Outages(ctx context.Context) ([]Outage, error) {
	var out []Outage
	err := at.tx.each(ctx, func(scan func(...any) error) error {
		var o Outage
		if err := scan(&o.Name, &o.Failures, instant{&o.FailedAt}, instant{&o.LastAt}, instant{&o.RetryAt}, &o.Class, &o.Secret, &o.Words); err != nil {
			return err
		}
		out = append(out, o)
		return nil
	}, "SELECT name, failures, failed_at, last_at, retry_at, class, secret, words FROM surroundings ORDER BY name")
	if err != nil {
		return nil, fmt.Errorf("list what does not work: %w", err)
	}
	return out, nil
}

// NoteOutage keeps what is known of an outage.
func (at Attempts) NoteOutage(ctx context.Context, o Outage) error {
	_, err := at.tx.exec(ctx, `INSERT INTO surroundings (name, failures, failed_at, last_at, retry_at, class, secret, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, retry_at = excluded.retry_at,
			class = excluded.class, secret = excluded.secret, words = excluded.words`,
		o.Name, o.Failures, micros(o.FailedAt), micros(o.LastAt), micros(o.RetryAt), o.Class, o.Secret, o.Words)
	if err != nil {
		return fmt.Errorf("note that %s does not work: %w", o.Name, err)
	}
	return nil
}

// EndOutage notes that something works again: what waited for it is due, and who was told of the outage is told of its end.
func (at Attempts) EndOutage(ctx context.Context, now time.Time, name string) error {
	if _, err := at.tx.exec(ctx, "DELETE FROM surroundings WHERE name = $1", name); err != nil {
		return fmt.Errorf("note that %s works: %w", name, err)
	}
	if _, err := at.tx.exec(ctx, "UPDATE outage_told SET ended_at = $1 WHERE name = $2 AND ended_at IS NULL", micros(now), name); err != nil {
		return fmt.Errorf("note that %s works: %w", name, err)
	}
	return at.wakeWaiting(ctx, now, name)
}

// ForgetOutage is EndOutage for what nothing needs any more: nobody knows whether it works.
func (at Attempts) ForgetOutage(ctx context.Context, now time.Time, name string) error {
	if _, err := at.tx.exec(ctx, "UPDATE outage_told SET unneeded = 1 WHERE name = $1 AND ended_at IS NULL", name); err != nil {
		return fmt.Errorf("forget that %s does not work: %w", name, err)
	}
	return at.EndOutage(ctx, now, name)
}

// wakeWaiting makes due what waits for something around the job.
func (at Attempts) wakeWaiting(ctx context.Context, now time.Time, name string) error {
	if _, err := at.tx.exec(ctx, "UPDATE attempt SET retry_at = $1 WHERE waits_for = $2 AND retry_at > $1", micros(now), name); err != nil {
		return fmt.Errorf("wake what waited for %s: %w", name, err)
	}
	return nil
}
