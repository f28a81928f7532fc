package batch_test

import (
	"fmt"
	"os/exec"
	"testing"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// A pass that finds nothing to do costs little more than the look into the inbox that finds nothing: x-look is how many of
// those it takes. The budget is 15 ms.
func BenchmarkEmptyPass(b *testing.B) {
	d := open(b, nil)
	d.once()
	const looks = 50
	start := time.Now()
	for range looks {
		if err := d.job.Collect(b.Context(), "requests"); err != nil {
			b.Fatal(err)
		}
	}
	look := time.Since(start) / looks
	for b.Loop() {
		if _, err := d.job.Once(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	pass := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(pass)/float64(look), "x-look")
	b.ReportMetric(float64(pass)/float64(15*time.Millisecond), "x-must")
}

// Taking rows in hand and giving them back, for the four steps that every message goes through, as a share of a whole pass:
// the budget is a twentieth.
func BenchmarkTakingInHand(b *testing.B) {
	const messages = 100
	var hand, whole time.Duration
	for b.Loop() {
		d := open(b, nil)
		form := d.form(testStaff, request.English, twentyLines()...)
		for i := range messages {
			d.send(testStaff, fmt.Sprint("Request ", i), "Form attached.", form)
		}
		if err := d.job.Collect(b.Context(), "requests"); err != nil {
			b.Fatal(err)
		}
		judging := stageOf(d.job, batch.Judge)
		start := time.Now()
		for taken := 0; taken < messages; {
			h, err := d.job.Take(b.Context(), judging, false)
			if err != nil || h == nil {
				b.Fatalf("after %d: %v", taken, err)
			}
			defer func() { _ = d.job.NoteFates(b.Context(), h) }()
			taken += h.Rows()
		}
		hand += 4 * time.Since(start)
		d = open(b, nil)
		for i := range messages {
			d.send(testStaff, fmt.Sprint("Request ", i), "Form attached.", form)
		}
		start = time.Now()
		d.once()
		whole += time.Since(start)
	}
	b.ReportMetric(float64(hand)/float64(whole), "share")
	b.ReportMetric(20*float64(hand)/float64(whole), "x-must")
}

// The same as a process of its own, as a timer of the system starts it: x-start is how many starts of the program that does
// nothing it costs, in processor time. The budget is 100 ms.
func BenchmarkEmptyPassAsProcess(b *testing.B) {
	p := install(b, ledger.Config{})
	p.onePass("")
	processor := func(args ...string) time.Duration {
		c := exec.CommandContext(b.Context(), p.bin, args...)
		if len(args) > 1 {
			c = p.command(b.Context(), "", args...)
		}
		if out, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", args, err, out)
		}
		return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	var start, pass time.Duration
	for b.Loop() {
		start += processor("version")
		pass += processor("run", "--once")
	}
	b.ReportMetric(float64(pass)/float64(start), "x-start")
	b.ReportMetric(float64(pass)/float64(b.N)/1e6, "cpu-ms")
	b.ReportMetric(float64(pass)/float64(b.N)/float64(100*time.Millisecond), "x-must")
}
