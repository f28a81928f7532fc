package batch_test

import (
	"bytes"
	"context"
	"testing"

	"handrail/ingest"
	"handrail/internal/judgement"
	"handrail/internal/record"
	"handrail/internal/request"
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
		reading, err := judgement.ReadRequest(context.Background(), data, d.options.Inboxes[0].Form.Options(d.policy.Currency()))
		if err != nil {
			t.Fatal(err)
		}
		jm := record.Judgement{Reference: "HR-2026-000001", FileName: "form.xlsx", Origin: reading.Form.Origin, Policy: d.policy.Mark(), Sheet: reading.Form.SheetIndex, HeaderRow: reading.Form.HeaderRow}
		jm.LabelRow, jm.Column, jm.Replace = record.PlaceColumns(reading.Form)
		for _, l := range reading.Form.Lines.All() {
			jm.Rows = append(jm.Rows, record.JudgedRow{Row: l.Row, Outcome: request.Returned, Problems: l.Problems})
		}
		want, err := record.Annotate(context.Background(), data, jm)
		if err != nil {
			t.Fatal(err)
		}
		got, err := record.AnnotateOpen(context.Background(), reading.Book, len(data), jm)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the form is written back otherwise when it is still open", name)
		}
	}
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
	parsed, err := ingest.Parse(t.Context(), mail, ingest.DefaultLimits())
	if err != nil || len(parsed.Attachments) != 1 {
		t.Fatalf("%d attachments: %v", len(parsed.Attachments), err)
	}
	opened, err := judgement.ReadRequest(t.Context(), record.OwnBytes(parsed.Attachments[0].Data), d.options.Inboxes[0].Form.Options(d.policy.Currency()))
	if err != nil {
		t.Fatal(err)
	}
	clear(mail)
	again, err := judgement.ReadRequest(context.Background(), form, d.options.Inboxes[0].Form.Options(d.policy.Currency()))
	if err != nil {
		t.Fatal(err)
	}
	jm := record.Judgement{Sheet: again.Form.SheetIndex, HeaderRow: again.Form.HeaderRow, Column: again.Form.LastCol + 1}
	want, err := record.Annotate(context.Background(), form, jm)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := record.AnnotateOpen(context.Background(), opened.Book, len(form), jm); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the open workbook changed with its message: %v", err)
	}
}
