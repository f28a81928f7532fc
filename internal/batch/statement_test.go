package batch_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// testPAN is a card number that no bank gives out.
const testPAN = "4111 1111 1111 1111"

const statementHead = "Posting date,Transaction date,Merchant,Amount,Currency,Card number,Cost centre,Reference\n"

func cardStatement(rows ...string) []byte {
	return []byte(statementHead + strings.Join(rows, "\n") + "\n")
}

func row(day, merchant, amount, reference string) string {
	return fmt.Sprintf("%s,%s,%s,%s,CAD,%s,4410,%s", day, day, merchant, amount, testPAN, reference)
}

// withStatements lets finance send statements.
func withStatements(o *job.Options) {
	o.Inboxes[0].Config.StatementSenders = []string{testFinance}
}

// approve sends one request with a line that the guardrails approve.
func (d *agency) approve(title, supplier string) {
	d.t.Helper()
	d.send(testStaff, title, "Form attached.", d.form(testStaff, request.English, line(title, supplier, "4000", "520", "4520")))
	d.once()
}

// charges reads all charges of the ledger, in its order.
func (d *agency) charges() []ledger.Charge {
	d.t.Helper()
	var all []ledger.Charge
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		return tx.Charges.Between(d.t.Context(), request.Date{Year: 2025, Month: 1, Day: 1}, request.Date{Year: 2028, Month: 1, Day: 1}, func(c *ledger.Charge) error {
			all = append(all, *c)
			return nil
		})
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// reports are finance's weekly workbooks in the order in which they were made: those of one run go out side by side and may
// arrive in any.
func (d *agency) reports() []*ingest.Mail {
	d.t.Helper()
	var out []*ingest.Mail
	for _, m := range d.inbox(testFinance) {
		if len(m.Attachments) > 0 && strings.HasPrefix(m.Attachments[0].Name, "handrail-") {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b *ingest.Mail) int {
		return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.Attachments[0].Name, b.Attachments[0].Name))
	})
	return out
}

// sheet is what stands on one sheet of a workbook, a string a row; it fails the test when there is no such sheet.
func (d *agency) sheet(data []byte, name string) string {
	d.t.Helper()
	book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	for i, s := range book.Sheets() {
		if s.Name != name {
			continue
		}
		if err := book.Rows(context.Background(), i, func(r *workbook.Row) error {
			for _, c := range r.Cells {
				b.WriteString(c.Value + "|")
			}
			b.WriteString("\n")
			return nil
		}); err != nil {
			d.t.Fatal(err)
		}
		return b.String()
	}
	var names []string
	for _, s := range book.Sheets() {
		names = append(names, s.Name)
	}
	d.t.Fatalf("there is no sheet %q among %q", name, names)
	return ""
}

func TestAStatementByMailIsMatchedInTheWeek(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.pass(48 * time.Hour)
	d.send(testFinance, "Card activity", "Attached.", cardStatement(
		row("2026-11-24", "NORTHWIND INC", "4520.00", "HR-2026-000001-01"),
		row("2026-11-24", "Nobody Knows Ltd.", "99.00", "")))
	d.once()
	if got := d.charges(); len(got) != 2 || got[0].State != ledger.NewRow || got[0].Card != "1111" || got[0].Amount != 452000 {
		t.Fatalf("charges after the mail: %+v", got)
	}
	if n := d.office.Count(testInbox, "Processed"); n != 2 {
		t.Errorf("%d messages are filed, want 2", n)
	}
	d.pass(6 * 24 * time.Hour)
	d.once()
	line := d.lines()["HR-2026-000001-01"]
	got := d.charges()
	if c := got[0]; c.State != ledger.MatchedRow || c.Rule != string(reconcile.ByReference) || len(c.Lines) != 1 || c.Lines[0] != line.ID {
		t.Errorf("the charge with a reference: %+v", c)
	}
	if c := got[1]; c.State != ledger.LeftRow || c.Reason == "" || len(c.Lines) != 0 {
		t.Errorf("the charge without approval: %+v", c)
	}
	reports := d.reports()
	if len(reports) != 1 {
		t.Fatalf("finance got %d reports", len(reports))
	}
	book := reports[0].Attachments[0].Data
	if s := d.sheet(book, "Matched"); !strings.Contains(s, "HR-2026-000001-01") || strings.Contains(s, "Nobody Knows") {
		t.Errorf("the matched charges:\n%s", s)
	}
	if s := d.sheet(book, "Charges without approval"); !strings.Contains(s, "Nobody Knows Ltd.") || strings.Contains(s, "NORTHWIND") {
		t.Errorf("the charges without approval:\n%s", s)
	}
	if !strings.Contains(reports[0].Text, "2 rows: 1 matched, 1 left over") {
		t.Errorf("the mail does not say what became of the statement:\n%s", reports[0].Text)
	}
	d.pass(time.Hour)
	d.once()
	if n := len(d.reports()); n != 1 {
		t.Errorf("the week was reported %d times", n)
	}
	d.sound()
}

