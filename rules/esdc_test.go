package rules

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// received is the day of every request of these tests unless a test says otherwise: a Wednesday.
var received = request.Date{Year: 2026, Month: 11, Day: 18}

// set writes a field as the form's reader would.
func set(t testing.TB, l *request.Line, name, text string) {
	t.Helper()
	f, ok := request.FieldByName(name)
	if !ok {
		t.Fatalf("no field %q", name)
	}
	v := request.Value{Text: text, Cell: l.Values[f].Cell, Given: text != ""}
	if v.Cell == "" {
		v.Cell = cellOf(f)
	}
	switch kind := f.Info().Kind; {
	case text == "":
	case text[0] == '?': // "?range": a cell that could not be read, and why
		v.Text, v.Given, v.Faulty = "5000 to 6000", false, true
		l.Problems = append(l.Problems, request.Problem{Cell: v.Cell, Code: text[1:], Severity: request.ReturnSeverity})
	case kind == request.MoneyKind || kind == request.NumberKind:
		v.Number = decimal.RequireFromString(text)
	case kind == request.DateKind:
		d, err := request.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		v.Date = d
	}
	l.Values[f] = v
}

func cellOf(f request.Field) string { return string(rune('A'+int(f)%26)) + "12" }

// clean is a line inside every guardrail of the ESDC policy.
func clean(t testing.TB) request.Line {
	l := request.Line{Sheet: "Requests", Row: 12}
	for name, text := range map[string]string{
		"title": "Fix the date picker", "title_other": "Corriger le sélecteur de date", "description": "Repair the date picker of the open form",
		"commodity": "services", "supplier": "Northern Software Inc.", "net": "4000.00", "tax": "520.00", "total": "4520.00",
		"cost_centre": "4711", "security": "unclassified", "remote": "yes", "repository": "https://github.com/example/form", "licence": "MIT",
		"standalone": "yes", "internal_capacity": "none", "terms_accepted": "2026-11-16", "rationale": "Only supplier with the skill; two others had no time.",
		"authorized_by": "manager@dept.gc.ca", "authorized_on": "2026-11-10", "authorized_amount": "5000.00", "payment": "acquisition card",
		"public_servant": "no",
	} {
		set(t, &l, name, text)
	}
	return l
}

func origin() request.Origin {
	return request.Origin{Name: "Alex Roy", Email: "alex.roy@dept.gc.ca", Unit: "Digital Services", Language: request.English,
		Sender: "alex.roy@dept.gc.ca", Received: received}
}

// facts puts a line together with its workbook's totals.
func facts(p *Policy, o request.Origin, l request.Line) request.Facts {
	f := request.Facts{Line: l, Request: o, Today: o.Received, OwnDomains: []string{"dept.gc.ca"}}
	f.Totals = p.WorkbookTotals(o, []request.Line{l})[0]
	return f
}

// earlier adds what the ledger knows to a total of the facts.
func earlier(f *request.Facts, total, amount string, count int) {
	s := f.Totals[total]
	s.Amount = s.Amount.Add(decimal.RequireFromString(amount))
	s.Count += count
	f.Totals[total] = s
}

func shippedPolicy(t testing.TB, name string) *Policy {
	t.Helper()
	p, err := LoadShipped(name)
	if err != nil {
		t.Fatalf("the shipped policy %s has mistakes:\n%v", name, err)
	}
	return p
}

// found are the guardrails of a verdict's findings, with the action, in order.
func found(v request.Verdict) []string {
	ids := []string{}
	for _, f := range v.Findings {
		ids = append(ids, f.Guardrail+" "+string(f.Action))
	}
	return ids
}

func TestACleanLineIsApproved(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	v := p.Judge(facts(p, origin(), clean(t)))
	if v.Outcome != request.Approved || len(v.Findings) != 0 || len(v.NotEvaluated) != 0 {
		t.Errorf("a clean line: %s, %v, not evaluated %v", v.Outcome, found(v), v.NotEvaluated)
	}
}

