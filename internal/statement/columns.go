package statement

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// columns says which column is which: by the profile, by the configuration's headers, by the headers that banks have, and where
// several columns have one of these, by what stands in them.
func (s *sheetReader) columns(own map[string]field) error {
	placed, err := s.options.profile().placed(s.header.cells, s.options, s.header.line)
	if err != nil {
		return err
	}
	s.out.fields = make([]field, len(s.header.cells))
	s.why = make([]string, len(s.header.cells))
	var candidates [numFields][]int
	var settled [numFields]bool
	for i, f := range placed {
		if known := knownHeader(s.header.cells[i].text, nil); known != noField && known != f && !alike(known, f) && place(s.options.profile().column(f)) == i+1 {
			return s.movedColumn(i, f)
		}
		candidates[f], settled[f] = []int{i}, true
		s.why[i] = byProfile
	}
	for i, c := range s.header.cells {
		if f := knownHeader(c.text, own); f != noField && placed[i] == noField && !settled[f] {
			candidates[f] = append(candidates[f], i)
			s.why[i] = byHeader
		}
	}
	for f := noField + 1; f < numFields; f++ {
		chosen, err := s.choose(f, candidates[f], own)
		if err != nil {
			return err
		}
		if chosen >= 0 {
			s.out.fields[chosen], s.at[f] = f, chosen+1
		}
	}
	if err := s.amountBesideDebits(); err != nil {
		return err
	}
	s.soleCurrency()
	s.accountOfABank()
	s.headerCurrencies()
	for i, f := range s.out.fields {
		if f == noField {
			s.extra = append(s.extra, i)
		}
	}
	return s.sensibleColumns(own)
}

// soleCurrency takes the currency of the transaction for that of the amount, where the file has but one of each and both are called the transaction's. A foreign
// currency is never the amount's: beside it stands what was billed.
func (s *sheetReader) soleCurrency() {
	i, amount := s.at[originalCurrency], s.at[chargeAmount]
	if i == 0 || amount == 0 || s.at[chargeCurrency] > 0 || s.at[originalAmount] > 0 || s.why[i-1] == byProfile {
		return
	}
	for _, column := range []int{i, amount} {
		if !slices.Contains(request.SupplierWords(s.header.cells[column-1].text), "transaction") {
			return
		}
	}
	s.at[originalCurrency], s.at[chargeCurrency], s.out.fields[i-1] = 0, i, chargeCurrency
}

// amountBesideDebits looks at a file that has an amount and a debit and credit: where they are the same, debit and credit say the sign; where the amount is
// in a currency of its own, it is what the purchase was before it was billed. Otherwise nobody can say which was charged.
func (s *sheetReader) amountBesideDebits() error {
	i, d, c := s.at[chargeAmount], s.at[debitAmount], s.at[creditAmount]
	if i == 0 || d == 0 || c == 0 || s.why[i-1] == byProfile {
		return nil
	}
	same := true
	for n := range s.rows {
		amount, _, why := parseSum(s.rows[n].at(i-1), anyMark)
		debit, _, isDebit := parseSum(s.rows[n].at(d-1), anyMark)
		credit, _, isCredit := parseSum(s.rows[n].at(c-1), anyMark)
		if why != "" || isDebit != "" && isCredit != "" || s.footer(&s.rows[n]) {
			continue
		}
		same = same && (isDebit == "" && amount.Abs().Equal(debit.Abs()) || isCredit == "" && amount.Abs().Equal(credit.Abs()))
	}
	switch {
	case same:
		s.at[chargeAmount], s.out.fields[i-1] = 0, noField
	case s.at[originalCurrency] > 0 && s.at[originalAmount] == 0:
		s.at[chargeAmount], s.at[originalAmount], s.out.fields[i-1] = 0, i, originalAmount
	default:
		return s.twoColumns(chargeAmount, i-1, d-1)
	}
	return nil
}

// accountOfABank drops the number of an account beside a sort code: it is no card's.
func (s *sheetReader) accountOfABank() {
	i := s.at[cardNumber]
	if i == 0 || s.why[i-1] == byProfile || !slices.ContainsFunc(s.header.cells, func(c cellValue) bool { return request.Fold(c.text) == "sortcode" }) {
		return
	}
	if !slices.ContainsFunc(request.SupplierWords(s.header.cells[i-1].text), func(w string) bool { return w == "card" || w == "carte" }) {
		s.at[cardNumber], s.out.fields[i-1] = 0, noField
	}
}

// The ways in which a column was found out.
const (
	byProfile = "profile"
	byHeader  = "header"
	byContent = "content"
)

// column is what a profile says of a field's column; "" for nothing.
func (p *Profile) column(f field) string {
	for name, column := range p.Columns {
		if fieldNames[name] == f {
			return column
		}
	}
	return ""
}

