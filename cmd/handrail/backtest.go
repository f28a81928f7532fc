package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/replay"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/rules"
)

type policyBacktestCommand struct {
	New       string       `arg:"" optional:"" help:"The policy to try: a file, or the name of a shipped one."`
	History   string       `placeholder:"F" help:"Judge the purchases of a file instead, before there is any ledger: a card statement, a list of contracts, an export of open data (CSV or workbook)."`
	Map       []string     `placeholder:"HEADER=FIELD" sep:"none" help:"With --history: what a column is, such as \"Paid to=supplier\"; may be given several times."`
	Dates     string       `placeholder:"ORDER" help:"With --history: the order of days such as 05/04/2026: dmy, mdy or ymd, where the column does not tell."`
	Decimals  string       `placeholder:"MARK" help:"With --history: the mark before decimals: point or comma, where the column does not tell."`
	Purchases string       `placeholder:"SIGN" help:"With --history: the sign of purchases: plus or minus, where the column does not tell."`
	Since     string       `placeholder:"2026-04-01" help:"Judge lines again that were received on this day or later; earlier ones count in totals as they were decided."`
	Inbox     string       `help:"Judge only the lines of this inbox again; needed where several inboxes have different policies."`
	Out       string       `placeholder:"F.xlsx" help:"Write a workbook as well: the figures with charts by month, and the lines with their reasons."`
	Lang      request.Lang `enum:"en,fr" default:"en" help:"Language of text and workbook: en or fr."`
	formatted
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
}

// mostBacktestLines is how many lines a workbook names one by one: an Excel sheet has a million rows.
const mostBacktestLines = 1_000_000

func (c *policyBacktestCommand) Run(ctx context.Context, t *terminal) error {
	if c.History == "" {
		for flag, set := range map[string]bool{"map": len(c.Map) > 0, "dates": c.Dates != "", "decimals": c.Decimals != "", "purchases": c.Purchases != ""} {
			if set {
				return fail(exitUsage, "", "--%s says how a file is read: it goes with --history", flag)
			}
		}
		if c.New == "" {
			return fail(exitUsage, "handrail policy backtest POLICY --history F.csv judges the purchases of a file", "which policy is to be tried? Name a file, or a shipped one")
		}
	}
	policy, err := loadPolicy(ctx, c.New)
	if err != nil {
		return t.wrongPolicy(err, c.formatted, c.Lang)
	}
	var b *report.Backtest
	if c.History != "" {
		b, err = c.history(ctx, t, policy)
	} else {
		b, err = c.ledger(ctx, t, policy)
	}
	if err != nil {
		return err
	}
	if c.Out != "" {
		done := t.working("writing " + c.Out)
		err := writeOut(c.Out, func(w io.Writer) error { return report.WriteBacktest(w, b, c.Lang, t.now()) })
		done()
		if err != nil {
			return err
		}
	}
	switch {
	case c.asJSON():
		err = t.document(b)
	case b.History != nil:
		t.printHistory(b, c.Lang, c.Out)
	default:
		t.printBacktest(b, c.Lang, c.Out)
	}
	if err == nil && len(b.Failures) > 0 {
		return somebodyMustAct()
	}
	return err
}

// lines is how many lines are wanted one by one.
func (c *policyBacktestCommand) lines() int {
	if c.Out != "" || c.History != "" && c.asJSON() {
		return mostBacktestLines
	}
	return 0
}

// ledger judges the lines of the ledger again.
func (c *policyBacktestCommand) ledger(ctx context.Context, t *terminal, policy *rules.Policy) (*report.Backtest, error) {
	o := replay.BacktestOptions{Policy: policy, Inbox: c.Inbox, MostLines: c.lines(), Progress: t.progress("lines")}
	var err error
	if c.Since != "" {
		if o.Since, err = request.ParseDate(c.Since); err != nil {
			return nil, fail(exitUsage, "", "--since: %w", err)
		}
	}
	config, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }()
	if err := config.whichInbox(c.Inbox); err != nil {
		return nil, err
	}
	o.Minutes = config.Finance.Reconcile.Estimates().OfficerMinutes
	var b *report.Backtest
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		b, err = replay.Backtest(ctx, tx, o)
		return err
	}); err != nil {
		return nil, ledgerTrouble(err)
	}
	return b, nil
}

// whichInbox refuses a backtest that would judge lines of one inbox by the policy of another.
func (c *Config) whichInbox(named string) error {
	var names []string
	policies := map[string]bool{}
	for _, box := range c.Inbox {
		box = box.WithDefaults()
		names = append(names, box.Name)
		policies[box.Policy] = true
	}
	switch {
	case named != "" && !slices.Contains(names, named):
		return fail(exitUsage, "inboxes: "+strings.Join(names, ", "), "--inbox: there is no inbox %q in the configuration", named)
	case named == "" && len(policies) > 1:
		return fail(exitUsage, "inboxes: "+strings.Join(names, ", "), "several inboxes have policies of their own: say with --inbox which one the new text is for")
	}
	return nil
}

