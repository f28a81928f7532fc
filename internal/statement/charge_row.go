package statement

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// read reads one row into a charge, or says what is wrong with it.
func (s *sheetReader) read(r *record) {
	if empty(r) || s.repeatsHeader(r) {
		return
	}
	if s.footer(r) {
		s.footers = append(s.footers, r)
		s.problem(r, chargeAmount, request.NoteSeverity, "footer", "This row only adds up the others and was not counted as a charge.",
			"Cette ligne ne fait qu’additionner les autres; elle n’a pas été comptée comme un achat.")
		return
	}
	if s.balance(r) {
		s.problem(r, merchantName, request.NoteSeverity, "balance", "This row states a balance and was not counted as a charge.", "Cette ligne indique un solde; elle n’a pas été comptée comme un achat.")
		return
	}
	if s.misshapen(r) {
		return
	}
	before := len(s.out.Problems)
	c := Charge{Statement: s.options.Name, Row: r.line}
	if !s.readStatus(r, &c) {
		return
	}
	s.readDates(r, &c)
	s.readAmounts(r, &c)
	c.Merchant = strings.Join(strings.Fields(CutCards(strings.TrimPrefix(s.cell(r, merchantName).text, "'"))), " ")
	for _, i := range s.merchants { // a bank's own rows have no merchant, and say what they are elsewhere
		if c.Merchant == "" {
			c.Merchant = strings.Join(strings.Fields(CutCards(r.text(i))), " ")
		}
	}
	c.SupplierID = CutCards(s.cell(r, merchantNumber).text)
	c.Category = strings.TrimSpace(s.cell(r, merchantCategory).text)
	c.Card = lastFour(s.cell(r, cardNumber).text)
	c.Cardholder = said(request.Cardholder, CutCards(s.cell(r, cardholderName).text))
	c.CostCentre = said(request.CostCentre, CutCards(s.cell(r, chargeCostCentre).text))
	c.Reference = CutCards(s.cell(r, chargeReference).text)
	for _, p := range s.out.Problems[before:] {
		if p.Severity == request.ReturnSeverity {
			return
		}
	}
	if c.Amount.Amount.IsZero() {
		s.problem(r, chargeAmount, request.NoteSeverity, "zero", "This row has an amount of zero: there is nothing to match.", "Le montant de cette ligne est nul\u00a0: il n’y a rien à rapprocher.")
	}
	if c.Kind = s.kindOf(r, &c); c.Kind == Purchase && paidToCard(&c) {
		s.problem(r, chargeAmount, request.ReturnSeverity, "payment-sign", "This row reads like a payment to the card and has the sign of a purchase. Either the bank writes purchases with a minus, or payments without one: set purchases in the sender's profile, or correct the row.",
			"Cette ligne se lit comme un paiement de la carte, mais porte le signe d’un achat. Soit la banque inscrit les achats avec un moins, soit les paiements sans moins\u00a0: inscrivez purchases dans le profil de l’expéditeur ou corrigez la ligne.")
		return
	}
	c.Card = cmp.Or(c.Card, s.options.profile().Card)
	s.reversedDates(r, &c)
	s.readExtra(r, &c)
	s.out.Charges = append(s.out.Charges, c)
}

// said is what a cell of the bank's says, "" for n/a, a dash and the like. Merchant and reference stay as they are written:
// they tell one charge from another, whatever they say.
func said(f request.Field, s string) string {
	switch request.PlaceholderIn(f, s) {
	case request.MeansNothing, request.MeansLater:
		return ""
	}
	return s
}

