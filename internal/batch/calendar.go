package batch

import (
	"fmt"
	"time"

	"handrail/internal/request"
)

// calendar is when officers work: what is due is due in working time, so that nothing is reminded of at night and nothing
// is taken from somebody over a long weekend.
type calendar struct {
	zone     *time.Location
	from, to time.Duration // of a working day, since midnight
	off      func(request.Date) bool
}

// weekdays is a calendar without holidays, for days alone.
func weekdays() *calendar { return &calendar{off: func(request.Date) bool { return false }} }

// horizon bounds the walk over days: nobody waits for a decision longer.
const horizon = 366

func (c *calendar) works(d request.Date) bool {
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday && !c.off(d)
}

// at is a time of day on d, in the zone: the clock counts, not the hours since midnight.
func (c *calendar) at(d request.Date, since time.Duration) time.Time {
	return time.Date(d.Year, d.Month, d.Day, int(since/time.Hour), int(since%time.Hour/time.Minute), 0, 0, c.zone)
}

// after is the instant by which an amount of working time has gone by since t.
func (c *calendar) after(t time.Time, work time.Duration) time.Time {
	d := request.DateOf(t.In(c.zone))
	for range horizon {
		if c.works(d) {
			start, end := c.at(d, c.from), c.at(d, c.to)
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
	return c.at(d, c.from)
}

// days is the day by which n working days have gone by since d.
func (c *calendar) days(d request.Date, n int) request.Date {
	for i := 0; n > 0 && i < horizon; i++ {
		d = d.AddDays(1)
		if c.works(d) {
			n--
		}
	}
	return d
}

// next is the next working day's time of day, after t.
func (c *calendar) next(t time.Time, since time.Duration) time.Time {
	d := request.DateOf(t.In(c.zone))
	for range horizon {
		if at := c.at(d, since); c.works(d) && at.After(t) {
			return at
		}
		d = d.AddDays(1)
	}
	return t
}

// parseClock reads "08:30" as the time since midnight.
func parseClock(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time of day such as \"08:30\"", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}
