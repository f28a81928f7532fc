package batch_test

import (
	"testing"
	"time"

	"handrail/internal/mailtest"
)

// BenchmarkTwoWorkers is how much more two handrail run get done than one, on one inbox and one PostgreSQL: each is held to one
// core, and the mail server is 20 ms away. The must is 1.4 times as much.
func BenchmarkTwoWorkers(b *testing.B) {
	n := 300
	if testing.Short() {
		n = 40
	}
	for b.Loop() {
		one := workedOff(b, 1, n)
		two := workedOff(b, 2, n)
		b.ReportMetric(float64(n)/one.Seconds(), "msg/s-one")
		b.ReportMetric(float64(n)/two.Seconds(), "msg/s-two")
		b.ReportMetric(one.Seconds()/two.Seconds(), "x-one")
		b.ReportMetric(one.Seconds()/two.Seconds()/1.4, "x-must")
	}
}

// workedOff is how long so many workers take to answer n requests of twenty lines that come at once.
func workedOff(b *testing.B, workers, n int) time.Duration {
	b.Helper()
	p := installAt(b, postgres(b), func(o *mailtest.Options) { o.RoundTrip, o.Trace = 20*time.Millisecond, true })
	var machines []*machine
	for i := range workers {
		machines = append(machines, p.startMachine(string(rune('a'+i)), "", "GOMAXPROCS=1"))
	}
	p.until("every worker waits for mail", func() bool { return p.idles() >= workers })
	begun := time.Now()
	p.lay(b, 0, n, twentyLines()...)
	p.until("every request is answered", func() bool { return p.office.Count(testStaff, "INBOX") >= n })
	took := time.Since(begun)
	for _, m := range machines {
		m.stop()
	}
	return took
}
