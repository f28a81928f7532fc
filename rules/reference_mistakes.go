package rules

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"handrail/internal/request"
)

// mistakeExample is a mistake of an author: what was written, beside what it should be. What Handrail says of it is asked of the
// program, so the reference follows whatever the loader says.
type mistakeExample struct {
	wrong, right string // a part of referencePolicy, or of its tests; or, where right is no part of it, what is written below it
}

// mistakeGroup are mistakes of one part of the text.
type mistakeGroup struct {
	title    request.Text
	trial    bool // of a file of tests
	mistakes []mistakeExample
}

// guard is a guardrail around a condition.
func guard(when string) string { return aroundCondition + "when    = " + when + "\n" + belowCondition }

const (
	aroundCondition = "[[guardrail]]\nid      = \"example\"\naction  = \"note\"\n"
	belowCondition  = "title   = { en = \"t\", fr = \"t\" }\nmessage = { en = \"m\", fr = \"m\" }\nsource  = \"s\"\n"
)

// asked are examples of conditions, shown without what stands around them.
func asked(pairs ...string) (all []mistakeExample) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, mistakeExample{guard("'" + pairs[i] + "'"), guard("'" + pairs[i+1] + "'")})
	}
	return all
}

var mistakeGroups = []mistakeGroup{
	{request.Text{EN: "The text as a whole", FR: "Le texte dans son ensemble"}, false, []mistakeExample{
		{`version            = "2026-04 "`, `version            = "2026-04"`},
		{"version            = 2026-04", `version            = "2026-04"`},
		{`name               = Small purchases`, `name               = "Small purchases"`},
		{`name               = “Small purchases”`, `name               = "Small purchases"`},
		{`name               = "Small purchases`, `name               = "Small purchases"`},
		{`name                 "Small purchases"`, `name               = "Small purchases"`},
		{"name      = \"Director's Office\"\nname      = \"Finance\"", `name      = "Chief Financial Officer Branch"`},
		{`request = 10,000.00`, `request = "10000.00"`},
		{`date      = 1 April 2026`, `date      = 2026-04-01`},
		{`date      = 2026-02-30`, `date      = 2026-04-01`},
		{`when       = "line.commodity == "construction""`, `when       = 'line.commodity == "construction"'`},
		{"[limits\n", "[limits]\n"},
	}},
	{request.Text{EN: "Keys and what they hold", FR: "Les clés et ce qu’elles contiennent"}, false, []mistakeExample{
		{`versoin            = "2026-04"` + "\n" + `version            = "2026-04"`, `version            = "2026-04"`},
		{`currency           = "CAD"`, `name               = "Small purchases"` + "\n" + `version            = "2026-04"` + "\n" + `currency           = "CAD"`},
		{`currency           = "$"`, `currency           = "CAD"`},
		{`languages          = []`, `languages          = ["en", "fr"]`},
		{`languages          = ["en", "en"]`, `languages          = ["en", "fr"]`},
		{`languages          = ["en", "de"]`, `languages          = ["en", "fr"]`},
		{`means           = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises.", de = "x" }`, `means           = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }`},
		{`fiscal_year_starts = -4`, `fiscal_year_starts = 4`},
		{`date      = "spring"`, `date      = 2026-04-01`},
		{"reference = \"Directive 12\"\n\n[approval]", "reference = \"Directive 12\"\ndate      = 2026-04-01\n\n[approval]"},
		{`fiscal_year_starts = "April"`, `fiscal_year_starts = 4`},
		{`fiscal_year_starts = 13`, `fiscal_year_starts = 4`},
		{`fiscal_year_starts = "4"`, `fiscal_year_starts = 4`},
		{`holidays           = "Ontario"`, `holidays           = "CA"`},
		{`section_32         = "yes"`, `section_32         = "told"`},
		{`name      = ""`, `name      = "Chief Financial Officer Branch"`},
		{`reference = "TBD"`, `reference = "Directive 12"`},
		{`date      = "2026-04-01"`, `date      = 2026-04-01`},
		{`means           = "The request is inside the guardrails."`, `means           = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }`},
		{`means           = { en = "The request is inside the guardrails." }`, `means           = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }`},
		{`means           = { en = "The request is inside the guardrails.", fr = "" }`, `means           = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }`},
		{`means           = { en = "The request is inside the guardrails.", fr = 1 }`, `means           = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }`},
		{`next_step       = { en = "Buy.", fr = "Achetez." }`, `next_step       = { en = "Give {reference} to your cardholder.", fr = "Remettez le numéro {reference} à la personne titulaire de la carte." }`},
		{`taken_back_days = 9999`, `taken_back_days = 60`},
		{"[guardrail]\nid = \"a\"", "[[guardrail]]"},
	}},
	{request.Text{EN: "Limits", FR: "Les limites"}, false, []mistakeExample{
		{`request = 10000.00`, `request = "10000.00"`},
		{`request = true`, `request = "10000.00"`},
		{`request = "10,000.00"`, `request = "10000.00"`},
		{`request = "10000.005"`, `request = "10000.00"`},
		{`request = "-10000.00"`, `request = "10000.00"`},
		{`Request-1 = "1.00"` + "\n" + `request = "10000.00"`, `request = "10000.00"`},
		{`  { amount = "2000.00", until = 2027-02-01 },`, `  { amount = "2000.00", until = 2027-01-01 },`},
		{"meals   = [{ amount = \"20.00\" }, { amount = \"25.00\" }]\n" + `request = "10000.00"`, `request = "10000.00"`},
		{`  { until = 2027-01-01 },`, `  { amount = "2000.00", until = 2027-01-01 },`},
		{`  "2000.00",`, `  { amount = "2000.00", until = 2027-01-01 },`},
		{`meals   = []` + "\n" + `request = "10000.00"`, `request = "10000.00"`},
		{"[[limits_for]]\nrequest = \"5000.00\"\n", "[[limits_for]]\nwhen    = 'request.unit == \"Harbour Museum\"'\nrequest = \"5000.00\"\n"},
		{"[[limits_for]]\nwhen    = 'request.unit == \"Harbour Museum\"'\n", "[[limits_for]]\nwhen    = 'request.unit == \"Harbour Museum\"'\nrequest = \"5000.00\"\n"},
		{"[[limits_for]]\nwhen    = 'request.unit == \"Harbour Museum\"'\nrequst  = \"5000.00\"\n", "[[limits_for]]\nwhen    = 'request.unit == \"Harbour Museum\"'\nrequest = \"5000.00\"\n"},
		{"[[limits_for]]\nwhen    = 'line.total > limits.request'\nrequest = \"5000.00\"\n", "[[limits_for]]\nwhen    = 'line.total > money(\"10000.00\")'\nrequest = \"5000.00\"\n"},
	}},
	{request.Text{EN: "Totals", FR: "Les cumuls"}, false, []mistakeExample{
		{"[[total]]\nname = \"Supplier-Year\"\nby   = [\"supplier\"]\ndays = 365\n", "[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\ndays = 365\n"},
		{"[[total]]\nname = \"branch_year\"\nby   = [\"supplier\"]\ndays = 365\n", "[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\ndays = 365\n"},
		{"[[total]]\nname = \"supplier_year\"\nby   = [\"vendor\"]\ndays = 365\n", "[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\ndays = 365\n"},
		{"[[total]]\nname = \"supplier_year\"\nby   = \"supplier\"\ndays = 365\n", "[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\ndays = 365\n"},
		{"[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\", \"supplier\"]\ndays = 365\n", "[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\ndays = 365\n"},
		{"[[total]]\nname = \"supplier_year\"\nby   = [4711]\ndays = 365\n", "[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\ndays = 365\n"},
		{"[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\n", "[[total]]\nname = \"supplier_year\"\nby   = [\"supplier\"]\ndays = 365\n"},
		{"[[total]]\nname  = \"file\"\nby    = [\"supplier\"]\ndays  = 30\nscope = \"workbook\"\n", "[[total]]\nname  = \"file\"\nby    = [\"supplier\"]\nscope = \"workbook\"\n"},
		{"[[total]]\nname = \"centre\"\nby   = [\"cost_centre\"]\ndays = 30\nnear = true\n", "[[total]]\nname = \"centre\"\nby   = [\"cost_centre\", \"supplier\"]\ndays = 30\nnear = true\n"},
		{"[[total]]\nname = \"taxes\"\nby   = [\"supplier\"]\ndays = 30\nof   = \"gst\"\n", "[[total]]\nname = \"taxes\"\nby   = [\"supplier\"]\ndays = 30\nof   = \"tax\"\n"},
		{`distinct   = "person"`, `distinct   = "requester"`},
		{"[[total]]\nname  = \"old\"\nby    = [\"supplier\"]\ndays  = 30\nwhere = 'today > received'\n", "[[total]]\nname  = \"old\"\nby    = [\"supplier\"]\ndays  = 30\nwhere = 'line.needed_by > received'\n"},
	}},
	{request.Text{EN: "Lists and other addresses", FR: "Les listes et autres adresses"}, false, []mistakeExample{
		{"[[list]]\nname   = \"Not-this\"\nvalues = [\"gift cards\"]\n", "[[list]]\nname   = \"not_this\"\nvalues = [\"gift cards\"]\n"},
		{"[[list]]\nname   = \"prohibited\"\nvalues = [\"alcohol\"]\n", "[[list]]\nname   = \"prohibited_too\"\nvalues = [\"alcohol\"]\n"},
		{"[[list]]\nname = \"local\"\n", "[[list]]\nname   = \"local\"\nvalues = [\"Harbour Books\"]\n"},
		{"[[list]]\nname   = \"local\"\nvalues = [\"n/a\"]\nas     = \"supplier\"\n", "[[list]]\nname   = \"local\"\nvalues = [\"Harbour Books\"]\nas     = \"supplier\"\n"},
		{"[[list]]\nname = \"local\"\nfile = \"\"\n", "[[list]]\nname = \"local\"\nfile = \"local.csv\"\n"},
		{"[[list]]\nname = \"local\"\nfile = \"locals.csv\"\n", "[[list]]\nname = \"local\"\nfile = \"local.csv\"\n"},
		{"[[list]]\nname = \"local\"\nfile = \"../local.csv\"\n", "[[list]]\nname = \"local\"\nfile = \"local.csv\"\n"},
		{"[[list]]\nname   = \"local\"\nfile   = \"local.csv\"\ncolumn = \"Suppliers\"\n", "[[list]]\nname   = \"local\"\nfile   = \"local.csv\"\ncolumn = \"Supplier\"\n"},
		{"[[list]]\nname   = \"local\"\nfile   = \"empty.csv\"\ncolumn = \"Supplier\"\n", "[[list]]\nname   = \"local\"\nfile   = \"local.csv\"\ncolumn = \"Supplier\"\n"},
		{`as     = "company"`, `as     = "supplier"`},
		{`"Amara Osei" = "amara@dept.example"`, `"amara@old.example" = "amara@dept.example"`},
		{`"amara@old.example" = "amara@dept.example"` + "\n" + `"amara@older.example" = "amara@old.example"`, `"amara@old.example" = "amara@dept.example"`},
	}},
	{request.Text{EN: "Guardrails, exemptions, the form", FR: "Les balises, les exemptions, le formulaire"}, false, []mistakeExample{
		{strings.Replace(guard("'true'"), `"example"`, `"An Example"`, 1), guard("'true'")},
		{guard("'true'") + guard("'true'"), guard("'true'")},
		{strings.Replace(guard("'true'"), `"example"`, `"currency"`, 1), guard("'true'")},
		{`action  = "escalat"`, `action  = "escalate"`},
		{`fields  = ["totals"]`, `fields  = ["total"]`},
		{"from    = 2026-04-01\nuntil   = 2026-03-01", "from    = 2026-04-01\nuntil   = 2029-04-01"},
		{"from    = 2026-04-01\nuntil   = 2026-04-01", "from    = 2026-04-01\nuntil   = 2029-04-01"},
		{`reason  = "yes"`, `reason  = true`},
		{`message = { en = "{line.totl} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`, `message = { en = "{line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`},
		{`message = { en = "line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`, `message = { en = "{line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`},
		{`message = { en = "{added.branch_year} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`, `message = { en = "{line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`},
		{`guardrail  = "value-limits"`, `guardrail  = "value-limit"`},
		{`granted_by = "TBD"`, `granted_by = "Director, Procurement"`},
		{`values = { title = "yes" }`, `values = { remote = "yes" }`},
		{`values = { remote = "maybe" }`, `values = { remote = "yes" }`},
		{`values = { }`, `values = { remote = "yes" }`},
		{"[words.budget_holder]", "[words.authorized_by]"},
		{"[words]\nmanager = \"x\"\n[words.authorized_by]", "[words.authorized_by]"},
		{"[words]\ntitle = \"Item\"\n[words.authorized_by]", "[words.authorized_by]"},
		{`label = { en = "Supplier", fr = "Responsable du budget" }`, `label = { en = "Budget holder", fr = "Responsable du budget" }`},
		{`choices = { "card" = { en = "purchasing card", fr = "carte d’achat" } }`, `choices = { "acquisition card" = { en = "purchasing card", fr = "carte d’achat" } }`},
	}},
	{request.Text{EN: "Conditions", FR: "Les conditions"}, false, asked(
		`line.totl > limits.request`, `line.total > limits.request`,
		`line.total > limits.requst`, `line.total > limits.request`,
		`totals.year > limits.request`, `totals.supplier_month > limits.request`,
		`total > limits.request`, `line.total > limits.request`,
		`line.total > 5000.00`, `line.total > money("5000.00")`,
		`line.total > "5000.00"`, `line.total > money("5000.00")`,
		`line.total > $5,000`, `line.total > money("5000.00")`,
		`line.total > money("5,000.00")`, `line.total > money("5000.00")`,
		`line.total > limits.request * "0,9"`, `line.total > limits.request * "0.9"`,
		`line.total`, `line.total > limits.request`,
		`line.total != limits.request`, `!(line.total == limits.request)`,
		`line.total / 2 > money("500.00")`, `line.total * "0.5" > money("500.00")`,
		`line.commodity = "goods"`, `line.commodity == "goods"`,
		`line.commodity == "good"`, `line.commodity == "goods"`,
		`line.commodity == “goods”`, `line.commodity == "goods"`,
		`line.commodity == goods`, `line.commodity == "goods"`,
		`line.commodity == "goods" and line.total > limits.request`, `line.commodity == "goods" && line.total > limits.request`,
		`(line.total > limits.request`, `(line.total > limits.request)`,
		`line.total > limits.request)`, `line.total > limits.request`,
		`line.total =< limits.request`, `line.total <= limits.request`,
		`line.cost_centre == 4711`, `line.cost_centre == "4711"`,
		`line.supplier in "A, B"`, `line.supplier in ["A", "B"]`,
		`line.needed_by > "2027-01-01"`, `line.needed_by > date("2027-01-01")`,
		`line.needed_by > date("2027-02-30")`, `line.needed_by > date("2027-02-28")`,
		`line.needed_by.year == 2027`, `year(line.needed_by) == 2027`,
		`line.Seats > 5`, `line.extra["Seats"] > 5`,
		`line.extra == line.extra`, `line.extra["Seats"] == "5"`,
		`line.extra[line.title] == "5"`, `line.extra["Seats"] == "5"`,
		`line.extra.Seats > 5`, `line.extra["Seats"] > 5`,
		`!given(line.tax)`, `!given("tax")`,
		`!given("taxes")`, `!given("tax")`,
		`has(line.tax)`, `given("tax")`,
		`!says(line.rationale)`, `!says("rationale")`,
		`!says("rational")`, `!says("rationale")`,
		`!says("total")`, `!given("total")`,
		`problem(line.total) != ""`, `problem("total") != ""`,
		`problem("totl") != ""`, `problem("total") != ""`,
		`listed(line.supplier)`, `listed("ineligible", line.supplier)`,
		`listed(line.supplier, "ineligible")`, `listed("ineligible", line.supplier)`,
		`listed("inelligible", line.supplier)`, `listed("ineligible", line.supplier)`,
		`holiday(received, "CA-XX")`, `holiday(received, "CA-ON")`,
		`double(line.quantity) > 1`, `line.quantity > 1`,
		`[1, 2, 3, 4, 5, 6, 7, 8, 9].exists(a, [1, 2, 3, 4, 5, 6, 7, 8, 9].exists(b, similarity(line.title, line.description) > a + b))`, `similarity(line.title, line.description) > 90`,
	)},
	{request.Text{EN: "Tests", FR: "Les tests"}, true, []mistakeExample{
		{`outcome  = "passed"`, `outcome  = "approved"`},
		{`findings = ["value-limits"]`, `findings = ["value-limit note"]`},
		{`findings = ["value-limit refuse"]`, `findings = ["value-limit note"]`},
		{`date     = "2026-11-18"`, `date     = 2026-11-18`},
		{`history  = [{ date = 2026-12-02, total = "500.00" }]`, `history  = [{ date = 2026-11-02, total = "500.00" }]`},
		{`history  = [{ date = 2026-11-02, reference = "12" }]`, `history  = [{ date = 2026-11-02, reference = "HR-2026-000123-04" }]`},
		{`history  = [{ date = 2026-11-02, taken_back = 2026-11-03 }]`, `history  = [{ date = 2026-11-02, outcome = "withdrawn", taken_back = 2026-11-03 }]`},
		{`history  = [{ date = 2026-11-02, outcome = "withdrawn", taken_back = 2026-12-03 }]`, `history  = [{ date = 2026-11-02, outcome = "withdrawn", taken_back = 2026-11-03 }]`},
		{`budget   = { amount = "50,000.00" }`, `budget   = { amount = "50000.00" }`},
		{`line     = { totl = "10000.01" }`, `line     = { total = "10000.01" }`},
		{`line     = "10000.01"`, `line     = { total = "10000.01" }`},
		{`line     = { total = 10000.01 }`, `line     = { total = "10000.01" }`},
		{`line     = { total = "USD 10000.01" }`, `line     = { total = "10000.01", currency = "USD" }`},
		{"outcome       = \"approved\"\ntitle         = \"Intranet, part 1\"", `title         = "Intranet, part 1"`},
		{"[[case]]\nname = \"no outcome\"\ndate = 2026-11-18\n", "[[case]]\nname    = \"an outcome\"\ndate    = 2026-11-18\noutcome = \"approved\"\n"},
	}},
}