// Every row of DOMAIN's table is tripped once by a case of its own, and left alone by its nearest innocent neighbour.
func TestEveryGuardrailOfESDC(t *testing.T) {
	type change map[string]string
	edit := func(c change) func(*request.Facts, testing.TB) {
		return func(f *request.Facts, t testing.TB) {
			for name, text := range c {
				set(t, &f.Line, name, text)
			}
		}
	}
	registered := func(checks ...request.RegisterCheck) func(*request.Facts, testing.TB) {
		return func(f *request.Facts, _ testing.TB) {
			f.Registers = &request.Registers{InForce: map[string]string{"cost_centres": "1", "people": "2", "suppliers": "3"}, Checks: checks}
		}
	}
	tests := []struct {
		guardrail string
		trips     func(*request.Facts, testing.TB)
		action    request.Action
		outcome   request.Outcome
		neighbour func(*request.Facts, testing.TB)
	}{
		{"value-limit", edit(change{"net": "8849.57", "tax": "1150.44", "total": "10000.01", "authorized_amount": "20000"}), request.Escalate, request.Escalated,
			edit(change{"net": "8849.56", "tax": "1150.44", "total": "10000.00", "authorized_amount": "20000"})},
		{"pretax-trap", edit(change{"net": "8690.01", "tax": "", "total": "8690.01", "authorized_amount": "20000"}), request.Return, request.Returned,
			edit(change{"net": "8690.00", "tax": "", "total": "8690.00", "authorized_amount": "20000"})},
		{"pretax-trap", edit(change{"net": "8690.01", "tax": "0", "total": "8690.01", "authorized_amount": "20000", "justification": "Not registered for tax."}), request.Note, request.Approved,
			edit(change{"net": "8690.01", "tax": "0.01", "total": "8690.02", "authorized_amount": "20000"})},
		{"tax-charged-before", func(f *request.Facts, t testing.TB) {
			edit(change{"net": "8690.01", "tax": "0", "total": "8690.01", "authorized_amount": "20000", "justification": "Not registered for tax."})(f, t)
			earlier(f, "tax_before", "520", 1)
		}, request.Escalate, request.Escalated,
			edit(change{"net": "8690.01", "tax": "0", "total": "8690.01", "authorized_amount": "20000", "justification": "Not registered for tax."})},
		{"pretax-trap", edit(change{"net": "8690.01", "tax": "0", "total": "8690.01", "authorized_amount": "20000", "supplier_id": "123456782RT0001"}), request.Escalate, request.Escalated,
			edit(change{"supplier_id": "123456782RT0001"})},
		{"near-limit", edit(change{"net": "8000.00", "tax": "1000.00", "total": "9000.00", "authorized_amount": "20000"}), request.Note, request.Approved,
			edit(change{"net": "8000.00", "tax": "999.99", "total": "8999.99", "authorized_amount": "20000"})},
		{"fixed-price", edit(change{"net": "", "tax": "", "total": ""}), request.Return, request.Returned,
			edit(change{"net": "", "tax": "", "total": "4520.00"})},
		{"fixed-price", edit(change{"total": "?range"}), request.Return, request.Returned, edit(change{"total": "?not-a-number"})},
		{"fixed-price", edit(change{"net": "0", "tax": "0", "total": "0"}), request.Return, request.Returned,
			edit(change{"net": "0.01", "tax": "0", "total": "0.01"})},
		{"open-licence", edit(change{"licence": "MIT AND Proprietary"}), request.Return, request.Returned, edit(change{"licence": "(Apache-2.0 OR MIT) AND BSD-3-Clause"})},
		{"open-licence", edit(change{"licence": "CC-BY-4.0"}), request.Return, request.Returned, edit(change{"licence": "gpl-2.0-or-later WITH Classpath-exception-2.0"})},
		{"open-repository", edit(change{"repository": "ask the team"}), request.Return, request.Returned, edit(change{"repository": "https://code.example.org/form"})},
		{"open-repository", edit(change{"repository": "https://gccode.ssc-spc.gc.ca/x/y"}), request.Return, request.Returned, edit(change{"repository": "https://gccode.ssc-spc.gc.ca.example.org/x"})},
		{"unclassified-only", edit(change{"security": "protected A"}), request.Escalate, request.Escalated, edit(change{"security": "unclassified"})},
		{"remote-only", edit(change{"remote": "no"}), request.Escalate, request.Escalated, edit(change{"remote": "yes"})},
		{"standalone", edit(change{"standalone": "no"}), request.Return, request.Returned, edit(change{"standalone": "yes"})},
		{"internal-capacity", edit(change{"internal_capacity": "available"}), request.Return, request.Returned, edit(change{"internal_capacity": "none"})},
		{"bilingual-title", edit(change{"title_other": ""}), request.Note, request.Approved, edit(change{"title_other": "X"})},
		{"section-32", edit(change{"authorized_amount": ""}), request.Return, request.Returned, edit(change{"authorized_amount": "4520.00"})},
		{"section-32-amount", edit(change{"authorized_amount": "4519.99"}), request.Escalate, request.Escalated, edit(change{"authorized_amount": "4520"})},
		{"section-32-late", edit(change{"authorized_on": "2026-11-17"}), request.Escalate, request.Escalated, edit(change{"authorized_on": "2026-11-16"})},
		{"section-32-late", edit(change{"authorized_on": "2026-11-19", "terms_accepted": "2026-11-20"}), request.Escalate, request.Returned,
			edit(change{"authorized_on": "2026-11-18", "terms_accepted": "2026-11-18"})},
		{"section-32-used", func(f *request.Facts, t testing.TB) { earlier(f, "authorization", "480.01", 1) }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { earlier(f, "authorization", "480.00", 1) }},
		{"section-32-blanket", edit(change{"authorized_kind": "blanket"}), request.Return, request.Returned,
			edit(change{"authorized_kind": "blanket", "authorized_until": "2027-03-31"})},
		{"section-32-ended", edit(change{"authorized_until": "2026-11-17"}), request.Escalate, request.Escalated, edit(change{"authorized_until": "2026-11-18"})},
		{"section-32-age", edit(change{"authorized_on": "2026-03-31"}), request.Escalate, request.Escalated, edit(change{"authorized_on": "2026-04-01"})},
		{"section-32-manager", edit(change{"authorized_by": "manager@example.org"}), request.Escalate, request.Escalated,
			edit(change{"authorized_by": "manager@region.dept.gc.ca"})},
		{"separation-of-duties", edit(change{"authorized_by": "alex.roy@dept.gc.ca"}), request.Escalate, request.Escalated, edit(change{"authorized_by": "alex.ray@dept.gc.ca"})},
		{"separation-of-duties", func(f *request.Facts, t testing.TB) { f.Request.Email = "manager@dept.gc.ca" }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { f.Request.Email = "" }},
		{"terms", edit(change{"terms_accepted": ""}), request.Return, request.Returned, edit(change{"terms_accepted": "2026-11-18"})},
		{"rationale", edit(change{"rationale": ""}), request.Return, request.Returned, edit(change{"rationale": "Best price."})},
		{"rationale", edit(change{"rationale": "x"}), request.Return, request.Returned, edit(change{"rationale": "Seule en stock."})},
		{"unclassified-only", edit(change{"security": ""}), request.Return, request.Returned, edit(change{"security": "unclassified"})},
		{"remote-only", edit(change{"remote": ""}), request.Return, request.Returned, edit(change{"remote": "yes"})},
		{"federal-employee", edit(change{"public_servant": ""}), request.Return, request.Returned, edit(change{"public_servant": "no"})},
		{"fixed-price", edit(change{"description": "Up to 60 hours a month, billed as used"}), request.Return, request.Returned, edit(change{"description": "Bring it up to date"})},
		{"whole-price", edit(change{"description": "380 a month for 12 months"}), request.Return, request.Returned, edit(change{"description": "$375 a month for 12 months"})},
		{"quoted-currency", edit(change{"description": "Quote of US$4,000"}), request.Escalate, request.Escalated, edit(change{"description": "Quote of US$2,920"})},
		{"terms-date", edit(change{"terms_accepted": "2026-11-19"}), request.Return, request.Returned, edit(change{"terms_accepted": "2026-11-18"})},
		{"needed-by", edit(change{"needed_by": "2026-11-17"}), request.Return, request.Returned, edit(change{"needed_by": "2026-11-18"})},
		{"one-supplier", edit(change{"supplier": "Various suppliers"}), request.Return, request.Returned, edit(change{"supplier": "Various Artists Music Ltd."})},
		{"need", edit(change{"title": "Services", "description": "see quote"}), request.Return, request.Returned, edit(change{"title": "Services", "description": "Six chairs"})},
		{"payment", edit(change{"payment": "invoice"}), request.Escalate, request.Escalated, edit(change{"payment": "acquisition card"})},
		{"payment", edit(change{"payment": "card through PayPal"}), request.Escalate, request.Escalated,
			edit(change{"payment": "card through PayPal", "justification": "The supplier takes nothing else."})},
		{"split-supplier", func(f *request.Facts, t testing.TB) { earlier(f, "supplier", "5480.01", 1) }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { earlier(f, "supplier", "5480.00", 1) }},
		{"split-same-file", func(f *request.Facts, t testing.TB) { earlier(f, "same_file", "5480.01", 1) }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { earlier(f, "same_file", "5480.00", 1) }},
		{"repeat-supplier", func(f *request.Facts, t testing.TB) { earlier(f, "recent", "100", 1) }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) {
				earlier(f, "recent", "100", 1)
				set(t, &f.Line, "justification", "A second bug.")
			}},
		{"split-branch", func(f *request.Facts, t testing.TB) { earlier(f, "branch_before", "5480.01", 1) }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { earlier(f, "branch_before", "5480.00", 1) }},
		{"supplier-year", func(f *request.Facts, t testing.TB) { earlier(f, "supplier_year", "20480.01", 1) }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { earlier(f, "supplier_year", "20480.00", 1) }},
		{"supplier-maximum", func(f *request.Facts, t testing.TB) {
			edit(change{"net": "8000.00", "tax": "1000.00", "total": "9000.00", "authorized_amount": "20000"})(f, t)
			f.Totals["maximum"] = request.Sum{Count: 3, Distinct: 3}
		}, request.Escalate, request.Escalated, func(f *request.Facts, t testing.TB) { f.Totals["maximum"] = request.Sum{Count: 3, Distinct: 3} }},
		{"split-need", func(f *request.Facts, t testing.TB) { earlier(f, "need", "5480.01", 1) }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { earlier(f, "need", "5480.00", 1) }},
		{"code-only", edit(change{"commodity": "goods"}), request.Note, request.Approved, edit(change{"commodity": "services"})},
		{"hourly-price", edit(change{"quantity": "32", "unit_price": "125.00"}), request.Note, request.Approved, edit(change{"quantity": "40", "unit_price": "100.00"})},
		{"eligibility", func(f *request.Facts, t testing.TB) { f.Line.Extra = map[string]string{"Eligible supplier": "no"} }, request.Escalate, request.Escalated,
			func(f *request.Facts, t testing.TB) { f.Line.Extra = map[string]string{"Eligible supplier": "Oui"} }},
		{"land-claim-area", edit(change{"description": "Kiosk in Nunavut"}), request.Note, request.Approved, edit(change{"description": "Kiosk in Nunn"})},
		{"federal-employee", edit(change{"public_servant": "former with pension"}), request.Escalate, request.Escalated, edit(change{"public_servant": "no"})},
		{"own-department", func(f *request.Facts, t testing.TB) { f.Request.Sender = "alex.roy@dept.gc.ca.example.org" }, request.Return, request.Returned,
			func(f *request.Facts, t testing.TB) { f.Request.Sender = "alex.roy@region.dept.gc.ca" }},
		{"register-cost-centre", registered(request.RegisterCheck{Kind: request.CentreUnknown, Form: "4711", Register: "4771"}), request.Escalate, request.Escalated, registered()},
		{"register-cost-centre-dates", registered(request.RegisterCheck{Kind: request.CentreEarly, Form: "4711", Day: request.Date{Year: 2027, Month: 4, Day: 1}}),
			request.Escalate, request.Escalated, registered()},
		{"register-cost-centre-dates", registered(request.RegisterCheck{Kind: request.CentreEnded, Form: "4711", Day: request.Date{Year: 2026, Month: 3, Day: 31}}),
			request.Escalate, request.Escalated, registered()},
		{"register-cost-centre-person", registered(request.RegisterCheck{Kind: request.CentreNotTheirs, Form: "4711", Register: "4712"}), request.Escalate, request.Escalated, registered()},
		{"register-branch", registered(request.RegisterCheck{Kind: request.BranchUnknown, Form: "Digital Services"}), request.Escalate, request.Escalated, registered()},
		{"register-branch", registered(request.RegisterCheck{Kind: request.BranchRead, Form: "Digital Services", Register: "Client Forms"}), request.Note, request.Approved, registered()},
		{"register-person", registered(request.RegisterCheck{Kind: request.SenderUnknown, Form: "alex.roy@dept.gc.ca"}), request.Escalate, request.Escalated, registered()},
		{"register-manager", registered(request.RegisterCheck{Kind: request.ManagerUnknown, Form: "manager@dept.gc.ca"}), request.Escalate, request.Escalated, registered()},
		{"register-manager", registered(request.RegisterCheck{Kind: request.ManagerOther, Form: "manager@dept.gc.ca", Register: "chief@dept.gc.ca"}), request.Escalate, request.Escalated, registered()},
		{"register-supplier", registered(request.RegisterCheck{Kind: request.SupplierNear, Form: "Northern Software Inc.", Register: "Northern Softwares Ltd."}), request.Note, request.Approved,
			registered()},
		{"arithmetic", edit(change{"tax": "519.99"}), request.Return, request.Returned, edit(change{"tax": "520.00"})},
		{"arithmetic", edit(change{"quantity": "3", "unit_price": "1333.33"}), request.Return, request.Returned, edit(change{"quantity": "3", "unit_price": "1333.333333"})},
	}
	p := shippedPolicy(t, "esdc-micro-acquisition")
	seen := map[string]bool{}
	for _, tt := range tests {
		seen[tt.guardrail] = true
		t.Run(tt.guardrail, func(t *testing.T) {
			f := facts(p, origin(), clean(t))
			tt.trips(&f, t)
			f.Line = recount(t, p, &f)
			v := p.Judge(f)
			i := slices.IndexFunc(v.Findings, func(f request.Finding) bool { return f.Guardrail == tt.guardrail })
			if i < 0 || v.Findings[i].Action != tt.action {
				t.Fatalf("not tripped as %s: %v, not evaluated %v", tt.action, found(v), v.NotEvaluated)
			}
			if v.Outcome != tt.outcome {
				t.Errorf("outcome %s, want %s: %v", v.Outcome, tt.outcome, found(v))
			}
			checkSaid(t, v.Findings[i])

			f = facts(p, origin(), clean(t))
			tt.neighbour(&f, t)
			f.Line = recount(t, p, &f)
			v = p.Judge(f)
			if slices.ContainsFunc(v.Findings, func(f request.Finding) bool { return f.Guardrail == tt.guardrail }) {
				t.Errorf("the innocent neighbour is tripped: %v", found(v))
			}
		})
	}
	for _, g := range p.Mark().Guardrails {
		if g.ID != CurrencyGuardrail && g.ID != NegativeGuardrail && g.ID != InForceGuardrail && g.ID != UnreadGuardrail && g.ID != StoppedGuardrail && !seen[g.ID] {
			t.Errorf("no test trips %s", g.ID)
		}
	}
}

