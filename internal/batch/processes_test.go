package batch_test

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"handrail/internal/request"
)

// machine is one handrail run among several, in a process of its own until it is told to stop.
type machine struct {
	p     *program
	name  string
	cmd   *exec.Cmd
	said  lockedBuffer
	ended chan error
}

// startMachine starts handrail run; crash may name a point, as everywhere.
func (p *program) startMachine(name, crash string, env ...string) *machine {
	p.t.Helper()
	m := &machine{p: p, name: name, cmd: p.command(p.t.Context(), crash, "run"), ended: make(chan error, 1)}
	m.cmd.Env = append(append(m.cmd.Env, "HANDRAIL_CRASH_TRACE="+m.trace()), env...)
	m.cmd.Stdout, m.cmd.Stderr = io.Discard, &m.said
	if err := m.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() { m.ended <- m.cmd.Wait() }()
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("machine %s said:\n%s", name, m.said.String())
		}
	})
	return m
}

func (m *machine) trace() string { return filepath.Join(m.p.dir, "trace-"+m.name) }

// met reports whether the machine met a crash point yet.
func (m *machine) met(point string) bool {
	text, _ := os.ReadFile(m.trace()) // not there before the first point
	return strings.Contains("\n"+string(text), "\n"+point+"\n")
}

func (m *machine) signal(s os.Signal) {
	m.p.t.Helper()
	if err := m.cmd.Process.Signal(s); err != nil {
		m.p.t.Errorf("machine %s: %v", m.name, err)
	}
}

// stop lets the machine finish what it has in hand, as a service manager does.
func (m *machine) stop() {
	m.p.t.Helper()
	m.signal(syscall.SIGTERM)
	if err := <-m.ended; err != nil {
		m.p.t.Errorf("machine %s ended: %v\n%s", m.name, err, m.said.String())
	}
}

// over reports whether the machine's process has ended by itself.
func (m *machine) over() bool {
	select {
	case err := <-m.ended:
		m.ended <- err
		return true
	default:
		return false
	}
}

// stopped reports whether the machine's process is one that SIGSTOP holds.
func (m *machine) stopped() bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.cmd.Process.Pid))
	if err != nil {
		return false
	}
	_, after, _ := bytes.Cut(stat, []byte(") "))
	return bytes.HasPrefix(after, []byte("T"))
}

// setURL gives the address of the ledger one more parameter.
func (p *program) setURL(key, value string) {
	p.t.Helper()
	u, err := url.Parse(p.config.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	p.config.URL = u.String()
	p.writeFile("handrail.toml", p.configuration())
}

// buys mails in one request, with a line inside the guardrails and one for an officer.
func (p *program) buys(i int) {
	p.t.Helper()
	name := fmt.Sprintf("%c%c", 'A'+i/10, 'A'+i%10)
	p.send(testStaff, "Purchase "+name, "Form attached.", p.form(testStaff, request.English,
		line("Captioning", "Maison "+name, "100", "13", "113"), line("Platform", "Mill "+name, "9500", "1235", "10735")))
}

// answered waits until so many requests are answered and filed.
func (p *program) answered(n int) {
	p.t.Helper()
	p.until(fmt.Sprint(n, " requests are answered and filed"), func() bool {
		return p.office.Count(testStaff, "INBOX") >= n && p.office.Count(testOfficer, "INBOX") >= min(n, 8) && // more are in the next daily mail
			p.office.Count(testInbox, "INBOX") == 0
	})
}

// Two handrail run of their own, on one inbox and one ledger: both work, and whatever both see at once is done by one.
func TestTwoProcessesShareTheWorkAndDoNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("runs several processes of a binary that is built without the race detector: not in -short")
	}
	p := install(t, postgres(t))
	t.Parallel()
	machines := []*machine{p.startMachine("one", ""), p.startMachine("two", "")}
	const most = 40
	n := 0
	both := func() bool { return machines[0].met("send.after-data") && machines[1].met("send.after-data") }
	for n < 6 || !both() && n < most {
		for range 2 {
			p.buys(n)
			n++
		}
		p.answered(n)
	}
	for _, m := range machines {
		m.stop()
		if !m.met("send.after-data") {
			t.Errorf("machine %s sent none of the answers to %d requests", m.name, n)
		}
	}
	p.rest()
	o := p.look()
	o.holdsAfter(t, "two machines", 0)
	if lines := len(o.tables["line"]); lines != 2*n {
		t.Errorf("%d lines, want %d", lines, 2*n)
	}
}

// One of two processes is stopped in the middle of a transaction, and is woken up when the server has taken its session away
// and the other process has done its work: what it had in hand is not committed.
func TestAPausedProcessCannotCommitStaleWork(t *testing.T) {
	if testing.Short() {
		t.Skip("runs several processes of a binary that is built without the race detector: not in -short")
	}
	for _, step := range []string{"collect", "judge", "answer"} {
		t.Run(step, func(t *testing.T) {
			p := install(t, postgres(t))
			t.Parallel()
			p.setURL("idle_in_transaction_session_timeout", "1s")
			p.buys(0)
			asleep := p.startMachine("asleep", step+".before-commit", "HANDRAIL_CRASH_SIGNAL=STOP")
			p.until("the first machine stands still", asleep.stopped)
			p.rescue()
			p.pass(time.Minute) // whatever the first one made due is due to the second
			awake := p.startMachine("awake", "")
			p.answered(1)
			asleep.signal(syscall.SIGCONT)
			p.until("the first machine has tried to commit", func() bool { return asleep.met(step + ".after-commit") })
			asleep.stop()
			awake.stop()
			if !awake.met(step + ".after-commit") {
				t.Errorf("the machine that was awake did not %s: nothing was stale", step)
			}
			p.rest()
			o := p.look()
			o.holdsAfter(t, "a machine that slept in "+step, 0)
			if lines := len(o.tables["line"]); lines != 2 {
				t.Errorf("%d lines, want 2", lines)
			}
		})
	}
}