// compareTotal holds the file's own total against the rows that were read: where they differ, part of the file is missing.
// Files with several totals, several currencies or rows that were refused cannot be compared so.
func (s *sheetReader) compareTotal() {
	if len(s.footers) != 1 || len(s.out.Charges) == 0 {
		return
	}
	if slices.ContainsFunc(s.out.Problems, func(p request.Problem) bool { return p.Severity == request.ReturnSeverity }) {
		return
	}
	said, _, why := parseSum(s.cell(s.footers[0], chargeAmount), s.point[chargeAmount])
	if why != "" {
		return
	}
	sum := request.Money{Currency: s.out.Charges[0].Amount.Currency}
	for i := range s.out.Charges {
		if s.out.Charges[i].Amount.Currency != sum.Currency {
			return
		}
		sum.Amount = sum.Amount.Add(s.out.Charges[i].Amount.Amount)
	}
	if !sum.Amount.Abs().Equal(said.Abs()) {
		total := request.Money{Amount: said, Currency: sum.Currency}
		s.problem(s.footers[0], chargeAmount, request.ReturnSeverity, "total-differs",
			"The rows add up to "+sum.In(request.English)+", and this total says "+total.In(request.English)+". Rows may be missing; those that are there were counted.",
			"Les lignes totalisent "+sum.In(request.French)+", mais ce total indique "+total.In(request.French)+". Il manque peut-être des lignes; celles qui y sont ont été comptées.")
	}
}

// misshapen refuses a row of a text that has a cell too many, for then an amount or a name was taken apart at a separator
// inside it; and the last row of a text without an end, where it is shorter than the others.
func (s *sheetReader) misshapen(r *record) bool {
	if !s.form.separated {
		return false
	}
	for i := len(s.header.cells); i < len(r.cells); i++ {
		if r.cells[i].text != "" {
			s.refuseCell(r, i+1, "too-many-cells", "This row has more cells than the header. An amount or a name with a separator in it must stand in quotes.",
				"Cette ligne a plus de cellules que l’en-tête. Un montant ou un nom qui contient un séparateur doit être entre guillemets.")
			return true
		}
	}
	if !s.form.unfinished || r != &s.rows[len(s.rows)-1] {
		return false
	}
	before := &s.header
	if len(s.rows) > 1 {
		before = &s.rows[len(s.rows)-2]
	}
	last := len(r.cells) - 1
	text := r.cells[last].text
	isAmount := s.at[chargeAmount] == last+1 || s.at[debitAmount] == last+1 || s.at[creditAmount] == last+1
	shorter := len(r.cells) < len(before.cells) || isAmount && (strings.TrimRight(text, ".,") != text || decimals(text) < decimals(before.cells[last].text) || digitsIn(text) > 1 && decimals(text) == 0 && s.centsThroughout())
	if shorter {
		s.refuseCell(r, last+1, "cut-off", "The file ends in the middle of this row. Export it again.", "Le fichier s’arrête au milieu de cette ligne. Exportez-le de nouveau.")
	}
	return shorter
}

// centsThroughout reports that every amount but the last row's is written with decimals, zero aside.
func (s *sheetReader) centsThroughout() bool {
	some := false
	for i := range s.rows[:len(s.rows)-1] {
		for _, f := range []field{chargeAmount, debitAmount, creditAmount} {
			switch text := s.cell(&s.rows[i], f).text; {
			case strings.Trim(text, "0-+ ") == "":
			case decimals(text) == 0:
				return false
			default:
				some = true
			}
		}
	}
	return some
}

// decimals is how many digits stand at the end of an amount behind a point or a comma.
func decimals(s string) int {
	i := strings.LastIndexAny(s, ".,")
	if i < 0 {
		return 0
	}
	return digitsIn(s[i+1:])
}

func empty(r *record) bool {
	for _, c := range r.cells {
		if c.text != "" {
			return false
		}
	}
	return true
}

// repeatsHeader recognises the header of the next page in reports made for printing.
func (s *sheetReader) repeatsHeader(r *record) bool {
	if len(r.cells) != len(s.header.cells) {
		return false
	}
	for i, c := range r.cells {
		if request.Fold(c.text) != request.Fold(s.header.cells[i].text) {
			return false
		}
	}
	return true
}