// recount puts the line's own changed amount into its totals, and leaves what earlier added.
func recount(t testing.TB, p *Policy, f *request.Facts) request.Line {
	before := clean(t)
	was := p.WorkbookTotals(f.Request, []request.Line{before})[0]
	is := p.WorkbookTotals(f.Request, []request.Line{f.Line})[0]
	for name, sum := range f.Totals {
		now, ok := is[name]
		if !ok {
			delete(f.Totals, name)
			continue
		}
		sum.Amount = sum.Amount.Add(now.Amount).Sub(was[name].Amount)
		sum.Count += now.Count - was[name].Count
		f.Totals[name] = sum
	}
	return f.Line
}

// checkSaid looks at what every finding owes its reader.
func checkSaid(t *testing.T, f request.Finding) {
	t.Helper()
	for what, s := range map[string]string{"title.en": f.Title.EN, "title.fr": f.Title.FR, "message.en": f.Message.EN, "message.fr": f.Message.FR, "source": f.Source, "source_fr": f.SourceFR} {
		if s == "" {
			t.Errorf("%s: %s is empty", f.Guardrail, what)
		}
		for _, r := range s {
			if r == '{' || r == '}' {
				t.Errorf("%s: %s has a place that was not filled: %s", f.Guardrail, what, s)
				break
			}
		}
	}
}

