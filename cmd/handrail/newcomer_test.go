package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/ledgertest"
)

// Every mistake that somebody makes in the first hour answers with what is wrong, where, and what to do next. What needs a
// mail server stands in TestDoctorNamesEveryNewcomersMistake.
func TestEveryNewcomersMistakeSaysWhatToDo(t *testing.T) {
	c := openClinic(t, nil)
	c.noLedger()
	ledgertest.Create(t, filepath.Join(c.dir, "data/another.db"))
	t.Chdir(c.dir)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	changed := func(name, from, to string) {
		t.Helper()
		text := strings.Replace(c.text, from, to, 1)
		if text == c.text {
			t.Fatalf("%s: %q is not in the configuration", name, from)
		}
		write(name, text)
	}
	write("good.toml", c.text)
	write("broken.toml", "policy = \"esdc\n")
	write("key.toml", strings.Replace(c.text, "time_zone", "timezone", 1))
	changed("zone.toml", "America/Toronto", "Toronto")
	changed("poll.toml", "*/5 * * * *", "every 5 minutes")
	changed("policy.toml", "esdc-micro-acquisition", "esdc.toml")
	changed("noledger.toml", "data/handrail.db", "nowhere/deep/handrail.db")
	changed("another.toml", "data/handrail.db", "data/another.db")
	write("text.xlsx", "hello")
	write("empty.xlsx", "")
	write("slip.toml", "name = \"Ours\"\nversion = 1\n")
	write("taken.zip", "mine")

	for name, x := range map[string]struct {
		args string
		code int
		says []string // on standard error, or on standard output where the answer is a report
	}{
		"no command":                   {"", exitUsage, []string{"Usage: handrail <command>", "Do the job: on its schedule"}},
		"a command that is none":       {"bogus", exitUsage, []string{"unexpected argument bogus", "hint: handrail --help"}},
		"an option with a typo":        {"run --onc", exitUsage, []string{`unknown flag --onc, did you mean "--once"?`}},
		"a choice that is none":        {"form --lang de --out f.xlsx", exitUsage, []string{"--lang", `"en","fr"`}},
		"no configuration":             {"run --once", exitUsage, []string{"no configuration: neither handrail.toml here", "hint: handrail init"}},
		"a configuration elsewhere":    {"doctor --config nowhere.toml", exitUsage, []string{"nowhere.toml: no such file", "hint: handrail init"}},
		"a folder as configuration":    {"run --once --config folder", exitUsage, []string{"folder: is a directory", "hint: "}},
		"bad TOML":                     {"run --once --config broken.toml", exitUsage, []string{"broken.toml:1:", "hint: config.example.toml"}},
		"an unknown key":               {"run --once --config key.toml", exitUsage, []string{"schedule.timezone: unknown key", "hint: config.example.toml"}},
		"a wrong time zone":            {"run --once --config zone.toml", exitUsage, []string{`schedule.time_zone: "Toronto" is not a time zone; write it as America/Toronto`}},
		"a wrong schedule":             {"run --once --config poll.toml", exitUsage, []string{`schedule.poll: "every 5 minutes" is not a schedule such as "*/5 * * * *"`}},
		"a policy that is not there":   {"run --once --config policy.toml", exitUsage, []string{"esdc.toml: no such file, and no shipped policy of that name", "hint: shipped policies: esdc-micro-acquisition"}},
		"a ledger in no folder":        {"run --once --config noledger.toml", exitUnreachable, []string{"nowhere/deep", "hint: "}},
		"init over another":            {"init --config good.toml", exitUsage, []string{"good.toml exists already and is left as it is", "hint: --config"}},
		"init where nobody may write":  {"init --config text.xlsx/handrail.toml", exitInput, []string{"text.xlsx", "hint: "}},
		"a form into no folder":        {"form --out nowhere/form.xlsx", exitInput, []string{"nowhere/form.xlsx", "hint: choose a place you may write to with --out"}},
		"a workbook that is not there": {"check nowhere.xlsx", exitInput, []string{"nowhere.xlsx: no such file"}},
		"a folder as workbook":         {"check folder", exitInput, []string{"folder: is a directory"}},
		"a text as workbook":           {"check text.xlsx", exitInput, []string{"text.xlsx: This file is not an Excel workbook"}},
		"an empty file":                {"inspect empty.xlsx", exitInput, []string{"empty.xlsx: "}},
		"a mistake in a policy":        {"policy check slip.toml", exitAct, []string{"slip.toml:2:", "version"}},
		"tests that are not there":     {"policy test slip.toml", exitAct, []string{"slip.toml:2:"}},
		"a number that is none":        {"explain HR-1", exitUsage, []string{`"HR-1" is not a line's number`, "hint: a line's number stands in the mail"}},
		"a file in the way":            {"file HR-2026-000001 --out taken.zip --config good.toml", exitUsage, []string{"hint: "}},
		"a ledger that is not there":   {"ledger status --config good.toml", exitUsage, []string{"handrail.db: there is no ledger yet", "`handrail ledger create` makes a new one"}},
		"a job without a ledger":       {"run --config good.toml", exitUsage, []string{"handrail.db: there is no ledger yet", "`handrail ledger create` makes a new one"}},
		"a pass without a ledger":      {"run --once --config good.toml", exitUsage, []string{"there is no ledger yet"}},
		"a ledger that is there":       {"ledger create --config another.toml", exitUsage, []string{"another.db: there is a ledger already", "hint: `handrail run` works with it"}},
		"dates the other way round":    {"publish --from 31/12/2026 --to 2026-12-31 --out p.csv --config good.toml", exitUsage, []string{"--from", "hint: write days as 2026-10-01"}},
		"a period that is none":        {"reconcile --period November --out w.xlsx --config good.toml", exitUsage, []string{"hint: "}},
		"an empty inbox":               {"run --once --config another.toml", exitDone, []string{"nothing was waiting"}},
	} {
		var out, complaints bytes.Buffer
		code := run(t.Context(), strings.Fields(x.args), &terminal{in: strings.NewReader(""), out: &out, err: &complaints, now: time.Now})
		said := out.String() + complaints.String()
		if code != x.code {
			t.Errorf("%s: handrail %s: exit %d, want %d: %s", name, x.args, code, x.code, said)
		}
		for _, want := range x.says {
			if !strings.Contains(said, want) {
				t.Errorf("%s: handrail %s does not say %q:\n%s", name, x.args, want, said)
			}
		}
		if strings.Contains(said, "panic") || strings.Contains(said, "goroutine") {
			t.Errorf("%s: %s", name, said)
		}
	}
}
