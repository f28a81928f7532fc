package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"cel.dev/cel-go/cel"

	"handrail/internal/request"
)

// What the parsers of TOML and of expressions say about a mistake, in words for the officers who write policies. They come
// from spreadsheets and word processors, so the mistakes that these teach have a hint of their own.

var (
	straightQuotes = request.Text{EN: `these quotation marks come from a word processor: write straight ones, " or '`,
		FR: `ces guillemets viennent d’un traitement de texte : tapez des guillemets droits, " ou '`}
	exactAmount = request.Text{EN: `an amount has neither a sign nor spaces nor commas: money("10000.00")`,
		FR: `un montant n’a ni symbole, ni espace, ni virgule : money("10000.00")`}
	exactShare = request.Text{EN: `a share is a number with a point, in quotes: limits.request * "0.9"`,
		FR: `une proportion est un nombre avec un point, entre guillemets : limits.request * "0.9"`}
	exactNumber = request.Text{EN: "a number with a point is not exact here: write it in quotes, such as limits.request * \"0.9\" or money(\"500.00\")",
		FR: "un nombre avec un point n’est pas exact ici : écrivez-le entre guillemets, comme limits.request * \"0.9\" ou money(\"500.00\")"}
)

// issueWords rewrites what CEL says of an expression, at a character of its text.
func (c *compiler) issueWords(message, text string, at int) request.Text {
	message = strings.TrimSuffix(message, " (in container '')")
	if op, args, ok := overloadParts(message); ok {
		return overloadWords(op, args)
	}
	if name, ok := strings.CutPrefix(message, "undeclared reference to '"); ok {
		name, _, _ = strings.Cut(name, "'")
		words := c.undeclared(name)
		if _, found := around(text, at); found != "(" && strings.HasSuffix(words.EN, "known here") {
			words.EN += fmt.Sprintf("; text stands in quotes: %q", name)
			words.FR += fmt.Sprintf("; un texte se met entre guillemets : %q", name)
		}
		return words
	}
	if _, ok := strings.CutPrefix(message, "unexpected failed resolution of '"); ok {
		return request.Text{EN: "nothing is read off a value with a point: a day's parts are fiscal_year(today), month(today) and the like",
			FR: "rien ne se lit d’une valeur par un point : les parties d’une date sont fiscal_year(today), month(today), etc."}
	}
	if rest, ok := strings.CutPrefix(message, "Syntax error: "); ok {
		return syntaxWords(rest, text, at)
	}
	if word, ok := strings.CutPrefix(message, "reserved identifier: "); ok {
		return inBoth("an expression is a condition and nothing else; %q does not belong in it", "une condition ne contient rien d’autre; %q n’y a pas sa place", word)
	}
	return inBoth("%s", "la condition ne peut être lue (%s)", message)
}

// undeclared explains a name that nobody declared.
func (c *compiler) undeclared(name string) request.Text {
	if name == "has" {
		return request.Text{EN: `whether a field is filled in is asked with given("total")`, FR: `on demande par given("total") si un champ est rempli`}
	}
	if name == "line" {
		return request.Text{EN: "a field of the form is named with a point, such as line.total", FR: "un champ du formulaire se nomme avec un point, comme line.total"}
	}
	likely := func(n string) request.Text {
		return inBoth("%q is not known here; did you mean %q?", "%q est inconnu ici; vouliez-vous écrire %q?", name, n)
	}
	for family := range strings.SplitSeq("line request totals limits", " ") {
		if _, ok := c.known[family+"."+name]; ok {
			return likely(family + "." + name)
		}
	}
	if _, ok := c.policy.lists[name]; ok {
		return inBoth("%q is a list: what stands on it is asked with listed(%q, line.supplier)", "%q est une liste : on demande par listed(%q, line.supplier) ce qui y figure", name, name)
	}
	if other := frenchWords[request.Fold(name)]; other != "" {
		if _, ok := c.known["line."+other]; ok {
			return likely("line." + other)
		}
	}
	names := c.names()
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return likely(n)
		}
	}
	return inBoth("%q is not known here%s", "%q est inconnu ici%s", name, meant(name, names))
}

