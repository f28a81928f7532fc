package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/notify"
)

// post is a mail server inside the process: an inbox into which the player puts mails, and a sender that keeps what the job
// writes. It is safe for concurrent use.
type post struct {
	mu    sync.Mutex
	inbox []ingest.Fetched
	last  int
	sent  []notify.Outgoing
}

// put lays a mail into the inbox.
func (p *post) put(raw []byte, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	sum := sha256.Sum256(raw)
	p.inbox = append(p.inbox, ingest.Fetched{ID: fmt.Sprintf("1 %d", p.last), Received: at, Size: int64(len(raw)), Raw: raw,
		Digest: "sha256:" + hex.EncodeToString(sum[:])})
}

// taken gives what was sent since it was last asked.
func (p *post) taken() []notify.Outgoing {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := p.sent
	p.sent = nil
	return sent
}

// Dial and LoginSecret make it a batch.Mailbox.
func (p *post) Dial(context.Context) (batch.Inbox, error) { return &session{p}, nil }
func (p *post) LoginSecret(context.Context) string        { return "" }

// Send, BeginRun and FilesCopies make it a batch.Sender.
func (p *post) Send(_ context.Context, m notify.Outgoing) notify.Fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	return notify.Fate{State: notify.Accepted, Words: "250 kept", Attempted: true}
}
func (p *post) BeginRun()         {}
func (p *post) FilesCopies() bool { return true }

// session is one connection to the inbox.
type session struct{ post *post }

func (s *session) Collect(_ context.Context, w ingest.Wish) (found ingest.Collected, err error) {
	s.post.mu.Lock()
	there := slices.Clone(s.post.inbox)
	s.post.mu.Unlock()
	if found.Waiting = len(there); found.Waiting == 0 {
		return found, nil
	}
	pick := func(wanted []string) {
		there = slices.DeleteFunc(there, func(m ingest.Fetched) bool { return !slices.Contains(wanted, m.ID) })
	}
	wanted, err := w.Known(idsOf(there))
	if err != nil {
		return found, err
	}
	if pick(wanted); w.Dated != nil && len(there) > 0 {
		if wanted, err = w.Dated(there); err != nil {
			return found, err
		}
		pick(wanted)
	}
	if w.Ask != nil && len(there) > 0 {
		if wanted, err = w.Ask(idsOf(there)); err != nil {
			return found, err
		}
		pick(wanted)
	}
	if len(there) == 0 && w.Ask == nil {
		return found, nil
	}
	found.Fetched = len(there)
	return found, w.Deliver(there)
}

func idsOf(mails []ingest.Fetched) []string {
	ids := make([]string, len(mails))
	for i := range mails {
		ids[i] = mails[i].ID
	}
	return ids
}

func (s *session) Move(_ context.Context, moves []ingest.Move) (done ingest.Moved, err error) {
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	for _, m := range moves {
		s.post.inbox = slices.DeleteFunc(s.post.inbox, func(f ingest.Fetched) bool { return f.ID == m.ID })
		done.Gone = append(done.Gone, m.ID)
	}
	return done, nil
}

func (s *session) SaveCopy(context.Context, string, string, []byte, time.Time) error { return nil }
func (s *session) Watch(context.Context) error                                       { return ingest.ErrNoAnnouncements }
func (s *session) Await(context.Context, time.Duration) (bool, error) {
	return false, ingest.ErrNoAnnouncements
}
func (s *session) Close() error { return nil }
