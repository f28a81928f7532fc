package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

const (
	splitLine = "HR-2026-000004-01" // the second half of a split: its total counts another mail's line
	otherHalf = "HR-2026-000003-01"
)

var fingerprint = regexp.MustCompile("sha256:[0-9a-f]{64}")

// explain runs the command and answers its exit code and what it printed.
func (a *archive) explain(ref string, more ...string) (code int, said string) {
	a.t.Helper()
	code = a.handrail(append([]string{"explain", ref, "--config", a.path("handrail.toml")}, more...)...)
	return code, a.seen.String()
}

// sql is somebody at the ledger's file with other tools.
func (a *archive) sql(statements string) {
	a.t.Helper()
	db, err := sql.Open("sqlite", a.path("data/handrail.db"))
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statements); err != nil {
		a.t.Fatal(err)
	}
}

// putInForce makes the shipped policy with replacements judge from now on, as the job does when its file changes.
func (a *archive) putInForce(oldnew ...string) *rules.Policy {
	a.t.Helper()
	text, err := rules.ShippedText(defaultPolicy)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(a.path("policy.toml"), []byte(strings.NewReplacer(oldnew...).Replace(string(text))), 0o600); err != nil {
		a.t.Fatal(err)
	}
	p, err := rules.Load(context.Background(), a.path("policy.toml"))
	if err != nil {
		a.t.Fatal(err)
	}
	a.ledger(func(tx *ledger.Tx) error {
		noted, err := tx.Documents.InForce(a.t.Context(), "policy")
		if err != nil {
			return err
		}
		for inbox := range noted {
			if _, err := tx.Documents.PutInForce(a.t.Context(), a.now, inbox, ledger.Text{Hash: p.Hash(), Kind: "policy", Name: p.Name(), Version: p.Version(), Body: p.Bundle()}); err != nil {
				return err
			}
		}
		return nil
	})
	return p
}

// What explain prints, whole, in both languages: facts, totals with the lines of other mails, every guardrail, and what
// today's text would say.
func TestExplainIsWhatAnAuditorReads(t *testing.T) {
	a := newArchive(t)
	a.putInForce(`version  = "2021-06"`, `version  = "2027-04"`, `request = "10000.00"`, `request = "15000.00"`)
	for _, lang := range []string{"en", "fr"} {
		code, said := a.explain(splitLine, "--lang", lang)
		if code != exitDone {
			t.Fatalf("exit code %d\n%s", code, said)
		}
		for line := range strings.Lines(said) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > terminalWidth && !strings.Contains(line, "sha256:") {
				t.Errorf("%s: %d columns: %s", lang, n, line)
			}
		}
		said = fingerprint.ReplaceAllString(said, "sha256:…") // it changes with every word of the shipped policy
		golden := filepath.Join("testdata", "explain."+lang+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(said), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if said != string(want) {
			t.Errorf("%s is otherwise than %s:\n%s", lang, golden, said)
		}
	}
}

// The lines that a total counted are those of then, whatever became of them since.
func TestExplainNamesTheLinesThatCounted(t *testing.T) {
	a := newArchive(t)
	var e explained
	read := func() explainedTotal {
		t.Helper()
		code, said := a.explain(splitLine, "--format", "json")
		e = explained{}
		if err := json.Unmarshal([]byte(said), &e); err != nil || code != exitDone || !e.Same {
			t.Fatalf("exit code %d, %v\n%s", code, err, said)
		}
		i := slices.IndexFunc(e.Totals, func(x explainedTotal) bool { return x.Name == "supplier_year" })
		return e.Totals[i]
	}
	before := read()
	if before.Amount != "11865.00" || len(before.Lines) != 2 || before.Lines[0].Reference != splitLine || before.Lines[1].Reference != otherHalf ||
		before.Lines[1].Amount != "5989.00" || before.Lines[1].Supplier == "" || before.Lines[1].Day.IsZero() {
		t.Errorf("counted: %+v", before)
	}
	if !e.Today.Same || e.Today.Outcome != request.Escalated || len(e.Guardrails) < 20 {
		t.Errorf("today %+v, %d guardrails", e.Today, len(e.Guardrails))
	}
	a.ledger(func(tx *ledger.Tx) error {
		lines, err := tx.Lines.ByReference(t.Context(), []string{otherHalf})
		if err != nil {
			return err
		}
		_, err = moveLine(t.Context(), tx, a.now, ledger.Move{Line: lines[0].ID, From: lines[0].Outcome, To: request.Revoked, By: "officer@department.example", Reason: "not needed"})
		return err
	})
	if after := read(); after.Amount != before.Amount || len(after.Lines) != 2 || after.Lines[1].Since != request.Revoked {
		t.Errorf("after the other half was revoked: %+v", after)
	}
	if _, said := a.explain(splitLine, "--lang", "fr"); !strings.Contains(said, "(maintenant révoquée)") {
		t.Errorf("it does not say what became of the other line:\n%s", said)
	}
}

