package finance

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// accepted is an answer that is done, with the lines that it matches charges with.
type accepted struct {
	saying
	lines []ledger.Line
}

// accept sorts out which answers of a group are done: those that match charges with the same lines, or one other answer. The others are
// asked back.
func (h *hands) accept(ctx context.Context, group []saying) (list []accepted, err error) {
	var lines []ledger.Line
	var beyond, unapproved *asked
	if group[0].Kind == report.BelongsTo {
		if lines, unapproved = h.approved(group[0].References); unapproved == nil {
			if beyond, err = h.beyond(ctx, group, lines); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range group {
		why := unapproved
		if why == nil {
			why = h.refused(s, beyond)
		}
		if why == nil {
			list = append(list, accepted{s, lines})
			continue
		}
		h.ask(s, why)
		for _, c := range s.charges {
			delete(h.moving, c.ID)
		}
	}
	return list, nil
}

// correct does what an answer says.
func (h *hands) correct(ctx context.Context, a accepted) error {
	done := false
	for i, c := range a.charges {
		x, changes, err := h.correction(ctx, a, a.Keys[i], c)
		if err != nil {
			return err
		}
		delete(h.moving, c.ID)
		if !changes {
			continue
		}
		if err := h.tx.Charges.Correct(ctx, h.now, []ledger.Correction{x}); err != nil {
			return err
		}
		done = true
		h.stood(c, &x)
	}
	if done { // else the same workbook a second time
		h.told.Done = append(h.told.Done, h.note(a.saying, &asked{What: doneText(a.saying)}))
	}
	return nil
}

// refused is what speaks against one answer: a bank's own row, a sum beyond the tolerance without a reason, a mark that is not
// there or that is somebody else's.
func (h *hands) refused(s saying, beyond *asked) *asked {
	for _, c := range s.charges {
		if s.Kind == report.BelongsTo {
			charge, err := financeCharge(c)
			switch {
			case err != nil || charge.TouchesBudget():
			case charge.Status != statement.Posted:
				return notPosted
			default:
				return noPurchase
			}
		}
		if why := h.refusedMark(s, c); why != nil {
			return why
		}
	}
	if beyond != nil && s.Reason == "" && !slices.ContainsFunc(s.charges, func(c *ledger.Charge) bool { return !h.stands(s, c) }) {
		return nil // it stands already
	}
	if beyond != nil && s.Reason == "" {
		return beyond
	}
	return nil
}

// refusedMark is what speaks against a mark, or against taking one off.
func (h *hands) refusedMark(s saying, c *ledger.Charge) *asked {
	has := report.Mark(c.Mark.State)
	switch {
	case s.Mark == "" || s.Mark == has:
		return nil
	case s.Mark.Clears() && has == "":
		return noMark
	case s.Mark.Clears() && !s.Mark.TakesOff(has):
		return otherMark(has)
	case !s.Mark.Clears() && has != "" && !strings.EqualFold(c.Mark.By, h.by):
		return markedByOther(has, c.Mark.By)
	}
	return nil
}

// approved are the lines with some references, or what to ask when one is no approved line.
func (h *hands) approved(references []string) ([]ledger.Line, *asked) {
	lines := make([]ledger.Line, len(references))
	for i, r := range references {
		l, there := h.lines[r]
		switch {
		case !there:
			return nil, notThere(r)
		case l.Outcome != request.Approved:
			return nil, notApproved(r, l.Outcome)
		}
		lines[i] = l
	}
	return lines, nil
}

// beyond says by how much what is charged differs from what was approved, with what else is charged to the lines; nil when it is
// within the tolerance.
func (h *hands) beyond(ctx context.Context, group []saying, lines []ledger.Line) (*asked, error) {
	currency, approved := lines[0].Currency, decimal.Zero
	ids := make([]int64, len(lines))
	for i, l := range lines {
		if l.Currency != currency || !l.HasAmount {
			return notComparable, nil
		}
		ids[i] = l.ID
		approved = approved.Add(request.FromMinor(l.Amount, currency).Amount)
	}
	used, err := h.tx.Charges.UsedOf(ctx, ids, slices.Collect(maps.Keys(h.moving))...)
	if err != nil {
		return nil, err
	}
	sum, bought := decimal.Zero, false
	for _, s := range group {
		for _, c := range s.charges {
			amount, same := amountIn(c, currency)
			if !same {
				return notComparable, nil
			}
			sum, bought = sum.Add(amount), bought || amount.IsPositive()
		}
	}
	others := h.alsoMovedTo(group, ids)
	for _, minor := range used {
		others = others.Add(request.FromMinor(minor, currency).Amount)
	}
	if !bought && others.IsPositive() && !others.Add(sum).IsNegative() {
		return nil, nil // money back of what was charged
	}
	minor, err := (request.Money{Amount: approved, Currency: currency}).Minor()
	if err != nil {
		return nil, err
	}
	slack, err := h.options.Tolerance(minor, currency)
	if err != nil {
		return nil, err
	}
	most := request.FromMinor(slack, currency).Amount
	off := sum.Add(others).Sub(approved)
	if off.Abs().LessThanOrEqual(most) {
		return nil, nil
	}
	money := func(d decimal.Decimal) request.Money { return request.Money{Amount: d, Currency: currency} }
	return needsReason(money(sum), money(others), money(approved), money(off), money(most)), nil
}

// alsoMovedTo is what other answers of the mail charge to lines: the parts of their charges that fall to these.
func (h *hands) alsoMovedTo(group []saying, ids []int64) decimal.Decimal {
	mine := map[*report.ChargeAnswer]bool{}
	for _, s := range group {
		mine[s.ChargeAnswer] = true
	}
	sum := decimal.Zero
	for _, id := range ids {
		for _, share := range h.shares[id] {
			if !mine[share.of] {
				sum = sum.Add(share.amount)
			}
		}
	}
	return sum
}

// amountIn is a charge's amount in a currency: its own, or that before the conversion.
func amountIn(c *ledger.Charge, currency string) (decimal.Decimal, bool) {
	if c.Currency == currency {
		return request.FromMinor(c.Amount, c.Currency).Amount, true
	}
	charge, err := financeCharge(c)
	if err != nil || charge.Original.Currency != currency {
		return decimal.Zero, false
	}
	original := charge.Original.Amount
	if original.IsNegative() != charge.Amount.Amount.IsNegative() {
		original = original.Neg()
	}
	return original, true
}

// correction is what an answer changes about a charge; changes is false when it stands already.
func (h *hands) correction(ctx context.Context, s accepted, key string, c *ledger.Charge) (x ledger.Correction, changes bool, err error) {
	x = ledger.Correction{Charge: *c, Key: key, By: h.by, Why: s.Reason, References: s.References, Before: h.references(c)}
	if s.Kind != report.OnlyMark && (!h.stands(s.saying, c) || s.Reason != "" && s.Reason != c.SettledWhy) {
		settle := ledger.Settlement{Reason: c.Reason}
		switch s.Kind {
		case report.BelongsTo:
			settle.To, settle.Rule, settle.Score = ledger.MatchedRow, string(reconcile.ByHand), 100
			if settle.Parts, err = partsByHand(ctx, h.tx, c, slices.Clone(s.lines), h.options, slices.Collect(maps.Keys(h.moving))...); err != nil {
				return x, false, err
			}
		case report.SetAside:
			settle.To = ledger.IgnoredRow
		case report.NoPurchase:
			settle.To, settle.Rule = ledger.IgnoredRow, ledger.NotPurchase
		case report.NoLine:
			settle.To, settle.Reason = ledger.LeftRow, string(reconcile.NoLine)
		}
		x.Settle = &settle
	} else {
		x.References = x.Before
	}
	if mark := s.Mark; mark != "" && mark != report.Mark(c.Mark.State) {
		state := ledger.MarkState(mark)
		if mark.Clears() {
			state = ""
		}
		x.Mark = &state
	}
	return x, x.Settle != nil || x.Mark != nil, nil
}

// stood notes what a charge is after a correction, for the next answer about it.
func (h *hands) stood(c *ledger.Charge, x *ledger.Correction) {
	if s := x.Settle; s != nil {
		c.State, c.Rule, c.Reason, c.SettledBy, c.SettledAt, c.SettledWhy, c.Lines = s.To, s.Rule, s.Reason, h.by, h.now, x.Why, nil
		c.Parts = s.Parts
		for _, p := range s.Parts {
			c.Lines = append(c.Lines, p.Line)
		}
	}
	if x.Mark != nil {
		c.Mark.State = *x.Mark
	}
}

// stands reports whether a charge is settled already as an answer says.
func (h *hands) stands(s saying, c *ledger.Charge) bool {
	switch s.Kind {
	case report.BelongsTo:
		return c.State == ledger.MatchedRow && c.Rule == string(reconcile.ByHand) &&
			slices.Equal(slices.Sorted(slices.Values(s.References)), slices.Sorted(slices.Values(h.references(c))))
	case report.SetAside:
		return c.State == ledger.IgnoredRow && c.Rule != ledger.NotPurchase
	case report.NoPurchase:
		return c.State == ledger.IgnoredRow && c.Rule == ledger.NotPurchase
	case report.NoLine:
		return c.State == ledger.LeftRow && c.Reason == string(reconcile.NoLine)
	}
	return true
}

// references are the numbers of the lines that a charge was matched with.
func (h *hands) references(c *ledger.Charge) (list []string) {
	for _, l := range h.lines {
		if slices.Contains(c.Lines, l.ID) {
			list = append(list, l.Reference)
		}
	}
	slices.Sort(list)
	return list
}
