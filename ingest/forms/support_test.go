package forms

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// grid is a workbook made in memory, for cells that no honest program writes and for thousands of forms a second.
type grid struct {
	sheets []gridSheet
}

type gridSheet struct {
	name   string
	state  workbook.SheetState
	rows   []workbook.Row
	layout workbook.Layout
}

func (g *grid) Sheets() []workbook.SheetInfo {
	var list []workbook.SheetInfo
	for _, s := range g.sheets {
		state := s.state
		if state == "" {
			state = workbook.Visible
		}
		list = append(list, workbook.SheetInfo{Name: s.name, State: state, Kind: "worksheet"})
	}
	return list
}

// Rows hands out one Row again and again, as a Book does.
func (g *grid) Rows(_ context.Context, sheet int, visit func(*workbook.Row) error) error {
	var row workbook.Row
	for i := range g.sheets[sheet].rows {
		from := &g.sheets[sheet].rows[i]
		row.Number, row.Hidden = from.Number, from.Hidden
		row.Cells = append(row.Cells[:0], from.Cells...)
		if len(row.Cells) == 0 {
			continue
		}
		if err := visit(&row); err != nil {
			return err
		}
		for j := range row.Cells {
			row.Cells[j] = workbook.Cell{} // whoever kept a pointer into the row loses
		}
	}
	return nil
}

func (g *grid) Layout(_ context.Context, sheet int) (workbook.Layout, error) {
	return g.sheets[sheet].layout, nil
}

// What a cell of a grid may be beside text ("…") and numbers (int, float64).
type (
	dateOf    string // "2026-12-01"
	rawNumber string // as the file holds it
	errorOf   string // "#DIV/0!"
	formulaOf struct {
		formula string
		result  any // nil: not stored
	}
	hiddenRow []any
)

func cellOf(col int, v any) (workbook.Cell, bool) {
	c := workbook.Cell{Col: col, HasValue: true}
	set := func(t workbook.CellType, raw, value string) { c.Type, c.Raw, c.Value = t, raw, value }
	switch v := v.(type) {
	case nil:
		return c, false
	case string:
		if v == "" {
			return c, false
		}
		set(workbook.StringCell, v, v)
	case int:
		set(workbook.NumberCell, strconv.Itoa(v), strconv.Itoa(v))
	case float64:
		s := strconv.FormatFloat(v, 'g', 17, 64)
		set(workbook.NumberCell, s, s)
	case bool:
		set(workbook.BoolCell, "1", strings.ToUpper(strconv.FormatBool(v)))
	case dateOf:
		set(workbook.DateCell, "46000", string(v))
	case rawNumber:
		set(workbook.NumberCell, string(v), string(v))
	case errorOf:
		set(workbook.ErrorCell, string(v), string(v))
	case formulaOf:
		if v.result == "" { // a formula that answers nothing
			set(workbook.StringCell, "", "")
		} else if r, ok := cellOf(col, v.result); ok {
			c = r
		} else {
			c.HasValue = false
		}
		c.HasFormula, c.Formula = true, v.formula
	}
	return c, true
}

func rowOf(number int, values []any, hidden bool) workbook.Row {
	row := workbook.Row{Number: number, Hidden: hidden}
	for i, v := range values {
		if c, ok := cellOf(i+1, v); ok {
			row.Cells = append(row.Cells, c)
		}
	}
	return row
}

// sheetOf makes a sheet: each argument is a row, []any, hiddenRow, or nil for an empty one.
func sheetOf(name string, rows ...any) gridSheet {
	s := gridSheet{name: name}
	for i, r := range rows {
		switch r := r.(type) {
		case []any:
			s.rows = append(s.rows, rowOf(i+1, r, false))
		case hiddenRow:
			s.rows = append(s.rows, rowOf(i+1, r, true))
		}
	}
	return s
}

type row = []any

func gridOf(sheets ...gridSheet) *grid { return &grid{sheets} }

func mustRead(t testing.TB, g sheetSource, o Options) *Form {
	t.Helper()
	f, err := read(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readRows(t testing.TB, rows ...any) *Form {
	t.Helper()
	return mustRead(t, gridOf(sheetOf("Requests", rows...)), Options{})
}

// codes lists the problems of a form as "severity code cell".
func codes(f *Form) []string {
	var list []string
	for _, p := range f.AllProblems() {
		if p.Code == request.CodePlaceholder || p.Code == request.CodeHint {
			continue // tests write a letter for a title; placeholder_test.go looks at these
		}
		list = append(list, string(p.Severity)+" "+p.Code+" "+p.Cell)
	}
	return list
}

func wantCodes(t *testing.T, f *Form, want ...string) {
	t.Helper()
	if got := codes(f); !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
	checkTexts(t, f)
}

// checkTexts looks at the words of every problem: both languages, no placeholder left, French spacing.
func checkTexts(t testing.TB, f *Form) {
	t.Helper()
	for _, p := range f.AllProblems() {
		if p.Message.EN == "" || p.Message.FR == "" || strings.Contains(p.Message.EN+p.Message.FR, "%!") {
			t.Errorf("problem %s at %s says %q / %q", p.Code, p.Cell, p.Message.EN, p.Message.FR)
		}
		if p.Sheet == "" || p.Severity != request.NoteSeverity && p.Severity != request.ReturnSeverity {
			t.Errorf("problem %s at %s has sheet %q, severity %q", p.Code, p.Cell, p.Sheet, p.Severity)
		}
		own := p.Message.FR
		for {
			from := strings.Index(own, "«\u00a0")
			if from < 0 {
				break
			}
			to := strings.Index(own[from:], "\u00a0»")
			if to < 0 {
				break
			}
			own = own[:from] + own[from+to+len("\u00a0»"):]
		}
		if strings.Contains(own, " :") || strings.Contains(own, "« ") || strings.Contains(own, " »") || strings.Contains(own, "'") {
			t.Errorf("French typography of %s: %q", p.Code, p.Message.FR)
		}
	}
}

// xlsx writes rows with excelize and opens them with our reader.
func xlsx(t testing.TB, make func(x *excelize.File)) *workbook.Book {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close() //nolint:errcheck // in memory
	if err := x.SetSheetName("Sheet1", "Requests"); err != nil {
		t.Fatal(err)
	}
	make(x)
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	book, err := workbook.Open(context.Background(), b.Bytes(), workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func put(t testing.TB, x *excelize.File, cell string, values ...any) {
	t.Helper()
	if err := x.SetSheetRow("Requests", cell, &values); err != nil {
		t.Fatal(err)
	}
}
