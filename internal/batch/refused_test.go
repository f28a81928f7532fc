package batch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailtest"
	"handrail/internal/officers"
	"handrail/internal/request"
	"handrail/notify"
)

// refuses lets the post office refuse everything to an address.
func (d *agency) refuses(address, words string) {
	d.t.Helper()
	if err := d.office.Inject(mailtest.Fault{Kind: mailtest.RefuseRecipient, Recipient: address, Times: -1, Words: words}); err != nil {
		d.t.Fatal(err)
	}
}

// refused lists the mails that were refused and that nobody ended.
func (d *agency) refused() (mails []ledger.Outgoing) {
	d.t.Helper()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		s, err := tx.Status(d.t.Context(), d.now(), 100)
		mails = s.Refused
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return mails
}

func (d *agency) wantRefused(to ...string) []ledger.Outgoing {
	d.t.Helper()
	mails := d.refused()
	var got []string
	for _, m := range mails {
		got = append(got, m.Recipient)
	}
	if fmt.Sprint(got) != fmt.Sprint(to) {
		d.t.Errorf("refused to %v, want %v", got, to)
	}
	return mails
}

func (d *agency) askForDecision() {
	d.t.Helper()
	d.send(testStaff, "Above", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
}

// What waits for an officer whose mail is refused, at once or by a bounce later, is with somebody else in the same pass; the old
// code decides nothing, and the operator knows what to do.
func TestAnOfficerWhoseMailIsRefusedHandsOver(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(*agency) *ingest.Mail{
		"at once": func(d *agency) *ingest.Mail {
			d.refuses(testOfficer, "5.1.1 no such user")
			d.askForDecision()
			d.once()
			return nil
		},
		"by a bounce": func(d *agency) *ingest.Mail {
			asked := d.asksOfficer()
			d.put(d.bounceOf(asked.MessageID, "failed", "5.1.1"))
			d.once()
			return asked
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, nil)
			old := refuse(d)
			asked := d.last(testHead)
			d.says(asked, "Le courriel à Odile Officer a été refusé par le serveur de courriel.")
			mails := d.wantRefused(testOfficer)
			d.toldLast(testOfficer+" did not get lines to decide (HR-2026-000001)", "no such user", "[[officer]]",
				fmt.Sprintf("handrail retry send:%d --to ADDRESS", mails[0].ID), "--settled MOTIF", "passe maintenant à quelqu’un d’autre")
			if n := len(d.told()); n != 1 {
				t.Errorf("the operator got %d mails", n)
			}
			if old != nil {
				d.reply(testOfficer, old, "APPROVE 1")
				d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated})
			}
			d.reply(testHead, asked, "APPROUVER 1")
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
			d.sound()
		})
	}
}

// An officer who is gone hands over what they were asked before as well.
func TestAnOfficerWhoIsGoneHandsOverEverything(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.asksOfficer()
	d.refuses(testOfficer, "5.1.1 no such user")
	d.send(testOther, "Another", "Form attached.", d.form(testOther, request.English, line("Brochures", "Autre inc.", "9500", "1235", "10735")))
	d.once()
	if n := len(d.inbox(testHead)); n != 2 {
		t.Errorf("the other officer was asked %d times, want twice", n)
	}
	d.waits("000001-01", "000002-01")
}

