package imap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"handrail/ingest"
	"handrail/internal/mailserver"

	"github.com/emersion/go-imap/v2"
)

// What is read before a connection is protected: a greeting, and the answer to one command.
const (
	clearLine  = 8 << 10
	clearLines = 100
)

// startTLS protects a connection to the plain port. It speaks IMAP by itself until then: the library would read the
// answers inside TLS where nobody watches them, and a greeting without an end before it. What the library meets is
// a server that has just greeted; it asks for the capabilities again, as it must.
func (s *Session) startTLS(ctx context.Context, config *tls.Config) (net.Conn, error) {
	var secured *tls.Conn
	err := s.guard(ctx, "start TLS", ordinaryAnswer(), func() error {
		if err := s.askForTLS(); err != nil {
			return &mailserver.Error{Class: startTLSClass(err, s.conn.failure()), Server: s.addr, Doing: "start TLS", Err: err}
		}
		secured = tls.Client(s.conn, config)
		return secured.HandshakeContext(ctx)
	})
	if err != nil {
		return nil, err
	}
	return &guardedConn{Conn: secured, guard: s.answers, first: []byte("* OK protected\r\n")}, nil
}

// askForTLS reads the greeting and has STARTTLS answered with OK.
func (s *Session) askForTLS() error {
	greeting, err := clearAnswer(s.conn)
	if err != nil {
		return err
	}
	switch status, text := statusOf(greeting, "*"); status {
	case "OK":
	case "BYE":
		return &imap.Error{Type: imap.StatusResponseTypeBye, Text: ingest.CleanLine(text)}
	case "PREAUTH":
		return errors.New("the server says it knows us already (PREAUTH); that is refused")
	default:
		return fmt.Errorf("the server greets with %q, which is not IMAP", ingest.Clip(ingest.CleanLine(greeting), 80))
	}
	const tag = "S1"
	if _, err := io.WriteString(s.conn, tag+" STARTTLS\r\n"); err != nil {
		return err
	}
	for range clearLines {
		line, err := clearAnswer(s.conn)
		if err != nil {
			return err
		}
		if status, text := statusOf(line, tag); status == "OK" {
			return nil
		} else if status != "" {
			return &imap.Error{Type: imap.StatusResponseType(status), Text: ingest.CleanLine(text)}
		}
	}
	return excess("sends more than %d lines before the answer", clearLines)
}

// statusOf is the status and text of a line that begins with tag; "" of any other line.
func statusOf(line, tag string) (status, text string) {
	words, ok := strings.CutPrefix(line, tag+" ")
	if !ok {
		return "", ""
	}
	status, text, _ = strings.Cut(words, " ")
	return strings.ToUpper(status), text
}

// clearAnswer reads one line and not a byte more: what follows belongs to TLS.
func clearAnswer(r io.Reader) (string, error) {
	line := make([]byte, 0, 256)
	for len(line) <= clearLine {
		line = append(line, 0)
		if _, err := io.ReadFull(r, line[len(line)-1:]); err != nil {
			return "", err
		}
		if line[len(line)-1] == '\n' {
			return strings.TrimRight(string(line), "\r\n"), nil
		}
	}
	return "", excess("sends a line of more than %d bytes", clearLine)
}
