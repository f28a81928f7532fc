package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Tx is one transaction. It is for one goroutine, and ends with the function that it was given to.
type Tx struct {
	l        *Ledger
	tx       *sql.Tx
	deciding bool
	prepared bool // this transaction uses the writer's prepared statements
	wanted   []string
	head     *Head // of the chain, once it was read
}

// errNotDeciding guards the chain: only Decide holds the lock that keeps it from forking.
var errNotDeciding = errors.New("deciding and adding to the chain need Ledger.Decide")

// SQL is the transaction itself, for River's InsertTx.
func (tx *Tx) SQL() *sql.Tx { return tx.tx }

// View reads at one instant. What it reads may be old by the time it is used.
func (l *Ledger) View(ctx context.Context, do func(*Tx) error) error {
	isolation := sql.LevelDefault
	if l.dialect == PostgreSQL {
		isolation = sql.LevelRepeatableRead
	}
	t, err := l.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: isolation})
	if err != nil {
		return l.explain("read the ledger", err)
	}
	defer func() { _ = t.Rollback() }()
	return l.explain("read the ledger", do(&Tx{l: l, tx: t}))
}

// Update writes in one transaction: all of it is in the ledger when Update returns nil, nothing otherwise.
func (l *Ledger) Update(ctx context.Context, do func(*Tx) error) error {
	return l.change(ctx, false, do)
}

// Decide writes like Update while holding the one lock for deciding, across all machines that share the ledger.
// Reading mails, annotating and composing belong outside it.
func (l *Ledger) Decide(ctx context.Context, do func(*Tx) error) error {
	return l.change(ctx, true, do)
}

func (l *Ledger) change(ctx context.Context, deciding bool, do func(*Tx) error) error {
	const what = "write the ledger"
	if l.mode == Read {
		return l.trouble(ReadOnlyFile, what, errors.New("it was opened for reading"))
	}
	t, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return l.explain(what, err)
	}
	tx := &Tx{l: l, tx: t, deciding: deciding, prepared: l.dialect == SQLite}
	defer func() { _ = t.Rollback() }()
	if deciding && l.dialect == PostgreSQL {
		if err := takeDeciderLock(ctx, t); err != nil {
			return l.explain(what, fmt.Errorf("wait to decide: %w", err))
		}
	}
	if err := do(tx); err != nil {
		return l.explain(what, err)
	}
	if err := t.Commit(); err != nil {
		return l.explain(what, fmt.Errorf("commit: %w", err))
	}
	_ = t.Rollback()
	l.prepare(ctx, tx.wanted)
	return nil
}

// prepare keeps statements that a transaction used for the next one. It runs after the transaction, because the one
// connection is then free; a statement that cannot be prepared is simply parsed again.
func (l *Ledger) prepare(ctx context.Context, texts []string) {
	for _, text := range texts {
		l.mu.Lock()
		_, there := l.statements[text]
		l.mu.Unlock()
		if there {
			continue
		}
		s, err := l.write.PrepareContext(ctx, text)
		if err != nil {
			return
		}
		l.mu.Lock()
		if _, there := l.statements[text]; there {
			_ = s.Close()
		} else {
			l.statements[text] = s
		}
		l.mu.Unlock()
	}
}

func (tx *Tx) statement(ctx context.Context, text string) *sql.Stmt {
	if !tx.prepared {
		return nil
	}
	tx.l.mu.Lock()
	s := tx.l.statements[text]
	tx.l.mu.Unlock()
	if s == nil {
		tx.wanted = append(tx.wanted, text)
		return nil
	}
	return tx.tx.StmtContext(ctx, s)
}

// exec runs a statement and says how many rows it changed.
func (tx *Tx) exec(ctx context.Context, text string, args ...any) (int64, error) {
	var r sql.Result
	var err error
	if s := tx.statement(ctx, text); s != nil {
		r, err = s.ExecContext(ctx, args...)
	} else {
		r, err = tx.tx.ExecContext(ctx, text, args...)
	}
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// won runs a compare-and-set on one row and says whether it changed it.
func (tx *Tx) won(ctx context.Context, text string, args ...any) (bool, error) {
	n, err := tx.exec(ctx, text, args...)
	return n > 0, err
}

// each runs a query and calls visit for every row.
func (tx *Tx) each(ctx context.Context, visit func(scan func(...any) error) error, text string, args ...any) (err error) {
	var rows *sql.Rows
	if s := tx.statement(ctx, text); s != nil {
		rows, err = s.QueryContext(ctx, args...)
	} else {
		rows, err = tx.tx.QueryContext(ctx, text, args...)
	}
	if err != nil {
		return err
	}
	defer func() {
		if e := rows.Close(); e != nil && err == nil {
			err = e
		}
	}()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one reads one row; found is false when there is none.
func (tx *Tx) one(ctx context.Context, into []any, text string, args ...any) (found bool, err error) {
	err = tx.each(ctx, func(scan func(...any) error) error {
		if found {
			return nil
		}
		found = true
		return scan(into...)
	}, text, args...)
	return found, err
}
