package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"handrail/internal/ledger"
)

// withoutDocument are the commands that a script reads no answer of, and why.
var withoutDocument = map[string]string{
	"demo":              "it is for people to look at",
	"form":              "it writes the file that it was told to",
	"init":              "it writes the file that it was told to",
	"templates preview": "it writes files to look at",
	"ledger export":     "its --format is that of the files",
	"policy show":       "it prints a text, or a page to look at",
	"policy workbook":   "it writes the file that it was told to",
	"policy reference":  "it prints a page",
	"docs":              "it prints a page",
	"completion":        "it prints a script",
	"man":               "it prints a page",
}

// A script gets one JSON document of every command that says anything a script would want, and nothing else on standard
// output; docs/operators.md names its keys.
func TestEveryCommandAnswersInJSON(t *testing.T) {
	dir := t.TempDir()
	config, here := filepath.Join(dir, "handrail.toml"), func(name string) string { return filepath.Join(dir, name) }
	now := time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC)
	answer := func(want int, args ...string) string {
		t.Helper()
		var out, complaints bytes.Buffer
		code := run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &out, err: &complaints, now: func() time.Time { return now }})
		if code != want {
			t.Fatalf("%v: exit %d, want %d: %s", args, code, want, complaints.String())
		}
		return out.String()
	}
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	answer(0, "demo", "--out", here("demo"))
	answer(0, "init", "--config", config)
	answer(0, "form", "--out", here("form.xlsx"))
	now = now.AddDate(0, 0, 1)
	copyFile(t, here("demo/ledger.db"), here("data/handrail.db"))
	c.write("new.toml", strings.Replace(c.text, "handrail.db", "new.db", 1), 0o600)
	c.write("slip.toml", "nmae = \"Department\"\n", 0o600)

	if err := failRow(here("data/handrail.db"), ledger.AnswerStep, "1", "aside", "no"); err != nil {
		t.Fatal(err)
	}
	waits := newArchive(t) // with a line that waits
	const waiting = splitLine
	waits.sql("UPDATE line SET outcome = 'escalated' WHERE reference = '" + waiting + "'")
	asking := waits.path("handrail.toml")

	keysOf := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z -]+)` \\| (`[a-z_]+`.*) \\|$").FindAllStringSubmatch(pages(t)["docs/operators.md"], -1) {
		keysOf[strings.TrimSuffix(m[1], " --once")] = m[2]
	}

	tried := map[string]bool{}
	try := func(command string, code int, args []string, keys string) {
		t.Helper()
		tried[command] = true
		said := answer(code, append(append(strings.Fields(command), args...), "--format", "json")...)
		var document map[string]any
		d := json.NewDecoder(strings.NewReader(said))
		if err := d.Decode(&document); err != nil {
			t.Errorf("%s: %v in %s", command, err, said)
			return
		}
		if _, err := d.Token(); err != io.EOF {
			t.Errorf("%s prints more than its document: %s", command, said)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(document)), " "); keys != "…" && got != keys {
			t.Errorf("%s answers with %s, want %s", command, got, keys)
		}
		for key := range document {
			if !strings.Contains(keysOf[command], "`"+key+"`") && keys != "…" {
				t.Errorf("docs/operators.md does not name %s of handrail %s", key, command)
			}
		}
		if strings.Contains(said, "0001-01-01") || strings.Contains(said, "null,") && command != "policy check" {
			t.Errorf("%s says a time that never was, or nothing: %s", command, said)
		}
	}
	if err := os.WriteFile(here("card.csv"), []byte("Date,Merchant,Amount\n2026-11-24,NORTHWIND INC,45.00\n2026-11-25,CONTOSO,5.00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		command string
		code    int
		args    []string
		keys    string // of the document, sorted; "…" stands for more
	}{
		{"ledger create", 0, []string{"--config", c.dir + "/new.toml"}, "identity ledger"},
		{"ledger upgrade", 0, []string{"--config", c.dir + "/new.toml"}, "from identity ledger to"},
		{"run", 0, []string{"--once", "--config", c.dir + "/handrail.toml"}, "done later outages rows_failed tried_again troubles"},
		{"check", 1, []string{here("form.xlsx")}, "files"},
		{"inspect", 0, []string{here("form.xlsx")}, "file problems sheets"},
		{"inspect", 3, []string{ownForm}, "file nearest problems sheets"},
		{"statement", 0, []string{here("card.csv")}, "by file first header_row open problems profile reading rows"},
		{"adopt", 1, []string{ownForm, "--config", c.dir + "/handrail.toml", "--write", "--replace"}, "change file form header_rows lacks problems seen sheet trial written"},
		{"policy check", 0, []string{defaultPolicy}, "guardrails mistakes policy"},
		{"policy check", 1, []string{c.dir + "/slip.toml"}, "mistakes policy"},
		{"policy test", 0, []string{defaultPolicy}, "cases failures guardrails mistakes policy untripped"},
		{"policy diff", 0, []string{defaultPolicy, "gc-low-dollar"}, "after before changes"},
		{"policy bench", 0, []string{"evasions", "us-micro-purchase", "--only", "E01,I15", "--caught", "0", "--stopped", "100"}, "by_tag dividing goal honest judged played policy reached stories"},
		{"policy backtest", 0, []string{defaultPolicy, "--config", config}, "…"},
		{"explain", 0, []string{"HR-2026-000002-02", "--config", config}, "…"},
		{"file", 0, []string{"HR-2026-000002", "--out", here("case.zip"), "--config", config}, "disposed file lines mails reference severed sha256"},
		{"file", 0, []string{"--verify", here("case.zip")}, "disposed faults files last links printed_heads reference severed"},
		{"reconcile", 0, []string{"--out", here("w.xlsx"), "--period", "2026-11", "--config", config}, "cards decisions edition ended file from period problems to waiting"},
		{"publish", 0, []string{"--from", "2026-11-01", "--to", "2026-12-31", "--out", here("p.csv"), "--config", config}, "above contracts file from schema to"},
		{"ledger verify", 0, []string{"--config", config}, "disposed faults files head lines links reports texts"},
		{"ledger status", 0, []string{"--config", config}, "attempts changes charges due escalations for_daily_mail head holds later left_in_inbox lines mails messages next_at not_delivered outages owed owners questions registers rows_failed rows_set_aside set_aside standing stopped time_zone trials with_officers with_officers_all"},
		{"ledger suppliers", 0, []string{"--config", config}, "judged suppliers total"},
		{"ask", 0, []string{waiting, "--config", asking}, "asked before lines"},
		{"retry", 0, []string{"answer:1", "--config", config}, "row was_set_aside what words"},
		{"ledger backup", 0, []string{"--out", here("b.db"), "--config", config}, "file head lines links"},
		{"ledger hold", 0, []string{"HR-2026-000001", "--reason", "dispute", "--by", "Legal", "--config", config}, "held reference"},
		{"ledger hold", 0, []string{"--config", config}, "holds"},
		{"ledger dispose", 0, []string{"--before", "2026-11-27", "--config", config}, "before bytes disposed held links mails messages open requests"},
		{"doctor", 0, []string{"--no-mail", "--config", c.dir + "/handrail.toml"}, "checks config counts"},
		{"version", 0, nil, "commit go licence modules version"},
	} {
		try(x.command, x.code, x.args, x.keys)
	}
	moveLedger(t, here("data"), here("evidence"))
	try("ledger restore", 0, []string{"--from", here("b.db"), "--config", config}, "head ledger numbers_left_out")
	t.Run("PostgreSQL", func(t *testing.T) {
		to := freshDatabase(t, "formatted")
		try("ledger copy", 0, []string{"--to", to, "--config", config}, "rows tables to verified")
	})
	tried["ledger copy"] = true // there is not always a PostgreSQL

	parser, err := kong.New(new(commands), kong.Name("handrail"))
	if err != nil {
		t.Fatal(err)
	}
	eachCommand(parser.Model.Node, nil, func(path []string, n *kong.Node) {
		name := strings.Join(path, " ")
		answers := slices.ContainsFunc(n.Flags, func(f *kong.Flag) bool { return f.Name == "format" && f.Enum == "text,json" })
		why, excepted := withoutDocument[name]
		switch {
		case answers == excepted:
			t.Errorf("handrail %s: answers in JSON: %v; excepted: %v (%s)", name, answers, excepted, why)
		case answers && !tried[name]:
			t.Errorf("nobody tried handrail %s --format json", name)
		}
	})
}

// moveLedger moves an SQLite ledger aside, with what lies beside it.
func moveLedger(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(from, 0o700); err != nil {
		t.Fatal(err)
	}
}
