package statement

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Reading is how a table was read, for a person.
type Reading struct {
	Columns  []Seen       `json:"columns,omitempty"`
	Sign     request.Text `json:"sign"`
	Dates    string       `json:"dates,omitempty"`   // as a profile says it; "" where each date says it itself
	Decimal  string       `json:"decimal,omitempty"` // … or each amount
	Currency string       `json:"currency,omitempty"`
}

// Explained is a file, how it is read, and the profile to propose for its sender.
type Explained struct {
	// Statement is what was read, by the profile in force or by what the headers say; nil where it is refused.
	Statement *Statement
	Refused   error
	// Proposed is a profile with which the file is read. Needed is whether it is not read without.
	Proposed *Profile
	Needed   bool
	// Trial is the file read by the proposed profile.
	Trial *Statement
	// Open is what a person has to decide before there can be a profile, or has to look at in it.
	Open []request.Text
}

// Explain reads a file as a statement and proposes a profile. The error is the context's; what is wrong with the file is in Refused.
func Explain(ctx context.Context, data []byte, bounds workbook.Bounds, o Options) (*Explained, error) {
	e := &Explained{}
	e.Statement, e.Refused = Read(ctx, data, bounds, o)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.Refused == nil {
		e.Proposed = profileOf(e.Statement, o)
		return e, nil
	}
	var refused *Error
	if !errors.As(e.Refused, &refused) || o.Profile != nil && len(o.Profile.Columns) > 0 {
		return e, nil
	}
	switch refused.Code {
	case "no-header":
		if e.withoutHeader(ctx, data, bounds, o); e.Proposed == nil && refused.Row > 0 {
			e.withoutMerchant(ctx, data, bounds, o, refused.Row)
		}
	case "ambiguous":
		e.namedCurrency(ctx, data, bounds, o, refused.Row)
	case "cents":
		e.Proposed = &Profile{Decimal: "cents"}
		e.Open = append(e.Open, request.Text{EN: "The amounts are whole numbers. decimal = \"cents\" reads 4520 as 45.20, \"point\" as 4,520.00: look at the rows, and set the one that is right.",
			FR: "Les montants sont des nombres entiers. decimal = \"cents\" lit 4520 comme 45,20, \"point\" comme 4 520,00\u00a0: regardez les lignes et inscrivez ce qui est juste."})
	case "excel-days":
		e.Proposed = &Profile{Dates: "excel"}
	case "sign":
		e.Proposed = &Profile{Purchases: "negative"}
		e.Open = append(e.Open, request.Text{EN: "Most amounts are below zero. purchases = \"negative\" reads them as purchases, \"positive\" as money back: look at the rows, and set the one that is right.",
			FR: "La plupart des montants sont négatifs. purchases = \"negative\" les lit comme des achats, \"positive\" comme des remboursements\u00a0: regardez les lignes et inscrivez ce qui est juste."})
	}
	if e.Proposed == nil {
		return e, nil
	}
	e.Needed = true
	e.Proposed.Senders = senders(o)
	tried := o
	tried.Profile = e.Proposed
	trial, err := Read(ctx, data, bounds, tried)
	var unsigned *Error
	if errors.As(err, &unsigned) && unsigned.Code == "sign" && e.Proposed.Purchases == "" {
		e.Proposed.Purchases = "negative"
		e.Open = append(e.Open, request.Text{EN: "Most amounts are below zero. purchases = \"negative\" reads them as purchases: look at the rows.",
			FR: "La plupart des montants sont négatifs. purchases = \"negative\" les lit comme des achats\u00a0: regardez les lignes."})
		trial, err = Read(ctx, data, bounds, tried)
	}
	if err != nil {
		e.Proposed = nil
		return e, ctx.Err()
	}
	e.Trial = trial
	for i := range trial.Reading.Columns {
		if c := &trial.Reading.Columns[i]; c.Field != "" && e.Proposed.NoHeader {
			c.Why = whys[byContent]
		}
	}
	if len(e.Proposed.Columns) == 0 {
		first := e.Proposed
		e.Proposed = profileOf(trial, tried)
		e.Proposed.Purchases = first.Purchases
		if first.Decimal != "" {
			e.Proposed.Decimal = first.Decimal
		}
		if first.Dates != "" {
			e.Proposed.Dates = first.Dates
		}
	}
	return e, nil
}

