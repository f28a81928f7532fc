package batch_test

import (
	"encoding/json"
	"fmt"
	"mime"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// reply answers a mail as a mail program does: its subject with Re:, its Message-ID in In-Reply-To, the old text quoted.
func (d *agency) reply(from string, to *ingest.Mail, body string, headers ...string) {
	d.t.Helper()
	d.mailReply(from, to, body, headers...)
	d.once()
}

// mailReply is reply before the job looks.
func (d *agency) mailReply(from string, to *ingest.Mail, body string, headers ...string) {
	d.t.Helper()
	d.mails++
	var b strings.Builder
	writeReplyHead(&b, d, from, to)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	quoted := "> " + strings.ReplaceAll(clipTo(to.Text, 400), "\n", "\n> ")
	d.finish(&b, body+"\n\nOn Mon, Nov 23, 2026 at 10:00 AM Handrail <"+testInbox+"> wrote:\n"+quoted, nil)
	d.submit(from, []byte(b.String()))
}

func writeReplyHead(b *strings.Builder, d *agency, from string, to *ingest.Mail) {
	fmt.Fprintf(b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <reply.%d.%d@%s>\r\nIn-Reply-To: <%s>\r\nDate: %s\r\nMIME-Version: 1.0\r\n", from, testInbox,
		mime.QEncoding.Encode("utf-8", "Re: "+to.Subject), d.mails, d.now().UnixNano(), testDomain, to.MessageID, d.now().Format(time.RFC1123Z))
}

func clipTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// escalated is a department in which two lines wait for the officer: one above the limit, one that would split.
func escalated(t *testing.T, change func(*job.Options)) (d *agency, asked *ingest.Mail) {
	t.Helper()
	d = open(t, change)
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Platform", "Mille Pages", "9500", "1235", "10735"),
		line("Data cleaning", "Prairie Data", "5300", "689", "5989"), line("Chart library", "Prairie Data", "5200", "676", "5876")))
	d.once()
	mails := d.inbox(testOfficer)
	if len(mails) != 1 {
		t.Fatalf("the officer got %d mails", len(mails))
	}
	return d, mails[0]
}

func (d *agency) outcomes() map[string]request.Outcome {
	d.t.Helper()
	all := map[string]request.Outcome{}
	for reference, l := range d.lines() {
		all[strings.TrimPrefix(reference, "HR-2026-")] = l.Outcome
	}
	return all
}

func (d *agency) wantOutcomes(want map[string]request.Outcome) {
	d.t.Helper()
	got := d.outcomes()
	for reference, o := range want {
		if got[reference] != o {
			d.t.Errorf("%s is %s, want %s", reference, got[reference], o)
		}
	}
}

func TestAnOfficerDecidesByAnswering(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.pass(time.Hour)
	d.reply(testOfficer, asked, "APPROVE 1\nDECLINE 2: one need, bought in two parts")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000001-03": request.Escalated})
	staff := d.inbox(testStaff)
	if len(staff) != 2 || !strings.Contains(staff[1].Text, "one need, bought in two parts") || !strings.Contains(staff[1].Text, "Odile Officer") {
		t.Fatalf("the requester does not hear who decided and why: %d mails", len(staff))
	}
	officer := d.inbox(testOfficer)
	if len(officer) != 2 || !strings.Contains(officer[1].Text, "UNDO") {
		t.Errorf("the officer has no receipt to undo with: %d mails", len(officer))
	}
	// The rest is decided by a second answer to the same mail, in the other language.
	d.reply(testOfficer, asked, "J’APPROUVE 3 : besoin nouveau, non prévu")
	d.wantOutcomes(map[string]request.Outcome{"000001-03": request.Approved})
	d.sound()
}

