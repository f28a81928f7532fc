package batch_test

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// defaults are what the flags of this package's tests are when nobody sets them. Each example of a property test keeps a
// ledger, so there are fewer than rapid's hundred. A test waits most of its time for the queue to look again, so more run
// at once than there are processors.
var defaults = map[string]string{"rapid.checks": "30", "test.parallel": "6"}

// whole says whether everything runs of which the tests take a sample otherwise: every crash point, every misbehaviour of a
// server, thousands of rows. .ci/run asks for it.
func whole() bool { return os.Getenv("HANDRAIL_TEST_WHOLE") != "" }

func TestMain(m *testing.M) {
	flag.Parse()
	asked := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { asked[f.Name] = true })
	for name, value := range defaults {
		if asked[name] {
			continue
		}
		if name == "rapid.checks" && testing.Short() {
			value = "8"
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	if err := collectSeldom(); err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "handrail-program")
	if err != nil {
		panic(err)
	}
	if err := os.Setenv(programDir, dir); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// collectSeldom lets garbage grow to four times what is in use, here and in the programs that the tests start: a quarter of
// the tests' processor time was the collector's. What a program may take at most is held elsewhere, without this. GOGC stays
// where somebody set it, and benchmarks have what the program has.
func collectSeldom() error {
	if os.Getenv("GOGC") != "" || flag.Lookup("test.bench").Value.String() != "" {
		return nil
	}
	debug.SetGCPercent(400)
	return os.Setenv("GOGC", "400")
}