func senders(o Options) []string {
	if o.Profile != nil {
		return o.Profile.Senders
	}
	return nil
}

// namedCurrency proposes, of several amounts, the only one whose header says its currency.
func (e *Explained) namedCurrency(ctx context.Context, data []byte, bounds workbook.Bounds, o Options, line int) {
	rows, _, err := firstRows(ctx, data, bounds, o)
	at := slices.IndexFunc(rows, func(r record) bool { return r.line == line })
	if err != nil || at < 0 {
		return
	}
	var amounts, told []string
	for _, c := range rows[at].cells {
		if knownHeader(c.text, nil) == chargeAmount {
			if amounts = append(amounts, c.text); request.FindCurrency(c.text).Code != "" {
				told = append(told, c.text)
			}
		}
	}
	if len(amounts) > 1 && len(told) == 1 {
		e.Proposed = &Profile{Columns: map[string]string{"amount": told[0]}, Currency: request.FindCurrency(told[0]).Code}
		e.Open = append(e.Open, request.Text{EN: "Several columns hold amounts: " + request.QuoteEN(told[0]) + " is the only one that names its currency.",
			FR: "Plusieurs colonnes contiennent des montants\u00a0: " + request.QuoteFR(told[0]) + " est la seule qui nomme sa devise."})
	}
}

// withoutMerchant proposes the only column that names somebody in every row, and differently, where no header says who was paid.
func (e *Explained) withoutMerchant(ctx context.Context, data []byte, bounds workbook.Bounds, o Options, line int) {
	rows, form, err := firstRows(ctx, data, bounds, o)
	at := slices.IndexFunc(rows, func(r record) bool { return r.line == line })
	if err != nil || at < 0 {
		return
	}
	s := &sheetReader{options: o, form: form, header: rows[at], rows: rows[at+1:], out: &Statement{Name: o.Name}}
	var names []int
	for i, c := range s.header.cells {
		switch f := knownHeader(c.text, nil); {
		case c.text == "" || f != noField && f != chargeReference:
		default:
			if k := s.contentOf(i); k.filled > 1 && k.names == k.filled && !s.generic(i) && 2*s.distinct(i) > k.filled {
				names = append(names, i)
			}
		}
	}
	if len(names) == 1 {
		e.Proposed = &Profile{Columns: map[string]string{"merchant": s.header.cells[names[0]].text}}
		e.Open = append(e.Open, request.Text{EN: "No header says who was paid: column " + workbook.Column(names[0]+1) + " is the only one that names somebody in every row.",
			FR: "Aucun en-tête n’indique le marchand\u00a0: la colonne " + workbook.Column(names[0]+1) + " est la seule qui nomme quelqu’un dans chaque ligne."})
	}
}

// withoutHeader proposes places where the content settles every column.
func (e *Explained) withoutHeader(ctx context.Context, data []byte, bounds workbook.Bounds, o Options) {
	rows, form, err := firstRows(ctx, data, bounds, o)
	if err != nil {
		return
	}
	p := proposeWithoutHeader(ctx, rows, form, o)
	if p == nil {
		return
	}
	e.Open = append(e.Open, p.open...)
	if !p.settled() {
		return
	}
	e.Proposed = &Profile{NoHeader: true, Columns: map[string]string{}}
	for f, i := range p.at {
		e.Proposed.Columns[nameOf(f)] = workbook.Column(i + 1)
	}
	if p.minus {
		e.Proposed.Purchases = "negative"
	}
}

// firstRows are the rows of a text, or of a workbook's first visible sheet.
func firstRows(ctx context.Context, data []byte, bounds workbook.Bounds, o Options) ([]record, textForm, error) {
	book, err := openIfWorkbook(ctx, data, bounds)
	if err != nil {
		return nil, textForm{}, err
	}
	if book == nil {
		text, err := decoded(data, o)
		if err != nil {
			return nil, textForm{}, err
		}
		rows, err := bestRows(ctx, text, o)
		return rows, textForm{separated: true}, err
	}
	for i, sheet := range book.Sheets() {
		if sheet.State == workbook.Visible && sheet.Kind == "worksheet" {
			rows, _, err := sheetRows(ctx, book, i)
			return rows, textForm{}, err
		}
	}
	return nil, textForm{}, fmt.Errorf("statement %s: no visible sheet", o.Name)
}

