package imap

import (
	"context"
	"errors"
	"time"

	"handrail/ingest"

	"github.com/emersion/go-imap/v2"
)

// maxIdle is how long one IDLE may last: servers end a connection after half an hour without a command, and some
// routers forget it sooner.
const maxIdle = 20 * time.Minute

// CanIdle reports whether the server announces new mail by itself and the configuration wants it.
func (s *Session) CanIdle() bool { return s.caps.Has(imap.CapIdle) && !s.config.NoIdle }

// Watch opens the inbox for reading, so that what comes from now on is announced to this connection.
func (s *Session) Watch(ctx context.Context) error {
	if !s.CanIdle() {
		return ingest.ErrNoAnnouncements
	}
	if box := s.client.Mailbox(); box != nil && box.Name == s.folderName(s.config.Folder) {
		return nil
	}
	_, _, err := s.open(ctx, true)
	return err
}

// Await waits until the server announces new mail (true) or for at most wait (false). The inbox should have been
// watched and then collected just before: only what came after Watch is announced. Polling stays the safety net: after
// a false return, collect all the same.
func (s *Session) Await(ctx context.Context, wait time.Duration) (news bool, err error) {
	if err := s.Watch(ctx); err != nil {
		return false, err
	}
	select {
	case <-s.news: // announced while something else was asked
		return true, nil
	default:
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
	// A context that ended is a wish to stop, not a reason to leave the server hanging: end IDLE all the same, briefly.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	err = s.do(end, "stop waiting for mail", func() error { return errors.Join(idle.Close(), idle.Wait()) })
	if ctx.Err() != nil {
		return news, ctx.Err()
	}
	return news, err
}