// footer recognises a row of totals: no date, and the word in its first filled cell.
func (s *sheetReader) footer(r *record) bool {
	if s.cell(r, postingDate).text != "" && s.at[postingDate] != firstFilled(r) || s.cell(r, transactionDate).text != "" && s.at[transactionDate] != firstFilled(r) {
		return false
	}
	if i := firstFilled(r); i > 0 {
		switch word := request.Fold(r.cells[i-1].text); {
		case strings.HasPrefix(word, "total"), strings.HasPrefix(word, "grandtotal"), strings.HasPrefix(word, "soustotal"), strings.HasPrefix(word, "subtotal"),
			strings.HasPrefix(word, "montanttotal"), strings.HasPrefix(word, "endofreport"), strings.HasPrefix(word, "findurapport"),
			strings.HasPrefix(word, "finderapport"):
			return s.cell(r, merchantName).text == "" || s.at[merchantName] == i
		}
	}
	return false
}

func firstFilled(r *record) int {
	for i, c := range r.cells {
		if c.text != "" {
			return i + 1
		}
	}
	return 0
}

func (s *sheetReader) readDates(r *record, c *Charge) {
	read := func(f field) request.Date {
		v := s.cell(r, f)
		if !v.date.IsZero() || v.text == "" {
			return v.date
		}
		if v.exact && !v.serial.IsZero() {
			return v.serial
		}
		d, err := parseDay(v.text, s.dates)
		if err != "" {
			switch err {
			case twoWays:
				s.problem(r, f, request.ReturnSeverity, "ambiguous-date", request.QuoteEN(v.text)+" could be read as two different days. Export the dates as year-month-day.",
					request.QuoteFR(v.text)+" peut désigner deux jours différents. Exportez les dates sous la forme année-mois-jour.")
			default:
				s.problem(r, f, request.ReturnSeverity, "not-a-date", request.QuoteEN(v.text)+" is not a date.", request.QuoteFR(v.text)+" n’est pas une date.")
			}
		}
		return d
	}
	c.Posted, c.Transacted = read(postingDate), read(transactionDate)
	faulty := s.cell(r, postingDate).text != "" && c.Posted.IsZero() || s.cell(r, transactionDate).text != "" && c.Transacted.IsZero()
	switch {
	case faulty:
	case c.Posted.IsZero() && c.Transacted.IsZero():
		f := transactionDate
		if s.at[f] == 0 {
			f = postingDate
		}
		s.problem(r, f, request.ReturnSeverity, "missing-date", "This row has no date.", "Cette ligne n’a pas de date.")
	case c.Posted.IsZero():
		c.Posted = c.Transacted
	case c.Transacted.IsZero():
		c.Transacted = c.Posted
	}
}

func (s *sheetReader) readAmounts(r *record, c *Charge) {
	code := s.currencyOf(r, chargeCurrency, s.options.Currency)
	read := func(f field) (decimal.Decimal, bool) {
		v := s.cell(r, f)
		if v.text == "" {
			return decimal.Zero, false
		}
		if !s.asShown(r, f, v, &code) {
			return decimal.Zero, false
		}
		n, written, why := parseSum(v, s.point[f])
		if why != "" {
			s.amountProblem(r, f, v.text, why)
			return decimal.Zero, false
		}
		if written != "" {
			code = written
		}
		if s.cents {
			places, _ := request.MinorDigits(code)
			n = n.Shift(-places)
		}
		return n, true
	}
	amount, given := read(chargeAmount)
	if s.negative {
		amount = amount.Neg()
	}
	if given {
		if amount, given = s.signed(r, amount); !given {
			return
		}
	}
	if !given {
		debit, isDebit := read(debitAmount)
		credit, isCredit := read(creditAmount)
		if s.minusDebits {
			debit = debit.Abs()
		}
		if isDebit && isCredit && !debit.IsZero() && !credit.IsZero() {
			s.problem(r, creditAmount, request.ReturnSeverity, "debit-and-credit", "This row has a debit and a credit: nobody can say which of the two was charged.",
				"Cette ligne a un débit et un crédit\u00a0: nul ne peut dire lequel a été porté au compte.")
			return
		}
		if given = isDebit || isCredit; given {
			// Some banks write credits with a minus in their own column, some without: both are money back.
			amount = debit.Sub(credit.Abs())
		}
	}
	if !given {
		if s.cell(r, chargeAmount).text == "" && s.cell(r, debitAmount).text == "" && s.cell(r, creditAmount).text == "" {
			s.problem(r, chargeAmount, request.ReturnSeverity, "missing-amount", "This row has no amount. If it is the last one, the file may be cut off.",
				"Cette ligne n’a pas de montant. Si c’est la dernière, le fichier est peut-être tronqué.")
		}
		return
	}
	if code == "" {
		s.problem(r, chargeCurrency, request.ReturnSeverity, "missing-currency", "Neither this row nor the configuration says which currency the amount is in.",
			"Ni cette ligne ni la configuration n’indiquent la devise du montant.")
		return
	}
	places, _ := request.MinorDigits(code)
	if !amount.Equal(amount.Round(places)) {
		if v := s.cell(r, chargeAmount); !v.exact {
			s.amountProblem(r, chargeAmount, v.text, fractionOfCent)
			return
		}
		amount = amount.Round(places)
	}
	c.Amount = request.Money{Amount: amount, Currency: code}
	if v := s.cell(r, originalAmount); v.text != "" {
		original, written, why := parseSum(v, s.point[originalAmount])
		if why != "" {
			s.amountProblem(r, originalAmount, v.text, why)
			return
		}
		c.Original = request.Money{Amount: original, Currency: s.currencyOf(r, originalCurrency, cmp.Or(written, code))}
	}
}

