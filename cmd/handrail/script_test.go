package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"handrail/internal/ledger"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"handrail": func() {
			now := func() time.Time { return time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC) }
			os.Exit(run(context.Background(), os.Args[1:], &terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: now}))
		},
	})
}

// What a newcomer meets at the terminal, mistakes included, as scripts to read.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: false,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"failing": failing}})
}

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
			_, err := tx.TakeKeys(ctx, ledger.Taking{Step: step, Holder: "run", Now: at, Until: at.Add(time.Minute)}, []string{key})
			if err == nil {
				_, err = tx.Failed(ctx, step, "run", at, failure)
			}
			if err == nil && failure.WaitsFor != "" {
				err = tx.NoteOutage(ctx, ledger.Outage{Name: failure.WaitsFor, Failures: 3, FailedAt: at, LastAt: at, RetryAt: failure.RetryAt, Class: "network", Words: words})
			}
			return err
		}); err != nil {
			return err
		}
		at = failure.RetryAt
	}
	return nil
}
