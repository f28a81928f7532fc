//go:build crashpoints

package main

import (
	"fmt"
	"os"
	"time"
)

// clock starts at HANDRAIL_CLOCK (RFC 3339) and runs on from there, so that a test takes the real program through weeks.
func clock() func() time.Time {
	text := os.Getenv("HANDRAIL_CLOCK")
	if text == "" {
		return time.Now
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		fmt.Fprintln(os.Stderr, "handrail: HANDRAIL_CLOCK:", err)
		os.Exit(exitUsage)
	}
	started := time.Now()
	return func() time.Time { return at.Add(time.Since(started)) }
}
