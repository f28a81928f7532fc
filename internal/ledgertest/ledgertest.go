// Package ledgertest gives tests new ledgers cheaply: a file is made and migrated once for a test binary, and copied. It
// is imported by tests only, and knows of a ledger what package ledger shows.
package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"handrail/internal/ledger"
)

// Open opens a ledger for Run, and makes it where there is none. The caller closes it.
func Open(t testing.TB, config ledger.Config) (*ledger.Ledger, error) {
	t.Helper()
	if config.Dialect() == ledger.SQLite {
		if _, err := os.Lstat(config.URL); errors.Is(err, os.ErrNotExist) {
			Create(t, config.URL)
		}
	}
	l, err := ledger.Open(t.Context(), config, ledger.Run)
	var trouble *ledger.Error
	if errors.As(err, &trouble) && trouble.Trouble == ledger.Absent {
		return ledger.Create(t.Context(), config)
	}
	return l, err
}

// Create makes a new ledger in a file, with an identity of its own, and leaves it closed.
func Create(t testing.TB, path string) {
	t.Helper()
	whole, err := template()
	if err == nil {
		err = os.WriteFile(path, whole.another(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// made is a new ledger's file.
type made struct {
	file     []byte
	identity string

	mu     sync.Mutex
	copies int
}

// template is made by the ledger itself when the first test asks.
var template = sync.OnceValues(func() (*made, error) {
	dir, err := os.MkdirTemp("", "handrail-ledger")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "ledger.db")
	l, err := ledger.Create(context.Background(), ledger.Config{URL: path})
	if err != nil {
		return nil, err
	}
	m := &made{identity: l.Identity()}
	if err := l.Close(); err != nil {
		return nil, err
	}
	if m.file, err = os.ReadFile(path); err != nil {
		return nil, err
	}
	if n := bytes.Count(m.file, []byte(m.identity)); n != 1 {
		return nil, fmt.Errorf("a new ledger's file holds its identity %d times, and copies of it could not be told apart", n)
	}
	return m, nil
})

// another is the file with the next identity in the place of the template's, which is as long.
func (m *made) another() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.copies++
	own := fmt.Appendf(nil, "%s-%04x", m.identity[:len(m.identity)-5], m.copies&0xffff)
	return bytes.Replace(m.file, []byte(m.identity), own, 1)
}
