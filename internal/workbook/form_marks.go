package workbook

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
)

// mark says whether a place will be asked for while it is empty. It is seen before anything is filled in.
type mark uint8

const (
	unmarked  mark = iota
	sometimes      // lighter: in a case that the help names
	needed
)

// markOf is how the form marks what a policy asks for.
func markOf(a request.FormAsk) (mark, []request.AskCase) {
	switch {
	case a.Always:
		return needed, nil
	case len(a.Cases) > 0:
		return sometimes, a.Cases
	}
	return unmarked, nil
}

// inputText is the help of one entry in one language: first whether it is needed, for Excel shows no more than maxInputText.
func (f *form) inputText(e entry, l request.Lang) string {
	text := e.help.In(l)
	switch {
	case e.attest:
		return neededMark.In(l) + attestHelp.In(l) + text
	case e.mark == needed:
		return neededMark.In(l) + text
	case f.Attestation.Of(e.info.Field) != "":
		return attestedHelp.In(l) + text
	case e.mark == sometimes:
		return f.caseWords(e, l) + text
	}
	return text
}

// caseWords say when a place is asked for: when, in words, where the form itself shows it; else by which guardrails.
func (f *form) caseWords(e entry, l request.Lang) string {
	var when, titles []string
	for _, c := range e.cases {
		words, ok := f.conditionWords(c.When, l)
		switch {
		case ok && !c.Soft:
			when = append(when, words)
		case !slices.Contains(titles, c.Title.In(l)):
			titles = append(titles, c.Title.In(l))
		}
	}
	said := ""
	if len(when) > 0 {
		said = strings.ReplaceAll(neededWhen.In(l), "{when}", strings.Join(when, orWord.In(l)))
	}
	if len(titles) > 0 {
		quoted := request.QuoteEN(titles[0])
		if l == request.French {
			quoted = request.QuoteFR(titles[0])
		}
		said += strings.ReplaceAll(askedFor.In(l), "{title}", quoted)
	}
	return said
}

// conditionWords say a condition that one part of the form shows; ok is false for any other.
func (f *form) conditionWords(c request.Condition, l request.Lang) (words string, ok bool) {
	label := func() string {
		if l == request.French {
			return request.QuoteFR(f.Words.Info(c.Field).Label.FR)
		}
		return request.QuoteEN(f.Words.Info(c.Field).Label.EN)
	}
	put := func(t request.Text, value string) string {
		return strings.NewReplacer("{field}", label(), "{value}", value).Replace(t.In(l))
	}
	switch c.Kind {
	case request.OneOf:
		var answers []string
		for _, choice := range f.Words.Info(c.Field).Choices {
			if slices.Contains(c.Codes, choice.Code) {
				answers = append(answers, choice.Label.In(l))
			}
		}
		return put(isOneOf, strings.Join(answers, orWord.In(l))), true
	case request.IsEmpty:
		return put(isEmptyWords, ""), true
	case request.IsGiven:
		return put(isGivenWords, ""), true
	case request.ComparesWith:
		if f.Currency != "" && (c.Operator == ">" || c.Operator == ">=") {
			return put(isAboveWords, request.Money{Amount: c.Amount, Currency: f.Currency}.In(l)), true
		}
	}
	return "", false
}

