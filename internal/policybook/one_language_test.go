package policybook

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/rules"
)

const onlyFrench = `# Une commune.
name      = "Achats de la commune"
version   = "1"
currency  = "EUR"
languages = ["fr"]

[authority]
name      = "La commune des essais"
title     = "Responsable des achats"
reference = "Règlement des achats"
date      = 2026-01-01

[approval]
means     = "La demande respecte les balises."
next_step = "Indiquez {reference} sur la commande."

[limits]
most = "1000.00"

[[guardrail]]
id      = "above"
action  = "escalate"
when    = 'line.total > limits.most'
fields  = ["total"]
title   = "Au-dessus du plafond"
message = "Le total de {line.total} dépasse {limits.most}."
source  = "Règlement des achats, article 2"
`

// A policy in one language is a workbook in that one, whoever asks for it: no title, header or help of the other, no column for its
// texts; and what is edited comes back as the plain text that an author would write.
func TestAPolicyInOneLanguageIsAWorkbookInThatOne(t *testing.T) {
	council, tests, councilPolicy := shippedFiles(t, "uk-council")
	commune := policyOf(t, onlyFrench)
	for _, c := range []struct {
		lang       request.Lang
		raw, tests []byte
		policy     *rules.Policy
		never      []string
		was, now   string
		edited     string
	}{
		{request.English, council, tests, councilPolicy, []string{"Balise", "Français", "French", "(anglais)", "Aide", "À propos", "langue", "politique"},
			"No fixed price", "A fixed price is needed", `title   = "A fixed price is needed"`},
		{request.French, []byte(onlyFrench), nil, commune, []string{"Guardrail", "English", "(anglais)", "Help", "About", "policy workbook", "The text"},
			"Au-dessus du plafond", "Plafond dépassé", `title   = "Plafond dépassé"`},
	} {
		for _, asked := range request.AllLanguages {
			data := made(t, c.policy, c.raw, c.tests, Options{Lang: asked, Name: "policy.toml"})
			if r := back(t, data, Options{}); len(r.Mistakes)+len(r.Notes) > 0 || !bytes.Equal(r.Text, c.raw) || r.Lang != c.lang {
				t.Errorf("%s asked for in %s does not come back as it was: %v %v", c.lang, asked, r.Mistakes, r.Notes)
			}
			book, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, sheet := range book.GetSheetList() {
				rows, err := book.GetRows(sheet)
				if err != nil {
					t.Fatal(err)
				}
				for i, row := range rows {
					for j, text := range row {
						if sheet == originalSheet && j > 0 && !strings.HasPrefix(row[0], "note") {
							continue
						}
						if k := slices.IndexFunc(c.never, func(w string) bool { return strings.Contains(sheet+text, w) }); k >= 0 && !(c.lang == request.French && strings.Contains(text, "(anglais)")) {
							t.Errorf("%s, %s %s says %q: %q", c.lang, sheet, ref(j+1, i+1), c.never[k], text)
						}
						if text == c.policy.Version() { // a changed text is another version
							if err := book.SetCellStr(sheet, ref(j+1, i+1), "2099-01"); err != nil {
								t.Fatal(err)
							}
						}
						if text == c.was {
							found = true
							if err := book.SetCellStr(sheet, ref(j+1, i+1), c.now); err != nil {
								t.Fatal(err)
							}
						}
					}
				}
			}
			if !found {
				t.Errorf("%s: %q stands nowhere", c.lang, c.was)
			}
			var b bytes.Buffer
			if err := book.Write(&b); err != nil {
				t.Fatal(err)
			}
			r := back(t, b.Bytes(), Options{})
			if len(r.Mistakes) > 0 || !strings.Contains(string(r.Text), c.edited) {
				t.Errorf("%s: edited, it comes back without %s: %v", c.lang, c.edited, r.Mistakes)
			}
		}
	}
}
