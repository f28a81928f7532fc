package ledger

import (
	"context"
	"testing"
	"time"
)

// What was told of an outage stands beside it: one telling while it lasts, by each way once, and its end once; a document for
// the webhook is tried by one run at a time.
func TestWhatWasToldOfAnOutageIsKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		must := func(do func(ctx context.Context, tx *Tx) error) {
			t.Helper()
			if err := l.Update(t.Context(), func(tx *Tx) error { return do(t.Context(), tx) }); err != nil {
				t.Fatal(err)
			}
		}
		o := Outage{Name: "smtp", Failures: 1, FailedAt: noon, LastAt: noon, RetryAt: noon.Add(time.Hour), Class: "network", Words: "away"}
		must(func(ctx context.Context, tx *Tx) error {
			if err := tx.Attempts.NoteOutage(ctx, o); err != nil {
				return err
			}
			id, err := tx.Attempts.Tell(ctx, noon, o)
			if err != nil || id == 0 {
				t.Fatalf("%d, %v", id, err)
			}
			if again, err := tx.Attempts.Tell(ctx, noon, o); err != nil || again != 0 {
				t.Errorf("told twice: %d, %v", again, err)
			}
			first, err := tx.Attempts.ToldByMail(ctx, id, "outage 1")
			second, err2 := tx.Attempts.ToldByMail(ctx, id, "outage 2")
			if err != nil || err2 != nil || !first || second {
				t.Errorf("mailed: %v %v, %v %v", first, second, err, err2)
			}
			first, err = tx.Attempts.ToldByPost(ctx, id)
			second, err2 = tx.Attempts.ToldByPost(ctx, id)
			if err != nil || err2 != nil || !first || second {
				t.Errorf("posted: %v %v, %v %v", first, second, err, err2)
			}
			o.Class = "credentials"
			first, err = tx.Attempts.TellAgain(ctx, id, "network", o)
			second, err2 = tx.Attempts.TellAgain(ctx, id, "network", o)
			if err != nil || err2 != nil || !first || second {
				t.Errorf("told again: %v %v, %v %v", first, second, err, err2)
			}
			return tx.Attempts.EndOutage(ctx, noon.Add(time.Minute), "smtp")
		})
		must(func(ctx context.Context, tx *Tx) error {
			told, err := tx.Attempts.Told(ctx)
			if err != nil || len(told) != 1 || !told[0].EndedAt.Equal(noon.Add(time.Minute)) || told[0].Class != "credentials" || told[0].Mail != "" || told[0].Posted {
				t.Fatalf("%+v, %v", told, err)
			}
			first, err := tx.Attempts.ToldEnd(ctx, noon, told[0].ID)
			second, err2 := tx.Attempts.ToldEnd(ctx, noon, told[0].ID)
			if err != nil || err2 != nil || !first || second {
				t.Errorf("end: %v %v, %v %v", first, second, err, err2)
			}
			if told, err := tx.Attempts.Told(ctx); err != nil || len(told) != 0 {
				t.Errorf("%+v, %v", told, err)
			}
			if n, err := tx.Attempts.TimesTold(ctx, "smtp", noon.Add(-time.Hour)); err != nil || n != 1 {
				t.Errorf("told %d times, %v", n, err)
			}
			if id, err := tx.Attempts.Tell(ctx, noon, o); err != nil || id == 0 {
				t.Errorf("a second outage is not told: %d, %v", id, err)
			}
			if err := tx.Attempts.TryNow(ctx, noon, "smtp"); err != nil {
				return err
			}
			if waits, err := tx.Attempts.Waiting(ctx, "smtp"); err != nil || len(waits) != 0 {
				t.Errorf("%v, %v", waits, err)
			}
			if n, err := tx.Outbox.Unsent(ctx); err != nil || n != 0 {
				t.Errorf("%d unsent, %v", n, err)
			}
			if taken, err := tx.Outbox.AlertTaken(ctx, "alert", "outage 1"); err != nil || taken {
				t.Errorf("taken %v, %v", taken, err)
			}
			for range 2 {
				if err := tx.Posts.Add(ctx, noon, "a", `{}`); err != nil {
					return err
				}
			}
			return nil
		})
		must(func(ctx context.Context, tx *Tx) error {
			due, err := tx.Posts.Due(ctx, noon, 5)
			if err != nil || len(due) != 1 || due[0].Body != `{}` {
				t.Fatalf("%+v, %v", due, err)
			}
			first, err := tx.Posts.Take(ctx, due[0].ID, 0, noon.Add(time.Minute))
			second, err2 := tx.Posts.Take(ctx, due[0].ID, 0, noon.Add(time.Minute))
			if err != nil || err2 != nil || !first || second {
				t.Errorf("taken in hand: %v %v, %v %v", first, second, err, err2)
			}
			if err := tx.Posts.Failed(ctx, due[0].ID, noon.Add(time.Hour), "no"); err != nil {
				return err
			}
			if later, err := tx.Posts.Due(ctx, noon.Add(2*time.Hour), 5); err != nil || len(later) != 1 || later[0].Tries != 1 {
				t.Errorf("%+v, %v", later, err)
			}
			if err := tx.Posts.Taken(ctx, noon, due[0].ID); err != nil {
				return err
			}
			if none, err := tx.Posts.Due(ctx, noon.AddDate(1, 0, 0), 5); err != nil || len(none) != 0 {
				t.Errorf("%+v, %v", none, err)
			}
			return nil
		})
	})
}
