package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-message/charset"
)

// Field is one header field. Value is unfolded and otherwise as it came.
type Field struct{ Name, Value string }

// Header is the fields of one message or part, topmost first.
type Header []Field

// Get is the first value of a field, in any case, trimmed; "" when there is none.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// All lists a field's values, topmost first.
func (h Header) All(name string) []string {
	var all []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			all = append(all, f.Value)
		}
	}
	return all
}

// Has reports whether a field is there.
func (h Header) Has(name string) bool { return len(h.All(name)) > 0 }

// splitHeader takes the header off raw. It looks at most+1 bytes of it: long says that it goes on, and what stands
// before is in h. Lines that are no field are counted in odd, not skipped in silence; the mbox line "From …" at the very
// top is not one of them. body is nil when nothing follows the header.
func splitHeader(raw []byte, most int) (h Header, body []byte, odd int, long bool) {
	var value []byte // of the field being read, grown line by line and joined once
	finish := func() {
		if len(h) > 0 && h[len(h)-1].Value == "" {
			h[len(h)-1].Value = string(value)
		}
	}
	defer finish()
	top := raw[:min(len(raw), most+1)]
	for rest, first := top, true; len(rest) > 0; first = false {
		line, after := cutLine(rest)
		if after == nil && len(raw) > len(top) {
			return h, nil, odd, true
		}
		rest = after
		switch {
		case len(line) == 0:
			return h, raw[len(top)-len(rest):], odd, false
		case (line[0] == ' ' || line[0] == '\t') && len(h) > 0:
			if line = bytes.TrimSpace(line); len(line) > 0 && len(value) > 0 {
				value = append(value, ' ')
			}
			value = append(value, line...)
		case first && (bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))):
		default:
			// A blank before the colon is no field: mail programs disagree whether it is one, so it can be read in two ways.
			name, v, ok := bytes.Cut(line, []byte(":"))
			if !ok || !isFieldName(name) {
				odd++
				continue
			}
			finish()
			h, value = append(h, Field{Name: string(name)}), append(value[:0], bytes.TrimSpace(v)...)
		}
	}
	return h, nil, odd, len(raw) > len(top)
}

// cutLine is the first line without its end, and what follows it.
func cutLine(b []byte) (line, after []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimSuffix(b, []byte("\r")), nil
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), b[i+1:]
}

func isFieldName(s []byte) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return len(s) > 0
}

// words decodes RFC 2047 with every charset that the library knows.
var words = mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) { return charset.Reader(name, r) }}

// The longest of each kind that is read; far beyond what any mail program writes. What is longer is not worth the work:
// no subject is shown beyond maxSubject, no list of senders holds one, no id or date is genuine.
const (
	maxSubject    = 16 << 10
	maxSenders    = 16 << 10
	maxParameters = 32 << 10
	maxID         = 998 // a line's most, RFC 5322
	maxDate       = 256
	maxIDsOfField = 200 // a References field has a few dozen at most
)

// shown decodes a field for showing. What cannot be decoded stands as it came, cleaned.
func shown(value string) string {
	value = value[:min(len(value), maxSubject)]
	if decoded, err := words.DecodeHeader(value); err == nil {
		return CleanLine(decoded)
	}
	return CleanLine(value)
}

// addresses reads an address field. An unreadable field is an error, and so is a group ("team: a@b.example;"): the border
// server and mail programs do not agree on who that is.
func addresses(value string) ([]Address, error) {
	if len(value) > maxSenders {
		return nil, fmt.Errorf("%d bytes of addresses, at most %d", len(value), maxSenders)
	}
	if hasGroup(value) {
		return nil, errors.New("a group of addresses")
	}
	parser := mail.AddressParser{WordDecoder: &words}
	list, err := parser.ParseList(value)
	if err != nil {
		return nil, err
	}
	out := make([]Address, len(list))
	for i, a := range list {
		out[i] = Address{Name: CleanLine(a.Name), Addr: strings.ToLower(CleanLine(a.Address))}
		if out[i].Addr != strings.ToLower(a.Address) {
			return nil, fmt.Errorf("%q holds characters that no address has", Clip(out[i].Addr, 80))
		}
	}
	return out, nil
}