// profileOf is the profile that says of a file what was found out.
func profileOf(s *Statement, o Options) *Profile {
	if len(s.Reading.Columns) == 0 {
		return nil // no table
	}
	p := &Profile{}
	if o.Profile != nil {
		*p = *o.Profile
	}
	p.Columns = map[string]string{}
	for _, c := range s.Reading.Columns {
		if c.Field == "" {
			continue
		}
		twice := slices.ContainsFunc(s.Reading.Columns, func(other Seen) bool {
			return other.Column != c.Column && request.Fold(other.Header) == request.Fold(c.Header)
		})
		if p.Columns[c.Field] = c.Header; c.Header == "" || twice || request.Fold(c.Header) == "" {
			p.Columns[c.Field] = c.Column
		}
	}
	p.NoHeader = s.Header == 0
	if p.Dates == "" {
		p.Dates = s.Reading.Dates
	}
	if p.Decimal == "" {
		p.Decimal = s.Reading.Decimal
	}
	return p
}

// TOML is the profile as it is pasted into the configuration.
func (p *Profile) TOML() string {
	var b strings.Builder
	b.WriteString("[[finance.reconcile.statement]]\n")
	addresses := p.Senders
	if len(addresses) == 0 {
		addresses = []string{"cards@bank.example"}
	}
	list := func(key string, words []string) {
		if len(words) > 0 {
			quoted := make([]string, len(words))
			for i, w := range words {
				quoted[i] = tomlText(w)
			}
			fmt.Fprintf(&b, "%s = [%s]\n", key, strings.Join(quoted, ", "))
		}
	}
	text := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s = %s\n", key, tomlText(value))
		}
	}
	list("senders", addresses)
	var columns []string
	for f := noField + 1; f < numFields; f++ {
		if c := p.Columns[nameOf(f)]; c != "" {
			columns = append(columns, nameOf(f)+" = "+tomlText(c))
		}
	}
	if len(columns) > 0 {
		fmt.Fprintf(&b, "columns = { %s }\n", strings.Join(columns, ", "))
	}
	if p.NoHeader {
		b.WriteString("no_header = true\n")
	}
	text("purchases", p.Purchases)
	text("encoding", p.Encoding)
	text("dates", p.Dates)
	text("decimal", p.Decimal)
	text("currency", p.Currency)
	list("pending", p.Pending)
	list("posted", p.Posted)
	list("declined", p.Declined)
	text("card", p.Card)
	return b.String()
}

// tomlText is a basic string of TOML. Cells hold no control characters: request.Clean took them out.
func tomlText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s) + `"`
}

var whys = map[string]request.Text{
	byProfile: {EN: "by the sender's profile", FR: "d’après le profil de l’expéditeur"},
	byHeader:  {EN: "by its header", FR: "d’après son en-tête"},
	byContent: {EN: "by what stands in it", FR: "d’après son contenu"},
	"":        {EN: "not known", FR: "inconnue"},
}

// reading says how the table is read.
func (s *sheetReader) reading() Reading {
	r := Reading{Currency: s.options.Currency, Sign: request.Text{EN: "purchases are above zero, money back has a minus", FR: "les achats sont positifs, les remboursements portent un moins"}}
	for i, c := range s.header.cells {
		if c.text == "" && !s.used(i) {
			continue
		}
		f := s.out.fields[i]
		seen := Seen{Column: workbook.Column(i + 1), Header: CutCards(c.text), Why: whys[s.why[i]]}
		if f == noField {
			seen.Why = whys[""]
		} else {
			seen.Field = nameOf(f)
		}
		r.Columns = append(r.Columns, seen)
	}
	switch {
	case s.at[directionField] > 0:
		r.Sign = request.Text{EN: "by row: a column says debit or credit", FR: "par ligne\u00a0: une colonne indique débit ou crédit"}
	case s.at[chargeAmount] == 0:
		r.Sign = request.Text{EN: "by column: debits are purchases, credits are money back", FR: "par colonne\u00a0: les débits sont des achats, les crédits des remboursements"}
	case s.negative:
		r.Sign = request.Text{EN: "purchases have a minus", FR: "les achats portent un moins"}
	}
	for name, order := range orders {
		if s.dates == order {
			r.Dates = name
		}
	}
	style := s.point[chargeAmount]
	if s.at[chargeAmount] == 0 {
		style = s.point[debitAmount]
	}
	for name, mark := range marks {
		if style == mark {
			r.Decimal = name
		}
	}
	return r
}
