package batch

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// Memory is what the whole process may hold in hand, in bytes. Whatever takes a message, a workbook or a week in hand
// reserves its share once, before it opens a file, from what the file declares. A share is never raised while it is held,
// so that no two holders can wait for each other, and requests are admitted in the order in which they come, so that a
// large one is not passed by small ones for ever.
type Memory struct {
	total int64
	held  atomic.Int64
	free  *semaphore.Weighted
}

func newMemory(total int64) (*Memory, error) {
	if total <= 0 {
		return nil, fmt.Errorf("memory in hand: %d bytes, it must be positive", total)
	}
	return &Memory{total: total, free: semaphore.NewWeighted(total)}, nil
}

// Reserve waits for a share of n bytes. A share larger than the whole is admitted when nothing else is held, and has
// everything to itself. The error is the context's.
func (m *Memory) Reserve(ctx context.Context, n int64) (*Reservation, error) {
	n = m.share(n)
	if err := m.free.Acquire(ctx, n); err != nil {
		return nil, fmt.Errorf("wait for %d bytes of memory: %w", n, err)
	}
	return m.taken(n), nil
}

// try takes a share of n bytes if it is there now and nobody waits for one; nil when it is not.
func (m *Memory) try(n int64) *Reservation {
	n = m.share(n)
	if !m.free.TryAcquire(n) {
		return nil
	}
	return m.taken(n)
}

// inHand is how many bytes are reserved.
func (m *Memory) inHand() int64 { return m.held.Load() }

func (m *Memory) share(n int64) int64 { return min(max(n, 1), m.total) }

func (m *Memory) taken(n int64) *Reservation {
	m.held.Add(n)
	return &Reservation{of: m, bytes: n}
}

func (m *Memory) giveBack(n int64) {
	m.held.Add(-n)
	m.free.Release(n)
}

// Reservation is a part of the memory that somebody holds.
type Reservation struct {
	of       *Memory
	mu       sync.Mutex
	bytes    int64
	lent     int
	released bool
}

// Lower gives back what is over n bytes: less was needed than was declared. A share is never raised.
func (s *Reservation) Lower(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n = max(n, 1); n < s.bytes {
		s.of.giveBack(s.bytes - n)
		s.bytes = n
	}
}

// Lend keeps the share taken until back is called, whoever releases it before: what was given up at its deadline goes on
// holding what it opened until it comes to its end.
func (s *Reservation) Lend() (back func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lent++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.lent--
		s.giveBackLocked()
	})
}

// Release gives the share back, once however often it is called. Of nil it does nothing.
func (s *Reservation) Release() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.released = true
	s.giveBackLocked()
}

func (s *Reservation) giveBackLocked() {
	if s.released && s.lent == 0 && s.bytes > 0 {
		s.of.giveBack(s.bytes)
		s.bytes = 0
	}
}
