package rules

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"handrail/internal/request"
)

// What is wrong with a text that is not TOML. The parser says where it gave up, which is often lines after the slip, and in words of its own.
// So the text is looked through line by line, as its author reads it: a line that cannot be read by itself is repaired in the ways in which
// people usually mean it, and the repair that can be read is what to write. The repaired text is then read whole, so that the mistakes of
// meaning come with the slips.

// slipReader looks through a text.
type slipReader struct {
	d       *document
	lines   []string // without line ends; a repaired line stands for the one that was written
	found   Mistakes
	heading string         // the heading above, without brackets
	seen    map[string]int // headings with the line of the first one
	keys    map[string]int // names under the heading, with their lines
	stop    bool           // nothing after this can be trusted
}

// mostRead is the longest line that is repaired.
const mostRead = 20_000

// manyHeadings are the headings of which a text may have several, and oneHeading those of which it has one.
var (
	manyHeadings = strings.Split("guardrail guardrail.variant total list exemption limits_for case case.history story story.mail story.mail.line", " ")
	oneHeadings  = strings.Split("authority approval limits aliases attestation attestation.values words request line registers story.line", " ")
)

// slips are what is wrong with a text that the parser of TOML refused with err. repaired is the text as it was most likely meant, nil where
// it still cannot be read.
func (d *document) slips(err error) (found Mistakes, repaired []byte) {
	if m := d.encoding(); m != nil {
		return Mistakes{*m}, nil
	}
	s := &slipReader{d: d, seen: map[string]int{}, keys: map[string]int{}}
	for line := range strings.SplitSeq(string(d.text), "\n") {
		s.lines = append(s.lines, strings.TrimSuffix(line, "\r"))
	}
	for i := 0; i < len(s.lines) && !s.stop && len(s.found) <= mostTold; {
		i = max(s.line(i), i+1)
	}
	text := []byte(strings.Join(s.lines, "\n"))
	var ignored map[string]any
	left := toml.Unmarshal(text, &ignored)
	if err == nil || left == nil {
		if s.stop || left != nil {
			text = nil
		}
		return s.found, text
	}
	if len(s.found) == 0 {
		m := d.parserWords(left)
		return Mistakes{m}, nil
	}
	return s.found, nil
}

