package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
)

// The advisory locks, one number for all ledgers of a database: waiting for another ledger's migration is harmless.
const (
	migrationLock = 0x484e4452_0001
	deciderLock   = 0x484e4452_0002
)

const postgresConnections = 8

// A machine that is paused, or gone without a word, in the middle of a transaction keeps the decider's lock from all the
// others: the server ends its session after a while, and what it had not committed is as if it had never begun. An
// address may set it otherwise.
const (
	idleTimeout = "idle_in_transaction_session_timeout"
	mostIdle    = "60s"
)

func (l *Ledger) openPostgreSQL(ctx context.Context) error {
	cfg, err := pgxpool.ParseConfig(l.cfg.URL)
	if err != nil {
		// pgx's own text may repeat the address; the password in it is none of the log's business.
		return fmt.Errorf("read the address %s: it is not complete", l.cfg)
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 15 * time.Second
	}
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "handrail"
	}
	if cfg.ConnConfig.RuntimeParams[idleTimeout] == "" {
		cfg.ConnConfig.RuntimeParams[idleTimeout] = mostIdle
	}
	if wanted := cfg.ConnConfig.RuntimeParams["synchronous_commit"]; wanted == "" || wanted == "off" {
		// A commit is on the disk when it returns, whatever the database's own default is.
		cfg.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	}
	if l.mode == Read {
		cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	}
	l.write = stdlib.OpenDB(*cfg.ConnConfig)
	l.write.SetMaxOpenConns(postgresConnections)
	l.write.SetMaxIdleConns(postgresConnections)
	l.read = l.write
	if err := l.write.PingContext(ctx); err != nil {
		return err
	}
	if err := l.recognisePostgreSQL(ctx); err != nil {
		return err
	}
	if l.mode == Read {
		return l.checkVersion(ctx, l.write)
	}
	cfg.MaxConns, cfg.MinConns = 2, 0 // the listener holds one of them
	if l.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	l.queue = riverdatabasesql.NewWithPgxListener(l.write, l.pool)
	return l.migratePostgreSQL(ctx)
}

// recognisePostgreSQL refuses a schema that holds other tables than ours and the queue's.
func (l *Ledger) recognisePostgreSQL(ctx context.Context) error {
	var ours, others int
	err := l.write.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE table_name = 'goose_db_version'),
		COUNT(*) FILTER (WHERE table_name <> 'goose_db_version' AND table_name NOT LIKE 'river\_%')
		FROM information_schema.tables WHERE table_schema = current_schema()`).Scan(&ours, &others)
	switch {
	case err != nil:
		return err
	case ours == 0 && others > 0:
		return l.trouble(NotALedger, "open the ledger", nil)
	case ours == 0 && l.mode == Read:
		return l.trouble(Absent, "open the ledger", nil)
	}
	return nil
}

// migratePostgreSQL takes a session lock on a connection of its own: three processes that start at once on a fresh
// database would otherwise collide in the queue's migrations (23505).
func (l *Ledger) migratePostgreSQL(ctx context.Context) error {
	conn, err := l.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
	}()
	return l.migrate(ctx, l.write)
}

func takeDeciderLock(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(deciderLock))
	return err
}
