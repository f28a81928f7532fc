package rules

import (
	"slices"
	"strings"
	"testing"
)

// A condition that compares a supplier, a cost centre, a unit or a mailbox sees the same as totals do, and a number in a column of
// the form's own is one.
func TestComparisonsSeeWhatTotalsSee(t *testing.T) {
	tests := []struct {
		when  string
		field string // what is otherwise on the line: a field, request.unit, or extra.Header
		text  string
		want  bool
	}{
		{`line.cost_centre == "4711"`, "cost_centre", "47-11", true},
		{`line.cost_centre == "4711"`, "cost_centre", "0004711", true},
		{`line.cost_centre == "4711"`, "cost_centre", "4712", false},
		{`line.cost_centre != "4711"`, "cost_centre", "47 11", false},
		{`"47-11" == line.cost_centre`, "cost_centre", "4711", true},
		{`line.cost_centre in ["1000", "47-11"]`, "cost_centre", "4711", true},
		{`!(line.cost_centre in ["1000", "4712"])`, "cost_centre", "4711", true},
		{`line.supplier == "Northern Software"`, "supplier", "NORTHERN  SOFTWARE, Incorporated", true},
		{`line.supplier == "Northern Software"`, "supplier", "Southern Software Inc.", false},
		{`line.supplier_id == "123456782"`, "supplier_id", "12345 6782 RT0001", true},
		{`request.unit == "Service Canada"`, "request.unit", "service-canada", true},
		{`request.unit in ["Service Canada"]`, "request.unit", "SERVICE CANADA", true},
		{`request.unit == "Service Canada"`, "request.unit", "Service Canada West", false},
		{`request.sender == "Alex.Roy@dept.gc.ca"`, "request.sender", "alex.roy+forms@dept.gc.ca", true},
		{`["1000", "4711"].exists(c, c == line.cost_centre)`, "cost_centre", "47.11", true},
		{`line.extra["Seats"] > 500`, "extra.Seats", "1 200", true},
		{`line.extra["Seats"] > 500`, "extra.Seats", "90", false},
		{`line.extra["Seats"] == 1200`, "extra.Seats", "1 200", true},
		{`line.extra["Seats"] == "1200"`, "extra.Seats", "1,200.00", true},
		{`line.extra["Seats"] != 1200`, "extra.Seats", "1200.0", false},
		{`line.extra["Seats"] in ["5", "1200"]`, "extra.Seats", "1 200", true},
		{`line.extra["Deposit"] >= limits.request`, "extra.Deposit", "$10,000.00", true},
		{`line.extra["Deposit"] > money("500.00")`, "extra.Deposit", "400,00 $", false},
		{`line.extra["Kind"] == "new build"`, "extra.Kind", "New-Build", true},
	}
	for _, tt := range tests {
		p := policyOf(t, testHead+rule("g", "return", tt.when))
		l, o := clean(t), origin()
		switch header, own := strings.CutPrefix(tt.field, "extra."); {
		case own:
			l.Extra = map[string]string{header: tt.text}
		case tt.field == "request.unit":
			o.Unit = tt.text
		case tt.field == "request.sender":
			o.Sender = tt.text
		default:
			set(t, &l, tt.field, tt.text)
		}
		v := p.Judge(facts(p, o, l))
		if len(v.NotEvaluated) > 0 || (len(v.Findings) > 0) != tt.want {
			t.Errorf("%s with %q: %v, not evaluated %v; want %v", tt.when, tt.text, found(v), v.NotEvaluated, tt.want)
		}
	}
	// What is no number goes to an officer.
	p := policyOf(t, testHead+rule("g", "return", `line.extra["Seats"] > 500`))
	l := clean(t)
	l.Extra = map[string]string{"Seats": "many"}
	if v := p.Judge(facts(p, origin(), l)); len(v.Findings) != 1 || v.Findings[0].Action != "escalate" || !strings.Contains(v.NotEvaluated[0].Why, "holds no number") {
		t.Errorf("no number: %v, %v", found(v), v.NotEvaluated)
	}
}

// limits_for decides by the same sameness, and a search that sees only letters is remarked upon, with its place.
func TestLettersAreRemarkedUpon(t *testing.T) {
	p := policyOf(t, testHead+rule("g", "return", `line.cost_centre.startsWith("47") || plain(line.cost_centre).startsWith("48") || line.title.contains("x")`))
	remarks := p.Remarks()
	remarks = slices.DeleteFunc(slices.Clone(remarks), func(m Mistake) bool { return m.Line < 19 || strings.Contains(m.What, "what to do") }) // the head has a limit and a total that nothing reads
	if len(remarks) != 1 || remarks[0].Line == 0 || !strings.Contains(remarks[0].What, "plain(line.cost_centre)") || !strings.Contains(remarks[0].Where, "g") {
		t.Errorf("remarks: %v", remarks)
	}
	mistakes := mistakesOf(t, testHead+rule("g", "return", `line.cost_centre == 4711`))
	if len(mistakes) != 1 || !strings.Contains(mistakes[0], `== cannot stand between these: text and whole number; a code is a text and stands in quotes`) {
		t.Errorf("mistakes: %v", mistakes)
	}
}
