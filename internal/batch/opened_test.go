package batch

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
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
		reading, err := ReadRequest(context.Background(), data, d.job.inboxes["requests"].Form.Options(d.policy.Currency()))
		if err != nil {
			t.Fatal(err)
		}
		jm := Judgement{Reference: "HR-2026-000001", FileName: "form.xlsx", Origin: reading.Form.Origin, Policy: d.policy.Mark(), Sheet: reading.Form.SheetIndex, HeaderRow: reading.Form.HeaderRow}
		jm.LabelRow, jm.Column, jm.Replace = PlaceColumns(reading.Form)
		for _, l := range reading.Form.Lines.All() {
			jm.Rows = append(jm.Rows, JudgedRow{Row: l.Row, Outcome: request.Returned, Problems: l.Problems})
		}
		want, err := Annotate(context.Background(), data, jm)
		if err != nil {
			t.Fatal(err)
		}
		got, err := annotate(context.Background(), reading.Book, len(data), jm)
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
	book, err := workbook.Open(context.Background(), d.form(testStaff, request.English, twentyLines()...), workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	digest := func(i int) ledger.Digest { return ledger.Digest{byte(i >> 8), byte(i), 1} }
	o := &openedBooks{}
	o.put(digest(0), book)
	o.put(digest(0), book)
	if o.take(digest(0)) != book || o.take(digest(0)) != nil {
		t.Error("a workbook that is kept must be handed out once")
	}
	if o.bytes != 0 || len(o.kept) != 0 {
		t.Errorf("%d bytes and %d places are left of nothing", o.bytes, len(o.kept))
	}
	fit := int(openedBytes / book.Size())
	for i := range fit + 3 {
		o.put(digest(i), book)
	}
	if o.bytes > openedBytes || len(o.kept) != fit {
		t.Errorf("%d workbooks of %d bytes are kept, want %d", len(o.kept), o.bytes, fit)
	}
	if o.take(digest(2)) != nil || o.take(digest(3)) == nil {
		t.Error("not the oldest ones made room")
	}
	padded, err := workbook.Open(context.Background(), withGap(d.form(testStaff, request.English, twentyLines()...), openedBookMost), workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	if o.put(ledger.Digest{2}, padded); o.take(ledger.Digest{2}) != nil {
		t.Error("a large file whose parts are small is kept")
	}
}

// withGap is a zip with so many bytes that no part has, between its parts and its directory.
func withGap(data []byte, size int) []byte {
	end := len(data) - 22
	directory := binary.LittleEndian.Uint32(data[end+16:])
	out := slices.Concat(data[:directory], make([]byte, size), data[directory:])
	binary.LittleEndian.PutUint32(out[end+size+16:], directory+uint32(size)) //nolint:gosec // small
	return out
}

// A small form in a large message, as it is and not encoded: what stays open holds the form alone.
func TestAnOpenWorkbookDoesNotHoldItsMessage(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	form := d.form(testStaff, request.English, twentyLines()...)
	var raw bytes.Buffer
	raw.WriteString(proof(testDomain) + "From: <" + testStaff + ">\r\nTo: <" + testInbox + ">\r\nSubject: One request\r\nMessage-ID: <large@" + testDomain + ">\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: application/octet-stream; name=form.xlsx\r\nContent-Transfer-Encoding: binary\r\n\r\n")
	raw.Write(form)
	raw.WriteString("\r\n--part--\r\n")
	mail := raw.Bytes()
	h, err := d.job.hear(t.Context(), ledger.Message{ID: 1, Box: ledger.Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 1}, UID: 1, Raw: mail, Attempt: 1})
	if err != nil || len(h.requests) != 1 {
		t.Fatalf("%d requests were heard: %v", len(h.requests), err)
	}
	clear(mail)
	again, err := ReadRequest(context.Background(), form, d.job.inboxes["requests"].Form.Options(d.policy.Currency()))
	if err != nil {
		t.Fatal(err)
	}
	jm := Judgement{Sheet: again.Form.SheetIndex, HeaderRow: again.Form.HeaderRow, Column: again.Form.LastCol + 1}
	want, err := Annotate(context.Background(), form, jm)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := annotate(context.Background(), h.requests[0].book, len(form), jm); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the open workbook changed with its message: %v", err)
	}
}
