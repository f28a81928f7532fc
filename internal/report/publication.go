package report

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// Contract is one contract as it is published: a line with what amends it. It holds no personal data: no requester, no
// officer, no cardholder, no reason in words.
type Contract struct {
	Reference       string // the line's
	ProcurementID   string // the submission's
	Vendor          string
	Date            request.Date // of approval
	EconomicObject  string       // the GL account
	DescriptionEN   string
	DescriptionFR   string
	Currency        string
	Value           decimal.Decimal // with amendments
	Original        decimal.Decimal
	Amendment       decimal.Decimal
	CommodityType   string // G, S or C
	Solicitation    string // TN: non-competitive, as micro-purchases are
	InstrumentType  string // C contract, A amendment
	ReportingPeriod string // fiscal quarter, "2026-2027-Q3"
}

var commodityLetters = map[string]string{"goods": "G", "services": "S", "construction": "C"}

// Contracts are the approved lines as contracts, amendments added to what they amend, in order of date and reference.
// Times are read in zone; quarters are fiscal, from start.
func Contracts(lines iter.Seq[*reconcile.Line], zone *time.Location, start time.Month) []Contract {
	at := map[string]int{}
	var list []Contract
	add := func(l *reconcile.Line) {
		on := request.DateOf(l.Decided.In(zone))
		ref, _ := request.ParseReference(l.Reference)
		en, fr := l.Title, l.TitleOther
		if l.Language == request.French {
			en, fr = fr, en
		}
		at[l.Reference] = len(list)
		list = append(list, Contract{
			Reference: l.Reference, ProcurementID: request.Reference{Year: ref.Year, Number: ref.Number}.String(), Vendor: l.Supplier, Date: on,
			EconomicObject: l.GLAccount, DescriptionEN: en, DescriptionFR: fr, Currency: l.Total.Currency, Value: l.Total.Amount, Original: l.Total.Amount,
			CommodityType: commodityLetters[l.Commodity], Solicitation: "TN", InstrumentType: "C", ReportingPeriod: fiscalQuarter(on, start),
		})
	}
	var amending []*reconcile.Line
	for l := range lines {
		switch {
		case l.Outcome != request.Approved || l.Total.Currency == "":
		case l.Amends != "":
			amending = append(amending, l)
		default:
			add(l)
		}
	}
	for _, l := range amending {
		i, ok := at[l.Amends]
		if !ok || list[i].Currency != l.Total.Currency {
			// What it amends was approved in another period, or in another currency: it is published as an amendment by itself.
			add(l)
			c := &list[len(list)-1]
			c.InstrumentType, c.Amendment, c.Original = "A", l.Total.Amount, decimal.Zero
			continue
		}
		c := &list[i]
		c.Value, c.Amendment, c.InstrumentType = c.Value.Add(l.Total.Amount), c.Amendment.Add(l.Total.Amount), "A"
	}
	slices.SortStableFunc(list, func(a, b Contract) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Reference, b.Reference)) })
	return list
}

// EachLine goes over lines where they are.
func EachLine(lines []reconcile.Line) iter.Seq[*reconcile.Line] {
	return func(yield func(*reconcile.Line) bool) {
		for i := range lines {
			if !yield(&lines[i]) {
				return
			}
		}
	}
}

// fiscalQuarter names a fiscal quarter as the open-government data do: "2026-2027-Q3".
func fiscalQuarter(d request.Date, start time.Month) string {
	year := FiscalYearOf(d, start)
	months := (int(d.Month) - int(year.From.Month) + 12) % 12
	return fmt.Sprintf("%d-%d-Q%d", year.From.Year, year.From.Year+1, months/3+1)
}

