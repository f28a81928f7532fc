package notify

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"handrail/internal/request"
)

// subjectsPage is every subject and first line that we write, to be read at one sitting.
const subjectsPage = "../docs/mail-subjects.md"

const subjectsHead = `# Every subject and first line

What people see of our mails before they open them: the subject, the first line and what to do now, in both languages, of the
mails that ` + "`handrail templates preview`" + ` writes. Codes in brackets are left out. A test writes this page
(` + "`go test ./notify -run TestSubjects -update`" + `) and fails when it is not current. The words stand in ` + "`templates/en`" + ` and ` + "`templates/fr`" + `.

| mail | | English | français |
|---|---|---|---|
`

// TestSubjectsPageIsCurrent holds the page against what this version writes.
func TestSubjectsPageIsCurrent(t *testing.T) {
	c := testComposer(t)
	var b strings.Builder
	b.WriteString(subjectsHead)
	for _, s := range samples() {
		var said [2][3]string
		for i, l := range bothLangs {
			m, err := s.compose(c, l)
			if err != nil {
				t.Fatal(err)
			}
			own, _, _ := strings.Cut(m.Subject, " [")
			said[i][0] = own
			said[i][1], said[i][2] = firstLines(t, m)
		}
		for i, what := range []string{"subject", "first line", "what to do"} {
			name := ""
			if i == 0 {
				name = s.name
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, what, cell(said[0][i]), cell(said[1][i]))
		}
	}
	if *update {
		if err := os.WriteFile(subjectsPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(subjectsPage)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s is not current: run with -update and read it", subjectsPage)
	}
}

// firstLines are the first line of a mail, with whose it is, and what to do now.
func firstLines(t *testing.T, m Mail) (first, next string) {
	t.Helper()
	from, text, cut := strings.Cut(string(m.text), "\n\n")
	if !strings.HasPrefix(from, "Sent by") && !strings.HasPrefix(from, "Envoyé par") {
		text, cut = string(m.text), true
	} else {
		first = squeeze(from) + " "
	}
	doc := parseHTML(t, string(m.html))
	h1 := find(doc, "h1")
	if h1 == nil || !cut {
		t.Fatalf("no first line in %.100s", text)
	}
	headline := squeeze(nodeText(h1))
	for n := h1.NextSibling; n != nil; n = n.NextSibling {
		if n.Data == "p" {
			next = squeeze(nodeText(n))
			break
		}
	}
	return first + strings.TrimLeft(headline, "✓→↩✗– "), next
}

// cell writes a text into a table of Markdown.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// What a demanding editor would strike out does not come back.
func TestWordsThatAnEditorStrikesOut(t *testing.T) {
	eachMail(t, func(t *testing.T, name string, l request.Lang, m Mail, p parsed) {
		text := strings.ToLower(squeeze(strings.ReplaceAll(m.Subject+"\n"+p.text, "\u00a0", " ")))
		never := map[request.Lang][]string{
			request.English: {" mend", "anew", " bears ", "kindly", "please be advised", "in order to"},
			request.French: {"il faut", "demandeur", "avant le 2", "avant 2", "personne qui demande", "veuillez noter", "programme a écrit", "svp",
				"approbation tient", "elle tient", "décision tient"},
		}[l]
		for _, word := range never {
			if strings.Contains(text, word) {
				t.Errorf("%s says %q", name, word)
			}
		}
	})
}
