package ingest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"handrail/internal/workbook"
)

// Cutter says what of a message may not be kept.
type Cutter struct {
	// Text cuts a text; what it puts in the place of something may be outside of ASCII.
	Text func(string) string
	// Mark is what Text puts there, and Plain the same in ASCII, for texts and fields in another character set.
	Mark, Plain string
	// Unread reports that a file of a format, which is no text, is not kept, since nobody can say what is in it; nil keeps all.
	Unread func(workbook.Format) bool
}

// Cut is a message with its subject, its texts, its text files and the names of its files cut, and everything else byte by byte as
// it came: it is read again as the original is. It is nil where nothing had to be cut. A signature over it holds no longer: whoever
// judges the message again must fetch it again.
func Cut(raw []byte, c Cutter) []byte {
	out, changed := c.part(raw, 0)
	if !changed {
		return nil
	}
	return out
}

const (
	deepestCut    = 30
	mostCutHeader = 4 << 20
)

// part cuts a message or a part of one: its header, and its body by what the header says it is.
func (c *Cutter) part(raw []byte, depth int) ([]byte, bool) {
	h, body, _, long := splitHeader(raw, mostCutHeader)
	if long || depth > deepestCut {
		return c.plainly(raw)
	}
	head, changed := c.header(raw[:len(raw)-len(body)])
	kind, params := parameters(h.Get("Content-Type"))
	encoding := strings.ToLower(h.Get("Content-Transfer-Encoding"))
	whole := encoding == "" || encoding == "7bit" || encoding == "8bit" || encoding == "binary"
	var inside []byte
	var cut bool
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" && whole:
		inside, cut = c.parts(body, params["boundary"], depth)
	case (kind == "message/rfc822" || kind == "message/global") && whole:
		inside, cut = c.part(body, depth+1)
	default:
		return c.leaf(head, body, encoding, h, changed)
	}
	if !cut {
		inside = body
	}
	return append(slices.Clone(head), inside...), changed || cut
}

// parts cuts what stands between boundary lines, and leaves these as they are.
func (c *Cutter) parts(body []byte, boundary string, depth int) ([]byte, bool) {
	mark := []byte("--" + strings.TrimRight(boundary, " \t"))
	var out bytes.Buffer
	changed, begun, start := false, false, 0
	flush := func(end int) {
		piece := body[start:end]
		var cut []byte
		var did bool
		if begun {
			cut, did = c.part(piece, depth+1)
		} else {
			cut, did = c.plainly(piece)
		}
		changed = changed || did
		out.Write(cut)
	}
	for at := 0; at < len(body); {
		end := len(body)
		if n := bytes.IndexByte(body[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		if bytes.HasPrefix(body[at:end], mark) {
			flush(at)
			out.Write(body[at:end])
			begun, start = !bytes.HasPrefix(body[at+len(mark):end], []byte("--")), end
		}
		at = end
	}
	flush(len(body))
	return out.Bytes(), changed
}

// leaf cuts a part without parts of its own. A text that had to be decoded is kept in base64.
func (c *Cutter) leaf(head, body []byte, encoding string, h Header, changed bool) ([]byte, bool) {
	data := body
	switch encoding {
	case "base64":
		data = lenientBase64(body)
	case "quoted-printable":
		if decoded, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body))); err == nil {
			data = decoded
		}
	}
	format := workbook.Sniff(data)
	if c.Unread != nil && c.Unread(format) {
		return c.unread(h, data, format), true
	}
	text, utf16Text := textOf(data)
	if text == "" && !utf16Text {
		return append(slices.Clone(head), body...), changed
	}
	cut := c.Text(text)
	if cut == text {
		return append(slices.Clone(head), body...), changed
	}
	_, params := parameters(h.Get("Content-Type"))
	switch set := strings.ToLower(params["charset"]); {
	case utf16Text:
		cut = "\ufeff" + cut
	case set != "utf-8" && set != "utf8":
		cut = strings.ReplaceAll(cut, c.Mark, c.Plain)
	}
	if encoding == "base64" || encoding == "quoted-printable" {
		return append(withEncoding(head), wrapped64([]byte(cut))...), true
	}
	return append(slices.Clone(head), strings.ReplaceAll(cut, c.Mark, c.Plain)...), true
}

// unread stands in the place of a file that is not kept.
func (c *Cutter) unread(h Header, data []byte, format workbook.Format) []byte {
	_, disposition := parameters(h.Get("Content-Disposition"))
	_, kind := parameters(h.Get("Content-Type"))
	name := strings.ReplaceAll(c.Text(CleanName(fileName(disposition, kind))), c.Mark, c.Plain)
	a, _ := (&patience{}).attachment(name, "", data, place{})
	return fmt.Appendf(nil, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s (%d bytes, %s) is not kept: it could not be read, and card numbers in it could not be cut.\r\n",
		name, len(data), a.Digest)
}