// Whoever changes the ledger behind Handrail's back is found out by the very command that explains.
func TestExplainSaysLoudlyWhatWasChanged(t *testing.T) {
	pristine := newArchive(t)
	for name, c := range map[string]struct{ change, say string }{
		"outcome": {"UPDATE line SET judged = 'approved' WHERE reference = '" + splitLine + "'", "Recorded: approved. Judged again: escalated."},
		"facts": {"UPDATE chain_private SET body = CAST(replace(CAST(body AS TEXT), '11865', '1865') AS BLOB) WHERE seq = (SELECT seq FROM chain WHERE subject = '" +
			splitLine + "' AND kind = 'line.judged')", "split-supplier (escalate) is recorded and does not come out again."},
		"finding": {"UPDATE chain_private SET body = CAST(replace(CAST(body AS TEXT), '\"guardrail\":\"repeat-supplier\",\"action\":\"escalate\"', '\"guardrail\":\"repeat-supplier\",\"action\":\"note\"') AS BLOB) WHERE seq = (SELECT seq FROM chain WHERE subject = '" +
			splitLine + "' AND kind = 'line.judged')", "its private part was changed"},
		"chain":    {"UPDATE chain SET public = replace(public, 'escalated', 'approved') WHERE subject = '" + splitLine + "' AND kind = 'line.judged'", "it says something else than when it was written"},
		"supplier": {"UPDATE line SET supplier = 'Another Ltd.' WHERE reference = '" + splitLine + "'", "cost centre, supplier, unit or day are not what was judged"},
		"policy": {"UPDATE submission SET policy = (SELECT hash FROM kept_text WHERE kind = 'policy' LIMIT 1) || 'x' WHERE number = 4;" +
			"INSERT INTO kept_text SELECT hash || 'x', kind, name, version, kept_at, body FROM kept_text WHERE kind = 'policy'", "is not the text that has this hash"},
	} {
		t.Run(name, func(t *testing.T) {
			a := *pristine
			a.t, a.dir = t, t.TempDir()
			if err := os.CopyFS(a.dir, os.DirFS(pristine.dir)); err != nil {
				t.Fatal(err)
			}
			a.sql(c.change)
			code, said := a.explain(splitLine)
			if code != exitAct || !strings.Contains(said, "THIS IS NOT WHAT WAS RECORDED") || !strings.Contains(strings.Join(strings.Fields(said), " "), c.say) {
				t.Errorf("exit code %d, want %q:\n%s", code, c.say, said[max(0, len(said)-900):])
			}
		})
	}
}

func TestExplainSaysTheBudget(t *testing.T) {
	b := request.Budget{CostCentre: "4410", FiscalYear: "2026-27", Amount: decimal.NewFromInt(10000), Committed: decimal.NewFromInt(4520), Spent: decimal.NewFromInt(100),
		Waiting: decimal.NewFromInt(565), Beside: decimal.NewFromInt(15)}
	for l, want := range map[request.Lang]string{
		request.English: "Budget 4410, 2026-27: $10,000.00 less $4,520.00 committed, $100.00 spent, $565.00 waiting, $15.00 beside it in the workbook: $4,800.00 free",
		request.French:  "Budget 4410, 2026-27\u00a0: 10\u00a0000,00\u00a0$ moins 4\u00a0520,00\u00a0$ engagés, 100,00\u00a0$ dépensés, 565,00\u00a0$ en attente, 15,00\u00a0$ ailleurs dans le classeur\u00a0: 4\u00a0800,00\u00a0$ libres",
	} {
		if got := budgetWords(&b, "CAD", l); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// What finance said of a line stands where auditors look: in what explain prints, and in the request's file.
func TestClosingsAreExplained(t *testing.T) {
	a := newArchive(t)
	closed := ""
	a.ledger(func(tx *ledger.Tx) error {
		for line := int64(1); line < 100 && closed == ""; line++ {
			won, err := tx.Lines.Close(t.Context(), a.now, ledger.Closing{Line: line, By: "finance@department.example", Reason: "bought elsewhere"})
			if err != nil {
				return err
			}
			if won {
				lines, err := tx.Lines.ByID(t.Context(), []int64{line})
				if err != nil {
					return err
				}
				closed = lines[0].Reference
				_, err = tx.Lines.Reopen(t.Context(), a.now, ledger.Closing{Line: line, By: "second@department.example"})
				return err
			}
		}
		return nil
	})
	for lang, want := range map[string][]string{
		"en": {"Closed by finance@department.example on ", "charged: bought elsewhere", "Opened again by second@department.example"},
		"fr": {"Fermée par finance@department.example le ", "bought elsewhere", "Rouverte par second@department.example"}} {
		code, said := a.explain(closed, "--lang", lang)
		said = strings.Join(strings.Fields(said), " ")
		for _, w := range want {
			if code != exitDone || !strings.Contains(said, w) {
				t.Errorf("%s: %d, no %q in\n%s", lang, code, w, said)
			}
		}
	}
	code, said := a.explain(closed, "--format", "json")
	var e explained
	if err := json.Unmarshal([]byte(said), &e); err != nil || code != exitDone || len(e.Closings) != 1 || e.Closings[0].ReopenedBy != "second@department.example" {
		t.Errorf("%d, %v: %+v", code, err, e.Closings)
	}
}
