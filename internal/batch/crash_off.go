//go:build !crashpoints

package batch

import "time"

// Crash does nothing: points where a test may kill the process exist only under the build tag crashpoints.
func Crash(string) {}

// CrashFor does nothing, as crash.
func CrashFor(string, string) {}

// Shortened is how long something takes that no test makes shorter.
func Shortened(_ string, usual time.Duration) time.Duration { return usual }
