package policybook

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Conditions in words: "payment: invoice", "total > limit request", "supplier empty or justification says nothing". A line, or a
// semicolon, is an "and". What is written here is what a condition in CEL says, and the other way round.

// predicates say something of a field, behind its name.
var predicates = sync.OnceValue(func() []predicate {
	list := []predicate{
		{en: "filled in", fr: "rempli", cel: `given("X")`},
		{en: "empty", fr: "vide", cel: `!given("X")`},
		{en: "says something", fr: "dit quelque chose", cel: `says("X")`},
		{en: "says nothing", fr: "ne dit rien", cel: `!says("X")`},
		{en: "names several suppliers", fr: "nomme plusieurs fournisseurs", cel: `several_suppliers(X)`},
		{en: "is no open licence", fr: "n’est pas une licence libre", cel: `!osi_approved(X)`},
		{en: "is an open licence", fr: "est une licence libre", cel: `osi_approved(X)`},
		{en: "is no public address", fr: "n’est pas une adresse publique", cel: `!public_host(X)`},
		{en: "is a public address", fr: "est une adresse publique", cel: `public_host(X)`},
		{en: "is a tax number", fr: "est un numéro de taxe", cel: `tax_number(X)`},
		{en: "is not of the department", fr: "n’est pas du ministère", cel: `!under(mail_domain(X), department.domains)`},
		{en: "is of the department", fr: "est du ministère", cel: `under(mail_domain(X), department.domains)`},
		{en: "is on a weekend", fr: "tombe une fin de semaine", cel: `weekend(X)`},
		{en: "is on a holiday", fr: "tombe un jour férié", cel: `holiday(X)`},
		{en: "is unclear", fr: "n’est pas un montant fixe", cel: `problem("X") in ["range", "estimate", "hourly-rate"]`},
		{en: "can be read", fr: "se lit sans problème", cel: `problem("X") == ""`},
		{en: "is said", fr: "est dit", cel: `X != ""`},
	}
	for i := range list {
		list[i].node = pattern(list[i].cel)
	}
	return list
})

type predicate struct {
	en, fr, cel string
	node        *node
}

// domainsKnown is a condition without a field.
const domainsKnown = "size(department.domains) > 0"

var domainsKnownText = both("the department’s domains are known", "les domaines du ministère sont connus")

// sayer writes expressions in words.
type sayer struct {
	lang   request.Lang
	failed bool
}

// longestPhrase bounds one condition in words.
const longestPhrase = 300

// sayAll writes conditions in words, a line each; ok is false where one of them cannot be said.
func sayAll(nodes []*node, l request.Lang) (string, bool) {
	s := &sayer{lang: l}
	lines := make([]string, len(nodes))
	for i, n := range nodes {
		lines[i] = s.condition(n, 2)
	}
	said := strings.Join(lines, "\n")
	if s.failed {
		return "", false
	}
	for _, line := range lines { // what nobody would read is better left to an expert
		if len(line) > longestPhrase {
			return "", false
		}
	}
	if back, wrong := (&vocabulary{}).phrase(said); wrong != nil || !alike(back, and(nodes...)) && len(nodes) > 0 {
		return "", false
	}
	return said, true
}

func (s *sayer) word(en, fr string) string { return both(en, fr).In(s.lang) }

func (s *sayer) fail() string { s.failed = true; return "" }

func (s *sayer) field(n string) string {
	if header, ok := strings.CutPrefix(n, "extra."); ok {
		if strings.ContainsAny(header, "]\n") {
			return s.fail()
		}
		return "[" + header + "]"
	}
	return n
}

