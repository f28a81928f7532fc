//go:build !unix

package scaling

import "time"

var began = time.Now()

// clock is the wall clock, where processor time is not to be had.
func clock() time.Duration { return time.Since(began) }
