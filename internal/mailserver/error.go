package mailserver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"handrail/internal/request"
)

// Class says what kind of trouble a server gave, and so whether trying again makes sense.
type Class string

// The kinds of trouble.
const (
	CredentialsError Class = "credentials" // the login was refused: never tried twice in a run
	NetworkError     Class = "network"     // not reached, silent or cut: a later try may succeed
	ProtocolError    Class = "protocol"    // the server answered what it must not, or refused a command
	TLSError         Class = "tls"         // no trustworthy encryption: nothing was sent
)

// Error is what went wrong with a mail server, apart from the fate of any one mail.
type Error struct {
	Class  Class
	Server string // host:port
	Doing  string // "log in", "fetch messages", "MAIL FROM"
	Err    error
}

// Error says what, where and why.
func (e *Error) Error() string { return fmt.Sprintf("%s at %s: %v", e.Doing, e.Server, e.Err) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *Error) Hint() request.Text {
	var excess *Excess
	if errors.As(e.Err, &excess) {
		return excess.hint()
	}
	switch e.Class {
	case CredentialsError:
		return request.Text{EN: "Check username, auth and the secret that the configuration gives for this server. The login is not tried again in this run, so that the account is not locked. No mail is lost.",
			FR: "Vérifiez username, auth et le secret que la configuration donne pour ce serveur. La connexion n’est pas retentée pendant cette exécution, afin que le compte ne soit pas verrouillé. Aucun courriel n’est perdu."}
	case TLSError:
		return request.Text{EN: "The server’s certificate is not trusted, or it offers no TLS. Check host, port and tls of this server; for a private authority, set ca_file. Nothing was sent.",
			FR: "Le certificat du serveur n’est pas fiable, ou le serveur n’offre pas TLS. Vérifiez host, port et tls de ce serveur; pour une autorité privée, indiquez ca_file. Rien n’a été transmis."}
	case NetworkError:
		return request.Text{EN: "Check that the server can be reached from here. The next run tries again; no mail is lost.",
			FR: "Vérifiez que le serveur est joignable d’ici. La prochaine exécution réessaiera; aucun courriel n’est perdu."}
	default:
		return request.Text{EN: "Run handrail doctor, which tries each step and shows what the server says.",
			FR: "Lancez handrail doctor, qui essaie chaque étape et montre ce que dit le serveur."}
	}
}

// IsTLS reports whether err is about the encryption of a connection: a certificate, a record, an alert.
func IsTLS(err error) bool {
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
