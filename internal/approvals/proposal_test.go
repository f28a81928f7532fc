package approvals

import (
	"reflect"
	"testing"

	"handrail/ingest/reply"
	"handrail/internal/request"
)

// What is proposed is read as exactly what was proposed, in either language.
func TestAProposalIsReadAsItIsMeant(t *testing.T) {
	ref, _ := request.ParseReference("HR-2026-000001-02")
	for _, commands := range [][]reply.Command{
		{{Verb: reply.Approve}},
		{{Verb: reply.Approve, Lines: []int{1, 3}}, {Verb: reply.Decline, Lines: []int{2}, Reason: "too expensive"}},
		{{Verb: reply.Decline, References: []request.Reference{ref}, Reason: "trop cher"}},
		{{Verb: reply.Confirm}}, {{Verb: reply.Undo}}, {{Verb: reply.Withdraw, Lines: []int{2}}},
	} {
		for _, l := range []request.Lang{request.English, request.French} {
			words := spelled(commands).In(l)
			read, ask, err := reply.Parse(t.Context(), words)
			if err != nil || ask != nil || !reflect.DeepEqual(read, commands) {
				t.Errorf("%q is read as %+v, %+v, %v", words, read, ask, err)
			}
		}
	}
	if words := spelled([]reply.Command{{Verb: reply.Away}}); !words.IsZero() {
		t.Errorf("what has no words is proposed as %q", words.EN)
	}
}

// Nothing that could decide is handed on, whoever wrote it; of those who decide nothing, questions are.
func TestWhatMayBeHandedOn(t *testing.T) {
	for _, c := range []struct {
		text             string
		officer, anybody bool
	}{
		{"Where is my request? Whom can I call?", true, true},
		{"The supplier moves next week.", true, true},
		{"Le fournisseur déménage la semaine prochaine.", true, true},
		{"Why was line 2 declined?", false, true},
		{"Pourquoi la ligne 2 a-t-elle été refusée?", false, true},
		{"Approved by phone.", false, false}, {"Je l’ai approuvée.", false, false}, {"C’est refusé", false, false}, {"Désapprouvé", false, false},
		{"OK", false, false}, {"d’accord", false, false}, {"Sounds good to me", false, false}, {"👍", false, false}, {"Non", false, false},
		{"It is $400 now", false, false}, {"Le prix est de 4 500,00", false, false}, {"only 500 CAD", false, false}, {"9,775.00", false, false},
		{"Can I withdraw line 2?", false, false}, {"Puis-je annuler?", false, false}, {"Please undo", false, false}, {"", false, false},
		{"The code 1234 is on box 3.", true, true}, {"My number is 613-555-0199.", true, true},
	} {
		if got := mayHandOn(c.text, true); got != c.officer {
			t.Errorf("%q of an officer: %v", c.text, got)
		}
		if got := mayHandOn(c.text, false); got != c.anybody {
			t.Errorf("%q of somebody else: %v", c.text, got)
		}
	}
}

func TestOnlyThanks(t *testing.T) {
	names := []string{"Odile Officer"}
	for text, want := range map[string]bool{"Thanks!": true, "Merci beaucoup, bonne journée!\n\nOdile": true, "Thank you very much": true, "Noted, thanks": true,
		"Thanks, but line 2?": false, "Approved, thanks": false, "merci de refuser": false, "Odile": false, "": false} {
		if got := onlyThanks(text, names); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAManagersNoIsReadStrictly(t *testing.T) {
	for text, want := range map[string]string{"NO: nobody asked me": "nobody asked me", "Non : je n’ai pas autorisé cela": "je n’ai pas autorisé cela", "no": "", "NO.": "",
		"NO: line 2 only": "-", "No: I approve it": "-", "No problem": "-", "NO: but the first is fine": "-", "Nobody asked me": "-", "NO: 2": "-"} {
		a := &answer{text: text, ask: &reply.AskBack{Why: reply.AskNoCommand}}
		got := "-"
		if c := a.managersNo(); c != nil {
			got = c.Reason
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// Who wants the form gets the form, and nobody is troubled with it.
func TestWhoAsksForTheForm(t *testing.T) {
	for text, want := range map[string]bool{"The form, please": true, "Le formulaire, svp": true, "Can you send me the blank form?": true, "Où trouver le formulaire?": true,
		"Where is my request?": false, "The form says that line 2 is a problem.": false} {
		if got := asksForForm(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
