package reconcile

import (
	"context"
	"crypto/sha256"
	"fmt"

	"handrail/internal/workbook"
)

// ReadStatement reads a statement whatever it is: a workbook or text. Bounds are the workbook reader's. The error is a
// *StatementError or a *workbook.Error, both of which say in two languages what to do; or the context's when that
// has ended.
func ReadStatement(ctx context.Context, data []byte, bounds workbook.Bounds, o StatementOptions) (*Statement, error) {
	b, err := openIfWorkbook(ctx, data, bounds)
	switch {
	case err != nil:
		return nil, fmt.Errorf("statement %s: %w", o.Name, err)
	case b != nil:
		return ReadXLSX(ctx, b, sha256.Sum256(data), o)
	}
	return ReadCSV(ctx, data, o)
}

// openIfWorkbook opens what is a workbook or pretends to be one; it is nil for text.
func openIfWorkbook(ctx context.Context, data []byte, bounds workbook.Bounds) (*workbook.Book, error) {
	switch workbook.Sniff(data) {
	case workbook.Csv, workbook.Unknown, workbook.Empty:
		return nil, nil
	}
	return workbook.Open(ctx, data, bounds)
}
