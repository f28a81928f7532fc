package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"handrail/internal/demo"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/mailtest"
)

// troubled is a department with one request in its inbox, and a ledger in a folder of its own that trouble can strike.
type troubled struct {
	t      *testing.T
	office *mailtest.Office
	dir    string
	disk   string // the folder of the ledger
	now    time.Time
	said   bytes.Buffer
	mend   func()
}

const troubledRequester = "nadia.benali@" + demo.Domain // of the second request

func newTroubled(t *testing.T) *troubled {
	t.Helper()
	s := &troubled{t: t, dir: t.TempDir(), now: demoDay, mend: func() {}}
	s.disk = filepath.Join(s.dir, "disk")
	if err := os.Mkdir(s.disk, 0o700); err != nil {
		t.Fatal(err)
	}
	d := &demonstration{t: &terminal{out: io.Discard, err: io.Discard, now: func() time.Time { return s.now }}, out: filepath.Join(s.dir, "demo")}
	if err := d.open(t.Context(), s.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.week.Close() })
	s.office = d.week.Office
	text, err := toml.Marshal(*d.config)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(showSecrets(text), []byte(d.config.Ledger.URL), []byte("disk/ledger.db"))
	for name, content := range map[string][]byte{"handrail.toml": text, "imap-password": []byte(demo.Password), "smtp-password": []byte(demo.Password)} {
		if err := os.WriteFile(filepath.Join(s.dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ledgertest.Create(t, filepath.Join(s.disk, "ledger.db"))
	// A first request is answered as usual; the second one is there when trouble strikes.
	if err := d.week.MailIn(t.Context(), 0, demo.Mails()[0]); err != nil {
		t.Fatal(err)
	}
	if code := s.run(); code != exitDone {
		t.Fatalf("before any trouble: exit code %d\n%s", code, s.said.String())
	}
	if err := d.week.MailIn(t.Context(), 6, demo.Mails()[6]); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *troubled) handrail(args ...string) int {
	s.t.Helper()
	s.said.Reset()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	return run(ctx, append(args, "--config", filepath.Join(s.dir, "handrail.toml")), &terminal{in: strings.NewReader(""), out: &s.said, err: &s.said, now: func() time.Time { return s.now }})
}

func (s *troubled) run() int { return s.handrail("run", "--once") }

// smallDisk puts the ledger's folder on a small disk of its own, which can be filled and made read-only for real.
func (s *troubled) smallDisk(bytes string) {
	s.t.Helper()
	if os.Getuid() != 0 {
		s.t.Skip("not root: a small disk cannot be mounted")
	}
	kept := filepath.Join(s.dir, "kept")
	if err := os.Rename(s.disk, kept); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Mkdir(s.disk, 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", s.disk, "tmpfs", 0, "size="+bytes); err != nil {
		s.t.Skipf("a small disk cannot be mounted: %v", err)
	}
	s.t.Cleanup(func() { _ = syscall.Unmount(s.disk, 0) })
	if err := os.CopyFS(s.disk, os.DirFS(kept)); err != nil {
		s.t.Fatal(err)
	}
}

// fill leaves not one byte free on the small disk.
func (s *troubled) fill() {
	s.t.Helper()
	f, err := os.Create(filepath.Join(s.disk, "filler"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(f, rand.Reader); !errors.Is(err, syscall.ENOSPC) {
		s.t.Fatalf("filling the disk ended with %v", err)
	}
}

// spoil overwrites pages in the middle of the ledger's file, as a failing disk does.
func (s *troubled) spoil() {
	s.t.Helper()
	f, err := os.OpenFile(filepath.Join(s.disk, "ledger.db"), os.O_RDWR, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	const page = 4096
	info, err := f.Stat()
	if err != nil {
		s.t.Fatal(err)
	}
	for at := int64(page); at+page <= info.Size(); at += page {
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xA5}, 64), at); err != nil {
			s.t.Fatal(err)
		}
	}
}

// Whatever is wrong with the disk, the database or the clock: the job stops before it acknowledges anything, says what is wrong
// and what to do, and goes on when it is fixed, with nothing lost and nothing twice.
func TestTroubleStopsTheJobBeforeAnythingIsAcknowledged(t *testing.T) {
	for _, c := range []struct {
		name        string
		strike      func(*troubled)
		says, hints string
	}{
		{"the disk is full", func(s *troubled) {
			s.smallDisk("4m")
			s.fill()
			s.mend = func() { _ = os.Remove(filepath.Join(s.disk, "filler")) }
		}, "the disk is full", "make room and start again"},
		{"the disk is read-only", func(s *troubled) {
			s.smallDisk("16m")
			if err := syscall.Mount("", s.disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
				s.t.Fatal(err)
			}
			s.mend = func() { _ = syscall.Mount("", s.disk, "", syscall.MS_REMOUNT, "") }
		}, "it cannot be written", "mount the disk for writing"},
		{"the folder is read-only", func(s *troubled) {
			if os.Getuid() == 0 {
				s.t.Skip("root: permissions keep nobody out")
			}
			if err := os.Chmod(s.disk, 0o500); err != nil {
				s.t.Fatal(err)
			}
			s.mend = func() { _ = os.Chmod(s.disk, 0o700) }
		}, "access was refused", "check the permissions"},
		{"another one works on it", func(s *troubled) {
			l, err := ledger.Open(s.t.Context(), ledger.Config{URL: filepath.Join(s.disk, "ledger.db")}, ledger.Run)
			if err != nil {
				s.t.Fatal(err)
			}
			s.mend = func() { _ = l.Close() }
		}, "another Handrail is working on it", "let the other run finish, or stop it"},
		{"a page is spoiled", func(s *troubled) {
			backup := filepath.Join(s.dir, "backup.db")
			if code := s.handrail("ledger", "backup", "--out", backup); code != exitDone {
				s.t.Fatal(s.said.String())
			}
			s.spoil()
			s.mend = func() {
				evidence := filepath.Join(s.dir, "evidence")
				if err := os.Rename(s.disk, evidence); err != nil {
					s.t.Fatal(err)
				}
				if err := os.Mkdir(s.disk, 0o700); err != nil {
					s.t.Fatal(err)
				}
				if code := s.handrail("ledger", "restore", "--from", backup); code != exitDone {
					s.t.Fatal(s.said.String())
				}
			}
		}, "the database is damaged", "restore the last backup"},
		{"the clock is behind", func(s *troubled) {
			s.now = demoDay.AddDate(-1, 0, 0)
			s.mend = func() { s.now = demoDay.Add(time.Hour) }
		}, "this machine's clock is behind the ledger: it says 2025-11-23", "set the clock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newTroubled(t)
			c.strike(s)
			for range 2 { // trying again changes nothing
				code := s.run()
				if code != exitUnreachable || !strings.Contains(s.said.String(), c.says) || !strings.Contains(s.said.String(), c.hints) {
					t.Errorf("exit code %d, and not %q with %q:\n%s", code, c.says, c.hints, s.said.String())
				}
			}
			if n := s.office.Count(demo.Inbox, "INBOX"); n != 1 {
				t.Errorf("%d messages wait in the inbox, not the one that nobody could keep", n)
			}
			if n := s.office.Count(troubledRequester, "INBOX"); n != 0 {
				t.Errorf("the requester has %d answers to what nobody could keep", n)
			}
			s.mend()
			if code := s.run(); code != exitDone {
				t.Fatalf("mended: exit code %d\n%s", code, s.said.String())
			}
			s.run()
			if n := s.office.Count(demo.Inbox, "INBOX"); n != 0 {
				t.Errorf("%d messages are still in the inbox", n)
			}
			if processed, answers := s.office.Count(demo.Inbox, "Processed"), s.office.Count(troubledRequester, "INBOX"); processed != 2 || answers != 1 {
				t.Errorf("%d messages are filed and the second one has %d answers, want 2 and 1", processed, answers)
			}
			if code := s.handrail("ledger", "verify"); code != exitDone {
				t.Errorf("the ledger does not verify: %d\n%s", code, s.said.String())
			}
		})
	}
}