// overloadParts takes "found no matching overload for '_>_' applied to '(money, string)'" apart.
func overloadParts(message string) (op, args string, ok bool) {
	rest, ok := strings.CutPrefix(message, "found no matching overload for '")
	if !ok {
		return "", "", false
	}
	op, rest, ok = strings.Cut(rest, "' applied to '(")
	if !ok {
		return "", "", false
	}
	return op, strings.TrimSuffix(rest, ")'"), true
}

// overloadWords says why an operator or a function does not take what it got.
func overloadWords(op, args string) request.Text {
	if strings.Contains(args, "double") {
		return exactNumber
	}
	op = writtenOperator(op)
	types := strings.Split(args, ", ")
	var en, fr []string
	for _, t := range types {
		name := typeWords(t)
		en, fr = append(en, name.EN), append(fr, name.FR)
	}
	both := request.Text{EN: strings.Join(en, " and "), FR: strings.Join(fr, " et ")}
	hint := overloadHint(op, types)
	switch {
	case op == "@in":
		return inBoth("in cannot stand between these: %s%s", "in ne peut se trouver entre ceux-ci : %s%s", both, hint)
	case strings.HasPrefix(op, "_") && strings.HasSuffix(op, "_") && len(op) > 2:
		return inBoth("%s cannot stand between these: %s%s", "%s ne peut se trouver entre ceux-ci : %s%s", strings.Trim(op, "_"), both, hint)
	case strings.HasSuffix(op, "_"):
		return inBoth("%s cannot stand before this: %s%s", "%s ne peut se trouver devant ceci : %s%s", strings.TrimSuffix(op, "_"), both, hint)
	}
	list := request.Text{EN: strings.Join(en, ", "), FR: strings.Join(fr, ", ")}
	return inBoth("%s does not take (%s)%s", "%s n’accepte pas (%s)%s", op, list, hint)
}

// overloadHint is what to write instead, where the types tell.
func overloadHint(op string, types []string) request.Text {
	has := func(all ...string) bool {
		for _, t := range all {
			if !slices.Contains(types, t) {
				return false
			}
		}
		return true
	}
	compares := op == "_==_" || op == "_!=_"
	switch {
	case has("money", "string"):
		return request.Text{EN: `; an amount is written money("500.00"), or better a limit: limits.request`, FR: `; un montant s’écrit money("500.00") ou, mieux, une limite : limits.request`}
	case has("date", "string"), has("date", "int"):
		return request.Text{EN: `; a day is written date("2026-04-01")`, FR: `; une date s’écrit date("2026-04-01")`}
	case compares && has("string", "int"):
		return request.Text{EN: `; a code is a text and stands in quotes: line.cost_centre == "4711"`, FR: `; un code est un texte et se met entre guillemets : line.cost_centre == "4711"`}
	case compares && has("string", "bool"):
		return request.Text{EN: `; an answer is a text: line.remote == "yes"`, FR: `; une réponse est un texte : line.remote == "yes"`}
	case has("bool", "money"), has("bool", "date"), has("bool", "number"):
		return request.Text{EN: `; compare twice, joined by &&: line.total >= limits.request * "0.9" && line.total <= limits.request`,
			FR: `; comparez deux fois, avec && : line.total >= limits.request * "0.9" && line.total <= limits.request`}
	case op == "@in":
		return request.Text{EN: `; in looks into a list, such as ["A", "B"], and text is searched with line.title.contains("x")`, FR: `; in cherche dans une liste, comme ["A", "B"], et un texte se fouille par line.title.contains("x")`}
	case op == "_/_" && has("money"):
		return request.Text{EN: `; a part of an amount is limits.request * "0.5"`, FR: `; une part d’un montant s’écrit limits.request * "0.5"`}
	case op == "!_":
		return request.Text{EN: `; ! turns a condition around`, FR: `; ! inverse une condition`}
	}
	return request.Text{}
}

// writtenOperator is the operator for which a function of ours stands.
func writtenOperator(op string) string {
	for operator, function := range identityFunctions {
		if strings.HasPrefix(op, function) {
			return operator
		}
	}
	return op
}

