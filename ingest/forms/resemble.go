package forms

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"handrail/internal/request"
)

// Resemblance is a field that a header or a label may mean, although it is none of the field's names.
type Resemblance struct {
	Name  string  // the field's name, or "requester", "email", "branch", "language"
	Score float64 // from 0 to 1; 1 is a name that means nothing else
}

// likelyScore is what a header must reach for a value under it to be worth a question. Below it stand words that mean
// several things (Approved by, Contract no.) and known words among more unknown ones.
const likelyScore = 0.6

// leastScore is what is listed at all.
const leastScore = 0.3

// Likely reports whether the header probably means the field: a value under it is worth a question.
func (r Resemblance) Likely() bool { return r.Score >= likelyScore }

// Resembling lists what a header that is no known label may mean, the likeliest first; nil when it resembles nothing.
// Words count in any order and in both languages, with their usual abbreviations. What is another thing than any field,
// such as a vendor's phone, a tax code or the total of hours, resembles nothing.
func Resembling(header string) []Resemblance {
	if header == "" || len(header) > longestHeader {
		return nil
	}
	if m, ok := (&formWords{shipped: shippedWords()}).lookup(header); ok {
		return []Resemblance{{m.name(), 1}}
	}
	book := resembleBook()
	scores, exact := book.scores(header)
	if bare := withoutBrackets(header); !exact {
		if bare != header {
			inside, whole := book.scores(bare)
			scores.take(inside, 1)
			exact = whole
		}
		if !exact {
			scores.take(book.partScores(bare), 1)
		}
	}
	var found []Resemblance
	scaled := scaledHeader.MatchString(header)
	trap := scores[""]
	for name, score := range scores {
		if name != "" && score <= trap {
			score *= 0.5
		}
		if f, ok := request.FieldByName(name); ok && scaled && isScaled(f, header) {
			continue // in thousands, or by the month
		}
		if name != "" && score >= leastScore {
			found = append(found, Resemblance{name, score})
		}
	}
	slices.SortFunc(found, func(a, b Resemblance) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name))
	})
	return found
}

// resembleScores are by field; "" is what is no field.
type resembleScores map[string]float64

func (s resembleScores) take(other resembleScores, factor float64) {
	for name, score := range other {
		s[name] = max(s[name], score*factor)
	}
}

func (s resembleScores) best() (name string, score float64) {
	for n, v := range s {
		if v > score || v == score && n < name {
			name, score = n, v
		}
	}
	return name, score
}

// resemblePhrase is one phrase of the dictionary.
type resemblePhrase struct {
	name  string
	words []string
	sure  float64
}

// resembleDictionary is resemblePhrases, made ready.
type resembleDictionary struct {
	same       map[string]string // a word to the one that phrases have
	stop, weak map[string]bool
	spoilers   map[string]bool
	phrases    []resemblePhrase
	byWord     map[string][]int // the phrases that hold a word
}

var resembleBook = sync.OnceValue(func() *resembleDictionary {
	set := func(words string) map[string]bool {
		all := map[string]bool{}
		for _, w := range strings.Fields(words) {
			all[w] = true
		}
		return all
	}
	b := &resembleDictionary{same: map[string]string{}, stop: set(resembleStop), byWord: map[string][]int{}}
	for _, line := range resembleSynonyms {
		words := strings.Fields(line)
		for _, w := range words {
			b.same[w] = words[0]
		}
	}
	b.weak, b.spoilers = b.canonical(set(resembleWeak)), b.canonical(set(resembleSpoilers))
	for _, of := range resemblePhrases {
		for text := range strings.SplitSeq(of.phrases, ",") {
			text, sure := strings.TrimSpace(text), 1.0
			if words, number, ok := strings.Cut(text, "="); ok {
				text = words
				sure, _ = strconv.ParseFloat(number, 64) // a slip is 0, and the table of the test misses the phrase
			}
			b.add(resemblePhrase{of.name, b.words(text), sure})
		}
	}
	for _, info := range request.Fields() {
		for _, label := range []string{info.Label.EN, info.Label.FR} {
			b.add(resemblePhrase{info.Name, b.words(label), 1})
		}
	}
	return b
})

func (b *resembleDictionary) canonical(words map[string]bool) map[string]bool {
	all := map[string]bool{}
	for w := range words {
		all[b.common(w)] = true
	}
	return all
}

func (b *resembleDictionary) add(p resemblePhrase) {
	if len(p.words) == 0 {
		return
	}
	for _, w := range p.words {
		b.byWord[w] = append(b.byWord[w], len(b.phrases))
	}
	b.phrases = append(b.phrases, p)
}

// spellings are written in one word or two.
var spellings = strings.NewReplacer("e-mail", "email", "e mail", "email", "p-card", "pcard ", "cardholder", "card holder", "sub-total", "subtotal", "sous-total", "subtotal",
	"sub total", "subtotal", "pre-tax", "pretax", "stand-alone", "standalone", "n°", "no ", "nº", "no ", "n.º", "no ", "#", " no ", "requisition ed", "requisitioned",
	"f.o.b.", "fob", "u/m", "uom", "haz-mat", "hazmat", "off-site", "offsite", "s/o", "so", "in-house", "in house", "sole-source", "sole source")

