package likeness

import (
	"slices"
	"strings"
	"unicode/utf8"

	"handrail/internal/request"
)

// maxName is how many bytes of a name are compared, maxWords how many of its words; Form looks at all of it.
const (
	maxName    = 300
	maxWords   = 12
	maxAliases = 4
)

// Name is a supplier's name made ready to be compared.
type Name struct {
	form    string
	aliases []alias // the name itself first, then the other names that it says
}

// An alias is one name of a supplier.
type alias struct {
	words   []nameWord
	letters []string // its words' first letters joined: with the words of its legal form and its particles, and without
	legal   bool     // it says what kind of company it is
	aside   bool     // it stood in brackets: another name, or only a remark
	cut     bool     // a platform of payments wrote it, which cuts names off
	company bool     // it is the company of somebody: "& Co"
	comma   bool     // a comma stands behind its first word: "Blake, Susan"
	spelled bool     // another name of the text says what its letters stand for: "SCC (Specialist Computer Centres)"
}

// A nameWord is one word of a name.
type nameWord struct {
	text   string // folded
	look   string // by how it looks
	id     string // its notion or its place, "" when the word is the name's own
	kind   kind
	langs  language // of its notion
	given  string   // the frequent first name that it is, "" for none
	family bool     // it is a frequent name of a family
	usual  bool     // many suppliers have it in their names
	craft  bool     // it reads as a trade, whatever it means
	weak   bool     // a trade that many firms of other trades have too: consulting
	names  bool     // it tells the firm, in the place of a word of its own
	tail   bool     // it stands behind the name: a place, a branch, a project
	weight float64
}

// ReadName makes a name ready to be compared. Names of any length and script are read in a time that is bounded.
func ReadName(text string) Name {
	n := Name{form: request.SupplierName(text)}
	text = withoutDomain(strings.Join(strings.Fields(cut(text, 4*maxName)), " "))
	for i, part := range split(cut(text, maxName)) {
		a := readAlias(part)
		if len(a.words) == 0 {
			continue
		}
		if i > 0 && len(n.aliases) > 0 && !a.tells() && acronym(&n.aliases[0], &a) == 0 {
			continue
		}
		if len(n.aliases) < maxAliases {
			n.aliases = append(n.aliases, a)
		}
	}
	for i := range n.aliases {
		for j := range n.aliases {
			if i != j && acronym(&n.aliases[i], &n.aliases[j]) > 0 {
				n.aliases[i].spelled = true
			}
		}
	}
	return n
}

// Form is the name in the form by which suppliers are compared: equal forms are the same supplier. "" identifies nobody.
func (n Name) Form() string { return n.form }

// cut takes the first bytes of a text, whole characters.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// A part is one name within a text, and what stands behind it.
type part struct {
	head  string
	tails []string
	aside bool
	cut   bool
}

// split parts a text into the names that it says: "2214907 Ontario Inc. o/a Fernhill (Ottawa)" says two, the second with
// a tail.
func split(text string) []part {
	var parts []part
	m, search := marked(), hinted(text)
	for search && len(parts) < maxAliases {
		at := m.alias.FindStringIndex(text)
		if at == nil {
			break
		}
		if head := strings.TrimSpace(text[:at[0]]); head != "" {
			parts = append(parts, part{head: head})
		}
		text = text[at[1]:]
	}
	parts = append(parts, part{head: text})
	var out []part
	for _, p := range parts {
		if search {
			if at := m.care.FindStringIndex(p.head); at != nil && at[0] > 0 {
				p.head = p.head[:at[0]]
			}
		}
		p, asides := p.takeBrackets()
		brackets := len(p.tails)
		p = p.takeTails()
		out = append(out, p)
		for _, t := range p.tails[brackets:] {
			if isFirm(t) {
				asides = append(asides, t)
			}
		}
		// "Paul Roy, Kestrel Analytics"
		if before, after, ok := strings.Cut(p.head, ","); ok && len(fold(before)) <= 3 && !isFirm(before) && isFirm(after) {
			asides = append(asides, after)
		}
		for _, a := range asides {
			out = append(out, part{head: a, aside: true})
		}
	}
	return out
}

// isFirm reports whether a text reads as the name of a firm: it has a word that tells which, and one that says of what kind.
func isFirm(text string) bool {
	lex := words()
	tells, kinds := false, false
	for _, w := range lex.join(fold(cut(text, maxName))) {
		if t := lex.tails[w]; t == branchTail || t == projectTail {
			return false
		}
		word := readWord(lex, w)
		tells = tells || word.kind <= common && len(w) > 2 && !isParticle(w)
		kinds = kinds || word.kind == trade || word.kind == corp || request.LegalForm(w)
	}
	return tells && kinds
}

