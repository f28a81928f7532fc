package history

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// footer is a row that adds up the others.
type footer struct {
	where string
	sum   decimal.Decimal
	known bool
}

// sumsSoFar is what the rows of the table come to, those that count.
type sumsSoFar struct {
	all decimal.Decimal
	n   int
}

// counts are what the notes say.
type counts struct {
	amendments, netOnly, otherDay, rounded, redacted, choices, mojibake int
}

// The reasons for which rows are left out. The first are no purchases; the others may be.
var (
	isFooter    = request.Text{EN: "they add up the others", FR: "elles additionnent les autres"}
	isHeader    = request.Text{EN: "they repeat the header", FR: "elles répètent l’en-tête"}
	isBalance   = request.Text{EN: "they state a balance, or a payment of the card", FR: "elles indiquent un solde ou un paiement de la carte"}
	isNote      = request.Text{EN: "they have neither a day nor an amount", FR: "elles n’ont ni jour ni montant"}
	isOffer     = request.Text{EN: "they are standing offers or supply arrangements, which commit no money", FR: "ce sont des offres à commandes ou des arrangements en matière d’approvisionnement, qui n’engagent aucune somme"}
	noDay       = request.Text{EN: "they have no day", FR: "elles n’ont pas de jour"}
	wrongDay    = request.Text{EN: "their day cannot be read", FR: "leur jour ne peut être lu"}
	noAmount    = request.Text{EN: "they have no amount", FR: "elles n’ont pas de montant"}
	wrongAmount = request.Text{EN: "their amount cannot be read", FR: "leur montant ne peut être lu"}
	shownAmount = request.Text{EN: "their amount shows something else than it holds (a percentage, thousands, nothing)", FR: "leur montant affiche autre chose que ce qu’il contient (un pourcentage, des milliers, rien)"}
	wrongMoney  = request.Text{EN: "their currency cannot be read", FR: "leur devise ne peut être lue"}
	wrongSide   = request.Text{EN: "they say neither debit nor credit", FR: "elles n’indiquent ni débit ni crédit"}
	tooWide     = request.Text{EN: "they have more cells than the header: an amount or a name with a separator in it must stand in quotes", FR: "elles ont plus de cellules que l’en-tête\u00a0: un montant ou un nom contenant un séparateur doit être entre guillemets"}
	cutOff      = request.Text{EN: "the file ends in the middle of it", FR: "le fichier s’arrête au milieu"}
)

// leave notes a row that is not judged.
func (r *reader) leave(sheet int, row *statement.CellRow, why request.Text, fault bool) {
	i, ok := r.reasons[why.EN]
	if !ok {
		i = len(r.h.LeftOut)
		r.reasons[why.EN] = i
		r.h.LeftOut = append(r.h.LeftOut, LeftOut{Why: why, fault: fault})
	}
	l := &r.h.LeftOut[i]
	l.Count++
	if len(l.Rows) < rowsNamed {
		l.Rows = append(l.Rows, r.h.where(r.h.sheets[sheet], row.Line))
	}
}

// read reads all rows of the table.
func (r *reader) read(ctx context.Context) error {
	r.usedColumns()
	for p := range r.parts {
		t := &r.parts[p]
		header := make([]string, len(t.header))
		for i, h := range t.header {
			header[i] = request.Fold(h)
		}
		for i, row := range t.rows {
			if i%rowsBetween == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if blank(row) {
				continue
			}
			r.h.Rows++
			last := p == len(r.parts)-1 && i == len(t.rows)-1
			if r.repeats(row, header) {
				r.leave(t.sheet, row, isHeader, false)
				continue
			}
			r.row(t, row, last)
		}
		t.rows = nil
	}
	return nil
}

func (r *reader) repeats(row *statement.CellRow, header []string) bool {
	if len(header) == 0 {
		return false
	}
	for i, h := range header {
		if c := row.At(i); request.Fold(c.Text()) != h {
			return false
		}
	}
	return true
}

func (r *reader) cell(row *statement.CellRow, t target) statement.Cell { return row.At(r.at[t] - 1) }