// alike reports fields whose headers a profile may overrule by a place without saying that the layout changed.
func alike(a, b field) bool {
	group := func(f field) int {
		switch f {
		case postingDate, transactionDate:
			return 1
		case chargeAmount, debitAmount, creditAmount, originalAmount:
			return 2
		case merchantName, chargeReference, directionField, statusField, cardholderName, chargeCostCentre:
			return 3
		}
		return 4 + int(f)
	}
	return group(a) == group(b)
}

func (s *sheetReader) movedColumn(i int, f field) error {
	name, header := nameOf(f), s.header.cells[i].text
	return refuse(s.options, "profile", s.header.line,
		fmt.Sprintf("The profile of this sender says that column %s is %s, and its header is %s. The bank may have changed its layout: handrail statement FILE shows the profile to set.", workbook.Column(i+1), name, request.QuoteEN(header)),
		fmt.Sprintf("Le profil de cet expéditeur dit que la colonne %s est %s, mais son en-tête est %s. La banque a peut-être changé sa présentation\u00a0: handrail statement FICHIER montre le profil à inscrire.", workbook.Column(i+1), name, request.QuoteFR(header)))
}

// nameOf is the name of a field in the configuration.
func nameOf(f field) string {
	for name, known := range fieldNames {
		if known == f {
			return name
		}
	}
	return ""
}

// choose takes one of the columns that may be a field, -1 for none: what the configuration names, what is filled, and what the content
// settles. Two that are left would be a guess.
func (s *sheetReader) choose(f field, from []int, own map[string]field) (int, error) {
	if chosen := slices.DeleteFunc(slices.Clone(from), func(i int) bool { return !named(s.header.cells[i].text, own) }); len(chosen) > 0 {
		from = chosen
	}
	if used := slices.DeleteFunc(slices.Clone(from), func(i int) bool { return !s.used(i) }); len(used) > 0 {
		from = used
	}
	switch {
	case len(from) == 0:
		return -1, nil
	case len(from) == 1 || !s.used(from[0]):
		return from[0], nil
	}
	switch f {
	case merchantName:
		return s.chooseMerchant(from), nil
	case chargeReference:
		return from[0], nil // a second reference is carried through
	case directionField, statusField:
		return s.chooseSaying(f, from), nil
	case postingDate, cardNumber:
		from = s.telling(f, from)
	case chargeAmount, debitAmount, creditAmount:
		if from = s.ownCurrency(from); f == chargeAmount {
			if from = s.charged(from); slices.ContainsFunc(from, func(i int) bool { return billedWord(s.header.cells[i].text) }) {
				from = s.telling(f, from)
			}
		}
	}
	for _, other := range from[1:] {
		if !s.same(from[0], other) {
			return 0, s.twoColumns(f, from[0], other)
		}
	}
	return from[0], nil
}

// lesser are words of headers, folded, that say less of a field than others do: a value date beside a posting date, an account's number beside a
// card's, an amount before it was billed.
var lesser = map[field]func(words []string) bool{
	postingDate: func(words []string) bool { return slices.Contains(words, "value") || slices.Contains(words, "valeur") },
	cardNumber: func(words []string) bool {
		return !slices.ContainsFunc(words, func(w string) bool {
			return w == "card" || w == "carte" || w == "pan" || strings.HasPrefix(w, "creditcard")
		})
	},
	chargeAmount: func(words []string) bool {
		return slices.Contains(words, "transaction") || slices.Contains(words, "purchase")
	},
}

// telling leaves out the columns whose headers say less, where another one's says more.
func (s *sheetReader) telling(f field, from []int) []int {
	left := slices.DeleteFunc(slices.Clone(from), func(i int) bool { return lesser[f](request.SupplierWords(s.header.cells[i].text)) })
	if len(left) == 0 {
		return from
	}
	return left
}

func (s *sheetReader) twoColumns(f field, a, b int) error {
	return refuse(s.options, "ambiguous", s.header.line,
		fmt.Sprintf("Columns %s and %s both look like %s: %s or %s. Rename one, or name the right one in the sender's profile: columns = { %s = %s }.",
			workbook.Column(a+1), workbook.Column(b+1), nameOf(f), request.QuoteEN(s.header.cells[a].text), request.QuoteEN(s.header.cells[b].text), nameOf(f), `"`+s.header.cells[a].text+`"`),
		fmt.Sprintf("Les colonnes %s et %s semblent toutes deux être %s\u00a0: %s ou %s. Renommez-en une ou désignez la bonne dans le profil de l’expéditeur\u00a0: columns = { %s = %s }.",
			workbook.Column(a+1), workbook.Column(b+1), nameOf(f), request.QuoteFR(s.header.cells[a].text), request.QuoteFR(s.header.cells[b].text), nameOf(f), `"`+s.header.cells[a].text+`"`))
}

// same reports whether two columns say the same in every row.
func (s *sheetReader) same(a, b int) bool {
	for n := range s.rows {
		if s.rows[n].text(a) != s.rows[n].text(b) {
			return false
		}
	}
	return true
}

// text is what stands in a column, counted from 0; "" behind the row's end.
func (r *record) text(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	return r.cells[column].text
}

