package templates

import (
	"strings"
	"unicode/utf8"
)

// lineWidth is how wide plain text runs: the 76 columns that every terminal and mail program shows unbroken.
const lineWidth = 76

func width(s string) int { return utf8.RuneCountInString(s) }

// fits is true for most of what is wrapped: one line that needs no fold and no tidying.
func fits(first, s string) bool {
	return s != "" && len(first)+len(s) <= lineWidth && s[0] != ' ' && s[len(s)-1] != ' ' && !strings.Contains(s, "  ") && !strings.Contains(s, "\n")
}

// wrap folds s into lines that begin with first, and from the second on with rest. Only plain spaces break; a no-break
// space or a long address stays whole. Paragraphs ("\n\n") and lines ("\n") stay apart.
func wrap(first, rest, s string) string {
	if fits(first, s) {
		return first + s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/20 + 2*len(first))
	prefix := first
	for i, paragraph := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if paragraph == "" {
			continue
		}
		column := 0
		for word := range strings.SplitSeq(paragraph, " ") {
			if word == "" {
				continue
			}
			w := width(word)
			switch {
			case column == 0:
				b.WriteString(prefix)
				column = width(prefix)
			case column+1+w > lineWidth:
				b.WriteByte('\n')
				b.WriteString(rest)
				column = width(rest)
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += w
			prefix = rest
		}
	}
	return b.String()
}
