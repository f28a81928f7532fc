package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
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
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: false})
}
