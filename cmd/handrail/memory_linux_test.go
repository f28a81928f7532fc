package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/programtest"
)

// cage is where a program runs that may not take more than so much memory: a memory cgroup of its own, which the kernel
// ends when it takes more. Where this machine lets nobody make one, the program runs free and its peak alone is looked at.
type cage struct {
	group string // the cgroup's folder; "" where there is none
	limit int64
}

// openCage makes a memory cgroup, of version 1 or 2, whichever is there and may be written.
func openCage(t testing.TB, limit int64) *cage {
	t.Helper()
	for _, v := range []struct {
		root  string
		files map[string]string
	}{
		{"/sys/fs/cgroup/memory", map[string]string{"memory.limit_in_bytes": strconv.FormatInt(limit, 10)}},
		{"/sys/fs/cgroup", map[string]string{"memory.max": strconv.FormatInt(limit, 10), "memory.swap.max": "0"}},
	} {
		group := filepath.Join(v.root, fmt.Sprintf("handrail-test-%d-%d", os.Getpid(), time.Now().UnixNano()))
		if err := os.Mkdir(group, 0o755); err != nil {
			continue
		}
		t.Cleanup(func() { _ = os.Remove(group) })
		wrote := true
		for name, value := range v.files {
			wrote = wrote && os.WriteFile(filepath.Join(group, name), []byte(value), 0o600) == nil
		}
		if wrote {
			return &cage{group, limit}
		}
	}
	t.Log("no memory cgroup can be made here: the peak of resident memory is looked at, and nothing ends the program above it")
	return &cage{limit: limit}
}

// command is a program that moves itself into the cgroup before it begins. What the environment says about the collector is
// left out: what the program takes by itself is looked at.
func (c *cage) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	const enter = `echo $$ > "$0/cgroup.procs" && exec "$@"`
	if c.group != "" {
		program, args = "/bin/sh", append([]string{"-c", enter, c.group, program}, args...)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOGC=") || strings.HasPrefix(v, "GOMEMLIMIT=") })
	return cmd
}

// ended is how a program in a cage came to its end.
type ended struct {
	code   int // -1: by a signal
	killed bool
	peak   int64 // resident memory at its largest, in bytes
	took   time.Duration
	said   string
}

// run runs the program to its end and watches its resident memory. VmHWM is asked again and again, because it is gone with
// the process, and what wait4 reports counts what the process was before it became this program.
func (c *cage) run(t testing.TB, dir, program string, args ...string) ended {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute) // stops a hang, and measures nothing
	defer cancel()
	var said bytes.Buffer
	cmd := c.command(ctx, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var e ended
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.peak = max(e.peak, highWater(cmd.Process.Pid, program))
			continue
		case err := <-done:
			e.took, e.said, e.code = time.Since(begun), said.String(), cmd.ProcessState.ExitCode()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatalf("%v\n%s", err, e.said)
			}
			e.killed = e.code == -1 && ctx.Err() == nil
			return e
		}
	}
}

var residentPeak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// highWater is the most resident memory that a process had so far; 0 before it became the program.
func highWater(pid int, program string) int64 {
	if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err != nil || exe != program {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	m := residentPeak.FindSubmatch(status)
	if err != nil || m == nil {
		return 0
	}
	kb, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return kb << 10
}

// builtProgram is the program as it is installed.
func builtProgram(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "handrail")
	var flags []string
	if tags := os.Getenv("HANDRAIL_TEST_TAGS"); tags != "" {
		flags = []string{"-tags", tags}
	}
	if err := programtest.Copy(programtest.Source, program, flags...); err != nil {
		t.Fatal(err)
	}
	return program
}

func TestACageEndsWhatTakesMore(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	program := builtProgram(t)
	roomy := openCage(t, 512<<20).run(t, t.TempDir(), program, "version")
	if roomy.code != exitDone || !strings.Contains(roomy.said, "handrail") {
		t.Errorf("%+v", roomy)
	}
	c := openCage(t, 32<<20)
	if c.group == "" {
		t.Skip("no memory cgroup can be made here")
	}
	if tight := c.run(t, t.TempDir(), program, "demo", "--out", "demo"); !tight.killed && tight.code == exitDone {
		t.Errorf("the demo ran to its end in %d bytes", c.limit)
	}
}
