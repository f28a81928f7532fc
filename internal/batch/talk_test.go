package batch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/mailtest"
	"handrail/internal/officers"
	"handrail/internal/request"
)

// withContact is a department with a person for what a program cannot answer.
func withContact(more ...func(*job.Options)) func(*job.Options) {
	return func(o *job.Options) {
		o.Inboxes[0].Config.Contact = testDeputy
		for _, m := range more {
			m(o)
		}
	}
}

// newest are the mails that somebody got since there were n.
func (d *agency) since(who string, n int) []*ingest.Mail {
	d.t.Helper()
	all := d.inbox(who)
	return all[min(n, len(all)):]
}

// got is how many mails each of some people have.
func (d *agency) got(who ...string) map[string]int {
	d.t.Helper()
	n := map[string]int{}
	for _, w := range who {
		n[w] = len(d.inbox(w))
	}
	return n
}

var everyAddress = []string{testOfficer, testHead, testDeputy, testStaff, testOther, testOps}

// nobodyHears checks that nobody but some got a mail since.
func (d *agency) nobodyHears(before map[string]int, but ...string) {
	d.t.Helper()
	except := strings.Join(but, " ")
	for who, n := range before {
		if now := len(d.inbox(who)); now != n && !strings.Contains(except, who) {
			d.t.Errorf("%s got %q", who, d.inbox(who)[now-1].Subject)
		}
	}
}

func open3(outcome request.Outcome) map[string]request.Outcome {
	return map[string]request.Outcome{"000001-01": outcome, "000001-02": request.Escalated, "000001-03": request.Escalated}
}

// A question of somebody who has no request goes to the contact, whose answer goes back; the sender hears once who has it.
func TestAQuestionWithoutAFormReachesThePersonAndTheAnswerComesBack(t *testing.T) {
	t.Parallel()
	d := open(t, withContact())
	d.send(testStaff, "a question", "Where is my request? Whom can I call?")
	d.once()
	asked, told := d.inbox(testDeputy), d.inbox(testStaff)
	if len(asked) != 1 || len(told) != 1 {
		t.Fatalf("the contact got %d mails, the sender %d", len(asked), len(told))
	}
	d.says(asked[0], testStaff+" wrote.", "Where is my request? Whom can I call?", "Your answer goes to "+testStaff)
	d.says(told[0], testDeputy+" has your mail")
	if len(told[0].Attachments) != 1 {
		t.Error("the blank form does not go along")
	}
	d.reply(testDeputy, asked[0], "I look into it and call you tomorrow morning.")
	answered := d.since(testStaff, 1)
	if len(answered) != 1 || len(d.inbox(testDeputy)) != 1 {
		t.Fatalf("the sender got %d answers, the contact %d mails", len(answered), len(d.inbox(testDeputy)))
	}
	d.says(answered[0], testDeputy+" wrote", "I look into it and call you tomorrow morning.")
	if answered[0].InReplyTo == nil {
		t.Error("the answer does not stand in the sender's conversation")
	}
	d.reply(testStaff, answered[0], "Merci beaucoup!")
	d.reply(testStaff, answered[0], "Could it be before noon?")
	if more := d.since(testDeputy, 1); len(more) != 1 || !strings.Contains(more[0].Text, "before noon") {
		t.Errorf("the contact got %d more mails", len(more))
	}
	d.sound()
}

// What no command says goes to the person at the other end: the requester's to the officer who holds the line, the officer's to the
// requester; without an officer, to the contact.
func TestWordsGoToThePersonAtTheOtherEnd(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, withContact())
	answer := d.last(testStaff)
	d.reply(testStaff, answer, "Faut-il encore quelque chose de ma part?")
	passed := d.last(testOfficer)
	d.says(passed, testStaff+" (for Staff Member) wrote about HR-2026-000001.", "Faut-il encore quelque chose", "APPROVE 1")
	d.says(d.last(testStaff), "Odile Officer ("+testOfficer+") has your mail")
	before := d.got(everyAddress...)
	d.reply(testOfficer, passed, "The supplier's brochure would help, with the delivery terms.")
	d.says(d.last(testStaff), "Odile Officer ("+testOfficer+") wrote about HR-2026-000001", "brochure would help")
	d.nobodyHears(before, testStaff)
	before = d.got(everyAddress...)
	d.reply(testStaff, d.last(testStaff), "I mail the brochure on Monday.")
	d.nobodyHears(before, testOfficer)
	d.says(d.last(testOfficer), "I mail the brochure on Monday.")
	d.wantOutcomes(open3(request.Escalated))

	d.pass(time.Hour)
	d.reply(testOfficer, d.last(testOfficer), "APPROVE 1\nDECLINE 2-3: no budget") // from the relayed mail, too
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000001-03": request.Declined})
	d.reply(testStaff, d.last(testStaff), "Why was line 2 declined?")
	d.says(d.last(testDeputy), testStaff, "Why was line 2 declined?")
	if got := d.got(testDeputy)[testDeputy]; got != 1 {
		t.Errorf("the contact got %d mails", got)
	}
	_ = asked
	d.sound()
}

