package replay

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/department"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// BacktestOptions say which past is judged again, and by what.
type BacktestOptions struct {
	Policy *rules.Policy
	// Since is the first day whose lines are judged again; what was received before counts in totals as it was decided.
	Since request.Date
	// Inbox is the inbox whose lines are judged again; "" is every one.
	Inbox string
	// Minutes is what an officer spends on an escalated line.
	Minutes decimal.Decimal
	// MostLines is how many lines the report names one by one, beside those decided otherwise; 0: none.
	MostLines int
	// Progress, when there is one, hears how many lines were looked at.
	Progress func(done, of int)
}

// Backtest judges what the ledger holds again, in the order in which it was decided, with another policy and with the
// totals as they would have been: a line that the policy returns is missing in the totals of those after it, and what an
// officer declined counts no longer only where the policy would have asked the officer as well. What officers and
// requesters did is taken as it was; a line that is newly escalated counts as waiting, as in the real job. The ledger is
// only read.
func Backtest(ctx context.Context, tx *ledger.Tx, o BacktestOptions) (*report.Backtest, error) {
	of, err := tx.Lines.Count(ctx)
	if err != nil {
		return nil, err
	}
	reader := new(totals.Reader)
	r := &backtest{o: o, of: of, days: dayBuckets{}, values: keyValues{}, taken: map[string][]takenBack{},
		keying: department.KeyingOf(map[string]*rules.Policy{"": o.Policy}, false), reader: reader, lines: make(map[string]*replayed, of), byID: make(map[int64]*replayed, of), guardrails: map[string]*report.BacktestGroup{},
		units: map[string]*report.BacktestGroup{}, months: map[string]*report.BacktestGroup{}, failures: map[string]*report.BacktestFailure{}}
	if slices.ContainsFunc(o.Policy.TotalSpecs(), func(s request.TotalSpec) bool { return s.LooksAround() }) {
		r.around = totals.NewAround(reader)
	}
	if r.judged, err = tx.Suppliers.AllJudged(ctx); err != nil {
		return nil, err
	}
	if err := tx.Records.Events(ctx, r.add); err != nil {
		return nil, err
	}
	if err := r.judge(); err != nil {
		return nil, err
	}
	return r.result(), nil
}

// backtest is the past being judged again.
type backtest struct {
	o        BacktestOptions
	done, of int
	// together are the lines of the submission at hand: they were judged at once, and are again.
	together []*ledger.Event
	days     dayBuckets
	values   keyValues
	keying   department.Keying
	reader   *totals.Reader
	around   *totals.Around         // what was judged so far, for what is alike
	judged   totals.Judged          // what people say of suppliers today
	taken    map[string][]takenBack // by key, in the order in which they were taken back
	lines    map[string]*replayed   // by reference
	byID     map[int64]*replayed

	all        report.BacktestGroup
	guardrails map[string]*report.BacktestGroup
	units      map[string]*report.BacktestGroup
	months     map[string]*report.BacktestGroup
	failures   map[string]*report.BacktestFailure
	flips      []report.BacktestFlip
	named      []report.BacktestLine // one by one, as many as are asked for
	unnamed    int
	largest    []report.BacktestLine // the largest that go to an officer, the largest first
	from, to   request.Date
	kept, gone int
}

// replayed is where a line stands in the past as it would have been.
type replayed struct {
	said    request.Outcome // what the policy says
	outcome request.Outcome // what people made of that
	before  request.Outcome // the outcome before this one
	final   request.Outcome // where it stands in truth
	keys    []string
	day     request.Date
	minor   int64 // what it adds to totals; 0 nothing
	counted bool
}