// encoding says that a text is saved otherwise than in UTF-8.
func (d *document) encoding() *Mistake {
	utf16 := bytes.HasPrefix(d.text, []byte{0xff, 0xfe}) || bytes.HasPrefix(d.text, []byte{0xfe, 0xff}) || bytes.IndexByte(d.text[:min(len(d.text), 200)], 0) >= 0
	if utf16 {
		m := d.mistake(0, "", inBoth("the file is saved as UTF-16 (“Unicode”): in your editor choose Save as, encoding UTF-8", "le fichier est enregistré en UTF-16 (« Unicode ») : dans votre éditeur, choisissez Enregistrer sous, encodage UTF-8"))
		m.Line, m.Column = 1, 1
		return &m
	}
	if utf8.Valid(d.text) {
		return nil
	}
	at := 0
	for at < len(d.text) {
		r, size := utf8.DecodeRune(d.text[at:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	m := d.mistake(at, "", inBoth("this letter is not UTF-8, and accents are lost from here on: in your editor choose Save as, encoding UTF-8", "cette lettre n’est pas en UTF-8, et les accents sont illisibles à partir d’ici : dans votre éditeur, choisissez Enregistrer sous, encodage UTF-8"))
	return &m
}

// parserWords is what the parser says, where no slip is known.
func (d *document) parserWords(err error) Mistake {
	m := Mistake{File: d.file, Line: 1, Column: 1}
	words := strings.TrimPrefix(err.Error(), "toml: ")
	if decode := (*toml.DecodeError)(nil); errors.As(err, &decode) {
		m.Line, m.Column = decode.Position()
	}
	t := inBoth("this cannot be read (%s): a line is a heading such as [[guardrail]], or a name, = and a value: version = \"1\"", "ceci ne peut être lu (%s) : une ligne est un titre comme [[guardrail]], ou un nom, = et une valeur : version = \"1\"", words)
	m.What, m.WhatFR = t.EN, t.FR
	return m
}

// slip notes what is wrong with a line, at a character of it, and how it is written.
func (s *slipReader) slip(line, column int, repaired, en, fr string, args ...any) {
	words := inBoth(en, fr, args...)
	s.found = append(s.found, Mistake{File: s.d.file, Line: line + 1, Column: column + 1, What: words.EN, WhatFR: words.FR})
	s.lines[line] = repaired
}

// readable reports whether a line, or several, is TOML by itself.
func readable(text string) bool {
	var ignored map[string]any
	return toml.Unmarshal([]byte(text), &ignored) == nil
}

var (
	headingLine = regexp.MustCompile(`^\s*(\[{1,2})\s*([^\[\]"'=#{},]*?)\s*(\]*)\s*(#.*)?$`)
	keyLine     = regexp.MustCompile(`^\s*([\pL\d_-]+|"[^"]*"|'[^']*')\s*=`)
	newThing    = regexp.MustCompile(`^\s*(\[\[?[a-z_.]+\]\]?\s*(#.*)?$|[a-z_]+\s*=\s*\S)`)
)

// line looks at the line i and says which comes next.
func (s *slipReader) line(i int) int {
	text := s.lines[i]
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] == '#' || len(text) > mostRead {
		return i + 1
	}
	if m := headingLine.FindStringSubmatch(text); m != nil && strings.HasPrefix(trimmed, "[") {
		s.headingAt(i, m)
		return i + 1
	}
	if next, ok := s.several(i); ok {
		return next
	}
	if !readable(text) {
		s.repair(i)
	}
	s.twice(i)
	return i + 1
}

// headingAt looks at a heading.
func (s *slipReader) headingAt(i int, m []string) {
	text, name := s.lines[i], m[2]
	column := runesBefore(text, strings.Index(text, "["))
	known := append(slices.Clone(manyHeadings), oneHeadings...)
	right := name
	if !slices.Contains(known, name) && !strings.HasPrefix(name, "words.") && !strings.HasPrefix(name, "case.") && !strings.HasPrefix(name, "limits.") {
		family, rest, dotted := strings.Cut(name, ".")
		if n := nearest(family, known); n != "" && !slices.Contains(known, family) && (!dotted || rest == "") {
			right = n
		}
	}
	open := m[1]
	switch {
	case slices.Contains(manyHeadings, right):
		open = "[["
	case slices.Contains(oneHeadings, right) || strings.HasPrefix(right, "words."):
		open = "["
	}
	closing := strings.Repeat("]", len(open))
	write := open + right + closing
	same := m[1] == open && m[3] == closing
	switch {
	case name == "" || right == name && same && readable(write):
	case right != name:
		french := frenchWords[request.Fold(name)] == right
		why := inBoth("the heading %s is not known", "le titre %s est inconnu", strings.TrimSpace(text))
		if french {
			why = inBoth("the heading %s is not known: headings are in English", "le titre %s est inconnu : les titres sont en anglais", strings.TrimSpace(text))
		}
		s.slip(i, column, write, "%s; write %s", "%s; écrivez %s", why, write)
	case m[3] != strings.Repeat("]", len(m[1])):
		s.slip(i, column, write, "a heading ends with as many brackets as it begins with: write %s", "un titre se termine par autant de crochets qu’il en a au début : écrivez %s", write)
	case open == "[[":
		s.slip(i, column, write, "there can be several of these, so the heading stands in two pairs of brackets: write %s", "il peut y en avoir plusieurs, d’où un titre entre deux paires de crochets : écrivez %s", write)
	case !same:
		s.slip(i, column, write, "there is one of these, so the heading stands in one pair of brackets: write %s", "il n’y en a qu’un, d’où un titre entre crochets simples : écrivez %s", write)
	default:
		s.slip(i, column, "", "the heading %s cannot be read: it is made of small letters, such as [[guardrail]] or [limits]", "le titre %s ne peut être lu : il se compose de minuscules, comme [[guardrail]] ou [limits]", strings.TrimSpace(text))
	}
	if family, _, dotted := strings.Cut(right, "."); dotted && slices.Contains(manyHeadings, family) && s.seen[family] == 0 {
		s.slip(i, column, "", "%s comes after the [[%s]] it belongs to: move it below", "%s suit la [[%s]] à laquelle elle appartient : déplacez-la au-dessous", write, family)
		s.dropBody(i + 1)
	} else if first := s.seen[right]; first > 0 && slices.Contains(oneHeadings, right) && !strings.Contains(right, ".") {
		names := s.namesBelow(i + 1)
		s.slip(i, column, s.lines[i], "the heading %s stands twice, first on line %d: move %s up there and delete this heading", "le titre %s figure deux fois, d’abord à la ligne %d : déplacez %s à cet endroit et supprimez ce titre", write, first, names)
		s.stop = true
	}
	if s.seen[right] == 0 {
		s.seen[right] = i + 1
	}
	s.heading, s.keys = right, map[string]int{}
}

// dropBody empties the lines under a heading that does not count.
func (s *slipReader) dropBody(from int) {
	for i := from; i < len(s.lines) && !strings.HasPrefix(strings.TrimSpace(s.lines[i]), "["); i++ {
		s.lines[i] = ""
	}
}

// namesBelow are the names under a heading, or what else may stand there.
func (s *slipReader) namesBelow(from int) request.Text {
	var names []string
	for i := from; i < len(s.lines) && !strings.HasPrefix(strings.TrimSpace(s.lines[i]), "["); i++ {
		if m := keyLine.FindStringSubmatch(s.lines[i]); m != nil && len(names) < 5 {
			names = append(names, m[1])
		}
	}
	if len(names) == 0 {
		return request.Text{EN: "what stands below it", FR: "ce qui suit"}
	}
	return request.Text{EN: strings.Join(names, ", "), FR: strings.Join(names, ", ")}
}

// several reads a value over several lines: a long text, a list or a table in braces. ok is false where the line has none.
func (s *slipReader) several(i int) (next int, ok bool) {
	m := keyLine.FindString(s.lines[i])
	if m == "" {
		return 0, false
	}
	key := strings.TrimSpace(strings.TrimSuffix(m, "="))
	value := strings.TrimSpace(s.lines[i][len(m):])
	for _, quote := range []string{`"""`, "'''"} {
		if !strings.HasPrefix(value, quote) {
			continue
		}
		if strings.Contains(value[3:], quote) {
			return 0, false
		}
		last := i
		for n := i + 1; n < len(s.lines); n++ {
			if strings.Contains(s.lines[n], quote) && !strings.Contains(s.lines[n], "= "+quote) && !strings.Contains(s.lines[n], "="+quote) {
				s.twice(i)
				return n + 1, true
			}
			if newThing.MatchString(s.lines[n]) {
				break
			}
			if strings.TrimSpace(s.lines[n]) != "" {
				last = n
			}
		}
		line := s.lines[i]
		s.slip(i, runesBefore(line, strings.Index(line, quote)), line, "the text after %s begins with %s and never ends, so the rest of the file is read as one text: write %s after its last line too, line %d",
			"le texte de %s commence par %s et ne se termine jamais, si bien que tout le reste du fichier est lu comme un seul texte : écrivez %s aussi après sa dernière ligne, la ligne %d", key, quote, quote, last+1)
		s.lines[last] += quote
		s.twice(i)
		return last + 1, true
	}
	if value == "" || value[0] != '[' && value[0] != '{' || balanced(value) {
		return 0, false
	}
	whole := s.lines[i]
	for n := i + 1; n < len(s.lines) && n < i+3000; n++ {
		if newThing.MatchString(s.lines[n]) && !strings.HasSuffix(strings.TrimSpace(s.lines[n]), ",") && !braceLine(value, s.lines[n]) {
			break
		}
		whole += "\n" + s.lines[n]
		value += "\n" + s.lines[n]
		if balanced(value) {
			if !readable(whole) {
				return s.severalWrong(i, n, whole)
			}
			s.twice(i)
			return n + 1, true
		}
	}
	return 0, false // closed on this line, or not at all: as one line
}

// braceLine is a line inside braces that looks like one of its own: fr = "…" }.
func braceLine(value, line string) bool {
	return strings.Count(value, "{") > strings.Count(value, "}") && regexp.MustCompile(`^\s*(en|fr|amount|from|until|label|help)\s*=`).MatchString(line)
}

// severalWrong looks for what is wrong in a list over several lines: the line that alone cannot be read as an item.
func (s *slipReader) severalWrong(from, to int, whole string) (int, bool) {
	for n := from + 1; n <= to; n++ {
		item := strings.TrimSpace(s.lines[n])
		if item == "" || item[0] == '#' || strings.HasPrefix(item, "]") || strings.HasPrefix(item, "}") {
			continue
		}
		bare := strings.TrimSuffix(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(item), "]")), ",")
		if readable("x = [" + bare + "]") {
			if !strings.HasSuffix(withoutNote(item), ",") && n < to && strings.TrimSpace(s.lines[n+1]) != "" && !strings.HasPrefix(strings.TrimSpace(s.lines[n+1]), "]") {
				line := s.lines[n]
				s.slip(n, len([]rune(line)), line+",", "a comma is missing behind this entry: %s,", "il manque une virgule après cette entrée : %s,", item)
			}
			continue
		}
		if fixed, words, ok := fixValue("", bare); ok {
			line := s.lines[n]
			s.slip(n, runesBefore(line, strings.Index(line, item)), strings.Replace(line, bare, fixed, 1), "%s: %s", "%s : %s", words, fixed)
		}
	}
	return to + 1, true
}

