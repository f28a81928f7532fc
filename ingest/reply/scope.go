package reply

import (
	"slices"

	"handrail/internal/request"
)

const (
	maxLine  = 99_999
	maxRange = 5000
	maxNamed = 20_000
)

// scope is which lines words are about.
type scope struct {
	lines      []int
	references []request.Reference
	rest       bool // all but these; with nothing named: what the other commands of the mail leave
	others     bool // "the rest": rest, of what the mail's other commands name
	count      int  // how many the words say; of others, how many are left
	said       bool // there were words; false: nothing, which means all
	whole      bool // the words say all, so that some may be excepted
}

// explicit reports whether the words leave no doubt that what follows them names no line.
func (s *scope) explicit() bool { return s.said }

func (s *scope) put(c *Command) {
	c.Lines, c.References, c.Rest, c.Count = s.lines, s.references, s.rest, s.count
}

// Words of scopes, folded.
var (
	articles   = wordSet("the la le les l' my our this these those ces cette mes nos")
	lineNouns  = wordSet("line lines item items ligne lignes article articles number numbers numero numeros num row rows rangee rangees request requests entry entries position positions poste postes point points")
	numberSign = wordSet("no nos n nr")
	conjoins   = wordSet("and et & + ,")
	spans      = wordSet("to through thru a au - until?")
	allNouns   = wordSet("lines line items item requests request purchases purchase lignes ligne articles article demandes demande achats achat them these those elements")

	// everything means all lines of the mail.
	everything = phrasesOf("all of them, all of these, all of the lines, all of the items, all of it, them all, these all, all of the above, the above, all the lines, all lines, all the items, all items, all these lines, all these items, all requests, all purchases, all, everything, your request, this purchase request, the purchase request, this whole request, this request, the request, the whole request, the entire request, whole request, entire request, full request, the full request, request, this purchase, the purchase, purchase, this, these, these lines, these items, the lines, the items, it, them, they, " +
		"toutes les lignes, tous les articles, toutes les demandes, tous les achats, toutes ces lignes, tous ces articles, l'ensemble des lignes, l'ensemble de la demande, l'ensemble, la totalite, le tout, tout, toutes, tous, la demande, votre demande, ta demande, cette demande d'achat, la demande d'achat, cette demande, la presente demande, demande, la requete, cette requete, l'achat, cet achat, achat, les lignes, les articles, ces lignes, ces articles, ceci, cela, l'ensemble des articles, la demande au complet, la demande complete, toute la demande")
	// leftOvers mean what the other commands of the mail do not name.
	leftOvers = phrasesOf("all the rest, the rest, the rest of the lines, the rest of the items, the rest of them, the rest of it, rest, everything else, all else, all the others, all others, all other lines, all the other lines, the others, others, the other lines, the other items, other lines, the other ones, the remaining lines, the remaining items, the remaining ones, remaining lines, all remaining lines, the remainder, " +
		"tout le reste, le reste, le reste des lignes, le reste de la demande, reste, toutes les autres lignes, toutes les autres, tous les autres, les autres lignes, les autres articles, les autres, autres lignes, autres, les lignes restantes, lignes restantes, le restant")
	// without introduces the lines that are left out.
	without = phrasesOf("but, except for, except, excepting, excluding, other than, apart from, with the exception of, minus, besides, sauf pour, sauf, excepte, hormis, a l'exception de, a l'exception des, a l'exception du, a l'exclusion de, en dehors de, mis a part, moins")
	// onlys narrow what they stand beside.
	onlys = phrasesOf("only, just, seulement, uniquement, juste, seules, seuls, seule, seul")

	ordinals = map[string]int{"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10, "10th": 10,
		"premiere": 1, "premier": 1, "1re": 1, "1ere": 1, "1er": 1, "deuxieme": 2, "2e": 2, "2eme": 2, "seconde": 2, "troisieme": 3, "3e": 3, "3eme": 3, "quatrieme": 4, "4e": 4, "4eme": 4, "cinquieme": 5, "5e": 5, "sixieme": 6, "6e": 6, "septieme": 7, "7e": 7, "huitieme": 8, "8e": 8, "neuvieme": 9, "9e": 9, "dixieme": 10, "10e": 10}
	cardinals = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
		"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10}
)

