package batch

import (
	"maps"
	"sync"
)

// tallies counts what a run did, for the operator.
type tallies struct {
	mu sync.Mutex
	n  map[Step]int
}

func newTallies() *tallies { return &tallies{n: map[Step]int{}} }

func (t *tallies) add(s Step, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n[s] += n
}

// take gives the counts since the last take.
func (t *tallies) take() map[Step]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := maps.Clone(t.n)
	clear(t.n)
	return out
}