// What was matched in one week is not in the next one's workbook; what was left is, until somebody sees to it.
func TestTheNextWeekOpensWithWhatWasLeft(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.send(testFinance, "Card activity", "Attached.", cardStatement(
		row("2026-11-23", "NORTHWIND INC", "4520.00", "HR-2026-000001-01"), row("2026-11-23", "Nobody Knows Ltd.", "99.00", "")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports := d.reports()
	if len(reports) != 2 {
		for _, m := range reports {
			t.Log(m.Subject, m.Text)
		}
		t.Fatalf("finance got %d reports, want 2", len(reports))
	}
	book := reports[1].Attachments[0].Data
	if s := d.sheet(book, "Charges without approval"); !strings.Contains(s, "Nobody Knows Ltd.") || strings.Contains(s, "NORTHWIND") {
		t.Errorf("what is still without approval:\n%s", s)
	}
	if s := d.sheet(book, "Matched"); strings.Contains(s, "NORTHWIND") {
		t.Errorf("a charge is matched in two weeks:\n%s", s)
	}
}

func TestAStatementReadTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	file := cardStatement(row("2026-11-20", "Coffee", "5.00", ""), row("2026-11-20", "Coffee", "5.00", ""))
	d.send(testFinance, "Card activity", "Attached.", file)
	d.send(testFinance, "Card activity again", "Attached.", file)
	d.once()
	if n := len(d.charges()); n != 2 {
		t.Errorf("a file with two equal rows, sent twice, made %d charges", n)
	}
	// Overlapping: one of the two, in another order, and something new.
	d.pass(time.Hour)
	d.send(testFinance, "Card activity, overlapping", "Attached.", cardStatement(row("2026-11-21", "Paper", "7.00", ""), row("2026-11-20", "Coffee", "5.00", "")))
	d.once()
	if n := len(d.charges()); n != 3 {
		t.Errorf("an overlapping file made it %d charges of 3", n)
	}
	// The larger count holds: a third coffee is new.
	d.pass(time.Hour)
	coffee := row("2026-11-20", "Coffee", "5.00", "")
	d.send(testFinance, "Card activity, complete", "Attached.", cardStatement(coffee, coffee, coffee))
	d.once()
	if n := len(d.charges()); n != 4 {
		t.Errorf("a larger file made it %d charges of 4", n)
	}
	if n := len(d.inbox(testFinance)); n != 0 {
		t.Errorf("finance got %d mails about files that were read", n)
	}
}

// keptBytes are all bytes that the ledger keeps of the messages in the inbox's folders.
func (d *agency) keptBytes() [][]byte {
	d.t.Helper()
	var kept [][]byte
	for _, folder := range []string{"Processed", "Quarantine"} {
		messages, err := d.office.Messages(testInbox, folder)
		if err != nil {
			continue
		}
		err = d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
			for _, m := range messages {
				b, err := tx.Documents.Bytes(d.t.Context(), ledger.DigestOf(m.Raw))
				if err != nil {
					return err
				}
				kept = append(kept, b)
			}
			return nil
		})
		if err != nil {
			d.t.Fatal(err)
		}
	}
	return kept
}

