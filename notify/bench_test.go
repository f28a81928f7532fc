package notify

import (
	"bytes"
	"mime/quotedprintable"
	"testing"
	"time"

	"handrail/internal/request"
)

// twentyLines is an answer as they are on most days.
func twentyLines(attachment []byte) Answer {
	a := sampleAnswer(request.English)
	a.Lines = nil
	for i := range 20 {
		l := approvedLine()
		switch i % 5 {
		case 1:
			l = notedLine()
		case 2:
			l = taxLine()
		case 3:
			l = returnedLine()
		}
		l.Number = i + 1
		a.Lines = append(a.Lines, l)
	}
	if attachment != nil {
		a.Workbook = &Attachment{Name: "requests.xlsx", Data: attachment}
	}
	return a
}

// BenchmarkAnswer composes one answer with 20 lines, text and HTML; x-limit is over quoted-printable encoding of the
// same bodies, which no composer can avoid.
func BenchmarkAnswer(b *testing.B) {
	c := testComposer(b)
	a := twentyLines(nil)
	m, err := c.Answer(a)
	if err != nil {
		b.Fatal(err)
	}
	const rounds = 200
	start := time.Now()
	for range rounds {
		var buf bytes.Buffer
		for _, body := range [][]byte{m.text, m.html} {
			w := quotedprintable.NewWriter(&buf)
			if _, err := w.Write(body); err != nil {
				b.Fatal(err)
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	limit := float64(time.Since(start).Nanoseconds()) / rounds
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Answer(a); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/limit, "x-limit")
	b.ReportMetric(float64(len(m.Raw)), "bytes/mail")
}

func BenchmarkAnswerWithWorkbook(b *testing.B) {
	c := testComposer(b)
	a := twentyLines(make([]byte, 40<<10))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Answer(a); err != nil {
			b.Fatal(err)
		}
	}
}