// SmallContracts adds up the contracts up to a value, by commodity and currency: what is published once a calendar year.
func SmallContracts(contracts []Contract, upTo decimal.Decimal) []Aggregate {
	by := map[[2]string]*Aggregate{}
	for _, c := range contracts {
		if c.Value.Abs().GreaterThan(upTo) {
			continue
		}
		k := [2]string{c.CommodityType, c.Currency}
		if by[k] == nil {
			by[k] = &Aggregate{Commodity: c.CommodityType, Currency: c.Currency}
		}
		a := by[k]
		a.Contracts++
		a.Original, a.Amendments = a.Original.Add(c.Original), a.Amendments.Add(c.Amendment)
	}
	var list []Aggregate
	for _, a := range by {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b Aggregate) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Commodity, b.Commodity))
	})
	return list
}

// publicationFields are the columns of the open-government contracts schema, with what each one is.
var publicationFields = []struct {
	name  string
	about request.Text
	width float64
	kind  kind
}{
	{"reference_number", request.Text{EN: "Number of the line", FR: "Numéro de la ligne"}, 22, text},
	{"procurement_id", request.Text{EN: "Number of the request", FR: "Numéro de la demande"}, 18, text},
	{"vendor_name", request.Text{EN: "Supplier", FR: "Fournisseur"}, 30, wrapped},
	{"contract_date", request.Text{EN: "Day of the approval", FR: "Jour de l’approbation"}, 15, day},
	{"economic_object_code", request.Text{EN: "Economic object code", FR: "Code d’article économique"}, 24, text},
	{"description_en", request.Text{EN: "Description in English", FR: "Description en anglais"}, 34, wrapped},
	{"description_fr", request.Text{EN: "Description in French", FR: "Description en français"}, 34, wrapped},
	{"currency", request.Text{EN: "Currency", FR: "Devise"}, 10, text},
	{"contract_value", request.Text{EN: "Value with amendments and taxes", FR: "Valeur, modifications et taxes comprises"}, 17, amount},
	{"original_value", request.Text{EN: "Original value", FR: "Valeur initiale"}, 17, amount},
	{"amendment_value", request.Text{EN: "Amendments", FR: "Modifications"}, 18, amount},
	{"commodity_type", request.Text{EN: "G goods, S services, C construction", FR: "G biens, S services, C construction"}, 17, text},
	{"solicitation_procedure", request.Text{EN: "TN: traditional, non-competitive", FR: "TN\u00a0: traditionnelle non concurrentielle"}, 24, text},
	{"instrument_type", request.Text{EN: "C contract, A amendment", FR: "C contrat, A modification"}, 17, text},
	{"reporting_period", request.Text{EN: "Fiscal quarter", FR: "Trimestre de l’exercice"}, 18, text},
}

func (c *Contract) row() []any {
	money := func(d decimal.Decimal) request.Money { return request.Money{Amount: d, Currency: c.Currency} }
	return []any{
		c.Reference, c.ProcurementID, c.Vendor, c.Date, c.EconomicObject, c.DescriptionEN, c.DescriptionFR, c.Currency,
		money(c.Value), money(c.Original), money(c.Amendment), c.CommodityType, c.Solicitation, c.InstrumentType, c.ReportingPeriod,
	}
}

