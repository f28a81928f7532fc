package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/budgets"
	"handrail/internal/judgement"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

type checkCommand struct {
	Files    []string `arg:"" name:"file" help:"Workbooks to judge."`
	Config   string   `placeholder:"F" help:"Configuration that supplies aliases and policy."`
	Policy   string   `placeholder:"F" help:"Policy: a file, or a shipped name."`
	AsOf     string   `placeholder:"DATE" help:"Judge as on this day (2026-12-01); by default today."`
	Annotate string   `placeholder:"OUT.xlsx" help:"Write the annotated workbook here (one file only)."`
	formatted
}

type checkJSON struct {
	Files []checkedFile `json:"files"`
}

type checkedFile struct {
	File      string            `json:"file"`
	Sheet     string            `json:"sheet,omitempty"`
	Policy    *checkPolicy      `json:"policy,omitempty"`
	Requester *checkRequester   `json:"requester,omitempty"`
	Lines     []checkedLine     `json:"lines,omitempty"`
	Problems  []request.Problem `json:"problems"`
	Counts    *checkCounts      `json:"counts,omitempty"`
	Error     *fileError        `json:"error,omitempty"`

	judgement record.Judgement
	places    map[string]int // of the sheets of the request, the first 0
	data      []byte
	operator  string // what the error is to an operator
}

type checkPolicy struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
}

type checkRequester struct {
	Name     string       `json:"name"`
	Email    string       `json:"email"`
	Unit     string       `json:"unit"`
	Language request.Lang `json:"language"`
}

type checkedLine struct {
	Sheet     string            `json:"sheet,omitempty"` // where the request stands on several
	Row       int               `json:"row"`
	Reference string            `json:"reference,omitempty"`
	Title     string            `json:"title"`
	Supplier  string            `json:"supplier"`
	Total     *string           `json:"total"`
	Currency  string            `json:"currency"`
	Outcome   request.Outcome   `json:"outcome"`
	Findings  []request.Finding `json:"findings"`
}

type checkCounts struct {
	Lines     int `json:"lines"`
	Approved  int `json:"approved"`
	Escalated int `json:"escalated"`
	Returned  int `json:"returned"`
}

// fileError is why a file could not be read.
type fileError struct {
	Code    string       `json:"code"`
	Message request.Text `json:"message"`
	Part    string       `json:"part,omitempty"`   // of the file, such as xl/worksheets/sheet1.xml
	Cell    string       `json:"cell,omitempty"`   // or row, where one can be named
	Reason  string       `json:"reason,omitempty"` // for an operator
}

// where adds the part of the file that is at fault, and why.
func (f *fileError) where(err error) {
	if e, ok := workbook.ErrorOf(err); ok && e.Part != "" {
		f.Part, f.Cell = e.Part, e.Cell
		if e.Err != nil {
			f.Reason = e.Err.Error()
		}
	}
}

func (c *checkCommand) Run(ctx context.Context, t *terminal) error {
	o := checkSettings{today: request.DateOf(t.now())}
	if c.AsOf != "" {
		var err error
		if o.today, err = request.ParseDate(c.AsOf); err != nil {
			return fail(exitUsage, "", "--as-of: %w", err)
		}
	}
	if err := c.settings(ctx, t, &o); err != nil {
		return err
	}
	if c.Annotate != "" && len(c.Files) != 1 {
		return fail(exitUsage, "", "--annotate writes one workbook: name one file, not %d", len(c.Files))
	}
	var result checkJSON
	act, unread := false, false
	for _, path := range c.Files {
		f := checkFile(ctx, path, &o)
		if err := ctx.Err(); err != nil {
			return err
		}
		act = act || f.Counts != nil && f.Counts.Approved < f.Counts.Lines
		act = act || hasReturn(f.Problems)
		unread = unread || f.Error != nil
		result.Files = append(result.Files, *f)
	}
	if c.Annotate != "" && result.Files[0].Error == nil {
		if err := writeAnnotated(ctx, c.Annotate, &result.Files[0]); err != nil {
			return err
		}
	}
	if c.asJSON() {
		if err := t.document(result); err != nil {
			return err
		}
	} else {
		for i := range result.Files {
			t.printChecked(&result.Files[i], o.policy)
		}
	}
	switch {
	case unread:
		return &failure{code: exitInput, err: errors.New(unreadList(&result))}
	case act:
		return somebodyMustAct()
	}
	return nil
}

func unreadList(r *checkJSON) string {
	var lines []string
	for i := range r.Files {
		if r.Files[i].Error != nil {
			lines = append(lines, "read "+r.Files[i].File+": "+r.Files[i].operator)
		}
	}
	return strings.Join(lines, "\n")
}

