package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

type explainCommand struct {
	Reference string `arg:"" name:"ref" help:"A line's number, HR-2026-000123-04."`
	Config    string `placeholder:"F" help:"Configuration that names the ledger."`
	Format    string `enum:"text,json" default:"text" help:"text or json."`
}

// explained is one decision, replayed.
type explained struct {
	Reference  string            `json:"reference"`
	Outcome    request.Outcome   `json:"outcome"`
	Judged     request.Outcome   `json:"judged"`
	JudgedAt   time.Time         `json:"judged_at"`
	DecidedBy  string            `json:"decided_by,omitempty"`
	DecidedAt  *time.Time        `json:"decided_at,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Policy     checkPolicy       `json:"policy"`
	Facts      *request.Facts    `json:"facts,omitempty"`
	Findings   []request.Finding `json:"findings"`
	Replayed   request.Outcome   `json:"replayed,omitempty"`
	Same       bool              `json:"same"`
	Supersedes string            `json:"supersedes,omitempty"`
	Superseded string            `json:"superseded_by,omitempty"`
	Disposed   bool              `json:"disposed,omitempty"`
	Links      []int64           `json:"links"`

	title string
	zone  *time.Location // in which instants are printed
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
	var a ledger.Account
	found := false
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		a, found, err = tx.Account(ctx, ref)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if !found {
		return fail(exitInput, "", "%s is not in the ledger", ref)
	}
	e, err := explain(&a, zone)
	if err != nil {
		return fail(exitInput, "", "%s: %w", ref, err)
	}
	if c.Format == "json" {
		err = e.encode(t.out)
	} else {
		t.printExplained(e)
	}
	if err == nil && !e.Same && !e.Disposed {
		return somebodyMustAct()
	}
	return err
}

func (e *explained) encode(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(e)
}

// explain judges the line again with the policy and the facts that were stored, and holds the result against the record.
func explain(a *ledger.Account, zone *time.Location) (*explained, error) {
	e := &explained{Reference: a.Line.Reference, Outcome: a.Line.Outcome, Judged: a.Line.Judged, JudgedAt: a.Line.JudgedAt,
		DecidedBy: a.Line.DecidedBy, Reason: a.Line.Reason, Supersedes: a.Supersedes, Superseded: a.Superseded, Disposed: a.Disposed,
		Findings: []request.Finding{}, zone: zone}
	if !a.Line.DecidedAt.IsZero() {
		e.DecidedAt = &a.Line.DecidedAt
	}
	for _, k := range a.Links {
		e.Links = append(e.Links, k.Seq)
	}
	policy, err := rules.Unbundle(a.Policy.Body)
	if err != nil {
		return nil, fmt.Errorf("the policy %s: %w", a.Policy.Hash, err)
	}
	e.Policy = checkPolicy{Name: policy.Name(), Version: policy.Version(), Hash: policy.Hash()}
	if a.Line.Facts == nil {
		e.Disposed = true
		return e, nil
	}
	var facts request.Facts
	if err := json.Unmarshal(a.Line.Facts, &facts); err != nil {
		return nil, err
	}
	e.Facts, e.title = &facts, facts.Line.Values[request.Title].Text
	if err := json.Unmarshal(a.Line.Findings, &e.Findings); err != nil {
		return nil, err
	}
	again := batch.JudgeAgain(policy, facts, e.Findings)
	e.Replayed = again.Outcome
	e.Same = again.Outcome == a.Line.Judged
	return e, nil
}

func (t *terminal) printExplained(e *explained) {
	fmt.Fprintf(t.out, "%s  %s %s\n", e.Reference, symbolOf(e.Outcome), e.Outcome)
	if e.title != "" {
		fmt.Fprintf(t.out, "  %s\n", e.title)
	}
	fmt.Fprintf(t.out, "\n  The guardrails said: %s, on %s\n", e.Judged, e.JudgedAt.In(e.zone).Format("2006-01-02 15:04"))
	if e.DecidedBy != "" {
		t.wrap(2, fmt.Sprintf("Decided by %s on %s: %s", e.DecidedBy, e.DecidedAt.In(e.zone).Format("2006-01-02 15:04"), orDash(e.Reason)))
	}
	fmt.Fprintf(t.out, "  Policy: %s %s\n          %s\n", e.Policy.Name, e.Policy.Version, e.Policy.Hash)
	for _, f := range e.Findings {
		fmt.Fprintln(t.out)
		t.wrap(2, fmt.Sprintf("%s (%s): %s", f.Guardrail, f.Action, f.Message.EN))
		t.wrap(4, "Source: "+f.Source)
		if f.ExemptedBy != "" {
			t.wrap(4, "Exempted: "+f.ExemptedBy)
		}
	}
	if e.Facts != nil {
		fmt.Fprintln(t.out, "\n  Facts")
		for _, info := range request.Fields() {
			v := e.Facts.Line.Values[info.Field]
			if v.Given || v.Faulty {
				t.wrap(4, fmt.Sprintf("%s: %s (%s)", info.Name, v.Text, v.Cell))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(e.Facts.Totals)) {
			sum := e.Facts.Totals[name]
			t.wrap(4, fmt.Sprintf("total %s: %s over %d lines %s", name, sum.Amount, sum.Count, strings.Join(sum.Lines, ", ")))
		}
		if b := e.Facts.Budget; b != nil {
			t.wrap(4, budgetWords(b))
		}
	}
	fmt.Fprintln(t.out)
	switch {
	case e.Disposed:
		t.wrap(2, "The facts were disposed of under the records rules; the chain still proves the decision.")
	case e.Same:
		fmt.Fprintf(t.out, "  Judged again with these facts and this policy: %s. That is what was recorded.\n", e.Replayed)
	default:
		fmt.Fprintf(t.out, "  Judged again with these facts and this policy: %s. THAT IS NOT WHAT WAS RECORDED.\n", e.Replayed)
	}
}

// budgetWords is the budget that a line was compared with, as a sum that can be checked.
func budgetWords(b *request.Budget) string {
	const places = 2
	return fmt.Sprintf("budget %s, %s: %s less %s committed, %s spent, %s waiting, %s beside it in the workbook: %s free", b.CostCentre, b.FiscalYear,
		b.Amount.StringFixed(places), b.Committed.StringFixed(places), b.Spent.StringFixed(places), b.Waiting.StringFixed(places), b.Beside.StringFixed(places),
		b.Free().StringFixed(places))
}
