package finance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// chargeReach is how many days before a period a charge may lie that still waits in it, and lineReach how many days
// before it an approval may lie that such a charge was matched with.
const (
	chargeReach = 400
	lineReach   = 800
)

// cards joins approvals with charges as they stood at a period's end. What was matched before stays matched, by the rule
// that matched it, so that making a report again gives the same.
type cards struct {
	period   report.Period
	from, to time.Time
	lines    []reconcile.Line
	ids      []int64       // of lines, in their order
	places   map[int64]int // of lines, by id
	charges  []statement.Charge
	rows     []settledRow // what the ledger says of charges, in their order; those on disk come behind and have none
	pinned   map[int]bool // places of charges that keep an earlier match
	all      *reconcile.Reconciliation
	hands    map[string]report.Hand // what people said of charges, by fingerprint
}

// settledRow is what became of a charge of the ledger; what the charge says itself is not kept twice.
type settledRow struct {
	id        int64
	state     ledger.RowState
	reason    string
	rule      string
	score     int
	SettledAt time.Time
	lines     []int64
}

// row is what the ledger says of a charge; nil for one from disk.
func (c *cards) row(charge int) *settledRow {
	if charge < len(c.rows) {
		return &c.rows[charge]
	}
	return nil
}

// readCards reads charges, those on disk among them, and joins them with lines.
func readCards(ctx context.Context, tx *ledger.Tx, o *ReportOptions, lines *periodLines) (*cards, error) {
	c := &cards{period: o.Period, from: o.From, to: o.To, lines: lines.matchable, ids: lines.ids, places: make(map[int64]int, len(lines.ids)), pinned: map[int]bool{}, hands: map[string]report.Hand{}}
	for at, id := range c.ids {
		c.places[id] = at
	}
	from := o.Period.From.AddDays(-chargeReach)
	n, err := tx.Charges.CountBetween(ctx, from, o.Period.To)
	if err != nil {
		return nil, err
	}
	c.charges, c.rows = make([]statement.Charge, 0, n), make([]settledRow, 0, n)
	if err := tx.Charges.Between(ctx, from, o.Period.To, func(row *ledger.Charge) error {
		charge, err := financeCharge(row)
		if err != nil || charge.Posted.After(o.Period.To) {
			return err
		}
		charge.Statement, charge.Cardholder, charge.CostCentre = o.texts.once(charge.Statement), o.texts.once(charge.Cardholder), o.texts.once(charge.CostCentre)
		charge.Merchant, charge.Card, charge.Category = o.texts.once(charge.Merchant), o.texts.once(charge.Card), o.texts.once(charge.Category)
		charge.Amount.Currency, charge.Original.Currency = o.texts.once(charge.Amount.Currency), o.texts.once(charge.Original.Currency)
		if hand := handOf(row); hand != (report.Hand{}) {
			c.hands[charge.Fingerprint] = hand
		}
		c.charges = append(c.charges, charge)
		c.rows = append(c.rows, settledRow{id: row.ID, state: row.State, reason: o.texts.once(row.Reason), rule: o.texts.once(row.Rule), score: row.Score, SettledAt: row.SettledAt, lines: row.Lines})
		return nil
	}); err != nil {
		return nil, err
	}
	o.texts = nil // all is read, and matching is where most memory is needed
	if len(o.Statements) == 0 {
		return c, c.join(o)
	}
	onDisk := slices.DeleteFunc(slices.Clone(o.Statements), func(s statement.Charge) bool { return s.Posted.After(o.Period.To) })
	c.charges = statement.Union(c.charges, onDisk)
	return c, c.join(o)
}

// financeCharge is a charge of the ledger as it was read.
func financeCharge(row *ledger.Charge) (statement.Charge, error) {
	var charge statement.Charge
	if err := json.Unmarshal(row.Detail, &charge); err != nil {
		return charge, fmt.Errorf("charge %d: %w", row.ID, err)
	}
	return charge, nil
}

