package rules

import (
	"fmt"
	"strings"
	"testing"
)

// slips are conditions as officers first write them, with the column (from 1, within the condition) and the words of
// what they are told.
var slips = []struct {
	when string
	at   int
	want string
}{
	{`line.total > "10000"`, 12, `> cannot stand between these: money and text; an amount is written money("500.00")`},
	{`line.total > 10000.00`, 14, exactNumber},
	{`line.total > $10000`, 14, exactAmount},
	{`line.total > 10,000`, 16, exactAmount},
	{`line.total => limits.request`, 12, `write >= for at least, and <= for at most`},
	{`line.total = limits.request`, 12, `one = compares nothing: write ==`},
	{`line.total > limits.request and given("tax")`, 29, `the expression cannot be read at "and": write && for and`},
	{`line.total > limits.request ou given("tax")`, 29, `the expression cannot be read at "ou": write || for or`},
	{`not given("total")`, 5, `the expression cannot be read at "not": write ! for not: !given("total")`},
	{`line.title contains "x"`, 12, `the expression cannot be read at "contains": write line.title.contains("x")`},
	{`if line.total > limits.request then true`, 1, `an expression is a condition and nothing else; "if" does not belong in it`},
	{`line.commodity == goods`, 19, `"goods" is not known here; text stands in quotes`},
	{`line.commodity == “goods”`, 19, straightQuotes},
	{`line.commodity == "good"`, 19, `line.commodity is never "good": it is goods, services or construction; did you mean "goods"?`},
	{`line.payment in ["invoice", "card"]`, 29, `line.payment is never "card": it is acquisition card, card through PayPal or invoice`},
	{`request.language == "french"`, 21, `request.language is never "french": it is en or fr`},
	{`total > limits.request`, 1, `"total" is not known here; did you mean "line.total"?`},
	{`Line.total > limits.request`, 5, `"Line.total" is not known here; did you mean "line.total"?`},
	{`line.totl > limits.request`, 1, `there is no field of the form "totl"; did you mean "total"?`},
	{`line.total > limits.requst`, 14, `there is no limit "requst"; did you mean "request"?`},
	{`totals.years > limits.request`, 1, `there is no total "years"; did you mean "year"?`},
	{`line["total"] > limits.request`, 1, `a field of the form is named with a point, such as line.total`},
	{`line.extra.Grant == "x"`, 1, `a column of the form's own is named in quotes: line.extra["Grant"]`},
	{`(line.total > limits.request`, 29, `the expression ends too early: a ( is not closed`},
	{`line.total > limits.request)`, 28, `the expression cannot be read: this ) closes nothing`},
	{`line.total > limits.request || `, 32, `the expression ends too early`},
	{`line.total > limits.request;`, 28, `the expression cannot be read: ";" is not expected here`},
	{`line.total / 2 > limits.request`, 12, `/ cannot stand between these: money and whole number; a part of an amount is limits.request * "0.5"`},
	{`limits.request * "1,1" < line.total`, 18, `"1,1" is not an exact number such as "0.9" or "10000.00", with a point and without sign of currency, spaces or commas`},
	{`line.total != limits.request`, 12, `amounts cannot be compared with != or in: write !(a == b), or < and >`},
	{`line.needed_by < "2026-12-01"`, 16, `< cannot stand between these: date and text; a day is written date("2026-04-01")`},
	{`line.needed_by < 2026-12-01`, 16, `< cannot stand between these: date and whole number; a day is written date("2026-04-01")`},
	{`today.year == 2026`, 6, `nothing is read off a value with a point: a day's parts are fiscal_year(today), month(today) and the like`},
	{`has(line.total)`, 4, `whether a field is filled in is asked with given("total")`},
	{`given(total)`, 6, `given takes the name of a field in quotes: given("tax")`},
	{`given("totl")`, 7, `there is no field "totl" to ask for; did you mean "total"?`},
	{`listed(ineligible, line.supplier)`, 7, `listed takes the name of a list in quotes first: listed("ineligible", line.supplier)`},
	{`line.supplier in "A, B"`, 15, `in cannot stand between these: text and text; in looks into a list, such as ["A", "B"], and text is searched with line.title.contains("x")`},
	{`similar(line.title, line.description) > 80`, 8, `"similar" is not known here; did you mean "similarity"?`},
	{`working_days(today, line.needed_by)`, 13, `the expression must say true or false, not a whole number`},
	{`!line.total`, 1, `! cannot stand before this: money; ! turns a condition around`},
	{`line.remote == true`, 13, `== cannot stand between these: text and condition`},
}

