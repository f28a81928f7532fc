package rules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"handrail/internal/request"
)

func bothSaid(t *testing.T, what string, w request.Text) {
	t.Helper()
	if strings.TrimSpace(w.EN) == "" || strings.TrimSpace(w.FR) == "" {
		t.Errorf("%s has no words in both languages: %+v", what, w)
	}
}

// literals are the texts in the arguments of calls of a method of this package, call by call, tests left out.
func literals(t *testing.T, method string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string][]string{}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "stories") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			selected, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || selected.Sel.Name != method {
				return true
			}
			at := set.Position(call.Pos()).String()
			for _, arg := range call.Args {
				ast.Inspect(arg, func(n ast.Node) bool {
					if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						text, _ := strconv.Unquote(lit.Value)
						calls[at] = append(calls[at], text)
					}
					return true
				})
			}
			return true
		})
	}
	return calls
}

// Every key that the loader reads has its words in the reference, with an example that its heading's example holds; and the
// reference has no key that the loader does not read (docs/design.md#a-key-of-a-policy).
func TestEveryKeyHasItsWords(t *testing.T) {
	var documented []string
	for _, tables := range [][]keyTable{policyKeys, trialKeys} {
		for _, table := range tables {
			bothSaid(t, "the heading "+table.heading, table.words)
			for _, k := range table.keys {
				documented = append(documented, k.name)
				what := table.heading + " " + k.name
				bothSaid(t, what, k.words)
				bothSaid(t, what+", what it holds", k.kind)
				if k.usual != (request.Text{}) {
					bothSaid(t, what+", left out", k.usual)
				}
				if k.example == "" && k.kind != holdsTable {
					t.Errorf("%s has no example", what)
				}
				all := regexp.MustCompile(` += `).ReplaceAllString(referencePolicy()+referenceTests(), " = ")
				if k.example != "" && !strings.Contains(all, k.name+" = "+k.example) {
					t.Errorf("%s: its example is not in that of its heading: %s", what, k.example)
				}
			}
		}
	}
	read := map[string]bool{"en": true, "fr": true, "label": true, "help": true, "choices": true}
	for at, keys := range literals(t, "keys") {
		for _, k := range keys {
			if read[k] = true; !slices.Contains(documented, k) && k != "" && k != "en" && k != "fr" && k != "approval" {
				t.Errorf("%s: the key %q has no words in policyKeys or trialKeys (reference_keys.go)", at, k)
			}
		}
	}
	for _, k := range documented {
		if !read[k] {
			t.Errorf("the reference has words for the key %q, which the loader does not read", k)
		}
	}
	if len(read) < 50 {
		t.Errorf("%d keys: the loader is written otherwise than this test reads it", len(read))
	}
}

// The examples of the reference make one policy, which loads, and whose tests pass.
func TestTheReferencesExamplesLoad(t *testing.T) {
	p, err := loadReference(referencePolicy())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := readTrials(context.Background(), p, "policy.test.toml", []byte(referenceTests()))
	if err != nil {
		t.Fatal(err)
	}
	if report := trials.Run(); len(report.Failures) > 0 {
		t.Error(report.Failures)
	}
}

// Every helper, sign and thing to read has its words and an example that is true for the reference's line.
func TestEveryHelperHasItsWords(t *testing.T) {
	p, err := loadReference(referencePolicy())
	if err != nil {
		t.Fatal(err)
	}
	env, err := p.environment()
	if err != nil {
		t.Fatal(err)
	}
	type example struct{ what, condition string }
	var examples []example
	said := map[string]bool{}
	for _, h := range helperWords {
		bothSaid(t, h.name, h.words)
		if said[h.name] = true; !strings.Contains(h.example, h.name+"(") {
			t.Errorf("%s: its example does not call it: %s", h.name, h.example)
		}
		examples = append(examples, example{h.name, h.example})
	}
	for _, o := range operatorDocs {
		bothSaid(t, o.sign, o.words)
		examples = append(examples, example{o.sign, o.example})
		for _, name := range o.names {
			said[name] = true
		}
	}
	for name := range env.Functions() {
		if !said[name] && (!strings.HasPrefix(name, "@") || name == "@in") {
			t.Errorf("%s has no words in helperWords or operatorDocs (reference_language.go)", name)
		}
	}
	read := map[string]bool{}
	for _, x := range readableWords {
		bothSaid(t, x.name, x.words)
		read[x.name] = true
		examples = append(examples, example{x.name, x.example})
	}
	for _, v := range p.variables() {
		if v.from.kind != fieldSource && !read[readableName(v.name)] {
			t.Errorf("%s has no words in readableWords (reference_language.go)", v.name)
		}
	}
	text := referencePolicy()
	for i, x := range examples {
		text += strings.Replace(guard("'''"+x.condition+"'''"), `"example"`, fmt.Sprintf(`"example-%d"`, i), 1)
	}
	for _, info := range request.Fields() {
		name := "field-" + strings.ReplaceAll(info.Name, "_", "-")
		text += strings.Replace(guard("'''"+kindExample(info)+"'''"), `"example"`, `"`+name+`"`, 1)
	}
	p, err = loadReference(text)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := readTrials(context.Background(), p, "x.test.toml", []byte(referenceTests()+`
[[case]]
name    = "all of them"
date    = 2026-11-18
budget  = { amount = "50000.00" }
outcome = "approved"
`))
	if err != nil {
		t.Fatal(err)
	}
	facts := p.trialFacts(&trials.cases[len(trials.cases)-1])[0]
	state := map[string]Evaluation{}
	for _, e := range p.Explain(facts) {
		state[e.Guardrail] = e
	}
	for i, x := range examples {
		if e := state[fmt.Sprintf("example-%d", i)]; e.State != Tripped {
			t.Errorf("%s: %s is not true for the reference's line: %s %s %v", x.what, x.condition, e.State, e.Why, e.Values)
		}
	}
}