// words are a header's words as phrases have them, each once, without what says nothing.
func (b *resembleDictionary) words(header string) []string {
	text := spellings.Replace(strings.ToLower(header))
	fields := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '%'
	})
	var out []string
	for _, f := range fields {
		w := request.Fold(f)
		if w == "" || strings.HasSuffix(f, "%") || b.stop[w] {
			continue
		}
		if w = b.common(w); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return slices.DeleteFunc(out, func(w string) bool { return isRate(w, out) })
}

// common is the word that phrases have for w; a plural counts as its singular.
func (b *resembleDictionary) common(w string) string {
	if same, ok := b.same[w]; ok {
		return same
	}
	if one := strings.TrimSuffix(w, "s"); len(w) > 4 && !strings.HasSuffix(one, "s") {
		return cmp.Or(b.same[one], one)
	}
	return w
}

// isRate is true for the number of a rate, as in HST 13: a number beside a tax.
func isRate(w string, all []string) bool {
	return w[0] >= '0' && w[0] <= '9' && slices.Contains(all, "tax")
}

// exactly is how sure a phrase must be that leaves nothing of a header, for others that leave something to count less.
const exactly = 0.4

// scores compares a header with every phrase that shares a word with it; exact: a phrase that is sure says all of it.
func (b *resembleDictionary) scores(header string) (scores resembleScores, exact bool) {
	words := b.words(header)
	scores = resembleScores{}
	whole := 0.0
	for _, w := range words {
		whole += b.weight(w)
	}
	said, sure := resembleScores{}, 0.0 // by phrases that say all of it
	for _, w := range words {
		for _, at := range b.byWord[w] {
			p := &b.phrases[at]
			if p.words[0] != w { // each phrase once
				continue
			}
			score, all, ok := b.compare(words, p, whole)
			if !ok {
				continue
			}
			scores[p.name] = max(scores[p.name], score)
			if all {
				said[p.name], sure = max(said[p.name], score), max(sure, p.sure)
			}
		}
	}
	if sure >= exactly {
		for name := range scores {
			scores[name] *= 0.6
		}
		scores.take(said, 1)
	}
	return scores, sure >= 0.9
}

func (b *resembleDictionary) compare(words []string, p *resemblePhrase, whole float64) (score float64, all, ok bool) {
	held := 0.0
	for _, w := range p.words {
		if !slices.Contains(words, w) {
			return 0, false, false
		}
		held += b.weight(w)
	}
	score = p.sure * math.Pow(held/whole, 0.8)
	all = true
	for _, w := range words {
		if slices.Contains(p.words, w) {
			continue
		}
		if p.name != "" && b.spoilers[w] {
			return score * 0.4, false, true
		}
		all = all && b.weak[w]
	}
	return score, all, true
}

func (b *resembleDictionary) weight(w string) float64 {
	if b.weak[w] {
		return 0.15
	}
	return 1
}

// partScores are of a header in two languages, or of two things in one: "Fournisseur | Supplier", "Vendor / website".
func (b *resembleDictionary) partScores(header string) resembleScores {
	parts := strings.FieldsFunc(header, func(r rune) bool { return r == '/' || r == '|' || r == '\n' })
	if len(parts) < 2 {
		return nil
	}
	together := resembleScores{}
	var names []string
	traps := 0
	for _, part := range parts {
		if b.words(part) == nil {
			continue
		}
		scores, _ := b.scores(part)
		name, score := scores.best()
		names = append(names, name)
		if name == "" && score >= 0.9 {
			traps++
		}
		together.take(scores, 0.85)
	}
	delete(together, "") // one trap of two things is counted by now
	switch {
	case len(names) > 0 && traps == len(names):
		together[""] = 1
	case traps > 0:
		for name := range together {
			together[name] *= 0.6
		}
	case len(slices.Compact(names)) == 1:
		together[names[0]] /= 0.85
	}
	return together
}

// withoutBrackets is a header without what it says in brackets, unless that is all.
func withoutBrackets(header string) string {
	var kept strings.Builder
	depth := 0
	for _, r := range header {
		switch {
		case r == '(' || r == '[':
			depth++
		case (r == ')' || r == ']') && depth > 0:
			depth--
		case depth == 0:
			kept.WriteRune(r)
		}
	}
	if strings.TrimSpace(kept.String()) == "" {
		return header
	}
	return kept.String()
}

// IsNoField reports whether a header is surely no field, although its words may be part of one's: a unit of measure, a
// vendor's phone, a tax code.
func IsNoField(header string) bool {
	if header == "" || len(header) > longestHeader || len(Resembling(header)) > 0 {
		return false
	}
	for _, text := range []string{header, withoutBrackets(header)} {
		if scores, _ := resembleBook().scores(text); scores[""] >= likelyScore {
			return true
		}
	}
	return resembleBook().partScores(header)[""] > 0
}

// KnownLabel is the field (or "requester", "email", "branch", "language") that a header names without any alias.
func KnownLabel(header string) (name string, known bool) {
	m, ok := (&formWords{shipped: shippedWords()}).lookup(header)
	return m.name(), ok
}
