package batch_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailtest"
	"handrail/internal/request"
)

// proof is what the department's border server writes above mail whose sender it has verified.
func proof(domain string) string {
	return "Authentication-Results: mx." + testDomain + "; dmarc=pass header.from=" + domain + "\r\n"
}

// put lays a mail into the inbox as it is.
func (d *agency) put(raw string) []byte {
	d.t.Helper()
	if _, err := d.office.Deliver(testInbox, "INBOX", []byte(raw), d.now()); err != nil {
		d.t.Fatal(err)
	}
	return []byte(raw)
}

// unproven is a mail with a form that says it comes from somebody, and nothing that vouches for it.
func (d *agency) unproven(from, subject string, form []byte, headers ...string) string {
	d.mails++
	var b strings.Builder
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <unproven.%d@%s>\r\nMIME-Version: 1.0\r\n", from, testInbox, subject, d.mails, testDomain)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	var attached [][]byte
	if form != nil {
		attached = [][]byte{form}
	}
	d.finish(&b, "APPROVE 1", attached)
	return b.String()
}

func holding(o *job.Options) { o.Inboxes[0].Config.OnUnauthenticated = ingest.Hold }

// takenIn are the intake rows of a mail, oldest first.
func (d *agency) takenIn(raw []byte) (rows []ledger.Message) {
	d.t.Helper()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		rows, err = copiesOf(d.t.Context(), tx, ledger.DigestOf(raw))
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return rows
}

func TestAHeldMailIsAskedAboutAndReleasedByMovingItBack(t *testing.T) {
	t.Parallel()
	d := open(t, holding)
	form := d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113"))
	raw := d.put(d.unproven(testStaff, "Screen reader", form))
	d.once()
	if len(d.lines()) != 0 || len(d.inbox(testStaff)) != 0 || d.office.Count(testInbox, "Quarantine") != 1 {
		t.Fatal("a held mail was acted upon, or is not where it should be")
	}
	asked := d.told()
	if len(asked) != 1 || !strings.Contains(asked[0], testStaff) || !strings.Contains(asked[0], "Screen reader") ||
		!strings.Contains(asked[0], "Quarantine") || !strings.Contains(asked[0], "remettez-le") {
		t.Fatalf("the operator is not asked: %d mails", len(asked))
	}
	d.put(string(raw)) // as the operator's mail program puts it back
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	if len(d.inbox(testStaff)) != 1 || d.office.Count(testInbox, "Processed") != 1 {
		t.Errorf("a released request is not answered and filed")
	}
	rows := d.takenIn(raw)
	if len(rows) != 2 || rows[0].State != ledger.Released || rows[1].State != ledger.Filed || rows[1].Attempt != 2 {
		t.Errorf("intake rows: %+v", rows)
	}
	d.sound()
}

// A folder that was renumbered shows the same mail under a new number: nobody's hand put it there.
func TestARenumberedFolderReleasesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, holding)
	raw := d.put(d.unproven(testStaff, "Held", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113"))))
	if err := d.job.Collect(t.Context(), "requests"); err != nil {
		t.Fatal(err)
	}
	if err := d.office.Inject(mailtest.Fault{Protocol: mailtest.IMAP, Command: "SELECT", Kind: mailtest.ForgetUIDValidity}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := d.job.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.pass(time.Hour)
	}
	if d.office.Struck() == 0 {
		t.Fatal("the folder was not renumbered")
	}
	if len(d.lines()) != 0 {
		t.Errorf("a held mail was judged: %+v", d.takenIn(raw))
	}
	if d.office.Count(testInbox, "Quarantine") != 1 || d.office.Count(testInbox, "INBOX") != 0 {
		t.Error("the held mail is not in quarantine")
	}
}

func TestNobodyCanVouchForADecision(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, holding)
	raw := d.put(d.unproven(testOfficer, "Re: decide", nil, "In-Reply-To: <"+asked.MessageID+">"))
	d.once()
	d.put(string(raw))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated})
	rows := d.takenIn(raw)
	if len(rows) != 2 || rows[1].State != ledger.Quarantined || rows[1].Kind != string(ingest.AnswerMail) {
		t.Errorf("intake rows: %+v", rows)
	}
}

