package rules

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/scaling"
)

// What a department waits for (issue 24, Speed): a policy of 200 guardrails is loaded, tested and compared in two seconds, and a hostile one is
// refused in one.
const (
	mustTry    = 2 * time.Second
	mustRefuse = time.Second
)

// largePolicy is a text of n guardrails with their tests: limits, totals, lists, words in both languages, exemptions.
func largePolicy(n int, limit string) (policy, tests string) {
	var b, c strings.Builder
	b.WriteString(strings.Replace(strings.Replace(testHead, `request = "10000.00"`, `request = "`+limit+`"`, 1), "version = \"1\"", "version = \""+limit+"\"", 1))
	for i := range 20 {
		fmt.Fprintf(&b, "[[total]]\nname = \"t%d\"\nby = [\"supplier\", \"cost_centre\"]\ndays = %d\n", i, 30+i)
		fmt.Fprintf(&b, "[[list]]\nname = \"l%d\"\nvalues = [\"word%d\", \"other%d\", \"third%d\"]\n", i, i, i, i)
	}
	c.WriteString("[request]\nsender = \"a@dept.gc.ca\"\n[line]\ntitle = \"Chairs\"\nsupplier = \"Northern Inc.\"\ncost_centre = \"4711\"\n")
	for i := range n {
		when := []string{`line.total > limits.request && line.title != "x%d"`, `totals.t%d > limits.request * "2"`, `listed("l%d", line.title)`, `given("rationale") && size(line.rationale) > %d`,
			`line.title.matches("(?i)word%d")`}[i%5]
		at := i
		if i%5 == 1 || i%5 == 2 {
			at = i % 20
		}
		fmt.Fprintf(&b, "[[guardrail]]\nid = \"g%d\"\naction = \"escalate\"\nwhen = '%s'\nfields = [\"total\"]\ntitle = { en = \"Guardrail %d\", fr = \"Balise %d\" }\nmessage = { en = \"{line.total} at guardrail %d.\", fr = \"{line.total}, balise %d.\" }\nsource = \"Directive, %d\"\nfrom = 2025-04-01\n",
			i, fmt.Sprintf(when, at), i, i, i, i, i)
		if i%10 == 0 {
			fmt.Fprintf(&b, "[[exemption]]\nguardrail = \"g%d\"\nwhen = 'line.cost_centre == \"C%d\"'\ngranted_by = \"CFO\"\nreference = \"memo %d\"\nuntil = 2030-01-01\n", i, i, i)
		}
		fmt.Fprintf(&c, "[[case]]\nname = \"case %d\"\ndate = 2026-11-18\nline = { total = \"%d.00\" }\noutcome = \"approved\"\n", i, 1+i)
	}
	return b.String(), c.String()
}

// BenchmarkLargePolicy loads, tests and compares policies of 200 guardrails, and reports the ratio to the two seconds.
func BenchmarkLargePolicy(b *testing.B) {
	dir := b.TempDir()
	for _, v := range []string{"10000.00", "15000.00"} {
		text, tests := largePolicy(200, v)
		for name, s := range map[string]string{"p" + v + ".toml": text, "p" + v + ".test.toml": tests} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
				b.Fatal(err)
			}
		}
	}
	var longest time.Duration
	round := func() {
		before, err := Load(context.Background(), filepath.Join(dir, "p10000.00.toml"))
		if err != nil {
			b.Fatal(err)
		}
		trials, err := LoadTrials(context.Background(), filepath.Join(dir, "p15000.00.toml"), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if r := trials.Run(); r.Cases != 200 || len(r.Failures) > 0 {
			b.Fatalf("%d cases, %v", r.Cases, r.Failures)
		}
		if d := Diff(before, trials.policy); len(d) == 0 {
			b.Fatal("the two texts are the same")
		}
	}
	for b.Loop() {
		longest = max(longest, scaling.Spent(round))
	}
	b.ReportMetric(float64(longest)/float64(mustTry), "x-must")
	if longest > mustTry && !testing.Short() {
		b.Errorf("200 guardrails were loaded, tested and compared in %s", longest)
	}
}

