package report

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// Columns of the decisions that formulas elsewhere point at, counted from 0.
const (
	decisionCurrency   = 7
	decisionTotal      = 10
	decisionTurnaround = 13
	decisionOutcome    = 14
	decisionBy         = 15
)

func (p *sheetWriter) decisionTable() table {
	return table{
		name: p.say(request.Text{EN: "Decisions", FR: "Décisions"}), id: "Decisions",
		title:    request.Text{EN: "Decisions of the period", FR: "Décisions de la période"},
		note:     request.Text{EN: "Every line that got its decision in the period. Turnaround is hours and minutes from the mail's arrival to the decision.", FR: "Toutes les lignes décidées pendant la période. Le délai va de l’arrivée du courriel à la décision, en heures et minutes."},
		empty:    nothing,
		currency: decisionCurrency,
		columns: []column{
			{request.Text{EN: "Reference", FR: "Référence"}, 21, text, false},
			{request.Title.Info().Label, 34, wrapped, false},
			{request.Supplier.Info().Label, 28, wrapped, false},
			{request.Text{EN: "Requester", FR: "Demandé par"}, 30, text, false},
			{request.Text{EN: "Branch", FR: "Direction générale"}, 22, wrapped, false},
			{request.CostCentre.Info().Label, 14, text, false},
			{request.Commodity.Info().Label, 14, text, false},
			{request.Currency.Info().Label, 10, text, false},
			{request.Net.Info().Label, 15, amount, true},
			{request.Tax.Info().Label, 14, amount, true},
			{request.Total.Info().Label, 16, amount, true},
			{request.Text{EN: "Received", FR: "Reçue"}, 17, instant, false},
			{request.Text{EN: "Decided", FR: "Décidée"}, 17, instant, false},
			{request.Text{EN: "Turnaround", FR: "Délai"}, 13, duration, false},
			{request.Text{EN: "Outcome", FR: "Issue"}, 18, text, false},
			{request.Text{EN: "Decided by", FR: "Décidée par"}, 26, text, false},
			{request.Text{EN: "Guardrails", FR: "Balises"}, 30, wrapped, false},
			{request.Text{EN: "Reason given", FR: "Motif"}, 30, wrapped, false},
			{request.Text{EN: "Policy", FR: "Politique"}, 20, text, false},
		},
		rows: func(yield func([]any) bool) {
			for _, l := range p.decided {
				if !yield([]any{
					l.Reference, l.Title, l.Supplier, l.Requester, l.Unit, l.CostCentre, p.commodity(l.Commodity), l.Total.Currency,
					l.Net, l.Tax, l.Total, p.local(l.Received), p.local(l.Decided), turnaround(l), p.say(l.Outcome.Word()), p.by(l),
					guardrails(l), l.Reason, shortHash(l.Policy),
				}) {
					return
				}
			}
		},
	}
}

func (p *sheetWriter) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(p.Made.Location())
}

// turnaround is how long the line took from arrival to decision.
func turnaround(l *reconcile.Line) time.Duration {
	if l.Decided.IsZero() {
		return 0
	}
	return l.Decided.Sub(l.Received)
}

var byGuardrails = request.Text{EN: "guardrails", FR: "balises"}

func (p *sheetWriter) by(l *reconcile.Line) string {
	if l.DecidedBy == "" {
		return p.say(byGuardrails)
	}
	return l.DecidedBy
}

// commodity is the form's word for a commodity type.
func (p *sheetWriter) commodity(code string) string {
	for _, c := range request.Commodity.Info().Choices {
		if c.Code == code {
			return p.say(c.Label)
		}
	}
	return code
}

// guardrails lists what tripped, notes and exempted findings left out.
func guardrails(l *reconcile.Line) string {
	var ids []string
	for _, f := range l.Findings {
		if f.Action != request.Note && f.ExemptedBy == "" && !slices.Contains(ids, f.Guardrail) {
			ids = append(ids, f.Guardrail)
		}
	}
	return strings.Join(ids, ", ")
}

