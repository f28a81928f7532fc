package batch

import (
	"context"
	"encoding/json"
	"fmt"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// vouched is what the mail server said about a message beside its bytes.
type vouched struct {
	Flags    []string `json:"flags,omitempty"`
	Size     int64    `json:"size"`
	Oversize bool     `json:"oversize,omitempty"` // only the headers were fetched
}

// collect takes whatever is in an inbox and not in the ledger yet: it commits every batch as it comes, and wakes
// judging for it. Nothing is marked, moved or deleted on the server.
func (j *Job) collect(ctx context.Context, name string) error {
	box := j.inboxes[name]
	if box == nil {
		return fmt.Errorf("no inbox is called %q", name)
	}
	err := box.with(ctx, func(session *ingest.Session) error {
		place := func(validity uint32) ledger.Box {
			return ledger.Box{Inbox: name, Folder: box.Config.Folder, UIDValidity: validity}
		}
		known := func(validity uint32, uids []uint32) (fresh []uint32, err error) {
			err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
				have, err := tx.KnownUIDs(ctx, place(validity), uids)
				for _, uid := range uids {
					if _, collected := have[uid]; !collected {
						fresh = append(fresh, uid)
					}
				}
				return err
			})
			return fresh, err
		}
		found, err := session.Collect(ctx, known, func(batch []ingest.Fetched) error {
			return j.takeIn(ctx, place, batch)
		})
		if len(found.Missing) > 0 {
			j.o.Log.Warn("the server gave nothing for messages it listed; the next look asks again", "inbox", name, "messages", len(found.Missing))
		}
		return err
	})
	if err == nil {
		j.looks.note(name, j.now())
	}
	return err
}

// takeIn commits one batch of messages.
func (j *Job) takeIn(ctx context.Context, place func(validity uint32) ledger.Box, batch []ingest.Fetched) error {
	incoming := make([]ledger.Incoming, len(batch))
	for i, m := range batch {
		says, err := json.Marshal(vouched{Flags: m.Flags, Size: m.Size, Oversize: m.Oversize})
		if err != nil {
			return err
		}
		incoming[i] = ledger.Incoming{Box: place(m.UIDValidity), UID: m.UID, Received: m.Received, Raw: m.Raw, Vouched: says}
	}
	err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		added, err := tx.AddMessages(ctx, j.now(), incoming)
		if err != nil {
			return err
		}
		var fresh []int64
		for _, a := range added {
			if a.New {
				fresh = append(fresh, a.ID)
			}
		}
		j.report.add(Collect, len(fresh))
		if err := j.wake.wake(ctx, tx, Judge, fresh); err != nil {
			return err
		}
		crash("collect.before-commit")
		return nil
	})
	crash("collect.after-commit")
	return err
}
