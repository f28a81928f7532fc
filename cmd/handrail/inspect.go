package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"handrail/ingest/forms"
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
	Cells    []inspectedCell   `json:"cells,omitempty"`
	Problems []request.Problem `json:"problems"`
	Error    *fileError        `json:"error,omitempty"`
}

type inspectedSheet struct {
	Name      string            `json:"name"`
	State     string            `json:"state"`
	HeaderRow int               `json:"header_row,omitempty"`
	Columns   []inspectedColumn `json:"columns,omitempty"`
	Labels    []inspectedLabel  `json:"labels,omitempty"`
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
	options := forms.Options{}
	if c.Config != "" {
		config, err := loadFormConfig(c.Config)
		if err != nil {
			return err
		}
		policy, err := config.loadPolicy(ctx)
		if err != nil {
			return err
		}
		options = config.Form.Options(policy.Currency())
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
		return &failure{code: exitInput, err: fmt.Errorf("read %s: %w", c.File, why)}
	}
	return nil
}

// look opens the workbook; why is the reason it could not be read. A workbook without a request is readable: that it
// holds none is a problem that is listed.
func (c *inspectCommand) look(ctx context.Context, options forms.Options) (result *inspected, why, err error) {
	result = &inspected{File: c.File, Problems: []request.Problem{}}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return nil, nil, fail(exitInput, "", "read %s: %s", c.File, plainFileError(err))
	}
	refuse := func(err error) (*inspected, error, error) {
		code, message := judgement.RefusalOf(err)
		return &inspected{File: c.File, Problems: []request.Problem{}, Error: &fileError{code, message}}, errors.New(message.EN), nil
	}
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return refuse(err)
	}
	if c.Cells {
		for i, s := range book.Sheets() {
			if err := result.addCells(ctx, book, i, s.Name); err != nil {
				return refuse(err)
			}
		}
	}
	form, formErr := forms.Read(ctx, book, options)
	for i, s := range book.Sheets() {
		sheet := inspectedSheet{Name: s.Name, State: string(s.State)}
		if formErr == nil && i == form.SheetIndex {
			describeForm(&sheet, form)
		}
		result.Sheets = append(result.Sheets, sheet)
	}
	switch e, ok := workbook.ErrorOf(formErr); {
	case formErr == nil:
		result.Problems = append(result.Problems, form.AllProblems()...)
	case ok && e.Code == workbook.NoRequestTable:
		result.Problems = append(result.Problems, request.Problem{Code: string(e.Code), Severity: request.ReturnSeverity, Message: e.Message})
	default:
		return refuse(formErr)
	}
	return result, nil, nil
}

func describeForm(sheet *inspectedSheet, form *forms.Form) {
	sheet.HeaderRow = form.HeaderRow
	for _, col := range form.Columns {
		sheet.Columns = append(sheet.Columns, inspectedColumn{strings.TrimRight(workbook.Ref(col.Col, 1), "1"), col.Header, col.Field.String(), col.By})
	}
	for _, l := range form.Labels {
		sheet.Labels = append(sheet.Labels, inspectedLabel{l.Cell, l.Header, l.Name, l.By, l.Value})
	}
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
	}
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

func clipText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
