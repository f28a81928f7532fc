package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"handrail/ingest"
	"handrail/internal/demo"
	"handrail/internal/ledgertest"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
)

// canary is a password that must be seen nowhere but on the wire and in the file that holds it.
const canary = "canary-6b1f-s3cret"

// canarySite is a configuration whose servers take the canary, or do not, and its outputs so far.
type canarySite struct {
	t      *testing.T
	dir    string
	office *mailtest.Office
	seen   bytes.Buffer
}

func newCanarySite(t *testing.T, password string) *canarySite {
	t.Helper()
	s := &canarySite{t: t, dir: t.TempDir()}
	var err error
	s.office, err = mailtest.Start(mailtest.Options{Domains: []string{demo.Domain}, Users: []mailtest.User{{Address: demo.Inbox, Password: password, Token: "another"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.office.Close() })
	return s
}

// config writes the configuration and the files with secrets that it names; change may alter it.
func (s *canarySite) config(name string, change func(*Config)) string {
	s.t.Helper()
	c := sampleConfig()
	port := func(address string) int {
		_, p, err := net.SplitHostPort(address)
		n, err2 := strconv.Atoi(p)
		if err != nil || err2 != nil {
			s.t.Fatal(err, err2)
		}
		return n
	}
	box, smtp := &c.Inbox[0], &c.SMTP
	box.Host, box.Port, box.TLS, box.Timeout = "127.0.0.1", port(s.office.IMAPAddr()), ingest.TLSNone, ingest.Duration(2*time.Second)
	smtp.Host, smtp.Port, smtp.TLS = "127.0.0.1", port(s.office.SMTPAddr()), mailserver.TLSNone
	c.Ledger.URL = name + ".db"
	if change != nil {
		change(&c)
	}
	text, err := toml.Marshal(c)
	if err != nil {
		s.t.Fatal(err)
	}
	text = showSecrets(text)
	for file, content := range map[string]string{"imap-password": canary + "\n", "smtp-password": canary + "\n", name + ".toml": string(text)} {
		if err := os.WriteFile(filepath.Join(s.dir, file), []byte(content), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return filepath.Join(s.dir, name+".toml")
}

// handrail runs a command in this process and keeps what it prints.
func (s *canarySite) handrail(args ...string) int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	fmt.Fprintf(&s.seen, "$ handrail %s\n", strings.Join(args, " "))
	return run(ctx, args, &terminal{in: strings.NewReader(""), out: &s.seen, err: &s.seen, now: atWork})
}

// atWork is an instant of a working day: at night and on a weekend the operator's mail waits, and what refuses it is not met.
func atWork() time.Time { return time.Date(2026, time.November, 24, 15, 0, 0, 0, time.UTC) }

// clean looks for the canary, plain and as logins encode it, in all that was printed and written.
func (s *canarySite) clean() {
	s.t.Helper()
	look := func(where string, b []byte) {
		for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte("\x00" + demo.Inbox + "\x00" + canary)),
			fmt.Sprintf("%x", canary)} {
			if i := bytes.Index(b, []byte(form)); i >= 0 {
				s.t.Errorf("%s shows the secret: …%q…", where, b[max(0, i-80):min(len(b), i+80)])
			}
		}
	}
	look("the output", s.seen.Bytes())
	err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, "-password") {
			return err
		}
		b, err := os.ReadFile(path)
		look(path, b)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// addressesOfALedger tries every command with every way to write a password into an address, where nothing answers and where
// a database does.
func addressesOfALedger(t *testing.T) {
	addresses := []string{
		"postgres://u:" + canary + "@127.0.0.1:1/none",
		"postgres://u@127.0.0.1:1/none?password=" + canary,
		"postgres://u:p@127.0.0.1:1/none?sslmode=verify-full&sslpassword=" + canary,
		"postgres://u:1/" + canary + "@127.0.0.1:1/none",
		"postgres://u:1#" + canary + "@127.0.0.1:1/none",
		"postgres://u:1?" + canary + "@127.0.0.1:1/none",
		"postgres://u:%zz" + canary + "@127.0.0.1:1/none",
		"postgres://u:" + canary + "@127.0.0.1:1/none?sslmode=bogus",
		"postgres://u:" + canary + "@127.0.0.1:port/none",
		"host=127.0.0.1 port=1 user=u password=" + canary + " dbname=none",
		"password='" + canary + " more' host=127.0.0.1 port=1 user=u dbname=none",
		"host=127.0.0.1 port=1 password='" + canary,
		"host=127.0.0.1 PASSWORD=" + canary,
		"someone:" + canary + "@127.0.0.1/none",
		"127.0.0.1/none?password=" + canary,
		"mysql://u:" + canary + "@127.0.0.1/none",
		"jdbc:postgresql://127.0.0.1/none?password=" + canary,
	}
	if server := os.Getenv("HANDRAIL_TEST_POSTGRES"); server != "" {
		u, err := url.Parse(server)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(u.User.Username(), canary)
		u.Path = "/no_such_database"
		addresses = append(addresses, u.String())
	}
	s := newCanarySite(t, canary)
	config := s.config("addressed", nil)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	// Named so that clean passes over it: it holds the address, with the password.
	config = filepath.Join(s.dir, "addressed-password")
	for _, address := range addresses {
		if err := os.WriteFile(config, bytes.Replace(text, []byte("'addressed.db'"), fmt.Appendf(nil, "%q", address), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		before := s.seen.Len()
		for _, command := range []string{"run --once --verbose", "run --once --log json", "ledger create", "ledger upgrade", "ledger status", "ledger status --format json", "ledger verify",
			"ledger export --out " + filepath.Join(s.dir, "e"), "ledger backup --out " + filepath.Join(s.dir, "b"), "ledger restore --from nothing", "ledger dispose --before 2020-01-01",
			"ledger hold", "doctor --no-mail", "explain HR-2026-000001-01", "reconcile --out " + filepath.Join(s.dir, "w.xlsx"), "file HR-2026-000001 --out " + filepath.Join(s.dir, "c.zip")} {
			if code := s.handrail(append(strings.Fields(command), "--config", config)...); code == exitDone {
				t.Errorf("%s works at %s", command, address)
			}
		}
		s.handrail("version")
		if said := s.seen.String()[before:]; !strings.Contains(said, "url") && !strings.Contains(said, "does not answer") && !strings.Contains(said, "access was refused") && !strings.Contains(said, "not complete") {
			t.Errorf("nothing says what is wrong with %s:\n%s", address, said)
		}
	}
	// The same addresses on the command line, which the site's own heading repeats.
	var said bytes.Buffer
	ledgertest.Create(t, filepath.Join(s.dir, "from.db"))
	if err := os.WriteFile(config, bytes.Replace(text, []byte("'addressed.db'"), []byte("'from.db'"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if code := run(t.Context(), []string{"ledger", "copy", "--to", address, "--config", config},
			&terminal{in: strings.NewReader(""), out: &said, err: &said, now: time.Now}); code == exitDone {
			t.Errorf("a copy works to %s", address)
		}
	}
	s.seen.Write(said.Bytes())
	s.clean()
}

// No command, log, error, export or ledger shows a secret, whether the servers take it, refuse it or choke on it.
func TestNoOutputShowsASecret(t *testing.T) {
	t.Run("taken", func(t *testing.T) {
		s := newCanarySite(t, canary)
		config := s.config("taken", nil)
		ledgertest.Create(t, filepath.Join(s.dir, "taken.db"))
		if _, err := s.office.Deliver(demo.Inbox, mailtest.Inbox, []byte("From: <x@"+demo.Domain+">\r\nSubject: x\r\n\r\nx\r\n"), atWork()); err != nil {
			t.Fatal(err)
		}
		if code := s.handrail("run", "--once", "--verbose", "--config", config); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, s.seen.String())
		}
		s.handrail("run", "--once", "--verbose", "--log", "json", "--config", config)
		s.handrail("ledger", "status", "--config", config)
		s.handrail("ledger", "export", "--config", config, "--out", filepath.Join(s.dir, "export"))
		s.handrail("ledger", "backup", "--config", config, "--out", filepath.Join(s.dir, "backup.db"))
		s.handrail("doctor", "--config", config)
		if !strings.Contains(s.seen.String(), "1 message collected") {
			t.Errorf("nothing was done:\n%s", s.seen.String())
		}
		s.clean()
	})
	t.Run("refused", func(t *testing.T) {
		s := newCanarySite(t, "something else")
		config := s.config("refused", nil)
		ledgertest.Create(t, filepath.Join(s.dir, "refused.db"))
		if code := s.handrail("run", "--once", "--verbose", "--config", config); code != exitUnreachable {
			t.Errorf("exit code %d\n%s", code, s.seen.String())
		}
		s.handrail("doctor", "--config", config)
		if !strings.Contains(s.seen.String(), "Authentication failed") || !strings.Contains(s.seen.String(), "hint:") {
			t.Errorf("the refusal is not said:\n%s", s.seen.String())
		}
		s.clean()
	})
	for _, fault := range []mailtest.Fault{
		{Protocol: mailtest.IMAP, Command: "AUTHENTICATE", Kind: mailtest.Garbage, Times: -1},
		{Protocol: mailtest.IMAP, Command: "AUTHENTICATE", Kind: mailtest.Permanent, Words: "you said " + "nothing", Times: -1},
		{Protocol: mailtest.IMAP, Command: "AUTHENTICATE", Kind: mailtest.Cut, Times: -1},
		{Protocol: mailtest.SMTP, Command: "AUTH", Kind: mailtest.Permanent, Times: -1},
		{Protocol: mailtest.SMTP, Command: "AUTH", Kind: mailtest.Garbage, Times: -1},
	} {
		t.Run(fault.String(), func(t *testing.T) {
			s := newCanarySite(t, canary)
			config := s.config("choked", nil)
			ledgertest.Create(t, filepath.Join(s.dir, "choked.db"))
			if _, err := s.office.Deliver(demo.Inbox, mailtest.Inbox, []byte("From: <x@"+demo.Domain+">\r\nSubject: x\r\n\r\nx\r\n"), atWork()); err != nil {
				t.Fatal(err)
			}
			if err := s.office.Inject(fault); err != nil {
				t.Fatal(err)
			}
			if code := s.handrail("run", "--once", "--verbose", "--config", config); code == exitDone {
				t.Errorf("exit code %d in spite of it\n%s", code, s.seen.String())
			}
			if s.office.Struck() == 0 {
				t.Error("the fault did not strike")
			}
			s.clean()
		})
	}
	t.Run("addresses of a ledger", addressesOfALedger)
	t.Run("configuration with mistakes", func(t *testing.T) {
		s := newCanarySite(t, canary)
		config := s.config("mistaken", func(c *Config) { c.Inbox[0].Port = 99999 })
		text, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(text, []byte("{ file = 'imap-password' }"), []byte("{ value = '"+canary+"', env = 'X' }"), 1)
		text = bytes.Replace(text, []byte("{ file = 'smtp-password' }"), []byte("'"+canary+"'"), 1)
		if err := os.WriteFile(filepath.Join(s.dir, "in-the-clear-password"), text, 0o600); err != nil { // named so that clean passes over it
			t.Fatal(err)
		}
		if code := s.handrail("run", "--once", "--config", filepath.Join(s.dir, "in-the-clear-password")); code != exitUsage {
			t.Errorf("exit code %d", code)
		}
		if !strings.Contains(s.seen.String(), "password") {
			t.Errorf("the mistake is not named:\n%s", s.seen.String())
		}
		s.clean()
	})
}