// scopeAt reads which lines are meant from token i on. next is the place behind; next == i means that there are no words of a
// scope. ok is false for words that begin as one and cannot be read to their end.
func scopeAt(tokens []token, i int) (s scope, next int, ok bool) {
	start := i
	narrowed := false
	if n, _ := onlys.at(tokens, i); n > 0 {
		i += n
		narrowed = true
	}
	if inner, after, ok := bracketsAt(tokens, i); ok {
		if s, end, good := scopeAt(tokens[:after-1], inner); good && end == after-1 && end > inner && !narrowed {
			return s, after, true
		}
		return scope{}, start, true
	}
	if !narrowed {
		if n, count := countedRest(tokens, i); n > 0 {
			return scope{said: true, rest: true, others: true, count: count}, i + n, true
		}
		if n, _ := leftOvers.at(tokens, i); n > 0 {
			return scope{said: true, rest: true, others: true}, i + n, true
		}
		if n, count := countedAll(tokens, i); n > 0 {
			s.said, s.whole, s.count = true, true, count
			i += n
			return exceptAt(tokens, s, i)
		}
	}
	s, next, ok = listAt(tokens, i)
	if !ok || next > i {
		if ok && next > i {
			s.said = true
			if n, _ := onlys.at(tokens, next); n > 0 {
				next += n
			}
		}
		return s, next, ok
	}
	if narrowed {
		return scope{}, start, true
	}
	if n, _ := everything.at(tokens, i); n > 0 && !nounOfNumber(tokens, i, n) {
		s.said = true
		if tokens[i+n-1].is("lines", "items", "lignes", "articles") && !slices.ContainsFunc(tokens[i:i+n], func(t token) bool { return t.is("all", "toutes", "tous", "l'ensemble") }) {
			return s, i + n, true // "the lines except 2": all that were named, or all there are?
		}
		s.whole = true
		return exceptAt(tokens, s, i+n)
	}
	return scope{}, start, true
}

// nounOfNumber reports whether a phrase such as "request" is followed by the number of one.
func nounOfNumber(tokens []token, i, n int) bool {
	return i+n < len(tokens) && (tokens[i+n].kind == number || tokens[i+n].kind == reference) && lineNouns[tokens[i+n-1].text]
}

// bracketsAt is the inside of brackets that begin at i: the place of the first token in them and the place behind them.
func bracketsAt(tokens []token, i int) (inner, after int, ok bool) {
	if i >= len(tokens) || !tokens[i].is("(") {
		return 0, 0, false
	}
	for k := i + 1; k < len(tokens); k++ {
		switch {
		case tokens[k].is("("):
			return 0, 0, false
		case tokens[k].is(")"):
			return i + 1, k + 1, true
		}
	}
	return 0, 0, false
}

// exceptAt reads what is left out of all, if anything is.
func exceptAt(tokens []token, s scope, i int) (scope, int, bool) {
	k := i
	if k < len(tokens) && tokens[k].is(",") {
		k++
	}
	n, _ := without.at(tokens, k)
	if n == 0 {
		return s, i, true
	}
	out, end, ok := listAt(tokens, k+n)
	if !ok || end == k+n {
		if k > i || tokens[k].is("but", "mais") { // "all, but …": another sentence
			return s, i, true
		}
		return s, k, false
	}
	s.lines, s.references, s.rest = out.lines, out.references, true
	return s, end, true
}

