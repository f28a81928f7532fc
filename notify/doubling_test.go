package notify

import (
	"bytes"
	"io"
	"math"
	"net"
	"net/textproto"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// said is a connection to a server that says so much and takes whatever it is told.
type said struct {
	net.Conn
	*strings.Reader
}

func (s *said) Read(b []byte) (int, error)  { return s.Reader.Read(b) }
func (s *said) Write(b []byte) (int, error) { return len(b), nil }
func (s *said) Close() error                { return nil }

func serverSays(n int, first, text, last string) *timedConn {
	return &timedConn{Conn: &said{Reader: strings.NewReader(first + strings.Repeat(text, n/len(text)) + last)}, clear: true}
}

// hostileAnswers are the worst that a server can say within the bounds, by what reads it.
func hostileAnswers() map[string]func(n int) func() error {
	errors := func(text string) func(n int) func() error {
		return func(n int) func() error {
			err := &textproto.Error{Code: 550, Msg: strings.Repeat(text, n/len(text))}
			return func() error { _ = wordsOf(err); _ = enhanced(err); return nil }
		}
	}
	return map[string]func(n int) func() error{
		"lines": func(n int) func() error {
			return func() error {
				_, err := smtp.NewClient(serverSays(n, "", "220-a\r\n", "220 b\r\n"), "x")
				return err
			}
		},
		"extensions": func(n int) func() error {
			return func() error {
				c, err := smtp.NewClient(serverSays(n, "220 a\r\n", "250-X A\r\n", "250 b\r\n"), "x")
				if err == nil {
					err = c.Hello("me")
				}
				return err
			}
		},
		"long lines": func(n int) func() error {
			line := "220-" + strings.Repeat("a", maxAnswerLine-10) + "\r\n"
			return func() error {
				_, err := smtp.NewClient(serverSays(n, "", line, "220 b\r\n"), "x")
				return err
			}
		},
		"counting": func(n int) func() error {
			return func() error { _, err := io.Copy(io.Discard, serverSays(n, "", "\n", "")); return err }
		},
		"words":           errors("a"),
		"blank words":     errors(" "),
		"invisible words": errors("\u202e"),
		"codes":           errors("5."),
		"breaks": func(n int) func() error {
			raw := bytes.Repeat([]byte("a\r\n"), n/3)
			return func() error { bareBreak(raw); return nil }
		},
	}
}

// BenchmarkDoubling reads the worst that a server can say, once and twice as long; x-doubling is the time of the second
// over that of the first.
func BenchmarkDoubling(b *testing.B) {
	for name, read := range hostileAnswers() {
		b.Run(name, func(b *testing.B) {
			n, most := maxAnswer/3, 60
			if testing.Short() {
				most = 2
			}
			once, twice := read(n), read(2*n)
			least := [2]time.Duration{math.MaxInt64, math.MaxInt64}
			defer debug.SetGCPercent(debug.SetGCPercent(-1))
			for b.Loop() {
				for range most {
					for i, read := range []func() error{once, twice} {
						start := cpuTime(b)
						if err := read(); err != nil {
							b.Fatal(err)
						}
						least[i] = min(least[i], cpuTime(b)-start)
					}
				}
			}
			b.ReportMetric(float64(least[1])/float64(max(least[0], 1)), "x-doubling")
			b.ReportMetric(float64(least[0].Nanoseconds())/float64(n), "ns/byte")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
