package imap

import (
	"fmt"

	"handrail/ingest"

	"github.com/emersion/go-sasl"
)

// xoauth2 is the SASL mechanism of Google and Microsoft: one message with the account and a bearer token. go-sasl has
// only OAUTHBEARER, which Microsoft does not take.
type xoauth2 struct{ username, token string }

// Start sends everything there is to send.
func (x *xoauth2) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.username + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next is only called when the token was refused: the challenge says why. RFC 7628 wants an empty answer, which the
// IMAP library sends as "=" and Dovecot calls BAD; ending the exchange here closes the connection instead, and keeps
// the reason.
func (x *xoauth2) Next(challenge []byte) ([]byte, error) {
	return nil, &refusedToken{says: ingest.Clip(ingest.CleanLine(string(challenge)), 200)}
}

// oauthBearer is the standard's own mechanism (RFC 7628), for servers that offer only that one.
type oauthBearer struct{ sasl.Client }

// Next ends the exchange as xoauth2 does, and for the same reason.
func (o *oauthBearer) Next(challenge []byte) ([]byte, error) {
	return nil, &refusedToken{says: ingest.Clip(ingest.CleanLine(string(challenge)), 200)}
}

// refusedToken is what the server says of a token.
type refusedToken struct{ says string }

func (e *refusedToken) Error() string { return fmt.Sprintf("the token was refused: %s", e.says) }