// shortHash is enough of a hash to tell policies apart; the summary has the whole.
func shortHash(h string) string {
	const kept = len("sha256:") + 12
	if len(h) > kept {
		return h[:kept]
	}
	return h
}

func (p *sheetWriter) waitingTable() table {
	return table{
		name: p.say(request.Text{EN: "Waiting", FR: "En attente"}), id: "Waiting",
		title:    request.Text{EN: "Waiting for an officer", FR: "En attente d’une décision"},
		note:     request.Text{EN: "Lines without a decision at the end of the period, the oldest first.", FR: "Lignes sans décision à la fin de la période, les plus anciennes d’abord."},
		empty:    request.Text{EN: "Nothing waits.", FR: "Rien n’est en attente."},
		currency: 5,
		columns: []column{
			{request.Text{EN: "Reference", FR: "Référence"}, 21, text, false},
			{request.Title.Info().Label, 34, wrapped, false},
			{request.Supplier.Info().Label, 28, wrapped, false},
			{request.Text{EN: "Requester", FR: "Demandé par"}, 30, text, false},
			{request.CostCentre.Info().Label, 14, text, false},
			{request.Currency.Info().Label, 10, text, false},
			{request.Total.Info().Label, 16, amount, true},
			{request.Text{EN: "Waits for", FR: "Attend"}, 28, text, false},
			{request.Text{EN: "Received", FR: "Reçue"}, 17, instant, false},
			{request.Text{EN: "Days waiting", FR: "Jours d’attente"}, 11, hours, false},
			{request.Text{EN: "Wanted by", FR: "Échéance"}, 13, day, false},
			{request.Text{EN: "Guardrails", FR: "Balises"}, 34, wrapped, false},
		},
		rows: func(yield func([]any) bool) {
			end := p.end()
			for _, l := range p.waiting {
				if !yield([]any{
					l.Reference, l.Title, l.Supplier, l.Requester, l.CostCentre, l.Total.Currency, l.Total, l.Officer, p.local(l.Received),
					end.Sub(l.Received).Hours() / 24, l.Due, guardrails(l),
				}) {
					return
				}
			}
		},
	}
}

// end is the instant up to which things are counted: the period's end, or now when the period still runs.
func (p *sheetWriter) end() time.Time {
	_, end := p.Period.Bounds(p.Made.Location())
	if p.Made.Before(end) {
		return p.Made
	}
	return end
}

// group is what one cost centre or supplier comes to, in one currency.
type group struct {
	key      groupKey
	name     string // as people wrote it first
	approved reconcile.Sum
	other    reconcile.Sum // decided otherwise: returned, declined, withdrawn
	waiting  reconcile.Sum
	centres  map[string]bool
}

type groupKey struct{ of, currency string }

// groupBy adds up lines; key says what they have in common and name how it is printed.
func (p *sheetWriter) groupBy(key, name func(*reconcile.Line) string) []group {
	by := map[groupKey]*group{}
	at := func(l *reconcile.Line) *group {
		k := groupKey{key(l), l.Total.Currency}
		if k.currency == "" {
			k.currency = p.Currency
		}
		g := by[k]
		if g == nil {
			g = &group{key: k, name: name(l), centres: map[string]bool{}}
			by[k] = g
		}
		g.centres[l.CostCentre] = true
		return g
	}
	for _, l := range p.decided {
		if g := at(l); l.Outcome == request.Approved {
			g.approved = g.approved.Add(l.Total.Amount)
		} else {
			g.other = g.other.Add(l.Total.Amount)
		}
	}
	for _, l := range p.waiting {
		g := at(l)
		g.waiting = g.waiting.Add(l.Total.Amount)
	}
	var groups []group
	for _, g := range slices.Collect(maps.Values(by)) {
		groups = append(groups, *g)
	}
	main := p.Currency
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(
			reconcile.CompareCurrencies(a.key.currency, b.key.currency, main),
			b.approved.Amount.Cmp(a.approved.Amount),
			cmp.Compare(a.name, b.name), cmp.Compare(a.key.of, b.key.of))
	})
	return groups
}

