package rules

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"handrail/internal/request"
)

// totalled judges one line against a history and beside other rows of its workbook, by one total that the head of a policy
// says, and gives the line's sum and the officer's words of a guardrail that trips whatever the sum is.
func totalled(t *testing.T, total, history, line, beside string) (request.Sum, request.Finding) {
	t.Helper()
	head, _, _ := strings.Cut(testHead, "[[total]]")
	text := head + "near_limit = \"9000.00\"\n[[total]]\nname = \"t\"\n" + total + "\n" + rule("a", "escalate", "counts.t >= 0")
	p, err := build(context.Background(), "p.toml", "p.toml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := "[line]\nsupplier = \"Northern Software Inc.\"\ncost_centre = \"4410\"\ntotal = \"100.00\"\nnet = \"90.00\"\ntitle = \"Accessibility review of the client guide\"\n" +
		"[request]\nsender = \"a@dept.gc.ca\"\nunit = \"Digital\"\n" +
		"[[case]]\nname = \"c\"\ndate = 2026-11-18\noutcome = \"escalated\"\nfindings = [\"a\"]\nhistory = [" + history + "]\n[[case.line]]\n" + line + "\n" + beside
	trials, err := readTrials(context.Background(), p, "p.test.toml", []byte(tests))
	if err != nil {
		t.Fatalf("the tests have mistakes:\n%v", err)
	}
	f := p.trialFacts(&trials.cases[0])[0]
	v := p.Judge(f)
	if len(v.Findings) != 1 {
		t.Fatalf("findings %+v", v)
	}
	return f.Totals["t"], v.Findings[0]
}

// What counts in a total, as its table says it: in the workbook and in the history alike.
func TestWhatATotalAddsUp(t *testing.T) {
	past := func(more string) string {
		for key, amount := range map[string]string{"net": "9.00", "total": "10.00"} {
			if !strings.HasPrefix(more, key+" =") {
				more += ", " + key + " = \"" + amount + "\""
			}
		}
		return "{ date = 2026-11-01, " + more + " }, "
	}
	const two = "123456782"
	for name, c := range map[string]struct {
		total, history, line string
		amount               string
		count, distinct      int
	}{
		"by nothing is everything":   {"by = []\ndays = 30", past(`supplier = "B"`) + past(`supplier = "C", unit = "X"`), "", "120", 3, 0},
		"by cardholder":              {"by = [\"cardholder\"]\ndays = 30", past(`cardholder = "c@dept.gc.ca"`) + past(`cardholder = "C+1@dept.gc.ca"`) + past(`cardholder = "d@dept.gc.ca"`), "cardholder = \"c@dept.gc.ca\"", "120", 3, 0},
		"by title":                   {"by = [\"title\"]\ndays = 30", past(`title = "CHAIRS!"`) + past(`title = "Desks"`), "title = \"chairs\"", "110", 2, 0},
		"by manager":                 {"by = [\"manager\"]\ndays = 30", past(`authorized_by = "m@dept.gc.ca"`) + past(`authorized_by = "n@dept.gc.ca"`), "authorized_by = \"m@dept.gc.ca\"", "110", 2, 0},
		"where":                      {"by = [\"supplier\"]\ndays = 30\nwhere = 'line.total >= money(\"10.00\") && request.unit == \"Digital\"'", past(`unit = "X"`) + past(`unit = "Digital"`) + past(`total = "9.99"`), "", "110", 2, 0},
		"where of this line":         {"by = [\"supplier\"]\ndays = 30\nwhere = 'line.total < limits.near_limit * \"0.01\"'", past(`unit = "Digital"`), "", "10", 1, 0},
		"where reads what is empty":  {"by = [\"supplier\"]\ndays = 30\nwhere = 'line.commodity == \"goods\"'", past(`commodity = "goods"`) + past(`unit = "Digital"`), "", "10", 1, 0},
		"where on each line's day":   {"by = [\"supplier\"]\ndays = 30\nwhere = 'weekend(received)'", past(`unit = "Digital"`), "", "10", 1, 0},
		"of net":                     {"by = [\"supplier\"]\ndays = 30\nof = \"net\"", past(`unit = "Digital"`) + past(`net = ""`), "", "99", 2, 0},
		"distinct requesters":        {"by = [\"supplier\"]\ndays = 30\ndistinct = \"requester\"", past(`sender = "b@dept.gc.ca"`) + past(`sender = "a+1@dept.gc.ca"`), "", "120", 3, 2},
		"distinct days":              {"by = [\"supplier\"]\ndays = 30\ndistinct = \"day\"", past(`sender = "b@dept.gc.ca"`) + past(`sender = "c@dept.gc.ca"`), "", "120", 3, 2},
		"distinct fiscal years":      {"by = [\"supplier\"]\ndays = 900\ndistinct = \"fiscal_year\"", `{ date = 2026-03-31, total = "10.00" }, { date = 2026-04-01, total = "10.00" }`, "", "120", 3, 2},
		"two numbers, two suppliers": {"by = [\"supplier\"]\ndays = 30", past(`supplier_id = "` + two + `"`), "supplier_id = \"100000009\"", "100", 1, 0},
		"one number, two names":      {"by = [\"supplier\"]\ndays = 30", past(`supplier = "B", supplier_id = "` + two + `"`), "supplier_id = \"BN " + two + " RT 0001\"", "110", 2, 0},
		"no number meets both":       {"by = [\"supplier\"]\ndays = 30", past(`supplier_id = "`+two+`"`) + past(`supplier_id = "100000009"`), "", "120", 3, 0},
		"a number meets none":        {"by = [\"supplier\"]\ndays = 30", past(`unit = "Digital"`) + past(`supplier_id = "100000009"`), "supplier_id = \"" + two + "\"", "110", 2, 0},
		"a wrong number is no other": {"by = [\"supplier\"]\ndays = 30", past(`supplier_id = "123456789"`) + past(`supplier = "B", supplier_id = "123456789"`), "supplier_id = \"123456789\"", "120", 3, 0},
		"a wrong number and a right": {"by = [\"supplier\"]\ndays = 30", past(`supplier_id = "123456789"`), "supplier_id = \"" + two + "\"", "110", 2, 0},
		"near names":                 {"by = [\"supplier\"]\ndays = 30\nnear = true", past(`supplier = "Northen Software"`) + past(`supplier = "Northern Software (Ottawa)"`) + past(`supplier = "Prairie Data"`), "", "120", 3, 0},
		"near names are no chains":   {"by = [\"supplier\"]\ndays = 30", past(`supplier = "Northen Software"`), "", "100", 1, 0},
		"near, with two numbers":     {"by = [\"supplier\"]\ndays = 30\nnear = true", past(`supplier = "Northen Software", supplier_id = "100000009"`) + past(`supplier = "Northen Software"`), "supplier_id = \"" + two + "\"", "110", 2, 0},
		"need":                       {"by = [\"need\"]\ndays = 30", past(`supplier = "B", title = "Client guide accessibility audit"`) + past(`supplier = "C", title = "Printer toner cartridges"`), "", "110", 2, 0},
		"need by its earlier name":   {"by = [\"description\"]\ndays = 30", past(`supplier = "B", title = "Review: accessibility of client guides"`), "", "110", 2, 0},
		"need and near and unit":     {"by = [\"need\", \"supplier\", \"unit\"]\ndays = 30\nnear = true", past(`supplier = "Northen Software", title = "Client guide accessibility audit"`) + past(`supplier = "Northen Software", title = "Toner"`) + past(`supplier = "Northen Software", title = "Client guide accessibility audit", unit = "X"`), "", "110", 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			sum, _ := totalled(t, c.total, c.history, c.line, "")
			if sum.Amount.String() != c.amount || sum.Count != c.count || sum.Distinct != c.distinct {
				t.Errorf("%s over %d lines, %d different; want %s over %d, %d different", sum.Amount, sum.Count, sum.Distinct, c.amount, c.count, c.distinct)
			}
			if strings.Contains(c.total, "fiscal_year") {
				return
			}
			// The same lines as rows of the workbook; the history's own line comes to the same sum by that way round.
			var rows strings.Builder
			for _, h := range strings.Split(strings.TrimSuffix(strings.TrimSpace(c.history), ","), " }, ") {
				h = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(h), "{ date = 2026-11-01, "), " }")
				fmt.Fprintf(&rows, "[[case.line]]\n%s\n", strings.ReplaceAll(h, ", ", "\n"))
			}
			if text := rows.String(); !strings.Contains(text, "sender") && !strings.Contains(text, "unit = \"X\"") && !strings.Contains(c.total, "weekend") {
				text = strings.ReplaceAll(text, "unit = \"Digital\"\n", "")
				if sum, _ := totalled(t, c.total, "", c.line, text); sum.Amount.String() != c.amount || sum.Count != c.count {
					t.Errorf("in one workbook %s over %d lines; want %s over %d\n%s", sum.Amount, sum.Count, c.amount, c.count, text)
				}
			}
		})
	}
}

