package batch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/internal/request"
	"handrail/notify/smtp"
)

// round does every step by hand until nothing more is due of it, as a pass does, and answers what went wrong.
func (d *agency) round(ctx context.Context) (troubles []error) {
	j := d.job
	if err := j.FreeTheDead(ctx, true); err != nil {
		return []error{err}
	}
	if err := j.BeginOutages(ctx, true); err != nil {
		return []error{err}
	}
	d.sender.BeginRun()
	j.NoteError(ctx, batch.Collect, j.Collect(ctx, "requests"))
	for _, s := range j.Stages() {
		for j.Turn(ctx, s) > 0 {
		}
	}
	return j.TakeTroubles()
}

// due takes rows of a step in hand that are due, and does it; it answers what went wrong.
func (d *agency) due(ctx context.Context, step ledger.Step) (n int, err error) {
	j := d.job
	s := j.StageOf(batch.Step(step))
	h, err := j.Take(ctx, s, false)
	if err != nil || h == nil {
		return 0, err
	}
	j.WorkOff(ctx, s, h)
	return h.Rows(), errors.Join(j.TakeTroubles()...)
}

// misbehaving is a department with one request, at a post office that misbehaves once.
func misbehaving(t *testing.T, faults ...mailtest.Fault) *agency {
	d := openAt(t, func(o *mailtest.Options) { o.Trace, o.Pace = true, 10*time.Microsecond }, func(o *job.Options) {
		o.Inboxes[0].Config.Timeout = ingest.Duration(time.Second)
		o.Inboxes[0].Config.Folders.Sent = "Sent"
	})
	host, port := hostPort(t, d.office.SMTPAddr())
	impatient, err := smtp.NewSender(smtp.Config{Host: host, Port: port, TLS: mailserver.TLSNone, Username: testInbox,
		Password: mailserver.Secret{Value: "secret"}, From: testInbox, Timeout: mailserver.Duration(time.Second), DataTimeout: mailserver.Duration(time.Second)},
		smtp.Options{Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(impatient.Close)
	d.sender, d.job.O().Sender = impatient, impatient
	d.put(d.withFile("form.xlsx", d.goodForm("A")))
	if err := d.office.Inject(faults...); err != nil {
		t.Fatal(err)
	}
	return d
}

// Whatever a mail server does in the middle of the job, the next round goes on from there: the request is judged once,
// filed once, answered once (twice where the answer to DATA was lost, never not at all), and what went wrong is said.
func TestTheJobOutlivesEveryMisbehaviour(t *testing.T) {
	learned := misbehaving(t)
	if troubles := learned.round(t.Context()); len(troubles) > 0 {
		t.Fatal(troubles)
	}
	steps := learned.office.Steps()
	once := map[string]bool{}
	var wait sync.WaitGroup
	room := make(chan struct{}, 12)
	tried := 0
	for _, fault := range mailtest.Variations(steps, mailtest.Cut, mailtest.Stall, mailtest.Garbage, mailtest.Bye, mailtest.Temporary,
		mailtest.Permanent, mailtest.RefuseRecipient, mailtest.ForgetUIDValidity, mailtest.ExpungeInMiddle) {
		step := stepOf(steps, fault)
		// A sample; with HANDRAIL_TEST_WHOLE one of each, and with HANDRAIL_TEST_EVERY_CUT the same command at the same moment
		// again later in the conversation.
		name := fmt.Sprintf("%s %s %s: %s", step.Protocol, step.Verb, step.Moment, fault.Kind)
		if every := os.Getenv("HANDRAIL_TEST_EVERY_CUT") != ""; every {
			name = fmt.Sprintf("%d %s", step.N, name)
		} else if once[name] {
			continue
		}
		once[name] = true
		every := 5
		switch {
		case testing.Short():
			every = 10
		case whole() || os.Getenv("HANDRAIL_TEST_EVERY_CUT") != "":
			every = 1
		}
		if len(once)%every != 0 {
			continue
		}
		tried++
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			t.Run(name, func(t *testing.T) {
				d := misbehaving(t, fault)
				d.t = t
				d.outlives(t, fault, step)
			})
		})
	}
	wait.Wait()
	if tried < 15 {
		t.Errorf("only %d misbehaviours were tried", tried)
	}
}

func stepOf(steps []mailtest.Step, f mailtest.Fault) mailtest.Step {
	for _, s := range steps {
		if s.Protocol == f.Protocol && s.N == f.Step {
			return s
		}
	}
	return mailtest.Step{}
}

func (d *agency) outlives(t *testing.T, fault mailtest.Fault, step mailtest.Step) {
	t.Helper()
	var troubles []error
	for range 4 {
		troubles = append(troubles, d.round(t.Context())...)
		d.pass(5 * time.Hour) // not as far as the manager's daily mail
	}
	for _, err := range troubles {
		var server *ingest.ServerError
		if !errors.As(err, &server) {
			t.Errorf("%v says no server", err)
		} else if server.Hint().EN == "" {
			t.Errorf("%v has no hint", err)
		}
	}
	if fault.Kind == mailtest.ExpungeInMiddle && len(d.lines()) == 0 {
		return // somebody took the mail away before it was read
	}
	if lines := d.outcomes(); len(lines) != 1 || lines["000001-01"] != request.Approved {
		t.Errorf("lines: %v; troubles: %v", lines, troubles)
	}
	answers := len(d.inbox(testStaff))
	refused := fault.Kind == mailtest.RefuseRecipient || fault.Kind == mailtest.Permanent && step.Protocol == mailtest.SMTP && (step.Verb == "RCPT" || step.Verb == "BODY" || step.Verb == "DATA" || step.Verb == "MAIL")
	lost := step.Verb == "BODY"
	switch {
	case refused && answers != 0:
		t.Errorf("%d answers in spite of a refusal", answers)
	case refused:
	case answers < 1 || answers > 2 || answers == 2 && !lost:
		t.Errorf("%d answers; troubles: %v", answers, troubles)
	}
	if n := d.office.Count(testInbox, "INBOX"); n != 0 {
		t.Errorf("%d messages are left in the inbox; troubles: %v", n, troubles)
	}
	if n := d.office.Count(testInbox, "Processed"); n != 1 && fault.Kind != mailtest.ExpungeInMiddle {
		t.Errorf("%d messages are filed", n)
	}
	if n := d.office.Count(testInbox, "Sent"); n != 1 && !refused && !(fault.Kind == mailtest.ExpungeInMiddle && n == 0) {
		t.Errorf("%d copies in Sent", n)
	}
	if refused {
		if fates := d.fates(); fates[ledger.Refused] != 1 {
			t.Errorf("the refusal is not in the ledger: %v", fates)
		}
	}
	d.sound()
	o := d.outside()
	o.renumbered = fault.Kind == mailtest.ForgetUIDValidity
	if fault.Kind == mailtest.ExpungeInMiddle {
		return // the message is gone for good: that is what the fault does
	}
	o.holds(t)
}

func (d *agency) fates() map[ledger.OutgoingState]int {
	d.t.Helper()
	var s ledger.Status
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		s, err = tx.Status(d.t.Context(), d.now(), 10)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return s.Outgoing
}
