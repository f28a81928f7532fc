package workbook

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// PlainRequest is a request as a department's own table has it: who asks stands above, and every field of the form is a column, so
// that each line can say what is its own.
type PlainRequest struct {
	Lang                     request.Lang // of labels and choices; English when unknown
	Requester, Email, Branch string
	Lines                    []PlainLine
}

// PlainLine is one row: what a person types, an answer to a choice by its code. An amount or a number is plain ("4520.00"), a day ISO.
type PlainLine struct {
	Values    map[request.Field]string
	Reference string // the number of a line that comes back; "" for a new one
}

// PlainFirstRow is the row of a PlainRequest's first line.
const PlainFirstRow = plainHeaderRow + 1

const (
	plainHeaderRow = 5
	plainSheet     = "Request"
)

// WritePlainRequest writes the workbook of a request without help, shades or checks.
func WritePlainRequest(w io.Writer, r *PlainRequest) error {
	if r.Lang != request.French {
		r.Lang = request.English
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // nothing was spilled to disk: it is small
	if err := book.SetSheetName("Sheet1", plainSheet); err != nil {
		return fmt.Errorf("write a request: %w", err)
	}
	for _, step := range []func(*excelize.File) error{r.writeHead, r.writeColumns, func(f *excelize.File) error { return f.Write(w) }} {
		if err := step(book); err != nil {
			return fmt.Errorf("write a request: %w", err)
		}
	}
	return nil
}

func (r *PlainRequest) writeHead(book *excelize.File) error {
	for i, e := range []struct {
		label request.Text
		value string
	}{{requesterLabel, r.Requester}, {emailLabel, r.Email}, {branchLabel, r.Branch}} {
		if err := book.SetCellStr(plainSheet, cellName(1, i+1), e.label.In(r.Lang)); err != nil {
			return err
		}
		if err := book.SetCellStr(plainSheet, cellName(2, i+1), e.value); err != nil {
			return err
		}
	}
	return nil
}

func (r *PlainRequest) writeColumns(book *excelize.File) error {
	last := len(request.Fields()) + 1
	for i, info := range request.Fields() {
		if err := book.SetCellStr(plainSheet, cellName(i+1, plainHeaderRow), info.Label.In(r.Lang)); err != nil {
			return err
		}
		for n, line := range r.Lines {
			if err := r.writeValue(book, cellName(i+1, plainHeaderRow+1+n), info, line.Values[info.Field]); err != nil {
				return err
			}
		}
	}
	for n, line := range r.Lines {
		if line.Reference == "" {
			continue
		}
		if err := book.SetCellStr(plainSheet, cellName(last, plainHeaderRow), answerHeaders[2].In(r.Lang)); err != nil {
			return err
		}
		if err := book.SetCellStr(plainSheet, cellName(last, plainHeaderRow+1+n), line.Reference); err != nil {
			return err
		}
	}
	return nil
}

func (r *PlainRequest) writeValue(book *excelize.File, cell string, info request.FieldInfo, text string) error {
	if text == "" {
		return nil
	}
	switch info.Kind {
	case request.MoneyKind, request.NumberKind:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return book.SetCellFloat(plainSheet, cell, n, -1, 64)
		}
	case request.ChoiceKind:
		for _, c := range info.Choices {
			if c.Code == text {
				text = c.Label.In(r.Lang)
				break
			}
		}
	}
	return book.SetCellStr(plainSheet, cell, text)
}
