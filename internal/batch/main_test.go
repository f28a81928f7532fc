package batch

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets the property tests of this package try fewer examples than rapid's hundred, for each one keeps a ledger.
// -rapid.checks asks for more.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			panic(err)
		}
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