// What holds a decision, a yes or an amount is asked back, to whoever wrote it, and goes to nobody else. What is nobody's, forged or
// a machine's goes nowhere.
func TestWhatCouldDecideIsNeverHandedOn(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, withContact())
	answer := d.last(testStaff)
	for _, words := range []string{"Yes, go ahead", "OK", "D'accord pour la ligne 1", "I would approve if it were cheaper, would you?", "It costs $400 too much, why?",
		"Is 1,200.00 still right?", "Non, refusez", "Annuler", "please undo", "👍", "I authorized nothing of this"} {
		d.pass(61 * time.Minute)
		before := d.got(everyAddress...)
		d.reply(testOfficer, asked, words)
		d.nobodyHears(before, testOfficer)
		if d.got(testOfficer)[testOfficer] != before[testOfficer]+1 {
			t.Errorf("%q: the officer is not asked back", words)
		}
		d.wantOutcomes(open3(request.Escalated))
	}
	for _, words := range []string{"Yes", "It is approved by phone.", "The amount is $400.00 now.", "CONFIRM", "APPROVE 1"} {
		d.pass(61 * time.Minute)
		before := d.got(everyAddress...)
		d.reply(testStaff, answer, words)
		d.nobodyHears(before, testStaff)
		if d.got(testStaff)[testStaff] != before[testStaff]+1 {
			t.Errorf("%q: the requester is not told", words)
		}
	}
	before := d.got(everyAddress...)
	d.reply(testOfficer, asked, "Merci!\n\nOdile")
	d.reply(testStaff, answer, "Thank you very much")
	d.reply(testStaff, answer, "What is this?", "Auto-Submitted: auto-replied")
	forged := d.raw("Where is my request?", "From: <"+testStaff+">", "Subject: a question", "Content-Type: text/plain; charset=utf-8")
	if _, err := d.office.Deliver(testInbox, "INBOX", forged, d.now()); err != nil {
		t.Fatal(err)
	}
	d.once()
	d.nobodyHears(before, testOps) // who hears of the mail in quarantine
	d.wantOutcomes(open3(request.Escalated))
	d.sound()
}

// Two programs that answer each other stop after a day's bound, and nobody else is drawn in.
func TestTwoMachinesDoNotTalkForEver(t *testing.T) {
	t.Parallel()
	d := open(t, withContact())
	d.send(testStaff, "Ticket 4711", "Your ticket was opened.")
	for range 40 {
		d.once()
		for _, who := range []string{testDeputy, testStaff} { // neither marks its answers
			if m := d.last(who); m != nil {
				d.mailReply(who, m, "Your ticket was opened.")
			}
		}
	}
	d.once()
	if c, s := len(d.inbox(testDeputy)), len(d.inbox(testStaff)); c > 13 || s > 13 {
		t.Errorf("the one machine got %d mails, the other %d", c, s)
	}
	d.says(d.last(testStaff), "Write to "+testDeputy+" directly")
}

// A question of an officer is acknowledged with its lines, reminds the requester, and at last the officer and the contact hear that
// nobody answered.
func TestAQuestionRemindsAndReachesTheContact(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, withContact())
	d.reply(testOfficer, asked, "QUESTION 2: Why not all at once?")
	d.says(d.last(testOfficer), "has your question about the line below", "HR-2026-000001-02", "we ask again on November 25, 2026", "Why not all at once?")
	if strings.Contains(d.last(testOfficer).Text, "HR-2026-000001-01") {
		t.Error("the acknowledgment names a line that was not asked about")
	}
	before := d.got(everyAddress...)
	d.passTo("2026-11-25 10:05")
	d.once()
	if d.got(testStaff)[testStaff] != before[testStaff]+1 {
		t.Fatalf("the requester got %d reminders", d.got(testStaff)[testStaff]-before[testStaff])
	}
	d.says(d.last(testStaff), "Odile Officer ("+testOfficer+") asked you a question", "Why not all at once?", "HR-2026-000001-02")
	d.passTo("2026-11-30 10:05")
	d.once()
	d.says(d.last(testDeputy), testStaff+" has not answered", "Why not all at once?", "help "+testStaff)
	if n := d.count(testOfficer, "has not answered the question"); n != 1 {
		t.Errorf("the officer heard %d times", n)
	}
	d.sound()
}

