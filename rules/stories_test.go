package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The shipped stories are at least sixty, half of them honest, and those of evasions are the thirty of the table.
func TestShippedStoriesAreWhole(t *testing.T) {
	for name, want := range map[string][2]int{"stories": {67, 67}, "evasions": {20, 10}} {
		s, err := LoadStories(t.Context(), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got [2]int
		for i := range s.Stories {
			story := &s.Stories[i]
			if story.Kind == Dividing {
				got[0]++
				if !story.NeedTotal.IsPositive() {
					t.Errorf("%s does not say what its need costs", story.ID)
				}
			} else {
				got[1]++
			}
			if story.Story == "" || story.Why == "" || len(story.Tags) == 0 {
				t.Errorf("%s has no story, no reason or no tag", story.ID)
			}
		}
		if got != want {
			t.Errorf("%s: %d dividing and %d honest, want %d and %d", name, got[0], got[1], want[0], want[1])
		}
	}
	s, err := LoadStories(t.Context(), "stories")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range registerNames {
		if len(s.Registers[name].Data) == 0 {
			t.Errorf("the register %s is empty", name)
		}
	}
}

// Every mistake in a file of stories is named with its line and column.
func TestMistakesInStoriesHaveTheirPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.toml")
	text := `domains = ["dept.example"]
[registers]
people = "nowhere.csv"
[line]
suplier = "A"
[[story]]
id = "A1"
kind = "dividing"
title = "one"
needs = ["persons"]
[[story.mail]]
date = 2026-05-02
from = "nobody"
[[story.mail.line]]
id = "A1-1-1"
reference = "A1-2-1"
total = 4.5
[[story.mail]]
date = 2026-05-01
from = "a@dept.example"
[[story]]
id = "A1"
kind = "honest"
title = "two"
stop = ["A1-9"]
need_total = "a lot"
[[story.mail]]
date = 2026-05-01
from = "a@dept.example"
withdraw = ["A1-1-1"]
same_message_as = 1
[[story]]
id = "A3"
kind = "honest"
title = "three"
[[story.mail]]
date = 2026-05-01
from = "a@dept.example"
line = [{ id = "A3-1" }]
[[story.mail]]
date = 2026-05-02
from = "a@dept.example"
line = [{ id = "A3-2" }]
[[story.mail]]
date = 2026-05-03
from = "a@dept.example"
withdraw = ["A3-1", "A3-2"]
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if !HoldsStories(file) {
		t.Error("a file of stories is not known as one")
	}
	_, err := LoadStories(t.Context(), file)
	if err == nil {
		t.Fatal("nothing was found wrong")
	}
	for _, want := range []string{
		`own.toml:3:10: registers: people: `,
		`own.toml:5:1: line: there is no field of the form "suplier"; did you mean "supplier"?`,
		`own.toml:6:3: story "A1": stop is missing`,
		`own.toml:10:10: story "A1": there is no register "persons"`,
		`own.toml:13:8: story "A1", mail 1: from: "nobody" is not an e-mail address`,
		`own.toml:16:13: story "A1", mail 1: reference: no earlier line of the story has the id "A1-2-1"`,
		`own.toml:17:9: story "A1", mail 1: total must be text in quotes`,
		`own.toml:18:3: story "A1", mail 2: a mail holds either lines`,
		`own.toml:19:8: story "A1": mail 2 is earlier than the one before it`,
		`own.toml:22:6: story "A1": there is an earlier story of this id`,
		`own.toml:25:9: story "A1": stop: no line of the story has the id "A1-9"`,
		`own.toml:26:14: story "A1": need_total: `,
		`own.toml:30:13: story "A1", mail 1: withdraw: no line of the story has the id "A1-1-1"`,
		`own.toml:47:12: story "A3": withdraw: "A3-2" is of another mail`,
		`own.toml:31:19: story "A1", mail 1: same_message_as: mail 1 does not come before this one`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}