func withoutNote(item string) string {
	if at := outside(item, "#"); at >= 0 {
		item = item[:at]
	}
	return strings.TrimSpace(item)
}

// balanced reports whether brackets and braces that open outside texts also close.
func balanced(value string) bool {
	depth, quote := 0, byte(0)
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote || c == '\n' {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			for i < len(value) && value[i] != '\n' {
				i++
			}
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
	}
	return depth <= 0
}

// twice notes a name that stands twice under its heading.
func (s *slipReader) twice(i int) {
	m := keyLine.FindStringSubmatch(s.lines[i])
	if m == nil {
		return
	}
	key := strings.Trim(m[1], `"'`)
	first := s.keys[key]
	if first == 0 {
		s.keys[key] = i + 1
		return
	}
	hint := request.Text{EN: "keep one", FR: "gardez-en un seul"}
	if key == "when" || key == "where" {
		hint = request.Text{EN: "keep one, or join them with || (or) or && (and)", FR: "gardez-en une seule, ou joignez-les par || (ou) ou && (et)"}
	}
	s.slip(i, 0, "", "%s stands twice under one heading, first on line %d: %s", "%s figure deux fois sous le même titre, d’abord à la ligne %d : %s", key, first, hint)
}

func runesBefore(line string, at int) int {
	return utf8.RuneCountInString(line[:max(min(at, len(line)), 0)])
}