// beside are the files that the reference's policy names.
var beside = map[string]string{
	"suppliers.xlsx": "", "local.csv": "Supplier\nHarbour Books\n", "empty.csv": "Supplier\n",
}

// referencePolicy is the text that the examples of the reference make together, and referenceTests its tests.
func referencePolicy() string { return joinedExamples(policyKeys) }

func referenceTests() string { return joinedExamples(trialKeys) }

func joinedExamples(tables []keyTable) string {
	var b strings.Builder
	for _, t := range tables {
		b.WriteString(t.example + "\n")
	}
	return b.String()
}

// loadReference loads a text as the reference's policy, with the files beside it.
func loadReference(text string) (*Policy, error) {
	return LoadWith(context.Background(), "policy.toml", Options{
		Read: func(name string) ([]byte, error) {
			if name == "policy.toml" {
				return []byte(text), nil
			}
			data, ok := beside[name]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return []byte(data), nil
		},
		Rows: func(context.Context, []byte, string) ([][]string, error) {
			return [][]string{{"Name"}, {"Cheap Deals Ltd."}}, nil
		},
	})
}

// in puts a part in the place of what is right in a text, or below it.
func (m *mistakeExample) in(text, part string) string {
	for _, known := range []string{m.right, m.wrong} {
		if strings.Contains(text, known) {
			return strings.Replace(text, known, part, 1)
		}
	}
	// The first word of a line says which line of the text it stands for.
	key, _, assigned := strings.Cut(part, "=")
	if !strings.HasPrefix(part, "[") && assigned {
		at := strings.LastIndex("\n"+text, "\n"+strings.TrimRight(key, " "))
		if at >= 0 {
			end := at + strings.IndexByte(text[at:]+"\n", '\n')
			return text[:at] + part + text[end:]
		}
	}
	return text + part
}