var noneGiven = request.Text{EN: "(none given)", FR: "(non précisé)"}

func (p *sheetWriter) given(s string) string {
	if strings.TrimSpace(s) == "" {
		return p.say(noneGiven)
	}
	return s
}

func (p *sheetWriter) centreTable() table {
	groups := p.groupBy(func(l *reconcile.Line) string { return request.CentreKey(l.CostCentre) }, func(l *reconcile.Line) string { return l.CostCentre })
	return table{
		name: p.say(request.Text{EN: "Cost centres", FR: "Centres de coûts"}), id: "CostCentres",
		title: request.Text{EN: "By cost centre", FR: "Par centre de coûts"}, empty: nothing, currency: 1,
		columns: groupColumns(request.CostCentre.Info().Label),
		rows:    p.groupRows(groups),
	}
}

func groupColumns(first request.Text) []column {
	return []column{
		{first, 34, wrapped, false},
		{request.Currency.Info().Label, 10, text, false},
		{request.Text{EN: "Lines approved", FR: "Lignes approuvées"}, 13, count, false},
		{request.Text{EN: "Approved", FR: "Approuvé"}, 18, amount, true},
		{request.Text{EN: "Share", FR: "Part"}, 10, percent, false},
		{request.Text{EN: "Lines not approved", FR: "Lignes non approuvées"}, 14, count, false},
		{request.Text{EN: "Not approved", FR: "Non approuvé"}, 18, amount, true},
		{request.Text{EN: "Lines waiting", FR: "Lignes en attente"}, 13, count, false},
		{request.Text{EN: "Waiting", FR: "En attente"}, 18, amount, true},
	}
}

const groupApproved = 3

func (p *sheetWriter) groupRows(groups []group) iter.Seq[[]any] {
	all := map[string]decimal.Decimal{}
	for _, g := range groups {
		all[g.key.currency] = all[g.key.currency].Add(g.approved.Amount)
	}
	return func(yield func([]any) bool) {
		for _, g := range groups {
			c := g.key.currency
			money := func(t reconcile.Sum) request.Money { return request.Money{Amount: t.Amount, Currency: c} }
			if !yield([]any{
				p.given(g.name), c, g.approved.Lines, money(g.approved), share(g.approved.Amount, all[c]), g.other.Lines, money(g.other),
				g.waiting.Lines, money(g.waiting),
			}) {
				return
			}
		}
	}
}

// share is part over whole, 0 when there is no whole.
func share(part, whole decimal.Decimal) float64 {
	if whole.IsZero() {
		return 0
	}
	return part.Div(whole).InexactFloat64()
}

// mostSuppliers is how many suppliers of the fiscal year are listed that the period has no line of.
const mostSuppliers = 20