// condition writes a condition; around is 1 inside "and", 2 where nothing is around it.
func (s *sayer) condition(n *node, around int) string {
	for _, p := range predicates() {
		holes := map[string]string{}
		if p.node.fits(n, holes) {
			return s.field(holes["X"]) + " " + s.word(p.en, p.fr)
		}
	}
	if n.cel() == domainsKnown {
		return domainsKnownText.In(s.lang)
	}
	sides := func(word string, around int) string {
		parts := make([]string, len(n.kids))
		for i, k := range n.kids {
			parts[i] = s.condition(k, around)
		}
		return strings.Join(parts, " "+word+" ")
	}
	switch n.op {
	case "&&":
		return s.enclosed(sides(s.word("and", "et"), 1), around < 1)
	case "||":
		return s.enclosed(sides(s.word("or", "ou"), 1), around < 2)
	case "!":
		if f, values, ok := oneOf(n.kids[0]); ok {
			return s.values(f, values, true)
		}
		if n.kids[0].op == "listed" {
			return s.onList(n.kids[0], s.word("not on list", "absent de la liste"))
		}
		return s.word("not", "non") + " (" + s.condition(n.kids[0], 2) + ")"
	case "==", "in":
		if f, values, ok := oneOf(n); ok {
			return s.values(f, values, false)
		}
		if n.op == "==" {
			return s.operand(n.kids[0]) + " = " + s.operand(n.kids[1])
		}
	case "!=":
		if f, values, ok := oneOf(&node{op: "==", kids: n.kids}); ok {
			return s.values(f, values, true)
		}
	case ">", ">=", "<", "<=":
		return s.operand(n.kids[0]) + " " + n.op + " " + s.operand(n.kids[1])
	case "listed":
		return s.onList(n, s.word("on list", "sur la liste"))
	case "nearly_listed":
		return s.onList(n, s.word("near list", "près de la liste"))
	case "same_address":
		return s.operand(n.kids[0]) + s.word(" same person as ", " même personne que ") + s.operand(n.kids[1])
	case "apart":
		return s.operand(n.kids[0]) + s.word(" differs from ", " diffère de ") + s.operand(n.kids[1])
	case "multiple_of":
		if n.kids[1].op == "text" {
			return s.operand(n.kids[0]) + s.word(" multiple of ", " multiple de ") + n.kids[1].leaf
		}
	case ".matches":
		if n.kids[1].op != "text" {
			break
		}
		if words, ok := wordsOf(n.kids[1].leaf); ok {
			return s.operand(n.kids[0]) + s.word(" has words: ", " contient les mots : ") + quoteValues(words)
		}
		return s.operand(n.kids[0]) + s.word(" matches ", " correspond à ") + `"` + n.kids[1].leaf + `"`
	case "?:":
		return "(" + s.word("if ", "si ") + s.condition(n.kids[0], 0) + s.word(" then ", " alors ") + s.condition(n.kids[1], 0) + s.word(" else ", " sinon ") + s.condition(n.kids[2], 0) + ")"
	case "name":
		if n.leaf == "price.untaxed" {
			return n.leaf + s.word(" holds", " est vrai")
		}
	}
	return s.fail()
}

func (s *sayer) enclosed(text string, is bool) string {
	if is {
		return "(" + text + ")"
	}
	return text
}

func (s *sayer) onList(n *node, how string) string {
	if n.kids[0].op != "text" {
		return s.fail()
	}
	return s.operand(n.kids[1]) + " " + how + " " + n.kids[0].leaf
}

// oneOf reads field == "a", field in ["a", "b"], and plain(field) in […], whose field then begins with "plain ".
func oneOf(n *node) (field string, values []string, ok bool) {
	if n.op != "==" && n.op != "in" || len(n.kids) != 2 {
		return "", nil, false
	}
	of := n.kids[0]
	if of.op == "plain" && len(of.kids) == 1 {
		field, of = "plain ", of.kids[0]
	}
	f := fieldName(of)
	if f == "" || strings.HasPrefix(f, "price.") {
		return "", nil, false
	}
	field += f
	list := []*node{n.kids[1]}
	if n.op == "in" {
		if n.kids[1].op != "list" {
			return "", nil, false
		}
		list = n.kids[1].kids
	}
	for _, v := range list {
		if v.op != "text" || v.leaf == "" {
			return "", nil, false
		}
		values = append(values, v.leaf)
	}
	return field, values, len(values) > 0
}

