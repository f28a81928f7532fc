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
	// Secret is where the secret of a refused login is ("client secret, file /etc/handrail/client-secret"); "" where that is
	// not known.
	Secret string
	Err    error
}

// Error says what, where and why.
func (e *Error) Error() string {
	if e.Secret != "" {
		return fmt.Sprintf("%s at %s: %v (%s)", e.Doing, e.Server, e.Err, e.Secret)
	}
	return fmt.Sprintf("%s at %s: %v", e.Doing, e.Server, e.Err)
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *Error) Hint() request.Text {
	var excess *Excess
	if errors.As(e.Err, &excess) {
		return excess.hint()
	}
	return HintFor(e.Class, e.Error())
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