// hostilePolicies are texts that cost a reader who is not careful much more than they have bytes.
var hostilePolicies = []struct {
	name string
	text func() []byte
}{
	{"22 MB", func() []byte { return bytes.Repeat([]byte("[[guardrail]]\n"), 22<<20/14) }},
	{"deep arrays", func() []byte { return []byte("x = " + strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000)) }},
	{"deep inline tables", func() []byte {
		return []byte("x = " + strings.Repeat("{a=", 200_000) + "1" + strings.Repeat("}", 200_000))
	}},
	{"a deep key", func() []byte { return []byte(strings.Repeat("a.", 500_000) + "a = 1\n") }},
	{"deep headers", func() []byte { return []byte("[" + strings.Repeat("a.", 500_000) + "a]\n") }},
	{"many guardrails", func() []byte { return []byte(strings.Repeat("[[guardrail]]\nid='g'\n", 1<<20/23)) }},
	{"100,000 guardrails", func() []byte {
		return []byte(numberedText(100_000, "[[guardrail]]\nid = \"g%d\"\naction = \"note\"\nwhen = 'line.total > limits.request'\n"))
	}},
	{"many guardrails with conditions", func() []byte {
		return []byte(numberedText(10_000, "[[guardrail]]\nid = \"g%d\"\naction = \"note\"\nwhen = 'line.total > limits.request'\n"))
	}},
	{"a giant list", func() []byte {
		return []byte("[[list]]\nname = \"x\"\nvalues = [" + strings.Repeat("\"abcdef\",", 110_000) + "]\n")
	}},
	{"a long expression", func() []byte {
		return []byte("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '" + strings.Repeat("true && ", 120_000) + "true'\n")
	}},
	{"deep brackets", func() []byte {
		return []byte("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '" + strings.Repeat("(", 400_000) + "true" + strings.Repeat(")", 400_000) + "'\n")
	}},
	{"loops in loops", func() []byte {
		return []byte("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '" + strings.Repeat("[1,2,3,4,5,6,7,8,9,10].all(x, ", 40) + "true" + strings.Repeat(")", 40) + "'\n")
	}},
	{"many loops in loops", func() []byte {
		return []byte(strings.Repeat("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '"+strings.Repeat("[1,2,3].all(x, ", 30)+"true"+strings.Repeat(")", 30)+"'\n", 1000))
	}},
	{"guardrails with all the loops that are read", func() []byte {
		return []byte(testHead + strings.Repeat("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '"+strings.Repeat("[1,2].all(x, ", maxLoops)+"true"+strings.Repeat(")", maxLoops)+"'\n", 4500))
	}},
	{"guardrails with long conditions", func() []byte {
		return []byte(testHead + strings.Repeat("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '"+strings.Repeat("line.title == \"x\" || ", 50)+"true'\n", 800))
	}},
	{"negations", func() []byte {
		return []byte("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '" + strings.Repeat("!", 900_000) + "true'\n")
	}},
	{"questions in questions", func() []byte {
		return []byte("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = '" + strings.Repeat("true ? (", 30_000) + "true" + strings.Repeat(") : false", 30_000) + "'\n")
	}},
	{"a pattern that doubles", func() []byte {
		return []byte("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = 'line.title.matches(\"" + strings.Repeat("(a{1,1000}){1,1000}", 2000) + "\")'\n")
	}},
	{"many tables", func() []byte { return []byte(numberedText(60_000, "[t%d]\n")) }},
	{"many exemptions of nothing", func() []byte {
		return []byte(numberedText(9_000, "[[exemption]]\nguardrail = \"g%d\"\nwhen = 'line.total > limits.x'\ngranted_by = \"x\"\nuntil = 2030-01-01\n"))
	}},
	{"placeholders", func() []byte {
		return []byte("[[guardrail]]\nid = \"g\"\naction = \"note\"\nwhen = 'true'\nmessage = { en = \"" + strings.Repeat("{line.total}", 40_000) + "\", fr = \"" + strings.Repeat("{x", 100_000) + "\" }\n")
	}},
	{"many totals", func() []byte {
		return []byte(numberedText(15_000, "[[total]]\nname = \"t%d\"\nby = [\"supplier\"]\ndays = 3\n"))
	}},
	{"words that resemble", func() []byte { return []byte(numberedText(20_000, "[guardrial%d]\nwhne = 'lin.totl'\n")) }},
}

// BenchmarkHostilePolicies reads every hostile text, which must be refused in words, and reports the longest against the second.
func BenchmarkHostilePolicies(b *testing.B) {
	for _, h := range hostilePolicies {
		b.Run(strings.ReplaceAll(h.name, " ", "-"), func(b *testing.B) {
			text := h.text()
			var longest time.Duration
			for b.Loop() {
				var err error
				longest = max(longest, scaling.Spent(func() {
					_, err = LoadWith(context.Background(), "p.toml", Options{Read: func(string) ([]byte, error) { return text, nil }})
				}))
				if err == nil || len(strings.TrimSpace(err.Error())) < 20 {
					b.Fatalf("it is not refused in words: %v", err)
				}
			}
			b.ReportMetric(float64(longest)/float64(mustRefuse), "x-must")
			b.ReportMetric(float64(len(text)), "bytes")
			if longest > mustRefuse && !testing.Short() {
				b.Errorf("%s was refused in %s", h.name, longest)
			}
		})
	}
}
