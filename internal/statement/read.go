package statement

import (
	"context"
	"crypto/sha256"
	"fmt"

	"handrail/internal/workbook"
)

// Read reads a statement whatever it is: a workbook or text. Bounds are the workbook reader's. The error is a
// *Error or a *workbook.Error, both of which say in two languages what to do; or the context's when that
// has ended.
func Read(ctx context.Context, data []byte, bounds workbook.Bounds, o Options) (*Statement, error) {
	b, err := openIfWorkbook(ctx, data, bounds)
	switch {
	case err != nil:
		return nil, fmt.Errorf("statement %s: %w", o.Name, err)
	case b != nil:
		return readWorkbook(ctx, b, sha256.Sum256(data), o)
	}
	return readText(ctx, data, o)
}

// openIfWorkbook opens what is a workbook or pretends to be one; it is nil for text.
func openIfWorkbook(ctx context.Context, data []byte, bounds workbook.Bounds) (*workbook.Book, error) {
	switch workbook.Sniff(data) {
	case workbook.Csv, workbook.Unknown, workbook.Empty:
		return nil, nil
	}
	return workbook.Open(ctx, data, bounds)
}
