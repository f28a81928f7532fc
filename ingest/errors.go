package ingest

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/emersion/go-imap/v2"

	"handrail/internal/mailserver"
)

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
	return err != nil && (mailserver.IsTLS(err) || strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "x509: "))
}

func isNetwork(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "EOF") ||
		strings.Contains(err.Error(), "connection")
}
