package batch

import (
	"context"
	"errors"

	"handrail/internal/ledger"
)

// isDisplaced reports whether the ledger is no longer what was opened: waiting for it helps nothing, and going on might
// write what belongs into another one.
func isDisplaced(err error) bool {
	var trouble *ledger.Error
	return errors.As(err, &trouble) && trouble.Trouble.Displaced()
}

// displacedBy is why the job ended by itself; nil where it was asked to.
func displacedBy(ctx context.Context) error {
	if err := context.Cause(ctx); isDisplaced(err) {
		return err
	}
	return nil
}
