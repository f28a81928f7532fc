package record

import (
	"context"
	"sync"
)

// onceUnlessEnded is a function that works its answer out once and gives it again. What a context ended is no answer: the
// next caller works it out.
func onceUnlessEnded[T any](work func(context.Context) (T, error)) func(context.Context) (T, error) {
	var mu sync.Mutex
	var done bool
	var answer T
	var trouble error
	return func(ctx context.Context) (T, error) {
		mu.Lock()
		defer mu.Unlock()
		if !done {
			answer, trouble = work(ctx)
			done = ctx.Err() == nil || trouble == nil
		}
		return answer, trouble
	}
}
