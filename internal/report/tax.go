package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// TaxRate is a sales tax as invoices add it up, in per cent: the part that is GST or HST, and the part that is PST or QST.
type TaxRate struct{ Federal, Provincial decimal.Decimal }

// parseTaxRate reads "13" or "5+9.975".
func parseTaxRate(s string) (TaxRate, error) {
	federal, provincial, both := strings.Cut(s, "+")
	if !both {
		provincial = "0"
	}
	f, errF := decimal.NewFromString(strings.TrimSpace(federal))
	p, errP := decimal.NewFromString(strings.TrimSpace(provincial))
	hundred := decimal.NewFromInt(100)
	if errF != nil || errP != nil || f.IsNegative() || p.IsNegative() || f.Add(p).GreaterThan(hundred) {
		return TaxRate{}, fmt.Errorf("%q is not a rate such as \"13\", or \"5+9.975\" for GST and QST", s)
	}
	return TaxRate{f, p}, nil
}

// canadianRates are the rates of the provinces and territories: GST alone; HST of Ontario, of Nova Scotia, and of the other
// Atlantic provinces; GST with the PST of Saskatchewan, with that of British Columbia and Manitoba, and with QST. They hold
// for any date at which one of them held, because what they divide a tax into does not depend on the date. They are the
// rates as tax agencies publish them; the Acts themselves were not read.
func canadianRates() []TaxRate {
	var rates []TaxRate
	for _, s := range []string{"5", "13", "14", "15", "5+6", "5+7", "5+9.975"} {
		r, err := parseTaxRate(s)
		if err != nil {
			panic(err) // our own text
		}
		rates = append(rates, r)
	}
	return rates
}

// word is how a rate is said: "13%", "5% + 9,975 %".
func (r TaxRate) word(l request.Lang) string {
	percent := func(d decimal.Decimal) string {
		if l == request.French {
			return strings.Replace(d.String(), ".", ",", 1) + "\u00a0%"
		}
		return d.String() + "%"
	}
	if r.Provincial.IsZero() {
		return percent(r.Federal)
	}
	return percent(r.Federal) + " + " + percent(r.Provincial)
}

// taxSlack is by how many minor units a tax may differ from its rate: invoices round item by item.
const taxSlack = 2

// divideTax divides a tax by the one rate that it comes to. ok is false when it comes to none of the rates, or to several
// that would divide it differently, as small amounts do.
func divideTax(net, tax request.Money, rates []TaxRate) (rate TaxRate, federal, provincial decimal.Decimal, ok bool) {
	places, _ := request.MinorDigits(tax.Currency)
	slack := decimal.New(taxSlack, -places)
	found := 0
	for _, r := range rates {
		whole := net.Amount.Mul(r.Federal.Add(r.Provincial)).Shift(-2)
		if whole.Sub(tax.Amount).Abs().GreaterThan(slack) || whole.IsZero() {
			continue
		}
		f := tax.Amount
		if !r.Provincial.IsZero() {
			f = net.Amount.Mul(r.Federal).Shift(-2).Round(places)
		}
		if found > 0 && !f.Equal(federal) {
			return TaxRate{}, decimal.Zero, decimal.Zero, false
		}
		if found++; found == 1 {
			rate, federal = r, f
		}
	}
	return rate, federal, tax.Amount.Sub(federal), found > 0
}

// taxes is what the lines of one cost centre, currency and rate come to.
type taxes struct {
	lines                                              int
	net, federal, provincial, undivided, untold, total decimal.Decimal
}

type taxKey struct {
	group groupKey
	rate  string
}

// taxes adds up what was approved by cost centre and rate.
func (p *sheetWriter) taxes() map[taxKey]*taxes {
	by := map[taxKey]*taxes{}
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Outcome != request.Approved || l.Total.Currency == "" {
			continue
		}
		net, tax := l.Total.Amount.Sub(l.Tax.Amount), l.Tax
		var add taxes
		var rate request.Text
		switch r, federal, provincial, ok := divideTax(request.Money{Amount: net, Currency: l.Total.Currency}, tax, p.ratesFor(tax.Currency)); {
		case tax.Currency == "":
			rate = request.Text{EN: "tax not stated", FR: "taxe non précisée"}
			add.untold = l.Total.Amount
		case tax.Amount.IsZero():
			rate = request.Text{EN: "no tax", FR: "sans taxe"}
			add.net = net
		case ok:
			rate = request.Text{EN: r.word(request.English), FR: r.word(request.French)}
			add.net, add.federal, add.provincial = net, federal, provincial
		default:
			rate = request.Text{EN: "not divided", FR: "non répartie"}
			add.net, add.undivided = net, tax.Amount
		}
		k := taxKey{groupKey{l.CostCentre, l.Total.Currency}, p.say(rate)}
		if by[k] == nil {
			by[k] = &taxes{}
		}
		t := by[k]
		t.lines++
		t.net, t.federal, t.provincial = t.net.Add(add.net), t.federal.Add(add.federal), t.provincial.Add(add.provincial)
		t.undivided, t.untold, t.total = t.undivided.Add(add.undivided), t.untold.Add(add.untold), t.total.Add(l.Total.Amount)
	}
	return by
}

// ratesFor are the rates that a tax in a currency can have: those of the policy's.
func (p *sheetWriter) ratesFor(currency string) []TaxRate {
	if currency != p.Currency {
		return nil
	}
	return p.TaxRates
}

// taxTable keeps GST and HST, which a department recovers, apart from PST and QST.
func (p *sheetWriter) taxTable() table {
	by := p.taxes()
	var keys []taxKey
	for k := range by {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b taxKey) int { return cmp.Or(p.compareKeys(a.group, b.group), cmp.Compare(a.rate, b.rate)) })
	return table{
		name: p.say(request.Text{EN: "Taxes", FR: "Taxes"}), id: "Taxes", currency: 2, empty: nothing,
		title: request.Text{EN: "Taxes on what was approved", FR: "Taxes sur ce qui a été approuvé"},
		note: request.Text{EN: "Divided by the rate that the form’s tax comes to. The form names no province, and nobody has compared this with an invoice: claim from invoices.",
			FR: "Réparties selon le taux auquel correspond la taxe du formulaire. Celui-ci ne précise pas la province, et rien n’a été comparé à une facture\u00a0: réclamez d’après les factures."},
		columns: []column{
			{request.CostCentre.Info().Label, 22, text, false}, {request.Text{EN: "Rate", FR: "Taux"}, 18, text, false}, {headCurrency, 10, text, false},
			{request.Text{EN: "Lines", FR: "Lignes"}, 9, count, false}, {request.Text{EN: "Before tax", FR: "Avant taxes"}, 17, amount, true},
			{request.Text{EN: "GST/HST", FR: "TPS/TVH"}, 16, amount, true}, {request.Text{EN: "PST/QST", FR: "TVP/TVQ"}, 16, amount, true},
			{request.Text{EN: "Tax, not divided", FR: "Taxes non réparties"}, 17, amount, true},
			{request.Text{EN: "Total, tax not stated", FR: "Total, taxe non précisée"}, 18, amount, true}, {request.Total.Info().Label, 18, amount, true},
		},
		rows: func(yield func([]any) bool) {
			for _, k := range keys {
				t := by[k]
				money := func(d decimal.Decimal) request.Money { return request.Money{Amount: d, Currency: k.group.currency} }
				if !yield([]any{p.given(k.group.of), k.rate, k.group.currency, t.lines, money(t.net), money(t.federal), money(t.provincial),
					money(t.undivided), money(t.untold), money(t.total)}) {
					return
				}
			}
		},
	}
}
