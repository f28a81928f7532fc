package workbook

import (
	"math"
	"strconv"
)

const (
	msPerDay     = 24 * 60 * 60 * 1000
	lastSerial   = 2958466 // 10000-01-01
	days1904     = 1462    // from the first day of one system to that of the other
	unixDay1900  = 25569   // the serial of 1970-01-01
	leapDayOf900 = 60      // 1900-02-29, which never was
)

// appendSerial appends the ISO 8601 form of a day number: "2026-12-01", with "T14:30:00" when it has a time, with
// milliseconds when they are not zero; a number below one is a time of day, "14:30:00". ok is false for what no date
// stands for. Serial 60 of the 1900 system is 1900-02-29, as the workbook shows it, although there was no such day.
func appendSerial(dst []byte, serial float64, date1904 bool) (out []byte, ok bool) {
	if !(serial >= 0) || serial >= lastSerial {
		return dst, false
	}
	day := math.Floor(serial)
	ms := int64(math.RoundToEven((serial - day) * msPerDay))
	n := int64(day)
	if ms == msPerDay {
		n, ms = n+1, 0
	}
	if n == 0 && !date1904 {
		return appendClock(dst, ms), true
	}
	if date1904 {
		n += days1904
	}
	if n >= lastSerial {
		return dst, false
	}
	switch {
	case n == leapDayOf900 && !date1904:
		dst = append(dst, "1900-02-29"...)
	default:
		if n < leapDayOf900 {
			n++
		}
		dst = appendDay(dst, n-unixDay1900)
	}
	if ms != 0 {
		dst = append(dst, 'T')
		dst = appendClock(dst, ms)
	}
	return dst, true
}

// appendDay appends the ISO form of a day counted from 1970-01-01, by the algorithm of civil calendars that begin
// their years in March.
func appendDay(dst []byte, n int64) []byte {
	n += 719468
	era := n / 146097
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d := doy - (153*mp+2)/5 + 1
	m := mp + 3
	y := yoe + era*400
	if m > 12 {
		m -= 12
		y++
	}
	dst = appendPadded(dst, y, 4)
	dst = append(dst, '-')
	dst = appendPadded(dst, m, 2)
	dst = append(dst, '-')
	return appendPadded(dst, d, 2)
}

func appendClock(dst []byte, ms int64) []byte {
	dst = appendPadded(dst, ms/3600000, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, ms/60000%60, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, ms/1000%60, 2)
	if rest := ms % 1000; rest != 0 {
		dst = append(dst, '.')
		dst = appendPadded(dst, rest, 3)
	}
	return dst
}

func appendPadded(dst []byte, n int64, width int) []byte {
	for ; width > 1; width-- {
		if n < pow10[width-1] {
			dst = append(dst, '0')
		}
	}
	return strconv.AppendInt(dst, n, 10)
}

var pow10 = [...]int64{1, 10, 100, 1000}

// simpleNumber reports whether b is a decimal number of so few digits that it is the shortest form of its double.
func simpleNumber(b []byte) bool {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	if len(b)-i > 15 || i == len(b) {
		return false
	}
	if b[i] == '0' && i+1 < len(b) && b[i+1] != '.' {
		return false
	}
	point := false
	for from := i; i < len(b); i++ {
		c := b[i]
		if c >= '0' && c <= '9' {
			continue
		}
		if c != '.' || point || i == from || i+1 == len(b) {
			return false
		}
		point = true
	}
	return !point || b[len(b)-1] != '0'
}

// appendDouble appends the shortest decimal text that is read back as exactly f.
func appendDouble(dst []byte, f float64) []byte {
	if a := math.Abs(f); f == 0 || a >= 1e-7 && a < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'e', -1, 64)
}

// isoDate brings the value of a cell of type "d" to our form: a midnight without a time zone is a day.
func isoDate(raw string) (value string, ok bool) {
	if len(raw) < 10 || raw[4] != '-' || raw[7] != '-' {
		return raw, len(raw) >= 5 && raw[2] == ':'
	}
	day, clock := raw[:10], raw[10:]
	if clock == "" || clock[0] != 'T' && clock[0] != ' ' {
		return raw, clock == ""
	}
	clock = clock[1:]
	if n := len(clock); n > 0 && clock[n-1] == 'Z' {
		clock = clock[:n-1]
	}
	for len(clock) > 8 && (clock[len(clock)-1] == '0' || clock[len(clock)-1] == '.') {
		clock = clock[:len(clock)-1]
	}
	if clock == "00:00:00" || clock == "00:00" {
		return day, true
	}
	return day + "T" + clock, true
}
