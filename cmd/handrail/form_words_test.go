package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// canadian are words that only the form of a Canadian administration speaks.
var canadian = regexp.MustCompile(`(?i)section 3[234]|article 3[234]|art\. 3[234]|délégataire|GST|HST|\bTPS\b|\bTVH\b|CFOB|DGDPF|Canad|standing offer|offre à commandes|acquisition card|\{to\}`)

// The form of a policy speaks the policy's words: those of the United States and of a British council have no Canadian ones, in
// what is printed, in the help at a cell and on the sheet of help. Filled in, each is read again, by its own labels and answers.
func TestFormsOfOtherCountriesSpeakTheirOwnWords(t *testing.T) {
	today := request.DateOf(time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC))
	for _, name := range []string{"us-micro-purchase", "uk-council"} {
		policy, err := rules.LoadShipped(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []request.Lang{request.English, request.French} {
			options := formFor(policy, lang, "", today)
			payment := request.Text{EN: "purchase card", FR: "carte d’achat"}
			if name == "uk-council" {
				payment = request.Text{EN: "purchasing card", FR: "carte d’achat"}
			}
			options.Entries = &workbook.FormEntries{Requester: "Alex Rowe", Branch: "Roads",
				Above: map[request.Field]string{request.Payment: payment.In(lang), request.AuthorizedBy: "holder@council.example", request.CostCentre: "12"},
				Lines: []map[request.Field]string{{request.Title: "Signs", request.Supplier: "Sign Shop", request.Net: "100.00", request.Tax: "0", request.Total: "100.00"}}}
			var b bytes.Buffer
			if err := workbook.NewForm(&b, options); err != nil {
				t.Fatal(err)
			}
			for _, text := range everyWord(t, b.Bytes()) {
				if found := canadian.FindString(text); found != "" {
					t.Errorf("%s %s says %q: %s", name, lang, found, text)
				}
			}
			book, err := workbook.Open(context.Background(), b.Bytes(), workbook.DefaultBounds())
			if err != nil {
				t.Fatal(err)
			}
			f, err := forms.Read(context.Background(), book, forms.Options{Currency: policy.Currency(), Words: policy.Words(), PolicyReads: policy.ExtraHeaders()})
			if err != nil {
				t.Fatal(err)
			}
			line := f.Lines.At(0)
			if got := line.Values[request.Payment].Text; got != "acquisition card" {
				t.Errorf("%s %s: payment is %q, %v", name, lang, got, line.Problems)
			}
			if got := line.Values[request.AuthorizedBy].Text; got != "holder@council.example" {
				t.Errorf("%s %s: authorized by %q", name, lang, got)
			}
			if f.Origin.Unit != "Roads" {
				t.Errorf("%s %s: unit %q", name, lang, f.Origin.Unit)
			}
		}
	}
}

// everyWord are the texts of the cells, and what shows when a cell is selected or its answer is refused.
func everyWord(t *testing.T, data []byte) []string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	var all []string
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			all = append(all, row...)
		}
		checks, err := book.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range checks {
			for _, s := range []*string{c.PromptTitle, c.Prompt, c.ErrorTitle, c.Error} {
				if s != nil {
					all = append(all, *s)
				}
			}
			all = append(all, c.Formula1)
		}
	}
	if len(strings.Join(all, "")) < 2000 {
		t.Fatalf("hardly a word: %q", all)
	}
	return all
}
