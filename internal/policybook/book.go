package policybook

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// Options are what Write and Read may be given.
type Options struct {
	// Lang is the language that stands first in headers and titles; English when unknown.
	Lang request.Lang
	// Name is the file name of the policy's text, such as "department.toml"; its tests are named after it. "" takes the name from the
	// workbook.
	Name string
	// File reads a file that a list names, beside the policy. Without it such a list is a mistake.
	File func(name string) ([]byte, error)
	// Rows reads a list in a workbook, as rules.Options has it.
	Rows func(ctx context.Context, workbook []byte, sheet string) ([][]string, error)
	// Changes are the versions that were in force, for the sheet Changes, which nobody fills in by hand.
	Changes []Version
}

// Version is a row of the sheet Changes.
type Version struct {
	Version    string
	From       request.Date // in force from this day
	Until      request.Date // in force before this day; zero: still in force
	ProposedBy string
	ApprovedBy []string
	Words      request.Text // what changed
}

// Mistake is one thing wrong in a workbook, at its cell.
type Mistake struct {
	Sheet string       `json:"sheet"`
	Cell  string       `json:"cell,omitempty"` // "" where it is about the whole sheet
	Row   int          `json:"-"`
	Words request.Text `json:"words"` // what is wrong, and what to write
}

// Error is "Limits!B7: what", in English.
func (m Mistake) Error() string { return m.In(request.English) }

// In is the mistake with its place, in one language.
func (m Mistake) In(l request.Lang) string {
	at := m.Sheet
	if m.Cell != "" {
		at += "!" + m.Cell
	}
	if at == "" {
		return m.Words.In(l)
	}
	if l == request.French {
		return at + "\u00a0: " + m.Words.In(l)
	}
	return at + ": " + m.Words.In(l)
}

// Mistakes are all that is wrong in a workbook, sheet by sheet.
type Mistakes []Mistake

// Error is one mistake a line.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, x := range m {
		lines[i] = x.Error()
	}
	return strings.Join(lines, "\n")
}

// Example is how one row of the sheet Examples came out.
type Example struct {
	Row    int
	Passed bool
	Words  request.Text // what came out instead; empty where it passed
}

// Result is what a workbook says.
type Result struct {
	Lang request.Lang
	// Name is the file name of the policy's text, and TestName that of its tests.
	Name, TestName string
	// Text and Tests are the TOML as an author would write it. They are made as far as that goes where there are mistakes. Tests is nil
	// where the workbook has no examples.
	Text, Tests []byte
	// Policy is the text, read; nil where it has mistakes.
	Policy *rules.Policy
	// Before is the policy that the workbook was made from, where that is known.
	Before *rules.Policy
	// Mistakes keep the text from being in force, failed examples among them. Notes do not: they say what is perhaps not meant, and what is
	// lost.
	Mistakes, Notes Mistakes
	Examples        []Example
	sheets          []readSheet
	currency        string
}

// Is reports whether an open workbook is a policy: by its sheets, in either language, whatever else it holds.
func Is(book *workbook.Book) bool { return areOfPolicy(book.Sheets()) }

func areOfPolicy(sheets []workbook.SheetInfo) bool {
	seen, sure := 0, false
	for _, info := range sheets {
		if s := sheetNamed(info.Name); s != nil && slices.Contains([]string{"about", "limits", "guardrails", "exemptions", "examples"}, s.id) {
			seen++
			sure = sure || s.id == "guardrails"
		}
		sure = sure || info.Name == originalSheet
	}
	return seen >= 3 && sure // a request's workbook may well have sheets About, Limits and Examples
}

// IsFile is Is of a file, of which nothing but the names of its sheets is read: every request is asked.
func IsFile(ctx context.Context, data []byte) bool {
	sheets, err := workbook.SheetsOf(ctx, data, workbook.DefaultBounds())
	return err == nil && areOfPolicy(sheets)
}

func both(en, fr string) request.Text { return request.Text{EN: en, FR: fr} }

// bothf formats a sentence in each language; one that says fewer of the arguments than the other says the first ones.
func bothf(en, fr string, args ...any) request.Text {
	format := func(f string) string {
		said := args
		if verbs := strings.Count(f, "%") - 2*strings.Count(f, "%%"); !strings.Contains(f, "%[") && verbs < len(said) {
			said = said[:verbs]
		}
		return fmt.Sprintf(f, said...)
	}
	return request.Text{EN: format(en), FR: format(fr)}
}