// add takes the next thing that happened. The lines of one submission are gathered first.
func (r *backtest) add(e *ledger.Event) error {
	if e.Judged != nil {
		if len(r.together) > 0 && r.together[0].Judged.Submission != e.Judged.Submission {
			if err := r.judge(); err != nil {
				return err
			}
		}
		r.together = append(r.together, e)
		return nil
	}
	if err := r.judge(); err != nil {
		return err
	}
	l := r.lines[e.Reference]
	if l == nil {
		return fmt.Errorf("link %d moves %s, which was never judged", e.Seq, e.Reference)
	}
	l.final = e.To
	switch e.To {
	case request.Approved, request.Declined, request.Escalated:
		if l.said != request.Escalated {
			return nil // nobody would have been asked
		}
	}
	if !e.TakenOn.IsZero() && l.counted && l.outcome == request.Approved {
		for _, k := range l.keys {
			r.taken[k] = append(r.taken[k], takenBack{e.TakenOn, l.day, l.minor})
		}
	}
	r.stand(l, e.To)
	return nil
}

// stand moves a line to an outcome, and in or out of the totals.
func (r *backtest) stand(l *replayed, o request.Outcome) {
	l.before, l.outcome = l.outcome, o
	counts := l.minor > 0 && (o == request.Approved || o == request.Escalated)
	if counts == l.counted {
		return
	}
	l.counted = counts
	minor, lines := l.minor, 1
	if !counts {
		minor, lines = -minor, -lines
	}
	for _, entry := range l.keys {
		key, own, has := totals.SplitAmount(entry)
		amount := minor
		if has {
			amount = own * int64(lines)
		}
		r.days.add(key, l.day, amount, lines)
		r.values.note(key)
	}
}

// judge judges the lines that were gathered, as one workbook.
func (r *backtest) judge() error {
	if len(r.together) == 0 {
		return nil
	}
	events := r.together
	r.together = r.together[:0:0]
	again := make([]request.Facts, 0, len(events))
	var judged []*ledger.Event
	for _, e := range events {
		r.done++
		if e.Judged.Facts == nil {
			r.gone++
			r.keep(e)
			continue
		}
		var f request.Facts
		if err := f.Read(e.Judged.Facts); err != nil {
			return fmt.Errorf("facts of %s: %w", e.Reference, err)
		}
		again, judged = append(again, f), append(judged, e)
	}
	if r.o.Progress != nil {
		r.o.Progress(r.done, r.of)
	}
	if len(judged) == 0 {
		return nil
	}
	return r.judgeAgain(judged, again)
}

// keep lets a line count as it was decided, by the keys it was given then: nothing else is known of it.
func (r *backtest) keep(e *ledger.Event) {
	r.kept++
	l := &replayed{final: e.To, keys: e.Judged.Keys, day: e.Judged.Day}
	if e.Judged.HasAmount && e.Judged.Amount > 0 && e.Judged.Currency == r.o.Policy.Currency() {
		l.minor = e.Judged.Amount
	}
	r.take(e, l, e.To)
}

// take notes a line that was judged.
func (r *backtest) take(e *ledger.Event, l *replayed, o request.Outcome) {
	l.said = o
	r.lines[e.Reference], r.byID[e.Judged.ID] = l, l
	r.stand(l, o)
}

