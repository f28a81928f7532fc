package replay

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/department"
	"handrail/internal/history"
	"handrail/internal/judgement"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// HistoryOptions say which purchases are judged, and by what.
type HistoryOptions struct {
	Policy *rules.Policy
	// Minutes is what an officer spends on an escalated line.
	Minutes decimal.Decimal
	// MostLines is how many lines the report names one by one; 0: none.
	MostLines int
	// Progress, when there is one, hears how many lines were looked at.
	Progress func(done, of int)
}

// JudgeHistory judges the purchases of a file as if each had come as a request of its own on its day, with the totals as they would have
// been then. What the file does not say is not known: a guardrail that asks for it is not looked at, on the lines that lack it.
func JudgeHistory(ctx context.Context, h *history.History, o HistoryOptions) (*report.Backtest, error) {
	reader := new(totals.Reader)
	r := &historyJudge{
		backtest: &backtest{o: BacktestOptions{Policy: o.Policy, Minutes: o.Minutes, MostLines: o.MostLines}, of: h.Len(), days: dayBuckets{}, values: keyValues{},
			taken: map[string][]takenBack{}, keying: department.KeyingOf(map[string]*rules.Policy{"": o.Policy}, false), reader: reader,
			lines: map[string]*replayed{}, guardrails: map[string]*report.BacktestGroup{}, units: map[string]*report.BacktestGroup{},
			months: map[string]*report.BacktestGroup{}, failures: map[string]*report.BacktestFailure{}},
		h: h, seen: map[knownMark]*sight{}, unseen: map[unseenMark]*report.BacktestUnseen{}, first: o.Policy.InForceFrom(),
	}
	if slices.ContainsFunc(o.Policy.TotalSpecs(), func(s request.TotalSpec) bool { return s.LooksAround() }) {
		r.around = totals.NewAround(reader)
	}
	for i := range h.Len() {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		r.line(i)
		if o.Progress != nil && (i%256 == 255 || i == h.Len()-1) {
			o.Progress(i+1, h.Len())
		}
	}
	return r.report(), nil
}

// knownMark is what is known of a line, as far as policies look at it.
type knownMark struct {
	fields                               uint64
	unit, name, email, requester, before bool
	extra                                string
}

// sight is the policy as far as it can look at such lines.
type sight struct {
	policy *rules.Policy
	unseen []rules.Unseen
	lines  int
	mark   string // tells one from another, always in the same order
}

type unseenMark struct {
	guardrail string
	whole     bool
}

type historyJudge struct {
	*backtest
	h      *history.History
	seen   map[knownMark]*sight
	unseen map[unseenMark]*report.BacktestUnseen
	first  request.Date // of the policy
	early  int          // lines of days before it

	refunds  int
	refunded report.BacktestAmount
	foreign  map[string]int
}

// known is what is known of a line.
func known(l *request.Line, o *request.Origin, requester bool) knownMark {
	k := knownMark{unit: o.Unit != "", name: o.Name != "", email: o.Email != "" && history.IsAddress(o.Email), requester: requester}
	for f := range l.Values {
		if l.Values[f].Given {
			k.fields |= rules.KnownField(request.Field(f)) //nolint:gosec // there are some forty fields
		}
	}
	if len(l.Extra) > 0 {
		headers := make([]string, 0, len(l.Extra))
		for h := range l.Extra {
			headers = append(headers, h)
		}
		slices.Sort(headers)
		k.extra = strings.Join(headers, "\x1f")
	}
	return k
}

func (r *historyJudge) sight(k knownMark) *sight {
	s := r.seen[k]
	if s == nil {
		of := rules.Known{Fields: k.fields, Unit: k.unit, Name: k.name, Email: k.email, Requester: k.requester, BeforeAll: k.before}
		if k.extra != "" {
			of.Extra = strings.Split(k.extra, "\x1f")
		}
		s = &sight{mark: fmt.Sprint(k)}
		s.policy, s.unseen = r.o.Policy.Seeing(of)
		r.seen[k] = s
	}
	return s
}

