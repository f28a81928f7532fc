package batch_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/batch"
	"handrail/internal/job"
	"handrail/internal/mailtest"
	"handrail/internal/request"
)

// never is a schedule that does not fire while a test runs: what is answered then was heard of.
const never = "0 0 29 2 *"

// running runs the job on its schedule until the test ends; stop ends it and answers how long that took.
func (d *agency) running() (stop func() time.Duration) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	done := make(chan error, 1)
	go func() { done <- d.job.Run(ctx) }()
	var once sync.Once
	stop = func() (took time.Duration) {
		once.Do(func() {
			begun := time.Now()
			cancel()
			if err := <-done; err != nil {
				d.t.Errorf("the job ended with %v", err)
			}
			took = time.Since(begun)
		})
		return took
	}
	d.t.Cleanup(func() { stop() })
	return stop
}

// until waits for something that other goroutines do.
func (d *agency) until(what string, holds func() bool) {
	d.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * time.Minute)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			d.t.Fatalf("never came: %s", what)
		}
	}
}

// idles counts how often somebody began to wait for announcements.
func (d *agency) idles() (n int) {
	for _, s := range d.office.Steps() {
		if s.Verb == "IDLE" && s.Moment == mailtest.Answered {
			n++
		}
	}
	return n
}

func traced(o *mailtest.Options) { o.Trace = true }

func unscheduled(o *job.Options) { o.Schedule.Poll, o.Reconnect = never, 5*time.Millisecond }

func (d *agency) ask() {
	d.t.Helper()
	d.send(testStaff, "One purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
}

func TestMailThatIsAnnouncedIsAnsweredWithoutWaitingForTheSchedule(t *testing.T) {
	d := openAt(t, traced, unscheduled)
	stop := d.running()
	d.until("somebody waits for announcements", func() bool { return d.idles() > 0 })
	d.ask()
	d.until("the answer", func() bool { return d.office.Count(testStaff, "INBOX") == 1 })
	d.until("the filing", func() bool { return d.office.Count(testInbox, "Processed") == 1 })
	// It stops at once, though an announcement is waited for.
	if took := stop(); took > 5*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	d.sound()
}

func TestAServerWithoutAnnouncementsIsPolled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at     func(*mailtest.Options)
		change func(*job.Options)
	}{
		"no IDLE":        {func(o *mailtest.Options) { o.Trace, o.Without = true, []string{"IDLE"} }, nil},
		"not wanted":     {traced, func(o *job.Options) { o.Inboxes[0].Config.NoIdle = true }},
		"one connection": {traced, func(o *job.Options) { o.Inboxes[0].Config.MaxConnections = 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			d := openAt(t, c.at, func(o *job.Options) {
				if c.change != nil {
					c.change(o)
				}
			})
			d.ask()
			d.running()
			d.until("the answer", func() bool { return d.office.Count(testStaff, "INBOX") == 1 })
			if n := d.idles(); n != 0 {
				t.Errorf("%d waits for announcements", n)
			}
		})
	}
}

// Whatever ends the connection on which announcements come, it is opened again, and nothing that came in between is
// missed.
func TestALostAnnouncementConnectionIsOpenedAgain(t *testing.T) {
	for _, kind := range []mailtest.Kind{mailtest.Cut, mailtest.Bye, mailtest.Temporary, mailtest.Garbage} {
		t.Run(string(kind), func(t *testing.T) {
			moment := mailtest.Asked
			if kind == mailtest.Garbage {
				moment = mailtest.Answered
			}
			d := openAt(t, func(o *mailtest.Options) {
				o.Trace = true
				o.Faults = []mailtest.Fault{{Protocol: mailtest.IMAP, Command: "IDLE", Moment: moment, Kind: kind, Times: 3}}
			}, unscheduled)
			d.running()
			d.until("the faults", func() bool { return d.office.Struck() == 3 })
			d.ask()
			d.until("the answer", func() bool { return d.office.Count(testStaff, "INBOX") == 1 })
		})
	}
	t.Run("hung up while it waits", func(t *testing.T) {
		d := openAt(t, traced, unscheduled)
		d.running()
		d.until("somebody waits for announcements", func() bool { return d.idles() > 0 })
		d.office.HangUp()
		d.ask()
		d.until("the answer", func() bool { return d.office.Count(testStaff, "INBOX") == 1 })
	})
}

// The schedule's connection and the one for announcements share one login attempt: accounts are locked by more.
func TestARefusedLoginIsTriedOnceWhileListening(t *testing.T) {
	t.Parallel()
	var dials atomic.Int32
	var log lockedBuffer
	d := open(t, func(o *job.Options) {
		unscheduled(o)
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Inboxes[0].Config.Password = ingest.Secret{Value: "wrong canary-5521"}
		o.Inboxes[0].Mailbox = imapMailbox{options: imap.Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}}}
	})
	stop := d.running()
	d.until("both have given up", func() bool {
		return strings.Contains(log.String(), "something around the job does not work") && strings.Contains(log.String(), "announcements of new mail have ended")
	})
	stop()
	if n := dials.Load(); n != 1 {
		t.Errorf("the login was tried %d times", n)
	}
	if strings.Contains(log.String(), "canary-5521") {
		t.Error("the log shows the password")
	}
}

func TestReconnectingWaitsLongerEachTimeAndNotTheSame(t *testing.T) {
	t.Parallel()
	j := &batch.Job{}
	seen := map[time.Duration]bool{}
	for lost, want := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second} {
		for range 20 {
			got := j.ReconnectIn(lost)
			seen[got] = true
			if got < want*4/5 || got > want*6/5 {
				t.Errorf("after %d losses %s, want about %s", lost, got, want)
			}
		}
	}
	if got := j.ReconnectIn(1000); got > batch.LastReconnect*6/5 {
		t.Errorf("%s", got)
	}
	if len(seen) < 30 {
		t.Errorf("only %d different waits of 60", len(seen))
	}
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
