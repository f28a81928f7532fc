package rules

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// mistakesOf loads a text and gives its mistakes without the folder.
func mistakesOf(t *testing.T, text string) []string {
	t.Helper()
	path := write(t, map[string]string{"policy.toml": text})
	_, err := Load(context.Background(), path)
	var all Mistakes
	if !errors.As(err, &all) {
		t.Fatalf("no mistakes but %v", err)
	}
	var said []string
	for line := range strings.SplitSeq(all.Error(), "\n") {
		said = append(said, strings.TrimPrefix(line, strings.TrimSuffix(path, "policy.toml")))
	}
	return said
}

func TestEveryMistakeAtOnceWithItsPlace(t *testing.T) {
	text := testHead +
		`[[guardrail]]
id      = "split-supplier"
action  = "escalat"
when    = 'line.totl > limits.requst || line.total > 0.5'
fields  = ["totals"]
title   = { en = "t" }
message = { en = "{line.totl}", fr = "{limits.request} }" }
form    = 2021-06-01

[[guardrail]]
id      = "split-supplier"
action  = "note"
when    = 'line.total != limits.request'
title   = { en = "t", fr = "t" }
message = { en = "m", fr = "m" }
source  = "s"
from    = "2021-06-01"

[[exemption]]
guardrail  = "split-suplier"
granted_by = "x"
reference  = "y"
`
	want := []string{
		`policy.toml:21:11: guardrail "split-supplier": action must be one of note, escalate, return, not "escalat"; did you mean "escalate"?`,
		`policy.toml:22:12: guardrail "split-supplier": there is no field of the form "totl"; did you mean "total"?`,
		`policy.toml:22:24: guardrail "split-supplier": there is no limit "requst"; did you mean "request"?`,
		`policy.toml:22:54: guardrail "split-supplier": a number with a point is not exact here: write it in quotes, such as limits.request * "0.9" or money("500.00")`,
		`policy.toml:23:12: guardrail "split-supplier": there is no field of the form "totals"; did you mean "total"?`,
		`policy.toml:24:11: guardrail "split-supplier": title.fr is missing: add fr = "…" inside the braces`,
		`policy.toml:25:20: guardrail "split-supplier": message.en: there is no field of the form "totl"; did you mean "total"?`,
		`policy.toml:25:56: guardrail "split-supplier": message.fr: a brace stands alone: a place for a value is written {line.total}`,
		`policy.toml:26:1: guardrail "split-supplier": unknown key "form"; did you mean "from"?`,
		`policy.toml:20:1: guardrail "split-supplier": source is missing: add source = "…", the rule it comes from`,
		`policy.toml:29:11: guardrail "split-supplier": there is already a guardrail with this id, on line 20: give this one another`,
		`policy.toml:31:23: guardrail "split-supplier": amounts cannot be compared with != or in: write !(a == b), or < and >`,
		`policy.toml:35:11: guardrail "split-supplier": from must be a date without quotes, the year first: write from = 2021-06-01`,
		`policy.toml:38:14: exemption 1: there is no guardrail "split-suplier"; did you mean "split-supplier"?`,
	}
	got := mistakesOf(t, text)
	for _, m := range want {
		if !slices.Contains(got, m) {
			t.Errorf("missing %s", m)
		}
	}
	for _, m := range got {
		if !slices.Contains(want, m) {
			t.Errorf("not expected: %s", m)
		}
	}
}

func TestWhatExpressionsMayNotDo(t *testing.T) {
	for when, want := range map[string]string{
		`line.total`:                        "must say true or false",
		`line.total in [limits.request]`:    "cannot be compared with != or in",
		`line.total > double("1")`:          "not known",
		`dyn(line.total) == line.total`:     "not known",
		`line.total > "5"`:                  "cannot stand between",
		`given("totl")`:                     "no field",
		`given(line.title)`:                 "in quotes",
		`line.extra == line.extra`:          "named in quotes",
		`listed("none", line.supplier)`:     "no list",
		`limits.request * "0,9" > line.net`: "not an exact number",
		`date("2026-02-30") == today`:       "not a date",
		`money("1e5") > line.total`:         "not an exact number",
		`holiday(today, "CA-XX")`:           "no holidays",
		`line.total >`:                      "ends too early",
		`[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, similarity(line.title, line.description) > a)))`: "too much work",
	} {
		got := mistakesOf(t, testHead+rule("a", "note", when))
		if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%s: %v, want %q", when, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := ShippedText("esdc-micro-acquisition")
	if err != nil {
		f.Fatal(err)
	}
	// What stands above its guardrails: all of them compile for a fifth of a second, and the fuzzer would do nothing else.
	above, _, _ := strings.Cut(string(text), "\n[[guardrail]]")
	f.Add(above)
	f.Add(testHead + rule("a", "note", "line.total > limits.request"))
	f.Add(orderly)
	for _, s := range refusedSlips {
		f.Add(strings.Replace(orderly, s.was, s.is, 1))
	}
	f.Add("a.b.c = [ { x = '''\n''' } ]\n[[d]]\n[d.e]\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := build(context.Background(), "f.toml", "f.toml", []byte(text), func(string, string) ([][]string, error) { return nil, errors.New("no files") })
		if (p == nil) == (err == nil) {
			t.Fatalf("policy %v, error %v", p, err)
		}
	})
}
