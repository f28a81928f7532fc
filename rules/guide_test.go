package rules

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The example of the guide for procurement officers is a policy that loads, with tests that pass and leave nothing out.
func TestTheGuidesExample(t *testing.T) {
	text, err := os.ReadFile("../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) < 2 { // stories come after them
		t.Fatalf("%d blocks of TOML, want the policy and its tests", len(blocks))
	}
	dir := t.TempDir()
	for i, name := range []string{"department.toml", "department.test.toml"} {
		if err := os.WriteFile(filepath.Join(dir, name), blocks[i][1], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trials, err := LoadTrials(context.Background(), filepath.Join(dir, "department.toml"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	report := trials.Run()
	if len(report.Failures) > 0 || len(report.Untripped) > 0 || report.Cases != 5 {
		t.Errorf("%d cases, not tripped %v, failures:\n%v", report.Cases, report.Untripped, report.Failures)
	}
}

// Every helper that a condition may call stands in the guide's table, and the table names none that is not there
// (docs/design.md#a-guardrail-helper).
func TestTheGuideNamesEveryHelper(t *testing.T) {
	text, err := os.ReadFile("../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n### Helpers\n")
	table, _, _ = strings.Cut(table, "\n## ")
	named := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\|").FindAllStringSubmatch(table, -1) {
		for _, m := range regexp.MustCompile("`([a-z_]+|startsWith|endsWith)[`(]").FindAllStringSubmatch(row[1], -1) {
			named[m[1]] = true
		}
	}
	policy, err := LoadShipped(Shipped()[0])
	if err != nil {
		t.Fatal(err)
	}
	language, err := policy.environment()
	if err != nil {
		t.Fatal(err)
	}
	helpers := language.Functions()
	for name := range helpers {
		if regexp.MustCompile(`^[a-z]`).MatchString(name) && !named[name] {
			t.Errorf("docs/policies.md has no row for the helper %s", name)
		}
	}
	for name := range named {
		if _, there := helpers[name]; !there {
			t.Errorf("docs/policies.md explains %s, which is no helper", name)
		}
	}
	if len(named) < 20 {
		t.Errorf("%d helpers are named: the table is written otherwise than this test reads it", len(named))
	}
}
