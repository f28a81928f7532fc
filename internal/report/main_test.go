package report

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage grow to four times what is in use: half of the tests' processor time was the collector's. GOGC stays
// where somebody set it, and benchmarks, which look at memory, have what the program has.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("GOGC") == "" && flag.Lookup("test.bench").Value.String() == "" {
		debug.SetGCPercent(400)
	}
	os.Exit(m.Run())
}
