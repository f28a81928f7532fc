package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// cardSheets writes the sheets about charges.
type cardSheets struct{ s *sheetWriter }

// approvedOf is what a match uses of its lines' approvals; same is false when that is in another currency than the charges.
func (p cardSheets) approvedOf(m *reconcile.Match) (sum request.Money, same bool) {
	if m.Rule == reconcile.ByRefund {
		return request.Money{Amount: decimal.Zero, Currency: p.s.Cards.Charges[m.Charges[0]].Amount.Currency}, true
	}
	return p.s.Cards.ApprovedBy(m)
}

func (p cardSheets) chargedOf(m *reconcile.Match) request.Money {
	sum := request.Money{Currency: p.s.Cards.Charges[m.Charges[0]].Amount.Currency}
	for _, c := range m.Charges {
		sum.Amount = sum.Amount.Add(p.s.Cards.Charges[c].Amount.Amount)
	}
	return sum
}

const mostListed = 4

// few joins up to four texts.
func few[T any](list []T, say func(T) string) string {
	var texts []string
	for _, v := range list[:min(len(list), mostListed)] {
		if s := say(v); !slices.Contains(texts, s) {
			texts = append(texts, s)
		}
	}
	if len(list) > mostListed {
		texts = append(texts, "…")
	}
	return strings.Join(texts, ", ")
}

func (p cardSheets) references(lines []int) string {
	return few(lines, func(l int) string { return p.s.Cards.Lines[l].Reference })
}

var (
	colReference = request.Text{EN: "Reference", FR: "Référence"}
	colMerchant  = request.Text{EN: "Merchant", FR: "Marchand"}
	colCharged   = request.Text{EN: "Charged", FR: "Porté au compte"}
	colApproved  = request.Text{EN: "Approved", FR: "Approuvé"}
	colBought    = request.Text{EN: "Bought on", FR: "Acheté le"}
	colCard      = request.Text{EN: "Card", FR: "Carte"}
	colRule      = request.Text{EN: "Rule", FR: "Règle"}
	colScore     = request.Text{EN: "Score", FR: "Cote"}
	// Of a line that is partly charged.
	colChargedSoFar = request.Text{EN: "Charged so far", FR: "Déjà porté au compte"}
	colRest         = request.Text{EN: "Still to come", FR: "Reste à porter"}
	colDiffers      = request.Text{EN: "Difference", FR: "Écart"}
)

func (p cardSheets) matchedTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Matched", FR: "Rapprochés"}), id: "Matched", empty: nothing, currency: 5,
		title: request.Text{EN: "Charges matched with approvals", FR: "Achats rapprochés d’approbations"},
		note: request.Text{EN: "If a match is wrong, write the right line’s number in the framed column, several with commas, or “none” to take it back, or “ignore”, and mail this workbook back.",
			FR: "Si un rapprochement est erroné, inscrivez dans la colonne encadrée le numéro de la bonne ligne, plusieurs avec des virgules, ou «\u00a0aucune\u00a0» pour l’annuler, ou «\u00a0ignorer\u00a0», et renvoyez ce classeur."},
		columns: []column{
			{colReference, 26, wrapped, false}, {request.Supplier.Info().Label, 28, wrapped, false}, {request.CostCentre.Info().Label, 14, text, false},
			{colMerchant, 32, wrapped, false}, {colBought, 13, day, false}, {headCurrency, 10, text, false},
			{colApproved, 16, amount, true}, {colCharged, 16, amount, true}, {colDiffers, 15, amount, true},
			{request.Text{EN: "Approved in another currency", FR: "Approuvé dans une autre devise"}, 18, amount, false},
			{colCard, 9, text, false}, {colRule, 26, text, false}, {colScore, 9, count, false},
			{request.Text{EN: "Charges", FR: "Achats"}, 10, count, false}, {colChange, 24, entry, false}, {colFingerprint, 34, wrapped, false},
		},
		rows: func(yield func([]any) bool) {
			for i := range p.s.Cards.Matches {
				m := &p.s.Cards.Matches[i]
				first := &p.s.Cards.Charges[m.Charges[0]]
				l := &p.s.Cards.Lines[m.Lines[0]]
				approved, same := p.approvedOf(m)
				charged := p.chargedOf(m)
				var here, other, difference any = approved, nil, request.Money{Amount: charged.Amount.Sub(approved.Amount), Currency: charged.Currency}
				if !same {
					here, other, difference = nil, approved, nil
				}
				if !yield([]any{
					p.references(m.Lines), l.Supplier, l.CostCentre, few(m.Charges, func(c int) string { return p.s.Cards.Charges[c].Merchant }),
					first.Transacted, first.Amount.Currency, here, charged, difference, other, first.Card, p.how(m), m.Score, len(m.Charges), "",
					p.keys(m.Charges),
				}) {
					return
				}
			}
		},
	}
}