func (s *sayer) values(field string, values []string, no bool) string {
	colon := s.word(": ", " : ")
	f, plain := strings.CutPrefix(field, "plain ")
	said := s.field(f)
	if plain {
		said += s.word(" reads", " se lit")
	}
	said += colon
	if no {
		said += s.word("not ", "pas ")
	}
	return said + quoteValues(values)
}

func (s *sayer) operand(n *node) string {
	if f := fieldName(n); f != "" {
		return s.field(f)
	}
	switch n.op {
	case "name":
		group, of, _ := strings.Cut(n.leaf, ".")
		switch group {
		case "limits":
			return s.word("limit ", "limite ") + of
		case "totals":
			return s.word("sum ", "somme ") + of
		case "counts":
			return s.word("lines ", "lignes ") + of
		case "distinct":
			return s.word("different ", "différents ") + of
		case "budget":
			return n.leaf
		}
	case "number":
		return n.leaf
	case "money":
		if len(n.kids) == 1 && n.kids[0].op == "text" {
			if d, err := decimal.NewFromString(n.kids[0].leaf); err == nil {
				return d.StringFixed(2)
			}
		}
		if len(n.kids) == 1 && fieldName(n.kids[0]) != "" {
			return s.word("amount of ", "montant de ") + s.operand(n.kids[0])
		}
	case "date":
		if len(n.kids) == 1 && n.kids[0].op == "text" && datePattern.MatchString(n.kids[0].leaf) {
			return n.kids[0].leaf
		}
	case "*":
		if n.kids[1].op == "text" {
			if d, err := decimal.NewFromString(n.kids[1].leaf); err == nil {
				return d.Shift(2).String() + "% " + s.word("of ", "de ") + s.operand(n.kids[0])
			}
		}
		fallthrough
	case "+", "-":
		if len(n.kids) == 2 {
			right := s.operand(n.kids[1])
			if bindings[n.kids[1].op] > 0 {
				right = "(" + right + ")"
			}
			left := s.operand(n.kids[0])
			if b := bindings[n.kids[0].op]; b > 0 && b < bindings[n.op] {
				left = "(" + left + ")"
			}
			return left + " " + n.op + " " + right
		}
	case "abs":
		return s.word("size of ", "valeur de ") + s.operand(n.kids[0])
	case "host":
		return s.word("host of ", "hôte de ") + s.operand(n.kids[0])
	case "plain":
		return s.word("plain ", "simple ") + s.operand(n.kids[0])
	case "fiscal_year":
		return s.word("fiscal year of ", "exercice de ") + s.operand(n.kids[0])
	case "month":
		return s.word("month of ", "mois de ") + s.operand(n.kids[0])
	case "day_of_month":
		return s.word("day of ", "jour de ") + s.operand(n.kids[0])
	case "?:":
		return "(" + s.word("if ", "si ") + s.condition(n.kids[0], 0) + s.word(" then ", " alors ") + s.operand(n.kids[1]) + s.word(" else ", " sinon ") + s.operand(n.kids[2]) + ")"
	}
	return s.fail()
}

// Words in a text, as a regular expression that does not look into words.

const wordsBefore, wordsAfter = "(?i)(^|[^a-z])(", ")($|[^a-z])"

func wordsOf(expression string) ([]string, bool) {
	inside, ok := strings.CutPrefix(expression, wordsBefore)
	if ok {
		inside, ok = strings.CutSuffix(inside, wordsAfter)
	}
	if !ok {
		return nil, false
	}
	var words []string
	depth, from := 0, 0
	for i, r := range inside {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth == 0 {
				words = append(words, inside[from:i])
				from = i + 1
			}
		}
	}
	words = append(words, inside[from:])
	return words, wordsExpression(words) == expression
}

