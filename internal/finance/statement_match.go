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
	aliases  []reconcile.Alias
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
	by        string // who settled it; "" a rule
	parts     []ledger.Part
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
		c.rows = append(c.rows, settledRow{id: row.ID, state: row.State, reason: o.texts.once(row.Reason), rule: o.texts.once(row.Rule), score: row.Score, SettledAt: row.SettledAt, parts: row.Parts})
		return nil
	}); err != nil {
		return nil, err
	}
	if c.aliases, err = aliasesUntil(ctx, tx, o.To); err != nil {
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
	match.Used, match.Aliases = map[string]decimal.Decimal{}, c.aliases
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
			match.Hand = append(match.Hand, reconcile.HandMatch{Fingerprint: f, Reference: references[0]})
			for n, part := range row.parts {
				used := request.FromMinor(part.Used, c.lines[c.places[part.Line]].Total.Currency).Amount
				match.Used[references[n]] = match.Used[references[n]].Add(used)
			}
		}
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
	for _, part := range row.parts {
		at, there := c.places[part.Line]
		if !there {
			return nil
		}
		list = append(list, c.lines[at].Reference)
	}
	return list
}

// restoreRules gives the matches that were pinned their own rules and scores back, and what of each charge falls to which line.
func (c *cards) restoreRules() {
	var matches []reconcile.Match
	for _, m := range c.all.Matches {
		if m.Rule != reconcile.ByHand {
			matches = append(matches, m)
			continue
		}
		for _, together := range c.settledTogether(m.Charges) {
			row := c.row(together[0])
			part := reconcile.Match{Rule: reconcile.Rule(row.rule), Score: row.score, Charges: together, OtherCard: m.OtherCard}
			for _, p := range row.parts {
				part.Lines = append(part.Lines, c.places[p.Line])
			}
			for _, charge := range together {
				for _, p := range c.row(charge).parts {
					part.Shares = append(part.Shares, reconcile.Share{Charge: charge, Line: c.places[p.Line],
						Charged: request.FromMinor(p.Minor, c.charges[charge].Amount.Currency).Amount,
						Used:    request.FromMinor(p.Used, c.lines[c.places[p.Line]].Total.Currency).Amount})
				}
			}
			part.Difference = c.difference(&part)
			matches = append(matches, part)
		}
	}
	slices.SortStableFunc(matches, func(a, b reconcile.Match) int { return a.Charges[0] - b.Charges[0] })
	c.all.Matches = matches
}

// settledTogether divides charges of one line into those that were matched with the same lines by the same rule; each part of an
// approval stands by itself.
func (c *cards) settledTogether(charges []int) [][]int {
	var groups [][]int
	byRule := map[string]int{}
	for _, charge := range charges {
		row := c.row(charge)
		key := row.rule
		for _, p := range row.parts {
			key += fmt.Sprintf(" %d", p.Line)
		}
		at, known := byRule[key]
		if !known || row.rule == string(reconcile.ByPart) {
			byRule[key], groups = len(groups), append(groups, []int{charge})
			continue
		}
		groups[at] = append(groups[at], charge)
	}
	return groups
}