// row reads one row.
func (r *reader) row(t *table, row *statement.CellRow, last bool) {
	day, dayGiven, dayRead := r.day(row)
	amount, code, state := r.amount(row)
	name := r.cell(row, supplier).Text()
	if r.isFooter(row, dayGiven, name, amount, state) {
		f := footer{where: r.h.where(r.h.sheets[t.sheet], row.Line), sum: amount, known: state == amountRead}
		r.footers = append(r.footers, f)
		r.leave(t.sheet, row, isFooter, false)
		return
	}
	kind := request.Fold(r.cell(row, record).Text())
	switch {
	case statement.IsBalance(name), state == amountRead && amount.IsNegative() && isCardPayment(name):
		r.leave(t.sheet, row, isBalance, false)
		return
	case kind == "sosa" || contains(kind, "standingoffer", "offreacommandes", "supplyarrangement"):
		r.leave(t.sheet, row, isOffer, false)
		return
	case !dayGiven && state == amountEmpty:
		r.leave(t.sheet, row, isNote, false)
		return
	case r.cells.Text && t.line > 0 && r.overflows(row, len(t.header)):
		r.leave(t.sheet, row, tooWide, true)
		return
	case last && r.cells.Unfinished && len(t.rows) > 1 && len(row.Cells) < len(t.rows[len(t.rows)-2].Cells):
		r.leave(t.sheet, row, cutOff, true)
		return
	case !dayGiven:
		r.leave(t.sheet, row, noDay, true)
		return
	case !dayRead:
		r.leave(t.sheet, row, wrongDay, true)
		return
	}
	switch state {
	case amountEmpty:
		r.leave(t.sheet, row, noAmount, true)
		return
	case amountShown:
		r.leave(t.sheet, row, shownAmount, true)
		return
	case amountSide:
		r.leave(t.sheet, row, wrongSide, true)
		return
	case amountWrong:
		r.leave(t.sheet, row, wrongAmount, true)
		return
	case amountRead:
	}
	x := rowOf(t.sheet, row.Line)
	x.day, x.total, x.code = day, amount, code
	if c := r.cell(row, currency); !c.Blank() {
		said, _, err := request.ReadCurrency(c.Text())
		if err != nil {
			r.leave(t.sheet, row, wrongMoney, true)
			return
		}
		if code != "" && code != said {
			r.leave(t.sheet, row, wrongMoney, true)
			return
		}
		x.code = said
	}
	r.netAndTax(row, &x)
	digits, _ := request.MinorDigits(r.currencyOf(&x))
	for _, n := range []*decimal.Decimal{&x.total, &x.net, &x.tax} {
		if rounded := n.Round(digits); !rounded.Equal(*n) {
			if n.Sub(rounded).Abs().GreaterThan(decimal.New(1, -4)) {
				r.counts.rounded++
			}
			*n = rounded
		}
	}
	x.refund = x.total.IsNegative()
	r.texts(row, &x)
	r.sums.all, r.sums.n = r.sums.all.Add(amount), r.sums.n+1
	r.h.rows = append(r.h.rows, x)
}

func rowOf(sheet, line int) row { return row{sheet: int32(sheet), number: int32(line)} } //nolint:gosec // a sheet has a million rows

func (r *reader) currencyOf(x *row) string {
	if x.code != "" {
		return x.code
	}
	return r.o.Currency
}

func (r *reader) overflows(row *statement.CellRow, width int) bool {
	for i := width; i < len(row.Cells); i++ {
		if !row.Cells[i].Blank() {
			return true
		}
	}
	return false
}

// day is the day of the first column of days that says one.
func (r *reader) day(row *statement.CellRow) (d request.Date, given, read bool) {
	for i, x := range r.dates {
		c := row.At(x.column)
		if c.Blank() {
			continue
		}
		if x.serial {
			d = c.SerialDay()
			read = !d.IsZero()
		}
		if !read {
			d, _, read = c.Day(x.order)
		}
		if i > 0 && read {
			r.counts.otherDay++
		}
		return d, true, read
	}
	return d, false, false
}

// amountState says how the amount of a row was read.
type amountState uint8

const (
	amountEmpty amountState = iota
	amountRead
	amountWrong
	amountShown
	amountSide
)

