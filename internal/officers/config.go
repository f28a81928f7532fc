package officers

import (
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/request"
)

// DecisionsConfig says how officers' decisions are handled, and when officers are asked again.
type DecisionsConfig struct {
	Hold         *ingest.Duration `toml:"hold" comment:"How long the requester's mail waits after an officer's decision, so that a mistake can be undone; \"0s\": at once. 10 minutes when left out."`
	Officers     string           `toml:"officers" comment:"A CSV file or a workbook with the officers, beside or instead of [[officer]]: the columns email, name, title, language, limit, units, cost centres, commodities, backup, absences, assistants, digest; empty: none."`
	WorkingHours string           `toml:"working_hours" comment:"When officers work, Monday to Friday in the department's time zone. Reminders count this time only."`
	Holidays     []string         `toml:"holidays" comment:"Days on which nobody works, as \"2026-12-28\", beside the public holidays of the policy's region."`
	RemindAfter  *ingest.Duration `toml:"remind_after" comment:"Working time after which an officer is reminded. 18h (two days) when left out."`
	RerouteAfter *ingest.Duration `toml:"reroute_after" comment:"Working time after which an officer is reminded again, the backup or another officer is asked as well, and the requester hears who has the lines. 45h (five days) when left out."`
	ExpireDays   int              `toml:"expire_days" comment:"Days after which a new mail with a new code asks again; the old ones go on deciding. With the second, contact and operator hear. 0: 14."`
	SameLineDays int              `toml:"same_line_days" comment:"Days for which the numbers in a workbook that comes back mean the same lines; later they are new lines, unless one of the request still waits for an officer; 0: 60."`
	DigestAt     string           `toml:"digest_at" comment:"When officers get the day's one mail: those with digest = true, and those who had eight mails the day before."`
}

// What holds where the configuration says nothing. Ten minutes are long enough to notice a slip of the thumb.
const (
	usualHold    = 10 * time.Minute
	usualRemind  = 18 * time.Hour
	usualReroute = 45 * time.Hour
	usualExpiry  = 14 // days
	usualSame    = 60 // days
	usualHours   = "08:00-17:00"
	UsualDigest  = "08:30"
)

func durationOr(d *ingest.Duration, usual time.Duration) time.Duration {
	if d == nil {
		return usual
	}
	return time.Duration(*d)
}

func daysOr(days, usual int) time.Duration {
	if days == 0 {
		days = usual
	}
	return time.Duration(days) * 24 * time.Hour
}

// TextOr is s, or what is usual where it is empty.
func TextOr(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}

// HoldTime is how long a decision is held.
func (c DecisionsConfig) HoldTime() time.Duration { return durationOr(c.Hold, usualHold) }

// RemindTime is the working time after which an officer is reminded.
func (c DecisionsConfig) RemindTime() time.Duration { return durationOr(c.RemindAfter, usualRemind) }

// RerouteTime is the working time after which lines go to somebody else.
func (c DecisionsConfig) RerouteTime() time.Duration {
	return durationOr(c.RerouteAfter, usualReroute)
}

// ExpiryTime is how long a code decides.
func (c DecisionsConfig) ExpiryTime() time.Duration { return daysOr(c.ExpireDays, usualExpiry) }

// SameLineTime is how long a number in a workbook means the line that bore it first.
func (c DecisionsConfig) SameLineTime() time.Duration { return daysOr(c.SameLineDays, usualSame) }

// Hours are the ends of a working day, since midnight.
func (c DecisionsConfig) Hours() (from, to time.Duration, err error) {
	first, last, _ := strings.Cut(TextOr(c.WorkingHours, usualHours), "-")
	if from, err = ParseClock(strings.TrimSpace(first)); err != nil {
		return 0, 0, err
	}
	to, err = ParseClock(strings.TrimSpace(last))
	return from, to, err
}

// Validate names every mistake.
func (c DecisionsConfig) Validate() error {
	var p ingest.Mistakes
	if h := c.HoldTime(); h < 0 || h > 24*time.Hour {
		p.Add("hold", "%s is not between 0 and a day", h)
	}
	if from, to, err := c.Hours(); err != nil {
		p.Add("working_hours", "%v; write working hours as \"08:00-17:00\"", err)
	} else if from >= to {
		p.Add("working_hours", "%q ends before it begins", c.WorkingHours)
	}
	for _, day := range c.Holidays {
		if _, err := request.ParseDate(day); err != nil {
			p.Add("holidays", "%q is not a day such as \"2026-12-28\"", day)
		}
	}
	if c.RemindTime() < time.Hour {
		p.Add("remind_after", "%s is less than an hour of working time", c.RemindTime())
	}
	if c.RerouteTime() < c.RemindTime() {
		p.Add("reroute_after", "%s is before the first reminder (remind_after, %s)", c.RerouteTime(), c.RemindTime())
	}
	if c.ExpireDays < 0 || c.ExpireDays > 366 {
		p.Add("expire_days", "%d is not between 1 and 366 days", c.ExpireDays)
	}
	if c.SameLineDays < 0 || c.SameLineDays > 366 {
		p.Add("same_line_days", "%d is not between 1 and 366 days", c.SameLineDays)
	}
	if _, err := ParseClock(TextOr(c.DigestAt, UsualDigest)); err != nil {
		p.Add("digest_at", "%v", err)
	}
	return p.Err()
}
