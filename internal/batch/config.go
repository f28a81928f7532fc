package batch

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"handrail/ingest"
)

// ScheduleConfig says when the job works.
type ScheduleConfig struct {
	TimeZone string `toml:"time_zone" comment:"The department's time zone: days, weeks and schedules are counted in it."`
	Poll     string `toml:"poll" comment:"When to look into the inboxes: minute hour day month weekday."`
	Weekly   string `toml:"weekly" comment:"When finance gets the workbook of the week that ended. Times between 01:00 and 03:00 are skipped or doubled when clocks change."`
}

// Validate names every mistake. Zones inside a schedule ("TZ=…") are refused: there is one zone, and the parser
// panics on some of them.
func (c ScheduleConfig) Validate() error {
	var p ingest.Mistakes
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
