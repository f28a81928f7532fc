package forms

import "handrail/internal/workbook"

// A grid's cells show what they hold.
func (g *grid) FormatOf(int) *workbook.CellFormat { return nil }

func (g *grid) Calculation() workbook.Calculation { return workbook.Calculation{} }
