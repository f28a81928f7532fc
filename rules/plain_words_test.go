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
	{`line.total > "10000"`, 12, `> cannot stand between these: money and text; an amount is written money("500.00"), or better a limit: limits.request`},
	{`line.total > 10000.00`, 14, exactNumber.EN},
	{`line.total > $10000`, 14, exactAmount.EN},
	{`line.total > 10,000`, 16, exactAmount.EN},
	{`line.total => limits.request`, 12, `write >= for at least, and <= for at most`},
	{`line.total = limits.request`, 12, `one = compares nothing: write ==`},
	{`line.total > limits.request and given("tax")`, 29, `the expression cannot be read at "and": write && for and`},
	{`line.total > limits.request ou given("tax")`, 29, `the expression cannot be read at "ou": write || for or`},
	{`not given("total")`, 5, `the expression cannot be read at "not": write ! for not: !given("total")`},
	{`line.title contains "x"`, 12, `the expression cannot be read at "contains": write line.title.contains("x")`},
	{`if line.total > limits.request then true`, 1, `an expression is a condition and nothing else; "if" does not belong in it`},
	{`line.commodity == goods`, 19, `"goods" is not known here; text stands in quotes: "goods"`},
	{`line.commodity == “goods”`, 19, straightQuotes.EN},
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
	{`(line.total > limits.request`, 29, `the expression ends too early: a ( is not closed; add ) where it should end`},
	{`line.total > limits.request)`, 28, `the expression cannot be read: this ) closes nothing; delete it, or open it with (`},
	{`line.total > limits.request || `, 32, `the expression ends too early: something is missing behind the last sign, or delete that sign`},
	{`line.total > limits.request;`, 28, `the expression cannot be read: ";" is not expected here; two conditions are joined by && (and) or || (or)`},
	{`line.total / 2 > limits.request`, 12, `/ cannot stand between these: money and whole number; a part of an amount is limits.request * "0.5"`},
	{`limits.request * "1,1" < line.total`, 18, `"1,1" is not an exact number such as "0.9" or "10000.00", with a point and without sign of currency, spaces or commas; write "1.1"`},
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
	{`line.remote == true`, 13, `== cannot stand between these: text and condition; an answer is a text: line.remote == "yes"`},
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
		{`when = '''line.total > limits.request'''`, `when = line.total`, `22:8: text stands in quotes, and a condition between single ones; write when = 'line.total'`},
		{`when = '''line.total > limits.request'''`, `when = "line.commodity == "goods""`,
			`22:8: the condition holds quotation marks, so that the text ended before this: it stands between single ones; write when = 'line.commodity == "goods"'`},
		{`when = '''line.total > limits.request'''`, `when = “line.total”`, `22:8: the text stands between “ and ”, as a word processor types them, and straight quotation marks are needed; write when = 'line.total'`},
		{`when = '''line.total > limits.request'''`, `when = 'true`,
			`22:8: a text that begins on this line is not closed on it: its closing ' is missing; write when = 'true'`},
		{`request = "10000.00"`, `request = 10000.00`, `14:11: limit "request": request must be an amount in quotes, so that it is exact: write request = "10000.00"`},
		{`request = "10000.00"`, `request = 10,000`, `14:11: an amount stands in quotation marks, with a point and without sign, spaces and commas; write request = "10000.00"`},
		{`request = "10000.00"`, `request = $10000`, `14:11: an amount stands in quotation marks, with a point and without sign, spaces and commas; write request = "10000.00"`},
		{`request = "10000.00"`, `request = "10 000,00"`, `14:11: limit "request": request: "10 000,00" is written with digits and a point only: write request = "10000.00"`},
		{`request = "10000.00"`, `request limit = "1.00"`, `14:1: a name is one word of small letters, with _ for a space: write request_limit = "1.00"`},
		{`request = "10000.00"`, "request = \"1.00\"\nrequest = \"2.00\"", `15:1: request stands twice under one heading, first on line 14: keep one`},
		{`date = 2026-04-01`, `date = 1 June 2021`, `9:8: a date is written year-month-day with two digits for month and day, without quotation marks; write date = 2021-06-01`},
		{`date = 2026-04-01`, `date = 01/04/2026`, `9:8: a date is written year-month-day, without quotation marks; if April 1, 2026 is meant; write date = 2026-04-01`},
		{`date = 2026-04-01`, `date = 2026-4-1`, `9:8: a date is written year-month-day with two digits for month and day, without quotation marks; write date = 2026-04-01`},
		{`date = 2026-04-01`, `date = 2026-02-30`, `9:8: there is no such day in the calendar: the month ends on 2026-02-28; an until is the first day after the last one; write date = 2026-03-01`},
		{`[[guardrail]]`, `[guardrail]`, `19:1: there can be several of these, so the heading stands in two pairs of brackets: write [[guardrail]]`},
		{`[[guardrail]]`, `[[guardrail]`, `19:1: a heading ends with as many brackets as it begins with: write [[guardrail]]`},
		{`[limits]`, `[[limits]]`, `13:1: there is one of these, so the heading stands in one pair of brackets: write [limits]`},
		{`message = { en = "m", fr = "m" }`, `message = "m"`, `24:11: guardrail "a": message is said in both languages: message = { en = "…", fr = "…" }`},
		{`message = { en = "m", fr = "m" }`, `message = { en = "{total}", fr = "m" }`, `24:20: guardrail "a": message.en: "total" is not known here; did you mean "line.total"?`},
		{`by = ["supplier"]`, `by = "supplier"`, `17:6: total "year": by must be a list, not text in quotes; write by = ["supplier"]`},
		{`by = ["supplier"]`, `by = ["vendor"]`, `17:7: total "year": lines cannot be added up by "vendor": by takes supplier, `},
		{`days = 365`, `days = "365"`, `18:8: total "year": days must be a whole number, not text in quotes; write days = 365`},
		{`source = "s"`, "source = \"s\"\n[[list]]\nname = \"x\"\nfile = \"none.csv\"", `28:8: list "x": none.csv: there is no such file beside the policy`},
		{`name = "Test"`, "name = \"Minist\xe8re\"", `1:15: this letter is not UTF-8, and accents are lost from here on: in your editor choose Save as, encoding UTF-8`},
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
