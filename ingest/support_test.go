package ingest

import (
	"context"
	"testing"
)

// What tests ask for without a context that could end: only that makes these err.

func commandsOf(text string, names ...string) ([]Command, *AskBack) {
	commands, ask, err := ParseCommands(context.Background(), text, names...)
	mustNot(err)
	return commands, ask
}

func newTextOf(text string) string {
	found, err := cutQuotes(context.Background(), text)
	mustNot(err)
	return found
}

func newTextOfMail(m *Mail) string {
	text, err := NewText(context.Background(), m)
	mustNot(err)
	return text
}

func pageText(page string) string {
	text, err := htmlText(context.Background(), page)
	mustNot(err)
	return text
}

func onlyCovers(text string, names ...string) bool {
	covers, err := OnlyCovers(context.Background(), text, names...)
	mustNot(err)
	return covers
}

func verdictOf(m *Mail, s Surroundings) Verdict {
	v, err := Classify(context.Background(), m, s)
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
