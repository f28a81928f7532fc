//go:build !crashpoints

package main

import "time"

// clock is the machine's. One that a test sets exists only under the build tag crashpoints.
func clock() func() time.Time { return time.Now }
