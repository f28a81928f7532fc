package reconcile

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// Options says how far apart a charge and an approval may be. Zero fields take DefaultOptions'.
type Options struct {
	// TolerancePercent and ToleranceMost bound how much a charge may differ from its approval: the smaller of the two.
	// Where neither is said they are those of DefaultOptions; zero is zero.
	TolerancePercent decimal.NullDecimal
	ToleranceMost    decimal.NullDecimal
	// TipPercent is how much above an approval a charge with its number may be for a tip, and ExchangePercent how far from it one that the bank
	// converted from another currency; both are on top of the tolerance, and zero where they are not said.
	TipPercent, ExchangePercent decimal.Decimal
	// Window is how many days after its approval a line may be charged; ReferenceWindow, when the charge has its reference.
	Window, ReferenceWindow int
	// Zone is the one whose calendar days count.
	Zone *time.Location
	// Hand are matches made by people; they come before everything else.
	Hand []HandMatch
	// Aliases are what people said of merchants; see LearnedAlias.
	Aliases []Alias
	// Used is what known matches use of lines, by the lines' references, in the lines' currencies: of a line that is not used up, only
	// what is left can be charged, and only by its number.
	Used map[string]decimal.Decimal
	// Ignored are fingerprints of charges that somebody set aside.
	Ignored map[string]bool
	// Apart are fingerprints of charges of which somebody said that they belong to no line: no rule matches them.
	Apart map[string]bool
	// Progress, when there is one, hears how many charges are done.
	Progress func(done, of int)
}

// HandMatch joins the charge with a fingerprint to the line with a reference.
type HandMatch struct{ Fingerprint, Reference string }

// DefaultOptions is one per cent and at most 25.00, charged within 45 days of the approval, a year with its reference.
func DefaultOptions() Options {
	return Options{TolerancePercent: decimal.NewNullDecimal(decimal.NewFromInt(1)), ToleranceMost: decimal.NewNullDecimal(decimal.NewFromInt(25)), Window: 45, ReferenceWindow: 366, Zone: time.UTC}
}

func (o Options) withDefaults() (Options, error) {
	usual := DefaultOptions()
	if o.TolerancePercent.Decimal.IsNegative() || o.ToleranceMost.Decimal.IsNegative() || o.TipPercent.IsNegative() || o.ExchangePercent.IsNegative() || o.Window < 0 || o.ReferenceWindow < 0 {
		return o, errors.New("match charges: a tolerance or a window is negative")
	}
	if !o.TolerancePercent.Valid {
		o.TolerancePercent = usual.TolerancePercent
	}
	if !o.ToleranceMost.Valid {
		o.ToleranceMost = usual.ToleranceMost
	}
	o.Window, o.ReferenceWindow = cmp.Or(o.Window, usual.Window), cmp.Or(o.ReferenceWindow, usual.ReferenceWindow)
	o.Zone = cmp.Or(o.Zone, usual.Zone)
	return o, nil
}

// Join matches charges with approved lines, in the order of the rules: by hand; reference and amount; supplier
// (business number or name) and amount, within tolerance and dates; several lines to one charge and one line to several
// charges, four at most; a reference with a part of what was approved, which leaves the rest of the line open, or with more than that, which is a variance; refunds to the charges they
// undo. What fits two things equally well is a tie and is listed, never taken. Lines must hold the approved lines, and declined ones so that charges after declining are seen. Time grows
// with n log n in the number of lines and charges.
func Join(lines []Line, charges []statement.Charge, o Options) (*Reconciliation, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	m := newMatcher(lines, charges, o)
	for _, step := range []func(){m.byHand, m.byReference, m.bySupplier, (groups{m}).byGroups, m.bySupplierNearly, (parts{m}).byReference, (leftovers{m}).byRefund, (leftovers{m}).explain} {
		step()
	}
	if o.Progress != nil {
		o.Progress(len(charges), len(charges))
	}
	return m.result(), nil
}

// matcher joins one set of lines with one set of charges.
type matcher struct {
	Options
	lines   []Line
	charges []statement.Charge
	facts   []lineFacts
	of      []chargeFacts
	names   *nameIndex
	// suppliers holds, by supplier and currency, the places of approved lines, by amount.
	suppliers   map[supplierCurrency][]int
	declined    map[supplierCurrency][]int
	byRef       map[request.Reference]int
	submissions map[request.Reference][]int
	byName      map[string]string // normal name -> supplier
	byMark      map[string]string // charged business number -> supplier
	matches     []Match
	left        map[int]Left
	done        int
	codes       []string                   // of currencies, worked out when asked for
	scores      map[*alike][]supplierScore // by the list of names that they were made of
}

type supplierCurrency struct{ supplier, currency string }

// lineFacts is what matching needs of a line, worked out once.
type lineFacts struct {
	minor    int64 // total in minor units
	approved request.Date
	supplier string
	ref      request.Reference
	taken    bool  // used up: nothing more can be charged
	used     int64 // of minor, where the line is partly charged
	usable   bool  // approved, with an amount
	wanted   bool  // tied: some charge fits it as well as another line
}

