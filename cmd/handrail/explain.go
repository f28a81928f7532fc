package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/replay"
	"handrail/internal/request"
	"handrail/rules"
)

type explainCommand struct {
	Reference string       `arg:"" name:"ref" help:"A line's number, HR-2026-000123-04."`
	Config    string       `placeholder:"F" help:"Configuration that names the ledger."`
	Lang      request.Lang `enum:"en,fr" default:"en" help:"Language of the text: en or fr."`
	formatted
}

// explained is one decision, replayed, as JSON. Same is whether what comes out is what was recorded; Differences say where
// it is not.
type explained struct {
	Reference   string             `json:"reference"`
	Outcome     request.Outcome    `json:"outcome"`
	Judged      request.Outcome    `json:"judged"`
	JudgedAt    time.Time          `json:"judged_at"`
	DecidedBy   string             `json:"decided_by,omitempty"`
	WrittenBy   string             `json:"written_by,omitempty"` // the assistant who wrote for the decider
	DecidedAt   *time.Time         `json:"decided_at,omitempty"`
	Reason      string             `json:"reason,omitempty"`
	Policy      checkPolicy        `json:"policy"`
	Facts       *request.Facts     `json:"facts,omitempty"`
	Findings    []request.Finding  `json:"findings"`
	Guardrails  []explainedRule    `json:"guardrails,omitempty"`
	Totals      []explainedTotal   `json:"totals,omitempty"`
	Replayed    request.Outcome    `json:"replayed,omitempty"`
	Same        bool               `json:"same"`
	Differences []request.Text     `json:"differences,omitempty"`
	Today       *explainedToday    `json:"today,omitempty"`
	Supersedes  string             `json:"supersedes,omitempty"`
	Superseded  string             `json:"superseded_by,omitempty"`
	Closings    []explainedClosing `json:"closings,omitempty"`
	Disposed    bool               `json:"disposed,omitempty"`
	Links       []int64            `json:"links"`

	zone *time.Location      // in which instants are printed
	why  *replay.Explanation // what it is made of
}

// explainedClosing is what finance said of the line: nothing more will be charged.
type explainedClosing struct {
	By         string     `json:"by"`
	At         time.Time  `json:"at"`
	Reason     string     `json:"reason,omitempty"`
	ReopenedBy string     `json:"reopened_by,omitempty"`
	ReopenedAt *time.Time `json:"reopened_at,omitempty"`
}

// explainedRule is one guardrail as it came out.
type explainedRule struct {
	ID      string           `json:"id"`
	Title   request.Text     `json:"title"`
	State   rules.State      `json:"state"`
	When    string           `json:"when"`
	Source  request.Text     `json:"source"`
	Values  []explainedValue `json:"values,omitempty"`
	Finding *request.Finding `json:"finding,omitempty"`
	Why     string           `json:"why,omitempty"`
}

type explainedValue struct {
	Name  string       `json:"name"`
	Words request.Text `json:"words"` // what a reader calls it
	Value request.Text `json:"value"`
}

// explainedTotal is a total with every line that it added up when the line was judged.
type explainedTotal struct {
	Name   string               `json:"name"`
	ReadBy []string             `json:"read_by"` // guardrails that found something
	What   request.Text         `json:"what"`
	Amount string               `json:"amount"`
	Count  int                  `json:"count"`
	Lines  []replay.CountedLine `json:"lines"`
}

// explainedToday is what the policy in force today makes of the same facts.
type explainedToday struct {
	Policy   checkPolicy       `json:"policy"`
	Same     bool              `json:"same"`
	Changes  []rules.Change    `json:"changes,omitempty"`
	Outcome  request.Outcome   `json:"outcome"`
	Findings []request.Finding `json:"findings"`
}

// openLedger opens the ledger of a configuration for reading.
func openLedger(ctx context.Context, named string, mode ledger.Mode) (*Config, *ledger.Ledger, error) {
	config, err := loadConfig(named)
	if err != nil {
		return nil, nil, err
	}
	l, err := ledger.Open(ctx, config.ledgerConfig(), mode)
	if err != nil {
		return nil, nil, ledgerTrouble(err)
	}
	return config, l, nil
}

