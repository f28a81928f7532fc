package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The steps whose rows stand in no table: their keys are names.
const (
	CollectStep Step = "collect" // messages to fetch
	WeeklyStep  Step = "weekly"  // periods and their recipients
)

// AttemptSteps lists every step whose rows own attempts, in the order in which work goes through them.
func AttemptSteps() []Step {
	return append(append([]Step{CollectStep}, Steps()...), WeeklyStep)
}

// Row names the attempt's row as people read and type it: "answer:123".
func (a *Attempt) Row() string { return string(a.Step) + ":" + a.Key }

// ParseRow reads what Row writes.
func ParseRow(text string) (step Step, key string, ok bool) {
	name, key, found := strings.Cut(strings.TrimSpace(text), ":")
	step, key = Step(name), strings.TrimSpace(key)
	if !found || key == "" || !slices.Contains(AttemptSteps(), step) {
		return "", "", false
	}
	return step, key, true
}

// Of is what is known of one row; found is false when it never failed and nobody has claimed it.
func (at Attempts) Of(ctx context.Context, step Step, key string) (a Attempt, found bool, err error) {
	var list []Attempt
	err = at.tx.each(ctx, attemptVisitor(&list), "SELECT "+attemptColumns+" FROM attempt WHERE step = $1 AND key = $2", string(step), key)
	if err != nil {
		return Attempt{}, false, fmt.Errorf("look for %s:%s: %w", step, key, err)
	}
	if len(list) == 0 {
		return Attempt{}, false, nil
	}
	return list[0], true, nil
}

// RowFacts is what a table says of a row, for whoever must find out what it is.
type RowFacts struct {
	Kind   string // of a mail or an answer
	Person string // the sender, the recipient or the officer
	State  string // of the row in its table
	Words  string // a mail server's last
}

// RowFacts reads what is known of a row beside its attempts; found is false when there is no such row, or its step has no
// table.
func (at Attempts) RowFacts(ctx context.Context, step Step, key string) (f RowFacts, found bool, err error) {
	id, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return RowFacts{}, false, nil // a name is no number
	}
	text := map[Step]string{
		JudgeStep:  "SELECT '', sender, state, '' FROM message",
		FileStep:   "SELECT '', sender, state, '' FROM message",
		AnswerStep: "SELECT kind, '', state, '' FROM owed",
		SendStep:   "SELECT kind, recipient, state, words FROM outgoing",
		KeepStep:   "SELECT kind, recipient, state, words FROM outgoing",
		RemindStep: "SELECT '', officer, state, '' FROM escalation",
	}[step]
	if text == "" {
		return RowFacts{}, false, nil
	}
	found, err = at.tx.one(ctx, []any{&f.Kind, &f.Person, &f.State, &f.Words}, text+" WHERE id = $1", id)
	if err != nil {
		return RowFacts{}, false, fmt.Errorf("read %s:%s: %w", step, key, err)
	}
	return f, found, nil
}

// AttemptCounts says how many rows of each step failed and are tried again, are set aside, and are claimed.
type AttemptCounts struct {
	Failed  map[Step]int `json:"failed"`
	Aside   map[Step]int `json:"set_aside"`
	Claimed map[Step]int `json:"in_hand"`
}

// Count counts attempts; every step is there, with zero where there is none.
func (at Attempts) Count(ctx context.Context) (c AttemptCounts, err error) {
	for _, part := range []struct {
		into  *map[Step]int
		which string
	}{
		{&c.Failed, "failed_at IS NOT NULL AND aside_at IS NULL"}, {&c.Aside, "aside_at IS NOT NULL"}, {&c.Claimed, "holder <> ''"},
	} {
		if *part.into, err = countBy[Step](ctx, at.tx, "attempt WHERE "+part.which, "step"); err != nil {
			return AttemptCounts{}, err
		}
		for _, step := range AttemptSteps() {
			(*part.into)[step] += 0
		}
	}
	return c, nil
}
