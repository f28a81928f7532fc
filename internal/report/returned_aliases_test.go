package report

import (
	"os"
	"strings"
	"testing"
)

// What people write beside a merchant's other name is read as they mean it; what could be meant otherwise is asked.
func TestAliasWords(t *testing.T) {
	data, err := os.ReadFile("testdata/aliases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	names := map[aliasAnswer]string{aliasKept: "keep", aliasRemoved: "remove", aliasNamed: "name", aliasUnclear: "ask"}
	right, all := 0, 0
	for row := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimRight(row, "\n"), "\t")
		if strings.HasPrefix(row, "#") || len(fields) != 3 {
			continue
		}
		all++
		said, name := aliasWords(fields[0])
		if names[said] != fields[1] || name != fields[2] {
			t.Errorf("%q is %s (%q), want %s (%q)", fields[0], names[said], name, fields[1], fields[2])
			continue
		}
		right++
	}
	if all < 120 {
		t.Errorf("only %d answers", all)
	}
	t.Logf("%d of %d answers are right", right, all)
}

// The key of an alias is read back as it is written, and nothing else is one.
func TestAliasKeys(t *testing.T) {
	if id, ok := readAliasKey(aliasKey(47)); !ok || id != 47 {
		t.Error(id, ok)
	}
	for _, s := range []string{"", "47", "N-", "N--4", "N-0", "N-4x", "HR-2026-000001-01"} {
		if id, ok := readAliasKey(s); ok {
			t.Errorf("%q is the key of %d", s, id)
		}
	}
}
