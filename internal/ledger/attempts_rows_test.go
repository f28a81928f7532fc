package ledger

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestRowsAreNamedAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Attempt{
		"answer:123":            {Step: AnswerStep, Key: "123"},
		" send:45 ":             {Step: SendStep, Key: "45"},
		"weekly:2026-W47 f@x":   {Step: WeeklyStep, Key: "2026-W47 f@x"},
		"collect:box/INBOX 1 5": {Step: CollectStep, Key: "box/INBOX 1 5"},
		"answer":                {}, "answer:": {}, "answr:1": {}, ":1": {}, "": {},
	} {
		step, key, ok := ParseRow(text)
		if ok != (want.Key != "") || step != want.Step || key != want.Key {
			t.Errorf("%q is %s of %s, %v", text, key, step, ok)
		}
		if ok && want.Row() != string(step)+":"+key {
			t.Errorf("%q is written %q", text, want.Row())
		}
	}
}

// What failed by itself is listed before what waits for a server, all of it is counted, and released rows are gone.
func TestFailedRowsAreListedCountedAndReleased(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		collected(t, l, 1, "a", "b", "c")
		takes(t, l, JudgeStep, "run", noon, false)
		fails(t, l, JudgeStep, "run", noon, Failure{Key: "1", Words: "away", WaitsFor: "smtp", RetryAt: noon})
		fails(t, l, JudgeStep, "run", noon.Add(1), Failure{Key: "2", Words: "no", RetryAt: noon})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			failed, err := tx.Attempts.Failed(ctx, false, 10)
			var rows []string
			for _, a := range failed {
				rows = append(rows, a.Row())
			}
			if !slices.Equal(rows, []string{"judge:2", "judge:1"}) {
				t.Errorf("failed: %v", rows)
			}
			c, err2 := tx.Attempts.Count(ctx)
			if c.Failed[JudgeStep] != 2 || c.Claimed[JudgeStep] != 1 || c.Aside[JudgeStep] != 0 || len(c.Aside) != len(AttemptSteps()) {
				t.Errorf("counts: %+v", c)
			}
			facts, found, err3 := tx.Attempts.RowFacts(ctx, JudgeStep, "2")
			if !found || facts.State != string(Received) {
				t.Errorf("facts: %+v, %v", facts, found)
			}
			for _, step := range AttemptSteps() {
				if _, found, err := tx.Attempts.RowFacts(ctx, step, "4711"); found || err != nil {
					t.Errorf("%s:4711: %v, %v", step, found, err)
				}
			}
			released, err4 := tx.Attempts.Retry(ctx, JudgeStep, "2")
			_, left, err5 := tx.Attempts.Of(ctx, JudgeStep, "2")
			inHand, err6 := tx.Attempts.Retry(ctx, JudgeStep, "3")
			if !released || left || inHand {
				t.Errorf("released %v, still there %v, taken out of a hand %v", released, left, inHand)
			}
			return errors.Join(err, err2, err3, err4, err5, err6)
		})
	})
}
