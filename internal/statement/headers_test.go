package statement

import (
	"os"
	"strings"
	"testing"
)

// samples are a bank's exports in which every field of a statement has a column, in both languages.
var samples = map[string][]string{
	"English": {
		"Posting date,Transaction date,Merchant,MCC,Amount,Currency,Original amount,Original currency,Card,Cardholder,Cost centre,Reference,Business number,Type\n" +
			"2026-11-18,2026-11-16,BOREAL DATA,7372,136.42,CAD,100.00,USD,4242,A. Roy,1234,HR-2026-000123-04,123456789,Purchase\n" +
			"2026-11-19,2026-11-17,BOREAL DATA,7372,13.64,CAD,10.00,USD,4242,A. Roy,1234,,123456789,Refund\n",
		"Date,Merchant,Debit,Credit,Status\n2026-11-18,BOREAL DATA,136.42,,Posted\n2026-11-19,BOREAL DATA,,13.64,Pending\n",
	},
	"French": {
		"Date d'inscription;Date de transaction;Marchand;Code de catégorie;Montant;Devise;Montant d'origine;Devise d'origine;Carte;Titulaire;Centre de coûts;Référence;Numéro d'entreprise;Sens\n" +
			"2026-11-18;2026-11-16;DONNÉES BORÉALES;7372;136,42;CAD;100,00;USD;4242;A. Roy;1234;HR-2026-000123-04;123456789;Achat\n" +
			"2026-11-19;2026-11-17;DONNÉES BORÉALES;7372;13,64;CAD;10,00;USD;4242;A. Roy;1234;;123456789;Remboursement\n",
		"Date;Libellé;Débit;Crédit;Statut\n2026-11-18;DONNÉES BORÉALES;136,42;;Comptabilisé\n2026-11-19;DONNÉES BORÉALES;;13,64;En attente\n",
	},
}

// Whoever teaches this package another thing that a statement says is told what it lacks: headers, a name for
// statement_headers, a place on finance's page, and a sample in both languages (docs/design.md#a-statement-format).
func TestEveryFieldOfAStatementIsWhole(t *testing.T) {
	page, err := os.ReadFile("../../docs/finance.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[field]string{}
	for name, f := range fieldNames {
		names[f] = name
	}
	shown := map[string]map[field]bool{}
	for lang, texts := range samples {
		shown[lang] = map[field]bool{}
		for _, text := range texts {
			s := readCSV(t, text)
			if got := outcomeOf(s); len(s.Charges) != 2 || len(s.Problems) > 0 || s.Charges[0].Amount.Plain() != "136.42" || s.Charges[1].Amount.Plain() != "-13.64" {
				t.Errorf("the sample in %s is read as %s", lang, got)
			}
			for _, f := range s.fields {
				shown[lang][f] = true
			}
		}
	}
	for f := noField + 1; f < numFields; f++ {
		name := names[f]
		if name == "" {
			t.Errorf("field %d of headers.go, with the headers %q, has no name in fieldNames", f, headerAliases[f])
			continue
		}
		if len(headerAliases[f]) == 0 {
			t.Errorf("%s has no headers in headerAliases", name)
		}
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/finance.md does not name %s under statement_headers", name)
		}
		for lang := range samples {
			if !shown[lang][f] {
				t.Errorf("no sample in %s has a column for %s", lang, name)
			}
		}
	}
}
