package reconcile

import "github.com/shopspring/decimal"

// allowed is between which sums, in minor units of the line's currency, a charge of minor that names a line uses up what is left of it, and how
// that is said: within the tolerance; above it by no more than a tip; off by no more than the bank's conversion.
func (m *matcher) allowed(line, charge int, rest, slack, minor int64) (rule Rule, low, high int64) {
	rule, low, high = ByPart, rest-slack, rest+slack
	approved := m.facts[line].minor
	if m.converted(line, charge) {
		if more := percentOf(approved, m.ExchangePercent); minor < low && minor >= low-more || minor > high && minor <= high+more {
			return ByExchange, low - more, high + more
		}
	}
	if more := percentOf(approved, m.TipPercent); minor > high && minor <= high+more {
		return ByTip, low, high + more
	}
	return rule, low, high
}

// converted reports whether the bank converted a charge into the line's currency: then what was asked for was only about right.
func (m *matcher) converted(line, charge int) bool {
	c := &m.charges[charge]
	return c.Amount.Currency == m.lines[line].Total.Currency && c.Original.Currency != "" && c.Original.Currency != c.Amount.Currency && !c.Original.Amount.IsZero()
}

func percentOf(minor int64, percent decimal.Decimal) int64 {
	return decimal.NewFromInt(minor).Abs().Mul(percent).Shift(-2).IntPart()
}
