package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// Write writes the workbook of a report as .xlsx, in the report's language.
func Write(w io.Writer, r Contents) error {
	if err := r.validate(); err != nil {
		return fmt.Errorf("write the reconciliation workbook: %w", err)
	}
	r = r.withDefaults()
	p := &sheetWriter{Contents: r, book: newBook(r.Lang, "Handrail "+r.Period.Name)}
	defer func() { _ = p.file.Close() }() // removes the streams' temporary files; the workbook is written by then
	p.sort()
	p.sumUpContracts()
	p.plan()
	p.summary()
	for _, t := range p.sheets {
		p.write(t, p.under())
	}
	p.signOff()
	p.measures()
	p.properties()
	if p.err != nil {
		return fmt.Errorf("write the reconciliation workbook: %w", p.err)
	}
	p.file.SetZipWriter(p.zipTo(w))
	if err := p.file.Write(w); err != nil {
		return fmt.Errorf("write the reconciliation workbook: %w", err)
	}
	return nil
}

// sheetWriter is one report on its way into a workbook.
type sheetWriter struct {
	Contents
	*book
	decided, waiting              []*reconcile.Line // Lines and Waiting in order
	publish                       []Contract
	small                         []Aggregate
	sheets                        []placed
	decisions, centres, suppliers int                  // places in sheets
	commitments, uncharged        int                  // -1 where there is none
	matched, unapproved           int                  // where there are charges
	flowCells                     map[string][2]string // by currency: where the summary says what charges are closed and open
	controls                      []control
}

// control is a total of the summary that the sign-off repeats.
type control struct {
	label request.Text
	at    formula
}

// sort works out the order in which lines are printed, whatever the order they came in. The lines themselves stay where
// the caller has them: of a hundred thousand a second copy would be most of the memory.
func (p *sheetWriter) sort() {
	p.decided = inOrder(p.Lines, func(a, b *reconcile.Line) int {
		return cmp.Or(a.Decided.Compare(b.Decided), cmp.Compare(a.Reference, b.Reference))
	})
	p.waiting = inOrder(p.Waiting, func(a, b *reconcile.Line) int {
		return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.Reference, b.Reference))
	})
}

func inOrder(lines []reconcile.Line, compare func(a, b *reconcile.Line) int) []*reconcile.Line {
	order := make([]*reconcile.Line, len(lines))
	for i := range lines {
		order[i] = &lines[i]
	}
	slices.SortStableFunc(order, compare)
	return order
}

// plan decides every sheet's rows, so that the summary can point at them before they are written.
func (p *sheetWriter) plan() {
	add := func(t table) int {
		p.sheets = append(p.sheets, place(t, p.Currency))
		return len(p.sheets) - 1
	}
	p.commitments, p.uncharged = -1, -1
	if p.Cards != nil || len(p.Budgets) > 0 {
		p.commitments = add(cardSheets{p}.budgetTable())
	}
	p.centres = add(p.centreTable())
	p.decisions = add(p.decisionTable())
	add(p.waitingTable())
	if p.Cards != nil {
		p.matched = add(cardSheets{p}.matchedTable())
		p.unapproved = add(cardSheets{p}.leftTable())
		p.uncharged = add(cardSheets{p}.openTable())
		add(cardSheets{p}.varianceTable())
		if len(p.Corrected) > 0 {
			add(cardSheets{p}.correctedTable())
		}
		if len(p.NotRepeated) > 0 {
			add(cardSheets{p}.notRepeatedTable())
		}
		if len(p.Closed) > 0 {
			add(cardSheets{p}.closedTable())
		}
	}
	add(p.exceptionTable())
	p.suppliers = add(p.supplierTable())
	add(p.publicationTable())
	add(p.aggregateTable())
	if end, due := p.fiscalYearEnd(); due && p.Cards != nil {
		add(p.yearEndTable(end))
	}
	add(p.taxTable())
}

// under is the line under every title: the period, its days and the edition.
func (p *sheetWriter) under() string {
	s := p.Period.Name + "\u00a0· " + p.Period.From.String() + p.say(request.Text{EN: " to ", FR: " au "}) + p.Period.To.String() +
		"\u00a0· " + p.say(request.Text{EN: "edition ", FR: "édition "}) + strconv.Itoa(p.Edition)
	return s
}

func (p *sheetWriter) properties() {
	if p.err != nil {
		return
	}
	language := "en-CA"
	if p.Lang == request.French {
		language = "fr-CA"
	}
	made := p.Made.UTC().Format(time.RFC3339)
	p.check(p.file.SetDocProps(&excelize.DocProperties{
		Title: p.say(summaryTitle) + " " + p.Period.Name, Creator: "Handrail", LastModifiedBy: "Handrail", Language: language,
		Created: made, Modified: made,
	}))
}
