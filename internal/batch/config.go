package batch

import (
	"time"

	"handrail/ingest"
)

// ScheduleConfig says when the job works.
type ScheduleConfig struct {
	TimeZone string `toml:"time_zone" comment:"The department's time zone: days, weeks and schedules are counted in it."`
	Poll     string `toml:"poll" comment:"When to look into the inboxes: minute hour day month weekday."`
	Weekly   string `toml:"weekly" comment:"When finance gets the workbook of the week that ended. A time that clocks skip in spring comes when they have changed, one that comes twice in autumn comes once."`
}

// Validate names every mistake. Zones inside a schedule ("TZ=…") are refused: there is one zone, and the parser
// panics on some of them. So is a schedule that never comes.
func (c ScheduleConfig) Validate() error {
	var p ingest.Mistakes
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil || c.TimeZone == "" {
		p.Add("time_zone", "%q is not a time zone; write it as America/Toronto", c.TimeZone)
		zone = time.UTC
	}
	for _, s := range []struct{ key, value string }{{"poll", c.Poll}, {"weekly", c.Weekly}} {
		if _, err := parseSchedule(s.value, zone); err != nil {
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
		schedule, err := parseSchedule(s, zone)
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
