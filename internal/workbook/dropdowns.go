package workbook

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/xuri/excelize/v2"
)

// DropDown is a list that cells of a sheet offer.
type DropDown struct {
	Ranges  []Range
	Answers []string
}

// Has reports whether a cell offers the list.
func (d *DropDown) Has(col, row int) bool {
	for _, r := range d.Ranges {
		if r.FirstCol <= col && col <= r.LastCol && r.FirstRow <= row && row <= r.LastRow {
			return true
		}
	}
	return false
}

const (
	mostDropDowns = 500
	mostAnswers   = 200 // of one list
)

// DropDowns lists the lists that a sheet's cells offer: typed into the cells' validation, in cells of any sheet, or
// under a name. A list that a formula computes is left out. data is a workbook that Open accepts.
func DropDowns(data []byte, sheet string) ([]DropDown, error) {
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("open the workbook for its lists: %w", err)
	}
	defer func() { _ = book.Close() }()
	rules, err := book.GetDataValidations(sheet)
	if err != nil {
		return nil, fmt.Errorf("read the lists of sheet %q: %w", sheet, err)
	}
	var lists []DropDown
	for _, rule := range rules {
		if rule.Type != "list" || len(lists) == mostDropDowns {
			continue
		}
		list := DropDown{Answers: listAnswers(book, sheet, rule.Formula1)}
		for ref := range strings.FieldsSeq(rule.Sqref) {
			if r, ok := ParseRange(ref); ok {
				list.Ranges = append(list.Ranges, r)
			}
		}
		if len(list.Answers) > 0 && len(list.Ranges) > 0 {
			lists = append(lists, list)
		}
	}
	return lists, nil
}

func listAnswers(book *excelize.File, sheet, formula string) []string {
	formula = strings.TrimPrefix(strings.TrimSpace(html.UnescapeString(formula)), "=") // excelize hands it on as the file has it
	var answers []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && len(answers) < mostAnswers {
			answers = append(answers, s)
		}
	}
	if typed, ok := strings.CutPrefix(formula, `"`); ok {
		for answer := range strings.SplitSeq(strings.TrimSuffix(typed, `"`), ",") {
			add(answer)
		}
		return answers
	}
	for _, name := range book.GetDefinedName() {
		if strings.EqualFold(name.Name, formula) {
			formula = strings.TrimPrefix(name.RefersTo, "=")
			break
		}
	}
	ref := formula
	if at := strings.LastIndexByte(formula, '!'); at >= 0 {
		sheet, ref = strings.ReplaceAll(strings.Trim(formula[:at], "'"), "''", "'"), formula[at+1:]
	}
	r, ok := ParseRange(strings.ReplaceAll(ref, "$", ""))
	if !ok || (r.LastRow-r.FirstRow+1)*(r.LastCol-r.FirstCol+1) > mostAnswers {
		return nil
	}
	for row := r.FirstRow; row <= r.LastRow; row++ {
		for col := r.FirstCol; col <= r.LastCol; col++ {
			if s, err := book.GetCellValue(sheet, Ref(col, row)); err == nil {
				add(s)
			}
		}
	}
	return answers
}
