package forms

import (
	"slices"
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/internal/request"
)

// Every mistake in the department's own words is named at its key, with what to write.
func TestOwnWordsNameEveryMistake(t *testing.T) {
	tests := []struct {
		name string
		c    Config
		want []string // "key: part of the sentence"
	}{
		{"nothing", Config{}, nil},
		{"good", Config{Answers: map[string][]string{"yes": {"☒", "✓", "Y", "TRUE"}, "no": {"☐", "N", "FALSE"}, "none": {"No"}, "available": {"Yes"}, "standalone.no": {"Y"},
			"acquisition card": {"P-card"}, "protected A": {"PA"}, "unclassified": {"TRUE"}},
			Defaults: map[string]string{"commodity": "goods", "tax": "0", "needed_by": "2026-12-31", "currency": "usd", "cost_centre": "4410", "cardholder": "card@dept.example", "payment": "P-card"},
			Ignore:   []string{"Office use", "Réservé"}}, nil},
		{"no such answer", Config{Answers: map[string][]string{"goood": {"G"}}}, []string{"answers.goood: the answers are goods, services, construction"}},
		{"no such field", Config{Answers: map[string][]string{"net.yes": {"G"}}}, []string{`answers.net.yes: write "field.answer"`}},
		{"an answer of another field", Config{Answers: map[string][]string{"remote.goods": {"G"}}}, []string{"answers.remote.goods: is no answer"}},
		{"no word", Config{Answers: map[string][]string{"yes": {}}}, []string{"answers.yes: the list is empty"}},
		{"an empty word", Config{Answers: map[string][]string{"yes": {" "}}}, []string{"answers.yes: is empty"}},
		{"a word of two answers", Config{Answers: map[string][]string{"goods": {"A"}, "services": {"a."}}}, []string{`answers.services: is already "goods" (answers.goods) for the field commodity`}},
		{"a sign of two answers", Config{Answers: map[string][]string{"yes": {"☒"}, "no": {"☒"}}}, []string{`answers.yes: is already "no"`}},
		{"a word of two answers of two fields", Config{Answers: map[string][]string{"goods": {"A"}, "invoice": {"A"}}}, nil},
		{"a word that means something else", Config{Answers: map[string][]string{"services": {"Goods"}}}, []string{`answers.services: means "goods" for the field commodity on every form`}},
		{"one field's own word against all", Config{Answers: map[string][]string{"yes": {"Y"}, "standalone.no": {"Y"}}}, nil},

		{"default of no field", Config{Defaults: map[string]string{"comodity": "goods"}}, []string{"defaults.comodity: there is no field"}},
		{"default of who asks", Config{Defaults: map[string]string{"requester": "Pat"}}, []string{"defaults.requester: is who asks"}},
		{"default of nothing", Config{Defaults: map[string]string{"commodity": " - "}}, []string{"defaults.commodity: says nothing"}},
		{"a default that is no answer", Config{Defaults: map[string]string{"commodity": "things"}}, []string{"defaults.commodity: is not one of the answers. Choose goods, services or construction."}},
		{"a default that is no date", Config{Defaults: map[string]string{"needed_by": "12/11/2026"}}, []string{"defaults.needed_by: Write 2026-11-12 or 2026-12-11"}},
		{"a default that is no amount", Config{Defaults: map[string]string{"tax": "13%"}}, []string{"defaults.tax: is a percentage"}},
		{"a default that is no currency", Config{Defaults: map[string]string{"currency": "dollars"}}, []string{"defaults.currency: "}},
		{"a default that is no address", Config{Defaults: map[string]string{"cardholder": "Ann"}}, []string{"defaults.cardholder: "}},
		{"a default in the form's own words", Config{Answers: map[string][]string{"goods": {"Stuff"}}, Defaults: map[string]string{"commodity": "stuff"}}, nil},

		{"a default for what a person declares", Config{Defaults: map[string]string{"remote": "yes", "security": "unclassified"}}, []string{"defaults.remote: what a person declares", "defaults.security: what a person declares"}},
		{"ignored and an alias", Config{Aliases: map[string][]string{"total": {"Grand total"}}, Ignore: []string{"GRAND TOTAL:"}}, []string{"ignore: is an alias of total"}},
		{"ignored signs", Config{Ignore: []string{"***"}}, []string{"ignore: has no letter and no digit"}},
		{"ignored twice", Config{Ignore: []string{"Office use", "office-use"}}, []string{"ignore: is there twice"}},
		{"ignored prose", Config{Ignore: []string{strings.Repeat("long ", 50)}}, []string{"ignore: is longer than a header can be"}},
	}
	for _, tt := range tests {
		var got ingest.Mistakes
		if err := tt.c.Validate(); err != nil {
			got = err.(ingest.Mistakes) //nolint:errorlint // it is what Validate returns
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %d mistakes", tt.name, got, len(tt.want))
			continue
		}
		for i, want := range tt.want {
			key, part, _ := strings.Cut(want, ": ")
			if got[i].Key != key || !strings.Contains(got[i].Text, part) {
				t.Errorf("%s: %v, want %q", tt.name, got[i], want)
			}
		}
	}
}

