package statement

import (
	"context"
	"html"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// ofxReader reads OFX: version 1 is SGML in which only aggregates are closed, version 2 is XML. Both are read as a row of tags
// with their values, which is all that either says.
type ofxReader struct {
	*entries
	currency, account string
	place             int
	in                map[string]bool   // aggregates that are open
	said              map[string]string // values of the transaction that is open
	open              bool
}

// ofxAccounts are tags whose values are numbers of accounts and cards.
var ofxAccounts = regexp.MustCompile(`(?i)(<(?:ACCTID|ACCTKEY)>\s*)([^<\r\n]+)`)

func readOFX(ctx context.Context, text string, o Options) (*Statement, error) {
	if !strings.Contains(strings.ToUpper(text[max(0, len(text)-512):]), "</OFX>") {
		return nil, refuse(o, "damaged", 0, "It is an OFX file without its end: it was cut off. Export it again.",
			"C’est un fichier OFX sans sa fin\u00a0: il est tronqué. Exportez-le de nouveau.")
	}
	whole := text
	r := &ofxReader{entries: newEntries(o), currency: o.Currency, in: map[string]bool{}}
	for n := 0; ; n++ {
		if n%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		tag, value, rest, found := nextTag(text)
		if !found {
			break
		}
		text = rest
		r.take(tag, value)
	}
	r.end()
	if r.place == 0 {
		return nil, refuse(o, "empty", 0, "It is an OFX file without a transaction.", "C’est un fichier OFX sans opération.")
	}
	return r.finished(ofxAccounts.ReplaceAllStringFunc(CutCards(whole), func(s string) string {
		m := ofxAccounts.FindStringSubmatch(s)
		return m[1] + "••••" + lastFour(m[2])
	})), nil
}

// nextTag is the next tag in capitals, with a "/" where it closes, and the value behind it.
func nextTag(text string) (tag, value, rest string, found bool) {
	_, text, found = strings.Cut(text, "<")
	if !found {
		return "", "", "", false
	}
	tag, text, found = strings.Cut(text, ">")
	if !found {
		return "", "", "", false
	}
	end := strings.IndexByte(text, '<')
	if end < 0 {
		end = len(text)
	}
	return strings.ToUpper(strings.TrimSpace(tag)), request.Clean(html.UnescapeString(strings.TrimSpace(text[:end]))), text[end:], true
}

// take takes one tag with its value.
func (r *ofxReader) take(tag, value string) {
	name, closes := strings.CutPrefix(tag, "/")
	switch {
	case name == "STMTTRN":
		r.end()
		if !closes {
			r.open, r.said, r.place = true, map[string]string{}, r.place+1
		}
	case name == "BANKTRANLIST", name == "CCSTMTRS", name == "STMTRS":
		r.end()
	case closes:
		delete(r.in, name)
	case name == "CURRENCY", name == "ORIGCURRENCY", name == "PAYEE", name == "CCACCTTO", name == "BANKACCTTO":
		r.in[name] = true
	case value == "":
	case name == "CURDEF" && !r.open:
		r.currency = strings.ToUpper(value)
	case name == "ACCTID" && !r.open:
		r.account = lastFour(value)
	case r.open && name == "ACCTID":
		// the other side's account
	case r.open && (name == "CURSYM" || name == "CURRATE") && r.in["ORIGCURRENCY"]:
		r.said["ORIG"+name] = value
	case r.open:
		if r.said[name] == "" {
			r.said[name] = value
		}
	}
}

// ofxKinds are the types of transactions that say what a row is; the others leave it to its words.
var ofxKinds = map[string]Kind{"FEE": Fee, "SRVCHG": Fee, "INT": Interest, "CASH": Cash, "ATM": Cash}

// end takes the transaction that is open.
func (r *ofxReader) end() {
	if !r.open {
		return
	}
	r.open = false
	clear(r.in)
	c := Charge{Statement: r.options.Name, Row: r.place, Card: r.account, Account: r.account, BankID: CutCards(r.said["FITID"]),
		Merchant:  strings.Join(strings.Fields(CutCards(firstOf(r.said["NAME"], r.said["MEMO"]))), " "),
		Reference: CutCards(r.said["MEMO"]), Category: r.said["SIC"]}
	if !r.days(&c) || !r.amount(&c) {
		return
	}
	c.Kind = kindOf(&c)
	if kind, said := ofxKinds[strings.ToUpper(r.said["TRNTYPE"])]; said {
		c.Kind = kind
	}
	if r.said["ORIGCURSYM"] != "" {
		c.Extra = map[string]string{"ORIGCURRENCY": strings.TrimSpace(r.said["ORIGCURSYM"] + " " + r.said["ORIGCURRATE"])}
	}
	r.add(c, r.account)
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// days reads the posting day and, where it is said, the day of the purchase.
func (r *ofxReader) days(c *Charge) bool {
	day := func(s string) request.Date {
		if len(s) < 8 {
			return request.Date{}
		}
		t, err := time.Parse("20060102", s[:8])
		if err != nil {
			return request.Date{}
		}
		d, why := plausible(request.DateOf(t))
		if why != "" {
			return request.Date{}
		}
		return d
	}
	c.Posted, c.Transacted = day(r.said["DTPOSTED"]), day(r.said["DTUSER"])
	if c.Posted.IsZero() {
		r.problem(r.place, request.ReturnSeverity, "not-a-date", request.QuoteEN(r.said["DTPOSTED"])+" is not a date (DTPOSTED).", request.QuoteFR(r.said["DTPOSTED"])+" n’est pas une date (DTPOSTED).")
		return false
	}
	if c.Transacted.IsZero() {
		c.Transacted = c.Posted
	}
	return true
}

// amount reads the amount. The account goes down by a purchase, which is below zero here and above it with us.
func (r *ofxReader) amount(c *Charge) bool {
	said := r.said["TRNAMT"]
	n, written, why := parseSum(cellValue{text: said}, anyMark)
	if why != "" {
		r.problem(r.place, request.ReturnSeverity, "not-a-number", request.QuoteEN(said)+" is not an amount (TRNAMT).", request.QuoteFR(said)+" n’est pas un montant (TRNAMT).")
		return false
	}
	kind := strings.ToUpper(r.said["TRNTYPE"])
	if kind == "DEBIT" && n.IsPositive() || kind == "CREDIT" && n.IsNegative() {
		r.problem(r.place, request.ReturnSeverity, "ambiguous-sign",
			"TRNTYPE is "+kind+" and TRNAMT "+said+": it could be a purchase or money back.", "TRNTYPE indique "+kind+" et TRNAMT "+said+"\u00a0: ce peut être un achat ou un remboursement.")
		return false
	}
	code := firstOf(r.said["CURSYM"], written, r.currency)
	return r.money(c, n.Neg(), strings.ToUpper(code), said)
}

// money gives a charge its amount, in a currency that there is.
func (e *entries) money(c *Charge, n decimal.Decimal, code, said string) bool {
	places, known := request.MinorDigits(code)
	switch {
	case code == "":
		e.problem(c.Row, request.ReturnSeverity, "missing-currency", "Neither the file nor the configuration says which currency the amount is in.",
			"Ni le fichier ni la configuration n’indiquent la devise du montant.")
	case !known:
		e.problem(c.Row, request.ReturnSeverity, "not-a-currency", request.QuoteEN(code)+" is not a currency.", request.QuoteFR(code)+" n’est pas une devise.")
	case !n.Equal(n.Round(places)):
		e.problem(c.Row, request.ReturnSeverity, "fraction-of-cent", request.QuoteEN(said)+" has fractions of a cent.", request.QuoteFR(said)+" comporte des fractions de cent.")
	default:
		c.Amount = request.Money{Amount: n, Currency: code}
		if n.IsZero() {
			e.problem(c.Row, request.NoteSeverity, "zero", "This transaction has an amount of zero: there is nothing to match.", "Le montant de cette opération est nul\u00a0: il n’y a rien à rapprocher.")
		}
		return true
	}
	return false
}
