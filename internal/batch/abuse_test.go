package batch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/officers"
	"handrail/internal/request"
)

// raw puts a reply together by hand: every header as it is given, nothing quoted.
func (d *agency) raw(body string, headers ...string) []byte {
	d.mails++
	if !slices.ContainsFunc(headers, func(h string) bool { return strings.HasPrefix(h, "To:") }) {
		headers = append(headers, "To: <"+testInbox+">")
	}
	return []byte(strings.Join(headers, "\r\n") + fmt.Sprintf("\r\nMessage-ID: <raw.%d@%s>\r\nDate: %s\r\nMIME-Version: 1.0\r\n\r\n%s\r\n",
		d.mails, testDomain, d.now().Format(time.RFC1123Z), strings.ReplaceAll(body, "\n", "\r\n")))
}

// Each abuse is tried on the same two requests, one after the other: none of them may decide anything, or tell the
// requester that something was decided.
func TestNoAbuseOfAnAnswerDecides(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, three(t))
	d.send(testOther, "Another", "Form attached.", d.form(testOther, request.English, line("Brochures", "Zenith Ltd.", "9500", "1235", "10735")))
	d.once()
	other := d.last(testOfficer)
	all := map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Escalated, "000001-03": request.Escalated, "000002-01": request.Escalated}
	code := string(ingest.CodesIn(&ingest.Mail{Subject: asked.Subject})[0])
	request1 := d.folder(testInbox, "Processed")[0].MessageID
	guess := "a" + code[1:]
	if code[0] == 'a' {
		guess = "b" + code[1:]
	}
	subject := func(code string) string { return "Subject: Re: decide " + ingest.Code(code).Subject() }
	from := func(who string) string { return "From: <" + who + ">" }
	plain, html := "Content-Type: text/plain; charset=utf-8", "Content-Type: text/html; charset=utf-8"
	submit := func(who, body string, headers ...string) func() {
		return func() { d.submit(who, d.raw(body, headers...)); d.once() }
	}
	deliver := func(body string, headers ...string) func() { // by a server that vouches for nobody
		return func() {
			if _, err := d.office.Deliver(testInbox, "INBOX", d.raw(body, headers...), d.now()); err != nil {
				t.Fatal(err)
			}
			d.once()
		}
	}
	answer := func(who string, to *ingest.Mail, body string, headers ...string) func() {
		return func() { d.reply(who, to, body, headers...) }
	}
	for _, c := range []struct {
		name string
		try  func()
	}{
		{"forwarded to a colleague who answers", answer(testHead, asked, "APPROVE 1")},
		{"forwarded to the requester who answers", answer(testStaff, asked, "APPROVE 1")},
		{"answered by the backup without an absence", answer(testDeputy, asked, "APPROVE 1")},
		{"answered by the section 32 manager", answer(testOther, asked, "APPROVE 1")},
		{"the button pressed by somebody else", submit(testStaff, "APPROVE 1", from(testStaff), subject(code), plain)},
		{"two From headers", answer(testStaff, asked, "APPROVE 1", from(testOfficer))},
		{"two addresses in From", submit(testStaff, "APPROVE 1", "From: <"+testOfficer+">, <"+testStaff+">", subject(code), plain)},
		{"a forged From", deliver("APPROVE 1", from(testOfficer), subject(code), plain)},
		{"a look-alike domain", deliver("APPROVE 1", from("officer@departrnent.example"), subject(code), plain)},
		{"a look-alike letter", deliver("APPROVE 1", from("оfficer@"+testDomain), subject(code), plain)}, // a Cyrillic o
		{"the officer's address as a display name", submit(testStaff, "APPROVE 1", `From: "`+testOfficer+`" <`+testStaff+`>`, subject(code), plain)},
		{"the officer in Reply-To and Sender", submit(testStaff, "APPROVE 1", from(testStaff), "Reply-To: <"+testOfficer+">", "Sender: <"+testOfficer+">", subject(code), plain)},
		{"our verdict on the sender forged", deliver("APPROVE 1", "Authentication-Results: mx."+testDomain+".evil.example; dkim=pass header.d="+testDomain, from(testOfficer), subject(code), plain)},
		{"a guessed code", submit(testOfficer, "APPROVE 1", from(testOfficer), subject(guess), plain)},
		{"a code in the body only", submit(testOfficer, "APPROVE 1\n"+ingest.Code(code).Subject(), from(testOfficer), "Subject: decision", plain)},
		{"the codes of two mails", answer(testOfficer, asked, "APPROVE", "X-More: 1", "Subject: "+other.Subject)},
		{"the code in a mail to a colleague, with the inbox in Cc", submit(testOfficer, "Approved, enjoy your day off.", from(testOfficer), subject(code), "To: <"+testHead+">", "Cc: <"+testInbox+">", plain)},
		{"the code under a conversation with others", submit(testOfficer, "APPROVE 1", from(testOfficer), subject(code), "In-Reply-To: <stranger@elsewhere.example>", "Cc: <"+testHead+">", plain)},
		{"the code under the requester's own mail", submit(testOfficer, "APPROVE 1", from(testOfficer), subject(code), "In-Reply-To: <"+request1+">", plain)},
		{"written by somebody whom the roster does not name", submit(testOfficer, "APPROVE 1", from(testOfficer), subject(code), "Sender: <"+testStaff+">", plain)},
		{"written by two", submit(testOfficer, "APPROVE 1", from(testOfficer), subject(code), "Sender: <"+testStaff+">", "Sender: <"+testOfficer+">", plain)},
		{"the line of another mail, by number", answer(testOfficer, other, "APPROVE 3: new")},
		{"the line of another mail, by reference", answer(testOfficer, other, "APPROVE HR-2026-000001-01")},
		{"one good line and one of another mail", answer(testOfficer, other, "APPROVE 1 and 2")},
		{"do not approve", answer(testOfficer, asked, "Do not approve 1")},
		{"ne pas approuver", answer(testOfficer, asked, "Ne pas approuver la ligne 1")},
		{"n'approuvez pas", answer(testOfficer, asked, "N’approuvez pas 1")},
		{"approve not", answer(testOfficer, asked, "APPROVE not 1")},
		{"a condition on the next line", answer(testOfficer, asked, "APPROVE 1\nbut only with a new quote")},
		{"une condition", answer(testOfficer, asked, "APPROUVER 1, sous réserve d’une soumission")},
		{"yes", answer(testOfficer, asked, "Yes, ok")},
		{"d'accord", answer(testOfficer, asked, "D’accord")},
		{"a command in the quote", answer(testOfficer, asked, "> APPROVE 1")},
		{"a command under the quote's header", answer(testOfficer, asked, "\n-----Original Message-----\nFrom: somebody\nSent: today\nAPPROVE 1")},
		{"a command under a forwarding header", answer(testOfficer, asked, "FYI\n\n---------- Forwarded message ---------\nFrom: Odile Officer\nDate: today\nSubject: x\n\nAPPROVE 1")},
		{"a command in the signature", answer(testOfficer, asked, "-- \nAPPROVE 1")},
		{"a command below a signature", answer(testOfficer, asked, "Thanks,\nOdile Officer\nAPPROVE 1")},
		{"a command in a sentence", answer(testOfficer, asked, "I will APPROVE 1 when I am back.")},
		{"HTML only, hidden", submit(testOfficer, `<p>Hello</p><div style="display:none">APPROVE 1</div>`, from(testOfficer), subject(code), html)},
		{"HTML only, quoted", submit(testOfficer, `<p>See below</p><blockquote type="cite">APPROVE 1</blockquote>`, from(testOfficer), subject(code), html)},
		{"HTML only, white on white", submit(testOfficer, `<p><span style="font-size:0;color:#fff">APPROVE 1</span></p><p>No thanks</p>`, from(testOfficer), subject(code), html)},
		{"HTML only, in a comment", submit(testOfficer, `<!-- APPROVE 1 --><p>Hello</p>`, from(testOfficer), subject(code), html)},
		{"a right-to-left override", answer(testOfficer, asked, "\u202e1 EVORPPA")},
		{"a right-to-left override in the lines", answer(testOfficer, asked, "APPROVE \u202e1")},
		{"isolates around a word", answer(testOfficer, asked, "APPROVE 1\u2066\u2069: only if cheap")},
		{"a zero-width space within the verb", answer(testOfficer, asked, "APP\u200bROVE 1")},
		{"Cyrillic letters in the verb", answer(testOfficer, asked, "АPPROVE 1")},
		{"out of office, marked as automatic", answer(testOfficer, asked, "APPROVE 1", "Auto-Submitted: auto-replied")},
		{"out of office, marked by Outlook", answer(testOfficer, asked, "APPROVE 1", "X-Auto-Response-Suppress: All", "X-Autoreply: yes")},
		{"out of office, by its words", answer(testOfficer, asked, "I am out of the office until Monday. For urgent approvals write to my backup.")},
	} {
		c.try()
		for reference, want := range all {
			if got := d.outcomes()[reference]; got != want {
				t.Fatalf("%s: %s is %s", c.name, reference, got)
			}
		}
		for _, m := range append(d.inbox(testStaff), d.inbox(testOther)...) {
			if strings.HasPrefix(m.Subject, "Decided") {
				t.Fatalf("%s: a requester was told of a decision: %s", c.name, m.Subject)
			}
		}
	}
	d.reply(testOfficer, asked, "APPROVE 1") // and after all of it, the officer still decides
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	d.sound()
}