// keys are the fingerprints of charges, for a workbook that comes back.
func (p cardSheets) keys(charges []int) string {
	if len(charges) == 1 {
		return p.s.Cards.Charges[charges[0]].Fingerprint
	}
	list := make([]string, len(charges))
	for i, c := range charges {
		list[i] = p.s.Cards.Charges[c].Fingerprint
	}
	return strings.Join(list, " ")
}

func (p cardSheets) leftTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Charges without approval", FR: "Achats sans approbation"}), id: "Unapproved",
		title: request.Text{EN: "Charges without approval", FR: "Achats sans approbation"},
		note: request.Text{EN: "If you know the line, write its number in the framed column, several with commas, or “ignore”, and mail this workbook back: it is remembered.",
			FR: "Si vous connaissez la ligne, inscrivez son numéro dans la colonne encadrée, plusieurs avec des virgules, ou «\u00a0ignorer\u00a0», et renvoyez ce classeur\u00a0: ce sera retenu."},
		empty: request.Text{EN: "Every charge has an approval.", FR: "Chaque achat a une approbation."}, currency: 7,
		columns: []column{
			{request.Text{EN: "Why", FR: "Pourquoi"}, 30, wrapped, false}, {colMerchant, 34, wrapped, false}, {colBought, 13, day, false},
			{request.Text{EN: "Posted on", FR: "Inscrit le"}, 13, day, false}, {colCard, 9, text, false},
			{request.Cardholder.Info().Label, 26, text, false}, {request.CostCentre.Info().Label, 14, text, false}, {headCurrency, 10, text, false},
			{colCharged, 16, amount, true}, {request.Text{EN: "Reference on the statement", FR: "Référence du relevé"}, 24, wrapped, false},
			{request.Text{EN: "Comes closest", FR: "Le plus proche"}, 30, wrapped, false}, {colByHand, 26, entry, false},
			{request.Text{EN: "Category code", FR: "Code de catégorie"}, 12, text, false},
			{request.Text{EN: "Other columns", FR: "Autres colonnes"}, 26, wrapped, false},
			{request.Text{EN: "Statement, row", FR: "Relevé, ligne"}, 26, text, false}, {colFingerprint, 36, text, false},
		},
		rows: func(yield func([]any) bool) {
			for _, l := range p.s.Cards.Left {
				c := &p.s.Cards.Charges[l.Charge]
				if !yield([]any{
					p.s.say(l.Reason.Word()) + p.overTheYearsEnd(l.Charge), c.Merchant, c.Transacted, c.Posted, c.Card, c.Cardholder, c.CostCentre, c.Amount.Currency, c.Amount, c.Reference,
					p.references(l.Near), "", c.Category, extras(c), c.Statement + ", " + strconv.Itoa(c.Row), c.Fingerprint,
				}) {
					return
				}
			}
		},
	}
}

