package workbook

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

func asksForm(l request.Lang) FormOptions {
	return FormOptions{Lang: l, Currency: "CAD", Asks: []request.FormAsk{
		{Field: request.Total, Always: true}, {Origin: "branch", Always: true}, {Header: "Expense category"},
		{Field: request.Repository, Cases: []request.AskCase{{Title: request.Text{EN: "T", FR: "T"},
			When: request.Condition{Kind: request.OneOf, Field: request.Commodity, Codes: []string{"services"}}}}},
		{Field: request.Justification, Cases: []request.AskCase{{Title: request.Text{EN: "Same supplier again", FR: "Même fournisseur de nouveau"}}}},
	}}
}

// What is always asked for is shaded, what is asked for in a case is lighter and its help says when, and a case that the form
// shows hatches the box then.
func TestMarksSayWhatWillBeAsked(t *testing.T) {
	for l, words := range map[request.Lang][]string{
		request.English: {"Needed when “Commodity type” is services. ", "Sometimes asked for (“Same supplier again”). "},
		request.French:  {"Nécessaire lorsque «\u00a0Type de produit\u00a0» est «\u00a0services\u00a0». ", "Parfois demandé («\u00a0Même fournisseur de nouveau\u00a0»). "},
	} {
		f := writeForm(t, asksForm(l))
		sheet := f.GetSheetName(0)
		grounds := map[string]string{}
		rows := rowsOf(t, f, sheet)
		header, columns := headerOf(t, rows, l)
		for i, row := range rows {
			for j, label := range row {
				cell := cellName(j+2, i+1)
				if i+1 == header {
					cell = cellName(j+1, i+2)
				}
				id, err := f.GetCellStyle(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				style, err := f.GetStyle(id)
				if err != nil {
					t.Fatal(err)
				}
				if len(style.Fill.Color) > 0 {
					grounds[label] = style.Fill.Color[0]
				}
			}
		}
		both := func(f request.Field) string { return (&form{FormOptions: FormOptions{Lang: l}}).label(f.Info().Label) }
		for label, want := range map[string]string{
			both(request.Total): formNeeded, both(request.Title): formNeeded, both(request.Supplier): formNeeded,
			request.Text{EN: "Branch", FR: "Direction générale"}.In(l): formNeeded, request.Repository.Info().Label.In(l): formCase,
			both(request.Justification): formCase, "Expense category": "FFFFFF", both(request.Tax): "FFFFFF",
		} {
			if grounds[label] != want {
				t.Errorf("%s: %q has the ground %q, want %q", l, label, grounds[label], want)
			}
		}
		if !slices.Contains(columns, "Expense category") {
			t.Errorf("%s: the policy's own column is not in the form: %q", l, columns)
		}
		var help []string
		list, err := f.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, dv := range list {
			help = append(help, *dv.Prompt)
		}
		for _, w := range words {
			if !slices.ContainsFunc(help, func(h string) bool { return strings.HasPrefix(h, w) }) {
				t.Errorf("%s: no help begins with %q: %q", l, w, help)
			}
		}
		if !strings.Contains(rulesOf(t, f), `="services"`) {
			t.Errorf("%s: nothing hatches the repository of services", l)
		}
	}
}

func rulesOf(t *testing.T, f *excelize.File) string {
	t.Helper()
	formats, err := f.GetConditionalFormats(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, list := range formats {
		for _, c := range list {
			all = append(all, c.Criteria)
		}
	}
	return strings.Join(all, "\n")
}

// The header stays in view, the total is on a small screen, nothing is printed below 8 points, and what does not fit is on
// another page with the titles of its lines.
func TestTheFormFitsScreenAndPaper(t *testing.T) {
	const charPixels, widePixels = 7.0, 9.3 // of Excel's font, and of the widest that stands in for it
	for _, o := range []FormOptions{esdcForm(request.English), esdcForm(request.French), asksForm(request.French), {Lang: request.English, All: true}} {
		f := writeForm(t, o)
		sheet := f.GetSheetName(0)
		header, columns := headerOf(t, rowsOf(t, f, sheet), o.Lang)
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != header || panes.XSplit != 1 {
			t.Errorf("panes %+v, header in row %d, %v", panes, header, err)
		}
		width := 0.0
		total := (&form{FormOptions: o}).label(request.Total.Info().Label)
		for i := range slices.Index(columns, total) + 1 {
			name, _ := excelize.ColumnNumberToName(i + 1)
			w, err := f.GetColWidth(sheet, name)
			if err != nil {
				t.Fatal(err)
			}
			width += w
		}
		if px := width * widePixels; px > 1300 || width > pageWidth {
			t.Errorf("the total ends after %.0f characters, %.0f pixels", width, px)
		}
		if w, _ := f.GetColWidth(sheet, "B"); w*charPixels < 220 {
			t.Errorf("a box of %.0f pixels holds no e-mail address", w*charPixels)
		}
		layout, err := f.GetPageLayout(sheet)
		if err != nil || *layout.AdjustTo != printScale || *layout.Orientation != "landscape" || printScale*10 < 800 {
			t.Errorf("%+v, %v", layout, err)
		}
		titles := ""
		for _, n := range f.GetDefinedName() {
			titles += n.RefersTo
		}
		if !strings.Contains(titles, "$A:$A") || !strings.Contains(titles, "$"+strings.TrimPrefix(cellName(1, header), "A")) {
			t.Errorf("print titles %q", titles)
		}
		for row := header + 1; row < header+26; row++ {
			if h, err := f.GetRowHeight(sheet, row); err != nil || h != 15 {
				t.Errorf("row %d has a height of its own, %v: what is typed would be cut off", row, h)
			}
		}
	}
}
