package imap

import (
	"context"
	"fmt"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
)

// A batch whose numbers do not fit into one command is asked for with several. When any of them is cut, refused or finds
// a message gone, the batch is not delivered in part, and the next look gets all that is there.
func TestABatchOfSeveralFetchesIsWholeOrNothing(t *testing.T) {
	const waiting = 500 // every second one is wanted: 250 ranges, which take two commands for the sizes and two for the bodies
	server := startOfficeAt(t, func(o *mailtest.Options) { o.Trace = true })
	for i := range waiting {
		if _, err := server.office.Deliver(server.username, mailtest.Inbox, []byte(plainMail(fmt.Sprintf("m%d", i))), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	odd := func(ids []string) (fetch []string, err error) {
		for _, id := range ids {
			_, uid, err := numbers(id)
			if err != nil {
				return nil, err
			}
			if uid%2 == 1 {
				fetch = append(fetch, id)
			}
		}
		return fetch, nil
	}
	look := func() (batches []int, missing int, err error) {
		s := server.session(func(c *ingest.InboxConfig) {
			c.Limits.BatchCount, c.Timeout = waiting, mailserver.Duration(time.Second)
		})
		defer s.Close()
		found, err := collectWith(context.Background(), s, odd, func(b []ingest.Fetched) error { batches = append(batches, len(b)); return nil })
		return batches, len(found.Missing), err
	}
	if _, _, err := look(); err != nil {
		t.Fatal(err)
	}
	fetches := 0
	for _, s := range server.office.Steps() {
		if s.Verb == "UID FETCH" && s.Moment == mailtest.Asked {
			fetches++
		}
	}
	if fetches != 4 {
		t.Fatalf("%d FETCHes make one batch, want 4", fetches)
	}
	there := func() (n int) { // those that are wanted and still there
		list, err := server.office.Messages(server.username, mailtest.Inbox)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			n += int(m.UID % 2)
		}
		return n
	}
	for nth := range fetches {
		for _, fault := range []mailtest.Fault{{Kind: mailtest.CutHalfway, Moment: mailtest.Answered}, {Kind: mailtest.Cut}, {Kind: mailtest.Bye},
			{Kind: mailtest.Temporary}, {Kind: mailtest.Permanent}, {Kind: mailtest.Garbage, Moment: mailtest.Answered}, {Kind: mailtest.ExpungeInMiddle, Into: "Elsewhere"}} {
			fault.Protocol, fault.Command, fault.Nth = mailtest.IMAP, "UID FETCH", nth+1
			t.Run(fault.String(), func(t *testing.T) {
				struck, before := server.office.Struck(), there()
				if err := server.office.Inject(fault); err != nil {
					t.Fatal(err)
				}
				batches, missing, err := look()
				if server.office.Struck() != struck+1 {
					t.Fatal("the fault did not strike")
				}
				if fault.Kind == mailtest.ExpungeInMiddle { // by another client, into another folder
					if err != nil || len(batches) != 1 || batches[0]+missing != before {
						t.Errorf("delivered %v, %d missing, %v", batches, missing, err)
					}
				} else if err == nil || len(batches) > 0 {
					t.Errorf("delivered %v, though a part did not come: %v", batches, err)
				}
				if batches, missing, err = look(); err != nil || len(batches) != 1 || batches[0] != there() || missing != 0 {
					t.Errorf("the next look delivered %v, %d missing, %v; %d are there", batches, missing, err, there())
				}
			})
		}
	}
	if n := server.office.Count(server.username, mailtest.Inbox) + server.office.Count(server.username, "Elsewhere"); n != waiting {
		t.Errorf("%d messages are there, want %d", n, waiting)
	}
}
