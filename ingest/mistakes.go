package ingest

import (
	"fmt"
	"strings"
)

// Mistake is one thing wrong in a configuration, at the path of its key, such as "folders.processed".
type Mistake struct{ Key, Text string }

// Mistakes collects all that is wrong, so that it is reported at once.
type Mistakes []Mistake

// Add notes a mistake.
func (m *Mistakes) Add(key, format string, args ...any) {
	*m = append(*m, Mistake{key, fmt.Sprintf(format, args...)})
}

// addText notes a mistake that is worded already; "" is none.
func (m *Mistakes) addText(key, text string) {
	if text != "" {
		*m = append(*m, Mistake{key, text})
	}
}

// Err is nil when there is no mistake.
func (m Mistakes) Err() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Error lists every mistake, a line each.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, x := range m {
		lines[i] = x.Key + ": " + x.Text
	}
	return strings.Join(lines, "\n")
}