// supplierTable lists the suppliers of the period, and the largest of the fiscal year, with what they come to in both.
func (p *sheetWriter) supplierTable() table {
	keys := reconcile.SuppliersOf(p.allLines())
	groups := p.groupBy(keys, func(l *reconcile.Line) string { return l.Supplier })
	year := p.suppliersOfYear(keys)
	groups = append(groups, year.others(groups)...)
	since := FiscalYearOf(p.Period.To, p.FiscalYearStart).Name
	inYear := func(en, fr string) request.Text { return request.Text{EN: en + since, FR: fr + since} }
	t := table{
		name: p.say(request.Text{EN: "Suppliers", FR: "Fournisseurs"}), id: "Suppliers",
		title: request.Text{EN: "By supplier", FR: "Par fournisseur"}, empty: nothing, currency: 1,
		note: request.Text{EN: "Concentration and repeat purchases: the last columns count the whole fiscal year until the end of the period. Its " + strconv.Itoa(mostSuppliers) + " largest suppliers are always listed.",
			FR: "Concentration et achats répétés\u00a0: les dernières colonnes portent sur tout l’exercice jusqu’à la fin de la période. Ses " + strconv.Itoa(mostSuppliers) + " principaux fournisseurs figurent toujours."},
		columns: append(groupColumns(request.Supplier.Info().Label),
			column{request.Text{EN: "Cost centres", FR: "Centres de coûts"}, 11, count, false},
			column{inYear("Requests in ", "Demandes en "), 13, count, false},
			column{inYear("Lines in ", "Lignes en "), 12, count, false},
			column{inYear("Approved in ", "Approuvé en "), 21, amount, true},
			column{inYear("Share of ", "Part de "), 12, percent, false}),
	}
	rows := p.groupRows(groups)
	t.rows = func(yield func([]any) bool) {
		i := 0
		for row := range rows {
			g := &groups[i]
			y := year.of(g.key)
			if !yield(append(row, len(g.centres), len(y.requests), y.approved.Lines, request.Money{Amount: y.approved.Amount, Currency: g.key.currency},
				share(y.approved.Amount, year.all[g.key.currency]))) {
				return
			}
			i++
		}
	}
	return t
}

// allLines are the lines that the workbook knows of, some of them twice.
func (p *sheetWriter) allLines() iter.Seq[*reconcile.Line] {
	return func(yield func(*reconcile.Line) bool) {
		for _, list := range [][]*reconcile.Line{p.decided, p.waiting, p.YearLines} {
			for _, l := range list {
				if !yield(l) {
					return
				}
			}
		}
	}
}

// supplierYear is what one supplier came to in the fiscal year.
type supplierYear struct {
	name     string
	approved reconcile.Sum
	requests map[request.Reference]bool
}

type suppliersYear struct {
	by  map[groupKey]*supplierYear
	all map[string]decimal.Decimal // by currency
}

func (y *suppliersYear) of(k groupKey) supplierYear {
	if s := y.by[k]; s != nil {
		return *s
	}
	return supplierYear{}
}

func (p *sheetWriter) suppliersOfYear(key func(*reconcile.Line) string) *suppliersYear {
	y := &suppliersYear{by: map[groupKey]*supplierYear{}, all: map[string]decimal.Decimal{}}
	add := func(l *reconcile.Line) {
		if l.Outcome != request.Approved || l.Total.Currency == "" {
			return
		}
		k := groupKey{key(l), l.Total.Currency}
		s := y.by[k]
		if s == nil {
			s = &supplierYear{name: l.Supplier, requests: map[request.Reference]bool{}}
			y.by[k] = s
		}
		s.approved = s.approved.Add(l.Total.Amount)
		if ref, ok := request.ParseReference(l.Reference); ok {
			s.requests[request.Reference{Year: ref.Year, Number: ref.Number}] = true
		}
		y.all[k.currency] = y.all[k.currency].Add(l.Total.Amount)
	}
	for _, l := range p.YearLines {
		add(l)
	}
	if p.YearLines == nil {
		for _, l := range p.decided {
			add(l)
		}
	}
	return y
}

// others are the largest suppliers of the year that are not among groups.
func (y *suppliersYear) others(groups []group) []group {
	there := make(map[groupKey]bool, len(groups))
	for i := range groups {
		there[groups[i].key] = true
	}
	var keys []groupKey
	for k := range y.by {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b groupKey) int {
		return cmp.Or(y.by[b].approved.Amount.Cmp(y.by[a].approved.Amount), cmp.Compare(a.of, b.of), cmp.Compare(a.currency, b.currency))
	})
	var more []group
	for _, k := range keys[:min(len(keys), mostSuppliers)] {
		if !there[k] {
			more = append(more, group{key: k, name: y.by[k].name})
		}
	}
	return more
}

var nothing = request.Text{EN: "Nothing in this period.", FR: "Rien pour cette période."}