// One policy with every slip: all are told at once, each at its own character, and nothing besides.
func TestTheSlipsOfAnOfficersFirstPolicy(t *testing.T) {
	text := testHead
	var want []string
	for i, s := range slips {
		id := fmt.Sprintf("slip-%d", i+1)
		line := strings.Count(text, "\n") + 4
		want = append(want, fmt.Sprintf("policy.toml:%d:%d: guardrail %q: %s", line, s.at+len("when = '''"), id, s.want))
		text += rule(id, "note", s.when)
	}
	got := mistakesOf(t, text)
	for i := range want {
		if i < len(got) && got[i] != want[i] {
			t.Errorf("%s\ngot  %s\nwant %s", slips[i].when, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d mistakes are told of %d", len(got), len(want))
	}
}

// What is wrong outside the conditions: one change of a good policy each, at the place and with the words it gets.
func TestTheSlipsAroundTheConditions(t *testing.T) {
	good := testHead + rule("a", "note", "line.total > limits.request")
	for _, s := range []struct{ was, is, want string }{
		{`when = '''line.total > limits.request'''`, `when = line.total`, `22:8: text stands in quotes: when = 'line.total'`},
		{`when = '''line.total > limits.request'''`, `when = "line.commodity == "goods""`,
			`22:28: the text ended before this: a text with " in it stands between ' and ', such as when = 'line.commodity == "goods"'`},
		{`when = '''line.total > limits.request'''`, `when = “line.total”`, `22:8: ` + straightQuotes},
		{`when = '''line.total > limits.request'''`, `when = 'true`,
			`22:13: a text that begins on this line is not closed on it: the same quotation mark must end it, or three of them around a longer text`},
		{`request = "10000.00"`, `request = 10000.00`, `14:11: limit "request": request must be an amount in quotes, such as "10000.00", not a number with a point`},
		{`request = "10000.00"`, `request = 10,000`, `14:13: an amount stands in quotes, without sign, spaces and commas, such as "10000.00"`},
		{`request = "10000.00"`, `request = $10000`, `14:11: an amount stands in quotes, without sign, spaces and commas, such as "10000.00"`},
		{`request = "10000.00"`, `request = "10 000,00"`, `14:11: limit "request": request: "10 000,00" is not an exact number such as "0.9" or "10000.00", with a point and without sign of currency, spaces or commas`},
		{`request = "10000.00"`, `request limit = "1.00"`, `14:9: after a name of one word comes =, such as version = "1"`},
		{`request = "10000.00"`, "request = \"1.00\"\nrequest = \"2.00\"", `15:1: key request is already defined: a name stands once under its heading`},
		{`date = 2026-04-01`, `date = 1 June 2021`, `9:10: ` + isoDate},
		{`date = 2026-04-01`, `date = 01/04/2026`, `9:8: ` + isoDate},
		{`date = 2026-04-01`, `date = 2026-4-1`, `9:8: ` + isoDate},
		{`date = 2026-04-01`, `date = 2026-02-30`, `9:16: there is no such day in the calendar`},
		{`[[guardrail]]`, `[guardrail]`, `19:2: guardrail must be a list, not a table; there can be several, so the heading is [[guardrail]] in two pairs of brackets`},
		{`[[guardrail]]`, `[[guardrail]`, `19:12: a heading ends with as many brackets as it begins with, such as [[guardrail]] or [limits]`},
		{`[limits]`, `[[limits]]`, `13:3: limits must be a table, not a list; there is one, so the heading is [limits] in one pair of brackets`},
		{`message = { en = "m", fr = "m" }`, `message = "m"`, `24:11: guardrail "a": message is said in both languages: message = { en = "…", fr = "…" }`},
		{`message = { en = "m", fr = "m" }`, `message = { en = "{total}", fr = "m" }`, `24:20: guardrail "a": message.en: "total" is not known here; did you mean "line.total"?`},
		{`by = ["supplier"]`, `by = "supplier"`, `17:6: total "year": by must be a list, not text in quotes; write by = ["supplier"]`},
		{`by = ["supplier"]`, `by = ["vendor"]`, `17:7: total "year": lines cannot be added up by "vendor": by takes supplier, `},
		{`days = 365`, `days = "365"`, `18:8: total "year": days must be a whole number, not text in quotes; write days without quotes`},
		{`source = "s"`, "source = \"s\"\n[[list]]\nname = \"x\"\nfile = \"none.csv\"", `28:8: list "x": none.csv: there is no such file beside the policy`},
		{`name = "Test"`, "name = \"Minist\xe8re\"", `1:15: this letter is not UTF-8: save the file as UTF-8`},
	} {
		text := strings.Replace(good, s.was, s.is, 1)
		if text == good {
			t.Fatalf("%s is not in the policy", s.was)
		}
		if got := strings.Join(mistakesOf(t, text), "\n"); !strings.Contains(got, "policy.toml:"+s.want) {
			t.Errorf("%s\ngot  %s\nwant %s", s.is, got, s.want)
		}
	}
}

// A policy without a guardrail would approve everything, however its text says so.
func TestAPolicyWithoutAGuardrailIsRefused(t *testing.T) {
	for _, text := range []string{testHead, strings.Replace(testHead, "[authority]", "guardrail = []\n[authority]", 1)} {
		if got := mistakesOf(t, text); len(got) != 1 || !strings.Contains(got[0], "at least one [[guardrail]]") {
			t.Errorf("%v", got)
		}
	}
}

// Editors on Windows write a mark before the text, and end lines otherwise.
func TestAPolicySavedOnWindowsReads(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll(testHead+rule("a", "note", "line.totl > limits.request"), "\n", "\r\n")
	if got := mistakesOf(t, text); len(got) != 1 || !strings.HasPrefix(got[0], "policy.toml:22:11: ") {
		t.Errorf("%v", got)
	}
	if p := policyOf(t, strings.Replace(text, "totl", "total", 1)); p.Name() != "Test" {
		t.Errorf("the policy's name is %q", p.Name())
	}
}
