package workbook

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Where excelize is right, it and we read the same raw values: over generated workbooks and the honest ones of the
// corpus. It is not asked about dates of type "d", _xHHHH_ escapes, or texts without a shared-string table.
func TestReadsAsExcelizeDoes(t *testing.T) {
	same := 0
	for _, rows := range []int{0, 1, 20, 500} {
		if n, diff := againstExcelize(t, generate(t, rows)); diff != "" {
			t.Errorf("generated, %d rows: %s", rows, diff)
		} else {
			same += n
		}
	}
	if same < 10_000 {
		t.Errorf("only %d generated cells were compared", same)
	}
	t.Run("corpus", func(t *testing.T) {
		books, cells := 0, 0
		for i, p := range corpusFiles(t) {
			data, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if i%3 != 0 || len(data) > 20<<10 || strings.HasSuffix(p, "xlsb") {
				continue
			}
			if _, err := readAll(data); err != nil {
				continue
			}
			n, diff := againstExcelize(t, data)
			name := strings.TrimPrefix(p, corpusDir+"/")
			if diff != "" {
				t.Errorf("%s: %s", name, diff)
				continue
			}
			books++
			cells += n
		}
		t.Logf("%d workbooks, %d cells the same", books, cells)
	})
}

// againstExcelize compares the raw text of every cell of ours that has a value.
func againstExcelize(t *testing.T, data []byte) (n int, diff string) {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, ""
	}
	defer x.Close()
	k := mustOpen(t, data)
	for i, s := range k.Sheets() {
		if s.Kind != relWorksheet {
			continue
		}
		err := k.Rows(context.Background(), i, func(r *Row) error {
			for _, c := range r.Cells {
				if !c.HasValue {
					continue
				}
				want, err := x.GetCellValue(s.Name, Ref(c.Col, r.Number))
				if err != nil {
					return err
				}
				ours := c.Raw
				if c.Type == StringCell {
					ours = c.Value
				}
				n++
				if ours != want && !sameDouble(ours, want) && diff == "" {
					diff = s.Name + "!" + Ref(c.Col, r.Number) + ": ours " + strconv.Quote(ours) + ", excelize " + strconv.Quote(want)
				}
			}
			return nil
		})
		if err != nil {
			return n, err.Error()
		}
	}
	return n, diff
}

func sameDouble(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}
