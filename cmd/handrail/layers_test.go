package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers is the table behind docs/design.md#rooms: what each package of ours may import, tests not counted.
var layers = map[string][]string{
	"handrail/internal/configfile":       {},
	"handrail/internal/mailtest":         {},
	"handrail/internal/ledgertest":       {"internal/ledger"},
	"handrail/internal/programtest":      {},
	"handrail/internal/browsertest":      {}, // imported by tests only
	"handrail/internal/mailtest/dovecot": {}, // imported by tests only
	"handrail/internal/request":          {},
	"handrail/internal/content":          {"internal/request"},
	"handrail/internal/scaling":          {}, // imported by tests only
	"handrail/internal/likeness":         {"internal/request"},
	"handrail/templates":                 {},
	"handrail/docs":                      {},
	"handrail/internal/totals":           {"internal/request", "internal/likeness"},
	"handrail/internal/ledger":           {"internal/request", "internal/totals", "internal/likeness"},
	"handrail/internal/mailserver":       {"internal/request"}, // docs/decisions/0006
	"handrail/internal/workbook":         {"internal/request"},
	"handrail/rules":                     {"internal/request", "internal/totals", "internal/likeness", "internal/content"},
	"handrail/internal/policybook":       {"internal/request", "internal/workbook", "rules"}, // docs/decisions/0023
	"handrail/ingest":                    {"internal/request", "internal/mailserver", "internal/workbook"},
	"handrail/internal/monitor":          {"internal/request", "internal/ledger"},
	"handrail/internal/statement":        {"internal/request", "internal/workbook"},
	"handrail/notify":                    {"internal/request", "templates", "internal/mailserver"},
	"handrail/ingest/forms":              {"internal/request", "internal/workbook", "ingest"},
	"handrail/ingest/imap":               {"internal/mailserver", "ingest"},
	"handrail/ingest/reply":              {"internal/request", "ingest"},
	"handrail/internal/casefile":         {"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest"}, // docs/decisions/0008
	"handrail/internal/officers":         {"internal/request", "internal/workbook", "ingest"},
	"handrail/internal/registers":        {"internal/request", "internal/workbook", "internal/statement", "internal/likeness", "ingest"},
	"handrail/internal/outbox":           {"internal/request", "internal/ledger", "ingest", "notify"},
	"handrail/internal/reconcile":        {"internal/request", "internal/statement", "internal/likeness"},
	"handrail/notify/smtp":               {"internal/mailserver", "notify"},
	// The engine knows no purchase; the rooms stand on it and not on each other.
	"handrail/internal/batch": {"internal/request", "internal/ledger", "internal/mailserver", "ingest", "notify", "ingest/forms"},
	"handrail/internal/demo": {
		"internal/mailtest", "internal/request", "internal/mailserver", "internal/workbook", "ingest", "notify",
		"notify/smtp"},
	"handrail/internal/adopt":                   {"internal/request", "internal/workbook", "ingest/forms"},
	"handrail/internal/judgement":               {"internal/request", "internal/totals", "internal/workbook", "rules", "ingest", "ingest/forms"},
	"handrail/internal/reconcile/reconciletest": {"internal/request", "internal/statement", "internal/reconcile"}, // imported by tests only
	"handrail/internal/reconcile/quartertest":   {"internal/request", "internal/statement", "internal/reconcile"}, // imported by tests only
	"handrail/internal/report":                  {"internal/request", "internal/workbook", "internal/statement", "internal/reconcile"},
	"handrail/internal/history":                 {"internal/request", "internal/workbook", "internal/statement"},
	"handrail/internal/budgets":                 {"internal/request", "internal/workbook", "internal/statement", "internal/report"},
	"handrail/internal/owners":                  {"internal/request", "ingest"},
	"handrail/internal/guarded":                 {"internal/request", "internal/officers", "internal/registers", "internal/owners"},
	"handrail/internal/changes": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest", "notify", "ingest/reply", "internal/owners", "internal/outbox", "internal/batch",
		"internal/department", "internal/compose", "internal/incoming", "internal/replay", "internal/report", "internal/guarded", "internal/registers", "internal/policybook"},
	"handrail/internal/department": {
		"internal/owners", "internal/guarded", "internal/request", "internal/totals", "internal/likeness", "internal/ledger", "internal/workbook", "rules", "ingest", "notify", "ingest/forms",
		"internal/officers", "internal/outbox", "internal/batch", "internal/statement", "internal/report", "internal/budgets", "internal/registers"},
	"handrail/internal/doctor": {
		"internal/request", "templates", "internal/ledger", "internal/mailserver", "rules", "ingest", "notify",
		"ingest/imap", "internal/officers", "notify/smtp", "notify/webhook", "internal/batch", "internal/report", "internal/budgets",
		"internal/department", "internal/outages", "internal/registers"},
	"handrail/internal/record": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "notify", "ingest/forms",
		"internal/officers", "internal/judgement", "internal/department"},
	"handrail/internal/replay": {
		"internal/request", "internal/totals", "internal/likeness", "internal/ledger", "rules", "internal/judgement", "internal/report", "internal/department", "internal/history"},
	"handrail/internal/compose": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "notify", "ingest", "ingest/forms",
		"internal/outbox", "internal/batch", "internal/department", "internal/record"},
	"handrail/internal/undelivered": {
		"internal/request", "internal/ledger", "internal/outbox", "internal/batch", "internal/department"},
	"handrail/internal/incoming": {
		"internal/request", "internal/ledger", "internal/workbook", "ingest", "internal/statement", "notify",
		"ingest/forms", "internal/outbox", "internal/batch", "internal/department", "internal/compose"},
	"handrail/internal/approvals": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest", "notify", "ingest/reply",
		"internal/officers", "internal/outbox", "internal/batch", "internal/judgement", "internal/department",
		"internal/record", "internal/compose", "internal/incoming", "internal/likeness"},
	"handrail/internal/finance": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest", "internal/statement", "notify",
		"internal/officers", "internal/outbox", "internal/reconcile", "internal/batch", "internal/report",
		"internal/budgets", "internal/department", "internal/compose", "internal/incoming"},
	"handrail/internal/intake": {
		"internal/request", "internal/totals", "internal/likeness", "internal/ledger", "internal/workbook", "rules", "ingest", "notify", "ingest/forms",
		"ingest/reply", "internal/officers", "internal/outbox", "internal/batch", "internal/judgement",
		"internal/budgets", "internal/department", "internal/record", "internal/incoming", "internal/registers"},
	"handrail/internal/standing": {
		"internal/request", "internal/ledger", "notify", "internal/outbox", "internal/batch", "internal/report",
		"internal/department", "internal/compose", "internal/incoming"},
	"handrail/internal/job": {
		"internal/owners", "internal/changes", "internal/request", "internal/ledger", "rules", "ingest", "notify", "ingest/forms", "internal/officers",
		"internal/outbox", "internal/standing", "internal/batch", "internal/department", "internal/record", "internal/compose", "internal/incoming",
		"internal/approvals", "internal/finance", "internal/intake", "internal/undelivered", "internal/outages", "internal/registers"},
	"handrail/internal/bench": {
		"internal/request", "templates", "internal/ledger", "internal/workbook", "rules", "ingest", "notify", "internal/officers", "internal/batch",
		"internal/department", "internal/job", "internal/registers"},
	"handrail/internal/outages": {
		"internal/request", "internal/ledger", "internal/mailserver", "ingest", "internal/outbox", "internal/batch", "internal/department"},
	"handrail/notify/webhook": {"internal/mailserver"},
	"handrail/cmd/handrail": {
		"internal/owners", "internal/adopt", "internal/configfile", "internal/request", "templates", "internal/ledger", "internal/mailserver",
		"internal/workbook", "rules", "ingest", "internal/monitor", "internal/statement", "notify", "ingest/forms",
		"ingest/imap", "internal/casefile", "internal/officers", "notify/smtp", "internal/batch", "internal/demo",
		"internal/judgement", "internal/report", "internal/budgets", "internal/department", "internal/doctor", "internal/history",
		"internal/record", "internal/replay", "internal/incoming", "internal/standing", "internal/approvals", "internal/finance", "internal/job", "internal/outages", "internal/registers", "internal/bench", "internal/policybook", "internal/changes", "notify/webhook", "docs"},
}