// join matches what is not matched yet, with what was matched before in its place.
func (c *cards) join(o *ReportOptions) error {
	match := o.Reconcile.Match(o.Zone)
	match.Progress, match.Ignored, match.Apart = o.Progress, map[string]bool{}, map[string]bool{}
	first := map[string]bool{} // lines that charges are pinned to
	var further []string       // and those that belong to the same match
	for i := range c.charges {
		f, row := c.charges[i].Fingerprint, c.row(i)
		switch {
		case row == nil:
		case row.state == ledger.IgnoredRow:
			match.Ignored[f] = true
		case row.state == ledger.LeftRow && row.reason == string(reconcile.NoLine):
			match.Apart[f] = true
		case row.state == ledger.MatchedRow:
			references := c.references(row)
			if len(references) == 0 {
				continue // the line was withdrawn or replaced since: the charge looks for another
			}
			first[references[0]] = true
			match.Hand = append(match.Hand, reconcile.HandMatch{Fingerprint: f, Reference: references[0]})
			further = append(further, references[1:]...)
		}
	}
	match.Withheld = map[string]bool{}
	for _, reference := range further {
		match.Withheld[reference] = !first[reference]
	}
	r, err := reconcile.Join(c.lines, c.charges, match)
	if err != nil {
		return err
	}
	for i := range r.Left {
		if row := c.row(r.Left[i].Charge); row != nil && row.state == ledger.IgnoredRow && row.rule == ledger.NotPurchase {
			r.Left[i].Reason = reconcile.NotPurchase
		}
	}
	for _, m := range r.Matches {
		for _, i := range m.Charges {
			if m.Rule == reconcile.ByHand {
				c.pinned[i] = true
			}
		}
	}
	c.all = r
	if len(c.pinned) > 0 {
		c.restoreRules()
	}
	return nil
}

// references are the lines that a row is matched with, as far as they still stand approved.
func (c *cards) references(row *settledRow) []string {
	var list []string
	for _, id := range row.lines {
		at, there := c.places[id]
		if !there {
			return nil
		}
		list = append(list, c.lines[at].Reference)
	}
	return list
}

// restoreRules gives the matches that were pinned their own rules and scores back, and all of their lines.
func (c *cards) restoreRules() {
	var matches []reconcile.Match
	for _, m := range c.all.Matches {
		if m.Rule != reconcile.ByHand {
			matches = append(matches, m)
			continue
		}
		var order []string
		byRule := map[string][]int{}
		for _, charge := range m.Charges {
			rule := c.row(charge).rule
			if byRule[rule] == nil {
				order = append(order, rule)
			}
			byRule[rule] = append(byRule[rule], charge)
		}
		for _, rule := range order {
			row := c.row(byRule[rule][0])
			part := reconcile.Match{Rule: reconcile.Rule(rule), Score: row.score, Charges: byRule[rule]}
			for _, id := range row.lines {
				part.Lines = append(part.Lines, c.places[id])
			}
			part.Difference = c.difference(&part)
			matches = append(matches, part)
		}
	}
	slices.SortStableFunc(matches, func(a, b reconcile.Match) int { return a.Charges[0] - b.Charges[0] })
	c.all.Matches = matches
}

// difference is charged less approved, in the lines' currency; a refund's is the refund itself.
func (c *cards) difference(m *reconcile.Match) decimal.Decimal {
	currency, sum := c.all.Lines[m.Lines[0]].Total.Currency, decimal.Zero
	for _, i := range m.Charges {
		charge := &c.all.Charges[i]
		switch currency {
		case charge.Amount.Currency:
			sum = sum.Add(charge.Amount.Amount)
		case charge.Original.Currency:
			sum = sum.Add(charge.Original.Amount)
		}
	}
	if m.Rule == reconcile.ByRefund {
		return sum
	}
	for _, l := range m.Lines {
		sum = sum.Sub(c.all.Lines[l].Total.Amount)
	}
	return sum
}

// settledBefore and settledAfter place a charge's settling beside the period.
func (c *cards) settledBefore(charge int) bool {
	row := c.row(charge)
	return row != nil && (row.state == ledger.IgnoredRow || c.pinned[charge]) && row.SettledAt.Before(c.from)
}

func (c *cards) settledAfter(charge int) bool {
	row := c.row(charge)
	return row != nil && (row.state == ledger.IgnoredRow || row.state == ledger.MatchedRow) && !row.SettledAt.Before(c.to)
}

