package batch_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"handrail/internal/batch"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/request"
)

// secondMachine is another job with connections of its own, on the inbox and the ledger of d.
func (d *agency) secondMachine(config ledger.Config) *agency {
	d.t.Helper()
	recorded, err := ledgertest.Open(d.t, config)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = recorded.Close() })
	other := &agency{t: d.t, office: d.office, policy: d.policy, ledger: recorded, clock: d.now()}
	other.start(func(o *job.Options) { o.Ledger = recorded })
	return other
}

func onPostgres(t *testing.T, config ledger.Config) *agency {
	t.Helper()
	recorded, err := ledgertest.Open(t, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = recorded.Close() })
	d := open(t, func(o *job.Options) { o.Ledger = recorded })
	d.ledger = recorded
	return d
}

// Two machines share an inbox and a ledger: every message is judged by one of them, every mail is sent by one of them.
func TestTwoMachinesShareTheWorkAndDoNothingTwice(t *testing.T) {
	config := postgres(t)
	t.Parallel()
	a := onPostgres(t, config)
	b := a.secondMachine(config)
	for i := range 24 {
		a.send(testStaff, fmt.Sprintf("Purchase %d", i), "Form attached.", a.form(testStaff, request.English,
			line("Captioning", fmt.Sprintf("Maison %c%c", 'A'+i/5, 'P'), "4000", "520", "4520"), line("Platform", fmt.Sprintf("Mill %d", i), "9500", "1235", "10735")))
	}
	var both sync.WaitGroup
	for _, machine := range []*agency{a, b} {
		both.Go(func() {
			r, err := machine.job.Once(t.Context())
			if err != nil {
				t.Error(err)
			}
			for _, trouble := range r.Troubles {
				t.Errorf("trouble: %v", trouble)
			}
		})
	}
	both.Wait()
	a.once() // whatever one left to the other when it went home first
	if n := len(a.lines()); n != 48 {
		t.Errorf("%d lines, want 48", n)
	}
	a.sound()
	a.outside().holds(t)
}

// paused stands still in the middle of a transaction, with everything written and nothing committed, as a machine does that
// is stopped and woken up later.
type paused struct {
	once    sync.Once
	reached chan struct{}
	wakeUp  chan struct{}
}

func (p *paused) wake(context.Context, batch.Committer, ...batch.Step) error {
	p.once.Do(func() {
		close(p.reached)
		<-p.wakeUp
	})
	return nil
}

// A machine that is paused while it decides holds nobody up for ever, and what it had in hand when it wakes up is not
// committed: the other one has decided meanwhile.
func TestAPausedMachineCannotCommitStaleWork(t *testing.T) {
	config := postgres(t)
	t.Parallel()
	config.URL += "&idle_in_transaction_session_timeout=1s"
	a := onPostgres(t, config)
	b := a.secondMachine(config)
	a.send(testStaff, "One purchase", "Form attached.", a.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	if err := a.job.Begin(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if err := a.job.Collect(t.Context(), "requests"); err != nil {
		t.Fatal(err)
	}
	p := &paused{reached: make(chan struct{}), wakeUp: make(chan struct{})}
	a.job.SetWake(p.wake)
	stale := make(chan struct{})
	go func() {
		defer close(stale)
		_, _ = a.due(t.Context(), ledger.JudgeStep)
	}()
	<-p.reached
	b.pass(2 * batch.UsualLease) // by its clock the paused one says nothing any more
	if troubles := b.round(t.Context()); len(troubles) > 0 {
		t.Fatalf("the other machine: %v", troubles)
	}
	close(p.wakeUp)
	<-stale
	if n := a.job.TakeCounts()[batch.Judge]; n != 0 {
		t.Errorf("the machine that was paused believes to have decided %d messages", n)
	}
	if !a.job.OutageIsKnown(batch.LedgerOutage) {
		t.Error("the session that PostgreSQL ended is no trouble with the ledger")
	}
	a.pass(2 * batch.UsualLease)
	for range 3 {
		for _, err := range append(b.round(t.Context()), a.round(t.Context())...) {
			t.Errorf("afterwards: %v", err)
		}
	}
	if n := len(a.lines()); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
	a.sound()
	a.outside().holds(t)
}

// A mail that a machine began to send before it died is sent by the others, without a new start; when the dead one wakes
// up after all, what it says about the mail counts no more.
func TestAMailOfADeadMachineIsSentByTheOthers(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "One purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	ctx := t.Context()
	if err := d.job.Begin(ctx, true); err != nil {
		t.Fatal(err)
	}
	if err := d.job.Collect(ctx, "requests"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []ledger.Step{ledger.JudgeStep, ledger.FileStep, ledger.AnswerStep} {
		if _, err := d.due(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	var taken []ledger.Outgoing
	if err := d.ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		if _, err := tx.Work.Claim(ctx, ledger.ClaimRequest{Step: ledger.SendStep, Holder: "dead", Now: d.now(), Until: d.now().Add(batch.UsualLease), Most: 10}); err != nil {
			return err
		}
		ids, err := tx.Work.Due(ctx, ledger.SendStep, d.now(), 10)
		if err == nil {
			taken, err = tx.Outbox.StartSending(ctx, d.now(), "dead", ids)
		}
		return err
	}); err != nil || len(taken) != 1 {
		t.Fatalf("%d mails were taken: %v", len(taken), err)
	}
	d.pass(batch.UsualLease / 2)
	d.sweepAndRound(ctx)
	if n := len(d.inbox(testStaff)); n != 0 {
		t.Errorf("a mail that somebody may be sending just now was sent %d times", n)
	}
	d.pass(2 * time.Minute)
	d.sweepAndRound(ctx)
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Errorf("the answer was sent %d times", n)
	}
	late := ledger.Fate{ID: taken[0].ID, Attempt: taken[0].Attempts, State: ledger.Deferred, Words: "451 late", NextAt: d.now()}
	if err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		n, err := tx.Outbox.Settle(ctx, d.now(), late)
		if n != 0 {
			t.Error("the dead machine's word counts")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	d.outside().holds(t)
}

func (d *agency) sweepAndRound(ctx context.Context) {
	d.t.Helper()
	if _, err := d.job.Sweep(ctx); err != nil {
		d.t.Fatal(err)
	}
	for _, s := range d.job.Stages() {
		for d.job.Turn(ctx, s) > 0 {
		}
	}
	for _, err := range d.job.TakeTroubles() {
		d.t.Errorf("trouble: %v", err)
	}
}

// A machine whose clock is a moment behind gets the job for rows that another has just made due, and does it: nobody waits for
// the next sweep.
func TestAClockAMomentBehindHoldsNothingUp(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "One purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	ctx := t.Context()
	if err := d.job.Begin(ctx, true); err != nil {
		t.Fatal(err)
	}
	if err := d.job.Collect(ctx, "requests"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.due(ctx, ledger.JudgeStep); err != nil {
		t.Fatal(err)
	}
	for _, step := range []ledger.Step{ledger.AnswerStep, ledger.SendStep} {
		var ids []int64
		if err := d.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
			ids, err = tx.Work.Due(ctx, step, d.now(), 10)
			return err
		}); err != nil || len(ids) != 1 {
			t.Fatalf("%d rows are due to %s: %v", len(ids), step, err)
		}
		d.pass(-time.Second) // the other machine's clock
		if n, err := d.due(ctx, step); err != nil || n != 1 {
			t.Fatalf("%s: %d rows, %v", step, n, err)
		}
		d.pass(time.Second)
	}
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Errorf("%d answers, want 1", n)
	}
	d.once()
	d.outside().holds(t)
}
