package main

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"handrail/internal/programtest"
)

// Each alert has a heading of its own in docs/operators.md, which says how urgent it is and what to do, step by step;
// and no heading is left over from an alert that is gone.
func TestEveryAlertHasItsHeading(t *testing.T) {
	rules, err := os.ReadFile("../../docs/deploy/monitoring/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	urgent := map[string]string{}
	for _, m := range regexp.MustCompile(`(?s)alert: (\w+).*?severity: (\w+)`).FindAllStringSubmatch(string(rules), -1) {
		urgent[m[1]] = m[2]
	}
	sections := strings.Split(string(page), "\n### ")
	for _, section := range sections[1:] {
		name, body, _ := strings.Cut(section, "\n")
		if !strings.HasPrefix(name, "`Handrail") {
			continue
		}
		name = strings.Trim(name, "`")
		body, _, _ = strings.Cut(body, "\n## ")
		severity, known := urgent[name]
		if !known {
			t.Errorf("docs/operators.md explains %s, which is no alert", name)
		}
		delete(urgent, name)
		if !strings.Contains(body, "*"+strings.ToUpper(severity[:min(1, len(severity))])+severity[min(1, len(severity)):]+".*") {
			t.Errorf("%s is a %s, and its heading does not say so", name, severity)
		}
		if !strings.Contains(body, "\n1. ") || !strings.Contains(body, "\n2. ") || !strings.Contains(body, "`") {
			t.Errorf("%s does not say what to do, step by step:\n%s", name, body)
		}
	}
	for name := range urgent {
		t.Errorf("docs/operators.md has no heading for %s", name)
	}
}

// What the page says about back-up, word for word: SQLite here, PostgreSQL where there is one. What was restored verifies,
// and leaves numbers out.
func TestBackUpAndRestoreAsThePageSays(t *testing.T) {
	dir := t.TempDir()
	if err := programtest.Copy(programtest.Source, filepath.Join(dir, "handrail")); err != nil {
		t.Fatal(err)
	}
	t.Run("SQLite", func(t *testing.T) {
		place := operatorsPlace(t, dir, "data/handrail.db")
		leaveDemo(t, filepath.Join(place.dir, "data", "handrail.db"))
		place.follow("SQLite", "sh")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		for _, tool := range []string{"pg_dump", "pg_restore"} {
			if _, err := exec.LookPath(tool); err != nil {
				t.Skip(err)
			}
		}
		first, second := freshDatabase(t, "backed_up"), freshDatabase(t, "restored")
		place := operatorsPlace(t, dir, "data/handrail.db")
		leaveDemo(t, filepath.Join(place.dir, "data", "handrail.db"))
		place.sh("handrail ledger copy --to '" + first + "'")
		place.configure(second)
		place.env = append(place.env, "LEDGER="+first, "RESTORED="+second)
		place.follow("PostgreSQL", "sh")
	})
}

// place is a folder in which the operator's commands are typed.
type place struct {
	t    *testing.T
	dir  string
	env  []string
	said strings.Builder
}

func operatorsPlace(t *testing.T, program, ledger string) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), env: append(os.Environ(), "PATH="+program+":"+os.Getenv("PATH"))}
	for _, sub := range []string{"data", "backup"} {
		if err := os.Mkdir(filepath.Join(p.dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p.configure(ledger)
	return p
}

// configure writes the configuration of docs/quick-start.md, with another ledger.
func (p *place) configure(ledger string) {
	p.t.Helper()
	text, err := os.ReadFile("../../docs/quick-start.md")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, block := range quickBlock.FindAllStringSubmatch(string(text), -1) {
		if config := strings.Replace(block[2], `url = "data/handrail.db"`, fmt.Sprintf("url = %q", ledger), 1); block[1] == "toml" && strings.Contains(config, ledger) {
			if err := os.WriteFile(filepath.Join(p.dir, "handrail.toml"), []byte(config), 0o600); err != nil {
				p.t.Fatal(err)
			}
			return
		}
	}
	p.t.Fatal("docs/quick-start.md has no configuration with a ledger")
}

// follow types the commands of a section of docs/operators.md, and looks at what came of them.
func (p *place) follow(heading, language string) {
	p.t.Helper()
	page, err := os.ReadFile("../../docs/operators.md")
	if err != nil {
		p.t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n### "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n### ")
	blocks := quickBlock.FindAllStringSubmatch(section, -1)
	if !found || len(blocks) < 2 {
		p.t.Fatalf("docs/operators.md has %d blocks of commands under %s", len(blocks), heading)
	}
	for _, block := range blocks {
		if block[1] == language {
			p.sh(block[2])
		}
	}
	for _, want := range []string{"was restored as it was at link", "leaves 1000", "head: "} {
		if !strings.Contains(p.said.String(), want) {
			p.t.Errorf("nothing said %q:\n%s", want, p.said.String())
		}
	}
}

func (p *place) sh(script string) {
	p.t.Helper()
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir, cmd.Env = p.dir, p.env
	out, err := cmd.CombinedOutput()
	p.said.Write(out)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// freshDatabase makes an empty database on the server of HANDRAIL_TEST_POSTGRES, and gives its address.
func freshDatabase(t *testing.T, name string) string {
	t.Helper()
	server := os.Getenv("HANDRAIL_TEST_POSTGRES")
	if server == "" {
		t.Skip("HANDRAIL_TEST_POSTGRES is not set")
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name = fmt.Sprintf("handrail_%s_%d", name, os.Getpid())
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		_ = db.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
