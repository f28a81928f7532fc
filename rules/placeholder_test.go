package rules

import (
	"strings"
	"testing"

	"handrail/internal/request"
)

// A text that only holds the place of one is a mistake in a new policy, and none in one that judged: it can be read for ever.
func TestPlaceholdersInAPolicyAreMistakes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{rule("a", "note", "line.total > limits.request") + "[[exemption]]\nguardrail = \"a\"\ngranted_by = \"TBD\"\nreference = \"note 4\"\n", `granted_by is "TBD"`},
		{rule("a", "note", "line.total > limits.request") + "[[exemption]]\nguardrail = \"a\"\ngranted_by = \"Anne Roy\"\nreference = \"à venir\"\n", `reference is "à venir"`},
		{strings.Replace(rule("a", "note", "line.total > limits.request"), `fr = "t"`, `fr = "à déterminer"`, 1), `title.fr is "à déterminer"`},
		{strings.Replace(rule("a", "note", "line.total > limits.request"), `en = "m"`, `en = "-"`, 1), `message.en is "-"`},
		{rule("a", "note", `listed("bad", line.supplier)`) + "[[list]]\nname = \"bad\"\nas = \"supplier\"\nvalues = [\"Acme Inc.\", \"n/a\"]\n", `entry 2 is "n/a"`},
		{rule("a", "note", `listed("vague", line.title)`) + "[[list]]\nname = \"vague\"\nvalues = [\"misc\", \"TBD\"]\n", `entry 2 is "TBD"`},
	} {
		said := mistakesOf(t, testHead+tt.text)
		if len(said) != 1 || !strings.Contains(said[0], tt.want) {
			t.Errorf("%v, want %s", said, tt.want)
		}
	}
	p := policyOf(t, testHead+rule("a", "note", `listed("bad", line.supplier)`)+"[[list]]\nname = \"bad\"\nvalues = [\"None Such Tools\"]\n")
	if _, err := Unbundle([]byte(strings.Replace(string(p.Bundle()), "None Such Tools", "to be confirmed", 1))); err != nil {
		t.Errorf("a policy that judged is refused now: %v", err)
	}
}

// A supplier that identifies nobody is asked for once, in words of its own: no guardrail fails over it.
func TestASupplierOfMarksIsAskedFor(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	l := clean(t)
	set(t, &l, "supplier", `""`)
	set(t, &l, "supplier_id", "")
	f := facts(p, origin(), l)
	v := p.Judge(f)
	if v.Outcome != request.Returned {
		t.Errorf("the line is %s", v.Outcome)
	}
	asked := 0
	for _, x := range v.Findings {
		if strings.Contains(x.Message.EN, "could not be made") {
			t.Errorf("%s: %s", x.Guardrail, x.Message.EN)
		}
		if x.Message.EN == "Fill in: Supplier." {
			asked++
		}
	}
	if asked == 0 {
		t.Errorf("the supplier is not asked for: %v", found(v))
	}
	for _, x := range v.NotEvaluated {
		if strings.HasPrefix(x.Why, FailedWhy) {
			t.Errorf("the operator would hear of %s: %s", x.Guardrail, x.Why)
		}
	}
}