// ownCurrency leaves out amounts whose header names another currency than the statement's.
func (s *sheetReader) ownCurrency(from []int) []int {
	code := func(i int) string { return request.FindCurrency(s.header.cells[i].text).Code }
	if !slices.ContainsFunc(from, func(i int) bool { return code(i) == s.options.Currency }) {
		return from
	}
	return slices.DeleteFunc(slices.Clone(from), func(i int) bool { return code(i) != "" && code(i) != s.options.Currency })
}

// billedWord reports the header of an amount that the bank billed, beside which others are what it was before.
func billedWord(header string) bool {
	return slices.ContainsFunc(request.SupplierWords(header), func(w string) bool { return w == "posted" || w == "billed" || w == "billing" || w == "charged" })
}

// taxWords are words of a header, folded, that say whether tax is in its amounts: +1 with it, -1 without.
var taxWords = map[string]int{"gross": 1, "including": 1, "inc": 1, "incl": 1, "brut": 1, "ttc": 1, "incluses": 1, "net": -1, "excluding": -1, "ex": -1, "excl": -1, "ht": -1, "hors": -1}

func taxed(header string) int {
	for _, w := range request.SupplierWords(header) {
		if t := taxWords[w]; t != 0 {
			return t
		}
	}
	return 0
}

// charged takes, of one amount with tax and others without, the one with it: the card was charged that. In a file in which it is ever
// the smaller one they are not what their headers say.
func (s *sheetReader) charged(from []int) []int {
	var gross, net []int
	for _, i := range from {
		switch taxed(s.header.cells[i].text) {
		case 1:
			gross = append(gross, i)
		case -1:
			net = append(net, i)
		}
	}
	if len(gross) != 1 || len(net) != len(from)-1 {
		return from
	}
	for n := range s.rows {
		for _, i := range net {
			with, _, why := parseSum(s.rows[n].at(gross[0]), anyMark)
			without, _, whyNot := parseSum(s.rows[n].at(i), anyMark)
			if why == "" && whyNot == "" && with.Abs().LessThan(without.Abs()) {
				return from
			}
		}
	}
	s.why[gross[0]] = byContent
	return gross
}

func (r *record) at(column int) cellValue {
	if column >= len(r.cells) {
		return cellValue{}
	}
	return r.cells[column]
}

// chooseSaying takes the column whose words say debit or credit, or a status; the first where none does.
func (s *sheetReader) chooseSaying(f field, from []int) int {
	best, most := from[0], 0
	for _, i := range from {
		n := 0
		for row := range s.rows {
			text := s.rows[row].text(i)
			if f == directionField && directionOf(text) != noDirection || f == statusField && s.statusOf(text) != unknownStatus {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// merchantWords are words of headers, folded, that can only mean who was paid; a description may be anything.
var merchantWords = []string{"merchant", "vendor", "supplier", "payee", "beneficiary", "creditor", "marchand", "commercant", "fournisseur", "beneficiaire"}

// chooseMerchant takes the column that tells most about who was paid: one that says more than kinds of purchases, then one whose header
// says so, then the first.
func (s *sheetReader) chooseMerchant(from []int) int {
	distinct := map[int]int{}
	most := 0
	for _, i := range from {
		distinct[i] = s.distinct(i)
		most = max(most, distinct[i])
	}
	rank := func(i int) int {
		n := 0
		if s.generic(i) || distinct[i] <= most/3 {
			n += 2
		}
		if !slices.ContainsFunc(request.SupplierWords(s.header.cells[i].text), func(w string) bool { return slices.Contains(merchantWords, w) }) {
			n++
		}
		return n
	}
	best := slices.MinFunc(from, func(a, b int) int { return rank(a) - rank(b) })
	s.why[best] = byContent
	s.merchants = slices.DeleteFunc(slices.Clone(from), func(i int) bool { return i == best || s.generic(i) })
	return best
}

func (s *sheetReader) distinct(i int) int {
	seen := map[string]bool{}
	for n := range s.rows {
		if text := s.rows[n].text(i); text != "" && len(seen) < 1000 {
			seen[request.Fold(text)] = true
		}
	}
	return len(seen)
}

// genericWords are the words, folded, of columns that say what kind of row it is and not who was paid.
var genericWords = strings.Fields(`general purchase purchases achat achats generaux sale sales vente ventes debit credit charge charges transaction transactions card carte pos
	retail misc miscellaneous divers other autre autres room goods services biens expense expenses depense depenses refund remboursement return retour payment paiement
	fee frais interest interet cash advance avance travel meals supplies office software food shopping`)

// generic reports a column in which every text is made of such words.
func (s *sheetReader) generic(i int) bool {
	any := false
	for n := range s.rows {
		text := s.rows[n].text(i)
		if text == "" || s.footer(&s.rows[n]) {
			continue
		}
		any = true
		for _, w := range request.SupplierWords(text) {
			if !slices.Contains(genericWords, w) {
				return false
			}
		}
	}
	return any
}
