package batch_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
)

// BenchmarkReconcileCommand runs handrail reconcile on 100,000 lines and as many charges, and reports the time and the largest
// resident memory of the whole process against their musts: 20 s and 300 MB.
func BenchmarkReconcileCommand(b *testing.B) {
	n := 100_000
	if testing.Short() {
		n = 2_000
	}
	p := install(b, ledger.Config{})
	recorded, err := ledgertest.Open(b, p.config)
	if err != nil {
		b.Fatal(err)
	}
	fillQuarter(b, recorded, p.policy, n)
	if err := recorded.Close(); err != nil {
		b.Fatal(err)
	}
	runs, peak := 0, int64(0)
	b.ResetTimer()
	for b.Loop() {
		c := p.command(b.Context(), "", "reconcile", "--period", "2026-07-01..2026-09-30", "--out", filepath.Join(p.dir, "quarter.xlsx"))
		peak = max(peak, resident(b, c))
		runs++
	}
	each := b.Elapsed().Seconds() / float64(runs)
	b.ReportMetric(each, "s/report")
	b.ReportMetric(each/20, "x-must-time")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
	b.ReportMetric(float64(peak)/300e6, "x-must-memory")
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// resident runs a command and is the largest resident memory that it had, in bytes; 0 where the system does not say. The usage
// that the system reports when a process ends counts its parent's memory as well.
func resident(b *testing.B, c *exec.Cmd) (peak int64) {
	b.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				b.Fatalf("%v\n%s", err, said.String())
			}
			return peak
		case <-tick.C:
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
			if m := highWater.FindSubmatch(status); m != nil {
				kilobytes, _ := strconv.ParseInt(string(m[1]), 10, 64)
				peak = max(peak, kilobytes<<10)
			}
		}
	}
}