// Publish writes contracts above a value as CSV in the open-government columns, without personal data, and after them
// nothing. Sums are plain numbers with a point; text that a spreadsheet might take for a formula begins with an apostrophe.
func Publish(w io.Writer, contracts []Contract, above decimal.Decimal) error {
	out := csv.NewWriter(w)
	head := make([]string, len(publicationFields))
	for i, f := range publicationFields {
		head[i] = f.name
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("publish contracts: %w", err)
	}
	for i := range contracts {
		if !contracts[i].Value.Abs().GreaterThan(above) {
			continue
		}
		row := make([]string, len(head))
		for j, v := range contracts[i].row() {
			switch v := v.(type) {
			case string:
				row[j] = safe(v)
			case request.Date:
				row[j] = v.String()
			case request.Money:
				row[j] = v.Plain()
			}
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("publish contracts: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("publish contracts: %w", err)
	}
	return nil
}

// PublicationSchema describes Publish's columns as a JSON table schema, in both languages.
func PublicationSchema() ([]byte, error) {
	type field struct {
		Name string       `json:"name"`
		Type string       `json:"type"`
		Text request.Text `json:"description"`
	}
	var fields []field
	for _, f := range publicationFields {
		kind := "string"
		switch f.kind {
		case amount:
			kind = "number"
		case day:
			kind = "date"
		}
		fields = append(fields, field{f.name, kind, f.about})
	}
	b, err := json.MarshalIndent(map[string]any{"fields": fields, "primaryKey": "reference_number", "missingValues": []string{""}}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe the publication: %w", err)
	}
	return append(b, '\n'), nil
}

// sumUpContracts keeps the contracts to publish and adds up the small ones.
func (p *sheetWriter) sumUpContracts() {
	all := Contracts(EachLine(p.Lines), p.Made.Location(), p.FiscalYearStart)
	p.small = SmallContracts(all, p.PublishAbove)
	for _, c := range all {
		if c.Value.Abs().GreaterThan(p.PublishAbove) {
			p.publish = append(p.publish, c)
		}
	}
}

func (p *sheetWriter) publicationTable() table {
	t := table{
		name: p.say(request.Text{EN: "Publication", FR: "Publication"}), id: "Publication", currency: 7,
		title: request.Text{EN: "Contracts to publish, above " + p.threshold(request.English), FR: "Contrats à publier, de plus de " + p.threshold(request.French)},
		note: request.Text{EN: "Columns of the open-government contracts schema; no personal data. Check the economic object code before publishing.",
			FR: "Colonnes du schéma des contrats du gouvernement ouvert; aucun renseignement personnel. Vérifiez le code d’article économique avant de publier."},
		empty: request.Text{EN: "None.", FR: "Aucun."},
	}
	for _, f := range publicationFields {
		t.columns = append(t.columns, column{request.Text{EN: f.name, FR: f.name}, f.width, f.kind, f.kind == amount})
	}
	t.rows = func(yield func([]any) bool) {
		for i := range p.publish {
			if !yield(p.publish[i].row()) {
				return
			}
		}
	}
	return t
}

func (p *sheetWriter) threshold(l request.Lang) string {
	return request.Money{Amount: p.PublishAbove, Currency: p.Currency}.In(l)
}

// aggregateTable is the calendar year's aggregate of contracts up to the threshold.
func (p *sheetWriter) aggregateTable() table {
	list := p.Contents.SmallContracts
	year := strconv.Itoa(p.Period.To.Year)
	if list == nil {
		list = p.small
		year = p.Period.Name // nothing but the period's own lines is known
	}
	return table{
		name: p.say(request.Text{EN: "Small contracts", FR: "Petits contrats"}), id: "SmallContracts", currency: 1,
		title: request.Text{EN: "Contracts up to " + p.threshold(request.English) + ", aggregate of " + year, FR: "Contrats d’au plus " + p.threshold(request.French) + ", total de " + year},
		empty: request.Text{EN: "None.", FR: "Aucun."},
		columns: []column{
			{request.Commodity.Info().Label, 26, text, false}, {headCurrency, 10, text, false}, {request.Text{EN: "Contracts", FR: "Contrats"}, 12, count, false},
			{request.Text{EN: "Original value", FR: "Valeur initiale"}, 20, amount, true}, {request.Text{EN: "Amendments", FR: "Modifications"}, 20, amount, true},
			{request.Total.Info().Label, 20, amount, true},
		},
		rows: func(yield func([]any) bool) {
			for _, a := range list {
				money := func(d decimal.Decimal) request.Money { return request.Money{Amount: d, Currency: a.Currency} }
				name := a.Commodity
				for code, letter := range commodityLetters {
					if letter == name {
						name = code
					}
				}
				if !yield([]any{p.given(p.commodity(name)), a.Currency, a.Contracts, money(a.Original), money(a.Amendments), money(a.Original.Add(a.Amendments))}) {
					return
				}
			}
		},
	}
}
