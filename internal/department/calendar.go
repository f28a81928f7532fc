package department

import (
	"time"

	"handrail/internal/officers"
	"handrail/internal/request"
)

// Calendar is when the officers of an inbox work. The configuration was checked when the job was made.
func (j *Department) Calendar(box *Inbox) *officers.Calendar {
	c := &officers.Calendar{Zone: j.Zone, Off: func(request.Date) bool { return false }}
	c.From, c.To, _ = j.Decisions.Hours()
	c.Off = func(d request.Date) bool {
		return j.holidays[d] || box != nil && box.Policy().Holiday(d)
	}
	return c
}

// DecideBy is the day by which a decision is wanted: three working days on.
func (j *Department) DecideBy(box *Inbox, t time.Time) request.Date {
	return j.Calendar(box).Days(j.Day(t), officers.DecisionDays)
}

// DigestAt is the next time that an officer's daily mail goes out.
func (j *Department) DigestAt(box *Inbox, t time.Time) time.Time {
	since, _ := officers.ParseClock(officers.TextOr(j.Decisions.DigestAt, officers.UsualDigest))
	return j.Calendar(box).Next(t, since)
}