// An answer, to the question or to its reminder, ends the waiting.
func TestAnAnswerToAReminderEndsIt(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, withContact())
	d.reply(testOfficer, asked, "Was this not known in spring?") // a question without the word
	d.says(d.last(testStaff), "Was this not known in spring?")
	d.passTo("2026-11-25 10:05")
	d.once()
	d.reply(testStaff, d.last(testStaff), "Oui, mais pas la date.")
	d.says(d.last(testOfficer), "Oui, mais pas la date.")
	d.passTo("2026-11-30 10:05")
	d.once()
	if n := len(d.inbox(testDeputy)); n != 0 {
		t.Errorf("the contact got %d mails", n)
	}
	d.wantOutcomes(open3(request.Escalated))
}

// UNDO among other words holds the requester's mail at once, and asks; UNDO alone takes the decision back then.
func TestUndoInAnyWordsHoldsTheMail(t *testing.T) {
	t.Parallel()
	for words, lang := range map[string]request.Lang{"Please UNDO, I meant line 2": request.English, "Oups, il faut ANNULER la ligne 1 seulement": request.French} {
		d, asked := escalated(t, withContact(func(o *job.Options) { o.Decisions.Hold = held(10 * time.Minute) }, func(o *job.Options) {
			roster, err := officers.NewRoster([]officers.Officer{{Email: testOfficer, Name: "Odile Officer", Language: lang}})
			if err != nil {
				t.Fatal(err)
			}
			o.Inboxes[0].Roster = roster
		}))
		d.reply(testOfficer, asked, "APPROVE 1")
		receipt := d.last(testOfficer)
		d.reply(testOfficer, receipt, words)
		question := d.last(testOfficer)
		if lang == request.English {
			d.says(question, "does not leave before November 25, 2026, 10:00", "HR-2026-000001-01", words)
		} else {
			d.says(question, "il partira au plus tôt le", words)
		}
		d.pass(time.Hour)
		d.once()
		if n := len(d.inbox(testStaff)); n != 1 {
			t.Fatalf("%s: the requester was told (%d mails)", words, n)
		}
		d.wantOutcomes(open3(request.Approved))
		d.reply(testOfficer, question, "UNDO")
		d.wantOutcomes(open3(request.Escalated))
		d.pass(72 * time.Hour)
		d.once()
		if n := d.count(testStaff, "HR-2026-000001-01 to your cardholder"); n != 0 {
			t.Errorf("%s: the requester heard of what was undone", words)
		}
		d.sound()
	}
}

// Without an answer a held decision stands, and the requester is told when that time is over.
func TestAHeldMailLeavesInTheEnd(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, withContact(func(o *job.Options) { o.Decisions.Hold = held(10 * time.Minute) }))
	d.reply(testOfficer, asked, "APPROVE 1")
	d.reply(testOfficer, d.last(testOfficer), "Undo it? Let me think")
	d.passTo("2026-11-25 10:05")
	d.once()
	if n := len(d.inbox(testStaff)); n != 2 {
		t.Errorf("the requester got %d mails", n)
	}
	// Later it is too late, in any words.
	d.reply(testOfficer, d.last(testOfficer), "Please undo it after all")
	d.wantOutcomes(open3(request.Approved))
}

