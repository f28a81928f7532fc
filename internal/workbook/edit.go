package workbook

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
)

// edits are insertions into and replacements in the bytes of one part.
type edits struct {
	part []byte
	list []edit
}

type edit struct {
	from, to int64
	text     string
}

func (e *edits) insert(at int64, text string)        { e.list = append(e.list, edit{at, at, text}) }
func (e *edits) replace(from, to int64, text string) { e.list = append(e.list, edit{from, to, text}) }

// writeTo writes the new bytes. Insertions at one place keep the order in which they were asked for.
func (e *edits) writeTo(w io.Writer) error {
	slices.SortStableFunc(e.list, func(a, b edit) int { return int(a.from - b.from) })
	at := int64(0)
	for _, x := range e.list {
		if _, err := w.Write(e.part[at:x.from]); err != nil {
			return err
		}
		if _, err := io.WriteString(w, x.text); err != nil {
			return err
		}
		at = x.to
	}
	_, err := w.Write(e.part[at:])
	return err
}

// result is the part as it becomes. A large one is not copied in memory but streams into the zip.
func (e *edits) result() newPart {
	if len(e.part) >= smallPart {
		return newPart{write: e.writeTo}
	}
	var b bytes.Buffer
	_ = e.writeTo(&b) // a buffer takes everything
	return newPart{data: b.Bytes()}
}

// document reads a whole part for editing, as UTF-8 and with a declaration that says so, and begins to scan it.
func (k *Book) document(ctx context.Context, part string) (*edits, *scanner, error) {
	raw, err := k.a.read(ctx, part)
	if err != nil {
		return nil, nil, err
	}
	s, err := scanBytes(ctx, raw, part, k.b)
	if err != nil {
		return nil, nil, err
	}
	if s.transcoded {
		var all bytes.Buffer
		for {
			all.Write(s.buf[s.pos:s.end])
			s.pos = s.end
			if err := s.fill(); err != nil {
				break
			}
		}
		raw = newDeclaration(all.Bytes())
		if s, err = scanBytes(ctx, raw, part, k.b); err != nil {
			return nil, nil, err
		}
	}
	if err := s.next(); err != nil {
		return nil, nil, err
	}
	return &edits{part: raw}, s, nil
}

const xmlDeclaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// newDeclaration puts a declaration of UTF-8 in the place of whatever stands there.
func newDeclaration(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(b, []byte("<?xml")) {
		if _, rest, ok := bytes.Cut(b, []byte("?>")); ok {
			b = rest
		}
	}
	return append([]byte(xmlDeclaration), b...)
}

// element is where one element of a part stands: its start tag ends at inner, its end tag begins at end.
type element struct {
	name             string // qualified
	from, inner, end int64
	empty            bool // <a/>
	count            int  // child elements
}

// begin notes the element whose start is the scanner's current token.
func begin(s *scanner) element {
	return element{name: string(s.open[s.openStart():]), from: s.at, inner: s.after, empty: s.closed}
}

// insertInto puts text before the end of an element. It may be asked once for each element.
func (e *edits) insertInto(x element, text string) {
	if text == "" {
		return
	}
	if x.empty {
		e.replace(x.inner-2, x.inner, ">"+text+"</"+x.name+">")
		return
	}
	e.insert(x.end, text)
}

// tagPrefix is the prefix of a qualified name with its colon, or "".
func tagPrefix(name string) string { return name[:strings.IndexByte(name, ':')+1] }
