package statement

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// camtDepth is how deep the elements of a CAMT file may stand inside each other.
const camtDepth = 40

// camtEntry is an entry of CAMT.052, .053 or .054, in whatever version: what their versions have in common.
type camtEntry struct {
	Ref      string     `xml:"NtryRef"`
	BankRef  string     `xml:"AcctSvcrRef"`
	Amount   camtAmount `xml:"Amt"`
	Sign     string     `xml:"CdtDbtInd"`
	Reversed string     `xml:"RvslInd"`
	Status   struct {
		Text string `xml:",chardata"`
		Code string `xml:"Cd"`
	} `xml:"Sts"`
	Booked  camtDay           `xml:"BookgDt"`
	Value   camtDay           `xml:"ValDt"`
	Info    string            `xml:"AddtlNtryInf"`
	Details []camtTransaction `xml:"NtryDtls>TxDtls"`
}

type camtTransaction struct {
	BankRef  string     `xml:"Refs>AcctSvcrRef"`
	EndToEnd string     `xml:"Refs>EndToEndId"`
	Amount   camtAmount `xml:"Amt"`
	Booked   camtAmount `xml:"AmtDtls>TxAmt>Amt"`
	Ordered  camtAmount `xml:"AmtDtls>InstdAmt>Amt"`
	Sign     string     `xml:"CdtDbtInd"`
	Creditor string     `xml:"RltdPties>Cdtr>Nm"`
	Party    string     `xml:"RltdPties>Cdtr>Pty>Nm"`
	Debtor   string     `xml:"RltdPties>Dbtr>Nm"`
	DebtorP  string     `xml:"RltdPties>Dbtr>Pty>Nm"`
	Shop     string     `xml:"CardTx>POI>Id>Id"`
	PAN      string     `xml:"CardTx>Card>PlainCardData>PAN"`
	Day      camtDay    `xml:"RltdDts>TxDtTm"`
	Text     []string   `xml:"RmtInf>Ustrd"`
	Info     string     `xml:"AddtlTxInf"`
}

type camtAmount struct {
	Currency string `xml:"Ccy,attr"`
	Text     string `xml:",chardata"`
}

// camtDay is a day, or an instant of which the day counts as it is written.
type camtDay struct {
	Text    string `xml:",chardata"`
	Day     string `xml:"Dt"`
	Instant string `xml:"DtTm"`
}

func (d camtDay) date() request.Date {
	s := strings.TrimSpace(firstOf(strings.TrimSpace(d.Day), strings.TrimSpace(d.Instant), strings.TrimSpace(d.Text)))
	day, why := parseDay(s[:min(len(s), 10)], unknownOrder)
	if why != "" {
		return request.Date{}
	}
	return day
}

type camtReader struct {
	*entries
	place         int
	card, account string // of the statement that is read
	path          []string
}

func readCAMT(ctx context.Context, text string, o Options) (*Statement, error) {
	r := &camtReader{entries: newEntries(o)}
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // the text is UTF-8 by now
	err := r.all(ctx, d)
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, refuse(o, "damaged", 0, "It is a CAMT file that breaks off or is written wrongly. Export it again.",
			"C’est un fichier CAMT tronqué ou mal écrit. Exportez-le de nouveau.")
	case err != nil:
		return nil, err
	case r.place == 0:
		return nil, refuse(o, "empty", 0, "It is a CAMT file without an entry.", "C’est un fichier CAMT sans écriture.")
	}
	return r.finished(camtAccounts(CutCards(text))), nil
}

func (r *camtReader) all(ctx context.Context, d *xml.Decoder) error {
	for n := 0; ; n++ {
		if n%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.Directive:
			return refuse(r.options, "damaged", 0, "It holds definitions of its own (DOCTYPE), which no bank sends.", "Il contient des définitions (DOCTYPE) qu’aucune banque n’envoie.")
		case xml.StartElement:
			if err := r.element(d, t); err != nil {
				return err
			}
		case xml.EndElement:
			r.path = r.path[:max(0, len(r.path)-1)]
		case xml.CharData:
			r.accountOf(strings.TrimSpace(string(t)))
		}
	}
}

func (r *camtReader) element(d *xml.Decoder, t xml.StartElement) error {
	if t.Name.Local == "Ntry" {
		var e camtEntry
		if err := d.DecodeElement(&e, &t); err != nil {
			return err
		}
		r.entry(&e)
		return nil
	}
	if len(r.path) >= camtDepth {
		return refuse(r.options, "damaged", 0, "Its elements stand too deep inside each other.", "Ses éléments sont imbriqués trop profondément.")
	}
	r.path = append(r.path, t.Name.Local)
	switch t.Name.Local {
	case "Stmt", "Rpt", "Ntfctn":
		r.card, r.account = "", ""
	}
	return nil
}

// accountOf takes the number of the account of a statement.
func (r *camtReader) accountOf(text string) {
	at := strings.Join(r.path[max(0, len(r.path)-4):], ">")
	if text != "" && (strings.HasSuffix(at, "Acct>Id>IBAN") || strings.HasSuffix(at, "Acct>Id>Othr>Id")) && r.account == "" {
		r.account = lastFour(text)
	}
}

