package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"handrail/ingest"
	"handrail/internal/postoffice"
	"handrail/notify"
)

// canary is a password that must be seen nowhere but on the wire and in the file that holds it.
const canary = "canary-6b1f-s3cret"

// canarySite is a configuration whose servers take the canary, or do not, and its outputs so far.
type canarySite struct {
	t      *testing.T
	dir    string
	office *postoffice.Office
	seen   bytes.Buffer
}

func newCanarySite(t *testing.T, password string) *canarySite {
	t.Helper()
	s := &canarySite{t: t, dir: t.TempDir()}
	var err error
	s.office, err = postoffice.Start(postoffice.Options{Domains: []string{demoDomain}, Users: []postoffice.User{{Address: demoInbox, Password: password, Token: "another"}}})
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
	smtp.Host, smtp.Port, smtp.TLS = "127.0.0.1", port(s.office.SMTPAddr()), notify.TLSNone
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
	return run(ctx, args, &terminal{in: strings.NewReader(""), out: &s.seen, err: &s.seen, now: time.Now})
}

// clean looks for the canary, plain and as logins encode it, in all that was printed and written.
func (s *canarySite) clean() {
	s.t.Helper()
	look := func(where string, b []byte) {
		for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte("\x00" + demoInbox + "\x00" + canary)),
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

// No command, log, error, export or ledger shows a secret, whether the servers take it, refuse it or choke on it.
func TestNoOutputShowsASecret(t *testing.T) {
	t.Run("taken", func(t *testing.T) {
		s := newCanarySite(t, canary)
		config := s.config("taken", nil)
		makeLedger(t, filepath.Join(s.dir, "taken.db"))
		if _, err := s.office.Deliver(demoInbox, postoffice.Inbox, []byte("From: <x@"+demoDomain+">\r\nSubject: x\r\n\r\nx\r\n"), time.Now()); err != nil {
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
		makeLedger(t, filepath.Join(s.dir, "refused.db"))
		if code := s.handrail("run", "--once", "--verbose", "--config", config); code != exitUnreachable {
			t.Errorf("exit code %d\n%s", code, s.seen.String())
		}
		s.handrail("doctor", "--config", config)
		if !strings.Contains(s.seen.String(), "Authentication failed") || !strings.Contains(s.seen.String(), "hint:") {
			t.Errorf("the refusal is not said:\n%s", s.seen.String())
		}
		s.clean()
	})
	for _, fault := range []postoffice.Fault{
		{Protocol: postoffice.IMAP, Command: "AUTHENTICATE", Kind: postoffice.Garbage, Times: -1},
		{Protocol: postoffice.IMAP, Command: "AUTHENTICATE", Kind: postoffice.Permanent, Words: "you said " + "nothing", Times: -1},
		{Protocol: postoffice.IMAP, Command: "AUTHENTICATE", Kind: postoffice.Cut, Times: -1},
		{Protocol: postoffice.SMTP, Command: "AUTH", Kind: postoffice.Permanent, Times: -1},
		{Protocol: postoffice.SMTP, Command: "AUTH", Kind: postoffice.Garbage, Times: -1},
	} {
		t.Run(fault.String(), func(t *testing.T) {
			s := newCanarySite(t, canary)
			config := s.config("choked", nil)
			makeLedger(t, filepath.Join(s.dir, "choked.db"))
			if _, err := s.office.Deliver(demoInbox, postoffice.Inbox, []byte("From: <x@"+demoDomain+">\r\nSubject: x\r\n\r\nx\r\n"), time.Now()); err != nil {
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
