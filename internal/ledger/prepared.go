package ledger

import (
	"context"
	"database/sql"
	"sync"
)

// statements are what a pool of SQLite connections keeps prepared, by text: reading SQL takes SQLite longer than most
// of ours takes to run. nil keeps nothing.
type statements struct {
	mu     sync.Mutex
	byText map[string]*sql.Stmt
}

func newStatements() *statements { return &statements{byText: map[string]*sql.Stmt{}} }

func (k *statements) find(text string) *sql.Stmt {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.byText[text]
}

// prepare keeps statements that a transaction used for the next one. It runs after the transaction, because a pool of
// one connection is then free; a statement that cannot be prepared is simply read again.
func (k *statements) prepare(ctx context.Context, pool *sql.DB, texts []string) {
	for _, text := range texts {
		if k.find(text) != nil {
			continue
		}
		s, err := pool.PrepareContext(ctx, text)
		if err != nil {
			return
		}
		k.mu.Lock()
		if k.byText[text] == nil {
			k.byText[text], s = s, nil
		}
		k.mu.Unlock()
		if s != nil {
			_ = s.Close() // somebody else was quicker
		}
	}
}

func (k *statements) close() (first error) {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.byText {
		if err := s.Close(); err != nil && first == nil {
			first = err
		}
	}
	clear(k.byText)
	return first
}
