package statement

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// readCamt reads an account statement, report or notification of ISO 20022 (camt.053, .052, .054): several accounts, entries of
// one transaction and of many.
func readCamt(ctx context.Context, data []byte, o Options) (*Statement, error) {
	text, err := decodedAs(data, xmlCharset, o)
	if err != nil {
		return nil, err
	}
	r := &camtReader{list: newEntryList(data, o), walk: newXMLWalk(text)}
	for n := 0; err == nil; n++ {
		if n%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		err = r.next()
	}
	var broken *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
	case errors.As(err, &broken):
		if len(r.list.out.Charges) == 0 {
			return nil, refuse(o, "damaged", 0, "It is no whole XML: something is wrong in its line "+strconv.Itoa(broken.Line)+". It may be cut off: export it again.",
				"Ce n’est pas un XML complet\u00a0: il y a une erreur à sa ligne "+strconv.Itoa(broken.Line)+". Il est peut-être tronqué\u00a0: exportez-le de nouveau.")
		}
		r.list.refuseRow(r.count+1, "cut-off", cutOffRow)
	default:
		return nil, refuse(o, "damaged", 0, "One of its entries has more elements, or more above one another, than any bank writes. Export it again.",
			"Une de ses écritures compte plus d’éléments, ou plus de niveaux, qu’aucune banque n’en écrit. Exportez-le de nouveau.")
	}
	return r.list.finish(text)
}

// camtReader follows the elements: which account the entries belong to.
type camtReader struct {
	list    *entryList
	walk    *xmlWalk
	account string
	count   int // of transactions
}

// next reads up to the end of the next account or entry.
func (r *camtReader) next() error {
	start, err := r.walk.start(func(string) {})
	if err != nil {
		return err
	}
	switch start.Name.Local {
	case "Stmt", "Rpt", "Ntfctn":
		r.account = ""
	case "Acct", "Ntry", "Bal", "GrpHdr":
		tree, err := r.walk.tree(start)
		if err != nil {
			return err
		}
		switch tree.name {
		case "Acct":
			r.account = tree.first("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id")
		case "Ntry":
			r.entry(tree)
		}
	}
	return nil
}

// entry makes charges of an entry: one, or one for each of its transactions where these add up to it.
func (r *camtReader) entry(e *xmlNode) {
	var details []*xmlNode
	for _, d := range e.all("NtryDtls") {
		details = append(details, d.all("TxDtls")...)
	}
	if len(details) < 2 {
		tx := &xmlNode{}
		if len(details) == 1 {
			tx = details[0]
		}
		r.count++
		if amount, currency, ok := r.signed(e.at("Amt"), e.first("CdtDbtInd")); ok {
			r.charge(e, tx, amount, currency, r.bankID(e, tx, 0))
		}
		return
	}
	first := r.count + 1
	whole, currency, ok := r.signed(e.at("Amt"), e.first("CdtDbtInd"))
	if !ok {
		r.count += len(details)
		return
	}
	amounts, sum := make([]decimal.Decimal, len(details)), decimal.Zero
	for i, tx := range details {
		amount := tx.at("Amt")
		if amount == nil {
			amount = tx.at("AmtDtls/TxAmt/Amt")
		}
		n, c, good := decimal.Zero, "", false
		if amount != nil {
			n, c, good = r.signed(amount, firstGiven(tx.first("CdtDbtInd"), e.first("CdtDbtInd")))
		}
		ok = ok && good && c == currency
		amounts[i], sum = n, sum.Add(n)
	}
	if !ok || !sum.Equal(whole) {
		r.list.refuseRow(first, "parts-differ", request.Text{
			EN: "The " + strconv.Itoa(len(details)) + " transactions of this entry do not add up to it (" + whole.String() + " " + currency + "): none of them was counted. Ask the bank for an export with an amount for each.",
			FR: "Les " + strconv.Itoa(len(details)) + " opérations de cette écriture ne totalisent pas son montant (" + whole.String() + " " + currency + ")\u00a0: aucune n’a été comptée. Demandez à la banque un export qui donne le montant de chacune."})
		r.count += len(details)
		return
	}
	for i, tx := range details {
		r.count++
		r.charge(e, tx, amounts[i], currency, r.bankID(e, tx, i+1))
	}
}

// signed is an amount, below zero for money back. The indicator is the entry's own: of a reversal too.
func (r *camtReader) signed(amount *xmlNode, indicator string) (decimal.Decimal, string, bool) {
	row := max(1, r.count)
	if amount == nil {
		amount = &xmlNode{}
	}
	n, ok := r.list.amount(row, amount.text)
	if !ok {
		return n, "", false
	}
	switch {
	case n.IsNegative():
		r.list.refuseRow(row, "ambiguous-sign", request.Text{EN: "Its amount is below zero (" + n.String() + ") beside an indicator of debit or credit: it could be either.",
			FR: "Son montant est négatif (" + n.String() + ") à côté d’un indicateur de débit ou de crédit\u00a0: ce peut être l’un ou l’autre."})
		return n, "", false
	case indicator == "DBIT":
	case indicator == "CRDT":
		n = n.Neg()
	default:
		r.list.refuseRow(row, "no-direction", request.Text{EN: request.QuoteEN(clipped(indicator)) + " says neither debit (DBIT) nor credit (CRDT).",
			FR: request.QuoteFR(clipped(indicator)) + " n’indique ni débit (DBIT) ni crédit (CRDT)."})
		return n, "", false
	}
	return n, firstGiven(amount.currency, r.list.options.Currency), true
}

// shortestEntryRef is how long an entry's reference is at least that is no number within its file.
const shortestEntryRef = 8

