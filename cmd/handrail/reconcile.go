package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"handrail/internal/budgets"
	"handrail/internal/finance"
	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
	"handrail/rules"
)

type reconcileCommand struct {
	Period    string       `placeholder:"2026-W47" help:"A week (2026-W47), month (2026-11), fiscal year (2026-27) or days, such as a card cycle (2026-11-03..2026-12-02); by default the week that ended last."`
	Out       string       `placeholder:"F.xlsx" help:"Where to write the workbook; needed unless --reopen is given."`
	Reopen    string       `placeholder:"2026-W47" help:"Open a week again that was reported, because something in it was recorded wrongly: its charges are matched once more, and its next edition goes to everybody who had it. Needs --reason and --by."`
	Reason    string       `placeholder:"TEXT" help:"Why the week is opened again; finance reads it in the next edition."`
	By        string       `placeholder:"WHO" help:"Who opens it again; kept in the record."`
	Lang      request.Lang `enum:"en,fr," default:"" help:"en or fr; by default the configuration's."`
	Statement []string     `placeholder:"F" help:"Further card statements, CSV or XLSX, joined for this workbook only; may be given several times."`
	Budgets   string       `placeholder:"F" help:"Cost centre budgets, CSV or XLSX; by default the configuration's."`
	Config    string       `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
}

// matchingMemory is what the collector keeps the report of 100,000 lines and as many charges within; the program itself and
// SQLite come on top, and all of it stays under 300 MB.
const matchingMemory = 220 << 20

func (c *reconcileCommand) Run(ctx context.Context, t *terminal) error {
	switch {
	case c.Reopen != "":
		return c.reopen(ctx, t)
	case c.Reason != "" || c.By != "":
		return fail(exitUsage, "name the week with --reopen 2026-W47", "--reason and --by say why a week is opened again, and no week is named")
	case c.Out == "":
		return fail(exitUsage, "--out week.xlsx says where to write the workbook", "missing flag: --out")
	}
	debug.SetMemoryLimit(matchingMemory)
	config, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	zone, err := config.zone()
	if err != nil {
		return err
	}
	policy, err := config.policyInForce(ctx, t, l)
	if err != nil {
		return err
	}
	o := finance.ReportOptions{Lang: config.Finance.Language, Edition: 1, Zone: zone, Now: t.now(), Currency: policy.Currency(),
		Reconcile: config.Finance.Reconcile, FiscalStart: policy.FiscalStart(), Progress: t.progress("charges")}
	start := cmp.Or(time.Month(config.Finance.Reconcile.FiscalYearStart), policy.FiscalStart())
	parts := report.WeekOf(request.DateOf(t.now().In(zone)).AddDays(-7)).SplitByFiscalYear(start)
	o.Period = parts[len(parts)-1]
	if c.Period != "" {
		if o.Period, err = report.ParsePeriod(c.Period, start); err != nil {
			return fail(exitUsage, "", "--period: %w", err)
		}
	}
	if c.Lang != "" {
		o.Lang = c.Lang
	}
	var problems []fileProblem
	if o.Statements, problems, err = c.readStatements(ctx, t, config, policy.Currency()); err != nil {
		return err
	}
	bad, err := c.readBudgets(ctx, t, config, &o)
	if err != nil {
		return err
	}
	problems = append(problems, bad...)
	built, err := buildOnDemand(ctx, l, &o)
	if err != nil {
		return ledgerTrouble(err)
	}
	if err := writeOut(c.Out, func(w io.Writer) error { return report.Write(w, built.Contents) }); err != nil {
		return err
	}
	if err := c.tell(t, &o, &built, problems); err != nil || len(problems) == 0 {
		return err
	}
	return somebodyMustAct()
}

// fileProblem is what could not be read of a statement or a list of budgets; the rest of it counts.
type fileProblem struct {
	File string `json:"file"`
	request.Problem
}

// tell says what was written and what it holds.
func (c *reconcileCommand) tell(t *terminal, o *finance.ReportOptions, built *finance.Built, problems []fileProblem) error {
	type cards struct {
		Charges         int `json:"charges"`
		Matches         int `json:"matches"`
		WithoutApproval int `json:"without_approval"`
		WithoutCharge   int `json:"without_charge"`
	}
	var joined *cards
	if r := built.Cards; r != nil {
		joined = &cards{len(r.Charges), len(r.Matches), len(r.Left), len(r.Open)}
	}
	if c.asJSON() {
		return t.document(struct {
			File      string        `json:"file"`
			Period    string        `json:"period"`
			From      request.Date  `json:"from"`
			To        request.Date  `json:"to"`
			Edition   int           `json:"edition"`
			Ended     bool          `json:"ended"`
			Decisions int           `json:"decisions"`
			Waiting   int           `json:"waiting"`
			Cards     *cards        `json:"cards,omitempty"`
			Problems  []fileProblem `json:"problems"`
		}{c.Out, o.Period.Name, o.Period.From, o.Period.To, o.Edition, !o.To.After(o.Now), len(built.Lines), len(built.Waiting), joined, append([]fileProblem{}, problems...)})
	}
	fmt.Fprintf(t.out, "%s: %s, %s to %s\n%d decisions, %d lines waiting\n", c.Out, o.Period.Name, o.Period.From, o.Period.To, len(built.Lines), len(built.Waiting))
	if joined != nil {
		fmt.Fprintf(t.out, "%d charges: %d matches, %d without approval; %d approvals without charge\n", joined.Charges, joined.Matches, joined.WithoutApproval, joined.WithoutCharge)
	}
	if o.To.After(o.Now) {
		t.wrap(0, "the period has not ended: this is how it stands now, and no report")
	}
	return nil
}

// buildOnDemand makes the report of a period from the ledger: the last edition that finance got, or else a first one.
func buildOnDemand(ctx context.Context, l *ledger.Ledger, o *finance.ReportOptions) (built finance.Built, err error) {
	err = l.View(ctx, func(tx *ledger.Tx) error {
		o.From, o.To = o.Period.Bounds(o.Zone)
		made, found, err := finance.ReportMade(ctx, tx, o.Period.Name)
		if err != nil {
			return err
		}
		if found {
			o.From, o.To, o.Edition = made.From, made.To, made.Edition
			if o.Changes, err = finance.ChangesOf(made); err != nil {
				return err
			}
		}
		o.Policy = func(hash string) (*rules.Policy, error) { return keptPolicy(ctx, tx, hash) }
		built, err = finance.BuildReport(ctx, tx, *o)
		return err
	})
	return built, err
}

// readStatements reads statements on disk. A file that is refused is an error; rows that could not be read are named.
func (c *reconcileCommand) readStatements(ctx context.Context, t *terminal, config *Config, currency string) (all []statement.Charge, problems []fileProblem, err error) {
	for _, path := range c.Statement {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, fail(exitInput, "", "--statement: %w", err)
		}
		s, err := statement.Read(ctx, data, workbook.DefaultBounds(), config.Finance.Reconcile.Statement(filepath.Base(path), currency))
		if err != nil {
			return nil, nil, fail(exitInput, "export the statement again, complete, as CSV or XLSX", "%s: %w", path, err)
		}
		all, problems = statement.Union(all, s.Charges), append(problems, t.problems(path, s.Problems)...)
	}
	return all, problems, nil
}

func (c *reconcileCommand) readBudgets(ctx context.Context, t *terminal, config *Config, o *finance.ReportOptions) ([]fileProblem, error) {
	path := c.Budgets
	if path == "" && config.Finance.Budgets != "" {
		path = config.resolve(config.Finance.Budgets)
	}
	if path == "" {
		return nil, nil
	}
	budgets, list, err := budgets.ReadBudgets(ctx, path, o.Period, o.Reconcile, o.FiscalStart, o.Currency)
	if err != nil {
		return nil, fail(exitInput, "", "budgets: %w", err)
	}
	o.Budgets = budgets
	return t.problems(path, list), nil
}

// problems names what could not be read of a file, a line each.
func (t *terminal) problems(path string, list []request.Problem) (named []fileProblem) {
	for _, p := range list {
		fmt.Fprintf(t.err, "handrail: %s %s: %s\n", path, p.Cell, p.Message.EN)
		named = append(named, fileProblem{path, p})
	}
	return named
}

// writeOut writes a file as a whole; a half-written one is removed.
func writeOut(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "%w", err)
	}
	err = write(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return errors.Join(fail(exitInput, "", "%s: %w", path, err), os.Remove(path))
	}
	return nil
}

// keptPolicy is a policy that the ledger keeps.
func keptPolicy(ctx context.Context, tx *ledger.Tx, hash string) (*rules.Policy, error) {
	text, found, err := tx.Documents.Text(ctx, hash)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("the policy %s is not in the ledger", hash)
	}
	return rules.ReadBundle(text.Body)
}
