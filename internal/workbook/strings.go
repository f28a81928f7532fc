package workbook

import (
	"bytes"
	"context"
	"strings"
)

// sharedStrings is the workbook's table of texts: one arena, and where each text ends in it.
type sharedStrings struct {
	arena string
	ends  []uint32
}

func (t *sharedStrings) len() int { return len(t.ends) }

// at is text i; it shares the arena's memory.
func (t *sharedStrings) at(i int) string {
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.arena[from:t.ends[i]]
}

func (k *Book) readStrings(ctx context.Context) error {
	r, ok := relOfKind(k.mainRels, relStrings)
	if !ok {
		return nil
	}
	if !k.a.has(r.target) {
		// Some programs keep the relationship when no text is left; a cell that asks for one will be an error.
		return nil
	}
	s, c, err := k.scan(ctx, r.target)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.next(); err != nil {
		return err
	}
	if !s.is("sst") {
		return s.bad("the root element is <%s>", s.name)
	}
	t := stringReader{s: s, k: k}
	size := int(min(k.fileOf(r.target).UncompressedSize64, uint64(k.b.StringBytes)))
	count := min(atoi(s.attr("uniqueCount")), k.b.Strings, size/8+1)
	t.ends = make([]uint32, 0, count)
	t.arena.Grow(max(size/2, size-count*(len(plainOpen)+len(plainClose)))) // plain texts fit without the arena growing twice
	for {
		for t.fast() {
		}
		if t.err != nil {
			return t.err
		}
		ok, err := s.child(1)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if !s.is("si") {
			if err := s.skip(); err != nil {
				return err
			}
			continue
		}
		if t.piece, err = appendRich(s, t.piece[:0], k.b); err != nil {
			return err
		}
		if err := t.add(); err != nil {
			return err
		}
	}
	if err := s.rest(); err != nil {
		return err
	}
	k.strings = sharedStrings{t.arena.String(), t.ends}
	return nil
}

type stringReader struct {
	s     *scanner
	k     *Book
	arena strings.Builder
	ends  []uint32
	piece []byte
	err   error
}

// add stores the piece as the next text.
func (t *stringReader) add() error {
	if len(t.ends) >= t.k.b.Strings {
		return overBound("Strings", t.s.part, "", int64(len(t.ends)+1), int64(t.k.b.Strings))
	}
	if n := t.arena.Len() + len(t.piece); n > t.k.b.StringBytes {
		return overBound("StringBytes", t.s.part, "", int64(n), int64(t.k.b.StringBytes))
	}
	t.arena.Write(t.piece)
	t.ends = append(t.ends, uint32(t.arena.Len()))
	return nil
}

var (
	plainOpen  = []byte("<si><t>")
	plainClose = []byte("</t></si>")
)

// fast takes <si><t>text</t></si> when all of it is in the buffer; anything else is left to the scanner.
func (t *stringReader) fast() bool {
	s := t.s
	if s.depth != 1 || s.kind == startToken && s.closed {
		return false
	}
	if sp, _ := s.lookup(nil); sp != mainSpace {
		return false
	}
	b := s.buf[s.pos:s.end]
	if !bytes.HasPrefix(b, plainOpen) {
		return false
	}
	n := bytes.IndexByte(b[len(plainOpen):], '<')
	if n < 0 || n > t.k.b.CellBytes || !bytes.HasPrefix(b[len(plainOpen)+n:], plainClose) {
		return false
	}
	if t.piece, t.err = appendText(t.piece[:0], b[len(plainOpen):len(plainOpen)+n]); t.err != nil {
		t.err = s.bad("text %d: %w", len(t.ends), t.err)
		return false
	}
	s.consume(len(plainOpen) + n + len(plainClose))
	s.elements += 2
	t.err = t.add()
	return t.err == nil
}

// appendRich appends the text of the element whose start is the current token, an <si> or an <is>: its <t>, or those
// of its runs. Phonetic guides are not part of the text.
func appendRich(s *scanner, dst []byte, b Bounds) ([]byte, error) {
	from := len(dst)
	top := s.depth
	for {
		if err := s.next(); err != nil {
			return dst, err
		}
		switch s.kind {
		case endToken:
			if s.depth < top {
				return dst, nil
			}
		case startToken:
			if s.is("r") {
				continue
			}
			if !s.is("t") {
				if err := s.skip(); err != nil {
					return dst, err
				}
				continue
			}
			var err error
			if dst, err = appendElementText(s, dst, from, b); err != nil {
				return dst, err
			}
		}
	}
}

// appendElementText appends the text of the element whose start is the current token, up to its end.
func appendElementText(s *scanner, dst []byte, from int, b Bounds) ([]byte, error) {
	for depth := s.depth; ; {
		if err := s.next(); err != nil {
			return dst, err
		}
		switch s.kind {
		case startToken:
			if err := s.skip(); err != nil {
				return dst, err
			}
		case endToken:
			if s.depth < depth {
				return dst, nil
			}
		case textToken:
			if s.cdata {
				dst = append(dst, s.text...)
			} else {
				var err error
				if dst, err = appendText(dst, s.text); err != nil {
					return dst, s.bad("%w", err)
				}
			}
			if len(dst)-from > b.CellBytes {
				return dst, overBound("CellBytes", s.part, "", int64(len(dst)-from), int64(b.CellBytes))
			}
		}
	}
}