func TestMessagesSayTheLinesOwnValues(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	f := facts(p, origin(), clean(t))
	set(t, &f.Line, "total", "12345.60")
	set(t, &f.Line, "tax", "8345.60")
	set(t, &f.Line, "authorized_on", "2026-12-01")
	v := p.Judge(f)
	want := map[string]request.Text{
		"value-limit": {EN: "$12,345.60, tax included, is above the limit of $10,000.00.", FR: "12\u00a0345,60\u00a0$, taxes comprises, dépasse la limite de 10\u00a0000,00\u00a0$."},
		"section-32-late": {
			EN: "Section 32 is dated December 1, 2026, and the terms were accepted: November 16, 2026. It must come before the supplier accepts, and not lie in the future.",
			FR: "L’autorisation (art. 32) est datée du 1er\u00a0décembre 2026; acceptation des modalités\u00a0: 16\u00a0novembre 2026. Elle doit précéder l’acceptation par le fournisseur et ne peut être dans l’avenir."},
	}
	for id, text := range want {
		i := slices.IndexFunc(v.Findings, func(f request.Finding) bool { return f.Guardrail == id })
		if i < 0 {
			t.Errorf("%s is missing in %v", id, found(v))
		} else if v.Findings[i].Message != text {
			t.Errorf("%s says\n%q\n%q\nwant\n%q\n%q", id, v.Findings[i].Message.EN, v.Findings[i].Message.FR, text.EN, text.FR)
		}
	}
}

