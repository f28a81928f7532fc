package replay

import (
	"slices"

	"handrail/internal/request"
	"handrail/internal/totals"
)

// dayBuckets are sums by key and day, as the ledger keeps them. Each day holds what it and all days before it come to: a window is asked
// for by every line and every key that is alike, and days are nearly always added at the end.
type dayBuckets map[string][]dayBucket

type dayBucket struct {
	day   request.Date
	minor int64
	lines int
}

func (d dayBuckets) find(key string, day request.Date) (int, bool) { return findDay(d[key], day) }

func findDay(days []dayBucket, day request.Date) (int, bool) {
	if n := len(days); n > 0 && days[n-1].day.Before(day) { // the past comes in order, nearly always
		return n, false
	}
	return slices.BinarySearchFunc(days, day, func(b dayBucket, day request.Date) int { return b.day.Compare(day) })
}

func (d dayBuckets) add(key string, day request.Date, minor int64, lines int) {
	i, found := d.find(key, day)
	if !found {
		b := dayBucket{day: day}
		if i > 0 {
			b.minor, b.lines = d[key][i-1].minor, d[key][i-1].lines
		}
		d[key] = slices.Insert(d[key], i, b)
	}
	for days := d[key]; i < len(days); i++ {
		days[i].minor += minor
		days[i].lines += lines
	}
}

// sum adds up the days from … to, both included.
func (d dayBuckets) sum(key string, from, to request.Date) (minor int64, lines int) {
	days := d[key]
	if len(days) == 0 {
		return 0, 0
	}
	last, found := findDay(days, to)
	if found {
		last++
	}
	if last == 0 {
		return 0, 0
	}
	minor, lines = days[last-1].minor, days[last-1].lines
	if first, _ := findDay(days, from); first > 0 {
		first = min(first, last)
		minor -= days[first-1].minor
		lines -= days[first-1].lines
	}
	return minor, lines
}

// keyValues are the values that the lines of a key have, where a total counts the different ones.
type keyValues map[string]map[string]bool

func (v keyValues) note(key string) {
	of, value := totals.SplitValue(key)
	if value == "" {
		return
	}
	if v[of] == nil {
		v[of] = map[string]bool{}
	}
	v[of][value] = true
}

// among are the values of a key's lines from … to, both included.
func (v keyValues) among(days dayBuckets, key string, from, to request.Date) (values []string) {
	for value := range v[key] {
		if _, lines := days.sum(totals.WithValue(key, value), from, to); lines > 0 {
			values = append(values, value)
		}
	}
	return values
}
