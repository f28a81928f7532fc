package rules

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"handrail/internal/request"
)

// Keys by what they hold, to repair a value that was written otherwise.
var (
	boolKeys = []string{"reason", "near", "taken_back", "on"}
	dayKeys  = []string{"date", "from", "until", "today", "taken_back"}
	intKeys  = []string{"days", "fiscal_year_starts", "taken_back_days", "near"}
	listKeys = []string{"fields", "by", "values", "findings", "withdraw", "stop", "tags", "domains", "languages"}
	textKeys = []string{"name", "version", "title", "reference", "source", "granted_by", "message", "officer", "id", "text", "label", "help"}
)

// fixValue reads the right side of a key as people usually mean it: what to write instead, and why. What it gives can be read.
func fixValue(key, value string) (fixed string, why request.Text, ok bool) {
	if value = strings.TrimSpace(value); value == "" || len(value) > mostRead {
		return "", why, false
	}
	for _, repair := range []func(key, value string) (string, request.Text){
		fixNote, fixEnd, fixBool, fixWhole, fixDay, fixSum, fixTable, fixArray, fixString, fixBare,
	} {
		fixed, why = repair(key, value)
		if fixed != "" && readable("x = "+fixed) {
			return fixed, why, true
		}
	}
	return "", request.Text{}, false
}

// fixNote is a value with a note that begins otherwise than with #.
func fixNote(key, value string) (string, request.Text) {
	for _, sign := range []string{"//", "--", "/*", ";"} {
		at := outside(value, sign)
		if at <= 0 || strings.TrimSpace(value[at+len(sign):]) == "" {
			continue
		}
		head := strings.TrimSpace(value[:at])
		if !readable("x = " + head) {
			fixed, _, ok := fixValue(key, head)
			if !ok {
				continue
			}
			head = fixed
		}
		note := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value[at+len(sign):]), "*/"))
		return head + " # " + note, inBoth("a note begins with #, not with %s", "une remarque commence par #, et non par %s", sign)
	}
	return "", request.Text{}
}

// outside is where a sign stands outside texts, -1: nowhere.
func outside(value, sign string) int {
	quote := byte(0)
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case strings.HasPrefix(value[i:], sign):
			return i
		case c == '"' || c == '\'':
			quote = c
		}
	}
	return -1
}

// fixEnd is a value with a sign of other languages behind it.
func fixEnd(_, value string) (string, request.Text) {
	end := strings.TrimRight(value, ";, ")
	if end == value || end == "" {
		return "", request.Text{}
	}
	return end, inBoth("nothing stands behind a value: delete the %s", "rien ne suit une valeur : supprimez %s", strings.TrimSpace(value[len(end):]))
}

func fixBool(key, value string) (string, request.Text) {
	word := request.Fold(withoutNote(value))
	yes := slices.Contains([]string{"yes", "oui", "true", "vrai", "y", "on", "x", "o"}, word)
	no := slices.Contains([]string{"no", "non", "false", "faux", "n", "off"}, word)
	if !(yes || no) || isMark([]rune(value)[0]) && !slices.Contains(boolKeys, key) || !slices.Contains(boolKeys, key) && word != "true" && word != "false" {
		return "", request.Text{}
	}
	return strconv.FormatBool(yes), request.Text{EN: "yes is written true and no is written false, in small letters and without quotation marks", FR: "oui s’écrit true et non s’écrit false, en minuscules et sans guillemets"}
}

// fixWhole is a whole number with words around it, or a month by its name.
func fixWhole(key, value string) (string, request.Text) {
	if !slices.Contains(intKeys, key) {
		return "", request.Text{}
	}
	why := request.Text{EN: "this is a whole number, without quotation marks or words", FR: "c’est un nombre entier, sans guillemets ni mots"}
	if n := wholeNumber.FindString(value); n != "" {
		return strings.TrimLeft(n, "0"), why
	}
	if m := monthOf(withoutNote(value)); m > 0 {
		return strconv.Itoa(m), why
	}
	return "", why
}

