package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/rivermigrate"
)

// schema makes a ledger's tables, and brings them up to date.
type schema struct{ l *Ledger }

//go:embed migrations
var migrationFiles embed.FS

// script is one migration as it is written: in migrations/ for both databases, in a folder named for its dialect for
// that one alone. Numbers are unique over all folders.
type script struct {
	version int64
	name    string
	only    Dialect // "" for both
	text    string
}

// sql is what the script does on d; "" where it is not d's.
func (s *script) sql(d Dialect) string {
	switch s.only {
	case "":
		return d.schema(s.text)
	case d:
		return s.text
	}
	return ""
}

// scripts reads the migrations of a folder and those of the dialects below it, in the order of their numbers.
func scripts(files fs.FS) ([]script, error) {
	var out []script
	for _, only := range []Dialect{"", SQLite, PostgreSQL} {
		names, err := fs.Glob(files, path.Join("migrations", string(only), "*.sql"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			number, _, _ := strings.Cut(path.Base(name), "_")
			version, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("migration %s has no number: %w", name, err)
			}
			out = append(out, script{version, name, only, string(text)})
		}
	}
	slices.SortFunc(out, func(a, b script) int { return cmp.Compare(a.version, b.version) })
	for i := 1; i < len(out); i++ {
		if out[i-1].version == out[i].version {
			return nil, fmt.Errorf("migrations %s and %s have the same number", out[i-1].name, out[i].name)
		}
	}
	return out, nil
}

// migrations are what goose applies. Every dialect applies every number, with nothing to do where a script is the other's:
// so the newest number in the database says how far it is, whichever database it is.
func (d Dialect) migrations(files fs.FS) ([]*goose.Migration, error) {
	all, err := scripts(files)
	if err != nil {
		return nil, err
	}
	var out []*goose.Migration
	for _, s := range all {
		text := s.sql(d)
		up := func(ctx context.Context, tx *sql.Tx) error {
			if text == "" {
				return nil
			}
			_, err := tx.ExecContext(ctx, text)
			return err
		}
		out = append(out, goose.NewGoMigration(s.version, &goose.GoFunc{RunTx: up}, nil))
	}
	return out, nil
}

// schemaVersion is the newest migration that this binary knows, of whichever dialect.
func schemaVersion() int64 {
	known, err := scripts(migrationFiles)
	if err != nil || len(known) == 0 {
		return 0
	}
	return known[len(known)-1].version
}

// migrate brings our tables and the queue's up to date. The caller holds the migration lock.
func (l schema) migrate(ctx context.Context, db *sql.DB) error {
	if err := l.refuseNewer(ctx, db); err != nil {
		return err
	}
	var err error
	if l.l.from, err = l.appliedVersion(ctx, db); err != nil {
		return err
	}
	known, err := l.l.dialect.migrations(migrationFiles)
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if l.l.dialect == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(dialect, db, nil, goose.WithGoMigrations(known...),
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return l.l.nameDoubles(ctx, db, fmt.Errorf("migrate the ledger: %w", err))
	}
	if err := l.l.giveIdentity(ctx, db); err != nil {
		return err
	}
	if l.l.dialect == SQLite {
		return nil // nothing is queued in a file
	}
	queue, err := rivermigrate.New(l.l.queue, &rivermigrate.Config{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return fmt.Errorf("read the queue's migrations: %w", err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	return nil
}

// Upgraded says from which version of the schema to which opening for Run brought the ledger; they are the same when
// there was nothing to do.
func (l *Ledger) Upgraded() (from, to int64) { return l.from, schemaVersion() }

// appliedVersion is the newest migration in the database, 0 when there is none.
func (l schema) appliedVersion(ctx context.Context, db *sql.DB) (int64, error) {
	there, err := l.hasTable(ctx, db, "goose_db_version")
	if err != nil || !there {
		return 0, err
	}
	var version sql.NullInt64
	err = db.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version").Scan(&version)
	return version.Int64, err
}

func (l schema) hasTable(ctx context.Context, db *sql.DB, name string) (bool, error) {
	query := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
	if l.l.dialect == PostgreSQL {
		query = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
	}
	var n int
	err := db.QueryRowContext(ctx, query, name).Scan(&n)
	return n > 0, err
}

// refuseNewer compares by ourselves: goose runs happily against a database that is ahead of it.
func (l schema) refuseNewer(ctx context.Context, db *sql.DB) error {
	applied, err := l.appliedVersion(ctx, db)
	if err != nil {
		return err
	}
	if known := schemaVersion(); applied > known {
		e := l.l.trouble(Newer, "open the ledger", nil)
		e.Why.EN += fmt.Sprintf(": it is at version %d, and this program knows %d", applied, known)
		e.Why.FR += fmt.Sprintf("\u00a0: il est à la version %d, et ce programme connaît la version %d", applied, known)
		return e
	}
	return nil
}

// checkVersion refuses a ledger that is newer or older than this binary, for those who may not migrate.
func (l schema) checkVersion(ctx context.Context, db *sql.DB) error {
	if err := l.refuseNewer(ctx, db); err != nil {
		return err
	}
	applied, err := l.appliedVersion(ctx, db)
	if err != nil {
		return err
	}
	if applied < schemaVersion() {
		return l.l.trouble(OldSchema, "open the ledger", nil)
	}
	return nil
}
