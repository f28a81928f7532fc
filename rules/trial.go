package rules

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handrail/internal/request"
)

// TestSuffix ends the name of a policy's test file, which stands beside the policy: esdc.toml has esdc.test.toml.
const TestSuffix = ".test.toml"

// Trials are the cases of a policy's test file: lines and a history in, outcomes and findings out, at a date.
type Trials struct {
	policy *Policy
	cases  []trial
	doc    *document
}

// trial is one [[case]].
type trial struct {
	name    string
	lines   []request.Line
	origin  request.Origin
	today   request.Date
	domains []string
	budget  *request.Budget // of the lines' cost centre; nil without one
	history []pastLine
	wants   []expectation // one for each of lines
}

// pastLine is a line of an earlier submission that counts in totals.
type pastLine struct {
	request.Line
	origin request.Origin
}

// expectation is what a line must come to. An offset says where it is written.
type expectation struct {
	outcome    request.Outcome
	outcomeAt  int
	findings   []string // "near-limit", or "near-limit note" to fix the action as well
	findingsAt int
	where      string
}

// TrialReport is how the cases came out.
type TrialReport struct {
	Policy     *Policy
	Cases      int
	Guardrails int
	// Failures are the cases that came out otherwise, each with its place in the test file.
	Failures Mistakes
	// Untripped are the guardrails of the policy that no case trips, in the order of its text.
	Untripped []string
}

// TestFileOf is the test file of a policy file, and of a test file itself.
func TestFileOf(file string) string {
	if strings.HasSuffix(file, TestSuffix) {
		return file
	}
	return strings.TrimSuffix(file, filepath.Ext(file)) + TestSuffix
}

// LoadTrials reads the test file of a policy and the policy beside it. file is either of the two. The error is Mistakes
// when one of the texts is wrong.
func LoadTrials(ctx context.Context, file string, o Options) (*Trials, error) {
	tests := TestFileOf(file)
	p, err := LoadWith(ctx, strings.TrimSuffix(tests, TestSuffix)+".toml", o)
	if err != nil {
		return nil, err
	}
	text, err := ReadFile(tests)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the policy has no test file: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read policy tests: %w", err)
	}
	return readTrials(ctx, p, tests, text)
}

// ShippedTrials are the tests of a policy that comes with Handrail.
func ShippedTrials(name string) (*Trials, error) {
	p, err := LoadShipped(name)
	if err != nil {
		return nil, err
	}
	text, err := shipped.ReadFile("policies/" + name + TestSuffix)
	if err != nil {
		return nil, fmt.Errorf("read tests of shipped policy %q: %w", name, err)
	}
	return readTrials(context.Background(), p, name+TestSuffix, text)
}

// Run judges every case.
func (t *Trials) Run() TrialReport {
	report := TrialReport{Policy: t.policy, Cases: len(t.cases), Guardrails: len(t.policy.guardrails)}
	tripped := map[string]bool{}
	for i := range t.cases {
		for n, f := range t.policy.trialFacts(&t.cases[i]) {
			t.compare(&report, &t.cases[i].wants[n], t.policy.Judge(f))
			for _, e := range t.policy.Explain(f) {
				if e.State == Tripped || e.State == Exempted {
					tripped[e.Guardrail] = true
				}
			}
		}
	}
	for _, g := range t.policy.guardrails {
		if !tripped[g.id] {
			report.Untripped = append(report.Untripped, g.id)
		}
	}
	return report
}

// compare notes what came out otherwise than the case expects.
func (t *Trials) compare(report *TrialReport, want *expectation, got request.Verdict) {
	fail := func(at int, what string) {
		line, column := t.doc.place(at)
		report.Failures = append(report.Failures, Mistake{t.doc.file, line, column, want.where, what})
	}
	if got.Outcome != want.outcome {
		fail(want.outcomeAt, fmt.Sprintf("expected outcome %s, got %s%s", want.outcome, got.Outcome, because(got)))
	}
	var missing []string
	rest := slices.Clone(got.Findings)
	for _, w := range want.findings {
		id, action, fixed := strings.Cut(w, " ")
		at := slices.IndexFunc(rest, func(f request.Finding) bool {
			return f.Guardrail == id && (!fixed || string(f.Action) == action)
		})
		if at < 0 {
			missing = append(missing, w)
			continue
		}
		rest = slices.Delete(rest, at, at+1)
	}
	if len(missing) > 0 || len(rest) > 0 {
		fail(want.findingsAt, fmt.Sprintf("expected findings [%s], got [%s]%s", strings.Join(want.findings, ", "), named(got.Findings), because(got)))
	}
}

// named lists findings as a test file writes them.
func named(findings []request.Finding) string {
	ids := make([]string, len(findings))
	for i, f := range findings {
		ids[i] = f.Guardrail + " " + string(f.Action)
	}
	return strings.Join(ids, ", ")
}

// because tells what the findings say, and what was not evaluated.
func because(v request.Verdict) string {
	var b strings.Builder
	for _, f := range v.Findings {
		fmt.Fprintf(&b, "\n    %s: %s", f.Guardrail, f.Message.EN)
		if f.ExemptedBy != "" {
			fmt.Fprintf(&b, " (exempted by %s)", f.ExemptedBy)
		}
	}
	for _, n := range v.NotEvaluated {
		fmt.Fprintf(&b, "\n    %s was not evaluated: %s", n.Guardrail, n.Why)
	}
	return b.String()
}

// trialFacts puts the lines of a case together with the sums over their workbook and their history.
func (p *Policy) trialFacts(c *trial) []request.Facts {
	sums := WorkbookTotals(p.totals, p.currency, c.origin, c.lines)
	beside := BesideInWorkbook(p.currency, request.Pack(c.lines))
	facts := make([]request.Facts, len(c.lines))
	for i := range c.lines {
		for _, spec := range p.totals {
			sum, ok := sums[i][spec.Name]
			if ok && spec.Scope != request.Workbook {
				sums[i][spec.Name] = p.withHistory(sum, spec, &c.lines[i], c)
			}
		}
		facts[i] = request.Facts{Line: c.lines[i], Request: c.origin, Totals: sums[i], Today: c.today, OwnDomains: c.domains}
		if c.budget != nil {
			b := *c.budget
			b.Beside = beside[i]
			facts[i].Budget = &b
		}
	}
	return facts
}

// withHistory adds to a sum what the history has in common with a line, inside the total's window.
func (p *Policy) withHistory(sum request.Sum, spec request.TotalSpec, l *request.Line, c *trial) request.Sum {
	from, to := spec.Window(c.origin.Received, p.fiscalStart)
	mine := spec.Keys(l, &c.origin)
	sum.Lines = slices.Clone(sum.Lines) // it is shared by the lines of the workbook
	for i := range c.history {
		h := &c.history[i]
		if h.origin.Received.Before(from) || h.origin.Received.After(to) {
			continue
		}
		amount, ok := h.Countable(p.currency)
		if !ok {
			continue
		}
		shared := 0
		for _, k := range spec.Keys(&h.Line, &h.origin) {
			for _, m := range mine {
				if m.Key == k.Key {
					shared += m.Sign
				}
			}
		}
		if shared == 0 {
			continue
		}
		sum.Amount = sum.Amount.Add(amount.Amount)
		sum.Count++
		if len(sum.Lines) < maxLinesNamed {
			sum.Lines = append(sum.Lines, h.name())
		}
	}
	return sum
}

func (h *pastLine) name() string {
	if h.Reference != "" {
		return h.Reference
	}
	return "line of " + h.origin.Received.String()
}
