package notify

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// WireAddress is an address as mail headers and mail servers have it. The local part is quoted where it must be ("a b"@…), and the
// domain is in ASCII where it has such a form, so that only a local part beyond ASCII needs SMTPUTF8. address is as mail programs
// show it and the ledger keeps it: bare, without quotes. An error says why it cannot be written at all.
func WireAddress(address string) (string, error) {
	i := strings.LastIndexByte(address, '@')
	if i < 1 || i == len(address)-1 {
		return "", errors.New("it has no name before the @, or no domain after it")
	}
	local, domain := address[:i], address[i+1:]
	if !utf8.ValidString(address) || strings.ContainsFunc(address, func(r rune) bool { return unicode.IsControl(r) || invisible(r) }) {
		return "", errors.New("it has characters that are not printed")
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	if strings.ContainsRune(local, '@') && strings.ContainsAny(local, ",;") {
		return "", errors.New("it is more than one address")
	}
	wire := local
	if !isDotAtom(local) {
		wire = `"` + quotedPair.Replace(local) + `"`
	}
	wire += "@" + domain
	if a, err := mail.ParseAddress(wire); err != nil || a.Address != local+"@"+domain {
		return "", errors.New("no mail program reads it as one address")
	}
	return wire, nil
}

// isDotAtom reports a local part that needs no quotes (RFC 5322, with the letters of RFC 6532).
func isDotAtom(local string) bool {
	for word := range strings.SplitSeq(local, ".") {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool {
			return r < utf8.RuneSelf && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)) || unicode.IsSpace(r)
		}) {
			return false
		}
	}
	return true
}

// recipient checks whom a mail goes to. Whether a server takes it is the server's to say.
func recipient(address string) (string, error) {
	if _, err := WireAddress(address); err != nil {
		return "", fmt.Errorf("the recipient address %s cannot be written to: %w", quoteForError(address), err)
	}
	return address, nil
}
