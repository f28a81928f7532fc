package likeness

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Names says how alike two suppliers' names are, from 0 to 100, whichever comes first. 100 are equal forms; from NamesAlike
// on they are probably one supplier. It knows no numbers and no registers: whoever has them overrules it.
func Names(a, b Name) int {
	if a.form == "" || b.form == "" {
		return 0
	}
	if a.form == b.form {
		return 100
	}
	if a.form > b.form {
		a, b = b, a // words are paired in the order of the first name
	}
	best := 0.0
	for i := range a.aliases {
		for j := range b.aliases {
			x, y := &a.aliases[i], &b.aliases[j]
			if x.aside && y.aside {
				continue // two remarks alike are no two names alike
			}
			best = max(best, aliasLikeness(x, y), practice(x, y), practice(y, x))
			if !x.spelled && !y.spelled {
				best = max(best, acronym(x, y), acronym(y, x))
			}
		}
	}
	return int(math.Round(99 * best))
}

// acronym says how surely short is the other name by its first letters.
func acronym(short, long *alias) float64 {
	if len(long.words) < 2 {
		return 0
	}
	letters := ""
	for _, w := range short.words {
		if w.tail {
			continue
		}
		if letters != "" {
			return 0 // more than an acronym
		}
		letters = w.text
	}
	if n := utf8.RuneCountInString(letters); n < 3 || n > 7 || hasDigit(letters) {
		return 0
	}
	for _, l := range long.letters {
		if l == letters {
			if len(letters) == 3 {
				return 0.83
			}
			return 0.9
		}
	}
	return 0
}

// practice says how surely one name is the firm of the person whom the other names: "Studio Quillefeu", "Odile Quillefeu,
// graphiste". The family name must be one that few have.
func practice(firm, person *alias) float64 {
	family := ""
	kinds := 0
	for _, w := range firm.words {
		switch {
		case w.tail:
		case w.kind == own && w.id == "" && !w.family && len(w.text) >= 6 && family == "":
			family = w.text
		case w.kind == corp, w.kind == trade && w.weak:
			kinds++
		default:
			return 0
		}
	}
	if family == "" || kinds == 0 && !firm.legal || person.legal {
		return 0
	}
	given, known, last := 0, kinds > 0 || firm.company, ""
	for _, w := range person.words {
		switch {
		case w.tail:
		case w.kind == initial || w.kind <= common && w.text != family:
			if last != "" && !person.comma || w.id != "" && w.given == "" {
				return 0
			}
			given++
			known = known || w.kind == initial || w.given != ""
		case w.text == family:
			last = w.text
		case w.kind != trade:
			return 0
		}
	}
	if last == "" || given == 0 || given > 2 || !known {
		return 0
	}
	return 0.82
}

// What is missing and what contradicts, against what agrees.
const (
	perConflict = 1.6  // a word here and another word there
	perOmission = 0.55 // a word here and none there
	mostTail    = 0.15 // all that stands behind a name, however much it is
)

// aliasLikeness compares the words of two names, whatever their order: what agrees, against what stands on one side only
// and what differs. Two firms of one name in two trades are two firms.
func aliasLikeness(a, b *alias) float64 {
	m := match(a, b)
	if m.agreed == 0 {
		return 0
	}
	conflict := min(m.onlyA, m.onlyB)
	omission := (max(m.onlyA, m.onlyB) - conflict + m.tails) * perOmission
	if !m.own {
		omission *= 1.3 // only usual words agree
	}
	s := m.agreed / (m.agreed + perConflict*conflict + omission)
	s *= m.spelling
	switch {
	case m.tradeA && m.tradeB:
		s = min(s*0.85, 0.7)
	case (m.tradeA || m.tradeB) && conflict > 0:
		s *= 0.97
	}
	if m.numberA && m.numberB {
		s = min(s, 0.4)
	}
	if m.initialA && m.initialB {
		s *= 0.6
	}
	if !m.named && (m.onlyA > 0 || m.onlyB > 0 || m.spelling < 0.97) {
		s = min(s, 0.6)
	}
	switch {
	case m.nobody() && (m.onlyA > 0 || m.onlyB > 0):
		s = min(s, 0.7) // a frequent name alone, and something that parts them
	case m.left(a, b):
		s = max(s, leftLikeness*m.spelling)
	}
	return s
}

