package ingest

import (
	"bytes"
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

// splitHeader takes the header off raw. Lines that are no field are counted in odd, not skipped in silence; the mbox
// line "From …" at the very top is not one of them. body is nil when nothing follows the header.
func splitHeader(raw []byte) (h Header, body []byte, odd int) {
	rest, first := raw, true
	for len(rest) > 0 {
		line, after := cutLine(rest)
		switch {
		case len(line) == 0:
			return h, after, odd
		case (line[0] == ' ' || line[0] == '\t') && len(h) > 0:
			f := &h[len(h)-1]
			f.Value = strings.TrimSpace(f.Value + " " + strings.TrimSpace(string(line)))
		case first && (bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))):
		default:
			name, value, ok := strings.Cut(string(line), ":")
			name = strings.TrimRight(name, " \t")
			if !ok || !isFieldName(name) {
				odd++
				break
			}
			h = append(h, Field{name, strings.TrimSpace(value)})
		}
		rest, first = after, false
	}
	return h, nil, odd
}

// cutLine is the first line without its end, and what follows it.
func cutLine(b []byte) (line, after []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimSuffix(b, []byte("\r")), nil
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), b[i+1:]
}

func isFieldName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}

// words decodes RFC 2047 with every charset that the library knows.
var words = mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) { return charset.Reader(name, r) }}

// shown decodes a field for showing. What cannot be decoded stands as it came, cleaned.
func shown(value string) string {
	if decoded, err := words.DecodeHeader(value); err == nil {
		return CleanLine(decoded)
	}
	return CleanLine(value)
}

// addresses reads an address field. Groups are taken apart; an unreadable field is an error.
func addresses(value string) ([]Address, error) {
	parser := mail.AddressParser{WordDecoder: &words}
	list, err := parser.ParseList(value)
	if err != nil {
		return nil, err
	}
	out := make([]Address, len(list))
	for i, a := range list {
		out[i] = Address{Name: CleanLine(a.Name), Addr: strings.ToLower(CleanLine(a.Address))}
		if out[i].Addr != strings.ToLower(a.Address) {
			return nil, fmt.Errorf("%q holds characters that no address has", clip(out[i].Addr, 80))
		}
	}
	return out, nil
}

// messageIDs lists what stands in angle brackets. Spaces inside an id, which folding leaves, are no part of it.
func messageIDs(value string) []string {
	var ids []string
	for len(ids) < 200 { // a References field bears a few dozen at most
		_, rest, ok := strings.Cut(value, "<")
		if !ok {
			return ids
		}
		id, after, ok := strings.Cut(rest, ">")
		if !ok {
			return ids
		}
		if id = strings.Join(strings.Fields(CleanLine(id)), ""); id != "" {
			ids = append(ids, id)
		}
		value = after
	}
	return ids
}

func messageDate(value string) time.Time {
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
		if decoded, err := toUTF8([]byte(raw), encoding[0]); err == nil {
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
	if decoded, err := words.DecodeHeader(name); err == nil {
		name = decoded
	}
	return name
}
