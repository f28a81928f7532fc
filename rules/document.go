package rules

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a TOML text with the place of everything in it. go-toml itself reports only the first wrong type, and we
// want every mistake at once.
type document struct {
	file  string
	text  []byte
	lines []int // offset of each line's first byte
	root  *table
	last  placed
	found Mistakes // the slips that were repaired for reading on
}

// placed is the last place that was worked out: the next one on its line is counted from there.
type placed struct{ offset, line, column int }

// table is a TOML table; keys are in the order of the text.
type table struct {
	at      int // offset
	keys    []string
	entries map[string]*value
}

// value is the right side of a key, with where the key and the value stand.
type value struct {
	keyAt, at int // offsets
	kind      unstable.Kind
	text      string // of a string what it means, of other scalars what is written
	raw       []byte // of a string with its quotes
	table     *table
	array     []*value
}

// parseDocument reads a TOML text. A text that is not TOML has one mistake, the first, because nothing after it can be
// trusted. The error is Mistakes or the context's.
func parseDocument(ctx context.Context, file string, text []byte) (*document, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // which editors on Windows write
	d := newDocument(file, text)
	found, repaired, err := d.check(ctx)
	switch {
	case err != nil:
		return nil, err
	case repaired == nil && len(found) > 0:
		return nil, found
	case repaired != nil: // what is read on, so that the mistakes of meaning come with the slips
		d = newDocument(file, repaired)
		d.found = found
	}
	return d.build(ctx)
}

