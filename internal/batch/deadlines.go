package batch

import (
	"crypto/rand"
	"path"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/request"
)

// How long an officer has. A decision is wanted in three working days, a reminder goes out after two, and a code stops
// counting after fourteen days (DESIGN §8).
const (
	decideDays = 3
	remindDays = 2
	tokenDays  = 14
)

// decideBy is the day a decision is wanted by: working days from the day of t, weekends left out.
func (j *Job) decideBy(t time.Time) request.Date { return afterWorkingDays(j.day(t), decideDays) }

// remindAt is when an officer is reminded: nine in the morning, working days later.
func (j *Job) remindAt(t time.Time) time.Time {
	return afterWorkingDays(j.day(t), remindDays).Time(j.zone).Add(9 * time.Hour)
}

func afterWorkingDays(d request.Date, n int) request.Date {
	for n > 0 {
		d = d.AddDays(1)
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return d
}

// randomCode is a code that nobody can guess.
func randomCode() string {
	code, err := ingest.NewCode(rand.Reader)
	if err != nil {
		panic(err) // the system has no randomness: nothing can be asked safely
	}
	return string(code)
}

// answerName is the requester's own file name with the submission's number, so that both find it again.
func answerName(file, reference string) string {
	base := strings.TrimSuffix(file, path.Ext(file))
	if base == "" {
		base = "request"
	}
	ext := path.Ext(file)
	if ext == "" {
		ext = ".xlsx"
	}
	return base + "-" + reference + ext
}

// likelyLanguage guesses which of the two languages comes first for somebody who is answered in both.
func likelyLanguage(subject string) request.Lang {
	for _, word := range strings.Fields(strings.ToLower(subject)) {
		switch strings.Trim(word, ".,:;!?«»\"'") {
		case "achat", "achats", "demande", "demandes", "formulaire", "de", "du", "des", "la", "le", "les", "pour", "un", "une", "petit", "petits":
			return request.French
		}
		if strings.ContainsAny(word, "éèàêçôîûëïù") {
			return request.French
		}
	}
	return request.English
}

func sortByRow(lines []caseLine) {
	slices.SortStableFunc(lines, func(a, b caseLine) int { return a.row - b.row })
}
