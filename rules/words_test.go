package rules

import (
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
)

// A policy names fields by its own words, in what it asks for and in what changed between two texts; a label that would be
// another field's, a name that is no field and an answer that is none are mistakes.
func TestWordsOfAPolicy(t *testing.T) {
	const own = "[words.authorized_by]\nlabel = { en = \"Budget holder\", fr = \"Responsable du budget\" }\n" +
		"[words.branch]\nlabel = { en = \"Directorate\", fr = \"Direction\" }\n" +
		"[words.payment]\nchoices = { \"acquisition card\" = { en = \"purchasing card\", fr = \"carte de paiement\" } }\n"
	asking := rule("holder", "return", `!given("authorized_by")`) + rule("unit", "note", `request.unit == "x"`) +
		strings.Replace(rule("payment", "note", `line.payment == "acquisition card"`), `en = "m"`, `en = "by {line.payment}"`, 1)
	p := policyOf(t, testHead+own+asking)
	l := clean(t)
	l.Values[request.AuthorizedBy] = request.Value{}
	l.Values[request.Payment] = request.Value{Text: "acquisition card", Given: true}
	o := origin()
	o.Unit = ""
	var missing, said []string
	for _, f := range p.Judge(facts(p, o, l)).Findings {
		said = append(said, f.Message.EN)
		for _, m := range f.Missing {
			missing = append(missing, m.Field.EN)
		}
	}
	if !slices.Contains(missing, "Budget holder") || !slices.Contains(missing, "Directorate") || !slices.Contains(said, "by purchasing card") {
		t.Errorf("missing %q, said %q", missing, said)
	}
	var changes []string
	for _, c := range Diff(policyOf(t, testHead+asking), p) {
		changes = append(changes, c.Words.EN)
	}
	if all := strings.Join(changes, "\n"); !strings.Contains(all, "Words for “authorized_by”, label in English: was nothing, is Budget holder.") ||
		!strings.Contains(all, "Words for “payment”, answers:") {
		t.Errorf("%s", all)
	}
	for text, want := range map[string]string{
		"[words.authorised_by]\nlabel = { en = \"x\", fr = \"x\" }\n":                    `"authorised_by" is no field of the form; did you mean "authorized_by"?`,
		"[words.net]\nlabel = { en = \"Total\", fr = \"Net\" }\n":                        `words.net: the label "Total" is already that of total`,
		"[words.net]\nlabel = { en = \"Net\", fr = \"Net\" }\nchoices = { a = \"b\" }\n": `words.net: `,
		"[words.payment]\nchoices = { card = { en = \"x\", fr = \"x\" } }\n":             `words.payment: "card" is no answer of this field`,
		"[words]\nnet = \"Net\"\n": `words: write net = {`,
	} {
		if got := strings.Join(mistakesOf(t, testHead+text+asking), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: %s", text, got)
		}
	}
}
