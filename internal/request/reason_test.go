package request

import "testing"

func TestWhatIsMissingIsOneSentence(t *testing.T) {
	missing := func(en, fr, cell string) Finding {
		f := Finding{Guardrail: en, Action: Return, Missing: []Missing{{Text{EN: en, FR: fr}, cell}}}
		f.Message = FillIn(f.Missing)
		return f
	}
	own := missing("Selection rationale", "Justification du choix", "J2")
	own.Message = Text{EN: "Say why.", FR: "Dites pourquoi."}
	range1 := Finding{Guardrail: "fixed-price", Action: Return, Cells: []string{"E2", "G2"}, Message: Text{EN: "Give one price."}}
	limit := Finding{Guardrail: "limit", Action: Escalate, Message: Text{EN: "Above."}}
	note := Finding{Guardrail: "note", Action: Note, Message: Text{EN: "Noted."}}
	findings := []Finding{note, missing("Payment", "Paiement", "H2"), limit, missing("Licence", "Licence", ""), own, missing("Total", "Total", "G2"), missing("Total", "Total", "G2"), range1}
	problems := []Problem{{Cell: "E2", Severity: ReturnSeverity, Message: Text{EN: "A range."}}}

	g := Gather(problems, findings, nil)
	if got, want := FillIn(g.Missing), (Text{EN: "Fill in: Total, Payment, Licence.", FR: "À remplir\u00a0: Total, Paiement, Licence."}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	var order []string
	for _, f := range g.Findings {
		order = append(order, f.Guardrail)
	}
	if len(order) != 3 || order[0] != "Selection rationale" || order[1] != "limit" || order[2] != "note" {
		t.Errorf("the others are %v", order)
	}
	g = Gather(nil, findings, func(*Finding) bool { return true })
	if got := FillIn(g.Missing).EN; got != "Fill in: Total, Payment, Selection rationale, Licence." || len(g.Findings) != 3 {
		t.Errorf("%s and %d others", got, len(g.Findings))
	}
}
