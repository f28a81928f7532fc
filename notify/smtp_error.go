package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"unicode"

	"handrail/internal/request"
)

// ErrorClass says what kind of trouble a server gave, and so whether trying again makes sense.
type ErrorClass string

// The kinds of trouble.
const (
	CredentialsError ErrorClass = "credentials" // the login was refused: never tried twice in a run
	NetworkError     ErrorClass = "network"     // not reached, silent or cut: a later try may succeed
	ProtocolError    ErrorClass = "protocol"    // the server answered what it must not, or refused a command
	TLSError         ErrorClass = "tls"         // no trustworthy encryption: nothing was sent
)

// ServerError is what went wrong with the mail server, apart from the fate of any one mail.
type ServerError struct {
	Class  ErrorClass
	Server string // host:port
	Doing  string // "connect", "log in", "MAIL FROM"
	Err    error
}

// Error says what, where and why.
func (e *ServerError) Error() string { return fmt.Sprintf("%s at %s: %v", e.Doing, e.Server, e.Err) }

// Unwrap is the cause.
func (e *ServerError) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *ServerError) Hint() request.Text {
	switch e.Class {
	case CredentialsError:
		return request.Text{EN: "Check username, auth and the secret under [smtp]. The login is not tried again in this run, so that the account is not locked. No mail is lost.",
			FR: "Vérifiez username, auth et le secret sous [smtp]. La connexion n’est pas retentée pendant cette exécution, afin que le compte ne soit pas verrouillé. Aucun courriel n’est perdu."}
	case TLSError:
		return request.Text{EN: "The server’s certificate is not trusted, or it offers no TLS. Check host, port and tls under [smtp]; for a private authority, set ca_file. Nothing was sent.",
			FR: "Le certificat du serveur n’est pas fiable, ou le serveur n’offre pas TLS. Vérifiez host, port et tls sous [smtp]; pour une autorité privée, indiquez ca_file. Rien n’a été transmis."}
	case NetworkError:
		return request.Text{EN: "Check that the server can be reached from here. Mails wait in the ledger and are tried again; nothing is lost.",
			FR: "Vérifiez que le serveur est joignable d’ici. Les courriels attendent dans le registre et seront réessayés; rien n’est perdu."}
	default:
		return request.Text{EN: "Run handrail doctor, which tries each step and shows what the server says.",
			FR: "Lancez handrail doctor, qui essaie chaque étape et montre ce que dit le serveur."}
	}
}

// reply is the server's own answer within err, nil when it gave none.
func reply(err error) *textproto.Error {
	var e *textproto.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

func isTLSError(err error) bool {
	var (
		record    tls.RecordHeaderError
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		alert     tls.AlertError
	)
	return errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &invalid) || errors.As(err, &alert)
}

// classOf says what kind of trouble err is.
func classOf(err error) ErrorClass {
	var garbled textproto.ProtocolError
	switch {
	case isTLSError(err):
		return TLSError
	case reply(err) != nil || errors.As(err, &garbled):
		return ProtocolError
	default:
		return NetworkError
	}
}

// maxWords bounds what is kept of a server's words, in characters.
const maxWords = 500

// cleanWords makes a server's words fit for a ledger and a terminal: one line, no control or direction characters.
func cleanWords(s string) string {
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
	var server *ServerError
	if r := reply(err); r != nil && !errors.As(err, &server) {
		return cleanWords(fmt.Sprintf("%d %s", r.Code, r.Msg)) // the library's own form has quotes in it
	}
	return cleanWords(err.Error())
}
