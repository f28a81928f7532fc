package rules

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/request"
)

// calendar knows public holidays by region, from data.
type calendar struct {
	regions map[string][]holidayRule
	days    map[string]map[request.Date]bool // region -> holidays of firstYear … lastYear
}

// The years whose holidays are worked out when a policy is loaded; a date outside them is an error, never "no holiday".
const (
	firstYear = 2015
	lastYear  = 2045
)

type holidayRule struct {
	rule        string
	observed    string
	from, until int // years, 0 for open
}

// readCalendar reads data/holidays.csv, whose head explains it.
func readCalendar(text string) (*calendar, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	c := &calendar{regions: map[string][]holidayRule{}, days: map[string]map[request.Date]bool{}}
	for i, row := range rows {
		if i == 0 {
			continue
		}
		rule := holidayRule{rule: row[2], observed: row[3]}
		for j, year := range []*int{&rule.from, &rule.until} {
			if row[4+j] == "" {
				continue
			}
			if *year, err = strconv.Atoi(row[4+j]); err != nil {
				return nil, fmt.Errorf("read holiday %q: %w", row[1], err)
			}
		}
		c.regions[row[0]] = append(c.regions[row[0]], rule)
	}
	for region, rules := range c.regions {
		days, err := holidaysOf(rules)
		if err != nil {
			return nil, fmt.Errorf("read holidays of %s: %w", region, err)
		}
		c.days[region] = days
	}
	return c, nil
}

func holidaysOf(rules []holidayRule) (map[request.Date]bool, error) {
	days := map[request.Date]bool{}
	for year := firstYear; year <= lastYear; year++ {
		for _, r := range rules {
			if r.from != 0 && year < r.from || r.until != 0 && year >= r.until {
				continue
			}
			d, err := r.in(year)
			if err != nil {
				return nil, err
			}
			days[d] = true
			weekday := d.Weekday()
			switch {
			case r.observed == "us" && weekday == time.Saturday:
				days[d.AddDays(-1)] = true
			case r.observed == "us" && weekday == time.Sunday:
				days[d.AddDays(1)] = true
			case r.observed == "monday" && (weekday == time.Saturday || weekday == time.Sunday):
				for d = d.AddDays(1); days[d] || d.Weekday() == time.Sunday; d = d.AddDays(1) {
				}
				days[d] = true
			}
		}
	}
	return days, nil
}

// in is the day of the holiday in a year.
func (r holidayRule) in(year int) (request.Date, error) {
	words := strings.Fields(r.rule)
	bad := fmt.Errorf("%q is not a rule for a holiday", r.rule)
	switch {
	case len(words) == 1 && strings.HasPrefix(r.rule, "easter"):
		n, err := strconv.Atoi(r.rule[len("easter"):])
		if err != nil {
			return request.Date{}, bad
		}
		return easter(year).AddDays(n), nil
	case len(words) == 1:
		return request.ParseDate(fmt.Sprintf("%04d-%s", year, r.rule))
	case len(words) == 3 && words[0] == "before":
		d, err := request.ParseDate(fmt.Sprintf("%04d-%s", year, words[1]))
		weekday, ok := weekdays[words[2]]
		if err != nil || !ok {
			return request.Date{}, bad
		}
		for d = d.AddDays(-1); d.Weekday() != weekday; d = d.AddDays(-1) {
		}
		return d, nil
	case len(words) == 4 && words[0] == "nth":
		month, errMonth := strconv.Atoi(words[1])
		n, errN := strconv.Atoi(words[3])
		weekday, ok := weekdays[words[2]]
		if errMonth != nil || errN != nil || !ok || n == 0 {
			return request.Date{}, bad
		}
		return nthWeekday(year, time.Month(month), weekday, n), nil
	}
	return request.Date{}, bad
}

var weekdays = map[string]time.Weekday{"su": time.Sunday, "mo": time.Monday, "tu": time.Tuesday, "we": time.Wednesday,
	"th": time.Thursday, "fr": time.Friday, "sa": time.Saturday}

// nthWeekday is the n-th such weekday of a month; counted from its end when n is negative.
func nthWeekday(year int, month time.Month, weekday time.Weekday, n int) request.Date {
	if n < 0 {
		d := request.Date{Year: year, Month: month + 1, Day: 1}.AddDays(-1)
		back := (int(d.Weekday()) - int(weekday) + 7) % 7
		return d.AddDays(-back + 7*(n+1))
	}
	d := request.Date{Year: year, Month: month, Day: 1}
	on := (int(weekday) - int(d.Weekday()) + 7) % 7
	return d.AddDays(on + 7*(n-1))
}

// easter is Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher).
func easter(year int) request.Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	month, d := (h+l-7*m+114)/31, (h+l-7*m+114)%31+1
	return request.Date{Year: year, Month: time.Month(month), Day: d}
}

// holiday reports whether d is a public holiday of the region.
func (c *calendar) holiday(d request.Date, region string) (bool, error) {
	days, ok := c.days[region]
	if !ok {
		return false, fmt.Errorf("no holidays are known for the region %q", region)
	}
	if d.Year < firstYear || d.Year > lastYear {
		return false, fmt.Errorf("holidays are known from %d to %d, not for %s", firstYear, lastYear, d)
	}
	return days[d], nil
}

// Holiday reports whether d is a public holiday of the policy's region; of a policy without a region, and of a year
// whose holidays are not known, no day is one.
func (p *Policy) Holiday(d request.Date) bool {
	off, err := p.calendar.holiday(d, p.region)
	return err == nil && off
}

// maxWorkingDays bounds the walk of workingDays.
const maxWorkingDays = 4_000

// workingDays counts the working days from a, not counting a itself, to b, counting it; negative when b is before a.
func (c *calendar) workingDays(a, b request.Date, region string) (int, error) {
	sign := 1
	if b.Before(a) {
		a, b, sign = b, a, -1
	}
	if a.DaysUntil(b) > maxWorkingDays {
		return 0, fmt.Errorf("%s and %s are too far apart to count working days", a, b)
	}
	n := 0
	for d := a.AddDays(1); !d.After(b); d = d.AddDays(1) {
		if weekend(d) {
			continue
		}
		off, err := c.holiday(d, region)
		if err != nil {
			return 0, err
		}
		if !off {
			n++
		}
	}
	return sign * n, nil
}

func weekend(d request.Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// names are the regions, sorted.
func (c *calendar) names() []string {
	var names []string
	for r := range c.regions {
		names = append(names, r)
	}
	slices.Sort(names)
	return names
}
