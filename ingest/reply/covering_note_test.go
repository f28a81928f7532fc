package reply

import "testing"

func TestTheDecisionCellIsReadStrictly(t *testing.T) {
	for cell, want := range map[string]Verb{"Approve": Approve, "APPROVED.": Approve, "approuver": Approve, "Approuvée": Approve, "J’approuve": Approve,
		"Decline": Decline, "Refuser": Decline, "REFUSÉE": Decline, "rejected": Decline} {
		if got, ok := ParseVerdict(cell); !ok || got != want {
			t.Errorf("%q reads as %q, %v", cell, got, ok)
		}
	}
	for _, cell := range []string{"", "yes", "OK", "x", "oui", "Approve?", "Approve 2", "Approve: urgent", "not approve", "Do not approve", "Approve if cheaper",
		"Undo", "Confirm", "Withdraw", "Аpprove", "App\u202erove", "Approve / Decline"} {
		if got, ok := ParseVerdict(cell); ok {
			t.Errorf("%q decides %q", cell, got)
		}
	}
	if _, ask := ParseReason(Approve, "only if it is cheaper"); ask == nil || ask.Why != AskCondition {
		t.Errorf("a condition approves: %+v", ask)
	}
	if reason, ask := ParseReason(Decline, "  no budget,\nnot now "); ask != nil || reason != "no budget, not now" {
		t.Errorf("the reason is %q, %+v", reason, ask)
	}
}

func TestACoveringNoteSaysNothing(t *testing.T) {
	for _, text := range []string{"", "\n\n", "See attached.", "Please see attached", "Hello,\n\nPlease find attached my decisions.\n\nThanks,\nOdile Officer",
		"Bonjour,\n\nVoici ma décision.\n\nMerci", "Veuillez trouver ci-joint le classeur rempli.", "Sent from my iPhone", "-- \nOdile\nif you must know"} {
		if !onlyCovers(text, "Odile Officer") {
			t.Errorf("%q is taken for more than a covering note", text)
		}
	}
	for _, text := range []string{"See attached, but not line 2.", "Attached.\nLine 2 needs a new quote.", "I am not sure about line 1", "APPROVE 1",
		"Voir ci-joint, sauf la ligne 2", "Thanks\nI changed my mind", "Please see attached if the price holds"} {
		if onlyCovers(text, "Odile Officer") {
			t.Errorf("%q is taken for a covering note", text)
		}
	}
}

func TestAQuestionMayNameItsLines(t *testing.T) {
	for _, text := range []string{"QUESTION 2: why now?", "Question 2 : pourquoi?"} {
		got, ask := commandsOf(text)
		if ask != nil || len(got) != 1 || got[0].Verb != Ask || len(got[0].Lines) != 1 || got[0].Lines[0] != 2 {
			t.Errorf("%q reads as %+v, %+v", text, got, ask)
		}
	}
}
