package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errBackupTool says what to use where the database has its own.
var errBackupTool = errors.New("a ledger on PostgreSQL is backed up with pg_dump")

// Backup writes a copy of an SQLite ledger, as it is at one instant, while the job goes on. The copy is complete, and
// on the disk, when path is there: it is written under another name first. It refuses to replace a file.
func (l *Ledger) Backup(ctx context.Context, path string) (err error) {
	if l.dialect != SQLite {
		return errBackupTool
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fs.ErrExist
		}
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	// SQLite writes into an empty file that is there, and so keeps its mode.
	if err := makePrivate(part); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if err := l.vacuumInto(ctx, part); err != nil {
		return l.explain("back up the ledger", err)
	}
	if err := syncFile(part); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return syncFile(filepath.Dir(path))
}

// vacuumInto needs a connection that may write, to the copy only; the ledger's readers may not. It reads at one
// instant and stops no writer.
func (l *Ledger) vacuumInto(ctx context.Context, path string) error {
	db, err := openPool(l.readDSN, 1)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", path)
	return err
}

func syncFile(path string) error {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return f.Sync()
}
