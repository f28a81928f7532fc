package ledger

import (
	"context"
	"slices"
	"testing"
	"time"

	"handrail/internal/request"
)

// Since when an inbox's mail is judged is noted once; what is left in it is told and released; on both databases.
func TestInboxesKeepTheirFirstDayAndWhatIsLeft(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		box := Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 7}
		left := []LeftMessage{{box, 1, noon.AddDate(-3, 0, 0)}, {box, 2, noon.AddDate(0, 0, 9)}}
		if err := l.Update(ctx, func(tx *Tx) error {
			if err := tx.Inboxes.NoteMade(ctx, noon); err != nil {
				return err
			}
			for _, later := range []time.Duration{time.Hour, 48 * time.Hour} {
				since, err := tx.Inboxes.Since(ctx, noon.Add(later), "requests")
				if err != nil || !since.Equal(noon.Truncate(time.Second)) {
					t.Errorf("since %s, %v", since, err)
				}
			}
			if would, err := tx.Inboxes.WouldBeSince(ctx, noon.Add(time.Hour), "other"); err != nil || !would.Equal(noon.Truncate(time.Second)) {
				t.Errorf("another inbox: %s, %v", would, err)
			}
			if err := tx.Inboxes.Leave(ctx, append(left, left[0])); err != nil {
				return err
			}
			counts, err := tx.Inboxes.LeftCounts(ctx, noon)
			if len(counts) != 1 || counts[0].Older != 1 || counts[0].Ahead != 1 || !counts[0].From.Equal(left[0].Received) {
				t.Errorf("%+v, %v", counts, err)
			}
			if err := tx.Inboxes.Release(ctx, left[:1]); err != nil {
				return err
			}
			is, err := tx.Inboxes.Left(ctx, "requests")
			if !slices.Equal(is, left[1:]) {
				t.Errorf("%+v, %v", is, err)
			}
			told := LeftTold{Older: 3, OlderOn: "2026-11-23"}
			won, err := tx.Inboxes.Tell(ctx, "requests", LeftTold{}, told)
			again, errs := tx.Inboxes.Tell(ctx, "requests", LeftTold{}, LeftTold{Older: 9})
			kept, errk := tx.Inboxes.Told(ctx, "requests")
			if !won || again || kept != told || err != nil || errs != nil || errk != nil {
				t.Errorf("%v %v %+v %v %v %v", won, again, kept, err, errs, errk)
			}
			some, err := tx.Reports.AnythingBetween(ctx, noon, noon.Add(time.Hour), request.DateOf(noon), request.DateOf(noon))
			if some || err != nil {
				t.Errorf("an empty ledger: %v, %v", some, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		history(t, l)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			some, err := tx.Reports.AnythingBetween(ctx, noon.Add(-time.Hour), noon.Add(time.Hour), request.DateOf(noon), request.DateOf(noon))
			if !some || err != nil {
				t.Errorf("with lines: %v, %v", some, err)
			}
			again := Reopening{Week: "2026-W47", Reason: "r", By: "b"}
			now := noon.Add(clockSlack)
			first, err := tx.Reports.Reopen(ctx, now, again)
			second, errs := tx.Reports.Reopen(ctx, now, again)
			if !first || second || err != nil || errs != nil {
				t.Errorf("%v %v %v %v", first, second, err, errs)
			}
			open, err := tx.Reports.Reopened(ctx)
			if len(open) != 1 || open[0].Released || !open[0].At.Equal(now) {
				t.Fatalf("%+v, %v", open, err)
			}
			if err := tx.Reports.ReleaseCharges(ctx, open[0].ID, noon, now); err != nil {
				return err
			}
			if open, err = tx.Reports.Reopened(ctx); len(open) != 1 || !open[0].Released {
				t.Errorf("%+v, %v", open, err)
			}
			if err := tx.Reports.DoneReopening(ctx, now, open[0].ID); err != nil {
				return err
			}
			open, err = tx.Reports.Reopened(ctx)
			if len(open) != 0 {
				t.Errorf("%+v", open)
			}
			return err
		})
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}

// A ledger of an earlier version goes on from its oldest mail; an inbox that it did not know begins now.
func TestALedgerOfAnEarlierVersionGoesOnFromItsOldestMail(t *testing.T) {
	t.Parallel()
	l, err := Open(t.Context(), Config{URL: restoreSQL(t, earlier(t)[11])}, Run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	now := time.UnixMicro(1795446000000000).AddDate(1, 0, 0).UTC()
	if err := l.Update(t.Context(), func(tx *Tx) error {
		old, err := tx.Inboxes.Since(t.Context(), now, "requests")
		fresh, errs := tx.Inboxes.Since(t.Context(), now, "another")
		if old.UnixMicro() != 1795446000000000 || !fresh.Equal(now) || err != nil || errs != nil {
			t.Errorf("%s, %s, %v, %v", old, fresh, err, errs)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