// says is what Handrail says of the mistake, and an error where it is none.
func (m *mistakeExample) says(g *mistakeGroup) (Mistakes, error) {
	err := g.load(m, m.wrong)
	var wrong Mistakes
	if !errors.As(err, &wrong) {
		return nil, errors.Join(errors.New("what is wrong is read: "+m.wrong), err)
	}
	return wrong, nil
}

func (g *mistakeGroup) load(m *mistakeExample, part string) error {
	if !g.trial {
		_, err := loadReference(m.in(referencePolicy(), part))
		return err
	}
	p, err := loadReference(referencePolicy())
	if err == nil {
		_, err = readTrials(context.Background(), p, "policy.test.toml", []byte(m.in(referenceTests(), part)))
	}
	return err
}

// mistakeWords are what a reader of a language reads of a mistake.
func mistakeWords(m Mistake, l request.Lang) string { return m.Words().In(l) }

// shownPart is a part of a text without what only stands around it.
func shownPart(part string) string {
	part = strings.TrimRight(part, "\n")
	if rest, ok := strings.CutPrefix(part, aroundCondition); ok && !strings.Contains(rest, "'true'") {
		part, _, _ = strings.Cut(rest, "\n")
	}
	return strings.TrimRight(strings.ReplaceAll(part+"\n", belowCondition, ""), "\n")
}