// typeWords is what officers may call a type, by its name in CEL.
func typeWords(name string) request.Text {
	switch {
	case name == "string":
		return request.Text{EN: "text", FR: "texte"}
	case name == "int":
		return request.Text{EN: "whole number", FR: "nombre entier"}
	case name == "bool":
		return request.Text{EN: "condition", FR: "condition"}
	case name == "money":
		return request.Text{EN: "money", FR: "montant"}
	case name == "number":
		return request.Text{EN: "number", FR: "nombre"}
	case strings.HasPrefix(name, "list("):
		return request.Text{EN: "list", FR: "liste"}
	}
	return request.Text{EN: name, FR: name}
}

// typeName is typeWords of a type.
func typeName(t *cel.Type) request.Text { return typeWords(t.String()) }

// operatorWords are words of other languages, and what stands for them here.
var operatorWords = map[string]request.Text{
	"and": {EN: "write && for and", FR: "pour « et », écrivez &&"}, "et": {EN: "write && for and", FR: "pour « et », écrivez &&"},
	"or": {EN: "write || for or", FR: "pour « ou », écrivez ||"}, "ou": {EN: "write || for or", FR: "pour « ou », écrivez ||"},
	"not": {EN: `write ! for not: !given("total")`, FR: `pour « non », écrivez ! : !given("total")`}, "non": {EN: `write ! for not: !given("total")`, FR: `pour « non », écrivez ! : !given("total")`},
	"contains": {EN: `write line.title.contains("x")`, FR: `écrivez line.title.contains("x")`}, "like": {EN: `write line.title.contains("x")`, FR: `écrivez line.title.contains("x")`},
	"contient": {EN: `write line.title.contains("x")`, FR: `écrivez line.title.contains("x")`},
	"is":       {EN: "write == for is", FR: "pour « est », écrivez =="}, "est": {EN: "write == for is", FR: "pour « est », écrivez =="},
	"then": {EN: "an expression is a condition and nothing else", FR: "une condition ne contient rien d’autre"},
}

// syntaxWords says what is wrong where an expression stops being one.
func syntaxWords(message, text string, at int) request.Text {
	before, found := around(text, at)
	for _, word := range []string{found, before} {
		if hint, ok := operatorWords[strings.ToLower(word)]; ok {
			return inBoth("the expression cannot be read at %q: %s", "la condition ne peut être lue à %q : %s", word, hint)
		}
	}
	unclosed := strings.Count(text, "(") > strings.Count(text, ")")
	switch {
	case found == "#" || strings.HasPrefix(found, "#") || slashes(text, at):
		return request.Text{EN: "a note cannot stand inside a condition: move it to a line of its own above when, with # before it", FR: "une remarque ne peut se trouver dans une condition : déplacez-la sur une ligne à elle, au-dessus de when, avec # devant"}
	case found == "" || strings.HasPrefix(message, "missing ')'"):
		if unclosed {
			return request.Text{EN: "the expression ends too early: a ( is not closed; add ) where it should end", FR: "la condition se termine trop tôt : une ( n’est pas fermée; ajoutez ) là où elle doit finir"}
		}
		return request.Text{EN: "the expression ends too early: something is missing behind the last sign, or delete that sign", FR: "la condition se termine trop tôt : il manque quelque chose après le dernier signe, ou supprimez ce signe"}
	case strings.ContainsAny(found, "“”„‘’«»"):
		return straightQuotes
	case strings.HasPrefix(found, "=>"), strings.HasPrefix(found, "=<"):
		return request.Text{EN: "write >= for at least, and <= for at most", FR: "pour « au moins », écrivez >=, et <= pour « au plus »"}
	case found == "≥" || found == "≤" || found == "≠":
		sign := map[string]string{"≥": ">=", "≤": "<=", "≠": "!="}[found]
		return inBoth("for %s write %s", "au lieu de %s, écrivez %s", found, sign)
	case found == ">" && before == "" && at > 0 && strings.HasPrefix(string([]rune(text)[at-1:]), "<>"):
		return request.Text{EN: `<> is no sign here: write != for "is not"`, FR: "<> n’est pas un signe ici : pour « n’est pas », écrivez !="}
	case found[0] == '=':
		return request.Text{EN: "one = compares nothing: write ==", FR: "un seul = ne compare rien : écrivez =="}
	case found == "$" || found == "€" || found == "£" || found == "," && isNumber(before):
		return exactAmount
	case found == "%":
		return exactShare
	case found == ")":
		return request.Text{EN: "the expression cannot be read: this ) closes nothing; delete it, or open it with (", FR: "la condition ne peut être lue : cette ) ne ferme rien; supprimez-la ou ouvrez-la par ("}
	}
	if name, ok := spacedName(text, at); ok {
		return inBoth("a column of the form's own is named in quotes: line.extra[%q]", "une colonne propre au formulaire se nomme entre guillemets : line.extra[%q]", name)
	}
	return inBoth("the expression cannot be read: %q is not expected here; two conditions are joined by && (and) or || (or)", "la condition ne peut être lue : %q n’est pas attendu ici; deux conditions se joignent par && (et) ou || (ou)", found)
}

