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

const (
	straightQuotes = `these quotation marks come from a word processor: write straight ones, " or '`
	exactAmount    = `an amount has neither a sign nor spaces nor commas: money("10000.00")`
	exactNumber    = "a number with a point is not exact here: write it in quotes, such as limits.request * \"0.9\" or money(\"500.00\")"
	isoDate        = "a date is written 2026-04-01, the year first"
)

// issueWords rewrites what CEL says of an expression, at a character of its text.
func (c *compiler) issueWords(message, text string, at int) string {
	message = strings.TrimSuffix(message, " (in container '')")
	if op, args, ok := overloadParts(message); ok {
		return overloadWords(op, args)
	}
	if name, ok := strings.CutPrefix(message, "undeclared reference to '"); ok {
		name, _, _ = strings.Cut(name, "'")
		words := c.undeclared(name)
		if _, found := around(text, at); found != "(" && strings.HasSuffix(words, "known here") {
			words += "; text stands in quotes"
		}
		return words
	}
	if _, ok := strings.CutPrefix(message, "unexpected failed resolution of '"); ok {
		return "nothing is read off a value with a point: a day's parts are fiscal_year(today), month(today) and the like"
	}
	if rest, ok := strings.CutPrefix(message, "Syntax error: "); ok {
		return syntaxWords(rest, text, at)
	}
	if word, ok := strings.CutPrefix(message, "reserved identifier: "); ok {
		return fmt.Sprintf("an expression is a condition and nothing else; %q does not belong in it", word)
	}
	return message
}

// undeclared explains a name that nobody declared.
func (c *compiler) undeclared(name string) string {
	if name == "has" {
		return `whether a field is filled in is asked with given("total")`
	}
	if name == "line" {
		return "a field of the form is named with a point, such as line.total"
	}
	for family := range strings.SplitSeq("line request totals limits", " ") {
		if _, ok := c.known[family+"."+name]; ok {
			return fmt.Sprintf("%q is not known here; did you mean %q?", name, family+"."+name)
		}
	}
	names := c.names()
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return fmt.Sprintf("%q is not known here; did you mean %q?", name, n)
		}
	}
	return fmt.Sprintf("%q is not known here%s", name, meant(name, names))
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
func overloadWords(op, args string) string {
	if strings.Contains(args, "double") {
		return exactNumber
	}
	types := strings.Split(args, ", ")
	named := make([]string, len(types))
	for i, t := range types {
		named[i] = typeWords(t)
	}
	both := strings.Join(named, " and ")
	hint := ""
	switch {
	case slices.Contains(types, "money") && slices.Contains(types, "string"):
		hint = `; an amount is written money("500.00")`
	case slices.Contains(types, "date") && (slices.Contains(types, "string") || slices.Contains(types, "int")):
		hint = `; a day is written date("2026-04-01")`
	case op == "@in":
		hint = `; in looks into a list, such as ["A", "B"], and text is searched with line.title.contains("x")`
	case op == "_/_" && slices.Contains(types, "money"):
		hint = `; a part of an amount is limits.request * "0.5"`
	case op == "!_":
		hint = `; ! turns a condition around`
	}
	switch {
	case op == "@in":
		return "in cannot stand between these: " + both + hint
	case strings.HasPrefix(op, "_") && strings.HasSuffix(op, "_") && len(op) > 2:
		return fmt.Sprintf("%s cannot stand between these: %s%s", strings.Trim(op, "_"), both, hint)
	case strings.HasSuffix(op, "_"):
		return fmt.Sprintf("%s cannot stand before this: %s%s", strings.TrimSuffix(op, "_"), both, hint)
	}
	return fmt.Sprintf("%s does not take (%s)%s", op, strings.Join(named, ", "), hint)
}

// typeWords is what officers may call a type, by its name in CEL.
func typeWords(name string) string {
	switch {
	case name == "string":
		return "text"
	case name == "int":
		return "whole number"
	case name == "bool":
		return "condition"
	case strings.HasPrefix(name, "list("):
		return "list"
	}
	return name
}

// typeName is typeWords of a type.
func typeName(t *cel.Type) string { return typeWords(t.String()) }