// UNDO of a requester asks whether to withdraw, with a button that withdraws; nobody else's mail does.
func TestARequesterWhoWritesUndoIsAskedWhetherToWithdraw(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, withContact())
	d.reply(testStaff, d.last(testStaff), "WITHDRAW", "Sender: <"+testOther+">") // somebody else wrote it for the requester
	d.wantOutcomes(open3(request.Escalated))
	d.reply(testStaff, d.inbox(testStaff)[0], "Annuler svp")
	d.wantOutcomes(open3(request.Escalated))
	question := d.last(testStaff)
	d.says(question, "Nothing was withdrawn yet", "reply WITHDRAW")
	press := func(who string, headers ...string) {
		d.submit(who, d.raw("WITHDRAW", append([]string{"From: <" + who + ">", "Subject: WITHDRAW [HR-2026-000001]", "Content-Type: text/plain"}, headers...)...))
		d.once()

	}
	press(testOther)
	press(testOfficer)
	press(testStaff, "Cc: <"+testOther+">", "In-Reply-To: <stranger@elsewhere.example>")
	d.wantOutcomes(open3(request.Escalated))
	press(testStaff)
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Withdrawn, "000001-02": request.Withdrawn, "000001-03": request.Withdrawn})
	// The officer who had the lines hears of it.
	d.says(d.last(testOfficer), testStaff+" (for Staff Member) withdrew 3 lines that you were asked about", "HR-2026-000001-03")
	// An officer who writes it where nothing is decided is asked whether to decline.
	_ = asked
	d.sound()
}

func TestAnOfficerWhoWritesUndoToAnEscalationIsAskedWhetherToDecline(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	for _, words := range []string{"ANNULER", "UNDO", "please undo this request"} {
		d.reply(testOfficer, asked, words)
		d.says(d.last(testOfficer), "Do you want to decline?", "DECLINE 1")
		d.wantOutcomes(open3(request.Escalated))
	}
}

// REVOKE gives the officer a receipt, and the requester a mail under a subject of its own that says what the number means.
func TestARevocationIsToldToEverybody(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "APPROVE 1")
	d.reply(testOfficer, d.last(testOfficer), "RÉVOQUER 1 : budget réduit")
	if got := d.revoked(); len(got) != 1 {
		t.Fatalf("revoked lines: %v", got)
	}
	told, receipt := d.last(testStaff), d.last(testOfficer)
	if !strings.HasPrefix(told.Subject, "Do not buy: approval revoked") || !strings.HasPrefix(receipt.Subject, "Recorded: approval revoked") {
		t.Errorf("subjects %q and %q", told.Subject, receipt.Subject)
	}
	d.says(told, "Odile Officer ("+testOfficer+") revoked an approval, $10,735.00 in all.", "covers no purchase from now on", "budget réduit")
	d.says(receipt, "you revoked an approval", "HR-2026-000001-01")
	d.sound()
}

// A requester who withdraws or changes an approved line is reported to the officer who approved it.
func TestWhoApprovedALineHearsThatItIsWithdrawn(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.reply(testOfficer, asked, "APPROVE 1")
	before := d.got(everyAddress...)
	d.reply(testStaff, d.inbox(testStaff)[0], "RETIRER 1")
	d.says(d.last(testOfficer), "withdrew a line that you had approved", "HR-2026-000001-01", "speak with "+testStaff)
	d.nobodyHears(before, testOfficer, testStaff)
	d.sound()
}

func TestWhoWasAskedAboutALineHearsThatItChanged(t *testing.T) {
	t.Parallel()
	d, _ := escalated(t, nil)
	annotated := d.inbox(testStaff)[0].Attachments[0].Data
	d.pass(time.Hour)
	d.send(testStaff, "Corrected", "See attached.", changeCell(t, annotated, "G13", 10735, 735)) // needs no officer any more, or goes back
	d.once()
	if n := d.count(testOfficer, "replaced a line that you were asked about"); n != 1 {
		t.Errorf("the officer heard %d times:\n%s", n, d.last(testOfficer).Text)
	}
	d.sound()
}

// ASSIGN with a name of the roster is enough; where two have it, both are named.
func TestAssignTakesANameOfTheRoster(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ words, to string }{{"ASSIGN to Hana Head", testHead}, {"Confier à Denis", testDeputy}, {"ASSIGN deputy\n\nOdile", testDeputy}} {
		d, asked := escalated(t, three(t))
		d.reply(testOfficer, asked, c.words)
		if n := len(d.inbox(c.to)); n != 1 {
			t.Errorf("%q: %s got %d mails; the officer reads:\n%s", c.words, c.to, n, d.last(testOfficer).Text)
		}
	}
	d, asked := escalated(t, rosterOf(t, officers.Officer{Email: testOfficer, Name: "Odile Officer", Language: request.English},
		officers.Officer{Email: testHead, Name: "Denis Head"}, officers.Officer{Email: testDeputy, Name: "Denis Deputy"}))
	d.reply(testOfficer, asked, "ASSIGN Denis")
	d.says(d.last(testOfficer), "Several officers go by that name", "Denis Head ("+testHead+")", "Denis Deputy ("+testDeputy+")")
	d.reply(testOfficer, asked, "ASSIGN Nobody")
	d.says(d.last(testOfficer), "is not an officer of the roster")
	d.wantOutcomes(open3(request.Escalated))
}

