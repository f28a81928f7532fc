package rules

import (
	"strings"
	"testing"
)

func smallPolicy(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := build("small.toml", "small.toml", []byte(text), nil)
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
		{`fr = "Encore"`, `fr = "De nouveau"`, `Guardrail “again”, title in French: was Encore, is De nouveau.`, "Balise «\u00a0again\u00a0», titre en français\u00a0: avant Encore, maintenant De nouveau."},
		{`{counts.before} before.`, `{counts.before} earlier.`, `Guardrail “again”, message in English: was {counts.before} before., is {counts.before} earlier.`, ``},
		{`from = 2026-01-01`, `from = 2026-02-01`, `Guardrail “quarter”, dates: was from January 1, 2026, is from February 1, 2026.`, "Balise «\u00a0quarter\u00a0», dates\u00a0: avant à compter du 1er\u00a0janvier 2026, maintenant à compter du 1er\u00a0février 2026."},
		{"source = \"Note 1\"\nfrom", "source = \"Note 3\"\nfields = [\"total\"]\nfrom", `Guardrail “quarter”, source: was Note 1, is Note 3.` + "\n" + `Guardrail “quarter”, cells marked: was nothing, is Total.`, ``},
		{`id = "again"`, `id = "once-more"`, "Guardrail “again” is gone. It was: “Again”, note when counts.before > 0.\nGuardrail “once-more” is new: “Again”, note when counts.before > 0.",
			"Balise «\u00a0again\u00a0», retrait\u00a0: «\u00a0Encore\u00a0», signaler si counts.before > 0.\nBalise «\u00a0once-more\u00a0», ajout\u00a0: «\u00a0Encore\u00a0», signaler si counts.before > 0."},
		{"source = \"Note 1\"\nfrom", "source = \"Note 1\"\nvariant = [{ when = 'counts.quarter == 1', action = \"note\" }]\nfrom",
			`Guardrail “quarter”, variants: was nothing, is note when counts.quarter == 1.`, ``},
		{`reference = "Note 2"`, "reference = \"Note 2\"\nuntil = 2027-01-01",
			"Exemption from “quarter” is gone. It was: granted by CFO (Note 2), when request.unit == \"Stores\".\nExemption from “quarter” is new: granted by CFO (Note 2), when request.unit == \"Stores\", before January 1, 2027.", ``},
		{"by = [\"supplier\"]\ndays = 30", "by = [\"supplier\"]\ndays = 60", `Total “month”, what it adds up: was by supplier over 30 days, is by supplier over 60 days.`, "Cumul «\u00a0month\u00a0», ce qui est additionné\u00a0: avant par fournisseur sur 30 jours, maintenant par fournisseur sur 60 jours."},
		{`["One", "Two"]`, `["Two", "Three"]`, "List “kept”, entries removed: One.\nList “kept”, entries added: Three.", "Liste «\u00a0kept\u00a0», entrées retirées\u00a0: One.\nListe «\u00a0kept\u00a0», entrées ajoutées\u00a0: Three."},
		{`"b@dept.gc.ca" =`, `"c@dept.gc.ca" =`, "Other address “b@dept.gc.ca” is gone. It was: a@dept.gc.ca.\nOther address “c@dept.gc.ca” is new: a@dept.gc.ca.", ``},
		{`request = "50.00"`, `request = "60.00"`, "Limits for a part of the house is gone. It was: request $50.00, when request.unit == \"Stores\".\nLimits for a part of the house is new: request $60.00, when request.unit == \"Stores\".", ``},
		{`version = "1"`, `version = "2"`, `Policy, version: was 1, is 2.`, "Politique, version\u00a0: avant 1, maintenant 2."},
		{`title = "Director"`, `title = "Director General"`, `Authority, title: was Director, is Director General.`, ``},
		{`date = 2026-04-01`, `date = 2026-05-01`, `Authority, date: was April 1, 2026, is May 1, 2026.`, ``},
		{`fr = "Conforme."`, `fr = "Dans les balises."`, `Approval, meaning, in French: was Conforme., is Dans les balises.`, ``},
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
		if got := strings.Join(fr, "\n"); got != tt.fr && tt.fr != "" {
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
