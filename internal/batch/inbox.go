package batch

import (
	"context"
	"errors"
	"sync"

	"handrail/ingest"
)

// inbox is one inbox of the job with its one kept connection.
type inbox struct {
	InboxOptions

	mu      sync.Mutex
	session *ingest.Session
	// refused is the login that the server turned down: it is not tried again in this run, so that no account is locked.
	refused error
}

// with runs do on the inbox's connection, opening it when there is none. A connection that gave trouble is dropped,
// and the next call opens a new one.
func (b *inbox) with(ctx context.Context, do func(*ingest.Session) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refused != nil {
		return b.refused
	}
	if b.session == nil {
		session, err := ingest.Dial(ctx, b.Config, b.Session)
		if err != nil {
			var trouble *ingest.ServerError
			if errors.As(err, &trouble) && trouble.Class == ingest.CredentialsError {
				b.refused = err
			}
			return err
		}
		b.session = session
	}
	err := do(b.session)
	var trouble *ingest.ServerError
	if errors.As(err, &trouble) || ctx.Err() != nil {
		_ = b.session.Close()
		b.session = nil
	}
	return err
}

// forgive lets the next run try a refused login again.
func (b *inbox) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused = nil
}

func (b *inbox) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.session == nil {
		return nil
	}
	err := b.session.Close()
	b.session = nil
	return err
}
