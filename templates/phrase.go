package templates

import (
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
)

// phrase is one piece of wording: fixed text, or a template when it has values in it.
type phrase struct {
	fixed string
	tmpl  *template.Template
	where string // file:line:column, for errors
}

// wordingFuncs is what wording may call: plural words, which no value can carry.
var wordingFuncs = template.FuncMap{
	// n 3 "line" "lines" is "3 lines"; in French 0 and 1 are singular, so wording names both forms.
	"one": func(n int, singular, plural string) string {
		if n == 1 {
			return singular
		}
		return plural
	},
	"un": func(n int, singular, plural string) string {
		if n < 2 {
			return singular
		}
		return plural
	},
}

// Say fills a phrase, "answer.subject", in a language ("en" or "fr") with data. White space is tidied: line breaks
// inside a paragraph become spaces, blank lines stay as paragraph breaks. It errs when there is no such phrase or when
// the phrase asks for a value that the mail does not have, naming file and line.
func (s *Set) Say(lang, name string, data any) (string, error) {
	p, ok := s.languages[lang][name]
	if !ok {
		return "", fmt.Errorf("the wording has no phrase %q in language %q", name, lang)
	}
	if p.tmpl == nil {
		return p.fixed, nil
	}
	var b strings.Builder
	if err := p.tmpl.Execute(&b, data); err != nil {
		return "", err
	}
	return tidy(b.String()), nil
}

// Has reports whether there is a phrase of this name in the language.
func (s *Set) Has(lang, name string) bool {
	_, ok := s.languages[lang][name]
	return ok
}

// fixedText is the text of a tree that holds nothing but text.
func fixedText(list *parse.ListNode) (string, bool) {
	var b strings.Builder
	for _, n := range list.Nodes {
		t, ok := n.(*parse.TextNode)
		if !ok {
			return "", false
		}
		b.Write(t.Text)
	}
	return b.String(), true
}

// tidy folds the line breaks and blanks of wording. No-break spaces are content and stay.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if !strings.ContainsAny(s, "\n\t") && !strings.Contains(s, "  ") {
		return strings.Trim(s, " ")
	}
	var b strings.Builder
	b.Grow(len(s))
	space, breaks := false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t':
			space = true
		case '\n':
			space = true
			breaks++
		default:
			if b.Len() > 0 {
				if breaks > 1 {
					b.WriteString("\n\n")
				} else if space {
					b.WriteByte(' ')
				}
			}
			space, breaks = false, 0
			b.WriteByte(c)
		}
	}
	return b.String()
}