// plainly cuts bytes of which nothing is known but that they may be text.
func (c *Cutter) plainly(raw []byte) ([]byte, bool) {
	text := string(raw)
	cut := strings.ReplaceAll(c.Text(text), c.Mark, c.Plain)
	return []byte(cut), cut != text
}

// textOf is a file as text in the encoding that it has, or UTF-8 for UTF-16; "" for what is no text.
func textOf(data []byte) (text string, utf16Text bool) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			a, b := uint16(data[i]), uint16(data[i+1])
			if data[0] == 0xff {
				a, b = b, a
			}
			units = append(units, a<<8|b)
		}
		return string(utf16.Decode(units)), true
	}
	if utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 {
		return string(data), false
	}
	switch workbook.Sniff(data) {
	case workbook.Csv, workbook.HTML, workbook.SheetML, workbook.RTF:
		return string(data), false
	case workbook.Unknown:
		if bytes.IndexByte(data, 0) < 0 {
			return string(data), false
		}
	}
	return "", false
}

// cutFields are the fields that people fill; others hold digits by chance, and say where a message came from and what it answers.
var cutFields = []string{"Subject", "Thread-Topic", "Comments", "Keywords", "Content-Description", "Content-Type", "Content-Disposition"}

// header cuts the fields that people fill.
func (c *Cutter) header(raw []byte) ([]byte, bool) {
	var out []byte
	changed := false
	for len(raw) > 0 {
		end := fieldEnd(raw)
		field := raw[:end]
		raw = raw[end:]
		if name, value, ok := bytes.Cut(field, []byte(":")); ok && slices.ContainsFunc(cutFields, func(f string) bool { return strings.EqualFold(f, string(name)) }) {
			if cut := c.field(string(name), strings.Join(strings.Fields(string(value)), " ")); cut != "" {
				out, changed = append(out, cut+"\r\n"...), true
				continue
			}
		}
		out = append(out, field...)
	}
	return out, changed
}

// fieldEnd is where the first field of a header ends, with its folded lines.
func fieldEnd(raw []byte) int {
	for at := 0; ; {
		n := bytes.IndexByte(raw[at:], '\n')
		if n < 0 {
			return len(raw)
		}
		if at += n + 1; at == len(raw) || raw[at] != ' ' && raw[at] != '\t' {
			return at
		}
	}
}

// field is a field anew, "" where nothing in it had to be cut.
func (c *Cutter) field(name, value string) string {
	if strings.EqualFold(name, "Content-Type") || strings.EqualFold(name, "Content-Disposition") {
		kind, params := parameters(value)
		changed := false
		for p, v := range params {
			if p == "boundary" || p == "charset" {
				continue
			}
			if cut := c.Text(shown(v)); cut != shown(v) {
				params[p], changed = strings.ReplaceAll(cut, c.Mark, c.Plain), true
			}
		}
		if !changed {
			return ""
		}
		return name + ": " + mime.FormatMediaType(kind, params)
	}
	decoded := value
	if d, err := words.DecodeHeader(value); err == nil {
		decoded = d
	}
	cut := c.Text(decoded)
	if cut == decoded {
		return ""
	}
	return name + ": " + strings.ReplaceAll(mime.QEncoding.Encode("utf-8", cut), "?= =?", "?=\r\n =?")
}

// withEncoding is a part's header that says base64.
func withEncoding(head []byte) []byte {
	var out []byte
	for raw := head; len(raw) > 0; {
		end := fieldEnd(raw)
		if name, _, ok := bytes.Cut(raw[:end], []byte(":")); ok && strings.EqualFold(string(name), "Content-Transfer-Encoding") {
			out = append(out, "Content-Transfer-Encoding: base64\r\n"...)
		} else {
			out = append(out, raw[:end]...)
		}
		raw = raw[end:]
	}
	return out
}

func wrapped64(data []byte) []byte {
	const line = 57 // bytes, of which 76 characters are made
	var out []byte
	for piece := range slices.Chunk(data, line) {
		out = append(base64.StdEncoding.AppendEncode(out, piece), "\r\n"...)
	}
	return out
}

// lenientBase64 decodes what can be decoded: a damaged part holds what stands before the damage.
func lenientBase64(body []byte) []byte {
	packed := make([]byte, 0, len(body))
	for _, b := range body {
		switch {
		case b >= 'A' && b <= 'Z', b >= 'a' && b <= 'z', b >= '0' && b <= '9', b == '+', b == '/':
			packed = append(packed, b)
		}
	}
	if len(packed)%4 == 1 {
		packed = packed[:len(packed)-1]
	}
	n, _ := base64.RawStdEncoding.Decode(packed, packed) // of that alphabet alone
	return packed[:n]
}
