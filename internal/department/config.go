package department

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/internal/officers"
	"handrail/internal/report"
	"handrail/internal/request"
)

// FinanceConfig says who gets the weekly workbook.
type FinanceConfig struct {
	Recipients []string     `toml:"recipients" comment:"Who gets the weekly workbook."`
	Language   request.Lang `toml:"language" comment:"en or fr."`
	// Budgets is a file. What cannot be read of it is the operator's trouble; the report is made without.
	Budgets   string        `toml:"budgets" comment:"Cost centre budgets per fiscal year, CSV or XLSX with the columns cost centre, budget and fiscal year; empty: none."`
	Reconcile report.Config `toml:"reconcile"`
}

// Validate names every mistake.
func (c FinanceConfig) Validate() error {
	var p ingest.Mistakes
	for i, r := range c.Recipients {
		if a, err := mail.ParseAddress(r); err != nil || a.Address != r {
			p.Add(fmt.Sprintf("recipients[%d]", i), "%q is not an e-mail address", r)
		}
	}
	if c.Language != request.English && c.Language != request.French {
		p.Add("language", "%q is not en or fr", c.Language)
	}
	if err := c.Reconcile.Validate(); err != nil {
		for mistake := range strings.Lines(err.Error()) {
			key, text, _ := strings.Cut(strings.TrimSpace(mistake), ": ")
			p.Add("reconcile."+key, "%s", text)
		}
	}
	return p.Err()
}

// UsualOperatorAt is when the operator's daily mail goes out where the configuration says nothing.
const UsualOperatorAt = "07:30"

// Config says whose job this is.
type Config struct {
	Name request.Text `toml:"name" comment:"As it stands in mails and workbooks."`
	// Languages are those of the department, where no policy says which: a policy's own languages stand before these.
	Languages request.Languages `toml:"languages" comment:"The languages that mails, forms and workbooks are written in: en and fr when left out; [\"en\"] for one. A policy that says languages itself stands before this."`
	Domains   []string          `toml:"domains" comment:"The department's own mail domains: requests from anywhere else are not judged."`
	// Operator gets alerts: what nobody else can fix.
	Operator string `toml:"operator" comment:"Who is told when the job needs a person: an e-mail address."`
	// OperatorAt is when the operator's daily mail goes out; "": UsualOperatorAt.
	OperatorAt string `toml:"operator_at" comment:"When, on a working day, the operator gets the one mail about all that stands and all that could wait, as \"07:30\" (which it is when left out). No mail comes when there is nothing."`
}

// Validate names every mistake.
func (c Config) Validate() error {
	var p ingest.Mistakes
	for _, l := range c.Languages {
		if !slices.Contains(request.AllLanguages, l) {
			p.Add("languages", "%q is not en or fr", l)
		}
	}
	for _, l := range c.Languages.Of() {
		if c.Name.In(l) == "" {
			p.Add("name", "the department's name is needed in its languages: name = { en = \"…\", fr = \"…\" }, or languages = [\"en\"] and name = { en = \"…\" }")
			break
		}
	}
	if len(c.Domains) == 0 {
		p.Add("domains", "name the department's mail domains, such as [\"department.example\"]")
	}
	for i, d := range c.Domains {
		if d == "" || strings.ContainsAny(d, "@ /") || d != strings.ToLower(d) {
			p.Add(fmt.Sprintf("domains[%d]", i), "%q is not a lower-case mail domain such as \"department.example\"", d)
		}
	}
	if a, err := mail.ParseAddress(c.Operator); err != nil || a.Address != c.Operator {
		p.Add("operator", "%q is not an e-mail address", c.Operator)
	}
	if _, err := officers.ParseClock(officers.TextOr(c.OperatorAt, UsualOperatorAt)); err != nil {
		p.Add("operator_at", "%v", err)
	}
	return p.Err()
}
