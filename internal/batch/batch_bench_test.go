package batch_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/job"
	"handrail/internal/judgement"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// BenchmarkEndToEnd takes requests of 20 lines each through the whole job: post office, IMAP, judging by the shipped
// policy, a durable ledger on SQLite, annotating, composing, SMTP and filing. It reports messages a second, what share that is of the limit, and how much
// the heap grew at its largest, the post office's own mailboxes included. The limit is the same answers to the same
// requests without guardrails, ledger and queue; the must is 200 messages a second where it is 610. Where the machine is
// not quiet, -benchtime 5x evens the two out.
func BenchmarkEndToEnd(b *testing.B) {
	n := 1000
	if testing.Short() {
		n = 200
	}
	var took, least time.Duration
	var peak uint64
	answered := 0.
	for b.Loop() {
		spent, grown := answeredOnce(b, n)
		took += spent
		if peak == 0 { // later passes begin with the post offices of the earlier ones
			peak = grown
		}
		least += carried(b, n)
		answered += float64(n)
	}
	reached, limit := answered/took.Seconds(), answered/least.Seconds()
	b.ReportMetric(reached, "msg/s")
	b.ReportMetric(limit, "limit-msg/s")
	b.ReportMetric(reached/limit, "x-limit")
	b.ReportMetric(reached/limit/(200./610), "x-must")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
}

// answeredOnce is how long one pass over n requests takes, and by how many bytes the heap grew.
func answeredOnce(b *testing.B, n int) (took time.Duration, grown uint64) {
	b.Helper()
	d := open(b, nil)
	d.lay(b, 0, n, twentyLines()...)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, peak := watchHeap()
	start := time.Now()
	d.once()
	took = time.Since(start)
	close(stop)
	if got := d.office.Count(testStaff, "INBOX"); got != n {
		b.Fatalf("%d of %d requests were answered", got, n)
	}
	return took, max(peak.Load(), before.HeapAlloc) - before.HeapAlloc
}

// carried is how long n requests take when they are fetched in batches, taken apart, read, annotated, answered by mail and
// filed, by as many goroutines as there are cores, and nobody judges or records them.
func carried(b *testing.B, n int) time.Duration {
	b.Helper()
	d := open(b, nil)
	d.lay(b, 0, n, twentyLines()...)
	box := d.options.Inboxes[0]
	box.Config = d.job.Department.Inboxes[box.Config.Name].Config // with the domains of the department
	runtime.GC()
	start := time.Now()
	session, err := imap.Dial(b.Context(), box.Config, imap.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	fetched := make(chan ingest.Fetched, n)
	var work sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for m := range fetched {
				if err := d.sendBack(b.Context(), box, m); err != nil {
					b.Error(err)
				}
			}
		})
	}
	var moves []ingest.Move
	everything := func(ids []string) ([]string, error) { return ids, nil }
	_, err = session.Collect(b.Context(), ingest.Wish{Known: everything, Deliver: func(some []ingest.Fetched) error {
		for _, m := range some {
			moves = append(moves, ingest.Move{ID: m.ID, Folder: box.Config.Folders.Processed})
			fetched <- m
		}
		return nil
	}})
	close(fetched)
	work.Wait()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := session.Move(b.Context(), moves); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	if back, filed := d.office.Count(testStaff, "INBOX"), d.office.Count(testInbox, box.Config.Folders.Processed); back != n || filed != n {
		b.Fatalf("%d of %d requests came back, %d were filed", back, n, filed)
	}
	return took
}

// sendBack answers a request as if every line of it were approved.
func (d *agency) sendBack(ctx context.Context, box job.InboxOptions, m ingest.Fetched) error {
	u, err := ingest.Classify(ctx, ingest.Arrived{Raw: m.Raw}, box.Config, ingest.Surroundings{Addresses: []string{testInbox}}, ingest.DNS)
	if err != nil {
		return err
	}
	if u.Plan != ingest.PlanRequest {
		return fmt.Errorf("the plan for message %s is %s: %s", m.ID, u.Plan, u.Why)
	}
	book := u.Mail.Attachments[0].Data
	reading, err := judgement.ReadRequest(context.Background(), book, box.Form.Options(d.policy.Currency()))
	if err != nil {
		return err
	}
	_, number, _ := strings.Cut(m.ID, " ")
	uid, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	reference := request.Reference{Year: 2026, Number: uid}
	jm := record.Judgement{Reference: reference.String(), FileName: "form.xlsx", Origin: reading.Form.Origin, Policy: d.policy.Mark(), Sheet: reading.Form.SheetIndex, HeaderRow: reading.Form.HeaderRow}
	jm.LabelRow, jm.Column, jm.Replace = record.PlaceColumns(reading.Form)
	var lines []notify.Line
	for i, l := range reading.Form.Lines.All() {
		reference.Line = i + 1
		jm.Rows = append(jm.Rows, record.JudgedRow{Row: l.Row, Reference: reference.String(), Outcome: request.Approved})
		lines = append(lines, notify.LineOf(reference.String(), l, request.Verdict{Outcome: request.Approved}, d.policy.Currency()))
	}
	annotated, err := record.AnnotateOpen(context.Background(), reading.Book, len(book), jm)
	if err != nil {
		return err
	}
	mail, err := d.options.Composer.Answer(notify.Answer{Envelope: notify.Envelope{To: testStaff, Lang: request.English, Cause: jm.Reference, Now: d.now()},
		Submission: jm.Reference, FileName: jm.FileName, Received: request.DateOf(d.now()), Policy: jm.Policy, Lines: lines,
		Workbook: &notify.Attachment{Name: "form.xlsx", Data: annotated}})
	if err != nil {
		return err
	}
	fate := d.sender.Send(ctx, notify.Outgoing{From: testInbox, To: testStaff, Raw: mail.Raw})
	if fate.State != notify.Accepted {
		return fmt.Errorf("the mail server took no answer: %s (%w)", fate.Words, fate.Err)
	}
	return nil
}

// renumbered is the form of another request: every supplier has another name.
func renumbered(b *testing.B, form []byte, n int) []byte {
	b.Helper()
	return replaceText(b, form, "MSGNO", fmt.Sprintf("%06d", n))
}

// replaceText changes what the cells of a workbook say.
func replaceText(b testing.TB, form []byte, from, to string) []byte {
	b.Helper()
	in, err := zip.NewReader(bytes.NewReader(form), int64(len(form)))
	if err != nil {
		b.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, f := range in.File {
		if f.Name != "xl/sharedStrings.xml" {
			if err := out.Copy(f); err != nil {
				b.Fatal(err)
			}
			continue
		}
		r, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			b.Fatal(err)
		}
		w, err := out.Create(f.Name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(bytes.ReplaceAll(text, []byte(from), []byte(to))); err != nil {
			b.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

// watchHeap follows the heap until stop is closed.
func watchHeap() (stop chan struct{}, peak *atomic.Uint64) {
	stop, peak = make(chan struct{}), &atomic.Uint64{}
	go func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > peak.Load() {
				peak.Store(m.HeapAlloc)
			}
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return stop, peak
}
