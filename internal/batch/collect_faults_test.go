package batch

import (
	"fmt"
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/postoffice"
)

// A look that takes several batches is disturbed at each of its FETCHes: what came whole before stays taken, what did not
// come is taken by the next look, and nothing twice. Then everything is judged and filed.
func TestALookThatFailsAmidItsBatchesLosesNothing(t *testing.T) {
	t.Parallel()
	const mails, batch = 12, 4
	d := openAt(t, traced, func(o *Options) { o.Inboxes[0].Config.Limits.BatchCount = batch })
	if troubles := d.round(t.Context()); len(troubles) > 0 { // from here on there is a connection
		t.Fatal(troubles)
	}
	put, elsewhere := 0, 0
	for nth := range 1 + mails/batch { // one for the sizes, one for each batch
		for _, fault := range []postoffice.Fault{{Kind: postoffice.CutHalfway, Moment: postoffice.Answered}, {Kind: postoffice.Cut}, {Kind: postoffice.Bye},
			{Kind: postoffice.Temporary}, {Kind: postoffice.Permanent}, {Kind: postoffice.ExpungeInMiddle, Into: "Elsewhere"}} {
			fault.Protocol, fault.Command, fault.Nth = postoffice.IMAP, "UID FETCH", nth+1
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
				failed := d.job.collect(t.Context(), "requests")
				if d.office.Struck() != struck+1 {
					t.Fatal("the fault did not strike")
				}
				// A kept connection that ends is opened again by the same look; a refusal ends the look.
				if refused := fault.Kind == postoffice.Permanent; refused != (failed != nil) {
					t.Errorf("the look ended with %v", failed)
				}
				taken := d.taken(t, raws)
				if failed != nil && taken != max(0, nth-1)*batch {
					t.Errorf("%d messages were taken when FETCH %d failed", taken, nth+1)
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

// taken counts those of mails that the ledger has, and fails the test for one that it has twice.
func (d *department) taken(t *testing.T, mails [][]byte) (n int) {
	t.Helper()
	for i, raw := range mails {
		rows := d.intake(raw)
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
