package report

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// exported writes one sheet of a workbook as CSV, with our own reader, which shares no code with the writer.
func exported(t testing.TB, data []byte, sheet string) [][]string {
	t.Helper()
	b, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for i, s := range b.Sheets() {
		if s.Name != sheet {
			continue
		}
		if err := b.Rows(context.Background(), i, func(r *workbook.Row) error {
			cells := make([]string, r.Cells[len(r.Cells)-1].Col)
			for _, c := range r.Cells {
				if c.HasFormula && !c.HasValue {
					return fmt.Errorf("%s holds a formula without a stored value", workbook.Ref(c.Col, r.Number))
				}
				cells[c.Col-1] = c.Value
			}
			return w.Write(cells)
		}); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	read := csv.NewReader(&out)
	read.FieldsPerRecord = -1
	rows, err := read.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatalf("no sheet %q", sheet)
	}
	return rows
}

// sums adds up a column of a table by currency, from the rows under the header that begins with first.
func sums(t testing.TB, rows [][]string, first, currency, column string) (totals, stored map[string]decimal.Decimal) {
	t.Helper()
	totals, stored = map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	header := -1
	for i, r := range rows {
		if r[0] == first {
			header = i
			break
		}
	}
	if header < 0 {
		t.Fatalf("no header %q", first)
	}
	at := func(name string) int {
		for i, h := range rows[header] {
			if h == name {
				return i
			}
		}
		t.Fatalf("no column %q in %q", name, rows[header])
		return 0
	}
	code, col := at(currency), at(column)
	cell := func(r []string, i int) string {
		if i < len(r) {
			return r[i]
		}
		return ""
	}
	for _, r := range rows[header+1:] {
		if cell(r, code) != "" && cell(r, col) != "" {
			totals[cell(r, code)] = totals[cell(r, code)].Add(decimal.RequireFromString(cell(r, col)))
		}
	}
	for _, r := range rows[:header] {
		if c, ok := strings.CutPrefix(r[0], "Total "); ok && cell(r, col) != "" {
			stored[c] = decimal.RequireFromString(cell(r, col))
		}
	}
	return totals, stored
}

// The sums in the workbook equal the sums that an independent reader makes of the exported CSV, and the ledger's own.
func TestSumsEqualThoseOfTheExportedCSV(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := randomReport(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(0, 80).Draw(rt, "lines"), request.English)
		var b bytes.Buffer
		if err := Write(&b, r); err != nil {
			rt.Fatal(err)
		}
		ledger := map[string]decimal.Decimal{}
		waiting := map[string]decimal.Decimal{}
		approvedSums := map[string]decimal.Decimal{}
		for _, l := range r.Lines {
			if l.Total.Currency != "" {
				ledger[l.Total.Currency] = ledger[l.Total.Currency].Add(l.Total.Amount)
				if l.Outcome == request.Approved {
					approvedSums[l.Total.Currency] = approvedSums[l.Total.Currency].Add(l.Total.Amount)
				}
			}
		}
		for _, l := range r.Waiting {
			waiting[l.Total.Currency] = waiting[l.Total.Currency].Add(l.Total.Amount)
		}
		for _, c := range []struct {
			sheet, first, column string
			want                 map[string]decimal.Decimal
		}{
			{"Decisions", "Reference", "Total", ledger}, {"Waiting", "Reference", "Total", waiting}, {"Cost centres", "Cost centre", "Approved", approvedSums},
			{"Suppliers", "Supplier", "Approved", approvedSums}, {"Taxes", "Cost centre", "Total", approvedSums},
		} {
			totals, stored := sums(t, exported(t, b.Bytes(), c.sheet), c.first, "Currency", c.column)
			for code, want := range c.want {
				if !totals[code].Equal(want) || !stored[code].Equal(want) {
					rt.Fatalf("%s %s: rows add up to %s, the total says %s, the ledger %s", c.sheet, code, totals[code], stored[code], want)
				}
			}
		}
	})
}

// Opening + received - closed = closing, whatever the lines.
func TestChargeFlowTies(t *testing.T) {
	for seed := range uint64(4) {
		r := quarterReport(t, request.English, seed, 150)
		flows := reconcile.ChargeFlow(r.Cards, request.Date{Year: 2026, Month: 8, Day: 1}, "CAD")
		if len(flows) == 0 {
			t.Fatalf("seed %d: %d currencies", seed, len(flows))
		}
		for _, f := range flows {
			if !f.Ties() {
				t.Errorf("seed %d: %+v does not tie", seed, f)
			}
		}
	}
}

