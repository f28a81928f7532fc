package approvals

import (
	"testing"

	"handrail/internal/ledger"

	"handrail/ingest/reply"
)

// wrote is a mail with some words, read.
func wrote(t *testing.T, text string) *answer {
	t.Helper()
	reader := reply.Reader{Names: []string{"Odile Officer"}}
	commands, ask, err := reader.Parse(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	undoing, err := reader.ReadUndo(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return &answer{text: text, commands: commands, ask: ask, undoing: undoing}
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
		a := wrote(t, c.text)
		if got := a.mayHandOn(true); got != c.officer {
			t.Errorf("%q of an officer: %v", c.text, got)
		}
		if got := a.mayHandOn(false); got != c.anybody {
			t.Errorf("%q of somebody else: %v", c.text, got)
		}
	}
}

func TestOnlyThanks(t *testing.T) {
	for text, want := range map[string]bool{"Thanks!": true, "Merci beaucoup, bonne journée!\n\nOdile": true, "Thank you very much": true, "Noted, thanks": true,
		"Thanks, but line 2?": false, "Approved, thanks": false, "merci de refuser": false, "Odile": false, "": false} {
		if got := wrote(t, text).thanks(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAManagersNoIsReadStrictly(t *testing.T) {
	for text, want := range map[string]string{"NO: nobody asked me": "nobody asked me", "Non : je n’ai pas autorisé cela": "je n’ai pas autorisé cela", "no": "", "NO.": "",
		"NO: line 2 only": "-", "No: I approve it": "-", "No problem": "-", "NO: but the first is fine": "-", "Nobody asked me": "-", "NO: 2": "-"} {
		got := "-"
		if c := wrote(t, text).managersNo(&ledger.Escalation{}); c != nil {
			got = c.Reason
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// The form with every field is a command of its own, in a subject or on the first line.
func TestWhoAsksForTheWholeForm(t *testing.T) {
	for text, want := range map[string]bool{"FORM ALL": true, "form all.": true, "form --all": true, "FORMULAIRE COMPLET": true, "Formulaire tout\n\nMerci": true,
		"The form, please": false, "Le formulaire complet est joint.": false, "Is this all the form asks?": false} {
		if got := asksForWholeForm(text); got != want {
			t.Errorf("%q: %v", text, got)
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
