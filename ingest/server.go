package ingest

import "handrail/internal/mailserver"

// What is said of a mail server is the same for mail that comes in and for mail that goes out.
type (
	Secret      = mailserver.Secret
	Duration    = mailserver.Duration
	TLSMode     = mailserver.TLSMode
	ErrorClass  = mailserver.Class
	ServerError = mailserver.Error
)

// The ways to protect a connection: port 993, port 143, and to this very machine.
const (
	TLSImplicit = mailserver.TLSImplicit
	TLSStart    = mailserver.TLSStart
	TLSNone     = mailserver.TLSNone
)

// The kinds of trouble a server gives.
const (
	CredentialsError = mailserver.CredentialsError
	NetworkError     = mailserver.NetworkError
	ProtocolError    = mailserver.ProtocolError
	TLSError         = mailserver.TLSError
)
