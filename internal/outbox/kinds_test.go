package outbox

import (
	"cmp"
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

// shared is the wording that belongs to several mails.
const shared = "words"

// Whoever adds a mail is told what its row in the table lacks: who gets it, its wording in either language, its sample
// (docs/design.md#a-mail). That a room composes it is checked when a job is made.
func TestEveryMailHasItsWordingAndItsSample(t *testing.T) {
	samples := sampleNames(t)
	seen, worded := map[string]bool{}, []string{shared}
	for _, k := range Kinds() {
		if seen[k.Name] {
			t.Errorf("the mail %s has two rows", k.Name)
		}
		seen[k.Name] = true
		if k.To == "" || k.Says == "" {
			t.Errorf("the mail %s does not say who gets it, or what it says: %+v", k.Name, k)
		}
		wording := cmp.Or(k.Wording, k.Name)
		for _, lang := range []request.Lang{request.English, request.French} {
			if _, ok := templates.Source(string(lang) + "/" + wording + ".txt"); !ok {
				t.Errorf("the mail %s has no wording templates/%s/%s.txt", k.Name, lang, wording)
			}
		}
		if !slices.ContainsFunc(samples, func(s string) bool { return s == wording || strings.HasPrefix(s, wording+"-") }) {
			t.Errorf("the mail %s has no sample %q in notify/preview.go", k.Name, wording)
		}
		worded = append(worded, wording)
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
