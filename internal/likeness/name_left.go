package likeness

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// leftLikeness is how alike a name and what is left of it are, when that has the word that few have and lacks a trade only:
// "Truemark" and "Truemark Calibration Ltd."
const leftLikeness = 0.89

// readUsual says whether many suppliers have a word in their names, and whether it reads as a trade.
func (w *nameWord) readUsual(lex *lexicon) {
	if w.kind > trade {
		return
	}
	w.given, w.family = lex.given[w.text], lex.family[w.text]
	w.usual = w.given != "" || w.family || lex.heads[w.text]
	if _, listed := lex.notions[w.text]; w.usual && !listed {
		w.kind, w.id, w.langs, w.weak = own, "", 0, false // "Parker" is no form of "parking"
	}
	// A thing that is bought says a trade; "one" and "more" do not.
	w.craft = w.kind == trade || w.kind == own && (w.id != "" && !w.usual && lex.byID[w.id] > 0.2 || lex.crafts[w.text])
}

// particular reports whether a word is of the kind that one firm has: neither usual nor a trade.
func (w *nameWord) particular() bool {
	return w.kind == own && w.id == "" && !w.usual && !w.craft && !w.tail && utf8.RuneCountInString(w.text) >= 5 && !hasDigit(w.text)
}

// twoPersons reports whether two words are the first names of two persons, however alike they are written: Marie, Mario.
func twoPersons(x, y *nameWord) bool { return x.given != "" && y.given != "" && x.given != y.given }

// note remembers what kind of words agree.
func (m *matching) note(x, y *nameWord, s float64) {
	if x.tail || y.tail {
		m.telling = true // the same place
		return
	}
	if x.kind == corp && y.kind == corp {
		return
	}
	if (x.given != "" || x.family) && (y.given != "" || y.family) {
		m.frequent++
		return
	}
	m.telling = true
	long := utf8.RuneCountInString(x.text) >= 7
	m.particular = m.particular || x.particular() && y.particular() && (s == 1 || long)
}

// nobody reports whether all that agrees is one frequent name of a person or a family, and words of any firm.
func (m *matching) nobody() bool { return m.frequent == 1 && !m.telling }

// left reports whether one name is what is left of the other when its trade is taken away.
func (m *matching) left(a, b *alias) bool {
	if !m.particular || a.aside || b.aside { // a word in brackets alone is a remark
		return false
	}
	return isLeft(a.words, m.usedA) && onlyTrades(b.words, m.usedB) || isLeft(b.words, m.usedB) && onlyTrades(a.words, m.usedA)
}

// isLeft reports whether a name has nothing that the other has not, but words of any firm and tails.
func isLeft(list []nameWord, used []bool) bool {
	for i, w := range list {
		if !used[i] && !w.tail && !w.anyFirm() {
			return false
		}
	}
	return true
}

// anyFirm reports whether a word is one that a firm has today and not tomorrow. A foundation is a body of its own, and a
// group has several trades.
func (w *nameWord) anyFirm() bool {
	switch w.id {
	case "=service", "=solution", "=enterprise", "=associate", "=partner":
		return true
	}
	return false
}

// onlyTrades reports whether all that the other name has not says a trade, in at most three words.
func onlyTrades(list []nameWord, used []bool) bool {
	n := 0
	for i, w := range list {
		if used[i] || w.tail {
			continue
		}
		n++
		if n > 3 || !w.craft && w.kind != corp && !endsAsTrade(&w, i) {
			return false
		}
	}
	return true
}

// The endings of trades that no list has: in English behind the name (scaffolding, scaffolders), in French before it
// (rembourrage, rembourreurs).
var (
	endingsBehind = []string{"ings", "ing", "ers", "ery", "ists", "smiths"}
	endingsBefore = []string{"age", "ages", "erie", "eries", "eur", "eurs", "euse", "euses", "ier", "iers", "iste", "istes"}
)

// endsAsTrade reports whether an unknown word in this place of a name reads as a trade.
func endsAsTrade(w *nameWord, at int) bool {
	if w.kind != own || w.usual || hasDigit(w.text) {
		return false
	}
	endings, least := endingsBehind, 8
	if at == 0 {
		endings, least = endingsBefore, 6
	}
	return len(w.text) >= least && slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(w.text, e) })
}

var (
	craftEndings  = []string{"ings", "ing", "eries", "erie", "iers", "ier", "ers", "ery", "er", "ors", "or", "euses", "euse", "eurs", "eur", "ages", "age", "ists", "ist", "istes", "iste", "s", "y"}
	frenchEndings = []string{"eries", "erie", "iers", "ier"}
)

