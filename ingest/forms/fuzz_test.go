package forms

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// gridFrom turns bytes into a grid of headers, labels, values and traps; every grid can come up.
func gridFrom(data []byte) *grid {
	var words []string
	for _, info := range request.Fields() {
		words = append(words, info.Label.EN, info.Label.FR, info.Label.EN+" / "+info.Label.FR)
	}
	values := []any{nil, nil, "A", "Acme", 10, 12.345, "1,234", "1 234,56 $", "5000-6000", true, dateOf("2026-12-01"), dateOf("x"), rawNumber("NaN"),
		rawNumber("1e300"), rawNumber(""), errorOf("#N/A"), formulaOf{"A1", nil}, formulaOf{"A1", ""}, formulaOf{"A1", 0}, formulaOf{"A1", 3.5}, "Total",
		"Result", "Why", "Reference", "HR-2026-000123-01", "yes", "oui", "a@b.ca", "CAD", "JPY", "\x00", "\u202e", " ", strings.Repeat("long ", 60),
		"Requester", "Courriel", "Language", "fr", "Subtotal", "HST 13%", "Shipping", "Rabais", "Signature", "Notes:", "Select…", false, 1, 2, 3, 0,
		formulaOf{"SUM(C2:C9)", 22.345}, "Furniture", "(grey)", "Example"}
	g := &grid{}
	sheet := gridSheet{name: "S0"}
	number := 0
	var cells []any
	flush := func(hidden bool) {
		number++
		sheet.rows = append(sheet.rows, rowOf(number, cells, hidden))
		cells = nil
	}
	for i := 0; i < len(data) && i < 4000; i++ {
		switch b := int(data[i]); {
		case b < 16:
			flush(b == 1)
			number += b / 4 * b / 4 // gaps
		case b < 18:
			flush(false)
			g.sheets = append(g.sheets, sheet)
			sheet = gridSheet{name: fmt.Sprintf("S%d", len(g.sheets)), state: []workbook.SheetState{workbook.Visible, workbook.Hidden}[b-16]}
			number = 0
		case b < 20:
			sheet.layout.Merged = append(sheet.layout.Merged, workbook.Range{FirstCol: max(1, len(cells)), FirstRow: number + 1, LastCol: max(1, len(cells)) + 2*(b-18), LastRow: number + 2})
		case b < 20+2*len(values):
			cells = append(cells, values[(b-20)/2])
		default:
			i++
			if i < len(data) {
				cells = append(cells, words[int(data[i])%len(words)])
			}
		}
	}
	flush(false)
	g.sheets = append(g.sheets, sheet)
	return g
}

// FuzzReadForm holds, for every grid: no panic, a form or a named refusal, and no cell of the table lost. A row with
// something in it is a line, the footer, left alone by name, or named in a problem.
func FuzzReadForm(f *testing.F) {
	f.Add([]byte("\xf0\x03\xf0\x0f\xf0\x21\xf0\x24\x00\x18\x1a\x1c\x1e\x00"))
	f.Add([]byte("\xf0\x03\x18\x00\xf0\x0f\x1a\x00\xf0\x21\x1c\x00\xf0\x1e\x1c\x00\xf0\x24\x1c\x00\xf0\x30\x1a\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g := gridFrom(data)
		form, err := read(context.Background(), g, Options{})
		if err != nil {
			if codeOfError(err) != workbook.NoRequestTable {
				t.Fatal(err)
			}
			return
		}
		checkForm(t, g, form)
	})
}

