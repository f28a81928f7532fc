package batch

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// parseSchedule reads a five-field schedule whose times are those of clocks in zone. One that never comes is refused.
func parseSchedule(s string, zone *time.Location) (cron.Schedule, error) {
	if strings.Contains(s, "=") {
		return nil, fmt.Errorf("%q: write the zone in time_zone, not in the schedule", s)
	}
	parsed, err := cron.ParseStandard(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a schedule such as \"*/5 * * * *\" (minute hour day month weekday): %w", s, err)
	}
	spec, fields := parsed.(*cron.SpecSchedule)
	if !fields {
		return parsed, nil // "@every 5m"
	}
	// From a leap year every day of the calendar comes within the five years that a schedule looks ahead.
	if spec.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes: no month that it names has such a day. It says minute, hour, day, month, weekday, as in \"0 7 * * 1\": Mondays at seven", s)
	}
	if spec.Hour&everyHour == everyHour {
		spec.Location = zone
		return spec, nil // it comes in every hour that there is, also in one that comes twice
	}
	spec.Location = time.UTC
	return &clockTimes{spec, zone}, nil
}

const everyHour = 1<<24 - 1

// clockTimes is a schedule at certain hours. Where clocks change it comes once on its day all the same: a time that they skip
// comes when they have changed, and a time that they show twice comes the first time.
type clockTimes struct {
	clock *cron.SpecSchedule // of what clocks show, written as if it were UTC
	zone  *time.Location
}

// Next is the first time after t; the zero time when there is none.
func (c *clockTimes) Next(t time.Time) time.Time {
	local := t.In(c.zone)
	shown := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)
	for {
		if shown = c.clock.Next(shown); shown.IsZero() {
			return time.Time{}
		}
		if at := firstShowing(shown, c.zone); at.After(t) {
			return at
		}
	}
}

// firstShowing is the first instant at which clocks in zone show what is written as UTC, or have passed it.
func firstShowing(shown time.Time, zone *time.Location) time.Time {
	_, before := shown.Add(-24 * time.Hour).In(zone).Zone()
	_, after := shown.Add(24 * time.Hour).In(zone).Zone()
	early, late := shown.Add(-time.Duration(max(before, after))*time.Second), shown.Add(-time.Duration(min(before, after))*time.Second)
	for _, at := range []time.Time{early, late} {
		if _, offset := at.In(zone).Zone(); at.Add(time.Duration(offset) * time.Second).Equal(shown) {
			return at.In(zone)
		}
	}
	_, changed := early.In(zone).ZoneBounds() // skipped: early lies before the change
	return changed.In(zone)
}
