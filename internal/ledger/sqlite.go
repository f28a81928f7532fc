package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // database/sql driver "sqlite"
)

// applicationID marks the file as ours ("HNDR"), so that another program's database is never taken for a ledger.
const applicationID = 0x484e4452

const readers = 4

func (l *Ledger) openSQLite(ctx context.Context) error {
	path := l.cfg.URL
	if err := l.mustLieThere(path); err != nil {
		return err
	}
	if l.mode == Read {
		return l.openReading(ctx)
	}
	if l.mode == Run {
		var err error
		if l.lock, err = lockForRun(ctx, path+".lock"); err != nil {
			return l.lockTrouble(err)
		}
	}
	l.readDSN = sqliteDSN(path, false)
	var err error
	if l.read, err = openPool(l.readDSN, readers); err != nil {
		return err
	}
	if err := l.prepareSQLite(ctx); err != nil {
		return err
	}
	return placeWatch{l}.watchPlace(ctx)
}

// mustLieThere says so when there is no file, or one without content.
func (l *Ledger) mustLieThere(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return err
		}
		return l.trouble(Absent, "open the ledger", err)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a directory", path)
	case info.Size() == 0:
		return l.trouble(Emptied, "open the ledger", nil)
	}
	return nil
}

// prepareSQLite opens the file for writing and, for Run, brings an old one up to date. It holds a lock file of its own
// from before the first connection, because two commands may open one ledger at once and SQLite does not wait its busy
// timeout for another one that is switching a file to WAL.
func (l *Ledger) prepareSQLite(ctx context.Context) error {
	path := l.cfg.URL
	lock, err := waitForLock(ctx, path+".migrate.lock")
	if err != nil {
		return err
	}
	defer func() { _ = lock.release() }()
	if err := makePrivate(path); err != nil {
		return err
	}
	if l.write, err = openPool(sqliteDSN(path, true), 1); err != nil {
		return err
	}
	if err := l.recognise(ctx, l.write); err != nil {
		return err
	}
	if l.mode != Run {
		if err := (schema{l}).checkVersion(ctx, l.write); err != nil {
			return err
		}
		return l.identify(ctx)
	}
	if err := (schema{l}).migrate(ctx, l.write); err != nil {
		return err
	}
	if err := l.identify(ctx); err != nil {
		return err
	}
	if err := l.takeOver(ctx); err != nil {
		return err
	}
	l.unscrubbed.Store(true) // a run that was cut off may have left its log
	return l.Scrub(ctx)
}

func openPool(dsn string, connections int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// sqliteDSN asks for what durability needs: a commit is on the disk when it returns (synchronous=FULL with WAL), and
// a transaction takes the write lock when it begins, so that it never has to be rolled back half way for one.
func sqliteDSN(path string, writing bool) string {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout(10000)")
	if writing {
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)")
		q.Add("_pragma", "foreign_keys(1)")
		// What is replaced or deleted is overwritten: a statement's card numbers must not stay in unused pages.
		q.Add("_pragma", "secure_delete(1)")
		q.Add("_pragma", "cache_size(-16384)")
		// Inserting many rows in one statement keeps the pages it touches aside; in memory that costs nothing.
		q.Add("_pragma", "temp_store(MEMORY)")
		q.Add("_pragma", "wal_autocheckpoint(8000)")
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
		// What a reader cached is worth nothing after the next commit, and freeing it costs more than reading it again.
		q.Add("_pragma", "cache_size(-4096)")
		q.Set("_txlock", "deferred")
	}
	return (&url.URL{Scheme: "file", Opaque: escapePath(path), RawQuery: q.Encode()}).String()
}

// immutableDSN reads the file alone: neither its log nor locks.
func immutableDSN(path string) string {
	q := url.Values{"immutable": {"1"}, "mode": {"ro"}, "_pragma": {"query_only(1)"}, "_txlock": {"deferred"}}
	return (&url.URL{Scheme: "file", Opaque: escapePath(path), RawQuery: q.Encode()}).String()
}

func escapePath(path string) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// makePrivate makes the file and what SQLite puts beside it readable by its owner alone. SQLite gives -wal and -shm
// the mode of the database file. A file that is there is not opened: closing it would drop the POSIX locks that this
// process's other connections hold on it.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) //nolint:gosec // the operator names the file
	switch {
	case err == nil:
		return f.Close()
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	return os.Chmod(path, 0o600)
}

// recognise refuses a file that another program wrote.
func (l *Ledger) recognise(ctx context.Context, db *sql.DB) error {
	var id int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if id != applicationID {
		return l.trouble(NotALedger, "open the ledger", nil)
	}
	return nil
}

func (l *Ledger) lockTrouble(err error) error {
	if errors.Is(err, errHeld) {
		return l.trouble(Locked, "lock the ledger", err)
	}
	return err
}
