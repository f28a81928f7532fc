package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"
)

// maxIdle is how long one IDLE may last: servers end a connection after half an hour without a command, and some
// routers forget it sooner.
const maxIdle = 20 * time.Minute

// ErrNoIdle is returned by Idle when the server does not offer it, or the configuration does not want it: poll.
var ErrNoIdle = errors.New("the server does not announce new mail (no IDLE)")

// CanIdle reports whether the server announces new mail by itself and the configuration wants to hear it.
func (s *Session) CanIdle() bool { return s.caps.Has(imap.CapIdle) && !s.config.NoIdle }

// Idle waits until the server announces new mail (true) or for at most wait (false). The inbox should have been
// collected just before: only what comes later is announced. Polling stays the safety net: after a false return,
// collect all the same.
func (s *Session) Idle(ctx context.Context, wait time.Duration) (news bool, err error) {
	if !s.CanIdle() {
		return false, ErrNoIdle
	}
	if s.client.Mailbox() == nil {
		if _, _, err := s.open(ctx, true); err != nil {
			return false, err
		}
	}
	var idle interface {
		Close() error
		Wait() error
	}
	if err := s.do(ctx, "wait for mail", func() (err error) { idle, err = s.client.Idle(); return err }); err != nil {
		return false, err
	}
	timer := time.NewTimer(min(wait, maxIdle))
	defer timer.Stop()
	select {
	case <-s.news:
		news = true
	case <-timer.C:
	case <-ctx.Done():
	case <-s.client.Closed():
	}
	// A context that ended is a wish to stop, not a reason to leave the server hanging: end IDLE all the same.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = s.do(end, "stop waiting for mail", func() error { return errors.Join(idle.Close(), idle.Wait()) })
	if ctx.Err() != nil {
		return news, ctx.Err()
	}
	return news, err
}
