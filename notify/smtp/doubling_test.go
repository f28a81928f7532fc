package smtp

import (
	"bytes"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/wneessen/go-mail/smtp"

	"handrail/internal/scaling"
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

// BenchmarkDoubling reads the worst that a server can say, once and twice as long.
func BenchmarkDoubling(b *testing.B) {
	var shapes []scaling.Shape
	for name, says := range hostileAnswers() {
		shapes = append(shapes, scaling.Shape{Name: name, Size: maxAnswer / 3, Make: func(tb testing.TB, n int) func() {
			read := says(n)
			return func() {
				if err := read(); err != nil {
					tb.Fatal(err)
				}
			}
		}})
	}
	slices.SortFunc(shapes, func(a, b scaling.Shape) int { return strings.Compare(a.Name, b.Name) })
	scaling.Bench(b, shapes...)
}