// The finding of a total that added up what is only alike names it, with the lines, in both languages.
func TestAFindingNamesWhatIsAlike(t *testing.T) {
	const history = `{ date = 2026-11-01, total = "10.00", reference = "HR-2026-000004-01", supplier = "Northen Software" }`
	_, f := totalled(t, "by = [\"supplier\"]\ndays = 30\nnear = true", history, "", "[[case.line]]\nsupplier = \"Northern Software (Ottawa)\"\n")
	if f.Message.EN != "m" {
		t.Errorf("the requester reads %q", f.Message.EN)
	}
	for _, want := range []string{"m Added up: Northern Software Inc. (row 12), ", "Northen Software (HR-2026-000004-01)", "Northern Software (Ottawa) (row 13)"} {
		if !strings.Contains(f.Officer.EN, want) {
			t.Errorf("the officer reads %q, without %q", f.Officer.EN, want)
		}
	}
	if want := "Additionné\u00a0: Northern Software Inc. (rangée 12), "; !strings.Contains(f.Officer.FR, want) {
		t.Errorf("the officer reads %q, without %q", f.Officer.FR, want)
	}
	_, f = totalled(t, "by = [\"need\"]\ndays = 30", `{ date = 2026-11-01, total = "10.00", supplier = "B", title = "Client guide accessibility audit, first part" }`, "", "")
	if want := "“Client guide accessibility audit, first …” (line of 2026-11-01)"; !strings.Contains(f.Officer.EN, want) {
		t.Errorf("the officer reads %q, without %q", f.Officer.EN, want)
	}
	if _, f = totalled(t, "by = [\"supplier\"]\ndays = 30\nnear = true", "", "", ""); f.Officer.EN != "" {
		t.Errorf("nothing is alike, and the officer reads %q", f.Officer.EN)
	}
}