func wordsExpression(words []string) string {
	escaped := make([]string, len(words))
	for i, w := range words {
		w = strings.NewReplacer(`\`, `\\`, "+", `\+`, "*", `\*`, "^", `\^`, "$", `\$`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`).Replace(w)
		if _, err := regexp.Compile(w); err != nil {
			w = regexp.QuoteMeta(w)
		}
		escaped[i] = w
	}
	return wordsBefore + strings.Join(escaped, "|") + wordsAfter
}

// Values in a cell: a, b, "c, d".

var keywords = map[string]bool{"and": true, "et": true, "or": true, "ou": true, "not": true, "non": true, "pas": true, "then": true, "alors": true, "else": true, "sinon": true, "if": true, "si": true}

func quoteValues(values []string) string {
	said := make([]string, len(values))
	for i, v := range values {
		said[i] = v
		toks := tokens(v)
		bare := len(toks) > 0 && v == strings.Join(strings.Fields(v), " ")
		for _, t := range toks {
			bare = bare && t.kind == 'w' && !keywords[strings.ToLower(t.text)]
		}
		if !bare {
			said[i] = `"` + v + `"`
		}
	}
	return strings.Join(said, ", ")
}

// token is a piece of words: a word, a text in quotes, a header in brackets, a sign, or the end of a line.
type token struct {
	kind byte // 'w', 'q', 'h', 's', ';'
	text string
	at   int
}

var quotes = map[rune]string{'"': `"`, '“': "”", '«': "»", '„': "“"}

func tokens(s string) []token {
	var list []token
	rs := []rune(s)
	wordRune := func(i int) bool {
		r := rs[i]
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune("_.'’%/@&#$?", r):
			return true
		case r == '-':
			return i > 0 && i+1 < len(rs) && !unicode.IsSpace(rs[i-1]) && !unicode.IsSpace(rs[i+1])
		}
		return false
	}
	for i := 0; i < len(rs); {
		r := rs[i]
		switch {
		case r == '\n' || r == ';':
			list = append(list, token{';', ";", i})
			i++
		case unicode.IsSpace(r) || r == '\u00a0' || r == '\u202f':
			i++
		case quotes[r] != "":
			end := i + 1
			for end < len(rs) && string(rs[end]) != quotes[r] {
				end++
			}
			inside := string(rs[i+1 : min(end, len(rs))])
			if r == '«' {
				inside = strings.Trim(inside, " \u00a0\u202f")
			}
			list = append(list, token{'q', inside, i})
			i = end + 1
		case r == '[':
			end := i + 1
			for end < len(rs) && rs[end] != ']' {
				end++
			}
			list = append(list, token{'h', string(rs[i+1 : min(end, len(rs))]), i})
			i = end + 1
		case wordRune(i):
			end := i
			for end < len(rs) && wordRune(end) {
				end++
			}
			list = append(list, token{'w', string(rs[i:end]), i})
			i = end
		default:
			sign := string(r)
			if i+1 < len(rs) && slices.Contains([]string{">=", "<=", "!=", "=="}, string(rs[i:i+2])) {
				sign = string(rs[i : i+2])
			}
			switch sign {
			case "≥":
				sign = ">="
			case "≤":
				sign = "<="
			case "≠":
				sign = "!="
			case "==":
				sign = "="
			case "×":
				sign = "*"
			case "−", "–":
				sign = "-"
			}
			list = append(list, token{'s', sign, i})
			i += max(1, len([]rune(sign)))
			if r == '=' && sign == "=" && i < len(rs) && rs[i] == '=' {
				i++
			}
		}
	}
	return list
}

// mostSteps bounds the work of reading one cell.
const mostSteps = 20_000

// phraseReader reads conditions in words.
type phraseReader struct {
	v     *vocabulary
	toks  []token
	at    int
	depth int
	steps int // brackets are tried as conditions and as sums, so there is an end to it
	wrong *request.Text
}