// Where mail to everybody who may decide is refused, the operator hears it once and at once, nobody is asked in a circle, and a
// corrected address gets the lines within the hour.
func TestLinesThatNobodyCanBeAskedAboutAreOfferedAgain(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.refuses(testOfficer, "5.1.1 no such user")
	d.refuses(testHead, "5.1.1 no such user")
	d.askForDecision()
	d.once()
	mails := d.wantRefused(testHead, testOfficer)
	if n := d.count(testOps, "nobody else who may decide these lines"); n != 1 {
		t.Fatalf("the operator heard %d times that nobody can be reached", n)
	}
	for range 30 {
		d.pass(time.Hour)
		d.once()
	}
	if n := len(d.inbox(testOps)); n != 3 {
		t.Errorf("the operator got %d mails, want one for each refusal and one that says it all", n)
	}
	d.office.Mend()
	if err := d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Outbox.EndRefused(t.Context(), d.now(), mails[1].ID, ledger.RefusedEnd{State: ledger.Settled, Why: "the mailbox is back"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	d.pass(time.Hour)
	d.once()
	d.reply(testOfficer, d.last(testOfficer), "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
}

// A requester who did not get the answer is known to the contact by the request; a mail to the operator that is refused is told to
// nobody by mail.
func TestWhoHearsOfARequesterOrOperatorWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	d := open(t, withContact())
	d.refuses(testStaff, "5.2.1 mailbox disabled")
	d.refuses(testOps, "5.1.1 no such user")
	d.send(testStaff, "Fine", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	d.once()
	d.says(d.last(testDeputy), testStaff+" did not get the answer to a request (HR-2026-000001)", "mailbox disabled", "Joignez cette personne autrement")
	d.wantRefused(testOps, testStaff)
	d.pass(time.Hour)
	d.once()
	if n := len(d.inbox(testDeputy)); n != 1 {
		t.Errorf("the contact got %d mails", n)
	}
	d.wantRefused(testOps, testStaff)
}

// A section 32 manager whose mail is refused does not hold a line up: an officer is asked.
func TestAManagerWhoseMailIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) {
		o.Inboxes[0].Policy = policyWith(t, `section_32 = "told"`, `section_32 = "confirmed"`)
	})
	manager := "nobody@" + testDomain // no such user
	d.send(testStaff, "Fine", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113", "authorized_by", manager)))
	d.once()
	d.says(d.last(testOfficer), "section 32 manager named on the form was refused")
	d.wantRefused(manager)
}

// A mail that is too large with its files goes out without them and says so in its reader's languages, whether the server says so
// before, at the mail itself, or by a bounce; the requester's result, the officer's code and the week's figures arrive.
func TestMailsThatAreTooLargeGoWithoutTheirFiles(t *testing.T) {
	t.Parallel()
	tooLarge := mailtest.Fault{Protocol: mailtest.SMTP, Command: "BODY", Moment: mailtest.Answered, Kind: mailtest.Permanent, Code: 552, Words: "5.3.4 Message size exceeds fixed limit"}
	answer := func(d *agency) *ingest.Mail {
		d.send(testStaff, "Achat", "Formulaire joint.", d.form(testStaff, request.French, line("Kit A", "Maison A inc.", "100", "13", "113")))
		d.once()
		return d.last(testStaff)
	}
	for name, c := range map[string]struct {
		at   func(*mailtest.Options)
		mail func(d *agency) *ingest.Mail
		says []string
		told string
	}{
		"announced": {func(o *mailtest.Options) { o.MaxMessageBytes = 26 << 10 }, func(d *agency) *ingest.Mail {
			d.put(d.withFile("form.xlsx", d.form(testStaff, request.French, line("Kit A", "Maison A inc.", "100", "13", "113"))))
			d.once()
			return d.last(testStaff)
		}, []string{"Envoyé sans ses pièces jointes", "HR-2026-000001-01", "N’envoyez pas les autres lignes de nouveau", "form-HR-2026-000001.xlsx ("}, "handrail file HR-2026-000001 --out case.zip"},
		"at the mail itself": {nil, func(d *agency) *ingest.Mail {
			d.send(testStaff, "Achat", "Formulaire joint.", d.form(testStaff, request.French, line("Kit A", "Maison A inc.", "100", "13", "113")))
			if err := d.office.Inject(tooLarge); err != nil {
				t.Fatal(err)
			}
			d.once()
			return d.last(testStaff)
		}, []string{"Envoyé sans ses pièces jointes"}, "Message size exceeds fixed limit"},
		"by a bounce": {nil, func(d *agency) *ingest.Mail {
			d.put(d.bounceOf(answer(d).MessageID, "failed", "5.2.3"))
			d.once()
			return d.last(testStaff)
		}, []string{"Envoyé sans ses pièces jointes"}, "A mail goes out without its files"},
		"an officer's": {nil, func(d *agency) *ingest.Mail {
			asked := d.asksOfficer()
			d.put(d.bounceOf(asked.MessageID, "failed", "5.3.4"))
			d.once()
			again := d.last(testOfficer)
			d.reply(testOfficer, again, "APPROVE 1")
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
			if len(d.inbox(testHead)) != 0 {
				t.Error("the lines went to somebody else although the mail went out")
			}
			return again
		}, []string{"Sent without its files", "reply QUESTION:"}, "HR-2026-000001"},
		"finance's": {nil, func(d *agency) *ingest.Mail {
			answer(d)
			d.pass(7 * 24 * time.Hour)
			d.once()
			d.put(d.bounceOf(d.last(testFinance).MessageID, "failed", "5.3.4"))
			d.once()
			return d.last(testFinance)
		}, []string{"Sent without its files", "handrail reconcile"}, "handrail reconcile --period 2026-W48"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openAt(t, c.at, nil)
			got := c.mail(d)
			d.says(got, c.says...)
			if len(got.Attachments) != 0 {
				t.Errorf("it has %d files", len(got.Attachments))
			}
			d.wantRefused()
			d.toldLast(c.told, "Raise the largest mail")
			if n := len(d.told()); n != 1 {
				t.Errorf("the operator heard %d times", n)
			}
			d.sound()
		})
	}
}

