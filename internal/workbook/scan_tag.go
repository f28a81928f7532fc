package workbook

import (
	"bytes"
	"slices"
)

func (s *scanner) declaration(b []byte) (again bool, err error) {
	const cdata = "<![CDATA["
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return true, s.skipPast(b, "-->")
	case bytes.HasPrefix(b, []byte(cdata)):
		n := bytes.Index(b, []byte("]]>"))
		if n < 0 {
			return false, errMore
		}
		if s.depth == 0 {
			return false, s.bad("text stands outside the root element")
		}
		s.odd++
		s.text, s.cdata, s.kind = b[len(cdata):n], true, textToken
		s.consume(n + 3)
		return false, nil
	case len(b) < len(cdata) && s.srcErr == nil:
		return false, errMore
	case bytes.HasPrefix(b, []byte("<!DOCTYPE")):
		return false, unsafePart(s.part, "the part declares a document type")
	}
	return false, s.bad("markup %q is unknown", b[:min(len(b), 12)])
}

func (s *scanner) skipPast(b []byte, end string) error {
	n := bytes.Index(b[2:], []byte(end))
	if n < 0 {
		return errMore
	}
	if s.rooted {
		s.odd++
	}
	if s.gaps != nil {
		if _, err := s.gaps.Write(b[:2+n+len(end)]); err != nil {
			return err
		}
	}
	s.consume(2 + n + len(end))
	return nil
}

func (s *scanner) endTag(b []byte) error {
	n := bytes.IndexByte(b, '>')
	if n < 0 {
		return errMore
	}
	name := bytes.TrimRight(b[2:n], " \t\r\n")
	if len(name) != n-2 {
		s.odd++
	}
	if s.depth == 0 {
		return s.bad("</%s> closes nothing", name)
	}
	if want := s.open[s.openStart():]; !bytes.Equal(name, want) {
		return s.bad("</%s> stands where </%s> is due", name, want)
	}
	s.consume(n + 1)
	s.kind = endToken
	prefix, local := split(name)
	s.name = local
	sp, ok := s.lookup(prefix)
	if !ok {
		sp = otherSpace
	}
	s.space = sp
	s.pop()
	return nil
}

func (s *scanner) pop() {
	s.open = s.open[:s.openStart()]
	s.depth--
	s.openEnds = s.openEnds[:s.depth]
}

// dropBinds forgets the namespaces of elements that are closed.
func (s *scanner) dropBinds() {
	for n := len(s.binds); n > 0 && s.binds[n-1].depth > s.depth; n-- {
		b := &s.binds[n-1]
		switch {
		case n <= fewBinds+1:
			clear(s.latest)
		case b.hides >= 0:
			s.latest[b.prefix] = b.hides
		default:
			delete(s.latest, b.prefix)
		}
		s.binds = s.binds[:n-1]
	}
}

// fewBinds is up to how many namespaces are looked through one by one, which is faster than a map.
const fewBinds = 16

// bind adds the binding of a prefix.
func (s *scanner) bind(b binding) {
	s.binds = append(s.binds, b)
	n := len(s.binds)
	if n <= fewBinds {
		return
	}
	if s.latest == nil {
		s.latest = map[string]int{}
	}
	first := n - 1
	if n == fewBinds+1 {
		first = 0
	}
	for i := first; i < n; i++ {
		b := &s.binds[i]
		b.hides = -1
		if outer, ok := s.latest[b.prefix]; ok {
			b.hides = outer
		}
		s.latest[b.prefix] = i
	}
}

func split(name []byte) (prefix, local []byte) {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return nil, name
}

func (s *scanner) startTag(b []byte) error {
	i := 1
	for i < len(b) && !isSpace(b[i]) && b[i] != '>' && b[i] != '/' {
		if c := b[i]; c == '<' || c == '=' || c == '"' || c == '\'' || c == '&' || c < ' ' {
			return s.bad("a tag has the name %q", b[1:i+1])
		}
		i++
	}
	if i == len(b) {
		return errMore
	}
	name := b[1:i]
	if len(name) == 0 || name[0] >= '0' && name[0] <= '9' || name[0] == '-' || name[0] == '.' {
		return s.bad("a tag has the name %q", name)
	}
	s.attrs = s.attrs[:0]
	n, closed, err := s.attributes(b, i)
	if err != nil {
		return err
	}
	if s.depth == 0 && s.rooted {
		return s.bad("a second root element <%s>", name)
	}
	s.rooted = true
	s.depth++
	if s.depth > s.b.Nesting {
		return overBound("Nesting", s.part, "", int64(s.depth), int64(s.b.Nesting))
	}
	s.elements++
	if s.ctx != nil && s.elements%checkEvery == 0 {
		if err := s.ctx.Err(); err != nil {
			return err
		}
	}
	s.open = append(s.open, name...)
	s.openEnds = append(s.openEnds, len(s.open))
	if err := s.resolve(name); err != nil {
		return err
	}
	s.consume(n)
	s.kind, s.closed = startToken, closed
	return nil
}

