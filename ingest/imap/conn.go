package imap

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// timedConn gives every command a deadline. The IMAP library knows neither time limits nor contexts: a server that
// falls silent would hold the job for ever, and the library's own limits are lifted between responses.
//
// While armed, every byte that comes moves the deadline on by the silence allowed, but never past the end of the
// command, so that a server that trickles is cut as well.
type timedConn struct {
	net.Conn
	silence time.Duration // how long without a byte
	whole   time.Duration // how long one command in all

	mu    sync.Mutex
	armed bool
	end   time.Time
	cause error // the first error of the connection itself; the library keeps only its text
}

// wholeFactor is how many silences a command may take in all.
const wholeFactor = 20

func newTimedConn(c net.Conn, silence time.Duration) *timedConn {
	return &timedConn{Conn: c, silence: silence, whole: wholeFactor * silence}
}

// arm starts the clock of one command.
func (c *timedConn) arm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed, c.end = true, time.Now().Add(c.whole)
	c.move()
}

// disarm stops the clock: between commands, and while IDLE waits, silence is normal.
func (c *timedConn) disarm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = false
	_ = c.Conn.SetDeadline(time.Time{})
}

// move sets the deadline from now; c.mu is held.
func (c *timedConn) move() {
	at := time.Now().Add(c.silence)
	if at.After(c.end) {
		at = c.end
	}
	_ = c.Conn.SetDeadline(at)
}

// Read moves the deadline on with every byte that came.
func (c *timedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.note(n, err)
	return n, err
}

// Write does the same for what the server took.
func (c *timedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.note(n, err)
	return n, err
}

func (c *timedConn) note(n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && c.cause == nil {
		c.cause = err
	}
	if n > 0 && c.armed {
		c.move()
	}
}

// failure is the first error of the connection itself, nil while it is whole.
func (c *timedConn) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// silent reports whether the server fell silent.
func (c *timedConn) silent() bool { return errors.Is(c.failure(), os.ErrDeadlineExceeded) }

// SetDeadline, SetReadDeadline and SetWriteDeadline are the library's own limits, which this connection replaces.
func (c *timedConn) SetDeadline(time.Time) error      { return nil }
func (c *timedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *timedConn) SetWriteDeadline(time.Time) error { return nil }
