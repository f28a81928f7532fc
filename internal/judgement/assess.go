// Package judgement owns what a policy says about the lines of one workbook: it reads a workbook as a request, adds up what the
// lines say with what counts elsewhere, and holds the few verdicts that come from where a line was before. It is pure.
//
// It refuses to know the ledger, who is asked, and what is written back.
package judgement

import (
	"context"
	"errors"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/internal/workbook"
	"handrail/rules"
)

// Reading is a workbook that was read as a request, before anything is judged.
type Reading struct {
	Book *workbook.Book
	Form *forms.Form
}

// ReadRequest opens a workbook and reads the request in it. Its error is a *workbook.Error with a sentence for the
// requester, or the context's: then nothing is known of the workbook.
func ReadRequest(ctx context.Context, data []byte, o forms.Options) (*Reading, error) {
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return nil, err
	}
	form, err := forms.Read(ctx, book, o)
	if err != nil {
		return nil, err
	}
	return &Reading{Book: book, Form: form}, nil
}

// Assessed is one line with what the policy says about it.
type Assessed struct {
	Facts   request.Facts
	Verdict request.Verdict
}

// Assess judges the lines of one workbook with what the ledger adds to their totals: elsewhere holds, for each line and
// total, what counts outside this workbook; budgets holds, for each line, its cost centre's budget. Both may be nil. It is pure.
func Assess(p *rules.Policy, origin request.Origin, lines *request.Lines, elsewhere []request.Outside, budgets []*request.Budget, today request.Date, own []string) []Assessed {
	return assess(p, &totals.LineKeys{Origin: &origin, Lines: lines}, elsewhere, budgets, today, own)
}

// assess is Assess of lines whose keys others need too.
func assess(p *rules.Policy, keyed *totals.LineKeys, elsewhere []request.Outside, budgets []*request.Budget, today request.Date, own []string) []Assessed {
	w := NewWorkbook(p, keyed, budgets, today, own)
	out := make([]Assessed, keyed.Lines.Len())
	for i := range out {
		var other *request.Outside
		if elsewhere != nil {
			other = &elsewhere[i]
		}
		out[i] = w.Line(i, other)
	}
	return out
}

// Workbook is a workbook whose lines are judged one by one, with totals that see all of them: what a policy says about a
// line takes some kilobytes, and is seldom needed for all lines at once.
type Workbook struct {
	Policy  *rules.Policy
	specs   []request.TotalSpec
	Keyed   *totals.LineKeys
	inside  *rules.Totals
	beside  []decimal.Decimal
	budgets []*request.Budget
	today   request.Date
	own     []string
	// Registers is what the department's registers say of line i; nil where there are none.
	Registers func(i int, line *request.Line) *request.Registers
	// Stopped: an owner of the rules said STOP; nil while nobody did.
	Stopped *request.Stopped
}

// NewWorkbook prepares the lines of a workbook; budgets may be nil.
func NewWorkbook(p *rules.Policy, keyed *totals.LineKeys, budgets []*request.Budget, today request.Date, own []string) *Workbook {
	specs := p.TotalSpecs()
	return &Workbook{Policy: p, specs: specs, Keyed: keyed, inside: p.KeyedTotals(keyed),
		beside: rules.BesideInWorkbook(p.Currency(), keyed.Lines), budgets: budgets, today: today, own: own}
}

// Line judges line i; elsewhere is what counts outside the workbook, nil where that was not asked.
func (w *Workbook) Line(i int, elsewhere *request.Outside) Assessed {
	facts := request.Facts{Line: w.Keyed.Lines.At(i), Request: *w.Keyed.Origin, Today: w.today, OwnDomains: w.own, Totals: w.inside.Of(i), Stopped: w.Stopped}
	if w.Registers != nil {
		facts.Registers = w.Registers(i, &facts.Line)
	}
	if elsewhere != nil {
		facts.Totals = addSums(w.specs, facts.Totals, elsewhere.Sums)
		facts.Registers = withNew(facts.Registers, elsewhere.New)
	}
	if w.budgets != nil && w.budgets[i] != nil {
		b := *w.budgets[i]
		b.Beside = w.beside[i]
		facts.Budget = &b
	}
	return Assessed{Facts: facts, Verdict: w.Policy.Judge(facts)}
}

// withNew adds what is said of a new supplier, where no register knows better.
func withNew(known *request.Registers, c *request.RegisterCheck) *request.Registers {
	if c == nil {
		return known
	}
	var with request.Registers
	if known != nil {
		with = *known
	}
	if with.Supplier != "" || slices.ContainsFunc(with.Checks, func(o request.RegisterCheck) bool {
		return o.Kind == request.SupplierNear && request.SupplierName(o.Register) == request.SupplierName(c.Register)
	}) {
		return known
	}
	with.Checks = append(slices.Clip(with.Checks), *c)
	return &with
}

// addSums joins what a workbook and the ledger add up to. A total that the workbook has no entry for is not asked.
func addSums(specs []request.TotalSpec, inside, elsewhere map[string]request.Sum) map[string]request.Sum {
	all := make(map[string]request.Sum, len(inside))
	for _, spec := range specs {
		sum, asked := inside[spec.Name]
		if !asked {
			continue
		}
		if spec.Scope != request.Workbook {
			sum = totals.Join(sum, elsewhere[spec.Name])
		}
		all[spec.Name] = sum
	}
	return all
}

// RefusalOf is the code and the sentence of an error from ReadRequest.
func RefusalOf(err error) (code string, reason request.Text) {
	var e *workbook.Error
	if errors.As(err, &e) {
		return string(e.Code), e.Message
	}
	return string(workbook.Damaged), request.Text{
		EN: "This workbook could not be read. Copy your rows into a new blank form and send that.",
		FR: "Ce classeur n’a pas pu être lu. Copiez vos lignes dans un nouveau formulaire vierge et envoyez celui-ci."}
}
