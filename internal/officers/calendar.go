package officers

import (
	"fmt"
	"time"

	"handrail/internal/request"
)

// Calendar is when officers work: what is due is due in working time, so that nothing is reminded of at night and nothing
// is taken from somebody over a long weekend.
type Calendar struct {
	Zone     *time.Location
	From, To time.Duration // of a working day, since midnight
	Off      func(request.Date) bool
}

// Weekdays is a calendar without holidays, for days alone.
func Weekdays() *Calendar { return &Calendar{Off: func(request.Date) bool { return false }} }

// horizon bounds the walk over days: nobody waits for a decision longer.
const horizon = 366

func (c *Calendar) works(d request.Date) bool {
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday && !c.Off(d)
}

// at is a time of day on d, in the zone: the clock counts, not the hours since midnight.
func (c *Calendar) at(d request.Date, since time.Duration) time.Time {
	return time.Date(d.Year, d.Month, d.Day, int(since/time.Hour), int(since%time.Hour/time.Minute), 0, 0, c.Zone)
}

// After is the instant by which an amount of working time has gone by since t.
func (c *Calendar) After(t time.Time, work time.Duration) time.Time {
	d := request.DateOf(t.In(c.Zone))
	for range horizon {
		if c.works(d) {
			start, end := c.at(d, c.From), c.at(d, c.To)
			if t.After(start) {
				start = t
			}
			if left := end.Sub(start); left > 0 {
				if work <= left {
					return start.Add(work)
				}
				work -= left
			}
		}
		d = d.AddDays(1)
	}
	return c.at(d, c.From)
}

// Days is the day by which n working days have gone by since d.
func (c *Calendar) Days(d request.Date, n int) request.Date {
	for i := 0; n > 0 && i < horizon; i++ {
		d = d.AddDays(1)
		if c.works(d) {
			n--
		}
	}
	return d
}

// Next is the next working day's time of day, after t.
func (c *Calendar) Next(t time.Time, since time.Duration) time.Time {
	d := request.DateOf(t.In(c.Zone))
	for range horizon {
		if at := c.at(d, since); c.works(d) && at.After(t) {
			return at
		}
		d = d.AddDays(1)
	}
	return t
}

// ParseClock reads "08:30" as the time since midnight.
func ParseClock(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time of day such as \"08:30\"", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}
