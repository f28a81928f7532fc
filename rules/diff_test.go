package rules

import (
	"context"
	"strings"
	"testing"
)

func smallPolicy(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := build(context.Background(), "small.toml", "small.toml", []byte(text), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

func TestDiffSaysEachChange(t *testing.T) {
	base := small + `
[[list]]
name = "kept"
values = ["One", "Two"]

[aliases]
"b@dept.gc.ca" = "a@dept.gc.ca"

[[limits_for]]
when = 'request.unit == "Stores"'
request = "50.00"
`
	tests := []struct{ old, new, en, fr string }{
		{`request = "100.00"`, `request = "120.00"`,
			`Limit “request” rises from $100.00 to $120.00.`, "Limite «\u00a0request\u00a0», hausse\u00a0: de 100,00\u00a0$ à 120,00\u00a0$."},
		{`request = "100.00"`, `request = "80.00"`,
			`Limit “request” falls from $100.00 to $80.00.`, "Limite «\u00a0request\u00a0», baisse\u00a0: de 100,00\u00a0$ à 80,00\u00a0$."},
		{`request = "100.00"`, `request = [{ amount = "100.00", until = 2027-04-01 }, { amount = "120.00", from = 2027-04-01 }]`,
			"Limit “request”, amount:\n  was $100.00\n  is  $100.00, before April 1, 2027; $120.00, from April 1, 2027",
			"Limite «\u00a0request\u00a0», montant\u00a0:\n  avant\u00a0: 100,00\u00a0$\n  après\u00a0: 100,00\u00a0$, avant le 1er\u00a0avril 2027; 120,00\u00a0$, à compter du 1er\u00a0avril 2027"},
		{`request = "100.00"`, "request = \"100.00\"\ncard = \"5.00\"", `Limit “card” is new: $5.00.`, "Limite «\u00a0card\u00a0», ajout\u00a0: 5,00\u00a0$."},
		{`action = "note"`, `action = "escalate"`, `Guardrail “again”, action: was note, is escalate.`, "Balise «\u00a0again\u00a0», effet\u00a0: avant signaler, maintenant soumettre à l’approvisionnement."},
		{`'counts.before > 0'`, `'counts.before > 1'`, `Guardrail “again”, condition: was counts.before > 0, is counts.before > 1.`, "Balise «\u00a0again\u00a0», condition\u00a0: avant counts.before > 0, maintenant counts.before > 1."},
		{"fr = \"Encore\"", "fr = \"De nouveau\"",
			"Guardrail “again”, title in French: was “Encore”, is “De nouveau”.",
			"Balise «\u00a0again\u00a0», titre en français\u00a0: avant «\u00a0Encore\u00a0», maintenant «\u00a0De nouveau\u00a0»."},
		{"{counts.before} before.", "{counts.before} earlier.",
			"Guardrail “again”, message in English: was “{counts.before} before.”, is “{counts.before} earlier.”",
			"Balise «\u00a0again\u00a0», message en anglais\u00a0: avant «\u00a0{counts.before} before.\u00a0», maintenant «\u00a0{counts.before} earlier.\u00a0»"},
		{`from = 2026-01-01`, `from = 2026-02-01`, `Guardrail “quarter”, dates: was from January 1, 2026, is from February 1, 2026.`, "Balise «\u00a0quarter\u00a0», dates\u00a0: avant à compter du 1er\u00a0janvier 2026, maintenant à compter du 1er\u00a0février 2026."},
		{"source = \"Note 1\"\nfrom", "source = \"Note 3\"\nfields = [\"total\"]\nfrom",
			"Guardrail “quarter”, source: was Note 1, is Note 3.\nGuardrail “quarter”, cells marked: was nothing, is Total.",
			"Balise «\u00a0quarter\u00a0», source\u00a0: avant Note 1, maintenant Note 3.\nBalise «\u00a0quarter\u00a0», cellules marquées\u00a0: avant rien, maintenant Total."},
		{`id = "again"`, `id = "once-more"`, "Guardrail “again” is gone. It was: “Again”, note when counts.before > 0.\nGuardrail “once-more” is new: “Again”, note when counts.before > 0.",
			"Balise «\u00a0again\u00a0», retrait\u00a0: «\u00a0Encore\u00a0», signaler si counts.before > 0.\nBalise «\u00a0once-more\u00a0», ajout\u00a0: «\u00a0Encore\u00a0», signaler si counts.before > 0."},
		{"source = \"Note 1\"\nfrom", "source = \"Note 1\"\nofficer = { en = \"Again.\", fr = \"Encore.\" }\nfrom",
			"Guardrail “quarter”, message for officers, in English: was nothing, is “Again.”\nGuardrail “quarter”, message for officers, in French: was nothing, is “Encore.”",
			"Balise «\u00a0quarter\u00a0», message pour les agents, en anglais\u00a0: avant rien, maintenant «\u00a0Again.\u00a0»\nBalise «\u00a0quarter\u00a0», message pour les agents, en français\u00a0: avant rien, maintenant «\u00a0Encore.\u00a0»"},
		{"source = \"Note 1\"\nfrom", "source = \"Note 1\"\nvariant = [{ when = 'counts.quarter == 1', action = \"note\" }]\nfrom",
			"Guardrail “quarter”, variants: was nothing, is note when counts.quarter == 1.",
			"Balise «\u00a0quarter\u00a0», variantes\u00a0: avant rien, maintenant signaler si counts.quarter == 1."},
		{"source = \"Note 1\"\nfrom", "source = \"Note 1\"\nreason = true\nfrom", "Guardrail “quarter”, reason needed to approve: was no, is yes.",
			"Balise «\u00a0quarter\u00a0», motif exigé pour approuver\u00a0: avant non, maintenant oui."},
		{"reference = \"Note 2\"", "reference = \"Note 2\"\nuntil = 2027-01-01",
			"Exemption from “quarter”, terms:\n  was granted by CFO (Note 2), when request.unit == \"Stores\"\n  is  granted by CFO (Note 2), when request.unit == \"Stores\", before January 1, 2027",
			"Exemption de «\u00a0quarter\u00a0», modalités\u00a0:\n  avant\u00a0: accordée par CFO (Note 2), si request.unit == \"Stores\"\n  après\u00a0: accordée par CFO (Note 2), si request.unit == \"Stores\", avant le 1er\u00a0janvier 2027"},
		{"by = [\"supplier\"]\ndays = 30", "by = [\"supplier\"]\ndays = 60", `Total “month”, what it adds up: was by supplier over 30 days, is by supplier over 60 days.`, "Cumul «\u00a0month\u00a0», ce qui est additionné\u00a0: avant par fournisseur sur 30 jours, maintenant par fournisseur sur 60 jours."},
		{`["One", "Two"]`, `["Two", "Three"]`, "List “kept”, entries removed: One.\nList “kept”, entries added: Three.", "Liste «\u00a0kept\u00a0», entrées retirées\u00a0: One.\nListe «\u00a0kept\u00a0», entrées ajoutées\u00a0: Three."},
		{"\"b@dept.gc.ca\" =", "\"c@dept.gc.ca\" =",
			"Other address “b@dept.gc.ca” is gone. It was: a@dept.gc.ca.\nOther address “c@dept.gc.ca” is new: a@dept.gc.ca.",
			"Autre adresse «\u00a0b@dept.gc.ca\u00a0», retrait\u00a0: a@dept.gc.ca.\nAutre adresse «\u00a0c@dept.gc.ca\u00a0», ajout\u00a0: a@dept.gc.ca."},
		{"request = \"50.00\"", "request = \"60.00\"",
			"Limit for a part of the house, terms:\n  was request $50.00, when request.unit == \"Stores\"\n  is  request $60.00, when request.unit == \"Stores\"",
			"Limite propre à une partie de l’organisation, modalités\u00a0:\n  avant\u00a0: request 50,00\u00a0$, si request.unit == \"Stores\"\n  après\u00a0: request 60,00\u00a0$, si request.unit == \"Stores\""},
		{"[[limits_for]]\nwhen = 'request.unit == \"Stores\"'\nrequest = \"50.00\"\n", "",
			"Limit for a part of the house is gone. It was: request $50.00, when request.unit == \"Stores\".",
			"Limite propre à une partie de l’organisation, retrait\u00a0: request 50,00\u00a0$, si request.unit == \"Stores\"."},
		{"when = 'request.unit == \"Stores\"'\ngranted_by", "when = 'request.unit == \"Digital\"'\ngranted_by",
			"Exemption from “quarter”, terms:\n  was granted by CFO (Note 2), when request.unit == \"Stores\"\n  is  granted by CFO (Note 2), when request.unit == \"Digital\"",
			"Exemption de «\u00a0quarter\u00a0», modalités\u00a0:\n  avant\u00a0: accordée par CFO (Note 2), si request.unit == \"Stores\"\n  après\u00a0: accordée par CFO (Note 2), si request.unit == \"Digital\""},
		{"[[exemption]]\nguardrail = \"quarter\"\nwhen = 'request.unit == \"Stores\"'\ngranted_by = \"CFO\"\nreference = \"Note 2\"\n", "",
			"Exemption from “quarter” is gone. It was: granted by CFO (Note 2), when request.unit == \"Stores\".",
			"Exemption de «\u00a0quarter\u00a0», retrait\u00a0: accordée par CFO (Note 2), si request.unit == \"Stores\"."},
		{"[[total]]\nname = \"before\"", "[[total]]\nname = \"spare\"\nby = [\"extra.Room\", \"commodity\"]\nscope = \"workbook\"\n[[total]]\nname = \"before\"",
			"Total “spare” is new: by the column “Room” and commodity type in one workbook.",
			"Cumul «\u00a0spare\u00a0», ajout\u00a0: par la colonne «\u00a0Room\u00a0» et type de produit dans un même classeur."},
		{"period = \"quarter\"", "period = \"year\"",
			"Total “quarter”, what it adds up: was by branch in the fiscal quarter, is by branch in the fiscal year.",
			"Cumul «\u00a0quarter\u00a0», ce qui est additionné\u00a0: avant par direction générale dans le trimestre de l’exercice, maintenant par direction générale dans l’exercice."},
		{"values = [\"One\", \"Two\"]", "values = [\"One\", \"Two\"]\nas = \"supplier\"\nnear = 90",
			"List “kept”, how entries compare: was as text, is as suppliers.\nList “kept”, likeness of a near match: was 85, is 90.",
			"Liste «\u00a0kept\u00a0», mode de comparaison\u00a0: avant comme texte, maintenant comme fournisseurs.\nListe «\u00a0kept\u00a0», ressemblance exigée\u00a0: avant 85, maintenant 90."},
		{"[[list]]\nname = \"kept\"", "[[list]]\nname = \"held\"",
			"List “kept” is gone. It was: One, Two.\nList “held” is new: One, Two.",
			"Liste «\u00a0kept\u00a0», retrait\u00a0: One, Two.\nListe «\u00a0held\u00a0», ajout\u00a0: One, Two."},
		{"currency = \"CAD\"", "currency = \"CAD\"\nholidays = \"CA-QC\"\nsection_32 = \"confirmed\"",
			"Policy, holidays: was nothing, is CA-QC.\nPolicy, section 32 evidence: was declared in the form, is confirmed by the manager.",
			"Politique, jours fériés\u00a0: avant rien, maintenant CA-QC.\nPolitique, preuve d’autorisation (article 32)\u00a0: avant déclarée dans le formulaire, maintenant confirmée par le gestionnaire."},
		{"currency = \"CAD\"", "currency = \"USD\"",
			"Policy, currency: was CAD, is USD.\nLimit “request”, amount: was $100.00, is 100.00\u00a0USD.\nLimit for a part of the house, terms:\n  was request $50.00, when request.unit == \"Stores\"\n  is  request 50.00\u00a0USD, when request.unit == \"Stores\"",
			"Politique, devise\u00a0: avant CAD, maintenant USD.\nLimite «\u00a0request\u00a0», montant\u00a0: avant 100,00\u00a0$, maintenant 100,00\u00a0USD.\nLimite propre à une partie de l’organisation, modalités\u00a0:\n  avant\u00a0: request 50,00\u00a0$, si request.unit == \"Stores\"\n  après\u00a0: request 50,00\u00a0USD, si request.unit == \"Stores\""},
		{"'totals.quarter > money(\"1000.00\")'", "'''\ntotals.quarter > money(\"1000.00\") ||\n  counts.quarter > 5'''",
			"Guardrail “quarter”, condition:\n  was totals.quarter > money(\"1000.00\")\n  is  totals.quarter > money(\"1000.00\") ||\n        counts.quarter > 5",
			"Balise «\u00a0quarter\u00a0», condition\u00a0:\n  avant\u00a0: totals.quarter > money(\"1000.00\")\n  après\u00a0: totals.quarter > money(\"1000.00\") ||\n        counts.quarter > 5"},
		{"next_step = { en = \"Give {reference}.\"", "next_step = { en = \"Hand {reference} over.\"",
			"Approval, next step, in English: was “Give {reference}.”, is “Hand {reference} over.”",
			"Approbation, étape suivante, en anglais\u00a0: avant «\u00a0Give {reference}.\u00a0», maintenant «\u00a0Hand {reference} over.\u00a0»"},
		{"reference = \"Note 1\"", "reference = \"Note 9\"",
			"Authority, reference: was Note 1, is Note 9.",
			"Autorité, référence\u00a0: avant Note 1, maintenant Note 9."},
		{"source = \"Note 1\"\n\n[[guardrail]]\nid = \"again\"", "source = { en = \"Note 1\", fr = \"Avis 1\" }\n\n[[guardrail]]\nid = \"again\"",
			"Guardrail “month”, source in French: was Note 1, is Avis 1.",
			"Balise «\u00a0month\u00a0», source en français\u00a0: avant Note 1, maintenant Avis 1."},
		{`version = "1"`, `version = "2"`, `Policy, version: was 1, is 2.`, "Politique, version\u00a0: avant 1, maintenant 2."},
		{"title = \"Director\"", "title = \"Director General\"",
			"Authority, title: was Director, is Director General.",
			"Autorité, titre\u00a0: avant Director, maintenant Director General."},
		{"date = 2026-04-01", "date = 2026-05-01",
			"Authority, date: was April 1, 2026, is May 1, 2026.",
			"Autorité, date\u00a0: avant 1er\u00a0avril 2026, maintenant 1er\u00a0mai 2026."},
		{"fr = \"Conforme.\"", "fr = \"Dans les balises.\"",
			"Approval, meaning, in French: was “Conforme.”, is “Dans les balises.”",
			"Approbation, portée, en français\u00a0: avant «\u00a0Conforme.\u00a0», maintenant «\u00a0Dans les balises.\u00a0»"},
		{`currency = "CAD"`, "currency = \"CAD\"\nfiscal_year_starts = 1", `Policy, first month of the fiscal year: was April, is January.`, "Politique, premier mois de l’exercice\u00a0: avant avril, maintenant janvier."},
		{`name = "Small"`, "# A comment.\nname = \"Small\"", ``, ``},
		{`["One", "Two"]`, `["Two", "ONE"]`, ``, ``},
	}
	before := smallPolicy(t, base)
	for _, tt := range tests {
		if strings.Count(base, tt.old) < 1 {
			t.Fatalf("%s is not in the policy", tt.old)
		}
		changes := Diff(before, smallPolicy(t, strings.Replace(base, tt.old, tt.new, 1)))
		var en, fr []string
		for _, c := range changes {
			en, fr = append(en, c.Words.EN), append(fr, c.Words.FR)
			if _, ok := partWords[c.Part]; !ok {
				t.Errorf("no words for the part %q", c.Part)
			}
		}
		if got := strings.Join(en, "\n"); got != tt.en {
			t.Errorf("%s → %s\nsays %s\nwant %s", tt.old, tt.new, got, tt.en)
		}
		if got := strings.Join(fr, "\n"); got != tt.fr {
			t.Errorf("%s → %s\ndit    %q\nvoulu  %q", tt.old, tt.new, got, tt.fr)
		}
	}
}

// Whatever two policies there are, each change has words for its part and its key, in both languages.
func TestDiffBetweenShippedPolicies(t *testing.T) {
	for _, a := range Shipped() {
		for _, b := range Shipped() {
			changes := Diff(shippedPolicy(t, a), shippedPolicy(t, b))
			if (len(changes) == 0) != (a == b) {
				t.Errorf("%s and %s: %d changes", a, b, len(changes))
			}
			for _, c := range changes {
				if _, known := keyWords[c.What]; c.What != "" && !known {
					t.Errorf("no words for the key %q", c.What)
				}
				if c.Words.EN == "" || c.Words.FR == "" {
					t.Errorf("%s %s %s: not said in both languages", c.Part, c.Name, c.What)
				}
			}
		}
	}
}

func TestDiffOrderOfLimitsForCounts(t *testing.T) {
	one, two := "\n[[limits_for]]\nwhen = 'request.unit == \"A\"'\nrequest = \"1.00\"\n", "\n[[limits_for]]\nwhen = 'request.language == \"fr\"'\nrequest = \"2.00\"\n"
	changes := Diff(smallPolicy(t, small+one+two), smallPolicy(t, small+two+one))
	if len(changes) != 1 || changes[0].Part != "limits_for" || changes[0].What != "order" {
		t.Errorf("changes %v, want the order alone", changes)
	}
}
