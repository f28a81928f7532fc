package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func takes(t *testing.T, l *Ledger, step Step, holder string, at time.Time, alone bool) []string {
	t.Helper()
	var keys []string
	update(t, l, func(ctx context.Context, tx *Tx) error {
		rows, err := tx.Work.Claim(ctx, ClaimRequest{Step: step, Holder: holder, Now: at, Until: at.Add(time.Minute), Most: 10, Alone: alone})
		for _, r := range rows {
			keys = append(keys, r.Key)
		}
		return err
	})
	return keys
}

func fails(t *testing.T, l *Ledger, step Step, holder string, at time.Time, f ...Failure) (aside []Attempt) {
	t.Helper()
	update(t, l, func(ctx context.Context, tx *Tx) (err error) {
		aside, err = tx.Attempts.MarkFailed(ctx, step, holder, at, f...)
		return err
	})
	return aside
}

func TestARowIsInOneHandAtATime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		collected(t, l, 1, "a", "b")
		if got := takes(t, l, JudgeStep, "one", noon, false); len(got) != 2 {
			t.Fatalf("the first run takes %v", got)
		}
		if got := takes(t, l, JudgeStep, "two", noon, false); len(got) != 0 {
			t.Errorf("the second run takes %v as well", got)
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			theirs, err := tx.Work.Finished(ctx, JudgeStep, "two", "1")
			mine, err2 := tx.Work.Finished(ctx, JudgeStep, "one", "1")
			again, err3 := tx.Work.Finished(ctx, JudgeStep, "one", "1")
			if theirs || !mine || again {
				t.Errorf("finished by another %v, by the holder %v, twice %v", theirs, mine, again)
			}
			return errors.Join(err, err2, err3, tx.Work.Release(ctx, JudgeStep, "one", []string{"2"}))
		})
		if got := takes(t, l, JudgeStep, "two", noon, false); !slices.Equal(got, []string{"1", "2"}) {
			t.Errorf("what was given back is taken: %v", got) // 1 is still received: only its attempt ended here
		}
	})
}

// Five failures of its own over an hour set a row aside; failures of the surroundings never do.
func TestOnlyItsOwnFailuresSetARowAside(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		collected(t, l, 1, "a", "b")
		at := noon
		var aside []Attempt
		for n := range 12 {
			if got := takes(t, l, JudgeStep, "run", at, false); len(got) != 2 {
				t.Fatalf("try %d takes %v", n, got)
			}
			aside = fails(t, l, JudgeStep, "run", at, Failure{Key: "1", Words: "no", RetryAt: at.Add(time.Minute)},
				Failure{Key: "2", Words: "away", WaitsFor: "smtp", RetryAt: at.Add(time.Minute)})
			if len(aside) > 0 {
				break
			}
			if got := takes(t, l, JudgeStep, "run", at.Add(59*time.Second), false); len(got) != 0 {
				t.Fatalf("%v is tried before its time", got)
			}
			at = at.Add(10 * time.Minute)
		}
		if len(aside) != 1 || aside[0].Key != "1" || aside[0].Faults != 7 { // the seventh comes an hour after the first
			t.Fatalf("aside is %+v", aside)
		}
		at = at.Add(time.Hour)
		if got := takes(t, l, JudgeStep, "run", at, false); !slices.Equal(got, []string{"2"}) {
			t.Errorf("afterwards %v is taken", got)
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			first, err := tx.Attempts.AsideUntold(ctx, at.Add(-24*time.Hour), at)
			again, err2 := tx.Attempts.AsideUntold(ctx, at.Add(-23*time.Hour), at.Add(time.Hour))
			if first != 1 || again != 0 {
				t.Errorf("told of %d, and of %d an hour later", first, again)
			}
			found, err3 := tx.Attempts.Retry(ctx, JudgeStep, "1")
			if !found {
				t.Error("nothing to release")
			}
			return errors.Join(err, err2, err3)
		})
		if got := takes(t, l, JudgeStep, "run", at, false); !slices.Equal(got, []string{"1"}) {
			t.Errorf("the released row is not taken: %v", got)
		}
	})
}