// operatorWords are words of other languages, and what stands for them here.
var operatorWords = map[string]string{
	"and": "write && for and", "et": "write && for and", "or": "write || for or", "ou": "write || for or", "not": `write ! for not: !given("total")`,
	"contains": `write line.title.contains("x")`, "like": `write line.title.contains("x")`, "is": "write == for is", "then": "an expression is a condition and nothing else",
}

// syntaxWords says what is wrong where an expression stops being one.
func syntaxWords(message, text string, at int) string {
	before, found := around(text, at)
	for _, word := range []string{found, before} {
		if hint, ok := operatorWords[strings.ToLower(word)]; ok {
			return fmt.Sprintf("the expression cannot be read at %q: %s", word, hint)
		}
	}
	switch {
	case found == "" || strings.HasPrefix(message, "missing ')'"):
		if strings.Count(text, "(") > strings.Count(text, ")") {
			return "the expression ends too early: a ( is not closed"
		}
		return "the expression ends too early"
	case strings.ContainsAny(found, "“”„‘’«»"):
		return straightQuotes
	case strings.HasPrefix(found, "=>"), strings.HasPrefix(found, "=<"):
		return "write >= for at least, and <= for at most"
	case found[0] == '=':
		return "one = compares nothing: write =="
	case found == "$" || found == "€" || found == "£" || found == "," && isNumber(before):
		return exactAmount
	case found == ")":
		return "the expression cannot be read: this ) closes nothing"
	}
	return fmt.Sprintf("the expression cannot be read: %q is not expected here", found)
}

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

var (
	numberWithComma = regexp.MustCompile(`=\s*[$€£]?\s*\d[\d\s]*[,\d]`)
	dayInWords      = regexp.MustCompile(`=\s*(\d{1,2}[\s/.-]|\d{4}-\d-|\d{4}-\d\d-\d\b|\d{4}/|\p{L}+\s+\d{1,2},?\s+\d{4})`)
	bareText        = regexp.MustCompile(`=\s*\p{L}`)
)

// tomlWords rewrites what the parser of TOML says, with the line that it stumbled over.
func tomlWords(message, line string, column int) string {
	runes := []rune(line)
	rest := string(runes[min(max(column-1, 0), len(runes)):])
	key, value, assigned := strings.Cut(line, "=")
	value = strings.TrimSpace(value)
	switch {
	case strings.Contains(message, "invalid UTF-8"):
		return "this letter is not UTF-8: save the file as UTF-8"
	case strings.ContainsAny(rest, "“”„‘’«»") && strings.Contains(message, "unexpected character"):
		return straightQuotes
	case strings.Contains(message, "cannot have new lines"):
		return "a text that begins on this line is not closed on it: the same quotation mark must end it, or three of them around a longer text"
	case strings.HasPrefix(message, "expected ']") || strings.Contains(message, "to close array table name") || strings.Contains(message, "to close table name"):
		return "a heading ends with as many brackets as it begins with, such as [[guardrail]] or [limits]"
	case strings.HasPrefix(message, "expected '='"):
		return "after a name of one word comes =, such as version = \"1\""
	case strings.Contains(message, "is already defined"):
		return message + ": a name stands once under its heading"
	case !assigned:
		return message
	case strings.HasPrefix(message, "impossible date"):
		return "there is no such day in the calendar"
	case dayInWords.MatchString(line):
		return isoDate
	case numberWithComma.MatchString(line):
		return "an amount stands in quotes, without sign, spaces and commas, such as \"10000.00\""
	case strings.HasPrefix(message, "expected newline") && strings.HasPrefix(value, `"`):
		return "the text ended before this: a text with \" in it stands between ' and ', such as when = 'line.commodity == \"goods\"'"
	case bareText.MatchString(line):
		return fmt.Sprintf("text stands in quotes: %s = '%s'", strings.TrimSpace(key), value)
	}
	return message
}

// listWords names what may stand in a list that has a fixed choice.
func listWords(words []string) string {
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// neverHeld explains a comparison with a word that a field of fixed choice cannot hold: it would never be true, and the
// guardrail never trip.
func neverHeld(name, word string, codes []string) string {
	return fmt.Sprintf("%s is never %q: it is %s%s", name, word, listWords(codes), meant(word, codes))
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
