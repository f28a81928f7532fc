package ledger

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// refused wants a ledger at work to do nothing any more, and to name the reason.
func refused(t *testing.T, l *Ledger, want Trouble) *Error {
	t.Helper()
	number := 0
	err := l.Decide(t.Context(), func(tx *Tx) (err error) {
		number, err = tx.Submissions.NextNumber(t.Context(), 2026)
		return err
	})
	e := expectTrouble(t, err, want)
	if number != 0 || !want.Displaced() {
		t.Errorf("number %d was given, displaced %v", number, want.Displaced())
	}
	ran := false
	expectTrouble(t, l.Update(t.Context(), func(*Tx) error { ran = true; return nil }), want)
	// A reader does not look into a file that was written over: it decides nothing.
	if err := l.View(t.Context(), func(*Tx) error { return nil }); err != nil || want != TakenOver && want != Replaced {
		expectTrouble(t, err, want)
	}
	if ran {
		t.Error("a transaction ran")
	}
	return e
}

// copied copies a file as another program does: a handle of this process that is closed would drop its locks.
func copied(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", from, to).CombinedOutput(); err != nil {
		t.Skipf("cp: %v\n%s", err, out)
	}
}

func moved(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// atWork is a ledger with a history that a run works on, all of it in the file itself, and its path.
func atWork(t *testing.T) (*Ledger, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, Config{URL: path})
	history(t, l)
	intoFile(t, l)
	return l, path
}

func intoFile(t *testing.T, l *Ledger) {
	t.Helper()
	l.unscrubbed.Store(true)
	if err := l.Scrub(t.Context()); err != nil || l.unscrubbed.Load() {
		t.Fatalf("the log was not emptied: %v", err)
	}
}

// another makes a ledger with a history at path, and closes it.
func another(t *testing.T, path string) {
	t.Helper()
	l, err := Create(t.Context(), Config{URL: path})
	if err != nil {
		t.Fatal(err)
	}
	history(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestALedgerThatIsNotInItsPlaceIsNotWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(t *testing.T, l *Ledger, path string)
		want Trouble
		says string
	}{
		"emptied in place": {func(t *testing.T, l *Ledger, path string) {
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		}, Emptied, "is empty"},
		"cut short in place": {func(t *testing.T, l *Ledger, path string) {
			if err := os.Truncate(path, 4096); err != nil {
				t.Fatal(err)
			}
		}, Replaced, "cannot be read as a ledger"},
		"deleted": {func(t *testing.T, l *Ledger, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, Moved, "no longer there"},
		"moved away": {func(t *testing.T, l *Ledger, path string) { moved(t, path, path+".old") }, Moved, "no longer there"},
		"its folder moved away": {func(t *testing.T, l *Ledger, path string) {
			moved(t, filepath.Dir(path), filepath.Dir(path)+".old")
		}, Moved, "no longer there"},
		"another ledger moved over it": {func(t *testing.T, l *Ledger, path string) {
			another(t, path+".other")
			moved(t, path+".other", path)
		}, Replaced, "whose identity is"},
		"another ledger copied over it": {func(t *testing.T, l *Ledger, path string) {
			another(t, path+".other")
			copied(t, path+".other", path)
		}, Replaced, "whose identity is"},
		"an older copy moved over it": {func(t *testing.T, l *Ledger, path string) {
			older(t, l, path)
			moved(t, path+".older", path)
		}, Replaced, "does not hold link 6:"},
		"an older copy copied over it": {func(t *testing.T, l *Ledger, path string) {
			older(t, l, path)
			copied(t, path+".older", path)
		}, Replaced, "does not hold link 6:"},
		"a copy of itself moved over it": {func(t *testing.T, l *Ledger, path string) {
			copied(t, path, path+".copy")
			moved(t, path+".copy", path)
		}, Replaced, "a copy of the same ledger"},
		"something else copied over it": {func(t *testing.T, l *Ledger, path string) {
			if err := os.WriteFile(path+".text", []byte(strings.Repeat("notes ", 5000)), 0o600); err != nil {
				t.Fatal(err)
			}
			copied(t, path+".text", path)
		}, Replaced, "cannot be read as a ledger"},
		"its log deleted": {func(t *testing.T, l *Ledger, path string) {
			if err := os.Remove(path + "-wal"); err != nil {
				t.Fatal(err)
			}
		}, Moved, "no longer there"},
		"its lock deleted": {func(t *testing.T, l *Ledger, path string) {
			if err := os.Remove(path + ".lock"); err != nil {
				t.Fatal(err)
			}
		}, LockGone, "deleted or replaced"},
		"its lock deleted, and another run begun": {func(t *testing.T, l *Ledger, path string) {
			if err := os.Remove(path + ".lock"); err != nil {
				t.Fatal(err)
			}
			_ = openTest(t, l.cfg)
		}, LockGone, "deleted or replaced"},
		"another run where no lock keeps it away": {func(t *testing.T, l *Ledger, path string) {
			l.place.lock = nil // as on a file system without locks
			if err := os.Remove(path + ".lock"); err != nil {
				t.Fatal(err)
			}
			_ = openTest(t, l.cfg)
		}, TakenOver, "has taken it over"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, path := atWork(t)
			if name == "its log deleted" {
				submitted(t, l, 2, request.Approved) // something lies in it
			}
			c.do(t, l, path)
			e := refused(t, l, c.want)
			if !strings.Contains(e.Why.EN, c.says) {
				t.Errorf("it says %q, not %q", e.Why.EN, c.says)
			}
		})
	}
}