// spaces are characters that look like a space, or like nothing, and are neither a space nor a tab.
var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2007", " ", "\u2009", " ", "\u2003", " ", "\u3000", " ", "\u200b", "", "\u200e", "", "\u200f", "", "\ufeff", "", "\u2060", "")

var (
	assignment  = regexp.MustCompile(`^(\s*)([\pL][\pL\d_.-]*|"[^"]*")(\s*)(=)(\s*)(.*)$`)
	otherAssign = regexp.MustCompile(`^(\s*)([\pL][\pL\d_.-]*)\s*(:=|:|==|=>|->|→|＝)\s*(\S.*)$`)
	noAssign    = regexp.MustCompile(`^(\s*)([a-z][a-z\d_-]*)\s+(["'“«‘\[{\d].*|true|false)$`)
	glued       = regexp.MustCompile(`^(\s*)([a-z][a-z\d_-]*)(["'“«‘\[{].*)$`)
	wordyKey    = regexp.MustCompile(`^(\s*)([\pL][\pL\d_’' .-]*?)\s*=\s*(.*)$`)
)

// repair finds what is wrong with a line that cannot be read, and notes it with what to write.
func (s *slipReader) repair(i int) {
	line := s.lines[i]
	if plain := spaces.Replace(line); plain != line && outsideTexts(line) {
		if readable(plain) {
			at := strings.IndexFunc(line, func(r rune) bool { return spaces.Replace(string(r)) != string(r) })
			s.slip(i, runesBefore(line, at), plain, "there are no-break spaces or other invisible signs here, which nobody sees: delete them and type ordinary spaces", "il y a ici des espaces insécables ou d’autres signes invisibles : supprimez-les et tapez des espaces ordinaires")
			return
		}
		line = plain
	}
	m := assignment.FindStringSubmatch(line)
	if m == nil || strings.HasPrefix(m[6], "=") {
		s.unassigned(i, line)
		return
	}
	key, value := m[2], strings.TrimSpace(m[6])
	column := runesBefore(line, len(line)-len(m[6]))
	before := line[:len(line)-len(m[6])]
	if !readable(key + " = 1") {
		name := nearestKey(key)
		s.slip(i, 0, strings.Replace(line, key, name, 1), "the name %s cannot be read: names are small letters without accents, such as %s = …", "le nom %s ne peut être lu : les noms sont des minuscules sans accent, comme %s = …", key, name)
		return
	}
	if value == "" {
		s.slip(i, column, before+`""`, "nothing stands behind =: write %s = \"…\", or delete the line", "il n’y a rien après = : écrivez %s = \"…\", ou supprimez la ligne", key)
		return
	}
	if fixed, words, ok := fixValue(key, value); ok {
		s.slip(i, column, before+fixed, "%s; write %s", "%s; écrivez %s", words, shortened(key+" = "+fixed))
		return
	}
	s.slip(i, column, before+`""`, "the value of %s cannot be read: text stands between quotation marks (%s = \"…\"), lists between [ and ], a day is written 2026-04-01", "la valeur de %s ne peut être lue : un texte se met entre guillemets droits (%s = \"…\"), une liste entre [ et ], une date s’écrit 2026-04-01", key, key)
}