// Who writes for an officer decides only where the roster names them, and the record names both.
func TestAnAssistantDecidesWhereTheRosterNamesThem(t *testing.T) {
	t.Parallel()
	with := rosterOf(t, officers.Officer{Email: testOfficer, Name: "Odile Officer", Language: request.English, Assistants: []string{testDeputy}},
		officers.Officer{Email: testHead, Name: "Hana Head", Language: request.French})
	d, asked := escalated(t, with)
	d.reply(testOfficer, asked, "APPROVE 1", "Sender: <"+testOther+">")
	d.wantOutcomes(open3(request.Escalated))
	d.says(d.last(testOfficer), "written by "+testOther+" on your behalf")
	d.reply(testDeputy, asked, "APPROVE 1", "Sender: <"+testOfficer+">") // the wrong way round
	d.wantOutcomes(open3(request.Escalated))
	d.reply(testOfficer, asked, "APPROVE 1", "Sender: Denis Deputy <"+testDeputy+">")
	d.wantOutcomes(open3(request.Approved))
	if l := d.lines()["HR-2026-000001-01"]; l.DecidedBy != testOfficer || l.WrittenBy != testDeputy {
		t.Errorf("the record names %s and %s", l.DecidedBy, l.WrittenBy)
	}
	d.says(d.last(testStaff), "written by "+testDeputy)
	d.sound()
}

// A relay that rewrites Message-IDs does not keep an officer's answer from counting; the answer in others' conversation does not.
func TestAnAnswerCountsWhenARelayRewroteOurID(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	rewritten := &ingest.Mail{Subject: asked.Subject, MessageID: "0100018f@relay.example", Text: asked.Text}
	d.reply(testOfficer, rewritten, "APPROVE 1", "Cc: <"+testStaff+">")
	d.wantOutcomes(open3(request.Escalated))
	d.says(d.last(testOfficer), "somebody else’s mail")
	d.reply(testOfficer, rewritten, "APPROVE 1")
	d.wantOutcomes(open3(request.Approved))
	d.sound()
}

// A bounce that names the id of a relay is known by what it returns of our mail.
func TestABounceIsKnownWhenARelayRewroteOurID(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	boundary := asked.Header.Get("Content-Type")
	raw := "Return-Path: <>\r\nFrom: MAILER-DAEMON@relay.example\r\nTo: <" + testInbox + ">\r\nSubject: Undeliverable\r\nMessage-ID: <b1@relay.example>\r\nMIME-Version: 1.0\r\n" +
		parts("report; report-type=delivery-status", plainText+"It came back.",
			"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; "+testOfficer+"\r\nAction: failed\r\nStatus: 5.1.1",
			"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <0100018f@relay.example>\r\nSubject: x\r\nContent-Type: "+boundary)
	d.put(raw)
	d.once()
	if told := d.told(); len(told) != 1 || !strings.Contains(told[0], testOfficer+" did not get lines to decide") {
		t.Errorf("the operator heard %q", told)
	}
}

// The mails of ../shared/bench that a person would have written are right, where they are there.
func TestBenchMails(t *testing.T) {
	t.Parallel()
	bench := filepath.Join("..", "..", "..", "shared", "bench", "mails")
	if _, err := os.Stat(bench); err != nil {
		t.Skip("the bench is not here")
	}
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(bench, name))
		if err != nil {
			t.Fatal(err)
		}
		ours := strings.NewReplacer("small.purchases@dept.example", testInbox, "mx.dept.example", "mx."+testDomain, "dana@dept.example", testOfficer,
			"ann@dept.example", testStaff, "header.from=dept.example", "header.from="+testDomain)
		return strings.ReplaceAll(strings.ReplaceAll(ours.Replace(string(raw)), "\r\n", "\n"), "\n", "\r\n")
	}
	t.Run("06", func(t *testing.T) {
		d := open(t, withContact())
		d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
		d.once()
		code := ingest.CodesIn(&ingest.Mail{Subject: d.last(testOfficer).Subject})[0]
		d.put(strings.Replace(read("06-officer-reply-rewritten-id.eml"), "[CODE-OF-THE-ESCALATION]", code.Subject(), 1))
		d.once()
		d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	})
	t.Run("01", func(t *testing.T) {
		d := openAt(t, func(o *mailtest.Options) {
			o.Users = append(o.Users, mailtest.User{Address: "rené@" + testDomain, Password: "secret"})
		}, withContact())
		d.put(strings.Replace(read("01-sender-eai.eml"), "rené@dept.example", "rené@"+testDomain, 1))
		d.once()
		d.says(d.last("rené@"+testDomain), testInbox)
	})
	t.Run("07", func(t *testing.T) {
		d := open(t, withContact())
		d.put(read("07-question.eml"))
		d.once()
		d.says(d.last(testDeputy), testStaff, "Where is my request? Whom can I call?")
		d.says(d.last(testStaff), testDeputy+" has your mail")
	})
}

