package batch

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quiet lets River's warnings through, each once a minute, and keeps its chatter out of the log. While known says that the
// ledger does not work, which is said once already, it says nothing.
func quiet(log *slog.Logger, known func() bool) *slog.Logger {
	return slog.New(seldom{log.Handler(), known, &said{at: map[string]time.Time{}}})
}

type seldom struct {
	slog.Handler
	known func() bool
	said  *said
}

// said is when each message was logged last.
type said struct {
	mu sync.Mutex
	at map[string]time.Time
}

const sayAgain = time.Minute

func (s *said) again(message string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.at[message]) < sayAgain {
		return false
	}
	s.at[message] = now
	return true
}

// Enabled lets warnings and errors through.
func (h seldom) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// Handle says what was not said a moment ago.
func (h seldom) Handle(ctx context.Context, r slog.Record) error {
	if h.known() || !h.said.again(r.Message, r.Time) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps what was said.
func (h seldom) WithAttrs(a []slog.Attr) slog.Handler {
	return seldom{h.Handler.WithAttrs(a), h.known, h.said}
}

// WithGroup keeps what was said.
func (h seldom) WithGroup(g string) slog.Handler {
	return seldom{h.Handler.WithGroup(g), h.known, h.said}
}
