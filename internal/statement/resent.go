package statement

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Comparison says which rows of a file are rows of earlier ones.
type Comparison struct {
	Pairs   []Pair
	New     []int // places in the file of rows that were never there
	Lacking []int // places of earlier rows that the file should have and has not: its card is theirs, and its days are around them
}

// Pair is a row that came before and comes again.
type Pair struct {
	Old, New int  // their places
	Mends    bool // the file says something of it that was not known, or otherwise: see Mend
}

// How far a posted row may be from the pending one that it was: tips are added, and the day may move.
const (
	pendingDays    = 3
	pendingPercent = 25
)

// Compare finds the rows of a file among earlier ones, each at most once: by the bank's own id; by all that identifies them; by card, day and amount; by card,
// posting day, amount and merchant where one of the two has no day of its own; by merchant and a number of the transaction; and what was pending by card, merchant, about the day and no more than a tip. Where
// two fit equally well nothing is taken: then both are listed, and a pending one is nobody's money. Work grows with n log n.
func Compare(old, file []Charge) Comparison {
	c := &comparer{old: old, file: file, ofOld: make([]int, len(old)), ofNew: make([]int, len(file))}
	for i := range c.ofOld {
		c.ofOld[i] = -1
	}
	for i := range c.ofNew {
		c.ofNew[i] = -1
	}
	c.schemes()
	c.byBankID()
	c.byFingerprint()
	c.byDay(func(r *Charge) request.Date { return r.Transacted }, false)
	c.byDay(func(r *Charge) request.Date { return r.Posted }, true)
	c.byReference()
	c.byPending()
	c.bySign()
	return c.result()
}

type comparer struct {
	old, file    []Charge
	ofOld, ofNew []int // the other's place, -1 none yet
	ids          bool  // the bank's ids are of one scheme: two that differ are two rows
}

func (c *comparer) pair(old, at int) { c.ofOld[old], c.ofNew[at] = at, old }

// schemes finds out whether the file's ids are of the same scheme as the earlier ones.
func (c *comparer) schemes() {
	known := once(c.old)
	for id := range once(c.file) {
		if _, there := known[id]; there {
			c.ids = true
			return
		}
	}
}

// cardID is an id of a bank, for a card.
type cardID struct{ id, card string }

// once are the places of the rows whose id stands but once in a file, or among the earlier rows.
func once(rows []Charge) map[cardID]int {
	places := map[cardID]int{}
	for i := range rows {
		if rows[i].BankID == "" {
			continue
		}
		key := cardID{rows[i].BankID, rows[i].Card}
		if _, twice := places[key]; twice {
			places[key] = -1
			continue
		}
		places[key] = i
	}
	maps.DeleteFunc(places, func(_ cardID, at int) bool { return at < 0 })
	return places
}

func (c *comparer) byFingerprint() {
	at := make(map[string]int, len(c.old))
	for i := range c.old {
		at[c.old[i].Fingerprint] = i
	}
	for i := range c.file {
		if o, there := at[c.file[i].Fingerprint]; there && c.ofNew[i] < 0 && c.ofOld[o] < 0 && c.mayBe(&c.old[o], &c.file[i]) {
			c.pair(o, i)
		}
	}
}

func (c *comparer) byBankID() {
	known := once(c.old)
	for id, i := range once(c.file) {
		if o, there := known[id]; there && c.ofNew[i] < 0 && c.ofOld[o] < 0 && c.old[o].Amount.Currency == c.file[i].Amount.Currency {
			c.pair(o, i)
		}
	}
}

// dayAmount is what two rows have in common that may be the same.
type dayAmount struct {
	day      request.Date
	amount   string
	currency string
}

