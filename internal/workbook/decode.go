package workbook

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// detectEncoding looks at the first bytes: a byte order mark, the pattern of UTF-16, or the XML declaration. What is
// not UTF-8 is transcoded on its way in.
func (s *scanner) detectEncoding() error {
	b := s.buf[s.pos:s.end]
	for len(b) < 4 && s.srcErr == nil {
		if err := s.fill(); err != nil && err != io.EOF {
			return err
		}
		b = s.buf[s.pos:s.end]
	}
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		s.pos += 3
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("<\x00")):
		return s.transcode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
	case bytes.HasPrefix(b, []byte("\xfe\xff")), bytes.HasPrefix(b, []byte("\x00<")):
		return s.transcode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM))
	}
	b = s.buf[s.pos:s.end]
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return nil
	}
	end := bytes.Index(b, []byte("?>"))
	if end < 0 {
		return nil // next will say that the part stops in the middle, or read on
	}
	name, ok := declaredEncoding(b[:end])
	if !ok {
		return nil
	}
	switch string(bytes.ToLower(name)) {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf16":
		return nil
	case "iso-8859-1", "latin1":
		return s.transcode(charmap.ISO8859_1)
	case "windows-1252", "cp1252":
		return s.transcode(charmap.Windows1252)
	}
	return s.bad("the part is written in %q, which no spreadsheet program uses", name)
}

func declaredEncoding(decl []byte) (name []byte, ok bool) {
	_, rest, found := bytes.Cut(decl, []byte("encoding"))
	if !found {
		return nil, false
	}
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if len(rest) < 2 {
		return nil, false
	}
	name, _, ok = bytes.Cut(rest[1:], rest[:1])
	return name, ok
}

func (s *scanner) transcode(e encoding.Encoding) error {
	have := bytes.Clone(s.buf[s.pos:s.end])
	src := io.MultiReader(bytes.NewReader(have), errReader{s.src, s.srcErr})
	s.src, s.buf = e.NewDecoder().Reader(src), make([]byte, scanBuffer)
	s.pos, s.end, s.srcErr, s.transcoded = 0, 0, nil, true
	if err := s.fill(); err != nil && err != io.EOF {
		return err
	}
	if bytes.HasPrefix(s.buf[s.pos:s.end], []byte("\xef\xbb\xbf")) {
		s.pos += 3
	}
	return nil
}

type errReader struct {
	r   io.Reader
	err error
}

func (e errReader) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	return e.r.Read(p)
}

var (
	errEntity = errors.New("an entity is not one of XML's own")
	errUTF8   = errors.New("the text is not UTF-8")
)

// appendText appends the meaning of raw XML text: entities resolved, line ends as \n, Excel's _x000D_ escapes undone.
func appendText(dst, raw []byte) ([]byte, error) {
	from := len(dst)
	dst, err := appendDecoded(dst, raw)
	if err != nil {
		return dst, err
	}
	if bytes.Contains(dst[from:], []byte("_x")) {
		dst = unescapeX(dst, from)
	}
	if !utf8.Valid(dst[from:]) {
		return dst, errUTF8
	}
	return dst, nil
}

// appendDecoded resolves entities and line ends only.
func appendDecoded(dst, raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return append(dst, raw...), nil
	}
	for len(raw) > 0 {
		n := bytes.IndexAny(raw, "&\r")
		if n < 0 {
			return append(dst, raw...), nil
		}
		dst = append(dst, raw[:n]...)
		if raw[n] == '\r' {
			dst = append(dst, '\n')
			raw = raw[n+1:]
			if len(raw) > 0 && raw[0] == '\n' {
				raw = raw[1:]
			}
			continue
		}
		raw = raw[n+1:]
		end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if end < 0 {
			return dst, errEntity
		}
		var ok bool
		if dst, ok = appendEntity(dst, raw[:end]); !ok {
			return dst, errEntity
		}
		raw = raw[end+1:]
	}
	return dst, nil
}

func appendEntity(dst, name []byte) ([]byte, bool) {
	switch string(name) {
	case "amp":
		return append(dst, '&'), true
	case "lt":
		return append(dst, '<'), true
	case "gt":
		return append(dst, '>'), true
	case "quot":
		return append(dst, '"'), true
	case "apos":
		return append(dst, '\''), true
	}
	if len(name) < 2 || name[0] != '#' {
		return dst, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || n >= 0xd800 && n < 0xe000 {
		return dst, false
	}
	return utf8.AppendRune(dst, rune(n)), true
}

// unescapeX undoes _xHHHH_ in dst[from:], in place: it only gets shorter. Surrogate pairs written as two escapes
// become one character.
func unescapeX(dst []byte, from int) []byte {
	out := from
	var high rune
	for i := from; i < len(dst); {
		r, ok := escapeAt(dst[i:])
		if !ok {
			dst[out] = dst[i]
			out++
			i++
			continue
		}
		i += 7
		switch {
		case r >= 0xd800 && r < 0xdc00:
			if low, ok := escapeAt(dst[i:]); ok && low >= 0xdc00 && low < 0xe000 {
				high = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
				i += 7
				r = high
			} else {
				r = utf8.RuneError
			}
		case r >= 0xdc00 && r < 0xe000:
			r = utf8.RuneError
		}
		out += utf8.EncodeRune(dst[out:out+4], r)
	}
	return dst[:out]
}

func escapeAt(b []byte) (rune, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
