package notify

import (
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
)

// headerWidth is the longest line of a header that is not one long word (RFC 5322 and RFC 2047).
const headerWidth = 76

// fields collects header fields top to bottom. The library keeps them bottom to top, and would change the spelling of
// "Message-ID"; so they are written here, folded and encoded, and handed over as they are.
type fields struct {
	raw []string
}

// add takes a field whose value is ASCII without line breaks, made by us. Words are folded at spaces.
func (f *fields) add(name, value string) {
	f.raw = append(f.raw, name+":"+fold(len(name)+1, strings.Split(value, " "))+"\r\n")
}

// addText takes foreign text, cleaned before.
func (f *fields) addText(name, text string) {
	f.raw = append(f.raw, name+":"+fold(len(name)+1, words(text, headerWidth-len(name)-2))+"\r\n")
}

// addAddress takes a display name, cleaned before, and a checked address.
func (f *fields) addAddress(name, display, address string) {
	var parts []string
	switch {
	case display == "":
	case needsEncoding(display):
		parts = words(display, headerWidth-len(name)-2)
	default:
		parts = []string{`"` + quotedPair.Replace(display) + `"`}
	}
	if wire, err := WireAddress(address); err == nil {
		address = wire
	}
	f.raw = append(f.raw, name+":"+fold(len(name)+1, append(parts, "<"+address+">"))+"\r\n")
}

var quotedPair = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// into hands the fields to the library, above those it has.
func (f *fields) into(h *message.Header) {
	for i := len(f.raw) - 1; i >= 0; i-- {
		h.AddRaw([]byte(f.raw[i]))
	}
}

// fold joins words with spaces, or with a line break and a space where the line would grow too long.
func fold(column int, words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && column+1+len(w) > headerWidth {
			b.WriteString("\r\n")
			column = 0
		}
		b.WriteByte(' ')
		b.WriteString(w)
		column += 1 + len(w)
	}
	return b.String()
}

// words are the words of ASCII text, or the encoded words (RFC 2047) of any other, the first of at most first bytes.
func words(text string, first int) []string {
	if !needsEncoding(text) {
		return strings.Split(text, " ")
	}
	return encodedWords(text, first)
}

// needsEncoding reports text that is not plain ASCII, that would be read as encoded already, or that has a word too
// long for a line.
func needsEncoding(s string) bool {
	if strings.Contains(s, "=?") {
		return true
	}
	run := 0
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return true
		}
		if run++; s[i] == ' ' {
			run = 0
		}
		if run > headerWidth-2 {
			return true
		}
	}
	return false
}

const (
	encodedStart = "=?utf-8?q?"
	encodedEnd   = "?="
	hexDigits    = "0123456789ABCDEF"
)

// encodedWords writes text as Q-encoded words that never cut a character in two.
func encodedWords(text string, first int) []string {
	var out []string
	var b strings.Builder
	limit := first
	for _, r := range text {
		piece := q(r)
		if b.Len() > 0 && len(encodedStart)+b.Len()+len(piece)+len(encodedEnd) > limit {
			out = append(out, encodedStart+b.String()+encodedEnd)
			b.Reset()
			limit = headerWidth - 1
		}
		b.WriteString(piece)
	}
	return append(out, encodedStart+b.String()+encodedEnd)
}

func q(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("!*+-/.,:[]$", r):
		return string(r)
	}
	var utf [utf8.UTFMax]byte
	n := utf8.EncodeRune(utf[:], r)
	var b strings.Builder
	for _, c := range utf[:n] {
		b.WriteByte('=')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}
