package statement

import (
	"html"
	"strings"
)

// ofxTokens walks the tags of an OFX file, SGML and XML alike, once from front to end: what is not a tag or its text (a
// declaration, a comment, an entity of the file's own) is stepped over and means nothing.
type ofxTokens struct {
	text string
	at   int
}

// ofxTag is one tag with the text up to the next one, at most longestOFXValue bytes of it.
type ofxTag struct {
	name  string // upper case, without a name space
	close bool
	value string
}

const longestOFXValue = 4 << 10

// next is the next tag; ok is false at the end, and where the last tag is not closed.
func (t *ofxTokens) next() (tag ofxTag, ok bool) {
	for {
		open := strings.IndexByte(t.text[t.at:], '<')
		if open < 0 {
			t.at = len(t.text)
			return tag, false
		}
		t.at += open + 1
		end := strings.IndexByte(t.text[t.at:], '>')
		if end < 0 {
			t.at = len(t.text)
			return tag, false
		}
		name := t.text[t.at : t.at+end]
		if strings.HasPrefix(name, "!--") {
			end = strings.Index(t.text[t.at:], "-->")
			if end < 0 {
				t.at = len(t.text)
				return tag, false
			}
			t.at += end + len("-->")
			continue
		}
		t.at += end + 1
		if name == "" || name[0] == '!' || name[0] == '?' {
			continue
		}
		empty := strings.HasSuffix(name, "/")
		tag.close = name[0] == '/'
		name, _, _ = strings.Cut(strings.Trim(name, "/"), " ")
		if _, local, found := strings.Cut(name, ":"); found {
			name = local
		}
		tag.name = strings.ToUpper(strings.TrimSpace(name))
		if !tag.close && !empty {
			tag.value = t.value()
		}
		return tag, true
	}
}

// value is the text up to the next tag.
func (t *ofxTokens) value() string {
	const cdata, cdataEnd = "<![CDATA[", "]]>"
	rest := t.text[t.at:]
	if trimmed := strings.TrimLeft(rest[:min(len(rest), 64)], " \t\r\n"); strings.HasPrefix(trimmed, cdata) {
		start := strings.Index(rest, cdata) + len(cdata)
		if end := strings.Index(rest[start:], cdataEnd); end >= 0 {
			t.at += start + end + len(cdataEnd)
			return strings.TrimSpace(rest[start : start+min(end, longestOFXValue)])
		}
	}
	end := strings.IndexByte(rest, '<')
	if end < 0 {
		end = len(rest)
	}
	t.at += end
	value := strings.TrimSpace(strings.ToValidUTF8(rest[:min(end, longestOFXValue)], ""))
	if strings.Contains(value, "&") {
		value = html.UnescapeString(value)
	}
	return value
}
