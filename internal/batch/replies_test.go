package batch_test

import (
	"strings"
	"testing"

	"handrail/internal/request"
)

// What the reader leaves open is settled against the mail that is answered: all but some lines, as many as were said, a reason that
// could name one of several. (Lines 2 and 3 may be a split purchase, so an approval of theirs needs a reason.)
func TestAnswersAreHeldAgainstTheirMail(t *testing.T) {
	t.Parallel()
	const waits, yes, no = request.Escalated, request.Approved, request.Declined
	for text, want := range map[string][3]request.Outcome{
		"Hi,\n\nI decline all three lines: one need, bought in parts.\n\nThanks,\nOdile Officer\nProcurement Officer\n613-555-0100": {no, no, no},
		"Decline all two lines: no budget":                        {waits, waits, waits},
		"Decline all but 1: one need, bought in parts":            {waits, no, no},
		"Approve 1. Decline the rest: one need, bought in parts":  {yes, no, no},
		"Refuser tout sauf la 3 : hors budget\nBonne journée!":    {no, no, waits},
		"Decline everything except 9: no budget":                  {waits, waits, waits},
		"Decline: the shelves are too dear":                       {waits, waits, waits},
		"DECLINE: 2 too expensive":                                {waits, waits, waits},
		"1. Approved\n2. Declined: one need, bought in parts":     {yes, no, waits},
		"Line 1 is approved, thanks!\nLine 2: declined, one need": {yes, no, waits},
		"Approved": {waits, waits, waits}, // without the reason that a split needs
		"Approve all: not splitting, each is for another branch’s need": {waits, waits, waits},
		"Approve all: not splitting, new needs":                         {yes, yes, yes},
		"No, too expensive":                                             {waits, waits, waits},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d, asked := escalated(t, nil)
			d.reply(testOfficer, asked, text)
			d.wantOutcomes(map[string]request.Outcome{"000001-01": want[0], "000001-02": want[1], "000001-03": want[2]})
		})
	}
}

// What is asked back says what was perhaps meant, with a button that carries exactly that, and the button decides it.
func TestWhatWasPerhapsMeantIsProposed(t *testing.T) {
	t.Parallel()
	for text, proposed := range map[string]string{
		"Apporve 1": "APPROVE 1", "DECLINE: 2 too expensive": "DECLINE 2: too expensive", "Yes": "APPROVE", "Approve 1/3": "APPROVE 1, 3", "No, too expensive": "DECLINE: too expensive",
		"Approve all. Decline 2: one need": "APPROVE ALL EXCEPT 2\nDECLINE 2: one need",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d, asked := escalated(t, nil)
			d.reply(testOfficer, asked, text)
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Escalated, "000001-03": request.Escalated})
			mails := d.inbox(testOfficer)
			if len(mails) != 2 {
				t.Fatalf("the officer got %d mails", len(mails)-1)
			}
			for line := range strings.SplitSeq(proposed, "\n") {
				if !strings.Contains(mails[1].Text, line) {
					t.Errorf("the question back does not propose %q:\n%s", line, mails[1].Text)
				}
			}
		})
	}
}
