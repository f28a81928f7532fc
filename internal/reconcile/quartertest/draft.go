package quartertest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// kind is one sort of mess: a small story of lines and charges.
type kind struct {
	name   string
	weight int  // how often it occurs in a round
	trap   bool // made to tempt
	tell   func(*draft)
	right  string // what is right and why, for README.md
}

// said is a truth while its story is told: lines by pointer, because their references are all that is known of them.
type said struct {
	lines, either []*reconcile.Line
	tie, variance bool
	otherCard     bool
	onlyOne       string
	bears         bool
}

func (s *said) out(k kind) Truth {
	t := Truth{Kind: k.name, Trap: k.trap, Tie: s.tie, Variance: s.variance, OtherCard: s.otherCard, OnlyOne: s.onlyOne,
		Bears: s.bears}
	for _, l := range s.lines {
		t.References = append(t.References, l.Reference)
	}
	for _, l := range s.either {
		t.Either = append(t.Either, l.Reference)
	}
	return t
}

// draft is one story of a quarter.
type draft struct {
	b       *builder
	kind    kind
	lines   []*reconcile.Line
	charges []*statement.Charge
	truth   []*said
	used    []supplier      // from the pool
	stems   map[string]bool // of suppliers in it: what could be taken for each other; true where stories share the supplier
}

func (d *draft) int(n int) int { return d.b.rng.IntN(n) }

// between is a whole number from lo to hi, both among them.
func (d *draft) between(lo, hi int) int { return lo + d.int(hi-lo+1) }

// supplier takes an unused one.
func (d *draft) supplier() supplier { return d.supplierWhere(func(supplier) bool { return true }) }

func (d *draft) supplierWhere(fit func(supplier) bool) supplier {
	i := slices.IndexFunc(d.b.pool, func(s supplier) bool { _, used := d.stems[s.stem]; return !used && fit(s) })
	if i < 0 {
		panic("quartertest: no supplier left for " + d.kind.name)
	}
	s := d.b.pool[i]
	d.b.pool = slices.Delete(d.b.pool, i, i+1)
	d.used = append(d.used, s)
	d.stems[s.stem] = false
	return s
}

// known is a supplier that is not from the pool.
func (d *draft) known(name, stem string) supplier {
	d.stems[stem] = true
	return supplier{name: name, stem: stem, city: pick(d, cities()...)}
}

// pair is the place of a pair of names of n that this kind has not used; they come round again when all were.
func (d *draft) pair(n int) int {
	left := d.b.pairs[d.kind.name]
	if len(left) == 0 {
		left = d.b.rng.Perm(n)
	}
	d.b.pairs[d.kind.name] = left[1:]
	d.stems[fmt.Sprintf("%s %d", d.kind.name, left[0])] = true
	return left[0]
}

// cents is a realistic sum, tax not in it: many small ones, few large ones.
func (d *draft) cents() int64 {
	scales := []int64{9000, 9000, 25000, 25000, 60000, 60000, 150000, 400000, 850000}
	top := scales[d.int(len(scales))]
	return top/2 + d.b.rng.Int64N(top)
}

func (d *draft) request() int {
	d.b.request += d.between(1, 4)
	return d.b.request
}

func (d *draft) person() person { return d.b.people[d.int(len(d.b.people))] }

// line is an approved line of a request of its own, of a realistic sum.
func (d *draft) line(s supplier) *reconcile.Line { return d.lineOf(d.request(), 1, s, d.cents()) }

// lineAt is the same of a total in cents.
func (d *draft) lineAt(s supplier, total int64) *reconcile.Line {
	l := d.line(s)
	setTotal(l, total)
	return l
}

func (d *draft) lineOf(number, n int, s supplier, net int64) *reconcile.Line {
	p := d.person()
	decided := d.b.start.AddDays(d.between(0, 48))
	l := &reconcile.Line{
		Reference: fmt.Sprintf("HR-2026-%06d-%02d", number, n), Title: "Purchase from " + s.name, TitleOther: "Achat chez " + s.name,
		Requester: p.email, Unit: p.unit, Supplier: s.name, CostCentre: p.centre, GLAccount: pick(d, "54011", "54020", "55130"),
		Commodity: pick(d, "goods", "services"), Cardholder: p.name, Outcome: request.Approved, Policy: "quarter",
		Language: pick(d, request.English, request.French),
	}
	setTotal(l, net+(net*13+50)/100)
	setDecided(l, decided)
	d.lines = append(d.lines, l)
	return l
}

