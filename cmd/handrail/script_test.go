package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"handrail/internal/ledger"
)

// demoDay is the day of the scripts, and of the demo whose ledger many tests begin with.
var demoDay = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// ownProcess is the program as a script's command that runs in a process of its own.
const ownProcess = "handrail-process"

func TestMain(m *testing.M) {
	// Garbage may grow to four times what is in use, here and in the programs that the tests start: collecting it takes a
	// quarter of the processor's time otherwise. What the program takes by itself is looked at in a cage, without this.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		_ = os.Setenv("GOGC", "400")
	}
	testscript.Main(m, map[string]func(){
		ownProcess: func() {
			os.Exit(run(context.Background(), os.Args[1:], &terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: func() time.Time { return demoDay }}))
		},
	})
}

// What a newcomer meets at the terminal, mistakes included, as scripts to read.
func TestScripts(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chdir(here); err != nil {
			t.Error(err)
		}
	})
	// The scripts run beside each other and this test beside no other one: one command at a time has the working directory.
	var turn sync.Mutex
	testscript.Run(t, testscript.Params{Dir: filepath.Join(here, "testdata/script"), RequireExplicitExec: false,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"failing":     failing,
			"demo-ledger": demoLedger,
			"handrail": func(ts *testscript.TestScript, neg bool, args []string) {
				turn.Lock()
				defer turn.Unlock()
				scripted(ts, neg, args)
			},
		}})
}

// scripted runs the program in this process, which costs a tenth of a new one, and in its own where the script sets the
// time zone.
func scripted(ts *testscript.TestScript, neg bool, args []string) {
	failed := false
	if ts.Getenv("TZ") != "" {
		failed = ts.Exec(ownProcess, args...) != nil
	} else {
		ts.Check(os.Chdir(ts.MkAbs(".")))
		failed = run(context.Background(), args, &terminal{in: strings.NewReader(""), out: ts.Stdout(), err: ts.Stderr(), now: func() time.Time { return demoDay }}) != exitDone
	}
	switch {
	case failed && !neg:
		ts.Fatalf("unexpected command failure")
	case !failed && neg:
		ts.Fatalf("unexpected command success")
	}
}

// demoLedger is the command of scripts that begin with the ledger which the demo leaves: demo-ledger PATH.
func demoLedger(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: demo-ledger PATH")
	}
	data, err := playedDemo()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// leaveDemo puts the ledger that the demo leaves at a path.
func leaveDemo(t testing.TB, path string) {
	t.Helper()
	data, err := playedDemo()
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// playedDemo is the file of the ledger that the demo leaves; the demo is played when the first test asks.
var playedDemo = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "handrail-demo")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out := filepath.Join(dir, "demo")
	var said bytes.Buffer
	if code := run(context.Background(), []string{"demo", "--out", out},
		&terminal{in: strings.NewReader(""), out: &said, err: &said, now: func() time.Time { return demoDay }}); code != exitDone {
		return nil, fmt.Errorf("the demo ends with %d: %s", code, said.String())
	}
	return os.ReadFile(filepath.Join(out, "ledger.db"))
})

// failing is the command of scripts that lets a row of a ledger fail as it would in a run: failing LEDGER ROW HOW WORDS.
// How is "aside", "again" or the name of what around the job does not work.
func failing(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: failing LEDGER ROW HOW WORDS")
	}
	path, row, how, words := ts.MkAbs(args[0]), args[1], args[2], args[3]
	step, key, ok := ledger.ParseRow(row)
	if !ok {
		ts.Fatalf("%q is no row", row)
	}
	ts.Check(failRow(path, step, key, how, words))
}

// failRow lets a row fail at noon of the script's day, five times over more than an hour where it is to be set aside.
func failRow(path string, step ledger.Step, key, how, words string) error {
	ctx := context.Background()
	l, err := ledger.Open(ctx, ledger.Config{URL: path}, ledger.Write)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	at, tries := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), 1
	failure := ledger.Failure{Key: key, Words: words}
	switch how {
	case "aside":
		tries = 5
	case "again":
	default:
		failure.WaitsFor = how
	}
	for range tries {
		failure.RetryAt = at.Add(20 * time.Minute)
		if err := l.Update(ctx, func(tx *ledger.Tx) error {
			_, err := tx.Work.ClaimKeys(ctx, ledger.ClaimRequest{Step: step, Holder: "run", Now: at, Until: at.Add(time.Minute)}, []string{key})
			if err == nil {
				_, err = tx.Attempts.MarkFailed(ctx, step, "run", at, failure)
			}
			if err == nil && failure.WaitsFor != "" {
				err = tx.Attempts.NoteOutage(ctx, ledger.Outage{Name: failure.WaitsFor, Failures: 3, FailedAt: at, LastAt: at, RetryAt: failure.RetryAt, Class: "network", Words: words})
			}
			return err
		}); err != nil {
			return err
		}
		at = failure.RetryAt
	}
	return nil
}
