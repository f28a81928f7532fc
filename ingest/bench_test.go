package ingest

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
)

// BenchmarkCollect fetches 2,000 messages over a connection on which every answer takes 20 ms. x-one-by-one is how much
// faster that is than one round trip for each message could be at best.
func BenchmarkCollect(b *testing.B) {
	const messages, roundTrip = 2000, 20 * time.Millisecond
	server := startOffice(b, imap.CapMove)
	var sent []string
	for i := range messages {
		sent = append(sent, plainMail(fmt.Sprintf("m%04d", i)))
	}
	server.put("INBOX", sent...)
	server.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &delayedConn{Conn: conn, roundTrip: roundTrip}, err
	}
	s := server.session(nil)
	b.ResetTimer()
	for range b.N {
		if got, _ := collectAll(b, s); len(got) != messages {
			b.Fatalf("%d messages", len(got))
		}
	}
	perSecond := float64(messages*b.N) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond, "msg/s")
	b.ReportMetric(perSecond*roundTrip.Seconds(), "x-one-by-one")
}

// delayedConn makes every command wait one round trip before it is sent.
type delayedConn struct {
	net.Conn
	roundTrip time.Duration
}

func (c *delayedConn) Write(b []byte) (int, error) {
	time.Sleep(c.roundTrip)
	return c.Conn.Write(b)
}
