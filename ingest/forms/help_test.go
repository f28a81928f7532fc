package forms

import (
	"strings"
	"testing"

	"handrail/internal/request"
)

// What people write in place of an answer draws a sentence that says what to write, in both languages.
func TestMessagesSayWhatToWrite(t *testing.T) {
	header := row{"Title", "Supplier", "Subtotal", "Tax", "Total", "Licence", "Open repository", "Section 32 manager", "Remote work", "Section 32 amount"}
	good := row{"Station library", "Pinecove Supply", 1000, 130, 1130, "MIT", "https://github.com/tern-nav/stations", "gwen.morrow@btn-ltb.gc.ca", "yes", 2000}
	for _, tt := range []struct {
		at     int
		text   any
		code   string // "": no problem at the cell
		en, fr string
	}{
		{3, "N/A", "not-a-number", "or 0 if this supplier charges none", "ou 0 si ce fournisseur n’en perçoit pas"},
		{3, "exonéré", "not-a-number", "or 0 if", "ou 0 si"},
		{3, "13%", "percentage", "130.00 if that is what the quote says", "130,00 si c’est ce qu’indique la soumission"},
		{3, "13,5 %", "percentage", "135.00 if", "135,00 si"},
		{3, "GST 50.00 QST 99.75", "not-a-number", "149.75 if all of them apply", "149,75 si toutes s’appliquent"},
		{4, "1,000 + HST", "not-a-number", "write the total with tax as one number", "le total avec les taxes en un seul nombre"},
		{4, "#REF!", "error-value", "shows the error #REF!", "affiche l’erreur #REF!"},
		{1, "Larkwater Office Ltd. / Pinecove Supply", "two-suppliers", "put one on each line", "inscrivez-en un par ligne"},
		{1, "Larkwater Office Ltd. or Pinecove Supply", "two-suppliers", "put one on each line", "inscrivez-en un par ligne"},
		{1, "Papeterie Boréa ou Larkwater", "two-suppliers", "put one on each line", "inscrivez-en un par ligne"},
		{1, `"Trick or Treat Studios"`, "", "", ""},
		{1, "Smith & Sons", "", "", ""},
		{1, "Price and Co", "", "", ""},
		{1, "Centre d’achat A/B", "", "", ""},
		{5, "MIT licence", "hint", "write MIT if that is the licence", "inscrivez MIT si c’est bien cette licence"},
		{5, "Apache 2", "hint", "write Apache-2.0", "inscrivez Apache-2.0"},
		{5, "GPL version 3", "hint", "write GPL-3.0-or-later", "inscrivez GPL-3.0-or-later"},
		{5, "licence ouverte du gouvernement", "hint", "OGL-Canada-2.0", "licence de données et de textes (OGL-Canada-2.0)"},
		{5, "Apache-2.0", "", "", ""},
		{6, "on our GitHub", "hint", "write the address at which the code will be published", "inscrivez l’adresse où le code sera publié"},
		{7, "my manager", "not-an-address", "write the manager’s e-mail address", "inscrivez l’adresse de courriel du gestionnaire"},
		{7, "Anne Roy", "not-an-address", "write the manager’s e-mail address", "inscrivez l’adresse de courriel du gestionnaire"},
		{7, "john.doe@btn-ltb.gc.ca", "sample-address", "looks like an example", "ressemble à un exemple"},
		{7, "Nora Ames <na@btn-ltb.gc.ca>", "", "", ""},
		{8, "x", "unknown-choice", "can tick an answer or strike it out", "peut cocher une réponse ou la rayer"},
		{9, "up to $2,000.00", "read-as", "was read as 2000.00", "a été lu comme 2000,00"},
		{0, "C++", "", "", ""},
	} {
		cells := append(row(nil), good...)
		cells[tt.at] = tt.text
		f := mustRead(t, gridOf(sheetOf("S", header, cells)), Options{})
		l := f.Lines.At(0)
		var found *request.Problem
		for i := range l.Problems {
			if l.Problems[i].Cell == columnName(tt.at+1)+"2" {
				found = &l.Problems[i]
			}
		}
		switch {
		case found == nil && tt.code == "":
		case found == nil:
			t.Errorf("%q draws nothing, want %s", tt.text, tt.code)
		case found.Code != tt.code || !strings.Contains(found.Message.EN, tt.en) || !strings.Contains(found.Message.FR, tt.fr):
			t.Errorf("%q draws %s %q, %q; want %s, %q, %q", tt.text, found.Code, found.Message.EN, found.Message.FR, tt.code, tt.en, tt.fr)
		}
		checkTexts(t, f)
	}
}

// A line that repeats a mark is asked with the nearest value above it, also over other lines that repeat it.
func TestTheRowAboveIsProposed(t *testing.T) {
	f := mustRead(t, gridOf(sheetOf("S", row{"Title", "Supplier", "Total", "Cost centre"}, row{"Chairs", "Larkwater Office Ltd.", 10, "C-12"},
		row{"Desks", "ditto", 10, `"`}, row{"Lamps", "idem", 10, "C-14"}, row{"Rugs", "same as above", 10, "même"})), Options{})
	for i, want := range []string{"", "Larkwater Office Ltd. C-12", "Larkwater Office Ltd.", "Larkwater Office Ltd. C-14"} {
		l := f.Lines.At(i)
		for name := range strings.FieldsSeq(strings.ReplaceAll(want, " Office Ltd.", "")) {
			said := false
			for _, p := range l.Problems {
				said = said || strings.Contains(p.Message.EN, "“"+name) && strings.Contains(p.Message.EN, "again if it is the same")
			}
			if !said {
				t.Errorf("line %d does not propose %s: %+v", i, name, l.Problems)
			}
		}
		if i > 0 && l.Values[request.Supplier].Given {
			t.Errorf("line %d took the supplier of the row above", i)
		}
	}
}
