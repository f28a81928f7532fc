package request

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// ParseDay reads a typed day where it can mean one day only. The error is a *Misread.
func ParseDay(s string) (Date, error) {
	d, _, err := ReadDay(s, UnknownLang)
	return d, err
}

// lastTyped is the last year that a typed day may have: what lies beyond is a slip of the hand.
const lastTyped = 2049

var (
	isoDay       = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(?:z|[+-]\d{2}:?\d{2})?)?$`)
	yearFirstDay = regexp.MustCompile(`^(\d{4})([/. ]) ?(\d{1,2})([/. ]) ?(\d{1,2})$`)
	yearLastDay  = regexp.MustCompile(`^(\d{1,2})([/. -]) ?(\d{1,2})([/. -]) ?(\d{4}|\d{2})$`)
	digitsDay    = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	isoWeekDay   = regexp.MustCompile(`^(\d{4})-?w(\d{2})-?([1-7])$`)
	ordinalDay   = regexp.MustCompile(`^(\d{4})-(\d{3})$`)
	orderRemark  = regexp.MustCompile(` ?\(?\b(jj|dd|mm)[-/. ](mm|jj|dd)[-/. ](?:aaaa|yyyy)\)?$`)
	// What people write around a day without changing it: a latest day, an hour.
	latestDay = regexp.MustCompile(`^(?:asap[ ,;-]+)?(?:by|no later than|not later than|at the latest|on or before|d'ici(?: au)?|au plus tard|pas plus tard que)\b[ :,]*|[ ,(]+(?:at the latest|or before|or earlier|or sooner|latest|au plus tard|ou avant|ou plus tot|firm|ferme)\)?$|^asap[ ,;-]+`)
	hourOfDay = regexp.MustCompile(`^(?:noon|midi)[ ,]+|[ ,]+(?:(?:a|at) )?(\d{1,2}) ?(?:h|:) ?(\d{2})?(?::\d{2})?(?: ?[ap]\.?m\.?)?$|[ ,]+(?:(?:a|at) )?(\d{1,2}) ?[ap]\.?m\.?$|[ ,]+(?:(?:a|at) )?(?:noon|midi)$`)
)

// ReadDay reads a typed day where it can mean one day only: 2026-11-12, "12 novembre 2026", "Nov 12, 2026", 25/11/2026. l is the language of the
// form. note says what was taken for granted, such as the year of 12-Nov-26; it is empty when nothing was. The error is a *Misread.
func ReadDay(s string, l Lang) (d Date, note Text, err error) {
	if HasControl(s) {
		return Date{}, note, controlMisread()
	}
	t := strings.TrimPrefix(Clean(PlainCode(s)), "'")
	r := dayReader{typed: s, lang: l}
	if len(t) == len("2026-12-01") && t[4] == '-' && t[7] == '-' {
		if d, err := ParseDate(t); err == nil {
			return d, note, CheckDay(d)
		}
	}
	if len(t) > maxTyped || t == "" {
		return Date{}, note, r.notADay()
	}
	d, err = r.read(strings.Join(strings.Fields(foldLetters(t)), " "))
	if err != nil {
		return Date{}, note, err
	}
	if d.Year > lastTyped {
		return Date{}, note, unlikelyDay(d)
	}
	if err := CheckDay(d); err != nil {
		return Date{}, note, err
	}
	if r.noted {
		note = dayReadText(s, d)
	}
	return d, note, nil
}

func dayReadText(s string, d Date) Text {
	return Text{EN: QuoteEN(s) + " was read as " + d.String() + ".", FR: QuoteFR(s) + " a été lu comme le " + d.String() + "."}
}

