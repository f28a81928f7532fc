package imap

import (
	"context"

	"handrail/ingest"
)

// collectWith collects what known picks, and hears of no batch before it is asked for.
func collectWith(ctx context.Context, s *Session, known func([]string) ([]string, error), deliver func([]ingest.Fetched) error) (ingest.Collected, error) {
	return s.Collect(ctx, ingest.Wish{Known: known, Deliver: deliver})
}
