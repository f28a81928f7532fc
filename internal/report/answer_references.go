package report

import (
	"regexp"
	"slices"
	"strings"
)

// writtenLine finds the number of a line as people copy it: with any dashes, spaces or words between its parts, and without
// the zeros that it is printed with. The dashes may only be missing where all the zeros are there.
var (
	writtenLine = regexp.MustCompile(`^(?i)H ?R` + between + `*(20\d\d)(?:` + between + `+(\d{1,6})(?:` + between + `+|` + between + `*(?:line|ligne)` + between + `*)(\d{1,4})|` + between + `*(\d{6})` + between + `*(\d{2,4}))(?:\D|$)`)
	// withoutLetters is a line's number without HR, as it is printed otherwise.
	withoutLetters = regexp.MustCompile(`^(20\d\d)-(\d{6})-(\d{2,4})(?:\D|$)`)
	// requestAlone is the number of a request.
	requestAlone = regexp.MustCompile(`^(?i)H ?R` + between + `*20\d\d` + between + `*\d{1,6}(?:\D|$)`)
	// furtherLine continues a list within the same request: ", -05", " and 05", "et la ligne 5".
	furtherLine = regexp.MustCompile(`^-? ?(?:line |ligne |la ligne )?(\d{1,4})(?:[^\d.,]|[.,](?:\D|$)|$)`)
	listed      = regexp.MustCompile(`^(?i)[ \n]*(?:[,;&+\n]|and\b|et\b|plus\b)[ \n]*(?:(?:and|et|plus|&)\b[ \n]*)?(?:(?:line|ligne|la ligne|and line|et ligne)[ \n]+)?`)
	anyLine     = regexp.MustCompile(`(?i)\bH ?R` + between + `*20\d\d` + between + `*\d`)
)

const between = `[ \n.,/#:_‐‑‒–—−-]`

// readReferences reads the numbers of lines that a text begins with, and what stands behind them. kind is Unread when it
// begins with none, WhichLine when with a request's.
func readReferences(s string) (list []string, rest string, kind AnswerKind) {
	year, number, line, n := oneReference(s)
	if n == 0 {
		if requestAlone.MatchString(s) {
			return nil, s, WhichLine
		}
		return nil, s, Unread
	}
	for {
		if name := "HR-" + year + "-" + padded(number, 6) + "-" + padded(line, 2); !slices.Contains(list, name) {
			list = append(list, name)
		}
		s = s[n:]
		sep := listed.FindString(s)
		if sep == "" {
			return list, s, BelongsTo
		}
		after := s[len(sep):]
		if y, no, l, m := oneReference(after); m > 0 {
			year, number, line, n = y, no, l, len(sep)+m
			continue
		}
		if m := furtherLine.FindStringSubmatchIndex(after); m != nil {
			line, n = strings.TrimLeft(after[m[2]:m[3]], "0"), len(sep)+m[3]
			if line == "" {
				return nil, s, Unread
			}
			continue
		}
		if requestAlone.MatchString(after) {
			return nil, s, WhichLine
		}
		return list, s, BelongsTo
	}
}

// oneReference reads the number that a text begins with, without the zeros before its parts; n is how long it is, 0 none.
func oneReference(s string) (year, number, line string, n int) {
	m := writtenLine.FindStringSubmatchIndex(s)
	parts := []int{1, 2, 3}
	switch {
	case m != nil && m[8] >= 0:
		parts = []int{1, 4, 5}
	case m == nil:
		m = withoutLetters.FindStringSubmatchIndex(s)
	}
	if m == nil {
		return "", "", "", 0
	}
	part := func(i int) string { return s[m[2*i]:m[2*i+1]] }
	year, number, line = part(parts[0]), strings.TrimLeft(part(parts[1]), "0"), strings.TrimLeft(part(parts[2]), "0")
	if number == "" || line == "" {
		return "", "", "", 0
	}
	return year, number, line, m[2*parts[2]+1]
}

// mentions are the lines that a text names, wherever they stand in it: the first few.
func mentions(s string) (list []string) {
	s = tidy(s)
	const most = 3
	for _, at := range anyLine.FindAllStringIndex(s, -1) {
		named, _, kind := readReferences(s[at[0]:])
		for _, name := range named {
			if kind == BelongsTo && len(list) < most && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// padded puts zeros before a number.
func padded(number string, to int) string {
	return strings.Repeat("0", max(0, to-len(number))) + number
}

// namesLine reports whether a text names a line or a request anywhere.
func namesLine(s string) bool { return anyLine.MatchString(tidy(s)) }