// sisters are n more lines of the line's own request: the same people, the same day.
func (d *draft) sisters(l *reconcile.Line, s supplier, n int) []*reconcile.Line {
	all := []*reconcile.Line{l}
	for i := range n {
		next := *l
		next.Reference = fmt.Sprintf("%s%02d", l.Reference[:len(l.Reference)-2], i+2)
		next.Supplier = s.name
		setTotal(&next, d.cents())
		d.lines = append(d.lines, &next)
		all = append(all, &next)
	}
	return all
}

func setTotal(l *reconcile.Line, total int64) {
	net := (total*100 + 56) / 113
	l.Net, l.Tax, l.Total = request.FromMinor(net, "CAD"), request.FromMinor(total-net, "CAD"), request.FromMinor(total, "CAD")
}

func setCurrency(l *reconcile.Line, code string) {
	l.Net.Currency, l.Tax.Currency, l.Total.Currency = code, code, code
}

// setDecided puts a line's decision on a day's afternoon, and its arrival a little before.
func setDecided(l *reconcile.Line, day request.Date) {
	l.Decided = day.Time(time.UTC).Add(17 * time.Hour)
	l.Received = l.Decided.Add(-3 * time.Hour)
}

func total(l *reconcile.Line) int64 {
	n, err := l.Total.Minor()
	if err != nil {
		panic(err)
	}
	return n
}

func sum(lines []*reconcile.Line) (all int64) {
	for _, l := range lines {
		all += total(l)
	}
	return all
}

// charge is a row of a statement that is right for nothing yet: cents to the line's cardholder's card, days after its decision.
func (d *draft) charge(l *reconcile.Line, merchant string, cents int64, days int) *statement.Charge {
	p := d.b.holder(l.Cardholder)
	day := request.DateOf(l.Decided).AddDays(days)
	c := &statement.Charge{
		Transacted: day, Posted: day.AddDays(d.between(1, 3)), Merchant: merchant, Category: pick(d, "5111", "5943", "5734", "7399"),
		Amount: request.FromMinor(cents, "CAD"), Card: p.card, Cardholder: p.bank[0],
	}
	d.charges = append(d.charges, c)
	d.truth = append(d.truth, &said{})
	return c
}

// last is the truth of the charge that was made last.
func (d *draft) last() *said { return d.truth[len(d.truth)-1] }

// right says of the last charge that it belongs to lines; it bears their references as often as the quarter's share says.
func (d *draft) right(lines ...*reconcile.Line) (bears bool) {
	if d.rolls() {
		d.bearing(lines...)
		return true
	}
	d.without(lines...)
	return false
}

// bearing says that the last charge belongs to lines and bears their references.
func (d *draft) bearing(lines ...*reconcile.Line) {
	d.without(lines...)
	d.last().bears = true
	refer(d.charges[len(d.charges)-1], lines...)
}

// without says that the last charge belongs to lines and bears no reference.
func (d *draft) without(lines ...*reconcile.Line) { d.last().lines = lines }

// rightOr says that the last charge belongs to lines when it bears their references; without, the doubt is in truth's Either.
func (d *draft) rightOr(lines ...*reconcile.Line) (bears bool) {
	if !d.rolls() {
		d.last().either = lines
		return false
	}
	d.bearing(lines...)
	return true
}

// refer writes lines' references where cardholders write them.
func refer(c *statement.Charge, lines ...*reconcile.Line) {
	var list []string
	for _, l := range lines {
		list = append(list, l.Reference)
	}
	c.Reference = strings.Join(list, ", ")
}

// rolls is whether a charge bears its reference, such that the quarter's share comes out.
func (d *draft) rolls() bool {
	due, borne := d.borne()
	due, borne = due+d.b.due, borne+d.b.borne
	chance := d.b.share + (d.b.share*float64(due)-float64(borne))/6
	return d.b.rng.Float64() < chance
}

// borne counts charges that have a line, and those that bear its reference.
func (d *draft) borne() (due, borne int) {
	for _, t := range d.truth {
		if len(t.lines) == 0 {
			continue
		}
		due++
		if t.bears {
			borne++
		}
	}
	return due, borne
}

func (b *builder) holder(name string) person {
	i := slices.IndexFunc(b.people, func(p person) bool { return p.name == name })
	return b.people[i]
}

// another is a cardholder who is not the line's.
func (d *draft) another(l *reconcile.Line) person {
	for {
		if p := d.person(); p.name != l.Cardholder {
			return p
		}
	}
}

// setCard says that somebody else's card paid the last charge.
func (d *draft) setCard(p person) {
	c := d.charges[len(d.charges)-1]
	c.Card, c.Cardholder = p.card, p.bank[0]
	d.last().otherCard = true
}

// tolerance is what a charge may differ from an approval, in cents, as docs/finance.md has it: 1 %, at most 25.00.
func tolerance(total int64) int64 { return min(total/100, 2500) }
