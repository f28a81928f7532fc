package imap

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"handrail/internal/mailtest/dovecot"
)

// theDovecot is one server for all tests of this package; each test has an account of its own there.
var theDovecot struct {
	once     sync.Once
	server   *dovecot.Server
	err      error // it is not there, or did not start
	accounts atomic.Int32
}

func TestMain(m *testing.M) {
	code := m.Run()
	if theDovecot.server != nil {
		if err := theDovecot.server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "dovecot:", err)
		}
	}
	os.Exit(code)
}

// startDovecot gives a fresh account on a Dovecot of the distribution. Where there is none the test is skipped, unless
// HANDRAIL_TEST_DOVECOT asks for it.
func startDovecot(t testing.TB) *testServer {
	t.Helper()
	theDovecot.once.Do(func() { theDovecot.server, theDovecot.err = dovecot.Start() })
	if err := theDovecot.err; errors.Is(err, dovecot.ErrMissing) && os.Getenv("HANDRAIL_TEST_DOVECOT") == "" {
		t.Skip("the same suite runs against the post office only: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	account := fmt.Sprintf("inbox%d@department.example", theDovecot.accounts.Add(1))
	return &testServer{t: t, port: theDovecot.server.IMAPPort, username: account, password: dovecot.Password}
}
