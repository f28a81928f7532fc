package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What docs/changing-the-rules.md writes into the configuration is read beside the example configuration, in both languages alike.
// Its changes of a policy are tried in rules (TestTheTenChangesOfThePage).
func TestTheConfigurationOfTheTenChangesIsRead(t *testing.T) {
	example, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	all := pages(t)
	block := regexp.MustCompile("(?s)(?:In the configuration:|Dans la configuration\u00a0:)\n\n```toml\n(.*?)```")
	english := block.FindAllStringSubmatch(all["docs/changing-the-rules.md"], -1)
	french := block.FindAllStringSubmatch(all["docs/changing-the-rules.fr.md"], -1)
	if len(english) != 2 || len(french) != 2 {
		t.Fatalf("%d and %d blocks", len(english), len(french))
	}
	for i, m := range english {
		if m[1] != french[i][1] {
			t.Errorf("the two languages differ:\n%s\n%s", m[1], french[i][1])
		}
		text := string(example) + "\n" + m[1]
		if heading, rest, _ := strings.Cut(m[1], "\n"); !strings.HasPrefix(heading, "[[") {
			key, _, _ := strings.Cut(rest, " =")
			text = regexp.MustCompile(`(?m)^`+key+` = .*\n`).ReplaceAllLiteralString(string(example), "")
			text = strings.Replace(text, heading+"\n", m[1], 1)
		}
		file := filepath.Join(t.TempDir(), "handrail.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := loadConfig(file)
		if err != nil {
			t.Errorf("%s\n%v", m[1], err)
			continue
		}
		switch i {
		case 0:
			if len(config.Decisions.Holidays) != 1 {
				t.Errorf("holidays: %v", config.Decisions.Holidays)
			}
		case 1:
			if last := config.Officer[len(config.Officer)-1]; last.Limit != "15000.00" || last.Name != "Léa Tremblay" {
				t.Errorf("officers: %+v", last)
			}
		}
	}
}
