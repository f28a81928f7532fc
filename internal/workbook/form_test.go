package workbook

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// esdcNeeds are the fields that the ESDC policy reads (DOMAIN, policy 1).
var esdcNeeds = []request.Field{
	request.Title, request.TitleOther, request.Supplier, request.SupplierID, request.Quantity, request.UnitPrice,
	request.Net, request.Tax, request.Total, request.CostCentre, request.Security, request.Remote, request.Repository,
	request.Licence, request.Standalone, request.InternalCapacity, request.TermsAccepted, request.Rationale,
	request.AuthorizedBy, request.AuthorizedOn, request.AuthorizedAmount, request.Payment, request.PublicServant, request.Justification,
}

func esdcForm(l request.Lang) FormOptions {
	return FormOptions{
		Lang: l, Fields: esdcNeeds,
		Asks: asksAlways(request.Total, request.CostCentre, request.Rationale, request.TermsAccepted, request.AuthorizedBy,
			request.AuthorizedOn, request.AuthorizedAmount, request.Standalone, request.InternalCapacity, request.Licence, request.Repository),
		RequestLimit: decimal.NewFromInt(10000), PretaxLimit: decimal.NewFromInt(8690), Currency: "CAD",
		Policy: "ESDC micro-acquisition 2021-06", MailTo: "purchases@department.example",
		Means: request.Text{
			EN: "This records that the request is inside the guardrails, or accepted as an exception. It is not a section 32 commitment, a contract or a section 34 certification.",
			FR: "La présente décision indique seulement que la demande respecte les balises ou qu’une exception a été acceptée. Elle ne constitue ni un engagement (article 32), ni un contrat, ni une attestation (article 34 de la LGFP).",
		},
	}
}

func asksAlways(fields ...request.Field) []request.FormAsk {
	var asks []request.FormAsk
	for _, f := range fields {
		asks = append(asks, request.FormAsk{Field: f, Always: true})
	}
	return asks
}

