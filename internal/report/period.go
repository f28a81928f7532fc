package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"handrail/internal/request"
)

var (
	weekName  = regexp.MustCompile(`^(\d{4})-W(\d{2})([ab])?$`)
	monthName = regexp.MustCompile(`^(\d{4})-(\d{2})$`) // or a fiscal year
)

// ParsePeriod reads the name of a period: an ISO week "2026-W47", a part of the week in which a fiscal year ends
// "2027-W13a", a month "2026-11", a fiscal year "2026-27" (from the
// first day of fiscalStart) or a span "2026-11-03..2026-12-02", both days included. What could be a month or a fiscal
// year is a fiscal year when its second part follows its first (2009-10 is a month only in a calendar that has no
// fiscal years; write 2009-10-01..2009-10-31 for October 2009).
func ParsePeriod(name string, fiscalStart time.Month) (Period, error) {
	if from, to, ok := strings.Cut(name, ".."); ok {
		return parseSpan(name, from, to)
	}
	if m := weekName.FindStringSubmatch(name); m != nil {
		year, _ := strconv.Atoi(m[1])
		week, _ := strconv.Atoi(m[2])
		p := Week(year, week)
		if y, w := p.From.Time(time.UTC).ISOWeek(); y != year || w != week {
			return Period{}, fmt.Errorf("the year %d has no ISO week %d", year, week)
		}
		return partOfWeek(p, m[3], fiscalStart)
	}
	if m := monthName.FindStringSubmatch(name); m != nil {
		year, _ := strconv.Atoi(m[1])
		second, _ := strconv.Atoi(m[2])
		if second == (year+1)%100 {
			return FiscalYear(year, fiscalStart), nil
		}
		if second >= 1 && second <= 12 {
			first := request.Date{Year: year, Month: time.Month(second), Day: 1}
			last := request.DateOf(first.Time(time.UTC).AddDate(0, 1, -1))
			return Period{Name: name, From: first, To: last}, nil
		}
	}
	return Period{}, fmt.Errorf("%q is not a period: write a week (2026-W47), a month (2026-11), a fiscal year (2026-27) or two days (2026-11-03..2026-12-02)", name)
}

// partOfWeek is the week itself, or the part that letter names where a fiscal year ends in it: no sum may mix two years.
func partOfWeek(week Period, letter string, fiscalStart time.Month) (Period, error) {
	parts := week.SplitByFiscalYear(fiscalStart)
	switch {
	case len(parts) == 1 && letter == "":
		return week, nil
	case len(parts) == 1:
		return Period{}, fmt.Errorf("no fiscal year ends in week %s: write it without %q", week.Name, letter)
	case letter == "":
		return Period{}, fmt.Errorf("a fiscal year ends in week %s: write %s (until %s) or %s", week.Name, parts[0].Name, parts[0].To, parts[1].Name)
	}
	return parts[letter[0]-'a'], nil
}

func parseSpan(name, from, to string) (Period, error) {
	first, err := request.ParseDate(from)
	if err != nil {
		return Period{}, fmt.Errorf("period %q: %w", name, err)
	}
	last, err := request.ParseDate(to)
	if err != nil {
		return Period{}, fmt.Errorf("period %q: %w", name, err)
	}
	if last.Before(first) {
		return Period{}, fmt.Errorf("period %q ends before it begins", name)
	}
	return Period{Name: name, From: first, To: last}, nil
}

// Week is the ISO week, Monday to Sunday.
func Week(year, week int) Period {
	fourth := request.Date{Year: year, Month: time.January, Day: 4} // always in week 1
	monday := fourth.AddDays(-(int(fourth.Weekday())+6)%7 + 7*(week-1))
	return Period{Name: fmt.Sprintf("%04d-W%02d", year, week), From: monday, To: monday.AddDays(6)}
}

// WeekOf is the ISO week that d is in.
func WeekOf(d request.Date) Period {
	year, week := d.Time(time.UTC).ISOWeek()
	return Week(year, week)
}

// FiscalYear is the fiscal year that begins in year; it is named by both its years, "2026-27".
func FiscalYear(year int, start time.Month) Period {
	if start == 0 {
		start = time.April
	}
	return Period{
		Name: fmt.Sprintf("%04d-%02d", year, (year+1)%100),
		From: request.Date{Year: year, Month: start, Day: 1},
		To:   request.Date{Year: year + 1, Month: start, Day: 1}.AddDays(-1),
	}
}

// FiscalYearOf is the fiscal year that d is in.
func FiscalYearOf(d request.Date, start time.Month) Period {
	if start == 0 {
		start = time.April
	}
	year := d.Year
	if d.Month < start {
		year--
	}
	return FiscalYear(year, start)
}

// SplitByFiscalYear cuts a period where a fiscal year ends in it, so that no sum mixes two years. The parts of a cut
// week have its name with "a" and "b".
func (p Period) SplitByFiscalYear(start time.Month) []Period {
	var parts []Period
	for from := p.From; !from.After(p.To); {
		year := FiscalYearOf(from, start)
		part := Period{Name: p.Name, From: from, To: p.To}
		if year.To.Before(p.To) {
			part.To = year.To
		}
		parts = append(parts, part)
		from = part.To.AddDays(1)
	}
	if len(parts) > 1 {
		for i := range parts {
			parts[i].Name += string(rune('a' + i%26))
		}
	}
	return parts
}

// Bounds are the instants of the period in loc: it begins at the first and ends before the second.
func (p Period) Bounds(loc *time.Location) (from, to time.Time) {
	return p.From.Time(loc), p.To.AddDays(1).Time(loc)
}

// FileName is what the period's workbook is called.
func (p Period) FileName() string {
	return "handrail-" + strings.ReplaceAll(p.Name, "..", "_") + ".xlsx"
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
