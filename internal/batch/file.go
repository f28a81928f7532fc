package batch

import (
	"context"
	"errors"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// mover is the file step: it moves judged messages to their folders.
type mover struct{ job *Job }

// file moves judged messages to their folders, one MOVE for each folder, and notes that it is done. A message that is
// not there any more was moved by somebody, and is done too.
func (j mover) file(ctx context.Context, h *Claim) error {
	var messages []ledger.Message
	if err := j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		messages, err = tx.Messages.ToFile(ctx, h.IDs())
		return err
	}); err != nil {
		return err
	}
	type destination struct {
		box    ledger.Box
		folder string
	}
	to := map[destination][]ledger.Message{}
	for _, m := range messages {
		d := destination{m.Box, m.Destination}
		to[d] = append(to[d], m)
	}
	for d, list := range to {
		err := j.fileIn(ctx, h, d.box, d.folder, list)
		if IsLedgerError(err) {
			return err
		}
		for _, m := range list {
			h.Fail(m.ID, err) // what is done stays done
		}
	}
	return nil
}

// fileIn moves messages of one inbox to one folder. A folder that refuses all that it is given is an outage of the folder;
// one that takes some shows that what it refuses is at fault itself.
func (j mover) fileIn(ctx context.Context, h *Claim, place ledger.Box, folder string, list []ledger.Message) error {
	box := j.job.inboxes[place.Inbox]
	if box == nil {
		return j.job.NoInbox(place.Inbox)
	}
	name := folderOutage(place.Inbox, folder)
	if closed := j.job.outages.closed(name, nil); closed != nil {
		return closed
	}
	moved, err := j.move(ctx, h, box, list)
	if isRefusal(err) && len(list) > 1 {
		moved, err = j.moveOneByOne(ctx, h, box, list)
	}
	switch {
	case moved > 0:
		j.job.outages.works(ctx, name)
	case isRefusal(err):
		return j.job.outages.failed(ctx, name, nil, err)
	}
	return err
}

// isRefusal reports whether a mail server understood a command and said no.
func isRefusal(err error) bool {
	var server *ingest.ServerError
	return errors.As(err, &server) && server.Class == ingest.ProtocolError
}

// moveOneByOne finds out whether one message is refused or all are: it gives up when the first two are.
func (j mover) moveOneByOne(ctx context.Context, h *Claim, box *inbox, list []ledger.Message) (moved int, refused error) {
	guilty := map[int64]error{}
	for i, m := range list {
		n, err := j.move(ctx, h, box, []ledger.Message{m})
		moved += n
		if err != nil && !isRefusal(err) {
			return moved, err
		}
		if err != nil {
			guilty[m.ID], refused = err, err
		}
		if moved == 0 && i == 1 {
			break
		}
	}
	if moved == 0 {
		return 0, refused // the folder's fault, and no message's
	}
	for id, err := range guilty {
		h.Fail(id, err)
	}
	return moved, nil
}

// move moves messages and notes those that are gone from the inbox, now or before.
func (j mover) move(ctx context.Context, h *Claim, box *inbox, list []ledger.Message) (moved int, err error) {
	moves := make([]ingest.Move, len(list))
	byIdentity := make(map[string]int64, len(list))
	for i, m := range list {
		moves[i] = ingest.Move{ID: identityOf(m), Folder: m.Destination}
		byIdentity[moves[i].ID] = m.ID
	}
	var filed ingest.Moved
	Crash("file.before-move")
	err = box.with(ctx, func(session Inbox) (err error) {
		filed, err = session.Move(ctx, moves)
		return err
	})
	Crash("file.after-move")
	var done []int64
	gone := true
	if errors.Is(err, ingest.ErrRenumbered) {
		// The folder was renumbered: what lies there was collected again under new numbers, as copies of these.
		for _, m := range list {
			done = append(done, m.ID)
		}
		err, gone = nil, false
	}
	for _, id := range filed.Gone {
		done = append(done, byIdentity[id])
	}
	if len(done) == 0 {
		return 0, err
	}
	noted := j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		mine, err := h.finishAll(ctx, tx, done)
		if err != nil {
			return err
		}
		if _, err := tx.Messages.MarkFiled(ctx, j.job.Now(), mine, gone); err != nil {
			return err
		}
		tx.Then(func() { j.job.Count(File, len(mine)) })
		Crash("file.before-commit")
		return nil
	})
	Crash("file.after-commit")
	if noted != nil {
		return 0, noted
	}
	return len(done), err
}
