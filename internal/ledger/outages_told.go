package ledger

import (
	"context"
	"fmt"
	"time"
)

// ToldOutage is an outage that the operator was told of.
type ToldOutage struct {
	ID      int64
	Name    string
	Class   string // as it was told
	Words   string
	BeganAt time.Time
	ToldAt  time.Time
	Mail    string    // the cause of the mail that says it; "" none does yet
	Posted  bool      // the webhook was given it
	EndedAt time.Time // zero while it lasts
	// Unneeded: it ended because nothing needs it any more; whether it works nobody tried.
	Unneeded bool
}

// Told lists the outages of which the operator was told, and not yet of their end, in the order in which they were told.
func (at Attempts) Told(ctx context.Context) ([]ToldOutage, error) {
	var out []ToldOutage
	err := at.tx.each(ctx, func(scan func(...any) error) error {
		var o ToldOutage
		var posted, unneeded int
		if err := scan(&o.ID, &o.Name, &o.Class, &o.Words, instant{&o.BeganAt}, instant{&o.ToldAt}, &o.Mail, &posted, instant{&o.EndedAt}, &unneeded); err != nil {
			return err
		}
		o.Posted, o.Unneeded = posted == 1, unneeded == 1
		out = append(out, o)
		return nil
	}, "SELECT id, name, class, words, began_at, told_at, mail, posted, ended_at, unneeded FROM outage_told WHERE end_told_at IS NULL ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list what the operator was told of: %w", err)
	}
	return out, nil
}

// Tell notes that the operator is told of an outage; id is 0 where another run did so first.
func (at Attempts) Tell(ctx context.Context, now time.Time, o Outage) (id int64, err error) {
	_, err = at.tx.one(ctx, []any{&id}, `INSERT INTO outage_told (name, class, words, began_at, told_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name) WHERE ended_at IS NULL DO NOTHING RETURNING id`, o.Name, o.Class, o.Words, micros(o.FailedAt), micros(now))
	if err != nil {
		return 0, fmt.Errorf("note that the operator is told of %s: %w", o.Name, err)
	}
	return id, nil
}

// TellAgain notes that an outage became another one while it lasts, of which no mail and no post tells yet; won is false where
// another run did so first.
func (at Attempts) TellAgain(ctx context.Context, id int64, was string, o Outage) (won bool, err error) {
	won, err = at.tx.won(ctx, "UPDATE outage_told SET class = $1, words = $2, mail = '', posted = 0 WHERE id = $3 AND class = $4", o.Class, o.Words, id, was)
	if err != nil {
		return false, fmt.Errorf("note that the operator is told of %s again: %w", o.Name, err)
	}
	return won, nil
}

// ToldByMail notes which mail tells of an outage, where none did; won is false where one does already.
func (at Attempts) ToldByMail(ctx context.Context, id int64, cause string) (won bool, err error) {
	won, err = at.tx.won(ctx, "UPDATE outage_told SET mail = $1 WHERE id = $2 AND mail = ''", cause, id)
	if err != nil {
		return false, fmt.Errorf("note which mail tells of an outage: %w", err)
	}
	return won, nil
}

// ToldByPost notes that the webhook is given an outage; won is false where it was already.
func (at Attempts) ToldByPost(ctx context.Context, id int64) (won bool, err error) {
	won, err = at.tx.won(ctx, "UPDATE outage_told SET posted = 1 WHERE id = $1 AND posted = 0", id)
	if err != nil {
		return false, fmt.Errorf("note that a webhook tells of an outage: %w", err)
	}
	return won, nil
}

// ToldEnd notes that the operator is told that an outage ended; won is false where another run did so first.
func (at Attempts) ToldEnd(ctx context.Context, now time.Time, id int64) (won bool, err error) {
	won, err = at.tx.won(ctx, "UPDATE outage_told SET end_told_at = $1 WHERE id = $2 AND end_told_at IS NULL", micros(now), id)
	if err != nil {
		return false, fmt.Errorf("note that the operator is told of an outage's end: %w", err)
	}
	return won, nil
}

// TimesTold counts how often the operator was told since an instant that something does not work.
func (at Attempts) TimesTold(ctx context.Context, name string, since time.Time) (n int, err error) {
	_, err = at.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM outage_told WHERE name = $1 AND told_at > $2", name, micros(since))
	if err != nil {
		return 0, fmt.Errorf("count how often the operator was told of %s: %w", name, err)
	}
	return n, nil
}

// AlertTaken reports whether a mail server took the operator's mail with a cause.
func (ob Outbox) AlertTaken(ctx context.Context, kind, cause string) (taken bool, err error) {
	var id int64
	taken, err = ob.tx.one(ctx, []any{&id}, "SELECT id FROM outgoing WHERE kind = $1 AND cause = $2 AND state = 'accepted' LIMIT 1", kind, cause)
	if err != nil {
		return false, fmt.Errorf("look for the mail %s: %w", cause, err)
	}
	return taken, nil
}

// Waiting counts the rows of each step that wait for something around the job to work.
func (at Attempts) Waiting(ctx context.Context, name string) (map[Step]int, error) {
	out := map[Step]int{}
	err := at.tx.each(ctx, func(scan func(...any) error) error {
		var step Step
		var n int
		if err := scan(&step, &n); err != nil {
			return err
		}
		out[step] = n
		return nil
	}, "SELECT step, COUNT(*) FROM attempt WHERE waits_for = $1 AND aside_at IS NULL GROUP BY step", name)
	if err != nil {
		return nil, fmt.Errorf("count what waits for %s: %w", name, err)
	}
	return out, nil
}

// Unsent counts the mails that no server has taken or refused yet.
func (ob Outbox) Unsent(ctx context.Context) (n int, err error) {
	_, err = ob.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM outgoing WHERE state IN ('ready', 'sending', 'deferred', 'unknown')")
	if err != nil {
		return 0, fmt.Errorf("count the mails that wait: %w", err)
	}
	return n, nil
}

// TryNow lets something around the job be tried again at once, and what waits for it.
func (at Attempts) TryNow(ctx context.Context, now time.Time, name string) error {
	if _, err := at.tx.exec(ctx, "UPDATE surroundings SET retry_at = $1 WHERE name = $2 AND retry_at > $1", micros(now), name); err != nil {
		return fmt.Errorf("try %s again: %w", name, err)
	}
	return at.wakeWaiting(ctx, now, name)
}