func hasReturn(problems []request.Problem) bool {
	for _, p := range problems {
		if p.Severity == request.ReturnSeverity {
			return true
		}
	}
	return false
}

// checkSettings is what workbooks are judged with.
type checkSettings struct {
	policy  *rules.Policy
	form    forms.Options
	own     []string // mail domains
	budgets budgets.Budgets
	today   request.Date
}

// settings are the policy, how forms are read and the budgets, from the flags and the configuration.
func (c *checkCommand) settings(ctx context.Context, t *terminal, o *checkSettings) error {
	var config *Config
	form := forms.Config{}
	if c.Config != "" {
		var err error
		if config, err = loadFormConfig(c.Config); err != nil {
			return err
		}
		form, o.own = config.Form, config.Department.Domains
	}
	var err error
	if c.Policy == "" && config != nil {
		o.policy, err = config.policyInForce(ctx, t, nil)
	} else {
		o.policy, err = loadPolicy(ctx, c.Policy)
	}
	if err != nil {
		return err
	}
	o.form = form.Options(o.policy.Currency())
	o.form.PolicyReads = o.policy.ExtraHeaders()
	o.form.Attestation, o.form.Words = o.policy.Attestation(), o.policy.Words()
	if config == nil || config.Finance.Budgets == "" {
		return nil
	}
	o.budgets, _, err = budgets.BudgetsOn(ctx, config.resolve(config.Finance.Budgets), o.today, config.Finance.Reconcile, o.policy.FiscalStart(), o.policy.Currency())
	if err != nil {
		return fail(exitInput, "finance.budgets names the file of cost centre budgets", "%w", err)
	}
	return nil
}

// checkFile judges one workbook with an empty history and no sender.
func checkFile(ctx context.Context, path string, o *checkSettings) *checkedFile {
	f := &checkedFile{File: path, Problems: []request.Problem{}}
	data, err := os.ReadFile(path)
	if err != nil {
		f.operator = plainFileError(err)
		f.Error = &fileError{Code: "not-a-workbook", Message: request.Text{
			EN: "The file could not be opened: " + plainFileError(err) + ".", FR: "Le fichier n’a pas pu être ouvert\u00a0: " + plainFileError(err) + "."}}
		return f
	}
	reading, err := judgement.ReadRequest(ctx, data, o.form)
	if err != nil {
		code, message := judgement.RefusalOf(err)
		f.Error, f.operator = &fileError{Code: code, Message: message}, message.EN
		f.Error.where(err)
		return f
	}
	form, mark := reading.Form, o.policy.Mark()
	origin := form.Origin
	origin.Received = o.today
	assessed := judgement.Assess(o.policy, origin, &form.Lines, nil, o.budgets.For(&form.Lines), o.today, o.own)
	f.Sheet, f.data = form.Sheet, data
	f.Policy = &checkPolicy{Name: mark.Name, Version: mark.Version, Hash: mark.Hash}
	f.Requester = &checkRequester{Name: origin.Name, Email: origin.Email, Unit: origin.Unit, Language: origin.Language}
	f.Problems = append(f.Problems, form.AllProblems()...)
	f.Counts = &checkCounts{Lines: len(assessed)}
	f.Lines = make([]checkedLine, 0, len(assessed))
	f.judgement = record.Judgement{FileName: filepath.Base(path), Origin: origin, Policy: mark, Sheet: form.SheetIndex, HeaderRow: form.HeaderRow,
		More: record.MoreSheets(form, nil), Problems: form.Problems, Signed: reading.Book.Signed(), LastCol: form.LastCol}
	f.places = record.SheetPlaces(form)
	f.judgement.LabelRow, f.judgement.Column, f.judgement.Replace = record.PlaceColumns(form)
	var findings []request.Finding
	for i := range assessed {
		f.add(&assessed[i], o.policy.Currency())
		findings = append(findings, assessed[i].Verdict.Findings...)
	}
	f.Problems = request.Said(f.Problems, findings)
	return f
}

