package batch

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// How long to wait before a lost connection for announcements is opened again: doubling, spread by a fifth.
const (
	firstReconnect = 2 * time.Second
	lastReconnect  = 10 * time.Minute
	manyLosses     = 20 // losses in a row after which the wait grows no more
)

// listen collects an inbox whenever its server announces mail, beside the schedule, on a connection of its own. It
// returns when ctx ends, or when the inbox cannot or shall not be listened to: then the schedule alone looks.
func (j *Job) listen(ctx context.Context, name string) {
	box := j.inboxes[name]
	if !box.listens {
		return
	}
	for lost := 0; ; {
		heard, err := j.hearNews(ctx, box)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, ingest.ErrNoAnnouncements):
			j.o.Log.Info("the server does not announce new mail: it is looked for on schedule", "inbox", name)
			return
		}
		var trouble *ledger.Error
		if errors.As(err, &trouble) {
			j.ledgerFailed(ctx, collecting(name), err)
		} else {
			j.NoteTrouble(err)
		}
		if heard {
			lost = 0
		}
		wait := j.reconnectIn(lost)
		lost++
		var outage *OutageError
		if errors.As(err, &outage) {
			wait = max(wait, outage.Until.Sub(j.Now()))
		}
		j.o.Log.Warn("announcements of new mail have ended; the schedule goes on", "inbox", name, "again_in", wait.Round(time.Millisecond), "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// reconnectIn is how long to wait after so many connections in a row were lost.
func (j *Job) reconnectIn(lost int) time.Duration {
	first := j.o.Reconnect
	if first == 0 {
		first = firstReconnect
	}
	d := lastReconnect
	if lost < manyLosses && first<<lost < d {
		d = first << lost
	}
	return d - d/5 + rand.N(2*d/5+1)
}

// hearNews waits for announcements on one connection until it is lost; heard says that it ever worked. Every look comes
// before the next wait, so that nothing falls between two.
func (j *Job) hearNews(ctx context.Context, box *inbox) (heard bool, err error) {
	session, err := box.dial(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = session.Close() }()
	for {
		// Opened first, collected next: what comes in between is announced on this connection.
		if err := session.Watch(ctx); err != nil {
			return heard, err
		}
		if err := j.look(ctx, box); err != nil {
			return heard, err
		}
		heard = true
		if _, err := session.Await(ctx, time.Duration(box.Config.Poll)); err != nil {
			return heard, err
		}
	}
}

// look collects within the time that one look has.
func (j *Job) look(ctx context.Context, box *inbox) error {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	return j.collect(ctx, box.Config.Name)
}

// lookTimeout is how long one look into an inbox may take.
const lookTimeout = 10 * time.Minute
