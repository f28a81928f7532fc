package forms

import (
	"context"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/ingest"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

var plainHeader = row{"Title", "Supplier", "Quantity", "Unit price", "Subtotal", "Tax", "Total", "Needed by"}

func plainLine(title string) row {
	return row{title, "Acme Inc.", 2, 50.0, 100.0, 13.0, 113.0, dateOf("2026-12-01")}
}

func value(t *testing.T, f *Form, line int, field request.Field) request.Value {
	t.Helper()
	if line >= f.Lines.Len() {
		t.Fatalf("%d lines, want line %d", f.Lines.Len(), line)
	}
	return lineOf(f, line).Values[field]
}

func wantText(t *testing.T, f *Form, line int, field request.Field, want string) {
	t.Helper()
	if v := value(t, f, line, field); v.Text != want || v.Given != (want != "") {
		t.Errorf("line %d, %s = %q (given %v), want %q", line, field, v.Text, v.Given, want)
	}
}

func TestATableIsReadCellForCell(t *testing.T) {
	f := readRows(t, row{"Purchase request"}, nil, plainHeader, plainLine("Audit"), plainLine("Design"))
	wantCodes(t, f)
	if f.Sheet != "Requests" || f.HeaderRow != 3 || f.LastRow != 5 || f.LastCol != 8 || f.Lines.Len() != 2 {
		t.Fatalf("header row %d, last row %d, last column %d, %d lines", f.HeaderRow, f.LastRow, f.LastCol, f.Lines.Len())
	}
	if lineOf(f, 1).Row != 5 || lineOf(f, 1).Sheet != "Requests" {
		t.Errorf("second line stands at %s row %d", lineOf(f, 1).Sheet, lineOf(f, 1).Row)
	}
	for field, want := range map[request.Field]string{
		request.Title: "Design", request.Supplier: "Acme Inc.", request.Quantity: "2", request.UnitPrice: "50.00", request.Net: "100.00",
		request.Tax: "13.00", request.Total: "113.00", request.NeededBy: "2026-12-01",
	} {
		wantText(t, f, 1, field, want)
	}
	if v := value(t, f, 1, request.Total); v.Cell != "G5" || v.Number.String() != "113" {
		t.Errorf("total is %s at %s", v.Number, v.Cell)
	}
	if v := value(t, f, 0, request.NeededBy); v.Date != (request.Date{Year: 2026, Month: 12, Day: 1}) {
		t.Errorf("needed by %v", v.Date)
	}
	if f.Origin.Language != request.English {
		t.Errorf("language %q", f.Origin.Language)
	}
}

func TestHeadersAreKnownHoweverTheyAreWritten(t *testing.T) {
	tests := []struct {
		header string
		want   request.Field
	}{
		{"SUPPLIER", request.Supplier}, {"  supplier : ", request.Supplier}, {"Supplier*", request.Supplier},
		{"Fournisseur", request.Supplier}, {"fournisseur", request.Supplier}, {"Supplier / Fournisseur", request.Supplier},
		{"Fournisseur / Supplier", request.Supplier}, {"Supplier\nFournisseur", request.Supplier}, {"Supplier (Fournisseur)", request.Supplier},
		{"Numero d'entreprise", request.SupplierID}, {"NUMÉRO D’ENTREPRISE", request.SupplierID}, {"Sous total", request.Net},
		{"Sub-total", request.Net}, {"Cost Centre", request.CostCentre}, {"Centre de couts", request.CostCentre},
		{"Date d'autorisation (art. 32)", request.AuthorizedOn}, {"Total ($)", request.Total}, {"Supplier / Title", request.NoField},
		{"Supplier name", request.NoField}, {"Vendor", request.NoField}, {"", request.NoField},
	}
	words, err := newFormWords(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		if m, _ := words.lookup(tt.header); m.field != tt.want {
			t.Errorf("%q means %q, want %q", tt.header, m.field, tt.want)
		}
	}
}

// Every label is one field's and no other's.
func TestNoLabelMeansTwoFields(t *testing.T) {
	words, err := newFormWords(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range request.Fields() {
		for _, label := range []string{info.Label.EN, info.Label.FR, info.Label.EN + " / " + info.Label.FR, info.Label.FR + " / " + info.Label.EN} {
			if m, ok := words.lookup(label); !ok || m.field != info.Field {
				t.Errorf("%q means %q, want %q", label, m.field, info.Field)
			}
		}
	}
}

func TestADepartmentsFormNeedsAliasesOnly(t *testing.T) {
	g := gridOf(sheetOf("Feuil1",
		row{"Contact", "Anna Roy"}, row{"Contact e-mail", "Anna.Roy@Example.CA"},
		row{"What", "Vendor name", "Before tax", "HST", "All in", "Funding code", "Our remarks"},
		row{"Audit", "Acme", 100, 13, 113, "C-12", "urgent"}))
	c := Config{Aliases: map[string][]string{
		"title": {"What"}, "supplier": {"Payee", "Vendor name"}, "net": {"Before tax"}, "tax": {"HST"}, "total": {"All in"},
		"cost_centre": {"Funding code"}, "requester": {"Contact"}, "email": {"Contact e-mail"},
	}}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	f := mustRead(t, g, c.Options("CAD"))
	wantCodes(t, f, "note unread-columns G3")
	wantText(t, f, 0, request.Supplier, "Acme")
	wantText(t, f, 0, request.CostCentre, "C-12")
	if lineOf(f, 0).Extra["Our remarks"] != "urgent" || len(lineOf(f, 0).Extra) != 1 {
		t.Errorf("extra %v", lineOf(f, 0).Extra)
	}
	if f.Origin.Name != "Anna Roy" || f.Origin.Email != "anna.roy@example.ca" {
		t.Errorf("origin %+v", f.Origin)
	}
	want := []Column{{1, "What", request.Title, "alias", false}, {2, "Vendor name", request.Supplier, "alias", false}}
	for i, w := range want {
		if f.Columns[i] != w {
			t.Errorf("column %d is %+v, want %+v", i, f.Columns[i], w)
		}
	}
	if last := f.Columns[6]; last.By != "extra" || last.Field != request.NoField {
		t.Errorf("last column is %+v", last)
	}
	if _, err := read(context.Background(), g, Options{}); codeOfError(err) != workbook.NoRequestTable {
		t.Errorf("without aliases: %v", err)
	}
}

func codeOfError(err error) workbook.Code {
	if e, ok := workbook.ErrorOf(err); ok {
		return e.Code
	}
	return ""
}

func TestAFrenchFormAsPeopleFillItIn(t *testing.T) {
	f := readRows(t, row{"Demandeur", "Anna Roy", "Courriel", "anna.roy@example.ca"}, row{"Direction générale", "DGPI"}, nil,
		row{"Titre", "Fournisseur", "Sous-total", "Taxes", "Total", "Type de produit", "Date requise", "Niveau de sécurité"},
		row{"Vérification", "Acmé ltée", "1 000,00 $", "149,75 $", "1\u00a0149,75", "Biens", "2026-12-01", "Non classifié"})
	wantCodes(t, f)
	for field, want := range map[request.Field]string{request.Net: "1000.00", request.Tax: "149.75", request.Total: "1149.75",
		request.Commodity: "goods", request.NeededBy: "2026-12-01", request.Security: "unclassified"} {
		wantText(t, f, 0, field, want)
	}
	if f.Origin.Language != request.French || f.Origin.Unit != "DGPI" || f.Origin.Name != "Anna Roy" {
		t.Errorf("origin %+v", f.Origin)
	}
}

func TestLabelsAboveFillWhatLinesLeaveEmpty(t *testing.T) {
	f := readRows(t,
		row{"Cost centre", "C-12", "Currency", "USD"},
		row{"Section 32 manager", "mailto:Boss@Example.ca", "Section 32 amount", "9 000,00"},
		row{"Language", "Français"}, nil,
		row{"Title", "Supplier", "Cost centre", "Subtotal", "Total"},
		row{"A", "Acme", nil, 10, 10}, row{"B", "Acme", "C-99", 10, 10})
	wantCodes(t, f)
	wantText(t, f, 0, request.CostCentre, "C-12")
	wantText(t, f, 1, request.CostCentre, "C-99")
	wantText(t, f, 1, request.Currency, "USD")
	wantText(t, f, 0, request.AuthorizedBy, "boss@example.ca")
	wantText(t, f, 0, request.AuthorizedAmount, "9000.00")
	if v := value(t, f, 0, request.CostCentre); v.Cell != "B1" {
		t.Errorf("shared cost centre stands at %s", v.Cell)
	}
	if v := value(t, f, 1, request.CostCentre); v.Cell != "C7" {
		t.Errorf("own cost centre stands at %s", v.Cell)
	}
	if f.Origin.Language != request.French {
		t.Errorf("language %q", f.Origin.Language)
	}
}

func TestLabelsStandLeftOfOrAboveTheirValues(t *testing.T) {
	header := row{"Title", "Supplier", "Subtotal", "Total"}
	line := row{"A", "Acme", 10, 10}
	tests := map[string]struct {
		rows []any
		want string
		cell string
	}{
		"right":            {[]any{row{"Cost centre", "C-1"}, header, line}, "C-1", "B1"},
		"below":            {[]any{row{"Cost centre"}, row{"C-1"}, header, line}, "C-1", "A2"},
		"across":           {[]any{row{"Requester", "Cost centre", "Branch"}, row{"Anna", "C-1", "DGPI"}, header, line}, "C-1", "B2"},
		"spaced":           {[]any{row{"Cost centre", nil, "C-1"}, header, line}, "C-1", "C1"},
		"empty":            {[]any{row{"Cost centre", nil, "Branch", "DGPI"}, header, line}, "", "B1"},
		"empty over prose": {[]any{row{"Branch", "DGPI"}, row{"Cost centre"}, row{"What you want to buy"}, header, line}, "", "B2"},
		"next label":       {[]any{row{"Cost centre", "Phone:", "555"}, row{"Branch", "DGPI"}, header, line}, "", "B1"},
		"header under it":  {[]any{row{"Cost centre"}, header, line}, "", "B1"},
		"an unfilled box never borrows the panel": {[]any{row{"Branch", "DGPI", "Cost centre", nil, "How to fill this in"}, header, line}, "", "D1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := readRows(t, tt.rows...)
			wantText(t, f, 0, request.CostCentre, tt.want)
			if v := value(t, f, 0, request.CostCentre); v.Cell != tt.cell {
				t.Errorf("value stands at %s, want %s", v.Cell, tt.cell)
			}
		})
	}
}

func TestAFormOfLabelsIsOneLine(t *testing.T) {
	f := readRows(t, row{"Micro-purchase"}, nil,
		row{"Requester", "Anna"}, row{"Email", "anna@example.ca"}, row{"Title", "Audit"}, row{"Supplier", "Acme"},
		row{"Subtotal", 100, "Tax", 13}, row{"Needed by", dateOf("2026-12-01")}, row{"Remote work", "Yes"})
	wantCodes(t, f, "note derived-total B7")
	if f.HeaderRow != 0 || f.Lines.Len() != 1 || lineOf(f, 0).Row != 3 || len(f.Labels) != 8 {
		t.Fatalf("header row %d, lines %+v, %d labels", f.HeaderRow, f.Lines, len(f.Labels))
	}
	wantText(t, f, 0, request.Total, "113.00")
	wantText(t, f, 0, request.Remote, "yes")
	wantText(t, f, 0, request.NeededBy, "2026-12-01")
	if f.Origin.Email != "anna@example.ca" || f.LastCol != 4 || f.LastRow != 9 {
		t.Errorf("email %q, last column %d, last row %d", f.Origin.Email, f.LastCol, f.LastRow)
	}
	if l := f.Labels[0]; l.Cell != "A3" || l.Name != "requester" || l.Value != "B3" || !l.Given {
		t.Errorf("first label %+v", l)
	}
}

func TestAFormOfLabelsThatComesBack(t *testing.T) {
	f := readRows(t,
		row{"Title", "Audit", nil, "Result / Résultat", "✔ Approved"}, row{"Supplier", "Acme", nil, "Why / Pourquoi", "in order"},
		row{"Subtotal", 100, nil, "Reference / Référence", "HR-2026-000123-01"}, row{"Tax", 13}, row{"Total", 113}, row{"Cost centre", "C-1"})
	wantCodes(t, f)
	if lineOf(f, 0).Reference != "HR-2026-000123-01" {
		t.Errorf("reference %q", lineOf(f, 0).Reference)
	}
	if len(f.Columns) != 3 || f.Columns[0].By != "ours" || f.Columns[0].Col != 4 || f.LastCol != 2 {
		t.Errorf("columns %+v, last column %d", f.Columns, f.LastCol)
	}
}

func TestFourLabelsToARowAreNoTable(t *testing.T) {
	f := readRows(t,
		row{"Title", "Audit", "Supplier", "Acme", "Cost centre", "C-1", "Tax", 13},
		row{"Subtotal", 100, "Total", 113, "Currency", "CAD", "Needed by", dateOf("2026-12-01")})
	wantCodes(t, f)
	if f.HeaderRow != 0 || f.Lines.Len() != 1 {
		t.Fatalf("header row %d, %d lines", f.HeaderRow, f.Lines.Len())
	}
	wantText(t, f, 0, request.Total, "113.00")
}

func TestAPageOfExplanationsIsNoForm(t *testing.T) {
	var rows []any
	for _, info := range request.Fields() {
		rows = append(rows, row{info.Label.EN, info.Help.EN})
	}
	if _, err := read(context.Background(), gridOf(sheetOf("Help", rows...)), Options{}); codeOfError(err) != workbook.NoRequestTable {
		t.Errorf("a help sheet is read as a form: %v", err)
	}
}

func TestOurOwnColumnsAreKnownAgain(t *testing.T) {
	f := readRows(t, append(append(row{}, plainHeader...), "Result / Résultat", "Why / Pourquoi", "Reference / Référence"),
		append(append(row{}, plainLine("A")...), "✔ Approved", "in order", "hr-2026-000123-01"),
		append(append(row{}, plainLine("B")...), "✘ Returned", "see C3", nil),
		append(append(row{}, plainLine("C")...), nil, nil, "my own number"),
		row{nil, nil, nil, nil, nil, nil, nil, nil, "✔ Approved", "in order", "HR-2026-000123-04"})
	wantCodes(t, f, "note not-a-reference K4", "note cleared-row A5")
	if f.Lines.Len() != 3 || lineOf(f, 0).Reference != "HR-2026-000123-01" || lineOf(f, 1).Reference != "" || lineOf(f, 2).Reference != "" {
		t.Errorf("lines %+v", f.Lines)
	}
	if f.LastCol != 8 || len(lineOf(f, 0).Extra) != 0 {
		t.Errorf("last column %d, extra %v", f.LastCol, lineOf(f, 0).Extra)
	}
	for _, c := range f.Columns[8:] {
		if c.By != "ours" {
			t.Errorf("column %+v is not ours", c)
		}
	}
}

func TestADepartmentsOwnReferenceColumnIsItsOwn(t *testing.T) {
	f := readRows(t, row{"Reference", "Title", "Supplier", "Subtotal", "Total"}, row{"PO-17", "A", "Acme", 10, 10},
		row{"HR-2026-000123-01", "B", "Acme", 10, 10})
	wantCodes(t, f, "note unread-columns A1") // PO-17 is no number of ours, and says something
	if f.Columns[0].By != "extra" || lineOf(f, 0).Extra["Reference"] != "PO-17" || lineOf(f, 0).Reference != "" {
		t.Errorf("column %+v, line %+v", f.Columns[0], lineOf(f, 0))
	}
	if lineOf(f, 1).Reference != "HR-2026-000123-01" {
		t.Errorf("our number in a column of that name: %q", lineOf(f, 1).Reference)
	}
}

func TestMoneyInNumbersIsExact(t *testing.T) {
	tests := []struct {
		cell any
		want string
		code string
	}{
		{10.125, "10.13", "note rounded C2"},   // half away from zero; 10.125 is a double to the letter
		{-10.125, "-10.13", "note rounded C2"}, //
		{1.005, "1.01", "note rounded C2"},     // stored as 1.0049999999999999
		{8650.0 * 0.13, "1124.50", ""},
		{66.5 * 0.13, "8.65", "note rounded C2"},
		{0.1 + 0.2, "0.30", ""}, // a double's dust is not worth a word
		{1234.5600000001, "1234.56", ""},
		{rawNumber("9.775E3"), "9775.00", ""},
		{rawNumber("9775.0000000000018"), "9775.00", ""},
		{formulaOf{"A1", 12.5}, "12.50", ""},
		{"1,234.56", "1234.56", ""},
	}
	for _, tt := range tests {
		f := readRows(t, row{"Title", "Supplier", "Total", "Cost centre"}, row{"A", "Acme", tt.cell, "C"})
		wantText(t, f, 0, request.Total, tt.want)
		if tt.code == "" {
			wantCodes(t, f)
		} else {
			wantCodes(t, f, tt.code)
		}
	}
}

func TestUnitPricesKeepSixDecimals(t *testing.T) {
	for in, want := range map[float64]string{0.123456: "0.123456", 1.5: "1.50", 0.0149: "0.0149", 0.12345678: "0.123457"} {
		f := readRows(t, row{"Title", "Supplier", "Unit price", "Total"}, row{"A", "Acme", in, 10})
		wantText(t, f, 0, request.UnitPrice, want)
		wantCodes(t, f)
	}
}

func TestCurrenciesSayHowExactMoneyIs(t *testing.T) {
	f := readRows(t, row{"Title", "Supplier", "Total", "Currency"}, row{"A", "Acme", 1500.4, "jpy"}, row{"B", "Acme", 1.2345, "KWD"},
		row{"C", "Acme", "12.00 USD", "USD"}, row{"D", "Acme", "12.00 USD", nil}, row{"E", "Acme", 12, "dollars"}, row{"F", "Acme", "$12.00 CAD", ""})
	wantCodes(t, f, "note rounded C2", "note rounded C3", "note currency-shown C5", "return unknown-currency D6")
	wantText(t, f, 0, request.Total, "1500")
	wantText(t, f, 1, request.Total, "1.235")
	wantText(t, f, 2, request.Total, "12.00")
	wantText(t, f, 5, request.Total, "12.00")
}

func TestDatesOfBothSystems(t *testing.T) {
	for _, epoch := range []bool{false, true} {
		b := xlsx(t, func(x *excelize.File) {
			if err := x.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &epoch}); err != nil {
				t.Fatal(err)
			}
			put(t, x, "A1", "Title", "Supplier", "Total", "Needed by")
			style, err := x.NewStyle(&excelize.Style{NumFmt: 14})
			if err != nil {
				t.Fatal(err)
			}
			serial := 46357.0 // 2026-12-01 in the 1900 system
			if epoch {
				serial -= 1462
			}
			put(t, x, "A2", "A", "Acme", 10, serial)
			put(t, x, "A3", "B", "Acme", 10, serial)
			if err := x.SetCellStyle("Requests", "D2", "D2", style); err != nil {
				t.Fatal(err)
			}
		})
		f, err := Read(context.Background(), b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		wantText(t, f, 0, request.NeededBy, "2026-12-01")
		wantCodes(t, f, "return number-as-date D3")
	}
}

