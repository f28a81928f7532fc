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
	"handrail/internal/scaling":          {}, // imported by tests only
	"handrail/templates":                 {},
	"handrail/internal/ledger":           {"internal/request"},
	"handrail/internal/mailserver":       {"internal/request"}, // docs/decisions/0006
	"handrail/internal/workbook":         {"internal/request"},
	"handrail/rules":                     {"internal/request"},
	"handrail/ingest":                    {"internal/request", "internal/mailserver", "internal/workbook"},
	"handrail/internal/monitor":          {"internal/request", "internal/ledger"},
	"handrail/internal/statement":        {"internal/request", "internal/workbook"},
	"handrail/notify":                    {"internal/request", "templates", "internal/mailserver"},
	"handrail/ingest/forms":              {"internal/request", "internal/workbook", "ingest"},
	"handrail/ingest/imap":               {"internal/mailserver", "ingest"},
	"handrail/ingest/reply":              {"internal/request", "ingest"},
	"handrail/internal/casefile":         {"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest"}, // docs/decisions/0008
	"handrail/internal/officers":         {"internal/request", "internal/workbook", "ingest"},
	"handrail/internal/outbox":           {"internal/request", "internal/ledger", "ingest", "notify"},
	"handrail/internal/reconcile":        {"internal/request", "internal/statement"},
	"handrail/notify/smtp":               {"internal/mailserver", "notify"},
	// The engine knows no purchase; the rooms stand on it and not on each other.
	"handrail/internal/batch": {"internal/request", "internal/ledger", "internal/mailserver", "ingest", "notify", "ingest/forms"},
	"handrail/internal/demo": {
		"internal/mailtest", "internal/request", "internal/mailserver", "internal/workbook", "ingest", "notify",
		"notify/smtp"},
	"handrail/internal/judgement":               {"internal/request", "internal/workbook", "rules", "ingest", "ingest/forms"},
	"handrail/internal/reconcile/reconciletest": {"internal/request", "internal/statement", "internal/reconcile"}, // imported by tests only
	"handrail/internal/report":                  {"internal/request", "internal/workbook", "internal/statement", "internal/reconcile"},
	"handrail/internal/budgets":                 {"internal/request", "internal/workbook", "internal/statement", "internal/report"},
	"handrail/internal/department": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest", "notify", "ingest/forms",
		"internal/officers", "internal/outbox", "internal/batch", "internal/report", "internal/budgets"},
	"handrail/internal/doctor": {
		"internal/request", "templates", "internal/ledger", "internal/mailserver", "rules", "ingest", "notify",
		"ingest/imap", "internal/officers", "notify/smtp", "notify/webhook", "internal/batch", "internal/report", "internal/budgets",
		"internal/department", "internal/outages"},
	"handrail/internal/record": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "notify", "ingest/forms",
		"internal/officers", "internal/judgement", "internal/department"},
	"handrail/internal/replay": {
		"internal/request", "internal/ledger", "rules", "internal/judgement", "internal/report", "internal/department"},
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
		"internal/record", "internal/compose", "internal/incoming"},
	"handrail/internal/finance": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest", "internal/statement", "notify",
		"internal/officers", "internal/outbox", "internal/reconcile", "internal/batch", "internal/report",
		"internal/budgets", "internal/department", "internal/compose", "internal/incoming"},
	"handrail/internal/intake": {
		"internal/request", "internal/ledger", "internal/workbook", "rules", "ingest", "notify", "ingest/forms",
		"ingest/reply", "internal/officers", "internal/outbox", "internal/batch", "internal/judgement",
		"internal/budgets", "internal/department", "internal/record", "internal/incoming"},
	"handrail/internal/standing": {
		"internal/request", "internal/ledger", "notify", "internal/outbox", "internal/batch", "internal/report",
		"internal/department", "internal/compose", "internal/incoming"},
	"handrail/internal/job": {
		"internal/request", "internal/ledger", "rules", "ingest", "notify", "ingest/forms", "internal/officers",
		"internal/outbox", "internal/standing", "internal/batch", "internal/department", "internal/record", "internal/compose", "internal/incoming",
		"internal/approvals", "internal/finance", "internal/intake", "internal/undelivered", "internal/outages"},
	"handrail/internal/outages": {
		"internal/request", "internal/ledger", "internal/mailserver", "ingest", "internal/outbox", "internal/batch", "internal/department"},
	"handrail/notify/webhook": {"internal/mailserver"},
	"handrail/cmd/handrail": {
		"internal/configfile", "internal/request", "templates", "internal/ledger", "internal/mailserver",
		"internal/workbook", "rules", "ingest", "internal/monitor", "internal/statement", "notify", "ingest/forms",
		"ingest/imap", "internal/casefile", "internal/officers", "notify/smtp", "internal/batch", "internal/demo",
		"internal/judgement", "internal/report", "internal/budgets", "internal/department", "internal/doctor",
		"internal/record", "internal/replay", "internal/incoming", "internal/standing", "internal/approvals", "internal/finance", "internal/job", "internal/outages", "notify/webhook"},
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
		if pkg == "handrail/internal/workbook" || pkg == "handrail/internal/report" {
			continue
		}
		if strings.Contains(imports, "xuri/excelize") {
			t.Errorf("%s imports excelize: workbooks are made in workbook and report", pkg)
		}
	}
}

// onlyForTests are the packages that no code of the program imports.
var onlyForTests = []string{"handrail/internal/mailtest/dovecot", "handrail/internal/scaling", "handrail/internal/reconcile/reconciletest",
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
