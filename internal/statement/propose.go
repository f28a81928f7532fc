package statement

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Seen is one column of a file as it is shown to a person.
type Seen struct {
	Column string       `json:"column"` // its letter
	Header string       `json:"header,omitempty"`
	Field  string       `json:"field,omitempty"` // as a profile calls it; "" for a column that is carried through
	Why    request.Text `json:"why"`
}

// proposal is what the content of a file says of its columns.
type proposal struct {
	at     map[field]int // columns, from 0
	why    map[int]request.Text
	open   []request.Text // what cannot be told
	minus  bool           // purchases have a minus
	unsure bool           // whether they have cannot be told
}

func (p *proposal) settled() bool { return p != nil && len(p.open) == 0 && !p.unsure && len(p.at) >= 3 }

// told names the columns and what each is.
func (p *proposal) told(l request.Lang) string {
	var parts []string
	for _, f := range slices.SortedFunc(maps.Keys(p.at), func(a, b field) int { return p.at[a] - p.at[b] }) {
		parts = append(parts, workbook.Column(p.at[f]+1)+" "+shownNames[f].In(l))
	}
	return strings.Join(parts, ", ")
}

// shownNames are the fields in the words of the trade.
var shownNames = [numFields]request.Text{
	noField: {EN: "carried through", FR: "conservée telle quelle"}, postingDate: {EN: "posting date", FR: "date de comptabilisation"}, transactionDate: {EN: "transaction date", FR: "date de transaction"},
	merchantName: {EN: "merchant", FR: "marchand"}, merchantCategory: {EN: "category", FR: "catégorie"}, chargeAmount: {EN: "amount", FR: "montant"},
	debitAmount: {EN: "debit", FR: "débit"}, creditAmount: {EN: "credit", FR: "crédit"}, chargeCurrency: {EN: "currency", FR: "devise"},
	originalAmount: {EN: "original amount", FR: "montant d’origine"}, originalCurrency: {EN: "original currency", FR: "devise d’origine"}, cardNumber: {EN: "card", FR: "carte"},
	cardholderName: {EN: "cardholder", FR: "titulaire"}, chargeCostCentre: {EN: "cost centre", FR: "centre de coûts"}, chargeReference: {EN: "reference", FR: "référence"},
	merchantNumber: {EN: "business number", FR: "numéro d’entreprise"}, directionField: {EN: "debit or credit", FR: "débit ou crédit"}, statusField: {EN: "status", FR: "état"},
}

// proposeWithoutHeader learns from the content alone which column is which. What could be two things is left open, and named.
func proposeWithoutHeader(ctx context.Context, rows []record, form textForm, o Options) *proposal {
	if ctx.Err() != nil {
		return nil
	}
	s := &sheetReader{options: o, form: form, rows: rows, header: record{cells: make([]cellValue, widest(rows))}, out: &Statement{Name: o.Name}}
	s.dropPreamble()
	p := &proposal{at: map[field]int{}, why: map[int]request.Text{}}
	kinds := make([]content, len(s.header.cells))
	var dates, amounts, names []int
	for i := range kinds {
		k := s.contentOf(i)
		kinds[i] = k
		switch {
		case k.filled == 0:
		case k.cards == k.filled:
			p.set(cardNumber, i, "card numbers", "numéros de carte")
		case k.currencies == k.filled && p.free(chargeCurrency):
			p.set(chargeCurrency, i, "currency codes", "codes de devise")
		case k.statuses == k.filled && p.free(statusField):
			p.set(statusField, i, "posted, pending or declined", "comptabilisé, en attente ou refusé")
		case k.directions == k.filled && p.free(directionField) && s.distinct(i) > 1: // the same word in every row says nothing
			p.set(directionField, i, "debit or credit", "débit ou crédit")
		case k.dates == k.filled:
			dates = append(dates, i)
		case k.amounts == k.filled && s.decimalsIn(i):
			amounts = append(amounts, i)
		case k.names == k.filled || 10*k.names >= 8*k.filled:
			names = append(names, i)
		}
	}
	p.dates(s, dates)
	p.merchant(s, names)
	p.amounts(s, slices.DeleteFunc(slices.Clone(amounts), func(i int) bool { return s.runs(i, amounts) }))
	return p
}

