package batch

import (
	"maps"
	"sync"
)

// counts counts what a run did, for the operator.
type counts struct {
	mu sync.Mutex
	n  map[Step]int
}

func newCounts() *counts { return &counts{n: map[Step]int{}} }

func (t *counts) add(s Step, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n[s] += n
}

// take gives the counts since the last take.
func (t *counts) take() map[Step]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := maps.Clone(t.n)
	clear(t.n)
	return out
}
