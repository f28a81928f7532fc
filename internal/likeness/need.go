package likeness

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"unicode"
)

// Of a need's texts: how many bytes of each are read, how many words count, and how many of them stand in an index.
const (
	maxText      = 4000
	maxNeedWords = 120
	maxTerms     = 40
)

// tells is the weight above which a term says what is wanted; the others stand in purchases of all kinds.
const tells = 0.35

// Need is what a line asks for, by its title and description, made ready to be compared.
type Need struct {
	form  string
	terms []term // sorted by text
}

// A term is one word of a need.
type term struct {
	text  string  // its notion ("=print"), its stem, or its number
	count float64 // how much the texts make of it: more when it stands in the title
	usual float64 // what the built-in weights say of it
	title bool    // it stands in a title
	head  bool    // a title begins with it, before it says for what, where or in how many parts
}

// ReadNeed makes a need ready to be compared, from the title, the title in the other language, and the description. Any of
// them may be "". Texts of any length are read in a time that is bounded.
func ReadNeed(title, titleOther, description string) Need {
	found, titled, headed := map[string]float64{}, map[string]bool{}, map[string]bool{}
	count := 0
	for i, text := range []string{title, titleOther, description} {
		inThis := map[string]bool{}
		terms, head := termsOf(text)
		for k, t := range terms {
			headed[t] = headed[t] || i < 2 && k < head
			if inThis[t] || count >= maxNeedWords {
				continue
			}
			inThis[t] = true
			count++
			titled[t] = titled[t] || i < 2
			if i == 1 && found[t] > 0 {
				continue // the same title once more
			}
			found[t]++
		}
	}
	n := Need{terms: make([]term, 0, len(found))}
	lex := words()
	says := false
	for t, times := range found {
		usual := lex.usual(t)
		n.terms = append(n.terms, term{t, times, usual, titled[t], headed[t]})
		says = says || usual > tells && t[0] != '@' && t[0] != '#' || t[0] == '#' && hasLetter(t)
	}
	slices.SortFunc(n.terms, func(a, b term) int { return strings.Compare(a.text, b.text) })
	if says {
		n.form = n.formOf()
	}
	return n
}

// formOf is a short id of the words of a need, whatever their order, endings, case, accents and numbers: a thousand texts that
// differ by a number only are one need, and one text of the vocabulary.
func (n Need) formOf() string {
	h := sha256.New()
	for _, t := range n.terms {
		if t.text[0] == '#' && allDigits(t.text[1:]) {
			continue
		}
		h.Write([]byte(t.text))
		h.Write([]byte{0})
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:12]))
}

// Form is a short id of the normalised texts: equal forms are one need. It is "" when the texts do not say what is wanted.
func (n Need) Form() string { return n.form }

// Terms are the words of a need for an index and a vocabulary, sorted: notions that English and French share, else stems,
// numbers and models. There are at most 40, those that say most.
func (n Need) Terms() []string {
	kept := n.terms
	if len(kept) > maxTerms {
		kept = slices.Clone(kept)
		slices.SortStableFunc(kept, func(a, b term) int {
			switch {
			case a.usual*a.count > b.usual*b.count:
				return -1
			case a.usual*a.count < b.usual*b.count:
				return 1
			}
			return 0
		})
		kept = kept[:maxTerms]
	}
	list := make([]string, len(kept))
	for i, t := range kept {
		list[i] = t.text
	}
	slices.Sort(list)
	return list
}

// termsOf are the terms of a text in their order, and how many of them stand at its head: before it says for what, for whom,
// where or which part ("hangar door, east dock", "lunch for a workshop").
func termsOf(text string) (list []string, head int) {
	lex := words()
	text = cut(text, maxText)
	all := lex.join(fold(text))
	if len(all) > 3*maxNeedWords {
		all = all[:3*maxNeedWords]
	}
	stem := stemEnglish
	if isFrench(all) {
		stem = stemFrench
	}
	end := headWords(lex, text)
	list = make([]string, 0, len(all))
	for i, w := range all {
		if saysNothing(w) || len(w) > 4*maxWord {
			continue
		}
		if list = append(list, lex.term(w, stem)); i < end {
			head = len(list)
		}
	}
	return list, head
}

// headWords is how many folded words stand at the head of a text.
func headWords(lex *lexicon, text string) int {
	from := len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
	for i, r := range text[from:] {
		if strings.ContainsRune(",:;(–—/|", r) || r == '-' && strings.HasSuffix(text[:from+i], " ") || r == '.' {
			text = text[:from+i]
			break
		}
	}
	all := lex.join(fold(text))
	for i, w := range all {
		if i > 0 && (w == "for" || w == "pour" || w == "at" || w == "in") {
			return i
		}
	}
	return len(all)
}

func (lex *lexicon) term(w string, stem func(string) string) string {
	switch {
	case hasDigit(w):
		return "#" + ordinal(w)
	case lex.places[w] != "" && len(w) > 2:
		return "@" + lex.places[w]
	}
	if n, ok := lex.notion(w); ok {
		return n.id
	}
	if len(w) < 4 || !ascii(w) || len(w) > maxWord {
		return w
	}
	return stem(w)
}

// ordinal is the number of "4th" or "2e", else the word itself.
func ordinal(w string) string {
	digits := strings.TrimRightFunc(w, unicode.IsLetter)
	switch w[len(digits):] {
	case "st", "nd", "rd", "th", "er", "re", "e", "eme", "ere", "ieme":
		if allDigits(digits) {
			return digits
		}
	}
	return w
}

// isFrench guesses the language of folded words by the small words among them.
func isFrench(all []string) bool {
	n := 0
	for _, w := range all {
		switch w {
		case "le", "la", "les", "de", "des", "du", "d", "l", "pour", "sur", "dans", "avec", "un", "une", "aux", "au", "et", "par", "en":
			n++
		case "the", "of", "for", "to", "in", "on", "with", "a", "an", "by", "from", "that", "is", "are":
			n--
		}
	}
	return n > 0
}

// saysNothing reports whether a word only joins others.
func saysNothing(w string) bool {
	if isParticle(w) {
		return true
	}
	switch w {
	case "our", "its", "it", "is", "are", "be", "was", "been", "this", "that", "these", "those", "their", "your", "my", "his", "her", "we", "us", "they",
		"or", "as", "than", "then", "so", "not", "no", "all", "any", "each", "every", "into", "out", "up", "off", "over", "under", "about", "after", "before",
		"between", "during", "through", "within", "without", "against", "have", "has", "had", "now", "new", "only", "also", "there", "here", "such", "some",
		"ce", "cet", "cette", "ces", "son", "sa", "ses", "leur", "leurs", "notre", "nos", "votre", "vos", "il", "elle", "ils", "elles", "on", "nous", "vous",
		"ou", "dans", "avec", "sans", "est", "sont", "etre", "ete", "a_ete", "ne", "pas", "plus", "tout", "tous", "toute", "toutes", "chaque", "entre", "sous",
		"vers", "apres", "avant", "afin", "lors", "ainsi", "aussi", "se", "si", "y", "c", "s", "n", "qu", "j", "m", "t", "nouveau", "nouvelle", "nouveaux":
		return true
	}
	return false
}