// A matching is how the words of two names meet.
type matching struct {
	a, b         []nameWord
	usedA, usedB []bool

	agreed         float64 // weight of the words that both have
	spelled        float64 // the same, times how well each is spelled alike
	spelling       float64 // how well the words that agree are spelled alike, from 0 to 1
	onlyA, onlyB   float64 // weight of the others
	tails          float64 // weight of what stands behind either, and not behind the other
	named          bool    // a word that tells a firm agrees
	own            bool    // and it is no usual one
	tradeA, tradeB bool    // a trade that the other has not
	numberA        bool    // a company's number that the other has not
	numberB        bool
	initialA       bool // the first letter of a person's name that the other has not
	initialB       bool

	particular bool // a word that few have agrees
	frequent   int  // how many words that agree are frequent names of people
	telling    bool // another word than those agrees
}

// match pairs each word of one name with the word of the other that is most alike.
func match(x, y *alias) *matching {
	a, b := x.words, y.words
	m := &matching{a: a, b: b, usedA: make([]bool, len(a)), usedB: make([]bool, len(b))}
	m.pair(sameWord)
	joined(a, b, m.usedA, m.usedB, m.agree)
	joined(b, a, m.usedB, m.usedA, m.agree)
	m.byInitials()
	m.cutOff(x, y)
	m.pair(almostWord)
	m.byInitials()
	m.forms(x, y)
	if m.agreed > 0 {
		m.spelling = m.spelled / m.agreed
	}
	m.onlyA, m.tradeA, m.numberA, m.initialA = m.rest(a, m.usedA)
	m.onlyB, m.tradeB, m.numberB, m.initialB = m.rest(b, m.usedB)
	return m
}

// agree notes that x of one name is y of the other, spelled alike by s.
func (m *matching) agree(x, y *nameWord, s float64) {
	w := (x.weight + y.weight) / 2
	m.note(x, y, s)
	m.agreed += w
	m.spelled += w * s
	if s < 0.8 || x.tail && y.tail {
		return
	}
	m.named = m.named || x.names && y.names
	m.own = m.own || x.names && y.names && (x.kind == own && y.kind == own || x.kind == number)
}

// pair takes for each word that is left the word that is most alike.
func (m *matching) pair(alike func(x, y *nameWord) float64) {
	for i := range m.a {
		if m.usedA[i] {
			continue
		}
		at, best := -1, 0.0
		for j := range m.b {
			if m.usedB[j] {
				continue
			}
			if s := alike(&m.a[i], &m.b[j]); s > best {
				at, best = j, s
			}
		}
		if at >= 0 {
			m.usedA[i], m.usedB[at] = true, true
			m.agree(&m.a[i], &m.b[at], best)
		}
	}
}

// byInitials reads words by their first letters once another word agrees: letters alone name nobody.
func (m *matching) byInitials() {
	if m.named {
		initials(m.a, m.b, m.usedA, m.usedB, m.agree)
		initials(m.b, m.a, m.usedB, m.usedA, m.agree)
	}
}

// rest sums up the words of one name that the other has not.
func (m *matching) rest(list []nameWord, used []bool) (weight float64, ofTrade, ofNumber, ofInitial bool) {
	tails := 0.0
	for i, w := range list {
		switch {
		case used[i]:
		case w.tail:
			tails += w.weight
		default:
			weight += w.weight
			ofTrade = ofTrade || w.kind == trade
			ofNumber = ofNumber || w.kind == number && len(w.text) >= 6
			ofInitial = ofInitial || w.kind == initial
		}
	}
	m.tails = max(m.tails, min(tails, mostTail))
	return weight, ofTrade, ofNumber, ofInitial
}