// chargeFacts is what matching needs of a charge.
type chargeFacts struct {
	minor      int64
	ref        request.Reference
	hasRef     bool
	candidates []supplierScore
	taken      bool
	tied       []int // lines it fits equally well
}

type supplierScore struct {
	supplier string
	score    int
	byNumber bool
}

func newMatcher(lines []Line, charges []statement.Charge, o Options) *matcher {
	m := &matcher{
		Options: o, lines: lines, charges: charges, facts: make([]lineFacts, len(lines)), of: make([]chargeFacts, len(charges)),
		suppliers: map[supplierCurrency][]int{}, declined: map[supplierCurrency][]int{}, byRef: map[request.Reference]int{},
		submissions: map[request.Reference][]int{}, byName: map[string]string{}, byMark: map[string]string{}, left: map[int]Left{},
		scores:  map[*alike][]supplierScore{},
		matches: make([]Match, 0, min(len(lines), len(charges))),
	}
	m.readLines()
	m.readCharges()
	return m
}

func (m *matcher) readLines() {
	marks := make([][2]string, len(m.lines))
	d, known := newIdentities(), marksOf{}
	names := map[string]string{}
	for i := range m.lines {
		number, name := known.line(&m.lines[i])
		marks[i] = [2]string{number, name}
		d.add(number, name)
	}
	for i := range m.lines {
		l, f := &m.lines[i], &m.facts[i]
		f.supplier = d.of(marks[i][0], marks[i][1])
		if name := strings.TrimPrefix(marks[i][1], "="); name != "" {
			m.byName[name] = f.supplier
			if _, known := names[name]; !known {
				names[name] = l.Supplier
			}
		}
		if marks[i][0] != "" {
			m.byMark[marks[i][0]] = f.supplier
		}
		if !l.Decided.IsZero() {
			f.approved = request.DateOf(l.Decided.In(m.Zone))
		}
		minor, err := l.Total.Minor()
		f.minor, f.usable = minor, err == nil && l.Outcome == request.Approved && l.Total.Currency != ""
		if used, known := m.Used[l.Reference]; known && f.usable {
			f.used, _ = request.Money{Amount: used, Currency: l.Total.Currency}.Minor()
			f.taken = f.used >= f.minor
		}
		if ref, ok := request.ParseReference(l.Reference); ok {
			f.ref = ref
			m.byRef[ref] = i
			if f.usable && f.used == 0 {
				whole := request.Reference{Year: ref.Year, Number: ref.Number}
				m.submissions[whole] = append(m.submissions[whole], i)
			}
		}
		key := supplierCurrency{f.supplier, l.Total.Currency}
		switch {
		case f.supplier == "":
		case f.usable && !l.Closed.IsZero(), f.usable && f.used > 0: // only its number finds a line that is closed, or partly charged
		case f.usable:
			m.suppliers[key] = append(m.suppliers[key], i)
		case l.Outcome == request.Declined:
			m.declined[key] = append(m.declined[key], i)
		}
	}
	for _, list := range m.suppliers {
		m.byAmount(list)
	}
	for _, list := range m.declined {
		m.byAmount(list)
	}
	m.names = newNameIndex(names)
}

func (m *matcher) byAmount(list []int) {
	slices.SortFunc(list, func(a, b int) int { return cmp.Or(cmp.Compare(m.facts[a].minor, m.facts[b].minor), cmp.Compare(a, b)) })
}

func (m *matcher) readCharges() {
	taught := m.taught()
	for i := range m.charges {
		c, f := &m.charges[i], &m.of[i]
		f.minor, _ = c.Amount.Minor()
		f.ref, f.hasRef = referenceIn(c.Reference, c.Merchant)
		if !f.hasRef {
			for _, header := range slices.Sorted(maps.Keys(c.Extra)) {
				if f.ref, f.hasRef = referenceIn(c.Extra[header]); f.hasRef {
					break
				}
			}
		}
		if s := m.byMark["#"+request.BusinessNumber(c.SupplierID)]; c.SupplierID != "" && s != "" {
			f.candidates = []supplierScore{{s, sameName, true}}
			continue
		}
		f.candidates = m.scored(m.names.suppliers(c.Merchant))
		if len(taught) > 0 {
			f.candidates = withTaught(f.candidates, taught[m.names.form(c.Merchant)])
		}
	}
}

// scored are names as their suppliers, each once. A merchant's name without its store's number can begin the names of
// thousands of suppliers, and stand in as many charges: those share one list.
func (m *matcher) scored(names []alike) []supplierScore {
	if len(names) == 0 {
		return nil
	}
	list, ok := m.scores[&names[0]]
	if ok {
		return list
	}
	seen := make(map[string]bool, len(names))
	for _, a := range names {
		if s := (supplierScore{m.byName[a.name], a.score, false}); !seen[s.supplier] {
			seen[s.supplier] = true
			list = append(list, s)
		}
	}
	m.scores[&names[0]] = list
	return list
}

