package ingest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/emersion/go-imap/v2"

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

// ServerError is what went wrong with a mail server.
type ServerError struct {
	Class  ErrorClass
	Server string // host:port
	Doing  string // "log in", "fetch messages"
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
		return request.Text{EN: "Check username, auth and the secret of this inbox. The login is not tried again in this run, so that the account is not locked.",
			FR: "Vérifiez username, auth et le secret de cette boîte. La connexion n’est pas retentée pendant cette exécution, afin que le compte ne soit pas verrouillé."}
	case TLSError:
		return request.Text{EN: "The server’s certificate is not trusted, or it offers no TLS. Check host, port and tls; for a private authority, set ca_file. Nothing was sent.",
			FR: "Le certificat du serveur n’est pas fiable, ou le serveur n’offre pas TLS. Vérifiez host, port et tls; pour une autorité privée, indiquez ca_file. Rien n’a été transmis."}
	case NetworkError:
		return request.Text{EN: "Check that the server can be reached from here. The next run tries again; nothing is lost.",
			FR: "Vérifiez que le serveur est joignable d’ici. La prochaine exécution réessaiera; rien n’est perdu."}
	default:
		return request.Text{EN: "Run handrail doctor, which tries each step and shows what the server says.",
			FR: "Lancez handrail doctor, qui essaie chaque étape et montre ce que dit le serveur."}
	}
}

// ErrUIDValidity is returned by File when the folder was renumbered since the messages were collected: their UIDs mean
// other messages now, or none. Collect again; the hash of each message tells which are known.
var ErrUIDValidity = errors.New("the folder was renumbered (UIDVALIDITY changed)")

// classify says what kind of trouble err is. The library flattens causes to text, so the connection's own first error
// comes beside it.
func classify(err, conn error) ErrorClass {
	var status *imap.Error
	if errors.As(err, &status) {
		if status.Code == imap.ResponseCodeUnavailable || status.Code == imap.ResponseCodeInUse || status.Type == imap.StatusResponseTypeBye {
			return NetworkError
		}
		return ProtocolError
	}
	for _, e := range []error{err, conn} {
		if isTLS(e) {
			return TLSError
		}
	}
	if conn != nil && !errors.Is(conn, net.ErrClosed) || isNetwork(err) {
		return NetworkError
	}
	return ProtocolError
}

func isTLS(err error) bool {
	if err == nil {
		return false
	}
	var (
		record    tls.RecordHeaderError
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		alert     tls.AlertError
	)
	return errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &invalid) || errors.As(err, &alert) || strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "x509: ")
}

func isNetwork(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "EOF") ||
		strings.Contains(err.Error(), "connection")
}
