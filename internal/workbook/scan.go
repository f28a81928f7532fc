package workbook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"unicode/utf8"
)

// A scanner reads the XML of one part as a stream of tokens without building anything: names, attributes and texts are
// slices of its buffer, good until the next token. It checks that the part is one well-formed element to its end, and
// it knows no document types: they have no place in a workbook.
type scanner struct {
	ctx  context.Context // of a part that is in memory; any other is read through one that looks at it
	src  io.Reader
	part string
	b    Bounds

	buf      []byte
	pos, end int   // unread bytes are buf[pos:end]
	base     int64 // offset of buf[0] in the (transcoded) part
	srcErr   error // what src said at its end

	// The current token.
	kind   token
	name   []byte // local name
	space  space
	attrs  []attr
	sorted [][]byte // names of attributes, for finding one that is there twice
	text   []byte   // raw: entities and line ends as they stand, unless cdata
	cdata  bool
	at     int64 // where the token begins
	after  int64 // where it ends
	closed bool  // a start token of the form <a/>: its end token comes next

	depth    int
	open     []byte // the qualified names of the open elements
	openEnds []int
	binds    []binding
	latest   map[string]int // of many bindings, the place of each prefix's innermost
	rooted   bool           // the root element has begun
	elements int
	// odd counts comments, CDATA sections, processing instructions and end tags with space in them: where there are none,
	// byte patterns can be trusted.
	odd int
	// rowTags counts the start tags called row, whatever they mean.
	rowTags int
	// transcoded is true when the part was not UTF-8.
	transcoded bool
	// gaps, when set, is given the comments and instructions that are no tokens.
	gaps io.Writer
}

type token uint8

const (
	startToken token = iota
	endToken
	textToken
	eofToken
)

// space is a namespace that matters here.
type space uint8

const (
	noSpace       space = iota
	otherSpace          // any that is not named below
	mainSpace           // SpreadsheetML, transitional or strict
	relSpace            // officeDocument relationships, transitional or strict: the r: of r:id
	packageSpace        // package relationships
	contentSpace        // content types
	markupSpace         // markup compatibility
	excelVMLSpace       // urn:schemas-microsoft-com:office:excel
	vmlSpace            // urn:schemas-microsoft-com:vml
	xmlSpace            // the xml: prefix
)

const (
	mainNS       = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	mainStrictNS = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	relNS        = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relStrictNS  = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	packageNS    = "http://schemas.openxmlformats.org/package/2006/relationships"
	contentNS    = "http://schemas.openxmlformats.org/package/2006/content-types"
	markupNS     = "http://schemas.openxmlformats.org/markup-compatibility/2006"
	excelVMLNS   = "urn:schemas-microsoft-com:office:excel"
	vmlNS        = "urn:schemas-microsoft-com:vml"
)

func spaceOf(uri []byte) space {
	switch string(uri) {
	case mainNS, mainStrictNS:
		return mainSpace
	case relNS, relStrictNS:
		return relSpace
	case packageNS:
		return packageSpace
	case contentNS:
		return contentSpace
	case markupNS:
		return markupSpace
	case excelVMLNS:
		return excelVMLSpace
	case vmlNS:
		return vmlSpace
	case "":
		return noSpace
	}
	return otherSpace
}

type binding struct {
	prefix string
	space  space
	strict bool // bound to one of the strict (ISO) namespaces
	depth  int
	hides  int // the place of the binding of the same prefix outside it; -1 for none. Known once there are many.
}

const scanBuffer = 64 << 10

// scanBuffers are kept: a small workbook has a dozen parts, and a fresh buffer for each costs more than reading them.
var scanBuffers = sync.Pool{New: func() any { return new([scanBuffer]byte) }}

// partScan is a scanner and what it reads from, to be given back.
type partScan struct {
	s    *scanner
	kept *[scanBuffer]byte
	rc   io.Closer
}

// scan opens a part and begins to read it. What the scanner hands out is not to be used after the part is closed.
func (a *archive) scan(ctx context.Context, part string) (*scanner, io.Closer, error) {
	rc, err := a.open(ctx, part)
	if err != nil {
		return nil, nil, err
	}
	kept := scanBuffers.Get().(*[scanBuffer]byte)
	s := &scanner{part: part, b: a.b, buf: kept[:], src: rc}
	c := &partScan{s, kept, rc}
	if err := s.begin(); err != nil {
		_ = c.Close()
		return nil, nil, err
	}
	return s, c, nil
}

// scanSmall is scan for a part that has no business to be large.
func (a *archive) scanSmall(ctx context.Context, part string) (*scanner, io.Closer, error) {
	if err := a.small(part); err != nil {
		return nil, nil, err
	}
	return a.scan(ctx, part)
}

// Close gives back the buffer, also when the scanner has grown out of it.
func (c *partScan) Close() error {
	c.s.buf, c.s.pos, c.s.end, c.s.srcErr = nil, 0, 0, io.ErrClosedPipe
	scanBuffers.Put(c.kept)
	return c.rc.Close()
}

// scanBytes begins to read a part that is in memory. Its bytes are the scanner's buffer and are not changed.
func scanBytes(ctx context.Context, raw []byte, part string, b Bounds) (*scanner, error) {
	s := &scanner{ctx: ctx, part: part, b: b, buf: raw, end: len(raw), srcErr: io.EOF}
	return s, s.detectEncoding()
}

// begin looks at the first bytes for the encoding.
func (s *scanner) begin() error {
	if err := s.fill(); err != nil && err != io.EOF {
		return err
	}
	return s.detectEncoding()
}

