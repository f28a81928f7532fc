package workbook

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Typed is what somebody types into a cell.
type Typed struct {
	Cell   string
	Text   string
	Number bool // Text is a plain number, and the cell holds the number
}

// FillSheet writes a copy of a workbook with cells of one sheet filled in. Each of computed is a cell with a formula: it
// gets the formula's result, as a spreadsheet program would store it, in the formula's place. One that cannot be computed
// stays as it is.
func FillSheet(w io.Writer, data []byte, sheet string, typed []Typed, computed []string) error {
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("open the form: %w", err)
	}
	defer func() { _ = book.Close() }()
	for _, t := range typed {
		if err := typeInto(book, sheet, t); err != nil {
			return fmt.Errorf("fill in %s: %w", t.Cell, err)
		}
	}
	var results []Typed
	for _, cell := range computed {
		text, err := book.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			continue
		}
		_, notNumber := strconv.ParseFloat(text, 64)
		results = append(results, Typed{Cell: cell, Text: text, Number: notNumber == nil})
	}
	for _, t := range results {
		if err := typeInto(book, sheet, t); err != nil {
			return fmt.Errorf("store the result of %s: %w", t.Cell, err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("save the filled form: %w", err)
	}
	return nil
}

func typeInto(book *excelize.File, sheet string, t Typed) error {
	if !t.Number {
		return book.SetCellStr(sheet, t.Cell, t.Text)
	}
	n, err := strconv.ParseFloat(t.Text, 64)
	if err != nil {
		return err
	}
	return book.SetCellFloat(sheet, t.Cell, n, -1, 64)
}
