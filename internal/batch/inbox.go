package batch

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"handrail/ingest"
	"handrail/notify"
	"handrail/rules"
)

// inbox is one inbox of the job with its one kept connection. While the job runs on its schedule, announcements of new
// mail come over a second one: see listen.
type inbox struct {
	InboxOptions
	policy      atomic.Pointer[rules.Policy] // in force
	policyWatch watched
	roster      atomic.Pointer[Roster]

	composer *notify.Composer // says the inbox's own address

	listens bool          // a connection may wait for announcements
	turns   chan struct{} // shared with the other inboxes of the account; nil when each has a connection of its own

	mu      sync.Mutex
	session *ingest.Session
	// refused is the login that the server turned down: it is not tried again in this run, so that no account is locked.
	refused error
}

// Policy is what judges now.
func (b *inbox) Policy() *rules.Policy { return b.policy.Load() }

// Roster is who decides now.
func (b *inbox) Roster() *Roster { return b.roster.Load() }

// writer writes the inbox's mails: answers to them come back to it. A mail that belongs to no inbox says the first one's
// address.
func (b *inbox) writer(j *Job) *notify.Composer {
	if b == nil {
		return j.o.Composer
	}
	return b.composer
}

// with runs do on the inbox's connection, opening it when there is none. A connection that gave trouble is dropped. One
// that had lain unused until the server or a router forgot it is opened again at once: whatever do does, it may do twice.
func (b *inbox) with(ctx context.Context, do func(*ingest.Session) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
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
	return err
}

func (b *inbox) tryLocked(ctx context.Context, do func(*ingest.Session) error) error {
	if b.session == nil {
		session, err := b.dialLocked(ctx)
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
func (b *inbox) dial(ctx context.Context) (*ingest.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dialLocked(ctx)
}

// dialLocked logs in, unless the server has refused that before in this run: then it answers what the server said.
func (b *inbox) dialLocked(ctx context.Context) (*ingest.Session, error) {
	if b.refused != nil {
		return nil, b.refused
	}
	session, err := ingest.Dial(ctx, b.Config, b.Session)
	var trouble *ingest.ServerError
	if errors.As(err, &trouble) && trouble.Class == ingest.CredentialsError {
		b.refused = err
	}
	return session, err
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
