package rules

import (
	"context"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
)

var update = flag.Bool("update", false, "write what policy diff says into docs/changing-the-rules.md and its French page")

var (
	changeHeading = regexp.MustCompile(`(?m)^## (\d+)\. (.*)$`)
	fencedBlock   = regexp.MustCompile("(?s)```(toml|text)\n(.*?)```")
)

// changed is one change of the page: its blocks, in the order of the page.
type changed struct{ heading, before, after, tests, diff string }

// changesOf reads the page. Blocks of the configuration are tried with the program's other tests (docs_changing_test.go).
func changesOf(t *testing.T, page string) (all []changed) {
	t.Helper()
	places := changeHeading.FindAllStringSubmatchIndex(page, -1)
	for i, at := range places {
		end := len(page)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		c := changed{heading: page[at[0]:at[1]]}
		part := page[at[1]:end]
		for _, b := range fencedBlock.FindAllStringSubmatchIndex(part, -1) {
			kind, text := part[b[2]:b[3]], part[b[4]:b[5]]
			said := strings.TrimSpace(part[:b[0]])
			said = said[strings.LastIndexByte(said, '\n')+1:]
			switch {
			case kind == "text":
				c.diff = text
			case strings.Contains(said, "tests"):
				c.tests = text
			case strings.HasPrefix(said, "Before") || strings.HasPrefix(said, "Avant"):
				c.before = text
			case strings.HasPrefix(said, "In the configuration") || strings.HasPrefix(said, "Dans la configuration"):
			default:
				c.after = text
			}
		}
		all = append(all, c)
	}
	return all
}

// The ten ordinary changes of the page for officers are made to a shipped policy: each text loads, its tests and those of the
// shipped text pass, the tests fail before the change, and policy diff says what the page says it does.
func TestTheTenChangesOfThePage(t *testing.T) {
	shippedText, err := ShippedText("gc-low-dollar")
	if err != nil {
		t.Fatal(err)
	}
	shippedTests, err := ShippedTests("gc-low-dollar")
	if err != nil {
		t.Fatal(err)
	}
	before, err := LoadShipped("gc-low-dollar")
	if err != nil {
		t.Fatal(err)
	}
	var blocks [2][]changed
	for n, l := range []request.Lang{request.English, request.French} {
		name := "../docs/changing-the-rules" + map[request.Lang]string{request.French: ".fr"}[l] + ".md"
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(page)
		blocks[n] = changesOf(t, text)
		if len(blocks[n]) != 10 {
			t.Fatalf("%s has %d changes", name, len(blocks[n]))
		}
		for _, c := range blocks[n] {
			if c.after == "" {
				continue // of the configuration
			}
			is := string(shippedText) + "\n" + c.after
			if c.before != "" {
				if strings.Count(string(shippedText), strings.TrimSpace(c.before)) != 1 {
					t.Errorf("%s: what stands before is not in the shipped text once:\n%s", c.heading, c.before)
					continue
				}
				is = strings.Replace(string(shippedText), strings.TrimSpace(c.before), strings.TrimSpace(c.after), 1)
			}
			p, err := build(context.Background(), "changed.toml", "changed.toml", []byte(is), nil)
			if err != nil {
				t.Errorf("%s: %v", c.heading, err)
				continue
			}
			for _, own := range []string{"", c.tests} {
				trials, err := readTrials(context.Background(), p, "changed.test.toml", []byte(string(shippedTests)+"\n"+own))
				if err != nil {
					t.Errorf("%s: %v", c.heading, err)
					continue
				}
				if failures := trials.Run().Failures; len(failures) > 0 {
					t.Errorf("%s: %v", c.heading, failures)
				}
			}
			if !strings.Contains(c.after, "message = ") || strings.Contains(c.after, "[[guardrail]]") { // words decide nothing
				trials, err := readTrials(context.Background(), before, "changed.test.toml", []byte(string(shippedTests)+"\n"+c.tests))
				if err == nil && len(trials.Run().Failures) == 0 {
					t.Errorf("%s: its tests pass without it", c.heading)
				}
			}
			var said strings.Builder
			for _, change := range Diff(before, p) {
				said.WriteString(change.Words.In(l) + "\n")
			}
			if *update {
				at := strings.Index(text, c.heading)
				from := at + strings.Index(text[at:], "```text\n") + len("```text\n")
				text = text[:from] + said.String() + strings.TrimPrefix(text[from:], c.diff)
			} else if said.String() != c.diff {
				t.Errorf("%s: policy diff says\n%s", c.heading, said.String())
			}
		}
		if *update {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range blocks[0] {
		en, fr := blocks[0][i], blocks[1][i]
		if !slices.Equal([]string{en.before, en.after, en.tests}, []string{fr.before, fr.after, fr.tests}) {
			t.Errorf("%s and %s change the text otherwise", en.heading, fr.heading)
		}
	}
}
