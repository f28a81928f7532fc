package reconcile

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// edge says that a charge fits a line, and how well.
type edge struct {
	line, charge int
	score        int
	difference   decimal.Decimal
	rule         Rule
}

const (
	exactReference  = 100
	nearReference   = 94
	beyondReference = 70
	nearPenalty     = 6  // for an amount that is only within tolerance
	sameHolder      = 2  // the cardholder or the cost centre say the same
	mostSuitors     = 64 // of one line; more than these are not sorted out by comparing them with each other
	mostEdges       = 24 // of one charge; what fits more lines than that is a tie at any rate
)

// byReference joins charges that have the reference of a line, or of a request with one line that fits.
func (m *matcher) byReference() {
	var edges []edge
	for i := range m.charges {
		f := &m.of[i]
		if !f.hasRef || f.taken || f.minor <= 0 || m.aside(i) {
			continue
		}
		for _, line := range m.named(f.ref) {
			if e, ok := m.fit(line, i, m.ReferenceWindow, exactReference, nearReference); ok && m.notAnother(line, i) {
				e.rule = ByReference
				edges = append(edges, e)
			}
		}
	}
	m.settle(edges)
}

// named lists the usable lines that a reference names.
func (m *matcher) named(ref request.Reference) []int {
	if ref.Line == 0 {
		return m.submissions[ref]
	}
	if i, ok := m.byRef[ref]; ok && m.facts[i].usable {
		return []int{i}
	}
	return nil
}

// notAnother guards against a mistyped reference that happens to name another line: the merchant must not clearly be
// somebody else's supplier, unless the amount is right to the cent.
func (m *matcher) notAnother(line, charge int) bool {
	candidates := m.of[charge].candidates
	if len(candidates) == 0 {
		return true
	}
	for _, c := range candidates {
		if c.supplier == m.facts[line].supplier {
			return true
		}
	}
	return candidates[0].score < longerName && m.facts[line].minor == m.of[charge].minor
}

// fit compares a charge with a line by amount and dates; exact and near are the scores for an equal amount and for one
// within tolerance.
func (m *matcher) fit(line, charge, window, exact, near int) (edge, bool) {
	f := &m.facts[line]
	if !f.usable || f.taken || !m.inTime(line, charge, window) {
		return edge{}, false
	}
	code := m.lines[line].Total.Currency
	for _, s := range m.sums(charge) {
		if s.Currency != code {
			continue
		}
		minor, err := s.Minor()
		if err != nil {
			continue
		}
		off := minor - (f.minor - f.used)
		switch {
		case off == 0:
			return edge{line: line, charge: charge, score: exact + m.holder(line, charge)}, true
		case max(off, -off) <= m.tolerance(f.minor, code):
			return edge{line: line, charge: charge, score: near + m.holder(line, charge), difference: s.Amount.Sub(m.rest(line))}, true
		}
	}
	return edge{}, false
}

// holder adds what cardholder and cost centre say, where both sides say something.
func (m *matcher) holder(line, charge int) int {
	l, c, score := &m.lines[line], &m.charges[charge], 0
	if l.CostCentre != "" && c.CostCentre != "" {
		score += agree(request.Fold(l.CostCentre) == request.Fold(c.CostCentre))
	}
	if l.Cardholder != "" && c.Cardholder != "" {
		switch samePerson(l.Cardholder, c.Cardholder) { // an initial decides nothing
		case samePers:
			score += sameHolder
		case other:
			score -= sameHolder
		}
	}
	return score
}

func agree(same bool) int {
	if same {
		return sameHolder
	}
	return -sameHolder
}

// bySupplier joins charges with lines of the same supplier and exactly the same amount.
func (m *matcher) bySupplier() { m.settle(m.supplierPairs(true)) }

// bySupplierNearly joins charges with lines of the same supplier whose amount is within tolerance. It comes after the
// sums of several lines or charges, which are right to the cent and so prove more.
func (m *matcher) bySupplierNearly() { m.settle(m.supplierPairs(false)) }

func (m *matcher) supplierPairs(exactly bool) []edge {
	var edges []edge
	for i := range m.charges {
		if f := &m.of[i]; f.taken || f.minor <= 0 || len(f.tied) > 0 && !exactly || m.aside(i) {
			continue
		}
		edges = append(edges, m.supplierEdges(i, exactly)...)
	}
	return edges
}