func (c *explainCommand) Run(ctx context.Context, t *terminal) error {
	ref, ok := request.ParseReference(strings.TrimSpace(c.Reference))
	if !ok || ref.Line == 0 {
		return fail(exitUsage, "a line's number stands in the mail and in the workbook's last column", "%q is not a line's number such as HR-2026-000123-04", c.Reference)
	}
	config, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	zone, err := config.zone()
	if err != nil {
		return err
	}
	var e *explained
	if err := l.View(ctx, func(tx *ledger.Tx) error {
		a, found, err := tx.Records.Account(ctx, ref)
		if err != nil {
			return err
		}
		if !found {
			return fail(exitInput, "", "%s is not in the ledger", ref)
		}
		why, err := replay.Explain(&a)
		if err != nil {
			return fail(exitInput, "", "%s: %w", ref, err)
		}
		if err := why.LookUp(ctx, tx, &a); err != nil {
			return err
		}
		e = explainedOf(&a, why, zone)
		return nil
	}); err != nil {
		var f *failure
		if errors.As(err, &f) {
			return f
		}
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		err = e.encode(t.out)
	} else {
		t.printExplained(e, c.Lang)
	}
	if err == nil && !e.Same {
		return fail(exitAct, "handrail ledger verify looks at the whole record", "%s: what comes out now is not what was recorded", ref)
	}
	return err
}

func (e *explained) encode(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(e)
}

// explain judges the line again with the policy and the facts that were stored, and holds the result against the record.
func explain(x *replay.Explainer, a *ledger.Account, zone *time.Location) (*explained, error) {
	why, err := x.Explain(a)
	if err != nil {
		return nil, err
	}
	return explainedOf(a, why, zone), nil
}

// readBy are the guardrails that found something and read a total.
func readBy(why *replay.Explanation, total string) []string {
	ids := []string{}
	for _, g := range why.Guardrails {
		if g.Finding != nil && slices.Contains(g.Totals, total) {
			ids = append(ids, g.Guardrail)
		}
	}
	return ids
}

func explainedOf(a *ledger.Account, why *replay.Explanation, zone *time.Location) *explained {
	e := &explained{Reference: a.Line.Reference, Outcome: a.Line.Outcome, Judged: a.Line.Judged, JudgedAt: a.Line.JudgedAt,
		DecidedBy: a.Line.DecidedBy, WrittenBy: a.Line.WrittenBy, Reason: a.Line.Reason, Supersedes: a.Supersedes, Superseded: a.Superseded, Disposed: a.Disposed || why.Facts == nil,
		Facts: why.Facts, Findings: why.Findings, Policy: mark(why.Policy), Replayed: why.Again.Outcome,
		Same: len(why.Differences) == 0, Differences: why.Differences, zone: zone, why: why}
	if !a.Line.DecidedAt.IsZero() {
		e.DecidedAt = &a.Line.DecidedAt
	}
	for i := range a.Closings {
		c := &a.Closings[i]
		said := explainedClosing{By: c.By, At: c.At, Reason: c.Reason, ReopenedBy: c.ReopenedBy}
		if !c.ReopenedAt.IsZero() {
			said.ReopenedAt = &c.ReopenedAt
		}
		e.Closings = append(e.Closings, said)
	}
	for _, k := range a.Links {
		e.Links = append(e.Links, k.Seq)
	}
	for _, g := range why.Guardrails {
		r := explainedRule{ID: g.Guardrail, Title: g.Title, State: g.State, When: g.Expression, Source: g.Source, Finding: g.Finding, Why: g.Why}
		for _, v := range g.Values {
			r.Values = append(r.Values, explainedValue{v.Name, v.Words, v.Value})
		}
		e.Guardrails = append(e.Guardrails, r)
	}
	for _, total := range why.Totals {
		amount := request.Money{Amount: total.Sum.Amount, Currency: why.Policy.Currency()}.Plain()
		e.Totals = append(e.Totals, explainedTotal{total.Spec.Name, readBy(why, total.Spec.Name), rules.TotalWords(total.Spec), amount, total.Sum.Count, total.Lines})
	}
	if today := why.Today; today != nil {
		e.Today = &explainedToday{mark(today.Policy), today.Same, today.Changes, today.Outcome, today.Findings}
	}
	return e
}
