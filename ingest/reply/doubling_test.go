package reply

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/scaling"
)

// readReply reads a reply in every way that replies are read.
func readReply(ctx context.Context, m *ingest.Mail) error {
	text, err := NewText(ctx, m)
	if err == nil {
		_, _, err = Parse(ctx, text, "Ann Smith")
	}
	if err == nil {
		_, err = IsCoveringNote(ctx, text, "Ann Smith")
	}
	return err
}

// hostileReply is one way to make a reader of replies work hard.
type hostileReply struct {
	name  string
	bytes int
	build func(n int) string
}

// hostileReplies are the worst that each reader can be given.
func hostileReplies() []hostileReply {
	const small, middle = 16 << 10, 64 << 10
	return []hostileReply{
		{"answer/quoted", middle, (scaling.Fill("> a\n"))},
		{"answer/attributions", middle, (scaling.Fill("on 1 at 10:00\n"))},
		{"answer/addresses", middle, (scaling.Fill("1 @\n"))},
		{"answer/header-lines", middle, (scaling.Fill("to: a\n"))},
		{"answer/rules", middle, (scaling.Fill("________\n\n"))},
		{"answer/long-line", middle, (scaling.Fill("on 1 "))},
		{"answer/line-ends", middle, (scaling.Fill("\r\n\u2028\v"))},
		{"answer/accents", middle, (scaling.Fill("e\u0301\u0301"))},
		{"commands/closings", small, (func(n int) string {
			return "approve 1\n" + scaling.Fill("thanks\nbest regards, cheers\n")(n) + "but call me"
		})},
		{"commands/question", small, (func(n int) string {
			return "question: why\n" + scaling.Fill("cordialement\nbonne fin de semaine\n")(n) + "mais"
		})},
		{"commands/signatures", small, (scaling.After("approve 1\n\n", scaling.Fill("Director, Procurement, 613-555-0100\n\n")))},
		{"commands/wrapped", small, (scaling.After("decline 1: ", scaling.Fill(strings.Repeat("word ", 14)+"\n")))},
		{"commands/lines", small, (scaling.Fill("approve " + strings.Repeat("1-5000 ", 3) + "\ndecline 6000-11000 6000-11000 6000-11000\n"))},
		{"commands/references", small, (scaling.After("approve ", scaling.Fill("hr-2026-000123-04, ")))},
		{"commands/conditions", small, (scaling.After("approve 1: ", scaling.Fill("approve the line x ")))},
		{"commands/covers", small, (scaling.Fill("please see attached\nthanks\n"))},
	}
}

// BenchmarkDoubling reads the worst that each reader can be given, once and twice as long.
func BenchmarkDoubling(b *testing.B) {
	var shapes []scaling.Shape
	for _, h := range hostileReplies() {
		shapes = append(shapes, scaling.Shape{Name: h.name, Size: h.bytes, Make: func(tb testing.TB, n int) func() {
			m := &ingest.Mail{Text: h.build(n)}
			return func() { _ = readReply(tb.Context(), m) } // refused or not, it was read
		}})
	}
	scaling.Bench(b, shapes...)
}

// Each reader ends with the worst, and ends early when nobody waits for it any more.
func TestTheWorstReplyIsReadToItsEndAndGivenUpWhenAsked(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, h := range hostileReplies() {
		t.Run(h.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := readReply(ctx, &ingest.Mail{Text: h.build(h.bytes)}); ctx.Err() != nil {
				t.Fatal(err)
			}
			if err := readReply(ended, &ingest.Mail{Text: h.build(1 << 10)}); !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
		})
	}
	for name, read := range map[string]func(context.Context) error{
		"NewText":       func(ctx context.Context) error { _, err := NewText(ctx, &ingest.Mail{Text: "a"}); return err },
		"ParseCommands": func(ctx context.Context) error { _, _, err := Parse(ctx, "approve 1"); return err },
		"OnlyCovers":    func(ctx context.Context) error { _, err := IsCoveringNote(ctx, "thanks"); return err },
	} {
		if err := read(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkLargestReply reads the worst replies of 1 MB. of-budget is the time of the slowest as a share of the 50 ms that a
// reply may take.
func BenchmarkLargestReply(b *testing.B) {
	const size, budget = 1 << 20, 50 * time.Millisecond
	var mails []*ingest.Mail
	for _, h := range hostileReplies() {
		mails = append(mails, &ingest.Mail{Text: h.build(size)})
	}
	for _, line := range []string{"Dana Whitfield\n", "approve 1\nthanks\n", "-----Original Message-----\n> a\n", "decline 2: too expensive, "} {
		mails = append(mails, &ingest.Mail{Text: scaling.Fill(line)(size)})
	}
	for b.Loop() {
		var slowest time.Duration
		for _, m := range mails {
			start := time.Now()
			if err := readReply(b.Context(), m); err != nil {
				b.Fatal(err)
			}
			slowest = max(slowest, time.Since(start))
		}
		b.ReportMetric(slowest.Seconds()/budget.Seconds(), "of-budget")
	}
}
