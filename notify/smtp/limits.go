package smtp

import (
	"errors"
	"slices"
	"time"

	"handrail/internal/mailserver"
	"handrail/notify"
)

// budget counts what was sent in the last minute and day.
type budget struct {
	perMinute, perDay int
	sent              []time.Time // ascending; no more than a limit needs
}

func newBudget(perMinute, perDay int, sent []time.Time) budget {
	b := budget{perMinute: perMinute, perDay: perDay}
	if b.limited() {
		b.sent = slices.Clone(sent)
		slices.SortFunc(b.sent, time.Time.Compare)
	}
	return b
}

func (b *budget) limited() bool { return b.perMinute > 0 || b.perDay > 0 }

// reserve takes a place at now, or answers how long to wait for one.
func (b *budget) reserve(now time.Time) time.Duration {
	if !b.limited() {
		return 0
	}
	day := now.Add(-24 * time.Hour)
	b.sent = slices.DeleteFunc(b.sent, func(t time.Time) bool { return !t.After(day) })
	wait := time.Duration(0)
	if b.perDay > 0 && len(b.sent) >= b.perDay {
		wait = b.sent[len(b.sent)-b.perDay].Add(24 * time.Hour).Sub(now)
	}
	if b.perMinute > 0 && len(b.sent) >= b.perMinute {
		wait = max(wait, b.sent[len(b.sent)-b.perMinute].Add(time.Minute).Sub(now))
	}
	if wait > 0 {
		return wait
	}
	b.sent = append(b.sent, now)
	return 0
}

// release gives a place back that was not needed.
func (b *budget) release(at time.Time) {
	for i := len(b.sent) - 1; i >= 0; i-- {
		if b.sent[i].Equal(at) {
			b.sent = slices.Delete(b.sent, i, i+1)
			return
		}
	}
}

func (s *Sender) reserve() (at time.Time, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at = s.o.Now()
	return at, s.budget.reserve(at)
}

func (s *Sender) release(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.budget.release(at)
}

// How long mails and the whole sender wait. A mail's own wait doubles with its attempts, the sender's with its pauses.
const (
	firstRetry = time.Minute
	lastRetry  = 4 * time.Hour
	firstPause = 15 * time.Second
	lastPause  = 15 * time.Minute
)

// backoff is first, doubled n times, at most last, and spread by a fifth to either side.
func (s *Sender) backoff(first, last time.Duration, n int) time.Duration {
	d := last
	if n < 30 && first<<n < last {
		d = first << n
	}
	return d - d/5 + time.Duration(s.o.Jitter()*float64(2*d/5))
}

// held answers for a mail that is not to be tried now.
func (s *Sender) held(m notify.Outgoing) (notify.Fate, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused != nil {
		return notify.Fate{State: notify.Deferred, Words: wordsOf(s.refused), RetryAfter: s.backoff(firstRetry, lastRetry, m.Attempt), Err: s.refused}, true
	}
	if wait := s.until.Sub(s.o.Now()); wait > 0 {
		return notify.Fate{State: notify.Deferred, Words: s.why, RetryAfter: wait}, true
	}
	return notify.Fate{}, false
}

// later says when to try again.
func (s *Sender) later(m notify.Outgoing, f notify.Fate) notify.Fate {
	if f.State == "" {
		f.State = notify.Deferred
	}
	f.RetryAfter = max(f.RetryAfter, s.backoff(firstRetry, lastRetry, m.Attempt))
	s.mu.Lock()
	defer s.mu.Unlock()
	f.RetryAfter = max(f.RetryAfter, s.until.Sub(s.o.Now()))
	return f
}

// unreached remembers why there is no connection, and answers for the mail that found out.
func (s *Sender) unreached(err *mailserver.Error) notify.Fate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err.Class == mailserver.CredentialsError {
		s.refused = err
	} else if !interrupted(err) {
		s.pauseLocked(err.Class, wordsOf(err))
	}
	return notify.Fate{State: notify.Deferred, Words: wordsOf(err), Attempted: true, Err: err}
}

func (s *Sender) pauseLocked(class mailserver.Class, why string) {
	s.until = s.o.Now().Add(s.backoff(firstPause, lastPause, s.pauses))
	s.why, s.class = why, class
	s.pauses++
}

// settled learns from a fate: a server that takes mail needs no pause, one that asks to slow down gets one.
func (s *Sender) settled(f outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var e *mailserver.Error
	switch {
	case errors.As(f.Err, &e) && e.Class == mailserver.CredentialsError:
		s.refused = e
	case f.slowDown:
		s.pauseLocked(mailserver.ProtocolError, f.Words)
	case f.State == notify.Accepted:
		s.pauses = 0
	}
}