// vocabulary are the names that a policy gives.
type vocabulary struct {
	limits, totals, lists []string
	only                  request.Lang // of a policy in one language; "" where there are two
}

// operand reads one side of a comparison.
func (v *vocabulary) operand(s string) (*node, *request.Text) {
	p := &phraseReader{v: v, toks: tokens(s)}
	n := p.operand()
	if p.wrong == nil && p.at < len(p.toks) {
		p.fault("“%s” is too much here", "« %s » est de trop ici", p.rest())
	}
	return n, p.wrong
}

// phrase reads conditions in words; what is wrong is said in both languages. Nothing is nil.
func (v *vocabulary) phrase(s string) (*node, *request.Text) {
	if len(s) > 10_000 {
		w := both("this is longer than 10,000 characters; split it into several rows", "ce texte dépasse 10 000 caractères; répartissez-le sur plusieurs lignes")
		return nil, &w
	}
	p := &phraseReader{v: v, toks: tokens(s)}
	var all []*node
	for p.wrong == nil {
		for p.sign(";") {
		}
		if p.at >= len(p.toks) {
			break
		}
		n := p.or()
		if p.wrong == nil && p.at < len(p.toks) && p.toks[p.at].kind != ';' {
			p.fault("“%s” cannot be read as a condition; write one condition a line, such as “payment: invoice” or “total > limit request”", "« %s » ne se lit pas comme une condition; écrivez une condition par ligne, par exemple « payment : invoice » ou « total > limite request »", p.rest())
		}
		all = append(all, n)
	}
	if p.wrong != nil {
		return nil, p.wrong
	}
	return and(all...), nil
}

func (p *phraseReader) rest() string {
	var words []string
	for i := p.at; i < len(p.toks) && i < p.at+6; i++ {
		words = append(words, p.toks[i].text)
	}
	return strings.Join(words, " ")
}

func (p *phraseReader) fault(en, fr string, args ...any) {
	if p.wrong == nil {
		w := bothf(en, fr, args...)
		p.wrong = &w
	}
}

func (p *phraseReader) sign(s string) bool {
	if p.at < len(p.toks) && (p.toks[p.at].kind == 's' || p.toks[p.at].kind == ';') && p.toks[p.at].text == s {
		p.at++
		return true
	}
	return false
}

// words passes some words, in any case and with any apostrophe.
func (p *phraseReader) words(phrase string) bool {
	fields := strings.Fields(phrase)
	if p.at+len(fields) > len(p.toks) {
		return false
	}
	for i, f := range fields {
		t := p.toks[p.at+i]
		if t.kind != 'w' || request.Fold(t.text) != request.Fold(f) {
			return false
		}
	}
	p.at += len(fields)
	return true
}

func (p *phraseReader) either(en, fr string) bool { return p.words(en) || p.words(fr) }

func (p *phraseReader) or() *node {
	p.depth++
	defer func() { p.depth-- }()
	if p.steps++; p.depth > 50 || p.steps > mostSteps {
		p.fault("there are too many brackets", "il y a trop de parenthèses")
		return name("false")
	}
	sides := []*node{p.and()}
	for p.wrong == nil && p.either("or", "ou") {
		sides = append(sides, p.and())
	}
	return or(sides...)
}

func (p *phraseReader) and() *node {
	sides := []*node{p.condition()}
	for p.wrong == nil && p.either("and", "et") {
		sides = append(sides, p.condition())
	}
	return and(sides...)
}