func TestHiddenThingsAreReadAndFlagged(t *testing.T) {
	s := sheetOf("Requests", plainHeader, plainLine("A"), hiddenRow(plainLine("B")))
	s.state = workbook.Hidden
	s.layout.Hidden = []workbook.Span{{First: 7, Last: 7}}
	f := mustRead(t, gridOf(s), Options{})
	wantCodes(t, f, "note hidden-sheet ", "note hidden-column G1", "note hidden-row A3")
	if f.Lines.Len() != 2 || !lineOf(f, 1).Hidden || lineOf(f, 0).Hidden || !f.Columns[6].Hidden {
		t.Errorf("lines %+v", f.Lines)
	}
}

func TestFormOfHiddenRowsInARealWorkbook(t *testing.T) {
	b := xlsx(t, func(x *excelize.File) {
		put(t, x, "A1", "Titre", "Fournisseur", "Sous-total", "Taxes", "Total")
		put(t, x, "A2", "A", "Acmé", 100, 13)
		put(t, x, "A3", "B", "Acmé", 100, 13, 113)
		put(t, x, "A4", "Total", nil, 200, 26, 226)
		if err := x.SetRowVisible("Requests", 3, false); err != nil {
			t.Fatal(err)
		}
		if err := x.SetColVisible("Requests", "D", false); err != nil {
			t.Fatal(err)
		}
	})
	f, err := Read(context.Background(), b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantCodes(t, f, "note hidden-column D1", "note derived-total E2", "note hidden-row A3", "note footer A4")
	if f.Origin.Language != request.French || f.Lines.Len() != 2 || len(f.Footers) != 1 {
		t.Errorf("language %q, %d lines, footers %v", f.Origin.Language, f.Lines.Len(), f.Footers)
	}
}

func TestFormConfigNamesEveryMistake(t *testing.T) {
	c := Config{MaxLines: -1, Aliases: map[string][]string{
		"suplier": {"Vendor"}, "title": {"What", "…"}, "net": {"Amount"}, "total": {"amount:"}, "tax": {}}}
	err := c.Validate()
	if err == nil {
		t.Fatal("no mistake found")
	}
	var keys []string
	for _, m := range err.(ingest.Mistakes) { //nolint:errorlint // it is what Validate returns
		keys = append(keys, m.Key)
	}
	want := []string{"aliases.suplier", "aliases.tax", "aliases.title", "aliases.total", "max_lines"}
	if len(keys) != len(want) {
		t.Fatalf("mistakes at %q, want %q", keys, want)
	}
	for i := range want {
		if keys[i] != want[i] {
			t.Errorf("mistakes at %q, want %q", keys, want)
		}
	}
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("an empty configuration: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	g := gridOf(sheetOf("S", plainHeader, plainLine("A"), plainLine("B")))
	for name, o := range map[string]Options{
		"currency":    {Currency: "dollars"},
		"field":       {Aliases: map[request.Field][]string{request.NumFields: {"x"}}},
		"twice":       {Aliases: map[request.Field][]string{request.Net: {"Amount"}, request.Total: {"AMOUNT"}}},
		"punctuation": {Aliases: map[request.Field][]string{request.Net: {"--"}}},
		"above":       {AboveAliases: map[string][]string{"phone": {"Phone"}}},
	} {
		if _, err := read(context.Background(), g, o); err == nil || codeOfError(err) != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(context.Background(), g, Options{MaxLines: 1}); codeOfError(err) != workbook.TooLarge {
		t.Errorf("too many lines: %v", err)
	}
}

// A form that is too long is not read, and its sender learns how long one may be and what to do.
func TestTooManyLinesSayHowToSplit(t *testing.T) {
	if DefaultMaxLines != 2000 || (Config{}).Options("CAD").MaxLines != 0 {
		t.Errorf("%d lines when nothing is configured", DefaultMaxLines)
	}
	rows := []any{plainHeader}
	for range DefaultMaxLines {
		rows = append(rows, plainLine("A"))
	}
	full := sheetOf("S", rows...)
	if f, err := read(t.Context(), gridOf(full), Options{}); err != nil || f.Lines.Len() != DefaultMaxLines {
		t.Fatalf("a form of as many lines as one may have: %v", err)
	}
	_, err := read(t.Context(), gridOf(sheetOf("S", append(rows, plainLine("B"))...)), Options{})
	e, ok := workbook.ErrorOf(err)
	if !ok || e.Code != workbook.TooLarge || e.Bound != "Lines" || e.Limit != DefaultMaxLines {
		t.Fatalf("one line more: %v", err)
	}
	for l, words := range map[request.Lang][]string{
		request.English: {"more than 2,000 lines", "copies", "delete rows", "exactly one of them", "send all the copies"},
		request.French:  {"plus de 2\u00a0000 lignes", "copies", "supprimez des lignes", "une seule copie", "envoyez toutes les copies"},
	} {
		for _, w := range words {
			if !strings.Contains(e.Message.In(l), w) {
				t.Errorf("%q is not in %q", w, e.Message.In(l))
			}
		}
	}
}

// lineOf is a line of a form, made whole.
func lineOf(f *Form, i int) *request.Line {
	l := f.Lines.At(i)
	return &l
}
