//go:build crashpoints

package batch

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// passed counts how often the armed point was met, so that HANDRAIL_CRASH=name:3 dies at the third time.
var passed atomic.Int64

// crash kills the process at once, without a deferred call, a flush or a roll-back, when HANDRAIL_CRASH names point;
// * names every point.
// HANDRAIL_CRASH_SIGNAL=STOP pauses the process there instead, until somebody wakes it up.
// HANDRAIL_CRASH_TRACE=FILE appends the name of every point that was met, so that a test can list them.
func crash(point string) {
	if trace := os.Getenv("HANDRAIL_CRASH_TRACE"); trace != "" {
		if f, err := os.OpenFile(trace, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			_, _ = f.WriteString(point + "\n")
			_ = f.Close()
		}
	}
	armed, times, _ := strings.Cut(os.Getenv("HANDRAIL_CRASH"), ":")
	if armed != point && armed != "*" {
		return
	}
	n, err := strconv.ParseInt(times, 10, 64)
	if err != nil {
		n = 1
	}
	if passed.Add(1) != n {
		return
	}
	if os.Getenv("HANDRAIL_CRASH_SIGNAL") == "STOP" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		time.Sleep(50 * time.Millisecond) // the signal is on its way; whoever sends SIGCONT lets this end
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	time.Sleep(time.Minute) // the signal is on its way
}
