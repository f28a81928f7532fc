package report

import (
	"fmt"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// agreement is a sum that two places of the workbook say.
type agreement struct {
	labels   [2]request.Text
	formulas [2]string // without rounding
	sums     [2]decimal.Decimal
}

// moneyChecks says that money is in one place: what is committed by cost centre is what is still to come by line, and each charge is matched,
// set aside or without approval.
func (p *sheetWriter) moneyChecks(s *page) {
	if p.Cards == nil || p.commitments < 0 {
		return
	}
	b, u, m, l := &p.sheets[p.commitments], &p.sheets[p.uncharged], &p.sheets[p.matched], &p.sheets[p.unapproved]
	flows := map[string]reconcile.Flow{}
	for _, f := range p.chargeFlow() {
		flows[f.Currency] = f
	}
	codes := map[string]bool{}
	for _, t := range []*placed{b, u, m, l} {
		for _, code := range t.codes {
			codes[code] = true
		}
	}
	s.section(request.Text{EN: "Money is in one place", FR: "Chaque somme est à un seul endroit"})
	s.columnHeads(request.Text{}, headCurrency, request.Text{}, headAmount, request.Text{}, headCheck)
	if len(codes) == 0 {
		s.put(0, s.cell(nothing, cellStyle{}))
	}
	sumIn := func(t *placed, col int, code string) string {
		return fmt.Sprintf(`SUMIFS(%s,%s,"%s")`, t.at(col), t.at(t.currency), code)
	}
	for _, code := range reconcile.Currencies(codes, p.Currency) {
		s.agree(code, agreement{
			[2]request.Text{{EN: "Committed, by cost centre", FR: "Engagé, par centre de coûts"}, {EN: "Still to be charged, by line", FR: "Reste à porter au compte, par ligne"}},
			[2]string{sumIn(b, budgetCommitted, code), sumIn(u, openRest, code)},
			[2]decimal.Decimal{b.total(code, budgetCommitted), u.total(code, openRest)}})
		f, known := flows[code]
		if !known {
			continue
		}
		cells := p.flowCells[code]
		s.agree(code, agreement{
			[2]request.Text{{EN: "Charges, by sheet", FR: "Achats, par feuille"}, {EN: "Charges, by the control totals", FR: "Achats, selon les totaux de contrôle"}},
			[2]string{sumIn(m, matchedCharged, code) + "+" + sumIn(l, leftCharged, code), cells[0] + "+" + cells[1]},
			[2]decimal.Decimal{m.total(code, matchedCharged).Add(l.total(code, leftCharged)), f.Closed.Amount.Add(f.Closing.Amount)}})
	}
	s.skip(1)
}

// agree writes two sums, the one under the other, and whether they are the same.
func (s *page) agree(code string, a agreement) {
	places, _ := request.MinorDigits(code)
	first := s.row
	verdict, shade := ties, label
	if !a.sums[0].Equal(a.sums[1]) {
		verdict, shade = tiesNot, warning
	}
	for i := range a.labels {
		cells := []excelize.Cell{s.cell(a.labels[i], cellStyle{}), s.cell(code, cellStyle{}), s.cell(nil, cellStyle{}),
			s.cell(formula{fmt.Sprintf("ROUND(%s,%d)", a.formulas[i], places), request.Money{Amount: a.sums[i], Currency: code}}, cellStyle{})}
		if i == 1 {
			cells = append(cells, s.cell(nil, cellStyle{}),
				s.cell(formula{fmt.Sprintf(`IF(D%d=D%d,"%s","%s")`, first, first+1, s.say(ties), s.say(tiesNot)), s.say(verdict)}, cellStyle{kind: shade}))
		}
		s.put(0, cells...)
	}
}