// byDay pairs rows of one day and amount: first those of one merchant and reference, then of one merchant, then in their order.
func (c *comparer) byDay(day func(*Charge) request.Date, otherwise bool) {
	open := map[dayAmount][]int{}
	for i := range c.old {
		if r := &c.old[i]; c.ofOld[i] < 0 {
			key := dayAmount{day(r), r.Amount.Plain(), r.Amount.Currency}
			open[key] = append(open[key], i)
		}
	}
	for _, same := range []func(a, b *Charge) bool{
		func(a, b *Charge) bool {
			return request.Fold(a.Merchant) == request.Fold(b.Merchant) && request.Fold(a.Reference) == request.Fold(b.Reference)
		},
		func(a, b *Charge) bool { return request.Fold(a.Merchant) == request.Fold(b.Merchant) },
		func(a, b *Charge) bool { return sameMerchant(a, b) },
		func(a, b *Charge) bool { return !otherwise && a.Card != "" && a.Card == b.Card },
	} {
		for i := range c.file {
			r := &c.file[i]
			if c.ofNew[i] >= 0 {
				continue
			}
			for _, o := range open[dayAmount{day(r), r.Amount.Plain(), r.Amount.Currency}] {
				was := &c.old[o]
				if c.ofOld[o] < 0 && c.mayBe(was, r) && same(was, r) && (!otherwise || was.Transacted == was.Posted || r.Transacted == r.Posted) {
					c.pair(o, i)
					break
				}
			}
		}
	}
}

// mayBe is false for rows of two cards, two people, or two ids of one scheme.
func (c *comparer) mayBe(a, b *Charge) bool {
	if a.Card != b.Card && a.Card != "" && b.Card != "" {
		return false
	}
	if c.ids && a.BankID != "" && b.BankID != "" && a.BankID != b.BankID {
		return false
	}
	if a.Card == "" || b.Card == "" {
		if a.Cardholder != "" && b.Cardholder != "" && request.Fold(a.Cardholder) != request.Fold(b.Cardholder) {
			return false
		}
	}
	return true
}

// sameMerchant is for rows that are the same by all else: one text begins the other, or they begin with the same telling word.
func sameMerchant(a, b *Charge) bool {
	x, y := request.Fold(a.Merchant), request.Fold(b.Merchant)
	if x == "" || y == "" {
		return false
	}
	if strings.HasPrefix(x, y) || strings.HasPrefix(y, x) {
		return true
	}
	first, _, _ := strings.Cut(x, " ")
	other, _, _ := strings.Cut(y, " ")
	return len(first) >= 4 && first == other
}

// byReference pairs rows whose reference, which is no line's number, stands but once on either side: a bank's number of the transaction.
func (c *comparer) byReference() {
	places := func(rows []Charge) map[cardID]int {
		list := slices.Clone(rows)
		for i := range list {
			if list[i].BankID = ""; strings.ContainsAny(list[i].Reference, "0123456789") && !strings.Contains(request.Fold(list[i].Reference), "hr") {
				list[i].BankID = request.Fold(list[i].Reference)
			}
		}
		return once(list)
	}
	known := places(c.old)
	for id, i := range places(c.file) {
		o, there := known[id]
		if !there || c.ofNew[i] >= 0 || c.ofOld[o] >= 0 {
			continue
		}
		was, r := &c.old[o], &c.file[i]
		days := was.Transacted.DaysUntil(r.Transacted)
		if was.Amount.Currency == r.Amount.Currency && was.Amount.Amount.Sign() == r.Amount.Amount.Sign() && sameMerchant(was, r) && max(days, -days) <= pendingDays && c.mayBe(was, r) {
			c.pair(o, i)
		}
	}
}

