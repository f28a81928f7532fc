package templates

import (
	"bytes"
	htmltemplate "html/template"
	"strings"
)

// layoutFuncs is what both layouts may call.
var layoutFuncs = map[string]any{
	// mso passes a conditional comment for Outlook, which html/template would delete.
	"mso":        func(body string) htmltemplate.HTML { return htmltemplate.HTML("<!--[if mso]>" + body + "<![endif]-->") },
	"notmso":     func() htmltemplate.HTML { return "<!--[if !mso]><!-->" },
	"endnotmso":  func() htmltemplate.HTML { return "<!--<![endif]-->" },
	"paragraphs": func(s string) []string { return strings.Split(s, "\n\n") },
	"wrap":       wrap,
	"rule":       func(s, mark string) string { return strings.Repeat(mark, min(width(s), lineWidth)) },
	"breakable":  breakable,
	"inc":        func(i int) int { return i + 1 },
	"upper":      strings.ToUpper,
}

// breakable lets a long address break where a reader would, and not in the middle of a word.
func breakable(s string) htmltemplate.HTML {
	return htmltemplate.HTML(strings.ReplaceAll(htmltemplate.HTMLEscapeString(s), "@", "@<wbr>"))
}

// HTML writes the page with the HTML layout. Every value is escaped for the place where it stands.
func (s *Set) HTML(b *bytes.Buffer, p *Page) error {
	b.Grow(16<<10 + 2<<10*p.cards())
	return s.html.Execute(b, p)
}

// Text writes the page with the plain text layout.
func (s *Set) Text(b *bytes.Buffer, p *Page) error {
	b.Grow(4<<10 + 256*p.cards())
	return s.text.Execute(b, p)
}
