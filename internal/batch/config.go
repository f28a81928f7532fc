package batch

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"handrail/internal/report"
	"handrail/internal/request"
)

// Problems collects mistakes in a configuration, each at the path of its key, so that all are reported at once.
type Problems []Problem

// Problem is one mistake: Key is a path such as "officer[1].limit".
type Problem struct{ Key, Text string }

// Add notes a mistake.
func (p *Problems) Add(key, format string, args ...any) {
	*p = append(*p, Problem{key, fmt.Sprintf(format, args...)})
}

// Err is nil when there is no mistake.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error lists every mistake, a line each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.Key + ": " + x.Text
	}
	return strings.Join(lines, "\n")
}

// ScheduleConfig says when the job works.
type ScheduleConfig struct {
	TimeZone string `toml:"time_zone" comment:"The department's time zone: days, weeks and schedules are counted in it."`
	Poll     string `toml:"poll" comment:"When to look into the inboxes: minute hour day month weekday."`
	Weekly   string `toml:"weekly" comment:"When finance gets the workbook of the week that ended. Times between 01:00 and 03:00 are skipped or doubled when clocks change."`
}

// Validate names every mistake. Zones inside a schedule ("TZ=…") are refused: there is one zone, and the parser
// panics on some of them.
func (c ScheduleConfig) Validate() error {
	var p Problems
	if _, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "" {
		p.Add("time_zone", "%q is not a time zone; write it as America/Toronto", c.TimeZone)
	}
	for _, s := range []struct{ key, value string }{{"poll", c.Poll}, {"weekly", c.Weekly}} {
		if _, err := parseSchedule(s.value, s.value); err != nil {
			p.Add(s.key, "%v", err)
		}
	}
	return p.Err()
}

// Next is when the job looks into its inboxes next after t, and when finance gets the next workbook, in the department's
// zone. Its error is Validate's.
func (c ScheduleConfig) Next(t time.Time) (poll, weekly time.Time, err error) {
	if err := c.Validate(); err != nil {
		return time.Time{}, time.Time{}, err
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	at := [2]time.Time{}
	for i, s := range []string{c.Poll, c.Weekly} {
		schedule, err := parseSchedule(s, s)
		if err != nil {
			return time.Time{}, time.Time{}, err
		}
		at[i] = schedule.Next(t.In(zone))
	}
	return at[0], at[1], nil
}

// Gap is how long the job waits after the look at poll.
func (c ScheduleConfig) Gap(poll time.Time) time.Duration {
	next, _, err := c.Next(poll)
	if err != nil {
		return 0
	}
	return next.Sub(poll)
}

// parseSchedule reads a five-field schedule; shown is what the configuration says, for the error.
func parseSchedule(s, shown string) (cron.Schedule, error) {
	if strings.Contains(shown, "=") {
		return nil, fmt.Errorf("%q: write the zone in time_zone, not in the schedule", shown)
	}
	schedule, err := cron.ParseStandard(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a schedule such as \"*/5 * * * *\" (minute hour day month weekday): %w", shown, err)
	}
	return schedule, nil
}

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
	var p Problems
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

// DepartmentConfig says whose job this is.
type DepartmentConfig struct {
	Name    request.Text `toml:"name" comment:"As it stands in mails and workbooks."`
	Domains []string     `toml:"domains" comment:"The department's own mail domains: requests from anywhere else are not judged."`
	// Operator gets alerts: what nobody else can mend.
	Operator string `toml:"operator" comment:"Who is told when the job needs a person: an e-mail address."`
}

// Validate names every mistake.
func (c DepartmentConfig) Validate() error {
	var p Problems
	if c.Name.EN == "" || c.Name.FR == "" {
		p.Add("name", "the department's name is needed in both languages: name = { en = \"…\", fr = \"…\" }")
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
	return p.Err()
}
