package mailtest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-smtp"
)

// smtpLine takes one command of the client.
func (w *wire) smtpLine(line []byte) error {
	w.mu.Lock()
	verb := w.verb
	w.mu.Unlock()
	if verb != "AUTH+" {
		verb, _ = firstWord(line)
	}
	f := w.begin(verb, line)
	if f != nil {
		if done, err := w.strike(f); done {
			return err
		}
		switch f.Kind {
		case Bye:
			return w.swallowAndEnd(w.farewell(f))
		case Temporary, Permanent, RefuseRecipient:
			e := refusal(f, verb)
			words := fmt.Sprintf("%d %d.%d.%d %s\r\n", e.Code, e.EnhancedCode[0], e.EnhancedCode[1], e.EnhancedCode[2], e.Message)
			if verb == "AUTH+" {
				w.giveUp(words)
				return nil
			}
			return w.swallow(words)
		}
	}
	if n := w.office.o.MaxLineBytes; n > 0 && len(line) > n {
		return w.swallow("500 5.5.2 Line too long\r\n")
	}
	if verb == "AUTH" && w.office.o.StartTLS && w.plain {
		return w.swallow("530 5.7.0 Must issue a STARTTLS command first\r\n")
	}
	if verb == "STARTTLS" && w.office.o.StartTLS && w.plain {
		return w.startTLS("220 2.0.0 Ready to start TLS\r\n")
	}
	w.pending = line
	return nil
}

// giveUp makes the server, which waits within its authentication, believe that the client cancelled; the client hears
// words.
func (w *wire) giveUp(words string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.instead = words
	w.pending = []byte("*\r\n")
}

func (w *wire) swallowAndEnd(words string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = io.WriteString(w.Conn, words)
	w.cutLocked()
	return io.EOF
}

// refusal is how SMTP says that it will not.
func refusal(f *Fault, verb string) *smtp.SMTPError {
	e := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
	switch {
	case f.Kind == RefuseRecipient || f.Kind == Permanent && verb == "RCPT":
		e = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user here"}
	case f.Kind == Permanent && strings.HasPrefix(verb, "AUTH"):
		e = &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication credentials invalid"}
	case f.Kind == Permanent:
		e = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Refused"}
	case strings.HasPrefix(verb, "AUTH"):
		e = &smtp.SMTPError{Code: 454, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Temporary authentication failure"}
	}
	if f.Code != 0 {
		e.Code = f.Code
		e.EnhancedCode[0] = f.Code / 100
	}
	if f.Words != "" {
		e.Message = f.Words
		var own smtp.EnhancedCode
		if n, _ := fmt.Sscanf(f.Words, "%d.%d.%d", &own[0], &own[1], &own[2]); n == 3 {
			_, e.Message, _ = strings.Cut(f.Words, " ")
			e.EnhancedCode = own
		}
	}
	return e
}

// readBody gives the server what follows DATA. The step BODY is asked when the body is complete, and only then does
// the server get the line that ends it.
func (w *wire) readBody(p []byte) (int, error) {
	if !w.begun {
		if err := w.arrive(); err != nil {
			return 0, err
		}
		w.begun = true
		w.bodyHit = w.begin("BODY", nil)
		if w.bodyHit != nil && w.bodyHit.Kind == CutHalfway {
			w.cut()
			return 0, io.EOF
		}
	}
	n := 0
	for n == 0 || w.br.Buffered() > 0 {
		line, err := w.br.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return n, err
		}
		if w.atBOL && (string(line) == ".\r\n" || string(line) == ".\n") {
			return w.endBody(p, n, line)
		}
		w.atBOL = err == nil
		w.lineLen += len(line)
		if limit := w.office.o.MaxLineBytes; limit > 0 && w.lineLen > limit {
			w.refusal = &smtp.SMTPError{Code: 500, EnhancedCode: smtp.EnhancedCode{5, 5, 2}, Message: "Line too long"}
		}
		if w.atBOL {
			w.lineLen = 0
		}
		m := copy(p[n:], line)
		n += m
		if m < len(line) {
			w.pending = append(w.pending[:0], line[m:]...)
			return n, nil
		}
		if n == len(p) {
			return n, nil
		}
	}
	return n, nil
}

func (w *wire) endBody(p []byte, n int, line []byte) (int, error) {
	w.body = false
	if f := w.bodyHit; f != nil {
		w.bodyHit = nil
		switch f.Kind {
		case Cut, CutAfterData:
			w.cut()
			return n, io.EOF
		case Stall:
			w.stall()
			return n, io.EOF
		case Bye:
			return n, w.swallowAndEnd(w.farewell(f))
		case Temporary, Permanent, RefuseRecipient:
			w.refusal = refusal(f, "BODY")
		case Garbage:
			w.refusal = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not heard"}
			w.mu.Lock()
			w.instead = garbage
			w.mu.Unlock()
		}
	}
	w.pending = append(w.pending[:0], line...)
	m := copy(p[n:], w.pending)
	w.pending = w.pending[m:]
	return n + m, nil
}

// startTLS answers for the server, which never hears of it: so the steps stay readable above TLS. What the client sent
// in the clear after its command is forgotten.
func (w *wire) startTLS(words string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = append(w.out, words...)
	if err := w.flushLocked(); err != nil {
		return io.EOF
	}
	conn := tls.Server(w.Conn, w.office.cert)
	w.Conn = conn
	w.plain = false
	w.br = bufio.NewReaderSize(conn, 16<<10)
	return nil
}

// offerStartTLS adds STARTTLS to an EHLO answer, and takes AUTH away while there is no TLS.
func (w *wire) offerStartTLS() {
	if !w.office.o.StartTLS || !w.plain || !bytes.HasPrefix(w.out, []byte("250-")) {
		return
	}
	lines := strings.SplitAfter(string(w.out), "\r\n")
	kept := lines[:1:1]
	kept = append(kept, "250-STARTTLS\r\n")
	for _, l := range lines[1:] {
		if !strings.HasPrefix(l[min(4, len(l)):], "AUTH ") {
			kept = append(kept, l)
		}
	}
	if last := len(kept) - 2; last >= 0 && strings.HasPrefix(kept[last], "250-") {
		kept[last] = "250 " + kept[last][4:]
	}
	w.out = []byte(strings.Join(kept, ""))
}