// takeBrackets takes what stands in brackets out of a name: each is a tail, and may be another name.
func (p part) takeBrackets() (part, []string) {
	var head strings.Builder
	var asides []string
	rest := p.head
	for {
		from := strings.IndexAny(rest, "([{")
		if from < 0 {
			break
		}
		to := strings.IndexAny(rest[from:], ")]}")
		inside := rest[from+1:]
		if to >= 0 {
			inside = rest[from+1 : from+to]
		}
		head.WriteString(rest[:from] + " ")
		if inside = strings.TrimSpace(inside); inside != "" {
			asides = append(asides, inside)
			p.tails = append(p.tails, inside)
		}
		if to < 0 {
			rest = ""
			break
		}
		rest = rest[from+to+1:]
	}
	head.WriteString(strings.Trim(rest, ")]} "))
	p.head = strings.TrimSpace(head.String())
	if p.head == "" && len(asides) > 0 { // all of it stands in brackets
		p.head, p.tails, asides = asides[0], p.tails[1:], asides[1:]
	}
	return p, asides
}

// takeTails parts what stands behind a name from it: behind a dash with spaces, a slash with spaces, a colon or a bar;
// and what stands before a star, which is the platform that took the payment.
func (p part) takeTails() part {
	if name, ok := ofPlatform(p.head); ok {
		p.head, p.cut = name, true
	}
	if before, after, ok := strings.Cut(p.head, ","); ok { // ", Division Est", ", Phase 2"
		lex := words()
		for _, w := range fold(cut(after, maxName)) {
			if t := lex.tails[w]; (t == branchTail || t == projectTail) && len(fold(before)) > 0 {
				p.head, p.tails = before, append(p.tails, after)
				break
			}
		}
	}
	for _, sep := range []string{" - ", " – ", " — ", " / ", ": ", " : ", "\u00a0: ", " | ", "; ", "—", "–"} {
		before, after, ok := strings.Cut(p.head, sep)
		if ok && len(fold(before)) > 0 {
			p.head = before
			p.tails = append(p.tails, after)
		}
	}
	return p
}

// readAlias reads one name with its tails.
func readAlias(p part) alias {
	lex := words()
	all := lex.join(fold(withoutArticle(p.head)))
	a := alias{aside: p.aside, cut: p.cut, company: isCompanyOf(all), letters: initialsOf(all)}
	if first, _, ok := strings.Cut(p.head, ","); ok {
		a.comma = len(fold(first)) == 1
	}
	before := len(all)
	all = dropLegal(all)
	a.legal = len(all) < before
	if len(all) > maxWords {
		all = all[:maxWords]
	}
	for i, w := range joinInitials(joinNumbers(all)) {
		drop := isParticle(w) && (i > 0 || len(w) > 1) || lex.tails[w] == dropTail && w != "m"
		if !drop || len(all) == 1 {
			a.words = append(a.words, readWord(lex, w))
		}
	}
	a.markTail(lex)
	for _, t := range p.tails {
		for _, w := range joinNumbers(dropLegal(lex.join(fold(t)))) {
			if isParticle(w) || len(a.words) >= maxWords+4 {
				continue
			}
			word := readWord(lex, w)
			word.tail = true
			a.words = append(a.words, word)
		}
	}
	a.weigh(all)
	return a
}

// withoutDomain reads the name of a website as a name: "www.kestrelanalytics.ca".
func withoutDomain(text string) string {
	if strings.IndexByte(text, '.') < 0 {
		return text
	}
	fields := strings.Fields(text)
	for i, f := range fields {
		f = strings.ToLower(f)
		name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(f, "https://"), "http://"), "www.")
		for _, end := range []string{".com", ".ca", ".qc.ca", ".net", ".org", ".co.uk", ".io"} {
			if host, ok := strings.CutSuffix(strings.TrimRight(name, "/"), end); ok && len(host) > 3 && !strings.Contains(host, "@") {
				fields[i] = strings.ReplaceAll(host, ".", "")
			}
		}
	}
	return strings.Join(fields, " ")
}

// withoutArticle takes an elided article off the beginning, which would pass for the first letter of a person's name.
func withoutArticle(s string) string {
	s = strings.TrimSpace(s)
	if r := []rune(cut(s, 8)); len(r) > 2 && (r[0] == 'L' || r[0] == 'l') && (r[1] == '\'' || r[1] == '’') {
		return s[len(string(r[:2])):]
	}
	return s
}

// initialsOf are the first letters of words, as an acronym is made of them: of all, and of those that are neither
// particles nor a legal form.
func initialsOf(all []string) []string {
	var long, short strings.Builder
	short.Grow(len(all))
	for _, w := range all {
		for _, piece := range strings.Split(w, "_") {
			r, _ := utf8.DecodeRuneInString(piece)
			if isParticle(piece) {
				continue
			}
			long.WriteRune(r)
			if !request.LegalForm(piece) {
				short.WriteRune(r)
			}
		}
	}
	if long.String() == short.String() {
		return []string{short.String()}
	}
	return []string{short.String(), long.String()}
}

// dropLegal takes the words that say what kind of company a supplier is out of a name, unless nothing else is left.
func dropLegal(all []string) []string {
	left := slices.DeleteFunc(slices.Clone(all), request.LegalForm)
	if len(left) == 0 {
		return all
	}
	return left
}

