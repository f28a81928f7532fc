// Package standing owns what stands until a person does something: lines that nobody can decide, what does not work, what is
// set aside, mails that were refused, texts that are not taken, weeks that finance has not got. It reads the ledger for
// `handrail ledger status`, and writes the operator's daily mail of it.
//
// It refuses to know how any of it came about, and changes nothing of it. What stands is one row of Reader.sources.
package standing

import (
	"context"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
)

// Group is all that stands of one kind.
type Group struct {
	Kind  string
	Title request.Text
	Hint  request.Text // what to do
	Items []Item
	All   int // Items, and those that are not listed
}

// Item is one thing that stands.
type Item struct {
	What  request.Text
	Since time.Time // zero: not known
	Words string    // why, in a server's or the program's own words
}

// Reader reads what stands.
type Reader struct {
	Zone     *time.Location
	Schedule batch.ScheduleConfig
	// Recipients get the weekly workbook.
	Recipients []string
}

// query says which part of what stands is asked for.
type query struct {
	now  time.Time
	last time.Time // of the daily mail before; zero for who looks now
	most int       // items of a kind
}

// patience is how long something lasts before it stands in a daily mail: what cannot wait is told when it begins.
const patience = time.Hour

// justBegan reports whether a daily mail leaves out what began at an instant: the operator has heard of it in a mail of its own, or will.
func (q query) justBegan(at time.Time) bool { return !q.last.IsZero() && q.now.Sub(at) < patience }

// source is one kind of thing that stands.
type source struct {
	kind        string
	title, hint request.Text
	read        func(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error)
}

// sources is the table of what stands, the most urgent first.
func (r Reader) sources() []source {
	return []source{
		{"stopped", stoppedTitle, stoppedHint, readStopped},
		{"stranded", strandedTitle, strandedHint, readStranded},
		{"outages", outagesTitle, outagesHint, readOutages},
		{"set-aside", asideTitle, asideHint, readAside},
		{"refused-mails", refusedTitle, refusedHint, readRefused},
		{"refused-texts", textsTitle, textsHint, readTexts},
		{"changes", changesTitle, changesHint, readChanges},
		{"weeks-missed", weeksTitle, weeksHint, r.readWeeks},
		{"questions", questionsTitle, questionsHint, readQuestions},
		{"quarantine", quarantineTitle, quarantineHint, readQuarantine},
	}
}

// Read reads all that stands, the most urgent first, and of each kind at most as many items as asked for. Of the quarantine it
// reads what came into it after the last daily mail: spam lies there for good, and is no reason for a mail a day.
func (r Reader) Read(ctx context.Context, tx *ledger.Tx, now, last time.Time, most int) (groups []Group, err error) {
	q := query{now, last, most}
	for _, s := range r.sources() {
		items, all, err := s.read(ctx, tx, q)
		if err != nil {
			return nil, err
		}
		if all > 0 {
			groups = append(groups, Group{Kind: s.kind, Title: s.title, Hint: s.hint, Items: items, All: all})
		}
	}
	return groups, nil
}

// MissedWeek is a week whose workbook was due and is not made.
type MissedWeek struct {
	Week      string    `json:"week"` // the first that is missing
	Recipient string    `json:"recipient"`
	Due       time.Time `json:"due"`
}

// weekPatience is how late a week's workbook may be: making it is tried again meanwhile.
const weekPatience = 3 * time.Hour

// WeeksMissed lists the recipients whose workbook is late, each with the first week that they lack.
func (r Reader) WeeksMissed(ctx context.Context, tx *ledger.Tx, now time.Time) (missed []MissedWeek, err error) {
	if len(r.Recipients) == 0 {
		return nil, nil
	}
	until, others, err := reportedUntil(ctx, tx)
	if err != nil {
		return nil, err
	}
	first := others
	if first.IsZero() {
		judged, found, err := tx.Messages.FirstJudged(ctx)
		if err != nil || !found {
			return nil, err
		}
		first = report.WeekOf(request.DateOf(judged.In(r.Zone))).From.Time(r.Zone)
	}
	for _, recipient := range r.Recipients {
		start := first
		if at, known := until[recipient]; known {
			start = at
		}
		week := report.WeekOf(request.DateOf(start.In(r.Zone)))
		_, due, err := r.Schedule.Next(week.To.AddDays(1).Time(r.Zone).Add(-time.Second))
		if err != nil {
			return nil, err
		}
		if !due.IsZero() && now.Sub(due) > weekPatience {
			missed = append(missed, MissedWeek{week.Name, recipient, due})
		}
	}
	return missed, nil
}

// reportedUntil is where the last report of each recipient ended, and where the last of all began: who is new gets that one too.
func reportedUntil(ctx context.Context, tx *ledger.Tx) (until map[string]time.Time, last time.Time, err error) {
	all, err := tx.Reports.Editions(ctx, "", "")
	if err != nil {
		return nil, last, err
	}
	until = map[string]time.Time{}
	var newest time.Time
	for i := range all {
		r := &all[i]
		if r.To.After(until[r.Recipient]) {
			until[r.Recipient] = r.To
		}
		if r.To.After(newest) {
			newest, last = r.To, r.From
		}
	}
	return until, last, nil
}