// One answer about two lines is one mail to the requester, with the finished workbook, the reasons and, for what was
// declined, what would help; both steps are in the chain with the digest of the mail that caused them.
func TestWhatFollowsADecision(t *testing.T) {
	d, asked := escalated(t, nil)
	d.pass(time.Hour)
	d.reply(testOfficer, asked, "APPROVE 1: it fits what is there\nDECLINE 2: one need, bought in two parts")
	staff := d.inbox(testStaff)
	if len(staff) != 2 {
		t.Fatalf("one answer made %d mails to the requester", len(staff)-1)
	}
	d.says(staff[1], "it fits what is there", "one need, bought in two parts", "What would help: If you can meet the officer’s reason, change the line in the attached workbook",
		"Without this it needs no officer:", "Give HR-2026-000001-01 to your cardholder before buying.")
	if len(staff[1].Attachments) != 1 {
		t.Fatalf("the requester got %d files", len(staff[1].Attachments))
	}
	d.checkAnnotated(staff[1].Attachments[0].Data, map[int]string{13: "HR-2026-000001-01", 14: "HR-2026-000001-02", 15: "HR-2026-000001-03"})
	answers, err := d.office.Messages(testInbox, "Processed")
	if err != nil {
		t.Fatal(err)
	}
	answer := ledger.DigestOf(answers[len(answers)-1].Raw).String()
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		for reference, outcome := range map[string]string{"HR-2026-000001-01": "approved", "HR-2026-000001-02": "declined"} {
			links, err := linksAbout(t.Context(), tx, reference)
			if err != nil {
				return err
			}
			last := links[len(links)-1]
			var says struct{ Outcome, From, Mail string }
			if err := json.Unmarshal(last.Public, &says); err != nil {
				return err
			}
			if last.Kind != "line.moved" || says.Outcome != outcome || says.From != "escalated" || says.Mail != answer {
				t.Errorf("%s: the chain ends with %s %s, not with %s by the mail %s", reference, last.Kind, last.Public, outcome, answer)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d.sound()
}

// A public servant is approved with a reason only, whichever way the officer answers.
func TestAPublicServantIsApprovedWithAReasonOnly(t *testing.T) {
	for name, change := range map[string]func(*job.Options){
		"the shipped policy": nil,
		"a guardrail with another id": func(o *job.Options) {
			o.Inboxes[0].Policy = policyWith(t, `"federal-employee"`, `"ancien-fonctionnaire"`)
		},
	} {
		d := open(t, change)
		d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Advice", "Retired Expert", "3000", "390", "3390", "public_servant", "former with pension")))
		d.once()
		asked := d.inbox(testOfficer)[0]
		d.reply(testOfficer, asked, "APPROVE")
		d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated})
		if n := len(d.inbox(testOfficer)); n != 2 {
			t.Errorf("%s: the officer who gave no reason got %d mails", name, n-1)
		}
		d.reply(testOfficer, asked, "APPROVE: no pension is paid during the work")
		d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	}
}

func TestWhatIsNotADecisionDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, body string
		headers    []string
	}{
		"a condition":                  {testOfficer, "APPROVE 1, but only with a new quote", nil},
		"yes":                          {testOfficer, "Yes", nil},
		"do not approve":               {testOfficer, "Do not approve 1", nil},
		"no reason to decline":         {testOfficer, "DECLINE 1", nil},
		"no reason to approve a split": {testOfficer, "APPROVE 2", nil},
		"a line that is not there":     {testOfficer, "APPROVE 7", nil},
		"a contradiction":              {testOfficer, "APPROVE 1\nDECLINE 1: no", nil},
		"somebody else":                {testHead, "APPROVE 1", nil},
		"the requester":                {testStaff, "APPROVE 1", nil},
		"out of office":                {testOfficer, "APPROVE 1", []string{"Auto-Submitted: auto-replied"}},
		"only in the quote":            {testOfficer, "> APPROVE 1", nil},
		"two From headers":             {testOfficer, "APPROVE 1", []string{"From: <" + testHead + ">"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, asked := escalated(t, nil)
			d.reply(c.from, asked, c.body, c.headers...)
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Escalated, "000001-03": request.Escalated})
			if len(d.inbox(testStaff)) > 1 && c.from != testStaff {
				t.Error("the requester was told something")
			}
			d.sound()
		})
	}
}