func checkForm(t *testing.T, g *grid, form *Form) {
	t.Helper()
	checkTexts(t, form)
	for _, l := range form.Lines.All() {
		for f, v := range l.Values {
			if v.Faulty && (v.Given || v.Text != "") || v.Given && v.Text == "" {
				t.Fatalf("row %d: %s is %+v", l.Row, request.Field(f), v)
			}
			if v.Faulty && !l.MustReturn() {
				t.Fatalf("row %d: %s could not be read, and nothing says so", l.Row, request.Field(f))
			}
			if _, _, ok := workbook.ParseRef(v.Cell); v.Cell != "" && !ok {
				t.Fatalf("row %d: %s stands at %q", l.Row, request.Field(f), v.Cell)
			}
		}
	}
	if form.HeaderRow == 0 {
		return
	}
	said := map[int]bool{}
	stopped := math.MaxInt
	for _, l := range form.Lines.All() {
		said[l.Row] = true
	}
	for _, p := range form.Problems {
		_, at, _ := workbook.ParseRef(p.Cell)
		said[at] = true
		if p.Code == "second-table" && p.Sheet == form.Sheet {
			stopped = at
		}
	}
	for _, l := range form.LeftAlone {
		from, to, _ := strings.Cut(l.Cells, ":")
		_, first, ok := workbook.ParseRef(from)
		_, last, _ := workbook.ParseRef(to)
		if !ok || l.Why == "" || l.Sheet == "" {
			t.Fatalf("left alone %+v", l)
		}
		for at := first; at <= max(first, last) && l.Sheet == form.Sheet; at++ {
			said[at] = true
		}
	}
	for _, r := range g.sheets[form.SheetIndex].rows {
		if r.Number <= form.HeaderRow || r.Number > stopped || said[r.Number] || rowIsBlank(&r) {
			continue
		}
		onlyOurs := true
		for _, c := range r.Cells {
			ours := slices.ContainsFunc(form.Columns, func(col Column) bool { return col.Col == c.Col && col.By == byOurs })
			onlyOurs = onlyOurs && (ours || isBlank(&c))
		}
		if !onlyOurs {
			t.Fatalf("row %d was skipped in silence", r.Number)
		}
	}
	for _, l := range form.Lines.All() {
		if leftAt(form, l.Row) != "" {
			t.Fatalf("row %d is a line and left alone", l.Row)
		}
	}
}

// What a form says is what is read, in both languages and both ways of writing amounts.
func TestFormsReadBackWhatPeopleMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		french := rapid.Bool().Draw(t, "french")
		lang := request.English
		if french {
			lang = request.French
		}
		fields := []request.Field{request.Title, request.Supplier, request.Total, request.Commodity, request.Net, request.Security}
		fields = rapid.Permutation(fields).Draw(t, "order")
		var header, cells row
		want := request.Values{}
		for _, f := range fields {
			info := f.Info()
			header = append(header, info.Label.In(lang))
			var cell any
			switch info.Kind {
			case request.MoneyKind:
				m := request.Money{Amount: decimal.New(rapid.Int64Range(-1e9, 1e11).Draw(t, "cents"), -2), Currency: "CAD"}
				want[f].Text = m.Plain()
				cell = m.In(lang)
				if rapid.Bool().Draw(t, "number") || m.Amount.IsNegative() { // typed, it is asked about
					cell, _ = m.Amount.Float64()
				}
			case request.ChoiceKind:
				c := rapid.SampledFrom(info.Choices).Draw(t, "choice")
				want[f].Text = c.Code
				cell = strings.ToUpper(c.Label.In(lang))
			default:
				s := rapid.StringMatching(`[A-Za-zÀ-ÿ][A-Za-z0-9À-ÿ ,.&'-]{0,20}[a-z]`).Draw(t, "text")
				if request.PlaceholderIn(f, s) != request.NoPlaceholder {
					s = "Model " + s
				}
				want[f].Text, cell = s, " "+s+"\u00a0"
			}
			cells = append(cells, cell)
		}
		form, err := read(context.Background(), gridOf(sheetOf("S", header, cells)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			if got := lineOf(form, 0).Values[f]; got.Text != want[f].Text {
				t.Fatalf("%s: %q read as %q", f, want[f].Text, got.Text)
			}
		}
		if form.Origin.Language != lang {
			t.Fatalf("language %q, want %q", form.Origin.Language, lang)
		}
	})
}