// view is the reconciliation of the period: the charges that were open when it began and those that came in it. What
// was settled before is not in it; what was settled after is open in it.
func (c *cards) view(currency string) *reconcile.Reconciliation {
	v := &reconcile.Reconciliation{Lines: c.all.Lines, Charges: c.all.Charges}
	place, there := make([]int, len(c.all.Charges)), 0
	for i := range c.all.Charges {
		place[i] = -1
		if !c.settledBefore(i) {
			place[i] = there
			there++
		}
	}
	if there < len(place) {
		v.Charges = make([]statement.Charge, 0, there)
		for i, at := range place {
			if at >= 0 {
				v.Charges = append(v.Charges, c.all.Charges[i])
			}
		}
	}
	left := map[int]reconcile.Left{}
	var reopened []int
	taken := map[int]bool{}
	v.Matches = make([]reconcile.Match, 0, len(c.all.Matches))
	for _, m := range c.all.Matches {
		var in []int
		for _, i := range m.Charges {
			switch {
			case c.settledAfter(i):
				left[i] = reconcile.Left{Charge: place[i], Reason: c.reasonBefore(i), Near: m.Lines}
				continue
			case place[i] >= 0:
				in = append(in, place[i])
			}
			for _, l := range m.Lines {
				taken[l] = true
			}
		}
		if len(in) > 0 {
			m.Charges = in
			v.Matches = append(v.Matches, m)
		}
		reopened = append(reopened, m.Lines...)
	}
	for _, l := range c.all.Left {
		if place[l.Charge] < 0 {
			continue
		}
		at := l.Charge
		if l.Charge = place[l.Charge]; c.settledAfter(at) {
			l.Reason = c.reasonBefore(at) // set aside since
		}
		left[at] = l
	}
	for i := range c.all.Charges {
		if l, there := left[i]; there {
			v.Left = append(v.Left, l)
		}
	}
	v.Open = slices.Clone(c.all.Open)
	for _, l := range reopened {
		if !taken[l] {
			taken[l] = true
			v.Open = append(v.Open, l)
		}
	}
	slices.Sort(v.Open)
	v.Flow = reconcile.ChargeFlow(v, c.period.From, currency)
	return v
}

func (c *cards) reasonBefore(charge int) reconcile.Reason {
	if row := c.row(charge); row != nil && row.reason != "" {
		return reconcile.Reason(row.reason)
	}
	return reconcile.NoApproval
}

// inYear is what was charged and what is committed in one fiscal year, for its budgets.
func (c *cards) inYear(year report.Period, zone *time.Location) *reconcile.Reconciliation {
	y := &reconcile.Reconciliation{Lines: c.all.Lines, Charges: c.all.Charges}
	elsewhere := func(charge int) bool {
		posted := c.all.Charges[charge].Posted
		return posted.Before(year.From) || posted.After(year.To)
	}
	for _, m := range c.all.Matches {
		if m.Charges = slices.DeleteFunc(slices.Clone(m.Charges), elsewhere); len(m.Charges) > 0 {
			y.Matches = append(y.Matches, m)
		}
	}
	for _, l := range c.all.Left {
		if !elsewhere(l.Charge) {
			y.Left = append(y.Left, l)
		}
	}
	for _, l := range c.all.Open {
		if on := request.DateOf(c.all.Lines[l].Decided.In(zone)); !on.Before(year.From) && !on.After(year.To) {
			y.Open = append(y.Open, l)
		}
	}
	return y
}

// settlements are what the report changes about charges: new ones become matched or left, and those left may match.
// They count as settled when the period ended, whenever the report is made.
func (c *cards) settlements() []ledger.Settlement {
	var list []ledger.Settlement
	for _, m := range c.all.Matches {
		totals := make([]decimal.Decimal, len(m.Lines))
		for i, l := range m.Lines {
			totals[i] = c.all.Lines[l].Total.Amount
		}
		for _, i := range m.Charges {
			if row := c.row(i); row != nil && !c.pinned[i] && row.state != ledger.IgnoredRow {
				list = append(list, ledger.Settlement{Charge: row.id, From: row.state, To: ledger.MatchedRow, Reason: row.reason, Rule: string(m.Rule), Score: m.Score, Parts: c.parts(i, m.Lines, totals)})
			}
		}
	}
	for _, l := range c.all.Left {
		row := c.row(l.Charge)
		if row == nil || row.state == ledger.IgnoredRow || row.state == ledger.LeftRow && row.reason == string(l.Reason) {
			continue
		}
		list = append(list, ledger.Settlement{Charge: row.id, From: row.state, To: ledger.LeftRow, Reason: string(l.Reason)})
	}
	return list
}

// parts divides a charge over the lines that it is matched with.
func (c *cards) parts(charge int, lines []int, totals []decimal.Decimal) []ledger.Part {
	charged := c.all.Charges[charge].Amount
	parts := make([]ledger.Part, len(lines))
	for i, p := range reconcile.Parts(charged, totals) {
		minor, _ := (request.Money{Amount: p, Currency: charged.Currency}).Minor() // a part of what the ledger holds
		parts[i] = ledger.Part{Line: c.ids[lines[i]], Minor: minor}
	}
	return parts
}

// SettledAt is the instant at which the charges of a period count as settled: the last one in it.
func SettledAt(to time.Time) time.Time { return to.Add(-time.Microsecond) }