// A section 32 manager's NO returns what waits and revokes what was approved on their word, with the reason.
func TestAManagersNo(t *testing.T) {
	t.Parallel()
	d, asked := confirming(t)
	manager := testOther
	d.reply(manager, asked, "NO")
	d.says(d.last(manager), "A reason is needed")
	before := fmt.Sprint(d.outcomes())
	for _, who := range []string{testStaff, testHead} {
		d.reply(who, asked, "NO: I did not authorize this")
	}
	for _, words := range []string{"CONFIRM", "NO: I did not authorize this"} { // somebody else wrote it for the manager
		d.reply(manager, asked, words, "Sender: <"+testStaff+">")
		d.says(d.last(manager), "written by "+testStaff+" on your behalf")
	}
	if now := fmt.Sprint(d.outcomes()); now != before {
		t.Fatalf("somebody else's NO changed %s to %s", before, now)
	}
	d.reply(manager, asked, "NON : personne ne m’a consulté")
	for reference, o := range d.outcomes() {
		if o == request.Escalated {
			t.Errorf("%s still waits", reference)
		}
	}
	d.says(d.last(testStaff), manager+" did not authorize", "personne ne m’a consulté")
	d.says(d.last(manager), "you did not authorize")
	d.sound()
}

// A NO that comes after CONFIRM revokes what was approved on it, and returns what an officer has before them; all of them hear.
func TestALaterNoRevokes(t *testing.T) {
	t.Parallel()
	d, asked := confirming(t)
	d.reply(testOther, asked, "CONFIRM")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated})
	d.reply(testOther, asked, "NO: I mistook it for another purchase")
	d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Returned})
	if got := d.revoked(); len(got) != 1 || got[0] != "HR-2026-000001-01" {
		t.Errorf("revoked: %v", got)
	}
	for _, who := range []string{testStaff, testOfficer, testOther} {
		d.says(d.last(who), "authorize the money", "another purchase")
	}
	d.says(d.last(testStaff), "covers no purchase from now on")
	d.says(d.last(testFinance), "another purchase")
	d.sound()
}

// What an officer does not answer reaches the contact; what they answer, or decide, does not.
func TestAQuestionThatTheOfficerLeavesReachesTheContact(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(d *agency, asked *ingest.Mail){
		"left": nil,
		"answered": func(d *agency, _ *ingest.Mail) {
			d.reply(testOfficer, d.last(testOfficer), "I look at it on Thursday.")
		},
		"decided": func(d *agency, asked *ingest.Mail) {
			d.reply(testOfficer, asked, "DECLINE 1-3: no budget")
		},
	} {
		d, asked := escalated(t, withContact())
		d.reply(testStaff, d.last(testStaff), "When will this be looked at?")
		if meanwhile != nil {
			meanwhile(d, asked)
		}
		d.passTo("2026-11-30 10:05")
		d.once()
		if n, want := d.count(testDeputy, "has not answered it"), map[string]int{"left": 1}[name]; n != want {
			t.Errorf("%s: the contact heard %d times", name, n)
		}
	}
}

// A revocation says that a charge stands against the number, where one does.
func TestARevocationSaysWhatAChargeMeansNow(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, withStatements)
	d.reply(testOfficer, asked, "APPROVE 1")
	receipt := d.last(testOfficer)
	d.pass(48 * time.Hour)
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "MILLE PAGES", "10735.00", "HR-2026-000001-01")))
	d.pass(6 * 24 * time.Hour)
	d.once()
	d.reply(testOfficer, receipt, "REVOKE 1: bought elsewhere")
	for _, who := range []string{testStaff, testOfficer} {
		d.says(d.last(who), "A card charge stands against a number already")
	}
	d.sound()
}
