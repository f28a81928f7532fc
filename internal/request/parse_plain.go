package request

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is s without the characters that nobody sees and that change nothing: soft hyphens, zero-width spaces and joiners,
// byte order marks. Spreadsheets and web pages leave them in what people copy.
func Visible(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			if strings.ContainsFunc(s[i:], isUnseen) {
				return strings.Map(func(r rune) rune {
					if isUnseen(r) {
						return -1
					}
					return r
				}, s)
			}
			return s
		}
	}
	return s
}

func isUnseen(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff':
		return true
	}
	return false
}

// PlainCode is a code, an address, a day or a number as a keyboard writes it: with plain hyphens and spaces, plain digits, and without what
// nobody sees. Word processors put a no-break hyphen or a dash where somebody typed a hyphen.
func PlainCode(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(plainRune, s)
		}
	}
	return s
}

func plainRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case isUnseen(r):
		return -1
	case r >= '\u2010' && r <= '\u2015', r == '\u2212', r == '\ufe63', r == '\uff0d':
		return '-'
	case r >= '\uff10' && r <= '\uff19':
		return r - '\uff10' + '0'
	case r == '\uff0e', r == '\uff0c', r == '\uff0f', r == '\uff20', r == '\uff1a':
		return r - 0xfee0
	case r == '\u2019', r == '\u2018', r == '\u02bc':
		return '\''
	case unicode.Is(unicode.Zs, r):
		return ' '
	}
	return r
}

// plainSpaces makes every kind of space a plain one.
func plainSpaces(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || s[i] < ' ' {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return ' '
				}
				return r
			}, s)
		}
	}
	return s
}
