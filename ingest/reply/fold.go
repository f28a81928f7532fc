package reply

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes text comparable as docs/design.md#commands-in-mail says: case, accents and kinds of spaces do not count, nor kinds of dashes
// and apostrophes.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(strings.ReplaceAll(s, "\u00a0", " ")) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		switch r {
		case '\u2019', '\u2018', '\u02bc', '\u00b4', '`':
			r = '\''
		case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212':
			r = '-'
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// tricky reports whether a line holds characters that make it look like something else: bidirectional controls,
// zero-width characters within the text, or letters of several alphabets that look alike. A decision that holds one
// is asked back.
func tricky(line string) bool {
	line = strings.Trim(line, "\ufeff\u200b \t\u00a0")
	latin, other := false, false
	for _, r := range line {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Co) || unicode.IsControl(r) && r != '\t':
			return true
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.IsLetter(r) && !unicode.Is(unicode.Common, r):
			other = true
		}
	}
	return latin && other
}
