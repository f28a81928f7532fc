package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/adopt"
	"handrail/internal/judgement"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

type inspectCommand struct {
	File   string `arg:"" help:"Workbook to look at."`
	Cells  bool   `help:"Every cell that is not empty."`
	Config string `placeholder:"F" help:"Configuration that supplies aliases."`
	formatted
}

type inspected struct {
	File     string            `json:"file"`
	Sheets   []inspectedSheet  `json:"sheets,omitempty"`
	Cells    []inspectedCell   `json:"cells,omitzero"`
	Nearest  []adoptSeen       `json:"nearest,omitempty"` // of a form that was not recognised: what its words may mean
	Problems []request.Problem `json:"problems"`
	Error    *fileError        `json:"error,omitempty"`

	likely string // what the sheet that looks most like a form looks like
}

type inspectedSheet struct {
	Name      string            `json:"name"`
	State     string            `json:"state"`
	HeaderRow int               `json:"header_row,omitempty"`
	Columns   []inspectedColumn `json:"columns,omitempty"`
	Labels    []inspectedLabel  `json:"labels,omitempty"`
	Footers   []int             `json:"footers,omitempty"`
	LeftAlone []adoptLeft       `json:"left_alone,omitempty"`
}

type inspectedColumn struct {
	Column string `json:"column"`
	Header string `json:"header"`
	Field  string `json:"field"`
	By     string `json:"by"`
}

type inspectedLabel struct {
	Cell   string `json:"cell"`
	Header string `json:"header"`
	Field  string `json:"field"`
	By     string `json:"by"`
	Value  string `json:"value"`
}

type inspectedCell struct {
	Sheet   string `json:"sheet"`
	Ref     string `json:"ref"`
	Type    string `json:"type"`
	Raw     string `json:"raw"`
	Value   string `json:"value"`
	Formula string `json:"formula,omitempty"`
}

func (c *inspectCommand) Run(ctx context.Context, t *terminal) error {
	options, err := c.formOptions(ctx, t)
	if err != nil {
		return err
	}
	result, why, err := c.look(ctx, options)
	if err != nil {
		return err
	}
	if c.asJSON() {
		if err := t.document(result); err != nil {
			return err
		}
	} else {
		t.printInspected(result)
	}
	if why != nil {
		hint := ""
		if len(result.Nearest) > 0 {
			hint = "handrail adopt " + c.File + " proposes what the configuration must say about this form"
		}
		return &failure{code: exitInput, err: fmt.Errorf("read %s: %w", c.File, why), hint: hint}
	}
	return nil
}

// formOptions are the configuration's words and its policy's; without one, the attestation of the shipped policy.
func (c *inspectCommand) formOptions(ctx context.Context, t *terminal) (forms.Options, error) {
	if c.Config == "" {
		shipped, err := loadPolicy(ctx, "")
		if err != nil {
			return forms.Options{}, err
		}
		return forms.Options{Attestation: shipped.Attestation()}, nil
	}
	config, err := loadFormConfig(c.Config)
	if err != nil {
		return forms.Options{}, err
	}
	policy, err := config.policyInForce(ctx, t, nil)
	if err != nil {
		return forms.Options{}, err
	}
	o := config.Form.Options(policy.Currency())
	o.PolicyReads, o.Attestation, o.Words = policy.ExtraHeaders(), policy.Attestation(), policy.Words()
	return o, nil
}

// look opens the workbook; why is the reason it could not be read, or that it holds no request.
func (c *inspectCommand) look(ctx context.Context, options forms.Options) (result *inspected, why, err error) {
	result = &inspected{File: c.File, Problems: []request.Problem{}}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return nil, nil, fail(exitInput, "", "read %s: %s", c.File, plainFileError(err))
	}
	refuse := func(err error) (*inspected, error, error) {
		if ended := contextEnded(err); ended != nil {
			return nil, nil, ended
		}
		code, message := judgement.RefusalOf(err)
		refused := &inspected{File: c.File, Problems: []request.Problem{}, Error: &fileError{Code: code, Message: message}}
		refused.Error.where(err)
		return refused, errors.New(cmp.Or(partAndReason(err), message.EN)), nil
	}
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return refuse(err)
	}
	if c.Cells {
		result.Cells = []inspectedCell{}
		for i, s := range book.Sheets() {
			if err := result.addCells(ctx, book, i, s.Name); err != nil {
				return refuse(err)
			}
		}
	}
	form, formErr := forms.Read(ctx, book, options)
	for i, s := range book.Sheets() {
		sheet := inspectedSheet{Name: s.Name, State: string(s.State)}
		if formErr == nil {
			for _, part := range form.Parts() {
				if part.SheetIndex == i {
					describeSheet(&sheet, &part)
				}
			}
			for _, left := range form.LeftAlone {
				if left.Sheet == s.Name {
					sheet.LeftAlone = append(sheet.LeftAlone, adoptLeft{left.Sheet, left.Cells, left.Text, left.Why})
				}
			}
		}
		result.Sheets = append(result.Sheets, sheet)
	}
	switch e, ok := workbook.ErrorOf(formErr); {
	case formErr == nil:
		result.Problems = append(result.Problems, form.AllProblems()...)
	case ok && e.Code == workbook.NoRequestTable:
		result.Problems = append(result.Problems, request.Problem{Code: string(e.Code), Severity: request.ReturnSeverity, Message: e.Message})
		why = errors.New("no sheet of it holds a request that is recognised")
		proposal, err := adopt.Propose(ctx, book, data, adopt.Needs{})
		if err != nil {
			return refuse(err)
		}
		result.Nearest = seenOf(proposal.Nearest())
		for i := range result.Sheets {
			if result.Sheets[i].Name == proposal.Sheet && len(proposal.HeaderRows) > 0 {
				result.likely = fmt.Sprintf("%q looks like a table with its headers in row %d", proposal.Sheet, proposal.HeaderRows[0])
			}
		}
	default:
		return refuse(formErr)
	}
	return result, why, nil
}

