package statement

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// looksOFX knows OFX 1 (SGML), OFX 2 (XML) and QFX by their first bytes.
func looksOFX(head string) bool {
	return strings.Contains(head, "OFXHEADER") || strings.Contains(strings.ToUpper(head), "<OFX>")
}

// ofxCharset finds what an OFX header says of its encoding.
var ofxCharset = regexp.MustCompile(`(?i)\b(?:CHARSET:|encoding=["'])\s*([A-Za-z0-9_-]+)`)

// readOFX reads a download as accounting programs take it: several accounts, cards and banks, in one file.
func readOFX(ctx context.Context, data []byte, o Options) (*Statement, error) {
	text, err := decodedAs(data, ofxCharset, o)
	if err != nil {
		return nil, err
	}
	r := &ofxReader{list: newEntryList(data, o), tokens: ofxTokens{text: text}}
	for n := 0; ; n++ {
		if n%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		tag, ok := r.tokens.next()
		if !ok {
			break
		}
		r.take(tag)
	}
	switch {
	case r.row != nil:
		r.list.refuseRow(r.count, "cut-off", cutOffRow)
	case !r.ended:
		r.list.refuseRow(max(1, r.count), "cut-off", cutOffFile)
	}
	return r.list.finish(text)
}

// cutOffRow and cutOffFile say of a file that its end is missing.
var (
	cutOffRow = request.Text{EN: "The file ends in the middle of this transaction. Export it again.",
		FR: "Le fichier s’arrête au milieu de cette opération. Exportez-le de nouveau."}
	cutOffFile = request.Text{EN: "The file ends before its end mark: transactions after this one may be missing. Those that are there were counted. Export it again.",
		FR: "Le fichier s’arrête avant sa marque de fin\u00a0: des opérations après celle-ci manquent peut-être. Celles qui y sont ont été comptées. Exportez-le de nouveau."}
)

// ofxReader follows the tags: which account the transactions belong to, and what a transaction says.
type ofxReader struct {
	list     *entryList
	tokens   ofxTokens
	currency string // CURDEF
	account  string
	card     bool
	row      map[string]string // of the transaction at hand: "NAME", "PAYEE/NAME"
	pending  bool
	inside   string // the aggregate within the transaction
	count    int
	ended    bool
}

func (r *ofxReader) take(tag ofxTag) {
	switch name := tag.name; {
	case tag.close:
		r.closed(name)
	case name == "STMTTRN" || name == "STMTTRNP":
		r.finishRow() // before it, in SGML that leaves ends out
		r.row, r.pending, r.inside = map[string]string{}, name == "STMTTRNP", ""
		r.count++
	case name == "CCSTMTRS" || name == "STMTRS":
		r.finishRow()
		r.currency, r.account, r.card = "", "", name == "CCSTMTRS"
	case r.row == nil && name == "CURDEF":
		r.currency = strings.ToUpper(tag.value)
	case r.row == nil && name == "ACCTID":
		r.account = tag.value
	case r.row != nil:
		switch name {
		case "PAYEE", "CCACCTTO", "BANKACCTTO", "CURRENCY", "ORIGCURRENCY", "IMAGEDATA":
			r.inside = name
			r.row[name] = "given"
		default:
			key := name
			if r.inside != "" {
				key = r.inside + "/" + name
			}
			if len(r.row) < 100 {
				r.row[key] = tag.value
			}
			if r.inside == "CURRENCY" && r.row["CURRENCY/CURSYM"] != "" && r.row["CURRENCY/CURRATE"] != "" ||
				r.inside == "ORIGCURRENCY" && r.row["ORIGCURRENCY/CURSYM"] != "" && r.row["ORIGCURRENCY/CURRATE"] != "" {
				r.inside = ""
			}
		}
	}
}

func (r *ofxReader) closed(name string) {
	switch name {
	case "STMTTRN", "STMTTRNP":
		r.finishRow()
	case "OFX":
		r.finishRow()
		r.ended = true
	default:
		if name == r.inside {
			r.inside = ""
		}
	}
}

// finishRow makes a charge of the transaction at hand, or says what is wrong with it.
func (r *ofxReader) finishRow() {
	row := r.row
	r.row = nil
	if row == nil {
		return
	}
	c := Charge{Statement: r.list.options.Name, Row: r.count, BankID: CutCards(row["FITID"]), Category: row["SIC"], Account: lastFour(r.account)}
	if r.card {
		c.Card = lastFour(r.account)
	}
	if r.pending || row["TRNTYPE"] == "HOLD" {
		c.Status = Pending
	}
	c.Merchant = plainLine(firstGiven(row["NAME"], row["PAYEE/NAME"], row["EXTDNAME"], row["MEMO"]))
	if memo := plainLine(firstGiven(row["MEMO"], row["EXTDNAME"])); memo != "" && memo != c.Merchant {
		if holdsReference(memo) {
			c.Reference = memo
		} else {
			c.Extra = map[string]string{"MEMO": memo}
		}
	}
	if row["CORRECTFITID"] != "" {
		r.list.refuseRow(r.count, "correction", request.Text{EN: "This transaction corrects or deletes another one (" + CutCards(row["CORRECTFITID"]) + "), which may have been counted. Export the whole period again, as it stands now.",
			FR: "Cette opération en corrige ou en supprime une autre (" + CutCards(row["CORRECTFITID"]) + "), qui a peut-être été comptée. Exportez de nouveau toute la période, dans son état actuel."})
		return
	}
	if r.dates(&c, row) && r.amounts(&c, row) {
		c.Kind = ofxKind(&c, row["TRNTYPE"], r.card)
		r.list.add(c, r.account)
	}
}

