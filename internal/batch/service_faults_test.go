package batch_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/request"
	"handrail/notify/smtp"
)

// A machine is killed with a mail in its hand: another one, which runs already, takes over by itself when the lease is over,
// and the mail leaves.
func TestAnotherMachineTakesOverFromOneThatWasKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("runs several processes: not in -short")
	}
	p := install(t, postgres(t))
	t.Parallel()
	const lease = "HANDRAIL_LEASE=3s"
	dead := p.startMachine("dead", "send.before-data", lease)
	p.buys(0)
	p.until("the first machine is killed", dead.over)
	alive := p.startMachine("alive", "", lease)
	p.answered(1)
	alive.stop()
	p.rest()
	p.look().holdsAfter(t, "taken over", 1)
	if aside := p.failed(true); len(aside) > 0 {
		t.Errorf("set aside: %+v", aside)
	}
}

// What a machine that says nothing has in hand is free within ninety seconds: its lease, and the sweep that finds so.
func TestADeadMachinesRowsAreFreeWithinNinetySeconds(t *testing.T) {
	t.Parallel()
	if free := batch.UsualLease + min(batch.SweepEvery, batch.UsualLease/3); free > 90*time.Second {
		t.Errorf("what a dead machine had in hand is free after %s", free)
	}
}

// A server that answers DATA after more than a lease gets each mail once, although another machine looks for work: in one
// pass, which has no sweep, as in a service.
func TestASlowServerGetsNoMailTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a slow server: not in -short")
	}
	config := postgres(t)
	t.Parallel()
	a := onPostgres(t, config)
	b := a.secondMachine(config)
	slow := newGate(t, a.office.SMTPAddr())
	slow.delay.Store(int64(400 * time.Millisecond)) // before each of the client's commands and its message
	host, port := hostPort(t, slow.at)
	sender, err := smtp.NewSender(smtp.Config{Host: host, Port: port, TLS: mailserver.TLSNone, Auth: smtp.AuthPassword, Username: testInbox,
		Password: mailserver.Secret{Value: "secret"}, From: testInbox}, smtp.Options{Now: a.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	for _, d := range []*agency{a, b} {
		d.job.O().Lease = 300 * time.Millisecond
		started := time.Now()
		d.job.O().Now = func() time.Time { return monday.Add(time.Since(started)) }
	}
	a.job.O().Sender = sender
	a.send(testStaff, "One purchase", "Form attached.", a.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	done := make(chan error, 1)
	go func() {
		_, err := a.job.Once(t.Context())
		done <- err
	}()
	for ended := false; !ended; {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			ended = true
		default:
			if _, err := b.job.Once(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	if n := len(a.inbox(testStaff)); n != 1 {
		t.Errorf("the requester got %d copies", n)
	}
	a.sound()
}

// A ledger that is no longer what was opened ends the service with that error, which no wait would cure.
func TestAServiceEndsWhenItsLedgerIsReplaced(t *testing.T) {
	t.Parallel()
	d := open(t, unscheduled)
	ended := make(chan error, 1)
	go func() { ended <- d.job.Run(t.Context()) }()
	d.until("the service works", func() bool { return !d.job.LastPolls()["requests"].IsZero() })
	d.job.LedgerFailed(t.Context(), batch.Judge, &ledger.Error{Trouble: ledger.Replaced, What: "write the ledger", Where: "here"})
	if err := <-ended; !batch.IsDisplaced(err) {
		t.Errorf("the service ended with %v", err)
	}
}

// warnings are the lines of a log that say that something is wrong; what was done has a line of its own each.
func warnings(m *machine) int {
	said := m.said.String()
	return strings.Count(said, "level=WARN") + strings.Count(said, "level=ERROR")
}

// One cause logs a few lines a minute, however many rows wait: here in a few seconds of each.
func TestOneCauseLogsAFewLines(t *testing.T) {
	onEach(t, func(t *testing.T, p *program) {
		around := p.troublesAround()
		m := p.startMachine("service", "")
		p.until("the service works", func() bool { return m.met("age.before") })
		const most = 12
		n := 0
		for _, fault := range around {
			fault.make()
			for range 6 {
				p.buys(n)
				n++
			}
			before := warnings(m)
			started := time.Now()
			p.until("a while has passed", func() bool { return time.Since(started) > 8*time.Second })
			if lines := warnings(m) - before; lines > most {
				t.Errorf("%s: %d lines in 8 s with %d requests waiting, want %d at most", fault.name, lines, n, most)
			}
			fault.cured()
			p.answered(n)
		}
		m.signal(syscall.SIGTERM)
		<-m.ended
	})
}
