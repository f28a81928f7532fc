package ledger

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
	"handrail/internal/totals"
)

// Names and needs that are alike are found in both databases, the most alike first; needs since a day, and not once they are
// disposed of.
func TestWhatIsAlikeIsFound(t *testing.T) {
	t.Parallel()
	day := request.Date{Year: 2026, Month: 11, Day: 2}
	said := func(list []request.Alike) string {
		texts := make([]string, len(list))
		for i, a := range list {
			texts[i] = a.Text
		}
		return strings.Join(texts, "; ")
	}
	onBoth(t, func(t *testing.T, l *Ledger) {
		guide := func(title string) totals.NeedText { return totals.NeedText{Title: title} }
		near := func(when string, since request.Date, names, needs string) {
			t.Helper()
			view(t, l, func(ctx context.Context, tx *Tx) error {
				found, err := tx.Totals.NearNames(ctx, "Northern Software Inc.")
				if err != nil {
					return err
				}
				if got := said(found); got != names {
					t.Errorf("%s: names %q, want %q", when, got, names)
				}
				v, err := tx.Totals.Vocabulary(ctx)
				if err != nil {
					return err
				}
				found, err = tx.Totals.NearNeeds(ctx, v, guide("Accessibility review of the client guide"), since)
				if got := said(found); got != needs {
					t.Errorf("%s: needs %q, want %q", when, got, needs)
				}
				return err
			})
		}
		near("at first", day, "", "")
		const part = "Accessibility review of the client guide, second chapter"
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			if err := tx.Totals.AddNames(ctx, []string{"Northen Software", "Northern Software", "Prairie Data", "NORTHEN SOFTWARE LTD", "—", ""}); err != nil {
				return err
			}
			return tx.Totals.AddNeeds(ctx, []NewNeed{{guide(part), day}, {guide("Printer toner"), day}, {guide("Client guide: accessibility review"), day}, {guide(""), day}})
		})
		near("once added", day, "Northen Software", part)
		near("a day later", day.AddDays(1), "Northen Software", "")
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			if err := tx.Totals.AddNames(ctx, []string{"Northen Software"}); err != nil {
				return err
			}
			return tx.Totals.AddNeeds(ctx, []NewNeed{{guide(part), day.AddDays(3)}})
		})
		near("asked for again", day.AddDays(1), "Northen Software", part)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Records.Dispose(ctx, noon, day.AddDays(1).Time(time.UTC), false)
			return err
		})
		near("once the others are disposed of", day, "Northen Software", part)
		counted := func() (words, texts int) {
			view(t, l, func(ctx context.Context, tx *Tx) error {
				_, err := tx.one(ctx, []any{&words, &texts}, "SELECT (SELECT COUNT(*) FROM need_term), (SELECT texts FROM need_word WHERE term = '')")
				return err
			})
			return words, texts
		}
		if words, texts := counted(); texts != 1 || words != 6 {
			t.Errorf("one need is left, of six words; counted are %d and %d", texts, words)
		}
		decide(t, l, func(ctx context.Context, tx *Tx) error { return tx.Totals.ForgetNear(ctx) })
		near("forgotten", day, "", "")
	})
}

// However many names and needs meet under one key, so many are looked at and no more.
func TestWhatIsAlikeIsBounded(t *testing.T) {
	t.Parallel()
	l := openTest(t, Config{URL: filepath.Join(t.TempDir(), "ledger.db")})
	day := request.Date{Year: 2026, Month: 11, Day: 2}
	decide(t, l, func(ctx context.Context, tx *Tx) error {
		var names []string
		var needs []NewNeed
		for i := range 1500 {
			names = append(names, fmt.Sprintf("Northern Software, Phase %d", i))
			needs = append(needs, NewNeed{totals.NeedText{Title: fmt.Sprintf("Accessibility review of the client guide, chapter %d", i)}, day})
		}
		if err := tx.Totals.AddNames(ctx, names); err != nil {
			return err
		}
		return tx.Totals.AddNeeds(ctx, needs)
	})
	view(t, l, func(ctx context.Context, tx *Tx) error {
		names, err := tx.Totals.NearNames(ctx, "Northern Software")
		if err != nil {
			return err
		}
		v, err := tx.Totals.Vocabulary(ctx)
		if err != nil {
			return err
		}
		needs, err := tx.Totals.NearNeeds(ctx, v, totals.NeedText{Title: "Accessibility review of the client guide, chapter 7000"}, day)
		if len(names) > mostNearer || len(needs) > mostNearer {
			t.Errorf("%d names and %d needs are alike", len(names), len(needs))
		}
		return err
	})
	for _, q := range []string{
		"SELECT name FROM supplier_block WHERE block = 'x' ORDER BY name DESC LIMIT 60",
		"SELECT need FROM need_term WHERE term = 'x' AND last_day >= '2026-01-01' ORDER BY last_day DESC, need DESC LIMIT 60",
		"SELECT form FROM supplier_name WHERE form IN ('x')", "DELETE FROM need_text WHERE last_day < '2026-01-01'",
		"UPDATE need_term SET last_day = '2026-01-02' WHERE need = 1 AND last_day = '2026-01-01' AND term IN ('x')",
	} {
		view(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.each(ctx, func(scan func(...any) error) error {
				var id, parent, unused int
				var detail string
				err := scan(&id, &parent, &unused, &detail)
				if strings.Contains(detail, "SCAN") || strings.Contains(detail, "TEMP B-TREE") {
					t.Errorf("%s: %s", q, detail)
				}
				return err
			}, "EXPLAIN QUERY PLAN "+q)
		})
	}
}
