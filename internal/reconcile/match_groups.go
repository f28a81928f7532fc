package reconcile

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// groups matches charges with several lines, and lines with several charges.
type groups struct{ m *matcher }

const (
	mostTogether = 4  // lines to one charge, or charges to one line
	mostInPlay   = 6  // of more candidates than these, a sum that fits proves nothing: they are listed
	groupDays    = 31 // what belongs together is approved, or charged, within a month
)

// requestSupplier says which lines of one request go to one supplier in one currency.
type requestSupplier struct {
	request  request.Reference
	supplier supplierCurrency
}

// byGroups joins several lines with one charge, and one line with several charges, when exactly one choice of two to
// four adds up to the cent.
func (m groups) byGroups() {
	m.linesOfOneRequest()
	m.linesOfOneSupplier()
	m.chargesOfOneReference()
	m.chargesOfOneSupplier()
}

// free reports whether a charge may be joined by a sum.
func (m groups) free(charge int) bool {
	f := &m.m.of[charge]
	return !f.taken && f.minor > 0 && len(f.tied) == 0 && !m.m.aside(charge)
}

func (m groups) freeLine(line int) bool {
	f := &m.m.facts[line]
	return f.usable && !f.taken && f.used == 0 && !f.wanted && f.minor > 0
}

// linesOfOneRequest looks for charges that pay for two to four lines of one request. Sums are made per request and
// looked up by charge, so that the work stays in proportion to the number of lines.
func (m groups) linesOfOneRequest() {
	wanted := map[int64]bool{}
	for i := range m.m.charges {
		if m.free(i) {
			wanted[m.m.of[i].minor] = true
		}
	}
	groups := map[requestSupplier][]int{}
	for i := range m.m.facts {
		if f := &m.m.facts[i]; m.freeLine(i) && f.supplier != "" {
			k := requestSupplier{request.Reference{Year: f.ref.Year, Number: f.ref.Number}, supplierCurrency{f.supplier, m.m.lines[i].Total.Currency}}
			groups[k] = append(groups[k], i)
		}
	}
	type sumKey struct {
		supplier supplierCurrency
		minor    int64
	}
	sums := map[sumKey][][]int{}
	for k, list := range groups {
		if k.request.Number == 0 || len(list) < 2 || len(list) > mostInPlay {
			continue
		}
		slices.Sort(list)
		m.choices(list, func(i int) int64 { return m.m.facts[i].minor }, func(chosen []int, sum int64) {
			if wanted[sum] {
				key := sumKey{k.supplier, sum}
				sums[key] = append(sums[key], slices.Clone(chosen))
			}
		})
	}
	for i := range m.m.charges {
		if !m.free(i) {
			continue
		}
		var fitting [][]int
		for _, s := range m.m.of[i].candidates {
			for _, chosen := range sums[sumKey{supplierCurrency{s.supplier, m.m.charges[i].Amount.Currency}, m.m.of[i].minor}] {
				if m.allFit(chosen, i, m.m.Window) {
					fitting = append(fitting, chosen)
				}
			}
		}
		m.takeOnly(i, fitting, 90)
	}
}

// choices visits every choice of two to four of a list with its sum. The slice is reused.
func (m groups) choices(list []int, minor func(int) int64, visit func(chosen []int, sum int64)) {
	chosen := make([]int, 0, mostTogether)
	var grow func(from int, sum int64)
	grow = func(from int, sum int64) {
		if len(chosen) >= 2 {
			visit(chosen, sum)
		}
		if len(chosen) == mostTogether {
			return
		}
		for i := from; i < len(list); i++ {
			chosen = append(chosen, list[i])
			grow(i+1, sum+minor(list[i]))
			chosen = chosen[:len(chosen)-1]
		}
	}
	grow(0, 0)
}

func (m groups) allFit(lines []int, charge, window int) bool {
	for _, l := range lines {
		if !m.freeLine(l) || !m.m.inTime(l, charge, window) || m.contradictsAll(lines, charge) {
			return false
		}
	}
	return true
}