// Totals, built-in findings and what is wrong with cells have their words.
func TestKindsAndFindingsHaveTheirWords(t *testing.T) {
	for _, word := range append(request.TotalBy(), append(request.TotalDistinct(), request.ByExtra+"Header")...) {
		bothSaid(t, "a total by "+word, totalWords[word])
	}
	for _, b := range builtIns {
		bothSaid(t, b.id, builtInWords[b.id])
	}
	p, err := loadReference(referencePolicy())
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for i, c := range wrongCells {
		problem, ok := p.wrongCell(i)
		if !ok || codes[problem.Code] {
			t.Errorf("%s = %q is no further problem: %q", c.field, c.typed, problem.Code)
		}
		codes[problem.Code] = true
		bothSaid(t, problem.Code, problem.Message)
	}
}

// unreachable are mistakes that no small example makes.
var unreachable = []string{
	"there are %d %s, and at most %d are read", "there are %d limits, and at most %d are read", "there are %d amounts, and at most %d are read", // large_test.go
	"%s is longer than %d characters: split it into several guardrails", "the list %q has %d entries, more than the %d that can be searched for near matches",
	"a policy needs at least one [[guardrail]]: without one it would approve everything", "a test file needs at least one [[case]]", // by a text of its own, below
	"values of the type %s are not exact enough for a policy", "%s needs a region: name one for the whole policy (region = \"CA\") or as the last argument",
	"file is empty", "%s must be written as [[%s]]", "%s is empty",
}

// Each example of a mistake is one, what stands beside it is none, and each thing that the loader can say is said by one of them
// (docs/design.md#a-mistake-of-an-author).
func TestEveryMistakeHasItsExample(t *testing.T) {
	var said []string
	for i := range mistakeGroups {
		g := &mistakeGroups[i]
		bothSaid(t, "a group of mistakes", g.title)
		for j := range g.mistakes {
			wrong, err := g.mistakes[j].says(g)
			if err != nil {
				t.Error(err)
			}
			if err := g.load(&g.mistakes[j], g.mistakes[j].right); err != nil {
				t.Errorf("what is right is not: %s\n%v", g.mistakes[j].right, err)
			}
			for _, m := range wrong {
				said = append(said, m.Words().EN, m.Words().FR)
			}
		}
	}
	all := strings.Join(said, "\n")
	verb := regexp.MustCompile(`%(?:\[\d\])?[a-z]`)
	formats := 0
	for at, texts := range literals(t, "fault") {
		made, shown := false, ""
		for _, format := range texts {
			if len(strings.Fields(format)) < 3 { // names, and what others say
				continue
			}
			parts := verb.Split(format, -1)
			for i := range parts {
				parts[i] = regexp.QuoteMeta(parts[i])
			}
			made = made || slices.Contains(unreachable, format) || regexp.MustCompile(strings.Join(parts, ".*")).MatchString(all)
			if shown == "" {
				shown = format
			}
		}
		if formats++; shown != "" && !made {
			t.Errorf("%s: no example of the reference (reference_mistakes.go) makes the mistake %q", at, shown)
		}
	}
	if formats < 30 {
		t.Errorf("%d mistakes: the loader is written otherwise than this test reads it", formats)
	}
	for _, text := range []string{"", strings.Split(referencePolicy(), "[[guardrail]]")[0]} {
		if _, err := loadReference(text); !errors.As(err, new(Mistakes)) {
			t.Errorf("a policy without guardrails: %v", err)
		}
	}
}

// Both languages of the reference have the same rows, and none is empty of words.
func TestTheReferenceIsWhole(t *testing.T) {
	var sizes []int
	for _, l := range []request.Lang{request.English, request.French} {
		var b bytes.Buffer
		if err := WriteReference(&b, l); err != nil {
			t.Fatal(err)
		}
		rows := strings.Count(b.String(), "\n| ")
		if sizes = append(sizes, rows); rows < 300 || strings.Contains(b.String(), "|  |") {
			t.Errorf("%s: %d rows, or one with an empty cell", l, rows)
		}
	}
	if sizes[0] != sizes[1] {
		t.Errorf("rows of tables: %v", sizes)
	}
}
