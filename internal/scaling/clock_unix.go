//go:build unix

package scaling

import (
	"syscall"
	"time"
)

// clock is the processor time that this process has used: a busy machine slows the wall clock, and this hardly.
func clock() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no other reason than a wrong constant
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