// Whoever may write to the inbox is answered, however their address is written; where the server cannot, somebody hears it.
func TestSendersWithUnusualAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, shown string // as the header has it, and as we keep it
		without     bool   // SMTPUTF8
	}{
		{"rené@" + testDomain, "rené@" + testDomain, false},
		{"René <RENÉ@" + testDomain + ">", "rené@" + testDomain, false},
		{`"anna roy"@` + testDomain, "anna roy@" + testDomain, false},
		{`"a@b"@` + testDomain, "a@b@" + testDomain, false},
		{"o'neil+test@" + testDomain, "o'neil+test@" + testDomain, false},
		{"rené@" + testDomain, "rené@" + testDomain, true},
		{`"anna roy"@` + testDomain, "anna roy@" + testDomain, true},
	} {
		t.Run(fmt.Sprintf("%s %t", c.from, c.without), func(t *testing.T) {
			t.Parallel()
			d := openAt(t, func(o *mailtest.Options) {
				o.NoSMTPUTF8 = c.without
				o.Users = append(o.Users, mailtest.User{Address: c.shown, Password: "secret"})
			}, withContact())
			d.put(strings.Replace(d.letter("x@"+testDomain, "a question", "", plainText+"Whom can I call about my order?\r\n"), "From: <x@"+testDomain+">", "From: "+c.from, 1))
			d.put(strings.Replace(d.withFile("form.xlsx", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113"))), "From: <"+testStaff+">", "From: "+c.from, 1))
			d.once()
			d.says(d.inbox(testDeputy)[0], c.shown, "Whom can I call")
			if c.without && c.shown[:4] == "ren\xc3" {
				d.wantRefused(c.shown, c.shown)
				d.says(d.last(testOps), "SMTPUTF8", c.shown)
				d.says(d.last(testDeputy), c.shown+" did not get")
				return
			}
			mails := d.inbox(c.shown)
			if len(mails) != 2 {
				t.Fatalf("%s got %d mails", c.shown, len(mails))
			}
			d.wantRefused()
			d.says(mails[0], testDeputy+" has your mail")
			d.says(mails[1], "HR-2026-000001-01")
		})
	}
}

// An officer's mail that is sent to another address gives nobody authority; the officer's own address, once it works, does.
func TestAnOfficersMailAtAnotherAddressDecidesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, rosterOf(t, officers.Officer{Email: testHead, Name: "Hana Head"}))
	d.refuses(testHead, "5.2.1 mailbox disabled")
	d.askForDecision()
	d.once()
	again := func(to string) *ingest.Mail {
		t.Helper()
		mail := d.wantRefused(testHead)[0]
		if err := d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
			whole, _, err := tx.Outbox.Mail(t.Context(), mail.ID)
			if err != nil {
				return err
			}
			copied, err := notify.Readdressed(whole.Raw, to)
			if err != nil {
				return err
			}
			_, err = tx.Outbox.AddMails(t.Context(), d.now(), []ledger.Outgoing{{Kind: mail.Kind, Cause: mail.Cause + " again", Recipient: to, Edition: 1,
				MessageID: copied.MessageID, Raw: copied.Raw, Inbox: mail.Inbox, Submission: mail.Submission, Escalation: mail.Escalation}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.once()
		return d.last(to)
	}
	elsewhere := again(testOther)
	d.reply(testOther, elsewhere, "APPROVE 1")
	d.waits("000001-01")
	// It came back from there: nothing is taken from the officer for that.
	d.put(d.bounceOf(elsewhere.MessageID, "failed", "5.1.1"))
	d.once()
	d.wantRefused(testOther, testHead)
	d.toldLast(testOther + " did not get lines to decide")
	d.reply(testHead, elsewhere, "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
}