// contradictsAll reports whether the charge has the reference of a line that is not among these.
func (m groups) contradictsAll(lines []int, charge int) bool {
	f := &m.m.of[charge]
	if !f.hasRef {
		return false
	}
	named := m.m.named(f.ref)
	return len(named) > 0 && !slices.ContainsFunc(named, func(n int) bool { return slices.Contains(lines, n) })
}

// takeOnly joins a charge with the one choice of lines that fits; of two or more, none.
func (m groups) takeOnly(charge int, fitting [][]int, score int) {
	switch len(fitting) {
	case 0:
	case 1:
		lines := fitting[0]
		rule := ManyToOne
		if m.amendment(lines) {
			rule = ByAmendment
		}
		m.m.take(rule, score, lines, []int{charge}, m.m.difference(lines, []int{charge}))
	default:
		slices.SortFunc(fitting, slices.Compare[[]int]) // they come in the order of a map
		m.m.of[charge].tied = fitting[0][:min(len(fitting[0]), mostNear)]
	}
}

// amendment reports whether lines are one line and what amends it.
func (m groups) amendment(lines []int) bool {
	refs := map[string]bool{}
	for _, l := range lines {
		refs[m.m.lines[l].Reference] = true
	}
	amending := 0
	for _, l := range lines {
		if a := m.m.lines[l].Amends; a != "" && refs[a] {
			amending++
		}
	}
	return amending == len(lines)-1
}

// linesOfOneSupplier looks for charges that pay for lines of several requests: amendments first of all. Only where few
// lines are open does a sum that fits prove something.
func (m groups) linesOfOneSupplier() {
	open := m.openLines()
	for i := range m.m.charges {
		if !m.free(i) {
			continue
		}
		var fitting [][]int
		for _, s := range m.m.of[i].candidates {
			list := m.recent(open[supplierCurrency{s.supplier, m.m.charges[i].Amount.Currency}], i)
			if len(list) < 2 || len(list) > mostInPlay {
				continue
			}
			m.choices(list, func(l int) int64 { return m.m.facts[l].minor }, func(chosen []int, sum int64) {
				if sum == m.m.of[i].minor && (m.together(chosen) || m.amendment(chosen)) && m.allFit(chosen, i, m.m.Window) {
					fitting = append(fitting, slices.Clone(chosen))
				}
			})
		}
		m.takeOnly(i, fitting, 80)
	}
}

// openLines lists free lines by supplier and currency, by the day of their approval.
func (m groups) openLines() map[supplierCurrency][]int {
	open := map[supplierCurrency][]int{}
	for key, list := range m.m.suppliers {
		for _, l := range list {
			if m.freeLine(l) {
				open[key] = append(open[key], l)
			}
		}
		slices.SortFunc(open[key], func(a, b int) int {
			return cmp.Or(m.m.facts[a].approved.Compare(m.m.facts[b].approved), cmp.Compare(a, b))
		})
	}
	return open
}

// recent lists free lines of a date-ordered list that a charge may pay for; of too many it stops early.
func (m groups) recent(list []int, charge int) []int {
	day := m.m.charges[charge].Transacted
	at, _ := slices.BinarySearchFunc(list, day.AddDays(-m.m.Window), func(l int, d request.Date) int { return m.m.facts[l].approved.Compare(d) })
	var found []int
	for ; at < len(list) && !m.m.facts[list[at]].approved.After(day) && len(found) <= mostInPlay; at++ {
		if m.freeLine(list[at]) {
			found = append(found, list[at])
		}
	}
	return found
}

// together reports whether lines were approved within a month and say the same of who pays.
func (m groups) together(lines []int) bool {
	first, last := m.m.facts[lines[0]].approved, m.m.facts[lines[0]].approved
	for _, l := range lines[1:] {
		if d := m.m.facts[l].approved; d.Before(first) {
			first = d
		} else if d.After(last) {
			last = d
		}
		if m.m.lines[l].Cardholder != m.m.lines[lines[0]].Cardholder || m.m.lines[l].CostCentre != m.m.lines[lines[0]].CostCentre {
			return false
		}
	}
	return first.DaysUntil(last) <= groupDays
}

