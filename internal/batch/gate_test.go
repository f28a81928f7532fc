package batch_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// gate stands in front of a server: it can be shut, so that connections end and new ones are refused, and it can be slow.
type gate struct {
	t      testing.TB
	server string
	at     string
	delay  atomic.Int64 // before what a client says goes on, in nanoseconds
	asked  atomic.Int64 // how often the client said something after the server did: round trips

	mu    sync.Mutex
	ln    net.Listener
	conns map[net.Conn]bool
}

func newGate(t testing.TB, server string) *gate {
	t.Helper()
	g := &gate{t: t, server: server, at: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	g.open()
	t.Cleanup(g.shut)
	return g
}

// open lets connections through, at the same address as before.
func (g *gate) open() {
	g.t.Helper()
	ln, err := net.Listen("tcp", g.at)
	if err != nil {
		g.t.Fatal(err)
	}
	g.mu.Lock()
	g.ln, g.at = ln, ln.Addr().String()
	g.mu.Unlock()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go g.serve(c)
		}
	}()
}

// shut ends all connections and refuses others.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.ln.Close()
	for c := range g.conns {
		_ = c.Close()
	}
}

func (g *gate) serve(client net.Conn) {
	server, err := net.Dial("tcp", g.server)
	if err != nil {
		_ = client.Close()
		return
	}
	g.mu.Lock()
	g.conns[client], g.conns[server] = true, true
	g.mu.Unlock()
	defer func() {
		_, _ = client.Close(), server.Close()
		g.mu.Lock()
		delete(g.conns, client)
		delete(g.conns, server)
		g.mu.Unlock()
	}()
	var answered atomic.Bool
	answered.Store(true)
	go func() {
		defer func() { _, _ = client.Close(), server.Close() }()
		_, _ = io.Copy(writer(func(p []byte) (int, error) { answered.Store(true); return client.Write(p) }), server)
	}()
	_, _ = io.Copy(writer(func(p []byte) (int, error) {
		if answered.Swap(false) {
			g.asked.Add(1)
			if d := time.Duration(g.delay.Load()); d > 0 {
				time.Sleep(d)
			}
		}
		return server.Write(p)
	}), client)
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