// What was in hand when a run died is tried alone, after all others; two deaths alone set a row aside.
func TestWhatDiedInHandIsTriedAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		collected(t, l, 1, "a", "b")
		takes(t, l, JudgeStep, "dead", noon, false)
		free := func(at time.Time) (aside []Attempt) {
			update(t, l, func(ctx context.Context, tx *Tx) (err error) {
				_, aside, err = tx.Work.ReleaseDead(ctx, "run", at, false)
				return err
			})
			return aside
		}
		if free(noon.Add(30 * time.Second)); len(takes(t, l, JudgeStep, "run", noon.Add(30*time.Second), true)) != 0 {
			t.Fatal("a run that may live lost its rows")
		}
		at := noon.Add(2 * time.Minute)
		free(at)
		if got := takes(t, l, JudgeStep, "run", at, false); len(got) != 0 {
			t.Fatalf("%v is tried among others", got)
		}
		if got := takes(t, l, JudgeStep, "dead again", at, true); !slices.Equal(got, []string{"1"}) {
			t.Fatalf("alone: %v", got)
		}
		at = at.Add(2 * time.Minute)
		if aside := free(at); len(aside) != 0 {
			t.Fatalf("one death alone sets aside: %+v", aside)
		}
		if got := takes(t, l, JudgeStep, "run", at, true); !slices.Equal(got, []string{"1"}) && !slices.Equal(got, []string{"2"}) {
			t.Fatalf("alone again: %v", got)
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			for _, key := range []string{"1", "2"} {
				if err := tx.Work.Release(ctx, JudgeStep, "run", []string{key}); err != nil {
					return err
				}
			}
			_, err := tx.Work.ClaimKeys(ctx, ClaimRequest{Step: JudgeStep, Holder: "dead at last", Now: at, Until: at.Add(time.Minute)}, []string{"1"})
			return err
		})
		at = at.Add(2 * time.Minute)
		aside := free(at)
		if len(aside) != 1 || aside[0].Key != "1" || aside[0].Deaths != 2 || aside[0].Words != DiedWords {
			t.Fatalf("aside is %+v", aside)
		}
		if got := takes(t, l, JudgeStep, "run", at, true); !slices.Equal(got, []string{"2"}) {
			t.Errorf("the other one: %v", got)
		}
	})
}

// Two mails about one code are decided in the order of their arrival, whatever becomes of the first.
func TestMailsAboutOneCodeKeepTheirOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		update(t, l, func(ctx context.Context, tx *Tx) error {
			var mails []Incoming
			for uid, codes := range [][]string{{"k"}, {"k", "other"}, nil, {"other"}} {
				mails = append(mails, Incoming{Box: Box{"box", "INBOX", 1}, UID: uint32(uid + 1), Received: noon, Raw: fmt.Appendf(nil, "mail %d", uid), Codes: codes}) // the fourth waits for the second, which waits for the first
			}
			_, err := tx.Messages.Add(ctx, noon, mails)
			return err
		})
		if got := takes(t, l, JudgeStep, "run", noon, false); !slices.Equal(got, []string{"1", "2", "3", "4"}) {
			t.Fatalf("together, in order: %v", got)
		}
		fails(t, l, JudgeStep, "run", noon, Failure{Key: "1", Words: "no", RetryAt: noon.Add(time.Hour)})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.Work.Release(ctx, JudgeStep, "run", []string{"2", "3", "4"})
		})
		if got := takes(t, l, JudgeStep, "run", noon, false); !slices.Equal(got, []string{"3"}) {
			t.Errorf("while the first one waits: %v", got)
		}
		if got := takes(t, l, JudgeStep, "run", noon.Add(2*time.Hour), false); !slices.Equal(got, []string{"1", "2", "4"}) {
			t.Errorf("when its time has come: %v", got)
		}
	})
}

