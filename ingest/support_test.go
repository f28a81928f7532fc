package ingest

import (
	"context"
	"testing"
)

// What tests ask for without a context that could end: only that makes these err.

func pageText(page string) string {
	text, err := htmlText(context.Background(), page)
	mustNot(err)
	return text
}

func verdictOf(m *Mail, s Surroundings) Verdict {
	v, err := KindOf(context.Background(), m, s)
	mustNot(err)
	return v
}

func mustNot(err error) {
	if err != nil {
		panic(err)
	}
}

// startWork is a walk that reads for a test.
func startWork(t testing.TB) *walk {
	return &walk{limits: DefaultLimits(), mail: &Mail{}, patience: patience{ctx: t.Context()}}
}