func describeSheet(sheet *inspectedSheet, form *forms.Part) {
	sheet.HeaderRow = form.HeaderRow
	for _, col := range form.Columns {
		sheet.Columns = append(sheet.Columns, inspectedColumn{strings.TrimRight(workbook.Ref(col.Col, 1), "1"), col.Header, col.Field.String(), col.By})
	}
	for _, l := range form.Labels {
		sheet.Labels = append(sheet.Labels, inspectedLabel{l.Cell, l.Header, l.Name, l.By, l.Value})
	}
	sheet.Footers = form.Footers
}

func (r *inspected) addCells(ctx context.Context, book *workbook.Book, sheet int, name string) error {
	return book.Rows(ctx, sheet, func(row *workbook.Row) error {
		for i := range row.Cells {
			cell := &row.Cells[i]
			if !cell.HasValue && !cell.HasFormula {
				continue
			}
			r.Cells = append(r.Cells, inspectedCell{Sheet: name, Ref: workbook.Ref(cell.Col, row.Number), Type: cell.Type.String(),
				Raw: cell.Raw, Value: cell.Value, Formula: cell.FormulaText()})
		}
		return nil
	})
}

// printInspected says to a person what Handrail sees.
func (t *terminal) printInspected(r *inspected) {
	fmt.Fprintln(t.out, r.File)
	if r.Error != nil {
		fmt.Fprintf(t.out, "  could not be read (%s)\n", r.Error.Code)
		t.wrap(4, r.Error.Message.EN)
		if r.Error.Part != "" {
			t.wrap(4, "the part at fault: "+strings.TrimSpace(r.Error.Part+" "+r.Error.Cell)+": "+r.Error.Reason)
		}
		return
	}
	for _, s := range r.Sheets {
		fmt.Fprintf(t.out, "  sheet %q, %s", s.Name, s.State)
		switch {
		case s.HeaderRow > 0:
			fmt.Fprintf(t.out, ": a request table with its headers in row %d", s.HeaderRow)
		case len(s.Labels) > 0:
			fmt.Fprint(t.out, ": a request of one line")
		}
		fmt.Fprintln(t.out)
		for _, l := range s.Labels {
			fmt.Fprintf(t.out, "    %-5s %-25s -> %-17s (%s, value in %s)\n", l.Cell, clipText(l.Header, 25), orDash(l.Field), l.By, orDash(l.Value))
		}
		for _, c := range s.Columns {
			fmt.Fprintf(t.out, "    %-5s %-25s -> %-17s (%s)\n", c.Column, clipText(c.Header, 25), orDash(c.Field), c.By)
		}
		for _, row := range s.Footers {
			fmt.Fprintf(t.out, "    row %d holds sums: the footer\n", row)
		}
		for _, left := range s.LeftAlone {
			t.wrap(4, leftAlone(left.Cells, left.Text, left.Why))
		}
	}
	t.printNearest(r)
	for _, p := range r.Problems {
		t.wrap(2, strings.TrimSpace(p.Sheet+" "+p.Cell+" "+string(p.Severity))+": "+p.Message.EN)
	}
	for _, c := range r.Cells {
		line := fmt.Sprintf("  %s!%s %s %s", c.Sheet, c.Ref, c.Type, c.Value)
		if c.Formula != "" {
			line += " ="
			line += c.Formula
		}
		fmt.Fprintln(t.out, line)
	}
}

// printNearest says of a form that was not recognised what its words may mean.
func (t *terminal) printNearest(r *inspected) {
	if len(r.Nearest) == 0 {
		return
	}
	if r.likely != "" {
		fmt.Fprintf(t.out, "  %s\n", r.likely)
	}
	for _, s := range r.Nearest {
		near := s.Second
		if s.Field != "" {
			near = append([]string{s.Field}, near...)
		}
		fmt.Fprintf(t.out, "    %-5s %-30s nearest: %s\n", s.Cell, clipText(s.Words, 30), orDash(strings.Join(near, ", ")))
	}
	t.wrap(2, "handrail adopt "+r.File+" proposes what the configuration must say about this form.")
}

func clipText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