// craftBase is what words of one trade begin with: "scaffold" of scaffolding and scaffolders; "" for a word that is too
// short to tell.
func craftBase(text string) string {
	base := text
	for range 3 {
		before := base
		for _, e := range craftEndings {
			least := 5
			if slices.Contains(frenchEndings, e) {
				least = 4
			}
			if rest, ok := strings.CutSuffix(base, e); ok && len(rest) >= least {
				base = rest
				break
			}
		}
		if base == before {
			break
		}
	}
	if len(base) < 4 || !ascii(base) {
		return ""
	}
	return base
}

// forms pairs what is left once a word that tells the firm agrees: forms of one trade, short forms of it, and the first
// letters of the whole name beside it: "TCL Truemark Cal.".
func (m *matching) forms(x, y *alias) {
	if !m.named {
		return
	}
	m.pair(sameCraft)
	for i := range m.a {
		m.usedA[i] = m.usedA[i] || m.a[i].spells(y)
	}
	for j := range m.b {
		m.usedB[j] = m.usedB[j] || m.b[j].spells(x)
	}
}

// spells reports whether a word is the first letters of a name.
func (w *nameWord) spells(of *alias) bool {
	n := utf8.RuneCountInString(w.text)
	return w.kind == own && w.id == "" && n >= 3 && n <= 7 && len(of.words) > 1 && slices.Contains(of.letters, w.text)
}

// sameCraft are two forms of the word of one trade, or its beginning.
func sameCraft(x, y *nameWord) float64 {
	if x.tail || y.tail || x.usual || y.usual || x.id != "" && y.id != "" || x.kind > trade || y.kind > trade {
		return 0
	}
	short, long := x, y
	if len(x.text) > len(y.text) {
		short, long = y, x
	}
	if short.id == "" && len(short.text) >= 3 && long.craft && strings.HasPrefix(long.text, short.text) {
		return 0.9
	}
	base := craftBase(x.text)
	if base == "" || base != craftBase(y.text) || base == x.text && base == y.text {
		return 0
	}
	return 0.95
}

// cutOff pairs the last word of a name that a platform of payments wrote with the words whose beginning it is.
func (m *matching) cutOff(x, y *alias) {
	if x.cut {
		last(m.a, m.usedA, m.b, m.usedB, m)
	}
	if y.cut {
		last(m.b, m.usedB, m.a, m.usedA, m)
	}
}

func last(cut []nameWord, usedCut []bool, whole []nameWord, usedWhole []bool, m *matching) {
	i := len(cut) - 1
	for i > 0 && cut[i].tail {
		i--
	}
	if i < 0 || usedCut[i] || cut[i].tail {
		return
	}
	c := &cut[i]
	for j := range whole {
		w := &whole[j]
		if usedWhole[j] || w.tail {
			continue
		}
		if m.named && len(c.text) >= 2 && len(c.text) < len(w.text) && strings.HasPrefix(w.text, c.text) ||
			c.particular() && len(c.text) >= 6 && w.kind == own && w.id == "" && !w.usual && 2*len(c.text) >= len(w.text) && strings.HasPrefix(w.text, c.text) {
			usedCut[i], usedWhole[j] = true, true
			m.agree(c, w, 0.96)
			return
		}
		if j+1 < len(whole) && w.particular() && len(c.text) > len(w.text) && len(w.text) >= 6 && !usedWhole[j+1] && strings.HasPrefix(w.text+whole[j+1].text, c.text) {
			both := *w
			both.weight += whole[j+1].weight
			usedCut[i], usedWhole[j], usedWhole[j+1] = true, true, true
			m.agree(c, &both, 0.96)
			return
		}
	}
}

// ofPlatform takes the name of a platform of payments off the beginning of a name, and a telephone number off its end:
// "PAYPAL *RAVENFOOT 4029357733".
func ofPlatform(head string) (string, bool) {
	lex := words()
	before, after, ok := strings.Cut(head, "*")
	first := fold(before)
	switch {
	case ok && len(first) > 0 && len(first) < 3 && strings.TrimSpace(after) != "" && lex.tails[first[0]] == platformTail:
	case !ok && len(first) > 1 && slices.Contains([]string{"paypal", "sumup", "zettle", "tst"}, first[0]) &&
		slices.ContainsFunc(first[1:], func(w string) bool { n := readWord(lex, w); return n.kind == own && n.id == "" && len(w) > 2 }):
		_, after, _ = strings.Cut(strings.TrimSpace(head), " ")
	default:
		return "", false
	}
	fields := strings.Fields(after)
	for len(fields) > 1 && allDigits(fields[len(fields)-1]) && len(fields[len(fields)-1]) >= 7 {
		fields = fields[:len(fields)-1]
	}
	return strings.Join(fields, " "), len(fields) > 0
}

// isCompanyOf reports whether a name ends as the company of somebody: "Quillfeather & Co".
func isCompanyOf(all []string) bool {
	for i, w := range all {
		if i > 1 && (all[i-1] == "and" || all[i-1] == "et") && (w == "co" || w == "company" || w == "cie" || w == "compagnie") {
			return true
		}
	}
	return false
}