// FIELD-NOTES: a full card number is never kept. The mail's bytes are replaced in the transaction that judges it, and
// that holds as well for a copy of it, which brings them once more, and for text around the statement.
func TestCardNumbersAreCutInTheLedger(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	digits := strings.ReplaceAll(testPAN, " ", "")
	file := cardStatement(row("2026-11-20", "Coffee "+digits, "5.00", "card "+testPAN))
	d.send(testFinance, "Card activity of "+digits, "For card "+testPAN+".", file)
	d.once()
	messages, err := d.office.Messages(testInbox, "Processed")
	if err != nil || len(messages) != 1 {
		t.Fatalf("%d messages are filed: %v", len(messages), err)
	}
	check := func(when string) {
		t.Helper()
		for _, b := range d.keptBytes() {
			mail, err := ingest.Parse(context.Background(), b, ingest.DefaultLimits())
			if err != nil {
				t.Fatalf("%s: what is kept is no message: %v\n%s", when, err, b)
			}
			if mail.From.Addr != testFinance || len(mail.Attachments) != 1 || !bytes.Contains(mail.Attachments[0].Data, []byte("Coffee")) {
				t.Errorf("%s: the cut mail does not hold the statement: %+v", when, mail)
			}
			for _, text := range []string{string(b), mail.Subject, mail.Text, string(mail.Attachments[0].Data), mail.Attachments[0].Name} {
				if strings.Contains(strings.NewReplacer(" ", "", "-", "").Replace(text), digits) {
					t.Errorf("%s: a full card number is kept:\n%s", when, text)
				}
			}
		}
	}
	check("judged")
	for _, c := range d.charges() {
		if text := string(c.Detail) + c.Merchant; strings.Contains(strings.ReplaceAll(text, " ", ""), digits) {
			t.Errorf("a charge keeps a full card number: %s", text)
		}
	}
	if _, err := d.office.Deliver(testInbox, "INBOX", messages[0].Raw, monday); err != nil {
		t.Fatal(err)
	}
	d.once()
	check("copied")
	if n := len(d.charges()); n != 1 {
		t.Errorf("the copy made it %d charges", n)
	}
	err = d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		list, err := copiesOf(t.Context(), tx, ledger.DigestOf(messages[0].Raw))
		if len(list) != 2 {
			t.Errorf("%d intake rows bear the digest of the mail as it came", len(list))
		}
		for _, m := range list {
			if strings.Contains(m.Subject, digits) {
				t.Errorf("an intake row keeps a full card number in its subject: %s", m.Subject)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.sound()
}

// Between collecting and judging the ledger's files hold the number; after judging no byte of them does, in the pages that
// are not used any more and in the log neither, whether it was written plainly or in base64.
func TestNoFileOfTheLedgerHoldsACardNumber(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	const digits = "4111111111111111"
	// A mail as large as many pages, and rows behind and before it, so that pages are split and given back.
	var rows []string
	for i := range 600 {
		rows = append(rows, fmt.Sprintf("2026-11-20,2026-11-20,Shop %d,%d.00,CAD,%s,4410,", i, i+1, digits))
	}
	file := cardStatement(rows...)
	var b strings.Builder
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: Card activity\r\nMessage-ID: <plain@%s>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n%s\r\n--x--\r\n",
		testFinance, testInbox, testDomain, strings.ReplaceAll(string(file), "\n", "\r\n"))
	d.submit(testFinance, []byte(b.String()))
	d.send(testFinance, "Card activity", "Attached.", file)
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Cedar", "10", "1.3", "11.30")))
	if err := d.job.Collect(t.Context(), "requests"); err != nil {
		t.Fatal(err)
	}
	// A line of base64 that lies wholly inside a row says the number too.
	encoded := strings.Split(base64Lines(file), "\r\n")[200]
	forms := []string{digits, encoded}
	for _, form := range forms {
		if !d.filesHold(form) {
			t.Fatalf("the control failed: before judging no file holds %q", form)
		}
	}
	d.once()
	if n := len(d.charges()); n != 600 {
		t.Fatalf("%d charges, want 600", n)
	}
	for _, form := range forms {
		if d.filesHold(form) {
			t.Errorf("a file of the ledger still holds %q", form)
		}
	}
	d.sound()
}

// filesHold looks for a text in the ledger's file and in its log.
func (d *agency) filesHold(text string) bool {
	d.t.Helper()
	held := false
	for _, name := range []string{d.ledger.Config().URL, d.ledger.Config().URL + "-wal"} {
		data, err := os.ReadFile(name)
		if err != nil {
			d.t.Fatal(err)
		}
		held = held || bytes.Contains(data, []byte(text))
	}
	return held
}

func TestAStatementFromAnUnknownSenderIsNotRead(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	file := cardStatement(row("2026-11-20", "Coffee", "5.00", ""))
	d.send(testStaff, "Card statement", "Attached.", file)
	// Finance's address on a mail that no server vouches for.
	var b strings.Builder
	b.WriteString("From: <" + testFinance + ">\r\nTo: <" + testInbox + ">\r\nSubject: Card statement\r\nMessage-ID: <spoof@elsewhere.example>\r\nMIME-Version: 1.0\r\n")
	d.finish(&b, "Attached.", [][]byte{file})
	if _, err := d.office.Deliver(testInbox, "INBOX", []byte(b.String()), monday); err != nil {
		t.Fatal(err)
	}
	d.once()
	if n := len(d.charges()); n != 0 {
		t.Errorf("%d charges came from people who may not send any", n)
	}
	if n := d.office.Count(testInbox, "Quarantine"); n != 1 {
		t.Errorf("%d messages are in quarantine, want the spoofed one", n)
	}
	if n := len(d.inbox(testFinance)); n != 0 {
		t.Errorf("finance got %d mails about a mail that was not theirs", n)
	}
}

func TestProblemsOfAStatementGoToItsSender(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		file    []byte
		charges int
		says    []string
	}{
		{"only a total", cardStatement(row("2026-11-20", "Coffee", "5.00", ""), "Total,,,5.00,,,,"), 1, nil},
		{"one row", cardStatement(row("2026-11-20", "Coffee", "5.00", ""), row("2026-11-20", "Paper", "seven", "")), 1, []string{"row 3", "column D", "counted"}},
		{"no header", []byte("a,b,c\n1,2,3\n4,5,6\n"), 0, []string{"Nothing of it was counted"}},
		{"half a file", []byte(statementHead + row("2026-11-20", "Coffee", "5.00", "") + "\n2026-11-21,2026-11-21,\"Paper"), 0, []string{"Nothing of it was counted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t, withStatements)
			d.send(testFinance, "Card activity", "Attached.", c.file)
			d.once()
			if n := len(d.charges()); n != c.charges {
				t.Errorf("%d charges, want %d", n, c.charges)
			}
			mails := d.inbox(testFinance)
			if c.says == nil && len(mails) == 0 {
				return
			}
			if len(mails) != 1 {
				t.Fatalf("the sender got %d mails", len(mails))
			}
			for _, s := range c.says {
				if !strings.Contains(mails[0].Text, s) {
					t.Errorf("the mail does not say %q:\n%s", s, mails[0].Text)
				}
			}
			d.pass(time.Hour)
			d.once()
			if n := len(d.inbox(testFinance)); n != 1 {
				t.Errorf("the sender was told %d times", n)
			}
		})
	}
}

