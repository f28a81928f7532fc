package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/request"
)

// expectTrouble wants an error that names this, with a next step in both languages.
func expectTrouble(t testing.TB, err error, want Trouble) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Trouble != want {
		t.Fatalf("error is %v, want %s", err, want)
	}
	for _, text := range []request.Text{e.Why, e.Hint} {
		if text.EN == "" || text.FR == "" || text.EN == text.FR {
			t.Errorf("%s is not said in both languages: %+v", want, text)
		}
	}
	return e
}

// A ledger is made once, by Create: opening makes none, and Create none where one is.
func TestALedgerIsMadeOnceOnPurpose(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, cfg Config) {
		for _, mode := range []Mode{Read, Write, Run} {
			_, err := Open(t.Context(), cfg, mode)
			expectTrouble(t, err, Absent)
		}
		l, err := Create(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		identity := l.Identity()
		history(t, l)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = Create(t.Context(), cfg)
		expectTrouble(t, err, Exists)
		for _, mode := range []Mode{Read, Write, Run} {
			cfg.Identity = strings.ToUpper(identity)
			l, err := Open(t.Context(), cfg, mode)
			if err != nil {
				t.Fatal(err)
			}
			if l.Identity() != identity || len(identity) != 19 {
				t.Errorf("its identity is %q, and was %q", l.Identity(), identity)
			}
			if got := faults(t, l); got != "" {
				t.Error(got)
			}
			_ = l.Close()
			cfg.Identity = "0000-0000-0000-0000"
			_, err = Open(t.Context(), cfg, mode)
			e := expectTrouble(t, err, OtherLedger)
			for _, text := range []string{e.Why.EN, e.Why.FR} {
				if !strings.Contains(text, identity) || !strings.Contains(text, cfg.Identity) {
					t.Errorf("%q does not name both", text)
				}
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		cfg := Config{URL: filepath.Join(t.TempDir(), "l.db")}
		test(t, cfg)
		for _, suffix := range []string{"-wal", "-shm", ".part"} {
			if _, err := os.Stat(cfg.URL + suffix); err == nil {
				t.Errorf("%s lies there", suffix)
			}
		}
	})
	t.Run("postgresql", func(t *testing.T) { t.Parallel(); test(t, postgresConfig(t)) })
	t.Run("postgresql, in a schema that is not there", func(t *testing.T) {
		t.Parallel()
		cfg := postgresConfig(t)
		if _, err := openTest(t, cfg).write.Exec("DROP SCHEMA " + schemaOf(t, cfg) + " CASCADE"); err != nil {
			t.Fatal(err)
		}
		test(t, cfg)
	})
}

func TestALedgerIsNotMadeWhereAnythingLies(t *testing.T) {
	t.Parallel()
	for name, put := range map[string]struct {
		file, content string
		want          Trouble
	}{
		"an empty file":            {"l.db", "", Emptied},
		"another file":             {"l.db", strings.Repeat("notes ", 200), NotALedger},
		"another ledger's log":     {"l.db-wal", "frames", LeftLog},
		"what a cut-off try left":  {"l.db.part", "half", ""},
		"a folder that is missing": {"", "", NoFolder},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := Config{URL: filepath.Join(t.TempDir(), "l.db")}
			if put.file == "" {
				cfg.URL = filepath.Join(t.TempDir(), "missing", "l.db")
			} else if err := os.WriteFile(filepath.Join(filepath.Dir(cfg.URL), put.file), []byte(put.content), 0o600); err != nil {
				t.Fatal(err)
			}
			l, err := Create(t.Context(), cfg)
			if put.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				_ = l.Close()
				return
			}
			expectTrouble(t, err, put.want)
			if put.file != "" {
				if got, err := os.ReadFile(filepath.Join(filepath.Dir(cfg.URL), put.file)); err != nil || string(got) != put.content {
					t.Errorf("what lay there is %q now, %v", got, err)
				}
			}
		})
	}
}