func TestSplittingFindingsEndWithTheSentence(t *testing.T) {
	en := "Buying in small pieces is not splitting. Splitting divides one known need to stay under a limit. If this is a new need, say what was not foreseen."
	fr := "Acheter par petits lots n’est pas du fractionnement. Il y a fractionnement lorsqu’on divise un besoin déjà connu pour rester sous une limite. S’il s’agit d’un nouveau besoin, indiquez ce qui n’était pas prévu."
	p := shippedPolicy(t, "esdc-micro-acquisition")
	f := facts(p, origin(), clean(t))
	for _, name := range []string{"supplier", "same_file", "recent"} {
		earlier(&f, name, "9000", 2)
	}
	v := p.Judge(f)
	if got := found(v); !slices.Equal(got, []string{"split-supplier escalate", "split-same-file escalate", "repeat-supplier escalate"}) {
		t.Fatalf("found %v", got)
	}
	for _, f := range v.Findings {
		if !hasSuffix(f.Message.EN, en) || !hasSuffix(f.Message.FR, fr) {
			t.Errorf("%s ends otherwise:\n%s\n%s", f.Guardrail, f.Message.EN, f.Message.FR)
		}
	}
}

func hasSuffix(s, end string) bool { return len(s) >= len(end) && s[len(s)-len(end):] == end }

