//go:build linux

package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// memoryLimit is what the program may take whatever lies in the inbox, as HANDRAIL_TEST_MEMORY says in MB.
func memoryLimit(t testing.TB) int64 {
	s := os.Getenv("HANDRAIL_TEST_MEMORY")
	if s == "" {
		t.Skip("HANDRAIL_TEST_MEMORY=400 runs the worst mails within 400 MB, which takes minutes")
	}
	mb, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return int64(mb) << 20
}

// Whatever lies in the inbox within the limits: the job takes no more memory than its unit may have, ends by itself, and
// answers every genuine request.
func TestWorstMailsWithinMemory(t *testing.T) {
	limit := memoryLimit(t)
	program := builtProgram(t)
	for _, name := range slices.Sorted(maps.Keys(worstMails)) {
		t.Run(name, func(t *testing.T) {
			c := openCrowd(t, 20)
			worstMails[name](c)
			end := openCage(t, limit).run(t, c.dir, program, "run", "--once", "--config", filepath.Join(c.dir, "handrail.toml"))
			t.Logf("%.0f MB resident at the peak, of %d MB; %.1f s; exit %d", float64(end.peak)/1e6, limit>>20, end.took.Seconds(), end.code)
			if end.killed {
				t.Fatalf("it was killed: more than %d MB", limit>>20)
			}
			if end.code != exitDone && end.code != exitAct {
				t.Errorf("exit %d\n%s", end.code, lastWords(end.said))
			}
			if end.peak > limit {
				t.Errorf("%d MB at the peak, the limit is %d MB", end.peak>>20, limit>>20)
			}
			for _, late := range c.unanswered() {
				t.Error(late)
			}
		})
	}
}

// lastWords are the end of what a program said, which can be long.
func lastWords(s string) string { return s[max(0, len(s)-2000):] }

// BenchmarkWaiting is ten thousand small requests that wait when the job begins.
func BenchmarkWaiting(b *testing.B) {
	const mustWaiting = 150 << 20
	waiting := 10_000
	if testing.Short() {
		waiting = 400 // of one need at different suppliers, which are counted anew for each: a whole inbox takes minutes
	}
	program := builtProgram(b)
	for b.Loop() {
		c := openCrowd(b, 100)
		for n := range waiting {
			c.arrives(n, 1, attached{"form.xlsx", c.smallForm(n)})
		}
		end := openCage(b, 4<<30).run(b, c.dir, program, "run", "--once", "--config", filepath.Join(c.dir, "handrail.toml"))
		if late := c.unanswered(); end.code > exitAct || end.killed || len(late) > 0 {
			b.Fatalf("exit %d, %v\n%s", end.code, late, lastWords(end.said))
		}
		b.ReportMetric(float64(end.peak)/1e6, "peak-MB")
		b.ReportMetric(float64(end.peak)/mustWaiting, "x-must")
		b.ReportMetric(float64(waiting)/end.took.Seconds(), "msg/s")
	}
}
