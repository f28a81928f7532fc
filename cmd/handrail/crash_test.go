package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/postoffice"
	"handrail/internal/request"
	"handrail/notify"
	"handrail/rules"
)

// crashSite is a post office with a request for every way through the job, and a configuration for the real binary.
type crashSite struct {
	t      *testing.T
	office *postoffice.Office
	dir    string
	bin    string
}

// buildWithCrashPoints compiles the binary in which every point of the job can be its last.
func buildWithCrashPoints(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("killing the real binary at every point takes half a minute: skipped with -short")
	}
	bin := filepath.Join(t.TempDir(), "handrail")
	out, err := exec.Command("go", "build", "-tags", "crashpoints", "-o", bin, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build with crash points: %v\n%s", err, out)
	}
	return bin
}

func newCrashSite(t *testing.T, bin string) *crashSite {
	t.Helper()
	s := &crashSite{t: t, dir: t.TempDir(), bin: bin}
	d := &demo{t: &terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}, now: time.Now}, out: filepath.Join(s.dir, "demo"), clock: time.Now()}
	if err := d.open(); err != nil {
		t.Fatal(err)
	}
	s.office = d.office
	t.Cleanup(func() { _ = d.office.Close() })
	for i, m := range demoMails() {
		if err := d.mailIn(context.Background(), i, m); err != nil {
			t.Fatal(err)
		}
	}
	s.writeConfig(d.config)
	return s
}

// writeConfig writes the demo's configuration as a department would, with its secrets in files.
func (s *crashSite) writeConfig(c *Config) {
	s.t.Helper()
	text, err := toml.Marshal(*c)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"imap-password", "smtp-password"} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(demoPassword+"\n"), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	text = bytes.ReplaceAll(showSecrets(text), []byte(c.Ledger.URL), []byte("ledger.db"))
	if err := os.WriteFile(filepath.Join(s.dir, "handrail.toml"), text, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// run runs the real binary once; killed says whether it died by SIGKILL.
func (s *crashSite) run(crash string) (killed bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.bin, "run", "--once", "--config", filepath.Join(s.dir, "handrail.toml"))
	cmd.Env = append(os.Environ(), "HANDRAIL_CRASH="+crash, "HANDRAIL_CRASH_TRACE="+filepath.Join(s.dir, "trace"))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL && ctx.Err() == nil {
			return true
		}
	}
	if err != nil {
		s.t.Fatalf("run with crash %q: %v\n%s", crash, err, out)
	}
	return false
}

// points lists the points that a whole pass meets, each once.
func (s *crashSite) points() []string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "trace"))
	if err != nil {
		s.t.Fatal(err)
	}
	points := strings.Fields(string(text))
	slices.Sort(points)
	return slices.Compact(points)
}

// TestKilledAtEveryPointNothingIsLostAndNothingIsDoubled kills the real binary at both sides of every commit and every
// effect that a pass meets, starts it again, and looks at the servers: every message is filed once, everybody has their
// mails, and only the mail whose acceptance was cut off may be there twice, under one Message-ID.
func TestKilledAtEveryPointNothingIsLostAndNothingIsDoubled(t *testing.T) {
	bin := buildWithCrashPoints(t)
	whole := newCrashSite(t, bin)
	whole.run("")
	want := whole.mailsByPerson()
	points := whole.points()
	if len(points) < 14 {
		t.Fatalf("a whole pass met only %v", points)
	}
	for _, point := range points {
		for _, times := range []int{1, 3} {
			name := fmt.Sprintf("%s:%d", point, times)
			t.Run(name, func(t *testing.T) {
				s := newCrashSite(t, bin)
				if killed := s.run(name); !killed && times == 1 {
					t.Fatalf("the process did not die at %s", point)
				}
				s.run("")
				s.run("")
				// Between the server's yes and our commit lies the one window that SMTP leaves open (RFC 1047).
				s.check(want, strings.HasPrefix(point, "send."))
			})
		}
	}
}

// mailsByPerson counts the different mails in everybody's inbox.
func (s *crashSite) mailsByPerson() map[string]int {
	s.t.Helper()
	all := map[string]int{}
	for _, m := range s.sent() {
		all[m.to]++
	}
	return all
}

type sentMail struct{ to, messageID string }

// sent lists the different mails that arrived, by recipient and Message-ID.
func (s *crashSite) sent() []sentMail {
	s.t.Helper()
	var list []sentMail
	for m := range s.copies() {
		list = append(list, m)
	}
	return list
}

func (s *crashSite) copies() map[sentMail]int {
	s.t.Helper()
	copies := map[sentMail]int{}
	d := &demo{}
	for _, address := range d.everybody() {
		if address == demoInbox {
			continue
		}
		messages, err := s.office.Messages(address, "INBOX")
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range messages {
			mail, err := ingest.Parse(m.Raw, ingest.DefaultLimits())
			if err != nil {
				s.t.Fatal(err)
			}
			copies[sentMail{address, mail.MessageID}]++
		}
	}
	return copies
}

func (s *crashSite) check(want map[string]int, cut bool) {
	t := s.t
	t.Helper()
	got := s.mailsByPerson()
	for who, n := range want {
		if got[who] != n {
			t.Errorf("%s got %d mails, want %d", who, got[who], n)
		}
	}
	doubled := 0
	for m, n := range s.copies() {
		if n > 2 || n == 2 && !cut {
			t.Errorf("%s got %d copies of %s", m.to, n, m.messageID)
		}
		if n == 2 {
			doubled++
		}
	}
	if doubled > 1 {
		t.Errorf("one cut doubled %d mails", doubled)
	}
	if n := s.office.Count(demoInbox, "INBOX"); n != 0 {
		t.Errorf("%d messages are still in the inbox", n)
	}
	if n := s.office.Count(demoInbox, "Processed"); n != len(demoMails()) {
		t.Errorf("%d messages are filed, want %d", n, len(demoMails()))
	}
	l, err := ledger.Open(t.Context(), ledger.Config{URL: filepath.Join(s.dir, "ledger.db")}, ledger.Read)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if err := l.View(t.Context(), func(tx *ledger.Tx) error {
		v, err := tx.Verify(t.Context())
		if err != nil {
			return err
		}
		for _, f := range v.Faults {
			t.Errorf("ledger: %s", f)
		}
		asked := int64(0)
		for _, m := range demoMails() {
			asked += int64(len(m.lines))
		}
		if v.Lines != asked {
			t.Errorf("the ledger holds %d lines, want %d", v.Lines, asked)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// What crash sites and the demo have in common must stay loadable: a guard against a demo that no configuration file
// could describe.
func TestTheDemosConfigurationIsOne(t *testing.T) {
	c := sampleConfig()
	if mistakes := c.validate(); len(mistakes) > 0 {
		t.Errorf("the sample configuration is refused: %v", mistakes)
	}
	if _, err := rules.LoadShipped(defaultPolicy); err != nil {
		t.Error(err)
	}
	if c.SMTP.TLS == notify.TLSNone || c.Finance.Language == request.UnknownLang {
		t.Error("the sample configuration is not one to start from")
	}
}
