package mailtest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// listener hands the servers wires instead of connections.
type listener struct {
	net.Listener
	office   *Office
	protocol Protocol
}

func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if l.office.o.TLS {
		conn = tls.Server(conn, l.office.cert)
	}
	return l.office.newWire(conn, l.protocol), nil
}

// wire is the server's end of a connection. It gives the server one line at a time and holds the answer back until
// the server asks for more, so that every command and every answer is a step of its own, at which a fault can strike.
// It sits above TLS, so that it reads what the server reads.
type wire struct {
	net.Conn          // replaced by STARTTLS, under mu
	inner    net.Conn // as accepted; closing it ends everything
	office   *Office
	protocol Protocol
	id       int

	// Of the reading goroutine only.
	br      *bufio.Reader
	pending []byte // read from the client, not yet given to the server
	literal int64  // bytes of an IMAP literal still to come
	body    bool   // within what follows DATA
	begun   bool   // some of that body has been read
	atBOL   bool   // the body is at the beginning of a line
	quiet   bool   // the server has not answered since the last read: no round trip has passed
	bodyHit *Fault // what will strike when the body is complete
	lineLen int    // bytes of the body's present line so far
	waits   bool   // the client waits for leave to send its literal
	tag     string // IMAP: of the command at hand

	// session is the IMAP session that this wire serves.
	session *session
	// refusal is what Data answers instead of delivering.
	refusal *smtp.SMTPError

	mu      sync.Mutex // guards what follows, and the writing
	out     []byte
	verb    string // of the step being answered; "" when it has been
	plain   bool   // SMTP: STARTTLS has not happened yet
	started bool   // output of the present answer has left already
	through bool   // IDLE: write as it comes
	ended   bool
	instead string // what the client hears in place of the next answer
}

// flushAt bounds how much of an answer is held back.
const flushAt = 64 << 10

var errCut = errors.New("cut by a fault")

func (office *Office) newWire(conn net.Conn, p Protocol) *wire {
	w := &wire{Conn: conn, inner: conn, office: office, protocol: p, br: bufio.NewReaderSize(conn, 16<<10), verb: "CONNECT", plain: !office.o.TLS}
	office.mu.Lock()
	defer office.mu.Unlock()
	office.nextConn++
	w.id = office.nextConn
	office.wires[w] = struct{}{}
	if office.closed {
		_ = conn.Close()
	}
	return w
}

// Close sends what is left to say and ends the connection.
func (w *wire) Close() error {
	w.mu.Lock()
	if !w.ended {
		_ = w.Conn.SetWriteDeadline(time.Now().Add(time.Second))
		_ = w.flushLocked()
	}
	w.ended = true
	err := w.Conn.Close()
	w.mu.Unlock()
	w.office.mu.Lock()
	delete(w.office.wires, w)
	w.office.mu.Unlock()
	return err
}

