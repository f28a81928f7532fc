package reply

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every command that the officers' pages name is one that the grammar understands, and every verb of the grammar that is
// an officer's is named, in both languages.
func TestCommandsOnTheOfficersPagesAreUnderstood(t *testing.T) {
	for page, never := range map[string][]string{
		"../../docs/officers.md":    {"OK", "yes", "AWAY UNTIL", "ASSIGN", "QUESTION", "DECLINE"},
		"../../docs/officers.fr.md": {"D’accord", "oui", "ABSENT JUSQU’AU", "CONFIER À", "QUESTION", "REFUSER"},
	} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		named := map[Verb]bool{}
		table := regexp.MustCompile("(?m)^\\| [^|`]+ \\| `([^`]+)` \\|$").FindAllStringSubmatch(string(text), -1)
		for _, row := range table {
			commands, ask := commandsOf(row[1])
			if ask != nil || len(commands) != 1 {
				t.Errorf("%s: %q is not understood: %+v", page, row[1], ask)
				continue
			}
			named[commands[0].Verb] = true
			if strings.Contains(row[1], ":") && commands[0].Reason == "" {
				t.Errorf("%s: %q is read without its reason", page, row[1])
			}
		}
		for _, v := range []Verb{Approve, Decline, Ask, Undo, Revoke, Assign, Away, Confirm} {
			if !named[v] {
				t.Errorf("%s does not say how to %s", page, v)
			}
		}
		for _, words := range never {
			if !strings.Contains(string(text), "`"+words+"`") {
				t.Errorf("%s does not name %q", page, words)
			}
		}
	}
	for _, words := range []string{"OK", "yes", "D’accord", "oui", "approve 1, but only with a new quote", "approuver 1, mais seulement avec une nouvelle soumission"} {
		if commands, ask := commandsOf(words); ask == nil {
			t.Errorf("%q is read as %+v", words, commands)
		}
	}
}