var (
	yearFirst = regexp.MustCompile(`^["'“«]?\s*(\d{4})\s*[-/.–—‑‐−_ ]\s*(\d{1,2})\s*[-/.–—‑‐−_ ]\s*(\d{1,2})\s*["'”»]?$`)
	yearLast  = regexp.MustCompile(`^["'“«]?\s*(\d{1,2})\s*[-/.–—‑‐− ]\s*(\d{1,2})\s*[-/.–—‑‐− ]\s*(\d{4})\s*["'”»]?$`)
	dayMonth  = regexp.MustCompile(`^["'“«]?\s*(\d{1,2})\s*(?:er|st|nd|rd|th|\.)?\s+(?:of\s+)?(\pL{3,})\.?,?\s+(\d{4})\s*["'”»]?$`)
	monthDay  = regexp.MustCompile(`^["'“«]?\s*(\pL{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\s*["'”»]?$`)
	eightNine = regexp.MustCompile(`^(20\d\d)(\d\d)(\d\d)$`)
)

// monthOf is a month by its name or how that begins, in either language; 0: none.
func monthOf(word string) int {
	folded := request.Fold(word)
	if len(folded) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		for _, name := range []string{m.String(), frenchMonths[m-1]} {
			if strings.HasPrefix(request.Fold(name), folded) {
				return int(m)
			}
		}
	}
	return 0
}

// dayOf reads a day as people write it. ambiguous: day and month may be the other way round.
func dayOf(text string) (y, m, d int, ambiguous, ok bool) {
	n := func(s string) int { i, _ := strconv.Atoi(s); return i }
	text = strings.TrimSpace(text)
	if p := yearFirst.FindStringSubmatch(text); p != nil {
		return n(p[1]), n(p[2]), n(p[3]), false, true
	}
	if p := eightNine.FindStringSubmatch(text); p != nil {
		return n(p[1]), n(p[2]), n(p[3]), false, true
	}
	if p := yearLast.FindStringSubmatch(text); p != nil {
		d, m = n(p[1]), n(p[2])
		if m > 12 {
			d, m = m, d
		}
		return n(p[3]), m, d, d <= 12 && d != m, true
	}
	if p := dayMonth.FindStringSubmatch(text); p != nil && monthOf(p[2]) > 0 {
		return n(p[3]), monthOf(p[2]), n(p[1]), false, true
	}
	if p := monthDay.FindStringSubmatch(text); p != nil && monthOf(p[1]) > 0 {
		return n(p[3]), monthOf(p[1]), n(p[2]), false, true
	}
	return 0, 0, 0, false, false
}

// writtenDay is a day as a policy writes it, and what was wrong with how it was written.
func writtenDay(text string) (string, request.Text, bool) {
	y, m, d, ambiguous, ok := dayOf(text)
	if !ok || m < 1 || m > 12 || d < 1 || y < 1 {
		return "", request.Text{}, false
	}
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	iso := at.Format(time.DateOnly)
	switch last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC); {
	case d > 31:
		return "", request.Text{}, false
	case int(at.Month()) != m:
		return last.AddDate(0, 0, 1).Format(time.DateOnly), inBoth("there is no such day in the calendar: the month ends on %s; an until is the first day after the last one", "ce jour n’existe pas : le mois se termine le %s; until est le premier jour qui suit le dernier", last.Format(time.DateOnly)), true
	case strings.ContainsAny(text, "–—‑‐−"):
		return iso, request.Text{EN: "the day has long dashes, as a word processor types them, and hyphens are needed", FR: "la date contient des tirets longs, comme les tape un traitement de texte, au lieu de traits d’union"}, true
	case ambiguous:
		return iso, inBoth("a date is written year-month-day, without quotation marks; if %s is meant", "une date s’écrit année-mois-jour, sans guillemets; s’il s’agit du %s", request.Text{
			EN: inWords(request.Date{Year: y, Month: time.Month(m), Day: d}, request.English), FR: inWords(request.Date{Year: y, Month: time.Month(m), Day: d}, request.French)}), true
	}
	return iso, request.Text{EN: "a date is written year-month-day with two digits for month and day, without quotation marks", FR: "une date s’écrit année-mois-jour, avec deux chiffres pour le mois et le jour, sans guillemets"}, true
}

