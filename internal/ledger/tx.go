package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"
)

// Tx is one transaction. It is for one goroutine, and ends with the function that it was given to. What it can do lies with
// its subjects.
type Tx struct {
	Messages    Messages
	Submissions Submissions
	Lines       Lines
	Totals      Totals
	Suppliers   Suppliers
	Decided     Decided
	Escalations Escalations
	Officers    Officers
	Outbox      Outbox
	Charges     Charges
	Work        Work
	Attempts    Attempts
	Posts       Posts
	Chain       Chain
	Records     Records
	Documents   Documents
	Reports     Reports
	Inboxes     Inboxes
	Standing    Standing
	Registers   Registers
	Changes     Changes
	Stops       Stops
	Aliases     Aliases

	l        *Ledger
	tx       *sql.Tx
	deciding bool
	kept     *statements          // of the pool it runs on
	own      map[string]*sql.Stmt // those that it used, by text
	wanted   []string             // those that its pool does not keep yet
	head     *Head                // of the chain, once it was read
	headAt   time.Time            // of head
	removes  bool                 // something for good: see Scrub
	then     []func()             // once it is committed
	alone    int                  // savepoints so far: each has a name of its own, for one may lie in another
}

// Then runs do once the transaction is committed, and never when it is not.
func (tx *Tx) Then(do func()) { tx.then = append(tx.then, do) }

// Alone runs do so that it is undone by itself when it errs or panics: what the transaction did before stays, and may be
// committed. What the transaction keeps in memory, such as the head of the chain, is put back with it. A panic becomes an
// error that is a *PanicError. The error of a ledger that cannot go on is an *Error: then the whole transaction is lost.
func (tx *Tx) Alone(ctx context.Context, do func() error) error {
	tx.alone++
	savepoint := "SAVEPOINT alone" + strconv.Itoa(tx.alone)
	if _, err := tx.tx.ExecContext(ctx, savepoint); err != nil {
		return tx.l.explain("write the ledger", err)
	}
	head, headAt, removes, then := tx.head, tx.headAt, tx.removes, len(tx.then)
	if head != nil {
		kept := *head
		head = &kept
	}
	err := Guarded(do)
	if err == nil {
		if tx.l.dialect == PostgreSQL {
			return nil // the commit ends it: giving it up by itself is one more round trip
		}
		if _, err = tx.tx.ExecContext(ctx, "RELEASE "+savepoint); err != nil {
			return tx.l.explain("write the ledger", err)
		}
		return nil
	}
	tx.head, tx.headAt, tx.removes, tx.then = head, headAt, removes, tx.then[:then]
	err = tx.l.explain("write the ledger", err)
	for _, undo := range []string{"ROLLBACK TO " + savepoint, "RELEASE " + savepoint} {
		if _, lost := tx.tx.ExecContext(ctx, undo); lost != nil {
			return tx.l.trouble(troubleOr(lost, DiskFault), "write the ledger", errors.Join(err, lost))
		}
	}
	return err
}

// PanicError is a defect of ours that stopped something.
type PanicError struct {
	Value any
	Trace string
}

// Error names the value; the trace is for the log.
func (e *PanicError) Error() string { return fmt.Sprintf("a defect: %v", e.Value) }

// Guarded runs do and makes a panic an error that is a *PanicError.
func Guarded(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Trace: string(debug.Stack())}
		}
	}()
	return do()
}

// errNotDeciding guards the chain: only Decide holds the lock that keeps it from forking.
var errNotDeciding = errors.New("deciding and adding to the chain need Ledger.Decide")

// SQL is the transaction itself, for River's InsertTx on PostgreSQL.
func (tx *Tx) SQL() *sql.Tx { return tx.tx }

