package templates

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBothLanguagesHaveTheSamePhrases(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	en, fr := keysOf(s.languages["en"]), keysOf(s.languages["fr"])
	if !slices.Equal(en, fr) {
		t.Errorf("the phrases differ:\n%q\n%q", en, fr)
	}
	if len(en) < 100 {
		t.Errorf("only %d phrases", len(en))
	}
}

func TestAnOverrideReplacesOnlyWhatItDefines(t *testing.T) {
	shipped, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put(t, dir, "en/unreadable.txt", "{{define \"how\"}}Our way{{end}}\n")
	put(t, dir, "README.md", "notes")
	s, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Say("en", "unreadable.how", nil); err != nil || got != "Our way" {
		t.Errorf("the override says %q, %v", got, err)
	}
	want, _ := shipped.Say("en", "unreadable.form", nil)
	if got, err := s.Say("en", "unreadable.form", nil); err != nil || got != want {
		t.Errorf("a phrase that was not overridden says %q, %v", got, err)
	}
	if s.Hash() == shipped.Hash() {
		t.Error("an override leaves the hash as it was")
	}
	if !slices.Equal(s.Overrides(), []string{"en/unreadable.txt"}) {
		t.Errorf("overrides: %q", s.Overrides())
	}
}

func TestBrokenOverridesAreNamedWithFileAndLine(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"syntax":         {"fr/answer.txt", "{{define \"next\"}}\n{{if}}{{end}}", "answer.txt:2"},
		"unknown phrase": {"en/answer.txt", "\n{{define \"subjct\"}}x{{end}}", "answer.txt:2"},
		"stray text":     {"en/answer.txt", "\n\nhello {{define \"next\"}}x{{end}}", "answer.txt:"},
		"empty":          {"layout.txt", " \n", "layout.txt:1"},
		"layout":         {"layout.html", "<p>\n{{.Lang", "layout.html:2"},
		"unknown file":   {"en/anwser.txt", "x", "anwser.txt"},
	} {
		dir := t.TempDir()
		put(t, dir, c.file, c.text)
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a directory that is not there was loaded")
	}
}

func TestWrapBreaksAtPlainSpacesOnly(t *testing.T) {
	got := wrap("- ", "  ", strings.Repeat("word ", 20)+"9\u00a0775,00\u00a0$")
	for line := range strings.SplitSeq(got, "\n") {
		if width(line) > lineWidth {
			t.Errorf("a line of %d columns: %q", width(line), line)
		}
	}
	if !strings.Contains(got, "9\u00a0775,00\u00a0$") || !strings.HasPrefix(got, "- word") || !strings.Contains(got, "\n  word") {
		t.Errorf("wrapped as %q", got)
	}
}

func TestTidyKeepsParagraphsAndNoBreakSpaces(t *testing.T) {
	if got := tidy("\n a\n  b\u00a0: c\n\n\n d \n"); got != "a b\u00a0: c\n\nd" {
		t.Errorf("tidy gives %q", got)
	}
}