// countedAll reads "all three lines", "the 3 lines", "both", "les trois lignes".
func countedAll(tokens []token, i int) (n, count int) {
	k := i
	all := false
	for k < len(tokens) && tokens[k].is("all", "the", "of", "toutes", "tous", "les", "these", "ces") {
		all = all || tokens[k].is("all", "toutes", "tous")
		k++
	}
	if k < len(tokens) && tokens[k].is("both") {
		k++
		count = 2
	} else if k > i && k < len(tokens) {
		if c, ok := countOf(&tokens[k]); ok {
			count = c
			k++
		}
	}
	if count < 2 {
		return 0, 0
	}
	for k < len(tokens) && tokens[k].is("of", "the", "these", "them") {
		k++
	}
	noun := k < len(tokens) && allNouns[tokens[k].text]
	switch {
	case noun:
		k++
		if k < len(tokens) && tokens[k].kind == number { // "les 2 lignes 1 et 3"
			return 0, 0
		}
	case k < len(tokens) && (tokens[k].kind == number || conjoins[tokens[k].text] && k+1 < len(tokens) && isItem(tokens, k+1)):
		return 0, 0 // "la 2 et la 3", "les 2, 3"
	case !all && !tokens[i].is("both") && !cardinalWord(tokens, i, k):
		return 0, 0 // "les 2" could be a line
	}
	return k - i, count
}

// cardinalWord reports whether the number between two places is written as a word: "les deux".
func cardinalWord(tokens []token, i, k int) bool {
	for ; i < k; i++ {
		if cardinals[tokens[i].text] > 0 {
			return true
		}
	}
	return false
}

// countedRest reads "the other two lines", "les deux autres".
func countedRest(tokens []token, i int) (n, count int) {
	k := i
	for k < len(tokens) && tokens[k].is("all", "the", "les", "of") {
		k++
	}
	if k == i {
		return 0, 0
	}
	switch {
	case k < len(tokens) && tokens[k].is("other", "others", "remaining", "autres"):
		k++
		if k >= len(tokens) {
			return 0, 0
		}
		c, ok := countOf(&tokens[k])
		if !ok {
			return 0, 0
		}
		count = c
		k++
	default:
		if k >= len(tokens) {
			return 0, 0
		}
		c, ok := countOf(&tokens[k])
		if !ok || k+1 >= len(tokens) || !tokens[k+1].is("other", "others", "remaining", "autres") {
			return 0, 0
		}
		count = c
		k += 2
	}
	if k < len(tokens) && (allNouns[tokens[k].text] || tokens[k].is("ones")) {
		k++
	}
	return k - i, count
}

func countOf(t *token) (int, bool) {
	if t.kind == number {
		return t.n, true
	}
	c := cardinals[t.text]
	return c, t.kind == word && c > 0
}

// listAt reads "1 3-5", "1, 3 to 5", "la 1 et la 3", "#1 and #3", "lines one and two", "the first and third", references.
func listAt(tokens []token, i int) (s scope, next int, ok bool) {
	if i+1 < len(tokens) && tokens[i].is("both") && isItem(tokens, i+1) { // "both 1 and 2"
		if s, next, ok = listAt(tokens, i+1); !ok || len(s.lines)+len(s.references) != 2 {
			return scope{}, i, false
		}
		return s, next, ok
	}
	next = i
	noun := false // a word for a line was said, so that numbers may be words
	for {
		k := next
		if next > i {
			k = afterConjunctions(tokens, next)
		}
		before := [2]int{len(s.lines), len(s.references)}
		n, named, good := itemAt(tokens, k, &s, noun)
		if !good {
			return s, k, false
		}
		if n == 0 {
			break
		}
		noun = noun || named
		if next > i && tokens[k-1].is(",") && beginsClause(tokens, k+n) { // "approve 1 and 3, 2 is declined"
			s.drop(before)
			break
		}
		next = k + n
		if len(s.lines) > maxNamed {
			return s, next, false
		}
	}
	slices.Sort(s.lines)
	s.lines = slices.Compact(s.lines)
	return s, next, true
}

// drop takes back what was read since.
func (s *scope) drop(before [2]int) {
	s.lines, s.references = s.lines[:before[0]], s.references[:before[1]]
}