// The same bytes put into the inbox once more, and the same words mailed once more, decide nothing a second time.
func TestAnAnswerPlayedBackDecidesNothing(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, func(o *job.Options) { o.Decisions.Hold = held(10 * time.Minute) })
	d.reply(testOfficer, asked, "APPROVE 1")
	filed, err := d.office.Messages(testInbox, "Processed")
	if err != nil {
		t.Fatal(err)
	}
	recorded := filed[len(filed)-1].Raw
	d.reply(testOfficer, d.last(testOfficer), "UNDO")
	d.waits("000001-01")
	if _, err := d.office.Deliver(testInbox, "INBOX", recorded, d.now()); err != nil {
		t.Fatal(err)
	}
	d.once()
	d.waits("000001-01")
	d.sound()
}

func TestARequesterWhoIsAnOfficerIsNeverAsked(t *testing.T) {
	t.Parallel()
	d := open(t, three(t))
	// The form names the officer as who asks, and comes from somebody else's address; then the other way round.
	d.send(testStaff, "For Odile", "Form attached.", d.form(testOfficer, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.send(testOfficer, "Mine", "Form attached.", d.form(testStaff, request.English, line("Microscope", "Zenith", "9500", "1235", "10735")))
	d.send(testStaff, "Hers to sign", "Form attached.", d.authorized(testOfficer, d.form(testStaff, request.English, line("Banner", "Lumen inc.", "9500", "1235", "10735"))))
	d.once()
	for _, m := range d.inbox(testOfficer) {
		if len(ingest.CodesIn(&ingest.Mail{Subject: m.Subject})) > 0 {
			t.Errorf("the officer is asked about their own: %s", m.Subject)
		}
	}
	if n := len(d.inbox(testHead)); n != 3 {
		t.Errorf("the head was asked %d times of 3", n)
	}
}

// Authority is held against the roster of the day: who is no officer any more, or whose limit was lowered, decides no more.
func TestAuthorityThatWasTakenAwayDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		roster []officers.Officer
		says   string
	}{
		"no officer any more": {[]officers.Officer{{Email: testHead}}, "The lines are now with"},
		"a lower limit":       {[]officers.Officer{{Email: testOfficer, Limit: "1000.00", Language: request.English}, {Email: testHead}}, "The lines are now with"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, asked := escalated(t, nil)
			_ = d.job.Close()
			d.start(rosterOf(t, c.roster...))
			d.reply(testOfficer, asked, "APPROVE 1")
			d.waits("000001-01")
			d.says(d.last(testOfficer), c.says)
		})
	}
}

func TestABareRevokeMeansTheLinesOfItsReceipt(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "APPROVE 1")
	d.reply(testOfficer, d.last(testOfficer), "RÉVOQUER : le budget est réduit")
	if got := d.revoked(); len(got) != 1 || got[0] != "HR-2026-000001-01" {
		t.Errorf("revoked: %v", got)
	}
	d.waits("000001-02", "000001-03")
}