func newDocument(file string, text []byte) *document {
	d := &document{file: file, text: text, lines: []int{0}, root: newTable(0)}
	for i, c := range text {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	return d
}

// check says what is wrong with the text as TOML, and what was probably meant; nothing where it can be read as it is.
func (d *document) check(ctx context.Context) (found Mistakes, repaired []byte, err error) {
	// The library's own decoder knows every rule about keys given twice and tables opened again.
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if m := d.tooDeep(); m != nil {
		return Mistakes{*m}, nil, nil
	}
	if m := d.tooManyNames(); m != nil {
		return Mistakes{*m}, nil, nil
	}
	var ignored map[string]any
	wrong := toml.Unmarshal(d.text, &ignored)
	if wrong == nil && d.headingsInOrder() {
		return nil, nil, nil
	}
	found, repaired = d.slips(wrong)
	if repaired != nil {
		if m := newDocument(d.file, repaired).tooManyNames(); m != nil {
			return append(found, *m), nil, nil
		}
	}
	return found, repaired, nil
}

// headingsInOrder reports whether no heading stands in other brackets than it must.
func (d *document) headingsInOrder() bool {
	var p unstable.Parser
	p.Reset(d.text)
	for p.NextExpression() {
		node := p.Expression()
		if node.Kind != unstable.Table && node.Kind != unstable.ArrayTable {
			continue
		}
		var names []string
		for k := node.Key(); k.Next(); {
			names = append(names, string(k.Node().Data))
		}
		name := strings.Join(names, ".")
		if node.Kind == unstable.Table && slices.Contains(manyHeadings, name) || node.Kind == unstable.ArrayTable && slices.Contains(oneHeadings, name) {
			return false
		}
	}
	return true
}

// build reads a text that is TOML.
func (d *document) build(ctx context.Context) (*document, error) {
	var p unstable.Parser
	p.Reset(d.text)
	here := d.root
	for n := 0; p.NextExpression(); n++ {
		if n%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		node := p.Expression()
		switch node.Kind {
		case unstable.Table, unstable.ArrayTable:
			here = d.open(node)
		case unstable.KeyValue:
			d.put(here, node)
		}
	}
	if err := p.Error(); err != nil {
		return nil, Mistakes{d.parserWords(err)}
	}
	return d, nil
}

// mostNames bounds the names under one heading, and the headings: the library looks through all of them for each further one,
// which is to find names that are given twice.
const mostNames = 2000

// tooManyNames says where a text has more names than the library can be given, before it is.
func (d *document) tooManyNames() *Mistake {
	var p unstable.Parser
	p.Reset(d.text)
	headings, keys := map[string]bool{}, 0
	for p.NextExpression() {
		node := p.Expression()
		at := -1
		name := make([]byte, 0, 64)
		for k := node.Key(); k.Next(); {
			if at < 0 {
				at = int(k.Node().Raw.Offset)
			}
			name = append(append(name, k.Node().Data...), 0)
		}
		full := false
		switch node.Kind {
		case unstable.Table, unstable.ArrayTable:
			headings[string(name)], keys = true, 0
			full = len(headings) > mostNames
		case unstable.KeyValue:
			keys++
			full = keys > mostNames || longTable(node.Value())
		}
		if full {
			m := d.mistake(at, "", inBoth("over %d names stand under one heading here, or over %d headings in the text", "plus de %d noms figurent sous un même titre ici, ou plus de %d titres dans le texte", mostNames, mostNames))
			return &m
		}
	}
	return nil // what is wrong with the text otherwise, the library says
}

// longTable reports whether a value is, or holds, a table in braces with too many names.
func longTable(v *unstable.Node) bool {
	if v.Kind != unstable.Array && v.Kind != unstable.InlineTable {
		return false
	}
	n := 0
	for items := v.Children(); items.Next(); {
		item := items.Node()
		if item.Kind == unstable.KeyValue {
			n++
			item = item.Value()
		}
		if longTable(item) {
			return true
		}
	}
	return v.Kind == unstable.InlineTable && n > mostNames
}

func newTable(at int) *table { return &table{at: at, entries: map[string]*value{}} }

func (t *table) set(key string, v *value) {
	if _, ok := t.entries[key]; !ok {
		t.keys = append(t.keys, key)
	}
	t.entries[key] = v
}

// open finds or makes the table of a [header] or [[header]].
func (d *document) open(node *unstable.Node) *table {
	t, at := d.root, -1
	keys := node.Key()
	for keys.Next() {
		k := keys.Node()
		name := string(k.Data)
		if at < 0 {
			at = int(k.Raw.Offset)
		}
		v := t.entries[name]
		last := keys.IsLast()
		if v == nil {
			v = &value{keyAt: at, at: at, kind: unstable.InlineTable}
			if last && node.Kind == unstable.ArrayTable {
				v.kind = unstable.Array
			} else {
				v.table = newTable(at)
			}
			t.set(name, v)
		}
		if v.kind == unstable.Array {
			if last {
				v.array = append(v.array, &value{keyAt: at, at: at, kind: unstable.InlineTable, table: newTable(at)})
			}
			t = v.array[len(v.array)-1].table
			continue
		}
		t = v.table
	}
	return t
}

// put sets a key, dotted or not, in t.
func (d *document) put(t *table, node *unstable.Node) {
	keys := node.Key()
	for keys.Next() {
		k := keys.Node()
		name, at := string(k.Data), int(k.Raw.Offset)
		if keys.IsLast() {
			t.set(name, d.value(node.Value(), at, d.after(at)))
			return
		}
		v := t.entries[name]
		if v == nil {
			v = &value{keyAt: at, at: at, kind: unstable.InlineTable, table: newTable(at)}
			t.set(name, v)
		}
		t = v.table
	}
}

// value reads what stands right of a key, or an item of a list. at is where it begins when it does not say so itself.
func (d *document) value(node *unstable.Node, keyAt, at int) *value {
	v := &value{keyAt: keyAt, at: int(node.Raw.Offset), kind: node.Kind, text: string(node.Data)}
	if node.Raw.Length == 0 { // arrays, inline tables and some scalars have no range of their own
		v.at = at
	}
	switch node.Kind {
	case unstable.String:
		v.raw = d.text[v.at : v.at+int(node.Raw.Length)]
	case unstable.Array:
		items := node.Children()
		for items.Next() {
			if items.Node().Kind == unstable.Comment {
				continue
			}
			item := d.value(items.Node(), v.at, v.at)
			v.array = append(v.array, item)
		}
	case unstable.InlineTable:
		v.table = newTable(v.at)
		items := node.Children()
		for items.Next() {
			if items.Node().Kind == unstable.KeyValue {
				d.put(v.table, items.Node())
			}
		}
	}
	return v
}

// after is the offset of what follows the = behind a key.
func (d *document) after(keyAt int) int {
	eq := bytes.IndexByte(d.text[keyAt:], '=')
	if eq < 0 {
		return keyAt
	}
	at := keyAt + eq + 1
	for at < len(d.text) && (d.text[at] == ' ' || d.text[at] == '\t') {
		at++
	}
	return at
}

// place turns an offset into a line and a column, both from 1, the column in characters.
func (d *document) place(offset int) (line, column int) {
	offset = min(max(offset, 0), len(d.text))
	lo, hi := 0, len(d.lines)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; d.lines[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	from, column := d.lines[lo], 1
	if p := d.last; p.line == lo+1 && p.offset <= offset {
		from, column = p.offset, p.column
	}
	column += utf8.RuneCount(d.text[from:offset])
	d.last = placed{offset, lo + 1, column}
	return lo + 1, column
}

// inside is the offset in the document of the n-th character of a string's text, so that a mistake in an expression or
// in a message is reported where it stands.
func (v *value) inside(n int) int {
	raw, at := v.raw, v.at
	if len(raw) < 2 {
		return at
	}
	quote := raw[:1]
	if bytes.HasPrefix(raw, bytes.Repeat(quote, 3)) && len(raw) >= 6 {
		quote = raw[:3]
	}
	i := len(quote)
	if len(quote) == 3 { // a newline right after the opening quotes is not part of the text
		if i < len(raw) && raw[i] == '\r' {
			i++
		}
		if i < len(raw) && raw[i] == '\n' {
			i++
		}
	}
	end := len(raw) - len(quote)
	for ; n > 0 && i < end; n-- {
		if raw[i] == '\\' && quote[0] == '"' {
			i = afterEscape(raw, i, end)
			continue
		}
		_, size := utf8.DecodeRune(raw[i:])
		i += size
	}
	for i < end && raw[i] == '\\' && quote[0] == '"' && lineEnding(raw, i, end) {
		i = afterEscape(raw, i, end)
	}
	return at + i
}

func lineEnding(raw []byte, i, end int) bool {
	rest := bytes.TrimLeft(raw[i+1:end], " \t\r")
	return len(rest) > 0 && rest[0] == '\n'
}

// afterEscape is where the escape that begins at i ends. A line-ending backslash makes no character: the next one is
// passed as well.
func afterEscape(raw []byte, i, end int) int {
	if lineEnding(raw, i, end) {
		i++
		for i < end && strings.IndexByte(" \t\r\n", raw[i]) >= 0 {
			i++
		}
		return i
	}
	if i+1 >= end {
		return end
	}
	switch raw[i+1] {
	case 'u':
		return min(i+6, end)
	case 'U':
		return min(i+10, end)
	case 'x':
		return min(i+4, end)
	}
	return i + 2
}