// bankID is the bank's own id of a transaction; part counts those of one entry from 1, 0 where it is the only one.
func (r *camtReader) bankID(e, tx *xmlNode, part int) string {
	if id := tx.first("Refs/AcctSvcrRef"); id != "" && (part == 0 || id != e.first("AcctSvcrRef")) {
		return CutCards(id)
	}
	id := e.first("AcctSvcrRef")
	if ref := e.first("NtryRef"); id == "" && len(ref) >= shortestEntryRef {
		id = ref
	}
	if id != "" && part > 0 {
		id += "/" + strconv.Itoa(part)
	}
	return CutCards(id)
}

func (r *camtReader) charge(e, tx *xmlNode, amount decimal.Decimal, currency, id string) {
	c := Charge{Statement: r.list.options.Name, Row: r.count, BankID: id, Account: lastFour(r.account)}
	switch status := firstGiven(e.first("Sts/Cd"), e.first("Sts")); status {
	case "BOOK", "":
	case "PDNG":
		c.Status = Pending
	default: // INFO, FUTR: nothing was moved
		r.list.say(r.count, "not-booked", request.NoteSeverity, request.Text{EN: "This entry has the status " + clipped(status) + ": it is neither booked nor pending, and was not counted.",
			FR: "Cette écriture a le statut " + clipped(status) + "\u00a0: elle n’est ni comptabilisée ni en attente, et n’a pas été comptée."})
		return
	}
	if !r.dates(&c, e, tx) {
		return
	}
	var ok bool
	if c.Amount, ok = r.list.money(r.count, amount, currency); !ok {
		return
	}
	c.Original = r.original(&c, tx, e)
	r.words(&c, e, tx)
	c.Kind = camtKind(&c, e, tx)
	r.list.add(c, r.account)
}

func (r *camtReader) dates(c *Charge, e, tx *xmlNode) bool {
	posted := e.first("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
	used := firstGiven(tx.first("CardTx/Tx/TxDtTm", "RltdDts/TxDtTm", "RltdDts/AccptncDtTm"), e.first("CardTx/Tx/TxDtTm"))
	if posted = firstGiven(posted, used); posted == "" {
		r.list.refuseRow(r.count, "missing-date", request.Text{EN: "This entry has no date (BookgDt).", FR: "Cette écriture n’a pas de date (BookgDt)."})
		return false
	}
	var ok bool
	if c.Posted, ok = r.list.day(r.count, posted); ok {
		c.Transacted, ok = r.list.day(r.count, firstGiven(used, posted))
	}
	return ok
}

// original is the amount before conversion, with the sign of the charge.
func (r *camtReader) original(c *Charge, tx, e *xmlNode) request.Money {
	for _, in := range []*xmlNode{tx.at("AmtDtls/InstdAmt/Amt"), e.at("AmtDtls/InstdAmt/Amt"), tx.at("AmtDtls/TxAmt/Amt"), tx.at("Amt")} {
		if in == nil || in.currency == "" || in.currency == c.Amount.Currency || !plainSum.MatchString(in.text) {
			continue
		}
		n, err := decimal.NewFromString(in.text)
		if places, known := request.MinorDigits(in.currency); err != nil || !known || !n.Equal(n.Round(places)) {
			continue
		}
		if n = n.Abs(); c.Amount.Amount.IsNegative() {
			n = n.Neg()
		}
		return request.Money{Amount: n, Currency: in.currency}
	}
	return request.Money{}
}

// words are the merchant, the card, and what was written with the transaction.
func (r *camtReader) words(c *Charge, e, tx *xmlNode) {
	party, ultimate := "Cdtr", "UltmtCdtr"
	if c.Amount.Amount.IsNegative() != (e.first("RvslInd") == "true") { // a reversal keeps the parties of what it reverses
		party, ultimate = "Dbtr", "UltmtDbtr"
	}
	remittance := plainLine(tx.first("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref"))
	further := plainLine(firstGiven(tx.first("AddtlTxInf"), e.first("AddtlNtryInf")))
	name := tx.first("RltdPties/"+party+"/Nm", "RltdPties/"+party+"/Pty/Nm", "RltdPties/"+ultimate+"/Nm", "RltdPties/"+ultimate+"/Pty/Nm")
	c.Merchant = firstGiven(plainLine(name), further, remittance)
	for _, text := range []string{remittance, further, plainLine(tx.first("Refs/EndToEndId"))} {
		if c.Reference == "" && holdsReference(text) {
			c.Reference = text
		}
	}
	if remittance != "" && remittance != c.Merchant && remittance != c.Reference {
		c.Extra = map[string]string{"RmtInf": remittance}
	}
	c.Card = lastFour(firstGiven(tx.first("CardTx/Card/PlainCardData/PAN"), e.first("CardTx/Card/PlainCardData/PAN"), tx.first("CardTx/Card/MskdPAN"), e.first("CardTx/Card/MskdPAN")))
	c.Category = firstGiven(tx.first("CardTx/POI/MrchntCtgyCd"), tx.first("CardTx/Tx/MrchntCtgyCd"))
	c.Cardholder = plainLine(tx.first("CardTx/Card/PlainCardData/CrdhldrNm"))
}

// camtKind is what a transaction is: by the bank's code where that says it, else by its words.
func camtKind(c *Charge, e, tx *xmlNode) Kind {
	family := firstGiven(tx.first("BkTxCd/Domn/Fmly/SubFmlyCd"), e.first("BkTxCd/Domn/Fmly/SubFmlyCd"))
	switch {
	case e.first("RvslInd") == "true":
		return Reversal
	case family == "CHRG" || family == "FEES" || family == "COMM":
		return Fee
	case family == "INTR":
		return Interest
	case family == "CWDL" && !c.Amount.Amount.IsNegative():
		return Cash
	}
	return kindOf(c)
}