// sum reads a cell of a column of amounts.
func (r *reader) sum(row *statement.CellRow, t target) (n decimal.Decimal, code string, state amountState) {
	column := r.at[t] - 1
	c := row.At(column)
	if column < 0 || c.Blank() {
		return n, "", amountEmpty
	}
	if text := strings.TrimSpace(c.Text()); text == "-" || text == "–" || text == "—" {
		return n, "", amountEmpty
	}
	n, code, instead, _, ok := c.Sum(r.marks[column])
	switch {
	case instead != "":
		return n, "", amountShown
	case !ok:
		return n, "", amountWrong
	}
	if code == "" {
		code = r.codes[column]
	}
	return n, code, amountRead
}

// amount is what the purchase comes to.
func (r *reader) amount(row *statement.CellRow) (n decimal.Decimal, code string, state amountState) {
	if kind := request.Fold(r.cell(row, record).Text()); r.at[added] > 0 && (kind == "a" || contains(kind, "amend", "modif")) {
		// Of an amendment the contract's value says what it comes to with all that came before.
		if n, code, state = r.sum(row, added); state != amountEmpty {
			if state == amountRead {
				r.counts.amendments++
			}
			return n, code, state
		}
	}
	n, code, state = r.sum(row, total)
	if state == amountEmpty {
		out, outCode, outState := r.sum(row, debit)
		in, inCode, inState := r.sum(row, credit)
		switch {
		case outState > amountRead:
			return out, "", outState
		case inState > amountRead:
			return in, "", inState
		case outState == amountRead || inState == amountRead:
			if outState == amountRead {
				code = outCode
			} else {
				code = inCode
			}
			return out.Abs().Sub(in.Abs()), code, amountRead
		}
		before, beforeCode, beforeState := r.sum(row, net)
		if beforeState != amountRead {
			return before, "", beforeState
		}
		n, code, state = before, beforeCode, beforeState
		taxes, _, taxState := r.sum(row, tax)
		switch taxState {
		case amountRead:
			n = n.Add(taxes)
		case amountEmpty:
			r.counts.netOnly++
		default:
			return n, "", taxState
		}
	}
	if state != amountRead {
		return n, code, state
	}
	if r.minus {
		n = n.Neg()
	}
	if r.at[direction] > 0 {
		switch statement.CreditRow(r.cell(row, direction).Text()) {
		case 1:
			n = n.Abs()
		case -1:
			n = n.Abs().Neg()
		default:
			return n, code, amountSide
		}
	}
	return n, code, state
}

// netAndTax takes net and tax where columns say them.
func (r *reader) netAndTax(row *statement.CellRow, x *row) {
	x.cells[0] = column16(r.at[total])
	if r.at[net] > 0 {
		if n, _, state := r.sum(row, net); state == amountRead {
			x.net, x.hasNet, x.cells[1] = r.signed(n), true, column16(r.at[net])
		}
	}
	if r.at[tax] > 0 {
		if n, _, state := r.sum(row, tax); state == amountRead {
			x.tax, x.hasTax, x.cells[2] = r.signed(n), true, column16(r.at[tax])
		}
	}
}

func (r *reader) signed(n decimal.Decimal) decimal.Decimal {
	if r.minus {
		return n.Neg()
	}
	return n
}

func column16(c int) int16 { return int16(min(c, 500)) } //nolint:gosec // a table has 500 columns at most

// footerWords begin the first text of a row that adds up others, folded.
var footerWords = []string{"total", "grandtotal", "soustotal", "subtotal", "montanttotal", "endofreport", "findurapport", "finderapport", "sumof", "overalltotal", "totalgeneral"}

// isFooter recognises a row that adds up the others: no day, and a word that says so, or no name and the very sum of the rows so far.
func (r *reader) isFooter(row *statement.CellRow, dayGiven bool, name string, amount decimal.Decimal, state amountState) bool {
	first := ""
	at := -1
	for i := range row.Cells {
		if !row.Cells[i].Blank() {
			first, at = request.Fold(row.Cells[i].Text()), i
			break
		}
	}
	_, _, dayRead := r.day(row)
	if r.at[date] > 0 && row.At(r.at[date]-1).Blank() {
		dayRead = false
	}
	if dayRead {
		return false
	}
	for _, w := range footerWords {
		if strings.HasPrefix(first, w) && (name == "" || at == r.at[supplier]-1 || at == r.at[date]-1) {
			return true
		}
	}
	return !dayGiven && name == "" && state == amountRead && r.sums.n > 1 && amount.Equal(r.sums.all)
}