// line judges one purchase.
func (r *historyJudge) line(i int) {
	line, origin, requester := r.h.Line(i)
	k := known(&line, &origin, requester)
	if !r.first.IsZero() && origin.Received.Before(r.first) {
		k.before = true
		r.early++
	}
	s := r.sight(k)
	s.lines++
	keyed := &totals.LineKeys{Origin: &origin, Lines: request.Pack([]request.Line{line}), Reader: r.reader}
	keys, outside := r.elsewhere(keyed, 0, &line)
	now := judgement.NewWorkbook(s.policy, keyed, nil, origin.Received, nil).Line(0, &outside)
	verdict := &now.Verdict
	l := &replayed{said: verdict.Outcome, keys: keys, day: origin.Received}
	if m, ok := line.Countable(r.o.Policy.Currency()); ok {
		if minor, err := m.Minor(); err == nil {
			l.minor = minor
		}
	}
	r.stand(l, verdict.Outcome)
	if l.minor > 0 {
		r.around.Add(&line)
	}
	r.day(origin.Received)
	money := request.Money{Amount: line.Values[request.Total].Number, Currency: line.Currency(r.o.Policy.Currency())}
	var amount request.Money // in the policy's currency only: no two are added up
	if money.Currency == r.o.Policy.Currency() {
		amount = money
	} else {
		if r.foreign == nil {
			r.foreign = map[string]int{}
		}
		r.foreign[money.Currency]++
	}
	if money.Amount.IsNegative() {
		r.refunds++
		r.refunded = r.refunded.Plus(amount)
	}
	for _, g := range []*report.BacktestGroup{&r.all, groupIn(r.units, origin.Unit), groupIn(r.months, month(origin.Received))} {
		g.After.Add(verdict.Outcome, amount)
	}
	for _, f := range counting(verdict.Findings) {
		groupIn(r.guardrails, f.Guardrail).After.Add(verdict.Outcome, amount)
	}
	where := r.h.Where(i)
	for _, n := range verdict.NotEvaluated {
		if strings.HasPrefix(n.Why, rules.FailedWhy) {
			r.failed(where, n)
		}
	}
	r.note(func() report.BacktestLine {
		return report.BacktestLine{Reference: where, Received: origin.Received, Unit: origin.Unit, Title: line.Values[request.Title].Text,
			Supplier: line.Values[request.Supplier].Text, Total: &report.BacktestAmount{Money: money}, Currency: money.Currency, After: verdict.Outcome, Reasons: reasonsOf(verdict.Findings)}
	}, verdict.Outcome, amount)
}

// report puts the results in order.
func (r *historyJudge) report() *report.Backtest {
	b := r.result()
	titles := map[string]request.Text{}
	place := map[string]int{}
	for i, g := range r.o.Policy.Mark().Guardrails {
		titles[g.ID], place[g.ID] = g.Title, i
	}
	sights := slices.Collect(maps.Values(r.seen))
	slices.SortFunc(sights, func(x, y *sight) int { return cmp.Or(cmp.Compare(y.lines, x.lines), cmp.Compare(x.mark, y.mark)) })
	for _, s := range sights {
		for _, u := range s.unseen {
			mark := unseenMark{u.Guardrail, !u.Case}
			x := r.unseen[mark]
			if x == nil {
				x = &report.BacktestUnseen{Guardrail: u.Guardrail, Title: titles[u.Guardrail], Case: u.Case}
				r.unseen[mark] = x
			}
			x.Lines += s.lines
			// What lacks on every one of these lines is said; where nothing does, all that lacks on some.
			if both := intersection(x.Missing, u.Missing); len(both) > 0 || x.Missing == nil {
				x.Missing = both
				if x.Missing == nil {
					x.Missing = slices.Clone(u.Missing)
				}
				continue
			}
			for _, m := range u.Missing {
				if !slices.Contains(x.Missing, m) {
					x.Missing = append(x.Missing, m)
				}
			}
		}
	}
	h := &report.BacktestHistory{File: r.h.Name, Guardrails: r.o.Policy.Guardrails(), Table: r.h.Table, Rows: r.h.Rows, Read: r.h.Len(), Refunds: r.refunds, RefundsAmount: r.refunded,
		Notes: append([]request.Text{}, r.h.Notes...), Columns: []report.BacktestColumn{}, LeftOut: []report.BacktestLeftOut{}, NotLookedAt: []report.BacktestUnseen{}}
	h.RefundsAmount.Currency = r.o.Policy.Currency()
	for _, c := range r.h.Columns {
		if c.Header != "" || c.Field != "" {
			h.Columns = append(h.Columns, report.BacktestColumn{Header: c.Header, Cell: c.Cell, As: c.As, Field: c.Field, Why: c.Why})
		}
	}
	for _, l := range r.h.LeftOut {
		h.LeftOut = append(h.LeftOut, report.BacktestLeftOut{Why: l.Why, Count: l.Count, Rows: l.Rows})
	}
	for _, u := range r.unseen {
		slices.SortFunc(u.Missing, func(x, y request.Text) int { return cmp.Compare(x.EN, y.EN) })
		h.NotLookedAt = append(h.NotLookedAt, *u)
	}
	slices.SortFunc(h.NotLookedAt, func(x, y report.BacktestUnseen) int {
		return cmp.Or(cmp.Compare(y.Lines, x.Lines), cmp.Compare(place[x.Guardrail], place[y.Guardrail]), cmp.Compare(boolOf(x.Case), boolOf(y.Case)))
	})
	if r.early > 0 {
		h.Notes = append(h.Notes, report.Early(r.early, r.first))
	}
	for _, code := range sortedKeys(r.foreign) {
		h.Notes = append(h.Notes, report.Foreign(r.foreign[code], code, r.o.Policy.Currency()))
	}
	b.History = h
	return b
}

func boolOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func intersection(a, b []request.Text) (both []request.Text) {
	for _, t := range a {
		if slices.Contains(b, t) {
			both = append(both, t)
		}
	}
	return both
}
