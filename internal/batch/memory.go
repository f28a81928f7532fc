package batch

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// memory is what the whole process may hold in hand, in bytes. Whatever takes a message, a workbook or a week in hand
// reserves its share once, before it opens a file, from what the file declares. A share is never raised while it is held,
// so that no two holders can wait for each other, and requests are admitted in the order in which they come, so that a
// large one is not passed by small ones for ever.
type memory struct {
	total int64
	held  atomic.Int64
	free  *semaphore.Weighted
}

func newMemory(total int64) (*memory, error) {
	if total <= 0 {
		return nil, fmt.Errorf("memory in hand: %d bytes, it must be positive", total)
	}
	return &memory{total: total, free: semaphore.NewWeighted(total)}, nil
}

// reserve waits for a share of n bytes. A share larger than the whole is admitted when nothing else is held, and has
// everything to itself. release gives the share back, once however often it is called; a holder that is given up does not
// call it, and its share stays taken. The error is the context's.
func (m *memory) reserve(ctx context.Context, n int64) (release func(), err error) {
	n = m.share(n)
	if err := m.free.Acquire(ctx, n); err != nil {
		return nil, fmt.Errorf("wait for %d bytes of memory: %w", n, err)
	}
	return m.taken(n), nil
}

// try takes a share of n bytes if it is there now and nobody waits for one.
func (m *memory) try(n int64) (release func(), ok bool) {
	n = m.share(n)
	if !m.free.TryAcquire(n) {
		return nil, false
	}
	return m.taken(n), true
}

// inHand is how many bytes are reserved.
func (m *memory) inHand() int64 { return m.held.Load() }

func (m *memory) share(n int64) int64 { return min(max(n, 1), m.total) }

func (m *memory) taken(n int64) (release func()) {
	m.held.Add(n)
	var given atomic.Bool
	return func() {
		if given.CompareAndSwap(false, true) {
			m.held.Add(-n)
			m.free.Release(n)
		}
	}
}
