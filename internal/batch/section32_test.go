package batch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/replay"
	"handrail/internal/request"
)

// confirming is a department whose policy wants the section 32 manager to confirm by mail. One line is inside the
// guardrails and one above the limit; the manager was asked about both.
func confirming(t *testing.T) (d *agency, asked *ingest.Mail) {
	t.Helper()
	d = open(t, func(o *job.Options) {
		o.Inboxes[0].Policy = policyWith(t, `section_32 = "told"`, `section_32 = "confirmed"`)
	})
	inside := line("Captioning", "Northwind Inc.", "3500", "455", "3955")
	d.send(testStaff, "Purchases", "Form attached.", d.authorized(testOther, d.form(testStaff, request.English, inside, line("Platform", "Mille Pages", "9500", "1235", "10735"))))
	d.once()
	mails := d.inbox(testOther)
	if len(mails) != 1 {
		t.Fatalf("the manager got %d mails", len(mails))
	}
	if said := unwrapped(mails[0].Text); !strings.Contains(said, "→ To confirm - $3,955.00") || !strings.Contains(said, "→ À confirmer - 3\u00a0955,00\u00a0$") {
		t.Errorf("the manager does not read what there is to confirm:\n%s", said)
	}
	told := d.inbox(testStaff)[0]
	if said := unwrapped(told.Text); !strings.HasPrefix(told.Subject, "2 to be confirmed by the manager") || strings.Contains(said, "officer") ||
		!strings.Contains(said, "The section 32 manager on your form is asked to confirm all 2 lines.") {
		t.Errorf("the requester is not told who is asked: %s\n%s", told.Subject, said)
	}
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Escalated})
	return d, mails[0]
}

// authorized is a form whose section 32 manager is somebody with a mailbox.
func (d *agency) authorized(manager string, form []byte) []byte {
	d.t.Helper()
	return replaceText(d.t, form, testManager, manager)
}

func TestTheManagerConfirmsAndNobodyElse(t *testing.T) {
	t.Parallel()
	d, asked := confirming(t)
	for _, somebody := range []string{testStaff, testOfficer, testHead} {
		d.reply(somebody, asked, "CONFIRM")
		d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Escalated})
	}
	d.reply(testOther, asked, "APPROVE")
	d.reply(testOther, asked, "CONFIRM, but only the first")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Escalated})
	if n := len(d.inbox(testOfficer)); n == 0 {
		t.Error("the officer who tried was not told that it had no effect")
	}

	d.reply(testOther, asked, "CONFIRM")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated})
	if by := d.lines()["HR-2026-000001-01"].DecidedBy; by != testOther {
		t.Errorf("the record names %q", by)
	}
	var above *ingest.Mail
	for _, m := range d.inbox(testOfficer) {
		if strings.Contains(m.Subject, "10,735.00") {
			above = m
		}
	}
	if above == nil {
		t.Fatal("what is above the limit did not go on to the officer")
	}
	d.reply(testOfficer, above, "APPROVE 1: no other supplier has it")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Approved})

	d.reply(testOther, asked, "CONFIRM") // a second time changes nothing
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Approved})
	d.sound()
}

func TestTheManagerConfirmsInFrench(t *testing.T) {
	t.Parallel()
	d, asked := confirming(t)
	d.reply(testOther, asked, "Confirmer.")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated})
}

// What the job itself adds to a verdict is there again when a line is judged from its record.
func TestJudgingAgainGivesWhatWasRecorded(t *testing.T) {
	t.Parallel()
	d, _ := confirming(t)
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		for reference := range d.lines() {
			ref, _ := request.ParseReference(reference)
			a, found, err := tx.Records.Account(t.Context(), ref)
			if err != nil || !found {
				t.Fatalf("%s: %v", reference, err)
			}
			var facts request.Facts
			var recorded []request.Finding
			for _, part := range []struct {
				from json.RawMessage
				into any
			}{{a.Line.Facts, &facts}, {a.Line.Findings, &recorded}} {
				if err := json.Unmarshal(part.from, part.into); err != nil {
					t.Fatal(err)
				}
			}
			again := judgement.JudgeAgain(d.policy, facts, recorded)
			if again.Outcome != a.Line.Judged || len(again.Findings) != len(recorded) {
				t.Errorf("%s was %s by %d findings, is %s by %d", reference, a.Line.Judged, len(recorded), again.Outcome, len(again.Findings))
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestABacktestKnowsThatManagersConfirm(t *testing.T) {
	t.Parallel()
	d, _ := confirming(t)
	if got := flips(d.backtest(replay.BacktestOptions{Policy: policyWith(t, `section_32 = "told"`, `section_32 = "confirmed"`)})); len(got) != 0 {
		t.Errorf("the policy in force decides otherwise: %q", got)
	}
	if got := flips(d.backtest(replay.BacktestOptions{Policy: d.policy})); len(got) != 1 || got[0] != "000001-01 escalated approved" {
		t.Errorf("without confirmations: %q", got)
	}
}
