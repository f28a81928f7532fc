// Package quartertest makes quarters of a department's card purchases with their truth: request lines, the charges as banks
// print them, and for every charge the lines it belongs to, none, or a tie that is a person's to decide. README.md says what
// is right for each kind and why. It was written without sight of the matcher, refuses to know how one matches, and never
// changes: what a matcher gets wrong here is the matcher's to fix.
package quartertest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// Options says what a quarter is like. Zero fields take the values said.
type Options struct {
	References float64 // share of the charges with a line that bear its reference, 0 to 1; 0 is 0.9
	Rounds     int     // how many times the whole mix of kinds occurs, up to 4; 0 is 1, about 350 charges
}

// Truth is what is right for one charge.
type Truth struct {
	Fingerprint string // of the charge
	Kind        string // see README.md
	Trap        bool   // made to tempt a matcher
	// References are of the lines the charge belongs to, all of them. Empty: it belongs to none, unless Either says more.
	References []string
	// Either are references of lines with which a match is neither false nor due: what is known leaves room for doubt.
	Either []string
	// Tie is true when lines fit equally well and a person must decide: any match is false.
	Tie bool
	// Variance is true when the charge has the line's reference and more than the tolerance allows: matched, and said.
	Variance bool
	// OtherCard is true when somebody else's card paid than the line's cardholder's: matched, and said.
	OtherCard bool
	// OnlyOne names a group of charges of which at most one may be joined with a line: a merchant charged twice.
	OnlyOne string
	// Bears is true when the charge says its line's reference, damaged or not.
	Bears bool
}

// Quarter is three months of purchases. Truth is in the order of Charges, which are shuffled.
type Quarter struct {
	Lines   []reconcile.Line // approved and declined
	Charges []statement.Charge
	Truth   []Truth
}

const (
	defaultShare = 0.9
	mostRounds   = 4
	mostTries    = 400
)

// Generate makes the quarter of a seed, the same for the same seed and options. It panics where options are out of bounds.
func Generate(seed uint64, o Options) Quarter {
	if o.References == 0 {
		o.References = defaultShare
	}
	if o.Rounds == 0 {
		o.Rounds = 1
	}
	if o.References < 0 || o.References > 1 || o.Rounds < 0 || o.Rounds > mostRounds {
		panic(fmt.Sprintf("quartertest: options %+v are out of bounds", o))
	}
	b := newBuilder(seed, o)
	var order []kind
	for _, k := range kinds() {
		for range k.weight * o.Rounds {
			order = append(order, k)
		}
	}
	b.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, k := range order {
		b.add(k)
	}
	return b.quarter()
}

// builder holds the stories told so far.
type builder struct {
	rng     *rand.Rand
	seed    uint64
	share   float64
	start   request.Date
	pool    []supplier
	pairs   map[string][]int // which pairs of names a kind has left
	request int              // the last request's number
	people  []person
	stories []*draft
	due     int // charges with a line, and how many of them bear its reference
	borne   int
}

func newBuilder(seed uint64, o Options) *builder {
	b := &builder{
		rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), seed: seed, share: o.References,
		start: request.Date{Year: 2026, Month: time.July, Day: 1}, people: people(), pairs: map[string][]int{},
	}
	b.request = 100 + b.rng.IntN(4000)
	b.pool = suppliers()
	b.rng.Shuffle(len(b.pool), func(i, j int) { b.pool[i], b.pool[j] = b.pool[j], b.pool[i] })
	return b
}

// add tells a kind's story once. A story that would fit another one's lines by accident is told anew.
func (b *builder) add(k kind) {
	for range mostTries {
		d := &draft{b: b, kind: k, stems: map[string]bool{}}
		pairs := slices.Clone(b.pairs[k.name])
		k.tell(d)
		if !b.clashes(d) {
			b.stories = append(b.stories, d)
			due, borne := d.borne()
			b.due, b.borne = b.due+due, b.borne+borne
			return
		}
		b.pool = append(b.pool, d.used...) // they may fit another story
		b.pairs[k.name] = pairs
	}
	panic(fmt.Sprintf("quartertest: no room for another story of kind %q, seed %d", k.name, b.seed))
}

// quarter puts the stories together, charges shuffled, each in the statement of its month.
func (b *builder) quarter() Quarter {
	var q Quarter
	for _, d := range b.stories {
		for _, l := range d.lines {
			q.Lines = append(q.Lines, *l)
		}
		for i, c := range d.charges {
			q.Charges = append(q.Charges, *c)
			q.Truth = append(q.Truth, d.truth[i].out(d.kind))
		}
	}
	b.rng.Shuffle(len(q.Lines), func(i, j int) { q.Lines[i], q.Lines[j] = q.Lines[j], q.Lines[i] })
	b.rng.Shuffle(len(q.Charges), func(i, j int) {
		q.Charges[i], q.Charges[j] = q.Charges[j], q.Charges[i]
		q.Truth[i], q.Truth[j] = q.Truth[j], q.Truth[i]
	})
	rows, same := map[string]int{}, map[string]int{}
	for i := range q.Charges {
		c := &q.Charges[i]
		c.Statement = fmt.Sprintf("card-%04d-%02d.csv", c.Posted.Year, int(c.Posted.Month))
		rows[c.Statement]++
		c.Row = rows[c.Statement]
		identity := fmt.Sprint(c.Card, c.Posted, c.Transacted, c.Amount.Plain(), c.Amount.Currency, c.Merchant, c.Reference)
		same[identity]++
		c.Occurrence = same[identity]
		sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d", identity, c.Occurrence))
		c.Fingerprint = hex.EncodeToString(sum[:])[:statement.FingerprintLength]
		q.Truth[i].Fingerprint = c.Fingerprint
	}
	return q
}
