package workbook

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
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

// redeflate is the limit of annotating: the sheet unpacked and packed again at level 6, everything else copied.
func redeflate(tb testing.TB, data []byte) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	out := zip.NewWriter(io.Discard)
	out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
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

func BenchmarkRead(b *testing.B) {
	for _, rows := range []int{20, 1000, 100_000} {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			data := generate(b, rows)
			limit := timed(max(1, 200_000/rows), func() { inflateAll(b, data) })
			b.ResetTimer()
			each := timed(b.N, func() {
				if _, err := readAll(data); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(float64(each)/float64(limit), "x-limit")
			b.ReportMetric(float64(each.Microseconds())/1000, "cpu-ms/op")
		})
	}
}

func benchAnnotation(rows int) Annotation {
	a := Annotation{HeaderRow: 2, Column: genColumns + 1, Headers: [3]string{"Result", "Why", "Reference"}, Report: sampleReport()}
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
	if err := k.Rows(0, func(*Row) error { return nil }); err != nil {
		return err
	}
	return k.Annotate(io.Discard, a)
}

func BenchmarkAnnotate(b *testing.B) {
	for _, rows := range []int{20, 1000, 100_000} {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			data, a := generate(b, rows), benchAnnotation(rows)
			limit := timed(max(1, 200_000/rows), func() { redeflate(b, data) })
			b.ResetTimer()
			each := timed(b.N, func() {
				if err := readAndAnnotate(data, a); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(float64(each)/float64(limit), "x-limit")
			b.ReportMetric(float64(each.Microseconds())/1000, "cpu-ms/op")
			if rows == 100_000 {
				b.ReportMetric(peakMB(b, data, rows), "peak-MB")
			}
		})
	}
}

// peakMB is the greatest resident size of a process of its own that reads and annotates the workbook once.
func peakMB(b *testing.B, data []byte, rows int) float64 {
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
	return float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
}

// TestBenchChild is what BenchmarkAnnotate runs in a process of its own.
func TestBenchChild(t *testing.T) {
	rows, err := strconv.Atoi(os.Getenv("HANDRAIL_BENCH_ROWS"))
	if err != nil {
		t.Skip("only BenchmarkAnnotate runs this, in a process of its own")
	}
	if err := readAndAnnotate(generate(t, rows), benchAnnotation(rows)); err != nil {
		t.Fatal(err)
	}
}