func (f *checkedFile) add(a *judgement.Assessed, currency string) {
	line, v := &a.Facts.Line, a.Verdict
	out := checkedLine{Row: line.Row, Reference: line.Reference, Title: line.Values[request.Title].Text, Supplier: line.Values[request.Supplier].Text,
		Currency: line.Currency(currency), Outcome: v.Outcome, Findings: v.Findings}
	if out.Findings == nil {
		out.Findings = []request.Finding{}
	}
	for i := range out.Findings {
		if out.Findings[i].Cells == nil {
			out.Findings[i].Cells = []string{}
		}
	}
	if total := line.Values[request.Total]; total.Given && !total.Faulty {
		plain := request.Money{Amount: total.Number, Currency: out.Currency}.Plain()
		out.Total = &plain
	}
	if len(f.places) > 1 {
		out.Sheet = line.Sheet
	}
	f.Lines = append(f.Lines, out)
	switch v.Outcome {
	case request.Approved:
		f.Counts.Approved++
	case request.Escalated:
		f.Counts.Escalated++
	default:
		f.Counts.Returned++
	}
	f.judgement.Rows = append(f.judgement.Rows, record.JudgedRow{Part: f.places[line.Sheet], Row: line.Row, Outcome: v.Outcome, Findings: v.Findings, Problems: request.Said(line.Problems, v.Findings)})
}

func writeAnnotated(ctx context.Context, path string, f *checkedFile) error {
	data, err := record.Annotate(ctx, f.data, f.judgement)
	if err != nil {
		return fail(exitInput, "", "annotate %s: %w", f.File, err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fail(exitInput, "choose a place you may write to with --annotate", "write the annotated workbook: %w", err)
	}
	return nil
}

func plainFileError(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// printChecked says to a person at a terminal what became of each line, the gravest reason first.
func (t *terminal) printChecked(f *checkedFile, policy *rules.Policy) {
	fmt.Fprintf(t.out, "%s\n", f.File)
	if f.Error != nil {
		fmt.Fprintf(t.out, "  could not be read (%s)\n", f.Error.Code)
		t.wrap(4, f.Error.Message.EN)
		return
	}
	fmt.Fprintf(t.out, "  sheet %q", f.Sheet)
	for _, more := range f.judgement.More {
		fmt.Fprintf(t.out, ", sheet %q", more.Name)
	}
	fmt.Fprintf(t.out, ", %s %s\n", policy.Name(), policy.Version())
	for i := range f.Lines {
		l := &f.Lines[i]
		total := "no total"
		if l.Total != nil {
			total = *l.Total + " " + l.Currency
		}
		row := fmt.Sprintf("row %d", l.Row)
		if l.Sheet != "" {
			row += fmt.Sprintf(" of %q", l.Sheet)
		}
		fmt.Fprintf(t.out, "\n  %s  %s %-9s  %s, %s\n", row, symbolOf(l.Outcome), l.Outcome, orDash(l.Title), total)
		for _, p := range f.Problems {
			if p.Sheet == f.sheetOf(l) && rowOf(p.Cell) == l.Row {
				t.wrap(10, placed(p))
			}
		}
		for _, finding := range l.Findings {
			t.wrap(10, finding.Guardrail+": "+finding.Message.EN)
		}
	}
	other := false
	for _, p := range f.Problems {
		if f.hasRow(p.Sheet, rowOf(p.Cell)) {
			continue
		}
		if !other {
			fmt.Fprintln(t.out)
			other = true
		}
		t.wrap(2, strings.TrimSpace(p.Sheet+" "+p.Cell)+": "+p.Message.EN)
	}
	lines := "lines"
	if f.Counts.Lines == 1 {
		lines = "line"
	}
	fmt.Fprintf(t.out, "\n  %d %s: %d approved, %d escalated, %d returned\n", f.Counts.Lines, lines, f.Counts.Approved, f.Counts.Escalated, f.Counts.Returned)
}

// placed is a problem's sentence with its cell, once.
func placed(p request.Problem) string {
	if p.Cell == "" || strings.Contains(p.Message.EN, "("+p.Cell+")") {
		return p.Message.EN
	}
	return p.Cell + ": " + p.Message.EN
}

// sheetOf is the sheet that a line is on.
func (f *checkedFile) sheetOf(l *checkedLine) string { return cmp.Or(l.Sheet, f.Sheet) }

func (f *checkedFile) hasRow(sheet string, row int) bool {
	for i := range f.Lines {
		if f.Lines[i].Row == row && f.sheetOf(&f.Lines[i]) == sheet {
			return true
		}
	}
	return false
}

func symbolOf(o request.Outcome) string {
	switch o {
	case request.Approved:
		return "✓"
	case request.Escalated:
		return "▲"
	}
	return "✗"
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// rowOf is the row of a cell's name, 0 when there is none.
func rowOf(cell string) int {
	n := 0
	for _, r := range cell {
		if r >= '0' && r <= '9' {
			n = n*10 + int(r-'0')
		}
	}
	return n
}
