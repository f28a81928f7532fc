package outbox

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
	"handrail/notify"
	"handrail/templates"
)

// beside are the wordings that no entry of the outbox asks for: a reminder and a week are written by the step that finds them
// due, and words.txt is what several mails share.
var beside = []string{"reminder", "weekly", "words"}

// Whoever adds a mail is told what its row in the table lacks: who gets it, its wording in either language, its sample
// (docs/design.md#a-mail). That a room composes it is checked when a job is made.
func TestEveryMailHasItsWordingAndItsSample(t *testing.T) {
	samples := sampleNames(t)
	seen, worded := map[string]bool{}, slices.Clone(beside)
	for _, k := range Kinds() {
		if seen[k.Name] {
			t.Errorf("the mail %s has two rows", k.Name)
		}
		seen[k.Name] = true
		if k.To == "" || k.Says == "" || k.Wording == "" {
			t.Errorf("the mail %s does not say who gets it, what it says, or where its wording stands: %+v", k.Name, k)
			continue
		}
		for _, lang := range []request.Lang{request.English, request.French} {
			if _, ok := templates.Source(string(lang) + "/" + k.Wording + ".txt"); !ok {
				t.Errorf("the mail %s has no wording templates/%s/%s.txt", k.Name, lang, k.Wording)
			}
		}
		if !slices.ContainsFunc(samples, func(s string) bool { return s == k.Wording || strings.HasPrefix(s, k.Wording+"-") }) {
			t.Errorf("the mail %s has no sample %q in notify/preview.go", k.Name, k.Wording)
		}
		worded = append(worded, k.Wording)
	}
	for _, name := range templates.Names() {
		lang, file, inLanguage := strings.Cut(name, "/")
		if inLanguage && !slices.Contains(worded, strings.TrimSuffix(file, ".txt")) {
			t.Errorf("templates/%s/%s is the wording of no mail in Kinds", lang, file)
		}
	}
}

// Every kind that has a name has a row in the table.
func TestEveryNamedMailIsInTheTable(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			names, ok := d.(*ast.GenDecl)
			if !ok || names.Tok != token.CONST || !strings.HasPrefix(names.Doc.Text(), "The kinds of mails") {
				continue
			}
			found = true
			for _, s := range names.Specs {
				spec := s.(*ast.ValueSpec)
				if _, ok := KindOf(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`)); !ok {
					t.Errorf("the mail %s has no row in Kinds", spec.Names[0].Name)
				}
			}
		}
	}
	if !found {
		t.Error("the names of the kinds are not declared as this test reads them")
	}
}

// sampleNames are the mails of `handrail templates preview`.
func sampleNames(t *testing.T) []string {
	t.Helper()
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	composer, err := notify.NewComposer(set, notify.Identity{From: "requests@department.example", Location: time.UTC, Name: request.Text{EN: "Department", FR: "Ministère"}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := composer.Preview(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if name, ok := strings.CutSuffix(f, ".en.eml"); ok {
			names = append(names, name)
		}
	}
	return names
}