func TestImportsOnlyDownwards(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "handrail/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		may, known := layers[pkg.ImportPath]
		if !known {
			t.Errorf("%s is not in the table of layers, see docs/design.md#rooms", pkg.ImportPath)
			continue
		}
		seen[pkg.ImportPath] = true
		for _, imported := range pkg.Imports {
			ours, isOurs := strings.CutPrefix(imported, "handrail/")
			if isOurs && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s, which the table of layers does not allow", pkg.ImportPath, imported)
			}
		}
	}
	for pkg := range layers {
		if !seen[pkg] {
			t.Errorf("%s is in the table of layers and not in the repository", pkg)
		}
	}
}

// Only workbook parses .xlsx; the form and finance's workbooks are written with excelize where they are made.
func TestOnlyWorkbookAndReportKnowExcelize(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "handrail/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		if slices.Contains([]string{"handrail/internal/workbook", "handrail/internal/report", "handrail/internal/policybook"}, pkg) {
			continue
		}
		if strings.Contains(imports, "xuri/excelize") {
			t.Errorf("%s imports excelize: workbooks are made in workbook, report and policybook", pkg)
		}
	}
}

// onlyForTests are the packages that no code of the program imports.
var onlyForTests = []string{"handrail/internal/mailtest/dovecot", "handrail/internal/scaling", "handrail/internal/reconcile/reconciletest",
	"handrail/internal/reconcile/quartertest",
	"handrail/internal/ledgertest", "handrail/internal/programtest", "handrail/internal/browsertest"}

// Every package is used: a transport or a room that nothing opens was not wired in cmd/handrail or internal/job
// (docs/design.md#a-transport).
func TestEveryPackageIsUsed(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{join .Imports " "}}`, "handrail/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	used := strings.Fields(string(out))
	for pkg := range layers {
		if !slices.Contains(used, pkg) && !slices.Contains(onlyForTests, pkg) && pkg != "handrail/cmd/handrail" {
			t.Errorf("nothing imports %s: it is wired in cmd/handrail or internal/job, or it goes", pkg)
		}
	}
}