// A flow that does not tie says so; nothing is adjusted.
func TestFlowThatDoesNotTieSaysSo(t *testing.T) {
	r := randomReport(2, 20, request.English)
	r.Flow[0].Closing.Lines++
	text := fmt.Sprint(exported(t, writeReport(t, r), "Summary"))
	if !strings.Contains(text, "✘ does not tie") {
		t.Error("a flow that does not tie is not marked")
	}
}

// FIELD-NOTES §1: text that begins like a formula is written as text with an apostrophe, negative numbers stay numbers.
func TestTextThatLooksLikeAFormulaIsDefused(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "' =1", "\r=1": "' =1", "a=1": "a=1", "": "", "\u200b=1": "'\u200b=1", "＝1": "'＝1",
		" =1": "'\u00a0=1", "a\x00b": "a b", "é": "é", "1-2": "1-2",
	} {
		if in == " =1" {
			in = "\u00a0=1"
		}
		if got := safe(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
	}
	r := randomReport(1, 60, request.English)
	data := writeReport(t, r)
	found := false
	for _, row := range exported(t, data, "Suppliers") {
		found = found || row[0] == `'=HYPERLINK("http://x")`
		if strings.HasPrefix(row[0], "=") {
			t.Errorf("a supplier's name begins like a formula: %q", row[0])
		}
	}
	if !found {
		t.Error("the supplier whose name is a formula is not there")
	}
	f := open(t, data)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			for j := range rows[i] {
				if formula, _ := f.GetCellFormula(sheet, cellName(j+1, i+1)); strings.Contains(formula, "HYPERLINK") {
					t.Errorf("%s!%s is the formula =%s", sheet, cellName(j+1, i+1), formula)
				}
			}
		}
	}
}

// Every sheet with rows has a real table, a frozen header and print titles. It is one page wide, the widest two.
func TestSheetsAreTablesThatPrint(t *testing.T) {
	f := open(t, writeReport(t, quarterReport(t, request.French, 3, 60)))
	titles := map[string]bool{}
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" {
			titles[n.Scope] = true
		}
	}
	for _, sheet := range f.GetSheetList() {
		layout, err := f.GetPageLayout(sheet)
		across := 1
		if slices.Contains([]string{"Décisions", "Rapprochés", "Achats sans approbation", "Approbations sans achat", "Publication"}, sheet) {
			across = 2
		}
		if err != nil || layout.FitToWidth == nil || *layout.FitToWidth != across {
			t.Errorf("%s is not %d pages across: %+v %v", sheet, across, layout, err)
		}
		switch sheet {
		case "Sommaire", "Signatures", "Mesures":
			continue
		}
		tables, err := f.GetTables(sheet)
		if err != nil || len(tables) != 1 {
			t.Errorf("%s has %d tables, %v", sheet, len(tables), err)
		}
		if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit < 4 {
			t.Errorf("%s: panes %+v, %v", sheet, panes, err)
		}
		if !titles[sheet] {
			t.Errorf("%s has no print titles", sheet)
		}
	}
}

