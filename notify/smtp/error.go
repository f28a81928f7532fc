package smtp

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"unicode"

	"handrail/internal/mailserver"
)

// reply is the server's own answer within err, nil when it gave none.
func reply(err error) *textproto.Error {
	var e *textproto.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// classOf says what kind of trouble err is.
func classOf(err error) mailserver.Class {
	var garbled textproto.ProtocolError
	var excess *mailserver.Excess
	switch {
	case mailserver.IsTLS(err):
		return mailserver.TLSError
	case reply(err) != nil || errors.As(err, &garbled), errors.As(err, &excess):
		return mailserver.ProtocolError
	default:
		return mailserver.NetworkError
	}
}

// maxWords bounds what is kept of a server's words, in characters.
const maxWords = 500

// cleanWords makes a server's words fit for a ledger and a terminal: one line, no control or direction characters.
func cleanWords(s string) string {
	s = s[:min(len(s), 32*maxWords)]
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxWords {
		s = string(r[:maxWords]) + "…"
	}
	return s
}

// wordsOf is what is kept of an error: the server's code and words, or what happened on the way.
func wordsOf(err error) string {
	var server *mailserver.Error
	if r := reply(err); r != nil && !errors.As(err, &server) {
		return cleanWords(fmt.Sprintf("%d %s", r.Code, r.Msg)) // the library's own form has quotes in it
	}
	return cleanWords(err.Error())
}