func fixDay(key, value string) (string, request.Text) {
	text := withoutNote(value)
	if !slices.Contains(dayKeys, key) && yearFirst.FindString(text) == "" || slices.Contains(textKeys, key) {
		return "", request.Text{}
	}
	iso, why, ok := writtenDay(text)
	if !ok && slices.Contains(dayKeys, key) && text != "" && text[0] != '{' && text[0] != '[' {
		if unicode.IsDigit([]rune(text)[0]) || unicode.IsLetter([]rune(text)[0]) {
			return "2026-04-01", request.Text{EN: "a date is written year-month-day, without quotation marks, such as 2026-04-01", FR: "une date s’écrit année-mois-jour, sans guillemets, comme 2026-04-01"}
		}
	}
	return iso, why
}

var sumText = regexp.MustCompile(`^(?:[A-Z]{0,3}[$€£])?\s*-?\d[\d\s.,'’\x{a0}\x{202f}]*(?:[$€£]|\s*[A-Za-z]{3}|\s*\$\s*[A-Z]{2,3}|\s*[kK]|\s*dollars?)?$`)

// writtenSum is an amount as a policy writes it: digits and a point.
func writtenSum(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if !sumText.MatchString(text) {
		return "", false
	}
	thousand := strings.HasSuffix(strings.ToLower(text), "k")
	var b strings.Builder
	for _, r := range text {
		if unicode.IsDigit(r) || r == '.' || r == ',' {
			b.WriteRune(r)
		}
	}
	s := strings.Trim(b.String(), ".,")
	last := strings.LastIndexAny(s, ".,")
	whole, cents := s, ""
	if last >= 0 && (len(s)-last-1 != 3 || strings.Contains(s[:last], ".") && s[last] == ',' || strings.Contains(s[:last], ",") && s[last] == '.') && strings.Count(s, s[last:last+1]) == 1 {
		whole, cents = s[:last], s[last+1:]
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	if whole == "" {
		return "", false
	}
	if thousand {
		whole += "000"
	}
	for len(cents) < 2 {
		cents += "0"
	}
	return whole + "." + cents, true
}

func fixSum(key, value string) (string, request.Text) {
	text := withoutNote(value)
	if slices.Contains(textKeys, key) || strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "'") {
		return "", request.Text{}
	}
	sum, ok := writtenSum(text)
	if !ok {
		return "", request.Text{}
	}
	return strconv.Quote(sum), request.Text{EN: "an amount stands in quotation marks, with a point and without sign, spaces and commas", FR: "un montant se met entre guillemets droits, avec un point et sans symbole, espace ni virgule"}
}

const (
	opening = "“”„‟«»‹›‘’‚‛`´″"
	anyMark = opening + `"'`
)

func isMark(r rune) bool { return strings.ContainsRune(anyMark, r) }

