package imap

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"handrail/internal/mailserver"
)

// answerBounds bound what the server may answer to one command.
type answerBounds struct {
	line    int   // bytes of a line outside literals
	literal int64 // bytes of one literal
	total   int64 // bytes of all that comes until the next command
}

// What a server may say beside what was asked for: what others do to the mailbox is announced at any time.
const (
	answerLine    = 64 << 10
	answerLiteral = 64 << 10
	answerTotal   = 4 << 20
	// answerDepth is how deep lists may be nested. Nothing that we ask for is nested deeper than four.
	answerDepth = 20
	// answerWords is how long the words may be that tell what kind of line begins.
	answerWords = 64
)

// ordinaryAnswer bounds the answer to a command that asks for nothing large.
func ordinaryAnswer() answerBounds { return answerBounds{answerLine, answerLiteral, answerTotal} }

// numbered bounds an answer that says something short of each of n messages, perhaps all on one line.
func numbered(n int) answerBounds {
	b := ordinaryAnswer()
	n = min(n, maxNumbered)
	b.line += n * len(" 4294967295,4294967295")
	b.total += int64(n) * 256
	return b
}

// maxNumbered is how many messages an inbox is taken to hold at most, whatever the server says.
const maxNumbered = 1 << 20

// answerGuard watches every byte of a server's answers before the IMAP library reads it. The library keeps a line without
// an end in memory, and follows nested lists until the stack overflows, which cannot be recovered. The guard reads IMAP as
// the library does: what it takes for text or for a literal is taken so there, or is an error there.
type answerGuard struct {
	mu      sync.Mutex
	bounds  answerBounds
	total   int64
	refused error

	kind    answerKind
	words   []byte // of the line, until its kind is known
	line    int    // bytes since the last line end outside literals
	literal int64  // bytes of a literal that are still to come
	code    bool   // text: inside [ ], which the library reads to its end, wherever that is
	depth   int    // data: lists that are open
	quoted  bool   // data: inside a quoted string
	escaped bool   // data: after a backslash in it
	brace   braceState
	size    int64 // what a literal announces
	found   bool  // data: the line is an answer to SEARCH
	order   numberOrder
}

// answerKind is what a line is read as.
type answerKind int

const (
	newLine answerKind = iota
	textLine
	dataLine
)

// braceState is how much of "{123}" and the line end was seen.
type braceState int

const (
	noBrace braceState = iota
	braceOpen
	braceDigits
	bracePlus
	braceClosed // and perhaps a blank and a carriage return after it
)

func newAnswerGuard() *answerGuard { return &answerGuard{bounds: ordinaryAnswer()} }

// expect says what the next command asks for, and begins to count.
func (g *answerGuard) expect(b answerBounds) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bounds, g.total, g.order = b, 0, numberOrder{}
}

// refusal is why the server's answers were refused, nil while they were not.
func (g *answerGuard) refusal() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused
}

// watch looks at bytes that came. After an error none of them may be used.
func (g *answerGuard) watch(b []byte) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused == nil {
		g.refused = g.follow(b)
	}
	return g.refused
}

func excess(format string, args ...any) error {
	return &mailserver.Excess{Does: fmt.Sprintf(format, args...)}
}

func (g *answerGuard) follow(b []byte) error {
	if g.total += int64(len(b)); g.total > g.bounds.total {
		return excess("sends more than %d bytes where less was asked for", g.bounds.total)
	}
	for len(b) > 0 {
		if g.literal > 0 {
			n := min(g.literal, int64(len(b)))
			g.literal -= n
			b = b[n:]
			continue
		}
		var n int
		var err error
		switch g.kind {
		case newLine:
			n, err = g.followWords(b)
		case textLine:
			n, err = g.followText(b)
		default:
			n, err = g.followData(b)
		}
		if err != nil {
			return err
		}
		if g.line += n; g.line > g.bounds.line {
			return excess("sends a line of more than %d bytes", g.bounds.line)
		}
		if b[n-1] == '\n' {
			g.line = 0
		}
		b = b[n:]
	}
	return nil
}

// followWords takes one byte of a line whose kind is not known yet.
func (g *answerGuard) followWords(b []byte) (int, error) {
	c := b[0]
	g.words = append(g.words, c)
	kind, code := lineKindOf(g.words)
	switch {
	case kind == newLine && c == '\n':
		g.words = g.words[:0]
		return 1, nil
	case kind == newLine && len(g.words) > answerWords:
		return 1, excess("begins an answer with a word of more than %d bytes", answerWords)
	case kind == newLine:
		return 1, nil
	}
	g.found = kind == dataLine && searchAnswer(g.words)
	g.kind, g.code, g.words = kind, code, g.words[:0]
	if kind == dataLine { // its last byte may open a list, a string or a literal
		return g.followData(b[:1])
	}
	if c == '\n' {
		g.kind = newLine
	}
	return 1, nil
}