// A department's own answers count before those of the shipped form, those for one field before those for all.
func TestAnswersOfADepartmentsOwnForm(t *testing.T) {
	c := Config{Answers: map[string][]string{"yes": {"✓", "Y", "Off-site"}, "no": {"☐", "N"}, "standalone.no": {"Y"}, "none": {"No"}, "available": {"Yes"},
		"unclassified": {"TRUE"}, "goods": {"Hardware / Matériel"}}}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	header := row{"Title", "Supplier", "Total", "Remote work", "Standalone work", "Internal capacity", "Security level", "Commodity type"}
	for _, tt := range []struct {
		cells []any
		want  []string // of the five answers
	}{
		{[]any{"✓", "N", "No", true, "hardware / matériel"}, []string{"yes", "no", "none", "unclassified", "goods"}},
		{[]any{"off-site", "Y", "Yes", false, "Services"}, []string{"yes", "no", "available", "", "services"}},
		{[]any{"☐", "yes", "none", "✓", "☐ Hardware / Matériel ☒ Services"}, []string{"no", "yes", "none", "unclassified", "services"}},
		{[]any{true, "☒ Yes ☐ No", "☐ Yes ☒ No", "protected B", "biens"}, []string{"yes", "yes", "none", "protected B", "goods"}},
	} {
		f := mustRead(t, gridOf(sheetOf("S", header, append(row{"A", "Acme", 10}, tt.cells...))), c.Options("CAD"))
		wantCodes(t, f)
		for i, field := range []request.Field{request.Remote, request.Standalone, request.InternalCapacity, request.Security, request.Commodity} {
			wantText(t, f, 0, field, tt.want[i])
		}
	}
}

// A default fills what neither the row nor a box above the table says, and is noted once for the form.
func TestDefaultsFillWhatNobodyAsks(t *testing.T) {
	c := Config{Defaults: map[string]string{"commodity": "goods", "tax": "0", "currency": "USD", "cost_centre": "4410", "needed_by": "2026-12-31"}}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	f := mustRead(t, gridOf(sheetOf("S", row{"Cost centre", "C-1"}, row{"Needed by"},
		row{"Title", "Supplier", "Subtotal", "Commodity type"}, row{"A", "Acme", 10}, row{"B", "Acme", 20, "services"}, row{"C", "Acme", 30, "things"})), c.Options("CAD"))
	for i, want := range []string{"goods", "services", ""} {
		wantText(t, f, i, request.Commodity, want)
		wantText(t, f, i, request.Currency, "USD")
		wantText(t, f, i, request.CostCentre, "C-1")
		wantText(t, f, i, request.NeededBy, "2026-12-31")
	}
	wantText(t, f, 1, request.Total, "20.00")
	if v := value(t, f, 0, request.Commodity); v.Cell != "D4" {
		t.Errorf("the default stands at %q", v.Cell)
	}
	if !lineOf(f, 2).Values[request.Commodity].Faulty {
		t.Error("an answer that cannot be read was replaced by the default")
	}
	var noted []string
	for _, p := range f.Problems {
		if p.Code == "default-value" {
			noted = append(noted, p.Message.EN)
		}
	}
	if len(noted) != 4 || !slices.ContainsFunc(noted, func(s string) bool {
		return s == "Commodity type: the lines that do not say it have “goods”, from Handrail’s configuration."
	}) {
		t.Errorf("%q", noted)
	}
	checkTexts(t, f)
	one := mustRead(t, gridOf(sheetOf("S", row{"Title", "Audit"}, row{"Supplier", "Acme"}, row{"Subtotal", 100}, row{"Needed by", dateOf("2026-12-01")}, row{"Remote work", "yes"}, row{"Payment", "invoice"})), c.Options("CAD"))
	for field, want := range map[request.Field]string{request.Commodity: "goods", request.Tax: "0.00", request.Total: "100.00", request.NeededBy: "2026-12-01"} {
		wantText(t, one, 0, field, want)
	}
}

// What is ignored is neither a field nor asked about, and no value of another box.
func TestIgnoredHeadersMeanNothing(t *testing.T) {
	c := Config{Ignore: []string{"Status", "Payment", "Office use"}}
	f := mustRead(t, gridOf(sheetOf("S", row{"Cost centre", "Office use", "X-1"}, row{"Title", "Supplier", "Subtotal", "Tax", "Status", "Payment"}, row{"A", "Acme", 10, 1, "open", "whatever"})), c.Options("CAD"))
	wantCodes(t, f, "note derived-total C3")
	wantText(t, f, 0, request.CostCentre, "")
	wantText(t, f, 0, request.Payment, "")
	var by []string
	for _, col := range f.Columns[4:] {
		by = append(by, col.By)
	}
	if !slices.Equal(by, []string{"ignored", "ignored"}) || len(f.LeftAlone) != 2 || f.LeftAlone[0] != (LeftAlone{Sheet: "S", Cells: "E2", Text: "Status", Why: "ignored"}) {
		t.Errorf("columns %v, left alone %+v", by, f.LeftAlone)
	}
}