// cardPayments are what banks write where a card's balance was paid, folded.
var cardPayments = []string{"paymentthankyou", "paymentreceived", "paymentreceivedthankyou", "paiementmerci", "paiementrecu", "automaticpayment", "autopayment", "paiementautomatique", "preauthorizedpayment",
	"paymentthankyoupaiementmerci", "directdebitpayment", "merci", "thankyou", "onlinepayment", "paiementenligne"}

func isCardPayment(name string) bool { return slices.Contains(cardPayments, request.Fold(name)) }

// withheld are what publishers write in the place of a name: they are nobody, and not all the same.
var withheld = []string{"redacted", "redactedpersonaldata", "personaldata", "redactedpersonalinformation", "namewithheld", "withheld", "caviarde", "confidential", "confidentiel", "individual", "privateindividual",
	"nomcaviarde", "redactedcommercialconfidentiality", "redactedcommercial", "commercialinconfidence", "redacteddata", "personalinformation", "renseignementspersonnels", "nondisclosed", "notdisclosed", "anonymous"}

// texts takes what the row says otherwise.
func (r *reader) texts(row *statement.CellRow, x *row) {
	x.texts = make([]string, len(r.h.used))
	for n := range r.h.used {
		c := &r.h.used[n]
		cell := row.At(c.at)
		if cell.Blank() || cell.Broken() {
			continue
		}
		text := strings.Join(strings.Fields(statement.CutCards(cell.Text())), " ")
		if strings.Contains(text, "Ã©") || strings.Contains(text, "Ã¨") || strings.Contains(text, "\ufffd") {
			r.counts.mojibake++
		}
		f, isField := request.FieldByName(string(c.target))
		switch {
		case c.target == supplier && slices.Contains(withheld, request.Fold(text)):
			r.counts.redacted++
			continue
		case isField:
			if p := request.PlaceholderIn(f, text); p == request.MeansNothing || p == request.MeansLater {
				continue
			}
		}
		if isField {
			switch f.Info().Kind {
			case request.NumberKind, request.MoneyKind:
				m, _, state := r.sum(row, c.target)
				if state != amountRead {
					continue
				}
				text = m.String()
			case request.DateKind:
				d, _, ok := cell.Day(r.order())
				if !ok {
					continue
				}
				text = d.String()
			case request.ChoiceKind:
				if _, ok := choice(f, text); !ok {
					r.counts.choices++
					continue
				}
			}
		}
		x.texts[n] = text
	}
}

func (r *reader) order() statement.DayOrder {
	if len(r.dates) > 0 {
		return r.dates[0].order
	}
	return statement.AnyOrder
}

// finish puts the purchases in the order of their days, says what must be known, and refuses a file of which too little was read.
func (r *reader) finish() error {
	h := r.h
	slices.SortStableFunc(h.rows, func(a, b row) int { return a.day.Compare(b.day) })
	faults, example := 0, request.Text{}
	for i := range h.LeftOut {
		if l := &h.LeftOut[i]; l.fault {
			faults += l.Count
			if example.IsZero() {
				example = request.Text{EN: "row " + l.Rows[0] + ": " + l.Why.EN, FR: "ligne " + l.Rows[0] + "\u00a0: " + l.Why.FR}
			}
		}
	}
	switch {
	case faults > len(h.rows):
		return r.o.refuse("unread", fmt.Sprintf("%d of its %d rows cannot be read, which is too many to go on (%s).", faults, h.Rows, example.EN),
			fmt.Sprintf("%d de ses %d lignes ne peuvent être lues, ce qui est trop pour continuer (%s).", faults, h.Rows, example.FR), "")
	case len(h.rows) == 0:
		return r.o.refuse("empty", "There is no purchase under its header.", "Il n’y a aucun achat sous l’en-tête.", "")
	}
	h.OneAmount = r.at[net] == 0 && r.at[tax] == 0 && !r.saysTax()
	r.say()
	kept := h.used[:0:0]
	keep := make([]bool, len(h.used))
	for i := range h.rows {
		for n, text := range h.rows[i].texts {
			keep[n] = keep[n] || text != ""
		}
	}
	for n := range h.used {
		if keep[n] {
			kept = append(kept, h.used[n])
		}
	}
	for i := range h.rows {
		texts := make([]string, 0, len(kept))
		for n, text := range h.rows[i].texts {
			if keep[n] {
				texts = append(texts, text)
			}
		}
		h.rows[i].texts = texts
	}
	h.used = kept
	return nil
}

