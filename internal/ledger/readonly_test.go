package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// readerOf, when it is set, makes TestMain of this binary nothing but a reader: it opens the ledger that it names, reads its
// status and backs it up.
const readerOf = "HANDRAIL_TEST_READER_OF"

// TestMain runs the tests, or reads one ledger in a process of its own, which may be another account's.
func TestMain(m *testing.M) {
	path := os.Getenv(readerOf)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := readAndCopy(path, os.Getenv(readerOf+"_TO")); err != nil {
		var trouble *Error
		if errors.As(err, &trouble) {
			fmt.Println("trouble:", trouble.Trouble)
		}
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// sealed is how a medium is made read-only: for another account by its folder's mode, for root by a mount of its own.
type sealed struct {
	name string
	seal func(t *testing.T, dir string) *exec.Cmd // a command that reads what is sealed
}

func waysToSeal() []sealed {
	reader := func(t *testing.T, args ...string) *exec.Cmd {
		t.Helper()
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, self)
		return exec.Command(args[0], args[1:]...)
	}
	return []sealed{
		{"a folder that another account owns", func(t *testing.T, dir string) *exec.Cmd {
			if os.Getuid() != 0 {
				if err := os.Chmod(dir, 0o555); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
				return reader(t)
			}
			return asNobody(t, reader(t), dir)
		}},
		{"a mount for root", func(t *testing.T, dir string) *exec.Cmd {
			if runtime.GOOS != "linux" || os.Getuid() != 0 {
				t.Skip("not root on Linux: nothing can be mounted")
			}
			probe := exec.Command("unshare", "-m", "sh", "-c", `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"`, dir)
			if out, err := probe.CombinedOutput(); err != nil {
				t.Skipf("nothing can be mounted: %v\n%s", err, out)
			}
			return reader(t, "unshare", "-m", "sh", "-c", `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$1"`, dir)
		}},
	}
}

// A ledger on a medium that cannot be written is read: its status, its chain, a backup of it. Where its newest entries lie in
// the log, and SQLite cannot read that there, it says what to copy.
func TestALedgerIsReadOnASealedMedium(t *testing.T) {
	t.Parallel()
	for _, way := range waysToSeal() {
		for name, c := range map[string]struct {
			leave func(t *testing.T, l *Ledger, path string)
			want  Trouble
		}{
			"closed as it should be": {func(t *testing.T, l *Ledger, path string) { closeAll(t, l) }, ""},
			"a backup": {func(t *testing.T, l *Ledger, path string) {
				if err := l.Backup(t.Context(), path+".backup"); err != nil {
					t.Fatal(err)
				}
				closeAll(t, l)
				moved(t, path+".backup", path)
			}, ""},
			"with an empty log": {func(t *testing.T, l *Ledger, path string) {
				closeAll(t, l)
				if err := os.WriteFile(path+"-wal", nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}, ""},
			"with a filled log and its index": {func(t *testing.T, l *Ledger, path string) {
				submitted(t, l, 2)
				whileOpen(t, l, path, "", "-wal", "-shm")
			}, ""},
			"with a filled log alone": {func(t *testing.T, l *Ledger, path string) {
				submitted(t, l, 2)
				whileOpen(t, l, path, "", "-wal")
			}, SealedLog},
		} {
			t.Run(way.name+", "+name, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(shared(t), "medium")
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, "ledger.db")
				l, err := Create(t.Context(), Config{URL: path})
				if err != nil {
					t.Fatal(err)
				}
				history(t, l)
				c.leave(t, l, path)
				legible(t, dir)
				out := filepath.Join(shared(t), "out")
				if err := errors.Join(os.Mkdir(out, 0o777), os.Chmod(out, 0o777)); err != nil {
					t.Fatal(err)
				}
				cmd := way.seal(t, dir)
				cmd.Env = append(os.Environ(), readerOf+"="+path, readerOf+"_TO="+filepath.Join(out, "copy.db"))
				said, err := cmd.CombinedOutput()
				if c.want == "" && err != nil || c.want != "" && !strings.Contains(string(said), "trouble: "+string(c.want)) {
					t.Errorf("it says %v, want %q\n%s", err, c.want, said)
				}
			})
		}
	}
}

// shared is a folder that other accounts reach.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sealed")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func closeAll(t *testing.T, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// whileOpen leaves copies of these files as they are while the ledger is open, as a snapshot of its disk does.
func whileOpen(t *testing.T, l *Ledger, path string, suffixes ...string) {
	t.Helper()
	for _, s := range suffixes {
		copied(t, path+s, path+".snapshot"+s)
	}
	closeAll(t, l)
	for _, s := range suffixes {
		moved(t, path+".snapshot"+s, path+s)
	}
}

// legible lets other accounts read the files of a folder.
func legible(t *testing.T, dir string) {
	t.Helper()
	files, err := fs.Glob(os.DirFS(dir), "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.Chmod(filepath.Join(dir, f), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readAndCopy(path, to string) error {
	ctx, cancel := testContext()
	defer cancel()
	l, err := Open(ctx, Config{URL: path}, Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	err = l.View(ctx, func(tx *Tx) error {
		s, err := tx.Status(ctx, noon, 10)
		if err != nil {
			return err
		}
		if len(s.Lines) == 0 {
			return errors.New("it shows no line")
		}
		v, err := tx.Chain.Verify(ctx)
		if err == nil && len(v.Faults) > 0 {
			err = fmt.Errorf("it does not verify: %s", v.Faults[0])
		}
		return err
	})
	if err != nil {
		return err
	}
	return l.Backup(ctx, to)
}

// Reading works beside a run that writes, and sees what it wrote.
func TestReadingWorksBesideARun(t *testing.T) {
	t.Parallel()
	l, path := atWork(t)
	submitted(t, l, 2)
	if err := readAndCopy(path, path+".copy"); err != nil {
		t.Error(err)
	}
	err := l.Update(t.Context(), func(tx *Tx) error { // even while it is in the middle of a transaction
		if err := tx.SetMeta(t.Context(), "x", "y"); err != nil {
			return err
		}
		return readAndCopy(path, path+".another")
	})
	if err != nil {
		t.Error(err)
	}
}
