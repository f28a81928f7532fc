package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"handrail/ingest"
	"handrail/internal/batch"
)

// must is what the program may take, whatever lies in the inbox within the limits.
const must = 400 << 20

var unitLimit = regexp.MustCompile(`(?m)(?:MemoryMax=|limits: \{memory: )(\d+)(Gi|Mi|G|M)`)

// The shipped units allow what the default configuration needs, and that is within the bound; more lines in one form are
// within it too.
func TestUnitsAllowTheMemoryThatTheConfigurationNeeds(t *testing.T) {
	for _, lines := range []int{0, 2_000, 20_000} {
		if soft, most := batch.MemoryNeed(ingest.DefaultLimits(), lines); soft >= most || most > must {
			t.Errorf("max_lines %d: %d MB, and %d MB for the collector; the bound is %d MB", lines, most>>20, soft>>20, must>>20)
		}
	}
	_, most := batch.MemoryNeed(ingest.DefaultLimits(), 0)
	units := map[string]int64{"G": 1 << 30, "Gi": 1 << 30, "M": 1 << 20, "Mi": 1 << 20}
	found := 0
	for _, file := range []string{"systemd/handrail.service", "kubernetes/deployment.yaml", "kubernetes/cronjob.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "deploy", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range unitLimit.FindAllStringSubmatch(string(text), -1) {
			found++
			n, err := strconv.ParseInt(m[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if n*units[m[2]] < most {
				t.Errorf("%s allows %s%s, and the default configuration needs %d MB", file, m[1], m[2], most>>20)
			}
		}
	}
	if found < 3 {
		t.Errorf("%d limits of memory in the shipped units", found)
	}
}
