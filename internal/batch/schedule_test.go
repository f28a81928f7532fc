package batch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/batch"
)

// Where clocks change, a time that they skip comes that day when they have changed, one that they show twice comes once, and
// what comes every few minutes goes on through both.
func TestSchedulesWhereClocksChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, schedule, from string // from is UTC
		want                       []string
	}{
		{"skipped", "America/Toronto", "30 2 * * *", "2026-03-07 12:00", []string{"2026-03-08 03:00 EDT", "2026-03-09 02:30 EDT"}},
		{"skipped", "Europe/London", "30 1 * * *", "2026-03-28 12:00", []string{"2026-03-29 02:00 BST", "2026-03-30 01:30 BST"}},
		{"skipped, on its weekday only", "America/Toronto", "30 2 * * 0", "2026-03-02 12:00", []string{"2026-03-08 03:00 EDT", "2026-03-15 02:30 EDT"}},
		{"skipped, in either hour", "America/Toronto", "30 2,3 * * *", "2026-03-08 05:00", []string{"2026-03-08 03:00 EDT", "2026-03-08 03:30 EDT", "2026-03-09 02:30 EDT"}},
		{"skipped, several times in the hour", "America/Toronto", "*/20 2 * * *", "2026-03-08 05:00", []string{"2026-03-08 03:00 EDT", "2026-03-09 02:00 EDT"}},
		{"doubled", "America/Toronto", "30 1 * * *", "2026-10-31 12:00", []string{"2026-11-01 01:30 EDT", "2026-11-02 01:30 EST"}},
		{"doubled", "Europe/London", "30 1 * * *", "2026-10-24 12:00", []string{"2026-10-25 01:30 BST", "2026-10-26 01:30 GMT"}},
		{"asked in the second of two hours", "America/Toronto", "30 1 * * *", "2026-11-01 06:10", []string{"2026-11-02 01:30 EST"}},
		{"between the first and the second", "Europe/London", "30 1 * * *", "2026-10-25 00:30", []string{"2026-10-26 01:30 GMT"}},
		{"every half hour, skipped", "America/Toronto", "*/30 * * * *", "2026-03-08 06:30", []string{"2026-03-08 03:00 EDT", "2026-03-08 03:30 EDT"}},
		{"every half hour, doubled", "America/Toronto", "*/30 * * * *", "2026-11-01 05:00", []string{"2026-11-01 01:30 EDT", "2026-11-01 01:00 EST", "2026-11-01 01:30 EST", "2026-11-01 02:00 EST"}},
		{"an ordinary Monday", "Europe/London", "0 7 * * 1", "2026-11-23 07:00", []string{"2026-11-30 07:00 GMT"}},
		{"only in leap years", "America/Toronto", "0 7 29 2 *", "2025-01-01 00:00", []string{"2028-02-29 07:00 EST"}},
	} {
		s := batch.ScheduleConfig{TimeZone: c.zone, Poll: c.schedule, Weekly: c.schedule}
		at, err := time.Parse("2006-01-02 15:04", c.from)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range c.want {
			poll, weekly, err := s.Next(at)
			if err != nil || !poll.Equal(weekly) || !poll.After(at) {
				t.Fatalf("%s, %s: %v, %v, %v", c.name, c.zone, poll, weekly, err)
			}
			got, at = append(got, poll.Format("2006-01-02 15:04 MST")), poll
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, %s, %q: %q, want %q", c.name, c.zone, c.schedule, got, c.want)
		}
	}
}

// A schedule that never comes is refused with its key and a reason.
func TestASchedulesThatNeverComesIsRefused(t *testing.T) {
	t.Parallel()
	for _, never := range []string{"0 7 31 2 *", "0 7 30 feb *", "0 7 31 4,6,9,11 *"} {
		err := batch.ScheduleConfig{TimeZone: "Europe/London", Poll: never, Weekly: never}.Validate()
		for _, want := range []string{"poll: \"" + never + "\" never comes", "weekly: \"" + never + "\" never comes", "Mondays at seven"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v does not say %q", never, err, want)
			}
		}
	}
}