// runs reports a running balance: in nearly every row it is another column's amount away from the row before, and it is filled throughout.
func (s *sheetReader) runs(i int, amounts []int) bool {
	rows, steps := 0, 0
	for n := 1; n < len(s.rows); n++ {
		a, _, why := parseSum(s.rows[n-1].at(i), anyMark)
		b, _, whyNot := parseSum(s.rows[n].at(i), anyMark)
		if why != "" || whyNot != "" {
			return false
		}
		step := b.Sub(a).Abs()
		rows++
		if !step.IsZero() && slices.ContainsFunc(amounts, func(other int) bool {
			if other == i {
				return false
			}
			now, _, no := parseSum(s.rows[n].at(other), anyMark)
			before, _, nor := parseSum(s.rows[n-1].at(other), anyMark)
			return no == "" && now.Abs().Equal(step) || nor == "" && before.Abs().Equal(step)
		}) {
			steps++
		}
	}
	return rows > 2 && 10*steps >= 9*rows
}

// dropPreamble leaves out rows above the first with a date and an amount in it.
func (s *sheetReader) dropPreamble() {
	at := slices.IndexFunc(s.rows[:min(len(s.rows), headerWithin)], func(r record) bool {
		day, sum := false, false
		for _, v := range r.cells {
			_, why := parseDay(v.text, unknownOrder)
			isDay := !v.date.IsZero() || why == "" || why == twoWays
			_, _, no := parseSum(v, anyMark)
			day, sum = day || isDay, sum || !isDay && v.text != "" && no != notRead
		}
		return day && sum
	})
	s.rows = s.rows[max(0, at):]
}

// decimalsIn reports a column of numbers that has a fraction somewhere: without one they may be anything.
func (s *sheetReader) decimalsIn(i int) bool {
	for n := range s.rows {
		if v := s.rows[n].at(i); strings.ContainsAny(v.text, ".,") {
			return true
		}
	}
	return false
}

func (p *proposal) free(f field) bool { _, taken := p.at[f]; return !taken }

func (p *proposal) set(f field, column int, en, fr string) {
	p.at[f] = column
	p.why[column] = request.Text{EN: en, FR: fr}
}

func (p *proposal) ask(en, fr string) { p.open = append(p.open, request.Text{EN: en, FR: fr}) }

func letters(columns []int) string {
	var list []string
	for _, i := range columns {
		list = append(list, workbook.Column(i+1))
	}
	return strings.Join(list, ", ")
}

func (p *proposal) dates(s *sheetReader, columns []int) {
	switch len(columns) {
	case 0:
		p.ask("No column holds dates.", "Aucune colonne ne contient de dates.")
	case 1:
		p.set(transactionDate, columns[0], "the only dates", "les seules dates")
	case 2:
		a, b := columns[0], columns[1]
		before, after := s.earlier(a, b), s.earlier(b, a)
		switch {
		case before > 0 && after == 0, before == 0 && after == 0:
			p.set(transactionDate, a, "dates that are never later than the others", "dates jamais postérieures aux autres")
			p.set(postingDate, b, "the later dates", "les dates les plus tardives")
		case after > 0 && before == 0:
			p.set(transactionDate, b, "dates that are never later than the others", "dates jamais postérieures aux autres")
			p.set(postingDate, a, "the later dates", "les dates les plus tardives")
		default:
			p.ask("Columns "+letters(columns)+" both hold dates, and either is the earlier one in some row.", "Les colonnes "+letters(columns)+" contiennent toutes deux des dates, tantôt l’une plus tôt, tantôt l’autre.")
		}
	default:
		p.ask("Columns "+letters(columns)+" all hold dates.", "Les colonnes "+letters(columns)+" contiennent toutes des dates.")
	}
}

// earlier counts the rows in which a date of the first column is before that of the second.
func (s *sheetReader) earlier(a, b int) (n int) {
	s.at[transactionDate], s.at[postingDate] = a+1, b+1
	order := s.dateOrder()
	s.at[transactionDate], s.at[postingDate] = 0, 0
	day := func(v cellValue) request.Date {
		if !v.date.IsZero() {
			return v.date
		}
		d, _ := parseDay(v.text, order)
		return d
	}
	for i := range s.rows {
		one, other := day(s.rows[i].at(a)), day(s.rows[i].at(b))
		if !one.IsZero() && !other.IsZero() && one.Before(other) {
			n++
		}
	}
	return n
}

