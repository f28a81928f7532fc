package ledger

import (
	"context"
	"fmt"
	"time"
)

// Posts is what a webhook is given.
type Posts struct{ tx *Tx }

// Post is one JSON document for a webhook.
type Post struct {
	ID     int64
	Cause  string // what makes it the only one of its sort
	Body   string
	MadeAt time.Time
	Tries  int
}

// Add leaves a document for the webhook, once for each cause.
func (ps Posts) Add(ctx context.Context, now time.Time, cause, body string) error {
	if _, err := ps.tx.exec(ctx, "INSERT INTO post (cause, body, made_at, next_at) VALUES ($1, $2, $3, $3) ON CONFLICT (cause) DO NOTHING", cause, body, micros(now)); err != nil {
		return fmt.Errorf("leave a post for the webhook: %w", err)
	}
	return nil
}

// Due lists at most limit documents that are to be tried at now, oldest first.
func (ps Posts) Due(ctx context.Context, now time.Time, limit int) ([]Post, error) {
	var out []Post
	err := ps.tx.each(ctx, func(scan func(...any) error) error {
		var p Post
		if err := scan(&p.ID, &p.Cause, &p.Body, instant{&p.MadeAt}, &p.Tries); err != nil {
			return err
		}
		out = append(out, p)
		return nil
	}, "SELECT id, cause, body, made_at, tries FROM post WHERE next_at <= $1 ORDER BY id LIMIT $2", micros(now), limit)
	if err != nil {
		return nil, fmt.Errorf("look for posts that are due: %w", err)
	}
	return out, nil
}

// Take takes a document in hand for one try: if nothing is heard of it, it is tried again at until. won is false where another
// run took it first.
func (ps Posts) Take(ctx context.Context, id int64, tries int, until time.Time) (won bool, err error) {
	won, err = ps.tx.won(ctx, "UPDATE post SET tries = tries + 1, next_at = $1 WHERE id = $2 AND tries = $3 AND next_at IS NOT NULL", micros(until), id, tries)
	if err != nil {
		return false, fmt.Errorf("take a post in hand: %w", err)
	}
	return won, nil
}

// Taken notes that the receiver took a document.
func (ps Posts) Taken(ctx context.Context, now time.Time, id int64) error {
	if _, err := ps.tx.exec(ctx, "UPDATE post SET taken_at = $1, next_at = NULL, words = '' WHERE id = $2", micros(now), id); err != nil {
		return fmt.Errorf("note that a post was taken: %w", err)
	}
	return nil
}

// Failed notes why a document was not taken, and when it is tried again: never, where next is zero.
func (ps Posts) Failed(ctx context.Context, id int64, next time.Time, words string) error {
	at := any(nil)
	if !next.IsZero() {
		at = micros(next)
	}
	if _, err := ps.tx.exec(ctx, "UPDATE post SET next_at = $1, words = $2 WHERE id = $3", at, words, id); err != nil {
		return fmt.Errorf("note that a post failed: %w", err)
	}
	return nil
}