// beginsClause reports whether the words at k say what becomes of the line before them.
func beginsClause(tokens []token, k int) bool {
	if k < len(tokens) && tokens[k].kind == mark && separators[tokens[k].text] && !tokens[k].is(",", ".") {
		k++
	}
	if n, _ := statives.at(tokens, k); n > 0 {
		k += n
	}
	n, v := actions.at(tokens, k)
	return n > 0 && (v == Approve || v == Decline)
}

func afterConjunctions(tokens []token, k int) int {
	for n := 0; n < 2 && k < len(tokens) && conjoins[tokens[k].text] && tokens[k].kind != number; n++ {
		k++
	}
	return k
}

func isItem(tokens []token, i int) bool {
	var s scope
	n, _, ok := itemAt(tokens, i, &s, false)
	return n > 0 && ok
}

// itemAt reads one line, or one span of lines. named says that a word for a line was among the words.
func itemAt(tokens []token, i int, s *scope, noun bool) (n int, named, ok bool) {
	k := i
	article := false
	for k < len(tokens) && tokens[k].kind == word && articles[tokens[k].text] {
		article = true
		k++
	}
	if k < len(tokens) && tokens[k].is("from", "de") && k+1 < len(tokens) && tokens[k+1].kind == number {
		k++
	}
	for k < len(tokens) && (tokens[k].kind == word && lineNouns[tokens[k].text] || tokens[k].is("#", "°", "º") || tokens[k].kind == word && numberSign[tokens[k].text] && numbered(tokens, k)) {
		named = true
		k++
		for k < len(tokens) && (tokens[k].is("°", "º", "#") || tokens[k].is(".") && !tokens[k].spaced && k+1 < len(tokens) && tokens[k+1].kind == number) {
			k++
		}
		for k+2 < len(tokens) && tokens[k].is("(") && tokens[k+1].is("s") && tokens[k+2].is(")") {
			k += 3
		}
	}
	if k >= len(tokens) {
		return 0, false, true
	}
	t := &tokens[k]
	first, ordinal := 0, false
	switch {
	case t.kind == reference:
		s.references = append(s.references, t.ref)
		return k + 1 - i, named, true
	case t.kind == number:
		first = t.n
	case ordinals[t.text] > 0 && (article || named || noun):
		first, ordinal = ordinals[t.text], true
	case cardinals[t.text] > 0 && (named || noun && !article):
		first = cardinals[t.text]
	default:
		return 0, false, true
	}
	k++
	last := first
	switch {
	case ordinal:
		if k < len(tokens) && countedNoun(&tokens[k]) { // "the first two lines"
			return k - i, named, false
		}
		if k < len(tokens) && (tokens[k].is("one", "ones") || allNouns[tokens[k].text] && !tokens[k].is("these", "those", "them")) {
			k++
		}
		named = true
	case k+1 < len(tokens) && spans[tokens[k].text]:
		m := k + 1
		for m < len(tokens) && (tokens[m].is("#") || tokens[m].kind == word && (lineNouns[tokens[m].text] || articles[tokens[m].text])) {
			m++
		}
		if m < len(tokens) && tokens[m].kind == number {
			last = tokens[m].n
			k = m + 1
		} else if m < len(tokens) && noun && cardinals[tokens[m].text] > 0 {
			last = cardinals[tokens[m].text]
			k = m + 1
		}
	}
	if first < 1 || last < first || last > maxLine || last-first > maxRange {
		return k - i, named, false
	}
	for l := first; l <= last; l++ {
		s.lines = append(s.lines, l)
	}
	return k - i, named, true
}

// countedNoun reports whether a token after an ordinal makes it a number of lines.
func countedNoun(t *token) bool {
	_, counts := countOf(t)
	return counts && !t.is("one")
}

// numbered reports whether a word such as "no" stands for "number": a digit follows, with a point or a sign between at most.
func numbered(tokens []token, k int) bool {
	for m := k + 1; m < len(tokens) && m <= k+3; m++ {
		switch {
		case tokens[m].kind == number:
			return true
		case !tokens[m].is(".", "°", "º", "#"):
			return false
		}
	}
	return false
}