// attributes reads from b[i:] to the tag's end and returns the length of the tag.
func (s *scanner) attributes(b []byte, i int) (n int, closed bool, err error) {
	for {
		spaced := false
		for i < len(b) && isSpace(b[i]) {
			i++
			spaced = true
		}
		if i == len(b) {
			return 0, false, errMore
		}
		switch b[i] {
		case '>':
			return i + 1, false, nil
		case '/':
			if i+1 == len(b) {
				return 0, false, errMore
			}
			if b[i+1] != '>' {
				return 0, false, s.bad("a tag has a stray slash")
			}
			return i + 2, true, nil
		}
		if !spaced {
			return 0, false, s.bad("attributes are not separated")
		}
		from := i
		for i < len(b) && b[i] != '=' && !isSpace(b[i]) {
			if c := b[i]; c == '<' || c == '>' || c == '/' || c == '"' || c == '\'' {
				return 0, false, s.bad("an attribute has the name %q", b[from:i+1])
			}
			i++
		}
		name := b[from:i]
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i < len(b) && b[i] != '=' {
			return 0, false, s.bad("attribute %q has no value", name)
		}
		i++
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i >= len(b) {
			return 0, false, errMore
		}
		quote := b[i]
		if quote != '"' && quote != '\'' {
			return 0, false, s.bad("the value of attribute %q is not quoted", name)
		}
		to := bytes.IndexByte(b[i+1:], quote)
		if to < 0 {
			return 0, false, errMore
		}
		value := b[i+1 : i+1+to]
		if bytes.IndexByte(value, '<') >= 0 {
			return 0, false, s.bad("the value of attribute %q holds a tag", name)
		}
		if len(name) == 0 {
			return 0, false, s.bad("an attribute has no name")
		}
		s.attrs = append(s.attrs, attr{name: name, value: value})
		if len(s.attrs) > maxAttrs {
			return 0, false, s.bad("a tag has over %d attributes", maxAttrs)
		}
		i += to + 2
	}
}

// checkEvery is after how many elements of a part in memory its context is looked at.
const checkEvery = 1024

const maxAttrs = 256

// resolve binds the namespaces of the tag just read and looks up those of its name and attributes.
func (s *scanner) resolve(name []byte) error {
	for _, a := range s.attrs {
		var prefix []byte
		switch {
		case string(a.name) == "xmlns":
		case bytes.HasPrefix(a.name, []byte("xmlns:")):
			prefix = a.name[len("xmlns:"):]
		default:
			continue
		}
		if len(s.binds) >= maxBindings {
			return s.bad("over %d namespaces", maxBindings)
		}
		uri := string(a.value)
		s.bind(binding{prefix: string(prefix), space: spaceOf(a.value), strict: uri == mainStrictNS || uri == relStrictNS, depth: s.depth, hides: -1})
	}
	prefix, local := split(name)
	sp, ok := s.lookup(prefix)
	if !ok {
		return s.bad("the prefix of <%s> means nothing", name)
	}
	s.name, s.space = local, sp
	if string(local) == "row" {
		s.rowTags++
	}
	if twice := s.twice(); twice != nil {
		return s.bad("<%s> has attribute %q twice", name, twice)
	}
	for i := range s.attrs {
		a := &s.attrs[i]
		if bytes.IndexByte(a.name, ':') < 0 {
			continue
		}
		prefix, local := split(a.name)
		if string(prefix) == "xmlns" {
			a.space = xmlSpace
			continue
		}
		sp, ok := s.lookup(prefix)
		if !ok {
			return s.bad("the prefix of attribute %q means nothing", a.name)
		}
		a.name, a.space = local, sp
	}
	return nil
}

const maxBindings = 1000

// twice is the name of an attribute that the tag just read has twice, nil when every one is there once.
func (s *scanner) twice() []byte {
	const few = 8
	if len(s.attrs) <= few {
		for i := range s.attrs {
			for j := range s.attrs[:i] {
				if bytes.Equal(s.attrs[j].name, s.attrs[i].name) {
					return s.attrs[i].name
				}
			}
		}
		return nil
	}
	s.sorted = s.sorted[:0]
	for i := range s.attrs {
		s.sorted = append(s.sorted, s.attrs[i].name)
	}
	slices.SortFunc(s.sorted, bytes.Compare)
	for i := 1; i < len(s.sorted); i++ {
		if bytes.Equal(s.sorted[i-1], s.sorted[i]) {
			return s.sorted[i]
		}
	}
	return nil
}