// A statement that came after the week was reported makes a second edition, which says what changed; nothing is
// reported a third time.
func TestALateStatementMakesASecondEdition(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.pass(7 * 24 * time.Hour)
	d.once()
	if n := len(d.reports()); n != 1 {
		t.Fatalf("finance got %d reports", n)
	}
	d.pass(time.Hour)
	d.send(testFinance, "Card activity", "Late.", cardStatement(row("2026-11-25", "NORTHWIND INC", "4520.00", "HR-2026-000001-01")))
	d.once()
	if n := len(d.reports()); n != 1 {
		t.Errorf("a correction was made before its time: %d reports", n)
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports := d.reports()
	if len(reports) != 3 {
		t.Fatalf("finance got %d reports, want the week, its second edition and the next week", len(reports))
	}
	second := reports[1]
	if !strings.Contains(second.Subject, "2026-W48") {
		second = reports[2]
	}
	summary := d.sheet(second.Attachments[0].Data, "Summary")
	if !strings.Contains(second.Subject, "2026-W48") || !strings.Contains(summary, "new charges: 1") {
		t.Errorf("%s does not say what changed:\n%s", second.Subject, summary)
	}
	if c := d.charges()[0]; c.State != ledger.MatchedRow {
		t.Errorf("the late charge: %+v", c)
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	if n := len(d.reports()); n != 4 {
		t.Errorf("finance got %d reports, want one for each week and one correction", n)
	}
}

// Finance writes a line's number beside a charge, mails the workbook back, and it stays so.
func TestMatchesByHandAreRemembered(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NW HOLDING", "4500.00", ""), row("2026-11-24", "Parking", "12.00", "")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports := d.reports()
	if len(reports) != 1 {
		t.Fatalf("finance got %d reports", len(reports))
	}
	answers := map[string]string{"NW HOLDING": "HR-2026-000001-01", "Parking": "ignore"}
	d.send(testFinance, "Re: the week", "Filled in.", byHand(t, reports[0].Attachments[0].Data, answers))
	d.once()
	for _, c := range d.charges() {
		want := ledger.MatchedRow
		if c.Merchant == "Parking" {
			want = ledger.IgnoredRow
		}
		if c.State != want || c.SettledBy != testFinance {
			t.Errorf("%s is %s by %q (%s), want %s", c.Merchant, c.State, c.SettledBy, c.Rule, want)
		}
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports = d.reports()
	if len(reports) != 2 {
		t.Fatalf("finance got %d reports, want 2", len(reports))
	}
	book := reports[1].Attachments[0].Data
	if s := d.sheet(book, "Matched"); !strings.Contains(s, "NW HOLDING") {
		t.Errorf("the week does not show what was matched in it:\n%s", s)
	}
	if s := d.sheet(book, "Charges without approval"); strings.Contains(s, "NW HOLDING") {
		t.Errorf("a charge matched by hand is still without approval:\n%s", s)
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	if c := d.charges()[0]; c.State != ledger.MatchedRow || c.Rule != string(reconcile.ByHand) {
		t.Errorf("a week later: %+v", c)
	}
}

// A charge over two lines is matched by hand, and a match that was wrong is changed by hand; each cost centre's part stays right.
func TestMatchesAreChangedByHand(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Keyboard fixes", "Northwind Inc.", "4000", "520", "4520"), line("Paper", "Mille Pages", "1000", "130", "1130"), line("Pens", "Cedar", "1000", "130", "1130")))
	d.once()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NW HOLDING", "5650.00", ""), row("2026-11-25", "CEDAR", "1130.00", "HR-2026-000001-03")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	book := d.reports()[0].Attachments[0].Data
	// The pens were charged otherwise, and what was matched automatically belongs to the paper.
	both := byHandOn(t, "Matched", byHand(t, book, map[string]string{"NW HOLDING": "HR-2026-000001-01, HR-2026-000001-03"}), map[string]string{"CEDAR": "HR-2026-000001-02"})
	d.send(testFinance, "Re: the week", "Filled in.", both)
	d.once()
	lines := d.lines()
	id := func(reference string) int64 { return lines[reference].ID }
	for _, c := range d.charges() {
		want := []int64{id("HR-2026-000001-01"), id("HR-2026-000001-03")}
		if c.Merchant == "CEDAR" {
			want = []int64{id("HR-2026-000001-02")}
		}
		if c.State != ledger.MatchedRow || c.Rule != string(reconcile.ByHand) || !slices.Equal(c.Lines, want) || c.SettledBy != testFinance {
			t.Errorf("%s: %+v, want lines %v", c.Merchant, c, want)
		}
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports := d.reports()
	if s := d.sheet(reports[len(reports)-1].Attachments[0].Data, "Matched"); !strings.Contains(s, "HR-2026-000001-01, HR-2026-000001-03") {
		t.Errorf("the next workbook does not show the match by hand:\n%s", s)
	}
	if n := len(d.inbox(testOps)); n != 0 {
		t.Errorf("the operator got %d mails", n)
	}
}

// A match, made by hand or by a rule, is taken back by a word: the charge is listed again, no rule takes it again, and the
// next edition of its week says so. What was taken back can be matched again, also after it was set aside.
func TestMatchesAreTakenBack(t *testing.T) {
	d := open(t, withStatements)
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Keyboard fixes", "Northwind Inc.", "4000", "520", "4520"), line("Pens", "Cedar", "1000", "130", "1130")))
	d.once()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NW HOLDING", "4500.00", ""), row("2026-11-25", "CEDAR", "1130.00", "HR-2026-000001-02")))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	book := d.reports()[0].Attachments[0].Data
	d.send(testFinance, "Re: the week", "Filled in.", byHand(t, book, map[string]string{"NW HOLDING": "HR-2026-000001-01"}))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports := d.reports()
	next := reports[len(reports)-1].Attachments[0].Data
	d.send(testFinance, "Re: the week", "Taken back.", byHandOn(t, "Matched", next, map[string]string{"NW HOLDING": "None."}))
	d.send(testFinance, "Re: the week", "Repris.", byHandOn(t, "Matched", book, map[string]string{"CEDAR": "Aucune"}))
	d.once()
	d.pass(7 * 24 * time.Hour)
	d.once()
	for _, c := range d.charges() {
		if c.State != ledger.LeftRow || c.Reason != string(reconcile.NoLine) || len(c.Lines) != 0 || c.SettledBy != testFinance {
			t.Errorf("%s was taken back and is %+v", c.Merchant, c)
		}
	}
	var last, corrected string
	for _, r := range d.reports()[len(reports):] {
		if s := d.sheet(r.Attachments[0].Data, "Summary"); strings.Contains(s, "CEDAR, 2026-11-25, $1,130.00: belongs to no approved line, said by hand") {
			corrected += r.Subject + "\n"
		}
		last = d.sheet(r.Attachments[0].Data, "Charges without approval")
	}
	if !strings.Contains(corrected, "2026-W48: ") || !strings.Contains(corrected, "(edition ") {
		t.Errorf("no new edition of the week says that the match was taken back (%q)", corrected)
	}
	if !strings.Contains(last, "CEDAR") || !strings.Contains(last, "NW HOLDING") || !strings.Contains(last, "no approved line (said by hand)") {
		t.Errorf("the next week does not list what was taken back:\n%s", last)
	}
	reports = d.reports()
	latest := reports[len(reports)-1].Attachments[0].Data
	d.send(testFinance, "Re: the week", "After all.", byHand(t, latest, map[string]string{"CEDAR": "HR-2026-000001-02", "NW HOLDING": "ignore"}))
	d.once()
	for _, c := range d.charges() {
		want := ledger.MatchedRow
		if c.Merchant == "NW HOLDING" {
			want = ledger.IgnoredRow
		}
		if c.State != want {
			t.Errorf("%s is %s, want %s", c.Merchant, c.State, want)
		}
	}
}

// byHand fills in the column that finance fills in, by merchant.
func byHand(t *testing.T, data []byte, answers map[string]string) []byte {
	t.Helper()
	return byHandOn(t, "Charges without approval", data, answers)
}

func byHandOn(t *testing.T, sheet string, data []byte, answers map[string]string) []byte {
	t.Helper()
	heading := "Belongs to line"
	if sheet == "Matched" {
		heading = "Change to line"
	}
	return fillIn(t, data, sheet, heading, answers)
}

// Whoever's mail it is: a full card number in its subject or text is not kept, and the mail stays one that can be read.
func TestCardNumbersAreCutInAnyMail(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	digits := strings.ReplaceAll(testPAN, " ", "")
	d.send(testStaff, "Please use "+digits, "The card is "+testPAN+".", d.form(testStaff, request.English, line("Kit A", "Cedar", "10", "1.3", "11.30")))
	d.once()
	forms := 0
	for _, b := range d.keptBytes() {
		mail, err := ingest.Parse(context.Background(), b, ingest.DefaultLimits())
		if err != nil || mail.From.Addr == "" {
			continue // a workbook
		}
		for _, text := range []string{string(b), mail.Subject, mail.Text} {
			if strings.Contains(strings.NewReplacer(" ", "", "-", "").Replace(text), digits) {
				t.Errorf("a full card number is kept:\n%s", text)
			}
		}
		forms += len(mail.Workbooks())
	}
	if forms == 0 {
		t.Error("the form is not kept with its mail")
	}
	d.sound()
}

// An OFX from who sends statements is one; a file of a format that is not read is answered in words, and not kept.
func TestAnOFXIsAStatementAndAQIFIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	digits := strings.ReplaceAll(testPAN, " ", "")
	attach := func(id, name, text string) {
		d.submit(testFinance, fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nSubject: November\r\nMessage-ID: <%s@%s>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"+
			"--x\r\nContent-Type: application/octet-stream; name=%s\r\nContent-Disposition: attachment; filename=%s\r\n\r\n%s\r\n--x--\r\n", testFinance, testInbox, id, testDomain, name, name, text))
	}
	attach("ofx", "november.ofx", "OFXHEADER:100\r\nDATA:OFXSGML\r\n\r\n<OFX><CCSTMTRS><CURDEF>CAD<CCACCTFROM><ACCTID>"+digits+
		"</CCACCTFROM><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261124<TRNAMT>-45.00<FITID>1<NAME>NORTHWIND</STMTTRN></CCSTMTRS></OFX>")
	attach("qif", "november.qif", "!Type:CCard\r\nD11/24/2026\r\nT-45.00\r\nPNORTHWIND "+digits+"\r\n^\r\n")
	d.once()
	if list := d.charges(); len(list) != 1 || list[0].Amount != 4500 || list[0].Card != digits[len(digits)-4:] {
		t.Errorf("charges %+v", list)
	}
	for _, b := range d.keptBytes() {
		if bytes.Contains(b, []byte(digits)) {
			t.Errorf("a full card number is kept:\n%s", b)
		}
	}
	d.sound()
}