// sameWord are words with the same letters, the same look, or the same meaning in either language.
func sameWord(x, y *nameWord) float64 {
	switch {
	case x.text == y.text || x.look == y.look:
		return 1
	case twoPersons(x, y):
		return 0
	case x.id == "" || x.id != y.id:
		return 0
	case x.kind == place, x.langs&y.langs == 0, x.langs != y.langs && x.kind != common, related(x.text, y.text):
		return 0.98
	}
	return 0
}

// related reports whether two words of one meaning and one language are forms of one word: "consultants" and
// "consultancy", "svcs" and "services", but not "trust" and "foundation", which tell two firms apart.
func related(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return strings.HasPrefix(b, a[:min(len(a), 4)]) || abbreviated(a, b, true)
}

// almostWord are words that a typing mistake or a short form parts. Two words that both mean something else are not.
func almostWord(x, y *nameWord) float64 {
	if x.id != "" && y.id != "" || twoPersons(x, y) {
		return 0
	}
	if x.kind == initial || y.kind == initial {
		if x.kind != initial {
			x, y = y, x
		}
		if y.kind <= common && strings.HasPrefix(y.text, x.text) {
			return 0.9
		}
		return 0
	}
	if s := spelling(x.text, y.text); s > 0 {
		return s
	}
	short, long := x, y
	if len(x.text) > len(y.text) {
		short, long = y, x
	}
	if short.id == "" && abbreviated(short.text, long.text, long.kind == trade || long.kind == corp) {
		return 0.79
	}
	return 0
}

// joined finds words of a that are one word in b: "Blue Lantern", "BlueLantern", or its beginning, "NorthernSoft".
func joined(a, b []nameWord, usedA, usedB []bool, agree func(x, y *nameWord, s float64)) {
	for j := range b {
		if usedB[j] || len(b[j].text) < 6 {
			continue
		}
	from:
		for i := 0; i+1 < len(a); i++ {
			if a[i].text[0] != b[j].text[0] {
				continue
			}
			both := a[i]
			both.tail = false
			for k := i + 1; k < len(a) && k < i+4 && !usedA[i] && !usedA[k]; k++ {
				both.text += a[k].text
				both.kind = min(both.kind, a[k].kind)
				both.names = both.names || a[k].names
				both.weight += a[k].weight
				s := spelling(both.text, b[j].text)
				if s == 0 && k == i+1 && len(b[j].text) >= len(a[i].text)+3 && strings.HasPrefix(both.text, b[j].text) {
					s = 0.9
				}
				if s > 0.88 {
					for ; k >= i; k-- {
						usedA[k] = true
					}
					usedB[j] = true
					agree(&both, &b[j], s)
					break from
				}
			}
		}
	}
}

// initials finds words of a that stand in b as their first letters: "Mary Jane", "M.J.".
func initials(a, b []nameWord, usedA, usedB []bool, agree func(x, y *nameWord, s float64)) {
	for j := range b {
		n := utf8.RuneCountInString(b[j].text)
		if usedB[j] || n < 2 || n > 3 || hasDigit(b[j].text) {
			continue
		}
		for i := 0; i+n <= len(a); i++ {
			var letters strings.Builder
			both := nameWord{kind: own, names: true}
			for k := i; k < i+n && !usedA[k]; k++ {
				r, _ := utf8.DecodeRuneInString(a[k].text)
				letters.WriteRune(r)
				both.weight += a[k].weight
			}
			if letters.String() != b[j].text {
				continue
			}
			s := 1.0
			for k := i; k < i+n; k++ {
				usedA[k] = true
				if a[k].kind != initial {
					s = 0.9
				}
			}
			usedB[j] = true
			agree(&both, &b[j], s)
			break
		}
	}
}
