package workbook

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
)

const genColumns = 20

// generate writes a realistic workbook: 20 columns of texts, numbers, dates and formulas with stored values, styles,
// validations, conditional formats, merges, a second sheet.
func generate(tb testing.TB, rows int) []byte {
	tb.Helper()
	if path := os.Getenv("HANDRAIL_BENCH_BOOK"); path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		return data
	}
	f := excelize.NewFile()
	must := func(err error) {
		if err != nil {
			tb.Helper()
			tb.Fatal(err)
		}
	}
	money, err := f.NewStyle(&excelize.Style{NumFmt: 4})
	must(err)
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	must(err)
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	must(err)
	_, err = f.NewSheet("Lists")
	must(err)
	must(f.SetCellStr("Lists", "A1", "goods"))
	w, err := f.NewStreamWriter("Sheet1")
	must(err)
	must(w.SetColWidth(1, genColumns, 16))
	top := make([]any, genColumns)
	for c := range top {
		top[c] = excelize.Cell{StyleID: head, Value: fmt.Sprintf("Header %d", c+1)}
	}
	must(w.SetRow("A1", []any{excelize.Cell{StyleID: head, Value: "Requests"}}))
	must(w.SetRow("A2", top))
	for r := range rows {
		row := make([]any, genColumns)
		for c := range row {
			switch c % 10 {
			case 0, 1, 2:
				row[c] = "Text " + strconv.Itoa((r*7+c)%500) + " & more"
			case 3, 4:
				row[c] = excelize.Cell{StyleID: date, Value: 45000 + (r+c)%900}
			case 5:
				row[c] = excelize.Cell{StyleID: money, Formula: fmt.Sprintf("G%d*H%d", r+3, r+3), Value: float64(r%1000) * 1.13}
			case 6, 7, 8:
				row[c] = excelize.Cell{StyleID: money, Value: float64((r*31+c*17)%100000) / 100}
			case 9:
				row[c] = "acquisition card"
			}
		}
		must(w.SetRow("A"+strconv.Itoa(r+3), row))
	}
	must(w.MergeCell("A1", "D1"))
	must(w.Flush())
	dv := excelize.NewDataValidation(true)
	dv.Sqref = "J3:J" + strconv.Itoa(rows+2)
	must(dv.SetDropList([]string{"acquisition card", "invoice"}))
	must(f.AddDataValidation("Sheet1", dv))
	var out bytes.Buffer
	must(f.Write(&out))
	return out.Bytes()
}
