// Package templates owns how mails look and what they say: the wording in English and French, and the two layouts, HTML
// and plain text. All of it is embedded, and each file can be overridden by one of the same name in a directory. It
// refuses to know what a request is, where values come from and how a mail is sent: it gets plain strings and gives
// plain strings.
package templates

import (
	"embed"
	htmltemplate "html/template"
	texttemplate "text/template"
)

//go:embed layout.html layout.txt en/*.txt fr/*.txt
var embedded embed.FS

// The two layouts; every other file is wording, one file for each mail and language.
const (
	htmlLayout = "layout.html"
	textLayout = "layout.txt"
)

// Set is one complete set of wording and layouts. It does not change after Load and may be used by many goroutines.
type Set struct {
	languages map[string]map[string]phrase // "en" -> "answer.subject" -> phrase
	html      *htmltemplate.Template
	text      *texttemplate.Template
	hash      string
	overrides []string
}

// Hash is "sha256:…" over every file in force, embedded or overridden, so that the ledger can say with which wording
// a mail was written.
func (s *Set) Hash() string { return s.hash }

// Overrides names the files that a directory supplied, in order.
func (s *Set) Overrides() []string { return append([]string(nil), s.overrides...) }

// Names lists the files that can be overridden, in order, with slashes.
func Names() []string { return append([]string(nil), embeddedNames...) }

// Source is the embedded text of one of Names, the place to start an override from; ok is false for another name.
func Source(name string) (text string, ok bool) {
	b, err := embedded.ReadFile(name)
	return string(b), err == nil
}
