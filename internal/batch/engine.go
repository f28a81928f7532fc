package batch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"handrail/internal/ledger"
)

// stage is one step of the job as the engine runs it: how many batches side by side, how much in one batch, and what does
// the work.
type stage struct {
	step    Step
	workers int
	most    int   // rows in one batch
	bytes   int64 // what they may weigh together; 0 anything
	// computes: the work is the processor's. While a row is tried alone that was in hand when a process died, nothing else
	// computes, so that a second death says whose fault it is.
	computes bool
	// do works on the rows in hand and says of each what became of it. Its own error is about all that have no fate yet.
	do func(ctx context.Context, h *Claim) error
}

// engine runs the stages. A wake-up says only that rows of a step may be due; which they are, the ledger knows.
type engine struct {
	mu      sync.Mutex
	changed *sync.Cond
	due     map[Step]bool
	busy    int // batches that are worked on
	stopped bool

	stages map[Step]stage
	turn   func(ctx context.Context, s stage) (taken int)
	floor  sync.RWMutex // of the stages that compute
	wait   sync.WaitGroup
}

func newEngine(stages []stage) *engine {
	e := &engine{due: map[Step]bool{}, stages: map[Step]stage{}}
	e.changed = sync.NewCond(&e.mu)
	for _, s := range stages {
		e.stages[s.step] = s
	}
	return e
}

// wake says that rows of steps may be due. It never blocks, and what it says is true only once it is committed.
func (e *engine) wake(steps ...Step) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range steps {
		e.due[s] = true
	}
	e.changed.Broadcast()
}

// start begins to work off what is due, until stop. ctx is that of the work: it outlives the wish to stop.
func (e *engine) start(ctx context.Context) {
	e.mu.Lock()
	e.stopped = false
	e.mu.Unlock()
	for _, s := range e.stages {
		for range s.workers {
			e.wait.Go(func() { e.work(ctx, s) })
		}
	}
}

// work is one worker: it sleeps until rows of its step may be due, and goes on as long as it finds some.
func (e *engine) work(ctx context.Context, s stage) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		for !e.due[s.step] && !e.stopped {
			e.changed.Wait()
		}
		if e.stopped {
			return
		}
		e.due[s.step] = false
		e.busy++
		e.mu.Unlock()
		taken := e.turn(ctx, s)
		e.mu.Lock()
		e.busy--
		if taken > 0 {
			e.due[s.step] = true // there may be more
		}
		e.changed.Broadcast()
	}
}

// another lets a further worker of a step look for rows while this one works on a full batch.
func (e *engine) another(s stage, taken int) {
	if taken > 0 && s.workers > 1 {
		e.wake(s.step)
	}
}

// rest waits until nothing is worked on and nothing is said to be due, or until ctx ends.
func (e *engine) rest(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.changed.Broadcast()
	})
	defer stop()
	e.mu.Lock()
	defer e.mu.Unlock()
	for ctx.Err() == nil && !e.quietLocked() {
		e.changed.Wait()
	}
	return ctx.Err()
}

func (e *engine) quietLocked() bool {
	if e.busy > 0 {
		return false
	}
	for _, due := range e.due {
		if due {
			return false
		}
	}
	return true
}

// stop lets the batches at hand come to their end. After patience their context is cut.
func (e *engine) stop(cut context.CancelFunc, patience time.Duration) {
	e.mu.Lock()
	e.stopped = true
	clear(e.due)
	e.changed.Broadcast()
	e.mu.Unlock()
	timer := time.AfterFunc(patience, cut)
	defer timer.Stop()
	e.wait.Wait()
}

// waker says that rows of steps are due, inside the transaction that made them due.
type waker interface {
	wake(ctx context.Context, tx committer, steps ...Step) error
}

// committer runs something once its transaction is committed.
type committer interface{ Then(do func()) }

// here wakes this process alone.
type here struct{ engine *engine }

func (h here) wake(_ context.Context, tx committer, steps ...Step) error {
	tx.Then(func() { h.engine.wake(steps...) })
	return nil
}

// lateError says that a row took longer than it may and was given up.
type lateError struct {
	limit time.Duration
	what  string
}

// Error says how long it was given.
func (e *lateError) Error() string {
	return fmt.Sprintf("%s took longer than %s and was given up", e.what, e.limit)
}

// Within runs do for at most limit and gives it up then: a goroutine cannot be ended from outside, so whatever do holds it
// goes on holding. What do makes comes back through its result alone.
func Within[T any](ctx context.Context, what string, limit time.Duration, do func(ctx context.Context) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	ended := make(chan result, 1)
	go func() {
		defer cancel()
		var r result
		r.err = ledger.Guarded(func() (err error) {
			r.value, err = do(ctx)
			return err
		})
		ended <- r
	}()
	given := time.NewTimer(limit + min(limit, grace))
	defer given.Stop()
	select {
	case r := <-ended:
		if r.err != nil && context.Cause(ctx) == context.DeadlineExceeded {
			r.err = &lateError{limit, what}
		}
		return r.value, r.err
	case <-given.C:
		var none T
		return none, &lateError{limit, what}
	}
}

// grace is how long a row may take to notice that its time is over.
const grace = 2 * time.Second