// difference is what was charged less what that uses of the approvals, in the lines' currency; a refund's is the refund itself.
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
	for s := range c.all.SharesOf(m) {
		sum = sum.Sub(s.Used)
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

// atEnd is the reconciliation as it stood when the period ended: what was settled after is open in it.
func (c *cards) atEnd() *reconcile.Reconciliation {
	v := &reconcile.Reconciliation{Lines: c.all.Lines, Charges: c.all.Charges, Matches: make([]reconcile.Match, 0, len(c.all.Matches))}
	left := map[int]reconcile.Left{}
	for _, m := range c.all.Matches {
		in := make([]int, 0, len(m.Charges))
		for _, i := range m.Charges {
			if c.settledAfter(i) {
				left[i] = reconcile.Left{Charge: i, Reason: c.reasonBefore(i), Near: m.Lines}
				continue
			}
			in = append(in, i)
		}
		if len(in) > 0 {
			v.Matches = append(v.Matches, c.all.Only(m, in))
		}
	}
	for _, l := range c.all.Left {
		if c.settledAfter(l.Charge) {
			l.Reason = c.reasonBefore(l.Charge) // set aside since
		}
		left[l.Charge] = l
	}
	for i := range c.all.Charges {
		if l, there := left[i]; there {
			v.Left = append(v.Left, l)
		}
	}
	v.StillOpen()
	return v
}

// view is the reconciliation of the period: the charges that were open when it began and those that came in it. What
// was settled before is not in it.
func (c *cards) view(end *reconcile.Reconciliation, currency string) *reconcile.Reconciliation {
	v := &reconcile.Reconciliation{Lines: end.Lines, Charges: end.Charges, Open: end.Open, Rest: end.Rest}
	place, there := make([]int, len(end.Charges)), 0
	for i := range end.Charges {
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
				v.Charges = append(v.Charges, end.Charges[i])
			}
		}
	}
	v.Matches = make([]reconcile.Match, 0, len(end.Matches))
	for _, m := range end.Matches {
		in := slices.DeleteFunc(slices.Clone(m.Charges), func(i int) bool { return place[i] < 0 })
		if len(in) == 0 {
			continue
		}
		m = end.Only(m, in)
		for n, i := range in {
			in[n] = place[i]
		}
		m.Charges, m.Shares = in, slices.Clone(m.Shares)
		for n := range m.Shares {
			m.Shares[n].Charge = place[m.Shares[n].Charge]
		}
		v.Matches = append(v.Matches, m)
	}
	for _, l := range end.Left {
		if at := place[l.Charge]; at >= 0 {
			l.Charge = at
			v.Left = append(v.Left, l)
		}
	}
	v.Flow = reconcile.ChargeFlow(v, c.period.From, currency)
	return v
}

func (c *cards) reasonBefore(charge int) reconcile.Reason {
	if row := c.row(charge); row != nil && row.reason != "" {
		return reconcile.Reason(row.reason)
	}
	return reconcile.NoApproval
}

// inYear is what was charged in one fiscal year and what is committed at its end, or that of the period, for its budgets. What was approved
// before the year and is not charged yet goes over into it.
func (c *cards) inYear(end *reconcile.Reconciliation, year report.Period) *reconcile.Reconciliation {
	y := &reconcile.Reconciliation{Lines: end.Lines, Charges: end.Charges, Open: end.Open, Rest: end.Rest}
	elsewhere := func(charge int) bool {
		posted := end.Charges[charge].Posted
		return posted.Before(year.From) || posted.After(year.To)
	}
	for _, m := range end.Matches {
		if in := slices.DeleteFunc(slices.Clone(m.Charges), elsewhere); len(in) > 0 {
			y.Matches = append(y.Matches, end.Only(m, in))
		}
	}
	for _, l := range end.Left {
		if !elsewhere(l.Charge) {
			y.Left = append(y.Left, l)
		}
	}
	return y
}

// settlements are what the report changes about charges: new ones become matched or left, and those left may match.
// They count as settled when the period ended, whenever the report is made.
func (c *cards) settlements() []ledger.Settlement {
	var list []ledger.Settlement
	for i := range c.all.Matches {
		m := &c.all.Matches[i]
		parts := map[int][]ledger.Part{}
		for s := range c.all.SharesOf(m) {
			charged, used := c.all.Charges[s.Charge].Amount, c.all.Lines[s.Line].Total
			charged.Amount, used.Amount = s.Charged, s.Used
			minor, _ := charged.Minor() // shares of what the ledger holds
			usedMinor, _ := used.Minor()
			parts[s.Charge] = append(parts[s.Charge], ledger.Part{Line: c.ids[s.Line], Minor: minor, Used: usedMinor})
		}
		for _, i := range m.Charges {
			if row := c.row(i); row != nil && !c.pinned[i] && row.state != ledger.IgnoredRow {
				list = append(list, ledger.Settlement{Charge: row.id, From: row.state, To: ledger.MatchedRow, Reason: row.reason, Rule: string(m.Rule), Score: m.Score, Parts: parts[i]})
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

// SettledAt is the instant at which the charges of a period count as settled: the last one in it.
func SettledAt(to time.Time) time.Time { return to.Add(-time.Microsecond) }