func (p *phraseReader) condition() *node {
	if p.either("not", "non") {
		return call("!", p.condition())
	}
	if p.either(domainsKnownText.EN, domainsKnownText.FR) {
		return parseCEL(domainsKnown)
	}
	if from := p.at; p.sign("(") {
		if p.either("if", "si") {
			p.at = from
			if n := p.choice(p.condition); n != nil {
				return n
			}
			p.at = from
		} else {
			// A bracket is around a condition, or around a sum.
			n := p.or()
			if p.wrong == nil && p.sign(")") && !p.comparisonFollows() {
				return n
			}
			if p.steps > mostSteps {
				return n
			}
			p.at, p.wrong = from, nil
		}
	}
	left := p.operand()
	if p.wrong != nil {
		return left
	}
	field := fieldName(left)
	if field != "" {
		for _, pr := range predicates() {
			if p.either(pr.en, pr.fr) || pr.en == "filled in" && p.words("remplie") {
				return pr.node.filled(map[string]string{"X": field})
			}
		}
	}
	switch {
	case p.either("holds", "est vrai"):
		return left
	case p.either("on list", "sur la liste"):
		return call("listed", literal(p.word("a list’s name", "le nom d’une liste")), left)
	case p.either("not on list", "absent de la liste"):
		return not(call("listed", literal(p.word("a list’s name", "le nom d’une liste")), left))
	case p.either("near list", "près de la liste"):
		return call("nearly_listed", literal(p.word("a list’s name", "le nom d’une liste")), left)
	case p.either("same person as", "même personne que"):
		return call("same_address", left, p.operand())
	case p.either("differs from", "diffère de"):
		return call("apart", left, p.operand())
	case p.either("multiple of", "multiple de"):
		return call("multiple_of", left, literal(p.word("a number", "un nombre")))
	case p.either("has words", "contient les mots"):
		p.sign(":")
		return call(".matches", left, literal(wordsExpression(p.values())))
	case p.either("matches", "correspond à"):
		return call(".matches", left, literal(p.word("a text in quotes", "un texte entre guillemets")))
	case p.either("reads", "se lit"):
		p.sign(":")
		no := p.either("not", "pas")
		n := call("in", call("plain", left), list(p.values()))
		if no {
			return call("!", n)
		}
		return n
	case p.sign(":"):
		if field == "" {
			p.fault("in front of the colon stands no field of the form", "aucun champ du formulaire ne précède le deux-points")
			return left
		}
		no := p.either("not", "pas")
		values := p.values()
		if f, ok := request.FieldByName(field); ok && f.Info().Kind == request.ChoiceKind {
			for i, v := range values {
				if code, _, err := request.ParseChoice(f, v); err == nil {
					values[i] = code
				}
			}
		}
		switch {
		case len(values) == 1 && no:
			return call("!=", left, literal(values[0]))
		case len(values) == 1:
			return call("==", left, literal(values[0]))
		case no:
			return call("!", call("in", left, list(values)))
		}
		return call("in", left, list(values))
	}
	for _, op := range []string{">=", "<=", ">", "<", "=", "!="} {
		if p.sign(op) {
			if op == "=" {
				op = "=="
			}
			return call(op, left, p.operand())
		}
	}
	what := p.rest()
	if what == "" {
		p.fault("the condition ends too early: say something of the field, such as “filled in”, “: invoice” or “> limit request”", "la condition s’arrête trop tôt : dites quelque chose du champ, par exemple « rempli », « : invoice » ou « > limite request »")
	} else {
		p.fault("“%s” is no condition; write for example “filled in”, “empty”, “: invoice”, “: not invoice”, “> limit request” or “on list NAME”", "« %s » n’est pas une condition; écrivez par exemple « rempli », « vide », « : invoice », « : pas invoice », « > limite request » ou « sur la liste NOM »", what)
	}
	return left
}

func (p *phraseReader) comparisonFollows() bool {
	return p.at < len(p.toks) && p.toks[p.at].kind == 's' && strings.Contains("> < >= <= = != + - *", p.toks[p.at].text)
}

// choice reads "(if … then … else …)".
func (p *phraseReader) choice(side func() *node) *node {
	if !p.sign("(") || !p.either("if", "si") {
		return nil
	}
	is := p.or()
	if !p.either("then", "alors") {
		return nil
	}
	yes := side()
	if p.wrong != nil || !p.either("else", "sinon") {
		p.wrong = nil
		return nil
	}
	no := side()
	if p.wrong != nil || !p.sign(")") {
		p.wrong = nil
		return nil
	}
	return call("?:", is, yes, no)
}

