package smtp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/mailserver"
	"handrail/notify"
)

// hostileServer answers SMTP as answers say, by verb; "" is the greeting. What it says nothing about gets 250. It gives
// the sender to it.
func hostileServer(t testing.TB, answers map[string]func(w io.Writer), change func(*Config)) *Sender {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			wait.Go(func() {
				defer conn.Close()
				serveHostile(conn, answers)
			})
		}
	})
	c := Config{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: mailserver.TLSNone, Auth: AuthNone, From: department, Connections: 1,
		Timeout: mailserver.Duration(20 * time.Second), DataTimeout: mailserver.Duration(20 * time.Second)}
	if change != nil {
		change(&c)
	}
	s, err := NewSender(c, Options{Now: newClock().now, Jitter: func() float64 { return 0.5 }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		_ = listener.Close()
		wait.Wait()
	})
	return s
}

func serveHostile(conn net.Conn, answers map[string]func(w io.Writer)) {
	answer := func(verb, usual string) {
		if hostile := answers[verb]; hostile != nil {
			hostile(conn)
			return
		}
		fmt.Fprint(conn, usual)
	}
	answer("", "220 ready\r\n")
	data := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		switch verb, _, _ := strings.Cut(lines.Text(), " "); {
		case data && lines.Text() == ".":
			data = false
			answer(".", "250 taken\r\n")
		case data:
		case verb == "EHLO":
			answer(verb, "250-here\r\n250 STARTTLS\r\n")
		case verb == "DATA":
			data = true
			answer(verb, "354 go on\r\n")
		default:
			answer(verb, "250 fine\r\n")
		}
	}
}

// endless writes text until nobody reads it any more, or far more than anybody should.
func endless(first, text string) func(io.Writer) {
	return func(w io.Writer) {
		fmt.Fprint(w, first)
		block := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
		for range 1024 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
}

// A server whose answer has no end is refused by what it does, at each step, and the mail's fate is what it would be had
// the connection been cut there.
func TestHostileServersAreRefusedByName(t *testing.T) {
	line, answer := "sends a line of more than 8192 bytes", "sends an answer of more than 262144 bytes"
	for _, c := range []struct {
		name, verb string
		answer     func(io.Writer)
		says       string
		state      notify.FateState
	}{
		{"an endless greeting", "", endless("220 ", "x"), line, notify.Deferred},
		{"a greeting of endless lines", "", endless("", "220-hello\r\n"), answer, notify.Deferred},
		{"a greeting that is no answer", "", endless("220-", "\r\n"), answer, notify.Deferred},
		{"an endless hello", "EHLO", endless("250-", "SIZE "), line, notify.Deferred},
		{"endless extensions", "EHLO", endless("", "250-X\r\n"), answer, notify.Deferred},
		{"an endless sender", "MAIL", endless("250 ", "x"), line, notify.Deferred},
		{"an endless recipient", "RCPT", endless("", "250-x\r\n"), answer, notify.Deferred},
		{"an endless refusal", "RCPT", endless("", "550-x\r\n"), answer, notify.Deferred},
		{"endless go on", "DATA", endless("354 ", "x"), line, notify.Deferred},
		{"an endless receipt", ".", endless("", "250-x\r\n"), answer, notify.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s := hostileServer(t, map[string]func(io.Writer){c.verb: c.answer}, nil)
			fate := s.Send(ctx, mailTo(reader, "1", "body\r\n"))
			var trouble *mailserver.Error
			var excess *mailserver.Excess
			if fate.State != c.state || !errors.As(fate.Err, &trouble) || trouble.Class != mailserver.ProtocolError || !errors.As(fate.Err, &excess) || !strings.Contains(fate.Words, c.says) {
				t.Fatalf("%+v, want %s, because the server %s", fate, c.state, c.says)
			}
			if hint := trouble.Hint(); !strings.Contains(hint.EN, "No mail server answers like this") || !strings.Contains(hint.FR, "Aucun serveur de courriel") {
				t.Errorf("hint %+v", hint)
			}
		})
	}
}

// Before TLS and inside its handshake too.
func TestHostileServersAreRefusedBeforeTLS(t *testing.T) {
	for _, c := range []struct {
		name, verb string
		answer     func(io.Writer)
		says       string
	}{
		{"an endless greeting", "", endless("220 ", "x"), "sends a line of more than 8192 bytes"},
		{"endless extensions", "EHLO", endless("", "250-X\r\n"), "sends an answer of more than 262144 bytes"},
		{"an endless answer to STARTTLS", "STARTTLS", endless("", "220-x\r\n"), "sends an answer of more than 262144 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s := hostileServer(t, map[string]func(io.Writer){c.verb: c.answer}, func(c *Config) { c.TLS = mailserver.TLSStart })
			if fate := s.Send(ctx, mailTo(reader, "1", "body\r\n")); fate.State != notify.Deferred || !strings.Contains(fate.Words, c.says) {
				t.Errorf("%+v", fate)
			}
		})
	}
}
