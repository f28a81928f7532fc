package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"handrail/internal/ledger"
)

type exportCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	Out    string `required:"" placeholder:"DIR" help:"A new or empty folder; one file for each table. Only its owner can read it."`
	Format string `enum:"csv,jsonl" default:"csv" help:"csv or jsonl."`
	Bytes  bool   `help:"Mails and workbooks too, in base64; without it only their digests and sizes."`
}

func (c *exportCommand) Run(ctx context.Context, t *terminal) error {
	_, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	if err := emptyFolder(c.Out); err != nil {
		return err
	}
	var head ledger.Head
	files, total := 0, int64(0)
	err = l.View(ctx, func(tx *ledger.Tx) (err error) {
		if head, err = tx.Chain.Head(ctx); err != nil {
			return err
		}
		for _, table := range ledger.Tables() {
			var rows int64
			err := writePrivate(filepath.Join(c.Out, table+"."+c.Format), func(w io.Writer) (err error) {
				rows, err = tx.Records.Export(ctx, w, table, ledger.Format(c.Format), c.Bytes)
				return err
			})
			if err != nil {
				return err
			}
			files, total = files+1, total+rows
		}
		return nil
	})
	var known *failure
	switch {
	case errors.As(err, &known):
		return err
	case err != nil:
		return ledgerTrouble(err)
	}
	fmt.Fprintf(t.out, "%s: %d tables, %d rows, as they were at one instant\nhead of the chain: %s\n", c.Out, files, total, head)
	return nil
}

// emptyFolder makes a folder that only its owner can read. A folder with something in it is refused, so that two exports
// never mix.
func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "%w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "%w", err)
	}
	if len(entries) > 0 {
		return fail(exitUsage, "--out names a new folder", "%s is not empty: it is left as it is", dir)
	}
	return nil
}

// writePrivate writes a new file that only its owner can read; a file that is there is not replaced.
func writePrivate(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fail(exitUsage, "choose another name with --out", "%s exists already and is left as it is", path)
	}
	if err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "%w", err)
	}
	err = write(file)
	if closed := file.Close(); err == nil && closed != nil {
		err = fail(exitInput, "", "%w", closed)
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

type backupCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	Out    string `required:"" placeholder:"F" help:"Where to write the copy. A file that is there is not replaced."`
	formatted
}

func (c *backupCommand) Run(ctx context.Context, t *terminal) error {
	_, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	if l.Dialect() == ledger.PostgreSQL {
		return fail(exitUsage, "pg_dump --format=custom --file=handrail.dump DATABASE, and pg_restore to put it back; then handrail ledger restore --from nothing",
			"a ledger on PostgreSQL is backed up by PostgreSQL's own tools")
	}
	if err := l.Backup(ctx, c.Out); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fail(exitUsage, "choose another name with --out", "%w", err)
		}
		return ledgerTrouble(err)
	}
	// A backup that nobody read is a hope.
	v, err := verifyFile(ctx, c.Out)
	if err != nil {
		return err
	}
	if err := noteBackup(ctx, c.Config, t.now()); err != nil {
		fmt.Fprintf(t.err, "handrail: the back-up is whole; that it was made could not be noted in the ledger, so monitoring does not know: %v\n", err)
	}
	if c.asJSON() {
		return t.document(map[string]any{"file": c.Out, "links": v.Links, "lines": v.Lines, "head": v.Head.String()})
	}
	fmt.Fprintf(t.out, "%s: %d links and %d lines, read back and verified\nhead of the chain: %s\n", c.Out, v.Links, v.Lines, v.Head)
	return nil
}

// noteBackup notes in the ledger that it was backed up, for the alert about back-ups that are old.
func noteBackup(ctx context.Context, config string, now time.Time) error {
	_, l, err := openLedger(ctx, config, ledger.Write)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	return l.Update(ctx, func(tx *ledger.Tx) error { return tx.Standing.NoteTime(ctx, ledger.NoteBackup, now) })
}

// verifyFile opens an SQLite ledger for reading and verifies it; faults are an error.
func verifyFile(ctx context.Context, path string) (*ledger.Verification, error) {
	l, err := ledger.Open(ctx, ledger.Config{URL: path}, ledger.Read)
	if err != nil {
		return nil, ledgerTrouble(err)
	}
	defer func() { _ = l.Close() }()
	var v *ledger.Verification
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		v, err = tx.Chain.Verify(ctx)
		return err
	}); err != nil {
		return nil, ledgerTrouble(err)
	}
	if len(v.Faults) > 0 {
		return nil, fail(exitAct, "take an older backup; handrail ledger verify names everything that is wrong", "verify %s: %s", path, v.Faults[0])
	}
	return v, nil
}

type restoreCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	From   string `required:"" placeholder:"F" help:"The backup; or nothing, when another tool (pg_restore, Litestream) has put the ledger back already."`
	formatted
}

// restoredElsewhere is --from's value for a ledger that another tool put back.
const restoredElsewhere = "nothing"

func (c *restoreCommand) Run(ctx context.Context, t *terminal) error {
	config, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	where := config.ledgerConfig()
	if c.From != restoredElsewhere {
		if _, err := verifyFile(ctx, c.From); err != nil {
			return err
		}
		if err := ledger.PutBack(where, c.From); err != nil {
			return fail(exitUsage, "stop the job, and move the old ledger with its -wal and -shm files to another folder: they are evidence", "%w", err)
		}
	}
	l, err := ledger.Open(ctx, where, ledger.Run) // no run may work on it meanwhile
	if err != nil {
		return ledgerTrouble(err)
	}
	defer func() { _ = l.Close() }()
	var before ledger.Head
	if err := l.Decide(ctx, func(tx *ledger.Tx) (err error) {
		v, err := tx.Chain.Verify(ctx)
		if err != nil {
			return err
		}
		if len(v.Faults) > 0 {
			return fmt.Errorf("the restored ledger does not verify: %s", v.Faults[0])
		}
		before, err = tx.Chain.Restored(ctx, t.now())
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		return t.document(map[string]any{"ledger": where.String(), "head": before.String(), "numbers_left_out": ledger.NumbersLeftOut})
	}
	fmt.Fprintf(t.out, "%s was restored as it was at link %s\n", where, before)
	t.wrap(0, fmt.Sprintf("The next request's number leaves %d out: numbers given since the backup stand in people's mails.", ledger.NumbersLeftOut))
	t.wrap(0, "next: move the messages that were filed since the backup from the folder of processed ones back to the inbox; they are judged again, and answered again.")
	return nil
}

// openTarget makes the ledger to copy into, or opens the empty one that was made for it.
func openTarget(ctx context.Context, where ledger.Config) (*ledger.Ledger, error) {
	l, err := ledger.Create(ctx, where)
	var trouble *ledger.Error
	if errors.As(err, &trouble) && trouble.Trouble == ledger.Exists {
		return ledger.Open(ctx, where, ledger.Run)
	}
	return l, err
}

type copyCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the SQLite ledger."`
	To     string `required:"" placeholder:"URL" help:"An empty PostgreSQL database, postgres://user@host/database. Give the password by PGPASSWORD or ~/.pgpass: other users of this machine see the command line."`
	formatted
}

func (c *copyCommand) Run(ctx context.Context, t *terminal) error {
	target := ledger.Config{URL: c.To}
	if err := target.Validate(); err != nil {
		return fail(exitUsage, "", "--to: %w", err)
	}
	if target.Dialect() != ledger.PostgreSQL {
		return fail(exitUsage, "", "--to %s: a postgres:// address is needed", target)
	}
	config, from, err := openLedger(ctx, c.Config, ledger.Run) // no run may work on it meanwhile
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	if from.Dialect() != ledger.SQLite {
		return fail(exitUsage, "pg_dump and pg_restore move one PostgreSQL database to another", "the ledger %s is not an SQLite file", config.ledgerConfig())
	}
	to, err := openTarget(ctx, target)
	if err != nil {
		return ledgerTrouble(err)
	}
	defer func() { _ = to.Close() }()
	started, rows := time.Now(), int64(0)
	copied, err := ledger.Copy(ctx, from, to, func(table ledger.CopiedTable) {
		if isScreen(t.err) {
			fmt.Fprintf(t.err, "\r%-20s%10d rows", table.Name, table.Rows)
		}
	})
	if isScreen(t.err) {
		fmt.Fprint(t.err, "\r\033[K")
	}
	if err != nil {
		return ledgerTrouble(err)
	}
	for _, table := range copied {
		rows += table.Rows
	}
	if c.asJSON() {
		return t.document(map[string]any{"to": target.String(), "tables": len(copied), "rows": rows, "verified": true})
	}
	fmt.Fprintf(t.out, "%d rows of %d tables were copied to %s in %s and read back; the chain verifies there\n", rows, len(copied), target, time.Since(started).Round(time.Millisecond))
	t.wrap(0, "next: name it under [ledger] url on every machine, and keep the file as it is until the first week has been reported from PostgreSQL.")
	return nil
}
