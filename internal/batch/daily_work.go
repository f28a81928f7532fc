package batch

import (
	"fmt"
	"time"
)

// PostponedError says that a message waits for another day: one sender's work is bounded, so that everybody else's goes on.
type PostponedError struct {
	Sender string
	Until  time.Time
	Lines  int // of the sender that were judged today
}

// Error names nobody: it stands in logs.
func (e *PostponedError) Error() string {
	return fmt.Sprintf("its sender had %d lines judged today, as many as lines_per_day allows; it waits until %s", e.Lines, e.Until.UTC().Format(time.RFC3339))
}

// WaitError says that a row waits for something that is nobody's outage, such as another domain's DNS.
type WaitError struct {
	Name  string // of what it waits for
	Until time.Time
	Err   error
}

// Error says for what and why.
func (e *WaitError) Error() string { return fmt.Sprintf("it waits for %s: %v", e.Name, e.Err) }

// Unwrap is why.
func (e *WaitError) Unwrap() error { return e.Err }

// dailyLines is what messages wait for that are postponed.
const dailyLines = "the sender's lines of the day"
