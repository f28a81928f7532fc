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

// Crash disturbs the process when HANDRAIL_CRASH names point; * names every point. name:3 is the third time only.
//
// It kills the process at once, without a deferred call, a flush or a roll-back. HANDRAIL_CRASH_SIGNAL asks for something
// else: STOP pauses the process until somebody wakes it up, PANIC panics there, HANG blocks for ever and hears no context.
// HANDRAIL_CRASH_TRACE=FILE appends the name of every point that was met, so that a test can list them.
func Crash(point string) { CrashFor(point, "") }

// CrashFor is crash at a point that every row meets: HANDRAIL_CRASH=name=3 strikes row 3 alone, whenever it comes by.
func CrashFor(point, row string) {
	if trace := os.Getenv("HANDRAIL_CRASH_TRACE"); trace != "" {
		if f, err := os.OpenFile(trace, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			_, _ = f.WriteString(point + "\n")
			_ = f.Close()
		}
	}
	armed, times, counted := strings.Cut(os.Getenv("HANDRAIL_CRASH"), ":")
	name, guilty, one := strings.Cut(armed, "=")
	if name != point && name != "*" || one && guilty != row {
		return
	}
	n, err := strconv.ParseInt(times, 10, 64)
	if err != nil {
		n = 1
	}
	if (counted || !one) && passed.Add(1) != n {
		return
	}
	strike(point)
}

func strike(point string) {
	switch os.Getenv("HANDRAIL_CRASH_SIGNAL") {
	case "PANIC":
		panic("a test asked for it at " + point)
	case "HANG":
		select {}
	case "STOP":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		time.Sleep(50 * time.Millisecond) // the signal is on its way; whoever sends SIGCONT lets this end
	default:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Minute) // the signal is on its way
	}
}

// Shortened is how long something takes: what a test says in a variable of the environment, else what is usual.
func Shortened(variable string, usual time.Duration) time.Duration {
	if d, err := time.ParseDuration(os.Getenv(variable)); err == nil {
		return d
	}
	return usual
}
