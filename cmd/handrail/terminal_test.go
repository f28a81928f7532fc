package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What people read fits a terminal of 80 columns, in both languages, with long names. Only what cannot be broken goes
// over: a digest, a path. The cells of inspect stand one a line, to be searched.
func TestWhatPeopleReadFitsEightyColumns(t *testing.T) {
	dir := t.TempDir()
	here := func(name string) string { return filepath.Join(dir, name) }
	t.Chdir(dir)
	now := time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC)
	said := func(args ...string) string {
		t.Helper()
		var out, complaints bytes.Buffer
		code := run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &out, err: &complaints, now: func() time.Time { return now }})
		if code == exitUsage || code == exitInput {
			t.Fatalf("%v: exit %d: %s", args, code, complaints.String())
		}
		return out.String()
	}
	fits := func(args ...string) {
		t.Helper()
		const unbroken = 35
		text := said(args...)
		if text == "" {
			t.Errorf("%v says nothing", args)
		}
		for line := range strings.Lines(text) {
			longest := 0
			for word := range strings.FieldsSeq(line) {
				longest = max(longest, len([]rune(word)))
			}
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > terminalWidth && longest < unbroken {
				t.Errorf("%v: %d columns: %s", args, n, line)
			}
			if strings.Contains(line, "\x1b") {
				t.Errorf("%v colours what is no terminal: %q", args, line)
			}
		}
	}
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	fits("demo", "--out", "demo")
	fits("init", "--config", "h.toml")
	now = now.AddDate(0, 0, 1)
	copyFile(t, here("demo/ledger.db"), here("data/handrail.db"))
	with := func(args ...string) []string { return append(args, "--config", "h.toml") }
	long := strings.Repeat("a dispute about the supplier and the file of Legal Services, ", 3)
	for _, args := range [][]string{
		{"--help"}, {"run", "--help"}, {"ledger", "copy", "--help"}, {"policy", "backtest", "--help"}, {"reconcile", "--help"},
		with("ledger", "hold", "HR-2026-000001", "--reason", long, "--by", "The Director General of Legal Services and Corporate Secretariat"),
		with("ledger", "hold"), with("ledger", "status"), with("ledger", "verify"), with("ledger", "backup", "--out", "b.db"),
		with("ledger", "dispose", "--before", "2026-11-27"), with("ledger", "export", "--out", "all"),
		{"policy", "check", defaultPolicy}, {"policy", "test", defaultPolicy},
		{"policy", "diff", defaultPolicy, "gc-low-dollar"}, {"policy", "diff", "--lang", "fr", defaultPolicy, "us-micro-purchase"},
		with("policy", "backtest", "gc-low-dollar"), with("policy", "backtest", "red-flags", "--lang", "fr"),
		with("explain", "HR-2026-000002-02"), with("explain", "HR-2026-000002-03", "--lang", "fr"), with("explain", "HR-2026-000004-01", "--lang", "fr"),
		with("file", "HR-2026-000002", "--out", "case.zip"), {"file", "--verify", "case.zip"},
		with("reconcile", "--period", "2026-11", "--out", "w.xlsx"), with("publish", "--from", "2026-11-01", "--to", "2026-12-31", "--out", "p.csv"),
		{"doctor", "--no-mail", "--config", filepath.Join(c.dir, "handrail.toml")}, {"check", "demo/sent-by-staff/02-demande-mixte.xlsx"}, {"inspect", "demo/sent-by-staff/02-demande-mixte.xlsx"},
		{"form", "--out", "f.xlsx"}, {"templates", "preview", "--out", "mails"}, {"version"},
	} {
		fits(args...)
	}
}

// Colour is for terminals, and for those who want it; progress as well. What is no terminal is a file here: a pipe and
// a buffer are none either.
func TestColourAndProgressAreForTerminals(t *testing.T) {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there is no terminal to try: %v", err)
	}
	defer func() { _ = tty.Close() }()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, x := range []struct {
		name    string
		out     *os.File
		env     map[string]string
		painted bool
	}{
		{"a terminal", tty, nil, true},
		{"a file", file, nil, false},
		{"NO_COLOR", tty, map[string]string{"NO_COLOR": "1"}, false},
		{"a dumb terminal", tty, map[string]string{"TERM": "dumb"}, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Setenv("TERM", "xterm")
			t.Setenv("NO_COLOR", "")
			for k, v := range x.env {
				t.Setenv(k, v)
			}
			if got := (&terminal{out: x.out}).paint(red, "WRONG"); (got != "WRONG") != x.painted {
				t.Errorf("%q", got)
			}
		})
	}
	progress := (&terminal{err: file}).progress("charges")
	for i := range 100 {
		progress(1000*(i+1), 100_000)
	}
	(&terminal{err: file}).working("Looking")()
	if info, err := file.Stat(); err != nil || info.Size() > 0 {
		t.Errorf("progress was written to a file: %v, %v", info, err)
	}
}