// sums are what a charge may be compared by: the amount charged, and the amount before conversion.
func (m *matcher) sums(i int) []request.Money {
	c := &m.charges[i]
	if c.Original.Currency != "" && c.Original.Currency != c.Amount.Currency && !c.Original.Amount.IsZero() {
		original := c.Original
		if c.Amount.Amount.IsNegative() != original.Amount.IsNegative() {
			original.Amount = original.Amount.Neg() // some banks write the sign only once
		}
		return []request.Money{c.Amount, original}
	}
	return []request.Money{c.Amount}
}

// tolerance is how many minor units a charge may differ from an approved amount.
func (o *Options) tolerance(minor int64, currency string) int64 {
	places, _ := request.MinorDigits(currency)
	most := o.ToleranceMost.Decimal.Shift(places).IntPart()
	percent := decimal.NewFromInt(minor).Abs().Mul(o.TolerancePercent.Decimal).Shift(-2).IntPart()
	return min(most, percent)
}

// Tolerance is how many minor units of its currency a charge may differ from an approved amount, by these options and, where they say nothing, the usual
// ones.
func (o Options) Tolerance(approved int64, currency string) (int64, error) {
	o, err := o.withDefaults()
	if err != nil {
		return 0, err
	}
	return o.tolerance(approved, currency), nil
}

// inTime reports whether a charge fits a line's dates.
func (m *matcher) inTime(line, charge, window int) bool {
	days := m.facts[line].approved.DaysUntil(m.charges[charge].Transacted)
	return days >= 0 && days <= window
}

// aside reports whether no rule is to match a charge: somebody said so, it is no purchase, or the bank has not posted it.
func (m *matcher) aside(charge int) bool {
	c := &m.charges[charge]
	return m.Ignored[c.Fingerprint] || m.Apart[c.Fingerprint] || !c.TouchesBudget()
}

// take joins lines and charges for good, and uses the lines up. A refund uses nothing.
func (m *matcher) take(r Rule, score int, lines, charges []int, difference decimal.Decimal) {
	var shares []Share
	if r != ByRefund {
		shares = m.sharesOfRests(lines, charges)
		for _, i := range lines {
			m.facts[i].taken, m.facts[i].used = true, m.facts[i].minor
		}
	}
	m.join(Match{Rule: r, Score: score, Lines: lines, Charges: charges, Difference: difference, Shares: shares})
}

// join notes a match.
func (m *matcher) join(match Match) {
	charges := match.Charges
	for _, i := range charges {
		m.of[i].taken = true
	}
	match.OtherCard = m.otherCard(match.Lines, charges)
	m.matches = append(m.matches, match)
	if m.done += len(charges); m.Progress != nil && m.done%1024 < len(charges) {
		m.Progress(m.done, len(m.charges))
	}
}

func (m *matcher) byHand() {
	if len(m.Hand) == 0 {
		return
	}
	at := map[string]int{}
	for i := range m.charges {
		at[m.charges[i].Fingerprint] = i
	}
	together := map[request.Reference][]int{}
	for _, h := range m.Hand {
		ref, ok := request.ParseReference(h.Reference)
		if c, found := at[h.Fingerprint]; ok && found && !m.of[c].taken {
			m.of[c].taken = true
			together[ref] = append(together[ref], c)
		}
	}
	for _, h := range m.Hand {
		ref, _ := request.ParseReference(h.Reference)
		charges, line := together[ref], -1
		if i, ok := m.byRef[ref]; ok {
			line = i
		}
		delete(together, ref)
		if len(charges) == 0 {
			continue
		}
		if line < 0 || !m.facts[line].usable {
			for _, c := range charges {
				m.of[c].taken = false
			}
			continue
		}
		if _, known := m.Used[m.lines[line].Reference]; known {
			m.join(Match{Rule: ByHand, Score: 100, Lines: []int{line}, Charges: charges, Difference: m.difference([]int{line}, charges)})
			continue
		}
		m.take(ByHand, 100, []int{line}, charges, m.difference([]int{line}, charges))
	}
}

// difference is charged less approved, in the lines' currency where a charge knows it.
func (m *matcher) difference(lines, charges []int) decimal.Decimal {
	code, sum := m.lines[lines[0]].Total.Currency, decimal.Zero
	for _, c := range charges {
		for _, s := range m.sums(c) {
			if s.Currency == code {
				sum = sum.Add(s.Amount)
				break
			}
		}
	}
	for _, l := range lines {
		sum = sum.Sub(m.lines[l].Total.Amount)
	}
	return sum
}

func (m *matcher) result() *Reconciliation {
	r := &Reconciliation{Lines: m.lines, Charges: m.charges, Matches: m.matches}
	slices.SortStableFunc(r.Matches, func(a, b Match) int { return cmp.Compare(a.Charges[0], b.Charges[0]) })
	for i := range m.charges {
		if l, ok := m.left[i]; ok {
			r.Left = append(r.Left, l)
		}
	}
	for i := range m.facts {
		f := &m.facts[i]
		if f.taken || !f.usable || !m.lines[i].commits() {
			continue
		}
		r.Open = append(r.Open, i)
		if f.used > 0 {
			if r.Rest == nil {
				r.Rest = map[int]decimal.Decimal{}
			}
			r.Rest[i] = request.FromMinor(f.minor-f.used, m.lines[i].Total.Currency).Amount
		}
	}
	return r
}
