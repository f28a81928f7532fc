package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
)

// postgres opens a ledger on PostgreSQL.
type postgres struct{ l *Ledger }

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

// openPostgreSQL connects, asks there whether the schema is as it must be, and for Run brings it up to date. there runs
// under the migration lock when the schema is changed.
func (l postgres) openPostgreSQL(ctx context.Context, there func(context.Context, *pgxpool.Config) error) error {
	cfg, err := l.postgresConfig()
	if err != nil {
		return err
	}
	l.l.write = stdlib.OpenDB(*cfg.ConnConfig, stdlib.OptionAfterConnect(l.sameLedger))
	l.l.write.SetMaxOpenConns(postgresConnections)
	l.l.write.SetMaxIdleConns(postgresConnections)
	l.l.read = l.l.write
	if err := l.l.write.PingContext(ctx); err != nil {
		return err
	}
	if l.l.mode == Read {
		if err := there(ctx, cfg); err != nil {
			return err
		}
		if err := schema(l).checkVersion(ctx, l.l.write); err != nil {
			return err
		}
		return l.l.identify(ctx)
	}
	cfg.MaxConns, cfg.MinConns = 2, 0 // the listener holds one of them
	if l.l.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	l.l.queue = riverdatabasesql.NewWithPgxListener(l.l.write, l.l.pool)
	if l.l.mode == Run {
		err = l.migratePostgreSQL(ctx, func() error { return there(ctx, cfg) })
	} else if err = there(ctx, cfg); err == nil {
		err = schema(l).checkVersion(ctx, l.l.write)
	}
	if err != nil {
		return err
	}
	return l.l.identify(ctx)
}

func (l postgres) postgresConfig() (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(l.l.cfg.URL)
	if err != nil {
		// pgx's own text may repeat the address; the password in it is none of the log's business.
		return nil, fmt.Errorf("read the address %s: it is not complete", l.l.cfg)
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 15 * time.Second
	}
	params := cfg.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "handrail"
	}
	if params[idleTimeout] == "" {
		params[idleTimeout] = mostIdle
	}
	if wanted := params["synchronous_commit"]; wanted == "" || wanted == "off" {
		// A commit is on the disk when it returns, whatever the database's own default is.
		params["synchronous_commit"] = "on"
	}
	if l.l.mode == Read {
		params["default_transaction_read_only"] = "on"
	}
	return cfg, nil
}

// sameLedger holds every new connection to reach the ledger that was opened: behind an address another database may answer
// later.
func (l postgres) sameLedger(ctx context.Context, conn *pgx.Conn) error {
	opened := l.l.Identity()
	if opened == "" {
		return nil // it is being opened
	}
	var found string
	err := conn.QueryRow(ctx, "SELECT value FROM meta WHERE name = $1", identityName).Scan(&found)
	var refused *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows), errors.As(err, &refused) && refused.Code == "42P01": // no such table
		return l.l.otherLedger("reach the ledger", opened, "")
	case err != nil:
		return err
	case found != opened:
		return l.l.otherLedger("reach the ledger", opened, found)
	}
	return nil
}

// tablesThere counts the tables of the schema: those of a ledger, and those of anything else.
func (l postgres) tablesThere(ctx context.Context) (ours, others int, err error) {
	err = l.l.write.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE table_name = 'goose_db_version'),
		COUNT(*) FILTER (WHERE table_name <> 'goose_db_version' AND table_name NOT LIKE 'river\_%')
		FROM information_schema.tables WHERE table_schema = current_schema()`).Scan(&ours, &others)
	return ours, others, err
}

// mustBeThere refuses a schema without a ledger.
func (l postgres) mustBeThere(ctx context.Context, _ *pgxpool.Config) error {
	ours, others, err := l.tablesThere(ctx)
	switch {
	case err != nil:
		return err
	case ours == 0 && others > 0:
		return l.l.trouble(NotALedger, "open the ledger", nil)
	case ours == 0:
		return l.l.trouble(Absent, "open the ledger", nil)
	}
	return nil
}

// migratePostgreSQL takes a session lock on a connection of its own: three processes that start at once would otherwise
// collide in the queue's migrations (23505).
func (l postgres) migratePostgreSQL(ctx context.Context, there func() error) error {
	conn, err := l.l.write.Conn(ctx)
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
	if err := there(); err != nil {
		return err
	}
	return schema(l).migrate(ctx, l.l.write)
}

func takeDeciderLock(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(deciderLock))
	return err
}