// supplierEdges lists the open lines of a charge's suppliers with its amount, or within tolerance of it.
func (m *matcher) supplierEdges(charge int, exactly bool) []edge {
	var edges []edge
	candidates := m.of[charge].candidates
	if !exactly && (len(candidates) != 1 || candidates[0].score < longerName) {
		return nil // a doubtful name and a doubtful amount together prove nothing
	}
	for _, s := range candidates {
		for _, sum := range m.sums(charge) {
			key := supplierCurrency{s.supplier, sum.Currency}
			list := m.suppliers[key]
			minor, err := sum.Minor()
			if err != nil || len(list) == 0 {
				continue
			}
			low, high := minor, minor
			if !exactly {
				// A line of exactly this amount, declined or approved too late or long ago, explains the charge better.
				if m.explained(key, charge) {
					return nil
				}
				t := m.tolerance(minor, sum.Currency) + 1
				low, high = minor-t, minor+t
			}
			at, _ := slices.BinarySearchFunc(list, low, func(i int, v int64) int { return cmp.Compare(m.facts[i].minor, v) })
			for ; at < len(list) && m.facts[list[at]].minor <= high && len(edges) < mostEdges; at++ {
				line := list[at]
				if m.facts[line].taken || m.contradicts(line, charge) {
					continue
				}
				if e, ok := m.fit(line, charge, m.Window, s.score, s.score-nearPenalty); ok {
					e.rule = BySupplier
					if s.byNumber {
						e.rule = BySupplierID
					}
					edges = append(edges, e)
				}
			}
		}
	}
	return edges
}

// explained reports whether the supplier has a line of exactly the charge's amount, whatever became of it.
func (m *matcher) explained(key supplierCurrency, charge int) bool {
	if len(leftovers{m}.equalAmount(m.suppliers[key], charge)) > 0 || len(leftovers{m}.equalAmount(m.declined[key], charge)) > 0 {
		return true
	}
	for _, list := range (leftovers{m}).otherCurrencies(key) {
		if len(leftovers{m}.equalAmount(list, charge)) > 0 {
			return true
		}
	}
	return false
}

// contradicts reports whether the charge has the reference of another line that could be meant.
func (m *matcher) contradicts(line, charge int) bool {
	f := &m.of[charge]
	if !f.hasRef {
		return false
	}
	for _, named := range m.named(f.ref) {
		if named == line {
			return false
		}
	}
	// The reference names a line of the same supplier: the charge is about that one, whatever its amount.
	for _, named := range m.named(f.ref) {
		if m.facts[named].supplier == m.facts[line].supplier {
			return true
		}
	}
	return false
}

// settle takes the edges on which both sides agree: the charge fits no other open line as well, and the line fits no
// other open charge as well. Taking one may settle others, so its neighbours are looked at again. What remains fits two
// things equally well: it is tied.
func (m *matcher) settle(edges []edge) {
	ofCharge, ofLine := map[int][]int{}, map[int][]int{}
	for i, e := range edges {
		ofCharge[e.charge] = append(ofCharge[e.charge], i)
		ofLine[e.line] = append(ofLine[e.line], i)
	}
	queue, queued := make([]int, 0, len(ofCharge)), map[int]bool{}
	push := func(charge int) {
		if !queued[charge] && !m.of[charge].taken {
			queued[charge] = true
			queue = append(queue, charge)
		}
	}
	for i := range m.charges { // in the statement's order, so that the result does not depend on a map's
		if len(ofCharge[i]) > 0 {
			push(i)
		}
	}
	best := func(list []int) (int, bool) {
		top, alone := -1, false
		for _, i := range list {
			e := edges[i]
			if m.of[e.charge].taken || m.facts[e.line].taken {
				continue
			}
			switch {
			case top < 0 || e.score > edges[top].score:
				top, alone = i, true
			case e.score == edges[top].score:
				alone = false
			}
		}
		return top, alone
	}
	// What a line's best charge is changes only when something is taken beside it; a line that thousands of charges want
	// must not be looked through thousands of times.
	type suitor struct {
		edge  int
		alone bool
	}
	backs := map[int]suitor{}
	for len(queue) > 0 {
		charge := queue[0]
		queue = queue[1:]
		queued[charge] = false
		if m.of[charge].taken {
			continue
		}
		i, alone := best(ofCharge[charge])
		if i < 0 || !alone {
			continue
		}
		e := edges[i]
		back, known := backs[e.line]
		if !known {
			back.edge, back.alone = best(ofLine[e.line])
			backs[e.line] = back
		}
		switch {
		case back.alone && back.edge == i:
		case len(ofLine[e.line]) > mostSuitors:
			continue
		case m.firstOfSame(e, edges, ofLine[e.line], ofCharge):
		case m.nowhereElse(e, edges, ofLine[e.line], ofCharge):
		default:
			continue
		}
		m.take(e.rule, min(e.score, 100), []int{e.line}, []int{e.charge}, e.difference)
		for _, j := range ofLine[e.line] {
			push(edges[j].charge)
		}
		for _, j := range ofCharge[e.charge] {
			delete(backs, edges[j].line)
			for _, k := range ofLine[edges[j].line] {
				push(edges[k].charge)
			}
		}
	}
	m.tie(edges, ofCharge)
}

