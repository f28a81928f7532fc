//go:build !crashpoints

package batch

import "time"

// crash does nothing: points where a test may kill the process exist only under the build tag crashpoints.
func crash(string) {}

// crashFor does nothing, as crash.
func crashFor(string, string) {}

// shortened is how long something takes that no test makes shorter.
func shortened(_ string, usual time.Duration) time.Duration { return usual }