// older leaves a copy beside a ledger that goes on.
func older(t *testing.T, l *Ledger, path string) {
	t.Helper()
	if err := l.Backup(t.Context(), path+".older"); err != nil {
		t.Fatal(err)
	}
	submitted(t, l, 2, request.Approved, request.Escalated)
	intoFile(t, l)
	if err := (placeWatch{l}).inPlace(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What others do with the file as they should is no reason to stop: commands that write beside the job, checkpoints, a
// vacuum that makes the file shorter, a copy that is moved away and back.
func TestALedgerThatOthersUseGoesOn(t *testing.T) {
	t.Parallel()
	l, path := atWork(t)
	uid := uint32(1)
	goesOn := func(after string) {
		t.Helper()
		uid++
		submitted(t, l, uid, request.Approved)
		if err := (placeWatch{l}).inPlace(t.Context()); err != nil {
			t.Fatalf("after %s: %v", after, err)
		}
	}
	other, err := Open(t.Context(), l.cfg, Write)
	if err != nil {
		t.Fatal(err)
	}
	goesOn("another one opened it")
	if err := other.Update(t.Context(), func(tx *Tx) error { return tx.SetMeta(t.Context(), "other", "wrote") }); err != nil {
		t.Fatal(err)
	}
	goesOn("another one wrote")
	sqlOn(t, path, "PRAGMA wal_checkpoint(TRUNCATE)")
	goesOn("a checkpoint")
	if err := other.Update(t.Context(), func(*Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	goesOn("it closed")
	sqlOn(t, path, "CREATE TABLE large (b BLOB)", "INSERT INTO large VALUES (zeroblob(3000000))", "PRAGMA wal_checkpoint(TRUNCATE)")
	goesOn("it grew")
	before := sizeOf(t, path)
	sqlOn(t, path, "DROP TABLE large", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
	if sizeOf(t, path) >= before {
		t.Fatal("the vacuum made it no shorter")
	}
	goesOn("a vacuum")
	moved(t, path, path+".away")
	refused(t, l, Moved)
	moved(t, path+".away", path)
	goesOn("it came back")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	goesOn("it was touched")
	if got := faults(t, l); got != "" {
		t.Error(got)
	}
}

func sqlOn(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := openPool(sqliteDSN(path, true), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// A look at the file takes no lock away from the connections that hold one.
func TestLookingAtThePlaceKeepsTheLocks(t *testing.T) {
	t.Parallel()
	l, path := atWork(t)
	sqlite3, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("the sqlite3 command is not installed: no other process tried the locks")
	}
	err = l.Update(t.Context(), func(tx *Tx) error {
		if _, err := readMain(t.Context(), path, l.place.main.head); err != nil {
			return err
		}
		out, err := exec.Command(sqlite3, path, "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; COMMIT;").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "locked") {
			t.Errorf("another process could write meanwhile: %v\n%s", err, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// On PostgreSQL a new connection has to reach the ledger that was opened.
func TestAnotherDatabaseBehindTheAddressIsRefused(t *testing.T) {
	t.Parallel()
	cfg := postgresConfig(t)
	l := openTest(t, cfg)
	history(t, l)
	schema := schemaOf(t, cfg)
	admin, err := sql.Open("pgx", os.Getenv("HANDRAIL_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	if _, err := admin.Exec("UPDATE " + schema + ".meta SET value = 'ffff-ffff-ffff-ffff' WHERE name = 'identity'"); err != nil {
		t.Fatal(err)
	}
	l.write.SetMaxIdleConns(0) // every connection is a new one
	err = l.Update(t.Context(), func(*Tx) error { return nil })
	if e := expectTrouble(t, err, OtherLedger); !strings.Contains(e.Why.EN, "ffff-ffff-ffff-ffff") || !strings.Contains(e.Why.EN, l.Identity()) {
		t.Errorf("it says %q", e.Why.EN)
	}
	if _, err := admin.Exec("DELETE FROM " + schema + ".meta"); err != nil {
		t.Fatal(err)
	}
	expectTrouble(t, l.Update(t.Context(), func(*Tx) error { return nil }), OtherLedger)
}

// BenchmarkPlace reports what watching the place costs before each transaction, as a part of a commit.
func BenchmarkPlace(b *testing.B) {
	l := openTest(b, Config{URL: filepath.Join(b.TempDir(), "l.db")})
	ctx := b.Context()
	commit := func() {
		if err := l.Update(ctx, func(tx *Tx) error { return tx.SetMeta(ctx, "benchmark", time.Now().String()) }); err != nil {
			b.Fatal(err)
		}
	}
	watch := func() {
		if err := (placeWatch{l}).inPlace(ctx); err != nil {
			b.Fatal(err)
		}
	}
	ours := func() {
		err := l.Update(ctx, func(tx *Tx) error {
			for range 100 {
				if err := tx.stillOurs(ctx); err != nil {
					return err
				}
			}
			return errEnough
		})
		if !errors.Is(err, errEnough) {
			b.Fatal(err)
		}
	}
	took := func(n int, do func()) time.Duration {
		start := time.Now()
		for range n {
			do()
		}
		return time.Since(start) / time.Duration(n)
	}
	took(50, commit)
	for b.Loop() {
		watch()
	}
	one, watched, asked := took(500, commit), took(5000, watch), took(20, ours)/100
	b.ReportMetric(float64(watched+asked)/float64(one), "x-commit")
	b.ReportMetric(float64(watched.Nanoseconds()), "ns-watch")
	b.ReportMetric(float64(asked.Nanoseconds()), "ns-token")
}

var errEnough = errors.New("enough")

// A checkpoint stops at what somebody still reads, and leaves a file that is half of what it was. That is no reason to stop,
// whether it is this process's own or that of a command beside it.
func TestACheckpointThatReadersHoldBack(t *testing.T) {
	t.Parallel()
	l, path := atWork(t)
	submitted(t, l, 2, request.Approved, request.Escalated)
	sqlOn(t, path, "CREATE TABLE large (n INTEGER PRIMARY KEY, b BLOB)")
	fill := func(base, rows int) {
		t.Helper()
		for i := range rows {
			err := l.Update(t.Context(), func(tx *Tx) error {
				_, err := tx.tx.ExecContext(t.Context(), "INSERT OR REPLACE INTO large VALUES ($1, zeroblob(1000000))", base+i)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	fill(0, 3)
	var torn int
	for round := range 3 {
		err := l.View(t.Context(), func(tx *Tx) error {
			if _, err := tx.Meta(t.Context(), "read"); err != nil { // from here on it reads this state
				return err
			}
			submitted(t, l, uint32(3+round), request.Approved, request.Escalated)
			fill(10*round, 40)
			if _, err := readMain(t.Context(), path, l.place.main.head); err != nil {
				torn++
			}
			submitted(t, l, uint32(30+round), request.Approved)
			sqlOn(t, path, "PRAGMA wal_checkpoint(PASSIVE)")
			submitted(t, l, uint32(90+round), request.Approved)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		submitted(t, l, uint32(60+round), request.Approved)
	}
	if torn == 0 {
		t.Error("the file could be read each time: no checkpoint was held back")
	}
	if got := faults(t, l); got != "" {
		t.Error(got)
	}
}