// saysTax reports whether the header of the amount says that tax is in it.
func (r *reader) saysTax() bool {
	if r.at[total] == 0 {
		return false
	}
	_, says := taxed(r.h.Columns[r.at[total]-1].Header)
	return says
}

// say writes the notes.
func (r *reader) say() {
	note := func(n int, en, fr string) {
		if n > 0 {
			r.h.Notes = append(r.h.Notes, request.Text{EN: fmt.Sprintf(en, n), FR: fmt.Sprintf(fr, n)})
		}
	}
	note(r.counts.amendments, "%d rows are amendments: each counts with what it adds, on its own day.", "%d lignes sont des modifications\u00a0: chacune compte pour ce qu’elle ajoute, à sa date.")
	note(r.counts.netOnly, "On %d rows the amount is without tax, as the header says: limits that include tax are reached later than here.",
		"Sur %d lignes, le montant est sans les taxes, selon l’en-tête\u00a0: les limites taxes comprises sont atteintes plus tard qu’ici.")
	note(r.counts.otherDay, "On %d rows the first column of dates is empty and another one was taken.", "Sur %d lignes, la première colonne de dates est vide; une autre a été prise.")
	note(r.counts.rounded, "%d amounts have fractions of a cent and were rounded.", "%d montants comportent des fractions de cent et ont été arrondis.")
	note(r.counts.redacted, "On %d rows the supplier’s name is withheld: it is not known, and not one supplier.", "Sur %d lignes, le nom du fournisseur est caviardé\u00a0: il est inconnu, et ce n’est pas un seul fournisseur.")
	note(r.counts.choices, "%d cells with a choice say something that the form does not know; they were left empty.", "%d cellules à choix indiquent une réponse que le formulaire ne connaît pas; elles ont été laissées vides.")
	note(r.counts.mojibake, "In %d cells accents are damaged (the file was saved in another encoding than it says).", "Dans %d cellules, les accents sont endommagés (le fichier a été enregistré dans un autre codage).")
	if r.h.OneAmount {
		r.h.Notes = append(r.h.Notes, request.Text{
			EN: "The file has one amount a row and says nothing of tax: it stands for the price with and without tax. Where you know which it is, say so: --map \"HEADER=net\".",
			FR: "Le fichier a un montant par ligne et ne dit rien des taxes\u00a0: ce montant tient lieu du prix avec et sans taxes. Si vous savez lequel c’est, indiquez-le\u00a0: --map \"EN-TÊTE=net\"."})
	}
	faults := slices.ContainsFunc(r.h.LeftOut, func(l LeftOut) bool { return l.fault })
	if len(r.footers) == 1 && r.footers[0].known && !faults {
		if f := r.footers[0]; !f.sum.Abs().Equal(r.sums.all.Abs()) {
			said, sum := request.Money{Amount: f.sum, Currency: r.o.Currency}, request.Money{Amount: r.sums.all, Currency: r.o.Currency}
			r.h.Notes = append(r.h.Notes, request.Text{
				EN: fmt.Sprintf("The total in row %s says %s, and the rows come to %s: rows may be missing in the file.", f.where, said.In(request.English), sum.In(request.English)),
				FR: fmt.Sprintf("Le total de la ligne %s indique %s, et les lignes totalisent %s\u00a0: il manque peut-être des lignes au fichier.", f.where, said.In(request.French), sum.In(request.French))})
		}
	}
}
