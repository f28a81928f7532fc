package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// MarkState is a state that a person sets beside a charge; "" none.
type MarkState string

// The marks of a charge (docs/design.md#states).
const (
	ReceiptMissing MarkState = "receipt-missing"
	InDispute      MarkState = "dispute"
	PersonalCharge MarkState = "personal"
)

// ChargeMark is a mark, with who set it, when, and why.
type ChargeMark struct {
	State MarkState
	By    string
	At    time.Time
	Why   string
}

// Correction is what a person said of a charge: where it belongs, which mark it has, or both. It is linked in the chain.
type Correction struct {
	Charge Charge // as it is read: what it was before
	Key    string // what names it in workbooks
	// Settle is where it belongs from now on; nil leaves that as it is.
	Settle *Settlement
	// Mark is its mark from now on; nil leaves that as it is, an empty State takes it off.
	Mark *MarkState
	By   string
	Why  string
	// References and Before are the numbers of the lines that it is matched with from now on, and was before.
	References, Before []string
}

const chargeSettledKind = "charge.settled"

// chargeStood is a charge in a link: nothing that is personal.
type chargeStood struct {
	State      RowState  `json:"state"`
	Rule       string    `json:"rule,omitempty"`
	References []string  `json:"references,omitempty"`
	Mark       MarkState `json:"mark,omitempty"`
}

// Correct does what people said of charges, and links each in the chain: before and after in public, person and reason beside
// it. It needs Decide.
func (cs Charges) Correct(ctx context.Context, now time.Time, list []Correction) error {
	if !cs.tx.deciding {
		return errNotDeciding
	}
	entries := make([]Entry, 0, len(list))
	for i := range list {
		c := &list[i]
		before := chargeStood{c.Charge.State, c.Charge.Rule, c.Before, c.Charge.Mark.State}
		after := before
		if c.Settle != nil {
			s := *c.Settle
			s.Charge, s.From, s.By, s.Why = c.Charge.ID, c.Charge.State, c.By, c.Why
			if moved, err := cs.Settle(ctx, now, []Settlement{s}); err != nil {
				return err
			} else if moved == 0 {
				return fmt.Errorf("correct charge %d: it is not %s any more", s.Charge, s.From)
			}
			after.State, after.Rule, after.References = s.To, s.Rule, c.References
		}
		if c.Mark != nil {
			if err := cs.mark(ctx, now, c); err != nil {
				return err
			}
			after.Mark = *c.Mark
		}
		public, err := json.Marshal(struct {
			chargeStood
			Was chargeStood `json:"was"`
		}{after, before})
		if err != nil {
			return fmt.Errorf("correct charge %d: %w", c.Charge.ID, err)
		}
		private, err := json.Marshal(struct {
			By     string `json:"by"`
			Reason string `json:"reason,omitempty"`
		}{c.By, c.Why})
		if err != nil {
			return fmt.Errorf("correct charge %d: %w", c.Charge.ID, err)
		}
		entries = append(entries, Entry{Kind: chargeSettledKind, Subject: c.Key, Public: public, Private: private})
	}
	_, err := cs.tx.Chain.Append(ctx, now, entries...)
	return err
}

// mark sets a mark or takes it off.
func (cs Charges) mark(ctx context.Context, now time.Time, c *Correction) error {
	var by, why string
	var at any
	if *c.Mark != "" {
		by, why, at = c.By, c.Why, micros(now)
	}
	if _, err := cs.tx.exec(ctx, "UPDATE statement_row SET mark = $1, marked_by = $2, marked_at = $3, marked_why = $4 WHERE id = $5",
		string(*c.Mark), by, at, why, c.Charge.ID); err != nil {
		return fmt.Errorf("mark charge %d: %w", c.Charge.ID, err)
	}
	return nil
}

// Marked visits the charges that have a mark.
func (cs Charges) Marked(ctx context.Context, visit func(*Charge) error) error {
	return cs.visit(ctx, visit, "c.mark <> ''")
}
