package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/mailtest"
	"handrail/internal/mailtest/dovecot"
	"handrail/internal/request"
)

// relay stands between the job and an IMAP server, sees who waits for announcements, and can end or spoil that.
type relay struct {
	t      *testing.T
	listen net.Listener
	to     string

	mu    sync.Mutex
	conns []net.Conn // those that are open
	idles int        // IDLEs that the server took
	looks int        // openings of a mailbox for reading
	mute  bool       // announcements get lost
}

func relayTo(t *testing.T, port int) *relay {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{t: t, listen: listen, to: fmt.Sprintf("127.0.0.1:%d", port)}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			client, err := listen.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", r.to)
			if err != nil {
				_ = client.Close()
				continue
			}
			r.mu.Lock()
			r.conns = append(r.conns, client, server)
			r.mu.Unlock()
			serving.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
			serving.Go(func() { r.answers(client, server); _ = client.Close() })
		}
	})
	t.Cleanup(func() {
		_ = listen.Close()
		r.cut()
		serving.Wait()
	})
	return r
}

// answers passes on what the server says, line ends and all. After "+ idling" it is announcements, until an OK ends them.
func (r *relay) answers(client io.Writer, server io.Reader) {
	waits := false
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		said := buffer[:n]
		r.mu.Lock()
		switch {
		case bytes.Contains(said, []byte("+ idling")):
			waits = true
			r.idles++
		case bytes.Contains(said, []byte(" OK ")):
			waits = false
		}
		r.looks += bytes.Count(said, []byte(" OK [READ-ONLY]"))
		lost := waits && r.mute && bytes.Contains(said, []byte(" EXISTS"))
		r.mu.Unlock()
		if n > 0 && !lost {
			if _, err := client.Write(said); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut ends every connection without a word.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.conns = nil
}

func (r *relay) waited() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.idles
}

func (r *relay) looked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.looks
}

func (r *relay) loseAnnouncements() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mute = true
}

// listening is handrail run against Dovecot, behind a relay, with a schedule that never fires.
type listening struct {
	*clinic
	t      *testing.T
	server *dovecot.Server
	relay  *relay
	mails  int
	said   bytes.Buffer
	stop   context.CancelFunc
	ended  chan int
}

const idleClerk = "amara.osei@" + demo.Domain

func startListening(t *testing.T, server *dovecot.Server, poll string) *listening {
	t.Helper()
	l := &listening{t: t, server: server, relay: relayTo(t, server.IMAPPort), ended: make(chan int, 1)}
	l.clinic = openClinic(t, func(o *mailtest.Options) {
		o.Users = append(o.Users, mailtest.User{Address: idleClerk, Password: demo.Password})
	})
	_, through, _ := net.SplitHostPort(l.relay.listen.Addr().String())
	_, own, _ := net.SplitHostPort(l.office.IMAPAddr())
	l.edit("port = "+own+"\n", "port = "+through+"\npoll = \""+poll+"\"\n")
	l.edit(`poll = "*/5 * * * *"`, `poll = "0 0 29 2 *"`)
	l.write("imap-password", dovecot.Password+"\n", 0o600)
	l.write("handrail.toml", l.text, 0o600)
	var ctx context.Context
	ctx, l.stop = context.WithCancel(t.Context())
	go func() {
		l.ended <- run(ctx, []string{"run", "--config", filepath.Join(l.dir, "handrail.toml")},
			&terminal{in: strings.NewReader(""), out: &l.said, err: &l.said, now: time.Now})
	}()
	l.await("a wait for announcements", func() bool { return l.relay.waited() > 0 })
	// The listener opens the inbox and looks; the schedule looks once at the start, some time later. Its look must be
	// over, or it finds the first mail before that is announced, and nothing is left to announce.
	l.await("the schedule's look at the start", func() bool { return l.relay.looked() > 2 })
	return l
}

func (l *listening) await(what string, holds func() bool) {
	l.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case code := <-l.ended:
			l.t.Fatalf("the job ended with %d before this came: %s\n%s", code, what, l.said.String())
		case <-late:
			l.stop()
			<-l.ended
			l.t.Fatalf("never came: %s\n%s", what, l.said.String())
		}
	}
}

// mailIn has LMTP deliver one more mail.
func (l *listening) mailIn() {
	l.t.Helper()
	l.mails++
	m := demo.Mail{File: "idle", From: idleClerk, Name: "Amara Osei", Subject: "A question", Text: "The blank form, please.\n", Language: request.English}
	raw, err := demo.WriteMail(m, l.mails, "", nil, time.Now())
	if err != nil {
		l.t.Fatal(err)
	}
	proof := "Authentication-Results: mx." + demo.Domain + "; dmarc=pass header.from=" + demo.Domain + "\r\n"
	if err := l.server.Deliver(idleClerk, demo.Inbox, append([]byte(proof), raw...)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *listening) awaitAnswer(to string) {
	l.t.Helper()
	l.await("the answer to "+to, func() bool { return l.office.Count(idleClerk, "INBOX") == l.mails })
}

// finish stops the job and gives what it logged.
func (l *listening) finish() string {
	l.t.Helper()
	l.stop()
	if code := <-l.ended; code != exitDone {
		l.t.Errorf("the job ended with %d\n%s", code, l.said.String())
	}
	if n := l.office.Count(idleClerk, "INBOX"); n != l.mails {
		l.t.Errorf("%d answers to %d mails", n, l.mails)
	}
	return l.said.String()
}

func TestTheRunningJobHearsOfMailOnDovecot(t *testing.T) {
	server, err := dovecot.Start()
	if errors.Is(err, dovecot.ErrMissing) && os.Getenv("HANDRAIL_TEST_DOVECOT") == "" {
		t.Skip("the running job is tested against the post office only: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("announced, and after the connection was cut", func(t *testing.T) {
		l := startListening(t, server, "1h")
		l.mailIn()
		l.awaitAnswer("mail that was announced")
		l.await("the next wait", func() bool { return l.relay.waited() > 1 })
		before := l.relay.waited()
		l.relay.cut()
		l.mailIn()
		l.awaitAnswer("mail that came while nobody waited")
		l.await("a wait on the next connection", func() bool { return l.relay.waited() > before })
		l.mailIn()
		l.awaitAnswer("mail that was announced there")
		if log := l.finish(); !strings.Contains(log, "announcements of new mail have ended; the schedule goes on") {
			t.Errorf("the log does not say that the connection was lost:\n%s", log)
		}
	})
	t.Run("announcements get lost", func(t *testing.T) {
		l := startListening(t, server, "1s")
		l.relay.loseAnnouncements()
		l.mailIn()
		l.awaitAnswer("mail that the inbox's poll found")
		l.finish()
	})
}
