package batch_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

func base64Lines(b []byte) string {
	s := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(s) > 76 {
		out.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return out.String() + s
}

// The story of one week: a request with one line of each kind, a second half of somebody else's purchase, papers that
// nobody can read, and finance on Monday.
func TestAWeekOfSmallPurchases(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Three purchases", "Form attached.", d.form(testStaff, request.English,
		line("Screen reader fixes", "Northwind Inc.", "4000", "520", "4520"),
		line("Calculator redesign", "Mille Pages", "9500", "1235", "10735"),
		line("Usability tests", "Essai inc.", "1800", "234", "2034", "rationale", "")))
	d.send(testOther, "Nettoyage", "Formulaire joint.", d.form(testOther, request.French, line("Nettoyage, partie 1", "Prairie Data Ltd.", "5300", "689", "5989")))
	d.send(testStaff, "Clean-up, continued", "Form attached.", d.form(testStaff, request.English, line("Clean-up, part 2", "PRAIRIE DATA LIMITED", "5200", "676", "5876")))
	d.send(testOther, "Need something", "I want to buy a course.")
	d.send(testOther, "Old workbook", "Here.", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 4096)...))
	d.once()

	want := map[string]request.Outcome{
		"HR-2026-000001-01": request.Approved, "HR-2026-000001-02": request.Escalated, "HR-2026-000001-03": request.Returned,
		"HR-2026-000002-01": request.Approved, "HR-2026-000003-01": request.Escalated,
	}
	got := d.lines()
	if len(got) != len(want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
	for reference, outcome := range want {
		if got[reference].Outcome != outcome {
			t.Errorf("%s is %s (%v), want %s", reference, got[reference].Outcome, got[reference].Guardrails, outcome)
		}
	}
	if g := got["HR-2026-000003-01"].Guardrails; len(g) == 0 || g[0] != "split-supplier" {
		t.Errorf("the second half of a purchase tripped %v", g)
	}

	staff, other := d.inbox(testStaff), d.inbox(testOther)
	if len(staff) != 2 || len(other) != 3 {
		t.Fatalf("staff got %d and %d mails, want 2 and 3", len(staff), len(other))
	}
	first := staff[0]
	if !strings.Contains(first.Text, "HR-2026-000001-01") || !strings.Contains(first.Text, "not a section 32 commitment") {
		t.Errorf("the answer does not say what was approved, or what an approval is:\n%s", first.Text)
	}
	if len(first.InReplyTo) != 1 || !strings.HasPrefix(first.InReplyTo[0], "mail.1.") {
		t.Errorf("the answer is not in the requester's thread: %v", first.InReplyTo)
	}
	if first.Header.Get("Auto-Submitted") != "auto-replied" {
		t.Errorf("Auto-Submitted: %q", first.Header.Get("Auto-Submitted"))
	}
	d.checkAnnotated(first.Attachments[0].Data, map[int]string{13: "HR-2026-000001-01", 14: "HR-2026-000001-02", 15: "HR-2026-000001-03"})
	for _, m := range other[1:] {
		if len(m.Attachments) != 1 || m.Attachments[0].Format != workbook.Xlsx {
			t.Errorf("%q does not bring the blank form", m.Subject)
		}
	}

	officer := d.inbox(testOfficer)
	if len(officer) != 2 || len(d.inbox(testHead)) != 0 {
		t.Fatalf("the officer got %d mails, the head %d", len(officer), len(d.inbox(testHead)))
	}
	if !strings.Contains(officer[0].Text, "Calculator redesign") || strings.Contains(officer[0].Text, "Screen reader") {
		t.Errorf("the officer must see the escalated lines only:\n%s", officer[0].Text)
	}
	if !strings.Contains(officer[1].Text, "HR-2026-000002-01") {
		t.Errorf("the officer does not see the line that the total adds up:\n%s", officer[1].Text)
	}
	if n := d.office.Count(testInbox, "INBOX"); n != 0 {
		t.Errorf("%d messages are still in the inbox", n)
	}
	if n := d.office.Count(testInbox, "Processed"); n != 5 {
		t.Errorf("%d messages are filed, want 5", n)
	}
	if len(d.inbox(testFinance)) != 0 {
		t.Error("finance got a report before the week ended")
	}

	d.pass(7 * 24 * time.Hour)
	d.once()
	books := d.inbox(testFinance)
	if len(books) != 1 || !strings.Contains(books[0].Subject, "2026-W48") || books[0].Attachments[0].Name != "handrail-2026-W48.xlsx" {
		t.Fatalf("finance got %d reports", len(books))
	}
	d.once()
	if n := len(d.inbox(testFinance)); n != 1 {
		t.Errorf("the week was reported %d times", n)
	}
	d.sound()
}