func (r *backtest) judgeAgain(events []*ledger.Event, facts []request.Facts) error {
	p := r.o.Policy
	origin := facts[0].Request
	lines := make([]request.Line, len(facts))
	keys := make([][]string, len(facts))
	elsewhere := make([]request.Outside, len(facts))
	budgets := make([]*request.Budget, len(facts)) // as they were: another policy changes no budget
	for i := range facts {
		lines[i], budgets[i] = facts[i].Line, facts[i].Budget
	}
	keyed := &totals.LineKeys{Origin: &origin, Lines: request.Pack(lines), Judged: r.judged, Together: func(i int, _ *request.Line) []request.Alike {
		if facts[i].Registers == nil {
			return nil
		}
		return facts[i].Registers.Together // as it was
	}}
	for i := range lines {
		keys[i], elsewhere[i] = r.elsewhere(keyed, i, &lines[i])
	}
	anew := (r.o.Inbox == "" || events[0].Inbox == r.o.Inbox) && !origin.Received.Before(r.o.Since)
	var assessed []judgement.Assessed
	if anew {
		w := judgement.NewWorkbook(p, keyed, budgets, facts[0].Today, facts[0].OwnDomains)
		w.Registers = func(i int, _ *request.Line) *request.Registers { return facts[i].Registers } // as they were, like budgets
		for i := range lines {
			assessed = append(assessed, w.Line(i, &elsewhere[i]))
		}
	} else {
		r.kept += len(events)
	}
	for i, e := range events {
		l := &replayed{final: e.To, keys: keys[i], day: origin.Received}
		if m, ok := lines[i].Countable(p.Currency()); ok {
			if minor, err := m.Minor(); err == nil {
				l.minor = minor
			}
		}
		outcome := e.To
		if anew {
			if err := r.compare(e, &assessed[i]); err != nil {
				return err
			}
			outcome = assessed[i].Verdict.Outcome
		}
		r.take(e, l, outcome)
		if l.minor > 0 {
			r.around.Add(&lines[i])
		}
	}
	return nil
}

// elsewhere is what a line's totals come to outside its workbook, and all the buckets that it belongs to.
func (r *backtest) elsewhere(keyed *totals.LineKeys, i int, l *request.Line) ([]string, request.Outside) {
	o := keyed.Origin
	out := request.Outside{Near: r.around.Near(l), Sums: map[string]request.Sum{}}
	out.Near.Suppliers = keyed.Settle(i, l, out.Near.Suppliers)
	p := r.o.Policy
	specs := p.TotalSpecs()
	for n := range specs {
		spec := &specs[n]
		if spec.Scope == request.Workbook {
			continue
		}
		from, to := spec.Window(o.Received, p.FiscalStart())
		var sum totals.Adding
		for _, k := range r.reader.Asked(spec, l, o, &out.Near) {
			minor, lines := r.days.sum(k.Key, from, to)
			r.countTaken(k.Key, from, to, spec.TakenSince(o.Received), &minor, &lines)
			if lines == 0 {
				continue
			}
			sum.Add(k, request.FromMinor(minor, p.Currency()).Amount, lines)
			if spec.Distinct != "" && k.Sign > 0 {
				sum.Values(r.values.among(r.days, k.Key, from, to))
			}
		}
		out.Sums[spec.Name] = sum.Sum(spec, &out.Near)
	}
	return r.keying.Keys(l, o), out
}

// takenBack is a line that counts on after its approval was taken back.
type takenBack struct {
	on, day request.Date
	minor   int64
}

// countTaken adds what was taken back since a day and counts on; zero: nothing does.
func (r *backtest) countTaken(key string, from, to, since request.Date, minor *int64, lines *int) {
	if since.IsZero() {
		return
	}
	for _, t := range slices.Backward(r.taken[key]) {
		if t.on.Before(since) {
			return
		}
		if !t.day.Before(from) && !t.day.After(to) {
			*minor += t.minor
			*lines++
		}
	}
}

