package report

import (
	"os"
	"strings"
	"testing"
)

// What people write beside lines is read as they mean it; what could be meant otherwise is asked.
func TestClosingWords(t *testing.T) {
	data, err := os.ReadFile("testdata/closings.tsv")
	if err != nil {
		t.Fatal(err)
	}
	names := map[closingAnswer]string{closingYes: "yes", closingNo: "no", closingUnclear: "ask"}
	right, all := 0, 0
	for row := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimRight(row, "\n"), "\t")
		if strings.HasPrefix(row, "#") || len(fields) != 4 {
			continue
		}
		all++
		said, reason := closingWords(fields[1], fields[0] == "reopen")
		if names[said] != fields[2] || reason != fields[3] {
			t.Errorf("%s: %q is %s (%q), want %s (%q)", fields[0], fields[1], names[said], reason, fields[2], fields[3])
			continue
		}
		right++
	}
	if all < 150 {
		t.Errorf("only %d answers", all)
	}
	t.Logf("%d of %d answers are right", right, all)
}
