package batch

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkEndToEnd takes requests of 20 lines each through the whole job: post office, IMAP, judging by the shipped
// policy, a durable ledger on SQLite, annotating, composing, SMTP and filing. It reports messages a second and how much
// the heap grew at its largest, the post office's own mailboxes included.
func BenchmarkEndToEnd(b *testing.B) {
	n := 1000
	if testing.Short() {
		n = 200
	}
	for b.Loop() {
		d := open(b, func(o *Options) { o.Inboxes[0].Config.AnswersPerDay = 2 * n })
		d.lay(b, 0, n, twentyLines()...)
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		stop, peak := watchHeap()
		start := time.Now()
		d.once()
		spent := time.Since(start)
		close(stop)
		if got := d.office.Count(testStaff, "INBOX"); got != n {
			b.Fatalf("%d of %d requests were answered", got, n)
		}
		b.ReportMetric(float64(n)/spent.Seconds(), "msg/s")
		b.ReportMetric((float64(peak.Load())-float64(before.HeapAlloc))/(1<<20), "peak-MB")
	}
}

// renumbered is the form of another request: every supplier has another name.
func renumbered(b *testing.B, form []byte, n int) []byte {
	b.Helper()
	return replaceText(b, form, "MSGNO", fmt.Sprintf("%06d", n))
}

// replaceText changes what the cells of a workbook say.
func replaceText(b testing.TB, form []byte, from, to string) []byte {
	b.Helper()
	in, err := zip.NewReader(bytes.NewReader(form), int64(len(form)))
	if err != nil {
		b.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, f := range in.File {
		if f.Name != "xl/sharedStrings.xml" {
			if err := out.Copy(f); err != nil {
				b.Fatal(err)
			}
			continue
		}
		r, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			b.Fatal(err)
		}
		w, err := out.Create(f.Name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(bytes.ReplaceAll(text, []byte(from), []byte(to))); err != nil {
			b.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

// watchHeap follows the heap until stop is closed.
func watchHeap() (stop chan struct{}, peak *atomic.Uint64) {
	stop, peak = make(chan struct{}), &atomic.Uint64{}
	go func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > peak.Load() {
				peak.Store(m.HeapAlloc)
			}
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return stop, peak
}
