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
	"handrail/ingest/forms":        {"internal/request", "internal/workbook", "ingest"},
	"handrail/ingest/reply":        {"internal/request", "ingest"},
	"handrail/ingest/imap":         {"internal/mailserver", "ingest"},
	"handrail/notify":              {"internal/request", "templates", "internal/workbook", "internal/mailserver"},
	"handrail/notify/smtp":         {"internal/mailserver", "notify"},
	"handrail/internal/reconcile":  {"internal/request", "internal/workbook"},
	"handrail/internal/dossier":    {"internal/request", "rules", "internal/workbook", "internal/ledger", "ingest"}, // docs/decisions/0008
	"handrail/internal/batch": {"internal/request", "templates", "rules", "internal/workbook", "internal/ledger",
		"ingest", "ingest/forms", "ingest/reply", "notify", "internal/reconcile"},
	"handrail/cmd/handrail": {"internal/mailserver", "internal/request", "templates", "rules", "internal/workbook", "internal/ledger",
		"ingest", "ingest/forms", "ingest/imap", "ingest/reply", "notify", "notify/smtp", "internal/reconcile", "internal/batch", "internal/dossier", "internal/postoffice"},
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
