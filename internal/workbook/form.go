package workbook

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// FormOptions says which blank request form to write.
type FormOptions struct {
	// Lang comes first in every label and is the language of the drop-downs and of the help; English when unknown.
	Lang request.Lang
	// Fields are what a policy reads; the fields finance needs are added to them. Their order does not matter.
	Fields []request.Field
	// All asks for every field of the form.
	All bool
	// Asks are what the policy asks for, always or in a case: their places are shaded before anybody fills them in, and the
	// policy's own columns among them are added. Title and supplier are always asked for.
	Asks []request.FormAsk
	// Attestation is the policy's statement that answers several fields of all lines at once; zero for none.
	Attestation request.Attestation
	// Languages are those of the form: the labels stand in all of them, Lang first. None: English and French.
	Languages request.Languages
	// Words are the policy's own labels and help.
	Words request.Words
	// RequestLimit and PretaxLimit are the policy's limits, tax included and before tax, in Currency. Zero: no check.
	RequestLimit, PretaxLimit decimal.Decimal
	// Currency is the policy's ISO 4217 code, for the help; "" leaves it out.
	Currency string
	// Policy is the policy's name and version, printed under the title; "" leaves it out.
	Policy string
	// Means is what an approval is, and is not: the policy's own sentence.
	Means request.Text
	// MailTo is the shared inbox the form goes to; "" says "the inbox you got this form from".
	MailTo string
	// Rows is how many lines are prepared; 0 means 25.
	Rows int
	// Entries are values to fill in; nil for a blank form.
	Entries *FormEntries
}

const (
	preparedRows = 25
	mostRows     = 500
)

func (o FormOptions) validate() error {
	if o.Rows < 0 || o.Rows > mostRows {
		return fmt.Errorf("a form with %d lines: between 1 and %d can be prepared", o.Rows, mostRows)
	}
	fields := slices.Clone(o.Fields)
	for _, a := range o.Asks {
		if a.Field != request.NoField {
			fields = append(fields, a.Field)
		}
	}
	for _, f := range fields {
		if f == request.NoField || f >= request.NumFields {
			return fmt.Errorf("a form with field number %d, which does not exist", f)
		}
	}
	if o.RequestLimit.IsNegative() || o.PretaxLimit.IsNegative() {
		return errors.New("a form with a negative limit")
	}
	return nil
}

// financeNeeds are the fields finance reads whatever the policy: what was bought, from whom, for how much, and who pays.
var financeNeeds = []request.Field{
	request.Title, request.Supplier, request.SupplierID, request.Commodity, request.Quantity, request.UnitPrice, request.Net, request.Tax,
	request.Total, request.Currency, request.CostCentre, request.GLAccount, request.Cardholder,
}

// NewForm writes the blank request form as .xlsx (docs/design.md#the-request-form). Nothing but labels and help stands in it: entry cells
// are empty (the language apart), there is no formula, and a form sent back untouched reads as a request without lines.
func NewForm(w io.Writer, o FormOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	if o.Lang = o.Languages.Write(o.Lang); o.Lang != request.French {
		o.Lang = request.English
	}
	if o.Rows == 0 {
		o.Rows = preparedRows
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // nothing was spilled to disk: the form is small
	f := &form{FormOptions: o, book: book, sheet: formSheet.In(o.Lang), help: formHelpSheet.In(o.Lang)}
	f.lay()
	for _, step := range []func() error{
		f.makeStyles, f.openSheets, f.writeHead, f.writeAbove, f.writeAttestation, f.writePanel, f.writeTable, f.addChecks, f.writeHelp, f.fill, f.finish,
	} {
		if err := step(); err != nil {
			return fmt.Errorf("write the request form: %w", err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write the request form: %w", err)
	}
	return nil
}

// form is one form being written.
type form struct {
	FormOptions
	book        *excelize.File
	sheet, help string
	above       []entry // row by row, three to a row; the attestation, where there is one, is the last
	columns     []entry
	headerRow   int
	lastCol     int
	styles      formStyles
}

// entry is one place to fill in: a value right of its label, or a column of the table.
type entry struct {
	label request.Text
	help  request.Text
	info  request.FieldInfo // Field is NoField for what identifies the requester, a policy's own column and the attestation
	as    request.Kind
	// origin names what identifies the requester: "requester", "email", "branch" or "language".
	origin string
	attest bool
	mark   mark
	cases  []request.AskCase
	// choices are shown in the drop-down.
	choices []request.Text
	preset  string
	col     int // of the value; the label of an entry above the table is one to the left
	row     int // of the value; of a column, its first line
}

func (f *form) firstRow() int { return f.headerRow + 1 }
func (f *form) lastRow() int  { return f.headerRow + f.Rows }

// asks lists the fields of this form, in the form's order.
func (f *form) asks() []request.FieldInfo {
	var list []request.FieldInfo
	for _, info := range request.Fields() {
		if f.All || slices.Contains(f.Fields, info.Field) || slices.Contains(financeNeeds, info.Field) || f.Attestation.Of(info.Field) != "" ||
			slices.ContainsFunc(f.Asks, func(a request.FormAsk) bool { return a.Field == info.Field }) {
			list = append(list, info)
		}
	}
	return list
}

// label is the bilingual label, the form's language first; once when both languages say the same.
func (f *form) label(t request.Text) string {
	return f.Languages.Join(t, f.Lang, " / ")
}
