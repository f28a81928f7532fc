package notify

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"handrail/internal/request"
)

// maxSubject is how many characters of a subject are kept; mail programs show about 70.
const maxSubject = 150

// cleanLine makes one harmless line of foreign text: control characters, line breaks and tabs become spaces, invisible
// and direction-changing characters go, bytes that are not UTF-8 become U+FFFD.
func cleanLine(s string) string {
	if isPlainLine(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r == ' ' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			space = true
			continue
		case invisible(r):
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// isPlainLine is the quick test for what needs no cleaning: most text.
func isPlainLine(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c == 0x7f || c >= utf8.RuneSelf {
			return false
		}
		if c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// invisible reports characters that change how the text around them reads without being seen: direction overrides and
// isolates, zero-width characters, tags, byte order marks, soft hyphens, surrogates and noncharacters.
func invisible(r rune) bool {
	switch {
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u115f', r == '\u1160', r == '\u180e', r == '\u3164', r == '\uffa0', r == '\ufeff':
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb:
		return true
	case r >= 0xe0000 && r <= 0xe0fff, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return true
	}
	return false
}

// cleanLines keeps the line breaks of foreign text, at most limit lines of it.
func cleanLines(s string, limit int) []string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		if len(lines) == limit {
			return append(lines, "…")
		}
		lines = append(lines, clip(cleanLine(line), maxSentence))
	}
	return lines
}

// clip shortens s to n characters, the last of them an ellipsis.
func clip(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := 0
	for i := range s {
		if runes == n-1 {
			return strings.TrimRight(s[:i], " \u00a0") + "…"
		}
		runes++
	}
	return s
}

func cleanText(t request.Text) request.Text {
	return request.Text{EN: cleanLine(t.EN), FR: cleanLine(t.FR)}
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isDomain(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return s[0] != '.' && s[len(s)-1] != '.'
}

func quoteForError(s string) string { return strconv.Quote(clip(s, 80)) }