func writeForm(t *testing.T, o FormOptions) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := NewForm(&b, o); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("HANDRAIL_FORM_OUT"); dir != "" {
		name := "form-" + string(o.Lang)
		if o.All {
			name += "-all"
		}
		if err := os.WriteFile(filepath.Join(dir, name+".xlsx"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func rowsOf(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// headerOf finds the header row by the rule of docs/design.md#the-request-form: the first one, within 50, with at least four known headers.
func headerOf(t *testing.T, rows [][]string, l request.Lang) (int, []string) {
	t.Helper()
	known := map[string]bool{}
	for _, info := range request.Fields() {
		known[(&form{FormOptions: FormOptions{Lang: l}}).label(info.Label)] = true
	}
	for i, row := range rows[:min(50, len(rows))] {
		n := 0
		for _, cell := range row {
			if known[cell] {
				n++
			}
		}
		if n >= 4 {
			return i + 1, row
		}
	}
	t.Fatal("no header row within the first 50 rows")
	return 0, nil
}

func TestFormHasAboutElevenColumnsAndIsEmptyBelowThem(t *testing.T) {
	for _, l := range []request.Lang{request.English, request.French} {
		f := writeForm(t, esdcForm(l))
		rows := rowsOf(t, f, f.GetSheetName(0))
		row, header := headerOf(t, rows, l)
		if len(header) != 11 {
			t.Errorf("%s: %d columns in the table: %q", l, len(header), header)
		}
		if row > 50 {
			t.Errorf("%s: header in row %d", l, row)
		}
		if len(rows) > row {
			t.Errorf("%s: a non-empty row under the header: %q", l, rows[len(rows)-1])
		}
	}
}

// A Total formula without a stored value would come back as a problem; the form has no formula at all.
func TestFormHoldsNoFormula(t *testing.T) {
	o := esdcForm(request.English)
	o.All = true
	f := writeForm(t, o)
	for _, sheet := range f.GetSheetList() {
		for r := 1; r <= 60; r++ {
			for c := 1; c <= 30; c++ {
				if formula, _ := f.GetCellFormula(sheet, cellName(c, r)); formula != "" {
					t.Errorf("%s!%s holds =%s", sheet, cellName(c, r), formula)
				}
			}
		}
	}
}

func TestFormAsksEveryNeededFieldOnce(t *testing.T) {
	for _, o := range []FormOptions{esdcForm(request.English), esdcForm(request.French), {Lang: request.English}, {Lang: request.French, All: true}} {
		f := writeForm(t, o)
		want := map[string]int{}
		for _, info := range request.Fields() {
			if o.All || slices.Contains(o.Fields, info.Field) || slices.Contains(financeNeeds, info.Field) {
				label := info.Label.In(o.Lang) // above the table
				if slices.Contains(columnOrder, info.Field) {
					label = (&form{FormOptions: o}).label(info.Label)
				}
				want[label]++
			}
		}
		got := map[string]int{}
		for _, row := range rowsOf(t, f, f.GetSheetName(0)) {
			for _, cell := range row {
				if want[cell] > 0 {
					got[cell]++
				}
			}
		}
		for label := range want {
			if got[label] != 1 {
				t.Errorf("%s all=%v: %q stands %d times", o.Lang, o.All, label, got[label])
			}
		}
	}
}

// Every field of the table has a place in the form's layout; a new one would otherwise be left out in silence.
func TestLayoutKnowsEveryField(t *testing.T) {
	for _, info := range request.Fields() {
		n := 0
		places := slices.Clone(columnOrder)
		for _, row := range onceOrder {
			places = append(places, row[:]...)
		}
		for _, f := range places {
			if f == info.Field {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s has %d places in columnOrder and onceOrder of form_layout.go, not one", info.Name, n)
		}
	}
}

func TestFormLabelsStandLeftOfTheirValues(t *testing.T) {
	o := esdcForm(request.French)
	f := writeForm(t, o)
	sheet := f.GetSheetName(0)
	for label, right := range map[string]string{"A3": "Demandeur", "C3": "Langue", "D3": "Français", "E3": "Centre de coûts", "A4": "Courriel"} {
		if got, _ := f.GetCellValue(sheet, label); got != right {
			t.Errorf("%s is %q, want %q", label, got, right)
		}
	}
}

func TestFormDropDownsSpeakTheFormsLanguage(t *testing.T) {
	for l, want := range map[request.Lang]string{request.English: `"yes,no"`, request.French: `"oui,non"`} {
		f := writeForm(t, esdcForm(l))
		list, err := f.GetDataValidations(f.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, dv := range list {
			found = found || dv.Formula1 == want
			if dv.Type == "list" && len(dv.Formula1) > 257 {
				t.Errorf("%s: the drop-down %s is too long for Excel", l, dv.Formula1)
			}
			if dv.Prompt == nil || *dv.Prompt == "" || len([]rune(*dv.Prompt)) > maxInputText || len([]rune(*dv.PromptTitle)) > maxInputTitle {
				t.Errorf("%s: %s has no help, or more than Excel shows", l, dv.Sqref)
			}
		}
		if !found {
			t.Errorf("%s: no drop-down %s", l, want)
		}
	}
}

func TestFormLocksLabelsAndOpensEntries(t *testing.T) {
	f := writeForm(t, esdcForm(request.English))
	sheet := f.GetSheetName(0)
	rows := rowsOf(t, f, sheet)
	header, _ := headerOf(t, rows, request.English)
	locked := func(cell string) bool {
		id, err := f.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		return s.Protection == nil || s.Protection.Locked
	}
	for cell, want := range map[string]bool{
		"A1": true, "A3": true, "B3": false, "D4": false, cellName(1, header): true, cellName(11, header): true,
		cellName(1, header+1): false, cellName(11, header+25): false, cellName(1, header+26): true,
	} {
		if got := locked(cell); got != want {
			t.Errorf("%s locked: %v, want %v", cell, got, want)
		}
	}
	if p, err := f.GetSheetProtection(sheet); err != nil || p.Password != "" || !p.SelectUnlockedCells {
		t.Errorf("protection %+v, %v", p, err)
	}
}

func TestFormChecksLimitsSumsAndMissingCells(t *testing.T) {
	f := writeForm(t, esdcForm(request.English))
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
	text := strings.Join(all, "\n")
	for _, want := range []string{">10000", ">8690", ")=3,ROUND(ABS(", `)="")`, "COUNTA("} {
		if !strings.Contains(text, want) {
			t.Errorf("no live check with %q in\n%s", want, text)
		}
	}
	none := writeForm(t, FormOptions{Lang: request.English})
	formats, err = none.GetConditionalFormats(none.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	for cells, list := range formats {
		for _, c := range list {
			if strings.Contains(c.Criteria, ">0)") && strings.Contains(c.Criteria, "ISNUMBER") {
				t.Errorf("a check of a limit nobody gave, at %s: %s", cells, c.Criteria)
			}
		}
	}
}

// The help sheet must not itself read as a form: no cell holds just a label.
func TestHelpSheetIsNoForm(t *testing.T) {
	f := writeForm(t, esdcForm(request.English))
	for i, row := range rowsOf(t, f, f.GetSheetName(1)) {
		if len(row) > 1 {
			t.Errorf("row %d of the help has %d cells", i+1, len(row))
		}
		for _, cell := range row {
			for _, info := range request.Fields() {
				if cell == info.Label.EN || cell == info.Label.FR {
					t.Errorf("row %d of the help is a label: %q", i+1, cell)
				}
			}
		}
	}
}

func TestFormSaysItsLanguageAndTitle(t *testing.T) {
	f := writeForm(t, esdcForm(request.French))
	p, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if p.Language != "fr-CA" || p.Title != "Demande d’achat / Purchase request" {
		t.Errorf("document properties %q, %q", p.Language, p.Title)
	}
}

func TestFormRefusesNonsense(t *testing.T) {
	for _, o := range []FormOptions{
		{Rows: -1}, {Rows: 100_000}, {Fields: []request.Field{request.NumFields}}, {RequestLimit: decimal.NewFromInt(-1)},
	} {
		if err := NewForm(&bytes.Buffer{}, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestFormIsTheSameEveryTime(t *testing.T) {
	var a, b bytes.Buffer
	if err := NewForm(&a, esdcForm(request.English)); err != nil {
		t.Fatal(err)
	}
	if err := NewForm(&b, esdcForm(request.English)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two forms with the same options differ")
	}
}