// condition is a condition as a formula of the sheet, seen from a cell of the table's first line, or from above the table. What
// the form cannot see is false: it marks nothing.
func (f *form) condition(c request.Condition, inTable bool) string {
	switch c.Kind {
	case request.TrueCondition:
		return "TRUE"
	case request.AllOf, request.AnyOf:
		var parts []string
		for _, p := range c.Parts {
			parts = append(parts, f.condition(p, inTable))
		}
		function := "AND("
		if c.Kind == request.AnyOf {
			function = "OR("
		}
		return function + strings.Join(parts, ",") + ")"
	}
	cell, column := f.place(c.Field), f.column(c.Field)
	switch {
	case cell != "":
	case column > 0 && inTable:
		cell = "$" + cellName(column, f.firstRow())
	case column > 0:
		return f.anyLine(c, f.absoluteColumn(column))
	default:
		return "FALSE"
	}
	switch c.Kind {
	case request.OneOf:
		var is []string
		for _, word := range f.wordsOf(c) {
			is = append(is, fmt.Sprintf("TRIM(%s)=%q", cell, word))
		}
		return "OR(" + strings.Join(is, ",") + ")"
	case request.IsGiven:
		return fmt.Sprintf(`TRIM(%s)<>""`, cell)
	case request.IsEmpty:
		return fmt.Sprintf(`TRIM(%s)=""`, cell)
	case request.ComparesWith:
		return fmt.Sprintf("AND(ISNUMBER(%[1]s),%[1]s%[2]s%[3]s)", cell, c.Operator, c.Amount)
	}
	return "FALSE"
}

// anyLine is a condition on a column, seen from above the table: true of any line.
func (f *form) anyLine(c request.Condition, cells string) string {
	switch c.Kind {
	case request.OneOf:
		var counts []string
		for _, word := range f.wordsOf(c) {
			counts = append(counts, fmt.Sprintf("COUNTIF(%s,%q)", cells, word))
		}
		return strings.Join(counts, "+") + ">0"
	case request.IsGiven:
		return fmt.Sprintf("COUNTA(%s)>0", cells)
	case request.ComparesWith:
		return fmt.Sprintf(`COUNTIF(%s,"%s%s")>0`, cells, c.Operator, c.Amount)
	}
	return "FALSE"
}

func (f *form) absoluteColumn(col int) string {
	return absolute(col, f.firstRow()) + ":" + absolute(col, f.lastRow())
}

// wordsOf are the answers of a condition in both languages: either may be typed.
func (f *form) wordsOf(c request.Condition) []string {
	var words []string
	for _, choice := range f.Words.Info(c.Field).Choices {
		if !slices.Contains(c.Codes, choice.Code) {
			continue
		}
		words = append(words, choice.Label.EN)
		if choice.Label.FR != choice.Label.EN {
			words = append(words, choice.Label.FR)
		}
	}
	return words
}

// markMissing hatches an empty cell that is needed in a line that has begun, and above the table once any line has. What is
// needed in a case only is hatched when the rest of the form shows that case.
func (f *form) markMissing() error {
	anyBegun := fmt.Sprintf("COUNTA(%s:%s)>0", absolute(1, f.firstRow()), absolute(len(f.columns), f.lastRow()))
	begun := fmt.Sprintf("COUNTA($A%d:$%s)>0", f.firstRow(), cellName(len(f.columns), f.firstRow()))
	for _, e := range slices.Concat(f.above, f.columns) {
		inTable := e.row > f.headerRow
		when := anyBegun
		cell, cells := cellName(e.col, e.row), cellName(e.col, e.row)
		if inTable {
			when, cells = begun, f.whole(e.col)
		}
		switch in := f.inCase(e, inTable); {
		case e.mark == unmarked, in == "FALSE":
			continue
		case in != "TRUE":
			when += "," + in
		}
		if err := f.rule(cells, fmt.Sprintf(`AND(%s,TRIM(%s)="")`, when, cell), f.styles.missing); err != nil {
			return err
		}
	}
	return nil
}

// inCase is the formula of when a marked place is needed.
func (f *form) inCase(e entry, inTable bool) string {
	if e.mark == needed {
		return "TRUE"
	}
	var any []string
	for _, c := range e.cases {
		if formula := f.condition(c.When, inTable); !c.Soft && !strings.Contains(formula, "FALSE") && formula != "TRUE" {
			any = append(any, formula)
		}
	}
	if len(any) == 0 {
		return "FALSE"
	}
	return "OR(" + strings.Join(any, ",") + ")"
}
