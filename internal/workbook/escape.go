package workbook

import "unicode/utf8"

// mostCellChars is how much text Excel lets a cell hold.
const mostCellChars = 32_767

// appendEscaped appends s as XML text or as the inside of an attribute. Characters that XML cannot hold are written in
// Excel's _xHHHH_ form, and text that only looks like that form is protected from being read as it.
func appendEscaped(dst []byte, s string) []byte {
	n := 0
	for i := 0; i < len(s) && n < mostCellChars; n++ {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '&':
				dst = append(dst, "&amp;"...)
			case c == '<':
				dst = append(dst, "&lt;"...)
			case c == '>':
				dst = append(dst, "&gt;"...)
			case c == '"':
				dst = append(dst, "&quot;"...)
			case c == '\n' || c == '\t' || c >= ' ' && c != '_':
				dst = append(dst, c)
			case c == '_':
				if _, looks := escapeAt([]byte(s[i:min(len(s), i+7)])); looks {
					dst = append(dst, "_x005F"...)
				}
				dst = append(dst, '_')
			default:
				const hex = "0123456789ABCDEF"
				dst = append(dst, '_', 'x', '0', '0', hex[c>>4], hex[c&15], '_')
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == 0xfffe || r == 0xffff {
			r = utf8.RuneError
		}
		if r > 0xffff {
			n++ // Excel counts in UTF-16
		}
		dst = utf8.AppendRune(dst, r)
		i += size
	}
	return dst
}

func escaped(s string) string { return string(appendEscaped(nil, s)) }

// couldBeFormula reports whether a text would become a formula if somebody retyped it or exported it as CSV. Its cell
// is marked as text that was typed with a leading apostrophe.
func couldBeFormula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	}
	return false
}