// compare notes what both policies make of a line.
func (r *backtest) compare(e *ledger.Event, now *judgement.Assessed) error {
	var before []request.Finding
	if len(e.Judged.Findings) > 0 {
		if err := json.Unmarshal(e.Judged.Findings, &before); err != nil {
			return fmt.Errorf("findings of %s: %w", e.Reference, err)
		}
	}
	switch {
	case judgement.KeptApproval(before) && r.wasApproved(e.Judged.Supersedes):
		judgement.AcceptLower(now)
	case judgement.Corrected(before) && r.isApproved(e.Judged.Amends) && judgement.AcceptCorrection(r.o.Policy, now):
	default:
		judgement.AskManager(r.o.Policy, now)
	}
	day := now.Facts.Request.Received
	r.day(day)
	var amount request.Money
	if e.Judged.HasAmount && e.Judged.Currency == r.o.Policy.Currency() {
		amount = request.FromMinor(e.Judged.Amount, e.Judged.Currency)
	}
	verdict := &now.Verdict
	unit := now.Facts.Request.Unit
	r.count(&r.all, e.To, verdict.Outcome, amount)
	r.count(groupIn(r.units, unit), e.To, verdict.Outcome, amount)
	r.count(groupIn(r.months, month(day)), e.To, verdict.Outcome, amount)
	r.note(func() report.BacktestLine {
		l := report.BacktestLine{Reference: e.Reference, Received: day, Unit: unit, Title: now.Facts.Line.Values[request.Title].Text,
			Supplier: now.Facts.Line.Values[request.Supplier].Text, Currency: e.Judged.Currency, Before: e.To, After: verdict.Outcome, Reasons: reasonsOf(verdict.Findings)}
		if e.Judged.HasAmount {
			l.Total = &report.BacktestAmount{Money: request.FromMinor(e.Judged.Amount, e.Judged.Currency)}
		}
		return l
	}, verdict.Outcome, amount)
	for _, f := range counting(before) {
		groupIn(r.guardrails, f.Guardrail).Before.Add(e.To, amount)
	}
	for _, f := range counting(verdict.Findings) {
		groupIn(r.guardrails, f.Guardrail).After.Add(verdict.Outcome, amount)
	}
	for _, n := range verdict.NotEvaluated {
		if strings.HasPrefix(n.Why, rules.FailedWhy) {
			r.failed(e.Reference, n)
		}
	}
	if e.To != verdict.Outcome {
		r.flip(e, now, before)
	}
	return nil
}

// wasApproved reports whether a line stood approved when it was superseded.
func (r *backtest) wasApproved(id int64) bool {
	l := r.byID[id]
	return l != nil && l.outcome == request.Superseded && l.before == request.Approved
}

// isApproved reports whether a line would stand approved.
func (r *backtest) isApproved(id int64) bool {
	l := r.byID[id]
	return l != nil && l.outcome == request.Approved
}

// count adds a line to both sides of a group.
func (r *backtest) count(g *report.BacktestGroup, before, after request.Outcome, amount request.Money) {
	g.Before.Add(before, amount)
	g.After.Add(after, amount)
	if before != after {
		g.Flips++
	}
}

func groupIn(groups map[string]*report.BacktestGroup, name string) *report.BacktestGroup {
	g := groups[name]
	if g == nil {
		g = &report.BacktestGroup{Name: name}
		groups[name] = g
	}
	return g
}

// counting are the findings that weigh on a line, each guardrail once.
func counting(findings []request.Finding) []request.Finding {
	var all []request.Finding
	for _, f := range findings {
		if f.ExemptedBy == "" && !slices.ContainsFunc(all, func(o request.Finding) bool { return o.Guardrail == f.Guardrail }) {
			all = append(all, f)
		}
	}
	return all
}

func (r *backtest) failed(reference string, n request.NotEvaluated) {
	f := r.failures[n.Guardrail]
	if f == nil {
		f = &report.BacktestFailure{Guardrail: n.Guardrail, First: reference, Why: strings.TrimPrefix(n.Why, rules.FailedWhy)}
		r.failures[n.Guardrail] = f
	}
	f.Lines++
}

