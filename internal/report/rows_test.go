package report

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// tableOf is a table of one text column and one of money.
func tableOf(rows [][]any) table {
	return table{name: "Rows", id: "Rows", title: request.Text{EN: "Rows", FR: "Lignes"}, currency: 1,
		columns: []column{{request.Text{EN: "Text", FR: "Texte"}, 20, wrapped, false}, {request.Text{EN: "Currency", FR: "Devise"}, 10, text, false}, {request.Text{EN: "Amount", FR: "Montant"}, 15, amount, true}},
		rows:    slices.Values(rows)}
}

// What a table's rows say is what a reader gets: markup, spaces, line ends, text that looks like an escape, and fifteen digits.
func TestRowsOfTablesReadBackAsTheyWere(t *testing.T) {
	texts := []string{"plain", `<b> & "q" 'a'`, "  spaces  ", "two\nlines", "_x0041_ stays", "_x005F_x0041_", "é … \u00a0€ 😀", "]]>", "x_y_x00G1_"}
	amounts := []string{"0", "-12.30", "1234567890123.45", "0.01", "999999999999999", "123456789012.345"}
	var rows [][]any
	for i, s := range texts {
		rows = append(rows, []any{s, "CAD", request.Money{Amount: decimal.RequireFromString(amounts[i%len(amounts)]), Currency: "CAD"}})
	}
	b := newBook(request.English, "test")
	b.write(place(tableOf(rows), "CAD"), "")
	if b.err != nil {
		t.Fatal(b.err)
	}
	var out bytes.Buffer
	b.file.SetZipWriter(b.zipTo(&out))
	if err := b.file.Write(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	got, err := f.GetRows("Rows", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	got = got[len(got)-len(rows):]
	for i, s := range texts {
		if got[i][0] != s {
			t.Errorf("text %q is read as %q", s, got[i][0])
		}
		want, _ := strconv.ParseFloat(amounts[i%len(amounts)], 64)
		if n, err := strconv.ParseFloat(got[i][2], 64); err != nil || n != want {
			t.Errorf("amount %s is read as %s", amounts[i%len(amounts)], got[i][2])
		}
	}
	tables, err := f.GetTables("Rows")
	if err != nil || len(tables) != 1 || !strings.HasSuffix(tables[0].Range, strconv.Itoa(len(rows)+5)) {
		t.Errorf("the table is %+v: %v", tables, err)
	}
}

// A row that needs a style the file does not list is an error, not a cell that looks like another.
func TestAStyleThatComesTooLateIsAnError(t *testing.T) {
	calls := 0
	late := tableOf(nil)
	late.rows = func(yield func([]any) bool) {
		code := "CAD"
		if calls++; calls > 1 {
			code = "USD"
		}
		yield([]any{"a", code, request.Money{Amount: decimal.NewFromInt(1), Currency: code}})
	}
	b := newBook(request.English, "test")
	b.write(place(late, "CAD"), "")
	var out bytes.Buffer
	b.file.SetZipWriter(b.zipTo(&out))
	if err := b.file.Write(&out); err == nil || !strings.Contains(err.Error(), "style") {
		t.Errorf("the workbook was written: %v", err)
	}
}

// Excel stores fifteen digits of a number.
func TestNumbersHaveFifteenDigits(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -12.3: "-12.3", 0.1 + 0.2: "0.3", 46351.416666667: "46351.416666667", 1234567890123.455: "1234567890123.45", 0.000123456789012345678: "0.000123456789012345"} {
		if got := string(appendNumber([]byte("x"), v)); got != "x"+want {
			t.Errorf("%v is written as %s, want x%s", v, got, want)
		}
	}
}