func (t *terminal) printBacktest(b *report.Backtest, l request.Lang, workbook string) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	fmt.Fprintf(t.out, "%s %s: %s\n", b.Policy.Name, b.Policy.Version, b.Days().In(l))
	for _, f := range b.Failures {
		fmt.Fprintln(t.out)
		t.wrap(0, "! "+f.Words().In(l))
	}
	before, after := &b.All.Before, &b.All.After
	fmt.Fprintf(t.out, "\n  %-32s %20s %20s\n", "", say("as decided", "selon la décision"), say("under this text", "selon ce texte"))
	row := func(name, a, b string) {
		fmt.Fprintf(t.out, "  %s%s%s\n", pad(name, -32), pad(a, 21), pad(b, 21))
	}
	count := func(n int) string { return fmt.Sprint(n) }
	row(request.Approved.Word().In(l), count(before.Approved), count(after.Approved))
	row("", before.ApprovedAmount.In(l), after.ApprovedAmount.In(l))
	row(request.Escalated.Word().In(l), count(before.Escalated), count(after.Escalated))
	row("", before.EscalatedAmount.In(l), after.EscalatedAmount.In(l))
	row(request.Returned.Word().In(l), count(before.Returned), count(after.Returned))
	row("", before.ReturnedAmount.In(l), after.ReturnedAmount.In(l))
	row(say("Officer hours*", "Heures de travail*"), hours(before, l), hours(after, l))
	if len(b.Flips) == 0 && before.Lines > 0 {
		fmt.Fprintln(t.out, "\n"+say("Every line would have been decided as it was.", "Chaque ligne aurait été décidée comme elle l’a été."))
	}
	for _, turn := range b.Turns() {
		fmt.Fprintf(t.out, "\n  %d  %s → %s  %s\n", turn.Lines, turn.Before.Word().In(l), turn.After.Word().In(l), turn.Amount.In(l))
		if turn.Before == request.Escalated {
			t.wrap(5, turn.Since().In(l))
		}
	}
	if len(b.Flips) > 0 {
		t.printGroups(say("By guardrail", "Par balise"), b.Guardrails, l)
		t.printGroups(say("By branch", "Par direction générale"), b.Units, l)
		t.printFlips(b, l)
	}
	fmt.Fprintln(t.out)
	t.wrap(0, "* "+b.OfficerHours().In(l)+".")
	for _, r := range b.Remarks() {
		t.wrap(0, r.In(l))
	}
	if workbook != "" {
		fmt.Fprintln(t.out, say("Workbook: ", "Classeur\u00a0: ")+workbook)
	}
}

// hours are an officer's hours as a language writes them.
func hours(s *report.BacktestSide, l request.Lang) string {
	if l == request.French {
		return strings.Replace(s.OfficerHours.String(), ".", ",", 1)
	}
	return s.OfficerHours.String()
}

// pad fills a text up to a width, at its left, or at its right where the width is negative.
func pad(s string, width int) string {
	n := len([]rune(s))
	if width < 0 {
		return s + strings.Repeat(" ", max(0, -width-n))
	}
	return strings.Repeat(" ", max(0, width-n)) + s
}

// printGroups prints the groups in which something would have been decided otherwise. A name that is too long for its
// column has a line of its own.
func (t *terminal) printGroups(title string, groups []report.BacktestGroup, l request.Lang) {
	const name, side, changed = 18, 25, 10
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	row := func(lines, escalated, hours string) string { return pad(lines, 7) + pad(escalated, 10) + pad(hours, 8) }
	print := func(first, before, after, otherwise string) {
		if len([]rune(first)) > name {
			t.wrap(2, first)
			first = ""
		}
		fmt.Fprintf(t.out, "  %s%s%s%s\n", pad(first, -name), pad(before, side), pad(after, side), pad(otherwise, changed))
	}
	heads := row(say("lines", "lignes"), say("escalated", "soumises"), say("hours*", "heures*"))
	fmt.Fprintln(t.out)
	fmt.Fprintf(t.out, "  %s%s%s\n", pad("", -name), pad(say("as decided", "selon la décision"), side), pad(say("under this text", "selon ce texte"), side))
	print(title, heads, heads, say("otherwise", "autrement"))
	for _, g := range groups {
		if g.Flips == 0 {
			continue
		}
		sums := func(s *report.BacktestSide) string {
			return row(fmt.Sprint(s.Lines), fmt.Sprint(s.Escalated), hours(s, l))
		}
		print(cmp.Or(g.Name, say("(none given)", "(non indiquée)")), sums(&g.Before), sums(&g.After), fmt.Sprint(g.Flips))
	}
}

func (t *terminal) printFlips(b *report.Backtest, l request.Lang) {
	fmt.Fprintln(t.out, "\n  "+request.Text{EN: "Line by line", FR: "Ligne par ligne"}.In(l))
	for i := range b.Flips {
		f := &b.Flips[i]
		total := "–"
		if f.Total != nil {
			total = f.Total.In(l)
		}
		fmt.Fprintln(t.out)
		t.wrap(2, strings.Join(slices.DeleteFunc([]string{f.Reference, f.Received.String(), total, f.Supplier, f.Unit}, func(s string) bool { return s == "" }), "  "))
		t.explainSide(request.Text{EN: "as decided", FR: "selon la décision"}.In(l), f.Before, f.BeforeFindings, l)
		t.explainSide(request.Text{EN: "under this text", FR: "selon ce texte"}.In(l), f.After, f.AfterFindings, l)
		if f.Final != f.Before {
			t.wrap(4, request.Text{EN: "today: ", FR: "aujourd’hui\u00a0: "}.In(l)+f.Final.Word().In(l))
		}
	}
}

func (t *terminal) explainSide(which string, o request.Outcome, findings []request.Finding, l request.Lang) {
	t.wrap(4, fmt.Sprintf("%s %s (%s)", symbolOf(o), o.Word().In(l), which))
	for why := range strings.Lines(report.Why(o, findings).In(l)) {
		t.wrap(8, why)
	}
}
