package policybook

import (
	"fmt"
	"testing"

	"handrail/internal/request"
	"handrail/rules"
)

// TestKindsExpressTheShippedGuardrails prints the share of guardrails that a kind states, by policy, and holds it.
func TestKindsExpressTheShippedGuardrails(t *testing.T) {
	all, stated, named := 0, 0, 0
	for _, shipped := range rules.Shipped() {
		raw, err := rules.ShippedText(shipped)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parseText(raw)
		if err != nil {
			t.Fatal(err)
		}
		v := vocabularyOf(doc)
		n, k := 0, 0
		for _, lang := range []request.Lang{request.French, request.English} {
			n, k = 0, 0
			for _, g := range doc.all("guardrail") {
				n++
				st := recognise(g.get("when").text(), v, lang)
				if st.kind == nil {
					if lang == request.English {
						t.Logf("%s: expert: %s: %s", shipped, g.get("id").text(), g.get("when").text())
					}
					continue
				}
				k++
				if lang == request.English && st.kind.id != "all" && st.kind.id != "any" {
					named++
				}
				if testing.Verbose() {
					fmt.Printf("%-28s %-18s %q only %q\n", g.get("id").text(), st.kind.id, st.params, st.only)
				}
			}
		}
		t.Logf("%s: %d of %d guardrails by a kind", shipped, k, n)
		all, stated = all+n, stated+k
	}
	t.Logf("all: %d of %d by a kind (%d%%), %d by one that is not only conditions in words", stated, all, stated*100/all, named)
	if stated*100 < all*85 {
		t.Errorf("%d of %d guardrails are expressed by a kind, less than 85%%", stated, all)
	}
}
