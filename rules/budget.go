package rules

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// budgetPart is one of the amounts that expressions may read of a cost centre's budget.
type budgetPart struct {
	name string
	of   func(*request.Budget) decimal.Decimal
}

// budgetParts are the variables about the budget of the line's cost centre; a source's index is a place in it.
var budgetParts = []budgetPart{
	{"budget.amount", func(b *request.Budget) decimal.Decimal { return b.Amount }},
	{"budget.committed", func(b *request.Budget) decimal.Decimal { return b.Committed }},
	{"budget.spent", func(b *request.Budget) decimal.Decimal { return b.Spent }},
	{"budget.free", (*request.Budget).Free},
}

// budgetName is what given() asks to learn whether the line's cost centre has a budget at all.
const budgetName = "budget"

// ReadsBudget reports whether something in the policy reads the budget of a line's cost centre, so that a job without
// budgets can be refused before it starts.
func (p *Policy) ReadsBudget() bool {
	for s := range p.slots {
		if k := p.slots[s].kind; k == budgetSource || k == budgetGivenSource {
			return true
		}
	}
	return false
}

func (e *evaluation) readBudget(slot int, s source) ref.Val {
	switch {
	case e.facts.Budget == nil:
		return types.NewErr("there is no budget for the cost centre")
	case e.foreign:
		return types.NewErr("the line is not in %s", e.policy.currency)
	}
	e.amounts[slot] = amount{budgetParts[s.index].of(e.facts.Budget), true}
	return &e.amounts[slot]
}

// unbudgeted is what becomes of a guardrail that compares with a budget where none is on file: an officer looks at the
// line. Nobody can say that money is there. An exemption may let the cost centre pass.
func (e *evaluation) unbudgeted(g *guardrail) result {
	f := e.finding(g, request.Escalate)
	if cell := e.facts.Line.Values[request.CostCentre].Cell; cell != "" && len(f.Cells) == 0 {
		f.Cells = append(f.Cells, cell)
	}
	centre := oneLine(e.facts.Line.Values[request.CostCentre].Text)
	f.Message = request.Text{
		EN: "No budget is known for cost centre " + centre + " in this fiscal year, so an officer looks at the line.",
		FR: "Aucun budget n’est connu pour le centre de coûts " + centre + " pour cet exercice; la ligne est donc soumise à l’approvisionnement.",
	}
	return e.exempt(g, result{Failed, f, isUnbudgeted.why()})
}

// BesideInWorkbook is, for each line of one workbook, what its other lines ask of the same cost centre in the policy's
// currency. Like totals it counts every line with a readable positive amount, whatever becomes of it.
func BesideInWorkbook(currency string, lines *request.Lines) []decimal.Decimal {
	n := lines.Len()
	keys, own := make([]string, n), make([]decimal.Decimal, n)
	asked := map[string]decimal.Decimal{}
	for i, line := range lines.All() {
		centre := &line.Values[request.CostCentre]
		if !centre.Given || centre.Faulty {
			continue
		}
		keys[i] = request.CentreKey(centre.Text)
		if amount, ok := line.Countable(currency); ok {
			own[i] = amount.Amount
			asked[keys[i]] = asked[keys[i]].Add(amount.Amount)
		}
	}
	beside := make([]decimal.Decimal, n)
	for i, key := range keys {
		if key != "" {
			beside[i] = asked[key].Sub(own[i])
		}
	}
	return beside
}
