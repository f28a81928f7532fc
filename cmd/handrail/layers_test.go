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
	"handrail/internal/request":    {},
	"handrail/templates":           {},
	"handrail/internal/postoffice": {},
	"handrail/internal/dovecot":    {},                   // imported by tests only
	"handrail/internal/doubling":   {},                   // imported by tests only
	"handrail/internal/mailserver": {"internal/request"}, // docs/decisions/0006
	"handrail/rules":               {"internal/request"},
	"handrail/internal/workbook":   {"internal/request"},
	"handrail/internal/ledger":     {"internal/request"},
	"handrail/ingest":              {"internal/request", "internal/workbook", "internal/mailserver"},
	"handrail/notify":              {"internal/request", "templates", "internal/workbook", "internal/mailserver"},
	"handrail/internal/reconcile":  {"internal/request", "internal/workbook"},
	"handrail/internal/dossier":    {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest"}, // docs/decisions/0008
	"handrail/internal/officers":   {"internal/request", "internal/workbook", "ingest"},
	"handrail/internal/outbox":     {"internal/request", "internal/ledger", "ingest", "notify"},
	"handrail/internal/budgets":    {"internal/request", "internal/workbook", "internal/reconcile"},
	"handrail/internal/judgement":  {"internal/request", "rules", "internal/workbook", "ingest"},
	// The engine knows no purchase; the rooms stand on it and not on each other.
	"handrail/internal/batch": {"internal/request", "internal/ledger", "ingest", "notify"},
	"handrail/internal/department": {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest", "notify", "internal/reconcile",
		"internal/officers", "internal/outbox", "internal/budgets", "internal/batch"},
	"handrail/internal/record": {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest", "notify",
		"internal/officers", "internal/judgement", "internal/department"},
	"handrail/internal/compose": {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest", "notify",
		"internal/outbox", "internal/batch", "internal/department", "internal/record"},
	"handrail/internal/incoming": {"internal/request", "internal/workbook", "internal/ledger", "ingest", "notify", "internal/reconcile",
		"internal/outbox", "internal/batch", "internal/department", "internal/compose"},
	"handrail/internal/intake": {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest", "notify",
		"internal/officers", "internal/outbox", "internal/budgets", "internal/judgement", "internal/batch", "internal/department", "internal/record", "internal/incoming"},
	"handrail/internal/approvals": {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest", "notify",
		"internal/officers", "internal/outbox", "internal/judgement", "internal/batch", "internal/department", "internal/record", "internal/compose", "internal/incoming"},
	"handrail/internal/finance": {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest", "notify", "internal/reconcile",
		"internal/officers", "internal/outbox", "internal/budgets", "internal/batch", "internal/department", "internal/compose", "internal/incoming"},
	"handrail/internal/replay": {"internal/request", "rules", "internal/ledger", "internal/reconcile", "internal/judgement", "internal/department"},
	"handrail/internal/job": {"internal/request", "rules", "internal/ledger", "ingest", "notify", "internal/officers", "internal/batch", "internal/department",
		"internal/record", "internal/compose", "internal/incoming", "internal/intake", "internal/approvals", "internal/finance"},
	"handrail/cmd/handrail": {"internal/mailserver", "internal/request", "templates", "rules", "internal/workbook", "internal/ledger",
		"ingest", "notify", "internal/reconcile", "internal/officers", "internal/judgement", "internal/budgets", "internal/batch", "internal/department",
		"internal/record", "internal/incoming", "internal/finance", "internal/replay", "internal/job", "internal/dossier", "internal/postoffice"},
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

// Only workbook parses .xlsx; reconcile and the form are written with excelize where they are made.
func TestOnlyWorkbookAndReconcileKnowExcelize(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "handrail/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		if pkg == "handrail/internal/workbook" || pkg == "handrail/internal/reconcile" {
			continue
		}
		if strings.Contains(imports, "xuri/excelize") {
			t.Errorf("%s imports excelize: workbooks are made in workbook and reconcile", pkg)
		}
	}
}

// onlyForTests are the packages that no code of the program imports.
var onlyForTests = []string{"handrail/internal/dovecot", "handrail/internal/doubling"}

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
