package batch

import (
	"bytes"
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// What was opened to be judged is written back as what is opened for it.
func TestAWorkbookThatIsStillOpenIsWrittenBackTheSame(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	forms := map[string][]byte{
		"English": d.form(testStaff, request.English, twentyLines()...),
		"French":  d.form(testStaff, request.French, line("Nettoyage", "Prairie Data Ltée", "5300", "689", "5989"), line("Essais", "Essai inc.", "1800", "234", "2034", "rationale", "")),
	}
	d.send(testStaff, "One request", "Form attached.", forms["English"])
	d.once()
	forms["that came back"] = d.inbox(testStaff)[0].Attachments[0].Data
	for name, data := range forms {
		reading, err := ReadRequest(data, d.job.inboxes["requests"].Form.Options(d.policy.Currency()))
		if err != nil {
			t.Fatal(err)
		}
		jm := Judgement{Reference: "HR-2026-000001", FileName: "form.xlsx", Origin: reading.Form.Origin, Policy: d.policy.Mark(), Sheet: reading.Form.SheetIndex, HeaderRow: reading.Form.HeaderRow}
		jm.LabelRow, jm.Column, jm.Replace = PlaceColumns(reading.Form)
		for _, l := range reading.Form.Lines {
			jm.Rows = append(jm.Rows, JudgedRow{Row: l.Row, Outcome: request.Returned, Problems: l.Problems})
		}
		want, err := Annotate(data, jm)
		if err != nil {
			t.Fatal(err)
		}
		got, err := annotate(reading.Book, len(data), jm)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the form is written back otherwise when it is still open", name)
		}
	}
}

func TestOpenWorkbooksAreKeptForOneUserAndWithinBounds(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	book, err := workbook.Open(d.form(testStaff, request.English, twentyLines()...), workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	digest := func(i int) ledger.Digest { return ledger.Digest{byte(i >> 8), byte(i), 1} }
	o := newOpenedBooks()
	o.put(digest(0), book)
	o.put(digest(0), book)
	if o.take(digest(0)) != book || o.take(digest(0)) != nil {
		t.Error("a workbook that is kept must be handed out once")
	}
	if o.bytes != 0 || len(o.oldest) != 0 {
		t.Errorf("%d bytes and %d places are left of nothing", o.bytes, len(o.oldest))
	}
	fit := int(openedBytes / book.Inflated())
	for i := range fit + 3 {
		o.put(digest(i), book)
	}
	if o.bytes > openedBytes || len(o.books) != fit || len(o.oldest) != fit {
		t.Errorf("%d workbooks of %d bytes are kept, want %d", len(o.books), o.bytes, fit)
	}
	if o.take(digest(2)) != nil || o.take(digest(3)) == nil {
		t.Error("not the oldest ones made room")
	}
}