// hasGroup reports whether an address field has the syntax of a group: a colon or a semicolon outside quotes, comments and
// angle brackets.
func hasGroup(value string) bool {
	quoted, angle, depth := false, false, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case (c == ':' || c == ';') && !angle:
			return true
		}
	}
	return false
}

// messageIDs lists what stands in angle brackets. Spaces inside an id, which folding leaves, are no part of it.
func messageIDs(value string) []string {
	var ids []string
	for len(ids) < maxIDsOfField {
		_, rest, ok := strings.Cut(value, "<")
		if !ok {
			return ids
		}
		id, after, ok := strings.Cut(rest, ">")
		if !ok {
			return ids
		}
		if len(id) <= maxID {
			if id = strings.Join(strings.Fields(CleanLine(id)), ""); id != "" {
				ids = append(ids, id)
			}
		}
		value = after
	}
	return ids
}

func messageDate(value string) time.Time {
	if len(value) > maxDate {
		return time.Time{}
	}
	t, err := mail.ParseDate(value)
	if err != nil {
		return time.Time{}
	}
	return t
}

func domainOf(address string) string {
	i := strings.LastIndexByte(address, '@')
	if i < 0 {
		return ""
	}
	return strings.ToLower(address[i+1:])
}

// parameters reads a field such as Content-Type. Real mailers write it in ways that the standard library refuses
// (unquoted spaces, repeated or empty parameters): those are read leniently, and the media type at least is kept.
func parameters(value string) (kind string, params map[string]string) {
	value = value[:min(len(value), maxParameters)]
	kind, params, err := mime.ParseMediaType(value)
	if err == nil {
		otherCharsets(value, params)
		return strings.ToLower(kind), params
	}
	kind, rest, _ := strings.Cut(value, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	params = map[string]string{}
	for rest != "" {
		var pair string
		pair, rest = cutParameter(rest)
		name, v, ok := strings.Cut(pair, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if v = strings.Trim(strings.TrimSpace(v), `"`); ok && name != "" && params[name] == "" {
			params[name] = v
		}
	}
	return kind, params
}

// otherCharsets adds the extended parameters (RFC 2231) that the standard library drops, because they are in another
// charset than UTF-8, such as a file name in iso-8859-1.
func otherCharsets(value string, params map[string]string) {
	if !strings.Contains(value, "'") {
		return
	}
	_, rest, _ := strings.Cut(value, ";")
	for rest != "" {
		var pair string
		pair, rest = cutParameter(rest)
		name, v, _ := strings.Cut(pair, "=")
		name, extended := strings.CutSuffix(strings.ToLower(strings.TrimSpace(name)), "*")
		encoding := strings.SplitN(strings.Trim(strings.TrimSpace(v), `"`), "'", 3)
		if !extended || len(encoding) != 3 || params[name] != "" {
			continue
		}
		raw, err := url.PathUnescape(encoding[2])
		if err != nil {
			continue
		}
		if decoded, err := toUTF8(strings.NewReader(raw), []byte(raw), encoding[0]); err == nil {
			params[name] = decoded
		}
	}
}

// cutParameter cuts at the next semicolon outside quotes.
func cutParameter(s string) (pair, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// fileName is a part's name: filename before name, RFC 2231 and RFC 2047 both decoded.
func fileName(disposition, kind map[string]string) string {
	name := disposition["filename"]
	if name == "" {
		name = kind["name"]
	}
	name = name[:min(len(name), maxSubject)]
	if decoded, err := words.DecodeHeader(name); err == nil {
		name = decoded
	}
	return name
}
