package rules

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The example of the guide for procurement officers is a policy that loads, with tests that pass and leave nothing out.
func TestTheGuidesExample(t *testing.T) {
	text, err := os.ReadFile("../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) != 2 {
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
