package imap

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"handrail/ingest"
	"handrail/internal/mailtest"
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

// Memory is bounded by one batch, whatever waits in the inbox: what is alive while a batch is delivered does not grow
// with the number of messages.
func TestMemoryIsBoundedByOneBatch(t *testing.T) {
	server := startOfficeAt(t, func(o *mailtest.Options) { o.Spool = t.TempDir() })
	const messages, size, batch = 800, 100 << 10, 1 << 20
	raw := []byte(plainMail("large") + strings.Repeat(strings.Repeat("x", 76)+"\r\n", size/78))
	for range messages {
		if _, err := server.office.Deliver(server.username, mailtest.Inbox, raw, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	s := server.session(func(c *ingest.InboxConfig) { c.Limits.BatchBytes = batch })
	var first, most uint64
	found, err := collectWith(t.Context(), s, everything, func(got []ingest.Fetched) error {
		bytes := 0
		for _, f := range got {
			bytes += len(f.Raw)
		}
		if bytes > batch+size {
			t.Errorf("a batch of %d bytes, at most %d", bytes, batch)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if first == 0 {
			first = m.HeapAlloc
		}
		most = max(most, m.HeapAlloc)
		return nil
	})
	if err != nil || found.Fetched != messages {
		t.Fatalf("%+v, %v", found, err)
	}
	if grown := int64(most) - int64(first); grown > 2*batch {
		t.Errorf("over %d MB of waiting mail the memory in use grew by %d KB, with batches of %d KB", messages*size>>20, grown>>10, batch>>10)
	}
}