func TestAnOldCodeDecidesAsLongAsItsOfficerMay(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.pass(15 * 24 * time.Hour)
	d.once()
	d.reply(testOfficer, asked, "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	d.restart(alone(t)) // the officer left
	d.reply(testOfficer, asked, "APPROVE 2: planned")
	d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Escalated})
	d.sound()
}

func TestADecisionIsHeldAndCanBeUndone(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, func(o *job.Options) { o.Decisions.Hold = held(10 * time.Minute) })
	d.reply(testOfficer, asked, "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Fatalf("the requester was told at once (%d mails)", n)
	}
	receipt := d.inbox(testOfficer)[1]
	d.reply(testOfficer, receipt, "UNDO")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated})
	// Decided again, and this time it stands.
	d.reply(testOfficer, asked, "DECLINE 1: no budget")
	d.pass(11 * time.Minute)
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Declined})
	staff := d.inbox(testStaff)
	if len(staff) != 2 || !strings.Contains(staff[1].Text, "no budget") {
		t.Errorf("the requester heard %d times", len(staff))
	}
	receipts := d.inbox(testOfficer)
	d.reply(testOfficer, receipts[len(receipts)-1], "UNDO")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Declined})
	d.sound()
}

func TestAReplayedAnswerHasNoEffectAndIsTold(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "APPROVE 1")
	d.reply(testOfficer, asked, "DECLINE 1: changed my mind")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	officer := d.inbox(testOfficer)
	if last := officer[len(officer)-1]; !strings.Contains(last.Text, "HR-2026-000001-01") {
		t.Errorf("the officer does not hear who decided first:\n%s", last.Text)
	}
}

func TestAnApprovalIsRevokedWithAReason(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "APPROVE 1")
	receipt := d.inbox(testOfficer)[1]
	d.reply(testOfficer, receipt, "REVOKE 1: the budget was cut")
	if got := d.revoked(); len(got) != 1 {
		t.Errorf("revoked lines: %v", got)
	}
	staff := d.inbox(testStaff)
	if last := staff[len(staff)-1]; !strings.Contains(last.Text, "the budget was cut") {
		t.Error("the requester does not hear of the revocation")
	}
	books := d.inbox(testFinance)
	if len(books) != 1 || !strings.HasPrefix(books[0].Subject, "$10,735.00: approval revoked") {
		t.Fatalf("finance got %d mails", len(books))
	}
	d.says(books[0], "Odile Officer revoked an approval, $10,735.00 in all.", "HR-2026-000001-01", "the budget was cut", "check whether it was already bought")
	d.sound()
}

func (d *agency) revoked() (list []string) {
	d.t.Helper()
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		return tx.Reports.LinesWith(d.t.Context(), request.Revoked, request.Date{Year: 2026, Month: 1, Day: 1}, request.Date{Year: 2028, Month: 1, Day: 1},
			func(w *ledger.WeekLine) error { list = append(list, w.Reference); return nil })
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func TestARequesterWithdrawsByAnswering(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	answer := d.inbox(testStaff)[0]
	d.reply(testStaff, answer, "WITHDRAW 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Withdrawn, "000001-02": request.Escalated})
	// The officer's approval comes too late, and says so.
	d.reply(testOfficer, asked, "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Withdrawn})
	d.sound()
}

func TestAChangedLineCannotBeDecidedByTheOldMail(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	annotated := d.inbox(testStaff)[0].Attachments[0].Data
	changed := changeCell(t, annotated, "G13", 10735, 20735)
	d.pass(time.Hour)
	d.send(testStaff, "Corrected", "See attached.", changed)
	d.once()
	d.reply(testOfficer, asked, "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Superseded})
	for reference, o := range d.outcomes() {
		if o == request.Approved {
			t.Errorf("%s was approved by an answer to an older version", reference)
		}
	}
	d.sound()
}
