package likeness

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Whatever is typed: scores lie between 0 and 100 and do not depend on the order, equal forms are 100, and the keys of an
// index are bounded.
func TestAnyTexts(t *testing.T) {
	pieces := []string{"Northern", "Software", "o/a", "c/o", "(", ")", "[", " - ", "/", "*", "PAYPAL *", ",", "N.S.I.", "9123-4567", "Québec", "inc.", "d'", "L'", "的公司", "Нордик", "ᓯᓚ",
		"\u202e", "\xff", "ﷺ", "s/n", "of", "de", "Ottawa", "#", "12", "A", "&", "\u00a0", "division of", "Zürich"}
	text := rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "any") {
			return rapid.String().Draw(t, "text")
		}
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		x, y := ReadName(a), ReadName(b)
		s := Names(x, y)
		if s != Names(y, x) || s < 0 || s > 100 {
			t.Fatalf("%d and %d", s, Names(y, x))
		}
		if (x.Form() == y.Form() && x.Form() != "") != (s == 100) {
			t.Fatalf("forms %q and %q, score %d", x.Form(), y.Form(), s)
		}
		if keys := x.Blocks(); len(keys) > maxBlocks || (len(keys) == 0) != (x.Form() == "") {
			t.Fatalf("%d blocks of form %q", len(keys), x.Form())
		}
		for _, k := range x.Blocks() {
			if !utf8.ValidString(k) || len(k) > 200 {
				t.Fatalf("the key %q", k)
			}
		}
		n, m := ReadNeed(a, b, a+b), ReadNeed(b, "", a)
		w := Usual()
		if s := Needs(n, m, w); s != Needs(m, n, w) || s < 0 || s > 100 || n.Form() != "" && Needs(n, n, w) != 100 {
			t.Fatalf("%d and %d", s, Needs(m, n, w))
		}
		if terms := n.Terms(); len(terms) > maxTerms || !slices.IsSorted(terms) {
			t.Fatalf("terms %q", terms)
		}
	})
}

// Texts of 32,000 characters are read and compared in a time that is bounded, whatever they are made of.
func TestLongTexts(t *testing.T) {
	for _, piece := range []string{"a", "a ", "Northern ", "o/a ", "c/o x ", "(", "( ", "[x] ", " - x", "*", "1 ", "N. ", "ﷺ ", "公司", "é", "\u0301", "d'", "of ", "s a r l "} {
		text := strings.Repeat(piece, 32_000/utf8.RuneCountInString(piece))
		began := time.Now()
		x, y := ReadName(text), ReadName(text+"b")
		Names(x, y)
		x.Blocks()
		n, m := ReadNeed(text, text, text), ReadNeed("", "", text+" b")
		Needs(n, m, Usual())
		n.Terms()
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("32,000 characters of %q take %s", piece, took)
		}
	}
}

func BenchmarkReadName(b *testing.B) {
	for b.Loop() {
		ReadName("2214907 Ontario Inc. o/a Fernhill Analytics Services (Ottawa)")
	}
}

func BenchmarkReadPlainName(b *testing.B) {
	for b.Loop() {
		ReadName("Northern Lakes Software Inc.")
	}
}

func BenchmarkBlocks(b *testing.B) {
	n := ReadName("2214907 Ontario Inc. o/a Fernhill Analytics Services (Ottawa)")
	for b.Loop() {
		n.Blocks()
	}
}

func BenchmarkNamesAlike(b *testing.B) {
	x, y := ReadName("Northern Lakes Software Inc. (Ottawa)"), ReadName("Nothern Lake Softwares – Montréal")
	for b.Loop() {
		Names(x, y)
	}
}

func BenchmarkNamesUnlike(b *testing.B) {
	x, y := ReadName("Northern Lakes Software Inc. (Ottawa)"), ReadName("Éclairages Phalène du Saguenay ltée")
	for b.Loop() {
		Names(x, y)
	}
}

func BenchmarkReadNameOf32000(b *testing.B) {
	text := strings.Repeat("Northern o/a Lakes (x) ", 32_000/23)
	for b.Loop() {
		ReadName(text)
	}
}

const (
	needTitle = "Accessibility audit of the website"
	needText  = "Check that the pages of the site meet the accessibility rules and write a report for the branch, in English and in French."
)

func BenchmarkReadNeed(b *testing.B) {
	for b.Loop() {
		ReadNeed(needTitle, "", needText)
	}
}

func BenchmarkNeeds(b *testing.B) {
	x, y := ReadNeed(needTitle, "", needText), ReadNeed("Vérification de l'accessibilité du site", "", "Vérifier que les pages du site respectent les règles d'accessibilité et rédiger un rapport.")
	w := Learned(Usual(), 1000, func(string) int { return 3 })
	for b.Loop() {
		Needs(x, y, w)
	}
}

func BenchmarkReadNeedOf32000(b *testing.B) {
	text := strings.Repeat("Supply and delivery of water sampling kits ", 32_000/43)
	for b.Loop() {
		ReadNeed(needTitle, "", text)
	}
}
