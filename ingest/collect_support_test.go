package ingest

import "context"

// collectWith collects what known picks, and hears of no batch before it is asked for.
func collectWith(ctx context.Context, s *Session, known func(uint32, []uint32) ([]uint32, error), deliver func([]Fetched) error) (Collected, error) {
	return s.Collect(ctx, Wish{Known: known, Deliver: deliver})
}