func (r *ofxReader) dates(c *Charge, row map[string]string) bool {
	posted := firstGiven(row["DTPOSTED"], row["DTTRAN"])
	if posted == "" {
		r.list.refuseRow(r.count, "missing-date", request.Text{EN: "This transaction has no date (DTPOSTED).", FR: "Cette opération n’a pas de date (DTPOSTED)."})
		return false
	}
	used := firstGiven(row["DTUSER"], row["DTTRAN"], posted)
	var ok bool
	if c.Posted, ok = r.list.day(r.count, posted); !ok {
		return false
	}
	c.Transacted, ok = r.list.day(r.count, used)
	return ok
}

func (r *ofxReader) amounts(c *Charge, row map[string]string) bool {
	amount, ok := r.list.amount(r.count, row["TRNAMT"])
	if !ok {
		return false
	}
	currency := firstGiven(strings.ToUpper(row["CURRENCY/CURSYM"]), r.currency, r.list.options.Currency)
	if !r.signAgrees(row["TRNTYPE"], amount) {
		return false
	}
	if c.Amount, ok = r.list.money(r.count, amount.Neg(), currency); !ok {
		return false
	}
	original := strings.ToUpper(row["ORIGCURRENCY/CURSYM"])
	if original == "" || original == currency {
		return true
	}
	rate, err := decimal.NewFromString(strings.Replace(row["ORIGCURRENCY/CURRATE"], ",", ".", 1))
	places, known := request.MinorDigits(original)
	if err != nil || !rate.IsPositive() || !known || rate.Exponent() < -20 || rate.Exponent() > 12 {
		return true // it was converted by the bank: what it was before is not said
	}
	c.Original = request.Money{Amount: c.Amount.Amount.DivRound(rate, places), Currency: original}
	return true
}

// signAgrees refuses a transaction whose type contradicts its sign: it could be a purchase or money back.
func (r *ofxReader) signAgrees(kind string, amount decimal.Decimal) bool {
	switch strings.ToUpper(kind) {
	case "DEBIT", "POS", "CHECK", "DIRECTDEBIT":
		if !amount.IsPositive() {
			return true
		}
	case "CREDIT", "DEP", "DIRECTDEP":
		if !amount.IsNegative() {
			return true
		}
	default:
		return true
	}
	r.list.refuseRow(r.count, "ambiguous-sign", request.Text{
		EN: "Its type is " + strings.ToUpper(kind) + " and its amount " + amount.String() + ": by the type it is one of purchase and money back, by the sign the other. Ask the bank for an export in which debits are below zero, or send CSV.",
		FR: "Son type est " + strings.ToUpper(kind) + " et son montant " + amount.String() + "\u00a0: le type en fait un achat ou un remboursement, le signe le contraire. Demandez à la banque un export où les débits sont négatifs, ou envoyez un CSV."})
	return false
}

// ofxKind is what a transaction is: by the bank's type where that says it, else by its words.
func ofxKind(c *Charge, kind string, card bool) Kind {
	byWords, back := kindOf(c), c.Amount.Amount.IsNegative()
	switch strings.ToUpper(kind) {
	case "FEE", "SRVCHG":
		return Fee
	case "INT":
		return Interest
	case "CASH", "ATM":
		if !back {
			return Cash
		}
	case "PAYMENT", "XFER":
		if card && back && byWords == Refund {
			return Payment
		}
	}
	return byWords
}

// day reads a day that begins with eight digits, with or without dashes; what follows is the time.
func (l *entryList) day(row int, text string) (request.Date, bool) {
	digits := strings.ReplaceAll(text[:min(len(text), 10)], "-", "")
	if len(digits) >= 8 {
		if t, err := time.Parse("20060102", digits[:8]); err == nil {
			if d, why := plausible(request.DateOf(t)); why == "" {
				return d, true
			}
		}
	}
	l.refuseRow(row, "not-a-date", request.Text{EN: request.QuoteEN(clipped(text)) + " is not a date.", FR: request.QuoteFR(clipped(text)) + " n’est pas une date."})
	return request.Date{}, false
}