func (p *proposal) merchant(s *sheetReader, columns []int) {
	most, kept := 0, []int{}
	for _, i := range columns {
		if !s.generic(i) {
			most = max(most, s.distinct(i))
		}
	}
	for _, i := range columns {
		if !s.generic(i) && 2*s.distinct(i) > most {
			kept = append(kept, i)
		}
	}
	switch len(kept) {
	case 0:
		p.ask("No column holds names of merchants.", "Aucune colonne ne contient de noms de marchands.")
	case 1:
		p.set(merchantName, kept[0], "the names that differ most", "les noms les plus variés")
	default:
		p.ask("Columns "+letters(kept)+" all hold names: one is the merchant.", "Les colonnes "+letters(kept)+" contiennent toutes des noms\u00a0: l’une est le marchand.")
	}
}

func (p *proposal) amounts(s *sheetReader, columns []int) {
	m, named := p.at[merchantName]
	if named {
		s.at[merchantName] = m + 1
	}
	switch len(columns) {
	case 0:
		p.ask("No column holds amounts.", "Aucune colonne ne contient de montants.")
	case 1:
		p.set(chargeAmount, columns[0], "the only amounts", "les seuls montants")
		s.at[chargeAmount] = columns[0] + 1
		p.sign(s.signsOf(chargeAmount))
	case 2:
		p.debitCredit(s, columns[0], columns[1])
	default:
		p.ask("Columns "+letters(columns)+" all hold amounts.", "Les colonnes "+letters(columns)+" contiennent toutes des montants.")
	}
}

func (p *proposal) sign(n signs) {
	all := n.below + n.above
	switch {
	case !p.free(directionField):
	case n.paidAbove > 0 && n.paidBelow == 0 && 2*n.below > all:
		p.minus = true
	case n.paidBelow > 0 && n.paidAbove == 0 && 2*n.above > all, n.below == 0 && all > 0 && n.paidAbove == 0, all > 2 && 2*n.above > all && n.paidAbove == 0:
	default:
		p.unsure = true
		p.ask("Whether purchases have a minus cannot be told: set purchases = \"negative\" or \"positive\".", "On ne peut dire si les achats portent un moins\u00a0: inscrivez purchases = \"negative\" ou \"positive\".")
	}
}

// debitCredit tells two columns of amounts apart of which each row fills one: payments to the card stand among the credits.
func (p *proposal) debitCredit(s *sheetReader, a, b int) {
	var count, paid, own [2]int
	for n := range s.rows {
		r := &s.rows[n]
		hasA, hasB := r.text(a) != "", r.text(b) != ""
		if hasA && hasB {
			p.ask("Columns "+letters([]int{a, b})+" both hold amounts.", "Les colonnes "+letters([]int{a, b})+" contiennent toutes deux des montants.")
			return
		}
		for i, has := range []bool{hasA, hasB} {
			if has {
				count[i]++
				if saysPayment(s.cell(r, merchantName).text) {
					paid[i]++
				}
				switch kindOf(&Charge{Merchant: s.cell(r, merchantName).text}) {
				case Fee, Interest, Cash:
					own[i]++
				}
			}
		}
	}
	switch {
	case paid[1] > 0 && paid[0] == 0:
	case paid[0] > 0 && paid[1] == 0:
		a, b = b, a
	case paid[0]+paid[1] == 0 && own[0] > 0 && own[1] == 0: // the bank's fees are charged
	case paid[0]+paid[1] == 0 && own[1] > 0 && own[0] == 0:
		a, b = b, a
	default:
		p.ask(fmt.Sprintf("Columns %s hold amounts, one in each row: which are purchases cannot be told.", letters([]int{a, b})), fmt.Sprintf("Les colonnes %s contiennent des montants, un par ligne\u00a0: on ne peut dire lesquels sont des achats.", letters([]int{a, b})))
		return
	}
	p.set(debitAmount, a, "amounts of purchases", "montants des achats")
	p.set(creditAmount, b, "amounts of payments to the card", "montants des paiements de la carte")
}
