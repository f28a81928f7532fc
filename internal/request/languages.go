package request

import (
	"cmp"
	"slices"
)

// Languages are those of a department, or of a policy: the languages that its texts are written in, the first one first. None named are English
// and French. Every place that says something in all languages of a department goes through here.
type Languages []Lang

// AllLanguages are the languages that Handrail has words in.
var AllLanguages = Languages{English, French}

// Of are the languages themselves.
func (ls Languages) Of() Languages {
	if len(ls) == 0 {
		return AllLanguages
	}
	return ls
}

// Speaks reports whether l is one of them.
func (ls Languages) Speaks(l Lang) bool { return slices.Contains(ls.Of(), l) }

// Single reports whether there is one only.
func (ls Languages) Single() bool { return len(ls) == 1 }

// Reader is the language for somebody: their own, and where that is not known the only one there is. UnknownLang asks for all of them.
func (ls Languages) Reader(l Lang) Lang {
	if l == UnknownLang && ls.Single() {
		return ls[0]
	}
	return l
}

// Write is the language of what is written in one alone, as a form is: l where it is one of them, else the first. UnknownLang stays unknown
// where there are several.
func (ls Languages) Write(l Lang) Lang {
	if l == UnknownLang && !ls.Single() || ls.Speaks(l) {
		return l
	}
	return ls.Of()[0]
}

// Ordered are the languages with first before the others, where it is one of them.
func (ls Languages) Ordered(first Lang) Languages {
	all := slices.Clone(ls.Of())
	if at := slices.Index(all, first); at > 0 {
		all = append(Languages{first}, slices.Delete(all, at, at+1)...)
	}
	return all
}

// Join writes a text in all languages, first before the others, each wording once: “Supplier / Fournisseur”. Nothing stands for a language that
// says nothing.
func (ls Languages) Join(t Text, first Lang, between string) string {
	out := ""
	var said []string
	for _, l := range ls.Ordered(first) {
		s := t.In(l)
		if s == "" || slices.Contains(said, s) {
			continue
		}
		if out != "" {
			out += between
		}
		out, said = out+s, append(said, s)
	}
	return out
}

// Or is the text in l, or in the language that there is.
func (t Text) Or(l Lang) string { return cmp.Or(t.In(l), t.EN, t.FR) }

// Set puts what is said in a language.
func (t *Text) Set(l Lang, s string) {
	if l == French {
		t.FR = s
	} else {
		t.EN = s
	}
}

// Same is a text that says the same in every language.
func Same(s string) Text { return Text{EN: s, FR: s} }
