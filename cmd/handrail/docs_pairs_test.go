package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// bilingual are the pages that exist in both languages.
func bilingual() map[string]string {
	return map[string]string{"README.md": "README.fr.md", "docs/staff.md": "docs/staff.fr.md", "docs/officers.md": "docs/officers.fr.md",
		"docs/policy-reference.md": "docs/policy-reference.fr.md", "docs/changing-the-rules.md": "docs/changing-the-rules.fr.md"}
}

var (
	pageLanguage = regexp.MustCompile(` *--lang fr\b|\.fr\b|\.en\b`)
	pageHeading  = regexp.MustCompile(`(?m)^(#+) `)
	pageItem     = regexp.MustCompile(`(?m)^(?:[*-]|\d\.) `)
	pageQuestion = regexp.MustCompile(`(?m)^\*\*[^*]+\*\* `)
	pageRow      = regexp.MustCompile(`(?m)^\|.*\|$`)
	pageCommand  = regexp.MustCompile(`(?m)^(?:go|handrail) [^#\n]+`)
)

// shape is what two pages that say the same have in common, whatever their words.
func shape(text string) map[string][]string {
	of := func(re *regexp.Regexp, group int) []string {
		var all []string
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			all = append(all, strings.TrimSpace(pageLanguage.ReplaceAllString(m[group], "")))
		}
		return all
	}
	same := map[string][]string{"headings": of(pageHeading, 1), "pictures": of(shownPicture, 2)}
	for name, re := range map[string]*regexp.Regexp{"list items": pageItem, "questions": pageQuestion, "rows of tables": pageRow} {
		same[name] = make([]string, len(re.FindAllString(text, -1)))
	}
	// Names of files that a command writes differ by language.
	for _, command := range of(pageCommand, 0) {
		same["commands"] = append(same["commands"], strings.Join(strings.Fields(outFile.ReplaceAllString(command, "FILE")), " "))
	}
	return same
}

var outFile = regexp.MustCompile(`\S+\.xlsx`)

// Both languages of a page say the same: as many headings, items, rows and questions, the same commands and pictures.
func TestBothLanguagesOfAPageSayTheSame(t *testing.T) {
	all := pages(t)
	for english, french := range bilingual() {
		en, fr := shape(all[english]), shape(all[french])
		if len(en["headings"]) < 3 {
			t.Errorf("%s has %d headings: the page is written otherwise than this test reads it", english, len(en["headings"]))
		}
		for what := range en {
			if strings.Join(en[what], "\n") != strings.Join(fr[what], "\n") || len(en[what]) != len(fr[what]) {
				t.Errorf("%s of %s and %s differ: %d %q and %d %q", what, english, french, len(en[what]), en[what], len(fr[what]), fr[what])
			}
		}
		for page, links := range linkedFrom(all, english) {
			if !linkedFrom(all, french)[page] {
				t.Errorf("%s does not lead to %s, as %s does (%t)", french, page, english, links)
			}
		}
	}
}

// linkedFrom are the pages that a page leads to, whatever their language; the page itself in the other language is none.
func linkedFrom(all map[string]string, name string) map[string]bool {
	found := map[string]bool{}
	for _, m := range link.FindAllStringSubmatch(all[name], -1) {
		if strings.HasPrefix(m[1], "#") {
			continue // of the page itself: headings have their language
		}
		page := pageLanguage.ReplaceAllString(filepath.Join(filepath.Dir(name), m[1]), "")
		if page != pageLanguage.ReplaceAllString(name, "") {
			found[page] = true
		}
	}
	return found
}

var (
	notProse = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	badSpace = regexp.MustCompile(`[^|\n-]{0,20}(?: :(?:\s|$)|«[^\x{00a0}]|[^\x{00a0}]»|\d \$| [;!?](?:\s|$))`)
)

// French pages keep French typography: a no-break space before the colon and inside « », none before ; ! ?.
func TestFrenchPagesKeepFrenchTypography(t *testing.T) {
	for name, text := range pages(t) {
		if !strings.HasSuffix(name, ".fr.md") && name != "docs/glossary.md" {
			continue
		}
		for _, bad := range badSpace.FindAllString(notProse.ReplaceAllString(text, "x"), -1) {
			t.Errorf("%s: %q", name, bad)
		}
		if strings.Contains(notProse.ReplaceAllString(text, "x"), "'") && name != "docs/glossary.md" {
			t.Errorf("%s writes ' where ’ belongs", name)
		}
	}
}

// The glossary says each word once, in both languages, with its meaning in both.
func TestTheGlossaryIsInBothLanguages(t *testing.T) {
	text, err := os.ReadFile("../../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	seen, rows := map[string]bool{}, 0
	for _, row := range pageRow.FindAllString(string(text), -1) {
		if strings.HasPrefix(row, "|---") || strings.HasPrefix(row, "| English") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		if len(cells) != 3 || strings.Count(cells[len(cells)-1], " · ") != 1 {
			t.Errorf("a row is not a word in English, in French, and its meaning in both: %s", row)
			continue
		}
		if seen[cells[0]] {
			t.Errorf("%q stands there twice", cells[0])
		}
		seen[cells[0]] = true
	}
	if rows < 80 || !strings.Contains(string(text), "`handrail file`") {
		t.Errorf("%d words", rows)
	}
}
