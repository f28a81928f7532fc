package ledger

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"handrail/internal/request"
)

// factsOfALine is about as long as the facts and findings of a real line.
var factsOfALine = append(append([]byte(`{"line":{"sheet":"Requests","values":{"title":{"text":"`), bytes.Repeat([]byte("word "), 280)...), `"}}}}`...)

// judgeBatch collects and judges messages of 20 lines, with the sums that a policy with two totals asks for, in one
// transaction each for collecting and deciding, and files them.
func judgeBatch(b testing.TB, l *Ledger, batch, messages int, supplier func(n int) string) {
	b.Helper()
	ctx := b.Context()
	now := noon.Add(time.Duration(batch) * time.Second)
	today := request.DateOf(now)
	var added []Added
	mails := make([]Incoming, messages)
	for i := range mails {
		body := bytes.Repeat(fmt.Appendf(nil, "mail %d of batch %d ", i, batch), 400)
		mails[i] = Incoming{Box: inbox, UID: uint32(batch*messages + i + 1), Received: now, Raw: body} //nolint:gosec // small
	}
	if err := l.Update(ctx, func(tx *Tx) (err error) {
		added, err = tx.Messages.Add(ctx, now, mails)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	ids := make([]int64, 0, messages)
	err := l.Decide(ctx, func(tx *Tx) error {
		for i, a := range added {
			ids = append(ids, a.ID)
			if err := judgeOne(ctx, tx, now, today, a, batch*messages+i, supplier); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := l.Update(ctx, func(tx *Tx) error {
		_, err := tx.Messages.MarkFiled(ctx, now, ids, true)
		return err
	}); err != nil {
		b.Fatal(err)
	}
}

func judgeOne(ctx context.Context, tx *Tx, now time.Time, today request.Date, a Added, n int, supplier func(n int) string) error {
	if won, err := tx.Messages.Judge(ctx, now, MessageVerdict{ID: a.ID, Kind: "request", Destination: "Processed"}); err != nil || !won {
		return fmt.Errorf("won %v: %w", won, err)
	}
	number, err := tx.Submissions.NextNumber(ctx, today.Year)
	if err != nil {
		return err
	}
	s := Submission{Message: a.ID, Attachment: a.SHA256, Sender: "a@example.ca", MailID: fmt.Sprint(a.ID), Year: today.Year, Number: number,
		Requester: "a@example.ca", Received: today, ReceivedAt: now, Policy: "sha256:p"}
	if s.ID, err = tx.Submissions.Add(ctx, now, s); err != nil {
		return err
	}
	lines := make([]NewLine, 20)
	queries := make([]SumQuery, 0, 3*len(lines))
	for i := range lines {
		lines[i] = testLine(s, s.ID, i+1, request.Approved)
		who := supplier(20*n + i)
		lines[i].Keys = []string{"supplier,cost_centre|name " + who + "|CC1", "supplier,cost_centre|id " + who + "|CC1", "supplier,cost_centre|both " + who + "|CC1"}
		lines[i].Facts = factsOfALine
		for _, k := range lines[i].Keys {
			queries = append(queries, SumQuery{Key: k, Currency: "CAD", From: today.AddDays(-364), To: today})
		}
	}
	if _, err := tx.Totals.Sums(ctx, queries); err != nil {
		return err
	}
	if err := tx.Lines.Add(ctx, now, lines, nil); err != nil {
		return err
	}
	_, err = tx.Outbox.Add(ctx, OutboxEntry{Kind: "answer", Cause: s.Reference().String(), Submission: s.ID, DueAt: now})
	return err
}

func manySuppliers(n int) string { return fmt.Sprintf("supplier %d", (n*7919)%20011) }

// BenchmarkDecide reports lines a second through collect, sums, chain, totals and file: 50 messages of 20 lines a
// batch, durably.
func BenchmarkDecide(b *testing.B) {
	for _, d := range []Dialect{SQLite, PostgreSQL} {
		b.Run(string(d), func(b *testing.B) {
			cfg := Config{URL: filepath.Join(b.TempDir(), "l.db")}
			if d == PostgreSQL {
				cfg = postgresConfig(b)
			}
			l := openTest(b, cfg)
			judgeBatch(b, l, 0, 50, manySuppliers)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				judgeBatch(b, l, i+1, 50, manySuppliers)
			}
			b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "lines/s")
		})
	}
}

// BenchmarkSums asks for totals of a supplier with 50 lines and of one with 50,000 over the same days, and reports
// what one costs as a multiple of the other.
func BenchmarkSums(b *testing.B) {
	l := openTest(b, Config{URL: filepath.Join(b.TempDir(), "l.db")})
	today := request.DateOf(noon)
	fill := func(supplier string, lines int) {
		for done := 0; done < lines; {
			batch := min(lines-done, 1000)
			err := l.Decide(b.Context(), func(tx *Tx) error {
				var counted []*Line
				for i := range batch {
					counted = append(counted, &Line{ID: int64(done + i + 1), Currency: "CAD", Amount: 100, Keys: []string{supplier}, Day: today.AddDays(-((done + i) % 50))})
				}
				return tx.Totals.add(b.Context(), counted)
			})
			if err != nil {
				b.Fatal(err)
			}
			done += batch
		}
	}
	fill("few", 50)
	fill("many", 50_000)
	cost := map[string]float64{}
	for _, supplier := range []string{"few", "many"} {
		b.Run(supplier, func(b *testing.B) {
			queries := make([]SumQuery, 64)
			for i := range queries { // distinct, so that none is answered from another
				queries[i] = SumQuery{Key: supplier, Currency: "CAD", From: today.AddDays(-400 - i), To: today}
			}
			want := Sum{int64(100 * map[string]int{"few": 50, "many": 50_000}[supplier]), map[string]int{"few": 50, "many": 50_000}[supplier]}
			err := l.Decide(b.Context(), func(tx *Tx) error {
				for b.Loop() {
					sums, err := tx.Totals.Sums(b.Context(), queries)
					if err != nil {
						return err
					}
					if sums[63] != want {
						b.Fatalf("sum is %v, want %v", sums[63], want)
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			cost[supplier] = float64(b.Elapsed().Nanoseconds()) / float64(b.N*len(queries))
			b.ReportMetric(cost[supplier], "ns/sum")
			if few := cost["few"]; few > 0 {
				b.ReportMetric(cost[supplier]/few, "x-few")
			}
		})
	}
}

// BenchmarkGrowth reports what a message costs in a ledger of a million lines, as a multiple of an empty one's. It
// takes minutes: it runs when it is asked for by name with -benchtime 1x.
func BenchmarkGrowth(b *testing.B) {
	if b.N > 1 || testing.Short() {
		b.Skip("run it alone: -bench Growth -benchtime 1x")
	}
	l := openTest(b, Config{URL: filepath.Join(b.TempDir(), "l.db")})
	const measured, total = 20, 1000 // batches of 1,000 lines
	span := func(from, to int) (took, cpu time.Duration) {
		start, used := time.Now(), processCPU(b)
		for i := from; i < to; i++ {
			judgeBatch(b, l, i, 50, manySuppliers)
		}
		n := time.Duration(to - from)
		return time.Since(start) / n, (processCPU(b) - used) / n
	}
	span(0, 5) // warm
	empty, emptyCPU := span(5, 5+measured)
	span(5+measured, total-measured)
	full, fullCPU := span(total-measured, total)
	b.ReportMetric(float64(full)/float64(empty), "x-empty")
	b.ReportMetric(float64(fullCPU)/float64(emptyCPU), "x-empty-cpu")
	b.ReportMetric(50/full.Seconds(), "msg/s")
	b.ReportMetric(50/empty.Seconds(), "msg/s-empty")
}

// processCPU is what this process has computed so far: a busy machine does not distort it.
func processCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