// chargesOfOneReference joins the charges that have one line's reference with it, when they add up to it.
func (m groups) chargesOfOneReference() {
	by := map[int][]int{}
	for i := range m.m.charges {
		if f := &m.m.of[i]; f.hasRef && f.ref.Line > 0 && !f.taken && f.minor > 0 && !m.m.aside(i) {
			for _, l := range m.m.named(f.ref) {
				if m.m.facts[l].usable && !m.m.facts[l].taken && m.m.inTime(l, i, m.m.ReferenceWindow) && m.m.charges[i].Amount.Currency == m.m.lines[l].Total.Currency {
					by[l] = append(by[l], i)
				}
			}
		}
	}
	for l := range m.m.facts {
		m.takeCharges(l, by[l], 95)
	}
}

// takeCharges joins a line with the one choice of charges that adds up to it.
func (m groups) takeCharges(line int, charges []int, score int) {
	if len(charges) < 2 || len(charges) > mostInPlay {
		return
	}
	var fitting [][]int
	m.choices(charges, func(i int) int64 { return m.m.of[i].minor }, func(chosen []int, sum int64) {
		if sum == m.m.facts[line].minor-m.m.facts[line].used {
			fitting = append(fitting, slices.Clone(chosen))
		}
	})
	switch len(fitting) {
	case 0:
	case 1:
		m.m.take(OneToMany, score, []int{line}, fitting[0], decimal.Zero)
	default:
		for _, i := range charges {
			m.m.of[i].tied = []int{line}
		}
	}
}

// chargesOfOneSupplier joins a line with charges of its supplier on one card within a month.
func (m groups) chargesOfOneSupplier() {
	open := map[supplierCurrency][]int{}
	for i := range m.m.charges {
		if m.free(i) && len(m.m.of[i].candidates) == 1 {
			key := supplierCurrency{m.m.of[i].candidates[0].supplier, m.m.charges[i].Amount.Currency}
			open[key] = append(open[key], i)
		}
	}
	for _, list := range open {
		slices.SortFunc(list, func(a, b int) int {
			return cmp.Or(m.m.charges[a].Transacted.Compare(m.m.charges[b].Transacted), cmp.Compare(a, b))
		})
	}
	for l := range m.m.facts {
		if !m.freeLine(l) {
			continue
		}
		list := open[supplierCurrency{m.m.facts[l].supplier, m.m.lines[l].Total.Currency}]
		at, _ := slices.BinarySearchFunc(list, m.m.facts[l].approved, func(i int, d request.Date) int { return m.m.charges[i].Transacted.Compare(d) })
		var near []int
		for ; at < len(list) && m.m.inTime(l, list[at], m.m.Window) && len(near) <= mostInPlay; at++ {
			if i := list[at]; m.free(i) && m.m.of[i].minor < m.m.facts[l].minor && !m.contradictsAll([]int{l}, i) && m.sameHolder(l, i) {
				near = append(near, i)
			}
		}
		if len(near) > 1 && len(near) <= mostInPlay && m.oneCard(near) {
			m.takeCharges(l, near, 80)
		}
	}
}

// sameHolder reports that cardholder and cost centre do not speak against a line and a charge.
func (m groups) sameHolder(line, charge int) bool { return m.m.holder(line, charge) >= 0 }

// oneCard reports whether charges are on one card and within a month, or on several of one day.
func (m groups) oneCard(charges []int) bool {
	first := &m.m.charges[charges[0]]
	for _, i := range charges[1:] {
		c := &m.m.charges[i]
		if c.Card != first.Card && c.Transacted != first.Transacted || first.Transacted.DaysUntil(c.Transacted) > groupDays {
			return false
		}
	}
	return true
}