func list(values []string) *node {
	n := &node{op: "list"}
	for _, v := range values {
		n.kids = append(n.kids, literal(v))
	}
	return n
}

// word reads one word, or a text in quotes.
func (p *phraseReader) word(en, fr string) string {
	if p.at < len(p.toks) && (p.toks[p.at].kind == 'w' || p.toks[p.at].kind == 'q') {
		p.at++
		return p.toks[p.at-1].text
	}
	p.fault("%s is missing at the end", "il manque %s à la fin", en)
	if p.wrong != nil && p.wrong.EN == en+" is missing at the end" {
		p.wrong.FR = "il manque " + fr + " à la fin"
	}
	return ""
}

// values reads a, b, "c, d".
func (p *phraseReader) values() (values []string) {
	for {
		var words []string
		for p.at < len(p.toks) {
			t := p.toks[p.at]
			if t.kind == 'q' && len(words) == 0 {
				words = append(words, t.text)
				p.at++
				break
			}
			if t.kind == 's' && t.text != "(" && t.text != ")" && t.text != "," && len(words) > 0 { // a sign inside a value
				words = append(words, t.text)
				p.at++
				continue
			}
			if t.kind != 'w' || keywords[strings.ToLower(t.text)] && len(words) > 0 {
				break
			}
			words = append(words, t.text)
			p.at++
		}
		if len(words) == 0 {
			p.fault("a value is missing behind the colon", "il manque une valeur après le deux-points")
			return values
		}
		values = append(values, strings.Join(words, " "))
		if !p.sign(",") {
			return values
		}
	}
}

func (p *phraseReader) operand() *node {
	n := p.product()
	for p.wrong == nil {
		switch {
		case p.sign("+"):
			n = call("+", n, p.product())
		case p.sign("-"):
			n = call("-", n, p.product())
		default:
			return n
		}
	}
	return n
}

func (p *phraseReader) product() *node {
	n := p.simple()
	for p.wrong == nil && p.sign("*") {
		n = call("*", n, p.simple())
	}
	return n
}

func (p *phraseReader) simple() *node {
	p.depth++
	defer func() { p.depth-- }()
	if p.steps++; p.steps > mostSteps {
		p.at = len(p.toks)
		p.fault("there are too many brackets", "il y a trop de parenthèses")
		return name("false")
	}
	if p.at >= len(p.toks) || p.depth > 60 {
		p.fault("a field, a limit or an amount is missing at the end", "il manque un champ, une limite ou un montant à la fin")
		return name("false")
	}
	if from := p.at; p.sign("(") {
		p.at = from
		if n := p.choice(p.operand); n != nil {
			return n
		}
		p.at = from
		p.sign("(")
		n := p.operand()
		if !p.sign(")") {
			p.fault("a bracket is not closed", "une parenthèse n’est pas fermée")
		}
		return n
	}
	group := func(en, fr, of string) *node {
		if from := p.at; p.either(en, fr) {
			if p.at < len(p.toks) && p.toks[p.at].kind == 'w' {
				return name(of + "." + p.word("", ""))
			}
			p.at = from
		}
		return nil
	}
	for _, g := range [][3]string{{"limit", "limite", "limits"}, {"sum", "somme", "totals"}, {"lines", "lignes", "counts"}, {"different", "différents", "distinct"}} {
		if n := group(g[0], g[1], g[2]); n != nil {
			return n
		}
	}
	for _, f := range [][3]string{{"size of", "valeur de", "abs"}, {"host of", "hôte de", "host"}, {"plain", "simple", "plain"}, {"fiscal year of", "exercice de", "fiscal_year"}, {"month of", "mois de", "month"}, {"day of", "jour de", "day_of_month"}, {"amount of", "montant de", "money"}} {
		if from := p.at; p.either(f[0], f[1]) {
			n := p.simple()
			if p.wrong == nil {
				return call(f[2], n)
			}
			p.at = from
		}
	}
	t := p.toks[p.at]
	switch t.kind {
	case 'h':
		p.at++
		return fieldNode("extra." + t.text)
	case 'w':
		if d, ok := strings.CutSuffix(t.text, "%"); ok {
			if n, err := decimal.NewFromString(strings.Replace(d, ",", ".", 1)); err == nil {
				p.at++
				p.either("of", "de")
				return call("*", p.simple(), literal(n.Shift(-2).String()))
			}
		}
		if datePattern.MatchString(t.text) {
			p.at++
			return call("date", literal(t.text))
		}
		if n, ok := numberNode(t.text); ok {
			p.at++
			return n
		}
		if slices.Contains(p.v.limits, t.text) {
			p.at++
			return name("limits." + t.text)
		}
		if f, used := p.fieldAt(); used > 0 {
			p.at += used
			return fieldNode(f)
		}
	}
	p.fault("“%s” is no field of the form, no limit, no total and no amount; a column of your own stands in brackets, [Programme]; the sheet Help has the names", "« %s » n’est ni un champ du formulaire, ni une limite, ni un total, ni un montant; une colonne à vous s’écrit entre crochets, [Programme]; les noms sont sur la feuille Aide", p.rest())
	return name("false")
}

