package workbook

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

// cpu is the processor time this process has used, which other work on the machine does not change.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func timed(n int, f func()) time.Duration {
	start := cpu()
	for range n {
		f()
	}
	return (cpu() - start) / time.Duration(n)
}

// inflateAll is the limit of reading: every part unpacked and thrown away.
func inflateAll(tb testing.TB, data []byte) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			tb.Fatal(err)
		}
		r.Close()
	}
}

// redeflate is the limit of annotating: the sheet unpacked and packed again at level 6, everything else copied. The
// writer is used again, as ours is.
func redeflate(tb testing.TB, data []byte, writer *flate.Writer) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	out := zip.NewWriter(io.Discard)
	out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		writer.Reset(w)
		return writer, nil
	})
	for _, f := range z.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			err = out.Copy(f)
		} else {
			var w io.Writer
			var r io.ReadCloser
			if r, err = f.Open(); err == nil {
				if w, err = out.Create(f.Name); err == nil {
					_, err = io.Copy(w, r)
				}
			}
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		tb.Fatal(err)
	}
}

// runs is how often a limit is measured, so that a small workbook's is not noise.
func runs(rows int) int { return max(3, 20_000/rows) }

// report gives the processor time of one operation, and how many times the limit it is. The limit is measured before
// and after, in the same process on the same bytes.
func report(b *testing.B, rows int, limit, operation func()) {
	limit()
	operation()
	least := timed(runs(rows), limit)
	b.ResetTimer()
	each := timed(b.N, operation)
	b.StopTimer()
	least = (least + timed(runs(rows), limit)) / 2
	b.ReportMetric(float64(each)/float64(least), "x-limit")
	b.ReportMetric(float64(each.Microseconds())/1000, "cpu-ms/op")
	b.ReportMetric(float64(least.Microseconds())/1000, "limit-ms")
}

func BenchmarkRead(b *testing.B) {
	for _, rows := range []int{20, 1000, 100_000} {
		data := generate(b, rows)
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			report(b, rows, func() { inflateAll(b, data) }, func() {
				if n, err := readAll(data); err != nil || n < rows*19 {
					b.Fatal(n, err)
				}
			})
		})
	}
}

func benchAnnotation(rows int) Annotation {
	a := Annotation{HeaderRow: 2, Column: genColumns + 1, Headers: [3]string{"Result", "Why", "Reference"}, Report: sampleReport()}
	a.Marks = make([]Mark, 0, rows)
	for r := range rows {
		a.Marks = append(a.Marks, Mark{Row: r + 3, Kind: EscalatedMark, Result: "Escalated", Why: "$12,000.00, tax included, is above the limit of $10,000.00.", Reference: fmt.Sprintf("HR-2026-000123-%02d", r+1)})
		if r%20 == 0 {
			a.Comments = append(a.Comments, Comment{Ref(7, r+3), "Above the limit."})
		}
	}
	return a
}

func readAndAnnotate(data []byte, a Annotation) error {
	k, err := Open(data, DefaultBounds())
	if err != nil {
		return err
	}
	for i := range k.Sheets() {
		if err := k.Rows(i, func(*Row) error { return nil }); err != nil {
			return err
		}
	}
	return k.Annotate(io.Discard, a)
}

func BenchmarkAnnotate(b *testing.B) {
	writer, err := flate.NewWriter(io.Discard, 6)
	if err != nil {
		b.Fatal(err)
	}
	for _, rows := range []int{20, 1000, 100_000} {
		data, a := generate(b, rows), benchAnnotation(rows)
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			report(b, rows, func() { redeflate(b, data, writer) }, func() {
				if err := readAndAnnotate(data, a); err != nil {
					b.Fatal(err)
				}
			})
			if rows == 100_000 {
				peak, caller := peakMB(b, data, rows)
				b.ReportMetric(peak-caller, "peak-MB")
				b.ReportMetric(caller, "marks-MB")
			}
		})
	}
}

// peakMB is the greatest resident size of a process of its own that reads and annotates the workbook once, program
// and file included, and how much of it are the marks and comments that its caller brings: the live heap they take,
// counted once, although the collector may set aside as much again for them.
func peakMB(b *testing.B, data []byte, rows int) (peak, caller float64) {
	path := b.TempDir() + "/book.xlsx"
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchChild$", "-test.v")
	cmd.Env = append(os.Environ(), "HANDRAIL_BENCH_BOOK="+path, "HANDRAIL_BENCH_ROWS="+strconv.Itoa(rows))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS: TestBenchChild") {
		b.Fatalf("%v\n%s", err, out)
	}
	_, rest, _ := strings.Cut(string(out), benchMarks)
	if _, err := fmt.Sscanf(rest, "%f of %f", &caller, &peak); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return peak, caller
}

const benchMarks = "marks and peak in MB: "

// residentPeak is the greatest size in memory that this process has had, in MB. It is not getrusage's, which a child
// inherits from the process that started it.
func residentPeak(tb testing.TB) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("the peak is read from /proc, which only Linux has")
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		tb.Fatal(err)
	}
	return kb / 1024
}

// TestBenchChild is what BenchmarkAnnotate runs in a process of its own.
func TestBenchChild(t *testing.T) {
	rows, err := strconv.Atoi(os.Getenv("HANDRAIL_BENCH_ROWS"))
	if err != nil {
		t.Skip("only BenchmarkAnnotate runs this, in a process of its own")
	}
	data, err := os.ReadFile(os.Getenv("HANDRAIL_BENCH_BOOK"))
	if err != nil {
		t.Fatal(err)
	}
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	a := benchAnnotation(rows)
	marks := float64(live()-before) / (1 << 20)
	if err := readAndAnnotate(data, a); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s%.2f of %.2f", benchMarks, marks, residentPeak(t))
}