// Write keeps what the server says until it wants to read.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return 0, net.ErrClosed
	}
	w.out = append(w.out, p...)
	if w.through || len(w.out) >= flushAt {
		if err := w.flushLocked(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// Read gives the server at most one line, or a part of a literal or of a body.
func (w *wire) Read(p []byte) (int, error) {
	for {
		if len(w.pending) > 0 {
			n := copy(p, w.pending)
			w.pending = w.pending[n:]
			return n, nil
		}
		w.mu.Lock()
		err := w.flushLocked()
		w.mu.Unlock()
		if err != nil {
			return 0, io.EOF
		}
		switch {
		case w.literal > 0:
			if err := w.arrive(); err != nil {
				return 0, err
			}
			n, err := w.br.Read(p[:min(int64(len(p)), w.literal)])
			w.literal -= int64(n)
			return n, err
		case w.body:
			n, err := w.readBody(p)
			if n > 0 || err != nil {
				return n, err
			}
		default:
			if err := w.readLine(); err != nil {
				return 0, err
			}
		}
	}
}

// arrive waits for the client's next bytes, and then for the round trip that they would have taken.
func (w *wire) arrive() error {
	fresh := w.br.Buffered() == 0
	if _, err := w.br.Peek(1); err != nil {
		return err
	}
	if fresh && !w.quiet && w.office.o.RoundTrip > 0 {
		time.Sleep(w.office.o.RoundTrip)
	}
	w.quiet = true
	return nil
}

// readLine reads one line of the client, counts the step, and puts the line before the server unless a fault has
// other ideas; then pending stays empty and the next line is awaited.
func (w *wire) readLine() error {
	if err := w.arrive(); err != nil {
		return err
	}
	line, err := w.br.ReadBytes('\n')
	if err != nil {
		w.pending = line
		if len(line) > 0 {
			return nil
		}
		return err
	}
	if w.protocol == SMTP {
		return w.smtpLine(line)
	}
	return w.imapLine(line)
}

// begin makes verb the step at hand.
func (w *wire) begin(verb string, line []byte) *Fault {
	w.mu.Lock()
	w.verb, w.started, w.through = verb, false, false
	w.mu.Unlock()
	return w.office.faults.take(w.protocol, w.id, verb, Asked, string(line))
}

// swallow forgets the line, which the server will not see, and says words in its place.
func (w *wire) swallow(words string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = append(w.out, words...)
	w.pending = nil
	return nil
}

// strike does what does not depend on the protocol; done is false when the kind does.
func (w *wire) strike(f *Fault) (done bool, err error) {
	switch f.Kind {
	case Cut, CutHalfway, CutAfterData:
		w.cut()
		return true, io.EOF
	case Stall:
		w.stall()
		return true, io.EOF
	case Garbage:
		return true, w.swallow(garbage)
	}
	return false, nil
}

// garbage is an answer in no protocol.
const garbage = "\x15\x03\x01 %%% <!DOCTYPE html>\x00 \xff\xfe )]} 99 {7\r\n"

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cutLocked()
}

func (w *wire) cutLocked() {
	w.out, w.ended = nil, true
	_ = w.Conn.Close()
}

// stall says nothing until the client leaves, or the office closes the inner connection.
func (w *wire) stall() {
	_ = w.Conn.SetReadDeadline(time.Time{})
	_, _ = io.Copy(io.Discard, w.br)
	w.cut()
}

// flushLocked sends what the server has said, and counts the answer as a step when it is one. An error means that the
// connection has ended.
func (w *wire) flushLocked() error {
	if w.ended {
		return net.ErrClosed
	}
	if len(w.out) == 0 {
		return nil
	}
	w.quiet = false
	if w.literal > 0 && w.waits && w.out[0] != '+' {
		w.literal, w.session.midCommand = 0, false // refused: the literal will not come
	}
	if w.instead != "" {
		w.out, w.instead = append(w.out[:0], w.instead...), ""
	}
	var hit *Fault
	if w.verb != "" && !w.started && !w.halfCommand() {
		hit = w.office.faults.take(w.protocol, w.id, w.verb, Answered, "")
	}
	w.started = !w.halfCommand()
	w.look()
	if hit != nil {
		return w.misanswer(hit)
	}
	_, err := w.Conn.Write(w.out)
	w.out = w.out[:0]
	if cap(w.out) > 4*flushAt {
		w.out = nil
	}
	return err
}

// halfCommand reports whether the server is only asking for the literal of an IMAP command.
func (w *wire) halfCommand() bool { return w.literal > 0 }

// look reads the first word of an answer where the conversation depends on it.
func (w *wire) look() {
	if w.protocol != SMTP {
		w.hideCaps()
		return
	}
	switch w.verb {
	case "DATA":
		w.body = bytes.HasPrefix(w.out, []byte("354"))
		w.begun, w.atBOL = false, true
	case "AUTH", "AUTH+":
		if bytes.HasPrefix(w.out, []byte("334")) {
			w.verb = "AUTH+"
		} else {
			w.verb = ""
		}
		return
	case "EHLO":
		w.offerStartTLS()
	}
	w.verb = ""
}

// misanswer sends something else than the server meant. It lets go of mu where it waits.
func (w *wire) misanswer(f *Fault) error {
	switch f.Kind {
	case CutHalfway:
		_, _ = w.Conn.Write(w.out[:len(w.out)/2])
		w.cutLocked()
		return errCut
	case Stall:
		w.out = nil
		w.mu.Unlock()
		w.stall()
		w.mu.Lock()
		return errCut
	case Trickle:
		slow := w.out
		w.out = nil
		for i := range slow {
			if _, err := w.Conn.Write(slow[i : i+1]); err != nil {
				w.ended = true
				return err
			}
			time.Sleep(w.office.o.Pace)
		}
		return nil
	case Garbage:
		w.out = w.out[:0]
		_, err := io.WriteString(w.Conn, garbage)
		return err
	case Bye, Temporary, Permanent:
		_, _ = io.WriteString(w.Conn, w.farewell(f))
		w.cutLocked()
		return errCut
	default: // Cut, CutAfterData, and whatever means nothing here
		w.cutLocked()
		return errCut
	}
}

// farewell is what the server says before it ends the connection.
func (w *wire) farewell(f *Fault) string {
	if w.protocol == IMAP {
		return "* BYE " + or(f.Words, "[UNAVAILABLE] The server is going down") + "\r\n"
	}
	code, words := 421, "4.3.2 The server is going down"
	if f.Kind == Permanent {
		code, words = 554, "5.3.2 No service here"
	}
	if f.Code != 0 {
		code = f.Code
	}
	return strconv.Itoa(code) + " " + or(f.Words, words) + "\r\n"
}

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

// firstWord is the first word of a line, upper case, and what follows it.
func firstWord(line []byte) (word, rest string) {
	word, rest, _ = strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
	return strings.ToUpper(word), rest
}
