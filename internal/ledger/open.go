package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
)

// Ledger is an open ledger. It is safe for concurrent use.
type Ledger struct {
	cfg     Config
	mode    Mode
	dialect Dialect
	write   *sql.DB                     // on SQLite one connection
	read    *sql.DB                     // on PostgreSQL the same as write
	queue   riverdriver.Driver[*sql.Tx] // PostgreSQL
	pool    *pgxpool.Pool               // PostgreSQL: River's listener
	lock    *fileLock                   // SQLite, Run: held until Close
	turn    chan struct{}               // SQLite: holds whichever transaction of ours writes

	texts sync.Map // of statements for many rows
	near  near

	onMove func(LineMoved) // told of each move of a line once it is committed; nil nobody

	unscrubbed atomic.Bool // the log holds what a transaction removed for good

	identity atomic.Pointer[string] // once it is known
	from     int64                  // the schema's version before Run brought it up to date
	readDSN  string                 // SQLite: how readers open it
	place    *place                 // SQLite, unless it is for reading only
	token    string                 // SQLite, Run: see takeOver

	readStatements, writeStatements *statements // nil on PostgreSQL
}

// Open opens the ledger that cfg names; Create makes it. For Run it brings an old one up to date, under one lock for our
// tables and the queue's. The error is an *Error where there is something that the operator can do.
func Open(ctx context.Context, cfg Config, mode Mode) (*Ledger, error) {
	l, err := closed(cfg, mode)
	if err != nil {
		return nil, err
	}
	open := l.openSQLite
	if l.dialect == PostgreSQL {
		open = func(ctx context.Context) error { return postgres{l}.openPostgreSQL(ctx, postgres{l}.mustBeThere) }
	}
	if err := open(ctx); err != nil {
		_ = l.Close()
		return nil, l.explain("open the ledger", err)
	}
	return l, nil
}

// closed is a ledger that is not open yet.
func closed(cfg Config, mode Mode) (*Ledger, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("[ledger] %w", err)
	}
	l := &Ledger{cfg: cfg, mode: mode, dialect: cfg.Dialect()}
	if l.dialect == SQLite {
		l.readStatements, l.writeStatements = newStatements(), newStatements()
		l.turn = make(chan struct{}, 1)
	}
	return l, nil
}

// Close gives back connections and the lock. It is safe to call twice.
func (l *Ledger) Close() error {
	var first error
	note := func(err error) {
		if err != nil && first == nil {
			first = err
		}
	}
	note(l.readStatements.close())
	note(l.writeStatements.close())
	if l.read != nil && l.read != l.write {
		note(l.read.Close())
	}
	if l.write != nil {
		note(l.write.Close())
	}
	if l.pool != nil {
		l.pool.Close()
	}
	if l.lock != nil {
		note(l.lock.release())
	}
	l.read, l.write, l.pool, l.lock = nil, nil, nil, nil
	return first
}

// Dialect is which database holds the ledger.
func (l *Ledger) Dialect() Dialect { return l.dialect }

// Config is where the ledger is.
func (l *Ledger) Config() Config { return l.cfg }

// Queue is the River driver on a PostgreSQL ledger's own database; nil on SQLite.
func (l *Ledger) Queue() riverdriver.Driver[*sql.Tx] { return l.queue }

// Writers is how many transactions can write at a time: 1 on SQLite. Workers beyond a few times this wait.
func (l *Ledger) Writers() int { return l.write.Stats().MaxOpenConnections }