// slashes reports whether a note with // begins at a character of a text.
func slashes(text string, at int) bool {
	runes := []rune(text)
	at = min(max(at, 0), len(runes))
	return strings.HasPrefix(string(runes[max(at-1, 0):]), "//") || strings.HasPrefix(string(runes[at:]), "//")
}

// spacedName is a header that was written as a field, with its space: line.Expense category.
func spacedName(text string, at int) (string, bool) {
	runes := []rune(text)
	at = min(max(at, 0), len(runes))
	m := spacedField.FindStringSubmatch(string(runes[:at]))
	after := laterWords.FindString(string(runes[at:]))
	if m == nil || after == "" {
		return "", false
	}
	return m[1] + " " + strings.TrimSpace(after), true
}

var (
	spacedField = regexp.MustCompile(`line\.([\pL\d_]+) +$`)
	laterWords  = regexp.MustCompile(`^[\pL\d_]+( [\pL\d_]+)*`)
)

// around gives the word before a character of a text, and the word or sign that stands there, "" at the end.
func around(text string, at int) (before, found string) {
	runes := []rune(text)
	at = min(max(at, 0), len(runes))
	inWord := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	start := at
	for start > 0 && unicode.IsSpace(runes[start-1]) {
		start--
	}
	end := start
	for start > 0 && inWord(runes[start-1]) {
		start--
	}
	before = string(runes[start:end])
	if at == len(runes) {
		return before, ""
	}
	end = at + 1
	switch {
	case inWord(runes[at]):
		for end < len(runes) && inWord(runes[end]) {
			end++
		}
	case runes[at] == '=':
		for end < len(runes) && strings.ContainsRune("=<>", runes[end]) {
			end++
		}
	}
	return before, strings.TrimSpace(string(runes[at:end]))
}

func isNumber(word string) bool {
	return word != "" && strings.Trim(word, "0123456789") == ""
}

// names are the variables and functions that a mistyped name may have meant.
func (c *compiler) names() []string {
	var names []string
	for n := range c.known {
		names = append(names, n)
	}
	for n := range c.env.Functions() {
		if n[0] != '@' && n[0] != '_' && n[0] != '!' && n[0] != '-' {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// listWords names what may stand in a list that has a fixed choice.
func listWords(words []string) request.Text {
	most, last := strings.Join(words[:len(words)-1], ", "), words[len(words)-1]
	return request.Text{EN: most + " or " + last, FR: most + " ou " + last}
}

// neverHeld explains a comparison with a word that a field of fixed choice cannot hold: it would never be true, and the
// guardrail never trip.
func neverHeld(name, word string, codes []string) request.Text {
	return inBoth("%s is never %q: it is %s%s", "%s ne vaut jamais %q : ses valeurs sont %s%s", name, word, listWords(codes), meant(word, codes))
}

// codesOf are the words that a variable of fixed choice can hold, nil for any other.
func codesOf(s source) []string {
	switch s.kind {
	case languageSource:
		return []string{string(request.English), string(request.French)}
	case fieldSource:
		var codes []string
		for _, c := range s.field.Info().Choices {
			codes = append(codes, c.Code)
		}
		return codes
	}
	return nil
}
