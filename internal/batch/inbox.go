package batch

import (
	"context"
	"errors"
	"sync"
	"time"

	"handrail/ingest"
)

// Inbox is one inbox of the job with its one kept connection. While the job runs on its schedule, announcements of new
// mail come over a second one: see listen.
type inbox struct {
	InboxOptions
	listens bool          // a connection may wait for announcements
	turns   chan struct{} // shared with the other inboxes of the account; nil when each has a connection of its own

	outages *outages
	// since is the instant from which on its mail is judged, by when the server received it.
	since time.Time

	mu      sync.Mutex
	session Inbox
}

// with runs do on the inbox's connection, opening it when there is none. A connection that gave trouble is dropped. One
// that had lain unused until the server or a router forgot it is opened again at once: whatever do does, it may do twice.
// A server that cannot be reached or logged in to is left alone for a while: then the error is an *OutageError.
func (b *inbox) with(ctx context.Context, do func(Inbox) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if closed := b.closed(ctx); closed != nil {
		return closed
	}
	done, err := b.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	kept := b.session != nil
	err = b.tryLocked(ctx, do)
	var trouble *ingest.ServerError
	if kept && errors.As(err, &trouble) && trouble.Class == ingest.NetworkError && ctx.Err() == nil {
		err = b.tryLocked(ctx, do)
	}
	if err == nil {
		b.outages.works(ctx, imapOutage(b.Config.Name))
		return nil
	}
	return b.outage(ctx, err)
}

// outage is err as an outage of the server where it is one; that a command was refused is not.
func (b *inbox) outage(ctx context.Context, err error) error {
	var trouble *ingest.ServerError
	if ctx.Err() != nil || !errors.As(err, &trouble) || trouble.Class == ingest.ProtocolError {
		return err
	}
	return b.outages.failed(ctx, imapOutage(b.Config.Name), b.secret(ctx), err)
}

// secret is what the inbox logs in with, read only where it is needed.
func (b *inbox) secret(ctx context.Context) func() string {
	return func() string { return b.Mailbox.LoginSecret(ctx) }
}

func (b *inbox) closed(ctx context.Context) error {
	if closed := b.outages.closed(imapOutage(b.Config.Name), b.secret(ctx)); closed != nil {
		return closed
	}
	return nil
}

func (b *inbox) tryLocked(ctx context.Context, do func(Inbox) error) error {
	if b.session == nil {
		session, err := b.Mailbox.Dial(ctx)
		if err != nil {
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

// dial opens one more connection, for somebody who keeps it.
func (b *inbox) dial(ctx context.Context) (Inbox, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if closed := b.closed(ctx); closed != nil {
		return nil, closed
	}
	session, err := b.Mailbox.Dial(ctx)
	if err != nil {
		return nil, b.outage(ctx, err)
	}
	return session, nil
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