var wholeNumber = regexp.MustCompile(`^[0-9]{1,9}$`)

// numberNode reads a whole number, or an amount.
func numberNode(s string) (*node, bool) {
	if wholeNumber.MatchString(s) {
		return &node{op: "number", leaf: s}, true
	}
	clean := strings.TrimSuffix(strings.TrimPrefix(s, "$"), "$")
	d, err := decimal.NewFromString(clean)
	if err != nil || !strings.ContainsAny(s, "0123456789") || len(s) > 30 || strings.ContainsAny(s, "eE") {
		return nil, false
	}
	return call("money", literal(d.StringFixed(2))), true
}

// fieldAt is the field that the next words name, by its name or by a label in either language, and how many words that takes.
func (p *phraseReader) fieldAt() (string, int) {
	for n := min(6, len(p.toks)-p.at); n >= 1; n-- {
		var words []string
		for _, t := range p.toks[p.at : p.at+n] {
			if t.kind != 'w' {
				words = nil
				break
			}
			words = append(words, t.text)
		}
		if words == nil {
			continue
		}
		if f := fieldCalled(strings.Join(words, " ")); f != "" {
			return f, n
		}
	}
	return "", 0
}

var fieldNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, f := range []string{"request.unit", "request.sender", "request.email", "request.name", "request.language", "received", "today", "budget", "budget.free", "budget.amount", "budget.committed", "budget.spent", "price.open", "price.whole", "price.tax_extra", "price.untaxed", "price.currency"} {
		names[f] = f
	}
	for label, f := range map[string]string{"branch": "request.unit", "direction": "request.unit", "sender": "request.sender", "expéditeur": "request.sender", "reçu": "received", "aujourd’hui": "today"} {
		names[request.Fold(label)] = f
	}
	for _, info := range request.Fields() {
		for _, label := range []string{info.Label.EN, info.Label.FR} {
			if f := request.Fold(label); f != "" && names[f] == "" {
				names[f] = info.Name
			}
		}
	}
	for _, info := range request.Fields() {
		names[info.Name] = info.Name
		names[request.Fold(info.Name)] = info.Name
	}
	return names
})

// fieldCalled is the field of a name or a label, "" where there is none.
func fieldCalled(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return "extra." + s[1:len(s)-1]
	}
	if f := fieldNames()[strings.ToLower(s)]; f != "" {
		return f
	}
	return fieldNames()[request.Fold(s)]
}