// byPending pairs what was pending with what was posted of it, in either order, where there is but one way.
func (c *comparer) byPending() {
	type place struct {
		day      request.Date
		currency string
	}
	open := map[place][]int{}
	for i := range c.old {
		if c.ofOld[i] < 0 {
			key := place{c.old[i].Transacted, c.old[i].Amount.Currency}
			open[key] = append(open[key], i)
		}
	}
	fits := map[int][]int{}  // by row of the file
	suitors := map[int]int{} // by earlier row: how many rows of the file it fits
	for i := range c.file {
		r := &c.file[i]
		if c.ofNew[i] >= 0 {
			continue
		}
		for day := -pendingDays; day <= pendingDays; day++ {
			for _, o := range open[place{r.Transacted.AddDays(day), r.Amount.Currency}] {
				if wasPending(&c.old[o], r) && c.mayBe(&c.old[o], r) {
					fits[i] = append(fits[i], o)
					suitors[o]++
				}
			}
		}
	}
	for i, list := range fits {
		if len(list) == 1 && suitors[list[0]] == 1 {
			c.pair(list[0], i)
		}
	}
}

// wasPending is true for a pending and a posted row of one merchant of which the posted one is no more than a tip above.
func wasPending(a, b *Charge) bool {
	if a.Status == b.Status || a.Card != b.Card || !sameMerchant(a, b) {
		return false
	}
	pending, posted := a, b
	if b.Status == Pending {
		pending, posted = b, a
	}
	if !pending.Amount.Amount.IsPositive() || posted.Amount.Amount.LessThan(pending.Amount.Amount) {
		return false
	}
	most := pending.Amount.Amount.Mul(decimal.NewFromInt(100 + pendingPercent)).Shift(-2)
	return posted.Amount.Amount.LessThanOrEqual(most)
}

// bySign pairs the rows of a file that was read with its signs the wrong way round: every row is there with the other sign, and none with its own.
func (c *comparer) bySign() {
	if len(c.file) < 2 || slices.ContainsFunc(c.ofNew, func(o int) bool { return o >= 0 }) {
		return
	}
	type row struct {
		dayAmount
		card, merchant string
	}
	key := func(r *Charge, amount request.Money) row {
		return row{dayAmount{r.Transacted, amount.Plain(), amount.Currency}, r.Card, request.Fold(r.Merchant)}
	}
	open := map[row][]int{}
	for i := range c.old {
		k := key(&c.old[i], c.old[i].Amount)
		open[k] = append(open[k], i)
	}
	pairs := make([]int, len(c.file))
	for i := range c.file {
		other := c.file[i].Amount
		other.Amount = other.Amount.Neg()
		k := key(&c.file[i], other)
		if len(open[k]) == 0 {
			return
		}
		pairs[i], open[k] = open[k][0], open[k][1:]
	}
	for i, o := range pairs {
		c.pair(o, i)
	}
}

func (c *comparer) result() Comparison {
	var r Comparison
	last := LastDay(c.file)
	for i := range c.file {
		if o := c.ofNew[i]; o >= 0 {
			_, mends := Mend(&c.old[o], &c.file[i], last)
			r.Pairs = append(r.Pairs, Pair{Old: o, New: i, Mends: mends})
			continue
		}
		r.New = append(r.New, i)
	}
	type days struct{ first, last request.Date }
	covered := map[[2]string]days{}
	of := func(r *Charge) [2]string { // where the card is not said, whose it is tells files apart
		if r.Card == "" {
			return [2]string{"", request.Fold(r.Cardholder)}
		}
		return [2]string{r.Card}
	}
	for i := range c.file {
		d, known := covered[of(&c.file[i])]
		if day := c.file[i].Transacted; !known {
			d = days{day, day}
		} else if day.Before(d.first) {
			d.first = day
		} else if day.After(d.last) {
			d.last = day
		}
		covered[of(&c.file[i])] = d
	}
	for i := range c.old {
		o := &c.old[i]
		d, known := covered[of(o)]
		if c.ofOld[i] < 0 && known && (o.Card != "" || len(r.Pairs) > 0) && !o.Transacted.Before(d.first) && !o.Transacted.After(d.last) {
			r.Lacking = append(r.Lacking, i)
		}
	}
	return r
}

// LastDay is the last day on which a row of a file was posted: of two files the one that reaches further knows better.
func LastDay(file []Charge) (last request.Date) {
	for i := range file {
		if file[i].Posted.After(last) {
			last = file[i].Posted
		}
	}
	return last
}

