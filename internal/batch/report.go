package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/rules"
)

// ReportOptions says which report to build.
type ReportOptions struct {
	Period   reconcile.Period
	From, To time.Time // the instants that the period means, half-open
	Lang     request.Lang
	Edition  int
	Zone     *time.Location
	Now      time.Time
	// Currency is the policy's.
	Currency string
	// Policy finds a policy by its hash, for its name and its guardrails' titles.
	Policy func(hash string) (*rules.Policy, error)
	// Roster finds who a waiting line lies with; nil names nobody.
	Officer func(*request.Line, *request.Origin) string
	// Statements are charges to join with, already read; nil joins nothing.
	Statements []reconcile.Charge
}

// BuildReport reads from the ledger what finance's workbook says about a period.
func BuildReport(ctx context.Context, tx *ledger.Tx, o ReportOptions) (reconcile.Report, error) {
	r := reconcile.Report{Period: o.Period, Lang: o.Lang, Edition: o.Edition, Made: o.Now.In(o.Zone), Currency: o.Currency}
	uses, err := tx.PoliciesBetween(ctx, o.From, o.To)
	if err != nil {
		return r, err
	}
	for _, u := range uses {
		p, err := o.Policy(u.Hash)
		if err != nil {
			return r, err
		}
		r.Policies = append(r.Policies, reconcile.Policy{Mark: p.Mark(), Lines: int(u.Lines)})
	}
	head, err := tx.Head(ctx)
	if err != nil {
		return r, err
	}
	r.Chain = reconcile.Chain{Length: head.Seq}
	if head.Seq > 0 {
		r.Chain.Head = head.Hash.String()
	}
	var flow []reconcile.Line
	seen := map[int64]bool{}
	inFlow := func(w *ledger.WeekLine, l reconcile.Line) {
		if seen[w.ID] {
			return
		}
		seen[w.ID] = true
		// The control totals follow the ledger's own instants: a line is there from its judging on.
		l.Received = w.JudgedAt
		if w.Judged != request.Escalated {
			l.Decided = w.JudgedAt
		}
		flow = append(flow, l)
	}
	if err := tx.WaitingAt(ctx, o.From, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		inFlow(w, l)
		return err
	}); err != nil {
		return r, err
	}
	if err := tx.JudgedBetween(ctx, o.From, o.To, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		inFlow(w, l)
		return err
	}); err != nil {
		return r, err
	}
	if err := tx.DecisionsBetween(ctx, o.From, o.To, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		r.Lines = append(r.Lines, l)
		return err
	}); err != nil {
		return r, err
	}
	if err := tx.WaitingAt(ctx, o.To, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		l.Decided = time.Time{}
		l.Outcome = request.Escalated
		r.Waiting = append(r.Waiting, l)
		return err
	}); err != nil {
		return r, err
	}
	r.Flow = reconcile.FlowOf(flow, o.From, o.To, o.Currency)
	if o.Statements != nil {
		if r.Cards, err = joinCards(ctx, tx, &o); err != nil {
			return r, err
		}
	}
	return r, nil
}

// cardReach is how long before a period an approval may lie that is charged in it.
const cardReach = 400

func joinCards(ctx context.Context, tx *ledger.Tx, o *ReportOptions) (*reconcile.Reconciliation, error) {
	var lines []reconcile.Line
	from, to := o.Period.From.AddDays(-cardReach), o.Period.To
	for _, outcome := range []request.Outcome{request.Approved, request.Declined} {
		if err := tx.LinesWith(ctx, outcome, from, to, func(w *ledger.WeekLine) error {
			l, err := financeLine(w, o)
			lines = append(lines, l)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return reconcile.JoinCharges(lines, o.Statements, reconcile.MatchOptions{Zone: o.Zone})
}

// financeLine is a line of the ledger as finance sees it.
func financeLine(w *ledger.WeekLine, o *ReportOptions) (reconcile.Line, error) {
	l := reconcile.Line{Reference: w.Reference, Requester: w.Requester, Unit: w.Unit, Supplier: w.Supplier, CostCentre: w.CostCentre,
		Received: w.ReceivedAt.In(o.Zone), Outcome: w.Outcome, DecidedBy: w.DecidedBy, Reason: w.Reason, Policy: w.Policy, Asked: w.JudgedAt.In(o.Zone)}
	if !w.DecidedAt.IsZero() {
		l.Decided = w.DecidedAt.In(o.Zone)
	}
	if w.HasAmount {
		l.Total = request.FromMinor(w.Amount, w.Currency)
	}
	if w.Facts == nil {
		return l, nil // disposed of: what remains is the record
	}
	var facts request.Facts
	if err := json.Unmarshal(w.Facts, &facts); err != nil {
		return l, fmt.Errorf("line %s: %w", w.Reference, err)
	}
	if err := json.Unmarshal(w.Findings, &l.Findings); err != nil {
		return l, fmt.Errorf("line %s: %w", w.Reference, err)
	}
	v := &facts.Line.Values
	money := func(f request.Field) request.Money {
		if x := v[f]; x.Given && !x.Faulty {
			return request.Money{Amount: x.Number, Currency: w.Currency}
		}
		return request.Money{}
	}
	l.Title, l.TitleOther, l.SupplierID = v[request.Title].Text, v[request.TitleOther].Text, v[request.SupplierID].Text
	l.GLAccount, l.Commodity, l.Payment = v[request.GLAccount].Text, v[request.Commodity].Text, v[request.Payment].Text
	l.Cardholder, l.Amends, l.NeededBy = v[request.Cardholder].Text, v[request.Amends].Text, v[request.NeededBy].Date
	l.Net, l.Tax, l.Language = money(request.Net), money(request.Tax), facts.Request.Language
	if o.Officer != nil && w.Outcome == request.Escalated {
		l.Officer = o.Officer(&facts.Line, &facts.Request)
	}
	if w.Judged == request.Escalated {
		l.Due = afterWorkingDays(request.DateOf(w.JudgedAt.In(o.Zone)), decideDays)
	}
	return l, nil
}
