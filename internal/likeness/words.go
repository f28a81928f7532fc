package likeness

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"

	"handrail/internal/request"
)

//go:embed words.txt
var wordsText string

//go:embed places.txt
var placesText string

//go:embed tails.txt
var tailsText string

//go:embed persons.txt
var personsText string

// A kind says what a word does in a supplier's name.
type kind uint8

const (
	own      kind = iota // tells the firm
	common               // begins many names: northern, national
	trade                // what the firm does
	corp                 // what any firm is: services, group
	place                // where it is
	number               // digits
	initial              // one letter
	particle             // of, de, and
)

// A notion is what several words of English and French mean.
type notion struct {
	id     string // the first word for it after "="
	kind   kind
	weight int      // how much it says of a need, in tenths
	langs  language // the languages in which the word that was looked up means it
}

// A language is a set of the two.
type language uint8

const (
	inEnglish language = 1 << iota
	inFrench
)

// A tail is what a word makes of the words around it in a name.
type tail uint8

const (
	noTail tail = iota
	branchTail
	projectTail
	dropTail
	platformTail
)

// A lexicon is what the lists of this package say, by folded word.
type lexicon struct {
	notions map[string]notion
	stems   map[string]notion  // by the stems of both languages
	byID    map[string]float64 // what a notion tells of a need, from 0 to 1
	places  map[string]string
	tails   map[string]tail
	family  map[string]bool       // frequent names of families
	given   map[string]string     // frequent first names, by the first of those that are one
	heads   map[string]bool       // what firms of any trade like to be called by
	crafts  map[string]bool       // trades that no notion means
	phrases map[string][][]string // words that are one word together, by their first
}

// words reads the lists once.
var words = sync.OnceValue(func() *lexicon {
	lex := &lexicon{notions: map[string]notion{}, stems: map[string]notion{}, byID: map[string]float64{}, places: map[string]string{}, tails: map[string]tail{},
		family: map[string]bool{}, given: map[string]string{}, heads: map[string]bool{}, crafts: map[string]bool{},
		phrases: map[string][][]string{}}
	for _, line := range listed(wordsText) {
		lex.addNotion(line)
	}
	for _, line := range listed(placesText) {
		names := strings.Fields(line)
		for _, name := range names {
			lex.places[name] = names[0]
			lex.addPhrase(name)
		}
	}
	tails := map[string]tail{"branch": branchTail, "project": projectTail, "drop": dropTail, "platform": platformTail}
	for _, line := range listed(tailsText) {
		class, list, _ := strings.Cut(line, " ")
		for _, w := range strings.Fields(list) {
			lex.tails[w] = tails[class]
			lex.addPhrase(w)
		}
	}
	for _, line := range listed(personsText) {
		lex.addPersons(line)
	}
	return lex
})

func listed(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

func (lex *lexicon) addNotion(line string) {
	kinds := map[string]kind{"corp": corp, "trade": trade, "common": common, "plain": own}
	english, french, _ := strings.Cut(line, "|")
	fields := strings.Fields(english)
	n := notion{kind: kinds[fields[0]], weight: int(fields[1][0] - '0'), id: "=" + fields[2]}
	if _, known := lex.byID[n.id]; !known {
		lex.byID[n.id] = float64(n.weight) / 10
	}
	if n.kind == own && n.weight == 3 {
		n.kind = trade // repairs, maintenance
	}
	put := func(to map[string]notion, w string, in language) {
		known, ok := to[w]
		if !ok {
			known = n
		}
		if known.id == n.id {
			known.langs |= in
			to[w] = known
		}
	}
	add := func(list []string, stem func(string) string, in language) {
		for _, w := range list {
			lex.addPhrase(w)
			put(lex.notions, w, in)
			if len(w) < 4 || strings.Contains(w, "_") {
				continue
			}
			if s := stem(w); len(s) > 2 {
				put(lex.stems, s, in)
			}
		}
	}
	add(fields[2:], stemEnglish, inEnglish)
	add(strings.Fields(french), stemFrench, inFrench)
}

// addPersons reads a line of frequent names.
func (lex *lexicon) addPersons(line string) {
	class, list, _ := strings.Cut(line, " ")
	for _, field := range strings.Fields(list) {
		one := strings.Split(field, "/")
		for _, w := range one {
			switch class {
			case "family":
				lex.family[w] = true
			case "given":
				lex.given[w] = one[0]
			case "head":
				lex.heads[w] = true
			case "craft":
				lex.crafts[w] = true
			}
		}
	}
}

func (lex *lexicon) addPhrase(word string) {
	parts := strings.Split(word, "_")
	if len(parts) > 1 {
		lex.phrases[parts[0]] = append(lex.phrases[parts[0]], parts)
	}
}

// join makes one word of words that are one together: "new brunswick" is "new_brunswick". The longest phrase counts.
func (lex *lexicon) join(list []string) []string {
	out := list[:0:0]
	for i := 0; i < len(list); {
		n := 1
		for _, phrase := range lex.phrases[list[i]] {
			if len(phrase) > n && i+len(phrase) <= len(list) && equalWords(list[i:i+len(phrase)], phrase) {
				n = len(phrase)
			}
		}
		out = append(out, strings.Join(list[i:i+n], "_"))
		i += n
	}
	return out
}

func equalWords(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// notion is what a folded word means, by the word itself, by how it looks, or by its stem in either language.
func (lex *lexicon) notion(word string) (notion, bool) {
	if n, ok := lex.notions[word]; ok {
		return n, true
	}
	if strings.ContainsAny(word, "01") && hasLetter(word) {
		n, ok := lex.notions[lettersOf.Replace(word)]
		return n, ok
	}
	if len(word) < 5 || len(word) > maxWord || !ascii(word) {
		return notion{}, false
	}
	if n, ok := lex.stems[stemEnglish(word)]; ok {
		return n, true
	}
	n, ok := lex.stems[stemFrench(word)]
	return n, ok
}

// lettersOf reads digits among letters as the letters that they pass for.
var lettersOf = strings.NewReplacer("0", "o", "1", "l")

// stemEnglish and stemFrench are the stems of a folded word.
func stemEnglish(word string) string { return english.Stem(word, false) }
func stemFrench(word string) string  { return french.Stem(word, false) }

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func hasDigit(s string) bool  { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }
func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

func allDigits(s string) bool { return s != "" && !hasLetter(s) && hasDigit(s) }

// particles are the words that only join others, folded.
func isParticle(word string) bool {
	switch word {
	case "and", "of", "the", "for", "in", "at", "on", "by", "to", "from", "with", "a", "an",
		"de", "du", "des", "la", "le", "les", "l", "d", "en", "au", "aux", "pour", "sur", "par", "un", "une":
		return true
	}
	return false
}

// fold splits a text into folded words; an elided article is a word of its own.
func fold(text string) []string {
	return request.SupplierWords(elisions.Replace(text))
}

var elisions = strings.NewReplacer(" d'", " d ", " d’", " d ", " l'", " l ", " l’", " l ", " D'", " D ", " D’", " D ", " L'", " L ", " L’", " L ",
	"qu'", "qu ", "qu’", "qu ")
