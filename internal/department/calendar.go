package department

import (
	"time"

	"handrail/internal/officers"
	"handrail/internal/request"
)

// Calendar is when the officers of an inbox work. The configuration was checked when the job was made.
func (dept *Department) Calendar(box *Inbox) *officers.Calendar {
	c := &officers.Calendar{Zone: dept.Zone, Off: func(request.Date) bool { return false }}
	c.From, c.To, _ = dept.Decisions.Hours()
	c.Off = func(d request.Date) bool {
		return dept.holidays[d] || box != nil && box.Policy() != nil && box.Policy().Holiday(d)
	}
	return c
}

// DecideBy is the day by which a decision is wanted: three working days on.
func (dept *Department) DecideBy(box *Inbox, t time.Time) request.Date {
	return dept.Calendar(box).Days(dept.Day(t), officers.DecisionDays)
}

// DigestAt is the next time that an officer's daily mail goes out.
func (dept *Department) DigestAt(box *Inbox, t time.Time) time.Time {
	since, _ := officers.ParseClock(officers.TextOr(dept.Decisions.DigestAt, officers.UsualDigest))
	return dept.Calendar(box).Next(t, since)
}

// OperatorAt is when the operator's daily mail goes out on the day of t; false where nobody works on that day.
func (dept *Department) OperatorAt(t time.Time) (at time.Time, today bool) {
	since, _ := officers.ParseClock(officers.TextOr(dept.Config.OperatorAt, UsualOperatorAt))
	day := dept.Day(t)
	at = dept.Calendar(dept.Main()).Next(day.Time(dept.Zone).Add(-time.Nanosecond), since)
	return at, dept.Day(at) == day
}