// firstOfSame reports whether the charges that want a line are one charge made several times (same card, merchant and
// amount within days): the first is the purchase and the others its duplicates, which is no tie.
func (m *matcher) firstOfSame(e edge, edges []edge, list []int, ofCharge map[int][]int) bool {
	for _, j := range list {
		other := edges[j]
		if other.charge == e.charge || m.of[other.charge].taken || other.score < e.score {
			continue
		}
		if other.score > e.score || !m.repeats(e.charge, other.charge) {
			return false
		}
		a, b := &m.charges[e.charge], &m.charges[other.charge]
		if d := a.Transacted.Compare(b.Transacted); d > 0 || d == 0 && e.charge > other.charge {
			return false // the other one is the first
		}
		// The other charge must not have a line of its own to go to.
		open := 0
		for _, k := range ofCharge[other.charge] {
			if !m.facts[edges[k].line].taken {
				open++
			}
		}
		if open > 1 {
			return false
		}
	}
	return true
}

// nowhereElse reports whether the charge fits this line only, while every other charge that fits the line as well fits
// another open line too: then there is but one way to give each its own.
func (m *matcher) nowhereElse(e edge, edges []edge, list []int, ofCharge map[int][]int) bool {
	elsewhere := func(charge int) bool {
		for _, k := range ofCharge[charge] {
			if other := edges[k]; other.line != e.line && !m.facts[other.line].taken && other.score >= e.score {
				return true
			}
		}
		return false
	}
	if elsewhere(e.charge) {
		return false
	}
	for _, j := range list {
		other := edges[j]
		if other.charge == e.charge || m.of[other.charge].taken || other.score < e.score {
			continue
		}
		if other.score > e.score || !elsewhere(other.charge) {
			return false
		}
	}
	return true
}

const duplicateDays = 7

// repeats reports whether two charges are the same purchase charged twice, by all that a statement shows.
func (m *matcher) repeats(a, b int) bool {
	x, y := &m.charges[a], &m.charges[b]
	days := x.Transacted.DaysUntil(y.Transacted)
	return x.Card == y.Card && m.of[a].minor == m.of[b].minor && x.Amount.Currency == y.Amount.Currency &&
		max(days, -days) <= duplicateDays && request.Fold(x.Merchant) == request.Fold(y.Merchant)
}

// tie notes for each charge that stays open which lines it fits equally well.
func (m *matcher) tie(edges []edge, ofCharge map[int][]int) {
	for charge, list := range ofCharge {
		if m.of[charge].taken {
			continue
		}
		var lines []int
		for _, i := range list {
			if !m.facts[edges[i].line].taken {
				lines = append(lines, edges[i].line)
			}
		}
		if len(lines) > 0 {
			slices.Sort(lines)
			m.of[charge].tied = lines[:min(len(lines), mostNear)]
			for _, line := range lines {
				m.facts[line].wanted = true
			}
		}
	}
}

const mostNear = 4
