package batch_test

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
)

// onEach runs a test of the real program with a ledger on each of the two databases.
func onEach(t *testing.T, do func(t *testing.T, p *program)) {
	if testing.Short() {
		t.Skip("runs a binary many times: not in -short")
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		do(t, install(t, ledger.Config{}))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		config := postgres(t)
		t.Parallel()
		do(t, install(t, config))
	})
}

// ended is how one run of the program ended: its exit code, -1 when it was killed, and what it printed.
type ended struct {
	code int
	said string
}

// exits makes one pass and says how it ended.
func (p *program) exits(env ...string) ended {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer cancel()
	c := p.command(ctx, "", "run", "--once")
	c.Env = append(c.Env, env...)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return ended{0, string(out)}
	case wasKilled(err) && ctx.Err() == nil:
		p.bury()
		return ended{-1, string(out)}
	case !errors.As(err, &exit) || ctx.Err() != nil:
		p.t.Fatalf("run at %s: %v\n%s", p.now(), err, out)
	}
	return ended{exit.ExitCode(), string(out)}
}

// reading reads the ledger while a run may be at it.
func (p *program) reading(do func(tx *ledger.Tx) error) {
	p.t.Helper()
	recorded, err := ledger.Open(p.t.Context(), p.config, ledger.Read)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = recorded.Close() }()
	if err := recorded.View(p.t.Context(), do); err != nil {
		p.t.Fatal(err)
	}
}

// failed are the attempts at rows that failed and are not done, and those that are set aside.
func (p *program) failed(aside bool) (list []ledger.Attempt) {
	p.t.Helper()
	p.reading(func(tx *ledger.Tx) (err error) {
		list, err = tx.Attempts.Failed(p.t.Context(), aside, 100)
		return err
	})
	return list
}

// quarantined is why messages are in quarantine, by their number.
func (p *program) quarantined() map[int64]string {
	p.t.Helper()
	all := map[int64]string{}
	p.reading(func(tx *ledger.Tx) error {
		s, err := tx.Status(p.t.Context(), p.now(), 100)
		for _, m := range s.Quarantined {
			all[m.ID] = m.Reason
		}
		return err
	})
	return all
}

// judged counts the lines that are judged.
func (p *program) judged() (n int) {
	p.t.Helper()
	p.reading(func(tx *ledger.Tx) error {
		s, err := tx.Status(p.t.Context(), p.now(), 0)
		for _, k := range s.Lines {
			n += k
		}
		return err
	})
	return n
}

// status is what ledger status prints, which always ends well while the ledger can be read.
func (p *program) status() string {
	p.t.Helper()
	out, err := exec.CommandContext(p.t.Context(), p.bin, "ledger", "status", "--config", filepath.Join(p.dir, "handrail.toml")).CombinedOutput()
	if err != nil {
		p.t.Fatalf("ledger status: %v\n%s", err, out)
	}
	return string(out)
}

// subjects counts mails to somebody whose subject holds some words.
func (p *program) subjects(who, words string) (n int) {
	p.t.Helper()
	for _, m := range p.inbox(who) {
		if strings.Contains(m.Subject, words) {
			n++
		}
	}
	return n
}

// release lets a row be tried again that is set aside, as handrail retry does.
func (p *program) release(a ledger.Attempt) {
	p.t.Helper()
	recorded, err := ledgertest.Open(p.t, p.config)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = recorded.Close() }()
	if err := recorded.Update(p.t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Attempts.Retry(p.t.Context(), a.Step, a.Key)
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
}