// The client guide's scenarios, as outcomes.
func TestSplittingScenariosOfTheClientGuide(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	line := func(total, justification string) request.Line {
		l := clean(t)
		set(t, &l, "net", total)
		set(t, &l, "tax", "0")
		set(t, &l, "total", total)
		set(t, &l, "authorized_amount", "10000")
		set(t, &l, "justification", justification)
		return l
	}
	tests := []struct {
		name             string
		line             request.Line
		year             string
		recent           int
		want             request.Outcome
		guardrailOfSplit string
	}{
		{"a second bug two months later", line("4000.00", ""), "5000.00", 0, request.Approved, ""},
		{"six thousand after six thousand", line("6000.00", ""), "6000.00", 0, request.Escalated, "split-supplier"},
		{"a justification does not clear it", line("6000.00", "Unforeseen."), "6000.00", 0, request.Escalated, "split-supplier"},
		{"again within a month, without a word", line("4000.00", ""), "5000.00", 1, request.Escalated, "repeat-supplier"},
		{"again within a month, with a reason", line("4000.00", "An unplanned second bug."), "5000.00", 1, request.Approved, ""},
	}
	for _, tt := range tests {
		f := facts(p, origin(), tt.line)
		earlier(&f, "supplier", tt.year, 1)
		if tt.recent > 0 {
			earlier(&f, "recent", tt.year, tt.recent)
		}
		v := p.Judge(f)
		if v.Outcome != tt.want {
			t.Errorf("%s: %s, want %s (%v)", tt.name, v.Outcome, tt.want, found(v))
		}
		if tt.guardrailOfSplit != "" && !slices.Contains(found(v), tt.guardrailOfSplit+" escalate") {
			t.Errorf("%s: %v, want %s", tt.name, found(v), tt.guardrailOfSplit)
		}
	}
}

