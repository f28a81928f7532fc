package reconcile

import (
	"cmp"
	"slices"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// leftovers says of what was left why.
type leftovers struct{ m *matcher }

const refundDays = 183 // how long after a purchase its refund may come

// refundKey says what a refund and its purchase have in common.
type refundKey struct{ merchant, currency, card string }

type refundAmount struct {
	refundKey
	minor int64
}

func (m leftovers) refundKey(charge int) refundKey {
	c := &m.m.charges[charge]
	merchant := "?" + m.m.names.form(c.Merchant)
	if list := m.m.of[charge].candidates; len(list) > 0 {
		merchant = list[0].supplier
	}
	return refundKey{merchant, c.Amount.Currency, c.Card}
}

// byRefund joins money back with the matched charge that it undoes: by reference, or as the only charge of exactly
// that amount at that merchant on that card. A part given back without a reference is listed beside what it may undo.
func (m leftovers) byRefund() {
	bought := map[refundKey][]int{} // places in matches
	alike := map[refundAmount][]int{}
	byLine := map[int]int{}
	unmatched := map[refundKey][]int{} // purchases that a refund may just as well undo
	for i := range m.m.charges {
		if f := &m.m.of[i]; !f.taken && f.minor > 0 {
			k := m.refundKey(i)
			unmatched[k] = append(unmatched[k], i)
		}
	}
	for at, match := range m.m.matches {
		for _, c := range match.Charges {
			k := m.refundKey(c)
			alike[refundAmount{k, m.m.of[c].minor}] = append(alike[refundAmount{k, m.m.of[c].minor}], at)
			if list := bought[k]; len(list) == 0 || list[len(list)-1] != at {
				bought[k] = append(list, at)
			}
		}
		for _, l := range match.Lines {
			byLine[l] = at
		}
	}
	for i := range m.m.charges {
		f := &m.m.of[i]
		if f.taken || f.minor >= 0 || m.m.aside(i) {
			continue
		}
		if f.hasRef {
			if at, ok := m.refundOfNamed(i, byLine); ok {
				m.giveBack(i, at, 98)
				continue
			}
		}
		if len(f.candidates) > 1 {
			continue // a name that may be two suppliers' proves nothing
		}
		// Without a reference only the whole amount proves which purchase it was.
		key := m.refundKey(i)
		at, n := m.onlyRefundable(i, alike[refundAmount{key, -f.minor}], true)
		if n == 1 && !m.mayUndo(i, unmatched[key]) {
			m.giveBack(i, at, 90)
			continue
		}
		if n == 0 {
			at, n = m.onlyRefundable(i, bought[key], false)
		}
		if n > 0 {
			f.tied = m.m.matches[at].Lines
		}
	}
}

// mayUndo reports whether a refund may belong to a purchase that is not matched.
func (m leftovers) mayUndo(refund int, purchases []int) bool {
	for _, c := range purchases {
		days := m.m.charges[c].Transacted.DaysUntil(m.m.charges[refund].Transacted)
		if days >= 0 && days <= refundDays && m.m.of[c].minor == -m.m.of[refund].minor {
			return true
		}
	}
	return false
}

func (m leftovers) giveBack(refund, match int, score int) {
	lines := m.m.matches[match].Lines
	m.m.take(ByRefund, score, lines, []int{refund}, m.m.charges[refund].Amount.Amount)
}

func (m leftovers) refundOfNamed(refund int, byLine map[int]int) (int, bool) {
	for _, l := range m.m.named(m.m.of[refund].ref) {
		if at, ok := byLine[l]; ok && m.refundable(refund, at, false) {
			return at, true
		}
	}
	return 0, false
}

// refundable reports whether a refund may undo a match: it came after it, in its currency, and is no larger.
func (m leftovers) refundable(refund, match int, whole bool) bool {
	f := &m.m.of[refund]
	for _, c := range m.m.matches[match].Charges {
		days := m.m.charges[c].Transacted.DaysUntil(m.m.charges[refund].Transacted)
		if m.m.charges[c].Amount.Currency != m.m.charges[refund].Amount.Currency || days < 0 || days > refundDays {
			continue
		}
		if m.m.of[c].minor == -f.minor || !whole && m.m.of[c].minor > -f.minor {
			return true
		}
	}
	return false
}

// onlyRefundable counts the matches a refund may undo and gives the first.
func (m leftovers) onlyRefundable(refund int, list []int, whole bool) (match, n int) {
	for _, at := range list {
		if m.refundable(refund, at, whole) {
			if n++; n == 1 {
				match = at
			}
			if n > 1 {
				break
			}
		}
	}
	return match, n
}

// explain says of every charge that is left why it is.
func (m leftovers) explain() {
	repeated := map[refundKey][]int{}
	for i := range m.m.charges {
		if m.m.of[i].taken {
			k := m.refundKey(i)
			repeated[k] = append(repeated[k], i)
		}
	}
	for _, list := range repeated {
		slices.SortFunc(list, func(a, b int) int { return cmp.Compare(m.m.of[a].minor, m.m.of[b].minor) })
	}
	for i := range m.m.charges {
		if !m.m.of[i].taken {
			reason, near := m.reason(i, repeated)
			m.m.left[i] = Left{Charge: i, Reason: reason, Near: near}
		}
	}
}

func (m leftovers) reason(i int, matched map[refundKey][]int) (Reason, []int) {
	f := &m.m.of[i]
	switch {
	case m.m.Ignored[m.m.charges[i].Fingerprint]:
		return SetAside, nil
	case m.m.Apart[m.m.charges[i].Fingerprint]:
		return NoLine, nil
	case m.m.charges[i].Status == statement.Pending:
		return NotPosted, nil
	case !m.m.charges[i].TouchesBudget():
		return OfTheBank, nil
	case f.minor == 0:
		return ZeroAmount, nil
	case m.isRepeat(i, matched[m.refundKey(i)]):
		return Duplicate, nil
	case len(f.tied) > 0 && m.stillOpen(f.tied):
		return Tied, f.tied
	}
	if f.hasRef {
		if reason, near, ok := m.reasonOfNamed(i); ok {
			return reason, near
		}
	}
	if len(f.candidates) == 0 {
		if f.hasRef {
			return WrongReference, nil
		}
		return NoSupplier, nil
	}
	if reason, near, ok := m.reasonOfSupplier(i); ok {
		return reason, near
	}
	if f.hasRef {
		return WrongReference, nil
	}
	return NoApproval, nil
}

func (m leftovers) stillOpen(lines []int) bool {
	if m.m.facts[lines[0]].taken {
		// A refund that fits two purchases is tied to lines that are matched.
		return slices.ContainsFunc(lines, func(l int) bool { return m.m.facts[l].taken })
	}
	return true
}

// isRepeat finds a matched charge that this one repeats; list is sorted by amount.
func (m leftovers) isRepeat(i int, list []int) bool {
	at, _ := slices.BinarySearchFunc(list, m.m.of[i].minor, func(c int, v int64) int { return cmp.Compare(m.m.of[c].minor, v) })
	for ; at < len(list) && m.m.of[list[at]].minor == m.m.of[i].minor; at++ {
		if m.m.repeats(list[at], i) {
			return true
		}
	}
	return false
}

// reasonOfNamed compares a charge with the line whose reference it has.
func (m leftovers) reasonOfNamed(i int) (Reason, []int, bool) {
	f, c := &m.m.of[i], &m.m.charges[i]
	at, ok := m.m.byRef[f.ref]
	if !ok {
		named := m.m.named(f.ref)
		if len(named) == 0 {
			return "", nil, false
		}
		at = named[0]
	}
	l, near := &m.m.lines[at], []int{at}
	days := m.m.facts[at].approved.DaysUntil(c.Transacted)
	switch {
	case l.Outcome == request.Declined:
		return AfterDeclining, near, true
	case !m.m.facts[at].usable:
		return NoApproval, near, true
	case len(f.candidates) > 0 && !m.m.notAnother(at, i):
		return WrongReference, near, true
	case l.Total.Currency != c.Amount.Currency && c.Original.Currency != l.Total.Currency:
		return WrongCurrency, near, true
	case days < 0:
		return BeforeApproval, near, true
	case days > m.m.ReferenceWindow:
		return Late, near, true
	case m.m.facts[at].taken:
		return LineCharged, near, true
	}
	return WrongAmount, near, true
}

// reasonOfSupplier looks for what comes closest among the supplier's lines.
func (m leftovers) reasonOfSupplier(i int) (Reason, []int, bool) {
	c := &m.m.charges[i]
	for _, s := range m.m.of[i].candidates {
		here := supplierCurrency{s.supplier, c.Amount.Currency}
		for _, at := range m.equalAmount(m.m.suppliers[here], i) {
			days := m.m.facts[at].approved.DaysUntil(c.Transacted)
			switch {
			case m.m.facts[at].taken:
				continue
			case days < 0:
				return BeforeApproval, []int{at}, true
			case days > m.m.Window:
				return Late, []int{at}, true
			}
		}
		if at := m.equalAmount(m.m.declined[here], i); len(at) > 0 {
			return AfterDeclining, at[:1], true
		}
		for _, list := range m.otherCurrencies(here) {
			if at := m.equalAmount(list, i); len(at) > 0 && !m.m.facts[at[0]].taken {
				return WrongCurrency, at[:1], true
			}
		}
		if near := m.closest(m.m.suppliers[here], i); len(near) > 0 {
			return WrongAmount, near, true
		}
	}
	return "", nil, false
}

// otherCurrencies are the supplier's lines in other currencies.
func (m leftovers) otherCurrencies(here supplierCurrency) [][]int {
	var out [][]int
	for _, code := range m.currencies() {
		if list := m.m.suppliers[supplierCurrency{here.supplier, code}]; code != here.currency && len(list) > 0 {
			out = append(out, list)
		}
	}
	return out
}

func (m leftovers) currencies() []string {
	if m.m.codes == nil {
		for key := range m.m.suppliers {
			if !slices.Contains(m.m.codes, key.currency) {
				m.m.codes = append(m.m.codes, key.currency)
			}
		}
		slices.Sort(m.m.codes)
	}
	return m.m.codes
}

// equalAmount lists the lines of an amount-ordered list with the charge's figure, a few of them.
func (m leftovers) equalAmount(list []int, i int) []int {
	at, _ := slices.BinarySearchFunc(list, m.m.of[i].minor, func(l int, v int64) int { return cmp.Compare(m.m.facts[l].minor, v) })
	end := at
	for end < len(list) && end-at < mostEdges && m.m.facts[list[end]].minor == m.m.of[i].minor {
		end++
	}
	return list[at:end]
}

// closest lists up to four open lines nearest in amount, in time, among the nearest few on either side.
func (m leftovers) closest(list []int, i int) []int {
	minor := m.m.of[i].minor
	at, _ := slices.BinarySearchFunc(list, minor, func(l int, v int64) int { return cmp.Compare(m.m.facts[l].minor, v) })
	var near []int
	for j := max(0, at-mostEdges); j < min(len(list), at+mostEdges); j++ {
		if l := list[j]; !m.m.facts[l].taken && m.m.inTime(l, i, m.m.Window) {
			near = append(near, l)
		}
	}
	slices.SortStableFunc(near, func(a, b int) int {
		x, y := m.m.facts[a].minor-minor, m.m.facts[b].minor-minor
		return cmp.Compare(max(x, -x), max(y, -y))
	})
	return near[:min(len(near), mostNear)]
}
