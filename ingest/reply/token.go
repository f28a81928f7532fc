package reply

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"handrail/internal/request"
)

// tokenKind is what a token is.
type tokenKind int

const (
	word      tokenKind = iota
	number              // digits of a line's number
	reference           // HR-2026-000123-04
	mark                // one character that is neither
)

// token is a word, a number or a mark of a line.
type token struct {
	kind       tokenKind
	text       string // folded
	start, end int    // bytes of the line
	n          int    // of a number
	ref        request.Reference
	spaced     bool // nothing but space, or nothing at all, stands before it
}

// is reports whether the token is one of these words or marks.
func (t *token) is(texts ...string) bool {
	for _, s := range texts {
		if t.text == s && t.kind != number && t.kind != reference {
			return true
		}
	}
	return false
}

// tokensOf takes a line apart. Pictures that say yes or no become those words, other pictures nothing.
func tokensOf(line string) []token {
	var all []token
	spaced := true
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff':
			spaced = true
			i += size
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			n := wordLength(line[i:])
			all = append(all, wordToken(line[i:i+n], i, spaced))
			i += n
		case isPicture(r):
			if says := pictures[r]; says != "" {
				all = append(all, token{kind: word, text: says, start: i, end: i + size, spaced: true})
			}
			spaced = true
			i += size
			continue
		default:
			all = append(all, token{kind: mark, text: fold(string(r)), start: i, end: i + size, spaced: spaced})
			i += size
		}
		spaced = false
	}
	return all
}

// wordLength is how many bytes of the text are its first word. Apostrophes, hyphens and the points of an amount belong to
// it between letters and digits, and so do the endings "(e)(s)" and ".e.s".
func wordLength(s string) int {
	i, last := 0, rune(0)
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+size:])
		inside := false
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			inside = true
		case strings.ContainsRune("'’ʼ‘`´", r):
			inside = unicode.IsLetter(last) && unicode.IsLetter(next)
		case strings.ContainsRune("-‐‑", r):
			// "1-3" is a range, "allez-y" a word, and so is HR-2026-000123-04.
			inside = unicode.IsLetter(last) && unicode.IsLetter(next) || startsReference(s[:i]) && unicode.IsDigit(next)
		case r == '.':
			inside = unicode.IsDigit(last) && unicode.IsDigit(next)
		}
		if !inside {
			break
		}
		last = r
		i += size
	}
	for _, ending := range []string{"(e)", "(é)", "(es)", "(e)s", "(s)", "·e", "·s", ".e.s", "•e", "•s", "-e-s"} {
		if len(s)-i >= len(ending) && strings.EqualFold(s[i:i+len(ending)], ending) && unicode.IsLetter(last) {
			rest := s[i+len(ending):]
			if next, _ := utf8.DecodeRuneInString(rest); !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				i += len(ending)
			}
		}
	}
	return i
}

func startsReference(s string) bool {
	return len(s) < 24 && len(s) >= 2 && strings.EqualFold(s[:2], "hr")
}

// wordToken makes a token of a word.
func wordToken(s string, at int, spaced bool) token {
	t := token{kind: word, text: fold(s), start: at, end: at + len(s), spaced: spaced}
	if i := strings.IndexAny(t.text, "(·•"); i > 0 {
		t.text = t.text[:i]
	}
	for _, ending := range []string{".e.s", "-e-s"} {
		t.text = strings.TrimSuffix(t.text, ending)
	}
	if ref, ok := request.ParseReference(strings.ToUpper(t.text)); ok && ref.Line > 0 {
		t.kind, t.ref = reference, ref
		return t
	}
	if strings.Trim(t.text, "0123456789") == "" && t.text[0] != '0' && len(t.text) <= 5 {
		t.kind = number
		t.n, _ = strconv.Atoi(t.text)
	}
	return t
}

// pictures are those that say something; every other picture decorates.
var pictures = map[rune]string{
	'✅': "yes", '☑': "yes", '✔': "yes", '✓': "yes", '👍': "yes", '👌': "yes", '🆗': "yes",
	'❌': "no", '✖': "no", '✗': "no", '✘': "no", '❎': "no", '👎': "no", '🚫': "no", '⛔': "no", '🛑': "no", '❓': "?", '❔': "?", '⏳': "wait", '⌛': "wait", '⏸': "wait", '🤔': "?", '🙄': "?", '😒': "?", '😕': "?", '🤨': "?", '😬': "?", '🤷': "?", '😡': "?", '😠': "?", '😂': "?", '🤣': "?", '😜': "?", '🙃': "?",
}

// isPicture reports whether a character is an emoji or what belongs to one.
func isPicture(r rune) bool {
	switch {
	case r == '\u200d' || r == '\ufe0f' || r == '\ufe0e' || r == '\u20e3':
		return true
	case r >= 0x1F000 && r <= 0x1FAFF, r >= 0x2600 && r <= 0x27BF, r >= 0x2B00 && r <= 0x2BFF, r >= 0x23E9 && r <= 0x23FF, r == 0x231B, r == 0x231A:
		return true
	}
	return false
}

// withoutPictures drops emoji, so that what joins them is not taken for a hidden character.
func withoutPictures(line string) string {
	picture := false
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200d' || r == '\ufe0f' || r == '\ufe0e' || r == '\u20e3':
			if picture {
				return -1
			}
			return r
		case isPicture(r):
			picture = true
			return -1
		}
		picture = false
		return r
	}, line)
}
