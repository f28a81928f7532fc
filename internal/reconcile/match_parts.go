package reconcile

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// parts matches charges that have a line's number with a part of its approval, or with more than is left of it.
type parts struct{ m *matcher }

// partReference is what a number proves where the amount does not.
const partReference = 90

// byReference joins what names a line, in the order of the days: less than is left is a part, and leaves the line open for
// more; what comes to the rest, within tolerance, charges it; more than the rest charges it too, and is a variance. The merchant must not be
// another's supplier. A charge that repeats one of the line's is not taken, and of several that each charge the whole line none is: a
// person says which it was for.
func (p parts) byReference() {
	naming := map[int][]int{}
	for i := range p.m.charges {
		f := &p.m.of[i]
		if !f.hasRef || f.ref.Line == 0 || f.taken || f.minor <= 0 || p.m.aside(i) {
			continue
		}
		for _, line := range p.m.named(f.ref) {
			if !p.m.facts[line].taken && p.m.inTime(line, i, p.m.ReferenceWindow) && p.m.notAnother(line, i) {
				naming[line] = append(naming[line], i)
			}
		}
	}
	if len(naming) == 0 {
		return
	}
	before := map[int][]int{} // charges of lines that are partly charged
	for _, match := range p.m.matches {
		for _, l := range match.Lines {
			if len(naming[l]) > 0 {
				before[l] = append(before[l], match.Charges...)
			}
		}
	}
	for line := range p.m.facts { // in the lines' order, so that the result does not depend on a map's
		if list := naming[line]; len(list) > 0 {
			slices.SortFunc(list, func(a, b int) int {
				return cmp.Or(p.m.charges[a].Transacted.Compare(p.m.charges[b].Transacted), cmp.Compare(p.m.of[a].minor, p.m.of[b].minor), cmp.Compare(p.m.charges[a].Fingerprint, p.m.charges[b].Fingerprint))
			})
			p.charge(line, list, before[line])
		}
	}
}

// charge takes of the charges that name a line, in order, those that it may be charged with.
func (p parts) charge(line int, list, taken []int) {
	f := &p.m.facts[line]
	code := p.m.lines[line].Total.Currency
	slack := p.m.tolerance(f.minor, code)
	whole := 0
	for n, i := range list {
		if minor, ok := p.in(code, i); ok && minor >= f.minor-slack && !p.again(i, list[:n]) {
			whole++
		}
	}
	for _, i := range list {
		minor, ok := p.in(code, i)
		if !ok || f.taken || p.again(i, taken) {
			continue
		}
		rest := f.minor - f.used
		rule, low, high := p.m.allowed(line, i, rest, slack, minor)
		switch {
		case minor < low:
			f.used += minor
			used := request.FromMinor(minor, code).Amount
			p.m.join(Match{Rule: ByPart, Score: partReference, Lines: []int{line}, Charges: []int{i},
				Shares: []Share{{Charge: i, Line: line, Charged: p.m.charges[i].Amount.Amount, Used: used}}})
		case whole > 1 && f.used == 0:
			continue
		case minor <= high:
			p.m.take(rule, partReference, []int{line}, []int{i}, request.FromMinor(minor-rest, code).Amount)
		default:
			p.m.take(BeyondTolerance, beyondReference, []int{line}, []int{i}, request.FromMinor(minor-rest, code).Amount)
		}
		taken = append(taken, i)
	}
}

// again reports whether a charge repeats one of these. What comes once a week is no repetition: so do subscriptions.
func (p parts) again(charge int, list []int) bool {
	return slices.ContainsFunc(list, func(c int) bool {
		days := p.m.charges[c].Transacted.DaysUntil(p.m.charges[charge].Transacted)
		return max(days, -days) < duplicateDays && p.m.repeats(c, charge)
	})
}

// in is a charge's amount in a currency, in minor units.
func (p parts) in(code string, charge int) (minor int64, ok bool) {
	for _, s := range p.m.sums(charge) {
		if s.Currency == code {
			minor, err := s.Minor()
			return minor, err == nil
		}
	}
	return 0, false
}

// rest is what is left of a line's approval.
func (m *matcher) rest(line int) decimal.Decimal {
	f := &m.facts[line]
	return request.FromMinor(f.minor-f.used, m.lines[line].Total.Currency).Amount
}

// sharesOfRests divides charges over lines of which some are partly charged; nil where none is.
func (m *matcher) sharesOfRests(lines, charges []int) []Share {
	if !slices.ContainsFunc(lines, func(l int) bool { return m.facts[l].used > 0 }) {
		return nil
	}
	rests, sums := make([]decimal.Decimal, len(lines)), make([]request.Money, len(charges))
	for i, l := range lines {
		rests[i] = m.rest(l)
	}
	for i, c := range charges {
		sums[i] = m.charges[c].Amount
	}
	return Divide(m.lines, sums, charges, lines, rests, false)
}
