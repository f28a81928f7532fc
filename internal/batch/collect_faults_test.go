package batch_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"handrail/internal/batch"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailtest"
)

// A look that takes several batches is disturbed at each of its FETCHes: what came whole before stays taken, what did not
// come is taken by the next look, and nothing twice. Then everything is judged and filed.
func TestALookThatFailsAmidItsBatchesLosesNothing(t *testing.T) {
	t.Parallel()
	const mails, some = 12, 4
	d := openAt(t, traced, func(o *job.Options) { o.Inboxes[0].Config.Limits.BatchCount = some })
	if troubles := d.round(t.Context()); len(troubles) > 0 { // from here on there is a connection
		t.Fatal(troubles)
	}
	put, elsewhere := 0, 0
	for nth := range 1 + mails/some { // one for the sizes, one for each batch
		for _, fault := range []mailtest.Fault{{Kind: mailtest.CutHalfway, Moment: mailtest.Answered}, {Kind: mailtest.Cut}, {Kind: mailtest.Bye},
			{Kind: mailtest.Temporary}, {Kind: mailtest.Permanent}, {Kind: mailtest.ExpungeInMiddle, Into: "Elsewhere"}} {
			fault.Protocol, fault.Command, fault.Nth = mailtest.IMAP, "UID FETCH", nth+1
			t.Run(fault.String(), func(t *testing.T) {
				var raws [][]byte
				for range mails {
					raws = append(raws, d.put(d.letter(testStaff, "News", "List-Unsubscribe: <https://list.example>\r\n", plainText+"Hello.\r\n")))
				}
				put += mails
				struck := d.office.Struck()
				if err := d.office.Inject(fault); err != nil {
					t.Fatal(err)
				}
				failed := d.job.Collect(t.Context(), "requests")
				if d.office.Struck() != struck+1 {
					t.Fatal("the fault did not strike")
				}
				// A kept connection that ends is opened again by the same look, and a batch that is refused once is asked for
				// message by message. Only what is refused before a message is asked for ends the look.
				if refused := fault.Kind == mailtest.Permanent && nth == 0; refused != (failed != nil) {
					t.Errorf("the look ended with %v", failed)
				}
				taken := d.taken(t, raws)
				if failed != nil && taken != 0 {
					t.Errorf("%d messages were taken although the look ended", taken)
				}
				for _, trouble := range d.job.TakeTroubles() {
					var outage *batch.OutageError
					if !errors.Is(trouble, batch.ErrNothingGiven) && !(failed != nil && errors.As(trouble, &outage) && outage.Name == batch.IMAPOutage("requests")) {
						t.Errorf("the look says %v", trouble)
					}
				}
				if troubles := d.round(t.Context()); len(troubles) > 0 {
					t.Error(troubles)
				}
				moved := d.office.Count(testInbox, "Elsewhere") - elsewhere
				elsewhere += moved
				if taken = d.taken(t, raws); taken > mails || taken < mails-moved {
					t.Errorf("%d of %d messages were taken, %d moved away", taken, mails, moved)
				}
			})
		}
	}
	if n := d.office.Count(testInbox, "INBOX"); n != 0 {
		t.Errorf("%d messages are left in the inbox", n)
	}
	if n := d.office.Count(testInbox, "Processed") + d.office.Count(testInbox, "Elsewhere"); n != put {
		t.Errorf("%d messages are in their folders, want %d", n, put)
	}
	d.sound()
}

// A message that the server refuses to give is found out among its batch: the others come in the same look, and it alone has
// failed. While nothing else comes, nobody knows whose fault it is: then it counts for the server, and for no message.
func TestAMessageThatTheServerRefusesHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	const mails = 4
	d := openAt(t, traced, nil)
	refuse := func(nth ...int) {
		for _, n := range nth {
			if err := d.office.Inject(mailtest.Fault{Protocol: mailtest.IMAP, Command: "UID FETCH", Kind: mailtest.Permanent, Nth: n}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var raws [][]byte
	for range mails {
		raws = append(raws, d.put(d.letter(testStaff, "News", "List-Unsubscribe: <https://list.example>\r\n", plainText+"Hello.\r\n")))
	}
	refuse(2, 3, 10) // the batch, its first message, and that again when the others have come; a fault does not count what another one struck
	if err := d.job.Collect(t.Context(), "requests"); err != nil {
		t.Fatal(err)
	}
	if n := d.taken(t, raws); n != mails-1 {
		t.Errorf("%d messages were taken, want all but one", n)
	}
	failed := d.attempts(false)
	if len(failed) != 1 || failed[0].Faults != 1 || failed[0].WaitsFor != "" {
		t.Errorf("failed: %+v", failed)
	}
	d.job.TakeTroubles()
	d.pass(2 * time.Minute)
	refuse(2)
	var outage *batch.OutageError
	if err := d.job.Collect(t.Context(), "requests"); !errors.As(err, &outage) {
		t.Errorf("the only message was refused, and the look says %v", err)
	}
	if failed := d.attempts(false); len(failed) != 1 || failed[0].Faults != 1 {
		t.Errorf("failed: %+v", failed)
	}
	d.job.TakeTroubles()
	d.pass(time.Hour)
	d.once()
	if n := d.taken(t, raws); n != mails {
		t.Errorf("%d messages were taken in the end", n)
	}
}

// attempts are the rows that failed and are not done, or are set aside.
func (d *agency) attempts(aside bool) (list []ledger.Attempt) {
	d.t.Helper()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		list, err = tx.Attempts.Failed(d.t.Context(), aside, 100)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return list
}

// taken counts those of mails that the ledger has, and fails the test for one that it has twice.
func (d *agency) taken(t *testing.T, mails [][]byte) (n int) {
	t.Helper()
	for i, raw := range mails {
		rows := d.takenIn(raw)
		if len(rows) > 1 {
			t.Errorf("message %d was taken %d times: %s", i, len(rows), fmt.Sprint(states(rows)))
		}
		n += min(len(rows), 1)
	}
	return n
}

func states(rows []ledger.Message) (list []ledger.MessageState) {
	for _, r := range rows {
		list = append(list, r.State)
	}
	return list
}
