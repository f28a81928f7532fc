package content

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// maxTokens bounds how much of a text is looked at: a few pages.
const maxTokens = 4000

// token is a word, a number or a sign of a text. Words are folded: case and accents do not count.
type token struct {
	word       string // "" for a number; one of $%/+~&=×-. for a sign, where . ends a sentence
	number     decimal.Decimal
	numeric    bool
	parted     bool // a comma, a bracket or a long dash stands behind it
	start, end int  // bytes of the text
}

// read takes a text apart. Apostrophes and hyphens part words: l’heure is two, as is set-up.
func read(text string) []token {
	var tokens []token
	for i := 0; i < len(text) && len(tokens) < maxTokens; {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case '0' <= r && r <= '9':
			end := numberEnd(text, i)
			t := token{numeric: true, start: i, end: end}
			if n, ok := number(text[i:end]); ok {
				t.number = n
			}
			tokens = append(tokens, t)
			i = end
			continue
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			end := i + size
			for end < len(text) {
				r, n := utf8.DecodeRuneInString(text[end:])
				if !unicode.IsLetter(r) && !unicode.IsMark(r) || '0' <= r && r <= '9' {
					break
				}
				end += n
			}
			if word := request.Fold(text[i:end]); word != "" {
				tokens = append(tokens, token{word: word, start: i, end: end})
			}
			i = end
			continue
		case strings.ContainsRune("$€£%/+~±&=×-–", r):
			sign := string(r)
			switch r {
			case '–':
				sign = "-"
			case '±':
				sign = "~"
			case '€', '£':
				sign = "$"
			}
			tokens = append(tokens, token{word: sign, start: i, end: i + size})
		case strings.ContainsRune(",()[]—", r):
			if n := len(tokens); n > 0 {
				tokens[n-1].parted = true
			}
		case strings.ContainsRune(".;!?\n:•", r):
			if n := len(tokens); n > 0 && tokens[n-1].word != "." && !(r == '.' && tokens[n-1].is(shortened...)) {
				tokens = append(tokens, token{word: ".", start: i, end: i + size})
			}
		}
		i += size
	}
	return tokens
}

// shortened are words behind which a full stop ends no sentence.
var shortened = []string{"max", "approx", "est", "incl", "excl", "env", "min", "ca", "no", "st", "inc"}

// numberEnd is where a number that begins at i ends: 3,500.00 and 3 500,00 are one.
func numberEnd(text string, i int) int {
	digits := func(at int) int {
		for at < len(text) && text[at] >= '0' && text[at] <= '9' {
			at++
		}
		return at
	}
	end := digits(i)
	for first := true; ; first = false {
		r, size := utf8.DecodeRuneInString(text[end:])
		next := digits(end + size)
		n := next - end - size
		grouped := n == 3 && (!first || end-i <= 3)
		switch {
		case (r == ',' || r == '.') && n > 0 && (grouped || n <= 2):
		case (r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\'') && grouped:
		default:
			return end
		}
		end = next
	}
}

// number reads digits with marks between them: a mark with two digits or one behind it at the end begins the cents.
func number(s string) (decimal.Decimal, bool) {
	whole, cents := s, ""
	if at := strings.LastIndexAny(s, ".,"); at >= 0 && len(s)-at-1 <= 2 {
		whole, cents = s[:at], s[at:]
		cents = "." + cents[1:]
	}
	whole = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, whole)
	if len(whole) > 12 {
		return decimal.Decimal{}, false
	}
	n, err := decimal.NewFromString(whole + cents)
	return n, err == nil
}

// counting are numbers written out, for how many months or hours there are.
var counting = map[string]int64{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
	"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12,
	"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
}

// count is the number that a token states, in digits or written out.
func (t token) count() (decimal.Decimal, bool) {
	if t.numeric {
		return t.number, true
	}
	n, ok := counting[t.word]
	return decimal.NewFromInt(n), ok
}

// is reports whether the token is one of some words.
func (t token) is(words ...string) bool { return !t.numeric && slices.Contains(words, t.word) }