// lineKindOf is what a line is that begins with words: text after +, a tag, or a status; data otherwise; newLine while
// that is open. code says that a response code follows.
func lineKindOf(words []byte) (kind answerKind, code bool) {
	if words[0] == '+' {
		return textLine, false
	}
	tagged := words[0] != '*'
	rest := words[1:]
	if tagged {
		tag := atomLength(words)
		if tag == len(words) {
			return newLine, false
		}
		rest = words[tag:]
	}
	for range 2 { // a status stands behind the star or tag, or behind a number
		if len(rest) == 0 {
			return newLine, false
		}
		if rest[0] != ' ' {
			break
		}
		rest = rest[1:]
		n := atomLength(rest)
		if n == len(rest) {
			return newLine, false
		}
		word := string(rest[:n])
		rest = rest[n:]
		if tagged || slices.Contains([]string{"OK", "NO", "BAD", "BYE", "PREAUTH"}, strings.ToUpper(word)) {
			if rest[0] != ' ' {
				return textLine, false
			}
			if len(rest) == 1 {
				return newLine, false
			}
			return textLine, rest[1] == '['
		}
		if n == 0 || word[0] < '0' || word[0] > '9' {
			break
		}
	}
	if tagged {
		return textLine, false
	}
	return dataLine, false
}

// searchAnswer says whether a line of data begins like an answer to SEARCH, which is long in a large inbox. The library takes
// it with a number before it as well.
func searchAnswer(words []byte) bool {
	name := bytes.TrimLeft(words, "* 0123456789")
	name = name[:atomLength(name)]
	return bytes.EqualFold(name, []byte("SEARCH")) || bytes.EqualFold(name, []byte("ESEARCH"))
}

// atomLength is how many bytes at the beginning are one atom, as the library reads it.
func atomLength(b []byte) int {
	for i, c := range b {
		if c <= ' ' || c == 0x7f || bytes.IndexByte([]byte(`(){%*"\]`), c) >= 0 {
			return i
		}
	}
	return len(b)
}

// followText goes to the end of a line of words for people.
func (g *answerGuard) followText(b []byte) (int, error) {
	n := bytes.IndexByte(b, '\n') + 1
	text := b[:n]
	if n == 0 {
		text = b
	}
	if g.code {
		code := text
		if end := bytes.IndexByte(text, ']'); end >= 0 {
			code, g.code = text[:end+1], false
		}
		for _, c := range code { // COPYUID lists what was copied
			if err := g.order.next(c); err != nil {
				return len(text), err
			}
		}
	}
	if n == 0 {
		return len(b), nil
	}
	if g.code {
		return n, excess("does not end a response code")
	}
	g.kind = newLine
	return n, nil
}

// followData goes to the end of a line of data, or of what is there of it.
func (g *answerGuard) followData(b []byte) (int, error) {
	for i, c := range b {
		if g.quoted {
			switch {
			case c == '\n':
				return i + 1, excess("breaks a line inside a quoted string")
			case g.escaped:
				g.escaped = false
			case c == '\\':
				g.escaped = true
			case c == '"':
				g.quoted = false
			}
			continue
		}
		if g.brace != noBrace || c == '{' {
			literal, err := g.followBrace(c)
			if err != nil || literal {
				return i + 1, err
			}
		}
		if g.found {
			if err := g.order.next(c); err != nil {
				return i + 1, err
			}
		}
		switch c {
		case '"':
			g.quoted = true
		case '(':
			if g.depth++; g.depth > answerDepth {
				return i + 1, excess("nests lists more than %d deep", answerDepth)
			}
		case ')':
			g.depth--
		case '\n':
			g.kind, g.depth = newLine, 0
			return i + 1, nil
		}
	}
	return len(b), nil
}

// followBrace reads "{123}" and the line end behind it, which announce a literal; literal says that it begins.
func (g *answerGuard) followBrace(c byte) (literal bool, err error) {
	digit := '0' <= c && c <= '9'
	switch {
	case c == '{':
		g.brace, g.size = braceOpen, 0
	case (g.brace == braceOpen || g.brace == braceDigits) && digit:
		g.brace = braceDigits
		if g.size = g.size*10 + int64(c-'0'); g.size > g.bounds.literal {
			return false, excess("announces a literal of more than %d bytes", g.bounds.literal)
		}
	case g.brace == braceDigits && c == '+':
		g.brace = bracePlus
	case (g.brace == braceDigits || g.brace == bracePlus) && c == '}':
		g.brace = braceClosed
	case g.brace == braceClosed && (c == ' ' || c == '\r'):
	case g.brace == braceClosed && c == '\n':
		g.brace, g.literal = noBrace, g.size
		return true, nil
	default:
		g.brace = noBrace
	}
	return false, nil
}

// guardedConn is a connection whose answers are watched. first is read before anything else.
type guardedConn struct {
	net.Conn
	guard *answerGuard
	first []byte
}

// Read gives nothing of what was refused, and ends the connection.
func (c *guardedConn) Read(b []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(b, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	n, err := c.Conn.Read(b)
	if refused := c.guard.watch(b[:n]); refused != nil {
		_ = c.Conn.Close()
		return 0, refused
	}
	return n, err
}
