package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// NumbersLeftOut is how many numbers of each year a restored ledger leaves out: those given since the backup stand in
// people's mails and must never name other lines.
const NumbersLeftOut = 1000

const restoredKind = "ledger.restored"

// PutBack copies a backup to where cfg's SQLite ledger belongs, readable by its owner alone. It refuses to replace a
// ledger, or to put a file beside the log of another one.
func PutBack(cfg Config, backup string) (err error) {
	if cfg.Dialect() != SQLite {
		return errBackupTool
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if _, err := os.Lstat(cfg.URL + suffix); err == nil {
			return fmt.Errorf("put the backup in place: %s is there already", cfg.URL+suffix)
		}
	}
	from, err := os.Open(backup) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("put the backup in place: %w", err)
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(cfg.URL, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("put the backup in place: %w", err)
	}
	_, err = io.Copy(to, from)
	if e := to.Sync(); err == nil {
		err = e
	}
	if e := to.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = os.Remove(cfg.URL)
		return fmt.Errorf("put the backup in place: %w", err)
	}
	return syncFile(filepath.Dir(cfg.URL))
}

// Restored notes in the chain that the ledger came from a backup, and leaves numbers out. It needs Decide, and comes
// before the first run on the restored ledger.
func (ch Chain) Restored(ctx context.Context, now time.Time) (Head, error) {
	before, err := ch.Head(ctx)
	if err != nil {
		return Head{}, err
	}
	public, err := json.Marshal(map[string]any{"after": before.String(), "numbers_left_out": NumbersLeftOut})
	if err != nil {
		return Head{}, err
	}
	if _, err := ch.Append(ctx, now, Entry{Kind: restoredKind, Subject: fmt.Sprintf("link %d", before.Seq), Public: public}); err != nil {
		return Head{}, err
	}
	if _, err := ch.tx.exec(ctx, "UPDATE counter SET last = last + $1", NumbersLeftOut); err != nil {
		return Head{}, fmt.Errorf("leave numbers out: %w", err)
	}
	return before, nil
}