// checkAnnotated holds the references in an annotated workbook against those wanted, by row.
func (d *agency) checkAnnotated(data []byte, want map[int]string) {
	d.t.Helper()
	book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		d.t.Fatal(err)
	}
	got := map[int]string{}
	if err := book.Rows(context.Background(), 0, func(r *workbook.Row) error {
		for _, c := range r.Cells {
			if ref, ok := request.ParseReference(c.Value); ok {
				got[r.Number] = ref.String()
			}
		}
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
	for row, reference := range want {
		if got[row] != reference {
			d.t.Errorf("row %d bears %q, want %q", row, got[row], reference)
		}
	}
}

func TestASecondPassOverAnEmptyInboxDoesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "One purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.once()
	before := d.office.NumSubmitted()
	r := d.once()
	if d.office.NumSubmitted() != before || len(r.Done) != 0 {
		t.Errorf("a pass over nothing did %v and sent %d mails", r.Done, d.office.NumSubmitted()-before)
	}
}

func TestTheSameMailTwiceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "One purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	messages, err := d.office.Messages(testInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	// The same bytes under another UID, and a copy through a list: other headers, the same Message-ID and attachment.
	listed := append([]byte("X-Through: a list\r\n"), messages[0].Raw...)
	for _, raw := range [][]byte{messages[0].Raw, listed} {
		if _, err := d.office.Deliver(testInbox, "INBOX", raw, monday); err != nil {
			t.Fatal(err)
		}
	}
	d.once()
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Errorf("one request was answered %d times", n)
	}
	if n := len(d.lines()); n != 1 {
		t.Errorf("one line was recorded %d times", n)
	}
	if n := d.office.Count(testInbox, "Processed"); n != 3 {
		t.Errorf("%d of 3 messages were filed", n)
	}
}

func TestAnUnverifiedSenderIsQuarantinedAndReleasedByHand(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	form := d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113"))
	var b strings.Builder
	b.WriteString("From: <" + testStaff + ">\r\nTo: <" + testInbox + ">\r\nSubject: spoofed\r\nMessage-ID: <spoof@elsewhere.example>\r\nMIME-Version: 1.0\r\n")
	d.finish(&b, "Form attached.", [][]byte{form})
	if _, err := d.office.Deliver(testInbox, "INBOX", []byte(b.String()), monday); err != nil {
		t.Fatal(err)
	}
	d.once()
	if len(d.lines()) != 0 || len(d.inbox(testStaff)) != 0 {
		t.Fatal("a message without proof of its sender was acted upon")
	}
	if n := d.office.Count(testInbox, "Quarantine"); n != 1 {
		t.Fatalf("%d messages in quarantine", n)
	}
	if ops := d.told(); len(ops) != 1 {
		t.Errorf("the operator got %d mails", len(ops))
	}
	// The operator moves it back, and the sender is still nobody: quarantined again, as attempt 2.
	quarantined, err := d.office.Messages(testInbox, "Quarantine")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.office.Deliver(testInbox, "INBOX", quarantined[0].Raw, monday); err != nil {
		t.Fatal(err)
	}
	d.once()
	err = d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		list, err := copiesOf(t.Context(), tx, ledger.DigestOf(quarantined[0].Raw))
		if err != nil {
			return err
		}
		if len(list) != 2 || list[0].State != ledger.Released || list[1].State != ledger.Quarantined || list[1].Attempt != 2 {
			t.Errorf("intake rows: %+v", list)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAWorkbookThatComesBack(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Two purchases", "Form attached.", d.form(testStaff, request.English,
		line("Printing", "Maison A inc.", "4000", "520", "4520"), line("Lectern", "Maison B inc.", "2000", "260", "2260", "rationale", "")))
	d.once()
	annotated := d.inbox(testStaff)[0].Attachments[0].Data

	// The same workbook again, unchanged: nothing is decided twice.
	d.pass(time.Hour)
	d.send(testStaff, "Again", "Unchanged.", annotated)
	d.once()
	if n := len(d.lines()); n != 2 {
		t.Errorf("an unchanged workbook made %d lines of 2", n)
	}
	again := d.inbox(testStaff)
	if len(again) != 2 || !strings.Contains(again[1].Text, "its decision stands") {
		t.Errorf("the answer to an unchanged workbook does not say that decisions stand")
	}

	// Somebody else sends it: their lines are new, and the answer says so.
	d.pass(time.Hour)
	d.send(testOther, "Borrowed", "Using your file.", annotated)
	d.once()
	lines := d.lines()
	if len(lines) != 4 {
		t.Errorf("a borrowed workbook made %d lines of 4", len(lines))
	}
	borrowed := d.inbox(testOther)
	if len(borrowed) != 1 || !strings.Contains(borrowed[0].Text, "counts as a new line") {
		t.Error("the answer to a borrowed workbook does not say that its numbers do not count")
	}
	d.sound()
}