// joinNumbers makes one number of figures that stand in groups: "9123 4567".
func joinNumbers(all []string) []string {
	out := all[:0:0]
	for i, w := range all {
		if i > 0 && len(out) > 0 && allDigits(w) && allDigits(out[len(out)-1]) {
			out[len(out)-1] += w
			continue
		}
		out = append(out, w)
	}
	return out
}

// joinInitials makes one word of three letters or more that stand alone: "N. S. I.".
func joinInitials(all []string) []string {
	out := all[:0:0]
	for i := 0; i < len(all); {
		n := 0
		for i+n < len(all) && utf8.RuneCountInString(all[i+n]) == 1 && hasLetter(all[i+n]) {
			n++
		}
		if n >= 3 {
			out = append(out, strings.Join(all[i:i+n], ""))
			i += n
			continue
		}
		out = append(out, all[i])
		i++
	}
	return out
}

func readWord(lex *lexicon, w string) nameWord {
	word := nameWord{text: w, look: request.LookOf(w)}
	switch {
	case allDigits(w), w == "ii", w == "iii", w == "iv":
		word.kind = number
	case utf8.RuneCountInString(w) == 1 && ascii(w):
		word.kind = initial
	case lex.places[w] != "":
		word.kind, word.id = place, "@"+lex.places[w]
	default:
		if n, ok := lex.notion(w); ok {
			word.kind, word.id, word.langs = n.kind, n.id, n.langs
			word.weak = n.weight <= 3
		}
	}
	word.readUsual(lex)
	return word
}

// markTail finds where the name ends and its tail begins when nothing parts them: "Briarsoft Calgary", "Heronbank
// Outfitters Store 0412". What is left names the firm by a word of its own.
func (a *alias) markTail(lex *lexicon) {
	end := len(a.words)
	for end > 1 {
		w := a.words[end-1]
		kind := lex.tails[w.text]
		behind := kind == branchTail || kind == projectTail || kind == dropTail || w.kind == place ||
			w.kind == number && (len(w.text) < 6 || len(a.words) > 2) && end > 1 ||
			isDirection(w.id) ||
			w.kind == initial && (lex.tails[a.words[end-2].text] == branchTail || lex.tails[a.words[end-2].text] == projectTail) ||
			w.kind == common && (end < len(a.words) && lex.tails[a.words[end].text] == branchTail || lex.tails[a.words[end-2].text] == branchTail)
		if !behind || !named(a.words[:end-1]) {
			break
		}
		end--
	}
	for i := end; i < len(a.words); i++ {
		a.words[i].tail = true
	}
}

func isDirection(id string) bool {
	return id == "=northern" || id == "=southern" || id == "=eastern" || id == "=western" || id == "=central"
}

// named reports whether words tell a firm: one that is its own, a number as companies have it, or two trades.
func named(list []nameWord) bool {
	trades := 0
	for _, w := range list {
		if w.kind == trade && !w.tail {
			trades++
		}
		if trades > 1 || !w.tail && (w.kind == own && len(w.text) > 1 || w.kind == common || w.kind == number && len(w.text) >= 6) {
			return true
		}
	}
	return false
}

// weigh says how much each word tells. all are the words with their particles: "University of Ottawa" is named by a place.
func (a *alias) weigh(all []string) {
	isNamed := a.tells()
	trades := 0
	for _, w := range a.words {
		if w.kind == trade && !w.tail {
			trades++
		}
	}
	for i := range a.words {
		w := &a.words[i]
		switch w.kind {
		case own:
			w.weight, w.names = 1, true
			if w.id != "" {
				w.weight = 0.9
			}
		case common:
			w.weight, w.names = 0.7, true
		case trade:
			w.weight = 0.5
			if w.weak {
				w.weight = 0.3
			}
			if !isNamed && trades > 1 { // "Rideau Printing" and "Glass Doors" are named by their trades
				w.weight, w.names = 0.6, true
			}
		case corp:
			w.weight = 0.2
		case place:
			w.weight = 0.5
			if !isNamed && (!w.tail || trades < 2) || belongs(all, w.text) {
				w.weight, w.names = 1, true
				w.tail = false
			}
		case number:
			w.weight = 0.4
			if len(w.text) >= 6 {
				w.weight, w.names = 1.2, true
			}
		case initial:
			w.weight = 0.3
		}
		if w.tail {
			w.weight *= 0.15
		}
	}
}

// belongs reports whether a place is joined to what stands before it: University *of* Ottawa.
func belongs(all []string, place string) bool {
	i := slices.Index(all, place)
	return i > 1 && (all[i-1] == "of" || all[i-1] == "de" || all[i-1] == "d" || all[i-1] == "du")
}

// tells reports whether another name that a text says is one: it has a word of its own.
func (a *alias) tells() bool {
	for _, w := range a.words {
		if !w.tail && (w.kind == own || w.kind == common || w.kind == number && len(w.text) >= 6) {
			return true
		}
	}
	return false
}