// Every stored amount is read as the nearest cent, half away from zero.
func TestStoredAmountsAreRoundedToTheNearestCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e9, 1e9).Draw(t, "amount")
		form, err := read(context.Background(), gridOf(sheetOf("S", four, row{"Pens", "Acme", x})), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := lineOf(form, 0).Values[request.Total].Number
		off := got.Sub(decimal.NewFromFloat(x)).Abs()
		if off.Cmp(decimal.New(5, -3)) > 0 || !got.Equal(got.Truncate(2)) {
			t.Fatalf("%v read as %s", x, got)
		}
		noted := slices.ContainsFunc(lineOf(form, 0).Problems, func(p request.Problem) bool { return p.Code != request.CodeHint })
		if noted != (off.Cmp(aMillionth) > 0) {
			t.Fatalf("%v read as %s, off by %s, noted %v", x, got, off, noted)
		}
	})
}

// Workbooks that nobody made for us: each is a form by our rules or is refused with a sentence for its sender.
func TestCorpusWorkbooksAreFormsOrSayWhy(t *testing.T) {
	files, err := filepath.Glob("../../../shared/corpus/xlsx/*/*.xlsx")
	if err != nil || len(files) == 0 {
		t.Skip("the corpus of workbooks is not here")
	}
	opened := 0
	for i, name := range files {
		if testing.Short() && i%10 != 0 {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 2<<20 {
			continue
		}
		b, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
		if err != nil {
			continue
		}
		opened++
		form, err := Read(context.Background(), b, Options{})
		if err == nil {
			t.Logf("%s reads as a form: sheet %q, header row %d, %d lines", filepath.Base(name), form.Sheet, form.HeaderRow, form.Lines.Len())
			checkTexts(t, form)
			continue
		}
		if e, ok := workbook.ErrorOf(err); !ok || e.Message.EN == "" {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
	if opened < len(files)/20 {
		t.Errorf("only %d of %d workbooks could be opened", opened, len(files))
	}
}

// A corpus workbook whose headers are aliased is a department's form: aliasing four of its own headers must find it.
func TestCorpusTablesReadOnceAliased(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/xlsx/*/*.xlsx")
	if len(files) == 0 {
		t.Skip("the corpus of workbooks is not here")
	}
	fields := []request.Field{request.Title, request.Supplier, request.Description, request.CostCentre}
	read := 0
	for i, name := range files {
		if i%7 != 0 {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
		if err != nil || len(data) > 1<<20 {
			continue
		}
		aliases := map[request.Field][]string{}
		at := 0
		_ = b.Rows(context.Background(), 0, func(r *workbook.Row) error {
			seen := map[string]bool{}
			var texts []string
			for j := range r.Cells {
				s := request.Fold(r.Cells[j].Value)
				if isText(&r.Cells[j]) && s != "" && !seen[s] && len(r.Cells[j].Value) <= longestHeader {
					seen[s] = true
					texts = append(texts, r.Cells[j].Value)
				}
			}
			if len(texts) < len(fields) || r.Number > headerSearch {
				return nil
			}
			for n, f := range fields {
				aliases[f] = []string{texts[n]}
			}
			at = r.Number
			return errEnough
		})
		if at == 0 {
			continue
		}
		form, err := Read(context.Background(), b, Options{Aliases: aliases})
		if err != nil {
			if code := codeOfError(err); code == "" || code == workbook.NoRequestTable && len(aliases) == len(fields) && !boxed(b, aliases, at) {
				t.Errorf("%s: header row %d aliased: %v", filepath.Base(name), at, err)
			}
			continue
		}
		read++
		if form.HeaderRow > at {
			t.Errorf("%s: header row %d, want %d", filepath.Base(name), form.HeaderRow, at)
		}
		checkTexts(t, form)
	}
	t.Logf("%d workbooks of the corpus read as aliased forms", read)
	if read == 0 {
		t.Error("no workbook of the corpus could be read as a form")
	}
}

// boxed reports whether the aliased row is one of labels with boxes, which is no header when nothing stands under it.
func boxed(b *workbook.Book, aliases map[request.Field][]string, at int) bool {
	words, err := newFormWords(aliases, nil)
	if err != nil {
		return true
	}
	is := false
	_ = b.Rows(context.Background(), 0, func(r *workbook.Row) error {
		if r.Number == at {
			is = countLabels(r, words).boxed
		}
		return nil
	})
	return is
}
