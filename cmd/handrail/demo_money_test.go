package main

import (
	"bytes"
	"encoding/csv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

// The demo's own Commitments sheet is what its decisions and its card statement come to, worked out here from the sheet of decisions and the bank's
// file alone.
func TestTheDemosCommitmentsAreRight(t *testing.T) {
	out := filepath.Join(t.TempDir(), "demo")
	var said bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--out", out}, &terminal{in: strings.NewReader(""), out: &said, err: &said, now: func() time.Time { return demoDay }}); code != exitDone {
		t.Fatalf("the demo ends with %d: %s", code, said.String())
	}
	books, err := filepath.Glob(filepath.Join(out, "weekly", "*.xlsx"))
	if err != nil || len(books) == 0 {
		t.Fatalf("%v, %v", books, err)
	}
	book, err := excelize.OpenFile(books[0], excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	decided := demoTable(t, book, "Decisions", "Reference")
	statement := demoStatement(t, filepath.Join(out, "sent-by-staff", "card-statement.csv"))

	want := map[string][3]decimal.Decimal{} // by cost centre: committed, spent, without approval
	add := func(centre string, column int, sum decimal.Decimal) {
		row := want[centre]
		row[column] = row[column].Add(sum)
		want[centre] = row
	}
	approved := 0
	for _, l := range decided {
		if l["Outcome"] != "Approved" {
			continue
		}
		approved++
		total, charged := decimal.RequireFromString(l["Total"]), decimal.Zero
		for _, c := range statement {
			amount := decimal.RequireFromString(c["Amount"])
			named := c["Reference"] == l["Reference"]
			if unnamed := c["Reference"] == "" && c["Cost centre"] == l["Cost centre"] && amount.Equal(total); named || unnamed {
				charged = charged.Add(amount)
				c["matched"] = "yes"
			}
		}
		slack := decimal.Min(total.Div(decimal.NewFromInt(100)), decimal.NewFromInt(25))
		if rest := total.Sub(charged); rest.GreaterThan(slack) {
			add(l["Cost centre"], 0, rest)
		}
		add(l["Cost centre"], 1, charged)
	}
	for _, c := range statement {
		if c["matched"] == "" {
			add(c["Cost centre"], 2, decimal.RequireFromString(c["Amount"]))
		}
	}
	got := map[string][3]decimal.Decimal{}
	for _, row := range demoTable(t, book, "Commitments", "Cost centre") {
		got[row["Cost centre"]] = [3]decimal.Decimal{decimal.RequireFromString(row["Committed"]), decimal.RequireFromString(row["Spent"]), decimal.RequireFromString(row["Spent without approval"])}
	}
	same := func(a, b [3]decimal.Decimal) bool { return a[0].Equal(b[0]) && a[1].Equal(b[1]) && a[2].Equal(b[2]) }
	if !maps.EqualFunc(got, want, same) {
		t.Errorf("the workbook says %v, decisions and statement come to %v", got, want)
	}
	if approved < 5 || len(statement) != 5 {
		t.Errorf("%d lines are approved and %d charges came", approved, len(statement))
	}
	rows, err := book.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	verdicts := 0
	for _, row := range rows {
		if text := strings.Join(row, "|"); strings.Contains(text, "✘") {
			t.Error(text)
		} else if strings.Contains(text, "✔") {
			verdicts++
		}
	}
	if verdicts < 5 {
		t.Errorf("%d control totals tie", verdicts)
	}
}

// demoTable reads a sheet's rows by their headings, of which the first one is known.
func demoTable(t *testing.T, book *excelize.File, sheet, first string) (table []map[string]string) {
	t.Helper()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var headings []string
	for _, cells := range rows {
		switch {
		case len(cells) < 2:
		case headings == nil && cells[0] == first:
			headings = cells
		case headings != nil:
			row := map[string]string{}
			for i, v := range cells {
				row[headings[i]] = v
			}
			table = append(table, row)
		}
	}
	return table
}

func demoStatement(t *testing.T, path string) (list []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	headings, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		row := map[string]string{}
		for i, v := range cells {
			row[headings[i]] = v
		}
		list = append(list, row)
	}
}
