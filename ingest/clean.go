package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanLine makes text from a stranger safe to show on one line: control, bidirectional, invisible and private-use
// characters go, every kind of space and line break becomes one space, and what is not UTF-8 becomes U+FFFD.
func CleanLine(s string) string {
	var b strings.Builder
	space := false
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case !showable(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// showable reports whether a character stands for itself on a page. Format characters (Cf) hold the bidirectional
// overrides, the zero-width ones and the soft hyphen.
func showable(r rune) bool {
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// maxName is the most characters kept of an attachment's name: what a mail program shows, and more.
const maxName = 120

// CleanName makes an attachment's name safe to show: its last element only, cleaned as CleanLine does. It is never a
// path; attachments are kept by their hash.
func CleanName(s string) string {
	s = CleanLine(s[:min(len(s), maxSubject)])
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Trim(s, " .")
	if utf8.RuneCountInString(s) <= maxName {
		return s
	}
	// The end holds the extension, which people look at.
	runes := []rune(s)
	const tail = 20
	return string(runes[:maxName-tail-1]) + "…" + string(runes[len(runes)-tail:])
}

// Clip keeps the first n characters.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