// Of what reports nothing one sender gets three answers in an hour; then there is silence. Requests are answered however many
// they are.
func TestConversationsThatLeadNowhereEnd(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for i := range 2 {
		d.send(testStaff, fmt.Sprintf("Question %d", i), "The form, please.")
	}
	d.once()
	if n, ops := len(d.inbox(testStaff)), len(d.told()); n != 2 || ops != 0 {
		t.Fatalf("two questions: %d answers, %d mails to the operator", n, ops)
	}
	d.send(testStaff, "The third question", "The form, please.")
	d.once()
	ops := d.told()
	if n := len(d.inbox(testStaff)); n != 3 || len(ops) != 1 || !strings.Contains(ops[0], testStaff) || !strings.Contains(ops[0], "The third question") {
		t.Fatalf("the third try: %d answers, %d mails to who helps", n, len(ops))
	}
	for i := range 5 {
		d.send(testStaff, fmt.Sprintf("Again %d", i), "The form, please.")
	}
	d.send(testOther, "Question", "The form, please.")
	d.once()
	ops = d.told()
	if n := len(d.inbox(testStaff)); n != 3 || len(ops) != 2 || !strings.Contains(ops[1], testStaff) || !strings.Contains(ops[1], "Auto-Submitted") {
		t.Fatalf("after three answers: %d answers, %d mails to the operator", n, len(ops))
	}
	if n := len(d.inbox(testOther)); n != 1 {
		t.Errorf("another sender got %d answers", n)
	}
	var forms [][]byte
	for i := range 12 {
		forms = append(forms, d.goodForm(fmt.Sprint("Form ", i)))
	}
	d.send(testStaff, "Forms", "Forms attached.", forms...)
	d.once()
	if n := len(d.inbox(testStaff)); n != 15 || len(d.told()) != 2 {
		t.Errorf("twelve requests: %d answers, %d mails to the operator", n-3, len(d.told())-2)
	}
	d.pass(61 * time.Minute)
	d.send(testStaff, "An hour later", "How does this work?")
	d.once()
	if n := len(d.inbox(testStaff)); n != 16 {
		t.Errorf("an hour later %d answers, want 16", n)
	}
	d.sound()
}

// A mail with many files that cannot be read is one try, answered once for each reason.
func TestUnreadableFilesOfOneMailAreAnsweredTogether(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	pdf := []byte("%PDF-1.7\n1 0 obj\n")
	files := []string{plainText + "Forms attached."}
	for i := range 5 {
		files = append(files, attachedFile(fmt.Sprintf("scan%d.pdf", i), append(bytes.Clone(pdf), byte('0'+i))), attachedFile(fmt.Sprintf("old%d.xls", i), append(oleFile("Workbook"), byte(i))))
	}
	d.put(d.letter(testStaff, "Purchases", "", parts("mixed", files...)))
	d.once()
	got := d.inbox(testStaff)
	if len(got) != 2 || !strings.Contains(got[0].Text+got[1].Text, "scan4.pdf") || !strings.Contains(got[0].Text+got[1].Text, "old4.xls") {
		t.Fatalf("%d answers about ten files of two kinds", len(got))
	}
	if n := len(d.inbox(testOps)); n != 0 {
		t.Errorf("%d mails to the operator about one try", n)
	}
}

// Whoever sends twenty workbooks in one mail asks the officer once, and each workbook is decided and answered by itself.
func TestTwentyWorkbooksOfOneMailAreOneMailToTheOfficer(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	var forms [][]byte
	things := strings.Fields("Chairs Maps Radios Boots Lenses Printers Tents Ladders Pumps Sensors Carpets Lamps Bicycles Freezers Drones Microscopes Canoes Speakers Shredders Helmets")
	makers := strings.Fields("Cedar Quartz Zenith Boreal Fundy Lanark Tamarack Sumach Gentian Larkspur Brindle Sedge Otolith Figwort Hazelnut Estuary Ottoman Plumbob Squelch Gimbal")
	for i, thing := range things { // each with an authorization of its own
		forms = append(forms, d.form(testStaff, request.English, line(thing, makers[i], "9500", "1235", "10735", "authorized_amount", fmt.Sprint(11000+i))))
	}
	d.send(testStaff, "Twenty forms", "Forms attached.", forms...)
	d.once()
	asked := d.inbox(testOfficer)
	if len(asked) != 1 || len(d.inbox(testStaff)) != 20 {
		t.Fatalf("the officer got %d mails, the requester %d", len(asked), len(d.inbox(testStaff)))
	}
	for _, want := range []string{"Staff Member", "Chairs", "Helmets", "HR-2026-000001-01", "HR-2026-000020-01"} {
		if !strings.Contains(asked[0].Text, want) {
			t.Errorf("the mail does not name %q", want)
		}
	}
	subject, header := answerTo(asked[0])
	told := len(d.inbox(testStaff))
	d.put(d.letter(testOfficer, subject, header, plainText+"QUESTION 3: what is it for?\r\n"))
	d.once()
	if n := len(d.inbox(testStaff)) - told; n != 1 {
		t.Fatalf("a question about one of the lines is %d mails", n)
	}
	d.pass(50 * time.Hour)
	d.once()
	reminded := d.inbox(testOfficer)
	if len(reminded) != 3 || !strings.Contains(reminded[2].Text, "Chairs") || !strings.Contains(reminded[2].Text, "Staff Member") {
		t.Fatalf("%d mails to the officer after two days, want the first, the word that the question was sent, and one reminder", len(reminded))
	}
	d.put(d.letter(testOfficer, subject, header, plainText+"APPROVE 1-19\r\nDECLINE 20: not needed\r\n"))
	d.once()
	approved, declined := 0, 0
	for _, l := range d.lines() {
		switch l.Outcome {
		case request.Approved:
			approved++
		case request.Declined:
			declined++
		}
	}
	if approved != 19 || declined != 1 {
		t.Errorf("%d lines approved, %d declined", approved, declined)
	}
	d.sound()
}