// extras lists the columns that are carried through, in order.
func extras(c *statement.Charge) string {
	var list []string
	for k, v := range c.Extra {
		list = append(list, k+": "+v)
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// ages are the buckets of approvals without a charge, by the days since the approval.
var ages = []struct {
	upTo int
	head string
}{{7, "0–7"}, {30, "8–30"}, {60, "31–60"}, {90, "61–90"}, {1 << 30, "90+"}}

// firstAge is the column of the first bucket, counted from 0.
const firstAge = 11

// Columns that the summary adds up, counted from 0.
const (
	matchedCharged = 7
	leftCharged    = 8
	openRest       = 8
)

func (p cardSheets) openTable() table {
	columns := []column{
		{colReference, 21, text, false}, {request.Title.Info().Label, 32, wrapped, false}, {request.Supplier.Info().Label, 28, wrapped, false},
		{request.CostCentre.Info().Label, 14, text, false}, {request.Cardholder.Info().Label, 28, text, false}, {headCurrency, 10, text, false},
		{colApproved, 16, amount, true}, {colChargedSoFar, 16, amount, true}, {colRest, 16, amount, true},
		{request.Text{EN: "Approved on", FR: "Approuvée le"}, 13, day, false}, {request.Text{EN: "Days", FR: "Jours"}, 8, count, false},
	}
	for _, a := range ages {
		columns = append(columns, column{request.Text{EN: a.head + " days", FR: a.head + " jours"}, 15, amount, true})
	}
	columns = append(columns, column{colClose, 18, entry, false}, column{colWhyClosed, 34, entry, false})
	return table{
		name: p.s.say(request.Text{EN: "Approvals without charge", FR: "Approbations sans achat"}), id: "Uncharged", currency: 5, columns: columns,
		title: request.Text{EN: "Approvals that are not charged, or only in part, by age", FR: "Approbations sans achat, ou portées au compte en partie, par ancienneté"},
		note: request.Text{EN: "If nothing more will be charged for a line, write “close” in the framed column, with the reason beside it, and mail this workbook back: its money is committed no longer.",
			FR: "Si plus rien ne sera porté au compte pour une ligne, inscrivez «\u00a0fermer\u00a0» dans la colonne encadrée, avec le motif à côté, et renvoyez ce classeur\u00a0: son montant n’est plus engagé."},
		empty: request.Text{EN: "Every approval has a charge.", FR: "Chaque approbation a un achat."},
		rows: func(yield func([]any) bool) {
			today := request.DateOf(p.s.end().Add(-1))
			for _, at := range p.s.Cards.Open {
				l := &p.s.Cards.Lines[at]
				on := request.DateOf(p.s.local(l.Decided))
				days := max(0, on.DaysUntil(today))
				rest := p.s.Cards.RestOf(at)
				var charged any
				if !rest.Amount.Equal(l.Total.Amount) {
					charged = request.Money{Amount: l.Total.Amount.Sub(rest.Amount), Currency: rest.Currency}
				}
				row := []any{l.Reference, l.Title, l.Supplier, l.CostCentre, l.Cardholder, l.Total.Currency, l.Total, charged, rest, on, days}
				placed := false
				for _, a := range ages {
					var v any
					if !placed && days <= a.upTo {
						v, placed = rest, true
					}
					row = append(row, v)
				}
				if !yield(append(row, "", "")) {
					return
				}
			}
		},
	}
}

func (p cardSheets) varianceTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Variances", FR: "Écarts"}), id: "Variances", currency: 3,
		title: request.Text{EN: "Charged otherwise than approved", FR: "Porté au compte autrement qu’approuvé"},
		empty: request.Text{EN: "Every matched charge is what was approved.", FR: "Chaque achat rapproché est conforme à l’approbation."},
		columns: []column{
			{colReference, 26, wrapped, false}, {request.Supplier.Info().Label, 30, wrapped, false}, {colBought, 13, day, false}, {headCurrency, 10, text, false},
			{colApproved, 16, amount, true}, {colCharged, 16, amount, true}, {colDiffers, 16, amount, true}, {request.Text{EN: "Per cent", FR: "Pour cent"}, 11, percent, false},
			{colRule, 28, text, false},
		},
		rows: func(yield func([]any) bool) {
			for i := range p.s.Cards.Matches {
				m := &p.s.Cards.Matches[i]
				approved, same := p.approvedOf(m)
				charged := p.chargedOf(m)
				off := charged.Amount.Sub(approved.Amount)
				if !same || off.IsZero() && !p.afterClosing(m) || m.Rule == reconcile.ByRefund {
					continue
				}
				first := &p.s.Cards.Charges[m.Charges[0]]
				if !yield([]any{
					p.references(m.Lines), p.s.Cards.Lines[m.Lines[0]].Supplier, first.Transacted, charged.Currency, approved, charged,
					request.Money{Amount: off, Currency: charged.Currency}, share(off, approved.Amount), p.how(m),
				}) {
					return
				}
			}
		},
	}
}

