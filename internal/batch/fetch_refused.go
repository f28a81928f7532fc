package batch

import (
	"context"
	"slices"
	"time"
)

// poll is what a look into an inbox has learned. A message that the server refuses to give is at fault itself only where
// the server gave others.
type poll struct {
	came    int      // messages that were taken
	refused []string // by the last fetch, when it is nobody's fault yet
	failed  bool     // the last fetch showed a message to be at fault itself

	left map[string]time.Time // messages that are left in the inbox, and when the server received them
}

// end says what the end of a fetch means for the batch that was asked for: what was refused, and is nobody's fault yet, is
// given back as if it had not been asked for.
func (l *poll) end(box *inbox, h *Claim, err error) {
	switch {
	case !isRefusal(err):
	case len(h.rows) == 1 && l.came > 0:
		l.failed = true
	default:
		l.refused = h.giveBack(box)
	}
}

// fetchTogether fetches what may be fetched together, and says what must be fetched alone. Where the server refuses a batch,
// each of its messages is asked for by itself, so that one that it cannot give holds up no other.
func (j collector) fetchTogether(ctx context.Context, box *inbox, l *poll) (suspects []string, err error) {
	for {
		err := j.fetchNew(ctx, box, l, func(fresh []string) (_ []string, err error) {
			together, alone, err := j.mayFetch(ctx, box, fresh)
			suspects = alone
			return together, err
		})
		switch {
		case isRefusal(err) && len(l.refused) > 1:
			if err := j.fetchEach(ctx, box, l, l.refused); err != nil {
				return suspects, err
			}
		case !l.failed:
			return suspects, err
		}
	}
}

// fetchEach fetches messages one by one. It errs with a refusal when the first two are refused: then it is the server's.
func (j collector) fetchEach(ctx context.Context, box *inbox, l *poll, ids []string) error {
	var undecided []string
	for _, id := range ids {
		err := j.fetchOnly(ctx, box, l, id)
		if err == nil || l.failed {
			continue
		}
		if undecided = append(undecided, id); !isRefusal(err) || len(undecided) > 1 {
			return err
		}
	}
	for _, id := range undecided {
		if err := j.fetchOnly(ctx, box, l, id); err != nil && !l.failed {
			return err
		}
	}
	return nil
}

// fetchOnly fetches one message where it is still new.
func (j collector) fetchOnly(ctx context.Context, box *inbox, l *poll, id string) error {
	return j.fetchNew(ctx, box, l, func(fresh []string) ([]string, error) {
		return slices.DeleteFunc(slices.Clone(fresh), func(other string) bool { return other != id }), nil
	})
}
