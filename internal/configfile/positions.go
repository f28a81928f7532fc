package configfile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Positions maps the path of every key of a TOML text ("inbox[0].host") to where it stands ("handrail.toml:12:1"), so
// that a mistake that is found after decoding is still named at its place.
type Positions struct {
	file string
	at   map[string]string
}

// Locate reads text for its keys only. A text that is not TOML gives the positions up to the mistake.
func Locate(file string, text []byte) Positions {
	p := Positions{file: file, at: map[string]string{}}
	parser := unstable.Parser{}
	parser.Reset(text)
	counts := map[string]int{}
	prefix := ""
	for parser.NextExpression() {
		e := parser.Expression()
		switch e.Kind {
		case unstable.Table:
			prefix = p.keys(&parser, e, "", counts)
		case unstable.ArrayTable:
			path := p.keys(&parser, e, "", counts)
			prefix = fmt.Sprintf("%s[%d]", path, counts[path])
			counts[path]++
			p.at[prefix] = p.at[path]
		case unstable.KeyValue:
			p.keyValue(&parser, e, prefix, counts)
		}
	}
	return p
}

func (p Positions) keyValue(parser *unstable.Parser, e *unstable.Node, prefix string, counts map[string]int) {
	path := p.keys(parser, e, prefix, counts)
	value := e.Value()
	switch value.Kind {
	case unstable.InlineTable:
		for it := value.Children(); it.Next(); {
			p.keyValue(parser, it.Node(), path, counts)
		}
	case unstable.Array:
		i := 0
		for it := value.Children(); it.Next(); {
			element := path + "[" + strconv.Itoa(i) + "]"
			p.at[element] = p.at[path]
			if raw := it.Node().Raw; raw.Length > 0 {
				p.at[element] = p.place(parser, raw)
			}
			i++
		}
	}
}

// keys joins e's key parts to prefix and remembers where the last one stands. Parts that name an array of tables
// mean its latest element.
func (p Positions) keys(parser *unstable.Parser, e *unstable.Node, prefix string, counts map[string]int) string {
	path := prefix
	for it := e.Key(); it.Next(); {
		if n := counts[path]; n > 0 && !strings.HasSuffix(path, "]") {
			path = fmt.Sprintf("%s[%d]", path, n-1)
		}
		if path != "" {
			path += "."
		}
		path += string(it.Node().Data)
		if raw := it.Node().Raw; raw.Length > 0 {
			p.at[path] = p.place(parser, raw)
		}
	}
	return path
}

func (p Positions) place(parser *unstable.Parser, r unstable.Range) string {
	start := parser.Shape(r).Start
	return fmt.Sprintf("%s:%d:%d", p.file, start.Line, start.Column)
}

// Of is where path stands, or its nearest parent when the key itself is missing, or the file.
func (p Positions) Of(path string) string {
	for path != "" {
		if at, ok := p.at[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return p.file
}