// budgets are the report's, or what its lines and charges alone say when no budget is on file.
func (p cardSheets) budgets() []Budget {
	list := slices.Clone(p.s.Budgets)
	if len(list) == 0 && p.s.Cards != nil {
		list = CommitFrom(nil, p.s.Cards, FiscalYearOf(p.s.Period.To, p.s.FiscalYearStart).From.Time(p.s.Made.Location()))
	}
	slices.SortFunc(list, func(a, b Budget) int {
		return cmp.Or(reconcile.CompareCurrencies(a.Currency, b.Currency, p.s.Currency), cmp.Compare(a.CostCentre, b.CostCentre))
	})
	return list
}

// Columns of the commitments that the summary's chart points at, counted from 0.
const (
	budgetCommitted  = 3
	budgetSpent      = 5
	budgetUnapproved = 6
	budgetFree       = 8
)

func (p cardSheets) budgetTable() table {
	list := p.budgets()
	year := FiscalYearOf(p.s.Period.To, p.s.FiscalYearStart).Name
	return table{
		name: p.s.say(request.Text{EN: "Commitments", FR: "Engagements"}), id: "Commitments", currency: 1, empty: nothing,
		title: request.Text{EN: "Commitments against actuals and budget", FR: "Engagements, dépenses et budget"},
		note: request.Text{EN: "Fiscal year " + year + ". Committed: approved and not charged yet, of partly charged lines the rest; what was approved before the year goes over into it. Spent: charged and matched, in the year in which it was posted. Free: budget less all that is used; empty when no budget is on file.",
			FR: "Exercice " + year + ". Engagé\u00a0: approuvé, pas encore porté au compte, ou le reste d’une ligne portée en partie; ce qui a été approuvé avant l’exercice y est reporté. Dépensé\u00a0: porté au compte et rapproché, dans l’exercice où l’achat est inscrit. Libre\u00a0: budget moins tout ce qui est utilisé; vide sans budget au dossier."},
		columns: []column{
			{request.CostCentre.Info().Label, 26, text, false}, {headCurrency, 10, text, false}, {request.Text{EN: "Budget", FR: "Budget"}, 18, amount, true},
			{request.Text{EN: "Committed", FR: "Engagé"}, 18, amount, true},
			{request.Text{EN: "of which from before the year", FR: "dont reporté"}, 18, amount, true}, {request.Text{EN: "Spent", FR: "Dépensé"}, 18, amount, true},
			{request.Text{EN: "Spent without approval", FR: "Dépensé sans approbation"}, 20, amount, true},
			{request.Text{EN: "Used in all", FR: "Utilisé en tout"}, 18, amount, true}, {request.Text{EN: "Free", FR: "Libre"}, 18, amount, true},
			{request.Text{EN: "Used", FR: "Utilisé"}, 10, percent, false},
		},
		rows: func(yield func([]any) bool) {
			for _, b := range list {
				money := func(d decimal.Decimal) request.Money { return request.Money{Amount: d, Currency: b.Currency} }
				used := b.used()
				var budget, free, part, carried any
				if !b.Carried.IsZero() {
					carried = money(b.Carried)
				}
				if !b.Budget.IsZero() {
					budget, free, part = money(b.Budget), money(b.Budget.Sub(used)), share(used, b.Budget)
				}
				if !yield([]any{p.s.given(b.CostCentre), b.Currency, budget, money(b.Committed), carried, money(b.Spent), money(b.Unapproved), money(used), free, part}) {
					return
				}
			}
		},
	}
}

// place names a place in the summary for formulas elsewhere.
func summaryCell(sheet string, col, row int) string {
	return fmt.Sprintf("%s!$%s$%d", quoted(sheet), workbook.Column(col), row)
}
