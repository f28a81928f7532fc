package reply

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// commandOnAPage is a row of a table of commands, or a command in a line of prose: `WITHDRAW 2`.
var commandOnAPage = regexp.MustCompile("(?m)^\\| [^|`]+ \\| `([^`]+)` \\|$")

// Every command that the officers' pages name is one that the grammar understands, and every verb of the grammar is named on
// the pages of those who write it, in both languages (docs/design.md#a-command-in-mail).
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
		table := commandOnAPage.FindAllStringSubmatch(string(text), -1)
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
		for _, v := range Verbs() {
			if !named[v] && v != Withdraw { // the requester's
				t.Errorf("%s has no row for the verb %s", page, v)
			}
		}
		for _, words := range never {
			if !strings.Contains(string(text), "`"+words+"`") {
				t.Errorf("%s does not name %q", page, words)
			}
		}
	}
	for page, command := range map[string]string{"../../docs/staff.md": "WITHDRAW 2", "../../docs/staff.fr.md": "RETIRER 2"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if commands, ask := commandsOf(command); ask != nil || commands[0].Verb != Withdraw || !strings.Contains(string(text), "`"+command+"`") {
			t.Errorf("%s does not say how to %s: %+v", page, Withdraw, ask)
		}
	}
	for _, words := range []string{"OK", "yes", "D’accord", "oui", "approve 1, but only with a new quote", "approuver 1, mais seulement avec une nouvelle soumission"} {
		if commands, ask := commandsOf(words); ask == nil {
			t.Errorf("%q is read as %+v", words, commands)
		}
	}
}

// Every verb is in the list of verbs, has words in both languages, and a row in docs/design.md: the list is what the pages and
// the rooms are held against.
func TestEveryVerbIsListedAndHasWords(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "command.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	design, err := os.ReadFile("../../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, d := range file.Decls {
		constants, ok := d.(*ast.GenDecl)
		if !ok || constants.Tok != gotoken.CONST {
			continue
		}
		for _, s := range constants.Specs {
			spec, ok := s.(*ast.ValueSpec)
			if !ok {
				continue
			}
			if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != "Verb" {
				continue
			}
			declared++
			value := Verb(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
			if !slices.Contains(Verbs(), value) {
				t.Errorf("the verb %s is not in Verbs", spec.Names[0].Name)
			}
			if !strings.Contains(string(design), "| `"+spec.Names[0].Name+"` |") {
				t.Errorf("docs/design.md#commands-in-mail has no row for the verb %s", spec.Names[0].Name)
			}
		}
	}
	if declared != len(Verbs()) {
		t.Errorf("command.go declares %d verbs, and %d are in Verbs", declared, len(Verbs()))
	}
	words := map[Verb]int{}
	for _, v := range verbWords {
		words[v.verb] += len(strings.Split(v.words, ","))
	}
	for _, v := range Verbs() {
		if words[v] < 2 && v != Ask { // one word in both languages
			t.Errorf("the verb %s has %d words in verbWords, not one in each language", v, words[v])
		}
	}
}
