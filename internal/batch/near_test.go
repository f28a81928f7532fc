package batch_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/likeness"
	"handrail/internal/replay"
	"handrail/internal/request"
)

// nearlySplit is the splitting policy, with totals of names and needs that are alike, over one condition.
var nearlySplit = []string{"[[guardrail]]\nid", `[[total]]
name = "near_supplier"
by   = ["supplier"]
days = 60
near = true

[[total]]
name = "one_need"
by   = ["need"]
days = 60
where = 'line.net >= money("0.00") || !given("net")'
distinct = "requester"

[[guardrail]]
id      = "near-split"
action  = "escalate"
when    = 'totals.near_supplier > money("3000.00")'
title   = { en = "Split", fr = "Fractionné" }
message = { en = "{totals.near_supplier} with {added.near_supplier}.", fr = "{totals.near_supplier} avec {added.near_supplier}." }
source  = "test"

[[guardrail]]
id      = "need-split"
action  = "escalate"
when    = 'totals.one_need > money("3000.00") && distinct.one_need >= 1'
title   = { en = "Split", fr = "Fractionné" }
message = { en = "One need.", fr = "Un seul besoin." }
source  = "test"

[[guardrail]]
id`}

// What is only alike adds up through the real job, with its names in the finding; the record replays, the past judged again
// says the same, and the totals are sound.
func TestWhatIsAlikeAddsUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(o *job.Options) {
		o.Inboxes[0].Policy = splitting(t, nearlySplit...)
	}, func(t *testing.T, d *agency, _ *job.Job) {
		d.once() // keeps the policy's text
		ask := func(title, supplier, id string, want request.Outcome, says ...string) ledger.Line {
			t.Helper()
			d.pass(24 * time.Hour)
			l := d.judged(testStaff, table(t, "Benefits", []any{title, supplier, id, 2000, "CC-" + supplier}))[0]
			if l.Outcome != want {
				t.Errorf("%s at %s is %s, not %s: %s", title, supplier, l.Outcome, want, l.Findings)
			}
			for _, s := range says {
				if !strings.Contains(string(l.Findings), s) {
					t.Errorf("the findings of %s at %s do not say %q: %s", title, supplier, s, l.Findings)
				}
			}
			return l
		}
		ask("Repair of the parking gate", "Northern Software Inc.", "", request.Approved)
		near := ask("Toner for printers", "Northen Software", "", request.Escalated, "near-split", "Northern Software Inc. (HR-2026-000001-01)")
		ask("Accessibility review of the client guide", "Prairie Data", "123456782", request.Approved)
		need := ask("Accessibility review of the client guide, second chapter", "Atelier Boréal", "", request.Escalated, "need-split", "Added up: “Accessibility review of the client guide…” (row 4)", "(HR-2026-000003-01)")
		ask("Twelve office chairs", "Prairies Data", "100000009", request.Approved)
		for _, l := range []ledger.Line{near, need} {
			f := factsOf(t, &l)
			for _, name := range []string{"near_supplier", "one_need"} {
				for _, a := range f.Totals[name].Alike {
					if a.Score < likeness.NeedsAlike || a.Count != 1 || len(a.Lines) != 1 || f.Totals[name].Scored != likeness.Version {
						t.Errorf("%s: %+v by version %d", l.Reference, a, f.Totals[name].Scored)
					}
				}
			}
			ref, _ := request.ParseReference(l.Reference)
			if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
				a, _, err := tx.Records.Account(t.Context(), ref)
				if err != nil {
					return err
				}
				e, err := replay.Explain(&a)
				if err != nil {
					return err
				}
				if err := e.LookUp(t.Context(), tx, &a); err != nil {
					return err
				}
				if len(e.Differences) > 0 {
					t.Errorf("%s: %v", l.Reference, e.Differences)
				}
				for _, c := range e.Totals {
					if was := f.Totals[c.Spec.Name]; !was.Amount.Equal(c.Sum.Amount) || was.Count != c.Sum.Count || was.Distinct != c.Sum.Distinct {
						t.Errorf("%s: %s came to %s over %d lines, %d different, and is explained as %s over %d, %d different", l.Reference, c.Spec.Name,
							was.Amount, was.Count, was.Distinct, c.Sum.Amount, c.Sum.Count, c.Sum.Distinct)
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if b := d.backtest(replay.BacktestOptions{Policy: d.options.Inboxes[0].Policy}); len(flips(b)) != 0 {
			t.Errorf("judged again: %v", flips(b))
		}
		d.sound()
	})
}

// Lines of the past are found by what is alike once a policy asks for it.
func TestThePastIsFoundOnceAPolicyAsksForWhatIsAlike(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t, nearlySplit...) })
	d.once()
	d.judged(testStaff, table(t, "Benefits", []any{"Gate", "Northern Software Inc.", "", 2000, "4410"}))
	if err := d.ledger.Decide(t.Context(), func(tx *ledger.Tx) error {
		if err := tx.Totals.ForgetNear(context.Background()); err != nil {
			return err
		}
		return tx.SetMeta(t.Context(), "lines counted by totals", "nothing yet")
	}); err != nil {
		t.Fatal(err)
	}
	d.once()
	if l := d.judged(testStaff, table(t, "Benefits", []any{"Toner", "Northen Software", "", 2000, "4411"}))[0]; l.Outcome != request.Escalated {
		t.Errorf("the second half is %s", l.Outcome)
	}
	d.sound()
}