// fill reads more, at least one byte, keeping what is unread; the buffer grows when it is full. At the end of the part
// it answers io.EOF.
func (s *scanner) fill() error {
	if s.srcErr != nil {
		return s.srcErr
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		// A markup token longer than the buffer. Texts are handed on in pieces and never come here.
		if len(s.buf) >= maxToken {
			return s.bad("one piece of markup is longer than %d bytes", maxToken)
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	return s.read()
}

// more reads at least as much again as is unread: a piece of markup that is not whole is read from its start each time,
// so it must grow by halves of itself and not by whatever a reader happens to give.
func (s *scanner) more() error {
	want := 2 * (s.end - s.pos)
	if err := s.fill(); err != nil {
		return err
	}
	for s.end-s.pos < min(want, len(s.buf)-s.pos) && s.srcErr == nil {
		if err := s.read(); err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

// read adds what comes to the buffer, which has room.
func (s *scanner) read() error {
	for tries := 0; tries < 100; tries++ {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			if err != io.EOF {
				err = s.readError(err)
			}
			s.srcErr = err
		}
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return s.bad("the part yields no bytes")
}

const maxToken = 4 << 20

// readError keeps our own errors and those of the context, and names the part of the others, which come from the zip.
func (s *scanner) readError(err error) error {
	return unpackError(s.part, err)
}

func (s *scanner) bad(format string, args ...any) *Error {
	return damaged(s.part, "", format, args...)
}

var errMore = errors.New("more bytes are needed")

// next moves to the next token. After the root element has closed and nothing but space follows, it is eofToken.
func (s *scanner) next() error {
	if s.kind == startToken && s.closed {
		s.closed = false
		s.kind = endToken
		s.at = s.after
		s.pop()
		return nil
	}
	if s.kind == endToken && len(s.binds) > 0 {
		s.dropBinds()
	}
	for {
		if s.pos == s.end {
			if err := s.fill(); err == io.EOF {
				return s.finish()
			} else if err != nil {
				return err
			}
		}
		var again bool
		var err error
		if s.buf[s.pos] == '<' {
			again, err = s.markup()
		} else {
			again, err = s.chars()
		}
		if err == errMore {
			if err = s.more(); err == io.EOF {
				return s.bad("the part stops in the middle")
			} else if err == nil {
				continue
			}
		}
		if err != nil {
			return err
		}
		if !again {
			return nil
		}
	}
}

func (s *scanner) finish() error {
	if s.depth > 0 {
		return s.bad("the part stops in the middle: <%s> is not closed", s.open[s.openStart():])
	}
	if !s.rooted {
		return s.bad("the part holds no element")
	}
	s.kind = eofToken
	return nil
}

// chars hands on text up to the next markup or the end of the buffer.
func (s *scanner) chars() (again bool, err error) {
	b := s.buf[s.pos:s.end]
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		n = len(b)
		if s.srcErr == nil {
			n = wholeText(b)
			if n == 0 {
				return false, errMore
			}
		}
	}
	s.text, s.cdata, s.kind = b[:n], false, textToken
	s.at = s.base + int64(s.pos)
	s.after = s.at + int64(n)
	s.pos += n
	if s.depth == 0 {
		if !blank(s.text) {
			return false, s.bad("text stands outside the root element")
		}
		return true, nil
	}
	return false, nil
}

// wholeText is how much of b can be handed on without cutting an entity, a line end or a character in two.
func wholeText(b []byte) int {
	n := len(b)
	tail := max(0, n-12)
	if i := bytes.LastIndexByte(b[tail:], '&'); i >= 0 && bytes.IndexByte(b[tail+i:], ';') < 0 {
		n = tail + i
	}
	// "_x000D_" must stay whole as well.
	if i := bytes.LastIndexByte(b[max(0, n-7):n], '_'); i >= 0 {
		n = max(0, n-7) + i
	}
	for k := 1; k <= min(n, utf8.UTFMax); k++ {
		if utf8.RuneStart(b[n-k]) {
			if !utf8.FullRune(b[n-k : n]) {
				n -= k
			}
			break
		}
	}
	if n > 0 && b[n-1] == '\r' {
		n--
	}
	if n == 0 && len(b) >= scanBuffer {
		return len(b)
	}
	return n
}

func blank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

// markup reads what begins with '<'. again is true for what is no token: comments and instructions.
func (s *scanner) markup() (again bool, err error) {
	b := s.buf[s.pos:s.end]
	if len(b) < 2 {
		return false, errMore
	}
	switch b[1] {
	case '/':
		return false, s.endTag(b)
	case '?':
		return true, s.skipPast(b, "?>")
	case '!':
		return s.declaration(b)
	}
	return false, s.startTag(b)
}

func (s *scanner) consume(n int) {
	s.at = s.base + int64(s.pos)
	s.after = s.at + int64(n)
	s.pos += n
}

func (s *scanner) openStart() int {
	if s.depth < 2 {
		return 0
	}
	return s.openEnds[s.depth-2]
}

func (s *scanner) lookup(prefix []byte) (space, bool) {
	if len(s.binds) > fewBinds {
		if i, ok := s.latest[string(prefix)]; ok {
			return s.binds[i].space, true
		}
	} else {
		for i := len(s.binds) - 1; i >= 0; i-- {
			if s.binds[i].prefix == string(prefix) {
				return s.binds[i].space, true
			}
		}
	}
	if len(prefix) == 0 {
		return noSpace, true
	}
	if string(prefix) == "xml" {
		return xmlSpace, true
	}
	return noSpace, false
}

// prefixFor finds a prefix bound to a namespace here; ok is false when there is none.
func (s *scanner) prefixFor(sp space) (prefix string, ok bool) {
	for i := len(s.binds) - 1; i >= 0; i-- {
		if s.binds[i].space == sp {
			if now, _ := s.lookup([]byte(s.binds[i].prefix)); now == sp {
				return s.binds[i].prefix, true
			}
		}
	}
	return "", false
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
