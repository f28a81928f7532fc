package batch

import (
	"context"
	"errors"

	"handrail/internal/ledger"
)

// IsLedgerError reports whether it was the ledger that failed, and not what was written.
func IsLedgerError(err error) bool {
	var trouble *ledger.Error
	return errors.As(err, &trouble) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
