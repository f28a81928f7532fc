package batch

import (
	"context"
	"errors"
	"fmt"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// file moves judged messages to their folders, one MOVE for each folder, and notes that it is done. A message that is
// not there any more was moved by somebody, and is done too.
func (j *Job) file(ctx context.Context, ids []int64) error {
	var messages []ledger.Message
	if err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		messages, err = tx.MessagesToFile(ctx, ids)
		return err
	}); err != nil {
		return err
	}
	places := map[ledger.Box][]ledger.Message{}
	for _, m := range messages {
		places[m.Box] = append(places[m.Box], m)
	}
	var all []error
	for place, list := range places {
		all = append(all, j.fileIn(ctx, place, list))
	}
	return errors.Join(all...)
}

func (j *Job) fileIn(ctx context.Context, place ledger.Box, list []ledger.Message) error {
	box := j.inboxes[place.Inbox]
	if box == nil {
		return fmt.Errorf("messages wait to be moved in inbox %q, which is not configured any more", place.Inbox)
	}
	moves := make([]ingest.Move, len(list))
	byUID := make(map[uint32]int64, len(list))
	for i, m := range list {
		moves[i] = ingest.Move{UID: m.UID, Folder: m.Destination}
		byUID[m.UID] = m.ID
	}
	var filed ingest.Filed
	crash("file.before-move")
	err := box.with(ctx, func(session *ingest.Session) (err error) {
		filed, err = session.File(ctx, place.UIDValidity, moves)
		return err
	})
	crash("file.after-move")
	var done []int64
	gone := true
	if errors.Is(err, ingest.ErrUIDValidity) {
		// The folder was renumbered: what lies there was collected again under new numbers, as copies of these.
		for _, m := range list {
			done = append(done, m.ID)
		}
		err, gone = nil, false
	}
	for _, uid := range filed.Gone {
		done = append(done, byUID[uid])
	}
	if len(done) == 0 {
		return err
	}
	noted := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		_, err := tx.FileMessages(ctx, j.now(), done, gone)
		crash("file.before-commit")
		return err
	})
	crash("file.after-commit")
	if noted == nil {
		j.report.add(File, len(done))
	}
	return errors.Join(err, noted)
}
