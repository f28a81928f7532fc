package ledger

import (
	"context"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// A closed line stays approved, is committed no longer, and can be opened again; each of these has its link, and who said it
// goes when the request is disposed of.
func TestLinesAreClosedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := submitted(t, l, 1, request.Approved, request.Escalated)
		at := noon.Add(clockSlack / 2)
		committed := func() (minor int64) {
			view(t, l, func(ctx context.Context, tx *Tx) error {
				year := Span{From: request.Date{Year: 2026, Month: 4, Day: 1}, To: request.Date{Year: 2027, Month: 3, Day: 31}, At: noon.AddDate(-1, 0, 0), Till: noon.AddDate(1, 0, 0)}
				for _, key := range lines[0].Keys {
					use, err := tx.Totals.CentreUse(ctx, CentreQuery{Key: key, Currency: lines[0].Currency, Year: year})
					if err != nil {
						return err
					}
					minor += use.Committed
				}
				return nil
			})
			return minor
		}
		before := committed()
		if before == 0 {
			t.Fatal("nothing is committed before")
		}
		act := func(at time.Time, what string, line int64, do func(Lines, context.Context, time.Time, Closing) (bool, error), want bool) {
			t.Helper()
			decide(t, l, func(ctx context.Context, tx *Tx) error {
				won, err := do(tx.Lines, ctx, at, Closing{Line: line, By: "f@example.ca", Reason: "bought elsewhere", Message: 1})
				if won != want {
					t.Errorf("%s: %v", what, won)
				}
				return err
			})
		}
		closedAt := func(at time.Time) (closed map[int64]Closing) {
			view(t, l, func(ctx context.Context, tx *Tx) (err error) {
				closed, err = tx.Lines.ClosedAt(ctx, at)
				return err
			})
			return closed
		}
		act(at, "a line that waits is closed", lines[1].ID, Lines.Close, false)
		act(at, "a line that is open is opened again", lines[0].ID, Lines.Reopen, false)
		act(at, "close", lines[0].ID, Lines.Close, true)
		act(at, "close twice", lines[0].ID, Lines.Close, false)
		if c := closedAt(at.Add(time.Second))[lines[0].ID]; c.Reference != lines[0].Reference || c.By != "f@example.ca" || c.Reason != "bought elsewhere" || !c.At.Equal(at) {
			t.Errorf("%+v", c)
		}
		if len(closedAt(at)) != 0 {
			t.Error("it is closed before it was")
		}
		if got := committed(); got != 0 {
			t.Errorf("%d of %d are still committed", got, before)
		}
		again := at.Add(time.Minute)
		act(again, "open again", lines[0].ID, Lines.Reopen, true)
		if len(closedAt(again.Add(time.Second))) != 0 || len(closedAt(again)) != 1 || committed() != before {
			t.Error("it is not open again")
		}
		act(again, "close once more", lines[0].ID, Lines.Close, true)
		var kinds []string
		view(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.each(ctx, func(scan func(...any) error) error {
				var kind, subject string
				err := scan(&kind, &subject)
				if kinds = append(kinds, kind); subject != "closing of "+lines[0].Reference {
					t.Error(subject)
				}
				return err
			}, "SELECT kind, subject FROM chain WHERE kind IN ('line.closed', 'line.reopened') ORDER BY seq")
		})
		if got := strings.Join(kinds, " "); got != "line.closed line.reopened line.closed" {
			t.Error(got)
		}
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}

// Who closed lines, and why, goes with their requests.
func TestDisposingTakesWhoClosedLines(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := submitted(t, l, 1, request.Approved)
		at := noon.Add(clockSlack / 2)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			if _, err := tx.Lines.Close(ctx, at, Closing{Line: lines[0].ID, By: "f@example.ca", Reason: "elsewhere"}); err != nil {
				return err
			}
			_, err := tx.Lines.Reopen(ctx, at, Closing{Line: lines[0].ID, By: "g@example.ca"})
			return err
		})
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Records.Dispose(ctx, at, noon.Add(time.Hour), false)
			return err
		})
		view(t, l, func(ctx context.Context, tx *Tx) error {
			var by, reason, reopened string
			if _, err := tx.one(ctx, []any{&by, &reason, &reopened}, "SELECT closed_by, reason, reopened_by FROM closed_line"); err != nil {
				return err
			}
			var left int
			_, err := tx.one(ctx, []any{&left}, "SELECT COUNT(*) FROM chain_private p JOIN chain c ON c.seq = p.seq WHERE c.kind IN ('line.closed', 'line.reopened')")
			if by != "disposed" || reason != "" || reopened != "disposed" || left != 0 {
				t.Error(by, reason, reopened, left)
			}
			return err
		})
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}