// A blank form beside a filled one takes no number; alone it is answered.
func TestABlankFormBesideAFilledOne(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	blank, err := blankForms[request.English]()
	if err != nil {
		t.Fatal(err)
	}
	d.send(testStaff, "Both", "Attached.", blank, d.goodForm("Filled"))
	d.once()
	if got := d.inbox(testStaff); len(got) != 1 || !strings.Contains(got[0].Text, "HR-2026-000001-01") {
		t.Fatalf("%d answers to a filled form with a blank one", len(got))
	}
	d.send(testStaff, "Blank", "Attached.", blank)
	d.once()
	if got := d.inbox(testStaff); len(got) != 2 {
		t.Errorf("a blank form alone got %d answers", len(got)-1)
	}
}

// The world outside is answered only where it brings a form, and once a day.
func TestStrangersAreAnsweredOnceADayAndOnlyAboutForms(t *testing.T) {
	t.Parallel()
	const stranger = "someone@elsewhere.example"
	for name, lists := range map[string][]string{"nobody is named": nil, "others are named": {testDomain}} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(o *job.Options) { o.Inboxes[0].Config.AllowedDomains = lists })
			letter := func(subject string, files ...string) string {
				return d.letter(stranger, subject, "", parts("mixed", append([]string{plainText + "Hello."}, files...)...))
			}
			d.put(letter("A question"))
			d.put(letter("A price list", attachedFile("prices.xlsx", otherWorkbook(t))))
			d.put(letter("An invoice", attachedFile("invoice.pdf", []byte("%PDF-1.7\n"))))
			d.once()
			if n := d.sentTo(stranger); n != 0 {
				t.Errorf("%d answers to what is no form", n)
			}
			d.put(letter("A form", attachedFile("form.xlsx", d.goodForm("A"))))
			d.put(letter("Another", attachedFile("form.xlsx", d.goodForm("B"))))
			d.once()
			d.put(letter("A third", attachedFile("form.xlsx", d.goodForm("C"))))
			d.once()
			if n := d.sentTo(stranger); n != 1 {
				t.Errorf("%d answers to three forms of one day, want 1", n)
			}
			d.pass(24 * time.Hour)
			d.put(letter("The next day", attachedFile("form.xlsx", d.goodForm("D"))))
			d.once()
			if n := d.sentTo(stranger); n != 2 {
				t.Errorf("%d answers on the second day, want 2", n)
			}
			if n := len(d.lines()); n != 0 {
				t.Errorf("%d lines of a stranger were judged", n)
			}
		})
	}
}

// otherWorkbook is a workbook that is no form.
func otherWorkbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	if err := f.SetCellStr("Sheet1", "A1", "Prices"); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestACopyOfWhatIsSentIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*job.Options)
		want   int
	}{
		"configured":           {func(o *job.Options) { o.Inboxes[0].Config.Folders.Sent = "Sent" }, 1},
		"not configured":       {func(*job.Options) {}, 0},
		"Gmail files one":      {func(o *job.Options) { o.Inboxes[0].Config.Folders.Sent, o.Inboxes[0].Config.Provider = "Sent", "gmail" }, 0},
		"a folder of its own":  {func(o *job.Options) { o.Inboxes[0].Config.Folders.Sent = "Handrail/Sent" }, 1},
		"one connection in it": {func(o *job.Options) { o.Inboxes[0].Config.Folders.Sent, o.Inboxes[0].Config.MaxConnections = "Sent", 1 }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, c.change)
			d.ask()
			d.once()
			folder := "Sent"
			if strings.Contains(name, "its own") {
				folder = "Handrail/Sent"
			}
			kept, err := d.office.Messages(testInbox, folder)
			if err != nil || len(kept) != c.want {
				t.Fatalf("%d copies, %v; want %d", len(kept), err, c.want)
			}
			answer, err := d.office.Submitted()
			if err != nil {
				t.Fatal(err)
			}
			last := answer[len(answer)-1]
			if c.want == 1 && (string(kept[0].Raw) != string(last.Raw) || !slices.Contains(kept[0].Flags, `\Seen`)) {
				t.Errorf("the copy differs from what was sent, or is unread: %v", kept[0].Flags)
			}
			d.once()
			if n := d.office.Count(testInbox, folder); n != c.want {
				t.Errorf("%d copies after another pass", n)
			}
		})
	}
}