// fixString is a text between marks.
func fixString(key, value string) (string, request.Text) {
	value = strings.TrimSpace(value)
	runes := []rune(value)
	if len(runes) == 0 || !isMark(runes[0]) {
		return "", request.Text{}
	}
	condition := key == "when" || key == "where"
	body, note := value, ""
	// A note behind the last mark is none of the text.
	for at := strings.LastIndex(value, "#"); at > 0; at = strings.LastIndex(value[:at], "#") {
		if head := strings.TrimSpace(value[:at]); head != "" && len([]rune(head)) > 1 && isMark([]rune(head)[len([]rune(head))-1]) && markBalance(value[at:]) {
			body, note = head, " "+value[at:]
			break
		}
	}
	runes = []rune(body)
	first, last := runes[0], runes[len(runes)-1]
	closed := len(runes) > 1 && isMark(last)
	inner := runes[1:]
	if closed {
		inner = runes[1 : len(runes)-1]
	}
	text := strings.TrimSpace(strings.TrimFunc(string(inner), func(r rune) bool { return r == '\u00a0' || r == '\u202f' }))
	if !strings.ContainsRune(opening, first) {
		text = string(inner)
	}
	whole := func(s string) string { return quotedFor(condition, s) + note }
	switch {
	case strings.ContainsRune(opening, first) && closed:
		return whole(text), inBoth("the text stands between %s and %s, as a word processor types them, and straight quotation marks are needed", "le texte est entre %s et %s, comme les tape un traitement de texte, et il faut des guillemets droits", string(first), string(last))
	case strings.ContainsRune(opening, first):
		return whole(text), inBoth("the text begins with %s and has no closing quotation mark; straight ones are needed", "le texte commence par %s et n’a pas de guillemet fermant; il faut des guillemets droits", string(first))
	case closed && strings.ContainsRune(opening, last) && !strings.ContainsRune(string(inner), first):
		return whole(string(inner)), inBoth("the text ends with %s, as a word processor types it, and a straight quotation mark is needed", "le texte se termine par %s, comme le tape un traitement de texte, et il faut un guillemet droit", string(last))
	case closed && first != last && !strings.ContainsRune(string(inner), first):
		return whole(string(inner)), inBoth("the text begins with %s and ends with %s: both must be the same", "le texte commence par %s et se termine par %s : les deux doivent être les mêmes", string(first), string(last))
	case closed && first == '"' && strings.HasPrefix(string(inner), `"`) && strings.HasSuffix(string(inner), `"`) && len(inner) > 2:
		return whole(strings.Trim(string(inner), `"`)), request.Text{EN: "the quotation marks are doubled", FR: "les guillemets sont doublés"}
	case closed && first == '\'' && strings.HasPrefix(string(inner), `'`) && strings.HasSuffix(string(inner), `'`) && len(inner) > 2:
		return whole(strings.Trim(string(inner), `'`)), request.Text{EN: "two apostrophes are no quotation mark", FR: "deux apostrophes ne font pas un guillemet"}
	case closed && first == '"' && badEscape.MatchString(string(inner)) && !strings.Contains(strings.ReplaceAll(string(inner), `\"`, ""), `"`):
		if key == "file" {
			return strconv.Quote(path.Base(strings.ReplaceAll(string(inner), `\`, "/"))) + note, request.Text{EN: "a backslash has a meaning of its own in a text: put the file beside the policy", FR: "une barre oblique inverse a un sens particulier dans un texte : placez le fichier à côté de la politique"}
		}
		fixed := "'" + string(inner) + "'"
		if strings.Contains(string(inner), "'") {
			fixed = `"` + strings.ReplaceAll(string(inner), `\`, `\\`) + `"`
		}
		return fixed + note, request.Text{EN: "a backslash has a meaning of its own between double quotation marks", FR: "une barre oblique inverse a un sens particulier entre guillemets doubles"}
	case closed && first == last && first == '"' && strings.Contains(string(inner), `"`):
		if condition {
			return whole(string(inner)), request.Text{EN: "the condition holds quotation marks, so that the text ended before this: it stands between single ones", FR: "la condition contient des guillemets, et le texte se terminait trop tôt : mettez-la entre apostrophes droites"}
		}
		return `"` + curled(string(inner)) + `"` + note, inBoth("the quotation marks around %s end the text too early: inside a text write “ and ”, or \\\" with a backslash", "les guillemets autour de %s terminent le texte trop tôt : dans un texte, écrivez “ et ”, ou \\\" avec une barre oblique inverse", quotedPart(string(inner)))
	case closed && first == last && first == '\'' && strings.Contains(string(inner), "'"):
		if condition && strings.Contains(string(inner), `"`) {
			return whole(string(inner)), request.Text{EN: "the condition holds an apostrophe, which ends it: it stands between three of them", FR: "la condition contient une apostrophe, qui la termine : mettez-la entre trois apostrophes"}
		}
		return quotedFor(condition, string(inner)) + note, inBoth("the apostrophe in %s ends the text, because it stands between single quotation marks: put it between double ones", "l’apostrophe de %s termine le texte, parce qu’il est entre apostrophes : mettez-le entre guillemets droits doubles", wordAround(string(inner), '\''))
	case !closed && strings.Count(strings.ReplaceAll(string(inner), `\"`, ""), string(first)) == 0:
		return whole(strings.TrimRight(string(inner), ",; ")), inBoth("a text that begins on this line is not closed on it: its closing %s is missing", "un texte qui commence sur cette ligne n’y est pas fermé : il manque son %s fermant", string(first))
	case !closed && strings.Count(string(inner), string(first)) == 1:
		at := strings.IndexRune(string(inner), first)
		rest := strings.TrimSpace(string(inner)[at+1:])
		return string(first) + string(inner)[:at] + string(first) + " # " + rest, inBoth("%q stands behind the closing quotation mark: a note begins with #, and what belongs to the text stands before the mark", "%q suit le guillemet fermant : une remarque commence par #, et ce qui fait partie du texte se place avant le guillemet", rest)
	case !closed && first == '"' && strings.Count(string(inner), `"`)%2 == 0:
		return `"` + curled(string(inner)) + `"` + note, inBoth("the quotation marks around %s end the text too early, and its own closing one is missing: inside a text write “ and ”", "les guillemets autour de %s terminent le texte trop tôt, et son propre guillemet fermant manque : dans un texte, écrivez “ et ”", quotedPart(string(inner)))
	}
	return "", request.Text{}
}

var badEscape = regexp.MustCompile(`\\[^btnfre"\\uUx]`)

func markBalance(note string) bool { return strings.Count(note, `"`)%2 == 0 }

// quotedFor is a text between the marks that it does not hold itself.
func quotedFor(condition bool, s string) string {
	switch {
	case condition && !strings.Contains(s, "'"):
		return "'" + s + "'"
	case !condition && !strings.ContainsAny(s, `"\`):
		return `"` + s + `"`
	case !strings.Contains(s, "'"):
		return "'" + s + "'"
	case condition && !strings.ContainsAny(s, `"\`):
		return `"` + s + `"`
	case condition:
		return "'''" + s + "'''"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// curled is a text whose inner straight marks are those of print.
func curled(s string) string {
	if strings.Count(s, `"`)%2 != 0 {
		return strings.ReplaceAll(s, `"`, `\"`)
	}
	var b strings.Builder
	open := true
	for _, r := range s {
		if r != '"' {
			b.WriteRune(r)
			continue
		}
		if open {
			b.WriteRune('“')
		} else {
			b.WriteRune('”')
		}
		open = !open
	}
	return b.String()
}

// quotedPart is what stands between the first two inner marks.
func quotedPart(s string) string {
	_, rest, _ := strings.Cut(s, `"`)
	part, _, _ := strings.Cut(rest, `"`)
	return oneLine(part)
}

func wordAround(s string, mark rune) string {
	for word := range strings.FieldsSeq(s) {
		if strings.ContainsRune(word, mark) {
			return word
		}
	}
	return s
}

// fixBare is a text without marks.
func fixBare(key, value string) (string, request.Text) {
	value = strings.TrimSpace(value)
	r := []rune(value)[0]
	if isMark(r) || strings.ContainsRune("[{", r) {
		return "", request.Text{}
	}
	text, note := value, ""
	if at := strings.Index(value, " # "); at > 0 {
		text, note = strings.TrimSpace(value[:at]), value[at:]
	}
	if text == "" || text[0] == '#' {
		return "", request.Text{}
	}
	why := request.Text{EN: "text stands in quotation marks", FR: "un texte se met entre guillemets droits"}
	if strings.Contains(text, "#") {
		why = request.Text{EN: "text stands in quotation marks, and what follows # is only a note", FR: "un texte se met entre guillemets droits, et ce qui suit # n’est qu’une remarque"}
	}
	switch {
	case slices.Contains(listKeys, key):
		var items []string
		for item := range strings.SplitSeq(strings.Trim(text, "()"), ",") {
			items = append(items, strconv.Quote(strings.Trim(strings.TrimSpace(item), anyMark)))
		}
		return "[" + strings.Join(items, ", ") + "]" + note, request.Text{EN: "a list stands between [ and ], and each of its texts in quotation marks", FR: "une liste se met entre [ et ], et chacun de ses textes entre guillemets droits"}
	case key == "when" || key == "where":
		return quotedFor(true, text) + note, request.Text{EN: "text stands in quotes, and a condition between single ones", FR: "un texte se met entre guillemets, et une condition entre apostrophes droites"}
	}
	if last := []rune(text)[len([]rune(text))-1]; isMark(last) {
		return quotedFor(false, strings.TrimRight(text, anyMark)) + note, request.Text{EN: "the opening quotation mark is missing", FR: "il manque le guillemet ouvrant"}
	}
	return quotedFor(false, text) + note, why
}

var (
	innerKey   = regexp.MustCompile(`([\pL_]+)\s*([=:])\s*`)
	innerNames = []string{"en", "fr", "amount", "from", "until"}
)

// part is one key and its value inside braces.
type part struct{ key, value, sign string }

// partsOf takes what stands inside braces apart, also where a comma or a mark is missing.
func partsOf(inside string) (parts []part, commas bool) {
	var at [][]int
	for _, m := range innerKey.FindAllStringSubmatchIndex(inside, -1) {
		before := strings.TrimSpace(inside[:m[0]])
		key := inside[m[2]:m[3]]
		begins := before == "" || strings.HasSuffix(before, ",") || strings.HasSuffix(before, ";")
		lastMark := before != "" && isMark([]rune(before)[len([]rune(before))-1])
		switch {
		case begins, slices.Contains(innerNames, key) && (lastMark || len(at) > 0 && !strings.HasPrefix(strings.TrimSpace(inside[at[len(at)-1][1]:]), `"`)),
			(key == "fr" || key == "en") && inside[m[4]:m[5]] == "=" && m[1] < len(inside) && isMark([]rune(inside[m[1]:])[0]):
			at = append(at, m)
		}
	}
	commas = true
	for i, m := range at {
		end := len(inside)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		value := strings.TrimSpace(inside[m[1]:end])
		if i+1 < len(at) {
			if !strings.HasSuffix(value, ",") {
				commas = false
			}
			value = strings.TrimSpace(strings.TrimRight(value, ",; "))
		} else {
			value = strings.TrimSpace(strings.TrimSuffix(value, ","))
		}
		parts = append(parts, part{inside[m[2]:m[3]], value, inside[m[4]:m[5]]})
	}
	return parts, commas
}

// fixTable is { en = "…", fr = "…" } with a slip in it.
func fixTable(_, value string) (string, request.Text) {
	body, note := value, ""
	if at := outside(value, "#"); at > 0 && strings.Count(value[:at], "}") > 0 {
		body, note = strings.TrimSpace(value[:at]), " "+value[at:]
	}
	inside := strings.TrimSpace(body)
	open, closed := strings.HasPrefix(inside, "{"), strings.HasSuffix(inside, "}")
	other := !open && (strings.HasPrefix(inside, "(") || strings.HasPrefix(inside, "["))
	bare := !open && (strings.HasPrefix(inside, "en") || strings.HasPrefix(inside, "fr"))
	if !open && !bare && !(other && innerKey.MatchString(inside)) {
		return "", request.Text{}
	}
	inside = strings.TrimSpace(strings.TrimRight(strings.TrimLeft(inside, "{(["), "})]"))
	parts, commas := partsOf(inside)
	if len(parts) == 0 {
		return "", request.Text{}
	}
	if strings.HasPrefix(body, "[{") || strings.HasPrefix(body, "[ {") {
		return "", request.Text{}
	}
	var written []string
	var why request.Text
	because := func(t request.Text) {
		if why.IsZero() {
			why = t
		}
	}
	seen := map[string]bool{}
	for _, p := range parts {
		if p.sign == ":" {
			because(request.Text{EN: "behind a name comes =, not a colon", FR: "après un nom vient =, et non un deux-points"})
		}
		if !readable("x = " + p.value) {
			fixed, t, ok := fixValue(p.key, p.value)
			if !ok {
				return "", request.Text{}
			}
			because(inBoth("%s: %s", "%s : %s", p.key, t))
			p.value = fixed
		}
		if seen[p.key] {
			because(inBoth("%s stands twice between the braces", "%s figure deux fois entre les accolades", p.key))
			p.key = map[string]string{"en": "fr", "fr": "en"}[p.key]
			if p.key == "" || seen[p.key] {
				return "", request.Text{}
			}
		}
		seen[p.key] = true
		written = append(written, p.key+" = "+p.value)
	}
	if why.IsZero() {
		switch {
		case !open && !closed:
			because(request.Text{EN: "the two languages stand between curly braces", FR: "les deux langues se placent entre accolades"})
		case !open:
			because(request.Text{EN: "the opening brace { is missing", FR: "il manque l’accolade ouvrante {"})
		case !closed:
			because(request.Text{EN: "the closing brace } is missing", FR: "il manque l’accolade fermante }"})
		case !commas:
			because(request.Text{EN: "a comma is missing between the two", FR: "il manque une virgule entre les deux"})
		default:
			because(request.Text{EN: "what stands between { and } is name = value, with a comma between two", FR: "entre { et } se trouvent des nom = valeur, séparés par une virgule"})
		}
	}
	return "{ " + strings.Join(written, ", ") + " }" + note, why
}

// fixArray is a list of one line with a slip in it.
func fixArray(key, value string) (string, request.Text) {
	body := withoutNote(value)
	if body == "" {
		return "", request.Text{}
	}
	list := slices.Contains(listKeys, key)
	open := strings.HasPrefix(body, "[")
	braces := list && (strings.HasPrefix(body, "{") || strings.HasPrefix(body, "("))
	loose := list && isMark([]rune(body)[0]) && (strings.Contains(body, ",") || strings.HasSuffix(body, "]"))
	if !open && !braces && !loose {
		return "", request.Text{}
	}
	if tables := strings.TrimSpace(strings.TrimLeft(body, "[")); open && strings.HasPrefix(tables, "{") {
		return fixTables(body)
	}
	inside := strings.TrimSpace(strings.TrimRight(strings.TrimLeft(body, "[{("), "]})"))
	var why request.Text
	because := func(en, fr string) {
		if why.IsZero() {
			why = request.Text{EN: en, FR: fr}
		}
	}
	switch {
	case braces || loose:
		because("a list stands between [ and ]", "une liste se met entre [ et ]")
	case !strings.HasSuffix(body, "]"):
		because("the closing ] of the list is missing", "il manque le ] fermant de la liste")
	}
	if strings.ContainsAny(inside, opening) {
		because("the texts stand between typographic marks, and straight quotation marks are needed", "les textes sont entre guillemets typographiques, et il faut des guillemets droits")
	}
	var items []string
	for _, raw := range itemsOf(inside) {
		if item := strings.TrimSpace(strings.Trim(strings.TrimSpace(raw), anyMark)); item != "" {
			if s := strings.TrimSpace(raw); !isMark([]rune(s)[0]) {
				because("text stands in quotation marks, also in a list", "un texte se met entre guillemets droits, aussi dans une liste")
			} else if r := []rune(s); !isMark(r[len(r)-1]) {
				because("a closing quotation mark is missing in the list", "il manque un guillemet fermant dans la liste")
			}
			items = append(items, strconv.Quote(item))
		}
	}
	because("a comma stands between the entries of a list", "une virgule sépare les entrées d’une liste")
	if len(items) == 0 {
		return "", why
	}
	return "[" + strings.Join(items, ", ") + "]", why
}

// itemsOf takes a list apart at commas and, where these are missing, between a mark that closes and one that opens.
func itemsOf(inside string) (items []string) {
	inside = regexp.MustCompile(`(["”»])\s+(["“«])`).ReplaceAllString(inside, "$1, $2")
	inside = regexp.MustCompile(`\s*;\s*`).ReplaceAllString(inside, ", ")
	return strings.Split(inside, ",")
}

// fixTables is a list of tables: [{ amount = "…", from = … }, { … }].
func fixTables(body string) (string, request.Text) {
	inside := strings.TrimSpace(strings.TrimRight(strings.TrimLeft(strings.TrimSpace(body), "["), "] "))
	var written []string
	var why request.Text
	for piece := range strings.SplitSeq(inside, "}") {
		piece = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(piece), ","))
		if piece == "" {
			continue
		}
		table := strings.TrimSpace(piece) + " }"
		if !readable("x = " + table) {
			fixed, t := fixTable("", table)
			if fixed == "" {
				return "", request.Text{}
			}
			if why.IsZero() {
				why = t
			}
			table = fixed
		}
		written = append(written, table)
	}
	if why.IsZero() {
		why = request.Text{EN: "a comma stands between the entries of a list, and ] at its end", FR: "une virgule sépare les entrées d’une liste, et ] la termine"}
	}
	return "[" + strings.Join(written, ", ") + "]", why
}
