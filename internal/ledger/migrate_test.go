package ledger

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

// mixed has migrations for both databases, and for each of them alone; the newest is PostgreSQL's.
var mixed = fstest.MapFS{
	"migrations/0001_both.sql":              {Data: []byte("CREATE TABLE both_have (id INTEGER PRIMARY KEY) STRICT;")},
	"migrations/sqlite/0002_file.sql":       {Data: []byte("CREATE TABLE file_has (id INTEGER PRIMARY KEY) STRICT;")},
	"migrations/0003_both.sql":              {Data: []byte("CREATE TABLE both_have_too (id INTEGER PRIMARY KEY) STRICT;")},
	"migrations/postgresql/0010_server.sql": {Data: []byte(`CREATE TABLE server_has (id bigint, name text COLLATE "C");`)},
}

func migrateWith(t *testing.T, l *Ledger, files fs.FS) {
	t.Helper()
	known, err := l.dialect.migrations(files)
	if err != nil {
		t.Fatal(err)
	}
	dialect := goose.DialectSQLite3
	if l.dialect == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, l.write, nil, goose.WithGoMigrations(known...), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A migration of one database alone counts on both, so that the newest number says the same on each.
func TestAMigrationCanBeOfOneDatabaseAlone(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, driver string, l *Ledger, has, lacks string) {
		db, err := sql.Open(driver, l.cfg.URL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		l.write = db
		migrateWith(t, l, mixed)
		if v, err := (schema{l}).appliedVersion(t.Context(), db); err != nil || v != 10 {
			t.Errorf("the newest number is %d, %v", v, err)
		}
		for name, want := range map[string]bool{"both_have": true, "both_have_too": true, has: true, lacks: false} {
			if got, err := (schema{l}).hasTable(context.Background(), db, name); err != nil || got != want {
				t.Errorf("table %s: there %v, want %v, %v", name, got, want, err)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite", &Ledger{dialect: SQLite, cfg: Config{URL: filepath.Join(t.TempDir(), "m.db")}}, "file_has", "server_has")
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		test(t, "pgx", &Ledger{dialect: PostgreSQL, cfg: postgresConfig(t)}, "server_has", "file_has")
	})
}

func TestMigrationsAreNumberedOnceOverAllFolders(t *testing.T) {
	t.Parallel()
	all, err := scripts(migrationFiles)
	if err != nil || len(all) < 6 || all[len(all)-1].version != schemaVersion() {
		t.Fatalf("%d migrations, the newest %d, %v", len(all), schemaVersion(), err)
	}
	if mine, err := scripts(mixed); err != nil || len(mine) != 4 || mine[1].only != SQLite || mine[3].only != PostgreSQL {
		t.Fatalf("%+v, %v", mine, err)
	}
	twice := fstest.MapFS{"migrations/0001_a.sql": {}, "migrations/sqlite/0002_b.sql": {}, "migrations/postgresql/0002_c.sql": {}}
	if _, err := scripts(twice); err == nil || !strings.Contains(err.Error(), "0002_b.sql") || !strings.Contains(err.Error(), "0002_c.sql") {
		t.Errorf("one number twice: %v", err)
	}
	if _, err := scripts(fstest.MapFS{"migrations/first.sql": {}}); err == nil || !strings.Contains(err.Error(), "first.sql") {
		t.Errorf("no number: %v", err)
	}
}