func (r *backtest) flip(e *ledger.Event, now *judgement.Assessed, before []request.Finding) {
	line := &now.Facts.Line
	f := report.BacktestFlip{
		Reference: e.Reference, Received: now.Facts.Request.Received, Unit: now.Facts.Request.Unit,
		Title: line.Values[request.Title].Text, Supplier: line.Values[request.Supplier].Text, Currency: e.Judged.Currency,
		Before: e.To, After: now.Verdict.Outcome, BeforeFindings: before, AfterFindings: now.Verdict.Findings, NotEvaluated: now.Verdict.NotEvaluated,
	}
	if f.BeforeFindings == nil {
		f.BeforeFindings = []request.Finding{}
	}
	if e.Judged.HasAmount {
		f.Total = &report.BacktestAmount{Money: request.FromMinor(e.Judged.Amount, e.Judged.Currency)}
	}
	r.flips = append(r.flips, f)
	counted := map[string]bool{}
	for _, x := range append(counting(before), counting(now.Verdict.Findings)...) {
		if !counted[x.Guardrail] {
			counted[x.Guardrail] = true
			groupIn(r.guardrails, x.Guardrail).Flips++
		}
	}
}

// result says where the flips stand today, and puts everything in order.
func (r *backtest) result() *report.Backtest {
	mark := r.o.Policy.Mark()
	b := &report.Backtest{Policy: report.BacktestPolicy{Name: mark.Name, Version: mark.Version, Hash: mark.Hash}, Currency: mark.Currency,
		From: r.from, To: r.to, Kept: r.kept, Disposed: r.gone, MinutesPerLine: r.o.Minutes, All: r.all,
		Guardrails: []report.BacktestGroup{}, Units: []report.BacktestGroup{}, Flips: []report.BacktestFlip{}, Failures: []report.BacktestFailure{},
		Months: []report.BacktestGroup{}, Largest: append([]report.BacktestLine{}, r.largest...), Lines: r.named}
	if r.o.MostLines > 0 && r.unnamed > 0 {
		b.CutAt = len(r.named)
	}
	place := map[string]int{}
	for i, g := range mark.Guardrails {
		place[g.ID] = i
		if group := r.guardrails[g.ID]; group != nil {
			group.Title = g.Title
		}
	}
	at := func(id string) int {
		if i, ok := place[id]; ok {
			return i
		}
		return len(place)
	}
	for _, g := range r.guardrails {
		b.Guardrails = append(b.Guardrails, *g)
	}
	slices.SortFunc(b.Guardrails, func(x, y report.BacktestGroup) int {
		return cmp.Or(cmp.Compare(at(x.Name), at(y.Name)), cmp.Compare(x.Name, y.Name))
	})
	for _, g := range r.units {
		b.Units = append(b.Units, *g)
	}
	slices.SortFunc(b.Units, func(x, y report.BacktestGroup) int { return cmp.Compare(x.Name, y.Name) })
	for _, g := range r.months {
		b.Months = append(b.Months, *g)
	}
	slices.SortFunc(b.Months, func(x, y report.BacktestGroup) int { return cmp.Compare(x.Name, y.Name) })
	for _, f := range r.failures {
		b.Failures = append(b.Failures, *f)
	}
	slices.SortFunc(b.Failures, func(x, y report.BacktestFailure) int { return cmp.Compare(x.Guardrail, y.Guardrail) })
	for _, f := range r.flips {
		f.Final = r.lines[f.Reference].final
		b.Flips = append(b.Flips, f)
	}
	r.price(&b.All)
	for i := range b.Guardrails {
		r.price(&b.Guardrails[i])
	}
	for i := range b.Units {
		r.price(&b.Units[i])
	}
	for i := range b.Months {
		r.price(&b.Months[i])
	}
	return b
}

// price says what a group's escalated lines cost an officer.
func (r *backtest) price(g *report.BacktestGroup) {
	for _, s := range []*report.BacktestSide{&g.Before, &g.After} {
		s.OfficerHours = r.o.Minutes.Mul(decimal.NewFromInt(int64(s.Escalated))).DivRound(decimal.NewFromInt(60), 1)
		for _, a := range []*report.BacktestAmount{&s.Amount, &s.ApprovedAmount, &s.EscalatedAmount, &s.ReturnedAmount} {
			a.Currency = r.o.Policy.Currency()
		}
	}
}
