package ledger

import (
	"context"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// chargesByHand are charges that a person matched, each with a line.
func chargesByHand(t *testing.T, l *Ledger, at time.Time, lines ...int64) (ids []int64) {
	t.Helper()
	on := request.Date{Year: 2026, Month: 11, Day: 5}
	decide(t, l, func(ctx context.Context, tx *Tx) error {
		var rows []Charge
		for i := range lines {
			rows = append(rows, Charge{Row: i + 2, Identity: DigestOf([]byte{byte(i)}), Occurrence: 1, Posted: on, Transacted: on, Amount: 45200, Currency: "CAD", Merchant: "SQ *NTHN LTS 8842", Detail: []byte("{}")})
		}
		if _, _, err := tx.Charges.AddStatement(ctx, at, Statement{SHA256: DigestOf([]byte("file")), FileName: "card.csv"}, rows); err != nil {
			return err
		}
		var list []Settlement
		if err := tx.Charges.Between(ctx, on, on, func(c *Charge) error {
			ids = append(ids, c.ID)
			list = append(list, Settlement{Charge: c.ID, From: NewRow, To: MatchedRow, Rule: "hand", By: "f@example.ca", Parts: []Part{{Line: lines[len(list)], Minor: 45200, Used: 45200}}})
			return nil
		}); err != nil {
			return err
		}
		_, err := tx.Charges.Settle(ctx, at, list)
		return err
	})
	return ids
}

func allAliases(t *testing.T, l *Ledger) (all []Alias) {
	t.Helper()
	view(t, l, func(ctx context.Context, tx *Tx) (err error) {
		all, err = tx.Aliases.All(ctx)
		return err
	})
	return all
}

// An alias is in force once, says what taught it, ends when somebody removes it or when no match teaches it any more, and is not
// learned again from what was removed; each of these has its link.
func TestAliasesAreLearnedAndEnded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := submitted(t, l, 1, request.Approved, request.Approved)
		at := noon.Add(clockSlack / 2)
		charges := chargesByHand(t, l, at, lines[0].ID, lines[1].ID)
		signs := Alias{Merchant: "NTHN LTS", MerchantForm: "nthnlts", Supplier: "Northern Lights Signs", SupplierForm: "northernlightssigns", By: "f@example.ca", Message: 1}
		learn := func(n int, want bool) {
			t.Helper()
			decide(t, l, func(ctx context.Context, tx *Tx) error {
				won, err := tx.Aliases.Learn(ctx, at, signs, Lesson{Charge: charges[n], Line: lines[n].ID})
				if won != want {
					t.Errorf("learned from charge %d: %v", n, won)
				}
				return err
			})
		}
		undo := func(n int) (ended int) {
			t.Helper()
			decide(t, l, func(ctx context.Context, tx *Tx) (err error) {
				if _, err = tx.Charges.Settle(ctx, at, []Settlement{{Charge: charges[n], From: MatchedRow, To: LeftRow, Reason: "no-line", By: "f@example.ca"}}); err == nil {
					ended, err = tx.Aliases.EndUntaught(ctx, at, "f@example.ca", 1)
				}
				return err
			})
			return ended
		}
		var byHand []Charge
		view(t, l, func(ctx context.Context, tx *Tx) (err error) {
			byHand, err = tx.Charges.ByHandAt(ctx, at, "f@example.ca")
			return err
		})
		if len(byHand) != 2 || byHand[0].Lines[0] != lines[0].ID {
			t.Errorf("matched by hand: %+v", byHand)
		}
		learn(0, true)
		learn(0, false)
		learn(1, false)
		all := allAliases(t, l)
		if len(all) != 1 || len(all[0].Lessons) != 2 || all[0].Lessons[0].Reference != lines[0].Reference || all[0].Lessons[0].Amount != 45200 || !all[0].At.Equal(at) || !all[0].EndedAt.IsZero() {
			t.Fatalf("%+v", all)
		}
		if n := undo(0); n != 0 {
			t.Error("it ended though another match teaches it")
		}
		if n := undo(1); n != 1 {
			t.Error("it did not end with the last match that taught it")
		}
		learn(0, true) // what was only undone may be taught again
		end := func(want bool) {
			t.Helper()
			decide(t, l, func(ctx context.Context, tx *Tx) error {
				ended, err := tx.Aliases.End(ctx, at, 2, "g@example.ca", 1, AliasRemoved)
				if ended != want {
					t.Errorf("ended: %v", ended)
				}
				return err
			})
		}
		end(true)
		end(false)
		learn(0, false)
		learn(1, true)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			for _, want := range []bool{false, true, false} {
				if added, err := tx.Aliases.Add(ctx, at, signs); err != nil || added != want {
					t.Errorf("added: %v %v", added, err)
				}
				signs.SupplierForm, signs.Supplier = "cedar", "Cedar"
			}
			return nil
		})
		if n := len(allAliases(t, l)); n != 4 {
			t.Errorf("%d aliases", n)
		}
		if got := aliasLinkKinds(t, l); got != "alias.learned alias.ended alias.learned alias.ended alias.learned alias.added" {
			t.Error(got)
		}
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}

func aliasLinkKinds(t *testing.T, l *Ledger) string {
	t.Helper()
	var kinds []string
	view(t, l, func(ctx context.Context, tx *Tx) error {
		return tx.each(ctx, func(scan func(...any) error) error {
			var kind, public string
			err := scan(&kind, &public)
			if kinds = append(kinds, kind); strings.Contains(public, "example.ca") || strings.Contains(public, "Northern") {
				t.Error("a name stands in the chain:", public)
			}
			return err
		}, "SELECT kind, public FROM chain WHERE kind LIKE 'alias.%' ORDER BY seq")
	})
	return strings.Join(kinds, " ")
}

// Who taught and ended aliases goes with disposition; what was said of merchants stays.
func TestDisposingTakesWhoTaughtAliases(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		at := noon.Add(clockSlack / 2)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			for _, supplier := range []string{"cedar", "wolfe"} {
				if _, err := tx.Aliases.Add(ctx, at, Alias{Merchant: "NTHN", MerchantForm: "nthn", Supplier: supplier, SupplierForm: supplier, By: "f@example.ca"}); err != nil {
					return err
				}
			}
			_, err := tx.Aliases.End(ctx, at, 1, "g@example.ca", 0, AliasReplaced)
			return err
		})
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Records.Dispose(ctx, at, noon.Add(time.Hour), false)
			return err
		})
		all := allAliases(t, l)
		if len(all) != 2 || all[0].By != "disposed" || all[0].EndedBy != "disposed" || all[1].By != "disposed" || all[1].EndedBy != "" || all[1].Merchant != "NTHN" {
			t.Errorf("%+v", all)
		}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			var left int
			_, err := tx.one(ctx, []any{&left}, "SELECT COUNT(*) FROM chain_private p JOIN chain c ON c.seq = p.seq WHERE c.kind LIKE 'alias.%'")
			if left != 0 {
				t.Error(left, "private parts are left")
			}
			return err
		})
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}
