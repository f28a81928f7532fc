package workbook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

// benchedRows are the sizes that benchmarks take: with -short the largest is left out.
func benchedRows() []int {
	sizes := []int{20, 1000, 100_000}
	if testing.Short() {
		sizes = sizes[:2]
	}
	return sizes
}

func BenchmarkRead(b *testing.B) {
	for _, rows := range benchedRows() {
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
	k, err := Open(context.Background(), data, DefaultBounds())
	if err != nil {
		return err
	}
	for i := range k.Sheets() {
		if err := k.Rows(context.Background(), i, func(*Row) error { return nil }); err != nil {
			return err
		}
	}
	return k.Annotate(context.Background(), io.Discard, a)
}

func BenchmarkAnnotate(b *testing.B) {
	writer, err := flate.NewWriter(io.Discard, 6)
	if err != nil {
		b.Fatal(err)
	}
	sizes := benchedRows()
	for _, rows := range sizes {
		data, a := generate(b, rows), benchAnnotation(rows)
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			report(b, rows, func() { redeflate(b, data, writer) }, func() {
				if err := readAndAnnotate(data, a); err != nil {
					b.Fatal(err)
				}
			})
			if rows == sizes[len(sizes)-1] {
				peak, caller := peakMB(b, data, rows)
				b.ReportMetric(peak-caller, "peak-MB")
				b.ReportMetric(caller, "marks-MB")
			}
		})
	}
}

// peakMB is the greatest resident size of a program of its own that reads and annotates the workbook once, and what its
// marks take of it.
func peakMB(b *testing.B, data []byte, rows int) (peak, caller float64) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("the peak is read from /proc, which only Linux has")
	}
	dir := b.TempDir()
	book, program := filepath.Join(dir, "book.xlsx"), filepath.Join(dir, "peak")
	if err := os.WriteFile(book, data, 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", program, "./testdata/peak").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(program, book, strconv.Itoa(rows), strconv.Itoa(genColumns)).CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if _, err := fmt.Sscan(string(out), &caller, &peak); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return peak, caller
}
