package ledger

import (
	"context"
	"errors"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// openReading opens the file for reading. SQLite needs to write beside it even then, for what its readers share; where the
// folder cannot be written, on a medium that is sealed or in another account's folder, the file alone is read, but only
// when its log holds nothing: what is in the log would be left out in silence.
func (l *Ledger) openReading(ctx context.Context) error {
	err := l.tryReading(ctx, sqliteDSN(l.cfg.URL, false))
	if cannotShare(err) {
		err = l.readAlone(ctx, err)
	}
	if err != nil {
		return err
	}
	l.write = l.read
	if err := (schema{l}).checkVersion(ctx, l.read); err != nil {
		return err
	}
	return l.identify(ctx)
}

func (l *Ledger) tryReading(ctx context.Context, dsn string) (err error) {
	if l.read, err = openPool(dsn, readers); err != nil {
		return err
	}
	l.readDSN = dsn
	return l.recognise(ctx, l.read)
}

// readAlone reads the file without its log; shared is why it cannot be read with it.
func (l *Ledger) readAlone(ctx context.Context, shared error) error {
	_ = l.read.Close()
	if err := l.tryReading(ctx, immutableDSN(l.cfg.URL)); err != nil {
		return shared // it is not the folder alone
	}
	if info, err := os.Stat(l.cfg.URL + "-wal"); err == nil && info.Size() > 0 {
		return l.trouble(SealedLog, "open the ledger", shared)
	}
	return nil
}

// cannotShare reports whether SQLite could not make, or write, what lies beside the file.
func cannotShare(err error) bool {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return false
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return true
	}
	return false
}