// View reads at one instant. What it reads may be old by the time it is used.
func (l *Ledger) View(ctx context.Context, do func(*Tx) error) error {
	isolation := sql.LevelDefault
	if l.dialect == PostgreSQL {
		isolation = sql.LevelRepeatableRead
	}
	if l.mode == Run {
		if err := (placeWatch{l}).inPlaceFor(ctx, false); err != nil {
			return l.explain("read the ledger", err)
		}
	}
	t, err := l.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: isolation})
	if err != nil {
		return l.explain("read the ledger", err)
	}
	defer func() { _ = t.Rollback() }()
	tx := divided(&Tx{l: l, tx: t, kept: l.readStatements})
	if err := do(tx); err != nil {
		return l.explain("read the ledger", err)
	}
	_ = t.Rollback()
	l.readStatements.prepare(ctx, l.read, tx.wanted)
	return nil
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
	leave, err := l.enter(ctx)
	if err != nil {
		return l.explain(what, err)
	}
	defer leave()
	if err := (placeWatch{l}).inPlace(ctx); err != nil {
		return l.explain(what, err)
	}
	t, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return l.explain(what, err)
	}
	tx := divided(&Tx{l: l, tx: t, deciding: deciding, kept: l.writeStatements})
	defer func() { _ = t.Rollback() }()
	if deciding && l.dialect == PostgreSQL {
		if err := takeDeciderLock(ctx, t); err != nil {
			return l.explain(what, fmt.Errorf("wait to decide: %w", err))
		}
	}
	if err := tx.stillOurs(ctx); err != nil {
		return l.explain(what, err)
	}
	if err := do(tx); err != nil {
		return l.explain(what, err)
	}
	if err := (placeWatch{l}).byOurselves(ctx, tx.head, t.Commit); err != nil {
		return l.explain(what, fmt.Errorf("commit: %w", err))
	}
	_ = t.Rollback()
	l.writeStatements.prepare(ctx, l.write, tx.wanted)
	if tx.removes && l.dialect == SQLite {
		l.unscrubbed.Store(true)
		// It is committed, whatever becomes of the log: that is tried again.
		_ = l.scrub(ctx)
	}
	for _, do := range tx.then {
		do()
	}
	return nil
}

// enter waits until no other transaction of ours writes. On SQLite all writing shares one connection, which the pool
// gives to anybody who waits: without this the queue's short statements, of which every step depends, would wait behind
// all of our transactions and not behind one.
func (l *Ledger) enter(ctx context.Context) (leave func(), err error) {
	if l.turn == nil {
		return func() {}, nil
	}
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// statement is text, prepared: once for the pool, and until the pool has it, once for the transaction. It is nil on
// PostgreSQL, whose driver keeps statements by itself.
func (tx *Tx) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if tx.kept == nil {
		return nil, nil
	}
	if s := tx.own[text]; s != nil {
		return s, nil
	}
	var s *sql.Stmt
	if kept := tx.kept.find(text); kept != nil {
		s = tx.tx.StmtContext(ctx, kept)
	} else {
		var err error
		if s, err = tx.tx.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
		tx.wanted = append(tx.wanted, text)
	}
	if tx.own == nil {
		tx.own = map[string]*sql.Stmt{}
	}
	tx.own[text] = s
	return s, nil
}

// exec runs a statement and says how many rows it changed.
func (tx *Tx) exec(ctx context.Context, text string, args ...any) (int64, error) {
	s, err := tx.statement(ctx, text)
	if err != nil {
		return 0, err
	}
	var r sql.Result
	if s != nil {
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
	s, err := tx.statement(ctx, text)
	if err != nil {
		return err
	}
	var rows *sql.Rows
	if s != nil {
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

// divided gives a transaction its subjects.
func divided(tx *Tx) *Tx {
	tx.Messages = Messages{tx}
	tx.Submissions = Submissions{tx}
	tx.Lines = Lines{tx}
	tx.Totals = Totals{tx}
	tx.Suppliers = Suppliers{tx}
	tx.Changes = Changes{tx}
	tx.Aliases = Aliases{tx}
	tx.Decided = Decided{tx}
	tx.Escalations = Escalations{tx}
	tx.Officers = Officers{tx}
	tx.Outbox = Outbox{tx}
	tx.Charges = Charges{tx}
	tx.Work = Work{tx}
	tx.Attempts = Attempts{tx}
	tx.Posts = Posts{tx}
	tx.Chain = Chain{tx}
	tx.Records = Records{tx}
	tx.Documents = Documents{tx}
	tx.Reports = Reports{tx}
	tx.Inboxes = Inboxes{tx}
	tx.Standing = Standing{tx}
	tx.Registers = Registers{tx}
	tx.Stops = Stops{tx}
	return tx
}