// A batch is bounded by what its rows weigh, one row at least, and nothing overtakes a row that is too much.
func TestABatchIsBoundedByItsBytes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		collected(t, l, 1, strings.Repeat("x", 100), strings.Repeat("y", 900), "z")
		take := func() (keys []string) {
			update(t, l, func(ctx context.Context, tx *Tx) error {
				rows, err := tx.Work.Claim(ctx, ClaimRequest{Step: JudgeStep, Holder: "run", Now: noon, Until: noon.Add(time.Minute), Most: 10, Bytes: 500})
				for _, r := range rows {
					keys = append(keys, r.Key)
				}
				return err
			})
			return keys
		}
		for _, want := range [][]string{{"1"}, {"2"}, {"3"}, nil} {
			if got := take(); !slices.Equal(got, want) {
				t.Errorf("a batch is %v, want %v", got, want)
			}
		}
	})
}

// What fails alone is undone alone, with what the transaction keeps in memory; what went before is committed.
func TestWhatFailsAloneIsUndoneAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		told := []string{}
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			append1 := func(subject string) error {
				tx.Then(func() { told = append(told, subject) })
				_, err := tx.Chain.Append(ctx, noon, Entry{Kind: "test", Subject: subject, Public: []byte("{}")})
				return err
			}
			if err := tx.Alone(ctx, func() error { return append1("first") }); err != nil {
				return err
			}
			broken := tx.Alone(ctx, func() error { return errors.Join(append1("broken"), errors.New("no")) })
			var defect *PanicError
			panicked := tx.Alone(ctx, func() error {
				_ = append1("panicked")
				panic("oh")
			})
			constraint := tx.Alone(ctx, func() error {
				_, err := tx.exec(ctx, "INSERT INTO counter (name, last) VALUES ('x', -1)")
				return err
			})
			var trouble *Error
			if broken == nil || !errors.As(panicked, &defect) || constraint == nil || errors.As(constraint, &trouble) {
				t.Errorf("broken %v, panicked %v, constraint %v", broken, panicked, constraint)
			}
			nested := tx.Alone(ctx, func() error { // one inside the other, both undone
				return errors.Join(tx.Alone(ctx, func() error { return append1("inner") }), append1("outer"), errors.New("no"))
			})
			if nested == nil {
				t.Error("what failed around something that worked was taken")
			}
			return tx.Alone(ctx, func() error { return append1("last") })
		})
		if !slices.Equal(told, []string{"first", "last"}) {
			t.Errorf("told of %v", told)
		}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			v, err := tx.Chain.Verify(ctx)
			if err == nil && (v.Links != 2 || len(v.Faults) != 0) {
				t.Errorf("%d links, faults %v", v.Links, v.Faults)
			}
			return err
		})
	})
}

// What is known of an outage outlives the run, and its end wakes what waited for it.
func TestAnOutageEndsForAllThatWaited(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		collected(t, l, 1, "a")
		takes(t, l, JudgeStep, "run", noon, false)
		fails(t, l, JudgeStep, "run", noon, Failure{Key: "1", Words: "away", WaitsFor: "smtp", RetryAt: noon.Add(time.Hour)})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.Attempts.NoteOutage(ctx, Outage{Name: "smtp", Failures: 1, FailedAt: noon, LastAt: noon, RetryAt: noon.Add(time.Hour), Class: "network", Words: "away"})
		})
		view(t, l, func(ctx context.Context, tx *Tx) error {
			list, err := tx.Attempts.Outages(ctx)
			if len(list) != 1 || list[0].Name != "smtp" || !list[0].RetryAt.Equal(noon.Add(time.Hour)) {
				t.Errorf("outages are %+v", list)
			}
			next, err2 := tx.Work.NextDue(ctx, noon)
			if !next.Equal(noon.Add(time.Hour)) {
				t.Errorf("next is %s", next)
			}
			return errors.Join(err, err2)
		})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.Attempts.EndOutage(ctx, noon.Add(time.Minute), "smtp")
		})
		if got := takes(t, l, JudgeStep, "run", noon.Add(time.Minute), false); len(got) != 1 {
			t.Error("what waited is not due")
		}
	})
}