// foldLetters is s in lower case, without accents and raised letters; punctuation stays.
func foldLetters(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		if r < 0x300 || r > 0x36f {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// dayReader reads one typed day.
type dayReader struct {
	typed string
	lang  Lang
	noted bool
}

func (r *dayReader) notADay() *Misread {
	return misread(CodeNotADate,
		QuoteEN(r.typed)+" is not a date that can be read for certain. Write year-month-day, such as 2026-12-01.",
		QuoteFR(r.typed)+" n’est pas une date que l’on peut lire avec certitude. Inscrivez année-mois-jour, comme 2026-12-01.")
}

func (r *dayReader) twoDays(a, b Date) *Misread {
	return misread(CodeAmbiguousDate,
		QuoteEN(r.typed)+" can be "+longDay(English, a)+" or "+longDay(English, b)+". Write "+a.String()+" or "+b.String()+".",
		QuoteFR(r.typed)+" peut être le "+longDay(French, a)+" ou le "+longDay(French, b)+". Inscrivez "+a.String()+" ou "+b.String()+".")
}

func (r *dayReader) manyDays() *Misread {
	return misread(CodeAmbiguousDate,
		QuoteEN(r.typed)+" does not say for certain which number is the day, the month and the year. Write year-month-day, such as 2026-12-01.",
		QuoteFR(r.typed)+" ne dit pas avec certitude quel nombre est le jour, le mois et l’année. Inscrivez année-mois-jour, comme 2026-12-01.")
}

func (r *dayReader) day(year, month, day int) (Date, error) {
	d := Date{year, time.Month(month), day}
	if month < 1 || month > 12 || day < 1 || day > 31 || DateOf(d.Time(time.UTC)) != d {
		return Date{}, misread(CodeNotADate,
			QuoteEN(r.typed)+" is not a day of the calendar. Write year-month-day, such as 2026-12-01.",
			QuoteFR(r.typed)+" n’est pas un jour du calendrier. Inscrivez année-mois-jour, comme 2026-12-01.")
	}
	return d, nil
}

// read takes the text apart: first what stands around the day, then the day.
func (r *dayReader) read(t string) (Date, error) {
	if m := isoDay.FindStringSubmatch(t); m != nil {
		return r.isoDay(m)
	}
	if m := orderRemark.FindStringSubmatchIndex(t); m != nil {
		order := t[m[2]:m[3]]
		if order != t[m[4]:m[5]] && (order == "mm" || t[m[4]:m[5]] == "mm") {
			if n := yearLastDay.FindStringSubmatch(strings.TrimSpace(t[:m[0]])); n != nil && len(n[5]) == 4 {
				r.noted = true
				if order == "mm" {
					return r.day(number(n[5]), number(n[1]), number(n[3]))
				}
				return r.day(number(n[5]), number(n[3]), number(n[1]))
			}
		}
	}
	for range 3 {
		if m := latestDay.FindStringIndex(t); m != nil && (m[0] > 0 || m[1] < len(t)) {
			t, r.noted = strings.TrimSpace(t[:m[0]]+" "+t[m[1]:]), true
			continue
		}
		m := hourOfDay.FindStringSubmatchIndex(t)
		if m == nil || m[1]-m[0] == len(t) {
			break
		}
		if m[2] >= 0 && (t[m[2]:m[3]] == "23" || t[m[2]:m[3]] == "24") {
			return Date{}, r.notADay()
		}
		t, r.noted = strings.TrimSpace(t[:m[0]]+t[m[1]:]), true
	}
	return r.core(t)
}

func (r *dayReader) isoDay(m []string) (Date, error) {
	d, err := r.day(number(m[1]), number(m[2]), number(m[3]))
	if err != nil || m[4] == "" {
		return d, err
	}
	switch clock := m[4]; {
	case strings.HasPrefix(clock, "23:59"), strings.HasPrefix(clock, "24"):
		return Date{}, NearMidnight(d)
	case strings.Trim(clock, "0:.") != "":
		r.noted = true
	}
	return d, nil
}

// NearMidnight is the question about a time of day so late that the day after may be meant.
func NearMidnight(d Date) *Misread {
	next := d.AddDays(1)
	return misread(CodeAmbiguousDate,
		"The cell holds the last minute of "+d.String()+", so it may mean that day or "+next.String()+". Write "+d.String()+" or "+next.String()+", without a time.",
		"La cellule contient la dernière minute du "+d.String()+"\u00a0: il peut s’agir de ce jour ou du "+next.String()+". Inscrivez "+d.String()+" ou "+next.String()+", sans l’heure.")
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func (r *dayReader) core(t string) (Date, error) {
	t = strings.TrimSpace(strings.TrimSuffix(t, "."))
	if m := isoDay.FindStringSubmatch(t); m != nil {
		return r.isoDay(m)
	}
	if m := digitsDay.FindStringSubmatch(t); m != nil && number(m[1]) >= 2000 && number(m[1]) <= lastTyped {
		return r.day(number(m[1]), number(m[2]), number(m[3]))
	}
	if m := yearFirstDay.FindStringSubmatch(t); m != nil && m[2] == m[4] {
		r.noted = true
		return r.day(number(m[1]), number(m[3]), number(m[5]))
	}
	if m := isoWeekDay.FindStringSubmatch(t); m != nil {
		return r.weekDay(number(m[1]), number(m[2]), number(m[3]))
	}
	if m := ordinalDay.FindStringSubmatch(t); m != nil {
		r.noted = true
		d := Date{number(m[1]), 1, 1}.AddDays(number(m[2]) - 1)
		if d.Year != number(m[1]) {
			return Date{}, r.notADay()
		}
		return d, nil
	}
	if m := yearLastDay.FindStringSubmatch(t); m != nil {
		if m[2] != m[4] || len(m[5]) == 2 {
			return Date{}, r.manyDays()
		}
		return r.eitherWay(number(m[1]), number(m[3]), number(m[5]))
	}
	return r.words(t)
}

func (r *dayReader) weekDay(year, week, day int) (Date, error) {
	// The first week is the one with 4 January.
	d := Date{year, 1, 4}
	d = d.AddDays(-(int(d.Weekday())+6)%7 + (week-1)*7 + day - 1)
	if y, w := d.Time(time.UTC).ISOWeek(); y != year || w != week {
		return Date{}, r.notADay()
	}
	return d, nil
}

// eitherWay reads two numbers and a year, where only one of the numbers can be the month.
func (r *dayReader) eitherWay(a, b, year int) (Date, error) {
	switch {
	case a > 12 && b > 12:
		return Date{}, r.notADay()
	case a > 12:
		return r.day(year, b, a)
	case b > 12:
		return r.day(year, a, b)
	}
	first, err := r.day(year, b, a)
	if err != nil {
		return Date{}, err
	}
	second, err := r.day(year, a, b)
	if err == nil && first == second {
		return first, nil
	}
	return Date{}, r.twoDays(first, second)
}

var (
	englishMonths = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	frenchMonths  = []string{"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"}
	englishDays   = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	frenchDays    = []string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
)

// named is the one month, or day of the week, whose name begins with the word; -1 when none or several do.
func named(word string, lists ...[]string) int {
	if len(word) < 3 {
		return -1
	}
	found := -1
	for _, names := range lists {
		for i, name := range names {
			if strings.HasPrefix(name, word) {
				if found >= 0 && found != i {
					return -1
				}
				found = i
			}
		}
	}
	return found
}

// misspelled is the one month whose name differs from the word by a letter; -1 when there is none.
func misspelled(word string) int {
	for _, names := range [][]string{englishMonths, frenchMonths} {
		for i, name := range names {
			if len(name) >= 6 && len(word) >= 6 && oneLetterOff(word, name) {
				return i
			}
		}
	}
	return -1
}

// oneLetterOff reports whether a letter more, less or other makes one word the other.
func oneLetterOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// dayWord is one word or number of a typed day.
type dayWord struct {
	text   string
	number int // -1: a word
	digits int
}

func dayWords(t string) []dayWord {
	var words []dayWord
	for _, w := range strings.FieldsFunc(t, func(c rune) bool { return strings.ContainsRune(" ,.-/", c) }) {
		digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
		n := -1
		if digits != "" && slices.Contains([]string{"", "st", "nd", "rd", "th", "er", "e", "eme"}, w[len(digits):]) {
			n = number(digits)
		}
		words = append(words, dayWord{w, n, len(digits)})
	}
	return words
}

// words reads a day whose month stands in letters.
func (r *dayReader) words(t string) (Date, error) {
	if strings.ContainsAny(t, "?()~+&;:") {
		return Date{}, r.notADay()
	}
	month, weekday, mar := -1, -1, false
	var numbers []dayWord
	for i, w := range dayWords(t) {
		if w.number >= 0 {
			numbers = append(numbers, w)
			continue
		}
		if w.text == "mar" && !mar { // mars, or mardi
			mar = true
			continue
		}
		m, d := named(w.text, englishMonths, frenchMonths), named(w.text, englishDays, frenchDays)
		switch {
		case m >= 0 && month < 0:
			month = m
		case d >= 0 && weekday < 0 && i == 0:
			weekday = d
		case slices.Contains([]string{"le", "the", "of", "de", "on"}, w.text):
		case month < 0 && misspelled(w.text) >= 0:
			month, r.noted = misspelled(w.text), true
		default:
			return Date{}, r.notADay()
		}
	}
	if mar {
		switch {
		case month < 0:
			month = 2
			r.noted = r.noted || r.lang == French
		case weekday < 0:
			weekday = 2
		default:
			return Date{}, r.notADay()
		}
	}
	if month < 0 || len(numbers) != 2 {
		return Date{}, r.notADay()
	}
	day, year := numbers[0], numbers[1]
	if day.digits == 4 {
		day, year = year, day
	}
	switch {
	case year.digits == 4 && day.digits <= 2:
	case year.digits == 2 && day.digits <= 2 && year.number >= 20 && year.number+2000 <= lastTyped && dayWords(t)[0] == day:
		year.number, r.noted = year.number+2000, true
	default:
		return Date{}, r.notADay()
	}
	d, err := r.day(year.number, month+1, day.number)
	if err != nil {
		return Date{}, err
	}
	if weekday >= 0 && int(d.Weekday()) != weekday {
		return Date{}, misread(CodeNotADate,
			QuoteEN(r.typed)+" is not a "+capitalised(englishDays[int(d.Weekday())], englishDays[weekday])+". Write the day that is meant, such as "+d.String()+".",
			QuoteFR(r.typed)+" n’est pas un "+frenchDays[weekday]+"\u00a0: cette date tombe un "+frenchDays[int(d.Weekday())]+". Inscrivez la date voulue, comme "+d.String()+".")
	}
	return d, nil
}

func capitalised(is, said string) string {
	up := func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
	return up(said) + ": that day is a " + up(is)
}

// longDay writes a day with its month in letters: "November 12, 2026", "12 novembre 2026", "1er décembre 2026".
func longDay(l Lang, d Date) string {
	if l == French {
		months := []string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
		day := strconv.Itoa(d.Day)
		if d.Day == 1 {
			day = "1er"
		}
		return day + noBreakSpace + months[d.Month-1] + noBreakSpace + strconv.Itoa(d.Year)
	}
	return d.Month.String() + " " + strconv.Itoa(d.Day) + ", " + strconv.Itoa(d.Year)
}
