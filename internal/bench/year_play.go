package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// YearResult is what a policy makes of a year of purchases.
type YearResult struct {
	Policy PolicyName `json:"policy"`
	Seed   uint64     `json:"seed"`
	// Of honest people's lines.
	Lines     int `json:"lines"`
	Mails     int `json:"mails"`
	Suppliers int `json:"suppliers"` // different names
	Officer   int `json:"officer"`   // went to an officer
	Returned  int `json:"returned"`
	// Guardrails are those by which honest lines went to an officer, the most frequent first. A line can have several.
	Guardrails []GuardrailShare `json:"guardrails"`
	Returns    []GuardrailShare `json:"returns"` // the same of lines that were sent back
	// Of the needs that were divided among them.
	Divided int `json:"divided"`
	Caught  int `json:"caught"`
}

// GuardrailShare is how many lines a guardrail stopped.
type GuardrailShare struct {
	Guardrail string `json:"guardrail"`
	Lines     int    `json:"lines"`
}

// PerHundred is how many of a hundred honest lines went to an officer, to a tenth.
func (r *YearResult) PerHundred() decimal.Decimal {
	if r.Lines == 0 {
		return decimal.Zero
	}
	return decimal.NewFromInt(int64(100*r.Officer)).DivRound(decimal.NewFromInt(int64(r.Lines)), 1)
}

// yearPlay is a year on its way through the job.
type yearPlay struct {
	*office
	divided  map[string]int                     // the need of a line, by its id
	sent     map[ledger.Digest]*rules.StoryMail // by the digest of the workbook
	next     map[int]int                        // the number that the next request of a year gets
	result   *YearResult
	needs    map[int]*divided // by number
	escalate map[string]int
	returns  map[string]int
}

// divided is what became of a divided need.
type divided struct {
	approved decimal.Decimal
	asked    bool
}

// PlayYear makes a year and plays it through the job, a day at a time.
func PlayYear(ctx context.Context, policy *rules.Policy, o YearOptions) (*YearResult, error) {
	mails, lines := newYear(o)
	s, err := newStage(ctx, Options{Policy: policy, Stories: &rules.Stories{Domains: []string{yearDomain}}})
	if s != nil {
		defer func() { _ = os.RemoveAll(s.dir) }()
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the year: %w", err)
	}
	s.workers = 0
	office, err := s.open(ctx, 0, nil, s.hour(mails[0].Date))
	if err != nil {
		return nil, err
	}
	y := &yearPlay{office: office, divided: lines, sent: map[ledger.Digest]*rules.StoryMail{}, next: map[int]int{}, needs: map[int]*divided{},
		escalate: map[string]int{}, returns: map[string]int{}, result: &YearResult{Policy: nameOf(policy), Seed: o.Seed}}
	err = y.play(ctx, mails, o.Progress)
	if err = errors.Join(err, office.close()); err != nil {
		return nil, err
	}
	y.count(mails)
	return y.result, nil
}

func (y *yearPlay) play(ctx context.Context, mails []rules.StoryMail, progress func(done, of int)) error {
	for from := 0; from < len(mails); {
		to := from + 1
		for to < len(mails) && mails[to].Date == mails[from].Date {
			to++
		}
		if err := y.day(ctx, mails[from:to], from); err != nil {
			return fmt.Errorf("%s: %w", mails[from].Date, err)
		}
		if from = to; progress != nil {
			progress(to, len(mails))
		}
	}
	return nil
}

// day mails in what comes on one day, from mail number first on, and has the job pass over it.
func (y *yearPlay) day(ctx context.Context, mails []rules.StoryMail, first int) error {
	at := y.hour(mails[0].Date)
	y.clock.Store(at.Add(time.Hour).UnixMicro())
	for i := range mails {
		m := &mails[i]
		w := &written{from: m.From, name: m.Name, id: fmt.Sprintf("year.%d@%s", first+i, yearDomain), subject: "Request", text: "Attached.\n", at: at.Add(time.Duration(i) * time.Second)}
		var err error
		if w.workbook, err = fill(m, nil); err != nil {
			return err
		}
		raw, err := w.bytes(y.inbox())
		if err != nil {
			return err
		}
		y.sent[ledger.DigestOf(w.workbook)] = m
		y.post.put(raw, w.at)
	}
	report, err := y.job.Once(ctx)
	if err != nil {
		return err
	}
	if len(report.Troubles) > 0 {
		return errors.Join(report.Troubles...)
	}
	y.post.taken()
	return y.note(ctx)
}

// note counts the lines of the requests that were judged since.
func (y *yearPlay) note(ctx context.Context) error {
	return y.ledger.View(ctx, func(tx *ledger.Tx) error {
		for year := y.now().In(y.zone).Year(); ; {
			s, found, err := tx.Submissions.ByReference(ctx, request.Reference{Year: year, Number: y.next[year] + 1})
			if err != nil || !found {
				return err
			}
			y.next[year]++
			m := y.sent[s.Attachment]
			if m == nil {
				return fmt.Errorf("%s came of a workbook that nobody sent", s.Reference())
			}
			lines, err := tx.Lines.OfSubmissions(ctx, []int64{s.ID})
			if err != nil {
				return err
			}
			for i := range lines {
				if err := y.line(m, &lines[i]); err != nil {
					return err
				}
			}
		}
	})
}

func (y *yearPlay) line(m *rules.StoryMail, l *ledger.Line) error {
	n := l.Row - workbook.PlainFirstRow
	if n < 0 || n >= len(m.Lines) {
		return fmt.Errorf("%s stands in row %d, where nothing was typed", l.Reference, l.Row)
	}
	if number, ok := y.divided[m.Lines[n].ID]; ok {
		if y.needs[number] == nil {
			y.needs[number] = &divided{}
		}
		need := y.needs[number]
		need.asked = need.asked || l.Judged == request.Escalated
		if l.Judged == request.Approved && l.HasAmount {
			need.approved = need.approved.Add(decimal.New(l.Amount, -2))
		}
		return nil
	}
	y.result.Lines++
	var to map[string]int
	switch l.Judged {
	case request.Escalated:
		y.result.Officer++
		to = y.escalate
	case request.Returned:
		y.result.Returned++
		to = y.returns
	default:
		return nil
	}
	var findings []request.Finding
	if err := json.Unmarshal(l.Findings, &findings); err != nil {
		return fmt.Errorf("read the findings of %s: %w", l.Reference, err)
	}
	for _, f := range findings {
		if f.ExemptedBy == "" && f.Action != request.Note {
			to[f.Guardrail]++
		}
	}
	return nil
}

// count sums up.
func (y *yearPlay) count(mails []rules.StoryMail) {
	r := y.result
	names := map[string]bool{}
	last := mails[len(mails)-1].Date
	for i := range mails {
		if _, divides := y.divided[mails[i].Lines[0].ID]; divides {
			continue
		}
		r.Mails++
		for j := range mails[i].Lines {
			names[mails[i].Lines[j].Values[request.Supplier]] = true
		}
	}
	r.Suppliers, r.Divided = len(names), len(y.needs)
	for _, need := range y.needs {
		if need.asked && need.approved.LessThanOrEqual(y.policy.Limit("request", last)) {
			r.Caught++
		}
	}
	r.Guardrails, r.Returns = shares(y.escalate), shares(y.returns)
}

func shares(lines map[string]int) []GuardrailShare {
	list := []GuardrailShare{}
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		list = append(list, GuardrailShare{id, lines[id]})
	}
	slices.SortStableFunc(list, func(a, b GuardrailShare) int { return cmp.Compare(b.Lines, a.Lines) })
	return list
}
