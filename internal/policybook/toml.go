package policybook

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A text is a TOML text with the bytes of everything in it, so that a change is a splice. It is read only after the TOML library
// has accepted the same bytes, so the scanner need not be strict.
type text struct {
	raw      []byte
	sections []*section // in the order of the text; the first one is the top of the file, without a heading
}

// section is what stands under one heading.
type section struct {
	path    []string
	array   bool
	start   int // of the comment lines right above the heading, or of the heading
	heading int
	end     int // after the line of its last key
	keys    []*entry
	subs    []*section // of an array: the sections [[x.y]] and [x.y] that belong to it
}

// entry is a key with its value.
type entry struct {
	path       []string
	start, end int // of its lines, the line ending and a comment behind the value included
	equals     int // column of the = in its line, in bytes
	value      *val
}

// val is a value; of a text str is what it means, of any other scalar what is written.
type val struct {
	kind       byte // 's' text, 'd' date, 'b' true or false, 'n' other scalars, 'a' list, 't' table in braces
	start, end int
	str        string
	items      []*val
	keys       []string
}

// parseText reads a TOML text.
func parseText(raw []byte) (*text, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	var ignored map[string]any
	if err := toml.Unmarshal(raw, &ignored); err != nil {
		return nil, err
	}
	s := &scanner{raw: raw}
	t := &text{raw: raw}
	here := &section{}
	t.sections = append(t.sections, here)
	comments := -1 // where the comment lines right above begin
	for s.at < len(raw) {
		line := s.at
		s.spaces()
		switch {
		case s.at >= len(raw):
		case raw[s.at] == '\n' || raw[s.at] == '\r':
			comments = -1
			s.line()
		case raw[s.at] == '#':
			if comments < 0 {
				comments = line
			}
			s.line()
		case raw[s.at] == '[':
			array := bytes.HasPrefix(raw[s.at:], []byte("[["))
			heading := line
			s.at++
			if array {
				s.at++
			}
			path := s.key()
			here = &section{path: path, array: array, heading: heading, start: heading}
			if comments >= 0 {
				here.start = comments
			}
			s.line()
			here.end = s.at
			t.sections = append(t.sections, here)
			comments = -1
		default:
			e := &entry{start: line}
			if comments >= 0 && len(here.keys) > 0 {
				e.start = comments
			}
			e.path = s.key()
			e.equals = s.at - line
			s.at++ // =
			s.spaces()
			e.value = s.value()
			s.line()
			e.end = s.at
			here.keys = append(here.keys, e)
			here.end = s.at
			comments = -1
		}
	}
	return t, nil
}

// all are the sections of [[name]], each with those under it.
func (t *text) all(name string) []*section {
	var found []*section
	for _, s := range t.sections {
		switch {
		case s.array && len(s.path) == 1 && s.path[0] == name:
			s.subs = nil
			found = append(found, s)
		case len(s.path) > 1 && s.path[0] == name && len(found) > 0:
			last := found[len(found)-1]
			last.subs = append(last.subs, s)
		}
	}
	return found
}

// get is the value of a key, nil without one.
func (s *section) get(key string) *val {
	if e := s.entry(key); e != nil {
		return e.value
	}
	return nil
}

func (s *section) entry(key string) *entry {
	for _, e := range s.keys {
		if len(e.path) == 1 && e.path[0] == key {
			return e
		}
	}
	return nil
}

func (v *val) get(key string) *val {
	if v == nil {
		return nil
	}
	if i := slices.Index(v.keys, key); i >= 0 && v.kind == 't' {
		return v.items[i]
	}
	return nil
}

// text is what a value says in a cell.
func (v *val) text() string {
	if v == nil {
		return ""
	}
	return v.str
}

type scanner struct {
	raw []byte
	at  int
}

func (s *scanner) spaces() {
	for s.at < len(s.raw) && (s.raw[s.at] == ' ' || s.raw[s.at] == '\t') {
		s.at++
	}
}

// line goes to the beginning of the next line.
func (s *scanner) line() {
	if i := bytes.IndexByte(s.raw[s.at:], '\n'); i >= 0 {
		s.at += i + 1
	} else {
		s.at = len(s.raw)
	}
}

// gap passes what may stand between the values of a list.
func (s *scanner) gap() {
	for s.at < len(s.raw) {
		switch c := s.raw[s.at]; {
		case c == '#':
			s.line()
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.at++
		default:
			return
		}
	}
}

// key reads a key, dotted or not, and what stands between it and what follows.
func (s *scanner) key() (path []string) {
	for s.at < len(s.raw) {
		s.spaces()
		if s.at >= len(s.raw) {
			return path
		}
		switch c := s.raw[s.at]; c {
		case '"', '\'':
			v := s.value()
			path = append(path, v.str)
		default:
			from := s.at
			for s.at < len(s.raw) && strings.IndexByte("=.] \t\r\n", s.raw[s.at]) < 0 {
				s.at++
			}
			path = append(path, string(s.raw[from:s.at]))
		}
		s.spaces()
		if s.at >= len(s.raw) || s.raw[s.at] != '.' {
			return path
		}
		s.at++
	}
	return path
}

var datePattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func (s *scanner) value() *val {
	v := &val{start: s.at}
	if s.at >= len(s.raw) {
		v.end = s.at
		return v
	}
	switch c := s.raw[s.at]; c {
	case '"', '\'':
		v.kind = 's'
		s.quoted(c)
		v.end = s.at
		v.str = unquote(s.raw[v.start:v.end])
	case '[':
		v.kind = 'a'
		for s.at++; ; {
			s.gap()
			if s.at >= len(s.raw) || s.raw[s.at] == ']' {
				s.at++
				break
			}
			if s.raw[s.at] == ',' {
				s.at++
				continue
			}
			v.items = append(v.items, s.value())
		}
	case '{':
		v.kind = 't'
		for s.at++; ; {
			s.gap()
			if s.at >= len(s.raw) || s.raw[s.at] == '}' {
				s.at++
				break
			}
			if s.raw[s.at] == ',' {
				s.at++
				continue
			}
			key := s.key()
			s.at++ // =
			s.spaces()
			v.keys = append(v.keys, strings.Join(key, "."))
			v.items = append(v.items, s.value())
		}
	default:
		for s.at < len(s.raw) && strings.IndexByte(",]}#\r\n\t ", s.raw[s.at]) < 0 {
			s.at++
		}
		v.str = string(s.raw[v.start:s.at])
		switch {
		case datePattern.MatchString(v.str):
			v.kind = 'd'
		case v.str == "true" || v.str == "false":
			v.kind = 'b'
		default:
			v.kind = 'n'
		}
	}
	v.end = min(s.at, len(s.raw))
	return v
}

// quoted passes a text in quotes of any of the four kinds.
func (s *scanner) quoted(quote byte) {
	three := bytes.Repeat([]byte{quote}, 3)
	if bytes.HasPrefix(s.raw[s.at:], three) {
		for s.at += 3; s.at < len(s.raw); s.at++ {
			if s.raw[s.at] == '\\' && quote == '"' {
				s.at++
				continue
			}
			if bytes.HasPrefix(s.raw[s.at:], three) {
				s.at += 3
				for n := 0; n < 2 && s.at < len(s.raw) && s.raw[s.at] == quote; n++ {
					s.at++
				}
				return
			}
		}
		return
	}
	for s.at++; s.at < len(s.raw); s.at++ {
		switch {
		case s.raw[s.at] == '\\' && quote == '"':
			s.at++
		case s.raw[s.at] == quote:
			s.at++
			return
		}
	}
}

func unquote(raw []byte) string {
	if n := len(raw); n >= 2 && bytes.IndexByte(raw, '\\') < 0 && !bytes.HasPrefix(raw, []byte(`"""`)) && !bytes.HasPrefix(raw, []byte(`'''`)) {
		return string(raw[1 : n-1])
	}
	var one struct{ V string }
	if toml.Unmarshal(append([]byte("V = "), raw...), &one) != nil {
		return string(raw)
	}
	return one.V
}

// How an author writes values.

var barePattern = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func quoteKey(k string) string {
	if barePattern.MatchString(k) {
		return k
	}
	return quote(k)
}

// quote writes a text as an author does: in double quotes, and on several lines where it has some.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u00` + strconv.FormatInt(int64(r)+0x100, 16)[1:])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// quoteWhen writes an expression, which is full of double quotes.
func quoteWhen(s string) string {
	switch {
	case !strings.ContainsAny(s, "'\n\r\t"):
		return "'" + s + "'"
	case !strings.Contains(s, "'''") && !strings.HasSuffix(s, "'") && !strings.Contains(s, "\r"):
		return "'''\n" + s + "'''"
	}
	return quote(s)
}

func quoteList(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// change is a splice: raw[from:to] becomes with.
type change struct {
	from, to int
	with     string
}

// splice applies changes, which do not overlap. Those at one place are applied in their order.
func splice(raw []byte, changes []change) []byte {
	slices.SortStableFunc(changes, func(a, b change) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to
	})
	var out []byte
	at := 0
	for _, c := range changes {
		if c.from < at {
			c.from = at
		}
		out = append(append(out, raw[at:c.from]...), c.with...)
		at = max(at, c.to)
	}
	return append(out, raw[at:]...)
}

// pair is a key with its value as it is written.
type pair struct{ key, value string }

// block writes a heading with its keys, aligned as an author aligns them.
func block(heading string, pairs []pair) string {
	var b strings.Builder
	b.WriteString(heading + "\n")
	width := 0
	for _, p := range pairs {
		width = max(width, len(quoteKey(p.key)))
	}
	for _, p := range pairs {
		k := quoteKey(p.key)
		b.WriteString(k + strings.Repeat(" ", width-len(k)) + " = " + p.value + "\n")
	}
	return b.String()
}

// setKey is the change that gives a section's key another value; "" takes the key away. order are the keys as an author orders them.
func (t *text) setKey(s *section, key, value string, order []string) (change, bool) {
	e := s.entry(key)
	switch {
	case e != nil && value == "":
		return change{e.start, e.end, ""}, true
	case e != nil:
		return change{e.value.start, e.value.end, value}, string(t.raw[e.value.start:e.value.end]) != value
	case value == "":
		return change{}, false
	}
	// Behind the last key that comes before it in the order.
	at, equals := 0, 0
	rank := slices.Index(order, key)
	for _, other := range s.keys {
		if r := slices.Index(order, other.path[0]); at == 0 || r >= 0 && r < rank {
			at, equals = other.end, other.equals
		}
	}
	if len(s.keys) == 0 {
		line := bytes.IndexByte(t.raw[s.heading:], '\n')
		at = s.heading + line + 1
		if line < 0 || s.path == nil {
			at = s.end
		}
	} else if first := s.keys[0]; slices.Index(order, first.path[0]) > rank && rank >= 0 && at == first.end && slices.Index(order, first.path[0]) >= 0 {
		at = first.start
	}
	k := quoteKey(key)
	pad := ""
	if equals > len(k)+1 {
		pad = strings.Repeat(" ", equals-len(k)-1)
	}
	lead := ""
	if at > 0 && at == len(t.raw) && t.raw[at-1] != '\n' {
		lead = "\n"
	}
	return change{at, at, lead + k + pad + " = " + value + "\n"}, true
}
