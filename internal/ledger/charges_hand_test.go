package ledger

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// What a person says of a charge stands in its row and in the chain: before and after in public, person and reason beside it.
func TestACorrectionOfAChargeIsLinked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		day := request.Date{Year: 2026, Month: time.November, Day: 20}
		rows := make([]Charge, 3)
		for i := range rows {
			rows[i] = Charge{Row: i + 2, Identity: DigestOf([]byte{byte(i)}), Occurrence: 1, Posted: day, Transacted: day, Amount: 1000, Currency: "CAD", CostCentre: "4410", Merchant: "Cinema", Card: "1111", Detail: []byte("{}")}
		}
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Charges.AddStatement(ctx, noon, Statement{SHA256: DigestOf([]byte("s")), FileName: "card.csv"}, rows)
			return err
		})
		read := func(identity byte) (c Charge) {
			t.Helper()
			if err := l.View(t.Context(), func(tx *Tx) (err error) {
				c, _, err = tx.Charges.ByIdentity(t.Context(), DigestOf([]byte{identity}))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return c
		}
		personal, none := PersonalCharge, MarkState("")
		correct := func(list ...Correction) {
			t.Helper()
			decide(t, l, func(ctx context.Context, tx *Tx) error { return tx.Charges.Correct(ctx, noon, list) })
		}
		correct(Correction{Charge: read(0), Key: "k0", By: "f@example.ca", Why: "by mistake", Settle: &Settlement{To: IgnoredRow}, Mark: &personal},
			Correction{Charge: read(1), Key: "k1", By: "f@example.ca", Settle: &Settlement{To: IgnoredRow, Rule: NotPurchase}},
			Correction{Charge: read(2), Key: "k2", By: "f@example.ca", Settle: &Settlement{To: LeftRow, Reason: "no-line"}})
		c := read(0)
		if c.State != IgnoredRow || c.SettledBy != "f@example.ca" || c.SettledWhy != "by mistake" || c.Mark != (ChargeMark{PersonalCharge, "f@example.ca", c.Mark.At, "by mistake"}) || !c.Mark.At.Equal(noon) {
			t.Errorf("the charge is %+v", c)
		}
		correct(Correction{Charge: c, Key: "k0", By: "g@example.ca", Why: "repaid", Mark: &none})
		if c := read(0); c.Mark.State != "" || c.Mark.By != "" || !c.Mark.At.IsZero() || c.SettledBy != "f@example.ca" {
			t.Errorf("the mark is not off: %+v", c)
		}
		stale := read(0)
		stale.State = LeftRow
		err := l.Decide(t.Context(), func(tx *Tx) error {
			return tx.Charges.Correct(t.Context(), noon, []Correction{{Charge: stale, Key: "k0", By: "f@example.ca", Settle: &Settlement{To: IgnoredRow}}})
		})
		if err == nil {
			t.Error("a charge that stands elsewhere by now was corrected")
		}
		if err := l.Update(t.Context(), func(tx *Tx) error { return tx.Charges.Correct(t.Context(), noon, nil) }); !errors.Is(err, errNotDeciding) {
			t.Errorf("without deciding: %v", err)
		}
		if err := l.View(t.Context(), func(tx *Tx) error {
			about, err := tx.Chain.About(t.Context(), []string{"k0"})
			if err != nil {
				return err
			}
			var said []string
			for _, k := range about["k0"] {
				said = append(said, k.Kind+" "+string(k.Public)+" "+string(k.Private))
			}
			want := []string{`charge.settled {"state":"ignored","mark":"personal","was":{"state":"new"}} {"by":"f@example.ca","reason":"by mistake"}`,
				`charge.settled {"state":"ignored","was":{"state":"ignored","mark":"personal"}} {"by":"g@example.ca","reason":"repaid"}`}
			if strings.Join(said, "\n") != strings.Join(want, "\n") {
				t.Errorf("the chain says\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
			}
			by, err := tx.Charges.UnapprovedByCentre(t.Context(), Span{From: day, To: day}, "CAD")
			if got := by[request.CentreKey("4410")]; got != 2000 {
				t.Errorf("spent without approval is %d, want what is set aside and what is left", got)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}
