package rules

import (
	"strings"
	"unicode/utf8"

	"handrail/internal/request"
)

// list is a [[list]] of a policy, ready for lookups.
type list struct {
	name  string
	as    string // "text", "supplier", "host"
	near  int    // from 0 to 100, how alike a near match must be
	known map[string]bool
	forms []listForm // the same entries, for near matches

	entries []string // as they were written, each once
}

// A listForm is the form of an entry, and how many letters it has.
type listForm struct {
	text    string
	letters int
}

// maxListRows bounds a list.
const maxListRows = 200_000

// maxNearRows bounds a list that is searched for near matches, for that looks at every entry.
const maxNearRows = 5_000

func newList(name, as string, near int, entries []string) *list {
	l := &list{name: name, as: as, near: near, known: make(map[string]bool, len(entries))}
	for _, e := range entries {
		form := l.form(e)
		if form == "" || l.known[form] {
			continue
		}
		l.known[form] = true
		l.forms = append(l.forms, listForm{form, utf8.RuneCountInString(form)})
		l.entries = append(l.entries, e)
	}
	return l
}

// form is what entries and questions are compared by.
func (l *list) form(s string) string {
	switch l.as {
	case "supplier":
		return request.SupplierName(s)
	case "host":
		return strings.TrimPrefix(strings.ToLower(strings.Trim(strings.TrimSpace(s), ".")), "*.")
	}
	return request.CompareForm(s)
}

// has reports whether s stands on the list; a host also when it lies under an entry.
func (l *list) has(s string) bool {
	form := l.form(s)
	if l.known[form] {
		return true
	}
	if l.as != "host" {
		return false
	}
	for {
		_, parent, ok := strings.Cut(form, ".")
		if !ok {
			return false
		}
		if form = parent; l.known[form] {
			return true
		}
	}
}

// nearly reports whether s, or something as alike as the list asks for, stands on it.
func (l *list) nearly(s string) bool {
	if l.has(s) {
		return true
	}
	form := l.form(s)
	letters := utf8.RuneCountInString(form)
	if letters == 0 || letters > 200 {
		return false
	}
	for _, e := range l.forms {
		// Texts of very different length cannot be alike: look at the lengths before the letters.
		if shorter, longer := min(e.letters, letters), max(e.letters, letters); 100*shorter < l.near*longer {
			continue
		}
		if nameLikeness(form, e.text) >= l.near {
			return true
		}
	}
	return false
}

// column finds the entries in the rows of a table: the column with the header, or the first one when none is named. With
// a header asked for, the first row must have it.
func column(rows [][]string, header string) ([]string, error) {
	if len(rows) > maxListRows {
		return nil, wordsError(inBoth("has %d rows, more than the %d a list may have", "compte %d lignes, plus que les %d permises à une liste", len(rows), maxListRows))
	}
	at, from := 0, 0
	if header != "" {
		at = -1
		if len(rows) > 0 {
			want := request.CompareForm(header)
			for i, h := range rows[0] {
				if request.CompareForm(h) == want {
					at = i
				}
			}
		}
		if at < 0 {
			return nil, wordsError(inBoth("has no column %q in its first row; the first row has %s", "n’a pas de colonne %q à sa première ligne; elle contient %s", header, headersOf(rows)))
		}
		from = 1
	}
	var entries []string
	for _, row := range rows[from:] {
		if at < len(row) && strings.TrimSpace(row[at]) != "" {
			entries = append(entries, row[at])
		}
	}
	if len(entries) == 0 {
		return nil, wordsError(inBoth("has no entries: write one a line", "n’a aucune entrée : écrivez-en une par ligne"))
	}
	return entries, nil
}

// canonicalAddress is the mailbox that an address, or what an alias of the policy stands for, goes to.
func (p *Policy) canonicalAddress(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, a := range []string{s, request.Mailbox(s)} {
		if main, ok := p.aliases[a]; ok {
			return request.Mailbox(main)
		}
	}
	return request.Mailbox(s)
}

// headersOf names what stands in the first row.
func headersOf(rows [][]string) string {
	if len(rows) == 0 {
		return "—"
	}
	return oneLine(strings.Join(rows[0][:min(len(rows[0]), 8)], ", "))
}