// Mend is an earlier row with what a later one says of it; changed is false where that is nothing. What the later one does not say stays; so does what
// an older file says otherwise, which reaches less far (to last); and what is posted does not become pending again. The row keeps its identity, so that what people wrote
// down about it finds it.
func Mend(was, now *Charge, last request.Date) (mended Charge, changed bool) {
	mended = *was
	if was.Status == Posted && now.Status == Pending {
		return mended, false
	}
	newer := !last.Before(was.AsOf) || was.Status == Pending && now.Status == Posted
	take := func(to *string, text string) {
		if text != "" && text != *to && (newer || *to == "") {
			*to, changed = text, true
		}
	}
	for _, f := range []struct {
		to   *string
		text string
	}{{&mended.Merchant, now.Merchant}, {&mended.SupplierID, now.SupplierID}, {&mended.Category, now.Category}, {&mended.Card, now.Card}, {&mended.Cardholder, now.Cardholder},
		{&mended.CostCentre, now.CostCentre}, {&mended.Reference, now.Reference}, {&mended.BankID, now.BankID}, {&mended.Account, now.Account}} {
		take(f.to, f.text)
	}
	if newer {
		changed = mended.takeMoney(was, now) || changed
		mended.AsOf = last
	}
	if now.Extra != nil {
		for header, text := range now.Extra {
			if text == "" || was.Extra[header] != "" && !newer || was.Extra[header] == text {
				continue
			}
			if mended.Extra = maps.Clone(mended.Extra); mended.Extra == nil {
				mended.Extra = map[string]string{}
			}
			mended.Extra[header], changed = text, true
		}
	}
	if changed {
		mended.Statement, mended.Row = now.Statement, now.Row
	}
	return mended, changed
}

// takeMoney takes amount, days, status and kind of a newer row.
func (c *Charge) takeMoney(was, now *Charge) (changed bool) {
	if !was.Amount.Amount.Equal(now.Amount.Amount) {
		c.Amount, changed = now.Amount, true
	}
	if !now.Original.Amount.IsZero() && (!now.Original.Amount.Equal(was.Original.Amount) || now.Original.Currency != was.Original.Currency) {
		c.Original, changed = now.Original, true
	}
	if now.Posted != was.Posted {
		c.Posted, changed = now.Posted, true
	}
	if own := now.Transacted != now.Posted; now.Transacted != was.Transacted && (own || was.Transacted == was.Posted) {
		c.Transacted, changed = now.Transacted, true
	}
	if now.Status != was.Status {
		c.Status, changed = now.Status, true
	}
	if now.Kind != was.Kind {
		c.Kind, changed = now.Kind, true
	}
	return changed
}

// Added are the new rows of a file, each with an identity that no earlier row has: rows of two people may say the same.
func (c *Comparison) Added(old, file []Charge) []Charge {
	taken := make(map[string]bool, len(old)+len(c.New))
	for i := range old {
		taken[old[i].Fingerprint] = true
	}
	last, added := LastDay(file), make([]Charge, len(c.New))
	for n, i := range c.New {
		row := file[i]
		row.AsOf = last
		for base := row.identity(); taken[row.Fingerprint]; {
			row.Occurrence++
			row.Fingerprint = fingerprint(base, row.Occurrence)
		}
		taken[row.Fingerprint], added[n] = true, row
	}
	return added
}

// Union adds the rows of further files to those at hand, in the order in which the files came: what comes again is counted once, and mended. Order:
// as at hand, then as they come.
func Union(have []Charge, files ...[]Charge) []Charge {
	out := slices.Clone(have)
	for _, f := range files {
		c, last := Compare(out, f), LastDay(f)
		for _, p := range c.Pairs {
			out[p.Old], _ = Mend(&out[p.Old], &f[p.New], last)
		}
		out = append(out, c.Added(out, f)...)
	}
	return out
}