// Opened in LibreOffice and calculated again, the workbook says the same figures.
func TestLibreOfficeRecalculatesToTheSame(t *testing.T) {
	if os.Getenv("HANDRAIL_TEST_LIBREOFFICE") == "" {
		t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + dir + "/profile", "--headless", "--convert-to", "xlsx", "--outdir", filepath.Join(dir, "out")}
	ours := map[string][]byte{}
	for _, l := range []request.Lang{request.English, request.French} {
		ours["quarter-"+string(l)] = writeReport(t, quarterReport(t, l, 4, 60))
		ours["week-"+string(l)] = writeReport(t, handReport(t, l))
	}
	for name, data := range ours {
		path := filepath.Join(dir, name+".xlsx")
		// Stored values are taken out first, so that what comes back was calculated.
		if err := os.WriteFile(path, withoutFormulaValues(t, data), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if text, err := exec.Command(soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for name, data := range ours {
		theirs, err := os.ReadFile(filepath.Join(dir, "out", name+".xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		compareFormulas(t, data, theirs)
	}
}

// withoutFormulaValues empties the stored value of every formula.
func withoutFormulaValues(t *testing.T, data []byte) []byte {
	t.Helper()
	f := open(t, data)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				cell := cellName(j+1, i+1)
				if text, _ := f.GetCellFormula(sheet, cell); text != "" {
					if err := f.SetCellValue(sheet, cell, nil); err != nil {
						t.Fatal(err)
					}
					if err := f.SetCellFormula(sheet, cell, text); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func compareFormulas(t *testing.T, ours, theirs []byte) {
	t.Helper()
	a, b := open(t, ours), open(t, theirs)
	n := 0
	for _, sheet := range a.GetSheetList() {
		rows, err := a.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				cell := cellName(j+1, i+1)
				text, _ := a.GetCellFormula(sheet, cell)
				if text == "" {
					continue
				}
				n++
				raw := excelize.Options{RawCellValue: true}
				x, _ := a.GetCellValue(sheet, cell, raw)
				y, _ := b.GetCellValue(sheet, cell, raw)
				p, errP := decimal.NewFromString(x)
				q, errQ := decimal.NewFromString(y)
				if errP == nil && errQ == nil && p.Sub(q).Abs().LessThan(decimal.New(1, -9)) {
					continue
				}
				if x != y {
					t.Errorf("%s!%s =%s: stored %q, LibreOffice %q", sheet, cell, text, x, y)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d formulas were compared", n)
	}
}

func TestWriteRefusesNonsense(t *testing.T) {
	good := randomReport(1, 3, request.English)
	for name, spoil := range map[string]func(*Contents){
		"no period":   func(r *Contents) { r.Period = Period{} },
		"backwards":   func(r *Contents) { r.Period.To = r.Period.From.AddDays(-1) },
		"no instant":  func(r *Contents) { r.Made = time.Time{} },
		"no currency": func(r *Contents) { r.Currency = "" },
	} {
		r := good
		spoil(&r)
		if err := Write(io.Discard, r); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// The same report gives the same bytes: an edition that is made again after a crash is the same edition.
func TestReportIsTheSameEveryTime(t *testing.T) {
	r := quarterReport(t, request.French, 2, 80)
	if !bytes.Equal(writeReport(t, r), writeReport(t, r)) {
		t.Error("two workbooks of one report differ")
	}
}

var columnElement = regexp.MustCompile(`<col min="(\d+)"`)

// Excel repairs, and so distrusts, a sheet whose columns are not in order or a table with two headings alike.
func TestSheetsAreInOrderForExcel(t *testing.T) {
	data := writeReport(t, quarterReport(t, request.English, 3, 60))
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if archive.File[0].Name != contentTypes {
		t.Errorf("the first part is %s", archive.File[0].Name)
	}
	for _, part := range archive.File {
		if part.Flags&8 != 0 {
			t.Errorf("%s has a data descriptor", part.Name)
		}
		if !strings.HasPrefix(part.Name, "xl/worksheets/sheet") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		for _, m := range columnElement.FindAllSubmatch(text, -1) {
			n, _ := strconv.Atoi(string(m[1]))
			if n <= last {
				t.Errorf("%s: column %d comes after %d", part.Name, n, last)
			}
			last = n
		}
	}
	for _, l := range []request.Lang{request.English, request.French} {
		r := quarterReport(t, l, 3, 60)
		p := &sheetWriter{Contents: r.withDefaults(), book: newBook(l, "")}
		p.sort()
		p.sumUpContracts()
		p.plan()
		for _, s := range p.sheets {
			seen := map[string]bool{}
			for _, c := range s.columns {
				head := strings.ToLower(p.say(c.head))
				if seen[head] || head == "" {
					t.Errorf("%s: the heading %q stands twice", s.name, head)
				}
				seen[head] = true
			}
		}
	}
}

// Ten o'clock is not 09:59: instants are stored so that programs which cut seconds off show the right minute.
func TestInstantsShowTheirMinute(t *testing.T) {
	for minute := range 24 * 60 {
		at := time.Date(2026, 11, 16, 0, minute, 0, 0, ottawa)
		text := strconv.FormatFloat(serial(at), 'f', -1, 64)
		_, fraction, _ := strings.Cut(text, ".")
		if len(fraction) > 9 {
			t.Fatalf("%s is stored as %s", at, text)
		}
		if got := decimal.RequireFromString("0." + fraction + "0").Mul(decimal.NewFromInt(24 * 60)).IntPart(); got != int64(minute) {
			t.Fatalf("%s shows minute %d of the day, want %d", at.Format(time.TimeOnly), got, minute)
		}
	}
}

var chartReference = regexp.MustCompile(`<(?:c:)?f>([^<]*)</(?:c:)?f>`)

// partsOf are the texts of the parts of a workbook whose names begin alike.
func partsOf(t *testing.T, data []byte, prefix string) (texts []string) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range archive.File {
		if !strings.HasPrefix(part.Name, prefix) {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}
