package workbook

import (
	"bytes"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// DecisionEntry is what somebody chooses and types beside one line of a decision sheet.
type DecisionEntry struct {
	Number           int // the line's number in the mail
	Decision, Reason string
}

// FillDecisions writes a copy of a decision sheet with decisions filled in, as an officer's spreadsheet program saves it.
// data is a workbook of NewDecisionSheet.
func FillDecisions(w io.Writer, data []byte, entries ...DecisionEntry) error {
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("open the decision sheet: %w", err)
	}
	defer func() { _ = book.Close() }()
	sheet := book.GetSheetName(0)
	for _, e := range entries {
		row := decideHeaderRow + e.Number
		for column, text := range map[int]string{decideDecision: e.Decision, decideReason: e.Reason} {
			if err := book.SetCellStr(sheet, Ref(column, row), text); err != nil {
				return fmt.Errorf("fill in line %d: %w", e.Number, err)
			}
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("save the decision sheet: %w", err)
	}
	return nil
}
