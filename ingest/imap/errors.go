package imap

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/emersion/go-imap/v2"

	"handrail/internal/mailserver"
)

// classify says what kind of trouble err is. The library flattens causes to text, so the connection's own first error
// comes beside it.
func classify(err, conn error) mailserver.Class {
	var status *imap.Error
	if errors.As(err, &status) {
		if status.Code == imap.ResponseCodeUnavailable || status.Code == imap.ResponseCodeInUse || status.Type == imap.StatusResponseTypeBye {
			return mailserver.NetworkError
		}
		return mailserver.ProtocolError
	}
	for _, e := range []error{err, conn} {
		if isTLS(e) {
			return mailserver.TLSError
		}
	}
	if conn != nil && !errors.Is(conn, net.ErrClosed) || isNetwork(err) {
		return mailserver.NetworkError
	}
	return mailserver.ProtocolError
}

func isTLS(err error) bool {
	return err != nil && (mailserver.IsTLS(err) || strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "x509: "))
}

func isNetwork(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "EOF") ||
		strings.Contains(err.Error(), "connection")
}