// A server that is away when the copy is to be kept costs the copy some time and nothing else.
func TestACopyInSentOutlivesTrouble(t *testing.T) {
	t.Parallel()
	for _, fault := range []mailtest.Fault{
		{Protocol: mailtest.IMAP, Command: "APPEND", Kind: mailtest.Cut},
		{Protocol: mailtest.IMAP, Command: "APPEND", Moment: mailtest.Answered, Kind: mailtest.Cut},
		{Protocol: mailtest.IMAP, Command: "APPEND", Kind: mailtest.Temporary},
	} {
		t.Run(fault.String(), func(t *testing.T) {
			d := openAt(t, func(o *mailtest.Options) { o.Faults = []mailtest.Fault{fault} },
				func(o *job.Options) { o.Inboxes[0].Config.Folders.Sent = "Sent" })
			d.ask()
			for range 2 {
				if _, err := d.job.Once(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if n := d.office.Count(testInbox, "Sent"); n != 1 || d.office.Struck() != 1 {
				t.Errorf("%d copies after %d faults", n, d.office.Struck())
			}
			if n := len(d.inbox(testStaff)); n != 1 {
				t.Errorf("%d answers", n)
			}
		})
	}
}

func TestMailsGoToTheirFoldersWithTheKeyword(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) {
		o.Inboxes[0].Config.Folders.Escalated, o.Inboxes[0].Config.Folders.Returned, o.Inboxes[0].Config.Keyword = "For officers", "Returned", "Handrail"
	})
	d.send(testStaff, "inside", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.send(testStaff, "above", "Form.", d.form(testStaff, request.English, line("Kit B", "Maison B inc.", "9500", "1235", "10735")))
	d.send(testStaff, "to mend", "Form.", d.form(testStaff, request.English, line("Kit C", "Maison C inc.", "200", "26", "226", "rationale", "")))
	d.put(d.unproven(testStaff, "spoofed", nil))
	d.once()
	for folder, subject := range map[string]string{"Processed": "inside", "For officers": "above", "Returned": "to mend", "Quarantine": "spoofed"} {
		list, err := d.office.Messages(testInbox, folder)
		if err != nil || len(list) != 1 || !strings.Contains(string(list[0].Raw), "Subject: "+subject) {
			t.Errorf("%s holds %d messages, %v", folder, len(list), err)
			continue
		}
		if !slices.Contains(list[0].Flags, "handrail") && !slices.Contains(list[0].Flags, "Handrail") {
			t.Errorf("%s: flags %v", folder, list[0].Flags)
		}
	}
}

// A rule that forwards mail marks it as a machine's: the request is judged all the same, and nobody is answered.
func TestAForwardedRequestIsJudgedAndNotAnswered(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.put(proof(testDomain) + "Auto-Submitted: auto-generated\r\n" + d.unproven(testStaff, "By a rule", d.form(testStaff, request.English,
		line("Envelopes", "Maison A inc.", "100", "13", "113"), line("Whiteboards", "Mill B inc.", "9500", "1235", "10735"))))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated})
	if n := len(d.inbox(testStaff)); n != 0 {
		t.Errorf("a machine's mail was answered %d times", n)
	}
	if len(d.inbox(testOfficer)) != 1 {
		t.Error("the officer was not asked")
	}
	if ops := d.told(); len(ops) != 1 || !strings.Contains(ops[0], "HR-2026-000001") {
		t.Errorf("the operator does not hear that nobody was told: %d mails", len(ops))
	}
	// The advice: to write to the inbox directly.
	d.send(testStaff, "Without a rule", "Form attached.", d.form(testStaff, request.English, line("Kit C", "Maison C inc.", "100", "13", "113")))
	d.once()
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Errorf("a mail without a rule in between was answered %d times", n)
	}
}

// A Message-ID is a hint only: two mails that have the same one and bring different forms are two requests, and a mail
// without one is a request too.
func TestARepeatedOrMissingMessageIDHidesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	id := regexp.MustCompile(`Message-ID: <[^>]*>\r\n`)
	for i, title := range []string{"A", "B", "C", "D"} {
		instead := "Message-ID: <always.the.same@" + testDomain + ">\r\n"
		if i > 1 {
			instead = ""
		}
		d.put(id.ReplaceAllString(d.withFile("form.xlsx", d.goodForm(title)), instead))
	}
	d.once()
	if len(d.lines()) != 4 || len(d.inbox(testStaff)) != 4 {
		t.Errorf("%d lines and %d answers of four different forms", len(d.lines()), len(d.inbox(testStaff)))
	}
	d.sound()
}
