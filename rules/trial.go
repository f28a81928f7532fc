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
	"handrail/internal/totals"
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
	at      int // where it stands
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
	origin    request.Origin
	takenBack request.Date // zero: it was not
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
	// Remarks are what is in order and perhaps not meant, in the test file.
	Remarks Mistakes
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
	read := o.Read
	if read == nil {
		read = ReadFile
	}
	text, err := read(tests)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the policy has no test file: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read policy tests: %w", err)
	}
	return readTrials(ctx, p, tests, text)
}

// TrialsOf reads the text of a test file for a policy that was loaded. shown is the file's name in mistakes.
func TrialsOf(ctx context.Context, p *Policy, shown string, text []byte) (*Trials, error) {
	return readTrials(ctx, p, shown, text)
}

// ShippedTrials are the tests of a policy that comes with Handrail.
func ShippedTrials(name string) (*Trials, error) {
	p, err := LoadShipped(name)
	if err != nil {
		return nil, err
	}
	text, err := ShippedTests(name)
	if err != nil {
		return nil, err
	}
	return readTrials(context.Background(), p, name+TestSuffix, text)
}

// Run judges every case.
func (t *Trials) Run() TrialReport {
	report := TrialReport{Policy: t.policy, Cases: len(t.cases), Guardrails: len(t.policy.guardrails)}
	tripped := map[string]bool{}
	byCase := make([]map[string]bool, len(t.cases))
	for i := range t.cases {
		byCase[i] = map[string]bool{}
		for n, f := range t.policy.trialFacts(&t.cases[i]) {
			t.compare(&report, &t.cases[i].wants[n], t.policy.Judge(f))
			for _, e := range t.policy.Explain(f) {
				if e.State == Tripped || e.State == Exempted {
					tripped[e.Guardrail], byCase[i][e.Guardrail] = true, true
				}
			}
		}
	}
	for _, g := range t.policy.guardrails {
		if !tripped[g.id] {
			report.Untripped = append(report.Untripped, g.id)
		}
	}
	t.untripped(&report)
	t.sides(&report, byCase)
	report.Remarks = report.Remarks.sorted()
	return report
}

// compare notes what came out otherwise than the case expects.
func (t *Trials) compare(report *TrialReport, want *expectation, got request.Verdict) {
	fail := func(at int, en, fr string, args ...any) {
		report.Failures = append(report.Failures, t.doc.mistake(at, want.where, inBoth(en, fr, args...)))
	}
	if got.Outcome != want.outcome {
		fail(want.outcomeAt, "expected outcome %s, got %s%s", "résultat attendu : %s; obtenu : %s%s", want.outcome, got.Outcome, because(got))
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
		fail(want.findingsAt, "expected findings [%s], got [%s]%s", "constats attendus : [%s]; obtenus : [%s]%s", strings.Join(want.findings, ", "), named(got.Findings), because(got))
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
func because(v request.Verdict) request.Text {
	var all request.Text
	add := func(en, fr string, args ...any) {
		t := inBoth(en, fr, args...)
		all.EN, all.FR = all.EN+t.EN, all.FR+t.FR
	}
	for _, f := range v.Findings {
		add("\n    %s: %s", "\n    %s : %s", f.Guardrail, f.Message)
		if f.ExemptedBy != "" {
			add(" (exempted by %s)", " (exemption de %s)", f.ExemptedBy)
		}
	}
	for _, n := range v.NotEvaluated {
		add("\n    %s was not evaluated: %s", "\n    %s n’a pas été évaluée : %s", n.Guardrail, n.Why)
	}
	return all
}

// trialFacts puts the lines of a case together with the sums over their workbook and their history.
func (p *Policy) trialFacts(c *trial) []request.Facts {
	sums := p.WorkbookTotals(c.origin, c.lines)
	past := p.historyOf(c)
	beside := BesideInWorkbook(p.currency, request.Pack(c.lines))
	facts := make([]request.Facts, len(c.lines))
	for i := range c.lines {
		for n := range p.totals {
			spec := &p.totals[n]
			if sum, ok := sums[i][spec.Name]; ok && spec.Scope != request.Workbook {
				sums[i][spec.Name] = totals.Join(sum, past.sum(p, spec, &c.lines[i], &c.origin))
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

// history is what happened before a case, and what of it is alike.
type history struct {
	lines  []pastLine
	around *totals.Around
	reader totals.Reader
}

func (p *Policy) historyOf(c *trial) *history {
	h := &history{lines: c.history}
	if slices.ContainsFunc(p.totals, func(s request.TotalSpec) bool { return s.LooksAround() }) {
		h.around = totals.NewAround(&h.reader)
		for i := range c.history {
			if _, counts := c.history[i].Countable(p.currency); counts {
				h.around.Add(&c.history[i].Line)
			}
		}
	}
	return h
}

// sum is what the history has in common with a line, inside the total's window.
func (h *history) sum(p *Policy, spec *request.TotalSpec, l *request.Line, origin *request.Origin) request.Sum {
	from, to := spec.Window(origin.Received, p.fiscalStart)
	var near request.Near
	if h.around != nil {
		near = h.around.Near(l)
	}
	asked := h.reader.Asked(spec, l, origin, &near)
	var sum totals.Adding
	var lines []string
	var taken []request.TakenBack
	for i := range h.lines {
		past := &h.lines[i]
		if past.origin.Received.Before(from) || past.origin.Received.After(to) {
			continue
		}
		if since := spec.TakenSince(origin.Received); !past.takenBack.IsZero() && (since.IsZero() || past.takenBack.Before(since)) {
			continue
		}
		amount, counts := spec.Addend(&past.Line, &past.origin, p.currency)
		if !counts {
			continue
		}
		added := h.reader.Added(spec, &past.Line, &past.origin)
		shared := false
		for _, k := range asked {
			if !slices.Contains(added, k.Key) {
				continue
			}
			sum.Add(k, amount.Amount, 1)
			if k.Sign > 0 {
				shared = true
				sum.Name(k, []string{past.name()})
			}
		}
		if !shared {
			continue
		}
		if value := totals.Distinct(spec, &past.Line, &past.origin, int(p.fiscalStart)); value != "" {
			sum.Values([]string{value})
		}
		if len(lines) < maxLinesNamed {
			lines = append(lines, past.name())
			if !past.takenBack.IsZero() {
				taken = append(taken, request.TakenBack{Reference: past.name(), On: past.takenBack, Until: spec.TakenUntil(past.takenBack)})
			}
		}
	}
	out := sum.Sum(spec, &near)
	out.Lines, out.TakenBack = lines, taken
	return out
}

func (h *pastLine) name() string {
	if h.Reference != "" {
		return h.Reference
	}
	return "line of " + h.origin.Received.String()
}
