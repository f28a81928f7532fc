package adopt

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// ErrFormThere: the configuration has a [form] part already.
var ErrFormThere = errors.New("the configuration has a [form] part already")

// Change is what Splice did to a configuration.
type Change struct {
	Text    []byte   // the whole configuration
	Line    int      // where the first added line stands, from 1
	Removed []string // lines, without their ends
	Added   []string
}

// Splice puts a [form] part into a configuration; every other byte stays. A [form] part that is there is replaced where
// replace says so, and is ErrFormThere otherwise. keep are lines that the new part keeps of the old, such as max_lines.
func Splice(config []byte, block string, replace bool, keep ...string) (*Change, error) {
	sections, err := sectionsOf(config)
	if err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(config), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(keep) > 0 {
		block = strings.Replace(block, "[form]\n", "[form]\n"+strings.Join(keep, "\n")+"\n", 1)
	}
	end := "\n"
	if strings.HasSuffix(string(config), "\r\n") {
		end = "\r\n"
	}
	c := &Change{Added: strings.Split(strings.TrimRight(block, "\n"), "\n")}
	var kept []string
	at := -1
	for i, line := range lines {
		if s := sectionOf(sections, i+1); s != nil && s.form && i+1 < s.end(lines) {
			if !replace {
				return nil, ErrFormThere
			}
			if at < 0 {
				at = len(kept)
			}
			c.Removed = append(c.Removed, strings.TrimRight(line, "\r\n"))
			continue
		}
		kept = append(kept, line)
	}
	added := strings.Join(c.Added, end) + end
	if at >= 0 {
		c.Line = at + 1
	} else {
		at = len(kept)
		c.Line = at + 1
		if at > 0 && !strings.HasSuffix(kept[at-1], "\n") {
			added, c.Line = end+end+added, c.Line+1
		} else if at > 0 && strings.TrimSpace(kept[at-1]) != "" {
			added, c.Line = end+added, c.Line+1
		}
	}
	c.Text = []byte(strings.Join(kept[:at], "") + added + strings.Join(kept[at:], ""))
	return c, nil
}

// section is a table of the configuration.
type section struct {
	from, to int // lines, from 1; to is the header of the next
	form     bool
	goesOn   bool // the next is of the form as well, with what stands between
}

// end is the line after a section's own text: the comments right above the next header, and blank lines, are not its own.
func (s *section) end(lines []string) int {
	end := s.to
	if s.goesOn {
		return end
	}
	is := func(what func(string) bool) bool { return end-1 > s.from && what(strings.TrimSpace(lines[end-2])) }
	for s.to <= len(lines) && is(func(line string) bool { return strings.HasPrefix(line, "#") }) {
		end--
	}
	for is(func(line string) bool { return line == "" }) {
		end--
	}
	return end
}

func sectionOf(sections []section, line int) *section {
	for i := range sections {
		if sections[i].from <= line && line < sections[i].to {
			return &sections[i]
		}
	}
	return nil
}

// sectionsOf finds the tables of a TOML text.
func sectionsOf(config []byte) ([]section, error) {
	var sections []section
	parser := unstable.Parser{}
	parser.Reset(config)
	for parser.NextExpression() {
		e := parser.Expression()
		first, line := "", 0
		for it := e.Key(); it.Next(); {
			if n := it.Node(); line == 0 {
				first, line = string(n.Data), parser.Shape(n.Raw).Start.Line
			}
		}
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			if n := len(sections); n > 0 {
				sections[n-1].to, sections[n-1].goesOn = line, sections[n-1].form && first == "form"
			}
			sections = append(sections, section{from: line, form: first == "form"})
		case unstable.KeyValue:
			if len(sections) == 0 && first == "form" {
				return nil, fmt.Errorf("line %d says form in one line, which cannot be changed for you: write it as [form] tables first", line)
			}
		}
	}
	if err := parser.Error(); err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if n := len(sections); n > 0 {
		sections[n-1].to = strings.Count(strings.TrimSuffix(string(config), "\n"), "\n") + 2
	}
	return sections, nil
}
