package batch_test

import (
	"cmp"
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"
	"time"

	"handrail/internal/batch"
	"handrail/internal/mailtest"
)

// trouble is something around the program that fails, and works again.
type trouble struct {
	name  string
	says  string // what a pass says of it
	make  func()
	cured func()
}

// troubles are those that a program can have. It talks to SMTP, and to PostgreSQL, through gates.
func (p *program) troublesAround() []trouble {
	p.t.Helper()
	smtp := newGate(p.t, p.office.SMTPAddr())
	_, was := hostPort(p.t, p.office.SMTPAddr())
	_, port := hostPort(p.t, smtp.at)
	text := strings.Replace(p.configuration(), "port = "+portText(was), "port = "+portText(port), 1)
	all := []trouble{
		{"SMTP away", "what=smtp", smtp.shut, smtp.open},
		{"folder unwritable", `what="folder requests/Processed"`, func() {
			for _, verb := range []string{"UID MOVE", "UID COPY"} {
				if err := p.office.Inject(mailtest.Fault{Protocol: mailtest.IMAP, Command: verb, Kind: mailtest.Permanent, Times: -1}); err != nil {
					p.t.Fatal(err)
				}
			}
		}, p.office.Mend},
	}
	if p.sessions() == "" {
		all = append(all, p.lockedAway())
	} else {
		u, err := url.Parse(p.config.URL)
		if err != nil {
			p.t.Fatal(err)
		}
		database := newGate(p.t, u.Host)
		text = strings.Replace(text, u.Host, database.at, 1)
		all = append(all, trouble{"database away", "", database.shut, database.open})
	}
	p.writeFile("handrail.toml", text)
	return all
}

// lockedAway is another writer of the file, who takes longer than anybody waits.
func (p *program) lockedAway() trouble {
	var db *sql.DB
	return trouble{"database locked", "", func() {
		var err error
		if db, err = sql.Open("sqlite", p.config.URL+"?_pragma=busy_timeout(20000)"); err != nil {
			p.t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		if _, err := db.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
			p.t.Fatal(err)
		}
	}, func() { _ = db.Close() }}
}

// Whatever around the job fails, a pass ends with exit code 4 and says what; nothing is set aside, nothing that could be done
// is left, and when it works again all of it is done by itself.
func TestWhatFailsAroundAPassIsDoneByTheNext(t *testing.T) {
	onEach(t, func(t *testing.T, p *program) {
		n := 0
		for _, fault := range p.troublesAround() {
			fault.make()
			for range 2 {
				p.buys(n)
				n++
			}
			for range 2 {
				e := p.exits()
				if e.code != 4 || !strings.Contains(e.said, fault.says) || fault.says != "" && !strings.Contains(e.said, "has not worked since") {
					t.Errorf("%s: exit code %d:\n%s", fault.name, e.code, e.said)
				}
				p.pass(time.Minute)
			}
			fault.cured()
			p.status()
			if aside := p.failed(true); len(aside) > 0 {
				t.Errorf("%s: set aside: %+v", fault.name, aside)
			}
			p.pass(15 * time.Minute)
			if e := p.exits(); e.code != 0 {
				t.Errorf("%s, works again: exit code %d:\n%s", fault.name, e.code, e.said)
			}
			p.allDone(t, fault.name, n)
		}
	})
}

// The same for the service, which goes on without a restart.
func TestWhatFailsAroundTheServiceIsDoneWhenItWorksAgain(t *testing.T) {
	onEach(t, func(t *testing.T, p *program) {
		n := 0
		around := p.troublesAround()
		m := p.startMachine("service", "")
		p.until("the service works", func() bool { return m.met("age.before") })
		for _, fault := range around {
			fault.make()
			for range 2 {
				p.buys(n)
				n++
			}
			p.until("the service says so: "+fault.name, func() bool {
				return strings.Contains(m.said.String(), cmp.Or(fault.says, "what=ledger"))
			})
			fault.cured()
			p.answered(n)
		}
		m.stop()
		p.pass(15 * time.Minute)
		if e := p.exits(); e.code != 0 {
			t.Errorf("exit code %d:\n%s", e.code, e.said)
		}
		p.allDone(t, "in the end", n)
	})
}

// allDone holds that so many requests are answered, once, and that nothing failed or is set aside.
func (p *program) allDone(t *testing.T, when string, n int) {
	t.Helper()
	p.look().holdsAfter(t, when, 0)
	if got := p.judged(); got != 2*n {
		t.Errorf("%s: %d lines, want %d", when, got, 2*n)
	}
	if got := len(p.inbox(testStaff)); got != n {
		t.Errorf("%s: %d answers, want %d", when, got, n)
	}
	if failed, aside := p.failed(false), p.failed(true); len(failed)+len(aside) > 0 {
		t.Errorf("%s: failed %+v, set aside %+v", when, failed, aside)
	}
}

func portText(port int) string { return batch.Key(int64(port)) }