// entry takes an entry: each of its transactions, or itself where it names none.
func (r *camtReader) entry(e *camtEntry) {
	if len(e.Details) == 0 {
		e.Details = []camtTransaction{{}}
	}
	if len(e.Details) > 1 && !r.addsUp(e) {
		r.place++
		r.problem(r.place, request.ReturnSeverity, "total-differs", "The transactions of this entry do not add up to it: it was not counted.",
			"Les opérations de cette écriture n’en donnent pas le total\u00a0: elle n’a pas été comptée.")
		return
	}
	for i := range e.Details {
		r.place++
		r.transaction(e, &e.Details[i], len(e.Details) > 1)
	}
}

// amountOf is a transaction's amount; the entry's own where it is the only one and says none.
func amountOf(e *camtEntry, t *camtTransaction, several bool) camtAmount {
	for _, a := range []camtAmount{t.Amount, t.Booked} {
		if strings.TrimSpace(a.Text) != "" && (several || a.Currency == e.Amount.Currency) {
			return a
		}
	}
	if several {
		return camtAmount{}
	}
	return e.Amount
}

func (r *camtReader) addsUp(e *camtEntry) bool {
	sum := decimal.Zero
	for i := range e.Details {
		a := amountOf(e, &e.Details[i], true)
		n, err := decimal.NewFromString(strings.TrimSpace(a.Text))
		if err != nil || a.Currency != e.Amount.Currency {
			return false
		}
		if s := e.Details[i].Sign; s != "" && s != e.Sign {
			n = n.Neg()
		}
		sum = sum.Add(n)
	}
	all, err := decimal.NewFromString(strings.TrimSpace(e.Amount.Text))
	return err == nil && all.Equal(sum)
}

func (r *camtReader) transaction(e *camtEntry, t *camtTransaction, several bool) {
	c := Charge{Statement: r.options.Name, Row: r.place, Account: r.account, Card: firstOf(lastFour(t.PAN), r.account),
		BankID: CutCards(firstOf(t.BankRef, e.BankRef, e.Ref)), Posted: e.Booked.date(), Transacted: t.Day.date()}
	if several && t.BankRef == "" {
		c.BankID = "" // the entry's id is that of all of them
	}
	sign := firstOf(t.Sign, e.Sign)
	back := sign == "CRDT"
	if strings.EqualFold(e.Reversed, "true") && t.Sign == "" {
		c.Kind = Reversal
	}
	name := firstOf(t.Creditor, t.Party)
	if back {
		name = firstOf(t.Debtor, t.DebtorP, name)
	}
	text := firstOf(strings.Join(t.Text, " "), t.Info, e.Info)
	c.Merchant = strings.Join(strings.Fields(CutCards(firstOf(name, t.Shop, text))), " ")
	c.Reference = CutCards(firstOf(text, t.EndToEnd))
	switch status := strings.TrimSpace(firstOf(e.Status.Code, strings.TrimSpace(e.Status.Text))); status {
	case "BOOK", "":
	case "PDNG":
		c.Status = Pending
	default:
		r.problem(r.place, request.NoteSeverity, "not-posted", "Its status is "+request.QuoteEN(status)+": it was not counted.", "Son état est "+request.QuoteFR(status)+"\u00a0: elle n’a pas été comptée.")
		return
	}
	if c.Posted.IsZero() {
		c.Posted = e.Value.date()
	}
	if c.Posted.IsZero() {
		r.problem(r.place, request.ReturnSeverity, "missing-date", "This entry has no date.", "Cette écriture n’a pas de date.")
		return
	}
	if c.Transacted.IsZero() {
		c.Transacted = c.Posted
	}
	if !r.amount(&c, e, t, several, sign) {
		return
	}
	if kind := kindOf(&c); c.Kind != Reversal || kind == Payment || kind == Fee || kind == Interest {
		c.Kind = kind
	}
	r.add(c, r.account)
}

func (r *camtReader) amount(c *Charge, e *camtEntry, t *camtTransaction, several bool, sign string) bool {
	a := amountOf(e, t, several)
	said := strings.TrimSpace(a.Text)
	n, err := decimal.NewFromString(said)
	switch {
	case err != nil || n.IsNegative() || !sensible(n):
		r.problem(r.place, request.ReturnSeverity, "not-a-number", request.QuoteEN(said)+" is not an amount (Amt).", request.QuoteFR(said)+" n’est pas un montant (Amt).")
		return false
	case sign != "CRDT" && sign != "DBIT":
		r.problem(r.place, request.ReturnSeverity, "no-direction", "It says neither debit nor credit (CdtDbtInd).", "Elle n’indique ni débit ni crédit (CdtDbtInd).")
		return false
	}
	if sign == "CRDT" {
		n = n.Neg()
	}
	if !r.money(c, n, strings.ToUpper(firstOf(a.Currency, r.options.Currency)), said) {
		return false
	}
	if o := t.Ordered; o.Currency != "" && o.Currency != c.Amount.Currency && !several {
		if original, err := decimal.NewFromString(strings.TrimSpace(o.Text)); err == nil && sensible(original) {
			c.Original = request.Money{Amount: original, Currency: strings.ToUpper(o.Currency)}
		}
	}
	return true
}

// camtAccounts cuts the numbers of cards that stand in their own element, whatever they are.
func camtAccounts(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<PAN>")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		number, behind, closed := strings.Cut(rest, "<")
		b.WriteString("<PAN>••••" + lastFour(number))
		if !closed {
			return b.String()
		}
		text = "<" + behind
	}
}