// Every mistake in a [[total]] is said where it stands, with what to write.
func TestMistakesInTotals(t *testing.T) {
	head, _, _ := strings.Cut(testHead, "[[total]]")
	for _, c := range []struct{ total, when, want string }{
		{`by = ["unit"]` + "\nnear = true\ndays = 1", "counts.t > 1", `near = true is for names of suppliers: by must hold "supplier"`},
		{`by = ["supplier"]` + "\nnear = \"yes\"\ndays = 1", "counts.t > 1", `near must be true or false`},
		{`by = ["supplier"]` + "\nof = \"quantity\"\ndays = 1", "counts.t > 1", `of takes an amount of the line: total (when it is left out), net, tax, authorized_amount, not "quantity"`},
		{`by = ["supplier"]` + "\ndistinct = \"commodity\"\ndays = 1", "counts.t > 1", `distinct`},
		{`by = ["supplier"]` + "\ndays = 1\nwhere = 'line.totl > limits.request'", "counts.t > 1", `there is no field of the form "totl"; did you mean`},
		{`by = ["supplier"]` + "\ndays = 1\nwhere = 'totals.t > limits.request'", "counts.t > 1", `where is asked of each line by itself and cannot read totals.t`},
		{`by = ["supplier"]` + "\ndays = 1\nwhere = 'today > received'", "counts.t > 1", `cannot read today`},
		{`by = ["supplier"]` + "\ndays = 1\nwhere = ''", "counts.t > 1", `where is empty`},
		{`by = ["supplier"]` + "\ndays = 1", "distinct.t > 1", `there is no total with distinct = "…" "t"`},
		{`by = ["need", "description"]` + "\ndays = 1", "counts.t > 1", `"description" is there twice`},
		{`by = ["supplier"]` + "\ndays = 1", "counts.t > 1\nX", `there is no total "t" with near = true or by need`},
	} {
		text := head + "[[total]]\nname = \"t\"\n" + c.total + "\n" + rule("a", "escalate", strings.TrimSuffix(c.when, "\nX"))
		if strings.HasSuffix(c.when, "X") {
			text = strings.Replace(text, `message = { en = "m"`, `message = { en = "{added.t}"`, 1)
		}
		_, err := build(context.Background(), "p.toml", "p.toml", []byte(text), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n%v\nwithout %q", c.total, err, c.want)
		}
	}
}
