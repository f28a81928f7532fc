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

// layers is DESIGN §2's table: what each package of ours may import, tests not counted.
var layers = map[string][]string{
	"handrail/internal/request":                 {},
	"handrail/templates":                        {},
	"handrail/internal/mailtest":                {},
	"handrail/internal/mailtest/dovecot":        {},                   // imported by tests only
	"handrail/internal/scaling":                 {},                   // imported by tests only
	"handrail/internal/mailserver":              {"internal/request"}, // docs/decisions/0006
	"handrail/rules":                            {"internal/request"},
	"handrail/internal/workbook":                {"internal/request"},
	"handrail/internal/ledger":                  {"internal/request"},
	"handrail/ingest":                           {"internal/request", "internal/workbook", "internal/mailserver"},
	"handrail/notify":                           {"internal/request", "templates", "internal/workbook", "internal/mailserver"},
	"handrail/internal/statement":               {"internal/request", "internal/workbook"},
	"handrail/internal/reconcile":               {"internal/request", "internal/statement"},
	"handrail/internal/reconcile/reconciletest": {"internal/request", "internal/statement", "internal/reconcile"}, // imported by tests only
	"handrail/internal/report":                  {"internal/request", "internal/workbook", "internal/statement", "internal/reconcile"},
	"handrail/internal/casefile":                {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest"}, // docs/decisions/0008
	"handrail/internal/batch": {"internal/request", "templates", "rules", "internal/workbook", "internal/ledger",
		"ingest", "notify", "internal/statement", "internal/reconcile", "internal/report"},
	"handrail/internal/doctor":     {"internal/mailserver", "internal/request", "templates", "rules", "internal/ledger", "ingest", "notify", "internal/report", "internal/batch"},
	"handrail/internal/monitor":    {"internal/request", "internal/ledger"},
	"handrail/internal/configfile": {},
	"handrail/internal/demo":       {"internal/request", "internal/workbook", "internal/mailtest", "ingest", "notify"},
	"handrail/cmd/handrail": {"internal/configfile", "internal/demo", "internal/doctor", "internal/monitor", "internal/mailserver", "internal/request", "templates", "rules", "internal/workbook", "internal/ledger",
		"ingest", "notify", "internal/statement", "internal/report", "internal/batch", "internal/casefile"},
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
			t.Errorf("%s is not in DESIGN's table", pkg.ImportPath)
			continue
		}
		seen[pkg.ImportPath] = true
		for _, imported := range pkg.Imports {
			ours, isOurs := strings.CutPrefix(imported, "handrail/")
			if isOurs && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s, which DESIGN's table does not allow", pkg.ImportPath, imported)
			}
		}
	}
	for pkg := range layers {
		if !seen[pkg] {
			t.Errorf("%s is in DESIGN's table and not in the house", pkg)
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
