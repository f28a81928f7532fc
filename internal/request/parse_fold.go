package request

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold is s without what does not count when labels and choices are compared: case, accents, punctuation, symbols
// and spaces. Only lower-case letters and digits are left, so "Numéro d’entreprise :" is "numerodentreprise".
func Fold(s string) string { return string(AppendFold(nil, s)) }

// AppendFold is Fold into dst, for lookups that must not allocate.
func AppendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			letter, known := foldFrench(r)
			if !known {
				return appendFoldUnicode(dst, s[i:])
			}
			if letter != 0 {
				dst = append(dst, letter)
			}
			i += n - 1
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			dst = append(dst, c)
		case 'A' <= c && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		}
	}
	return dst
}

// foldFrench is what is left of a letter or mark that French forms are full of; 0 is nothing. Decomposing them one by one
// is ten times dearer.
func foldFrench(r rune) (letter byte, known bool) {
	switch r {
	case 'à', 'â', 'ä', 'À', 'Â', 'Ä':
		return 'a', true
	case 'ç', 'Ç':
		return 'c', true
	case 'é', 'è', 'ê', 'ë', 'É', 'È', 'Ê', 'Ë':
		return 'e', true
	case 'î', 'ï', 'Î', 'Ï':
		return 'i', true
	case 'ô', 'ö', 'Ô', 'Ö':
		return 'o', true
	case 'ù', 'û', 'ü', 'Ù', 'Û', 'Ü':
		return 'u', true
	case '\u00a0', '\u202f', '’', '‘', '“', '”', '«', '»', '–', '—', '…', '•':
		return 0, true
	}
	return 0, false
}

func appendFoldUnicode(dst []byte, s string) []byte {
	var it norm.Iter
	it.InitString(norm.NFKD, s)
	for !it.Done() {
		for part := it.Next(); len(part) > 0; {
			r, n := utf8.DecodeRune(part)
			part = part[n:]
			dst = appendFoldRune(dst, r)
		}
	}
	return dst
}

func appendFoldRune(dst []byte, r rune) []byte {
	switch r {
	case 'œ', 'Œ':
		return append(dst, "oe"...)
	case 'æ', 'Æ':
		return append(dst, "ae"...)
	case 'ß':
		return append(dst, "ss"...)
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return dst
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}