func TestCheckKnowsNoSender(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	o := origin()
	o.Sender = ""
	v := p.Judge(facts(p, o, clean(t)))
	if v.Outcome != request.Approved {
		t.Errorf("outcome %s: %v", v.Outcome, found(v))
	}
	if len(v.NotEvaluated) != 1 || v.NotEvaluated[0].Guardrail != "own-department" {
		t.Errorf("not evaluated: %v, want own-department alone", v.NotEvaluated)
	}
}

func TestEmptyFieldsReturnWithWhatToFillIn(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	l := clean(t)
	set(t, &l, "licence", "")
	set(t, &l, "cost_centre", "")
	v := p.Judge(facts(p, origin(), l))
	if v.Outcome != request.Returned {
		t.Errorf("outcome %s", v.Outcome)
	}
	want := map[string]request.Text{
		"open-licence":   {EN: "Fill in: Licence.", FR: "À remplir\u00a0: Licence."},
		"split-supplier": {EN: "Fill in: Cost centre.", FR: "À remplir\u00a0: Centre de coûts."},
	}
	if len(v.Findings) != len(want) {
		t.Errorf("findings %v", found(v))
	}
	for _, f := range v.Findings {
		if f.Message != want[f.Guardrail] || f.Action != request.Return || len(f.Cells) != 1 {
			t.Errorf("%s %s %v: %q %q", f.Guardrail, f.Action, f.Cells, f.Message.EN, f.Message.FR)
		}
	}
}

func TestAmendmentsCountWithTheirOriginal(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	l := clean(t)
	set(t, &l, "amends", "HR-2026-000007-01")
	f := facts(p, origin(), l)
	earlier(&f, "cumulative", "5480.00", 1)
	if v := p.Judge(f); v.Outcome != request.Approved {
		t.Errorf("original and amendment at the limit: %s %v", v.Outcome, found(v))
	}
	earlier(&f, "cumulative", "0.01", 0)
	v := p.Judge(f)
	if v.Outcome != request.Escalated || !slices.Contains(found(v), "value-limit escalate") {
		t.Fatalf("a cent above: %s %v", v.Outcome, found(v))
	}
	if want := "With HR-2026-000007-01, which this line amends, the total is $10,000.01, tax included. That is above the limit of $10,000.00."; v.Findings[0].Message.EN != want {
		t.Errorf("says %q", v.Findings[0].Message.EN)
	}
}

func TestADayWithoutAnyGuardrailInForceApprovesNothing(t *testing.T) {
	p, err := LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	var f request.Facts
	f.Request.Received, _ = request.ParseDate("2021-05-31") // the day before the policy begins
	f.Today = f.Request.Received
	v := p.Judge(f)
	if v.Outcome != request.Escalated || len(v.Findings) != 1 || v.Findings[0].Guardrail != InForceGuardrail {
		t.Errorf("%s with %+v", v.Outcome, v.Findings)
	}
}