func (s *sheetReader) amountProblem(r *record, f field, text string, why misreading) {
	switch why {
	case twoWays:
		s.problem(r, f, request.ReturnSeverity, "ambiguous-amount", request.QuoteEN(text)+" could be read as two different amounts.", request.QuoteFR(text)+" peut désigner deux montants différents.")
	case fractionOfCent:
		s.problem(r, f, request.ReturnSeverity, "fraction-of-cent", request.QuoteEN(text)+" has fractions of a cent.", request.QuoteFR(text)+" comporte des fractions de cent.")
	default:
		s.problem(r, f, request.ReturnSeverity, "not-a-number", request.QuoteEN(text)+" is not an amount.", request.QuoteFR(text)+" n’est pas un montant.")
	}
}

func (s *sheetReader) currencyOf(r *record, f field, usual string) string {
	v := strings.ToUpper(strings.TrimSpace(s.cell(r, f).text))
	switch v {
	case "":
		return usual
	case "$", "CA$", "C$", "CDN", "CAN":
		return "CAD"
	case "US$":
		return "USD"
	}
	if _, ok := request.MinorDigits(v); !ok || len(v) != 3 {
		s.problem(r, f, request.ReturnSeverity, "not-a-currency", request.QuoteEN(v)+" is not a currency.", request.QuoteFR(v)+" n’est pas une devise.")
		return ""
	}
	return v
}

func (s *sheetReader) readExtra(r *record, c *Charge) {
	for _, i := range s.extra {
		if i >= len(r.cells) {
			return
		}
		if r.cells[i].text == "" || i >= len(s.header.cells) || s.header.cells[i].text == "" {
			continue
		}
		if c.Extra == nil {
			c.Extra = map[string]string{}
		}
		c.Extra[s.header.cells[i].text] = CutCards(r.cells[i].text)
	}
}

// FingerprintLength is the length of a fingerprint in hexadecimal digits.
const FingerprintLength = 32

// identify numbers rows that are the same within the file and gives every charge its fingerprint: last four, dates,
// amount, currency, merchant, reference, occurrence. Of two overlapping files the larger number of equal rows thus
// holds, not the sum.
func identify(charges []Charge) {
	seen := map[[sha256.Size]byte]int{}
	for i := range charges {
		c := &charges[i]
		base := c.identity()
		seen[base]++
		c.Occurrence = seen[base]
		c.Fingerprint = fingerprint(base, c.Occurrence)
	}
}

func (c *Charge) identity() [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join([]string{
		c.Card, c.Posted.String(), c.Transacted.String(), c.Amount.Plain(), c.Amount.Currency, request.Fold(c.Merchant), request.Fold(c.Reference),
	}, "\x1f")))
}

func fingerprint(base [sha256.Size]byte, occurrence int) string {
	whole := sha256.Sum256(append(base[:], strconv.Itoa(occurrence)...))
	return hex.EncodeToString(whole[:FingerprintLength/2])
}
