// Command peak reads a workbook and annotates every row of it, in a process that holds nothing else, and prints what the
// marks and the whole took of memory: "marks peak", in MB. BenchmarkAnnotate builds and runs it: the tests' own program is
// three times as large as any that uses the package.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"strconv"
	"strings"

	"handrail/internal/workbook"
)

func main() {
	if err := measure(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func measure(path, rowCount, columnCount string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rows, err := strconv.Atoi(rowCount)
	if err != nil {
		return err
	}
	columns, err := strconv.Atoi(columnCount)
	if err != nil {
		return err
	}
	before := live()
	a := workbook.Annotation{HeaderRow: 2, Column: columns + 1, Headers: [3]string{"Result", "Why", "Reference"}, Marks: make([]workbook.Mark, 0, rows),
		Report: workbook.Report{Widths: []float64{26}, Rows: []workbook.ReportRow{{{Text: "Handrail", Look: workbook.TitleLook}}}}}
	for r := range rows {
		a.Marks = append(a.Marks, workbook.Mark{Row: r + 3, Kind: workbook.EscalatedMark, Result: "Escalated",
			Why: "$12,000.00, tax included, is above the limit of $10,000.00.", Reference: fmt.Sprintf("HR-2026-000123-%02d", r+1)})
		if r%20 == 0 {
			a.Comments = append(a.Comments, workbook.Comment{Cell: workbook.Ref(7, r+3), Text: "Above the limit."})
		}
	}
	marks := float64(live()-before) / (1 << 20)
	book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		return err
	}
	for i := range book.Sheets() {
		if err := book.Rows(context.Background(), i, func(*workbook.Row) error { return nil }); err != nil {
			return err
		}
	}
	if err := book.Annotate(context.Background(), io.Discard, a); err != nil {
		return err
	}
	peak, err := residentPeak()
	if err != nil {
		return err
	}
	fmt.Printf("%.2f %.2f\n", marks, peak)
	return nil
}

func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// residentPeak is the greatest size in memory that this process has had, in MB. It is not getrusage's, which a child
// inherits from the process that started it.
func residentPeak() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb float64
	_, err = fmt.Sscan(rest, &kb)
	return kb / 1024, err
}