// shortened is a line to write, not longer than a line.
func shortened(line string) string {
	if r := []rune(line); len(r) > 160 {
		return string(r[:157]) + "…"
	}
	return line
}

// outsideTexts reports whether one of the characters that look like a space stands outside texts.
func outsideTexts(line string) bool {
	quote := rune(0)
	for _, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case spaces.Replace(string(r)) != string(r):
			return true
		}
	}
	return false
}

// everyKey are the names of a policy and of its tests.
var everyKey = strings.Split("name version currency fiscal_year_starts holidays section_32 languages title reference date means next_step taken_back_days by days period scope near where of distinct taken_back file sheet column values as id action when fields message officer source from until reason granted_by guardrail text label help choices outcome findings history today request line budget amount en fr", " ")

func nearestKey(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" .’'-", r) }), "_")
	if n := nearest(name, everyKey); n != "" {
		return n
	}
	var words []string
	for word := range strings.SplitSeq(name, "_") {
		if folded := request.Fold(word); folded != "" {
			words = append(words, folded)
		}
	}
	plain := strings.Join(words, "_")
	if plain == "" {
		return "name"
	}
	return plain
}

// unassigned is a line without =, or with another sign in its place.
func (s *slipReader) unassigned(i int, line string) {
	try := func(m []string, key, value string) (string, bool) {
		if m == nil {
			return "", false
		}
		if !readable("x = " + value) {
			fixed, _, ok := fixValue(key, value)
			if !ok {
				return "", false
			}
			value = fixed
		}
		return m[1] + key + " = " + value, readable(key + " = " + value)
	}
	if m := otherAssign.FindStringSubmatch(line); m != nil {
		if fixed, ok := try(m, m[2], m[4]); ok && knownKey(m[2], s.heading) {
			s.slip(i, runesBefore(line, strings.Index(line, m[3])), fixed, "behind a name comes =, not %s; write %s", "après un nom vient =, et non %s; écrivez %s", signName(m[3]), shortened(strings.TrimSpace(fixed)))
			return
		}
	}
	for _, pattern := range []*regexp.Regexp{noAssign, glued} {
		if m := pattern.FindStringSubmatch(line); m != nil {
			if fixed, ok := try(m, m[2], m[3]); ok {
				s.slip(i, runesBefore(line, strings.Index(line, m[3])), fixed, "there is no = behind %s: write %s", "il manque = après %s : écrivez %s", m[2], shortened(strings.TrimSpace(fixed)))
				return
			}
		}
	}
	if m := wordyKey.FindStringSubmatch(line); m != nil && strings.ContainsAny(m[2], " ’'.") && knownKey(nearestKey(m[2]), s.heading) && len(m[2]) < 40 {
		key := nearestKey(m[2])
		if fixed, ok := try(m, key, strings.TrimSpace(m[3])); ok {
			s.slip(i, 0, fixed, "a name is one word of small letters, with _ for a space: write %s", "un nom est un seul mot en minuscules, avec _ pour une espace : écrivez %s", shortened(strings.TrimSpace(fixed)))
			return
		}
	}
	trimmed := strings.TrimSpace(line)
	if strings.HasPrefix(trimmed, "//") || strings.HasPrefix(trimmed, "--") || strings.HasPrefix(trimmed, ";") || strings.HasPrefix(trimmed, "/*") || strings.HasPrefix(trimmed, "<!--") {
		s.slip(i, 0, "", "a note begins with #: write # %s", "une remarque commence par # : écrivez # %s", shortened(strings.TrimSpace(strings.TrimLeft(trimmed, "/-;*<! "))))
		return
	}
	if strings.Trim(trimmed, "]}),\"'") == "" {
		s.slip(i, 0, "", "this %s closes nothing: delete it, or add what it closes", "ce %s ne ferme rien : supprimez-le ou ajoutez ce qu’il ferme", trimmed)
		return
	}
	if strings.Trim(trimmed, "-=_*~") == "" {
		s.slip(i, 0, "", "a line of signs is not a note: put # before it", "une ligne de signes n’est pas une remarque : placez # devant")
		return
	}
	if knownKey(trimmed, s.heading) && !strings.ContainsAny(trimmed, " ") {
		s.slip(i, 0, "", "%s has no value: write %s = \"…\", or delete the line", "%s n’a pas de valeur : écrivez %s = \"…\", ou supprimez la ligne", trimmed, trimmed)
		return
	}
	s.slip(i, 0, "", "this line is neither a heading, nor a name with = and a value, nor a note: to keep it as a note put # before it; a text that goes on over several lines stands between \"\"\" and \"\"\"",
		"cette ligne n’est ni un titre, ni un nom suivi de = et d’une valeur, ni une remarque : pour la garder comme remarque, placez # devant; un texte sur plusieurs lignes se met entre \"\"\" et \"\"\"")
}

func knownKey(key, heading string) bool {
	return slices.Contains(everyKey, key) || heading == "limits" || heading == "aliases" || heading == "limits_for" || slices.ContainsFunc(request.Fields(), func(f request.FieldInfo) bool { return f.Name == key })
}

// signName is a sign that stands for = elsewhere.
func signName(sign string) request.Text {
	if sign == ":" || sign == "：" {
		return request.Text{EN: "a colon", FR: "un deux-points"}
	}
	return request.Same(sign)
}
