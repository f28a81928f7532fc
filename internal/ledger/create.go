package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

const making = "make the ledger"

// Create makes the ledger that cfg names and opens it for Run. It refuses where there is one, or anything else: a ledger
// is made once, on purpose.
func Create(ctx context.Context, cfg Config) (*Ledger, error) {
	l, err := closed(cfg, Run)
	if err != nil {
		return nil, err
	}
	if l.cfg.Identity != "" {
		return nil, l.trouble(Named, making, nil)
	}
	if l.dialect == PostgreSQL {
		if err := (postgres{l}).openPostgreSQL(ctx, (schema{l}).mustBeFree); err != nil {
			_ = l.Close()
			return nil, l.explain(making, err)
		}
		return l, nil
	}
	if err := (schema{l}).createFile(ctx); err != nil {
		return nil, l.explain(making, err)
	}
	return Open(ctx, cfg, Run)
}

// createFile makes the file under another name and moves it to its place when it is whole: a ledger that is there is
// never half made.
func (l schema) createFile(ctx context.Context) error {
	path := l.l.cfg.URL
	lock, err := lockForRun(ctx, path+".lock")
	if err != nil {
		return l.l.lockTrouble(err)
	}
	defer func() { _ = lock.release() }()
	if err := l.mustLieFree(ctx); err != nil {
		return err
	}
	part := path + ".part"
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(part + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := l.fill(ctx, part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

// fill makes an SQLite file with everything that a ledger has; its log is empty and gone afterwards.
func (l schema) fill(ctx context.Context, path string) (err error) {
	part, err := closed(Config{URL: path}, Run)
	if err != nil {
		return err
	}
	defer func() {
		if e := part.Close(); err == nil {
			err = e
		}
	}()
	if err := makePrivate(path); err != nil {
		return err
	}
	if part.write, err = openPool(sqliteDSN(path, true), 1); err != nil {
		return err
	}
	if _, err := part.write.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	part.queue = riversqlite.New(part.write)
	return schema{part}.migrate(ctx, part.write)
}

// mustLieFree refuses a path where anything lies that a new ledger would hide or read.
func (l schema) mustLieFree(ctx context.Context) error {
	path := l.l.cfg.URL
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		for _, suffix := range []string{"-wal", "-journal"} {
			if _, err := os.Lstat(path + suffix); err == nil {
				e := l.l.trouble(LeftLog, making, nil)
				e.Where = path + suffix
				return e
			}
		}
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a directory", path)
	case info.Size() == 0:
		return l.l.trouble(Emptied, making, nil)
	}
	db, err := openPool(sqliteDSN(path, false), 1)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := l.l.recognise(ctx, db); err != nil {
		var trouble *Error
		if errors.As(err, &trouble) {
			trouble.What = making
		}
		return err
	}
	return l.l.trouble(Exists, making, nil)
}

// mustBeFree refuses a schema that holds tables, and makes the one that the address names where it is not there.
func (l schema) mustBeFree(ctx context.Context, cfg *pgxpool.Config) error {
	ours, others, err := postgres(l).tablesThere(ctx)
	switch {
	case err != nil:
		return err
	case ours > 0:
		return l.l.trouble(Exists, making, nil)
	case others > 0:
		return l.l.trouble(NotALedger, making, nil)
	}
	var current *string
	if err := l.l.write.QueryRowContext(ctx, "SELECT current_schema()").Scan(&current); err != nil || current != nil {
		return err
	}
	named := cfg.ConnConfig.RuntimeParams["search_path"]
	if named == "" || strings.ContainsAny(named, `,"$ `) {
		return nil // the database says that there is no schema to make tables in
	}
	_, err = l.l.write.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{named}.Sanitize())
	return err
}
